"""What is the same in all terms of a sum and stands above it is no part of a share."""

from __future__ import annotations

from sympy import Expr

from derive.notation import Quotient, Times, Total, code, fraction, names


def without_constants(value: Expr) -> Expr:
    """A share without factors of its own that are in each term of the sum below its bar too.

    ``√(2π)`` in a responsibility, as it is written in a density: no derivative keeps it, and the
    share would not be known again.
    """
    above, below = _parts(value)
    totals = [f for f in below if isinstance(f, Total)]
    if len(totals) != 1:
        return value
    (total,) = totals
    body, index = total.opened
    over, under = _parts(body)
    taken = [*_shared(above, over, index), *_shared(below, under, index)]
    if not taken:
        return value
    below.remove(total)
    return fraction(above, [*below, total.over(fraction(over, under), index)])


def _parts(expr: Expr) -> tuple[list[Expr], list[Expr]]:
    """The factors above the bars and below them."""
    match expr:
        case Times(factors):
            both = [_parts(f) for f in factors]
            return [f for above, _ in both for f in above], [f for _, below in both for f in below]
        case Quotient(numerator, denominator):
            (above, under), (below, over) = _parts(numerator), _parts(denominator)
            return [*above, *over], [*under, *below]
    return [expr], []


def _shared(own: list[Expr], inner: list[Expr], index: Expr) -> list[Expr]:
    """What is taken out of both: the factors that are the same, and for every index."""
    found: list[Expr] = []
    for factor in own.copy():
        same = next((f for f in inner if code(f) == code(factor)), None)
        if same is not None and index not in names(factor):
            own.remove(factor)
            inner.remove(same)
            found.append(factor)
    return found
