"""What the digamma function and its derivatives rise by, as in slopes of a Dirichlet-multinomial.

Both values of a ``ψ(x + h) - ψ(x)`` are large where ``x`` is little, and nearly the same where
``h`` is little beside ``x``; of what they differ by no digits would be left beside other terms.
"""

from __future__ import annotations

from itertools import permutations

from sympy import Expr, Function, polygamma

from derive.notation import (
    Apply,
    Head,
    Minus,
    Plus,
    Total,
    factors,
    left_over,
    plus,
    terms,
    times,
    without,
)


class polygamma_step(Function):
    """``ψ^{(n)}(x + h) - ψ^{(n)}(x)``."""


def joined_steps(expr: Plus) -> Expr | None:
    """A sum in which each ``c ψ(x + h) - c ψ(x)`` is one term, where the first of both stood."""
    for n, m in permutations(range(len(expr.args)), 2):
        joined = _joined(expr.args[n], expr.args[m])
        if joined is not None:
            first, second = sorted((n, m))
            kept = (*expr.args[:first], joined, *expr.args[first + 1 :])
            rest = plus(*without(kept, second))
            further = joined_steps(rest) if isinstance(rest, Plus) else None
            return further or rest
    return None


def _joined(upper: Expr, lower: Expr) -> Expr | None:
    """One term for two of opposite sign; None where the arguments are not ``x + h`` and ``x``."""
    negative = isinstance(upper, Minus)
    if negative is isinstance(lower, Minus):
        return None
    higher = _parted(upper.operand if negative else upper)
    base = _parted(lower if negative else lower.operand)
    if higher is None or base is None or higher[:2] != base[:2]:
        return None
    step = _step(higher[2], base[2])
    if step is None:
        return None
    order, beside, x = base
    whole = times(*beside, Apply(Head(polygamma_step), order, x, step))
    return Minus(whole) if negative else whole


def _parted(term: Expr) -> tuple[Expr, tuple[Expr, ...], Expr] | None:
    """The order, the other factors and the argument of a product with one such function."""
    parts = factors(term)
    for n, part in enumerate(parts):
        match part:
            case Apply(function, (order, x)) if function is polygamma:
                return order, without(parts, n), x
    return None


def _step(higher: Expr, base: Expr) -> Expr | None:
    """The ``h`` by which an ``x + h`` is above ``x``, also of sums over the same."""
    match higher, base:
        case Total(), Total() if higher.limits[1:] == base.limits[1:]:
            body, index = higher.open()
            inner = _step(body, base.at(index))
            return None if inner is None else higher.over(inner, index)
    left = left_over(terms(higher), terms(base))
    return plus(*left) if left else None
