"""Names written out where floating point needs what stands behind them."""

from __future__ import annotations

from functools import partial
from itertools import chain

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import (
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    bases,
    collected,
    names,
)
from derive.positions import survey
from derive.recognition import is_logistic, is_one_of_terms
from derive.rules.cancelling import (
    beside_brackets,
    cancelling_brackets,
)
from derive.rules.complements import (
    beside_bars,
    called,
    delta_of,
    is_complement,
    near_one,
    over_complements,
    powers_beside,
    shares_near_one,
    subjects,
)
from derive.rules.exponentials import named_exponentials
from derive.rules.logarithms import is_nested
from derive.rules.logistics import close_logistics, gap_exponents, over_logistics
from derive.rules.mixtures import (
    holds_part,
    left_beside_mixtures,
    left_of_mixed,
    mixed_shares,
    mixtures,
    of_mixed,
    over_others,
    over_softplus,
    products_near_one,
)
from derive.rules.monomials import sides
from derive.rules.raised import (
    above_divided,
    beside_divided,
    beside_raised,
    raises_in_sum,
)
from derive.rules.ratios import over_another_sum
from derive.rules.softmax import weighted_complements
from derive.rules.sums_of_shares import names_of_rests, sums_near_one, takes_off
from derive.rules.tails import beside_tails
from derive.rules.trace import Trace
from derive.stabilisation.judgement import (
    fractions_below,
    is_name_of_logistic,
    is_of_softplus,
    is_weighted,
    mean_above,
    over_powers,
    powers_over_own,
)
from derive.strategy.attempts import among, attempt, repeat, settle
from derive.strategy.finishing import divide_powers


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


def open_differences(trace: Trace) -> bool:
    """Write ``1 - (1 - a)`` as ``a``: names written out leave such; returns whether there were any.

    Of an ``a`` that is little no digit would be left. Beside other terms ``1 - a`` may be written
    so for its own digits.
    """

    def look(part: Expr) -> list[Expr]:
        match part:
            case Plus((first, Minus(Plus(inner)) as second)) if first in inner:
                return [second]
        return []

    found = collected(trace.expression, look)
    if not found or not trace.apply("distribute_negative", among(found)):
        return False
    settle(trace, ("cancel_double_negative", "cancel_terms"))
    return True


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

    def unfold(close: frozenset[Expr]) -> bool:
        return trace.apply("unfold_definition", lambda e, _: bool({e, *bases(e)} & close))

    close = close_logistics(trace.expression, trace.given)
    if not close:
        return
    while unfold(close):  # what is opened may hold the names of others
        close = close_logistics(trace.expression, trace.given)
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


def open_softplus(trace: Trace) -> None:
    """Write ``1 + e^u`` for the exponential of its logarithm, which says nothing where it rounds.

    The logistic functions above it have an exponential in common with what is left.
    """
    trace.apply("divide_exp_log", is_of_softplus)
    if trace.apply("cancel_exp_log", is_of_softplus):
        trace.apply("unfold_definition", is_name_of_logistic)
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor"))


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
