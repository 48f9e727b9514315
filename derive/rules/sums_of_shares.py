"""Names for sums of shares, such as ``F = Σ_{j≤t} p_j``: no digits of ``1 - F`` near one."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.laws import law
from derive.notation import (
    ONE,
    Minus,
    Plus,
    Times,
    Total,
    collected,
    factors,
    times,
)
from derive.rules import samples as s
from derive.rules.complements import called, is_share, near_zero
from derive.rules.registry import Outcome, rule


def sums_near_one(expr: Expr, given: Given) -> frozenset[Expr]:
    """The sums of shares, or the names of such, whose rest ``1 - F`` must not become zero."""
    known = {d.base for d in given.definitions if is_sum_of_shares(d.value, given)}

    def look(part: Expr) -> list[Expr]:
        taken = (t for f in near_zero(part) if ONE in f.args for t in sides_of(f))
        return [t for t in taken if t in known or is_sum_of_shares(t, given)]

    return collected(expr, look)


def sides_of(difference: Expr) -> tuple[Expr, ...]:
    """What an ``a - F`` is made of, by the names of arrays."""
    match difference:
        case Plus((first, Minus(second))) | Plus((Minus(second), first)):
            return called(first), called(second)
    return ()


def is_sum_of_shares(value: Expr, given: Given) -> bool:
    """Whether this is a sum over an index of shares, with or without weights."""
    return isinstance(value, Total) and any(is_share(f, given) for f in factors(value.opened[0]))


def names_of_rests(expr: Expr, given: Given) -> frozenset[Expr]:
    """The names of what a sum of shares leaves of one that must not become zero."""
    known = frozenset(d.base for d in given.definitions if is_rest(d.value, given))
    return collected(expr, lambda part: known.intersection(map(called, near_zero(part))))


def is_rest(value: Expr, given: Given) -> bool:
    """Whether this is a ``1 - F``, where ``F`` is a sum of shares, by name or written."""
    match value:
        case Plus((one, Minus(taken))) if one == 1:
            known = given.definition_of(taken)
            return is_sum_of_shares(taken if known is None else known.value, given)
    return False


def takes_off(difference: Expr, sums: frozenset[Expr]) -> bool:
    """Whether this is an ``a - F`` or ``F - a`` with one of these sums for ``F``."""
    found = sides_of(difference)
    return ONE not in found and not sums.isdisjoint(found)


@rule(
    law(
        Plus(s.a, Minus(s.b)),
        Plus(Times(s.a, Plus(ONE, Minus(s.b))), Minus(Times(Plus(ONE, Minus(s.a)), s.b))),
    ),
    Plus(s.y[s.k1], Minus(s.p[s.k1])),
)
def weigh_difference(expr: Expr, given: Given) -> Outcome:
    """``a - p = a (1 - p) - (1 - a) p``: no digits are lost where both are nearly one."""
    match expr:
        case Plus((first, Minus(taken))) | Plus((Minus(taken), first)) if 1 not in (first, taken):
            if any(isinstance(f, (Indexed, Symbol, Total)) for f in (first, taken)):
                left = Plus(ONE, Minus(taken))
                return Plus(times(first, left), Minus(times(Plus(ONE, Minus(first)), taken)))
    return None
