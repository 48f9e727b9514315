"""Fractions beside other terms: over one bar, or cleared, where something cancels by that."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import partial

from sympy import Expr

from derive.facts import Given
from derive.notation import Binder, Exp, Inert, Minus, Plus, Quotient
from derive.rules.factoring import put_over_bar
from derive.rules.monomials import monomial
from derive.rules.trace import Trace, Where
from derive.strategy.attempts import NO_LONGER, among, attempt, repeat, settle, spread
from derive.strategy.judgement import heads_of


def share_bars(trace: Trace) -> None:
    """Write fractions and what stands beside them over one bar, each where terms then cancel."""
    for terms in beside_bars(trace.expression, trace.given):
        attempt(trace, partial(share_bar, terms=terms))
    attempt(trace, clear_numerators, NO_LONGER)


def share_bar(trace: Trace, terms: Expr) -> None:
    """Write these terms over one bar and multiply out what is above it."""
    known = above_bars(trace.expression)
    if trace.apply("put_over_bar", among({terms})):
        if not trace.apply("cancel_terms"):  # else nothing needs to be multiplied out
            repeat(
                lambda: (
                    spread(trace, "distribute_product", lately_above(trace, known))
                    or trace.apply("distribute_negative")
                )
            )
            repeat(lambda: spread(trace, "split_quotient", lately_above(trace, known)))
        tidy_fractions(trace)
        # What stood beside the bar in a longer sum may have been multiplied out with it.
        repeat(lambda: trace.apply("join_fractions"))


def lately_above(trace: Trace, known: AbstractSet[Expr]) -> Where:
    """Only above a bar, and not where one of ``known`` stands."""
    return among(above_bars(trace.expression) - known)


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
    settle(trace, ("cancel_terms", "collect_terms"))
    settle(trace, ("flatten_quotient", "factor_common", "cancel_factor", "combine_powers"))


def clear_bars(trace: Trace) -> None:
    """Multiply a bracket by what stands below a bar in it."""
    settle(trace, ("cancel_factor",))
    repeat(lambda: spread(trace, "clear_bar", lambda *_: True))
    settle(trace, ("cancel_factor", "distribute_negative"))


def beside_bars(expr: Expr, given: Given) -> tuple[Expr, ...]:
    """The sums with a term that goes over the bar of another one, what is inside first.

    Not one with an exponential, which may overflow where it is multiplied.
    """
    parts = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    inside = tuple(s for a in parts if isinstance(a, Inert) for s in beside_bars(a, given))
    terms = expr.args if isinstance(expr, Plus) else ()
    powers = [power for term in terms for power in monomial(term).powers.values()]
    risky = any(Exp in heads_of(base) for base, exponent in powers if exponent.is_negative)
    here = bool(terms) and not risky and put_over_bar(expr, given) is not None
    return (*inside, expr) if here else inside


def above_bars(expr: Expr) -> frozenset[Expr]:
    """The products and fractions that are terms of a sum above a bar, or above one in these."""
    here: set[Expr] = set()
    if isinstance(expr, Quotient) and isinstance(expr.numerator, Plus):
        for term in expr.numerator.args:
            bare = term.operand if isinstance(term, Minus) else term
            here |= {bare, bare.numerator} if isinstance(bare, Quotient) else {bare}
    parts = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    return frozenset(here).union(*(above_bars(a) for a in parts if isinstance(a, Inert)))


def clears_numerator(fraction: Expr, given: Given) -> bool:
    """Clear a fraction above a bar with a sum below it, where nothing can overflow by that."""
    return Plus in heads_of(fraction.denominator) and Exp not in heads_of(fraction)


def clears_denominator(fraction: Expr, given: Given) -> bool:
    """Clear a fraction below a bar, where nothing can overflow by that."""
    return Exp not in heads_of(fraction)
