"""The inert nodes as Python text, in the order written; for subclasses of SymPy's printers."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, Float, Integer, Mul, Pow, Rational, S, Symbol

from derive.errors import DeriveError
from derive.kernels.code import Both, Compared, Multiplied
from derive.notation import Apply, Exp, Log, Minus, Plus, Power, Quotient, Times

MASK, SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(6)
"""How tightly a text holds together; the looser one goes into parentheses."""


class InertPrinter:
    """Arithmetic; ``module`` is the short name of the module that has ``exp`` and the rest."""

    module: str
    language: str
    accepted: tuple[str, ...] = ()
    """Further beginnings of texts that stand for functions the target has."""

    def _print(self, expr: Any, **options: Any) -> str:
        printed: str = super()._print(expr, **options)  # type: ignore[misc]
        return printed

    def _module_format(self, fqn: str, register: bool = True) -> str:
        return f"{self.module}.{fqn.rpartition('.')[2]}"

    def _at(self, level: int, expr: Expr) -> str:
        printed = self._print(expr)
        return printed if holding(expr) >= level else f"({printed})"

    def _print_Plus(self, expr: Plus) -> str:
        first, *rest = expr.args
        return self._at(SUM, first) + "".join(
            f" - {self._at(PRODUCT, t.operand)}"
            if isinstance(t, Minus)
            else f" + {self._at(NEGATIVE, t)}"
            for t in rest
        )

    def _print_Minus(self, expr: Minus) -> str:
        return f"-{self._at(PRODUCT, expr.operand)}"

    def _print_Times(self, expr: Times) -> str:
        first, *rest = expr.args
        return " * ".join([self._at(PRODUCT, first), *(self._at(POWER, f) for f in rest)])

    def _print_Quotient(self, expr: Quotient) -> str:
        return f"{self._at(PRODUCT, expr.numerator)} / {self._at(POWER, expr.denominator)}"

    def _print_Power(self, expr: Power) -> str:
        if expr.exponent == S.Half:
            return f"{self.module}.sqrt({self._print(expr.base)})"
        exponent = expr.exponent
        return f"{self._at(ATOM, expr.base)} ** {self._at(ATOM, exponent)}"

    def _print_Exp(self, expr: Exp) -> str:
        return f"{self.module}.exp({self._print(expr.operand)})"

    def _print_Log(self, expr: Log) -> str:
        return f"{self.module}.log({self._print(expr.operand)})"

    def _print_Apply(self, expr: Apply) -> str:
        """A function by its printed form over placeholders, which SymPy cannot evaluate away."""
        places = [Symbol(f"place_{n}", real=True) for n in range(len(expr.operands))]
        name = expr.function.__name__
        try:
            pattern = self._print(expr.function(*places))
        except (NotImplementedError, KeyError):
            pattern = ""
        if f"{self.module}." not in pattern and not pattern.startswith(self.accepted):
            wider = "" if self.language == "mpmath" else ', or take kernel("mpmath")'
            raise DeriveError(
                f"{name} is not among the functions of {self.language}; "
                f"write the loss with others{wider}"
            )
        for place, operand in zip(places, expr.operands, strict=True):
            pattern = pattern.replace(place.name, self._at(ATOM, operand))
        return pattern


def holding(expr: Expr) -> int:
    """How tightly the text of ``expr`` holds together."""
    match expr:
        case Compared() | Both():
            return MASK
        case Plus() | Add():
            return SUM
        case Minus():
            return NEGATIVE
        case Integer() | Float() | Rational() if expr.is_negative:
            return NEGATIVE
        case Multiplied():
            return PRODUCT
        case Times() | Quotient() | Mul() | Rational(q=_) if not isinstance(expr, Integer):
            return PRODUCT
        case Pow():
            return POWER
        case Power() if expr.exponent != S.Half:
            return POWER
    return ATOM
