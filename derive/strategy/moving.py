"""Labels that a delta says are the index sought: ``δ_{k t_i} f(t_i)`` is ``δ_{k t_i} f(k)``."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import Delta, collected, entries, names
from derive.rules.monomials import sides
from derive.rules.trace import Trace
from derive.strategy.attempts import factor_out, settle


def move_labels(trace: Trace) -> None:
    """Write the index sought for a label that a delta holds to it: what it picks leaves the sum."""
    back = trace.apply("move_index_back", partial(moves, end=0))
    if trace.apply("move_index_throughout", partial(moves, end=1)) or back:
        settle(trace, ("pull_out_factor", "multiply_quotients", "cancel_factor"))
        settle(trace, ("cancel_terms", "collect_terms"))
        factor_out(trace)


def moves(product: Expr, given: Given, end: int) -> bool:
    """Whether one end of a delta is an entry at the index of the sum, and stands elsewhere too."""
    above, below = sides(product)
    for delta in above:
        if isinstance(delta, Delta) and given.scope:
            label, fixed = delta.args[end], delta.args[1 - end]
            own = given.scope[0].index
            if isinstance(label, Indexed) and own in names(label) and own not in names(fixed):
                others = [f for f in (*above, *below) if f != delta]
                return any(label in e.indices for f in others for e in collected(f, entries))
    return False
