"""Roots of squares of what is known to be positive: ``√(s²)`` is ``s``."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.notation import ONE, Power, Quotient, factors, times
from derive.positions import change_everywhere
from derive.signs import is_positive


def without_roots(expr: Expr, given: Given) -> Expr:
    """An expression with ``s`` for ``√(s²)``, and ``√r s`` for ``√(r s²)``, for a positive s.

    SymPy does so with letters that are positive; of the entries of an array only a fact says it.
    """

    def change(node: Expr, known: Given) -> Expr | None:
        match node:
            case Power(base, exponent) if exponent.is_Rational and not exponent.is_Integer:
                return _drawn(base, exponent, known)
        return None

    return change_everywhere(expr, change, given, (Power,))[0]


def _drawn(base: Expr, exponent: Expr, given: Given) -> Expr | None:
    """A root with what is raised to even powers under it taken out; None where nothing is."""
    sides = (base.numerator, base.denominator) if isinstance(base, Quotient) else (base, ONE)
    drawn: list[Expr] = []
    left: list[Expr] = []
    for side in sides:
        whole = {f: w for f in factors(side) if (w := _whole(f, exponent, given)) is not None}
        drawn.append(times(*whole.values()))
        left.append(times(*(f for f in factors(side) if f not in whole)))
    if drawn == [ONE, ONE]:
        return None
    rest = left[0] if left[1] == 1 else Quotient(*left)
    above = drawn[0] if rest == 1 else times(drawn[0], Power(rest, exponent))
    return above if drawn[1] == 1 else Quotient(above, drawn[1])


def _whole(factor: Expr, exponent: Expr, given: Given) -> Expr | None:
    """The power of a positive number that a root of an even power of it is."""
    match factor:
        case Power(base, inner) if inner.is_Integer and inner.is_even:
            outer = inner * exponent
            if outer.is_Integer and outer > 0 and is_positive(base, given):
                return base if outer == 1 else Power(base, outer)
    return None
