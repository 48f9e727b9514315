"""Numbers that round to zero together, such as ``x = e^u`` and ``1 - e^{-x}``: ``x`` over it is 1.

So it is with ``1 - σ`` over ``1 - max(0, σ - m)`` where ``m`` is 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Function, Min

from derive.facts import Definition
from derive.kernels.shares import left_of_one
from derive.notation import (
    Apply,
    Exp,
    Head,
    Minus,
    Plus,
    Quotient,
    Times,
    factors,
    fraction,
    names,
    plus,
    terms,
    without,
)

Definitions = Mapping[Expr, Definition]


class ratio(Function):
    """``a/b``, and 1 where both are zero."""


def together(expr: Expr, definitions: Definitions) -> tuple[Expr, Expr] | None:
    """What may round to zero below a bar, and the whole in a form for where that is little.

    In ``x (a + b/(1 - e^{-x}))`` the ``x`` is brought into the brackets.
    """
    above, below = sides(expr)
    for n, lost in enumerate(below):
        near = _near(above, without(below, n), lost, definitions)
        if near is not None:
            return lost, near
    for n, total in enumerate(above):
        for at, term in enumerate(total.args if isinstance(total, Plus) else ()):
            part = term.operand if isinstance(term, Minus) else term
            own, under = sides(part)
            for m, lost in enumerate(under):
                outer = without(above, n)
                near = _near((*outer, *own), (*below, *without(under, m)), lost, definitions)
                if near is not None:
                    rest = fraction((*outer, plus(*without(total.args, at))), below)
                    return lost, Plus(rest, Minus(near) if isinstance(term, Minus) else near)
    return None


def beside_together(parts: list[Expr], definitions: Definitions) -> list[Expr]:
    """The factors in a sum, those that round to zero together multiplied first.

    What has other indices stays apart, as beside powers.
    """
    for lost in parts:
        near = [f for f in parts if names(f) <= names(lost)]
        if len(near) > 1 and together(Times(*near), definitions) is not None:
            return [Times(*near), *(f for f in parts if f not in near)]
    return parts


def sides(expr: Expr) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """The factors above and below all bars."""
    match expr:
        case Quotient(above, below):
            return factors(above), factors(below)
        case Times(parts):
            split = [sides(p) for p in parts]
            above = tuple(f for top, _ in split for f in top)
            return above, tuple(f for _, bottom in split for f in bottom)
    return (expr,), ()


def _near(
    above: tuple[Expr, ...], below: tuple[Expr, ...], lost: Expr, definitions: Definitions
) -> Expr | None:
    """A fraction over what is little: that part of it which is as little is 1 with it."""
    exponent = little_exponent(lost)
    if exponent is not None:
        left: list[Expr] | None = list(above)
        for factor in factors(exponent):
            left = None if left is None else _taken(left, factor)
        whole = Apply(Head(ratio), exponent, lost)
        return None if left is None else fraction((*left, whole), below)
    match left_of_one(lost, definitions):
        case Apply(function, (_, inside)) if function is Min:
            for share in terms(inside):
                whole = Apply(Head(ratio), share, lost)
                match share:
                    case Quotient(part, total) if part in above:
                        rest = without(above, above.index(part))
                        for n, other in enumerate(below):
                            if set(terms(other)) == set(terms(total)):
                                return fraction((*rest, whole), without(below, n))
    return None


def little_exponent(lost: Expr) -> Expr | None:
    """The ``x`` of a ``1 - e^{-x}`` or an ``e^x - 1``, if an exponential is a factor of it."""
    match lost:
        case Plus((one, Minus(Exp(Minus(x))))) | Plus((Minus(Exp(Minus(x))), one)) if one == 1:
            found = x
        case Plus((Exp(x), Minus(one))) | Plus((Minus(one), Exp(x))) if one == 1:
            found = x
        case _:
            return None
    return found if any(isinstance(f, Exp) for f in factors(found)) else None


def _taken(above: list[Expr], factor: Expr) -> list[Expr] | None:
    """The factors without one of them, which may stand in an ``e^{u - e^u}``; None without it."""
    if factor in above:
        return list(without(tuple(above), above.index(factor)))
    for n, other in enumerate(above):
        match other, factor:
            case Exp(Plus(items)), Exp(exponent) if exponent in items:
                rest = plus(*without(items, items.index(exponent)))
                return [*above[:n], Exp(rest), *above[n + 1 :]]
    return None
