"""What may be a weight: data that may be 0, beside which nothing counts.

``c_n e^{z_n}`` is 0 where ``c_n`` is, and so is ``min(c_n^2, 1) e^{z_n}``, however large the
exponential; in floating point 0 times infinity is no number.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    factors,
    names,
    without,
)

Condition = tuple[Expr, str, Expr] | Attains
Definitions = Mapping[Expr, Definition]


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
        case Threshold(_, _, above, otherwise) if _may_vanish(above) or _may_vanish(otherwise):
            return (factor, "!=", ZERO), factor
    return None


def _may_vanish(branch: Expr) -> bool:
    """Whether a branch is 0 by a condition of its own."""
    return branch == 0 or any(condition(f) is not None for f in factors(branch))


def is_data(expr: Expr, definitions: Definitions) -> bool:
    """Whether this is made of arguments by sums and products, as ``1 - e_i``, and may be 0.

    Or is 0 where such a number is: a power, a fraction, a size, what is no larger than a number,
    and the name of any of these, or of what is 0 by a condition.
    """
    defined = definition(expr, definitions)
    if defined is not None:
        value = defined.value
        return not expr.is_positive and (
            is_data(value, definitions) or condition(value) is not None
        )
    match expr:
        case Plus(parts) | Times(parts):
            own = [p for p in parts if names(p) | bases(p)]
            if isinstance(expr, Times):
                own = [p for p in own if not p.is_positive]
            return bool(own) and all(is_data(p, definitions) for p in own)
        case Minus(operand):
            return is_data(operand, definitions)
        case Apply(function, (operand,)) if function is Abs:
            return is_data(operand, definitions)
        case Power(base, exponent) if exponent.doit().is_positive:
            return is_data(base, definitions)
        case Quotient(above, below) if not may_be_zero(below, definitions, weighed=True):
            return is_data(above, definitions)
        case Apply(function, operands) if function is Min:
            own = [p for p in operands if not p.is_positive]
            return bool(own) and all(is_data(p, definitions) for p in own)
    return isinstance(expr, Indexed | Symbol) and not (expr.is_positive or expr.is_integer)


def may_be_zero(expr: Expr, definitions: Definitions, weighed: bool) -> bool:
    """Whether an argument stands in this, and not in an exponential.

    Or, where that may be ``weighed``, a sum that may be empty, or a difference of shares and 1
    that has been left as it is.
    """
    match expr:
        case Exp():
            return False
        case Total() if weighed and may_be_empty(expr):
            return True
        case Plus(parts) if weighed and any(isinstance(p, Minus) for p in parts):
            if any(base in definitions for base in bases(expr)):
                return True
    if isinstance(expr, Indexed | Symbol) and definition(expr, definitions) is None:
        return not (expr.is_positive or expr.is_integer)
    return any(may_be_zero(p, definitions, weighed) for p in inner_parts(expr, definitions))


def may_be_empty(binder: Binder) -> bool:
    """Whether the limits may leave nothing, as what is behind an index.

    Something is from 1 to an index, and from an index to a size. What leaves an index out is taken
    to have others.
    """
    lower, upper = binder.lower, binder.upper
    if isinstance(upper, Indexed | Symbol) and lower == 1:
        return False
    if isinstance(upper, Symbol) and isinstance(lower, Symbol):
        return False
    return (upper - lower + 1).is_positive is not True


def inner_parts(expr: Expr, definitions: Definitions) -> tuple[Expr, ...]:
    """What an expression is made of: a name of its value, a sum of its terms."""
    known = definition(expr, definitions)
    if known is not None:
        return (known.value,)
    if isinstance(expr, Binder):
        return (expr.body,)
    return tuple(a for a in expr.args if isinstance(a, Expr)) if isinstance(expr, Inert) else ()


def definition(expr: Expr, definitions: Definitions) -> Definition | None:
    """The definition of a name or of an entry of it, None for an argument."""
    return definitions.get(expr.base if isinstance(expr, Indexed) else expr)
