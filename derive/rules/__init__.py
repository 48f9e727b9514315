"""Named rules, one topic a module. Importing this package registers all of them."""

from derive.rules import (
    algebra,
    arrays,
    calculus,
    chain,
    complements,
    display,
    exponents,
    kinks,
    labels,
    masks,
    maxima,
    products,
    softmax,
    stability,
    sums,
)
from derive.rules.registry import RULES, Example, Rewriting, Rule

__all__ = [
    "RULES",
    "Example",
    "Rewriting",
    "Rule",
    "algebra",
    "arrays",
    "calculus",
    "chain",
    "complements",
    "display",
    "exponents",
    "kinks",
    "labels",
    "masks",
    "maxima",
    "products",
    "softmax",
    "stability",
    "sums",
]
