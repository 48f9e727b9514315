"""Terms that are in others as factors: ``a (p - 1)`` for ``a p - a`` beside other terms."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.notation import Plus, collected
from derive.rules.complements import taken_from_one
from derive.rules.trace import Trace
from derive.strategy.attempts import among, repeat


def share_names(trace: Trace) -> None:
    """Write ``a p - a`` beside other terms as ``a (p - 1)``, though it is no shorter.

    First where ``p`` is a name, of which ``1 - p`` is what is left of one. A ``1 - a`` stays: it
    has digits that ``1 + (p - 1) a`` has not.
    """
    before = added(trace.expression)
    repeat(lambda: trace.apply("factor_complement", is_longer))
    repeat(lambda: trace.apply("factor_itself", is_longer))
    trace.apply("turn_sign", among(added(trace.expression) - before))


def is_longer(sum_: Expr, given: Given) -> bool:
    """Whether this has more than two terms, and nothing is taken from one in it."""
    return len(sum_.args) > 2 and not taken_from_one(sum_)


def added(expr: Expr) -> frozenset[Expr]:
    """The terms of all sums of terms in an expression."""
    return collected(expr, lambda part: part.args if isinstance(part, Plus) else ())
