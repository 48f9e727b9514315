"""Powers of sums of exponentials: each is one exponential, lowered with those beside it."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    factors,
    heads,
    times,
)
from derive.rules import samples as s
from derive.rules.exponents import largest
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, rule
from derive.rules.stability import logistic
from derive.signs import is_positive

positive_b = Condition("positive", (s.b,))


def raised_sum(expr: Expr, given: Given) -> Expr | None:
    """``a log b`` of a power ``b^a`` of a sum of exponentials; None for anything else.

    Squares, and powers of ``1 + e^u``, are left to rules of their own.
    """
    match expr:
        case Power((Plus() | Total()) as base, exponent) if exponent != 2 and not logistic(expr):
            if largest(base, given) is not None and is_positive(base, given):
                return times(exponent, Log(base))
    return None


@rule(
    law(Power(s.b, s.n), Exp(Times(s.n, Log(s.b))), positive_b),
    Power(s.partition, s.gamma),
)
def write_power(expr: Expr, given: Given) -> Outcome:
    """``b^a = e^{a log b}``: the logarithm of a sum of exponentials can be moved down."""
    exponent = raised_sum(expr, given)
    return None if exponent is None else Exp(exponent)


@rule(
    law(Quotient(s.a, Power(s.b, s.n)), Times(s.a, Exp(Minus(Times(s.n, Log(s.b))))), positive_b),
    Quotient(Exp(s.z[s.k1]), Power(s.partition, s.gamma)),
)
def divide_power(expr: Expr, given: Given) -> Outcome:
    """``a / b^n = a e^{-n log b}`` likewise."""
    above, below = sides(expr)
    for n, factor in enumerate(below):
        exponent = raised_sum(factor, given)
        if exponent is not None:
            top = times(*(f for f in above if f != 1), Exp(Minus(exponent)))
            rest = times(*below[:n], *below[n + 1 :])
            return top if rest == 1 else Quotient(top, rest)
    return None


def is_raised(factor: Expr, given: Given) -> bool:
    """Whether this is an ``e^{a log b}`` of a sum of exponentials."""
    match factor:
        case Exp(Minus(operand)) | Exp(operand):
            logs = [f for f in factors(operand) if isinstance(f, Log)]
            return any(largest(f.operand, given) is not None for f in logs)
    return False


def beside_raised(expr: Expr, given: Given) -> bool:
    """Whether such a power stands beside other exponentials, to which it belongs.

    It may overflow where they round to zero, and the other way round.
    """
    rest = [f for f in expr.args if not is_raised(f, given)]
    return len(rest) < len(expr.args) and any(Exp in heads(f) for f in rest)
