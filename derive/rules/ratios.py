"""Ratios of sums of exponentials, as second derivatives have them."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr

from derive.facts import Given
from derive.laws import law
from derive.notation import Minus, Plus, Power, Times, factors
from derive.rules import samples as s
from derive.rules.largest import largest
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, rule


@rule(law(Power(s.b, 2), Times(s.b, s.b)), Power(s.partition, 2), formal="write_square")
def multiply_square(expr: Expr, given: Given) -> Outcome:
    """``b^2 = b b``: each of the two is lowered on its own."""
    match expr:
        case Power(base, exponent) if exponent == 2 and largest(base, given) is not None:
            return Times(base, base)
    return None


def over_another_sum(expr: Expr, given: Given) -> bool:
    """Whether sums of exponentials and fractions over such sums are divided by another one.

    A second derivative has them. No one exponent is the largest in all that is above: with both
    sums below its own bar each term is a ratio of sums that are shifted alike.
    """
    above, below = sides(expr)
    rising = [f for f in above if largest(f, given) is not None]
    if len(rising) != 1 or not isinstance(rising[0], Plus):
        return False
    inner = (
        part
        for term in rising[0].args
        for f in factors(term.operand if isinstance(term, Minus) else term)
        for part in sides(f)[1]
    )
    return _any_rises(inner, given) and _any_rises(below, given)


def _any_rises(parts: Iterable[Expr], given: Given) -> bool:
    return any(largest(part, given) is not None for part in parts)
