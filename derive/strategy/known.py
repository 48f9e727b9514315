"""What is the same for all comes out of sums beside shares and weights whose sum is known."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Indexed

from derive.declarations import mentioned_in
from derive.facts import Given, SumFact
from derive.notation import (
    ONE,
    Exp,
    Minus,
    Quotient,
    Total,
    bases,
    code,
    collected,
    factors,
    is_mask,
    terms,
)
from derive.rules.monomials import sides
from derive.rules.softmax import folded
from derive.rules.trace import Trace, Where
from derive.signs import ingredients
from derive.strategy.attempts import among, attempt, factor_out, repeat, settle, spread
from derive.strategy.exchanges import exchanges_to_fact
from derive.strategy.gathering import gather_totals
from derive.strategy.judgement import adds_known, distributes_well, inside_total, splits_well
from derive.strategy.phases import simplify


def spread_totals(trace: Trace) -> None:
    """Split the sums over an index, so that known or constant parts of them come out."""
    if trace.apply("split_total", may_be_split):
        simplify(trace)
        settle(trace, ("distribute_negative", "cancel_factor", "cancel_terms", "collect_terms"))


def may_be_split(total: Expr, given: Given) -> bool:
    """Not a ``Σ_j (1 - e^{u_j})``, which has digits that ``n - Σ_j e^{u_j}`` has not."""
    body = total.opened[0]
    taken = (t.operand for t in terms(body) if isinstance(t, Minus))
    return ONE not in terms(body) or not any(isinstance(t, Exp) for t in taken)


def sum_names(trace: Trace) -> None:
    """Write names out in the sums of them, where it is known what they are made of sums to.

    ``Σ_i p_i`` is 1 for smoothed labels ``p_i = (1 - ε) y_i + ε/C``.
    """
    definitions = trace.given.definitions
    known: set[Expr] = {b for f in trace.given.of(SumFact) for b in bases(mentioned_in(f))}
    known |= {d.base for d in definitions if isinstance(d.value, Quotient)}
    made = {
        d.base for d in definitions if not d.softmax and known & ingredients(d.value, definitions)
    }

    def summed(expr: Expr) -> list[Expr]:
        while isinstance(expr, Total):
            expr = expr.opened[0]
            bare = [f for f in factors(expr) if not is_mask(f)]
            if len(bare) == 1 and isinstance(bare[0], Indexed) and bare[0].base in made:
                return bare
        return []

    found = collected(trace.expression, summed) if made else frozenset()
    if found and trace.apply("unfold_definition", among(found)):
        parts = set().union(*(bases(d.value) for d in definitions if d.base in made))

        def own(expr: Expr, given: Given) -> bool:
            return bases(expr) <= parts

        repeat(
            lambda: (
                trace.apply("split_total", own)
                or trace.apply_first(("pull_out_sign", "pull_out_factor", "cancel_factor"))
                or trace.apply_first(("use_sum_fact", "sum_probabilities", "sum_constant"))
                or trace.apply("exchange_totals", exchanges_to_fact)
                or trace.apply("exchange_others", exchanges_to_fact)
                or spread(trace, "split_quotient", own)
                or spread(trace, "distribute_product", own)
                or trace.apply("distribute_negative", own)
            )
        )
        settle(trace, ("combine_numbers", "cancel_terms", "collect_terms", "cancel_factor"))
        settle(trace, ("fold_definition",))


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

    def below() -> frozenset[str]:
        return collected(trace.expression, lambda e: map(code, sides(e)[1]))

    def cancels(bars: frozenset[str]) -> Where:
        def look(total: Expr, given: Given) -> bool:
            found = folded(total, given)
            return code(total if found is None else found[0]) in bars

        return look

    bars = below()
    comes_free = partial(distributes_well, known=cancels(bars), whole=False)
    if bars and spread(trace, "distribute_product", comes_free):
        settle(trace, ("distribute_negative",))
        # Sums are opened with other symbols by now.
        trace.apply("split_total", partial(splits_well, known=cancels(below())))
        simplify(trace)
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
        gather_totals(trace)
        if trace.apply("join_sharing"):
            factor_out(trace)
