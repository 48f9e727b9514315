"""Shares with a name: how they are found in longer fractions, and what their sums come to."""

from __future__ import annotations

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import (
    ONE,
    Apply,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    code,
    collected,
    entries,
    factors,
    heads,
    is_mask,
    masked,
    names,
    times,
)
from derive.rules.monomials import sides
from derive.rules.shares import separate_quotient, share_of_several
from derive.rules.softmax import over_one_bar
from derive.rules.sums import total_above
from derive.rules.trace import Trace
from derive.strategy.attempts import let_terms_meet, repeat, settle, spread
from derive.strategy.exchanges import exchanges_to_fact
from derive.strategy.judgement import holds_share_of_others, meets
from derive.unfolding import unfold, value_of


def name_fractions(trace: Trace) -> None:
    """Find definitions of several factors in longer fractions, as ``1/(u S)`` where it is raised.

    Or a share with a mask: what it rules out is 0 by the name, and may be large without.
    """
    values = [over_one_bar(d.value) for d in trace.given.definitions]
    if any(
        isinstance(value, Quotient)
        and (Times in map(type, value.args) or isinstance(value.numerator, (Indexed, Total)))
        for value in values
    ):
        trace.apply("power_of_product", lambda power, _: power.exponent.is_number)
        split = ("split_quotient", "split_numerator")
        if any(spread(trace, rule, all_meet) for rule in split):
            settle(trace, ("cancel_factor", "combine_powers"))
        if any(spread(trace, rule, has_named_term) for rule in split):
            settle(trace, ("flatten_quotient", "cancel_factor"))
        settle(trace, ("separate_quotient", "fold_definition", "write_mask"))
        if trace.apply("divide_inside_total", divides_to_name):
            settle(
                trace, ("flatten_quotient", "separate_quotient", "fold_definition", "write_mask")
            )
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor"))
        let_terms_meet(trace)


def name_with_factors(trace: Trace) -> None:
    """Find definitions with a factor that stands beside a sum, as ``a`` in ``a Σ_j e^{z_j} y_j/S``.

    Where it stands beside a bracket with that sum in it, the bracket is multiplied out.
    """

    def open_bracket() -> bool:
        opened = spread(trace, "distribute_factor", lambda *_: True)
        if opened:
            settle(trace, ("distribute_negative", "multiply_quotients", "cancel_factor"))
        return opened

    repeat(open_bracket)
    if trace.apply("take_factor_in"):
        settle(trace, ("divide_inside_total",))
        name_fractions(trace)


def add_shares(trace: Trace) -> None:
    """Write out fractions with a name in the sums over them: shares of a whole sum to one."""
    if trace.apply("unfold_in_total"):
        if trace.apply("exchange_totals", exchanges_to_fact):
            settle(trace, ("pull_out_factor", "use_sum_fact", "sum_probabilities", "cancel_terms"))
        settle(trace, ("vanish_delta", "pull_out_factor", "multiply_quotients", "cancel_factor"))
        settle(trace, ("fold_definition", "cancel_terms"))


def spread_shares(trace: Trace) -> None:
    """Multiply out what stands beside shares of a part: what is the same for all comes out."""
    if spread(trace, "distribute_product", has_shares):
        settle(trace, ("distribute_negative", "split_total", "pull_out_sign", "pull_out_factor"))
        add_shares(trace)
        let_terms_meet(trace)


def drop_masks(trace: Trace) -> None:
    """Leave out the masks that shares beside them have by their definitions."""
    settle(trace, ("vanish_share",))
    if trace.apply("drop_mask", drops_safely):
        let_terms_meet(trace)


def drops_safely(expr: Expr, given: Given) -> bool:
    """Whether what stands beside a mask is a number, and no large one, where the mask is zero."""
    body, index = expr.opened if isinstance(expr, Total) else (expr, None)
    above, below = sides(body)
    apart = [{index}] if index else [names(factor) for factor in above if is_mask(factor)]
    return not any(heads(f) & {Apply, Exp, Log, Power, Quotient} for f in above) and not any(
        holds_share_of_others(f, given)
        or (any(pair <= names(f) for pair in apart) and not divides_name(f, expr, given))
        for f in below
    )


def divides_name(factor: Expr, expr: Expr, given: Given) -> bool:
    """Whether the value of a name in ``expr`` is divided by ``factor`` too: it is nowhere zero."""
    own = code(unfold(factor, given.definitions))
    body = expr.opened[0] if isinstance(expr, Total) else expr
    values = (unfold(entry, given.definitions) for entry in entries(body))
    return any(own in collected(value, lambda part: map(code, sides(part)[1])) for value in values)


def has_shares(product: Expr, given: Given) -> bool:
    """Whether a bracket stands beside a share in a sum over all shares of a part."""
    span = given.scope[0] if given.scope else None
    if span is None or not any(
        isinstance(f, Plus) and span.index in names(f) for f in product.args
    ):
        return False
    left_out = (u.right for u in given.apart if u.left == span.index)
    limits = (span.index, span.lower, span.upper, *left_out)
    shares = (f for f in product.args if isinstance(f, Indexed) and span.index in names(f))
    return any(are_shares_of(Total(share, limits), given) for share in shares)


def are_shares_of(total: Expr, given: Given) -> bool:
    """Whether a sum is over all shares of a part, as of those without an index, ``Σ_{j≠i} q_j``."""
    entry, index = total.opened
    definition = given.definition_of(entry) if isinstance(entry, Indexed) else None
    if definition is None or not isinstance(definition.value, Quotient):
        return False
    share = value_of(entry, definition)
    above = (f for f in factors(share.numerator) if masked(f, index) not in total.excluded)
    return total.over(times(*above), index) == share.denominator


def holds_share(fraction: Expr, given: Given) -> bool:
    """Take a named fraction of several factors, such as a weight and an exponential, out."""
    return share_of_several(*sides(fraction), given) is not None


def all_meet(fraction: Expr, given: Given) -> bool:
    """Whether each term above a bar has a factor that is raised to a power below it."""
    sums = [f for f in factors(fraction.numerator) if isinstance(f, Plus)]
    raised = [f for f in factors(fraction.denominator) if isinstance(f, Power)]
    return (
        len(sums) == 1
        and len(raised) > 1
        and all(meets(t, times(*raised), given) for t in sums[0].args)
    )


def has_named_term(fraction: Expr, given: Given) -> bool:
    """Whether a term above a bar is, over it, a fraction of several factors with a name."""
    sums = [f for f in factors(fraction.numerator) if isinstance(f, Plus)]
    below = factors(fraction.denominator)
    split = [sides(t.operand if isinstance(t, Minus) else t) for t in sums[0].args] if sums else ()
    return len(sums) == 1 and any(
        share_of_several(above, (*under, *below), given) is not None for above, under in split
    )


def divides_to_name(fraction: Expr, given: Given) -> bool:
    """Bring a denominator into a sum where a fraction of several factors with a name is made."""
    total = total_above(fraction)
    if total is None or separate_quotient(Quotient(ONE, fraction.denominator), given) is not None:
        return False
    body, index = total.opened
    above, below = sides(body)
    whole = Quotient(times(*above), times(*below, *factors(fraction.denominator)))
    return separate_quotient(whole, given.within(index, tuple(total.limits[1:]))) is not None
