"""MathML Core for expressions, as the index page needs it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from sympy import Abs, Expr, Indexed, Integer, Number, Rational, Symbol

from derive.arrays import (
    Column,
    Diagonal,
    Entry,
    Identity,
    Ones,
    Part,
    Product,
    Row,
    Transposed,
    Whole,
)
from derive.display import Choice
from derive.notation import (
    Apply,
    Attains,
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
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    names,
    rename,
)
from derive.render.conventions import is_open, needs_dot, nested, signed, turned
from derive.render.display import Dots, Family, Rows, displayed
from derive.render.mathml_arrays import bold, grid, whole
from derive.render.mathml_names import name
from derive.render.names import FREE, Names

_APPLIED = "<mo>&#x2061;</mo>"
_TIMES = "<mo>&#x2062;</mo>"
_THIN = '<mspace width="0.17em"/>'
_DOTS = {"h": "⋯", "v": "⋮", "d": "⋱"}
_TALL = ("<mfrac", "<munder", "<mtable", "<msqrt")
_HALF = Rational(1, 2)


class MathPrinter:
    """Prints expressions; ``names`` are those that bound indices must keep clear of."""

    def __init__(
        self, names: Names = FREE, logarithm: str = "log", indicator: bool = False
    ) -> None:
        self._names = names
        self._logarithm = logarithm
        self._indicator = indicator  # deltas as indicators

    def expr(self, expr: Expr) -> str:
        """An expression as one MathML element."""
        expr = displayed(expr)
        match expr:
            case Dots():
                return sign(_DOTS[expr.kind])
            case Rows():
                return grid([[self.expr(cell) for cell in line] for line in expr.rows])
            case Family(args=(entry, *indices)):
                return f"<msub>{fenced(self.expr(entry))}{self._indices(indices)}</msub>"
            case Choice(first, second, same, other):
                left, right = self.expr(first), self.expr(second)
                equal, unequal = (row(left, sign(s), right) for s in "=≠")
                return cases([(self.expr(same), equal), (self.expr(other), unequal)])
            case Part() | Ones() | Identity() | Diagonal() | Transposed() | Product() | Entry():
                return self._array(expr)
            case Bound() | Opened():
                return name(expr.hint.name)
            case Symbol():
                return name(expr.name)
            case Indexed():
                return f"<msub>{name(expr.base.name)}{self._indices(expr.indices)}</msub>"
            case Number():
                return _number(expr)
            case Plus():
                return self._sum(expr)
            case Minus(operand):
                return row(sign("−"), self._term(operand))
            case Times():
                return self._product(expr)
            case Quotient(above, below):
                return f"<mfrac>{self.expr(above)}{self.expr(below)}</mfrac>"
            case Power(base, exponent):
                return self._power(base, exponent)
            case Exp(operand):
                return f"<msup><mi>e</mi>{self.expr(operand)}</msup>"
            case Log(operand):
                return self._call(self._logarithm, self.expr(operand))
            case Delta(args=(left, right)) if self._indicator:
                condition = row(sign("{"), self.expr(left), sign("="), self.expr(right), sign("}"))
                return f"<msub>{bold('1')}{condition}</msub>"
            case Delta():
                return f"<msub><mi>δ</mi>{self._indices(expr.args)}</msub>"
            case Bracket(lower, upper):
                inside = row(self.expr(lower), sign("≤"), self.expr(upper))
                return fenced(inside, "[", "]")
            case Threshold(first, second, above, otherwise):
                left, right = self.expr(first), self.expr(second)
                if turned(expr):
                    exceeds, rest = (row(right, sign(s), left) for s in "<≥")
                else:
                    exceeds, rest = (row(left, sign(s), right) for s in ">≤")
                if expr.is_bracket:
                    return fenced(exceeds if otherwise == 0 else rest, "[", "]")
                return cases([(self.expr(above), exceeds), (self.expr(otherwise), rest)])
            case Attains():
                outside, self._names = self._names, self._names.also(*names(expr.at_index))
                where = self._binder(expr)
                self._names = outside
                return fenced(row(self.expr(expr.at_index), sign("="), where), "[", "]")
            case Binder():
                return self._binder(expr)
            case Partial():
                return self._derivative(expr)
            case Apply():
                return self._apply(expr)
        base = getattr(expr, "name", None)
        return name(base) if isinstance(base, str) else f"<mtext>{escape(str(expr))}</mtext>"

    def _indices(self, indices: Iterable[Expr]) -> str:
        texts = [self.expr(i) for i in indices]
        plain = all(t.startswith("<mi>") for t in texts)
        return row(("" if plain else sign(",")).join(texts))

    def _array(self, expr: Expr) -> str:
        """An array without its running indices."""
        match expr:
            case Whole():
                return whole(expr.base.name)
            case Row() | Column():
                return self.expr(Indexed(expr.base, *expr.fixed))
            case Ones():
                return bold("1")
            case Identity():
                return bold("I")
            case Diagonal(operand):
                return self._call("diag", self.expr(operand))
            case Transposed():
                text = self.expr(expr.operand)
                inside = text if isinstance(expr.operand, (Part, Ones)) else fenced(text)
                return f'<msup>{inside}<mi mathvariant="normal">T</mi></msup>'
            case Product(args=(left, right)):
                return row(self._factor(left, False), _TIMES, self._factor(right, True))
            case Entry():
                inside = self.expr(expr.array)
                bracketed = fenced(inside, "[", "]")
                return (
                    f"<msub>{bracketed}{self._indices(expr.indices)}</msub>"
                    if expr.indices
                    else inside
                )
        raise TypeError(expr)

    # Sums and products

    def _sum(self, expr: Plus) -> str:
        parts: list[str] = []
        for position, term in enumerate(expr.args):
            mark, rest = signed(term)
            if position or mark == "-":
                parts.append(sign("−" if mark == "-" else "+"))
            last = position == len(expr.args) - 1
            text = self._term(rest)
            parts.append(fenced(text) if is_open(rest) and not last else text)
        return row(*parts)

    def _term(self, expr: Expr) -> str:
        text = self.expr(expr)
        return fenced(text) if isinstance(expr, (Plus, Minus)) or _is_negative(expr) else text

    def _product(self, expr: Times) -> str:
        parts: list[str] = []
        for position, factor in enumerate(expr.args):
            last = position == len(expr.args) - 1
            if position:
                dot = needs_dot(expr.args[position - 1], factor)
                parts.append(sign("⋅") if dot else _TIMES)
            leading = position == 0 and isinstance(factor, Number)
            parts.append(self.expr(factor) if leading else self._factor(factor, last))
        return row(*parts)

    def _factor(self, expr: Expr, last: bool) -> str:
        text = self.expr(expr)
        open_ended = (
            isinstance(expr, (Total, ProductOver, Maximum, Partial)) or is_open(expr)
        ) and not last
        loose = isinstance(expr, (Plus, Minus, Times)) or _is_negative(expr)
        return fenced(text) if loose or open_ended else text

    def _power(self, base: Expr, exponent: Expr) -> str:
        if exponent == _HALF:
            return f"<msqrt>{self.expr(base)}</msqrt>"
        text = self.expr(base)
        plain = (
            isinstance(base, (Symbol, Indexed))
            or (isinstance(base, Integer) and base.is_nonnegative)
            or (isinstance(base, Apply) and base.function is Abs)
        )
        return f"<msup>{text if plain else fenced(text)}{self.expr(exponent)}</msup>"

    # Functions, sums over indices, derivatives

    def _apply(self, expr: Apply) -> str:
        inside = row(sign(",").join(self.expr(a) for a in expr.operands))
        if expr.function is Abs:
            return fenced(inside, "|", "|")
        return self._call(expr.function.__name__, inside)

    def _call(self, function: str, inside: str) -> str:
        return row(_THIN, f"<mi>{escape(function)}</mi>", _APPLIED, fenced(inside))

    def _binder(self, expr: Binder) -> str:
        index = self._names.of(expr)
        outside, self._names = self._names, self._names.also(index)
        try:
            body = rename(expr.body, expr.limits[0], index)
            inner = self.expr(body)
        finally:
            self._names = outside
        if isinstance(body, (Plus, Minus)) or _is_negative(body):
            inner = fenced(inner)
        first, lower, upper = (self.expr(a) for a in (index, expr.lower, expr.upper))
        out = [row(sign(","), first, sign("≠"), self.expr(e)) for e in expr.excluded]
        if isinstance(expr, (Total, ProductOver)):
            below = row(first, sign("="), lower, *out)
            operator = "∑" if isinstance(expr, Total) else "∏"
            head = f"<munderover><mo>{operator}</mo>{below}{upper}</munderover>"
        else:
            below = row(lower, sign("≤"), first, sign("≤"), upper, *out)
            operator = "arg max" if isinstance(expr, Attains) else "max"
            head = f"<munder><mi>{operator}</mi>{below}</munder>"
        return row(head, inner)

    def _derivative(self, expr: Partial) -> str:
        variables, operand = nested(expr)
        small = isinstance(operand, (Symbol, Indexed, Part))
        order = len(variables)
        curl = "<mi>∂</mi>" if order == 1 else f"<msup><mi>∂</mi><mn>{order}</mn></msup>"
        above = row(curl, self.expr(operand)) if small else curl
        if order > 1 and len(set(variables)) == 1:
            power = self.expr(Power(variables[0], Integer(order)))
            below = row("<mi>∂</mi>", power)
        else:
            below = row(*(row("<mi>∂</mi>", self.expr(v)) for v in reversed(variables)))
        fraction = f"<mfrac>{above}{below}</mfrac>"
        return fraction if small else row(fraction, fenced(self.expr(operand)))


def row(*parts: str) -> str:
    """Elements side by side."""
    return f"<mrow>{''.join(parts)}</mrow>"


def sign(text: str) -> str:
    """An operator or a relation."""
    return f"<mo>{escape(text)}</mo>"


def fenced(text: str, left: str = "(", right: str = ")") -> str:
    """``text`` in brackets as high as it is."""
    kind = 'fence="true"' if any(t in text for t in _TALL) else 'fence="true" stretchy="false"'
    return row(f"<mo {kind}>{left}</mo>", text, f"<mo {kind}>{right}</mo>")


def cases(rows: Iterable[tuple[str, str]]) -> str:
    """Values with the conditions under which they hold."""
    cells = "".join(f"<mtr><mtd>{value}</mtd><mtd>{when}</mtd></mtr>" for value, when in rows)
    return row('<mo fence="true">{</mo>', f'<mtable class="cases">{cells}</mtable>')


def _number(number: Number) -> str:
    size = abs(number)
    if isinstance(size, Rational) and not isinstance(size, Integer):
        text = f"<mfrac><mn>{size.p}</mn><mn>{size.q}</mn></mfrac>"
    else:
        text = f"<mn>{escape(str(size))}</mn>"
    return row(sign("−"), text) if number.is_negative else text


def _is_negative(expr: Expr) -> bool:
    """Whether it would begin with a minus sign."""
    return signed(expr)[0] == "-"
