"""Hyperbolic functions: quotients of them, and logarithms that must not overflow."""

from __future__ import annotations

from sympy import Abs, Expr, Max, Min, cosh, sinh, tanh

from derive.facts import Given
from derive.laws import law
from derive.notation import (
    ONE,
    ZERO,
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
from derive.recognition import opposite, tail
from derive.rules import samples as s
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, rule

sinh_u, cosh_u, tanh_u = (Apply(Head(function), s.u) for function in (sinh, cosh, tanh))
sinh_k, cosh_k = (Apply(Head(function), s.z[s.k1]) for function in (sinh, cosh))
tanh_k = Apply(Head(tanh), s.z[s.k1])
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


def halved(u: Expr) -> Expr:
    """``log((1 + e^{-2|u|})/2)``"""
    falling = Exp(Minus(Times(2, Apply(Head(Abs), u))))
    return Log(Plus(ONE, Quotient(Plus(falling, Minus(ONE)), 2)))


@rule(
    law(Log(Plus(ONE, tanh_u)), Plus(Apply(Head(Min), ZERO, Times(2, s.u)), Minus(halved(s.u)))),
    Log(Plus(ONE, tanh_k)),
)
def shift_log_tanh(expr: Expr, given: Given) -> Outcome:
    """``log(1 + tanh u) = min(0, 2u) - log(1 + (e^{-2|u|} - 1)/2)``, with all digits near zero."""
    found = _with_tanh(expr.operand, 1)
    if found is None or found[0] != 1:
        return None
    return Plus(Apply(Head(Min), ZERO, Times(2, found[1])), Minus(halved(found[1])))


@rule(
    law(
        Log(Plus(ONE, Minus(tanh_u))),
        Plus(Minus(Apply(Head(Max), ZERO, Times(2, s.u))), Minus(halved(s.u))),
    ),
    Log(Plus(ONE, Minus(tanh_k))),
)
def shift_log_less_tanh(expr: Expr, given: Given) -> Outcome:
    """``log(1 - tanh u) = -max(0, 2u) - log(1 + (e^{-2|u|} - 1)/2)`` likewise."""
    found = _with_tanh(expr.operand, -1)
    if found is None or found[0] != 1:
        return None
    return Plus(Minus(Apply(Head(Max), ZERO, Times(2, found[1]))), Minus(halved(found[1])))


@rule(
    law(
        Plus(s.a, Times(s.a, tanh_u)),
        Quotient(Times(2, s.a), Plus(ONE, Exp(Minus(Times(2, s.u))))),
    ),
    Plus(ONE, tanh_k),
)
def write_tanh_logistic(expr: Expr, given: Given) -> Outcome:
    """``c + c tanh u = 2c / (1 + e^{-2u})``, which keeps the digits where little is left."""
    found = _with_tanh(expr, 1)
    return None if found is None else _halves(found[0], Minus(Times(2, found[1])))


@rule(
    law(
        Plus(s.a, Minus(Times(s.a, tanh_u))),
        Quotient(Times(2, s.a), Plus(ONE, Exp(Times(2, s.u)))),
    ),
    Plus(ONE, Minus(tanh_k)),
)
def write_less_tanh_logistic(expr: Expr, given: Given) -> Outcome:
    """``c - c tanh u = 2c / (1 + e^{2u})`` likewise."""
    found = _with_tanh(expr, -1)
    return None if found is None else _halves(found[0], Times(2, found[1]))


def _with_tanh(expr: Expr, side: int) -> tuple[Expr, Expr] | None:
    """``c`` and ``u`` of a ``c + c tanh u`` (or ``c - c tanh u``, where ``side`` is -1)."""
    for sign, whole in ((1, expr), (-1, opposite(expr))):
        found = tail(whole, tanh)
        if found is not None and any(isinstance(t, Minus) for t in whole.args) is (side < 0):
            number, operand = found
            return sign * number, operand.operand if side > 0 else operand
    return None


def _halves(number: Expr, exponent: Expr) -> Expr:
    """``2c / (1 + e^u)``"""
    whole = Quotient(2 * abs(number), Plus(ONE, Exp(exponent)))
    return whole if number > 0 else Minus(whole)


def _slope_of_tanh(square: Expr) -> Expr | None:
    """What ``tanh^2 u`` leaves of one, without a difference."""
    match square:
        case Power(Apply(function, (u,)), exponent) if function is tanh and exponent == 2:
            falling = Exp(Minus(Times(2, Apply(Head(Abs), u))))
            return Quotient(Times(4, falling), Power(Plus(ONE, falling), 2))
    return None
