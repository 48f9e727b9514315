"""Definitions written out."""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr, Indexed, IndexedBase

from derive.arrays import Entry
from derive.facts import Definition
from derive.notation import (
    ONE,
    Binder,
    Bound,
    Delta,
    Inert,
    Times,
    bases,
    code,
    collected,
    heads,
    names,
    replace,
    times,
)


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
        opaque = any(issubclass(h, Entry) for h in heads(node))
        if not opaque and by_base.keys().isdisjoint(bases(node) | names(node)):
            return node
        if isinstance(node, Entry):
            # What an array is made of is defined entry by entry.
            return visit(node.written_out)
        if isinstance(node, Binder):
            body, index = node.open()
            return node.over(visit(body), index)
        return node.func(*(visit(a) for a in node.args))

    return visit(expr)


@lru_cache(maxsize=256)
def where_equal(definition: Definition) -> tuple[tuple[Expr, Expr], ...]:
    """Entries of a definition for which a delta in its value is one, with the value there.

    With a margin at the true class ``t`` the value at ``t`` looks like no other.
    """
    deltas = collected(definition.value, lambda part: (part,) if isinstance(part, Delta) else ())
    return tuple(
        (replace(definition.entry, one), _evaluated(replace(definition.value, one)))
        for delta in sorted(deltas, key=code)
        for own, label in (delta.args, delta.args[::-1])
        if own in definition.indices and not isinstance(label, Bound)
        for one in ({own: label},)
    )


def _evaluated(expr: Expr) -> Expr:
    """``δ_{tt}`` as the number one, and left out beside other factors."""
    match expr:
        case Delta(first, second) if first == second:
            return ONE
        case Binder():
            body, index = expr.open()
            return expr.over(_evaluated(body), index)
        case Times(parts):
            return times(*(f for f in map(_evaluated, parts) if f != 1))
        case Inert():
            return expr.func(*map(_evaluated, expr.args))
    return expr
