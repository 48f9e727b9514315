"""Which way round differences are written."""

from __future__ import annotations

from itertools import permutations

from sympy import Abs, Expr, sign

from derive.facts import Given
from derive.notation import Apply, Minus, Plus, Threshold, collected
from derive.positions import survey
from derive.rules.monomials import sides
from derive.rules.negatives import Ends, distribute_negative, ends, leads
from derive.rules.trace import Trace
from derive.strategy.attempts import among


def orient(trace: Trace) -> bool:
    """Turn ``z_j - z_k`` into ``-(z_k - z_j)`` where both ways occur; returns whether any did.

    And ``-b + a`` where there is the sign of ``b - a``.
    """
    found: set[Ends] = set()

    def look(node: Expr, given: Given) -> None:
        found.update(filter(None, [ends(node)]))

    survey(trace.expression, trace.given, look, frozenset((Plus,)))
    both = {pair for pair in found if pair[::-1] in found - {pair}}
    signed = collected(trace.expression, _with_sign)
    return trace.apply(
        "turn_difference",
        lambda expr, given: ends(expr) in both or distribute_negative(Minus(expr), given) in signed,
    )


def _with_sign(expr: Expr) -> tuple[Expr, ...]:
    """What is in a sign or an absolute value, however its terms are ordered."""
    match expr:
        case Apply(function, (Plus(terms),)) if function in (sign, Abs):
            return tuple(Plus(*order) for order in permutations(terms)) if len(terms) == 2 else ()
    return ()


def turn_branches(trace: Trace) -> None:
    """Take the minus of a branch into the difference in it: ``-(b - a) c`` is ``(a - b) c``."""

    def opposed(expr: Expr) -> list[Expr]:
        branches = (expr.above, expr.otherwise) if isinstance(expr, Threshold) else ()
        return [b for b in branches if isinstance(b, Minus) and _has_difference(b.operand)]

    trace.apply("turn_sign", among(collected(trace.expression, opposed)))


def _has_difference(product: Expr) -> bool:
    """Whether a factor above the bar is a difference of two terms that has its minus first."""
    return any(
        isinstance(factor, Plus) and len(factor.args) == 2 and leads(factor)
        for factor in sides(product)[0]
    )
