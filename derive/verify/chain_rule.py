"""Whether a step is the chain rule through the entries of a definition."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.facts import Definition
from derive.notation import Partial, Times, Total, bases, entries, names
from derive.verify.canonical import same
from derive.verify.sources import unfolded

Definitions = tuple[Definition, ...]


def is_chain(before: Expr, after: Expr, through: Definition, definitions: Definitions) -> bool:
    """Whether ``after`` is ``Σ_j ∂u/∂w_j · ∂w_j/∂v`` for ``before = ∂u/∂v``, over all the ``w_j``.

    ``w`` is what ``through`` defines, and ``v`` must act on ``u`` through it alone. An index of
    ``w`` that is not summed over must be the same wherever ``w`` occurs in ``u``.
    """
    spans: dict[Symbol, Expr] = {}
    while isinstance(after, Total):
        if after.lower != 1 or after.excluded:
            return False
        upper = after.upper
        after, index = after.open()
        spans[index] = upper
    match before, after:
        case Partial(), Times((Partial() as outer, Partial() as inner)):
            if outer.variable != inner.operand:
                outer, inner = inner, outer
        case _:
            return False
    entry = inner.operand
    if not isinstance(entry, Indexed) or entry.base != through.base or outer.variable != entry:
        return False
    if inner.variable != before.variable or not same(outer.operand, before.operand):
        return False
    if names(before) & set(spans) or not _covers(entry, spans):
        return False
    others = tuple(d for d in definitions if d.base != through.base)
    written = before.operand
    for definition in reversed(others):
        written = unfolded(written, definition)
    variable = before.variable
    target = variable.base if isinstance(variable, Indexed) else variable
    if target == through.base or target in bases(written) | names(written):
        return False
    fixed = [(n, a) for n, a in enumerate(entry.indices) if a not in spans]
    used = [e for e in entries(written) if e.base == through.base]
    return all(e.indices[n] == a for e in used for n, a in fixed)


def _covers(entry: Indexed, spans: dict[Symbol, Expr]) -> bool:
    """Whether each index of the sums runs over all of an axis of its own."""
    shape = entry.base.shape or ()
    for index, upper in spans.items():
        axes = [n for n, a in enumerate(entry.indices) if index in names(a)]
        if len(axes) != 1 or entry.indices[axes[0]] != index or shape[axes[0]] != upper:
            return False
    return True
