"""Deviations from a mean, and residuals of a projection: with their weights they sum to zero."""

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
FJ, GJ, HJ = Value(s.F, s.j), Value(s.G, s.j), Value(s.H, s.j)
classes = (s.j1, 1, s.C)
z_j, y_j, w_j = s.z[s.j1], s.y[s.j1], s.p[s.j1]
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


coefficient = Quotient(Total(Times(GJ, FJ), limits), Total(Times(GJ, HJ), limits))
fit = Quotient(Total(Times(w_j, z_j), classes), Total(Times(w_j, y_j), classes))


@rule(
    law(
        Total(Times(GJ, Plus(Times(HJ, coefficient), Minus(FJ))), limits),
        ZERO,
        Condition("nonzero", (Total(Times(GJ, HJ), limits),)),
    ),
    Total(Times(w_j, Plus(Times(y_j, fit), Minus(z_j))), classes),
)
def vanish_residuals(expr: Expr, given: Given) -> Outcome:
    """``Σ_j w_j (a y_j - x_j) = 0`` for the projection ``a = Σ_j w_j x_j / Σ_j w_j y_j``."""
    body, index = expr.open()
    parts = factors(body)
    for n, residual in enumerate(parts):
        match residual:
            case Plus((fitted, Minus(value))) | Plus((Minus(value), fitted)):
                weights = times(*without(parts, n))
                scaled = factors(fitted)
                for m, ratio in enumerate(scaled):
                    if isinstance(ratio, Quotient):
                        regressor = times(weights, *without(scaled, m))
                        wanted = (
                            expr.over(times(weights, value), index),
                            expr.over(regressor, index),
                        )
                        if tuple(map(_key, ratio.args)) == tuple(map(_key, wanted)):
                            return ZERO
    return None


def _key(total: Expr) -> object:
    """What tells a sum from others, whatever the order of the factors in it."""
    if not isinstance(total, Total):
        return None
    term = monomial(total.body)
    return (*total.limits, term.key, term.coefficient)
