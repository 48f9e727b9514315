"""A number that is kept between two others, ``max(l, min(u, h))``, and its slope."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, Max, Min

from derive.facts import Given
from derive.laws import law
from derive.notation import ONE, ZERO, Apply, Threshold, Times, code, factors, without
from derive.rules import samples as s
from derive.rules.kinks import exceeds, larger, smaller
from derive.rules.registry import Outcome, rule

z_k, y_k = s.z[s.k1], s.y[s.k1]


def held(number: Expr, low: Expr, high: Expr) -> Expr:
    """``max(l, min(u, h))``"""
    return larger(low, smaller(number, high))


def held_first(number: Expr, low: Expr, high: Expr) -> Expr:
    """``max(l, min(h, u))``, where the end stands first."""
    return larger(low, smaller(high, number))


def between(number: Expr, low: Expr, high: Expr) -> Expr:
    """The slope of ``held``: ``[min(u, h) > l] [u <= h]``."""
    return Times(exceeds(smaller(number, high), low), Threshold(number, high, ZERO, ONE))


def strictly_between(number: Expr, low: Expr, high: Expr) -> Expr:
    """The slope of ``held_first``: ``[min(h, u) > l] [h > u]``."""
    return Times(exceeds(smaller(high, number), low), exceeds(high, number))


@rule(
    law(
        Threshold(
            Times(s.c, s.u),
            Times(s.c, held(s.u, s.a, s.b)),
            Times(between(s.u, s.a, s.b), s.f),
            s.w,
        ),
        Threshold(Times(s.c, s.u), Times(s.c, held(s.u, s.a, s.b)), ZERO, s.w),
    ),
    Threshold(Times(y_k, z_k), Times(y_k, held(z_k, s.T, y_k)), between(z_k, s.T, y_k), ONE),
)
def vanish_clipped(expr: Expr, given: Given) -> Outcome:
    """Where ``c u`` is more than ``c`` times the clipped ``u``, it is clipped and has no slope."""
    return _vanished(expr, between)


@rule(
    law(
        Threshold(
            Times(s.c, s.u),
            Times(s.c, held_first(s.u, s.a, s.b)),
            Times(strictly_between(s.u, s.a, s.b), s.f),
            s.w,
        ),
        Threshold(Times(s.c, s.u), Times(s.c, held_first(s.u, s.a, s.b)), ZERO, s.w),
    ),
    Threshold(
        Times(y_k, z_k),
        Times(y_k, held_first(z_k, s.T, y_k)),
        strictly_between(z_k, s.T, y_k),
        ONE,
    ),
)
def vanish_clipped_strictly(expr: Expr, given: Given) -> Outcome:
    """The same where at the end itself the slope is that of the end."""
    return _vanished(expr, strictly_between)


def _vanished(expr: Expr, slope: Callable[[Expr, Expr, Expr], Expr]) -> Expr | None:
    match expr:
        case Threshold(first, second, above, otherwise) if above != 0:
            slopes = {code(f) for f in factors(above)}
            for number, ends in _clipped(first, second):
                if {code(f) for f in factors(slope(number, *ends))} <= slopes:
                    return Threshold(first, second, ZERO, otherwise)
    return None


def _clipped(first: Expr, second: Expr) -> Iterator[tuple[Expr, tuple[Expr, Expr]]]:
    """A factor of the first product, and between what it is held in the second one."""
    for n, number in enumerate(factors(first)):
        rest = sorted(map(code, without(factors(first), n)))
        for m, other in enumerate(factors(second)):
            if sorted(map(code, without(factors(second), m))) == rest:
                match other:
                    case Apply(outer, (low, Apply(inner, ends))) if (outer, inner) == (Max, Min):
                        yield from ((number, (low, end)) for end in ends if number in ends)
