"""What is done in which order: prepare, differentiate, simplify. Then comes finishing.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Expr

from derive.masks import exponent_totals
from derive.notation import Exp, Partial, code, collected, heads
from derive.rules.softmax import weighted_complements
from derive.rules.trace import Trace, Where
from derive.strategy.attempts import (
    PATIENCE,
    among,
    repeat,
    settle,
    spread,
)
from derive.strategy.exchanges import (
    contracts_along,
    exchanges_to_delta,
    exchanges_to_fact,
    exchanges_well,
)
from derive.strategy.judgement import (
    distributes_well,
    divides_well,
    factors_well,
    far_apart,
    has_factors_above,
    has_fraction_with_root,
    has_root,
    heads_of,
    holds_equal_labels,
    inside_total,
    joins_mask,
    joins_share,
    joins_slopes,
    leaves_unknown,
    makes_name,
    meets_bar,
    multiples_below,
    multiplies_well,
    names_sum,
    numbered_totals,
    of_several_terms,
    opens_exponential,
    opens_range_product,
    over_named_sums,
    over_sum,
    pulls_well,
    raised_densities,
    raises_total,
    raises_well,
    shares_delta,
    shares_name,
    splits_fraction_well,
    splits_well,
    squared_numbers,
    undefined_if_equal,
)
from derive.strategy.lengths import add_squares
from derive.strategy.opening import is_of_partitions, names_in_logs, share_logarithms

# In this order: whatever comes later may take for granted that what comes earlier does not fire.
DIFFERENTIATION = (
    "differentiate_constant",
    "differentiate_coordinate",
    "differentiate_parameter",
    "apply_lemma",
    # Of what a name stands for, which has just been opened.
    "drop_absolute_value",
    "turn_absolute_value",
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
    "differentiate_part",
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
    "vanish_at_zero",
    "drop_mask_at_zero",
    "vanish_argmax",
    "square_delta",
    "merge_deltas",
    "drop_inner_bracket",
    "contract_delta",
    "contract_delta_from",
    "contract_delta_upto",
    "contract_delta_between",
    "contract_delta_but",
    "mask_excluded",
    "satisfy_bracket",
    "vanish_bracket",
    "drop_bracket",
    "include_above",
    "include_below",
    "absorb_bracket_upper",
    "absorb_bracket_lower",
)

ABSOLUTE_VALUES = ("drop_absolute_value", "turn_absolute_value")

BRANCHES = (
    "decide_above",
    "decide_below",
    "divide_condition",
    "divide_turned_condition",
    "decide_sign",
    "join_branches",
    "separate_bracket",
    "separate_opposite_bracket",
    "separate_offset",
    "separate_opposite_offset",
    "factor_branches",
    "vanish_clipped",
    "vanish_clipped_strictly",
    "vanish_clamped",
    "vanish_clamped_strictly",
    *ABSOLUTE_VALUES,
)

PRODUCTS = (
    "multiply_constant",
    "pull_out_of_product",
    "add_exponents",
    "expand_log_range_product",
)

EXTENSION = ("extend_upwards", "extend_downwards", "widen_bracket", "join_brackets")

PLAIN_NAMING = (
    "fold_definition",
    "fold_factors",
    "cancel_shift",
    "separate_quotient",
    "invert_quotient",
    "invert_power",
)
"""What writes a name for its value and nothing else."""

NAMING = (
    "fold_definition",
    "write_mask",
    "turn_logistic",
    "turn_sigmoid",
    "write_complement",
    *PLAIN_NAMING[1:],
)


def prepare(trace: Trace) -> None:
    """Name what can be named, use what is known of labels, open logarithms of exponentials."""
    trace.apply("use_equality")
    settle(trace, ABSOLUTE_VALUES)
    trace.apply("expand_log_quotient", is_of_partitions)
    fold_names(trace)
    if trace.apply("use_entry_fact"):
        settle(trace, CONTRACTION)
    for rule in ("expand_log_quotient", "expand_log_product"):
        trace.apply(rule, opens_range_product)
    settle(trace, PRODUCTS)
    trace.apply("factor_common", among(collected(trace.expression, multiples_below)))
    settle(trace, EXTENSION)
    trace.apply("multiply_quotients", has_fraction_with_root)
    trace.apply("pull_out_factor", has_root)
    repeat(
        lambda: trace.apply("pull_out_factor", among(collected(trace.expression, numbered_totals)))
    )
    trace.apply("power_of_product", raises_well)
    raise_densities(trace)
    trace.apply("unfold_in_log", among(names_in_logs(trace.expression, trace.given)))
    settle(trace, ("cancel_log_exp", "expand_log_power"))
    for _ in range(PATIENCE):
        opened = trace.apply("expand_log_quotient", opens_exponential) or trace.apply(
            "expand_log_product", opens_exponential
        )
        if not opened:
            break
        settle(trace, ("cancel_log_exp", "expand_log_power"))
    share_logarithms(trace)


def raise_densities(trace: Trace) -> None:
    """Open the powers of a density, and with them those of its other letters."""
    opening = ("power_of_quotient", "power_of_product", "power_of_power", "cancel_factor")
    if any(Exp in heads(p.base) for p in collected(trace.expression, raised_densities)):
        if apply_among(trace, ("raise_root",), raised_densities):
            repeat(lambda: apply_among(trace, opening, squared_numbers))
        raising = (*opening[:2], "raise_exponential")
        repeat(lambda: apply_among(trace, raising, raised_densities))


def apply_among(
    trace: Trace, rules: tuple[str, ...], here: Callable[[Expr], Iterable[Expr]]
) -> bool:
    """The first of the rules that fires on something that ``here`` finds."""
    return any(trace.apply(rule, among(collected(trace.expression, here))) for rule in rules)


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
    if not trace.apply_first(("rejoin_index", "rejoin_margin", "rejoin_one", "rejoin_one_margin")):
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
        or take_terms_off(trace, holds_equal_labels)
        or trace.apply_first(CONTRACTION)
        or trace.apply("use_entry_fact")
        or trace.apply("multiply_quotients", makes_name)
        or trace.apply("multiply_quotients", joins_share)
        or trace.apply("cancel_shift")
        or trace.apply("separate_quotient", over_sum)
        or trace.apply_first(("separate_share", "fold_definition", "fold_factors"))
        or (trace.apply("write_mask") and trace.apply("fold_definition"))
        or (trace.apply("complete_density") and trace.apply("fold_definition"))
        or trace.apply("write_complement", has_factors_above)
        or trace.apply_first(("flatten_quotient", "turn_factor", "cancel_factor"))
        or trace.apply("separate_quotient", names_sum)
        or cancel_totals(trace)
        or trace.apply_first(("cancel_log_exp", "write_tanh"))
        or trace.apply("multiply_quotients", joins_slopes)
        or trace.apply_first(("divide_slopes", "divide_turned_slopes"))
        or trace.apply_first(("factor_squares", "factor_turned_squares"))
        or trace.apply_first(
            (
                "use_sum_fact",
                "sum_probabilities",
                "sum_probabilities_but",
                "sum_argmax",
                "write_largest",
            )
        )
        or trace.apply("fold_square")
        or add_squares(trace)
        or take_terms_off(trace)
        or trace.apply("power_of_product", raises_well)
        or trace.apply_first(("power_of_power", "power_of_quotient", "combine_powers"))
        or trace.apply("square_sign")
        or trace.apply_first(("absorb_factors", "absorb_base"))
        or trace.apply_first(("cancel_terms", "collect_terms"))
        or trace.apply("pull_out_sign")
        or trace.apply("rejoin_factor")
        or factor_over_names(trace)
        or trace.apply("pull_out_factor", pulls_well)
        or spread(trace, "distribute_product", contracts_along(trace.direction))
        or trace.apply("split_total", contracts_along(trace.direction))
        or trace.apply("exchange_totals", exchanges_well(trace.direction))
        or trace.apply("exchange_totals", exchanges_to_delta)
        or trace.apply("exchange_totals", exchanges_to_fact)
        or trace.apply("exchange_others", exchanges_to_fact)
        or trace.apply_first(("sum_constant", "sum_constant_but"))
        or trace.apply("multiply_constant")
        or trace.apply("rejoin_index")
        or trace.apply("exclude_masked", undefined_if_equal)
        or trace.apply("split_total", splits_well)
        or trace.apply("multiply_quotients", joins_mask)
        or trace.apply("exclude_masked", of_several_terms)
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


def factor_over_names(trace: Trace) -> bool:
    """Take out of brackets what may be a part of a share with a name."""
    brackets = collected(trace.expression, lambda e: over_named_sums(e, trace.given))
    return bool(brackets) and trace.apply("factor_common", among(brackets))


def cancel_totals(trace: Trace) -> bool:
    """A sum over an index beside a fraction that is divided by it, as one fraction."""
    joined = trace.apply("multiply_quotients", meets_bar)
    if joined:
        trace.apply("power_of_product", raises_total)
        settle(trace, ("cancel_factor",))
    return joined


def take_terms_off(trace: Trace, where: Where = leaves_unknown) -> bool:
    """A sum over an index and one of its terms with opposite signs, as the sum over the others."""
    return any(trace.apply(rule, where) for rule in ("take_term_out", "leave_term_out"))
