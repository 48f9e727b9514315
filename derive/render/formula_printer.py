"""Formulas in any format: the inert nodes with the manners of a textbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sympy import Abs, Expr, Indexed, Integer, Number, Rational, Symbol

from derive.arrays import Part
from derive.display import Choice
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    names,
    rename,
)
from derive.render.conventions import (
    are_fractions,
    is_count,
    is_open,
    is_plain,
    needs_dot,
    nested,
    signed,
    turned,
)
from derive.render.display import Rows, displayed
from derive.render.formula_arrays import Arrays
from derive.render.marking import Marked, unmarked

# A fraction in a denominator, in em.
_ON_ONE_LINE = 12.0


class Formulas(Arrays):
    """Prints one expression: the signs, brackets and dots that a textbook would set."""

    def doprint(self, expr: Expr) -> str:
        return str(super().doprint(displayed(expr)))

    # Sums and signs

    def _print_Plus(self, expr: Plus) -> str:
        return " ".join(self.terms(expr))

    def terms(self, expr: Plus) -> list[str]:
        """The terms of a sum, each with its sign."""
        texts = []
        for position, term in enumerate(expr.args):
            sign, rest = signed(term)
            last = position == len(expr.args) - 1
            text = self._term(rest, last)
            if isinstance(term, Marked) and (position or sign == "-"):
                sign = self.mark_binary(sign) if position else self.mark(sign)
            elif sign == "+" and position == 0:
                sign = ""
            texts.append(f"{sign} {text}".strip())
        return texts

    def _term(self, expr: Expr, last: bool) -> str:
        """A term without its sign."""
        text = self._print(expr)
        inner = unmarked(expr)
        if isinstance(inner, (Plus, Minus)) or self.begins_with_minus(text):
            return self.fenced(text)
        # "max_j z_j + b" could be read as the largest of the sums.
        return self.fenced(text) if is_open(inner) and not last else text

    def _print_Minus(self, expr: Minus) -> str:
        return f"- {self._term(expr.operand, last=True)}"

    # Products and fractions

    def _print_Times(self, expr: Times) -> str:
        return "".join(self.factors(expr))

    def factors(self, expr: Times) -> list[str]:
        """The factors of a product; each but the first begins with what sets it apart."""
        texts: list[str] = []
        for position, factor in enumerate(expr.args):
            last = position == len(expr.args) - 1
            # A leading minus needs no brackets here; what stands around the product looks for it.
            leading = position == 0 and isinstance(unmarked(factor), Number)
            text = self._print(factor) if leading else self.factor(factor, last)
            if position:
                text = self.separator(expr.args[position - 1], factor) + text
            texts.append(text)
        return texts

    def separator(self, left: Expr, right: Expr) -> str:
        """What stands between two factors."""
        if needs_dot(left, right):
            return self.DOT
        return self.THIN if are_fractions(left, right) else " "

    def factor(self, expr: Expr, last: bool) -> str:
        """A factor of a product, in brackets where it needs them."""
        inner = unmarked(expr)
        if isinstance(inner, Partial) and not last and not self._inline:
            return self.marking(expr, self.derivative(inner, closed=True))
        text = self._print(expr)
        if isinstance(inner, (Plus, Minus, Times)) or self.begins_with_minus(text):
            return self.fenced(text)
        if self._inline and isinstance(inner, (Quotient, Partial)):
            return self.fenced(text)
        # A bracket is closed at its end.
        open_ended = isinstance(inner, Binder) and not isinstance(inner, Attains)
        open_ended = open_ended or is_open(inner)
        return self.fenced(text) if open_ended and not last else text

    def _print_Quotient(self, expr: Quotient) -> str:
        if self._inline:
            numerator = unmarked(expr.numerator)
            several = isinstance(numerator, Times)
            above = self._print(numerator) if several else self.factor(numerator, last=False)
            return f"{above} {self.SLASH} {self.factor(expr.denominator, last=True)}"
        if self._script and is_plain(expr):
            return f"{self._print(expr.numerator)} {self.SLASH} {self._print(expr.denominator)}"
        return self.fraction(self._print(expr.numerator), self._below(expr.denominator))

    def _below(self, denominator: Expr) -> str:
        """A denominator, on one line if it is a fraction itself and no long one."""
        inner = unmarked(denominator)
        if not isinstance(inner, Quotient):
            return self._print(denominator)
        outside, self._inline = self._inline, True
        try:
            text = self.marking(denominator, self._print(inner))
        finally:
            self._inline = outside
        return text if self.width(text) <= _ON_ONE_LINE else self._print(denominator)

    # Powers and functions

    def _print_Power(self, expr: Power) -> str:
        base, exponent = expr.base, expr.exponent
        if exponent == Rational(1, 2):
            return self.root(self._print(base))
        raised = self.script(exponent)
        match unmarked(base):
            case Apply(function) if function is Abs:
                return self.sup(self._print(base), raised)
            case Log() if is_count(exponent):
                return self.marking(base, self._log(unmarked(base), raised))
            case Apply() if is_count(exponent) and self._is_named(unmarked(base)):
                return self.marking(base, self._apply(unmarked(base), raised))
            case Symbol():
                text = self._print(base)
                return self.sup(self.grouped(text) if self.has_script(text) else text, raised)
            case Indexed():
                return self.sup(self._print(base), raised)
            case Integer() as number if number.is_nonnegative:
                return self.sup(self._print(base), raised)
        return self.sup(self.fenced(self._print(base)), raised)

    def script(self, expr: Expr) -> str:
        """An exponent, with fractions of simple things on one line."""
        self._script += 1
        try:
            return self._print(expr)
        finally:
            self._script -= 1

    def _print_Exp(self, expr: Exp) -> str:
        text = self.script(expr.operand)
        if self.is_tall(text):
            # Too tall for an exponent.
            depth, self._script = self._script, 0
            try:
                return self.EXP + self.fenced(self._print(expr.operand))
            finally:
                self._script = depth
        return self.sup("e", text)

    def _print_Log(self, expr: Log) -> str:
        return self._log(expr)

    def _log(self, expr: Log, exponent: str = "") -> str:
        return self._raised(self.logarithm, exponent) + self.fenced(self._print(expr.operand))

    def _print_Apply(self, expr: Apply) -> str:
        if self._is_named(expr):
            return self._apply(expr)
        if expr.function is Abs:
            return self.bars(self._print(expr.operands[0]))
        return self.with_own_sign(expr.function, expr.operands)

    def _apply(self, expr: Apply, exponent: str = "") -> str:
        head = expr.args[0]
        name = self.named(head.function) if isinstance(head, Head) else self._print(head)
        arguments = self.listed(map(self._print, expr.operands))
        return self._raised(name, exponent) + self.fenced(arguments)

    def _raised(self, name: str, exponent: str) -> str:
        return self.sup(name, exponent) if exponent else name

    def _is_named(self, expr: Apply) -> bool:
        """Whether the function goes by a name, in laws by a letter, not by a sign such as |x|."""
        head = expr.args[0]
        return not (isinstance(head, Head) and self.has_own_sign(head.function))

    # Binders

    def _print_Total(self, expr: Total) -> str:
        sign, body = self.total(expr)
        return f"{sign} {body}"

    def _print_ProductOver(self, expr: ProductOver) -> str:
        sign, body = self.total(expr)
        return f"{sign} {body}"

    def _print_Maximum(self, expr: Maximum) -> str:
        sign, body = self.total(expr)
        return f"{sign} {body}"

    def _print_Attains(self, expr: Attains) -> str:
        """``[k = argmax_j z_j]``."""
        outside, self._names = self._names, self._names.also(*names(expr.at_index))
        try:
            sign, body = self.total(expr)
        finally:
            self._names = outside
        return self.squared(f"{self._print(expr.at_index)} = {sign} {body}")

    def total(self, expr: Binder) -> tuple[str, str]:
        """The operator of a sum or maximum with its limits, and its body."""
        with self.inside(expr) as (body, name):
            return self.operator(expr, name), self.summand(body)

    def summand(self, body: Expr) -> str:
        """What stands after a summation sign."""
        text = self._print(body)
        bracket = isinstance(unmarked(body), (Plus, Minus)) or self.begins_with_minus(text)
        return self.fenced(text) if bracket else text

    @contextmanager
    def inside(self, binder: Binder) -> Iterator[tuple[Expr, Symbol]]:
        """The body of a binder and its index's name, which is in use as long as we are inside."""
        name = self._names.of(binder)
        outside, self._names = self._names, self._names.also(name)
        try:
            yield rename(binder.body, binder.limits[0], name), name
        finally:
            self._names = outside

    def operator(self, binder: Binder, name: Symbol) -> str:
        """The summation sign or ``max`` with its limits."""
        index, lower, upper = (self._print(a) for a in (name, binder.lower, binder.upper))
        out = [f"{index} {self.NOT_EQUAL} {self._print(e)}" for e in binder.excluded]
        below = [f"{lower} {self.AT_MOST} {index} {self.AT_MOST} {upper}", *out]
        if isinstance(binder, Attains):
            return self.argmax(below)
        if isinstance(binder, Maximum):
            return self.maximum(below)
        sign = self.product if isinstance(binder, ProductOver) else self.summation
        return sign([f"{index}={lower}", *out], upper)

    # Cases and matrices

    def _print_Choice(self, expr: Choice) -> str:
        first, second = (self._print(a) for a in (expr.first, expr.second))
        same, other = self._print(expr.same), self._print(expr.other)
        return self.cases(
            [(same, f"{first} = {second}"), (other, f"{first} {self.NOT_EQUAL} {second}")]
        )

    def _print_Threshold(self, expr: Threshold) -> str:
        first, second = self._print(expr.first), self._print(expr.second)
        exceeds, otherwise = f"{first} > {second}", f"{first} {self.AT_MOST} {second}"
        if turned(expr):
            exceeds, otherwise = f"{second} < {first}", f"{second} {self.AT_LEAST} {first}"
        if expr.is_bracket:
            return self.squared(exceeds if expr.otherwise == 0 else otherwise)
        branches = self._print(expr.above), self._print(expr.otherwise)
        return self.cases(list(zip(branches, (exceeds, otherwise), strict=True)))

    def _print_Rows(self, expr: Rows) -> str:
        return self.matrix([[self._print(cell) for cell in row] for row in expr.rows])

    # Derivatives

    def _print_Partial(self, expr: Partial) -> str:
        return self.derivative(expr)

    def derivative(self, expr: Partial, closed: bool = False) -> str:
        """A derivative still to be taken; ``closed`` where something follows it in a product."""
        variables, operand = nested(expr)
        if isinstance(unmarked(operand), (Symbol, Indexed, Part)):
            return self._differential(variables, self._print(operand))
        text = self._print(operand)
        simple = isinstance(unmarked(operand), (Exp, Log, Apply)) and not closed
        inside = text if simple else self.fenced(text)
        return self.by(variables) + self.AFTER_DERIVATIVE + inside

    def by(self, variables: tuple[Expr, ...]) -> str:
        """The operator of a derivative."""
        return self._differential(variables, "")

    def _differential(self, variables: tuple[Expr, ...], operand: str) -> str:
        several = len(variables) > 1
        if len(set(variables)) == 1 and several:
            below = f"{self.PARTIAL} {self._print(Power(variables[0], Integer(len(variables))))}"
        else:
            below = self.THIN.join(f"{self.PARTIAL} {self._print(v)}" for v in reversed(variables))
        sign = self.sup(self.PARTIAL, str(len(variables))) if several else self.PARTIAL
        above = f"{sign} {operand}".rstrip()
        if self._inline:
            below = self.fenced(below) if several else below
            quotient = f"{above} {self.SLASH} {below}"
            # What is to be differentiated stands behind the operator.
            return quotient if operand else self.fenced(quotient)
        return self.fraction(above, below)

    # Marks

    def _print_Marked(self, expr: Marked) -> str:
        return self.marking(expr, self._print(expr.operand))
