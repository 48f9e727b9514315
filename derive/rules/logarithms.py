"""Logarithms: of products, fractions, powers and exponentials."""

from __future__ import annotations

from itertools import permutations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, Each, law
from derive.notation import (
    ONE,
    ZERO,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    plus,
    times,
)
from derive.rules import samples as s
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, rule
from derive.signs import is_not_negative, is_positive

z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]
positive_b = Condition("positive", (s.b,))


def is_nested(operand: Expr) -> bool:
    """Whether there are fractions among the factors, or below or above a bar."""
    return any(isinstance(f, Quotient) for side in sides(operand) for f in side)


@rule(
    law(Log(Quotient(s.a, s.b)), Plus(Log(s.a), Minus(Log(s.b))), positive_b),
    Log(Quotient(Exp(z_i), s.partition)),
)
def expand_log_quotient(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Log(Quotient(above, below)) if not is_nested(expr.operand):
            # Where the left side exists no denominator is zero, and one that is positive makes the
            # numerator positive too.
            if is_not_negative(below, given):
                return Plus(Log(above), Minus(Log(below)))
    return None


@rule(
    law(
        Log(Quotient(s.a, s.b)),
        Plus(Log(s.a), Minus(Log(s.b))),
        Condition("positive", (s.a,)),
    ),
    Log(Quotient(Exp(z_i), y_k)),
)
def expand_log_fraction(expr: Expr, given: Given) -> Outcome:
    """The same where it is the numerator that is known to be positive."""
    match expr:
        case Log(Quotient(above, below)):
            if above != 1 and is_positive(above, given) and not is_not_negative(below, given):
                return Plus(Log(above), Minus(Log(below)))
    return None


@rule(
    law(
        Plus(Log(s.a), Minus(Log(s.b))),
        Log(Quotient(s.a, s.b)),
        Condition("positive", (s.a,)),
        Condition("positive", (s.b,)),
    ),
    Plus(Log(Exp(z_i)), Minus(Log(s.partition)), y_k),
    formal="expand_log_quotient",
)
def join_logarithms(expr: Expr, given: Given) -> Outcome:
    """``log a - log b = log(a/b)`` for positive numbers."""
    for n, m in permutations(range(len(expr.args)), 2):
        match expr.args[n], expr.args[m]:
            case Log(above), Minus(Log(below)):
                if is_positive(above, given) and is_positive(below, given):
                    whole = Log(Quotient(above, below))
                    rest = (whole if at == n else t for at, t in enumerate(expr.args))
                    return plus(*(t for at, t in enumerate(rest) if at != m))
    return None


@rule(
    law(Log(Times(Each(s.a))), Plus(Each(Log(s.a))), Condition("positive", (s.a,))),
    Log(Times(Exp(z_i), s.partition)),
)
def expand_log_product(expr: Expr, given: Given) -> Outcome:
    match expr:
        # Where the left side exists no factor is zero.
        case Log(Times(parts)) if not is_nested(expr.operand) and all(
            is_not_negative(f, given) for f in parts
        ):
            return Plus(*map(Log, parts))
    return None


@rule(
    law(Log(Times(s.a, s.b)), Plus(Log(s.a), Log(s.b)), positive_b),
    Log(Times(y_k, s.partition)),
)
def split_log(expr: Expr, given: Given) -> Outcome:
    """Take the positive factors out of a logarithm."""
    match expr:
        case Log(Times(parts)):
            sure = [f for f in parts if is_positive(f, given)]
            rest = [f for f in parts if not is_positive(f, given)]
            if sure and rest:
                return Plus(Log(times(*rest)), Log(times(*sure)))
    return None


@rule(
    law(Log(Power(s.a, s.n)), Times(s.n, Log(s.a)), Condition("positive", (s.a,))),
    Log(Power(s.partition, 2)),
)
def expand_log_power(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Log(Power(base, exponent)) if is_positive(base, given):
            return times(exponent, Log(base))
    return None


@rule(law(Log(Exp(s.u)), s.u), Log(Exp(z_k)))
def cancel_log_exp(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Log(Exp(operand)):
            return operand
    return None


@rule(law(Log(ONE), ZERO), Log(1), bookkeeping=True)
def log_of_one(expr: Expr, given: Given) -> Outcome:
    return ZERO if expr.operand == 1 else None
    return None
