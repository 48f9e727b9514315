"""Sums in which numbers cancel once brackets are multiplied out: until then they take all digits.

So it is with ``1 - e^a - (1 - e^b) (1 - e^c)``: little is left where all exponents are low.
"""

from __future__ import annotations

from math import prod

from sympy import Expr, Indexed, Number

from derive.facts import Given
from derive.notation import (
    ZERO,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    collected,
    entries,
    factors,
    names,
    terms,
    times,
)
from derive.rules.monomials import sides
from derive.signs import signs


def number_in(expr: Expr) -> Expr:
    """What is left of sums and products of exponentials and numbers where all of them vanish."""
    match expr:
        case Number():
            return expr
        case Minus(operand):
            return -number_in(operand)
        case Plus(parts):
            return sum(map(number_in, parts), ZERO)
        case Times(parts):
            return prod(map(number_in, parts), start=Number(1))
    return ZERO


def cancelling_brackets(expr: Expr) -> frozenset[Expr]:
    """The products of brackets whose numbers cancel with others, where these must not be lost.

    That is in a sum under a logarithm or a power, or below a bar.
    """

    def look(part: Expr) -> list[Expr]:
        match part:
            case Log(inside) | Quotient(_, inside):
                sums = [f.base if isinstance(f, Power) else f for f in factors(inside)]
            case Power(base, _):
                sums = [base]
            case _:
                return []
        return [product for total in sums for product in _cancelling(total)]

    return collected(expr, look)


def _cancelling(total: Expr) -> list[Expr]:
    if not isinstance(total, Plus) or number_in(total) != 0:
        return []
    plain = (t.operand if isinstance(t, Minus) else t for t in total.args)
    return [t for t in plain if isinstance(t, Times) and number_in(t) != 0]


def beside_brackets(expr: Expr) -> frozenset[Expr]:
    """The products in which an exponential stands beside a bracket of numbers and exponentials.

    Terms of sums, and what is above a bar: the bracket may be infinite where the exponential is
    zero.
    """

    def look(part: Expr) -> list[Expr]:
        within = [part.numerator] if isinstance(part, Quotient) else []
        if isinstance(part, Plus):
            within = [t.operand if isinstance(t, Minus) else t for t in part.args]
        return [product for product in within if _is_beside(factors(product))]

    return collected(expr, look)


def _is_beside(parts: tuple[Expr, ...]) -> bool:
    return any(isinstance(f, Exp) for f in parts) and any(map(_is_bracket, parts))


def _is_bracket(expr: Expr) -> bool:
    """Whether this is a sum of numbers and exponentials alone."""
    plain = [t.operand if isinstance(t, Minus) else t for t in terms(expr)]
    return len(plain) > 1 and all(isinstance(t, (Number, Exp)) for t in plain)


def over_opposite(expr: Expr, given: Given) -> bool:
    """Whether a sum is divided by an exponential, and a term in it by one of the same numbers.

    Or a term in it has one that may grow where that below does. One may be infinite where the other
    is zero, though their product is neither.
    """
    above, below = sides(expr)
    outer = [f for f in below if isinstance(f, Exp)]
    parts = [
        sides(t.operand if isinstance(t, Minus) else t)
        for total in above
        if isinstance(total, Plus)
        for t in total.args
    ]
    under = [f for side in parts for f in side[1] if isinstance(f, Exp)]
    over = [f for side in parts for f in side[0] if isinstance(f, Exp)]
    return any(
        _numbers(f) & _numbers(g) and (f in under or not _is_turned(f, g, given))
        for f in (*under, *over)
        for g in outer
    )


def _is_turned(first: Expr, second: Expr, given: Given) -> bool:
    """Whether one of two exponentials is seen to fall where the other grows."""
    return {_falls(first, given), _falls(second, given)} == {True, False}


def _falls(exponential: Expr, given: Given) -> bool | None:
    """Whether an exponent is a negative multiple of its entries, if that can be told."""
    turned = isinstance(exponential.operand, Minus)
    whole = exponential.operand.operand if turned else exponential.operand
    others = times(*(f for f in sides(whole)[0] if not isinstance(f, Indexed)))
    found = signs(others, given)
    return (found == {-1}) != turned if found in ({1}, {-1}) else None


def _numbers(exponential: Expr) -> frozenset[Expr]:
    """The entries, or else the names, in an exponent."""
    return frozenset(entries(exponential)) or names(exponential)
