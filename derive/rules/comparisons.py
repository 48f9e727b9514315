"""Conditions that compare two multiples of one number: only the sign of the number counts."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import ONE, ZERO, Minus, Plus, Threshold, Times, times
from derive.rules import samples as s
from derive.rules.kinks import larger
from derive.rules.monomials import Monomial, common, divided, expression, monomial
from derive.rules.registry import Outcome, rule

z_k, y_k, less = s.z[s.k1], s.y[s.k1], Plus(s.T, Minus(ONE))
multiples = (Times(s.a, s.f), Times(s.b, s.f))


@rule(
    law(
        Threshold(*multiples, s.u, s.w),
        Threshold(s.f, ZERO, s.u, s.w),
        Condition("positive", (Plus(s.a, Minus(s.b)),)),
    ),
    Threshold(Times(s.T, z_k), Times(less, z_k), ONE, ZERO),
)
def divide_condition(expr: Expr, given: Given) -> Outcome:
    """``a u > b u`` says that ``u`` is positive, where ``a`` is the larger one."""
    match expr:
        case Threshold(first, second) if (shared := _above(first, second)) is not None:
            return Threshold(shared, ZERO, expr.above, expr.otherwise)
    return None


@rule(
    law(
        Threshold(*multiples, s.u, s.w),
        Threshold(ZERO, s.f, s.u, s.w),
        Condition("positive", (Plus(s.b, Minus(s.a)),)),
    ),
    Threshold(Times(less, z_k), Times(s.T, z_k), ONE, ZERO),
)
def divide_turned_condition(expr: Expr, given: Given) -> Outcome:
    """``a u > b u`` says that ``u`` is negative, where ``b`` is the larger one."""
    match expr:
        case Threshold(first, second) if (shared := _above(second, first)) is not None:
            return Threshold(ZERO, shared, expr.above, expr.otherwise)
    return None


@rule(
    law(
        Threshold(Times(s.f, s.a), Times(s.f, s.b), s.u, s.w),
        Threshold(Times(s.f, Plus(s.a, Minus(s.b))), ZERO, s.u, s.w),
    ),
    Threshold(Times(y_k, z_k), Times(y_k, larger(s.T, z_k)), ZERO, ONE),
)
def factor_condition(expr: Expr, given: Given) -> Outcome:
    """``c a > c b`` as ``c (a - b) > 0``, where ``b`` is ``a`` wherever that is not clipped.

    In a kernel ``c a`` and ``c b`` would differ by their last digit there.
    """
    match expr:
        case Threshold(first, second):
            both = [monomial(first), monomial(second)]
            shared = Monomial(ONE, common(both).powers)
            one, other = (expression(divided(side, shared)) for side in both)
            if shared.powers and (one.has(other) or other.has(one)):
                apart = times(expression(shared), Plus(one, Minus(other)))
                return Threshold(apart, ZERO, expr.above, expr.otherwise)
    return None


def _above(larger: Expr, smaller: Expr) -> Expr | None:
    """What two products have in common, if what the first has beside it is larger by a number."""
    both = [monomial(larger), monomial(smaller)]
    shared = Monomial(ONE, common(both).powers)
    if not shared.powers:
        return None
    beside = [expression(divided(product, shared)) for product in both]
    gap = (beside[0].doit() - beside[1].doit()).expand()
    return expression(shared) if gap.is_Rational and gap > 0 else None
