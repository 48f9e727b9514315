"""What a format has to say of itself so that formulas can be printed in it.

Which brackets, signs and dots a formula needs is the same everywhere (``formula_printer``); how
a fraction or a subscript is written down is not, and stands in one subclass of this a format.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from sympy import Expr
from sympy.printing.printer import Printer

from derive.render.document import Logarithm
from derive.render.marking import Marked
from derive.render.names import FREE, Names


class Markup(Printer):
    """How the parts of a formula are written; ``names`` are those that bound indices avoid."""

    DOT: ClassVar[str]
    """A multiplication sign, with the spaces around it."""
    THIN: ClassVar[str]
    """A little space between two factors."""
    AFTER_DERIVATIVE: ClassVar[str]
    """What stands between the sign of a derivative and what it is taken of."""
    PARTIAL: ClassVar[str]
    NOT_EQUAL: ClassVar[str]
    AT_MOST: ClassVar[str]
    AT_LEAST: ClassVar[str]
    COMMA: ClassVar[str]
    SLASH: ClassVar[str]
    MARK_OPENING: ClassVar[str]
    """What a marked part begins with."""
    EXP: ClassVar[str]
    TRANSPOSE: ClassVar[str]
    DOTS: ClassVar[Mapping[str, str]]
    """Dots that go on across, down and both ways: ``h``, ``v`` and ``d``."""

    def __init__(
        self,
        names: Names = FREE,
        decimal_mark: str = ".",
        inline: bool = False,
        *,
        indicator: bool = False,
        functions: Mapping[str, str] = MappingProxyType({}),
        logarithm: Logarithm = "log",
    ) -> None:
        super().__init__(self.settings(decimal_mark))
        self._names = names
        self._decimal_mark = decimal_mark
        self._indicator = indicator  # deltas as indicators
        self._functions = functions  # what a language calls sin and the like
        self.logarithm = self.word(logarithm)
        self._inline = inline  # within a sentence, where fractions are set as a/b
        self._script = 0  # how deep we are in exponents, where simple ones are

    def settings(self, decimal_mark: str) -> dict[str, object]:
        """Settings of SymPy's own printer, where the format has one."""
        return {}

    def word(self, name: str) -> str:
        """The sign of a function that is known everywhere, such as ``log``."""
        raise NotImplementedError

    def upright(self, word: str) -> str:
        """A word that goes before what it is applied to, such as ``diag``."""
        raise NotImplementedError

    def listed(self, texts: Iterable[str]) -> str:
        """Arguments in a row; with semicolons where one of them has a decimal comma."""
        raise NotImplementedError

    # Scripts, fractions, brackets

    def sub(self, base: str, index: str) -> str:
        raise NotImplementedError

    def sup(self, base: str, exponent: str) -> str:
        raise NotImplementedError

    def grouped(self, text: str) -> str:
        """One thing, so that a script goes to all of it."""
        raise NotImplementedError

    def fraction(self, above: str, below: str) -> str:
        raise NotImplementedError

    def root(self, text: str) -> str:
        raise NotImplementedError

    def fenced(self, text: str) -> str:
        """``text`` in brackets that are tall enough."""
        raise NotImplementedError

    def bars(self, text: str) -> str:
        """``text`` between vertical bars that are tall enough."""
        raise NotImplementedError

    def squared(self, text: str) -> str:
        """``text`` in square brackets."""
        raise NotImplementedError

    def indicator(self, condition: str) -> str:
        """One where the condition holds, else zero."""
        raise NotImplementedError

    def blank(self, rows: int) -> str:
        """Room to write in."""
        raise NotImplementedError

    def whole(self, name: str) -> str:
        """The name of an array without its indices: small letters in bold."""
        raise NotImplementedError

    def bold(self, letter: str) -> str:
        """One letter or digit, upright and bold."""
        raise NotImplementedError

    def cases(self, rows: Sequence[tuple[str, str]]) -> str:
        """Values and their conditions behind one brace."""
        raise NotImplementedError

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        raise NotImplementedError

    def is_tall(self, text: str) -> bool:
        """Whether a formula is higher than a line of text."""
        raise NotImplementedError

    # Names

    def symbol(self, name: str) -> str:
        raise NotImplementedError

    def named(self, function: type) -> str:
        """The name of a function."""
        raise NotImplementedError

    def has_own_sign(self, function: type) -> bool:
        """Whether a function is written with a sign of its own, as ``|x|`` is."""
        raise NotImplementedError

    def with_own_sign(self, function: type, operands: Sequence[Expr]) -> str:
        raise NotImplementedError

    def has_script(self, text: str) -> bool:
        """Whether a symbol already carries a subscript or superscript."""
        return "_" in text or "^" in text or "'" in text

    def is_letter(self, text: str) -> bool:
        """Whether the text of a symbol is a single letter."""
        raise NotImplementedError

    # Operators

    def summation(self, below: Sequence[str], above: str) -> str:
        """A summation sign with what stands below it, line by line, and above it."""
        raise NotImplementedError

    def product(self, below: Sequence[str], above: str) -> str:
        raise NotImplementedError

    def maximum(self, below: Sequence[str]) -> str:
        raise NotImplementedError

    def argmax(self, below: Sequence[str]) -> str:
        raise NotImplementedError

    # Marks

    def mark(self, text: str) -> str:
        """``text`` in the colour of what has changed."""
        raise NotImplementedError

    def mark_binary(self, sign: str) -> str:
        """A marked sign between two terms."""
        raise NotImplementedError

    def marking(self, expr: Expr, text: str) -> str:
        """``text``, marked if ``expr`` is."""
        return self.mark(text) if isinstance(expr, Marked) else text

    def begins_with_minus(self, text: str) -> bool:
        return text.removeprefix(self.MARK_OPENING).startswith("-")

    # Lines

    def width(self, text: str) -> float:
        """Roughly how wide a formula will be, in em."""
        raise NotImplementedError

    def gathered(self, lines: Sequence[str]) -> str:
        """Lines one below the other, as one thing."""
        raise NotImplementedError

    def opened(self, text: str) -> str:
        """A tall opening bracket that is closed on another line, and ``text`` after it."""
        raise NotImplementedError

    def closed(self, text: str) -> str:
        """``text`` and the bracket that closes an opening one."""
        raise NotImplementedError
