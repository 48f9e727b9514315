"""Breaking long formulas into lines: at the outermost sum first, then between factors."""

from __future__ import annotations

from sympy import Expr, Rational
from sympy.core.basic import Basic

from derive.notation import Exp, Inert, Log, Minus, Partial, Plus, Power, Quotient, Times, Total
from derive.render.conventions import nested
from derive.render.display import displayed
from derive.render.formula_printer import Formulas
from derive.render.marking import Marked, unmarked

# What a continuation line is set in by, in em.
_INDENT = 2.0


def lines(printer: Formulas, expr: Expr, room: float) -> list[str]:
    """``expr`` in lines of at most ``room`` em, as far as there are places to break at."""
    expr = displayed(expr)
    text = printer.doprint(expr)
    if printer.width(text) <= room:
        return [text]
    match _sunk_within(expr):
        case Marked(operand):
            return [printer.mark(line) for line in lines(printer, operand, room)]
        case Plus() as total:
            return _sum(printer, total, room)
        case Minus((Plus() | Minus()) as operand):
            return _around(printer, "- ", operand, "", room)
        case Minus(operand):
            first, *rest = lines(printer, operand, room - 1)
            return [f"- {first}", *rest]
        case Total() as total:
            return _total(printer, total, room)
        case Times() as product:
            return _product(printer, product, room)
        case Quotient(above, below):
            over, under = (_gathered(printer, lines(printer, a, room)) for a in (above, below))
            return [printer.fraction(over, under)]
        case Partial() as derivative:
            variables, operand = nested(derivative)
            before = printer.by(variables) + printer.AFTER_DERIVATIVE
            return _around(printer, before, operand, "", room)
        case Log(operand):
            return _around(printer, printer.logarithm, operand, "", room)
        case Exp(operand):
            return _around(printer, printer.EXP, operand, "", room)
        case Power(Plus() as base, exponent) if exponent != Rational(1, 2):
            return _around(printer, "", base, printer.sup("", printer.script(exponent)), room)
    return [text]


def _sunk(expr: Expr) -> Expr:
    """A marked sum as a sum of marked terms, so that it is seen what it is; signs likewise."""
    match expr:
        case Marked(Plus(terms)):
            return Plus(*(_sunk(Marked(t)) for t in terms))
        case Marked(Minus(operand)):
            return Minus(Marked(operand))
    return expr


def _sunk_within(expr: Expr) -> Expr:
    """``expr`` with the marks on its parts one level further down, where these are sums."""
    if not isinstance(expr, Inert) or isinstance(expr, Marked):
        return expr
    args = tuple(_sunk(a) for a in expr.args)
    # Not through the constructor, which would close a binder anew.
    return expr if args == expr.args else Basic.__new__(type(expr), *args)


def _sum(printer: Formulas, expr: Plus, room: float) -> list[str]:
    """As many terms on a line as fit."""
    found: list[str] = []
    for position, (term, text) in enumerate(zip(expr.args, printer.terms(expr), strict=True)):
        if printer.width(text) > room:
            # A term that is too long on its own begins a line and is broken inside.
            inner = lines(printer, term, room)
            if position and not inner[0].lstrip().startswith("-"):
                inner[0] = f"+ {inner[0]}"
            found += inner
        elif found and printer.width(found[-1]) + printer.width(text) + _INDENT <= room:
            found[-1] = f"{found[-1]} {text}"
        else:
            found.append(text)
    return found


def _product(printer: Formulas, expr: Times, room: float) -> list[str]:
    """Break inside the widest factor if it is a sum, else between factors."""
    texts = printer.factors(expr)
    widths = [printer.width(t) for t in texts]
    widest = widths.index(max(widths))
    others = sum(widths) - widths[widest]
    last = widest == len(texts) - 1
    factor = expr.args[widest]
    inside = unmarked(factor)
    if others < room / 2 and isinstance(inside, Plus):
        inner = lines(printer, factor, room - others - 1)
        return _enclosed(
            printer, "".join(texts[:widest]) + " ", inner, "".join(texts[widest + 1 :])
        )
    if others < room / 2 and last and isinstance(inside, (Total, Partial)):
        first, *rest = lines(printer, factor, room - others)
        return ["".join(texts[:-1]) + " " + first, *rest]
    found: list[str] = []
    for text, factor in zip(texts, expr.args, strict=True):
        inside = unmarked(factor)
        if printer.width(text) > room and isinstance(inside, (Plus, Quotient, Partial, Total)):
            sign = printer.DOT.lstrip() if found else ""
            inner = lines(printer, factor, room - 2)
            if isinstance(inside, Plus):
                found += _enclosed(printer, sign, inner, "")
            else:
                found += [sign + inner[0], *inner[1:]]
        elif found and printer.width(found[-1]) + printer.width(text) + _INDENT <= room:
            found[-1] += text
        elif found:
            # A line that goes on with a factor shows its multiplication sign.
            found.append(printer.DOT.lstrip() + text.strip().removeprefix(printer.DOT.lstrip()))
        else:
            found.append(text)
    return found


def _total(printer: Formulas, expr: Total, room: float) -> list[str]:
    with printer.inside(expr) as (body, name):
        operator = printer.operator(expr, name) + " "
        inner = lines(printer, body, room - printer.width(operator))
        if isinstance(body, (Plus, Minus)):
            return _enclosed(printer, operator, inner, "")
        return [operator + inner[0], *inner[1:]]


def _around(printer: Formulas, before: str, inner: Expr, after: str, room: float) -> list[str]:
    """What is too long, in brackets, with what stands before and after them."""
    left = room - printer.width(before) - printer.width(after) - 1
    return _enclosed(printer, before, lines(printer, inner, left), after)


def _gathered(printer: Formulas, found: list[str]) -> str:
    """Lines above or below a fraction bar."""
    return found[0] if len(found) == 1 else printer.gathered(found)


def _enclosed(printer: Formulas, before: str, inner: list[str], after: str) -> list[str]:
    """Lines in brackets."""
    if len(inner) == 1:
        return [before + printer.fenced(inner[0]) + after]
    first, *middle, last = inner
    return [before + printer.opened(first), *middle, printer.closed(last) + after]
