r"""Softmaxes written as the function and its argument: ``\sigma(z)_i`` for ``\hat{y}_i``."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed, IndexedBase, Symbol
from sympy.core.basic import Basic

from derive.facts import Definition
from derive.notation import Exp, Inert, Quotient
from derive.render.document import Document
from derive.render.mapping import mapped

_SIGMA = r"\sigma"


def with_softmax_names(document: Document, definitions: tuple[Definition, ...]) -> Document:
    """The document with each softmax called by its argument, where that is an array.

    A parameter that divides it is named too; a softmax of anything else keeps its name, and so do
    all where the user has a sigma or two would be called the same.
    """
    calls = {d.base: _call(d) for d in definitions if d.softmax and isinstance(d.base, IndexedBase)}
    named = [name for name in calls.values() if name is not None]
    if len(set(named)) < len(named) or _has_sigma(document):
        return document
    new = {
        base: IndexedBase(name, shape=base.shape)
        for base, name in calls.items()
        if name is not None
    }
    return mapped(document, lambda expr: _renamed(expr, new)) if new else document


def _call(definition: Definition) -> str | None:
    """The function and its argument, as a name."""
    value = definition.value
    if not (isinstance(value, Quotient) and isinstance(value.numerator, Exp)):
        return None
    match value.numerator.operand:
        case Indexed() as entry if _is_row(entry, definition):
            return f"{_SIGMA}({entry.base.name})"
        case Quotient(Indexed() as entry, Symbol() as scale) if _is_row(entry, definition):
            return f"{_SIGMA}({entry.base.name}/{scale.name})"
    return None


def _is_row(entry: Indexed, definition: Definition) -> bool:
    return tuple(entry.indices) == definition.indices


def _has_sigma(document: Document) -> bool:
    found: set[str] = set()

    def look(expr: Basic) -> Basic:
        found.update(getattr(s, "name", "") for s in expr.atoms(Symbol))
        return expr

    mapped(document, look)
    return bool(found & {_SIGMA, "sigma"})


def _renamed(expr: Basic, new: Mapping[Expr, IndexedBase]) -> Basic:
    if expr in new:
        return new[expr]
    if isinstance(expr, Indexed):
        indices = (_renamed(a, new) for a in expr.indices)
        return Indexed(new.get(expr.base, expr.base), *indices)
    if not expr.args or isinstance(expr, IndexedBase):
        return expr
    args = [_renamed(a, new) for a in expr.args]
    # Not through the constructor: a binder would be closed anew, a delta sorted anew.
    return Basic.__new__(type(expr), *args) if isinstance(expr, Inert) else expr.func(*args)
