"""Deviations from a mean, and residuals of a projection: with their weights they sum to zero."""

from __future__ import annotations

from collections.abc import Callable

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
    code,
    factors,
    fraction,
    names,
    plus,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import monomial, sides
from derive.rules.registry import Outcome, rule

limits = (s.j, s.lo, s.hi)
FJ, GJ, HJ = Value(s.F, s.j), Value(s.G, s.j), Value(s.H, s.j)
classes = (s.j1, 1, s.C)
z_j, y_j, w_j = s.z[s.j1], s.y[s.j1], s.p[s.j1]
mean = Quotient(Total(Times(w_j, z_j), classes), Total(w_j, classes))

coefficient = Quotient(Total(Times(GJ, FJ), limits), Total(Times(GJ, HJ), limits))
fit = Quotient(Total(Times(w_j, z_j), classes), Total(Times(w_j, y_j), classes))
nonzero = Condition("nonzero", (Total(Times(GJ, HJ), limits),))


@rule(
    law(Total(Times(GJ, Plus(FJ, Minus(Times(HJ, coefficient)))), limits), ZERO, nonzero),
    Total(Times(w_j, Plus(z_j, Minus(mean))), classes),
)
def vanish_deviations(expr: Expr, given: Given) -> Outcome:
    """``Σ_j w_j (x_j - m) = 0`` for the mean ``m = Σ_j w_j x_j / Σ_j w_j``, or a multiple of it."""
    return _vanished(expr, lambda value, mean: (value, mean))


@rule(
    law(Total(Times(GJ, Plus(Times(HJ, coefficient), Minus(FJ))), limits), ZERO, nonzero),
    Total(Times(w_j, Plus(Times(y_j, fit), Minus(z_j))), classes),
)
def vanish_residuals(expr: Expr, given: Given) -> Outcome:
    """``Σ_j w_j (a y_j - x_j) = 0`` for the projection ``a = Σ_j w_j x_j / Σ_j w_j y_j``."""
    return _vanished(expr, lambda fitted, value: (value, fitted))


@rule(
    law(
        Total(Times(FJ, Plus(GJ, s.c)), limits),
        Plus(Total(Times(FJ, GJ), limits), Times(s.c, Total(FJ, limits))),
    ),
    Total(Times(z_j, Plus(y_j, s.y[s.k1])), classes),
)
def pull_out_constant(expr: Expr, given: Given) -> Outcome:
    """``Σ_j f_j (g_j + c) = Σ_j f_j g_j + c Σ_j f_j``; of several such brackets the longest."""
    body, index = expr.opened
    above, below = sides(body)
    split = [
        (n, [t for t in f.args if index in names(t)], [t for t in f.args if index not in names(t)])
        for n, f in enumerate(above)
        if isinstance(f, Plus)
    ]
    opened = [each for each in split if all(each[1:])]
    if not opened:
        return None
    n, moving, fixed = max(opened, key=lambda each: len(code(plus(*each[2]))))
    beside = fraction(list(without(above, n)), list(below))
    rest = fraction([*without(above, n), plus(*moving)], list(below))
    return Plus(expr.over(rest, index), times(plus(*fixed), expr.over(beside, index)))


def _vanished(expr: Total, roles: Callable[[Expr, Expr], tuple[Expr, Expr]]) -> Outcome:
    """Zero for a sum of weighted differences, one side of which is fitted to the other.

    ``roles`` tells of what stands without a minus and with one which is the value, which is fitted.
    """
    body, index = expr.open()
    parts = factors(body)
    for n, difference in enumerate(parts):
        match difference:
            case Plus((plain, Minus(taken))) | Plus((Minus(taken), plain)):
                weights = times(*without(parts, n))
                value, fitted = roles(plain, taken)
                scaled = factors(fitted)
                for m, ratio in enumerate(scaled):
                    sums = times(weights, value), times(weights, *without(scaled, m))
                    wanted = tuple(_key(expr.over(terms, index)) for terms in sums)
                    if isinstance(ratio, Quotient) and tuple(map(_key, ratio.args)) == wanted:
                        return ZERO
    return None


def _key(total: Expr) -> object:
    """What tells a sum from others, whatever the order of the factors in it."""
    if not isinstance(total, Total):
        return None
    term = monomial(total.body)
    return (*total.limits, term.key, term.coefficient)
