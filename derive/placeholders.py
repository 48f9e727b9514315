"""Indices of facts and definitions are their own: one letter may run over another axis in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import TypeVar

from sympy import Expr, Indexed, Symbol
from sympy.core.basic import Basic

from derive.declarations import mentioned_in
from derive.domains import Span
from derive.facts import Definition, Fact, Given
from derive.notation import binders, entries, names, replace, spare_indices
from derive.ranges import Ranges

Known = TypeVar("Known", bound=Fact)


def kept_apart(
    facts: Sequence[Known],
    definitions: Sequence[Definition],
    others: Sequence[Expr],
    ranges: Callable[[], Ranges],
) -> tuple[tuple[Known, ...], tuple[Definition, ...]]:
    """Facts and definitions, with another letter for an index that has another range elsewhere.

    ``others`` is all that is neither; what stands first keeps its letter.
    """
    letters = _Letters(ranges)
    letters.known = letters.spans(*others)
    letters.taken = set().union(*map(names, others), *(names(mentioned_in(f)) for f in facts))
    for definition in definitions:
        letters.taken |= {*names(definition.value), *definition.indices}
    return tuple(_moved(f, letters.moved(_generic(f), mentioned_in(f))) for f in facts), tuple(
        _moved(d, letters.moved(d.indices, d.value, d.entry)) for d in definitions
    )


class _Letters:
    """Which letter an index may have: one stands for one range."""

    def __init__(self, ranges: Callable[[], Ranges]) -> None:
        self.ranges = ranges
        self.known: dict[Expr, Span] = {}
        self.taken: set[Symbol] = set()
        self.spare: dict[Symbol, Span] = {}

    def spans(self, *places: Expr) -> dict[Expr, Span]:
        """The ranges of the free indices in some places."""
        found = self.ranges()
        for place in places:
            found.collect(place, Given())
        return {index: (known.lower, known.upper) for index, known in found.by_index.items()}

    def moved(self, indices: Iterable[Symbol], *places: Expr) -> dict[Expr, Expr]:
        """Other letters for those that have another range in these places than before."""
        own = self.spans(*places)
        moved: dict[Expr, Expr] = {}
        for index in indices:
            span = own.get(index)
            if span is not None and self.known.setdefault(index, span) != span:
                used = {s.name for s in (*names(places[0]), *moved.values())}
                again = (s for s, end in self.spare.items() if end == span and s.name not in used)
                free = next(again, None) or _free(index, places[0], self.taken)
                moved[index] = free
                self.spare[free] = self.known[free] = span
                self.taken.add(free)
        return moved


def _free(index: Symbol, value: Expr, taken: set[Symbol]) -> Symbol:
    """A letter that stands for nothing, nor for what the value sums over."""
    used = {s.name for s in taken} | {b.hint.name for b in binders(value)}
    return next(s for s in spare_indices(index) if s.name not in used)


def _generic(fact: Fact) -> list[Symbol]:
    """The indices of entries in a fact, which stand there for every index."""
    about = mentioned_in(fact)
    found = entries(about)
    indices = frozenset().union(*(names(i) for entry in found for i in entry.indices))
    return sorted(indices - _beside(about), key=str)


def _beside(expr: Basic) -> frozenset[Symbol]:
    """The names in an expression that are in no entry."""
    if isinstance(expr, Indexed):
        return frozenset()
    return frozenset().union(*map(_beside, expr.args)) if expr.args else names(expr)


def _moved(known: Known, moved: dict[Expr, Expr]) -> Known:
    """The same with other letters."""
    values = {f.name: getattr(known, f.name) for f in fields(known)}
    changed = {n: replace(v, moved) for n, v in values.items() if isinstance(v, Basic)}
    return type(known)(**{**values, **changed})
