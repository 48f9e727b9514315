"""Terms that are the same for every index leave the sum over it."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import (
    Apply,
    Exp,
    Log,
    Minus,
    Plus,
    Quotient,
    bases,
    code,
    collected,
    heads,
    is_number,
    names,
    terms,
)
from derive.rules.monomials import beside_total, monomial
from derive.rules.trace import Trace
from derive.signs import at_most
from derive.strategy.attempts import among, attempt, factor_out, repeat, settle, spread
from derive.strategy.judgement import splits_fraction_well


def release_constants(trace: Trace) -> None:
    """Take what is the same in all terms of sums over an index out of them."""
    if trace.apply("split_total", has_constant_term):
        settle(trace, ("pull_out_sign", "sum_constant", "sum_constant_but"))
        spread(trace, "split_quotient", splits_fraction_well)
        settle(trace, ("cancel_factor", "distribute_negative", "cancel_terms"))
        if trace.apply("join_sharing"):
            factor_out(trace)


def release_from_means(trace: Trace) -> None:
    """Take what is the same in all terms of a mean out of it: ``Σ_n (c + x_n) / N``."""
    means = collected(trace.expression, partial(means_with_constants, given=trace.given))
    if trace.apply("split_total", among(means)):
        settle(trace, ("pull_out_sign", "sum_constant", "pull_out_factor", "multiply_quotients"))
        repeat(
            lambda: (
                spread(trace, "split_quotient", splits_fraction_well)
                or spread(trace, "split_numerator", splits_fraction_well)
            )
        )
        settle(trace, ("cancel_factor", "distribute_negative", "cancel_terms"))


def release_terms(trace: Trace) -> None:
    """Take what stands out, and is the same in all terms, out of sums: ``Σ_n x_n - N/a``."""

    def counts(total: Expr, given: Given) -> bool:
        known = at_most(total.lower, total.upper + 1, given)
        return known is not None and not total.excluded

    fixed = with_fixed_term(trace.expression, trace.given)
    if trace.apply("split_total", lambda total, given: total in fixed and counts(total, given)):
        settle(trace, ("pull_out_sign", "sum_constant"))
        settle(trace, ("join_totals", "subtract_totals", "multiply_quotients", "cancel_factor"))
        settle(trace, ("distribute_negative", "cancel_terms"))
        attempt(trace, _share_counts)


def _share_counts(trace: Trace) -> None:
    """Take the number of terms, and what else is left in common, out of what came out of sums."""
    factor_out(trace)
    trace.apply("factor_most")


def has_constant_term(total: Expr, given: Given) -> bool:
    """Whether a term of a sum in a sum over an index is the same for each, and may leave it.

    A plain number stays beside what may be near it: ``Σ_j (1 - p_j)`` has digits that ``n - Σ_j
    p_j`` has not.
    """
    body, index = total.opened
    if not isinstance(body, Plus):
        return False
    fixed = [t for t in body.args if index not in names(t)]
    moving = Plus(*(t for t in body.args if t not in fixed))
    named = bases(moving) & {d.base for d in given.definitions}
    if named or not {Apply, Exp}.isdisjoint(heads(moving)):
        fixed = [t for t in fixed if not is_number(t.operand if isinstance(t, Minus) else t)]
    return bool(fixed)


def means_with_constants(expr: Expr, given: Given) -> list[Expr]:
    """The sum over an index above its own number of terms, where a term is the same for each."""
    found = beside_total(monomial(expr))
    if found is None or found[0].excluded or not has_constant_term(found[0], given):
        return []
    total, others = found
    count = code(total.upper - total.lower + 1)
    return [total] if others.powers.get(count, (0, 0))[1] == -1 else []


def with_fixed_term(expr: Expr, given: Given) -> frozenset[Expr]:
    """The sums over an index that are terms of ``expr``, beside numbers at most, and have a term
    that is the same for each and no plain number or entry: ``Σ_n (x_n - 1/a)``, a share, a
    logarithm where none of the others is one. A plain ``Σ_n (x_n - m)`` has none.
    """

    def stands_out(term: Expr, others: list[Expr]) -> bool:
        match term:
            case Quotient():
                return not is_number(term.denominator)
            case Apply():
                return term.args[0] not in {o.args[0] for o in others if isinstance(o, Apply)}
            case Log():
                return not any(isinstance(o, Log) for o in others)
            case Indexed():
                known = given.definition_of(term)
                return known is not None and known.softmax
        return False

    found: set[Expr] = set()
    for term in terms(expr):
        total, others = beside_total(monomial(term)) or (None, None)
        if total is None or others is None or others.powers:
            continue
        body, index = total.opened
        bare = [t.operand if isinstance(t, Minus) else t for t in terms(body)]
        moving = [t for t in bare if index in names(t)]
        if any(t not in moving and stands_out(t, moving) for t in bare):
            found.add(total)
    return frozenset(found)
