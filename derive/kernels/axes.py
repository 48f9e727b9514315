"""Array code with the indices of its axes, and how parts with other axes are aligned."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Symbol

from derive.kernels import code as c


@dataclass(frozen=True)
class Lowered:
    """Array code and the indices of its last axes; ``plain`` for Python numbers and sizes.

    A mask ``of_numbers`` tells numbers apart, any other one places.
    """

    code: Expr
    axes: tuple[Symbol, ...] = ()
    plain: bool = False
    of_numbers: bool = False


@dataclass(frozen=True)
class Array:
    """A named array with the sizes of its axes: an argument, or a definition computed before.

    An index on which a definition does not depend has no axis: its size is None. A definition
    that is a Python number is ``plain``.
    """

    name: c.Name
    axes: tuple[Expr | None, ...]
    plain: bool = False


def aligned(part: Lowered, axes: tuple[Symbol, ...]) -> Expr:
    """The code of ``part`` with its axes in the order of ``axes`` and the others of length one."""
    if part.plain:
        return part.code
    present = [a for a in axes if a in part.axes]
    in_order = c.moved(part.code, tuple(part.axes.index(a) for a in present))
    return c.spread(in_order, tuple(a in part.axes for a in axes))


def cast(part: Lowered) -> Lowered:
    """A mask or integers as floating-point numbers; Python's numbers are weak already."""
    return part if part.plain else Lowered(c.Cast(part.code), part.axes)
