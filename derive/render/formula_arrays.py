"""Vectors and matrices in any format: whole arrays in bold or capitals, rows with their index."""

from __future__ import annotations

from sympy import Expr, Indexed

from derive.arrays import (
    Column,
    Diagonal,
    Entry,
    Identity,
    Ones,
    Part,
    Product,
    Row,
    Transposed,
    Whole,
)
from derive.render.formula_leaves import Leaves


class Arrays(Leaves):
    """Prints arrays without their running indices."""

    def _print_Whole(self, expr: Whole) -> str:
        return self.whole(self._print(expr.base))

    def _print_Row(self, expr: Row) -> str:
        return self._print(Indexed(expr.base, *expr.fixed))

    def _print_Column(self, expr: Column) -> str:
        return self._print(Indexed(expr.base, *expr.fixed))

    def _print_Ones(self, expr: Ones) -> str:
        return self.bold("1")

    def _print_Identity(self, expr: Identity) -> str:
        return self.bold("I")

    def _print_Diagonal(self, expr: Diagonal) -> str:
        return self.upright("diag") + self.fenced(self._print(expr.operand))

    def _print_Transposed(self, expr: Transposed) -> str:
        text = self._print(expr.operand)
        inside = text if isinstance(expr.operand, (Part, Ones)) else self.fenced(text)
        return self.sup(inside, self.TRANSPOSE)

    def _print_Product(self, expr: Product) -> str:
        return f"{self.factor(expr.left, last=False)} {self.factor(expr.right, last=True)}"

    def _print_Entry(self, expr: Entry) -> str:
        text = self._print(expr.array)
        indices = self.adjacent([self._print(i) for i in expr.indices])
        return self.sub(self.squared(text), indices) if indices else text

    def factor(self, expr: Expr, last: bool) -> str:
        """A factor of a product, in brackets where it needs them."""
        raise NotImplementedError
