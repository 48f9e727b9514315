"""Definitions written out."""

from __future__ import annotations

from sympy import Expr, Indexed, IndexedBase

from derive.arrays import Entry
from derive.facts import Definition
from derive.notation import Binder, replace


def value_of(entry: Expr, definition: Definition) -> Expr:
    """The value of one entry of a definition."""
    if not isinstance(entry, Indexed):
        return definition.value
    return replace(definition.value, dict(zip(definition.indices, entry.indices, strict=True)))


def unfold(expr: Expr, definitions: tuple[Definition, ...]) -> Expr:
    """``expr`` over the inputs only: every defined entry replaced by its value."""
    by_base = {d.base: d for d in definitions}

    def visit(node: Expr) -> Expr:
        base = node.base if isinstance(node, Indexed) else node
        if base in by_base:
            return visit(value_of(node, by_base[base]))
        if not node.args or isinstance(node, (Indexed, IndexedBase)):
            return node
        if isinstance(node, Entry):
            # What an array is made of is defined entry by entry.
            return visit(node.written_out)
        if isinstance(node, Binder):
            body, index = node.open()
            return node.over(visit(body), index)
        return node.func(*(visit(a) for a in node.args))

    return visit(expr)
