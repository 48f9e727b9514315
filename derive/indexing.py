"""What stands where an index stands: arrays of classes, and arrays of plain integers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.notation import ZERO, Binder, Bracket, Delta, bases, binders, entries, names, replace


def comparisons(expr: Expr) -> Iterator[Delta | Bracket]:
    """The deltas and brackets in ``expr``, which compare two indices."""
    if isinstance(expr, (Delta, Bracket)):
        yield expr
    elif isinstance(expr, Binder):
        yield from comparisons(expr.body)
    elif not isinstance(expr, Indexed):
        for argument in expr.args:
            yield from comparisons(argument)


def index_places(expr: Expr, ends: bool = True) -> Iterator[Expr]:
    """All that stands where an index stands; with ``ends`` what ends sums and brackets, too."""
    for entry in entries(expr):
        yield from entry.indices
    for binder in binders(expr):
        yield from binder.limits[1:] if ends else binder.excluded
    for compared in comparisons(expr):
        if ends or isinstance(compared, Delta):
            yield from compared.args


def index_arrays(expr: Expr) -> Iterator[IndexedBase]:
    """The arrays whose entries are integers, as they stand where an index stands."""
    return (base for place in index_places(expr) for base in bases(place))


def class_arrays(
    expressions: Iterable[Expr], ranged: Iterable[IndexedBase], sizes: Iterable[Symbol]
) -> frozenset[IndexedBase]:
    """The arrays of integers that are classes or counts; all others are plain integers.

    They index an array, end a sum, or are compared with an index or with others of their kind.
    ``ranged`` are those of which that is known.
    """
    expressions = list(expressions)
    found = set(ranged)
    for expr in expressions:
        places = [i for e in entries(expr) for i in e.indices]
        places += [limit for b in binders(expr) for limit in b.limits[1:]]
        found.update(base for place in places for base in bases(place))
    pairs = [c.args for e in expressions for c in comparisons(e)]
    pairs += [(second, first) for first, second in pairs]
    while True:
        more = {b for one, other in pairs if _is_index(other, found, sizes) for b in bases(one)}
        if more <= found:
            return frozenset(found)
        found |= more


def _is_index(side: Expr, classes: set[IndexedBase], sizes: Iterable[Symbol]) -> bool:
    """Whether a side of a comparison is an index or a class, no number and no plain integer."""
    free = names(replace(side, dict.fromkeys(entries(side), ZERO)))
    return bool(free - set(sizes) or bases(side) & classes)
