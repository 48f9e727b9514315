"""Softmaxes that a loss contains without a name."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace as with_changes
from itertools import chain

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.facts import Definition, Given, IndexRange
from derive.notation import (
    Binder,
    Exp,
    Log,
    Opened,
    Power,
    Quotient,
    Total,
    entries,
    factors,
    names,
    replace,
    spare_indices,
)
from derive.problem import Problem
from derive.unify import instance_of

# Names for what is recognised, in this order, past those that the user has taken.
NAMES = ("\\hat{y}", "\\hat{q}", "\\hat{r}", "\\hat{u}", "\\hat{v}")


def is_softmax(value: Expr, index: Expr) -> bool:
    """Whether ``value`` is ``e^{u_i} / Σ_j e^{u_j}`` over all of ``i``."""
    match value:
        case Quotient(Exp(_) as above, Total() as below) if not below.excluded:
            free = names(below.lower) | names(below.upper)
            return index not in free | names(below) and below.at(index) == above
    return False


def recognise(
    problem: Problem, given: Given
) -> tuple[tuple[Definition, ...], tuple[IndexRange, ...]]:
    """Definitions of the softmaxes in the loss that have no name yet, and their indices' ranges.

    A softmax is known by its denominator, a sum of exponentials over a whole axis that stands
    in a fraction or under a logarithm.
    """
    found: list[Definition] = []
    known: list[IndexRange] = []
    named = [d.value.denominator for d in given.definitions if d.softmax]
    taken_names = {b.name for b in problem.arrays} | {str(d.base) for d in given.definitions}
    spare = (
        n
        for n in (*NAMES, *(f"\\hat{{y}}^{{({k})}}" for k in range(2, 100)))
        if n not in taken_names
    )
    taken = set(names(problem.expression)) | {s for v in problem.variables for s in names(v)}
    taken |= {r.index for r in problem.ranges}
    places = (problem.expression, *(d.value for d in given.definitions))
    # A row W[j] names the softmax of the row W[t[n]] too, and not the other way round.
    partitions = [found for place in places for found in _partitions(place, given)]
    for total, scope in sorted(partitions, key=lambda found: _picks_rows(found[0])):
        outer: dict[Expr, Symbol] = {}
        ranges = {r.index: r for r in scope}
        if total.upper in ranges:
            continue  # a sum up to an index is no whole axis
        along = IndexRange(total.hint, total.lower, total.upper)
        axis = _named(along, spare_indices(total.hint), known, taken)
        own = [axis]
        for index in sorted((s for s in names(total) if s in ranges), key=str):
            around = ranges[index]
            if isinstance(index, Opened):
                # Out of its sum the bound index keeps its name where that is free.
                wished = chain((index.hint,), spare_indices(index.hint))
                around = _named(around, wished, (*problem.ranges, *known, *own))
            own.append(around)
            outer[index] = own[-1].index
        lifted = replace(total, outer)
        if any(_same(lifted, d) for d in named):
            continue
        entry_value = Quotient(lifted.at(axis.index), lifted)
        sizes = [ranges[i].upper for i in outer] + [total.upper]
        base = IndexedBase(next(spare), shape=tuple(sizes))
        entry = Indexed(base, *outer.values(), axis.index)
        found.append(Definition(entry, entry_value, softmax=True))
        known += own
        named.append(lifted)
    return tuple(found), tuple(known)


def _named(
    wanted: IndexRange,
    wished: Iterable[Symbol],
    known: Iterable[IndexRange],
    taken: AbstractSet[Expr] = frozenset(),
) -> IndexRange:
    """The range under the first of the ``wished`` names that is not ``taken``.

    Nor may it be the name of an index with another range.
    """
    known = tuple(known)
    for index in wished:
        found = with_changes(wanted, index=index)
        if index not in taken and all(r == found for r in known if r.index == index):
            return found
    return wanted


def _picks_rows(total: Total) -> bool:
    """Whether entries of arrays of classes are indices in it."""
    return any(isinstance(i, Indexed) for entry in entries(total.body) for i in entry.indices)


def _same(total: Expr, named: Expr) -> bool:
    """Whether a partition sum is one that has a name, for some values of its free indices."""
    generic = tuple(s for s in names(named) if s.is_integer)
    return instance_of(named, total, generic) is not None


def _partitions(expr: Expr, given: Given) -> list[tuple[Total, tuple[IndexRange, ...]]]:
    """Sums of exponentials in a fraction or under a logarithm, with the ranges around them."""
    here: list[tuple[Total, tuple[IndexRange, ...]]] = []
    beside: tuple[Expr, ...] = ()
    match expr:
        case Quotient(above, below):
            beside = (*factors(above), *factors(below))
        case Log(operand):
            beside = factors(operand)
    known = [r for r in given.of(IndexRange) if isinstance(r, IndexRange)]
    for factor in beside:
        total = factor.base if isinstance(factor, Power) else factor
        if isinstance(total, Total) and _is_partition(total):
            here.append((total, (*given.scope, *known)))
    if isinstance(expr, Binder):
        body, index = expr.open()
        return here + _partitions(body, given.within(index, tuple(expr.limits[1:])))
    return here + [p for a in expr.args for p in _partitions(a, given)]


def _is_partition(total: Total) -> bool:
    body, index = total.open()
    plain = total.lower == 1 and isinstance(total.upper, Symbol) and not total.excluded
    return plain and isinstance(body, Exp) and index in names(body)
