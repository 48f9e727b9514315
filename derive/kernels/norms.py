"""Roots of sums of squares, whose squares may be too large or too little for floating point."""

from __future__ import annotations

from functools import reduce

from sympy import Expr, Function, Rational, S, sqrt

from derive.notation import (
    Apply,
    Head,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    binders,
    names,
    times,
    without,
)

HALF = S.Half


class hypot(Function):
    """``√(a² + b²)``."""


class length(Function):
    """The root of a sum of squares over indices."""


def norm(expr: Expr) -> Expr | None:
    """A power of the root of a sum of squares by that root; None for anything else."""
    match expr:
        case Power(base, Rational(q=2) as exponent):
            root = _root(base)
            if root is None or exponent == HALF:
                return root
            return Power(root, 2 * exponent)
    return None


def _root(expr: Expr) -> Expr | None:
    """The root of a sum of squares and numbers, or of so many times that."""
    match expr:
        case Total() if is_of_squares(expr):
            return Apply(Head(length), expr)
        case Plus(parts):
            sides = _sides(parts)
            return reduce(lambda a, b: Apply(Head(hypot), a, b), sides) if sides else None
        case Quotient(above, below):
            root, rest = _root(above), _known_root(below)
            return None if root is None or rest is None else Quotient(root, rest)
        case Times(parts):
            for n, part in enumerate(parts):
                root, rest = _root(part), _known_root(times(*without(parts, n)))
                if root is not None and rest is not None:
                    return times(rest, root)
    return None


def _squared(expr: Expr) -> Expr | None:
    """What is squared, up to its sign, which does not matter beside another square."""
    match expr:
        case Power(base, exponent) if exponent == 2:
            return base
        case Quotient(above, below):
            return Quotient(*sides) if (sides := _sides((above, below))) else None
        case Times(parts):
            return times(*sides) if (sides := _sides(parts)) else None
    return _root(expr)


def _sides(parts: tuple[Expr, ...]) -> list[Expr]:
    """The roots of all parts, of which at least one is squared; none where one has no root."""
    squared = [_squared(p) for p in parts]
    sides = [side or _known_root(p) for p, side in zip(parts, squared, strict=True)]
    known = [s for s in sides if s is not None]
    return known if any(squared) and len(known) == len(sides) else []


def _known_root(expr: Expr) -> Expr | None:
    """The root of a number that cannot be negative."""
    if binders(expr) or not expr.doit().is_nonnegative:
        return None
    root = sqrt(expr) if expr.is_Number else None
    return root if root is not None and root.is_Rational else Power(expr, HALF)


def is_of_squares(total: Total) -> bool:
    """Whether every term of a sum, or of several inside each other, is a square of its own."""
    body: Expr = total
    bound: set[Expr] = set()
    while isinstance(body, Total):
        body, index = body.opened
        bound.add(index)
    return isinstance(body, Power) and body.exponent == 2 and bound <= names(body.base)
