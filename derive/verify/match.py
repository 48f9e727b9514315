"""What is known in the course of matching, and ways to take parts of sums and products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from types import MappingProxyType
from typing import cast

from sympy import Expr, S, Symbol, Tuple
from sympy.core.basic import Basic

from derive.laws import Meta, Rest, Value
from derive.notation import Binder, Bound, Bracket, Delta, Minus, Power, entries, heads, names
from derive.verify.canonical import constant, product, same, text
from derive.verify.instance import instantiate

Items = tuple[Expr, ...]


@dataclass(frozen=True)
class Match:
    """What the metavariables stand for.

    Attributes:
        values: Expressions by metavariable; for a function a pair of its indices and the
            body; for excluded indices a tuple.
        rows: Values of the metavariables that differ from argument to argument of an ``Each``.
        locals: The indices bound around the place; a metavariable must not contain them.
        varying: The metavariables that may differ between the arguments of an ``Each``.
        shared: Texts of the factors that all these arguments have.
    """

    values: Mapping[Symbol, object] = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[Mapping[Symbol, object], ...] | None = None
    locals: tuple[Symbol, ...] = ()
    varying: frozenset[Symbol] = frozenset()
    shared: frozenset[str] = frozenset()

    def bind(self, meta: Symbol, value: object) -> Match:
        return with_changes(self, values={**self.values, meta: value})


def known(pattern: Expr, match: Match) -> Expr:
    """What a pattern stands for whose metavariables are all known."""
    return instantiate(pattern, match.values, ())


def is_open(pattern: Expr, match: Match) -> bool:
    """Whether the pattern is a metavariable that can still stand for anything."""
    if isinstance(pattern, Value):
        return pattern.function not in match.values
    return isinstance(pattern, Meta) and pattern not in match.values


def waits(pattern: Basic, match: Match) -> bool:
    """Whether the pattern is the value of a function that only another part can tell."""
    if not isinstance(pattern, Value) or pattern.function in match.values:
        return False
    return not set(pattern.indices) <= set(match.locals)


def settled(pattern: Value, expr: Expr, match: Match) -> Iterator[Match]:
    """``match`` with the index of a known function, which may be any index in ``expr``."""
    index, *others = pattern.indices
    if others or not isinstance(index, Meta) or index in match.values or index in match.locals:
        yield match
        return
    used = (at for entry in entries(expr) for at in entry.indices)
    alone = sorted((s for s in names(expr) if s.is_integer), key=str)
    for candidate in dict.fromkeys((*used, *alone)):
        if not isinstance(candidate, Bound):
            yield match.bind(index, candidate)


def ordered(wanted: Items, match: Match) -> Items:
    """What tells most comes first: what binds an index, other nodes, then metavariables."""

    def rank(pattern: Expr) -> int:
        if isinstance(pattern, Value):
            return 3 if waits(pattern, match) else 2
        if isinstance(pattern, Meta):
            return 2
        return 0 if any(issubclass(head, Binder) for head in heads(pattern)) else 1

    return tuple(sorted(wanted, key=rank))


def choices(items: Items, all_of_them: bool = False) -> Iterator[tuple[Items, Items]]:
    """All ways to take some of the items, the most first."""
    if all_of_them:
        yield items, ()
        return
    if not items:
        yield (), ()
        return
    for taken, left in choices(items[1:]):
        yield (items[0], *taken), left
        yield taken, (items[0], *left)


def likely_choices(
    items: Items, meta: Expr, match: Match, all_of_them: bool
) -> Iterator[tuple[Items, Items]]:
    """The same; for what does not vary, those among the factors that all arguments have first."""
    if match.shared and not all_of_them and meta not in match.varying:
        common = tuple(i for i in items if text(i) in match.shared)
        others = tuple(i for i in items if text(i) not in match.shared)
        for taken, left in choices(common):
            yield taken, (*left, *others)
    yield from choices(items, all_of_them)


def one_taken_out(factor: Expr) -> Items:
    """A whole power as its base and the rest of it; any other factor alone."""
    match factor:
        case Power(base, exponent) if exponent.is_Integer and exponent > 1:
            return base, base if exponent == 2 else Power(base, exponent - 1)
    return (factor,)


def removed(wanted: Items, items: Items) -> Items | None:
    """``items`` without the wanted ones, which may also be taken out of powers of theirs."""
    left = list(items)
    for one in wanted:
        twin = next((n for n, item in enumerate(left) if same(item, one)), None)
        if twin is not None:
            del left[twin]
            continue
        base, exponent = one.args if isinstance(one, Power) else (one, S.One)
        for n, item in enumerate(left):
            own, power = item.args if isinstance(item, Power) else (item, S.One)
            difference = power.doit() - exponent.doit()
            if same(own, base) and (isinstance(item, Power) or difference.is_positive):
                left[n] = Power(base, difference)
                break
        else:
            return None
    return tuple(left)


def without(items: Items, one: Expr) -> Items:
    """``items`` without the very one that is given."""
    at = next(n for n, item in enumerate(items) if item is one)
    return items[:at] + items[at + 1 :]


def powers(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Base and exponent, reading ``expr`` as a power: ``x`` is ``x^1``, ``1/x`` is ``x^-1``."""
    if isinstance(expr, Power):
        yield expr.base, expr.exponent
    whole = product(expr)
    if whole.number == 1 and not whole.above and len(whole.below) == 1:
        under = whole.below[0]
        yield under, S.NegativeOne
        if isinstance(under, Power):
            number = constant(under.exponent)
            yield under.base, Minus(under.exponent) if number is None else -number
            if under.exponent.is_Add:
                # 1/x^(j - k) is x^(k - j), too: which of them is seen depends on the names alone.
                yield under.base, -under.exponent
    yield expr, S.One


def both_sides(
    expr: Delta | Bracket, known: tuple[Expr | None, ...] = (None, None)
) -> Iterator[tuple[Expr, Expr]]:
    """The ways to read two indices: ``δ_jk`` is ``δ_kj``, ``[k <= j - 1]`` is ``[k + 1 <= j]``.

    Where it is ``known`` what one of them has to be, the other is what it is then.
    """
    first, second = expr.args
    yield first, second
    if isinstance(expr, Delta):
        yield second, first
        for at, side in enumerate(known):
            other = None if side is None else expr.partner(side)
            if other is not None:
                yield (cast(Expr, side), other) if at == 0 else (other, cast(Expr, side))
        return
    for offset, _ in (side.as_coeff_Add() for side in (second, first)):
        if offset:
            yield first - offset, second - offset
    for at, side in enumerate(known):
        if side is not None:
            moved = side - expr.args[at]
            yield first + moved, second + moved


def left_out(rest: Rest, found: Items, match: Match) -> Iterator[Match]:
    """All excluded indices that are left at once."""
    if rest not in match.values:
        if not names(Tuple(*found)).intersection(match.locals):
            yield match.bind(rest, found)
    elif sorted(map(str, cast(Items, match.values[rest]))) == sorted(map(str, found)):
        yield match
