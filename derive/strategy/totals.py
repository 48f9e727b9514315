"""Sums over one range joined: whole ones, those of all but one, those inside of others."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.notation import (
    Apply,
    Exp,
    Log,
    Plus,
    Power,
    Quotient,
    Total,
    collected,
    heads,
    names,
)
from derive.rules.monomials import sides
from derive.rules.trace import Trace
from derive.strategy.attempts import among, factor_out, let_terms_meet, settle, spread
from derive.strategy.gathering import gather_fractions, gather_totals, leave_out_alike
from derive.strategy.judgement import holds_share_of_others, is_multiple_of_totals, pulls_well
from derive.strategy.sharing import added


def complete_totals(trace: Trace) -> None:
    """Sums over all but one index as the whole sum less a term, so that they meet such ones."""

    def is_plain(total: Expr, given: Given) -> bool:
        # Anything else may have no value for that index, or be far larger there than the rest: a
        # share of all others as well.
        apart = heads(total.body) & {Apply, Exp, Log, Power, Quotient}
        return not apart and not holds_share_of_others(total, given)

    if trace.apply("complete_total", is_plain):
        settle(trace, ("evaluate_delta",))
        let_terms_meet(trace)


def share_totals(trace: Trace) -> None:
    """Join sums over one range, and what stands beside them, where their terms share factors."""
    if spread(trace, "distribute_product", is_multiple_of_totals):
        settle(trace, ("distribute_negative", "combine_numbers", "join_ranges"))
    while trace.apply("join_sharing"):
        factor_out(trace)
        gather_fractions(trace)
        factor_out(trace)
        if trace.apply("complement_fraction", leaves_one_term):
            settle(trace, ("multiply_quotients",))
        settle(trace, ("cancel_factor", "use_sum_fact", "sum_probabilities"))
        trace.apply("factor_bracket", innermost=True)
        settle(trace, ("pull_out_sign",))
        trace.apply("pull_out_factor", pulls_well)


def share_but_one(trace: Trace) -> None:
    """Join sums over all but one with those over all that are zero there."""
    if leave_out_alike(trace):
        share_totals(trace)


def meet_across_means(trace: Trace) -> None:
    """Take a sum that is the same for each out of a bracket where it then meets the sum beside it.

    ``Σ_j v_j p_j (x_j - Σ_k p_k x_k)`` is ``Σ_j (v_j - V) p_j x_j`` for ``V = Σ_j v_j p_j``. Not
    along a vector: what it is multiplied by is summed over it first.
    """

    def holds_mean(product: Expr, given: Given) -> bool:
        index = given.scope[0].index if given.scope else None
        brackets = [f for f in product.args if isinstance(f, Plus) and index in names(f)]
        return any(Total in heads(t) for f in brackets for t in f.args if index not in names(t))

    if trace.direction is None and spread(trace, "distribute_product", holds_mean):
        settle(trace, ("distribute_negative", "split_total", "pull_out_sign", "pull_out_factor"))
        settle(trace, ("distribute_product", "distribute_negative", "multiply_quotients"))
        settle(trace, ("fold_definition",))
        leave_out_alike(trace)
        before = added(trace.expression)
        share_totals(trace)
        gather_totals(trace)
        trace.apply("turn_sign", among(added(trace.expression) - before))


def leaves_one_term(expr: Expr, given: Given) -> bool:
    """Whether no fraction is over more than two terms: of ``1 - a/(a + b + c)`` more is left."""
    below = collected(expr, lambda part: sides(part)[1])
    return all(len(f.args) == 2 for f in below if isinstance(f, Plus))
