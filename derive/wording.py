"""How errors name things: as a person wrote them."""

from __future__ import annotations

from typing import Any

from sympy import Symbol
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.notation import (
    Opened,
    bases,
    names,
)


def quoted(value: Any) -> str:
    """What a user handed in, for a message; text is told from the expression that it looks like."""
    return f"the text {value!r}" if isinstance(value, str) else str(value)


def readable(expr: Basic) -> Basic:
    """An expression with its bound indices called what their author called them."""
    return expr.xreplace({s: s.hint for s in names(expr) if isinstance(s, Opened)})


def sizes_in(expr: Basic) -> frozenset[Symbol]:
    """The symbols in the shapes of the arrays that occur."""
    shapes = [size for base in bases(expr) for size in base.shape or ()]
    return frozenset().union(*map(names, shapes))


def contradiction(*facts: object) -> DeriveError:
    """The error that facts cannot hold together."""
    *others, last = map(str, facts)
    return DeriveError(
        f"the facts {', '.join(others)} and {last} contradict each other; "
        "keep the one that is meant"
    )
