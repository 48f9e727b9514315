"""LaTeX for expressions: SymPy's printer, taught the inert nodes and the manners of a textbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sympy import Expr, Indexed, IndexedBase, Integer, Number, Rational, Symbol
from sympy.printing.latex import LatexPrinter

from derive.laws import Each, Slope, Value
from derive.notation import (
    Apply,
    Binder,
    Bound,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Opened,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    rename,
)
from derive.render.latex_text import has_script, symbol_name
from derive.render.marking import Marked, unmarked
from derive.render.names import Names
from derive.render.rule_formula import Prime

MARK = r"\textcolor{DeriveChanged}"
_TALL = (r"\frac", r"\sum", r"\left", r"\max", r"\substack", r"\begin", r"\big", r"\Big")
_ATOMS = (Symbol, Indexed, Number)


class FormulaPrinter(LatexPrinter):
    """Prints one expression; ``names`` are those that its bound indices must keep clear of."""

    def __init__(
        self, names: Names = Names(), decimal_mark: str = ".", inline: bool = False
    ) -> None:
        mark = "comma" if decimal_mark == "," else "period"
        super().__init__({"decimal_separator": mark})
        self._names = names
        self._inline = inline  # within a sentence, where fractions are set as a/b
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
        short = all(isinstance(unmarked(i), Symbol) and not has_script(t) and _is_letter(t)
                    for i, t in zip(indices, texts, strict=True))
        return ("" if short else ",").join(texts)

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
            if isinstance(rest, Marked) and sign == "-" or isinstance(term, Marked) and position:
                sign = rf"\mathbin{{{MARK}{{{sign}}}}}" if position else f"{MARK}{{{sign}}}"
            elif sign == "+" and position == 0:
                sign = ""
            texts.append(f"{sign} {text}".strip())
        return texts

    def _term(self, expr: Expr, last: bool) -> str:
        """A term without its sign."""
        text = self._print(expr)
        inner = unmarked(expr)
        if isinstance(inner, (Plus, Minus)) or text.startswith("-"):
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
            text = self.factor(factor, last)
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
        negative = isinstance(inner, Number) and bool(inner.is_negative)
        if isinstance(inner, (Plus, Minus)) or negative or text.startswith("-"):
            return fenced(text)
        if self._inline and isinstance(inner, Quotient):
            return fenced(text)
        return fenced(text) if isinstance(inner, Binder) and not last else text

    def _print_Quotient(self, expr: Quotient) -> str:
        if self._inline:
            above = self.factor(expr.numerator, last=False)
            below = self.factor(expr.denominator, last=True)
            several = isinstance(unmarked(expr.denominator), Times)
            return f"{above} / {fenced(below) if several else below}"
        if self._script and _is_plain(expr):
            return f"{self._print(expr.numerator)} / {self._print(expr.denominator)}"
        return rf"\frac{{{self._print(expr.numerator)}}}{{{self._print(expr.denominator)}}}"

    def _print_Integer(self, expr: Integer) -> str:
        return str(expr.p) if expr.p >= 0 else f"- {-expr.p}"

    def _print_Rational(self, expr: Rational) -> str:
        sign = "- " if expr.p < 0 else ""
        if self._script:
            return f"{sign}{abs(expr.p)} / {expr.q}"
        return rf"{sign}\frac{{{abs(expr.p)}}}{{{expr.q}}}"

    # Powers and functions

    def _print_Power(self, expr: Power) -> str:
        base, exponent = expr.base, expr.exponent
        if exponent == Rational(1, 2):
            return rf"\sqrt{{{self._print(base)}}}"
        raised = self.script(exponent)
        match unmarked(base):
            case Log() if _is_count(exponent):
                return self._marking(base, self._log(unmarked(base), f"^{{{raised}}}"))
            case Apply() if _is_count(exponent) and _is_named(unmarked(base)):
                return self._marking(base, self._apply(unmarked(base), f"^{{{raised}}}"))
            case Symbol() | Indexed():
                text = self._print(base)
                if has_script(text.partition("_{")[0]) or isinstance(unmarked(base), Symbol):
                    text = f"{{{text}}}" if has_script(text) else text
                return f"{text}^{{{raised}}}"
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
        if any(command in text for command in _TALL):
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
        return self._apply(expr) if _is_named(expr) else self._print(_plain(expr))

    def _apply(self, expr: Apply, exponent: str = "") -> str:
        name = self._hprint_Function(expr.function.__name__).strip()
        return f"{name}{exponent}{fenced(', '.join(map(self._print, expr.operands)))}"

    # Indices

    def _print_Delta(self, expr: Delta) -> str:
        return rf"\delta_{{{self.indices(expr.args)}}}"

    def _print_Bracket(self, expr: Bracket) -> str:
        return rf"[{self._print(expr.lower)} \le {self._print(expr.upper)}]"

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
        bracket = isinstance(unmarked(body), (Plus, Minus)) or text.startswith("-")
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

    # Derivatives

    def _print_Partial(self, expr: Partial) -> str:
        return self.derivative(expr)

    def derivative(self, expr: Partial, closed: bool = False) -> str:
        """A derivative still to be taken; ``closed`` where something follows it in a product."""
        variables, operand = _nested(expr)
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
        return rf"\frac{{\partial{order} {operand}}}{{{below}}}".replace(" }", "}")

    # Laws

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

    # Marks

    def _print_Marked(self, expr: Marked) -> str:
        return self._marking(expr, self._print(expr.operand))

    def _marking(self, expr: Expr, text: str) -> str:
        return f"{MARK}{{{text}}}" if isinstance(expr, Marked) else text


def signed(term: Expr) -> tuple[str, Expr]:
    """A term's sign and the rest, so that a negative one is subtracted."""
    if isinstance(term, Marked):
        sign, rest = signed(term.operand)
        return sign, Marked(rest)
    match term:
        case Minus(operand):
            return "-", operand
        case Number() if term.is_negative:
            return "-", -term
        case Times((Number() as first, *rest)) if first.is_negative:
            return "-", Times(-first, *rest)
    return "+", term


def fenced(text: str, opening: str = "(", closing: str = ")") -> str:
    """``text`` in brackets that are tall enough."""
    if any(command in text for command in _TALL):
        return rf"\left{opening} {text} \right{closing}"
    return f"{opening}{text}{closing}"


def _separator(left: Expr, right: Expr) -> str:
    """What stands between two factors: a dot where juxtaposition could be misread."""
    left, right = unmarked(left), unmarked(right)
    first = unmarked(right.base) if isinstance(right, Power) else right
    if isinstance(first, Number) and not first.is_negative or left in (Integer(0), Integer(1)):
        return r" \cdot "
    fractions = (Quotient, Partial, Rational)
    both = isinstance(left, fractions) and isinstance(right, fractions)
    return r" \, " if both else " "


def _nested(expr: Partial) -> tuple[tuple[Expr, ...], Expr]:
    """The variables of derivatives one in another, innermost first, and what they are taken of."""
    if isinstance(expr.operand, Partial):
        variables, operand = _nested(expr.operand)
        return (*variables, expr.variable), operand
    return (expr.variable,), expr.operand


def _plain(expr: Apply) -> Expr:
    return expr.function(*expr.operands, evaluate=False)


def _is_named(expr: Apply) -> bool:
    """Whether SymPy prints the function by its name, not by a sign of its own such as |x|."""
    return not hasattr(FormulaPrinter, f"_print_{expr.function.__name__}")


def _is_count(exponent: Expr) -> bool:
    return isinstance(exponent, Integer) and exponent > 1


def _is_plain(fraction: Quotient) -> bool:
    """Whether a fraction can be read on one line without brackets."""
    above = unmarked(fraction.numerator)
    parts = above.args if isinstance(above, Times) else (above,)
    return all(_is_atomic(unmarked(part)) for part in (*parts, unmarked(fraction.denominator)))


def _is_atomic(expr: Expr) -> bool:
    if isinstance(expr, Power):
        return isinstance(expr.base, (Symbol, Indexed)) and isinstance(expr.exponent, _ATOMS)
    return isinstance(expr, _ATOMS)


def _is_letter(text: str) -> bool:
    return len(text) == 1 or text.startswith("\\") and text[1:].isalpha()


def _stacked(lines: list[str]) -> str:
    joined = r" \\ ".join(lines)
    return joined if len(lines) == 1 else rf"\substack{{{joined}}}"
