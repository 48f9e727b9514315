"""How formulas are written, whatever the format: signs, dots, what needs no brackets."""

from __future__ import annotations

from sympy import Expr, Indexed, Integer, Number, Rational, Symbol

from derive.notation import Maximum, Minus, Partial, Power, Quotient, Threshold, Times
from derive.render.marking import Marked, unmarked

_ATOMS = (Symbol, Indexed, Number)


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


def needs_dot(left: Expr, right: Expr) -> bool:
    """Whether two factors side by side could be misread without a dot."""
    left, right = unmarked(left), unmarked(right)
    first = unmarked(right.base) if isinstance(right, Power) else right
    number = isinstance(first, Number) and not first.is_negative
    return number or left in (Integer(0), Integer(1))


def are_fractions(left: Expr, right: Expr) -> bool:
    """Whether two factors are fractions, which want a little space between them."""
    kinds = (Quotient, Partial, Rational)
    return isinstance(unmarked(left), kinds) and isinstance(unmarked(right), kinds)


def is_fraction(expr: Expr) -> bool:
    """Whether an expression is set, or begins, with a fraction bar."""
    inner = unmarked(expr)
    return isinstance(inner, (Quotient, Partial, Rational)) and not isinstance(inner, Integer)


def nested(expr: Partial) -> tuple[tuple[Expr, ...], Expr]:
    """The variables of derivatives one in another, innermost first, and what they are taken of."""
    if isinstance(expr.operand, Partial):
        variables, operand = nested(expr.operand)
        return (*variables, expr.variable), operand
    return (expr.variable,), expr.operand


def turned(condition: Threshold) -> bool:
    """Whether a condition is read the other way round: a number stands on the right, ``u < 0``."""
    first, second = unmarked(condition.first), unmarked(condition.second)
    return isinstance(first, Number) and not isinstance(second, Number)


def is_open(expr: Expr) -> bool:
    """Whether what follows on the line could be read as belonging to it."""
    return isinstance(expr, Maximum) or (isinstance(expr, Threshold) and not expr.is_bracket)


def is_plain(fraction: Quotient) -> bool:
    """Whether a fraction can be read on one line without brackets."""
    above = unmarked(fraction.numerator)
    parts = above.args if isinstance(above, Times) else (above,)
    return all(_is_atomic(unmarked(part)) for part in (*parts, unmarked(fraction.denominator)))


def is_count(exponent: Expr) -> bool:
    """Whether an exponent may stand at a function's name: ``log^2 x``."""
    return isinstance(exponent, Integer) and exponent > 1


def _is_atomic(expr: Expr) -> bool:
    if isinstance(expr, Power):
        return isinstance(expr.base, (Symbol, Indexed)) and isinstance(expr.exponent, _ATOMS)
    return isinstance(expr, _ATOMS)
