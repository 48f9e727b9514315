"""Products multiplied out, so that terms can meet: everywhere, within sums, within brackets."""

from __future__ import annotations

from derive.notation import (
    Minus,
    Quotient,
    heads,
    terms,
)
from derive.rules.trace import Trace
from derive.strategy.attempts import (
    WORTHWHILE,
    among,
    attempt,
    factor_out,
    length,
    let_terms_meet,
    repeat,
    settle,
    spread,
)
from derive.strategy.judgement import bracketed, inside_total, outside_totals

# A product of more sums than this is not multiplied out to see whether anything cancels.
EXPANSIONS = 12


def expand(trace: Trace) -> None:
    """Multiply out whatever is a sum, so that terms can meet and cancel."""
    open_all(trace)
    let_terms_meet(trace)


def open_all(trace: Trace) -> None:
    """Multiply out whatever is a sum, outside of sums over an index."""
    for _ in range(EXPANSIONS):
        opened = (
            trace.apply("distribute_negative")
            or spread(trace, "distribute_product", outside_totals)
            or spread(trace, "split_quotient", outside_totals)
        )
        if not opened:
            break


def expand_or_factor(trace: Trace) -> None:
    """Multiply out where that is worthwhile, unless what terms share is rather taken out."""
    before, taken = trace.expression, len(trace.steps)
    attempt(trace, expand, WORTHWHILE)
    opened, steps = trace.expression, trace.steps[taken:]
    if steps:
        trace.expression, trace.steps[taken:] = before, []
        attempt(trace, factor_out)
        if length(trace.expression) >= length(opened):
            trace.expression, trace.steps[taken:] = opened, steps


def expand_without_bars(trace: Trace) -> None:
    """Multiply out the terms that have no bar, so that they meet whatever stands beside them."""
    bare = [
        t.operand if isinstance(t, Minus) else t
        for t in terms(trace.expression)
        if Quotient not in heads(t)
    ]
    if len(bare) > 1 and spread(trace, "distribute_product", among(frozenset(bare))):
        settle(trace, ("distribute_negative",))
        let_terms_meet(trace)
        repeat(lambda: trace.apply("factor_pairs", innermost=True))


def expand_inside(trace: Trace) -> None:
    """Multiply the terms of sums over an index out, so that they can meet and cancel."""
    taken = len(trace.steps)
    open_inside(trace)
    if len(trace.steps) > taken:
        let_terms_meet(trace)
        repeat(lambda: trace.apply("factor_pairs", innermost=True))


def open_inside(trace: Trace) -> None:
    """Multiply out whatever is a sum of terms in a sum over an index."""
    for _ in range(EXPANSIONS):
        opened = trace.apply("distribute_negative", inside_total) or spread(
            trace, "distribute_product", inside_total
        )
        if not opened:
            break


def expand_brackets(trace: Trace) -> None:
    """Multiply out what stands in a bracket beside other factors, and nothing else."""
    for _ in range(EXPANSIONS):
        inner = bracketed(trace.expression)
        if not inner or not spread(trace, "distribute_product", among(inner)):
            break
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
