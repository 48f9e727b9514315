"""Array code as NumPy text: SymPy's own printer, taught the nodes of arrays."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, Float, Integer, Mul, Pow, Rational, S, Symbol
from sympy.core.symbol import Str
from sympy.printing.numpy import NumPyPrinter

from derive.errors import DeriveError
from derive.kernels import code as c
from derive.kernels.identifiers import identifier
from derive.notation import Apply, Exp, Log, Minus, Plus, Power, Quotient, Times

SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(5)


class ArrayPrinter(NumPyPrinter):
    """Prints array code; terms and factors stay in the order written."""

    def __init__(self) -> None:
        super().__init__({"fully_qualified_modules": True, "strict": True})

    def _module_format(self, fqn: str, register: bool = True) -> str:
        return f"np.{super()._module_format(fqn, register).removeprefix('numpy.')}"

    def _at(self, level: int, expr: Expr) -> str:
        printed: str = self._print(expr)
        return printed if _level(expr) >= level else f"({printed})"

    # --- scalar arithmetic, entry by entry -------------------------------------------------------

    def _print_Symbol(self, expr: Symbol) -> str:
        return identifier(expr.name)

    def _print_Str(self, expr: Str) -> str:
        return expr.name

    def _print_Plus(self, expr: Plus) -> str:
        first, *rest = expr.args
        return self._at(SUM, first) + "".join(
            f" - {self._at(PRODUCT, t.operand)}" if isinstance(t, Minus) else f" + {self._at(NEGATIVE, t)}"
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
            return f"np.sqrt({self._print(expr.base)})"
        exponent = expr.exponent
        # NumPy refuses integers to a negative integer power; the base may be one in small cases.
        if isinstance(exponent, Integer) and exponent < 0:
            return f"{self._at(ATOM, expr.base)} ** {int(exponent)}.0"
        return f"{self._at(ATOM, expr.base)} ** {self._at(ATOM, exponent)}"

    def _print_Exp(self, expr: Exp) -> str:
        return f"np.exp({self._print(expr.operand)})"

    def _print_Log(self, expr: Log) -> str:
        return f"np.log({self._print(expr.operand)})"

    def _print_Apply(self, expr: Apply) -> str:
        """A function by its printed form over placeholders, which SymPy cannot evaluate away."""
        places = [Symbol(f"place_{n}", real=True) for n in range(len(expr.operands))]
        function: Any = expr.function
        name = function.__name__
        try:
            pattern = super()._print(function(*places))
        except Exception:
            pattern = ""
        if not pattern.startswith(("np.", "-np.", "(np.", "abs(")) or "np.math." in pattern:
            raise DeriveError(
                f"NumPy has no {name}; write the loss with functions that it has, "
                "or use the mpmath kernel"
            )
        for place, operand in zip(places, expr.operands, strict=True):
            pattern = pattern.replace(place.name, self._at(ATOM, operand))
        return pattern

    # --- arrays ----------------------------------------------------------------------------------

    def _print_View(self, expr: c.View) -> str:
        items = ", ".join(self._item(i) for i in expr.items)
        return f"{self._at(ATOM, expr.operand)}[{items}]"

    def _item(self, item: Expr) -> str:
        if isinstance(item, c.Counted):
            start = "" if item.start == 0 else self._print(item.start)
            return f"{start}:{self._print(item.stop)}"
        return self._print(item)

    def _print_Moved(self, expr: c.Moved) -> str:
        operand = self._print(expr.operand)
        if expr.order == (1, 0):
            return f"np.swapaxes({operand}, -1, -2)"
        count = len(expr.order)
        sources = tuple(place - count for place in expr.order)
        targets = tuple(range(-count, 0))
        return f"np.moveaxis({operand}, {sources}, {targets})"

    def _print_Reduced(self, expr: c.Reduced) -> str:
        axes = -1 if expr.count == 1 else tuple(range(-expr.count, 0))
        return f"np.{expr.way}({self._print(expr.operand)}, axis={axes})"

    def _print_Contracted(self, expr: c.Contracted) -> str:
        operands = ", ".join(self._print(o) for o in expr.operands)
        return f'np.einsum("{expr.subscripts}", {operands}, optimize=True)'

    def _print_Compared(self, expr: c.Compared) -> str:
        return f"{self._at(NEGATIVE, expr.operand)} {expr.relation} {self._at(NEGATIVE, expr.second)}"

    def _print_Both(self, expr: c.Both) -> str:
        return " & ".join(f"({self._print(a)})" for a in expr.args)

    def _print_Chosen(self, expr: c.Chosen) -> str:
        parts = (expr.mask, expr.operand, expr.otherwise)
        return f"np.where({', '.join(map(self._print, parts))})"

    def _print_Cast(self, expr: c.Cast) -> str:
        return f"{self._at(ATOM, expr.operand)}.astype(dtype)"

    def _print_Eye(self, expr: c.Eye) -> str:
        return f"np.eye({self._print(expr.operand)}, dtype=dtype)"

    def _print_Counted(self, expr: c.Counted) -> str:
        start = "" if expr.start == 0 else f"{self._print(expr.start)}, "
        return f"np.arange({start}{self._print(expr.stop)})"

    def _print_Clipped(self, expr: c.Clipped) -> str:
        return f"np.clip({self._print(expr.operand)}, 0, {self._print(expr.size - 1)})"

    def _print_Picked(self, expr: c.Picked) -> str:
        return f"_picked({self._print(expr.operand)}, {self._print(expr.positions)})"

    def _print_Copied(self, expr: c.Copied) -> str:
        return f"np.array({self._print(expr.operand)})"


def _level(expr: Expr) -> int:
    """How tightly the text of ``expr`` holds together."""
    match expr:
        case c.Compared() | c.Both():
            return SUM - 1
        case Plus() | Add():
            return SUM
        case Minus():
            return NEGATIVE
        case Integer() | Float() | Rational() if expr.is_negative:
            return NEGATIVE
        case Times() | Quotient() | Mul() | Rational(q=_) if not isinstance(expr, Integer):
            return PRODUCT
        case Pow():
            return POWER
        case Power() if expr.exponent != S.Half:
            return POWER
    return ATOM
