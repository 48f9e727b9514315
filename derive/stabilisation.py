"""The loss and its derivative for floating point: derived by rules, like everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_changes
from functools import partial
from itertools import chain
from types import MappingProxyType

from sympy import Expr, Indexed, Number, Symbol, Tuple, gamma

from derive.derivation import Derivation
from derive.facts import EntryFact, Given, SumFact
from derive.notation import (
    ZERO,
    Apply,
    Exp,
    Head,
    Log,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    collected,
    factors,
    heads,
    names,
)
from derive.positions import survey
from derive.recognition import is_logistic, is_one_of_terms
from derive.rules.cancelling import (
    beside_brackets,
    cancelling_brackets,
    over_opposite,
)
from derive.rules.complements import (
    beside_bars,
    called,
    delta_of,
    is_complement,
    is_share,
    near_one,
    over_complements,
    powers_beside,
    shares_near_one,
    subjects,
)
from derive.rules.exponentials import named_exponentials
from derive.rules.exponents import is_divided, joins_maxima
from derive.rules.logarithms import is_nested
from derive.rules.logistics import close_logistics, gap_exponents, over_logistics
from derive.rules.masks import exclude_zero
from derive.rules.mixtures import (
    holds_part,
    left_beside_mixtures,
    left_of_mixed,
    mixed_shares,
    mixtures,
    of_mixed,
    over_masked_mixture,
    over_mixture,
    over_others,
    over_partition,
    over_softplus,
    products_near_one,
)
from derive.rules.monomials import sides
from derive.rules.powers import divide_unequal_powers
from derive.rules.raised import (
    above_divided,
    beside_divided,
    beside_raised,
    has_high_power,
    raises_in_sum,
)
from derive.rules.ratios import over_another_sum
from derive.rules.registry import Rewriting
from derive.rules.softmax import folded, weighted_complements
from derive.rules.sums_of_shares import names_of_rests, sums_near_one, takes_off
from derive.rules.tails import beside_tails
from derive.rules.trace import Trace
from derive.strategy.attempts import among, attempt, repeat, settle
from derive.strategy.finishing import divide_powers
from derive.strategy.labels import Labels
from derive.strategy.phases import CONTRACTION, fold_names
from derive.strategy.zeros import includes_safely

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


def open_complements(trace: Trace) -> bool:
    """Write ``1 - p`` as a fraction without a difference where it must not become zero.

    Returns whether there was something to write so.
    """
    before = trace.expression
    if trace.apply("raise_power", among(powers_beside(trace.expression))):
        settle(trace, ("multiply_quotients",))
    found = near_one(trace.expression)
    # What is but another name for an entry is worked out like that entry.
    others = {d.base for d in trace.given.definitions if isinstance(d.value, Indexed)} & found
    if others and trace.apply("unfold_definition", lambda e, _: called(e) in others):
        found = near_one(trace.expression)
    if trace.apply("distribute_difference"):
        settle(trace, ("move_sign", "cancel_double_negative", "multiply_quotients"))
    trace.apply("multiply_quotients", among(beside_bars(trace.expression)))
    trace.apply_first(("gather_difference", "gather_difference_but"))
    shares = shares_near_one(trace.expression)
    trace.apply("complement_share", among(shares))
    trace.apply("share_beside_others")
    paired = over_complements(trace.expression)
    # What such a function leaves of one is a fraction as short as the function.
    short = (d for d in trace.given.definitions if is_logistic(d.value) or is_one_of_terms(d.value))
    parts = frozenset(d.base for d in short)

    def is_opened(expr: Expr, given: Given) -> bool:
        if delta_of(expr) is not None:
            return bool(subjects(expr) & paired)
        return is_complement(expr) and bool(subjects(expr) & (found | parts))

    if trace.apply("unfold_complement", is_opened):
        settle(trace, ("share_of_others", "complement_share", "complement_fraction"))
        # Of ``log(e^{-u} / (1 + e^{-u}))`` no digits are left where it is nearly zero.
        logged = collected(trace.expression, lambda p: (p.operand,) if isinstance(p, Log) else ())
        trace.apply("write_logistic", among(logged))
    return trace.expression != before


def open_exponentials(trace: Trace) -> bool:
    """Write exponentials in place of their names where they are shifted; returns whether any."""
    before = trace.expression

    def unfold() -> bool:
        found = named_exponentials(trace.expression, trace.given)
        return bool(found) and trace.apply("unfold_definition", lambda e, _: called(e) in found)

    repeat(unfold)
    if trace.expression == before:
        return False
    settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_log_exp"))
    settle(trace, ("raise_exponential", "divide_exponential"))
    return True


def open_rests(trace: Trace) -> None:
    """Write what shares with weights leave of a number by what they leave of one."""
    ends = near_one(trace.expression)
    if trace.apply("unfold_definition", lambda e, given: is_weighted(e, ends, given)):
        settle(trace, ("distribute_negative",))
    rests = weighted_complements(trace.expression)
    trace.apply("complement_weights", among(rests))
    if trace.apply("split_complement", among(rests)):
        settle(trace, ("distribute_negative", "cancel_terms"))


def is_weighted(entry: Expr, ends: frozenset[Expr], given: Given) -> bool:
    """Whether an entry that must not become one is a sum in which a share has a weight."""
    known = given.definition_of(entry)
    if known is None or known.base not in ends or not isinstance(known.value, Plus):
        return False
    return any(is_share(f, given) for term in known.value.args for f in factors(term))


def open_sums(trace: Trace) -> None:
    """Write what sums of shares leave of one by the other shares, named or not."""
    rests = names_of_rests(trace.expression, trace.given)
    trace.apply("unfold_definition", lambda e, _: called(e) in rests)
    found = sums_near_one(trace.expression, trace.given)
    if not found:
        return
    trace.apply("weigh_difference", lambda e, _: takes_off(e, found))
    trace.apply("unfold_definition", lambda e, _: called(e) in found)
    settle(trace, ("complement_probabilities", "complement_weights"))


def open_brackets(trace: Trace) -> bool:
    """Multiply brackets out where their numbers cancel; returns whether there were any."""
    lost = cancelling_brackets(trace.expression)
    if not lost or not trace.apply("distribute_product", among(lost)):
        return False
    settle(trace, ("distribute_negative", "cancel_terms"))
    return True


def spread_exponentials(trace: Trace) -> None:
    """Bring exponentials into the brackets beside them: all are lowered by what is the largest."""
    repeat(lambda: trace.apply("distribute_product", among(beside_brackets(trace.expression))))
    settle(trace, ("move_sign", "distribute_negative", "join_exponents"))


def open_logistics(trace: Trace) -> None:
    """Write differences of logistic functions as products where they must not become zero."""
    close = close_logistics(trace.expression, trace.given)
    if not close:
        return
    trace.apply("unfold_definition", lambda e, _: bool({e, *bases(e)} & close))
    settle(trace, ("complement_fraction", "write_logistic"))
    # Each term alone shares factors with the difference, without which it would underflow.
    for rule in ("split_quotient", "split_numerator"):
        trace.apply(rule, over_logistics)
    trace.apply("subtract_logistics")
    trace.apply("cancel_terms")
    attempt(trace, join_in_gaps)
    settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor"))


def join_in_gaps(trace: Trace) -> None:
    """Bring the two ends of a ``1 - e^{u - w}`` together, so that what they share is gone."""
    inner = gap_exponents(trace.expression)
    if trace.apply("split_quotient", among(inner)):
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))


def open_products(trace: Trace) -> None:
    """Write what a product of shares leaves of one as a mixture where it must not become zero."""
    lost = products_near_one(trace.expression, trace.given)
    if trace.apply("complement_product", among(lost)):
        settle(trace, ("distribute_negative", "cancel_terms"))


def open_slopes(trace: Trace) -> None:
    """Write what ``log log(1 + e^u)`` rises by as one exponential: its parts round to zero."""
    risen = over_softplus(trace.expression, trace.given)
    if risen and trace.apply("unfold_definition", lambda e, _: of_mixed(e, risen)):
        settle(trace, ("write_logistic", "write_reciprocal", "write_exponential"))


def open_left_beside_mixtures(trace: Trace) -> bool:
    """Write a factor ``1 - p`` beside a mixture as an exponential: multiplied out it loses digits.

    Returns whether there was any.
    """
    found = left_beside_mixtures(trace.expression, trace.given)
    if not found or not trace.apply("unfold_complement", among(found)):
        return False
    settle(trace, ("complement_fraction", "write_logistic", "write_reciprocal", "move_sign"))
    return True


def open_mixtures(trace: Trace) -> None:
    """Write shares as exponentials where they only keep a logarithm or a fraction finite."""
    mixed = mixed_shares(trace.expression, trace.given)
    if not mixed:
        return
    if trace.apply("unfold_complement", lambda e, _: left_of_mixed(e, mixed)):
        settle(trace, ("complement_fraction", "move_sign"))
    whole = mixtures(trace.expression, trace.given)
    repeat(lambda: trace.apply("distribute_share", lambda e, given: holds_part(e, whole, given)))
    trace.apply("unfold_definition", lambda e, _: of_mixed(e, mixed))
    settle(
        trace, ("complement_fraction", "write_logistic", "write_exponential", "write_reciprocal")
    )
    settle(trace, ("multiply_quotients", "raise_exponential", "join_total", "join_exponents"))
    if trace.apply("add_exponents"):
        settle(trace, ("raise_exponential", "join_exponents"))
    repeat(lambda: trace.apply("shift_logsumexp", innermost=True))


def open_fractions_below(trace: Trace) -> None:
    """Write fractions of exponentials in place of their names below bars: they may round to zero.

    The exponentials that they share with what is above the bar cancel.
    """
    below = fractions_below(trace.expression, trace.given)
    if not below:
        return

    def meets(product: Expr, given: Given) -> bool:
        raised = Exp in product.heads and any(isinstance(f, Plus) for f in product.args)
        return raised and bool(fractions_below(product, given))

    repeat(lambda: trace.apply("distribute_product", meets))
    trace.apply("unfold_definition", lambda e, _: called(e) in below)
    trace.apply("distribute_product", among(collected(trace.expression, mean_above)))
    settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor"))


def mean_above(expr: Expr) -> tuple[Expr, ...]:
    """A mean as an exponent: it cancels whether it is written as one fraction or as two."""
    match expr:
        case Exp(Times(parts) as mean) if all(isinstance(f, (Number, Plus)) for f in parts):
            return (mean,)
    return ()


def fractions_below(expr: Expr, given: Given) -> frozenset[Expr]:
    """The names below bars of fractions of exponentials that are neither softmax nor logistic."""

    def look(part: Expr) -> list[Expr]:
        found = []
        for factor in sides(part)[1]:
            known = given.definition_of(factor)
            if known is not None and not is_share(factor, given) and is_fraction(known.value):
                found.append(known.base)
        return found

    return collected(expr, look)


def is_fraction(value: Expr) -> bool:
    """Whether exponentials are divided by a sum of such."""
    return isinstance(value, Quotient) and all(Exp in heads(part) for part in value.args)


def open_others(trace: Trace) -> None:
    """Take what shares of all others are divided by out of sums of them: each may round to zero."""
    if trace.apply("pull_out_factor", over_others):
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor"))


def open_powers(trace: Trace, opened: bool) -> None:
    """Write powers of sums of exponentials as exponentials, and join them with those beside.

    ``opened`` says that some have been written so already.
    """
    if opened and trace.apply("distribute_product", beside_divided):
        settle(trace, ("move_sign", "multiply_quotients"))
    if opened:
        repeat(lambda: trace.apply("distribute_product", among(above_divided(trace.expression))))
    written = [trace.apply(rule) for rule in ("divide_power", "write_power")]
    if opened or any(written):
        for rule in ("distribute_product", "multiply_quotients", "join_total"):
            repeat(partial(trace.apply, rule, beside_raised))
        settle(trace, ("raise_exponential", "join_exponents"))
        repeat(lambda: trace.apply("shift_logsumexp", innermost=True))


def open_fractions(trace: Trace) -> None:
    """Write powers over powers as powers of fractions: each may be too large by itself."""
    if trace.apply("divide_inside_total", over_powers):
        settle(trace, ("multiply_quotients", "flatten_quotient"))
    divide_powers(trace)


def over_powers(fraction: Expr, given: Given) -> bool:
    """Whether there is a power below the bar that meets one in a sum over an index above it."""
    total = next((f for f in factors(fraction.numerator) if isinstance(f, Total)), None)
    if total is None:
        return False
    body, index = total.opened
    inside = given.within(index, tuple(total.limits[1:]))
    return divide_unequal_powers(Quotient(body, fraction.denominator), inside) is not None


def open_constants(trace: Trace) -> None:
    """Cancel powers such as ``(2 π)^{D/2}``, which are too large at a large ``D``, or take their
    logarithms.
    """

    def is_constant(factor: Expr) -> bool:
        if not isinstance(factor, Power) or bases(factor):
            return False
        return bool(names(factor.exponent)) and not names(factor.base)

    def holds_constant(total: Expr, given: Given) -> bool:
        return any(map(is_constant, chain(*sides(total.opened[0]))))

    def over_constant(fraction: Expr) -> list[Expr]:
        inner = [f for f in sides(fraction)[1] if isinstance(f, Quotient)]
        return [fraction] if any(is_constant(p) for f in inner for p in sides(f)[1]) else []

    def of_constant(logarithm: Expr, given: Given) -> bool:
        return any(is_constant(f) for f in sides(logarithm.operand)[1])

    if trace.apply("pull_out_factor", holds_constant):
        settle(trace, ("multiply_quotients",))
    nested = collected(trace.expression, over_constant)
    if nested and trace.apply("flatten_quotient", among(nested)):
        settle(trace, ("cancel_factor",))
    if trace.apply("expand_log_quotient", of_constant):
        trace.apply("expand_log_power", lambda e, _: is_constant(e.operand))


def open_power_sums(trace: Trace) -> bool:
    """Write powers in sums as exponentials where such a sum must not become zero or infinite.

    Returns whether there were any.
    """
    if not raises_in_sum(trace.expression, trace.given):
        return False
    if trace.apply("power_of_quotient", among(powers_over_own(trace.expression))):
        settle(trace, ("multiply_quotients", "flatten_quotient", "combine_powers"))
    # What is inside comes first: a sum of exponentials is positive, and a power of it another one.
    for rule in ("divide_high_power", "write_size_power", "write_high_power"):
        repeat(partial(trace.apply, rule, innermost=True))
    return True


def powers_over_own(expr: Expr) -> frozenset[Expr]:
    """Each ``(a / b)^n`` in an ``(a / b)^n b^m``: what lowers it is the largest of the whole."""

    def look(part: Expr) -> list[Expr]:
        above, below = sides(part)
        bare = {f.base if isinstance(f, Power) else f for f in (*above, *below)}
        fractions = (f for f in above if isinstance(f, Power) and isinstance(f.base, Quotient))
        return [f for f in fractions if f.base.denominator in bare]

    return collected(expr, look)


def open_quotients(trace: Trace) -> None:
    """Divide each term by the sum of exponentials below all of them."""
    split = [trace.apply(rule, over_another_sum) for rule in ("split_quotient", "split_numerator")]
    if any(split):
        trace.apply("flatten_quotient", lambda e, _: is_nested(e))
        trace.apply("multiply_square")


def open_tails(trace: Trace) -> None:
    """Join exponentials with the tails of the error function that they are divided by."""
    before = trace.expression
    settle(trace, ("divide_tail", "divide_tail_power"))
    if trace.expression != before:
        repeat(partial(trace.apply, "distribute_product", beside_tails))
        settle(trace, ("multiply_quotients", "join_exponents"))


def flatten_in_logarithms(trace: Trace) -> bool:
    """Fractions of fractions as one, where that is what a logarithm is of."""
    found = []

    def look(node: Expr, given: Given) -> None:
        found.append(is_nested(node.args[0]))

    survey(trace.expression, trace.given, look, frozenset((Log,)))
    return any(found) and any(
        trace.apply(rule, lambda e, _: is_nested(e))
        for rule in ("flatten_quotient", "multiply_quotients")
    )


def opens_logarithm(expr: Expr, given: Given) -> bool:
    """A logarithm of a product in which something could overflow or underflow is opened.

    So can a gamma function, which is left alone in a logarithm only as the whole of it.
    """
    operand = expr.operand
    if isinstance(operand, ProductOver):
        return True
    raised = isinstance(operand, Power)
    parts = [f for side in sides(operand.base if raised else operand) for f in side]
    bare = [f.base if isinstance(f, Power) else f for f in parts]
    named = any(isinstance(f, (Indexed, Symbol)) and given.definition_of(f) for f in bare)
    several = raised or isinstance(operand, Exp) or len(parts) > 1
    high = has_high_power(operand, given)
    return several and (named or high or Exp in operand.heads or any(map(is_gamma, bare)))


def is_gamma(expr: Expr) -> bool:
    """Whether this is a gamma function."""
    return isinstance(expr, Apply) and expr.args[0] == Head(gamma)


def beside_infinite(expr: Expr, given: Given) -> bool:
    """A choice that may be zero beside what may be infinite there: a power, or an exponential."""
    parts = [f for factor in expr.args for side in sides(factor) for f in side]
    powers = [
        f for f in parts if isinstance(f, Power) and not isinstance(f.base, (Indexed, Symbol))
    ]
    exponentials = [f for f in expr.args if isinstance(f, Exp)]
    return any(map(may_vanish, expr.args)) and bool(powers or exponentials)


def of_several_exponentials(expr: Expr, given: Given) -> bool:
    """Whether several exponentials stand inside a sum, where only their product counts."""
    found = [f for side in sides(expr) for f in side if isinstance(f, Exp)]
    return bool(given.scope) and len(found) > 1


def of_nested_exponentials(expr: Expr, given: Given) -> bool:
    """Whether one of several exponentials is that of another: it vanishes where that overflows."""
    found = [f for side in sides(expr) for f in side if isinstance(f, Exp)]
    return len(found) > 1 and any(Exp in heads(f.operand) for f in found)


def may_vanish(expr: Expr) -> bool:
    """Whether this is a choice, or a product with one, that is zero in one of its branches."""
    match expr:
        case Threshold():
            return ZERO in expr.args[2:] or any(map(may_vanish, expr.args[2:]))
        case Times(parts):
            return any(map(may_vanish, parts))
    return False


def over_own_partition(expr: Expr, given: Given) -> bool:
    """Whether a softmax is multiplied by a sum in which its partition is above a bar."""
    return any(isinstance(f, Plus) for f in expr.args) and bool(over_partition(expr, given))


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


def grows_there(total: Expr, given: Given) -> bool:
    """Whether a term of a sum that is zero may stand beside what has no value there."""
    found = exclude_zero(total, given)
    return isinstance(found, Rewriting) and not includes_safely(found.after, given)


def _form(derivation: Derivation, name: str, target: Expr) -> Derivation:
    # Facts about labels are left out: a kernel computes the loss of whatever labels it is given.
    facts = tuple(f for f in derivation.given.facts if not isinstance(f, (SumFact, EntryFact)))
    trace = Trace(target, Given(facts, derivation.definitions))
    labels = Labels(derivation.problem)
    trace.apply("exclude_zero", grows_there)
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
    if derivation.problem.kind == "hessian_vector" and trace.apply("centre_mean"):
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
    # A softmax under a logarithm is shifted as a whole before anything else is opened.
    repeat(
        lambda: (
            open_complements(trace)
            or labels.open_logarithms(trace)
            or trace.apply_first(UNFOLDING)
            or open_exponentials(trace)
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
