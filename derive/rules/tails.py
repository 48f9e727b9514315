"""Tails of the error function below a bar: both they and what is above round to zero far out."""

from __future__ import annotations

from sympy import Expr, erf

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    factors,
    terms,
    times,
    without,
)
from derive.recognition import tail
from derive.rules import samples as s
from derive.rules.monomials import risen_below, sides
from derive.rules.registry import Outcome, rule

z_k = s.z[s.k1]
left = Plus(ONE, Minus(Apply(Head(erf), z_k)))


@rule(
    law(Quotient(s.a, s.b), Times(s.a, Exp(Minus(Log(s.b)))), Condition("positive", (s.b,))),
    Quotient(Exp(Minus(Power(z_k, 2))), left),
)
def divide_tail(expr: Expr, given: Given) -> Outcome:
    """``a / b = a e^{-log b}``, where ``b`` is ``1 - erf(u)`` or ``1 + erf(u)``."""
    above, below = sides(expr)
    for n, factor in enumerate(below):
        if tail(factor) is not None:
            top = times(*(f for f in above if f != 1), Exp(Minus(Log(factor))))
            rest = times(*without(below, n))
            return top if rest == 1 else Quotient(top, rest)
    return None


@rule(
    law(
        Quotient(s.a, Power(s.b, s.n)),
        Times(s.a, Exp(Minus(Times(s.n, Log(s.b))))),
        Condition("positive", (s.b,)),
    ),
    Quotient(Exp(Minus(Power(z_k, 2))), Power(left, 2)),
)
def divide_tail_power(expr: Expr, given: Given) -> Outcome:
    """``a / b^n = a e^{-n log b}`` likewise."""
    above, below = sides(expr)
    for n, factor in enumerate(below):
        if isinstance(factor, Power) and tail(factor.base) is not None:
            rest = times(*without(below, n))
            top = times(*(f for f in above if f != 1), risen_below(factor))
            return top if rest == 1 else Quotient(top, rest)
    return None


def beside_tails(expr: Expr, given: Given) -> bool:
    """Whether an exponential stands beside a sum in which tails are divided by."""
    raised = any(isinstance(f, Exp) for f in expr.args)
    return raised and any(isinstance(f, Plus) and any(map(_divides, terms(f))) for f in expr.args)


def _divides(term: Expr) -> bool:
    plain = term.operand if isinstance(term, Minus) else term
    return any(
        isinstance(part, Log) and tail(part.operand) is not None
        for f in sides(plain)[0]
        if isinstance(f, Exp)
        for t in terms(f.operand)
        for part in factors(t.operand if isinstance(t, Minus) else t)
    )
