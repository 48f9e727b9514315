"""Array code: what a closed form becomes when every index turns into an axis.

Scalar arithmetic keeps the inert nodes of ``derive.notation``, now over whole arrays; the nodes
here are what arrays have beyond it. They speak of axes by position only, counted from the end
because batch axes come first, so that two parts that compute the same thing are equal, whatever
their indices were called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol, Tuple
from sympy.core.symbol import Str

from derive.notation import Inert, Minus


class Name(Symbol):
    """A variable of the kernel, whose name is a Python name already."""


class Code(Inert):
    """Something that arrays can do and scalars cannot."""

    @property
    def operand(self) -> Expr:
        """The array that it is done to; the first of several."""
        return self.args[0]


class View(Code):
    """``operand[items]``; the items are text (``...``, ``:``, ``None``) or positions."""

    @property
    def items(self) -> tuple[Expr, ...]:
        return self.args[1:]


class Moved(Code):
    """``operand`` with its last axes in another order: axis ``order[p]`` comes to place ``p``."""

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(map(int, self.args[1]))


class Reduced(Code):
    """``operand`` summed, or its norm, maximum or the place of that taken, over the last axes."""

    @property
    def way(self) -> str:
        return self.args[1].name

    @property
    def count(self) -> int:
        return int(self.args[2])


class Contracted(Code):
    """A sum of products, ``np.einsum(subscripts, *operands)``: nothing larger is ever built."""

    @property
    def operands(self) -> tuple[Expr, ...]:
        return self.args[:-1]

    @property
    def subscripts(self) -> str:
        return self.args[-1].name


class Multiplied(Code):
    """The matrix product ``left @ right`` over the last two axes of each."""

    @property
    def right(self) -> Expr:
        return self.args[1]


class Compared(Code):
    """A mask: ``first relation second``, entry by entry."""

    @property
    def relation(self) -> str:
        return self.args[1].name

    @property
    def second(self) -> Expr:
        return self.args[2]


class Both(Code):
    """Where two masks hold."""


class Chosen(Code):
    """``operand`` where the mask holds, else another value."""

    @property
    def mask(self) -> Expr:
        return self.args[1]

    @property
    def otherwise(self) -> Expr:
        return self.args[2]


class Replaced(Code):
    """``operand`` with another value at an array of positions of its last axis."""


class Cast(Code):
    """A mask or an array of integers in the kernel's floating-point type."""


class Eye(Code):
    """The identity matrix of a size."""


class Counted(Code):
    """The integers from ``start`` up to, but not including, ``stop``."""

    @property
    def start(self) -> Expr:
        return self.args[0]

    @property
    def stop(self) -> Expr:
        return self.args[1]


class Clipped(Code):
    """Positions brought into the range of an axis; those outside belong to left-out entries."""

    @property
    def size(self) -> Expr:
        return self.args[1]


class Picked(Code):
    """The entries of the last axis of ``operand`` at an array of positions."""

    @property
    def positions(self) -> Expr:
        return self.args[1]


class Others(Code):
    """For each entry of the last axis of ``operand`` the product of all others."""


class Copied(Code):
    """A copy, so that no result is an input in disguise."""


def text(*items: Any) -> tuple[Expr, ...]:
    """Items of a subscript; strings become text nodes."""
    return tuple(Str(i) if isinstance(i, str) else i for i in items)


def spread(operand: Expr, kept: tuple[bool, ...]) -> Expr:
    """``operand`` with a new axis of length one wherever ``kept`` is false."""
    if all(kept):
        return operand
    if isinstance(operand, Minus):
        return Minus(spread(operand.operand, kept))
    return View(operand, *text("...", *(":" if k else "None" for k in kept)))


def moved(operand: Expr, order: tuple[int, ...]) -> Expr:
    """``operand`` with its last axes in the given order."""
    return operand if order == tuple(range(len(order))) else Moved(operand, Tuple(*order))


def reduced(operand: Expr, way: str, count: int = 1) -> Expr:
    """``operand`` summed (``sum``) over its last ``count`` axes, or the largest (``max``, or
    ``largest`` where there may be none), the place of the first largest (``argmax``), or the root
    of the sum of its squares (``norm``)."""
    return Reduced(operand, Str(way), count)


def contracted(subscripts: str, *operands: Expr) -> Expr:
    """The sum of products that ``np.einsum`` spells with ``subscripts``."""
    return Contracted(*operands, Str(subscripts))


def compared(first: Expr, relation: str, second: Expr) -> Expr:
    """Where ``first relation second`` holds."""
    return Compared(first, Str(relation), second)


def chosen(operand: Expr, mask: Expr, otherwise: Expr, limits: Mapping[Expr, Expr | None]) -> Expr:
    """``operand`` where the mask holds, else another value.

    Where the mask leaves out the entry of one class of the last axis, that is replaced: a mask and
    a choice would take longer than the exponentials.

    Args:
        limits: The last class of each array of classes, by name.
    """
    value = otherwise if otherwise.is_number else without_last(otherwise)
    if isinstance(mask, Compared) and mask.relation == "!=" and value is not None:
        for axis, other in ((mask.operand, mask.second), (mask.second, mask.operand)):
            classes = without_last(other)
            limit = limits.get(classes)
            if limit is not None and without_last(operand) is None and counts_last(axis, limit):
                return Replaced(operand, classes, value)
    return Chosen(operand, mask, otherwise)


def counts_last(operand: Expr, stop: Expr) -> bool:
    """Whether this is the range of all positions before ``stop``, along the last axis."""
    match operand:
        case View(args=(Counted() as inner, *before, last)):
            return last == Str(":") and Str(":") not in before and counts_last(inner, stop)
        case Counted():
            return bool(operand.start == 0 and operand.stop == stop)
    return False


def without_last(operand: Expr) -> Expr | None:
    """An array without its last axis, which is of length one; None where it is not."""
    match operand:
        case Minus(inner):
            left = without_last(inner)
            return None if left is None else Minus(left)
        case View(args=(inner, *items, last)) if last == Str("None"):
            whole = all(item in (Str("..."), Str(":")) for item in items)
            return inner if whole else View(inner, *items)
    return None
