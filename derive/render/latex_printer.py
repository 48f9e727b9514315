"""LaTeX for expressions: SymPy's printer, taught the inert nodes and the manners of a textbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sympy import Abs, Expr, Indexed, Integer, Max, Min, Number, Rational, Symbol

from derive.display import Choice
from derive.notation import (
    Apply,
    Binder,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    rename,
)
from derive.render.conventions import (
    are_fractions,
    is_count,
    is_plain,
    needs_dot,
    nested,
    signed,
)
from derive.render.display import Rows, displayed
from derive.render.latex_arrays import ArrayPrinter
from derive.render.latex_leaves import fenced, is_tall
from derive.render.latex_text import has_script, symbol_name
from derive.render.marking import Marked, unmarked

_EXTREMES = {Max: r"\max", Min: r"\min"}

MARK = r"\textcolor{DeriveChanged}"


class FormulaPrinter(ArrayPrinter):
    """Prints one expression."""

    def doprint(self, expr: Expr) -> str:
        return super().doprint(displayed(expr))

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
                sign = rf"\mathbin{{{MARK}{{{sign}}}}}" if position else f"{MARK}{{{sign}}}"
            elif sign == "+" and position == 0:
                sign = ""
            texts.append(f"{sign} {text}".strip())
        return texts

    def _term(self, expr: Expr, last: bool) -> str:
        """A term without its sign."""
        text = self._print(expr)
        inner = unmarked(expr)
        if isinstance(inner, (Plus, Minus)) or _begins_with_minus(text):
            return fenced(text)
        # "max_j z_j + b" could be read as the largest of the sums.
        return fenced(text) if isinstance(inner, Maximum) and not last else text

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
                text = _separator(expr.args[position - 1], factor) + text
            texts.append(text)
        return texts

    def factor(self, expr: Expr, last: bool) -> str:
        """A factor of a product, in brackets where it needs them."""
        inner = unmarked(expr)
        if isinstance(inner, Partial) and not last:
            return self._marking(expr, self.derivative(inner, closed=True))
        text = self._print(expr)
        if isinstance(inner, (Plus, Minus, Times)) or _begins_with_minus(text):
            return fenced(text)
        if self._inline and isinstance(inner, Quotient):
            return fenced(text)
        return fenced(text) if isinstance(inner, Binder) and not last else text

    def _print_Quotient(self, expr: Quotient) -> str:
        if self._inline:
            numerator = unmarked(expr.numerator)
            several = isinstance(numerator, Times)
            above = self._print(numerator) if several else self.factor(numerator, last=False)
            return f"{above} / {self.factor(expr.denominator, last=True)}"
        if self._script and is_plain(expr):
            return f"{self._print(expr.numerator)} / {self._print(expr.denominator)}"
        return rf"\frac{{{self._print(expr.numerator)}}}{{{self._below(expr.denominator)}}}"

    def _below(self, denominator: Expr) -> str:
        """A denominator, on one line if it is a fraction itself."""
        inner = unmarked(denominator)
        if not isinstance(inner, Quotient) or not inner.heads.isdisjoint({Plus}):
            return self._print(denominator)
        outside, self._inline = self._inline, True
        try:
            return self._marking(denominator, self._print(inner))
        finally:
            self._inline = outside

    # Powers and functions

    def _print_Power(self, expr: Power) -> str:
        base, exponent = expr.base, expr.exponent
        if exponent == Rational(1, 2):
            return rf"\sqrt{{{self._print(base)}}}"
        raised = self.script(exponent)
        match unmarked(base):
            case Log() if is_count(exponent):
                return self._marking(base, self._log(unmarked(base), f"^{{{raised}}}"))
            case Apply() if is_count(exponent) and _is_named(unmarked(base)):
                return self._marking(base, self._apply(unmarked(base), f"^{{{raised}}}"))
            case Symbol():
                text = self._print(base)
                return f"{{{text}}}^{{{raised}}}" if has_script(text) else f"{text}^{{{raised}}}"
            case Indexed():
                return f"{self._print(base)}^{{{raised}}}"
            case Integer() as number if number.is_nonnegative:
                return f"{self._print(base)}^{{{raised}}}"
        return f"{fenced(self._print(base))}^{{{raised}}}"

    def script(self, expr: Expr) -> str:
        """An exponent, with fractions of simple things on one line."""
        self._script += 1
        try:
            return self._print(expr)
        finally:
            self._script -= 1

    def _print_Exp(self, expr: Exp) -> str:
        text = self.script(expr.operand)
        if is_tall(text):
            # Too tall for an exponent.
            depth, self._script = self._script, 0
            try:
                return rf"\exp{fenced(self._print(expr.operand))}"
            finally:
                self._script = depth
        return f"e^{{{text}}}"

    def _print_Log(self, expr: Log) -> str:
        return self._log(expr)

    def _log(self, expr: Log, exponent: str = "") -> str:
        return rf"\log{exponent}{fenced(self._print(expr.operand))}"

    def _print_Apply(self, expr: Apply) -> str:
        if _is_named(expr):
            return self._apply(expr)
        if expr.function is Abs:
            text = self._print(expr.operands[0])
            return rf"\left| {text} \right|" if is_tall(text) else f"|{text}|"
        return self._print(expr.function(*expr.operands, evaluate=False))

    def _apply(self, expr: Apply, exponent: str = "") -> str:
        head = expr.args[0]
        name = self._function_name(head.function) if isinstance(head, Head) else self._print(head)
        return f"{name}{exponent}{fenced(', '.join(map(self._print, expr.operands)))}"

    def _function_name(self, function: type) -> str:
        name = function.__name__
        if function in _EXTREMES:
            return _EXTREMES[function]
        safe = name.isascii() and name.isidentifier()
        return self._hprint_Function(name).strip() if safe else symbol_name(name)

    # Binders

    def _print_Total(self, expr: Total) -> str:
        sign, body = self.total(expr)
        return f"{sign} {body}"

    def _print_Maximum(self, expr: Maximum) -> str:
        sign, body = self.total(expr)
        return f"{sign} {body}"

    def total(self, expr: Binder) -> tuple[str, str]:
        """The operator of a sum or maximum with its limits, and its body."""
        with self.inside(expr) as (body, name):
            return self.operator(expr, name), self.summand(body)

    def summand(self, body: Expr) -> str:
        """What stands after a summation sign."""
        text = self._print(body)
        bracket = isinstance(unmarked(body), (Plus, Minus)) or _begins_with_minus(text)
        return fenced(text) if bracket else text

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
        out = [rf"{index} \ne {self._print(e)}" for e in binder.excluded]
        if isinstance(binder, Maximum):
            below = [rf"{lower} \le {index} \le {upper}", *out]
            return rf"\max_{{{_stacked(below)}}}"
        return rf"\sum_{{{_stacked([f'{index}={lower}', *out])}}}^{{{upper}}}"

    # Cases and matrices

    def _print_Choice(self, expr: Choice) -> str:
        first, second = (self._print(a) for a in (expr.first, expr.second))
        rows = [
            rf"{self._print(expr.same)} & {first} = {second}",
            rf"{self._print(expr.other)} & {first} \ne {second}",
        ]
        return _environment("cases", rows)

    def _print_Rows(self, expr: Rows) -> str:
        rows = (" & ".join(map(self._print, row)) for row in expr.rows)
        return _environment("bmatrix", rows)

    # Derivatives

    def _print_Partial(self, expr: Partial) -> str:
        return self.derivative(expr)

    def derivative(self, expr: Partial, closed: bool = False) -> str:
        """A derivative still to be taken; ``closed`` where something follows it in a product."""
        variables, operand = nested(expr)
        if isinstance(unmarked(operand), (Symbol, Indexed)):
            return self._differential(variables, self._print(operand))
        text = self._print(operand)
        simple = isinstance(unmarked(operand), (Exp, Log, Apply)) and not closed
        return f"{self.by(variables)} {text if simple else fenced(text)}"

    def by(self, variables: tuple[Expr, ...]) -> str:
        """The operator of a derivative."""
        return self._differential(variables, "")

    def _differential(self, variables: tuple[Expr, ...], operand: str) -> str:
        order = f"^{{{len(variables)}}}" if len(variables) > 1 else ""
        if len(set(variables)) == 1 and order:
            below = rf"\partial {self._print(Power(variables[0], Integer(len(variables))))}"
        else:
            below = r" \, ".join(rf"\partial {self._print(v)}" for v in reversed(variables))
        above = rf"\partial{order} {operand}".rstrip()
        return rf"\frac{{{above}}}{{{below}}}"

    # Marks

    def _print_Marked(self, expr: Marked) -> str:
        return self._marking(expr, self._print(expr.operand))

    def _marking(self, expr: Expr, text: str) -> str:
        return f"{MARK}{{{text}}}" if isinstance(expr, Marked) else text


def _separator(left: Expr, right: Expr) -> str:
    """What stands between two factors."""
    if needs_dot(left, right):
        return r" \cdot "
    return r" \, " if are_fractions(left, right) else " "


def _is_named(expr: Apply) -> bool:
    """Whether the function goes by a name, in laws by a letter, not by a sign such as |x|."""
    head = expr.args[0]
    if not isinstance(head, Head) or head.function in _EXTREMES:
        return True
    return not hasattr(FormulaPrinter, f"_print_{head.function.__name__}")


def _begins_with_minus(text: str) -> bool:
    return text.removeprefix(f"{MARK}{{").startswith("-")


def _environment(name: str, rows: Iterable[str]) -> str:
    texts = list(rows)
    # Fractions above each other need some air.
    joined = (r" \\[4pt] " if any(r"\frac" in t for t in texts) else r" \\ ").join(texts)
    return rf"\begin{{{name}}} {joined} \end{{{name}}}"


def _stacked(lines: list[str]) -> str:
    joined = r" \\ ".join(lines)
    return joined if len(lines) == 1 else rf"\substack{{{joined}}}"
