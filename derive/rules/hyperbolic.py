"""Hyperbolic functions: quotients of them, and logarithms that must not overflow."""

from __future__ import annotations

from sympy import Abs, Expr, cosh, sinh, tanh

from derive.facts import Given
from derive.laws import law
from derive.notation import (
    ONE,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, rule

sinh_u, cosh_u, tanh_u = (Apply(Head(function), s.u) for function in (sinh, cosh, tanh))
sinh_k, cosh_k = (Apply(Head(function), s.z[s.k1]) for function in (sinh, cosh))
size = Apply(Head(Abs), s.u)


@rule(
    law(Quotient(Times(s.a, sinh_u), Times(s.b, cosh_u)), Times(Quotient(s.a, s.b), tanh_u)),
    Quotient(sinh_k, cosh_k),
)
def write_tanh(expr: Expr, given: Given) -> Outcome:
    """``sinh u / cosh u = tanh u``"""
    above, below = sides(expr)
    for n, top in enumerate(above):
        for m, bottom in enumerate(below):
            match top, bottom:
                case Apply(one, (u,)), Apply(other, (w,)) if (one, other, u) == (sinh, cosh, w):
                    rest, under = times(*without(above, n)), times(*without(below, m))
                    whole = times(rest, Apply(Head(tanh), u))
                    return whole if under == 1 else Quotient(whole, under)
    return None


@rule(
    law(Log(cosh_u), Plus(size, Log(Plus(ONE, Exp(Minus(Times(2, size))))), Minus(Log(2)))),
    Log(cosh_k),
)
def shift_log_cosh(expr: Expr, given: Given) -> Outcome:
    """``log(cosh u) = |u| + log(1 + e^{-2|u|}) - log 2``: nothing overflows."""
    match expr.operand:
        case Apply(function, (u,)) if function is cosh:
            large = Apply(Head(Abs), u)
            return Plus(large, Log(Plus(ONE, Exp(Minus(Times(2, large))))), Minus(Log(2)))
    return None


lowered = Exp(Minus(Times(2, size)))


@rule(
    law(
        Plus(ONE, Minus(Power(tanh_u, 2))),
        Quotient(Times(4, lowered), Power(Plus(ONE, lowered), 2)),
    ),
    Plus(ONE, Minus(Power(Apply(Head(tanh), s.z[s.k1]), 2))),
)
def complement_tanh(expr: Expr, given: Given) -> Outcome:
    """``1 - tanh^2 u = 4 e^{-2|u|} / (1 + e^{-2|u|})^2``, and the same with both signs turned."""
    match expr:
        case Plus((one, Minus(square))) | Plus((Minus(square), one)) if one == 1:
            return _slope_of_tanh(square)
        case Plus((square, Minus(one))) | Plus((Minus(one), square)) if one == 1:
            slope = _slope_of_tanh(square)
            return None if slope is None else Minus(slope)
    return None


def _slope_of_tanh(square: Expr) -> Expr | None:
    """What ``tanh^2 u`` leaves of one, without a difference."""
    match square:
        case Power(Apply(function, (u,)), exponent) if function is tanh and exponent == 2:
            falling = Exp(Minus(Times(2, Apply(Head(Abs), u))))
            return Quotient(Times(4, falling), Power(Plus(ONE, falling), 2))
    return None
