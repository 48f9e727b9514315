"""Sums with dots and matrices as they stand on paper, whatever the format."""

from __future__ import annotations

from sympy import Expr, Integer
from sympy.core.basic import Atom, Basic

from derive.display import Choice, Dotted, Grid
from derive.notation import Binder, Inert, Plus, replace
from derive.render.marking import Marked


class Dots(Atom, Expr):
    """What is left out; ``kind`` is the direction it goes on in: ``h``, ``v`` or ``d``."""

    __slots__ = ("kind",)
    kind: str
    is_commutative = True

    def __new__(cls, kind: str = "h") -> Dots:
        dots = Basic.__new__(cls)
        dots.kind = kind
        return dots

    def _hashable_content(self) -> tuple[str]:
        return (self.kind,)


class Rows(Inert):
    """A matrix on paper: ``Rows(count, *cells)``, so many cells a row."""

    @property
    def rows(self) -> tuple[tuple[Expr, ...], ...]:
        width, cells = int(self.args[0]), self.args[1:]
        return tuple(cells[n : n + width] for n in range(0, len(cells), width))


class Family(Inert):
    """All entries together: ``Family(entry, row, column)``."""


def displayed(expr: Expr) -> Expr:
    """``expr`` with its dotted sums as terms, and its matrices as rows, with dots between them."""
    if not isinstance(expr, Inert) or not expr.heads & {Dotted, Grid}:
        return expr
    if isinstance(expr, Dotted):
        return _terms(expr)
    if isinstance(expr, Grid):
        return _rows(expr)
    if isinstance(expr, Binder):
        body, index = expr.open()
        return expr.over(displayed(body), index)
    return Basic.__new__(type(expr), *map(displayed, expr.args))


def _terms(total: Dotted) -> Expr:
    body, index = total.open()
    inner = displayed(body)
    shown = [total.lower, total.lower + 1]
    parts = [_at(inner, {index: place}) for place in shown]
    for place in (*total.shown, total.upper):
        parts += [Dots(), _at(inner, {index: place})]
    return Plus(*parts)


def _rows(grid: Grid) -> Expr:
    """The first two rows and columns and the last, with dots in all directions; or one row."""
    entry = displayed(grid.entry)
    first = (Integer(1), Integer(2))

    def row(place: Expr) -> list[Expr]:
        cells = [_at(entry, {grid.row: place, grid.column: other}) for other in first]
        return [*cells, Dots("h"), _at(entry, {grid.row: place, grid.column: grid.columns})]

    if grid.rows == 1:
        cells = row(first[0])
        return Rows(Integer(len(cells)), *cells)
    between = [Dots("v"), Dots("v"), Dots("d"), Dots("v")]
    cells = [*row(first[0]), *row(first[1]), *between, *row(grid.rows)]
    return Rows(Integer(len(between)), *cells)


def _at(expr: Expr, places: dict[Expr, Expr]) -> Expr:
    """An entry at given places, of which two are the same only if they are written alike."""
    return _decided(replace(expr, places), set(places.values()))


def _decided(expr: Expr, places: set[Expr]) -> Expr:
    match expr:
        case Choice(first, second, same, other) if places & {first, second}:
            return _decided(same if first == second else other, places)
        case Marked(operand):
            return Marked(_decided(operand, places))
    return expr
