"""From the entry of an array to the array: ``a_k b_l`` is the entry of ``a b^T``."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as with_changes

from sympy import Expr, Indexed, IndexedBase

from derive.arrays import Column, Product, Row, Transposed, Whole
from derive.notation import Minus, Plus, Quotient, Times, Total, bases, factors, names, plus, times


@dataclass(frozen=True)
class Layout:
    """How entries are put together to an array.

    Attributes:
        row, column: The indices that run down and across; None for an axis of length one.
        upright: Matrices whose rows are written as columns, such as the inputs ``x_n``.
    """

    row: Expr | None = None
    column: Expr | None = None
    upright: frozenset[IndexedBase] = frozenset()

    def at(self, row: Expr | None, column: Expr | None) -> Layout:
        """The same for other indices."""
        return with_changes(self, row=row, column=column)

    @property
    def indices(self) -> tuple[Expr, ...]:
        return tuple(i for i in (self.row, self.column) if i is not None)


def gathered(expr: Expr, layout: Layout, contract: bool = False) -> Expr | None:
    """The array whose entry at the indices of ``layout`` is ``expr``; None where there is none.

    With ``contract`` a sum over an index becomes a matrix product, otherwise a sum of arrays.
    """
    if not set(layout.indices) <= names(expr):
        return None
    match expr:
        case Indexed():
            return _entry(expr, layout)
        case Plus(terms):
            found = [gathered(t, layout, contract) for t in terms]
            if any(f is None for f in found):
                return None
            if all(isinstance(_unsigned(f), Transposed) for f in found):
                return Transposed(plus(*map(_flipped, found)))
            return plus(*found)
        case Minus(operand):
            inner = gathered(operand, layout, contract)
            return None if inner is None else Minus(inner)
        case Quotient(above, below):
            inner = (
                None if set(layout.indices) & names(below) else gathered(above, layout, contract)
            )
            return None if inner is None else Quotient(inner, below)
        case Times():
            return _product(expr, layout, contract)
        case Total():
            return _contraction(expr, layout) if contract else _total(expr, layout)
    return None


def _unsigned(array: Expr) -> Expr:
    return array.operand if isinstance(array, Minus) else array


def _flipped(array: Expr) -> Expr:
    """The operand of a transposed array, with its sign."""
    inner = _unsigned(array).operand
    return Minus(inner) if isinstance(array, Minus) else inner


def _entry(entry: Indexed, layout: Layout) -> Expr | None:
    match entry.indices:
        case (only,):
            found, down = Whole(entry.base), only == layout.row
        case (first, last) if {first, last} == set(layout.indices):
            found, down = Whole(entry.base), first == layout.row
        case (first, last) if layout.indices == (last,):
            upright = entry.base in layout.upright
            found = (Column if upright else Row)(entry.base, first)
            down = (last == layout.row) is upright
        case _:
            return None
    return found if down else Transposed(found)


def _product(expr: Times, layout: Layout, contract: bool) -> Expr | None:
    """Scalars times one array, or a column times a row."""
    wanted = set(layout.indices)
    scalars = [f for f in expr.args if not wanted & names(f)]
    others = [f for f in expr.args if wanted & names(f)]
    if len(others) == 1:
        inner = gathered(others[0], layout, contract)
        return None if inner is None else times(*scalars, inner)
    across = [f for f in others if layout.column in names(f)]
    down = [f for f in others if layout.row in names(f)]
    if layout.row is None or layout.column is None or len(across) + len(down) > len(others):
        return None
    left = gathered(times(*down), layout.at(layout.row, None), contract)
    right = gathered(times(*across), layout.at(None, layout.column), contract)
    return None if left is None or right is None else times(*scalars, Product(left, right))


def _total(total: Total, layout: Layout) -> Expr | None:
    """The sum of the arrays of its terms."""
    body, index = total.open()
    inner = gathered(body, layout)
    return None if inner is None else total.over(inner, index)


def _contraction(total: Total, layout: Layout) -> Expr | None:
    """A matrix product: what has the row's index times what has the column's."""
    body, index = total.open()
    if total.excluded or total.lower != 1:
        return None
    row, column = layout.row, layout.column
    if row is None and column is not None and bases(total) & layout.upright:
        # A row of what is written as columns.
        upright = gathered(total, layout.at(column, None), True)
        return None if upright is None else Transposed(upright)
    parts = factors(body)
    down = [f for f in parts if row is not None and row in names(f)]
    across = [f for f in parts if column is not None and column in names(f)]
    middle = [f for f in parts if f not in down and f not in across]
    if row is None and not down:
        down, middle = middle[:1], middle[1:]
    if column is None and not across:
        across, middle = middle, []
    if not down or not across or len(down) + len(across) + len(middle) > len(parts):
        return None
    left = gathered(times(*down), layout.at(row, index), True)
    if index not in set().union(*map(names, across)):
        # What lacks the index of the sum comes after all that has it.
        inner = gathered(times(*middle), layout.at(index, None), True) if middle else None
        right = gathered(times(*across), layout.at(None, column), True)
        if left is None or inner is None or right is None:
            return None
        return Product(Product(left, inner), right)
    right = gathered(times(*across), layout.at(index, column), True)
    return None if left is None or right is None or middle else Product(left, right)
