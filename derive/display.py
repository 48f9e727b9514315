"""Ways of writing: a value for each of two cases, sums with dots, matrices.

They are nodes of the inert notation, and mean what the plain form means; they stand for lines that
a textbook shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from sympy import Expr, KroneckerDelta, Symbol, Tuple, sympify
from sympy.core.basic import Basic

from derive.notation import Inert, Total, code


class Choice(Inert):
    """One value where two indices are equal, another where they differ."""

    __match_args__ = ("first", "second", "same", "other")

    @property
    def first(self) -> Expr:
        return self.args[0]

    @property
    def second(self) -> Expr:
        return self.args[1]

    @property
    def same(self) -> Expr:
        """The value where the indices are equal."""
        return self.args[2]

    @property
    def other(self) -> Expr:
        """The value where they differ."""
        return self.args[3]

    def doit(self, **hints: Any) -> Expr:
        delta = KroneckerDelta(self.first, self.second)
        return delta * self.same.doit(**hints) + (1 - delta) * self.other.doit(**hints)


class Dotted(Total):
    """A sum over the bound index that is written with dots: ``a_1 + a_2 + ... + a_C``.

    ``shown`` are indices whose terms are written too: ``a_1 + ... + a_t + ... + a_C``. It is the
    same sum as without dots, and no index is excluded from it.
    """

    def __new__(cls, body: Any, limits: Iterable[Any], shown: Iterable[Any] = ()) -> Dotted:
        total = Total(body, limits)
        if total.excluded:
            raise ValueError("a sum that leaves out an index is not written with dots")
        return Basic.__new__(cls, *total.args, Tuple(*map(sympify, shown)))

    @property
    def shown(self) -> tuple[Expr, ...]:
        return tuple(self.args[2])

    @property
    def total(self) -> Total:
        """The same sum with a summation sign."""
        body, index = self.open()
        return Total(body, (index, *self.limits[1:]))

    @property
    def outside(self) -> tuple[Expr, ...]:
        return (self.lower, self.upper, *self.shown)

    def again(self, body: Any, index: Symbol, outside: Iterable[Expr]) -> Dotted:
        lower, upper, *shown = outside
        return Dotted(body, (index, lower, upper), shown)

    @cached_property
    def code(self) -> str:
        return f"Total({','.join(code(a) for a in self.args[:2])})"


class Grid(Inert):
    """An entry that is written as the matrix it belongs to.

    ``Grid(entry, row, rows, column, columns)`` means its entry; on paper it is the matrix of the
    entries for ``row`` from 1 to ``rows`` and ``column`` from 1 to ``columns``, with dots. With
    ``rows`` 1 it is written as a row, as in ``[x_1 x_2 ... x_k]``.
    """

    __match_args__ = ("entry", "row", "rows", "column", "columns")

    @property
    def entry(self) -> Expr:
        return self.args[0]

    @property
    def row(self) -> Expr:
        return self.args[1]

    @property
    def rows(self) -> Expr:
        return self.args[2]

    @property
    def column(self) -> Expr:
        return self.args[3]

    @property
    def columns(self) -> Expr:
        return self.args[4]

    @property
    def running(self) -> tuple[Expr, ...]:
        """The indices of all entries."""
        return (self.column,) if self.rows == 1 else (self.row, self.column)

    def doit(self, **hints: Any) -> Expr:
        return self.entry.doit(**hints)
