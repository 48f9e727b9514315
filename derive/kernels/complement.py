"""What the error function leaves of 1, with all its digits where that is little."""

from __future__ import annotations

from itertools import combinations, permutations

from sympy import Expr, Function, Number, erfc

from derive.notation import (
    Apply,
    Head,
    Log,
    Minus,
    Plus,
    Quotient,
    Times,
    factors,
    plus,
    terms,
    times,
)
from derive.recognition import tail


class log_half_erfc(Function):
    """``log(erfc(u)/2)``, which is finite where ``erfc(u)`` rounds to zero."""


class log_half_erfcx(Function):
    """``log(erfc(u)/2) + u^2``, which is small where either is large."""


def complement(expr: Expr) -> Expr | None:
    """``c + c erf(u)`` as ``c erfc(-u)``, and ``c - c erf(u)`` as ``c erfc(u)``.

    So it is beside other terms, as in the slope of ``u erfc(-u)``.
    """
    found = tail(expr)
    if found is None:
        return _beside_others(expr)
    number, operand = found
    left = Apply(Head(erfc), operand)
    return left if number == 1 else Times(number, left)


def _beside_others(expr: Expr) -> Expr | None:
    """A sum of more than two terms with a complement in place of two of them."""
    items = terms(expr)
    for pair in combinations(items, 2) if len(items) > 2 else ():
        if (left := complement(Plus(*pair))) is not None:
            return Plus(left, *(t for t in items if t not in pair))
    return None


def log_complement(expr: Expr) -> Expr | None:
    """The logarithm of one of these, and of so many times it, in full range."""
    found = _log_tail(expr)
    if found is None:
        return None
    whole, operand = found
    left = Apply(Head(log_half_erfc), operand)
    return left if whole == 1 else Plus(Log(whole), left)


def scaled_complement(expr: Plus) -> Expr | None:
    """``- u^2 - log erfc(u)`` in a sum: nearly all of the square cancels where ``u`` is large."""
    negative = [(n, t.operand) for n, t in enumerate(expr.args) if isinstance(t, Minus)]
    for (n, logarithm), (m, square) in permutations(negative, 2):
        found = _log_tail(logarithm)
        if found is None:
            continue
        whole, operand = found
        if Quotient(Times(operand, operand), square).doit() == 1:
            rest = [t for at, t in enumerate(expr.args) if at not in (n, m)]
            left = Minus(Apply(Head(log_half_erfcx), operand))
            return plus(*rest, left) if whole == 1 else plus(*rest, Minus(Log(whole)), left)
    return None


def _log_tail(expr: Expr) -> tuple[Expr, Expr] | None:
    """The number ``c`` and the operand ``u`` of a ``log(c erfc(u)/2)``."""
    if not isinstance(expr, Log):
        return None
    parts = factors(expr.operand)
    numbers = [p for p in parts if isinstance(p, Number)]
    tails = [t for p in parts if (t := tail(p)) is not None]
    if len(tails) != 1 or len(numbers) + 1 != len(parts):
        return None
    ((number, operand),) = tails
    return times(number, *numbers).doit() * 2, operand
