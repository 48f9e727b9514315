"""Differences to a mean by a softmax, without the digits that cancel where one share dominates."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.laws import Condition, Value, law
from derive.notation import (
    ONE,
    Attains,
    Minus,
    Plus,
    Times,
    Total,
    code,
    factors,
    heads,
    names,
    plus,
    rename,
    times,
    without,
)
from derive.recognition import opposite
from derive.rules import samples as s
from derive.rules.registry import Example, Outcome, rule

limits = (s.j, s.lo, s.hi)
FJ, GJ = Value(s.F, s.j), Value(s.G, s.j)
classes = (s.j1, 1, s.C)
mean = Total(Times(s.p[s.j1], s.y[s.j1]), classes)


@rule(
    law(
        Plus(s.a, Minus(Total(Times(GJ, FJ), limits))),
        Plus(
            s.a,
            Minus(s.u),
            Minus(Total(Times(GJ, Plus(FJ, Minus(s.u))), limits)),
            Times(s.u, Plus(ONE, Minus(Total(GJ, limits)))),
        ),
        Condition("any", (s.u,)),
    ),
    Example(Plus(s.y[s.k1], Minus(mean)), s.with_softmax),
)
def centre_mean(expr: Expr, given: Given) -> Outcome:
    """``v_k - Σ_j ŷ_j v_j`` with ``v`` less its entry at the largest share.

    The shares sum to one, so the last term is zero.
    """
    for n, term in enumerate(expr.args):
        match term:
            case Minus(Total() as total):
                rest = without(expr.args, n)
                parts = _centred(total, rest, given)
                if parts is not None:
                    top, lower, none = parts
                    return Plus(*rest, Minus(top), Minus(lower), none)
    return None


@rule(
    law(
        Plus(s.a, Total(Times(GJ, FJ), limits)),
        Plus(
            s.a,
            s.u,
            Total(Times(GJ, Plus(FJ, Minus(s.u))), limits),
            Minus(Times(s.u, Plus(ONE, Minus(Total(GJ, limits))))),
        ),
        Condition("any", (s.u,)),
    ),
    Example(Plus(Minus(s.y[s.k1]), mean), s.with_softmax),
    formal="centre_mean",
)
def centre_turned_mean(expr: Expr, given: Given) -> Outcome:
    """``Σ_j ŷ_j v_j - v_k`` likewise."""
    for n, total in enumerate(expr.args):
        if isinstance(total, Total):
            rest = without(expr.args, n)
            parts = _centred(total, tuple(map(opposite, rest)), given)
            if parts is not None:
                top, lower, none = parts
                return Plus(*rest, top, lower, Minus(none))
    return None


def _centred(
    total: Total, beside: tuple[Expr, ...], given: Given
) -> tuple[Expr, Expr, Expr] | None:
    """The value at the largest share, the mean of what the others are less it, and a zero.

    None where the value at another index is neither one of the terms beside nor all of them.
    """
    body, index = total.open()
    parts = factors(body)
    at = next((m for m, f in enumerate(parts) if is_share(f, index, given)), None)
    # What is less the largest already has no larger one.
    if at is None or len(parts) < 2 or total.excluded or Attains in heads(total):
        return None
    share, value = parts[at], times(*without(parts, at))
    if not any(is_entry_of(other, value, index) for other in (*beside, plus(*beside))):
        return None
    span = (index, *total.limits[1:])
    top = Total(Times(Attains(share, span, index), value), span)
    lower = Total(Times(share, Plus(value, Minus(top))), span)
    return top, lower, Times(top, Plus(ONE, Minus(Total(share, span))))


def is_share(expr: Expr, index: Symbol, given: Given) -> bool:
    """Whether this is an entry of a softmax, of which the sum over an index is one."""
    known = given.definition_of(expr)
    if known is None or not known.softmax or not isinstance(expr, Indexed):
        return False
    *others, last = expr.indices
    return last == index and all(index not in names(i) for i in others)


def is_entry_of(expr: Expr, value: Expr, index: Symbol) -> bool:
    """Whether this is what the value is at another index."""
    return any(code(rename(value, index, k)) == code(expr) for k in names(expr))
