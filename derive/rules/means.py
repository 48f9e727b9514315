"""Deviations from a mean with weights: they sum to zero with these weights."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, Value, law
from derive.notation import (
    ZERO,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    factors,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import monomial
from derive.rules.registry import Outcome, rule

limits = (s.j, s.lo, s.hi)
FJ, GJ = Value(s.F, s.j), Value(s.G, s.j)
classes = (s.j1, 1, s.C)
z_j, w_j = s.z[s.j1], s.p[s.j1]
mean = Quotient(Total(Times(w_j, z_j), classes), Total(w_j, classes))


@rule(
    law(
        Total(
            Times(
                GJ,
                Plus(FJ, Minus(Quotient(Total(Times(GJ, FJ), limits), Total(GJ, limits)))),
            ),
            limits,
        ),
        ZERO,
        Condition("nonzero", (Total(GJ, limits),)),
    ),
    Total(Times(w_j, Plus(z_j, Minus(mean))), classes),
)
def vanish_deviations(expr: Expr, given: Given) -> Outcome:
    """``Σ_j w_j (x_j - m) = 0`` for the mean ``m = Σ_j w_j x_j / Σ_j w_j``."""
    body, index = expr.open()
    parts = factors(body)
    for n, deviation in enumerate(parts):
        match deviation:
            case Plus((value, Minus(Quotient(above, below)))) | Plus(
                (Minus(Quotient(above, below)), value)
            ):
                weights = times(*without(parts, n))
                wanted = expr.over(times(weights, value), index), expr.over(weights, index)
                if (_key(above), _key(below)) == tuple(map(_key, wanted)):
                    return ZERO
    return None


def _key(total: Expr) -> object:
    """What tells a sum from others, whatever the order of the factors in it."""
    if not isinstance(total, Total):
        return None
    term = monomial(total.body)
    return (*total.limits, term.key, term.coefficient)
