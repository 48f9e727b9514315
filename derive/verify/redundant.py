"""Conditions that say the same in other words, told by their values at random points.

A stable form divides by what the result divides by, times exponentials that only move everything
down by a shift. Whatever number stands for a shift, the one is then a multiple of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, permutations
from random import Random

import mpmath
from sympy import Abs, Expr, Max, Symbol

from derive.facts import Definition
from derive.laws import Condition
from derive.notation import Apply, Bound, Exp, Maximum, Plus, Power, Times, code, names, replace
from derive.unfolding import unfold
from derive.verify.conditions import zero
from derive.verify.draws import OutsideDomain
from derive.verify.sampled import At, Leaf, Point

SHIFTS = 2
"""So many numbers are taken for each maximum."""
POINTS = 6
"""At so many random points for each of these, not all of which need be in the domain."""
DIGITS = 40
COMPARED = 20
INDICES = 3
"""Of more indices it is not tried which stands for which."""

Pattern = tuple[str | None, ...]


def without_repetitions(
    conditions: list[Condition], definitions: tuple[Definition, ...]
) -> list[Condition]:
    """The conditions without those that follow from others: the shortest of several is kept.

    One follows where it is a multiple of another one, by a number with the sign that it needs or
    by exponentials of maxima, and where it is a product of several that are positive.
    """
    kept: dict[tuple[str, object], Condition] = {}
    positive: set[Pattern] = set()
    places = _whole_numbers(conditions)
    for n, condition in enumerate(conditions):
        pattern = None
        if condition.kind in ("positive", "nonzero"):
            pattern = _pattern(condition.operands[0], definitions, places, condition.kind)
        key = condition.kind, n if pattern is None else pattern
        if condition.kind == "positive" and pattern is not None:
            positive.add(_pattern(condition.operands[0], definitions, places, "nonzero") or ())
        known = kept.get(key)
        if known is None or _length(condition) < _length(known):
            kept[key] = condition
    stated = {code(c.operands[0]) for c in kept.values() if c.kind == "positive"}
    return [
        c
        for (kind, pattern), c in kept.items()
        if not (kind == "nonzero" and pattern in positive) and not _is_product_of(c, stated)
    ]


def without_instances(
    conditions: list[Condition], definitions: tuple[Definition, ...], asked: frozenset[Symbol]
) -> list[Condition]:
    """The conditions without those that another one says of every value of an index.

    Such an index runs in a sum. Those that were ``asked`` about may be single places.
    """
    left = [(c, _radicand(c.kind, unfold(c.operands[0], definitions))) for c in conditions]
    for single in reversed(tuple(left)):
        kind, number = single[0].kind, single[1]
        others = (
            general
            for other, general in left
            if other is not single[0] and other.kind in ("positive", kind)
        )
        if kind in ("positive", "nonzero") and any(_covers(o, number, asked) for o in others):
            left.remove(single)
    return [condition for condition, _ in left]


def _radicand(kind: str, number: Expr) -> Expr:
    """What is not zero where its absolute value, a root or a power is not."""
    match number:
        case Apply(function, (inside,)) if kind == "nonzero" and function is Abs:
            return _radicand(kind, inside)
        case Power(base, exponent) if kind == "nonzero" and exponent.is_number:
            return _radicand(kind, base)
    return number


def _covers(general: Expr, single: Expr, asked: frozenset[Symbol]) -> bool:
    """Whether one is the other with other names of indices that are not ``asked`` about."""
    running = [s for s in sorted(names(general), key=str) if _is_index(s) and s not in asked]
    places = [s for s in sorted(names(single), key=str) if _is_index(s)]
    if not running or len(places) > INDICES:
        return False
    wanted = code(single)
    return any(
        code(replace(general, dict(zip(running, chosen, strict=True)))) == wanted
        for chosen in permutations(places, len(running))
    )


def told_apart_in(
    condition: Condition, definitions: tuple[Definition, ...], asked: frozenset[Symbol] | None
) -> list[tuple[Symbol, Symbol]]:
    """The pairs of indices that have to differ for a condition to hold: ``r_{ij} > 0`` at no i = j.

    Of two that are both ``asked`` about the condition itself says so, as it does of two in order:
    ``x_i > x_j`` is said of i < j.
    """
    if condition.kind not in ("positive", "nonzero"):
        return []
    number = unfold(condition.operands[0], definitions)
    indices = [s for s in sorted(names(number), key=str) if _is_index(s)]
    return [
        (one, other)
        for one, other in combinations(indices, 2)
        if asked is None or not {one, other} <= asked
        if zero(replace(number, {other: one}))
        if condition.kind == "nonzero"
        or not zero(Plus(number, replace(number, {one: other, other: one})))
    ]


def _is_index(symbol: Symbol) -> bool:
    return bool(symbol.is_integer) and not symbol.is_positive


def _is_product_of(condition: Condition, stated: set[str]) -> bool:
    """Whether all factors of what is positive are said to be positive."""
    operand = condition.operands[0]
    product = condition.kind == "positive" and isinstance(operand, Times)
    return product and all(code(factor) in stated for factor in operand.args)


def _length(condition: Condition) -> int:
    return len(str(condition.operands[0].doit()))


def _whole_numbers(conditions: Iterable[Condition]) -> list[At]:
    """Small numbers for sizes and for indices at each point; indices may be equal or not."""
    found = set().union(*(names(o) for c in conditions for o in c.operands))
    whole = sorted((s for s in found if s.is_integer), key=str)
    sizes = [s for s in whole if not _is_index(s)]
    indices = [s for s in whole if _is_index(s)]
    return [
        {s: n + 3 + draw % 2 for n, s in enumerate(sizes)}
        | {
            s: n + 1 if draw < 2 else Random(f"{s}{draw}").randint(1, 3)
            for n, s in enumerate(indices)
        }
        for draw in range(POINTS)
    ]


def _pattern(
    number: Expr, definitions: tuple[Definition, ...], places: list[At], kind: str
) -> Pattern | None:
    """Texts that multiples have in common; None where there are too few values to tell."""
    texts: list[str | None] = []
    with mpmath.workdps(DIGITS):
        for shift in range(SHIFTS):
            values = [_value(number, definitions, at, shift, n) for n, at in enumerate(places)]
            known = [v for v in values if v]
            if len(known) < 2:
                return None
            unit = known[0] if kind == "nonzero" else abs(known[0])
            texts += [None if v is None else mpmath.nstr(v / unit, COMPARED) for v in values]
    return tuple(texts)


def _value(
    number: Expr, definitions: tuple[Definition, ...], at: At, shift: int, draw: int
) -> mpmath.mpf | None:
    def leaf(base: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
        drawn = Random(f"{base}{indices}{draw}").uniform(-2, 2)
        return mpmath.mpf(abs(drawn) if base.is_positive else drawn)

    try:
        return _Shifted(at, definitions, leaf, shift).value(number, at)
    except (OutsideDomain, NotImplementedError):
        return None


class _Shifted(Point):
    """A point at which a maximum in an exponent is any number, the same wherever it stands.

    Elsewhere it has its value: it may be 0, and a multiple by it is then no other condition.
    """

    def __init__(
        self, sizes: At, definitions: tuple[Definition, ...], leaf: Leaf, shift: int
    ) -> None:
        super().__init__(sizes, definitions, (), leaf)
        self._exponents = _Exponents(sizes, definitions, (), leaf)
        self._exponents.shift = shift

    def _evaluate(self, expr: Expr, at: At) -> mpmath.mpf:
        if isinstance(expr, Exp):
            return mpmath.exp(self._exponents.value(expr.operand, at))
        return super()._evaluate(expr, at)


class _Exponents(Point):
    """What stands in exponents there."""

    shift = 0

    def _evaluate(self, expr: Expr, at: At) -> mpmath.mpf:
        if isinstance(expr, Maximum) or (isinstance(expr, Apply) and expr.function is Max):
            place = sorted((s.name, at[s]) for s in names(expr) if isinstance(s, Bound))
            number = Random(f"{code(expr)}{place}{self.shift}").uniform(0, 2)
            return mpmath.mpf(number if self.shift % 2 else -number)
        return super()._evaluate(expr, at)
