"""What is the same for all comes out of sums beside shares and weights whose sum is known."""

from __future__ import annotations

from functools import partial

from sympy import Expr

from derive.facts import Given
from derive.notation import code, collected
from derive.rules.monomials import sides
from derive.rules.softmax import folded
from derive.rules.trace import Trace
from derive.strategy.attempts import attempt, repeat, settle, spread
from derive.strategy.gathering import gather_totals
from derive.strategy.judgement import adds_known, distributes_well, inside_total, splits_well
from derive.strategy.phases import simplify
from derive.strategy.releasing import may_be_split


def spread_totals(trace: Trace) -> None:
    """Split the sums over an index, so that known or constant parts of them come out."""
    if trace.apply("split_total", may_be_split):
        simplify(trace)
        settle(trace, ("distribute_negative", "cancel_factor", "cancel_terms", "collect_terms"))


def take_known_out(trace: Trace) -> None:
    """Multiply out beside shares: what is the same for all comes out of the sum over them."""
    taken = len(trace.steps)
    for look in (distributes_well, adds_known):
        spread(trace, "distribute_product", look)
    if len(trace.steps) > taken:
        simplify(trace)
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
        gather_totals(trace)
        attempt(trace, lambda t: repeat(lambda: t.apply("factor_partly", inside_total)))


def take_named_out(trace: Trace) -> None:
    """Multiply out where a sum comes free that it, or its name, below a bar cancels."""
    below = collected(trace.expression, lambda e: map(code, sides(e)[1]))

    def cancels(total: Expr, given: Given) -> bool:
        found = folded(total, given)
        return code(total if found is None else found[0]) in below

    comes_free = partial(distributes_well, known=cancels, whole=False)
    if below and spread(trace, "distribute_product", comes_free):
        settle(trace, ("distribute_negative",))
        trace.apply("split_total", partial(splits_well, known=cancels))
        simplify(trace)
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
        gather_totals(trace)
