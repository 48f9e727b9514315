"""What a softmax, a logistic function and a tail of the error function look like."""

from __future__ import annotations

from sympy import Expr, Number, erf

from derive.notation import (
    ONE,
    Apply,
    Exp,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    factors,
    heads,
    masked,
    names,
    times,
)


def is_softmax(value: Expr, index: Expr) -> bool:
    """Whether ``value`` is ``e^{u_i} / Σ_j e^{u_j}`` over all of ``i``, perhaps with weights."""
    match value:
        case Quotient(above, Total() as below) if not below.excluded:
            free = names(below.lower) | names(below.upper)
            own = index not in free | names(below) and below.at(index) == above
            return own and any(isinstance(f, Exp) for f in factors(above))
    return False


def is_weighted(value: Expr) -> bool:
    """Whether something stands beside the exponential of a softmax: ``w_i e^{u_i} / Σ_j …``."""
    return isinstance(value, Quotient) and isinstance(value.numerator, Times)


def of_others(value: Expr) -> bool:
    """Whether something is divided by a sum of exponentials that leaves one out."""
    match value:
        case Quotient(_, Total() as below):
            body, index = below.opened
            left = any(masked(f, index) is not None for f in factors(body))
            return Exp in below.heads and (left or bool(below.excluded))
    return False


def is_logistic(value: Expr) -> bool:
    """Whether ``value`` is ``1 / (1 + e^u)``, or ``e^u / (e^u + e^w)``."""
    match value:
        case Quotient(above, Plus((first, second))):
            return above in (first, second) and is_odds(first, second)
    return False


def is_one_of_terms(value: Expr) -> bool:
    """Whether ``value`` is a term of what it is divided by: ``e^a / (e^a + Σ_j e^{u_j})``."""
    match value:
        case Quotient(above, Plus(terms)):
            return above in terms and Exp in heads(above)
    return False


def is_odds(first: Expr, second: Expr) -> bool:
    """Whether two terms are exponentials, or one is and the other is 1."""
    return {type(first), type(second)} <= {Exp, type(ONE)} and (first == 1) + (second == 1) < 2


def opposite(exponent: Expr) -> Expr:
    """``-u`` for a ``u``, without a double minus or a minus before a bracket."""
    match exponent:
        case Minus(operand):
            return operand
        case Plus(terms):
            return Plus(*map(opposite, terms))
    return Minus(exponent)


def tail(expr: Expr, of: type = erf) -> tuple[Expr, Expr] | None:
    """``c`` and ``-u`` of ``c + c erf(u)``, ``c`` and ``u`` of ``c - c erf(u)``; else None.

    Likewise of ``tanh``, which has limits at ±1 as well.
    """
    match expr:
        case Plus((Number() as number, other)) | Plus((other, Number() as number)):
            scale, function = _scaled(other)
            if isinstance(function, Apply) and function.function is of and abs(scale) == number:
                (operand,) = function.operands
                return number, Minus(operand) if scale > 0 else operand
    return None


def _scaled(expr: Expr) -> tuple[Expr, Expr]:
    """A number, and what it multiplies."""
    match expr:
        case Minus(operand):
            scale, function = _scaled(operand)
            return -scale, function
        case Times((Number() as number, *others)):
            return number, times(*others)
        case Quotient(above, Number() as number):
            scale, function = _scaled(above)
            return scale / number, function
    return Number(1), expr
