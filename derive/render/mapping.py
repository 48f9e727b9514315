"""A document with its expressions changed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from dataclasses import replace as with_changes
from typing import TypeVar, cast

from sympy.core.basic import Basic

Change = Callable[[Basic], Basic]
Part = TypeVar("Part")


def mapped(part: Part, change: Change) -> Part:
    """A document, or a part of one, with ``change`` applied to each expression in it."""
    if isinstance(part, Basic):
        return cast(Part, change(part))
    if isinstance(part, tuple):
        return cast(Part, tuple(mapped(p, change) for p in part))
    if is_dataclass(part) and not isinstance(part, type):
        parts = {f.name: getattr(part, f.name) for f in fields(part)}
        return with_changes(part, **{n: mapped(p, change) for n, p in parts.items()})
    return part
