"""LaTeX for formulas: how each part is written down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from sympy import Expr, Max, Min
from sympy.printing.latex import LatexPrinter

from derive.render.formula_printer import Formulas
from derive.render.latex_text import escape, symbol_name
from derive.render.latex_width import width

MARK = r"\textcolor{DeriveChanged}"

_EXTREMES = {Max: r"\max", Min: r"\min"}
_SMALL = re.compile(r"(\\(?:hat|tilde|bar)\{)?([a-z])(\})?")
_TALL = (r"\frac", r"\sum", r"\prod", r"\left", r"\max_", r"\begin", r"\bigg")


class FormulaPrinter(Formulas, LatexPrinter):
    """Prints one expression; what is no node of ours is left to SymPy's printer."""

    DOT = r" \cdot "
    THIN = r" \, "
    AFTER_DERIVATIVE = " "
    PARTIAL = r"\partial"
    NOT_EQUAL = r"\ne"
    AT_MOST = r"\le"
    AT_LEAST = r"\ge"
    COMMA = ","
    SLASH = "/"
    EXP = r"\exp"
    TRANSPOSE = r"\mathsf{T}"
    DOTS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"h": r"\cdots", "v": r"\vdots", "d": r"\ddots"}
    )
    MARK_OPENING = MARK + "{"

    def settings(self, decimal_mark: str) -> dict[str, object]:
        return {"decimal_separator": "comma" if decimal_mark == "," else "period"}

    def sub(self, base: str, index: str) -> str:
        return f"{base}_{{{index}}}"

    def sup(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def grouped(self, text: str) -> str:
        return f"{{{text}}}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def root(self, text: str) -> str:
        return rf"\sqrt{{{text}}}"

    def fenced(self, text: str) -> str:
        return rf"\left( {text} \right)" if self.is_tall(text) else f"({text})"

    def bars(self, text: str) -> str:
        return rf"\left| {text} \right|" if self.is_tall(text) else f"|{text}|"

    def squared(self, text: str) -> str:
        return rf"\left[ {text} \right]" if self.is_tall(text) else f"[{text}]"

    def word(self, name: str) -> str:
        return f"\\{name}"

    def upright(self, word: str) -> str:
        return rf"\operatorname{{{word}}}"

    def listed(self, texts: Iterable[str]) -> str:
        found = list(texts)
        return ("; " if any("{,}" in text for text in found) else ", ").join(found)

    def indicator(self, condition: str) -> str:
        return rf"{self.bold('1')}_{{\{{{condition}\}}}}"

    def blank(self, rows: int) -> str:
        return rf"\DeriveBlank{{14em}}{{{rows}}}"

    def whole(self, name: str) -> str:
        small = _SMALL.fullmatch(name)
        if small is None:
            return name
        before, letter, after = small.groups(default="")
        return before + self.bold(letter) + after

    def bold(self, letter: str) -> str:
        return rf"\mathbf{{{letter}}}"

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        return _environment("cases", rows)

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        return rf"\DeriveRows{{{_environment('bmatrix', rows)}}}"

    def _as_ordered_terms(self, expr: Expr, order: str | None = None) -> list[Expr]:
        """An index such as ``n - l`` does not begin with a minus where it can be avoided."""
        terms = list(super()._as_ordered_terms(expr, order=order))
        first = next((n for n, t in enumerate(terms) if not t.could_extract_minus_sign()), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]

    def is_tall(self, text: str) -> bool:
        return any(command in text for command in _TALL)

    def symbol(self, name: str) -> str:
        return symbol_name(name)

    def is_letter(self, text: str) -> bool:
        return len(text) == 1 or (text.startswith("\\") and text[1:].isalpha())

    def named(self, function: type) -> str:
        name = function.__name__
        if name in self._functions:
            own = escape(self._functions[name])
            # Accented letters are text, which mathematical mode does not have.
            own = own if own.isascii() else rf"\text{{{own}}}"
            return rf"\operatorname{{{own}}}"
        if function in _EXTREMES:
            return _EXTREMES[function]
        safe = name.isascii() and name.isidentifier()
        return self._hprint_Function(name).strip() if safe else symbol_name(name)

    def has_own_sign(self, function: type) -> bool:
        return function not in _EXTREMES and hasattr(LatexPrinter, f"_print_{function.__name__}")

    def with_own_sign(self, function: type, operands: Sequence[Expr]) -> str:
        return self._print(function(*operands, evaluate=False))

    def summation(self, below: Sequence[str], above: str) -> str:
        return rf"\sum_{{{_stacked(below)}}}^{{{above}}}"

    def product(self, below: Sequence[str], above: str) -> str:
        return rf"\prod_{{{_stacked(below)}}}^{{{above}}}"

    def maximum(self, below: Sequence[str]) -> str:
        return rf"\max_{{{_stacked(below)}}}"

    def argmax(self, below: Sequence[str]) -> str:
        return rf"\arg\max_{{{_stacked(below)}}}"

    def mark(self, text: str) -> str:
        return f"{self.MARK_OPENING}{text}}}"

    def mark_binary(self, sign: str) -> str:
        return rf"\mathbin{{{self.mark(sign)}}}"

    def width(self, text: str) -> float:
        return width(text)

    def gathered(self, lines: Sequence[str]) -> str:
        return rf"\begin{{gathered}} {_rows(lines)} \end{{gathered}}"

    # \left and \right cannot reach across lines, so the size is fixed.

    def opened(self, text: str) -> str:
        return rf"\biggl( {text}"

    def closed(self, text: str) -> str:
        return rf"{text} \biggr)"


def _environment(name: str, rows: Sequence[Sequence[str]]) -> str:
    texts = [" & ".join(row) for row in rows]
    # Fractions above each other need some air.
    joined = (r" \\[4pt] " if any(r"\frac" in t for t in texts) else r" \\ ").join(texts)
    return rf"\begin{{{name}}} {joined} \end{{{name}}}"


def _rows(lines: Sequence[str]) -> str:
    return r" \\ ".join(lines)


def _stacked(lines: Sequence[str]) -> str:
    return lines[0] if len(lines) == 1 else rf"\substack{{{_rows(lines)}}}"
