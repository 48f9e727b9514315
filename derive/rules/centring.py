"""Differences to a mean by a softmax, without the digits that cancel where one share dominates."""

from __future__ import annotations

from sympy import Expr, Symbol

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
            case Minus(Total() as total) if Attains not in heads(total) and not total.excluded:
                body, index = total.open()
                parts = factors(body)
                at = next((m for m, f in enumerate(parts) if is_softmax_entry(f, given)), None)
                if at is None or len(parts) < 2:
                    continue
                share, value = parts[at], times(*without(parts, at))
                rest = without(expr.args, n)
                if not any(is_entry_of(other, value, index) for other in rest):
                    continue
                span = (index, *total.limits[1:])
                here = Times(Attains(share, span, index), value)
                top = Total(here, span)
                lower = Total(Times(share, Plus(value, Minus(top))), span)
                none = Times(top, Plus(ONE, Minus(Total(share, span))))
                return Plus(plus(*rest), Minus(top), Minus(lower), none)
    return None


def is_softmax_entry(expr: Expr, given: Given) -> bool:
    """Whether this is the name of a softmax."""
    known = given.definition_of(expr)
    return known is not None and known.softmax


def is_entry_of(expr: Expr, value: Expr, index: Symbol) -> bool:
    """Whether this is what the value is at another index."""
    return any(code(rename(value, index, k)) == code(expr) for k in names(expr))
