"""Named rules, one topic a module. Importing this package registers all of them."""

from derive.rules import algebra, calculus, display, labels, softmax, stability, sums
from derive.rules.registry import RULES, Example, Rewriting, Rule

__all__ = [
    "RULES",
    "Example",
    "Rewriting",
    "Rule",
    "algebra",
    "calculus",
    "display",
    "labels",
    "softmax",
    "stability",
    "sums",
]
