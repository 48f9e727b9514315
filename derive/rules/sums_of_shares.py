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
    factors,
    times,
)
from derive.rules import samples as s
from derive.rules.complements import is_complement, is_share, near_one, subjects
from derive.rules.registry import Outcome, rule


def sums_near_one(expr: Expr, given: Given) -> frozenset[Expr]:
    """The names of sums of shares whose rest ``1 - F`` must not become zero."""
    near = near_one(expr)
    return frozenset(
        d.base for d in given.definitions if d.base in near and is_sum_of_shares(d.value, given)
    )


def is_sum_of_shares(value: Expr, given: Given) -> bool:
    """Whether this is a sum over an index of shares, with or without weights."""
    return isinstance(value, Total) and any(is_share(f, given) for f in factors(value.opened[0]))


def takes_off(difference: Expr, names: frozenset[Expr]) -> bool:
    """Whether this is an ``a - F`` or ``F - a`` with one of these names for ``F``."""
    return not is_complement(difference) and not names.isdisjoint(subjects(difference))


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
            if any(isinstance(f, (Indexed, Symbol)) for f in (first, taken)):
                left = Plus(ONE, Minus(taken))
                return Plus(times(first, left), Minus(times(Plus(ONE, Minus(first)), taken)))
    return None
