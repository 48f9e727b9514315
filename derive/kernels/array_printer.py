"""Array code as NumPy text: SymPy's own printer, taught the nodes of arrays."""

from __future__ import annotations

from functools import reduce

from sympy import Expr, Integer, Symbol, erf, erfc, gamma, loggamma, polygamma
from sympy.core.symbol import Str
from sympy.printing.numpy import NumPyPrinter

from derive.kernels import code as c
from derive.kernels.complement import log_half_erfc, log_half_erfcx
from derive.kernels.gaps import exp_rise
from derive.kernels.identifiers import identifier
from derive.kernels.inert_printer import ATOM, NEGATIVE, InertPrinter
from derive.kernels.norms import hypot
from derive.kernels.steps import polygamma_step
from derive.kernels.together import ratio
from derive.notation import Apply, Power

BROUGHT = {
    erf: "_erf",
    erfc: "_erfc",
    exp_rise: "_exp_rise",
    hypot: "np.hypot",
    log_half_erfc: "_log_half_erfc",
    log_half_erfcx: "_log_half_erfcx",
    gamma: "_gamma",
    loggamma: "_lgamma",
    polygamma: "_polygamma",
    polygamma_step: "_polygamma_step",
    ratio: "_ratio",
}
"""Functions that SymPy does not print for NumPy; most of them the kernel brings along."""


class ArrayPrinter(InertPrinter, NumPyPrinter):
    """Prints array code; terms and factors stay in the order written."""

    module = "np"
    accepted = ("abs(",)

    def __init__(self) -> None:
        super().__init__({"strict": True})
        self.language = "NumPy"
        # SymPy falls back on Python's math, which knows no arrays.
        self.known_functions: dict[str, str] = {
            function: name
            for function, name in self.known_functions.items()
            if not name.startswith("math.")
        }

    def _print_Symbol(self, expr: Symbol) -> str:
        return identifier(expr.name)

    def _print_Name(self, expr: c.Name) -> str:
        return expr.name

    def _print_Str(self, expr: Str) -> str:
        return expr.name

    def _helper_minimum_maximum(self, op: str, *args: Expr) -> str:
        first, *rest = map(self._print, args)
        return reduce(lambda so_far, other: f"{op}({so_far}, {other})", rest, first)

    def _print_Power(self, expr: Power) -> str:
        # NumPy refuses integers to a negative integer power; a size may be the base.
        if isinstance(expr.exponent, Integer) and expr.exponent < 0:
            return f"{self._at(ATOM, expr.base)} ** {int(expr.exponent)}.0"
        return super()._print_Power(expr)

    def _print_Apply(self, expr: Apply) -> str:
        if expr.function not in BROUGHT:
            return super()._print_Apply(expr)
        return f"{BROUGHT[expr.function]}({', '.join(map(self._print, expr.operands))})"

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
        if expr.way == "largest":
            return f"np.max({self._print(expr.operand)}, axis={axes}, initial=-np.inf)"
        if expr.way == "norm":
            return f"_norm({self._print(expr.operand)}, {axes})"
        return f"np.{expr.way}({self._print(expr.operand)}, axis={axes})"

    def _print_Contracted(self, expr: c.Contracted) -> str:
        operands = ", ".join(self._print(o) for o in expr.operands)
        return f'np.einsum("{expr.subscripts}", {operands}, optimize=True)'

    def _print_Multiplied(self, expr: c.Multiplied) -> str:
        return f"{self._at(ATOM, expr.operand)} @ {self._at(ATOM, expr.right)}"

    def _print_Compared(self, expr: c.Compared) -> str:
        return (
            f"{self._at(NEGATIVE, expr.operand)} {expr.relation} {self._at(NEGATIVE, expr.second)}"
        )

    def _print_Both(self, expr: c.Both) -> str:
        return " & ".join(f"({self._print(a)})" for a in expr.args)

    def _print_Chosen(self, expr: c.Chosen) -> str:
        parts = (expr.mask, expr.operand, expr.otherwise)
        return f"np.where({', '.join(map(self._print, parts))})"

    def _print_Replaced(self, expr: c.Replaced) -> str:
        return f"_replaced({', '.join(map(self._print, expr.args))})"

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

    def _print_Others(self, expr: c.Others) -> str:
        return f"_others({self._print(expr.operand)})"

    def _print_Copied(self, expr: c.Copied) -> str:
        return f"np.array({self._print(expr.operand)})"
