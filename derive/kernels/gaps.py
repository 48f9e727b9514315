"""What an exponential leaves of 1, or adds to it, with all its digits where that is little."""

from __future__ import annotations

from sympy import Abs, Expr, Integer, Max, Min, sign
from sympy.codegen.cfunctions import expm1, log1p

from derive.notation import ONE, ZERO, Apply, Exp, Head, Log, Minus, Plus, Threshold, Times, code


def gap(expr: Expr) -> Expr | None:
    """``1 - e^u``, also with both terms moved down by ``max(0, u)``, and what is opposite to it."""
    match expr:
        case Plus((Minus(part), whole)) | Plus((whole, Minus(part))):
            for first, second, turned in ((whole, part, False), (part, whole, True)):
                left = _left(first, second)
                if left is not None:
                    return Minus(left) if turned else left
    return None


def _left(whole: Expr, part: Expr) -> Expr | None:
    """``whole - part``, where ``whole`` is 1 or a 1 that was moved down together with ``part``."""
    match whole, part:
        case _, Exp(u) if whole == 1:
            return Minus(Apply(Head(expm1), u))
        case Exp(Minus(Apply(function, (zero, u)) as largest)), Exp(moved):
            lowered = Plus(*(u.args if isinstance(u, Plus) else (u,)), Minus(largest))
            if function is Max and zero == ZERO and code(moved) == code(lowered):
                return Times(Apply(Head(sign), u), Apply(Head(expm1), Minus(Apply(Head(Abs), u))))
    return None


def log_gap(expr: Expr) -> Expr | None:
    """``log(1 - e^u)``: by what is left of 1 where that is little, else by what is taken away."""
    match expr:
        case Log(Plus((one, Minus(Exp(u))))) | Log(Plus((Minus(Exp(u)), one))) if one == 1:
            near = Log(Minus(Apply(Head(expm1), u)))
            return Threshold(u, -ONE, near, Apply(Head(log1p), Minus(Exp(u))))
    return None


# Below this log(1 + e^u) is e^u in all digits, long before it is too little for a number.
FAR = Integer(-37)


def log_softplus(expr: Expr) -> Expr | None:
    """``log(log(1 + e^u))``, of which the inner logarithm rounds to zero: far down it is ``u``."""
    match expr:
        case Log(Plus((Apply(function, (zero, u)), rest))) if (
            function is Max and zero == 0 and FAR not in u.args
        ):
            if code(rest) == code(_small(u)):
                near = Apply(Head(Max), FAR, u)
                beyond = Apply(Head(Min), ZERO, Plus(u, -FAR))
                return Plus(Log(Plus(Apply(Head(Max), ZERO, near), _small(near))), beyond)
    return None


def _small(u: Expr) -> Expr:
    """What ``log(1 + e^u)`` is beside ``max(0, u)``."""
    return Log(Plus(ONE, Exp(Minus(Apply(Head(Abs), u)))))
