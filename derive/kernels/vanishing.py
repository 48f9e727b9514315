"""Factors that are 0 by a condition on numbers, and what may have no value beside them.

``[u > 0] x/r`` is 0 where ``u`` is not positive, and so it is where ``r`` is 0 as well; in floating
point 0 times infinity is no 0. So it is with ``[k = argmax_j f(j)]``, as what is not the largest
counts for nothing, and with a weight ``y_n`` beside such a condition.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Abs, Expr, Indexed, Max, Min, Symbol

from derive.facts import Definition
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Binder,
    Exp,
    Inert,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    bases,
    factors,
    names,
    without,
)

Condition = tuple[Expr, str, Expr] | Attains


def condition(factor: Expr) -> tuple[Condition, Expr] | None:
    """Where a factor may be other than 0, and what it is there.

    So are ``[a > b]``, a value that is 0 in one branch, ``max(0, u)`` and its powers, and the
    bracket of the index at which a value is largest. What ``mask_weights`` has put beside the
    weight itself rules out no more than the weight's zeros.
    """
    match factor:
        case Attains():
            return factor, ONE
        case Threshold(Apply(function), second) if function is Abs and second == 0:
            return None
        case Threshold(first, second, above, otherwise) if otherwise == 0:
            return (first, ">", second), above
        case Threshold(first, second, above, otherwise) if above == 0:
            return (first, "<=", second), otherwise
        case Apply(function, operands) if function in (Max, Min) and ZERO in operands:
            (number,) = without(operands, operands.index(ZERO))
            sides = (number, ZERO) if function is Max else (ZERO, number)
            return (sides[0], ">", sides[1]), number
        case Power(Apply() as base, exponent) if exponent.doit().is_positive:
            known = condition(base)
            return known and (known[0], Power(known[1], exponent))
    return None


def masking(
    parts: Iterable[Expr], beside: Expr, definitions: dict[Expr, Definition]
) -> list[tuple[Condition, Expr] | None]:
    """The condition of each part, None where it has none or nothing beside may lack a value.

    That of a weight is that it is not 0, where another condition is beside it; but a weight is none
    where what may lack a value is made of the same argument. Beside a logarithm it always is:
    ``0 log 0`` is 0, and so is the limit of ``u log u``.
    """
    parts = list(parts)
    if only_logarithms_lack(parts, beside, definitions):
        return [((f, "!=", ZERO), f) if is_data(f, definitions) else condition(f) for f in parts]
    if not (rules_out(parts, beside, definitions) or weighs(parts, beside, definitions)):
        return [None] * len(parts)
    lacking = [f for f in (beside, *parts) if may_lack_a_value(f, definitions)]
    arrays = frozenset().union(*map(bases, lacking))
    return [
        ((f, "!=", ZERO), f)
        if _is_weight(f, definitions) and not bases(f) & arrays
        else condition(f)
        for f in parts
    ]


def only_logarithms_lack(
    parts: Iterable[Expr], beside: Expr, definitions: dict[Expr, Definition]
) -> bool:
    """Whether what may lack a value is one or more logarithms, with data for weights."""
    parts = list(parts)
    if not any(is_data(f, definitions) for f in parts):
        return False
    if any(may_lack_a_value(f, definitions, logarithms=False) for f in (beside, *parts)):
        return False
    return any(may_lack_a_value(f, definitions) for f in (beside, *parts))


def is_data(expr: Expr, definitions: dict[Expr, Definition]) -> bool:
    """Whether this is made of arguments by sums and products, as ``1 - e_i``, and may be 0."""
    match expr:
        case Plus(parts) | Times(parts):
            own = [p for p in parts if names(p) | bases(p)]
            return bool(own) and all(is_data(p, definitions) for p in own)
        case Minus(operand):
            return is_data(operand, definitions)
        case Power(base, exponent) if exponent.is_Integer and exponent > 0:
            return is_data(base, definitions)
    known = isinstance(expr, Indexed | Symbol) and _definition(expr, definitions) is None
    return known and not (expr.is_positive or expr.is_integer)


def rules_out(parts: Iterable[Expr], beside: Expr, definitions: dict[Expr, Definition]) -> bool:
    """Whether a part is 0 by a condition where others, or what is ``beside``, may lack a value."""
    parts = list(parts)
    others = [f for f in parts if condition(f) is None]
    return len(others) < len(parts) and any(
        may_lack_a_value(f, definitions) for f in (beside, *others)
    )


def weighs(parts: Iterable[Expr], beside: Expr, definitions: dict[Expr, Definition]) -> bool:
    """Whether a part is the weight of what conditions rule out only in part, as a sum of slopes."""
    parts = list(parts)
    return any(_is_weight(f, definitions) for f in parts) and any(
        _is_ruled(f, definitions) for f in (beside, *parts)
    )


def _is_ruled(expr: Expr, definitions: dict[Expr, Definition]) -> bool:
    """Whether a condition in this rules out what may lack a value."""
    match expr:
        case Times(parts) if rules_out(parts, ONE, definitions):
            return True
        case Quotient(above, below) if rules_out(factors(above), Quotient(ONE, below), definitions):
            return True
    return any(_is_ruled(p, definitions) for p in _parts(expr, definitions))


def _is_weight(factor: Expr, definitions: dict[Expr, Definition]) -> bool:
    """Whether this is an entry of an argument, or what it leaves of one."""
    match factor:
        case Plus((one, Minus(entry))) if one == 1:
            return _is_weight(entry, definitions)
    return isinstance(factor, Indexed) and _definition(factor, definitions) is None


def may_lack_a_value(
    expr: Expr, definitions: dict[Expr, Definition], logarithms: bool = True
) -> bool:
    """Whether this divides by, or takes the logarithm of, what the arguments may make 0.

    Without ``logarithms`` these are not looked into.
    """
    match expr:
        case Log() if not logarithms:
            return False
        case Quotient(_, below) if _may_be_zero(below, definitions):
            return True
        case Power(base, exponent) if exponent.doit().is_nonnegative is not True:
            return _may_be_zero(base, definitions)
        case Log(operand) if _may_be_zero(operand, definitions):
            return True
    return any(may_lack_a_value(p, definitions, logarithms) for p in _parts(expr, definitions))


def _may_be_zero(expr: Expr, definitions: dict[Expr, Definition]) -> bool:
    """Whether an argument stands in this, and not in an exponential."""
    if isinstance(expr, Exp):
        return False
    if isinstance(expr, Indexed | Symbol) and _definition(expr, definitions) is None:
        return not (expr.is_positive or expr.is_integer)
    return any(_may_be_zero(p, definitions) for p in _parts(expr, definitions))


def _parts(expr: Expr, definitions: dict[Expr, Definition]) -> tuple[Expr, ...]:
    known = _definition(expr, definitions)
    if known is not None:
        return (known.value,)
    if isinstance(expr, Binder):
        return (expr.body,)
    return tuple(a for a in expr.args if isinstance(a, Expr)) if isinstance(expr, Inert) else ()


def _definition(expr: Expr, definitions: dict[Expr, Definition]) -> Definition | None:
    return definitions.get(expr.base if isinstance(expr, Indexed) else expr)
