"""Whole arrays: vectors and matrices as inert expressions, by what their entries are.

An array here has two axes; a vector is a matrix of one column. Sums, negatives and scalar multiples
of arrays are written with the nodes of ``derive.notation``. What an array means is told by
``entry_of``, so that ``Entry(array, k, l)`` is an ordinary expression.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sympy import Expr, Indexed, IndexedBase, Symbol
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.notation import (
    ONE,
    Delta,
    Inert,
    Minus,
    Opened,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    height,
    names,
    plus,
    spare_indices,
    times,
)

Shape = tuple[Expr, Expr]


class Part(Inert):
    """An array, or one row of it, without its running indices."""

    @property
    def base(self) -> IndexedBase:
        return self.args[0]

    @property
    def fixed(self) -> tuple[Expr, ...]:
        """The indices that stay."""
        return self.args[1:]

    @cached_property
    def names(self) -> frozenset[Symbol]:
        return frozenset().union(*map(names, self.fixed))

    @cached_property
    def bases(self) -> frozenset[IndexedBase]:
        return frozenset({self.base})

    @cached_property
    def code(self) -> str:
        fixed = ",".join(code(a) for a in self.fixed)
        return f"{type(self).__name__}({self.base.name},{fixed})"

    def doit(self, **hints: Any) -> Expr:
        return self


class Whole(Part):
    """All of an array: ``y`` for the entries ``y_k``."""


class Row(Part):
    """A row of a matrix, as a row: ``B_j`` for the entries ``B_{jm}``."""


class Column(Part):
    """A row of a matrix that is written as a column: ``x_n`` for the entries ``x_{nq}``."""


class Ones(Inert):
    """The column of ones of a length."""

    @property
    def size(self) -> Expr:
        return self.args[0]


class Identity(Inert):
    """The identity matrix of a size."""

    @property
    def size(self) -> Expr:
        return self.args[0]


class Diagonal(Inert):
    """The diagonal matrix with the entries of a column."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]


class Transposed(Inert):
    """An array with its axes exchanged."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]


class Product(Inert):
    """The matrix product of two arrays."""

    __match_args__ = ("left", "right")

    @property
    def left(self) -> Expr:
        return self.args[0]

    @property
    def right(self) -> Expr:
        return self.args[1]


class Entry(Inert):
    """An entry of an array: ``Entry(array, k, l)``, with no index for an axis of length one."""

    __match_args__ = ("array", "indices")

    @property
    def array(self) -> Expr:
        return self.args[0]

    @property
    def indices(self) -> tuple[Expr, ...]:
        return self.args[1:]

    @cached_property
    def height(self) -> int:
        # Written out it may have sums that the array does not show. Where the shapes do not fit
        # there is nothing to write out; the checker says so, and it must be able to name it.
        try:
            return height(self.written_out)
        except DeriveError:
            return super().height

    @property
    def written_out(self) -> Expr:
        """The same without any array. Raises ``DeriveError`` where the shapes do not fit."""
        rows, columns = shape(self.array)
        left = list(self.indices)
        row = ONE if rows == 1 or not left else left.pop(0)
        column = ONE if columns == 1 or not left else left.pop(0)
        if left or (rows != 1 and row == ONE) or (columns != 1 and column == ONE):
            raise DeriveError(
                f"{len(self.indices)} indices do not fit the shape {rows} x {columns}"
            )
        return entry_of(self.array, row, column)

    def doit(self, **hints: Any) -> Expr:
        return self.written_out.doit(**hints)


def is_array(expr: Basic) -> bool:
    """Whether an expression stands for an array, not for a number."""
    match expr:
        case Part() | Ones() | Identity() | Diagonal() | Transposed() | Product():
            return True
        case Plus() | Times() | Minus() | Quotient():
            return any(is_array(a) for a in expr.args)
        case Total():
            return is_array(expr.body)
    return False


def shape(array: Expr) -> Shape:
    """Numbers of rows and columns. Raises ``DeriveError`` where something does not fit."""
    match array:
        case Whole():
            sizes = _running(array, 1, 2)
            return sizes[0], sizes[1] if len(sizes) == 2 else ONE
        case Row():
            return ONE, _running(array, 1)[0]
        case Column():
            return _running(array, 1)[0], ONE
        case Ones():
            return array.size, ONE
        case Identity():
            return array.size, array.size
        case Diagonal(operand):
            rows, columns = shape(operand)
            if columns != 1:
                raise DeriveError(f"a diagonal is made of a matrix with {columns} columns")
            return rows, rows
        case Transposed(operand):
            rows, columns = shape(operand)
            return columns, rows
        case Product(left, right):
            (rows, inner), (other, columns) = shape(left), shape(right)
            if inner != other:
                raise DeriveError(f"a matrix with {inner} columns times one with {other} rows")
            return rows, columns
        case Plus(args):
            found = {shape(a) for a in args}
            if len(found) != 1:
                raise DeriveError(
                    f"arrays of different shapes are added: {sorted(map(str, found))}"
                )
            return found.pop()
        case Minus(operand):
            return shape(operand)
        case Times(args):
            return shape(_only_array(args))
        case Quotient(above, below):
            if is_array(below):
                raise DeriveError(f"something is divided by the array {below}")
            return shape(above)
        case Total():
            return shape(array.body)
    raise DeriveError(f"{array} is no array")


def _running(part: Part, *counts: int) -> tuple[Expr, ...]:
    """The lengths of the axes whose indices are not fixed; ``counts`` are how many there may be."""
    sizes = tuple(part.base.shape or ())
    running = sizes[len(part.fixed) :]
    if len(running) not in counts or len(part.fixed) != (0 if isinstance(part, Whole) else 1):
        raise DeriveError(
            f"{part.base} with {len(sizes)} axes and {len(part.fixed)} fixed indices is no "
            f"{type(part).__name__.lower()}"
        )
    return running


def entry_of(array: Expr, row: Expr, column: Expr) -> Expr:
    """The entry of an array, written with entries of what it is made of."""
    match array:
        case Whole():
            indices = (row, column) if len(array.base.shape) == 2 else (row,)
            return Indexed(array.base, *indices)
        case Row():
            return Indexed(array.base, *array.fixed, column)
        case Column():
            return Indexed(array.base, *array.fixed, row)
        case Ones():
            return ONE
        case Identity():
            return Delta(row, column)
        case Diagonal(operand):
            return times(Delta(row, column), entry_of(operand, row, ONE))
        case Transposed(operand):
            return entry_of(operand, column, row)
        case Product(left, right):
            return _product_entry(left, right, row, column)
        case Plus(args):
            return plus(*(entry_of(a, row, column) for a in args))
        case Minus(operand):
            return Minus(entry_of(operand, row, column))
        case Times(args):
            one = _only_array(args)
            return times(*(entry_of(a, row, column) if a is one else a for a in args))
        case Quotient(above, below):
            _only_array((above,))
            return Quotient(entry_of(above, row, column), below)
        case Total():
            body, index = array.open()
            return array.over(entry_of(body, row, column), index)
    raise DeriveError(f"{array} is no array")


def _product_entry(left: Expr, right: Expr, row: Expr, column: Expr) -> Expr:
    inner, other = shape(left)[1], shape(right)[0]
    if inner != other:
        raise DeriveError(f"a matrix with {inner} columns times one with {other} rows")
    if inner == 1:
        return times(entry_of(left, row, ONE), entry_of(right, ONE, column))
    if isinstance(left, Diagonal):
        return times(entry_of(left.operand, row, ONE), entry_of(right, row, column))
    if isinstance(right, Diagonal):
        return times(entry_of(left, row, column), entry_of(right.operand, column, ONE))
    index = Opened(next(iter(spare_indices(Symbol("i", integer=True)))))
    both = (entry_of(left, row, index), entry_of(right, index, column))
    # A product with ones adds up, and shows no factor.
    return Total(times(*(f for f in both if f != ONE)), (index, ONE, inner))


def _only_array(factors: tuple[Expr, ...]) -> Expr:
    arrays = [f for f in factors if is_array(f)]
    if len(arrays) != 1:
        raise DeriveError(f"{len(arrays)} arrays among the factors {factors}")
    return arrays[0]
