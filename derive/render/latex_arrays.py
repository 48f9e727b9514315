"""LaTeX for vectors and matrices: whole arrays in bold or capitals, rows with their index."""

from __future__ import annotations

import re

from sympy import Expr, Indexed

from derive.arrays import Column, Entry, Part, Product, Row, Transposed, Whole
from derive.render.latex_leaves import LeafPrinter, fenced

_SMALL = re.compile(r"(\\(?:hat|tilde|bar)\{)?([a-z])(\})?")


class ArrayPrinter(LeafPrinter):
    """Prints arrays without their running indices."""

    def _print_Whole(self, expr: Whole) -> str:
        name = self._print(expr.base)
        small = _SMALL.fullmatch(name)
        if small is None:
            return name
        before, letter, after = small.groups(default="")
        return rf"{before}\mathbf{{{letter}}}{after}"

    def _print_Row(self, expr: Row) -> str:
        return self._print(Indexed(expr.base, *expr.fixed))

    def _print_Column(self, expr: Column) -> str:
        return self._print(Indexed(expr.base, *expr.fixed))

    def _print_Transposed(self, expr: Transposed) -> str:
        text = self._print(expr.operand)
        return rf"{text if isinstance(expr.operand, Part) else fenced(text)}^{{\mathsf{{T}}}}"

    def _print_Product(self, expr: Product) -> str:
        return f"{self.factor(expr.left, last=False)} {self.factor(expr.right, last=True)}"

    def _print_Entry(self, expr: Entry) -> str:
        indices = "".join(self._print(i) for i in expr.indices)
        text = self._print(expr.array)
        return rf"\left[ {text} \right]_{{{indices}}}" if indices else text

    def factor(self, expr: Expr, last: bool) -> str:
        """A factor of a product, in brackets where it needs them."""
        raise NotImplementedError
