"""The slope of a number kept between two others, ``max(l, min(u, h))`` or ``min(h, max(u, l))``.

Which end wins where ``l > h`` tells the two apart; so no rule makes one of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, Max, Min

from derive.facts import Given
from derive.laws import Law, law
from derive.notation import ONE, ZERO, Apply, Threshold, Times, code, factors, times, without
from derive.rules import samples as s
from derive.rules.kinks import exceeds, larger, smaller
from derive.rules.monomials import monomial
from derive.rules.registry import Outcome, rule

z_k, y_k = s.z[s.k1], s.y[s.k1]

Place = Callable[[Expr, Expr, Expr], Expr]
"""Something of a number, the lower end and the upper end."""


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


def clamped(number: Expr, low: Expr, high: Expr) -> Expr:
    """``min(h, max(u, l))``"""
    return smaller(high, larger(number, low))


def clamped_first(number: Expr, low: Expr, high: Expr) -> Expr:
    """``min(h, max(l, u))``"""
    return smaller(high, larger(low, number))


def inside(number: Expr, low: Expr, high: Expr) -> Expr:
    """The slope of ``clamped``: ``[h > max(u, l)] [l <= u]``."""
    return Times(exceeds(high, larger(number, low)), Threshold(low, number, ZERO, ONE))


def strictly_inside(number: Expr, low: Expr, high: Expr) -> Expr:
    """The slope of ``clamped_first``: ``[h > max(l, u)] [u > l]``."""
    return Times(exceeds(high, larger(low, number)), exceeds(number, low))


def compared(held_u: Expr, c: Expr, u: Expr, above: Expr, otherwise: Expr) -> Threshold:
    """One value where ``c u`` is more than ``c`` times the clipped ``u``, another elsewhere."""
    return Threshold(Times(c, u), Times(c, held_u), above, otherwise)


def vanishing(held: Place, slope: Place) -> Law:
    """That the slope is zero where ``c u`` is more than ``c`` times the clipped ``u``."""
    clipped, sloping = held(s.u, s.a, s.b), Times(slope(s.u, s.a, s.b), s.f)
    return law(*(compared(clipped, s.c, s.u, above, s.w) for above in (sloping, ZERO)))


def example(held: Place, slope: Place) -> Threshold:
    return compared(held(z_k, s.T, y_k), y_k, z_k, slope(z_k, s.T, y_k), ONE)


@rule(vanishing(held, between), example(held, between))
def vanish_clipped(expr: Expr, given: Given) -> Outcome:
    """Where ``c u`` is more than ``c`` times the clipped ``u``, it is clipped and has no slope."""
    return _vanished(expr, between)


@rule(vanishing(held_first, strictly_between), example(held_first, strictly_between))
def vanish_clipped_strictly(expr: Expr, given: Given) -> Outcome:
    """The same where at the end itself the slope is that of the end."""
    return _vanished(expr, strictly_between)


@rule(vanishing(clamped, inside), example(clamped, inside))
def vanish_clamped(expr: Expr, given: Given) -> Outcome:
    """The same of ``min(h, max(u, l))``."""
    return _vanished(expr, inside, Min)


@rule(vanishing(clamped_first, strictly_inside), example(clamped_first, strictly_inside))
def vanish_clamped_strictly(expr: Expr, given: Given) -> Outcome:
    """The same of ``min(h, max(l, u))``, where at the end itself the slope is that of the end."""
    return _vanished(expr, strictly_inside, Min)


def _vanished(expr: Expr, slope: Place, outer: type[Expr] = Max) -> Expr | None:
    match expr:
        case Threshold(first, second, above, otherwise) if above != 0:
            slopes = {code(f) for f in factors(above)}
            for number, *ends in _clipped(first, second, outer):
                if {code(f) for f in factors(slope(number, *ends))} <= slopes:
                    return Threshold(first, second, ZERO, otherwise)
    return None


def _clipped(first: Expr, second: Expr, outer: type[Expr]) -> Iterator[tuple[Expr, Expr, Expr]]:
    """What is clipped in the second product and not in the first, and between what it is held."""
    for n, other in enumerate(factors(second)):
        match other:
            case Apply(head, (end, Apply(inner, ends))) if head is outer and {head, inner} == {
                Max,
                Min,
            }:
                for number, within in (ends, ends[::-1]):
                    unclipped = times(number, *without(factors(second), n))
                    if monomial(first) == monomial(unclipped):
                        yield number, *((end, within) if outer is Max else (within, end))
