"""Shapes of defined arrays that were given none: axes as long as their indices run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from sympy import Indexed, IndexedBase
from sympy.core.basic import Basic

from derive.facts import Definition, Fact, Given
from derive.notation import ONE, Inert
from derive.ranges import Ranges
from derive.wording import sizes_in

Shapes = Mapping[IndexedBase, IndexedBase]
Known = TypeVar("Known", bound=Fact)


def shapes_of(definitions: Iterable[Definition]) -> Shapes:
    """Each defined array without a shape, and the same with the one that its value tells."""
    found: dict[IndexedBase, IndexedBase] = {}
    for definition in definitions:
        base, value = definition.base, definition.value
        if not isinstance(base, IndexedBase) or base.shape is not None:
            continue
        ranges = Ranges(set(found), sizes_in(value))
        ranges.collect(shaped(value, found), Given())
        known = [ranges.by_index.get(index) for index in definition.indices]
        sizes = [one.upper for one in known if one is not None and one.lower == ONE]
        if len(sizes) == len(definition.indices):
            found[base] = IndexedBase(base.label, shape=tuple(sizes))
    return found


def shaped(expr: Any, shapes: Shapes) -> Any:
    """An expression, inert or plain, with arrays replaced by those with a shape."""
    if isinstance(expr, Indexed):
        base = shapes.get(expr.base, expr.base)
        return Indexed(base, *(shaped(a, shapes) for a in expr.indices))
    if not isinstance(expr, Basic) or not expr.args or isinstance(expr, IndexedBase):
        return expr
    args = [shaped(a, shapes) for a in expr.args]
    if all(a is b for a, b in zip(args, expr.args, strict=True)):
        return expr
    # A binder's index stays as it is: nothing is opened, so nothing has to be closed.
    return Basic.__new__(type(expr), *args) if isinstance(expr, Inert) else expr.func(*args)


def with_shapes(fact: Known, shapes: Shapes) -> Known:
    """A fact or a definition about the arrays with a shape."""
    values = {f.name: getattr(fact, f.name) for f in fields(fact)}
    return type(fact)(**{name: shaped(value, shapes) for name, value in values.items()})
