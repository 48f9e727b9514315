"""The last touches: whatever makes a result shorter, or only look alike, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Expr

from derive.facts import Given
from derive.notation import (
    Bracket,
    Delta,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    collected,
    heads,
    terms,
)
from derive.rules.algebra import move_index_back, move_index_throughout
from derive.rules.definitions import parts_of
from derive.rules.monomials import sides
from derive.rules.negatives import distribute_negative
from derive.rules.registry import Outcome
from derive.rules.trace import Trace
from derive.strategy.attempts import (
    NO_LONGER,
    PATIENCE,
    WORTHWHILE,
    among,
    attempt,
    factor_out,
    let_terms_meet,
    outside_exponents,
    repeat,
    settle,
    spread,
)
from derive.strategy.bars import (
    clear_bars,
    clear_denominators,
    meet_above_bars,
    share_bars,
)
from derive.strategy.equal_indices import cancels_below, moves_index, moves_safely
from derive.strategy.expanding import (
    expand,
    expand_brackets,
    expand_inside,
    expand_or_factor,
    expand_without_bars,
)
from derive.strategy.gathering import (
    gather_complements,
    gather_exchanged,
    gather_fractions,
    gather_opened,
    gather_symmetric,
    gather_totals,
    gather_transposed,
)
from derive.strategy.joining import meet_complements, meet_next_bars
from derive.strategy.judgement import (
    heads_of,
    inside_total,
    is_multiple_of_brackets,
    multiplies_well,
    pulls_well,
)
from derive.strategy.known import spread_totals, sum_names, take_known_out, take_named_out
from derive.strategy.lengths import meet_sums_below
from derive.strategy.means import (
    drop_constants,
    drop_deviations,
    drop_residuals,
    write_out_names,
)
from derive.strategy.meeting import cancel_odds, insert_deltas, join_logarithms, open_roots
from derive.strategy.moving import move_labels
from derive.strategy.opening import (
    cancel_by_values,
    complement_by_values,
    divide_by_values,
    open_exponents,
    open_logarithms,
    unfold_below,
)
from derive.strategy.orientation import orient, turn_branches
from derive.strategy.phases import EXTENSION, take_terms_off
from derive.strategy.positive_parts import (
    join_positive_parts,
    join_signs,
    keep_positive_parts,
    write_positive_parts,
)
from derive.strategy.releasing import release_constants, release_from_means, release_terms
from derive.strategy.shares import (
    add_shares,
    drop_masks,
    drops_safely,
    holds_share,
    name_fractions,
    name_with_factors,
    spread_shares,
)
from derive.strategy.sharing import (
    share_exponential,
    share_most,
    share_most_twice,
    share_names,
    share_opened,
    share_powers,
    takes_out_fraction,
)
from derive.strategy.signs import (
    adds_a_negative,
    brackets_above,
    has_two_signs,
    less_one,
    sums_a_difference,
    takes_off_label,
    takes_off_more,
    takes_off_one,
    turn_double_total,
    turn_totals,
    turns_well,
)
from derive.strategy.totals import complete_totals, meet_across_means, share_but_one, share_totals
from derive.strategy.turning import turn_complements
from derive.strategy.zeros import includes, includes_safely, unmasks

# That a sum is known is worth a little length to a reader.
KNOWN = 1.1

# That a term leaves a mean is worth more of it: nothing is averaged that is the same for each.
CLEARER = 1.3

# Of what stands together it is plain where it is infinite: that is worth a sign to a reader.
GROUPED = 1.03

INNER = ("factor_inner_bracket", "factor_same_bracket")


def finish(trace: Trace, named: bool = False) -> None:
    """The last touches: signs, common factors, the order of terms.

    The derivative of what has a name keeps its masks: it is to meet others beside it.
    """
    attempt(trace, drop_masks, NO_LONGER)
    attempt(trace, spread_totals)
    attempt(trace, sum_names)
    attempt(trace, drop_deviations)
    attempt(trace, drop_residuals)
    attempt(trace, write_out_names)
    attempt(trace, turn_differences, NO_LONGER)
    attempt(trace, meet_by_symmetry)
    attempt(trace, open_logarithms, KNOWN)
    attempt(trace, join_logarithms)
    attempt(trace, name_with_factors)  # before brackets are put above a bar
    expand_or_factor(trace)
    attempt(trace, add_shares)  # before they stand in a sum of several terms
    attempt(trace, name_fractions)  # before sums in an exponent that has a name are joined
    attempt(trace, gather_transposed)
    attempt(trace, gather_exchanged)
    attempt(trace, gather_totals)
    attempt(trace, name_fractions)
    attempt(trace, add_shares)
    attempt(trace, spread_shares)
    attempt(trace, meet_definitions)
    attempt(trace, divide_by_values)
    attempt(trace, complement_by_values)
    attempt(trace, cancel_by_values)
    attempt(trace, meet_at_equal_indices)
    attempt(trace, meet_at_other_index)
    attempt(trace, move_labels, KNOWN)
    attempt(trace, meet_under_deltas)
    attempt(trace, complete_totals)
    attempt(trace, gather_complements)
    for _ in range(PATIENCE):
        changed = (
            trace.apply("distribute_negative")
            or trace.apply("take_out_sign")
            or trace.apply("turn_sign", lambda e, _: e == trace.expression and turns_well(e))
            or trace.apply("turn_sign", lambda e, _: has_two_signs(e, trace.expression))
            or trace.apply_first(("complement_fraction", "complement_term", "complement_odds"))
            or trace.apply("keep_positive_part")
            or trace.apply("factor_cancelling", innermost=True)
            or trace.apply("factor_common", outside_exponents(trace), innermost=True)
            or trace.apply("factor_bracket", innermost=True)
            or trace.apply("factor_turned_bracket", innermost=True)
            or trace.apply("factor_bracket_less", innermost=True)
            or trace.apply("factor_opened_bracket", innermost=True)
            or trace.apply("factor_opposite", innermost=True)
            or trace.apply("factor_pairs", innermost=True)
            or simplify_after_factoring(trace)
        )
        if not changed:
            break
    attempt(trace, name_fractions)
    attempt(trace, drop_masks, NO_LONGER)
    trace.apply("include_masked", drops_safely)
    attempt(trace, expand_without_bars, WORTHWHILE)
    attempt(trace, gather_totals)
    attempt(trace, gather_complements, NO_LONGER)
    attempt(trace, gather_fractions)
    attempt(trace, join_sums)
    attempt(trace, join_signs, NO_LONGER)
    share_bars(trace)
    if attempt(trace, clear_bars):
        share_bars(trace)
    attempt(trace, clear_denominators)
    attempt(trace, cancel_odds)
    attempt(trace, reduce_powers)
    attempt(trace, open_roots)
    if attempt(trace, divide_powers, NO_LONGER):
        factor_out(trace)
    attempt(trace, lambda t: settle(t, ("turn_exponentials",)))
    attempt(trace, complete_products)
    attempt(trace, take_known_out, KNOWN)
    attempt(trace, take_named_out)
    attempt(trace, drop_constants)
    attempt(trace, meet_across_means)
    attempt(trace, meet_sums_below)
    attempt(trace, move_labels, KNOWN)  # of what has been multiplied out since
    if attempt(trace, share_totals):
        meet_above_bars(trace)
    attempt(trace, share_but_one)
    attempt(trace, share_opened)
    attempt(trace, share_at_equal_indices)
    attempt(trace, insert_deltas)
    attempt(trace, share_brackets)
    attempt(trace, meet_in_brackets)
    attempt(trace, expand_inside, WORTHWHILE)
    attempt(trace, expand_brackets, WORTHWHILE)
    attempt(trace, meet_over_bars, WORTHWHILE)
    attempt(trace, join_opened)
    attempt(trace, lambda t: settle(t, ("factor_inner_log",)), NO_LONGER)
    attempt(trace, lambda t: settle(t, ("clear_inner_bar",)))
    attempt(trace, gather_opened)
    attempt(trace, gather_symmetric)
    attempt(trace, open_exponents)
    if attempt(trace, partial(turn_complements, named=named)):
        settle(trace, ("join_ranges",))
        attempt(trace, share_totals)
    attempt(trace, keep_positive_parts)
    attempt(trace, join_positive_parts)
    attempt(trace, write_positive_parts)
    attempt(trace, share_opened)
    attempt(trace, share_powers)
    repeat(lambda: attempt(trace, share_most) or attempt(trace, share_most_twice))
    attempt(trace, share_exponential, GROUPED)
    attempt(trace, combine_by_values)
    if attempt(trace, meet_complements):
        attempt(trace, meet_in_brackets)
    attempt(trace, meet_next_bars)
    settle(trace, ("join_strict_brackets",))
    attempt(trace, partial(name_scaled, named=named))
    attempt(trace, release_constants, NO_LONGER)
    attempt(trace, release_from_means, CLEARER)
    release_terms(trace)
    share_names(trace)
    settle(trace, ("clear_number",))
    if trace.apply("factor_number", among(collected(trace.expression, brackets_over_bars))):
        settle(trace, ("multiply_quotients",))
    trace.apply("pull_out_factor", pulls_well)
    attempt(trace, gather_transposed)
    trace.apply(
        "turn_total",
        lambda e, given: (
            e == trace.expression and (isinstance(e.operand, Total) or sums_a_difference(e, given))
        ),
    )
    attempt(trace, turn_totals)
    trace.apply("turn_total", less_one)
    trace.apply("turn_total", partial(takes_off_more, trace.expression))
    trace.apply("turn_total", adds_a_negative)
    trace.apply("turn_sign", takes_off_label)
    trace.apply("turn_sign", takes_off_one)
    turn_double_total(trace)
    trace.apply("turn_sign", lambda e, _: has_two_signs(e, trace.expression))
    turn_branches(trace)
    settle(trace, ("turn_both", "turn_each", "factor_condition"))
    include = partial(trace.apply, "include_zero", includes_safely if named else includes)
    if include():
        repeat(include)
        attempt(trace, share_totals)
    repeat(lambda: trace.apply("unmask_argmax", unmasks))
    settle(trace, ("reorder_terms",))
    settle(trace, ("reorder_factors",))


def combine_by_values(trace: Trace) -> None:
    """Write out sums with a name below bars where what stands beside the fraction then cancels."""
    if unfold_below(trace):
        share_bars(trace)
        gather_complements(trace)  # what is below the bar may have been opened as well
        settle(trace, ("fold_definition",))
        factor_out(trace)


def turn_differences(trace: Trace) -> None:
    """Write differences of entries the same way round, so that terms with them can meet."""
    if orient(trace):
        settle(trace, ("pull_out_sign", "cancel_terms", "collect_terms"))
        settle(trace, ("join_ranges",))
        gather_totals(trace)


def meet_by_symmetry(trace: Trace) -> None:
    """Write ``w_{ji}`` as ``w_{ij}`` where the definition says so, and join what is alike then."""
    turn_differences(trace)  # a difference beside it may be the other way round there
    if trace.apply("swap_indices"):
        settle(trace, ("combine_powers", "cancel_terms", "collect_terms"))
        settle(trace, ("rejoin_index", "join_ranges"))
        gather_totals(trace)


def complete_products(trace: Trace) -> None:
    """Products over all others as the whole one, where a power beside them then nearly cancels."""
    if trace.apply("complete_product"):
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor", "combine_powers"))
        # The whole product is the same for each that was left out.
        trace.apply("move_index_throughout", inside_total)
        settle(trace, ("pull_out_factor", "multiply_quotients", "flatten_quotient"))
        settle(trace, ("cancel_factor",))
        if trace.apply("separate_quotient", holds_share):
            settle(trace, ("fold_definition",))


def meet_under_deltas(trace: Trace) -> None:
    """Write one of two equal indices beside deltas, so that terms can meet."""
    if moves_index(trace.expression) and not cancels_below(trace.expression):
        expand(trace)
        settle(trace, ("move_index",))
        let_terms_meet(trace)
        settle(trace, (*EXTENSION, "complement_fraction", "cancel_terms", "collect_terms"))
        gather_complements(trace)
        settle(trace, ("cancel_factor", "cancel_terms", "collect_terms"))


def meet_at_equal_indices(trace: Trace) -> None:
    """Write one of two equal indices in all that stands beside deltas."""
    if not cancels_below(trace.expression) and trace.apply(
        "move_index_throughout", moves_safely(trace.expression)
    ):
        settle(trace, ("cancel_factor", "cancel_terms", "collect_terms"))
        factor_out(trace)
        settle(trace, ("factor_opposite",))
        gather_complements(trace)


def meet_at_other_index(trace: Trace) -> None:
    """Write the other of two equal indices where that makes a factor the same as one elsewhere."""
    if meets_by(trace, "move_index_back", move_index_back):
        settle(trace, ("cancel_terms", "collect_terms"))
        factor_out(trace)


def share_at_equal_indices(trace: Trace) -> None:
    """Write the one of two equal indices where two terms then share more, and take that out."""
    if meets_by(trace, "move_index_throughout", move_index_throughout):
        share_most(trace)


def meets_by(trace: Trace, name: str, move: Callable[[Expr, Given], Outcome]) -> bool:
    """Move indices where a factor beside the delta is then the same as one elsewhere."""
    there = collected(trace.expression, lambda e: map(code, sides(e)[0]))

    def meets(product: Expr, given: Given) -> bool:
        own = set(map(code, sides(product)[0]))
        moved = move(product, given)
        return isinstance(moved, Expr) and any(
            code(f) in there - own for f in sides(moved)[0] if not isinstance(f, Delta)
        )

    return not cancels_below(trace.expression) and trace.apply(name, meets)


def share_brackets(trace: Trace) -> None:
    """Join terms that have a bracket, a delta or a condition in common."""
    repeat(lambda: spread(trace, "distribute_product", is_multiple_of_brackets))
    settle(trace, ("distribute_negative", "combine_numbers"))
    while trace.apply("factor_delta", innermost=True):
        settle(trace, ("cancel_terms", "collect_terms"))
    while trace.apply("factor_partly", lambda terms, _: Bracket in heads_of(terms)):
        settle(trace, ("drop_inner_bracket", "cancel_terms", "collect_terms"))


def meet_in_brackets(trace: Trace) -> None:
    """Take the terms of one bracket out of another where what stands beside the two then meets."""
    while any(trace.apply(rule, innermost=True) for rule in INNER):
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms", "cancel_factor"))


def brackets_over_bars(expr: Expr) -> list[Expr]:
    """The sums of terms that are factors above a bar."""
    return [*brackets_above(expr)] if sides(expr)[1] else []


def join_sums(trace: Trace) -> None:
    """Join terms that have a sum in common, and what then stands beside it."""
    while trace.apply("factor_sum", innermost=True):
        settle(trace, ("multiply_quotients", "cancel_factor", "cancel_terms", "collect_terms"))


def reduce_powers(trace: Trace) -> None:
    """Cancel factors beside a power of a product with one of its factors."""
    if trace.apply("reduce_power", lambda power, _: isinstance(power.base, Times)):
        settle(trace, ("multiply_quotients", "cancel_factor", "combine_powers"))


def divide_powers(trace: Trace) -> None:
    """Write powers over powers as powers of fractions."""
    settle(trace, ("divide_powers", "divide_unequal_powers"))


def meet_over_bars(trace: Trace) -> None:
    """Multiply brackets out, so that what has one bar meets over it."""
    if Quotient in heads(trace.expression):
        expand_brackets(trace)
        share_totals(trace)
        gather_fractions(trace)
        settle(trace, ("cancel_terms", "collect_terms"))
        factor_out(trace)


def join_opened(trace: Trace) -> None:
    """Multiply out brackets with a bar in them, so that it meets the bars beside them."""

    def holds_bar(expr: Expr) -> list[Expr]:
        bare = (t.operand if isinstance(t, Minus) else t for t in terms(expr))
        products = [t for t in bare if isinstance(t, Times)]
        return [p for p in products if any(is_barred(f) for f in p.args)]

    def is_barred(factor: Expr) -> bool:
        return isinstance(factor, Plus) and any(Quotient in heads(t) for t in factor.args)

    sums = collected(trace.expression, lambda e: [e] if isinstance(e, Plus) else [])
    opened = frozenset(p for each in sums if Quotient in heads(each) for p in holds_bar(each))
    if opened and spread(trace, "distribute_product", among(opened)):
        settle(trace, ("distribute_negative", "multiply_quotients"))
        gather_fractions(trace)
        settle(trace, ("cancel_terms", "collect_terms"))
        factor_out(trace)
        trace.apply("factor_most", takes_out_fraction)


def meet_definitions(trace: Trace) -> None:
    """Multiply out, join sums, and cancel the terms of a definition that is below their bar."""
    if any(parts_of(d.value)[0] for d in trace.given.definitions):
        expand(trace)
        settle(trace, ("join_multiples",))
        settle(trace, ("gather_defined", "fold_multiple", "cancel_factor"))
        spread_totals(trace)


def name_scaled(trace: Trace, named: bool) -> None:
    """Write sums and fractions by the names of multiples of them.

    Sums not where the result has a name: they are to meet others beside it.
    """
    rules = ("fold_scaled_fraction",) if named else ("fold_scaled", "fold_scaled_fraction")
    if any(trace.apply(rule) for rule in rules):
        settle(trace, ("pull_out_factor", "multiply_quotients", "flatten_quotient"))
        factor_out(trace)
        settle(
            trace, ("pull_out_factor", "multiply_quotients", "flatten_quotient", "cancel_factor")
        )
        clear_bars(trace)
        settle(trace, ("take_out_sign",))


def cancels_turned(product: Expr, given: Given) -> bool:
    """Whether a bracket above the bar is one below it with the other signs."""
    below = {code(f) for f in sides(product)[1]}
    turned = (distribute_negative(Minus(f), given) for f in brackets_above(product))
    return any(code(f) in below for f in turned)


def simplify_after_factoring(trace: Trace) -> bool:
    """What factoring may have made possible, without taking the factoring back."""
    return (
        trace.apply("separate_quotient", holds_share)
        or trace.apply_first(("fold_definition", "flatten_quotient"))
        or (trace.apply("turn_factor", cancels_turned) and trace.apply("cancel_factor"))
        or trace.apply_first(("cancel_factor", "pull_out_sign"))
        or trace.apply_first(("divide_slopes", "divide_turned_slopes", "divide_numerator"))
        or trace.apply_first(("factor_squares", "factor_turned_squares"))
        or trace.apply_first(
            (
                "use_sum_fact",
                "sum_probabilities",
                "sum_probabilities_but",
                "sum_argmax",
                "combine_powers",
            )
        )
        or trace.apply_first(("cancel_terms", "collect_terms", "rejoin_index", "join_ranges"))
        or trace.apply_first((*EXTENSION, "drop_inner_bracket"))
        or take_terms_off(trace)
        or trace.apply("pull_out_factor", pulls_well)
        or trace.apply("multiply_quotients", multiplies_well)
    )
