"""The leaves of formulas in any format: symbols, indices, numbers, and the letters of laws."""

from __future__ import annotations

from sympy import Expr, Indexed, IndexedBase, Integer, Rational, Symbol

from derive.laws import Each, Slope, Value
from derive.notation import Bound, Bracket, Delta, Opened
from derive.render.display import Dots, Family
from derive.render.document import Blank
from derive.render.formula_markup import Markup
from derive.render.marking import unmarked
from derive.render.rule_formula import Prime


class Leaves(Markup):
    """Prints leaves."""

    # Leaves

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        if isinstance(expr, (Bound, Opened)):
            return self.symbol(expr.hint.name)
        return self.symbol(expr.name)

    _print_Dummy = _print_Symbol

    def _print_IndexedBase(self, expr: IndexedBase) -> str:
        return self.symbol(expr.name)

    def _print_Indexed(self, expr: Indexed) -> str:
        base = self._print(expr.base)
        if self.has_script(base):
            base = self.grouped(base)
        return self.sub(base, self.indices(expr.indices))

    def indices(self, indices: tuple[Expr, ...]) -> str:
        """Indices in a row, with commas only where they are needed."""
        texts = [self._print(i) for i in indices]
        # kl is read as two indices, 12 and k+1l are not.
        short = all(
            isinstance(unmarked(i), Symbol) and not self.has_script(t) and self.is_letter(t)
            for i, t in zip(indices, texts, strict=True)
        )
        return self.adjacent(texts) if short else self.COMMA.join(texts)

    def adjacent(self, letters: list[str]) -> str:
        """Letters side by side."""
        return "".join(letters)

    # Numbers

    def _print_Integer(self, expr: Integer) -> str:
        return str(expr.p) if expr.p >= 0 else f"- {-expr.p}"

    def _print_Rational(self, expr: Rational) -> str:
        sign = "- " if expr.p < 0 else ""
        if self._script or self._inline:
            return f"{sign}{abs(expr.p)} {self.SLASH} {expr.q}"
        return sign + self.fraction(str(abs(expr.p)), str(expr.q))

    # Indices

    def _print_Delta(self, expr: Delta) -> str:
        if self._indicator:
            return self.indicator(" = ".join(map(self._print, expr.args)))
        return self.sub(self.symbol("delta"), self.indices(expr.args))

    def _print_Family(self, expr: Family) -> str:
        entry, *indices = expr.args
        return self.sub(self.fenced(self._print(entry)), self.indices(tuple(indices)))

    def _print_Dots(self, expr: Dots) -> str:
        return self.DOTS[expr.kind]

    def _print_Blank(self, expr: Blank) -> str:
        return self.blank(expr.rows)

    def _print_Bracket(self, expr: Bracket) -> str:
        return self.squared(f"{self._print(expr.lower)} {self.AT_MOST} {self._print(expr.upper)}")

    # What laws are made of

    def _print_Value(self, expr: Value) -> str:
        return self.sub(
            self._print(expr.function).lower(), self.listed(map(self._print, expr.indices))
        )

    def _print_Each(self, expr: Each) -> str:
        return self._print(expr.pattern)

    def _print_Slope(self, expr: Slope) -> str:
        function = self._print(expr.function)
        arguments = self.listed(self._print(u) for u in expr.operands)
        several = len(expr.operands) > 1
        prime = f"_{expr.position}'" if several else "'"
        return f"{function}{prime}{self.fenced(arguments)}"

    def _print_Prime(self, expr: Prime) -> str:
        text = self._print(expr.operand)
        if isinstance(expr.operand, (Symbol, Value)):
            return f"{text}'"
        return f"{self.fenced(text)}'"
