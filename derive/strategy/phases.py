"""What is done in which order: prepare, differentiate, simplify, finish."""

from __future__ import annotations

from sympy import Symbol

from derive.notation import Bracket, Partial, Times, Total, code, collected
from derive.rules.definitions import parts_of
from derive.rules.softmax import weighted_complements
from derive.rules.trace import Trace
from derive.strategy.attempts import (
    NO_LONGER,
    PATIENCE,
    WORTHWHILE,
    among,
    attempt,
    settle,
    spread,
)
from derive.strategy.bars import clear_bars, share_bars
from derive.strategy.judgement import (
    bracketed,
    cancels_below,
    distributes_well,
    divides_well,
    exchanges_well,
    exponent_totals,
    factors_well,
    far_apart,
    has_constant_term,
    has_factors_above,
    has_fraction_with_root,
    has_root,
    heads_of,
    inside_total,
    is_slope,
    joins_slopes,
    leaves_unknown,
    less_one,
    makes_name,
    moves_index,
    moves_safely,
    multiples_below,
    multiplies_well,
    opens_exponential,
    opens_range_product,
    outside_totals,
    over_sum,
    pulls_well,
    raises_well,
    shares_delta,
    shares_name,
    splits_fraction_well,
    splits_well,
    undefined_if_equal,
)
from derive.strategy.orientation import orient

# In this order: whatever comes later may take for granted that what comes earlier does not fire.
DIFFERENTIATION = (
    "differentiate_constant",
    "differentiate_coordinate",
    "differentiate_parameter",
    "apply_lemma",
    "differentiate_negative",
    "differentiate_sum",
    "differentiate_total",
    "differentiate_range_product",
    "differentiate_scaled",
    "differentiate_fraction",
    "differentiate_reciprocal",
    "differentiate_product",
    "differentiate_share",
    "differentiate_odds",
    "differentiate_quotient",
    "differentiate_square_root",
    "differentiate_power",
    "differentiate_exponential",
    "differentiate_general_power",
    "differentiate_exp",
    "differentiate_log_absolute",
    "differentiate_log",
    "differentiate_tanh",
    "differentiate_sin",
    "differentiate_cos",
    "differentiate_absolute_value",
    "differentiate_sign",
    "differentiate_positive_part",
    "differentiate_maximum",
    "differentiate_minimum",
    "differentiate_largest",
    "differentiate_argmax",
    "differentiate_branches",
    "differentiate_piecewise",
    "differentiate_function",
    "differentiate_in_first",
    "differentiate_in_second",
    "differentiate_function_of_two",
)

CONTRACTION = (
    "evaluate_delta",
    "compare_numbers",
    "vanish_delta",
    "square_delta",
    "merge_deltas",
    "drop_inner_bracket",
    "contract_delta",
    "contract_delta_from",
    "contract_delta_upto",
    "contract_delta_between",
    "contract_delta_but",
    "satisfy_bracket",
    "vanish_bracket",
    "drop_bracket",
    "include_above",
    "include_below",
    "absorb_bracket_upper",
    "absorb_bracket_lower",
)

BRANCHES = (
    "decide_above",
    "decide_below",
    "join_branches",
    "separate_bracket",
    "separate_opposite_bracket",
    "factor_branches",
)

EXTENSION = ("extend_upwards", "extend_downwards", "widen_bracket")

NAMING = (
    "fold_definition",
    "turn_logistic",
    "turn_sigmoid",
    "write_complement",
    "separate_quotient",
    "invert_quotient",
    "invert_power",
)

# A product of more sums than this is not multiplied out to see whether anything cancels.
EXPANSIONS = 12


def prepare(trace: Trace) -> None:
    """Name what can be named, use what is known of labels, open logarithms of exponentials."""
    trace.apply("use_equality")
    fold_names(trace)
    if trace.apply("use_entry_fact"):
        settle(trace, CONTRACTION)
    for rule in ("expand_log_quotient", "expand_log_product"):
        trace.apply(rule, opens_range_product)
    settle(trace, ("multiply_constant", "add_exponents", "expand_log_range_product"))
    trace.apply("factor_common", among(collected(trace.expression, multiples_below)))
    settle(trace, EXTENSION)
    trace.apply("multiply_quotients", has_fraction_with_root)
    trace.apply("pull_out_factor", has_root)
    trace.apply("power_of_product", raises_well)
    settle(trace, ("cancel_log_exp", "expand_log_power"))
    for _ in range(PATIENCE):
        opened = trace.apply("expand_log_quotient", opens_exponential) or trace.apply(
            "expand_log_product", opens_exponential
        )
        if not opened:
            break
        settle(trace, ("cancel_log_exp",))


def fold_names(trace: Trace) -> None:
    """Write every definition by its name, and cancel what that leaves beside it."""
    name_shares(trace)
    settle(trace, ("flatten_quotient", "cancel_factor", "complement_fraction"))
    trace.apply("complement_probabilities")
    rests = weighted_complements(trace.expression)
    trace.apply("complement_weights", among(rests))
    trace.apply("multiply_quotients", shares_name)


def name_shares(trace: Trace) -> None:
    """Write every definition by its name, in means weighted by shares as well."""
    rejoin(trace)
    leave_out(trace)
    settle(trace, NAMING)
    while trace.apply("divide_inside_total", divides_well):
        settle(trace, NAMING)


def rejoin(trace: Trace) -> None:
    """A term beside the sum of all others as a term of the whole sum."""
    before, taken = trace.expression, len(trace.steps)
    trace.apply("exclude_masked")
    if not trace.apply("rejoin_index"):
        trace.expression = before
        del trace.steps[taken:]


def leave_out(trace: Trace) -> None:
    """Sums without an index as such, so that nothing large is taken away again."""
    for _ in range(PATIENCE):
        if not any(trace.apply(r, far_apart) for r in ("exclude_masked", "take_term_out")):
            break
    trace.apply("exclude_masked", undefined_if_equal)
    # In an exponent nothing is gained by multiplying a mask out, and the name would be lost.
    trace.apply("exclude_masked", among(collected(trace.expression, exponent_totals)))


def differentiate(trace: Trace) -> None:
    """Push the derivative inwards, one level a step, until none is pending."""
    while Partial in heads_of(trace.expression):
        if not trace.apply_first(DIFFERENTIATION):
            break


def simplify(trace: Trace) -> None:
    """Contract, cancel, use facts, fold; until nothing changes.

    Where an expression comes back, two rules undo each other: what lies between is taken back.
    """
    seen = {code(trace.expression): len(trace.steps)}
    for _ in range(PATIENCE):
        if not simplify_once(trace):
            return
        before = seen.setdefault(code(trace.expression), len(trace.steps))
        if before < len(trace.steps):
            trace.expression = trace.steps[before].before
            del trace.steps[before:]
            return


def simplify_once(trace: Trace) -> bool:
    """The first thing that a person would do next; False where nothing is left to do."""
    return (
        trace.apply_first(BRANCHES)
        or trace.apply_first(CONTRACTION)
        or trace.apply("use_entry_fact")
        or trace.apply("multiply_quotients", makes_name)
        or trace.apply("separate_quotient", over_sum)
        or trace.apply_first(("separate_share", "fold_definition"))
        or trace.apply("write_complement", has_factors_above)
        or trace.apply_first(("flatten_quotient", "turn_factor", "cancel_factor"))
        or trace.apply_first(("cancel_log_exp", "write_tanh"))
        or trace.apply("multiply_quotients", joins_slopes)
        or trace.apply_first(("divide_slopes", "divide_turned_slopes"))
        or trace.apply_first(
            ("use_sum_fact", "sum_probabilities", "sum_probabilities_but", "sum_argmax")
        )
        or take_terms_off(trace)
        or trace.apply("power_of_product", raises_well)
        or trace.apply_first(("power_of_power", "power_of_quotient", "combine_powers"))
        or trace.apply("absorb_factors")
        or trace.apply_first(("cancel_terms", "collect_terms"))
        or trace.apply("pull_out_sign")
        or trace.apply("pull_out_factor", pulls_well)
        or trace.apply("exchange_totals", exchanges_well(trace.direction))
        or trace.apply_first(("sum_constant", "sum_constant_but"))
        or trace.apply_first(("multiply_constant", "rejoin_factor"))
        or trace.apply("rejoin_index")
        or trace.apply("exclude_masked", undefined_if_equal)
        or trace.apply("split_total", splits_well)
        or spread(trace, "distribute_product", distributes_well)
        or trace.apply("distribute_negative", inside_total)
        or trace.apply("factor_numerator", factors_well)
        or trace.apply_first(
            ("turn_logistic", "separate_quotient", "invert_quotient", "invert_power")
        )
        or trace.apply_first(("turn_sigmoid", "write_complement"))
        or spread(trace, "split_quotient", splits_fraction_well)
        or spread(trace, "split_numerator", splits_fraction_well)
        or trace.apply("divide_numerator")
        or trace.apply("divide_inside_total", divides_well)
        or trace.apply("multiply_quotients", multiplies_well)
        or trace.apply("factor_common", shares_delta)
        or trace.apply("exclude_index")
    )


def take_terms_off(trace: Trace) -> bool:
    """A sum over an index and one of its terms with opposite signs, as the sum over the others."""
    return any(trace.apply(rule, leaves_unknown) for rule in ("take_term_out", "leave_term_out"))


def finish(trace: Trace) -> None:
    """The last touches: signs, common factors, the order of terms."""
    attempt(trace, spread_totals)
    attempt(trace, write_out_names)
    attempt(trace, turn_differences, NO_LONGER)
    attempt(trace, expand, WORTHWHILE)
    attempt(trace, gather_totals)
    attempt(trace, meet_definitions)
    attempt(trace, meet_at_equal_indices)
    attempt(trace, meet_under_deltas)
    attempt(trace, gather_complements)
    for _ in range(PATIENCE):
        changed = (
            trace.apply("distribute_negative")
            or trace.apply("take_out_sign")
            or trace.apply("turn_sign", lambda e, _: e == trace.expression and not is_slope(e))
            or trace.apply_first(("complement_fraction", "complement_term", "complement_odds"))
            or trace.apply("keep_positive_part")
            or trace.apply("factor_cancelling", innermost=True)
            or trace.apply("factor_common", innermost=True)
            or trace.apply("factor_bracket", innermost=True)
            or trace.apply("factor_opposite", innermost=True)
            or trace.apply("factor_pairs", innermost=True)
            or simplify_after_factoring(trace)
        )
        if not changed:
            break
    attempt(trace, gather_totals)
    attempt(trace, gather_complements, NO_LONGER)
    attempt(trace, gather_fractions)
    share_bars(trace)
    attempt(trace, clear_bars)
    attempt(trace, reduce_powers)
    attempt(trace, lambda t: settle(t, ("turn_exponentials",)))
    attempt(trace, complete_products)
    attempt(trace, share_totals)
    attempt(trace, share_brackets)
    attempt(trace, expand_inside, WORTHWHILE)
    attempt(trace, expand_brackets, WORTHWHILE)
    attempt(trace, write_positive_parts)
    attempt(trace, release_constants)
    trace.apply(
        "turn_total", lambda e, given: e == trace.expression and isinstance(e.operand, Total)
    )
    trace.apply("turn_total", less_one)
    trace.apply("reorder_terms")
    trace.apply("reorder_factors")


def spread_totals(trace: Trace) -> None:
    """Split the sums over an index, so that known or constant parts of them come out."""
    if trace.apply("split_total"):
        simplify(trace)
        settle(trace, ("distribute_negative", "cancel_factor", "cancel_terms", "collect_terms"))


def write_out_names(trace: Trace) -> None:
    """Write out numbers that have names, so that sums of them can cancel, and name what is left."""
    numbers = {d.base for d in trace.given.definitions if isinstance(d.base, Symbol)}
    if numbers and trace.apply("unfold_definition", among(numbers)):
        settle(trace, ("split_total", "pull_out_sign", "sum_constant", "cancel_factor"))
        settle(trace, ("cancel_terms", "collect_terms"))
        settle(trace, ("fold_definition",))


def turn_differences(trace: Trace) -> None:
    """Write differences of entries the same way round, so that terms with them can meet."""
    if orient(trace):
        settle(trace, ("pull_out_sign", "cancel_terms", "collect_terms"))
        gather_totals(trace)


def gather_totals(trace: Trace) -> None:
    """Join sums over the same range where their terms have factors in common."""
    settle(trace, ("join_totals", "subtract_totals", "join_multiples"))
    factor_out(trace)


def factor_out(trace: Trace) -> None:
    """Take out what the terms of sums have in common, the inner ones first."""
    while trace.apply("factor_common", innermost=True):
        pass


def complete_products(trace: Trace) -> None:
    """Products over all others as the whole one, where a power beside them then nearly cancels."""
    if trace.apply("complete_product"):
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor", "combine_powers"))


def meet_under_deltas(trace: Trace) -> None:
    """Write one of two equal indices beside deltas, so that terms can meet."""
    if moves_index(trace.expression) and not cancels_below(trace.expression):
        expand(trace)
        settle(trace, ("move_index",))
        let_terms_meet(trace)
        settle(trace, ("complement_fraction", "cancel_terms", "collect_terms"))
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


def share_totals(trace: Trace) -> None:
    """Join sums over one range, and what stands beside them, where their terms share factors."""
    while trace.apply("join_sharing"):
        factor_out(trace)
        settle(trace, ("pull_out_sign",))
        trace.apply("pull_out_factor", pulls_well)


def share_brackets(trace: Trace) -> None:
    """Join terms that have a bracket in common."""
    while trace.apply("factor_partly", lambda terms, _: Bracket in heads_of(terms)):
        settle(trace, ("drop_inner_bracket", "cancel_terms", "collect_terms"))


def release_constants(trace: Trace) -> None:
    """Take what is the same in all terms of sums over an index out of them."""
    if trace.apply("split_total", has_constant_term):
        settle(trace, ("pull_out_sign", "sum_constant", "sum_constant_but"))
        spread(trace, "split_quotient", splits_fraction_well)
        settle(trace, ("cancel_factor", "distribute_negative", "cancel_terms"))


def write_positive_parts(trace: Trace) -> None:
    """Write a number beside the bracket that it is positive as its positive part."""
    settle(trace, ("write_positive_part", "collect_terms"))


def gather_complements(trace: Trace) -> None:
    """Join terms that differ by a delta, or by a number with a name, to what is left of one."""
    while trace.apply("factor_complement", innermost=True):
        pass
    factor_out(trace)


def gather_fractions(trace: Trace) -> None:
    """Join terms over a common bar where something cancels or is known by that."""
    while trace.apply("join_fractions"):
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor", "combine_powers"))
        settle(trace, ("complement_fraction", "fold_definition", "write_complement"))


def reduce_powers(trace: Trace) -> None:
    """Cancel factors beside a power of a product with one of its factors."""
    if trace.apply("reduce_power", lambda power, _: isinstance(power.base, Times)):
        settle(trace, ("multiply_quotients", "cancel_factor", "combine_powers"))


def expand(trace: Trace) -> None:
    """Multiply out whatever is a sum, so that terms can meet and cancel."""
    for _ in range(EXPANSIONS):
        opened = (
            trace.apply("distribute_negative")
            or spread(trace, "distribute_product", outside_totals)
            or spread(trace, "split_quotient", outside_totals)
        )
        if not opened:
            break
    let_terms_meet(trace)


def expand_inside(trace: Trace) -> None:
    """Multiply the terms of sums over an index out, so that they can meet and cancel."""
    taken = len(trace.steps)
    for _ in range(EXPANSIONS):
        opened = trace.apply("distribute_negative", inside_total) or spread(
            trace, "distribute_product", inside_total
        )
        if not opened:
            break
    if len(trace.steps) > taken:
        let_terms_meet(trace)


def expand_brackets(trace: Trace) -> None:
    """Multiply out what stands in a bracket beside other factors, and nothing else."""
    for _ in range(EXPANSIONS):
        inner = bracketed(trace.expression)
        if not inner or not spread(trace, "distribute_product", among(inner)):
            break
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))


def meet_definitions(trace: Trace) -> None:
    """Multiply out, join sums, and cancel the terms of a definition that is below their bar."""
    if any(parts_of(d.value)[0] for d in trace.given.definitions):
        expand(trace)
        settle(trace, ("join_multiples",))
        settle(trace, ("gather_defined", "fold_multiple", "cancel_factor"))
        spread_totals(trace)


def let_terms_meet(trace: Trace) -> None:
    """Cancel and collect what has been multiplied out, and take out what is left in common."""
    settle(trace, ("cancel_factor", "combine_powers", "cancel_terms", "collect_terms"))
    settle(trace, ("complement_fraction", "complement_odds", "multiply_quotients"))
    factor_out(trace)


def simplify_after_factoring(trace: Trace) -> bool:
    """What factoring may have made possible, without taking the factoring back."""
    return (
        trace.apply_first(("fold_definition", "flatten_quotient", "cancel_factor", "pull_out_sign"))
        or trace.apply_first(("divide_slopes", "divide_turned_slopes", "divide_numerator"))
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
