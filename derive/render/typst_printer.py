r"""Typst for formulas: how each part is written down.

Brackets, commas and slashes that are to be seen are escaped, so that those which are not belong
to Typst's own syntax; signs are written as the characters themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from sympy import (
    Abs,
    Add,
    Expr,
    Max,
    Min,
    Mul,
    Pow,
    Symbol,
    beta,
    ceiling,
    factorial,
    floor,
    gamma,
    zeta,
)
from sympy.core.basic import Basic
from sympy.printing.latex import LatexPrinter

from derive.errors import DeriveError
from derive.reading import read
from derive.render.conventions import is_fraction
from derive.render.formula_printer import Formulas
from derive.render.typst_text import escape, has_script, latex_text, string, symbol_name
from derive.render.typst_width import width

_SMALL = re.compile(r"((?:hat|tilde|macron)\()?([a-z])(\))?")
_TALL = ("frac(", "∑", "∏", "lr(", "max_", "cases(", "mat(", "tallopening", "stacked(")
_DECIMAL = re.compile(r"\d,\d")
_KNOWN = frozenset(
    ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "arcsin", "arccos")
)
_NAMES = {Max: "max", Min: "min", gamma: "Γ", zeta: "ζ", beta: "Β"}
_BRACKETS = {floor: ("⌊", "⌋"), ceiling: ("⌈", "⌉")}


class TypstPrinter(Formulas):
    """Prints one expression."""

    DOT = " ⋅ "
    THIN = " thin "
    AFTER_DERIVATIVE = " thin "
    PARTIAL = "∂"
    NOT_EQUAL = "≠"
    AT_MOST = "≤"
    AT_LEAST = "≥"
    COMMA = "\\,"
    SLASH = "\\/"
    EXP = "exp"
    TRANSPOSE = "sans(T)"
    DOTS: ClassVar[Mapping[str, str]] = MappingProxyType({"h": "⋯", "v": "⋮", "d": "⋱"})
    MARK_OPENING = "marked("

    printmethod = "_typst"

    def sub(self, base: str, index: str) -> str:
        return f"{base}_({index})"

    def sup(self, base: str, exponent: str) -> str:
        return f"{base}^({exponent})"

    def grouped(self, text: str) -> str:
        return f"grouped({text})"

    def separator(self, left: Expr, right: Expr) -> str:
        # TeX puts a little space on both sides of a fraction by itself.
        found = super().separator(left, right)
        low = self._script or self._inline or found != " "
        return found if low or not (is_fraction(left) or is_fraction(right)) else self.THIN

    def fraction(self, above: str, below: str) -> str:
        return f"frac({above}, {below})"

    def root(self, text: str) -> str:
        return f"sqrt({text})"

    def fenced(self, text: str) -> str:
        return self._between("\\(", text, "\\)")

    def bars(self, text: str) -> str:
        return self._between('class("opening", \\|)', text, 'class("closing", \\|)')

    def squared(self, text: str) -> str:
        return self._between("\\[", text, "\\]")

    def word(self, name: str) -> str:
        return name

    def upright(self, word: str) -> str:
        return f"op({string(escape(word))})"

    def listed(self, texts: Iterable[str]) -> str:
        found = list(texts)
        comma = self._decimal_mark == "," and any(_DECIMAL.search(text) for text in found)
        return ("\\; " if comma else "\\, ").join(found)

    def indicator(self, condition: str) -> str:
        return f"{self.bold('1')}_(\\{{ {condition} \\}})"

    def blank(self, rows: int) -> str:
        return f"blank(#14em, #{rows})"

    def whole(self, name: str) -> str:
        small = _SMALL.fullmatch(name)
        if small is None:
            return name
        before, letter, after = small.groups(default="")
        return before + self.bold(letter) + after

    def bold(self, letter: str) -> str:
        return f"upright(bold({letter}))"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        return f"cases({', '.join(f'{value} & quad {condition}' for value, condition in rows)})"

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        body = "; ".join(", ".join(row) for row in rows)
        return f"lr([thin mat(delim: #none, {body}) thin])"

    def _between(self, opening: str, text: str, closing: str) -> str:
        inside = f"{opening} {text} {closing}"
        return f" lr({inside})" if self.is_tall(text) else inside

    def is_tall(self, text: str) -> bool:
        return any(command in text for command in _TALL)

    def symbol(self, name: str) -> str:
        return symbol_name(name)

    def is_letter(self, text: str) -> bool:
        return len(text) == 1

    def adjacent(self, letters: list[str]) -> str:
        return " ".join(letters)

    def has_script(self, text: str) -> bool:
        return has_script(text)

    def named(self, function: type) -> str:
        name = function.__name__
        if name in self._functions:
            return f"op({string(escape(self._functions[name]))})"
        if function in _NAMES:
            return _NAMES[function]
        text = symbol_name(name)
        if name in _KNOWN:
            return name
        word = text.startswith(('"', "italic("))
        return f"op({string(escape(name))})" if word else text

    def has_own_sign(self, function: type) -> bool:
        return function in _BRACKETS or function in (Abs, factorial)

    def with_own_sign(self, function: type, operands: Sequence[Expr]) -> str:
        [text] = map(self._print, operands)
        if function in _BRACKETS:
            opening, closing = _BRACKETS[function]
            return self._between(opening, text, closing)
        return f"{text if isinstance(operands[0], Symbol) else self.fenced(text)} !"

    def summation(self, below: Sequence[str], above: str) -> str:
        return f"∑_({_rows(below)})^({above})"

    def product(self, below: Sequence[str], above: str) -> str:
        return f"∏_({_rows(below)})^({above})"

    def maximum(self, below: Sequence[str]) -> str:
        return f"max_({_rows(below)})"

    def argmax(self, below: Sequence[str]) -> str:
        return f"arg max_({_rows(below)})"

    def mark(self, text: str) -> str:
        return f"{self.MARK_OPENING}{text})"

    def mark_binary(self, sign: str) -> str:
        return f'class("binary", {self.mark(sign)})'

    def width(self, text: str) -> float:
        return width(text)

    def gathered(self, lines: Sequence[str]) -> str:
        return f"stacked({', '.join(lines)})"

    # Both halves of a pair have a fixed size: they stand on different lines.

    def opened(self, text: str) -> str:
        return f" tallopening {text}"

    def closed(self, text: str) -> str:
        return f"{text} tallclosing"

    def emptyPrinter(self, expr: Basic) -> str:
        """Indices such as ``k + 1`` by way of our nodes, numbers such as π by way of LaTeX."""
        if isinstance(expr, (Add, Mul, Pow)):
            return self._print(read(expr))
        mark = "comma" if self._decimal_mark == "," else "period"
        found = latex_text(LatexPrinter({"decimal_separator": mark}).doprint(expr))
        if found is None:
            raise DeriveError(
                f"there is no way yet to print {type(expr).__name__} in a PDF; "
                "write the LaTeX document instead"
            )
        return found


def _rows(lines: Sequence[str]) -> str:
    return " \\ ".join(lines)
