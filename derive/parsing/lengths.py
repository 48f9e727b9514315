"""Which ends of sums are lengths of arrays, from where the letters of these sums stand.

In ``sum(c[l]*e[n-l], l=1..q)`` the array c ends where the sum does, so q is a size, also where
another sum starts at ``q + 1``. In ``sum(x[i], i=1..t) + sum(y[i]*x[i], i=t+1..N)`` the array x
goes on, and t is an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from derive.parsing.statement import Statement
from derive.parsing.tree import Entry, Name, Node, Relation, Total

Axis: TypeAlias = tuple[str, int]
End: TypeAlias = str | Axis
"""The name that a sum goes up to, "" where it is none, or the axis of a definition."""


def lengths_of(statement: Statement) -> frozenset[str]:
    """The names at which the sums over some array end, and no sum over it at anything else."""
    found: dict[Axis, set[End]] = {}
    for tree in statement.expressions:
        _gather(tree, {}, found)
    for relation in statement.where:
        _gather(relation, _own(relation), found)
    _exchange(found)
    ends = [{e for e in one if isinstance(e, str)} for one in found.values()]
    alone = {next(iter(one)) for one in ends if len(one) == 1}
    return frozenset(alone.difference(*(one for one in ends if len(one) > 1)) - {""})


def _own(relation: Relation) -> dict[str, End]:
    """The letters of a definition, which run over the axes of what it defines."""
    left = relation.left
    if not isinstance(left, Entry):
        return {}
    return {i.name: (left.name, n) for n, i in enumerate(left.indices) if isinstance(i, Name)}


def _gather(node: Node, scope: Mapping[str, End], found: dict[Axis, set[End]]) -> None:
    """Note at every axis where the sum ends whose letter stands there alone."""
    if isinstance(node, Entry):
        for axis, end in _standing(node, scope):
            found.setdefault(axis, set()).add(end)
    if isinstance(node, Total):
        for one in node.limits:
            end = one.upper.name if isinstance(one.upper, Name) else ""
            scope = {**scope, one.index.name: end}
    for part in node.parts:
        _gather(part, scope, found)


def _standing(entry: Entry, scope: Mapping[str, End]) -> Iterator[tuple[Axis, End]]:
    for number, index in enumerate(entry.indices):
        if isinstance(index, Name) and index.name in scope:
            yield (entry.name, number), scope[index.name]


def _exchange(found: dict[Axis, set[End]]) -> None:
    """Axes that the letter of one definition runs over end where the others do; in place."""
    changed = True
    while changed:
        changed = False
        for ends in list(found.values()):
            for axis in [e for e in ends if isinstance(e, tuple)]:
                other = found.setdefault(axis, set())
                both = ends | other
                if both != ends or both != other:
                    ends |= both
                    other |= both
                    changed = True
