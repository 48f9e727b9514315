"""Terms that are in others as factors: ``a (p - 1)`` for ``a p - a`` beside other terms."""

from __future__ import annotations

from sympy import Expr

from derive.notation import Plus, collected
from derive.rules.trace import Trace
from derive.strategy.attempts import among, repeat


def share_names(trace: Trace) -> None:
    """Write ``a p - a`` beside other terms as ``a (p - 1)``, though it is no shorter.

    First where ``p`` is a name, of which ``1 - p`` is what is left of one.
    """
    before = added(trace.expression)
    repeat(lambda: trace.apply("factor_complement", lambda e, _: len(e.args) > 2))
    repeat(lambda: trace.apply("factor_itself"))
    trace.apply("turn_sign", among(added(trace.expression) - before))


def added(expr: Expr) -> frozenset[Expr]:
    """The terms of all sums of terms in an expression."""
    return collected(expr, lambda part: part.args if isinstance(part, Plus) else ())
