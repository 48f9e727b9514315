"""Differences of two entries of one array, the same way round wherever they occur."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.notation import Plus
from derive.positions import survey
from derive.rules.negatives import Ends, ends
from derive.rules.trace import Trace


def orient(trace: Trace) -> bool:
    """Turn ``z_j - z_k`` into ``-(z_k - z_j)`` where both ways occur; returns whether any did."""
    found: set[Ends] = set()

    def look(node: Expr, given: Given) -> None:
        found.update(filter(None, [ends(node)]))

    survey(trace.expression, trace.given, look, frozenset((Plus,)))
    both = {pair for pair in found if pair[::-1] in found}
    return trace.apply("turn_difference", lambda expr, _: ends(expr) in both)
