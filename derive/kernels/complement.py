"""What the error function leaves of 1, with all its digits where that is little."""

from __future__ import annotations

from sympy import Expr, Number, erf, erfc

from derive.notation import Apply, Head, Minus, Plus, Quotient, Times, times


def complement(expr: Expr) -> Expr | None:
    """``c + c erf(u)`` as ``c erfc(-u)``, and ``c - c erf(u)`` as ``c erfc(u)``."""
    match expr:
        case Plus((Number() as number, other)) | Plus((other, Number() as number)):
            scale, function = _scaled(other)
            if isinstance(function, Apply) and function.function is erf and abs(scale) == number:
                (operand,) = function.operands
                left = Apply(Head(erfc), Minus(operand) if scale > 0 else operand)
                return left if number == 1 else Times(number, left)
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
