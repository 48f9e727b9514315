"""A number beside the same within bounds, as ``r A`` and ``clip(r) A``: no kink between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sympy import Expr, Max, Min

from derive.notation import Apply, Minus, Partial, Plus, Quotient, Times
from derive.verify.canonical import text
from derive.verify.plain import as_inert


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


def without_far_bound(number: Expr, positive: Callable[[Expr], bool]) -> Expr:
    """``l - u`` for ``l - min(u, h)`` where ``h`` is more than ``l``: only ``u`` can meet ``l``.

    So the kinks of ``max(l, min(u, h))`` are said one by one.
    """
    match number:
        case Plus((other, Minus(Apply(function, (first, second))))) if function in (Max, Min):
            for bound, free in ((first, second), (second, first)):
                distance = bound - other if function is Min else other - bound
                if positive(as_inert(distance.doit().expand())):
                    return Plus(other, Minus(free))
    return number


def _is_within(free: Expr, bounded: Expr, varies: Callable[[Expr], bool]) -> bool:
    parts = _parts(bounded)
    for n, (factor, _) in enumerate(parts):
        rest = _powers([*_parts(free), *((f, -power) for f, power in parts[:n] + parts[n + 1 :])])
        if _has_bounds(factor, rest, varies):
            return True
    return False


def _has_bounds(expr: Expr, free: Counter[str], varies: Callable[[Expr], bool]) -> bool:
    """Whether this is a number between bounds that do not vary: ``max(l, min(u, h))``."""
    match expr:
        case Apply(function, arguments) if function in (Max, Min):
            found = [_powers(_parts(a)) == free or _has_bounds(a, free, varies) for a in arguments]
            bounds = (a for a, is_free in zip(arguments, found, strict=True) if not is_free)
            return found.count(True) == 1 and not any(map(varies, bounds))
    return False


def _parts(expr: Expr) -> list[tuple[Expr, int]]:
    """The factors of a product, each with 1, and those below its bars with -1."""
    match expr:
        case Times(factors):
            return [part for factor in factors for part in _parts(factor)]
        case Quotient(above, below):
            return [*_parts(above), *((factor, -power) for factor, power in _parts(below))]
    return [] if expr == 1 else [(expr, 1)]


def _powers(parts: list[tuple[Expr, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for factor, power in parts:
        found[text(factor)] += power
    return found
