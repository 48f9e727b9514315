"""A term of a sum that stands beside the sum with the other sign, as in second slopes of pairs.

``δ_{km} Σ_j f_{kj} - f_{km}`` is ``Σ_{j≠k} f_{kj}`` on the diagonal. Where ``f_{kk}`` is larger by
far, rounding would leave no digits of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from sympy import Expr, Symbol

from derive.facts import IndexRange
from derive.notation import (
    Delta,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    factors,
    mask,
    replace,
    times,
    without,
)


def sums_of_others(expr: Expr, ranges: tuple[IndexRange, ...]) -> Expr:
    """``δ_{km} Σ_{j≠k} f_{kj} - (1 - δ_{km}) f_{km}`` in place of ``δ_{km} Σ_j f_{kj} - f_{km}``.

    The sum has a term at ``k`` where ``k`` is one of the indices of a result and has its range.
    """
    match expr:
        case Plus(parts):
            for n, m in permutations(range(len(parts)), 2):
                for delta, left in _without_one(parts[n], parts[m], ranges):
                    rest = times(mask(*delta.args), *factors(_positive(parts[m])))
                    changed = {n: left, m: _like(parts[m], rest)}
                    kept = (changed.get(at, part) for at, part in enumerate(parts))
                    return sums_of_others(Plus(*kept), ranges)
        case Minus() | Times() | Quotient():
            return expr.func(*(sums_of_others(a, ranges) for a in expr.args))
    return expr


def _without_one(
    term: Expr, other: Expr, ranges: tuple[IndexRange, ...]
) -> Iterator[tuple[Delta, Expr]]:
    """The delta of a ``δ_{km} Σ_j f_{kj}``, and that without the term that ``other`` takes off."""
    parts = factors(_positive(term))
    for n, total in enumerate(parts):
        for delta in (f for f in parts if isinstance(f, Delta) and isinstance(total, Total)):
            for own, place in (delta.args, delta.args[::-1]):
                if total.limits[1:] not in [(r.lower, r.upper) for r in ranges if r.index == own]:
                    continue
                beside = [f for f in without(parts, n) if f != delta]
                one = _like(term, times(*beside, total.at(own)))
                if isinstance(place, Symbol) and _cancel(one, other, {place: own}):
                    body, index = total.open()
                    less = Total(body, (index, *total.limits[1:], own))
                    yield delta, _like(term, times(*parts[:n], less, *parts[n + 1 :]))


def _cancel(one: Expr, other: Expr, equal: dict[Expr, Expr]) -> bool:
    """Whether two terms are each other's opposites where an index is equal to another."""
    signs, products = zip(*(_signed(replace(t, equal)) for t in (one, other)), strict=True)
    return signs[0] != signs[1] and products[0] == products[1]


def _signed(term: Expr) -> tuple[bool, list[str]]:
    """Whether a term is taken off, and its factors in order."""
    negative, found = False, []
    pending = [term]
    while pending:
        match pending.pop():
            case Minus(operand):
                negative = not negative
                pending.append(operand)
            case Times(parts):
                pending += parts
            case factor:
                found.append(code(factor))
    return negative, sorted(found)


def _positive(term: Expr) -> Expr:
    return term.operand if isinstance(term, Minus) else term


def _like(term: Expr, other: Expr) -> Expr:
    """Another product with the sign that a term has."""
    return Minus(other) if isinstance(term, Minus) else other
