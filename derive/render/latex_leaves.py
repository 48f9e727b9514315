"""LaTeX for the leaves of formulas: symbols, indices, numbers, and the letters of laws."""

from __future__ import annotations

from sympy import Expr, Indexed, IndexedBase, Integer, Rational, Symbol
from sympy.printing.latex import LatexPrinter

from derive.laws import Each, Slope, Value
from derive.notation import Bound, Bracket, Delta, Opened
from derive.render.document import Blank, Logarithm
from derive.render.latex_text import has_script, symbol_name
from derive.render.marking import unmarked
from derive.render.names import FREE, Names
from derive.render.rule_formula import Prime

_TALL = (r"\frac", r"\sum", r"\left", r"\max_", r"\begin", r"\bigg")


class LeafPrinter(LatexPrinter):
    """Prints leaves; ``names`` are those that bound indices must keep clear of."""

    def __init__(
        self,
        names: Names = FREE,
        decimal_mark: str = ".",
        inline: bool = False,
        logarithm: Logarithm = "log",
    ) -> None:
        mark = "comma" if decimal_mark == "," else "period"
        super().__init__({"decimal_separator": mark})
        self._names = names
        self._inline = inline  # within a sentence, where fractions are set as a/b
        self.logarithm = rf"\{logarithm}"
        self._script = 0  # how deep we are in exponents, where simple ones are

    # Leaves

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        if isinstance(expr, (Bound, Opened)):
            return symbol_name(expr.hint.name)
        return symbol_name(expr.name)

    _print_Dummy = _print_Symbol

    def _print_IndexedBase(self, expr: IndexedBase) -> str:
        return symbol_name(expr.name)

    def _print_Indexed(self, expr: Indexed) -> str:
        base = self._print(expr.base)
        if has_script(base):
            base = f"{{{base}}}"
        return f"{base}_{{{self.indices(expr.indices)}}}"

    def indices(self, indices: tuple[Expr, ...]) -> str:
        """Indices in a row, with commas only where they are needed."""
        texts = [self._print(i) for i in indices]
        # kl is read as two indices, 12 and k+1l are not.
        short = all(
            isinstance(unmarked(i), Symbol) and not has_script(t) and _is_letter(t)
            for i, t in zip(indices, texts, strict=True)
        )
        return ("" if short else ",").join(texts)

    # Numbers

    def _print_Integer(self, expr: Integer) -> str:
        return str(expr.p) if expr.p >= 0 else f"- {-expr.p}"

    def _print_Rational(self, expr: Rational) -> str:
        sign = "- " if expr.p < 0 else ""
        if self._script or self._inline:
            return f"{sign}{abs(expr.p)} / {expr.q}"
        return rf"{sign}\frac{{{abs(expr.p)}}}{{{expr.q}}}"

    # Indices

    def _print_Delta(self, expr: Delta) -> str:
        return rf"\delta_{{{self.indices(expr.args)}}}"

    def _print_Bracket(self, expr: Bracket) -> str:
        return rf"[{self._print(expr.lower)} \le {self._print(expr.upper)}]"

    def _print_Blank(self, expr: Blank) -> str:
        return rf"\DeriveBlank{{14em}}{{{expr.rows}}}"

    # What laws are made of

    def _print_Value(self, expr: Value) -> str:
        return f"{self._print(expr.function).lower()}_{{{self._print(expr.index)}}}"

    def _print_Each(self, expr: Each) -> str:
        return self._print(expr.pattern)

    def _print_Slope(self, expr: Slope) -> str:
        function = self._print(expr.function)
        arguments = ", ".join(self._print(u) for u in expr.operands)
        prime = "'" if len(expr.operands) == 1 else f"_{expr.position}'"
        return f"{function}{prime}{fenced(arguments)}"

    def _print_Prime(self, expr: Prime) -> str:
        text = self._print(expr.operand)
        match expr.operand:
            case Symbol():
                return f"{text}'"
            case Value(function, index):
                return f"{self._print(function).lower()}_{{{self._print(index)}}}'"
        return f"{fenced(text)}'"


def fenced(text: str) -> str:
    """``text`` in brackets that are tall enough."""
    return rf"\left( {text} \right)" if is_tall(text) else f"({text})"


def is_tall(text: str) -> bool:
    """Whether a formula is higher than a line of text."""
    return any(command in text for command in _TALL)


def _is_letter(text: str) -> bool:
    return len(text) == 1 or (text.startswith("\\") and text[1:].isalpha())
