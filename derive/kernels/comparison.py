"""Factors that are 1 or 0 by a comparison of two indices."""

from __future__ import annotations

from sympy import Expr

from derive.notation import Bracket, Delta, Minus, Plus


def comparison(factor: Expr) -> tuple[Expr, str, Expr] | None:
    """The comparison that a factor is 1 or 0 by: ``[a <= b]``, ``1 - δ_{ab}``."""
    match factor:
        case Bracket(lower, upper):
            return lower, "<=", upper
        case Plus((one, Minus(Delta(first, second)))) if one == 1:
            return first, "!=", second
    return None
