"""Factors that are 1 or 0 by a comparison of two indices."""

from __future__ import annotations

from sympy import Expr

from derive.notation import Bracket, Delta, Minus, Plus, factors, mask, times, without


def comparison(factor: Expr) -> tuple[Expr, str, Expr] | None:
    """The comparison that a factor is 1 or 0 by: ``[a <= b]``, ``1 - δ_{ab}``."""
    match factor:
        case Bracket(lower, upper):
            return lower, "<=", upper
        case Plus((one, Minus(Delta(first, second)))) if one == 1:
            return first, "!=", second
    return None


def alternatives(expr: Expr) -> tuple[Delta, Expr, Expr] | None:
    """The delta of a ``δ_{ab} u ± (1 - δ_{ab}) v``, and what the whole is where it is 1 and 0."""
    if not isinstance(expr, Plus) or len(expr.args) != 2:
        return None
    for first, second in (expr.args, expr.args[::-1]):
        parts = factors(first.operand if isinstance(first, Minus) else first)
        for delta in (f for f in parts if isinstance(f, Delta)):
            equal, apart = _beside(first, delta), _beside(second, mask(*delta.args))
            if equal is not None and apart is not None:
                return delta, equal, apart
    return None


def _beside(term: Expr, factor: Expr) -> Expr | None:
    """What stands beside a factor of a term."""
    parts = factors(term.operand if isinstance(term, Minus) else term)
    if factor not in parts:
        return None
    rest = times(*without(parts, parts.index(factor)))
    return Minus(rest) if isinstance(term, Minus) else rest
