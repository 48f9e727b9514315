"""Fractions beside other terms: over one bar, or cleared, where something cancels by that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from functools import partial

from sympy import Expr

from derive.facts import Given
from derive.notation import Binder, Exp, Inert, Minus, Plus, Quotient, code, factors
from derive.rules.factoring import put_over_bar
from derive.rules.trace import Trace
from derive.strategy.attempts import (
    NO_LONGER,
    among,
    attempt,
    outside_exponents,
    repeat,
    settle,
    spread,
)
from derive.strategy.judgement import heads_of

MEETING = ("cancel_terms", "collect_terms")


def share_bars(trace: Trace) -> None:
    """Write fractions over one bar where terms then cancel, and clear those above a bar."""
    meet_above_bars(trace)
    attempt(trace, clear_numerators, NO_LONGER)


def meet_above_bars(trace: Trace) -> None:
    """Write fractions and what stands beside them over one bar, each where terms then cancel."""

    def put_one() -> bool:
        found = beside_bars(trace.expression, trace.given)
        return any(put_over_one(trace, terms) for terms in found)

    repeat(put_one)  # what stands over a bar by now may meet the next term beside it
    for bracket in sums_above(trace.expression):
        for product in sorted(products_in((bracket,)), key=code):
            attempt(trace, partial(open_to_meet, product=product))
        attempt(trace, partial(open_numerator, opened=products_in((bracket,))))


def put_over_one(trace: Trace, terms: Expr) -> bool:
    """Write one more of these terms over a bar if that is shorter; returns whether it was."""
    until_cancelled = partial(share_bar, terms=terms, until="cancel_terms")
    return (
        attempt(trace, until_cancelled)
        or attempt(trace, partial(share_bar, terms=terms))
        or attempt(trace, partial(share_bar_twice, terms=terms))
    )


def share_bar_twice(trace: Trace, terms: Expr) -> None:
    """Write one of these terms over a bar, and then the next beside it: both may cancel there."""
    others = set(beside_bars(trace.expression, trace.given))
    share_bar(trace, terms, until="cancel_terms")
    for longer in beside_bars(trace.expression, trace.given):
        if longer not in others:
            share_bar(trace, longer, until="cancel_terms")


def share_bar(trace: Trace, terms: Expr, until: str = "") -> None:
    """Write these terms over one bar and multiply out what is above it, ``until`` a rule fires."""
    known = above_bars(trace.expression)
    if trace.apply("put_over_bar", among({terms})):
        if not trace.apply("cancel_terms"):  # else nothing needs to be multiplied out
            open_above(trace, lambda: above_bars(trace.expression) - known, until)
        tidy_fractions(trace)
        # What stood beside the bar in a longer sum may have been multiplied out with it.
        repeat(lambda: trace.apply("join_fractions"))


def open_to_meet(trace: Trace, product: Expr) -> None:
    """Multiply out one term of a sum above a bar, if terms meet by that."""
    before, taken = trace.expression, len(trace.steps)
    open_numerator(trace, frozenset((product,)))
    if not any(step.rule in MEETING for step in trace.steps[taken:]):
        trace.expression = before
        del trace.steps[taken:]


def open_numerator(trace: Trace, opened: AbstractSet[Expr]) -> None:
    """Multiply out terms of sums above a bar, also where other factors stand beside these."""
    others = products_in(sums_above(trace.expression)) - opened
    open_above(trace, lambda: products_in(sums_above(trace.expression)) - others)
    tidy_fractions(trace)
    settle(trace, ("take_out_sign", "pull_out_sign", "move_sign"))


def open_above(trace: Trace, wanted: Callable[[], AbstractSet[Expr]], until: str = "") -> None:
    """Multiply out what is wanted above bars, or no more than it takes for a rule to fire."""

    def open_one() -> bool:
        return spread(trace, "distribute_product", among(wanted())) or trace.apply(
            "distribute_negative"
        )

    repeat(lambda: not (until and trace.apply(until)) and open_one())
    repeat(lambda: spread(trace, "split_quotient", among(wanted())))


def clear_numerators(trace: Trace) -> None:
    """Write fractions above a bar with a sum below it as one fraction."""
    if trace.apply("clear_numerator", clears_numerator):
        tidy_fractions(trace)


def clear_denominators(trace: Trace) -> None:
    """Write fractions below a bar with the whole one as one fraction: ``a / (1 + b/c)``."""
    settle(trace, ("combine_powers",))
    if trace.apply("clear_denominator", clears_denominator):
        clear_bars(trace)
        tidy_fractions(trace)
        settle(trace, ("pull_out_factor", "multiply_quotients", "cancel_factor", "combine_powers"))
        clear_bars(trace)
        tidy_fractions(trace)


def tidy_fractions(trace: Trace) -> None:
    """Let terms above bars meet, and cancel what they have in common with what is below."""
    settle(trace, ("cancel_factor", "combine_powers", "distribute_negative"))
    settle(trace, MEETING)
    repeat(
        lambda: (
            trace.apply_first(("flatten_quotient", "cancel_factor", "combine_powers"))
            or trace.apply("factor_common", outside_exponents(trace))
        )
    )


def clear_bars(trace: Trace) -> None:
    """Multiply a bracket by what stands below a bar in it."""
    settle(trace, ("cancel_factor",))
    repeat(lambda: spread(trace, "clear_bar", lambda *_: True))
    settle(trace, ("cancel_factor", "distribute_negative"))


def beside_bars(expr: Expr, given: Given) -> tuple[Expr, ...]:
    """The sums with a term that goes over the bar of another one, what is inside first."""
    parts = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    inside = tuple(s for a in parts if isinstance(a, Inert) for s in beside_bars(a, given))
    terms = expr.args if isinstance(expr, Plus) else ()
    here = bool(terms) and put_over_bar(expr, given) is not None
    return (*inside, expr) if here else inside


def above_bars(expr: Expr) -> frozenset[Expr]:
    """The products and fractions that are terms of a sum above a bar, or above one in these."""
    return products_in(sums_above(expr, alone=True))


def sums_above(expr: Expr, alone: bool = False) -> tuple[Expr, ...]:
    """The sums above bars, what is inside first; ``alone`` asks for no factors beside them."""
    parts = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    inside = tuple(s for a in parts if isinstance(a, Inert) for s in sums_above(a, alone))
    above = (expr.numerator,) if isinstance(expr, Quotient) else ()
    found = above if alone else (f for whole in above for f in factors(whole))
    return (*inside, *(f for f in found if isinstance(f, Plus)))


def products_in(sums: Iterable[Expr]) -> frozenset[Expr]:
    """The products and fractions that are terms of sums."""
    terms = (term for each in sums for term in each.args)
    bare = frozenset(t.operand if isinstance(t, Minus) else t for t in terms)
    return bare.union(t.numerator for t in bare if isinstance(t, Quotient))


def clears_numerator(fraction: Expr, given: Given) -> bool:
    """Clear a fraction above a bar with a sum below it, where nothing can overflow by that."""
    return Plus in heads_of(fraction.denominator) and Exp not in heads_of(fraction)


def clears_denominator(fraction: Expr, given: Given) -> bool:
    """Clear a fraction below a bar, where nothing can overflow by that."""
    return Exp not in heads_of(fraction)
