"""Masks of what is zero without them, where all that stands beside it has a value."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Symbol, atan, cos, erf, sin, tanh

from derive.facts import Given
from derive.notation import (
    Apply,
    Attains,
    Exp,
    Inert,
    Log,
    Power,
    Quotient,
    code,
    factors,
    fraction,
    names,
    opened_parts,
    replace,
)
from derive.rules.monomials import sides
from derive.signs import is_positive, is_zero
from derive.unfolding import unfold

# What has a value everywhere, and no large one.
BOUNDED = frozenset({sin, cos, tanh, atan, erf})


def includes_safely(total: Expr, given: Given, below: bool = False) -> bool:
    """Whether what a sum leaves out has a value there, and no large one, beside what is zero.

    What is in every term of the sum, too, has one; ``below`` a bar as well, unless the sum has no
    terms at all.
    """
    body, index = total.opened
    return all(_has_value_at(body, index, out, given, below) for out in total.excluded)


def unmasks(product: Expr, given: Given) -> bool:
    """Whether what stands beside the bracket of a maximum has a value at what is left out of it."""
    above, below = sides(product)
    brackets = [f for f in above if isinstance(f, Attains)]
    beside = fraction([f for f in above if f not in brackets], list(below))
    return all(
        isinstance(bracket.at_index, Symbol)
        and _has_value_at(beside, bracket.at_index, out, given, below=True)
        for bracket in brackets
        for out in bracket.excluded
    )


def _has_value_at(body: Expr, index: Symbol, place: Expr, given: Given, below: bool) -> bool:
    """Whether something has a value where an index is at a place; ``below`` as above."""
    everywhere = {code(p) for p in closed_parts(unfold(body, given.definitions), index)}

    def has_value(expr: Expr) -> bool:
        if code(expr) in everywhere:
            return True
        known = all(is_safe(part) or (below and code(part) in everywhere) for part in risky(expr))
        return known and all(map(has_value, opened_parts(expr)))

    def is_safe(part: Expr) -> bool:
        if isinstance(part, Exp):
            return is_zero(part.operand)
        if isinstance(part, Apply):
            return part.function in BOUNDED
        return is_positive(part.base if isinstance(part, Power) else part, given)

    return has_value(unfold(replace(body, {index: place}), given.definitions))


def includes(total: Expr, given: Given) -> bool:
    """Whether what a sum leaves out has a value wherever its other terms have."""
    return includes_safely(total, given, below=True)


def closed_parts(expr: Expr, index: Symbol) -> Iterator[Expr]:
    """The parts of an expression that an index is not in, and that are more than a letter."""
    if isinstance(expr, Inert):
        if index not in names(expr):
            yield expr
        for part in expr.args:
            yield from closed_parts(part, index)


def risky(expr: Expr) -> tuple[Expr, ...]:
    """What may have no value, or a large one: functions, roots, and all that is below a bar."""
    match expr:
        case Quotient(_, below):
            return factors(below)
        case Power(_, exponent) if not (exponent.is_Integer and exponent.is_positive):
            return (expr,)
        case Apply() | Exp() | Log():
            return (expr,)
    return ()
