"""Results with whole vectors and matrices: their left-hand sides, and the letters in them."""

from __future__ import annotations

from sympy import Expr

from derive.arrays import Diagonal, Identity, Ones, Part, Whole
from derive.derivation import Derivation
from derive.gathering import Layout, gathered
from derive.notation import Bound, Partial, names


def whole_left(left: Expr, layout: Layout | None) -> Expr:
    """A left-hand side without the running indices: ``∂L/∂W`` for ``∂L/∂W_{kl}``."""
    assert layout is not None
    match left:
        case Partial(Partial(operand, first), second):
            # By a column and a row, in the order in which they are read.
            return Partial(Partial(operand, _whole(second, layout)), _whole(first, layout))
        case Partial(operand, variable):
            return Partial(_whole(operand, layout), _whole(variable, layout))
    return _whole(left, layout)


def _whole(entry: Expr, layout: Layout) -> Expr:
    """An entry without those indices that run along the array."""
    row, column = (i if i in names(entry) else None for i in (layout.row, layout.column))
    running = layout.at(row, column)
    return gathered(entry, running) or entry if running.indices else entry


def in_words(derivation: Derivation) -> tuple[Expr, ...]:
    """The arrays that need a word: rows, ones, the identity, and one diagonal for all of them.

    One of a sum over rows looks like any other.
    """
    found = sorted(_written(derivation), key=lambda a: (type(a).__name__, a.code))
    rows = [a for a in found if isinstance(a, Part) and a.names]
    own = [a for a in rows if not any(isinstance(n, Bound) for n in a.names)]
    others = [a for a in found if isinstance(a, (Ones, Identity))]
    diagonals = [a for a in found if isinstance(a, Diagonal)]
    return (*own, *others, *diagonals[:1])


def has_bold(derivation: Derivation) -> bool:
    """Whether a whole array is written in bold, as those called by small letters are."""
    whole = [a for a in _written(derivation) if isinstance(a, Whole)]
    return any(not a.base.name[:1].isupper() for a in whole)


def _written(derivation: Derivation) -> frozenset[Expr]:
    """All that is written without its running indices, and what arrays are made of beside it."""
    shown: list[Expr] = []
    for inner in derivation.walk():
        entries = {str(d.base): d.entry for d in inner.definitions}
        for key, form in inner.arrays.items():
            left = entries.get(key, inner.statement)
            shown += [whole_left(left, form.layout), *(s.after for s in form.steps)]
    return frozenset(a for e in shown for a in e.atoms(Part, Ones, Identity, Diagonal))
