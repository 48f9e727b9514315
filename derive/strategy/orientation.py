"""Which way round differences are written."""

from __future__ import annotations

from itertools import permutations

from sympy import Abs, Expr, sign

from derive.facts import Given
from derive.notation import Apply, Exp, Minus, Plus, Threshold, collected
from derive.positions import survey
from derive.rules.monomials import sides
from derive.rules.negatives import Ends, distribute_negative, ends, is_turned, leads
from derive.rules.trace import Trace
from derive.strategy.attempts import among


def orient(trace: Trace) -> bool:
    """Turn ``z_j - z_k`` into ``-(z_k - z_j)`` where both ways occur; returns whether any did.

    And ``a - b`` where there is the sign, or an exponential, of ``b - a``.
    """
    found: set[Ends] = set()

    def look(node: Expr, given: Given) -> None:
        found.update(filter(None, [_apart(node)]))

    survey(trace.expression, trace.given, look, frozenset((Plus,)))
    both = {pair for pair in found if pair[::-1] in found - {pair}}
    signed = collected(trace.expression, _with_sign)
    return trace.apply(
        "turn_difference",
        lambda expr, given: (
            (_apart(expr) in both and is_turned(expr))
            or (expr not in signed and distribute_negative(Minus(expr), given) in signed)
        ),
    )


def _apart(expr: Expr) -> Ends | None:
    """The indices that are not the same in a difference: of ``x_{ka} - x_{ja}`` ``k`` and ``j``."""
    found = ends(expr)
    if found is None:
        return None
    apart = [(i, j) for i, j in zip(*found, strict=True) if i != j]
    return tuple(i for i, _ in apart), tuple(j for _, j in apart)


def _with_sign(expr: Expr) -> tuple[Expr, ...]:
    """What is in a sign, an absolute value or an exponent, however its terms are ordered."""
    match expr:
        case Apply(function, (operand,)) if function in (sign, Abs):
            inside = [operand]
        case Exp(operand):
            inside = list(sides(operand.operand if isinstance(operand, Minus) else operand)[0])
        case _:
            inside = []
    several = (e.args for e in inside if isinstance(e, Plus) and len(e.args) == 2)
    return tuple(Plus(*order) for terms in several for order in permutations(terms))


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
