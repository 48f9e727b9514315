"""Closed forms as mpmath text: one number at a time, with a plain loop for every sum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sympy import (
    Abs,
    Expr,
    Indexed,
    Integer,
    Max,
    Min,
    NumberSymbol,
    Rational,
    Symbol,
    Tuple,
    polygamma,
)
from sympy.printing.pycode import MpmathPrinter

from derive.facts import Definition
from derive.kernels.code import Name
from derive.kernels.comparison import comparison
from derive.kernels.identifiers import identifier, unused
from derive.kernels.inert_printer import NEGATIVE, InertPrinter
from derive.kernels.vanishing import masking
from derive.notation import (
    ONE,
    Attains,
    Binder,
    Bracket,
    Delta,
    Maximum,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    factors,
    names,
    times,
)
from derive.weights import Condition


class OraclePrinter(InertPrinter, MpmathPrinter):
    """Prints closed forms over entries ``z[k - 1]``, with every index counted from 1.

    Args:
        taken: Names of the arguments and sizes.
        integers: What holds Python integers: sizes, classes and arrays of integers.
        definitions: What is a function of the kernel, by base.
    """

    module = "mp"
    accepted = ("max(", "min(")

    def __init__(
        self, taken: set[str], integers: set[Expr], definitions: dict[Expr, Definition]
    ) -> None:
        super().__init__({"strict": True})
        self.language = "mpmath"
        self._taken = taken
        self._integers = integers
        self._definitions = definitions
        self._loops: dict[Symbol, str] = {}
        self._lifted: dict[Expr, str] = {}
        self.lines: list[str] = []
        """Statements for sums that depend on no loop, in order."""

    @contextmanager
    def looping(self, *indices: Symbol) -> Iterator[list[str]]:
        """Inside, ``indices`` are loop variables; gives their names."""
        fresh = [unused(identifier(i.name), self._taken) for i in indices]
        before = dict(self._loops)
        self._loops.update(zip(indices, fresh, strict=True))
        yield fresh
        self._loops = before
        self._taken -= set(fresh)

    # --- numbers ---------------------------------------------------------------------------------

    def _print_Integer(self, expr: Integer) -> str:
        return f"mp.mpf({int(expr)})" if expr >= 0 else f"-mp.mpf({-int(expr)})"

    def _print_Rational(self, expr: Rational) -> str:
        return f"{self._print_Integer(Integer(expr.p))} / {int(expr.q)}"

    def _print_NumberSymbol(self, expr: NumberSymbol) -> str:
        return f"+mp.{self._kc[type(expr).__name__].rpartition('.')[2]}"

    def _print_Name(self, expr: Name) -> str:
        return expr.name

    def _print_Symbol(self, expr: Symbol) -> str:
        if expr in self._definitions:
            return identifier(str(expr))
        if expr in self._loops or expr in self._integers:
            return f"mp.mpf({self.count(expr)})"
        return identifier(expr.name)

    _print_Dummy = _print_Symbol  # an opened index is a Dummy

    def _print_Indexed(self, expr: Indexed) -> str:
        if expr.base in self._definitions:
            return f"{identifier(str(expr.base))}({', '.join(map(self.count, expr.indices))})"
        entry = self._entry(expr)
        return f"mp.mpf({entry})" if expr.base in self._integers else entry

    def _entry(self, expr: Indexed) -> str:
        places = ", ".join(self.count(i - 1) for i in expr.indices)
        return f"{identifier(str(expr.base))}[{places}]"

    def _print_Abs(self, expr: Abs) -> str:
        return f"mp.fabs({self._print(expr.args[0])})"

    def _print_Max(self, expr: Max) -> str:
        return f"max({', '.join(map(self._print, expr.args))})"

    def _print_Min(self, expr: Min) -> str:
        return f"min({', '.join(map(self._print, expr.args))})"

    # --- indices, sums, conditions ---------------------------------------------------------------

    def count(self, expr: Expr) -> str:
        """An index or a limit, in Python's integers."""
        if isinstance(expr, Integer):
            return str(int(expr))
        if isinstance(expr, Symbol):
            return self._loops.get(expr, identifier(expr.name))
        if isinstance(expr, Indexed):
            return self._entry(expr)
        inner = {a: Name(self.count(a)) for a in expr.atoms(Symbol, Indexed)}
        return str(expr.xreplace(inner))

    def _print_polygamma(self, expr: polygamma) -> str:
        return f"{self.module}.polygamma({', '.join(map(self._print, expr.args))})"

    def _print_Delta(self, expr: Delta) -> str:
        return f"mp.mpf(int({self.count(expr.first)} == {self.count(expr.second)}))"

    def _print_Bracket(self, expr: Bracket) -> str:
        return f"mp.mpf(int({self.count(expr.lower)} <= {self.count(expr.upper)}))"

    def _print_Threshold(self, expr: Threshold) -> str:
        first, second, above, otherwise = (self._at(NEGATIVE, a) for a in expr.args)
        return f"({above} if {first} > {second} else {otherwise})"

    def _print_Times(self, expr: Times) -> str:
        """What does not hold leaves its product out: there it may be infinite, or not exist."""
        conditions, kept = self._conditions(expr.args)
        if not conditions:
            return super()._print_Times(expr)
        if kept == list(expr.args):
            # Weights alone, which stay.
            return self._only(conditions, super()._print_Times(expr))
        return self._where(conditions, times(*kept))

    def _print_Quotient(self, expr: Quotient) -> str:
        conditions, kept = self._conditions(
            factors(expr.numerator), Quotient(ONE, expr.denominator)
        )
        if not conditions:
            return super()._print_Quotient(expr)
        if times(*kept) == expr.numerator:
            # Weights alone, which stay.
            return self._only(conditions, super()._print_Quotient(expr))
        return self._where(conditions, Quotient(times(*kept), expr.denominator))

    def _where(self, conditions: list[str], expr: Expr) -> str:
        return self._only(conditions, self._print(expr))

    def _only(self, conditions: list[str], text: str) -> str:
        return f"({text} if {' and '.join(conditions)} else mp.mpf(0))"

    def _conditions(
        self, parts: Iterable[Expr], beside: Expr = ONE
    ) -> tuple[list[str], list[Expr]]:
        """The conditions under which a product is not zero, and its factors there.

        Those by indices come first: where one does not hold, an entry may not exist.
        """
        conditions: list[str] = []
        thresholds: list[str] = []
        kept: list[Expr] = []
        parts = list(parts)
        by_numbers = masking(parts, beside, self._definitions)
        for factor, known in zip(parts, by_numbers, strict=True):
            compared = comparison(factor)
            match factor:
                case _ if compared is not None:
                    first, relation, second = compared
                    conditions.append(f"{self.count(first)} {relation} {self.count(second)}")
                case _ if known is not None:
                    holds, left = known
                    thresholds.append(self._holds(holds))
                    kept.append(left)
                case Threshold(first, second, above, otherwise) if otherwise == 0:
                    thresholds.append(self._compared(first, ">", second))
                    kept.append(above)
                case _:
                    kept.append(factor)
        return conditions + thresholds, [f for f in kept if f != 1]

    def _holds(self, condition: Condition) -> str:
        if isinstance(condition, Attains):
            return self._attained(condition)
        return self._compared(*condition)

    def _compared(self, first: Expr, relation: str, second: Expr) -> str:
        return f"{self._at(NEGATIVE, first)} {relation} {self._at(NEGATIVE, second)}"

    def _print_Total(self, expr: Total) -> str:
        return self._over(expr, "mp.fsum", "total")

    def _print_ProductOver(self, expr: ProductOver) -> str:
        return self._over(expr, "mp.fprod", "product")

    def _print_Maximum(self, expr: Maximum) -> str:
        return self._over(expr, "max", "largest")

    def _print_Attains(self, expr: Attains) -> str:
        return f"mp.mpf(int({self._attained(expr)}))"

    def _attained(self, expr: Attains) -> str:
        """Python's ``max`` takes the first of several that are largest."""
        kept = Tuple(expr.largest)
        if kept not in self._lifted:
            body, index = expr.open()
            run = f"range({self.count(expr.lower)}, {self.count(expr.upper + 1)})"
            outside = [self.count(e) for e in expr.excluded]
            with self.looping(index) as (name,):
                if outside:
                    apart = " and ".join(f"{name} != {e}" for e in outside)
                    run = f"({name} for {name} in {run} if {apart})"
                first = f"max({run}, key=lambda {name}: {self._print(body)})"
            if names(expr.largest) & set(self._loops):
                return f"{self.count(expr.at_index)} == {first}"
            self._lifted[kept] = unused("first", self._taken)
            self.lines.append(f"{self._lifted[kept]} = {first}")
        return f"{self.count(expr.at_index)} == {self._lifted[kept]}"

    def _over(self, binder: Binder, function: str, noun: str) -> str:
        if binder in self._lifted:
            return self._lifted[binder]
        body, index = binder.open()
        limits = f"{self.count(binder.lower)}, {self.count(binder.upper + 1)}"
        outside = [self.count(e) for e in binder.excluded]
        with self.looping(index) as (name,):
            left_out = "".join(
                f" {'and' if n else 'if'} {name} != {e}" for n, e in enumerate(outside)
            )
            text = f"{function}({self._print(body)} for {name} in range({limits}){left_out})"
        if names(binder) & set(self._loops):
            return text
        lifted = self._lifted[binder] = unused(noun, self._taken)
        self.lines.append(f"{lifted} = {text}")
        return lifted
