"""Terms joined that are sums over one range, differ by a delta, or stand over one bar."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import Minus, Plus, Total, code, collected, terms
from derive.rules.monomials import beside_total, monomial, sides
from derive.rules.trace import Trace
from derive.strategy.attempts import (
    among,
    attempt,
    factor_out,
    length,
    outside_exponents,
    repeat,
    settle,
    spread,
)
from derive.strategy.judgement import holds_share_of_others


def gather_totals(trace: Trace) -> None:
    """Join sums over the same range where their terms have factors in common."""
    outside = outside_exponents(trace)
    repeat(lambda: trace.apply("distribute_negative", among(negatives(trace.expression))))
    rules = ("join_totals", "subtract_totals", "join_multiples")
    repeat(lambda: any(trace.apply(rule, outside) for rule in rules))
    factor_out(trace)


def negatives(expr: Expr) -> frozenset[Expr]:
    """The sums of multiples of sums over an index that are taken off others."""

    def is_multiple(term: Expr) -> bool:
        found = beside_total(monomial(term))
        return found is not None and bool(found[1].powers)

    def look(part: Expr) -> list[Expr]:
        taken = [t for t in terms(part) if isinstance(t, Minus) and isinstance(t.operand, Plus)]
        return [t for t in taken if all(map(is_multiple, t.operand.args))]

    return collected(expr, lambda part: look(part) if isinstance(part, Plus) else [])


def gather_opened(trace: Trace) -> None:
    """Multiply brackets with sums over an index in them out, to join those with others beside."""

    def holds_total(expr: Expr) -> list[Expr]:
        bare = (t.operand if isinstance(t, Minus) else t for t in terms(expr))
        return [t for t in bare if any(map(sums_up, sides(t)[0]))] if is_sum(expr) else []

    def is_sum(expr: Expr) -> bool:
        return isinstance(expr, Plus) and any(beside_total(monomial(t)) for t in expr.args)

    def sums_up(factor: Expr) -> bool:
        return isinstance(factor, Plus) and is_sum(factor)

    opened = collected(trace.expression, holds_total)
    if opened and spread(trace, "distribute_product", among(opened)):
        settle(trace, ("distribute_negative", "join_sharing"))
        factor_out(trace)


def gather_transposed(trace: Trace) -> None:
    """Exchange the indices of double sums where the terms then meet those of another one."""

    def is_double(total: Expr) -> bool:
        return isinstance(total, Total) and any(
            isinstance(f, Total) and f.limits[1:] == total.limits[1:] for f in sides(total.body)[0]
        )

    def several(total: Expr, given: Given) -> bool:
        body, index = total.opened
        bare = (t.operand if isinstance(t, Minus) else t for t in terms(body))
        return sum(is_double(total.over(t, index)) for t in bare) > 1

    def doubles(expr: Expr) -> list[Expr]:
        return [expr] if is_double(expr) else []

    def holds_terms(total: Expr, given: Given) -> bool:
        spans = given.scope[:1]
        return isinstance(total.opened[0], Plus) and any(
            (span.lower, span.upper) == tuple(total.limits[1:]) for span in spans
        )

    trace.apply("split_total", holds_terms)
    settle(trace, ("pull_out_sign",))
    if trace.apply("split_total", several):
        settle(trace, ("pull_out_sign",))
        repeat(lambda: trace.apply("pull_out_factor", lambda total, _: is_double(total)))
        share = gathered_share(trace)
        for double in sorted(collected(trace.expression, doubles), key=code):
            if attempt(trace, partial(transpose_and_gather, double=double), share):
                break
        gather_totals(trace)


def gather_symmetric(trace: Trace) -> None:
    """Write ``Σ_i Σ_j (a_ij + a_ji) s_ij`` as ``2 Σ_i Σ_j a_ij s_ij`` for a symmetric ``s``."""

    def is_symmetric(factor: Expr) -> bool:
        match factor:
            case Plus((Indexed() as first, Indexed() as second)):
                return first.base == second.base and first.indices == second.indices[::-1]
        return False

    def opens(product: Expr, given: Given) -> bool:
        return len(given.scope) > 1 and any(map(is_symmetric, product.args))

    if spread(trace, "distribute_product", opens):
        gather_transposed(trace)
        settle(trace, ("pull_out_factor",))


def totals_in(expr: Expr) -> list[Total]:
    """The sums over an index that are factors of its terms, above their bars."""
    bare = (t.operand if isinstance(t, Minus) else t for t in terms(expr))
    return [f for t in bare for f in sides(t)[0] if isinstance(f, Total)]


def gathered_share(trace: Trace) -> float:
    """How much of the length is left where sums are joined as they are."""
    plain = Trace(trace.expression, trace.given)
    gather_totals(plain)
    return length(plain.expression) / length(trace.expression)


def gather_exchanged(trace: Trace) -> None:
    """Exchange the order of a double sum where it is then one with a sum beside it."""

    def doubles(expr: Expr) -> list[Expr]:
        if not isinstance(expr, Plus):
            return []
        beside = totals_in(expr)
        inner = [(total, total.opened[0]) for total in beside]
        return [
            total
            for total, body in inner
            if isinstance(body, Total)
            and any(body.limits[1:] == t.limits[1:] for t in beside if t is not total)
        ]

    found = sorted(collected(trace.expression, doubles), key=code)
    if found:
        share = min(1.0, gathered_share(trace))
        for double in found:
            attempt(trace, partial(exchange_and_gather, double=double), share)


def leave_out_alike(trace: Trace) -> bool:
    """Leave out what is zero where a sum beside leaves it out as well: the two are over one range.

    A share of all others is zero at the one that they are the others of.
    """

    def alike(expr: Expr) -> list[Expr]:
        if not isinstance(expr, Plus):
            return []
        beside = totals_in(expr)
        ranges = [t.limits[1:] for t in beside if t.excluded]
        return [t for t in beside if any(r[:2] == t.limits[1:] for r in ranges)]

    return trace.apply("exclude_zero", among(collected(trace.expression, alike)))


def exchange_and_gather(trace: Trace, double: Expr) -> None:
    """Exchange the order of one double sum, and join it with what it is alike then."""
    if trace.apply("exchange_totals", among(frozenset({double}))):
        settle(trace, ("pull_out_factor",))
        gather_totals(trace)


def transpose_and_gather(trace: Trace, double: Expr) -> None:
    """Exchange the indices of one double sum, and join it with what it is alike then."""
    if trace.apply("transpose_total", among(frozenset({double}))):
        gather_totals(trace)


def gather_complements(trace: Trace) -> None:
    """Join terms that differ by a delta, or by a number with a name, to what is left of one."""
    repeat(lambda: trace.apply("rule_out_equal", holds_share_of_others))
    while trace.apply("factor_complement", innermost=True):
        pass
    factor_out(trace)


def gather_fractions(trace: Trace) -> None:
    """Join terms over a common bar where something cancels or is known by that."""
    while trace.apply("join_fractions"):
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor", "combine_powers"))
        settle(trace, ("complement_fraction", "fold_definition", "write_complement"))
