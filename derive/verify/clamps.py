"""A number beside the same within bounds, as ``r A`` and ``clip(r) A``: no kink between them."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Max, Min

from derive.notation import Apply, Partial, factors, times
from derive.verify.canonical import same


def is_clamped(slope: Expr, varies: Callable[[Expr, Expr], bool]) -> bool:
    """Whether this is the slope of the larger, or the smaller, of a number and the same in bounds.

    The two are equal on a whole range, and so are their slopes there; where the range ends, at
    bounds that do not vary, the one in bounds has kinks of its own.
    """
    match slope:
        case Partial(Apply(function, (first, second)), variable) if function in (Max, Min):
            pairs = ((first, second), (second, first))
            return any(_is_within(*pair, lambda e: varies(e, variable)) for pair in pairs)
    return False


def _is_within(free: Expr, bounded: Expr, varies: Callable[[Expr], bool]) -> bool:
    beside, left = list(factors(bounded)), list(factors(free))
    for factor in factors(free):
        if factor in beside:
            beside.remove(factor)
            left.remove(factor)
    return len(beside) == 1 and bool(left) and _has_bounds(beside[0], times(*left), varies)


def _has_bounds(expr: Expr, free: Expr, varies: Callable[[Expr], bool]) -> bool:
    """Whether this is a number between bounds that do not vary: ``max(l, min(u, h))``."""
    match expr:
        case Apply(function, arguments) if function in (Max, Min):
            found = [same(a, free) or _has_bounds(a, free, varies) for a in arguments]
            bounds = (a for a, is_free in zip(arguments, found, strict=True) if not is_free)
            return found.count(True) == 1 and not any(map(varies, bounds))
    return False
