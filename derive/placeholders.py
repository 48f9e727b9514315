"""Indices of definitions are their own: one letter may run over another axis in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr, Symbol

from derive.domains import Span
from derive.facts import Definition, Given
from derive.notation import binders, names, replace, spare_indices
from derive.ranges import Ranges


def kept_apart(
    definitions: Sequence[Definition], others: Sequence[Expr], ranges: Callable[[], Ranges]
) -> tuple[Definition, ...]:
    """The definitions, with another letter for an index that has another range elsewhere.

    ``others`` is all that is no definition; what stands first keeps its letter.
    """
    around = ranges()
    for place in others:
        around.collect(place, Given())
    known = {index: (found.lower, found.upper) for index, found in around.by_index.items()}
    taken = set().union(*map(names, others), *(names(d.value) for d in definitions))
    taken |= {i for d in definitions for i in d.indices}
    spare: dict[Symbol, Span] = {}
    apart: list[Definition] = []
    for definition in definitions:
        own = ranges()
        own.collect(definition.value, Given())
        own.collect(definition.entry, Given())
        moved: dict[Expr, Expr] = {}
        for index in definition.indices:
            if index not in own.by_index:
                continue
            span = (own.by_index[index].lower, own.by_index[index].upper)
            if known.setdefault(index, span) != span:
                used = {s.name for s in (*names(definition.value), *moved.values())}
                again = (s for s, end in spare.items() if end == span and s.name not in used)
                free = next(again, None) or _free(index, definition, taken)
                moved[index] = free
                spare[free] = known[free] = span
                taken.add(free)
        apart.append(_moved(definition, moved))
    return tuple(apart)


def _free(index: Symbol, definition: Definition, taken: set[Symbol]) -> Symbol:
    """A letter that stands for nothing, nor for what the value sums over."""
    used = {s.name for s in taken} | {b.hint.name for b in binders(definition.value)}
    return next(s for s in spare_indices(index) if s.name not in used)


def _moved(definition: Definition, moved: dict[Expr, Expr]) -> Definition:
    value = replace(definition.value, moved)
    return Definition(replace(definition.entry, moved), value, definition.softmax)
