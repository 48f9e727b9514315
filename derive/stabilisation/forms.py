"""The loss and its derivative for floating point: derived by rules, like everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr, Tuple

from derive.derivation import Derivation
from derive.facts import EntryFact, Given, SumFact
from derive.notation import (
    bases,
)
from derive.rules.cancelling import (
    over_opposite,
)
from derive.rules.exponents import is_divided, joins_maxima
from derive.rules.mixtures import (
    mixed_shares,
    over_masked_mixture,
    over_mixture,
    over_partition,
)
from derive.rules.softmax import folded
from derive.rules.trace import Trace
from derive.stabilisation.judgement import (
    beside_infinite,
    grows_there,
    of_nested_exponentials,
    of_several_exponentials,
    opens_logarithm,
    over_own_partition,
    raises_share,
)
from derive.stabilisation.opening import (
    flatten_in_logarithms,
    open_brackets,
    open_complements,
    open_constants,
    open_differences,
    open_exponentials,
    open_fractions,
    open_fractions_below,
    open_left_beside_mixtures,
    open_logistics,
    open_mixtures,
    open_others,
    open_power_sums,
    open_powers,
    open_products,
    open_quotients,
    open_rests,
    open_slopes,
    open_softplus,
    open_sums,
    open_tails,
    spread_exponentials,
)
from derive.strategy.attempts import repeat, settle
from derive.strategy.labels import Labels
from derive.strategy.phases import CONTRACTION, fold_names

SHIFTS = (
    "unfold_in_log",
    "shift_log_softmax",
    "shift_logsumexp",
    "shift_softmax",
    "shift_weighted_logsumexp",
    "shift_weighted_softmax",
    "shift_softplus",
    "shift_log_cosh",
    "shift_logistic",
    "shift_sigmoid",
    "shift_logistic_power",
    "shift_sigmoid_power",
)

# What has none of those forms: the factor that lowers exponents goes inwards before another comes.
LOWERING = (
    "raise_exponential",
    "take_out_largest",
    "lower_exponential",
    "lower_power",
    "lower_rest",
    "lower_terms",
    "lower_total",
    "join_exponential",
    "write_square",
    "scale_quotient",
    "scale_logarithm",
    "scale_power",
)

TANGENTS = (
    "complement_tanh",
    "shift_log_tanh",
    "shift_log_less_tanh",
    "write_tanh_logistic",
    "write_less_tanh_logistic",
)

UNFOLDING = (
    "exclude_masked",
    "add_exponents",
    "shift_log_softmax",
    "unfold_in_log",
)

OPENING = (
    "cancel_log_exp",
    "expand_log_range_product",
    "expand_log_product",
    "expand_log_quotient",
    "expand_log_fraction",
    "expand_log_power",
    "split_log",
)


def stabilise(derivation: Derivation) -> Derivation:
    """The derivation with its stable forms, from which kernels are made."""
    if isinstance(derivation.statement, Tuple):
        derivation = _with_stable_results(derivation, derivation.statement)
        targets: dict[str, Expr] = {}
    else:
        targets = {"derivative": derivation.closed_form}
    targets["value"] = derivation.problem.expression
    targets |= {str(d.base): d.value for d in derivation.definitions}
    return _with_forms(derivation, targets)


def _with_stable_results(derivation: Derivation, statements: Tuple) -> Derivation:
    """The same with stable forms of the parts that establish the statements."""
    parts = {}
    for name, part in derivation.parts.items():
        inner = _with_stable_results(part, statements)
        if part.statement in statements:
            inner = _with_forms(inner, {"derivative": part.closed_form})
        parts[name] = inner
    return with_changes(derivation, parts=MappingProxyType(parts))


def _with_forms(derivation: Derivation, targets: Mapping[str, Expr]) -> Derivation:
    forms = {name: _form(derivation, name, target) for name, target in targets.items()}
    return with_changes(derivation, stable=MappingProxyType(forms))


def _form(derivation: Derivation, name: str, target: Expr) -> Derivation:
    # Facts about labels are left out: a kernel computes the loss of whatever labels it is given.
    facts = tuple(f for f in derivation.given.facts if not isinstance(f, (SumFact, EntryFact)))
    trace = Trace(target, Given(facts, derivation.definitions))
    labels = Labels(derivation.problem)
    trace.apply("exclude_zero", grows_there)
    open_softplus(trace)
    labels.open_logarithms(trace)
    if name == "value" and folded(target, trace.given) is None:
        settle(trace, ("shift_log_softmax",))
        if not labels.adds_to_one(trace.expression):
            fold_names(trace)
    open_sums(trace)
    open_exponentials(trace)
    trace.apply("write_product_power")
    labels.open_powers(trace)
    settle(trace, TANGENTS)
    settle(trace, ("rule_out_equal", "rule_out_term"))
    open_fractions(trace)
    # What is divided by a mixture of shares is lowered as one, with the mean as it stands.
    mixed = mixed_shares(trace.expression, trace.given)
    if not mixed and trace.apply_first(("centre_mean", "centre_turned_mean")):
        settle(trace, ("sum_probabilities", "cancel_terms"))
    open_tails(trace)
    spread = open_brackets(trace)
    opened = open_power_sums(trace)
    open_logistics(trace)
    trace.apply("expand_log_range_product", opens_logarithm)
    open_rests(trace)
    open_products(trace)
    left = open_left_beside_mixtures(trace)
    spread_share = trace.apply("distribute_share", over_masked_mixture)
    if (not left and trace.apply("distribute_product", over_mixture)) or spread_share:
        settle(trace, ("multiply_quotients",))
    met = over_partition(trace.expression, trace.given)
    if met and trace.apply("distribute_product", over_own_partition):
        trace.apply("unfold_definition", lambda e, _: bool(bases(e) & met))
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor"))
    open_slopes(trace)
    open_mixtures(trace)
    open_fractions_below(trace)
    open_others(trace)
    trace.apply("write_share_power", raises_share)
    # A softmax under a logarithm is shifted as a whole before anything else is opened.
    repeat(
        lambda: (
            open_complements(trace)
            or labels.open_logarithms(trace)
            or trace.apply_first(UNFOLDING)
            or open_exponentials(trace)
            or open_differences(trace)
            or flatten_in_logarithms(trace)
            or any(trace.apply(rule, opens_logarithm) for rule in OPENING)
        )
    )
    labels.open_complements(trace)
    if spread:
        spread_exponentials(trace)
    trace.apply("raise_exponential")
    split = [trace.apply(rule, over_opposite) for rule in ("split_quotient", "split_numerator")]
    if any(split):
        settle(trace, ("flatten_quotient", "multiply_quotients", "join_exponents"))
        settle(trace, ("divide_exponential",))
    open_powers(trace, opened)
    open_quotients(trace)
    repeat(lambda: trace.apply("join_total", is_divided))
    repeat(lambda: trace.apply("join_exponents", of_several_exponentials))
    settle(trace, SHIFTS)
    repeat(lambda: trace.apply("join_exponents", joins_maxima) or trace.apply_first(LOWERING))
    repeat(lambda: trace.apply("join_exponents", of_nested_exponentials))
    settle(trace, CONTRACTION)
    open_constants(trace)
    settle(trace, ("mask_weights",))
    repeat(lambda: trace.apply("distribute_branches", beside_infinite))
    return Derivation(
        derivation.problem,
        f"{derivation.name}: {name}",
        target,
        tuple(trace.steps),
        derivation.definitions,
    )
