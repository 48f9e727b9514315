"""Terms multiplied out, and joined again with those that they have most in common with."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import partial

from sympy import Expr

from derive.facts import Given
from derive.notation import (
    ONE,
    Delta,
    Plus,
    Total,
    code,
    collected,
    entries,
    factors,
    heads,
    is_mask,
    plus,
    terms,
)
from derive.rules.complements import is_complement
from derive.rules.monomials import monomial, sides, split_power
from derive.rules.trace import Trace
from derive.strategy.attempts import attempt, repeat, settle, spread
from derive.strategy.expanding import EXPANSIONS, expand, open_all, open_inside


def meet_complements(trace: Trace) -> None:
    """Multiply out where ``1 - e`` and ``e`` stand in different terms, and join what is left."""
    inside = collected(trace.expression, summed)
    if any(map(has_complements, inside)):
        for _ in range(EXPANSIONS):
            if not spread(trace, "distribute_product", opens_inside):
                break
        settle(trace, ("distribute_negative", "combine_powers", "cancel_terms", "collect_terms"))
        repeat(lambda: attempt(trace, join_most))
    if has_complements(terms(trace.expression)):
        expand(trace)
        repeat(lambda: attempt(trace, join_most))


def summed(expr: Expr) -> list[tuple[Expr, ...]]:
    """The terms of what is summed over an index, of a bracket beside others as well."""
    if not isinstance(expr, Total):
        return []
    brackets = (f.args for f in factors(expr.body) if isinstance(f, Plus) and not is_mask(f))
    return [terms(expr.body), *brackets]


def has_complements(added: Iterable[Expr]) -> bool:
    """Whether ``1 - e`` and ``e`` stand in different terms."""
    sides_ = [weights_of(term) for term in added]
    return any((left - own) & (other - rest) for left, own in sides_ for rest, other in sides_)


def opens_inside(product: Expr, given: Given) -> bool:
    """Whether a sum of terms is a factor in a sum over an index, beside no mask."""
    sums = [f for f in product.args if isinstance(f, Plus)]
    return bool(given.scope and sums) and all(Delta not in heads(f) for f in sums)


def weights_of(term: Expr) -> tuple[AbstractSet[str], AbstractSet[str]]:
    """The entries that factors of a term leave of one, and those that are factors themselves."""
    powers = monomial(term).powers
    left = (e for base, _ in powers.values() if is_complement(base) for e in entries(base))
    return set(map(code, left)), powers.keys()


def meet_next_bars(trace: Trace) -> None:
    """Multiply out where there are bars with ``b`` and ``b + 1`` below them, and join the rest."""
    if has_next_bars(trace.expression):
        open_inside(trace)
        settle(trace, ("split_total", "combine_powers", "pull_out_sign", "pull_out_factor"))
        open_all(trace)
        settle(trace, ("multiply_quotients", "flatten_quotient", "cancel_factor", "combine_powers"))
        settle(trace, ("subtract_next_fraction", "cancel_terms", "collect_terms"))
        repeat(lambda: attempt(trace, partial(join_most, rule="join_over_bar")))


def has_next_bars(expr: Expr) -> bool:
    """Whether there are a ``b`` and a ``b + 1`` below bars."""

    def below(part: Expr) -> list[Expr]:
        return [split_power(f)[0] for f in sides(part)[1]]

    bases = collected(expr, below)
    return any(isinstance(b, Plus) and plus(*taken(b)) in bases for b in bases if ONE in b.args)


def taken(total: Expr) -> list[Expr]:
    """The terms of a sum without a one."""
    return [t for t in total.args if t != ONE]


def join_most(trace: Trace, rule: str = "factor_partly") -> None:
    """Factor out what the two terms of a longer sum share that have most in common."""
    trace.apply(rule)
    settle(trace, ("multiply_quotients", "cancel_terms", "collect_terms"))
