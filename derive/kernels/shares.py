"""Sums of some terms of a softmax: from the exponentials that are worked out for all of them."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed

from derive.facts import Definition
from derive.notation import Maximum, Minus, Quotient, Total, names, plus, replace, terms, without
from derive.unify import instance_of


def of_shares(total: Total, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """A sum of some shares as the sum of what is shared, divided once; None for any other."""
    body, index = total.open()
    known = definitions.get(body.base) if isinstance(body, Indexed) else None
    if known is None or not known.softmax or not total.excluded:
        return None
    match replace(known.value, dict(zip(known.indices, body.indices, strict=True))):
        case Quotient(share, whole) if body.indices[-1] == index and index not in names(whole):
            return Quotient(total.over(share, index), whole)
    return None


def is_lowered(exponent: Expr, extents: Mapping[Expr, tuple[Expr, Expr]]) -> bool:
    """Whether the largest of all such exponents is taken away, so that none is positive.

    Then the exponentials are finite, and those that a sum leaves out need not be ruled out first.
    """
    items = terms(exponent)
    for n, term in enumerate(items):
        match term:
            case Minus(Maximum() as largest) if not largest.excluded:
                body, own = largest.open()
                found = instance_of(body, plus(*without(items, n)), (own,)) or {}
                if extents.get(found.get(own, own)) == (largest.lower, largest.upper):
                    return True
    return False
