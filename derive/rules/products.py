"""Products over an index: their derivative, their logarithm, and factors that come back.

The derivative is the sum of the products in which one factor after the other is differentiated. It
is right where factors are zero, too, unlike the product times the sum of ``f'/f``.
"""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, Value, law
from derive.notation import (
    ONE,
    Exp,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    factors,
    names,
    times,
)
from derive.reading import read
from derive.rules import samples as s
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.sums import completed
from derive.signs import at_most, is_positive, within

limits, plain_limits = (s.j, s.lo, s.hi, s.X), (s.j, s.lo, s.hi)
over_classes = (s.j1, 1, s.C)
FJ, FK = Value(s.F, s.j), Value(s.F, s.k)
z_j, z_k = s.z[s.j1], s.z[s.k1]


@rule(
    law(
        Partial(ProductOver(FJ, limits), s.v),
        Total(
            Times(Partial(FK, s.v), ProductOver(FJ, (s.j, s.lo, s.hi, s.k, s.X))),
            (s.k, s.lo, s.hi, s.X),
        ),
    ),
    Partial(ProductOver(z_j, over_classes), z_k),
)
def differentiate_range_product(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(ProductOver() as product, variable):
            body, index = product.open()
            others = ProductOver(body, (index, *product.outside, index))
            slope = Times(Partial(body, variable), others)
            return Total(slope, (index, *product.outside))
    return None


@rule(
    law(
        Log(ProductOver(FJ, limits)),
        Total(Log(FJ), limits),
        Condition("positive_factors", (ProductOver(FJ, limits),)),
    ),
    Log(ProductOver(Exp(z_j), over_classes)),
)
def expand_log_range_product(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Log(ProductOver() as product):
            body, index = product.open()
            if is_positive(body, given.within(index, tuple(product.outside))):
                return Total(Log(body), (index, *product.outside))
    return None


@rule(
    law(ProductOver(Exp(FJ), limits), Exp(Total(FJ, limits))),
    ProductOver(Exp(z_j), over_classes),
)
def add_exponents(expr: Expr, given: Given) -> Outcome:
    body, index = expr.open()
    match body:
        case Exp(operand):
            return Exp(Total(operand, (index, *expr.outside)))
    return None


@rule(
    law(
        ProductOver(s.c, plain_limits),
        Power(s.c, Plus(s.hi, Minus(s.lo), 1)),
        Condition("at_most", (s.lo, s.hi)),
    ),
    ProductOver(z_k, over_classes),
)
def multiply_constant(expr: Expr, given: Given) -> Outcome:
    body, index = expr.open()
    known = at_most(expr.lower, expr.upper, given)
    if index in names(body) or expr.excluded or known is None:
        return None
    return Rewriting(Power(body, read(expr.upper - expr.lower + 1)), given.declared(known))


@rule(
    law(
        ProductOver(Times(s.c, FJ), plain_limits),
        Times(Power(s.c, Plus(s.hi, Minus(s.lo), 1)), ProductOver(FJ, plain_limits)),
        Condition("at_most", (s.lo, s.hi + 1)),
    ),
    ProductOver(Times(s.T, z_j), over_classes),
)
def pull_out_of_product(expr: Expr, given: Given) -> Outcome:
    """``Π_{j=l}^{h} c f_j = c^(h-l+1) Π_j f_j`` for a positive ``c``, as no power divides by 0."""
    body, index = expr.open()
    known = at_most(expr.lower, expr.upper + 1, given)
    fixed = [f for f in factors(body) if index not in names(f) and is_positive(f, given)]
    moving = [f for f in factors(body) if f not in fixed]
    if not fixed or not moving or expr.excluded or known is None:
        return None
    power = Power(times(*fixed), read(expr.upper - expr.lower + 1))
    whole = ProductOver(times(*moving), (index, expr.lower, expr.upper))
    return Rewriting(times(power, whole), given.declared(known))


@rule(
    law(
        Times(FK, ProductOver(FJ, (s.j, s.lo, s.hi, s.k))),
        ProductOver(FJ, plain_limits),
        Condition("within", (s.k, s.lo, s.hi)),
    ),
    Example(Times(z_k, ProductOver(z_j, (s.j1, 1, s.C, s.k1))), s.in_range),
)
def rejoin_factor(expr: Expr, given: Given) -> Outcome:
    """Put the factor that was left out back into its product."""
    found = completed(expr.args, ProductOver, given)
    if found is None:
        return None
    whole, rest, known = found
    return Rewriting(times(*rest, whole), given.declared(known))


@rule(
    law(
        ProductOver(FJ, (s.j, s.lo, s.hi, s.k)),
        Quotient(ProductOver(FJ, plain_limits), FK),
        Condition("within", (s.k, s.lo, s.hi)),
        Condition("nonzero", (FK,)),
    ),
    Example(ProductOver(Exp(z_j), (s.j1, 1, s.C, s.k1)), s.in_range),
)
def complete_product(expr: Expr, given: Given) -> Outcome:
    """``Π_{j≠k} f_j = Π_j f_j / f_k`` for positive factors."""
    if len(expr.excluded) != 1:
        return None
    alone = expr.at(expr.excluded[0])
    known = within(expr.excluded[0], expr.lower, expr.upper, given)
    if known is None or not is_positive(alone, given):
        return None
    body, own = expr.open()
    whole = ProductOver(body, (own, expr.lower, expr.upper))
    return Rewriting(Quotient(whole, alone), given.declared(known))


@rule(
    law(
        Plus(ONE, Minus(ProductOver(FJ, plain_limits))),
        Total(
            Times(Plus(ONE, Minus(FK)), ProductOver(FJ, (s.j, s.lo, s.k - 1))),
            (s.k, s.lo, s.hi),
        ),
        Condition("at_most", (ONE, s.lo)),
    ),
    Plus(ONE, Minus(ProductOver(z_j, over_classes))),
)
def complement_product(expr: Expr, given: Given) -> Outcome:
    """``1 - Π_j f_j = Σ_k (1 - f_k) Π_{j<k} f_j``: the first that is not, and all before it."""
    product = left_by_product(expr)
    known = None if product is None else at_most(ONE, product.lower, given)
    if product is None or known is None:
        return None
    body, index = product.open()
    first = Plus(ONE, Minus(body))
    before = ProductOver(body, (index, product.lower, index - 1))
    whole = Total(Times(first, before), (index, product.lower, product.upper))
    return Rewriting(whole, given.declared(known))


def left_by_product(expr: Expr) -> ProductOver | None:
    """The product of a ``1 - Π_j f_j`` over a whole range; None for anything else."""
    match expr:
        case Plus((one, Minus(ProductOver() as product))) | Plus(
            (Minus(ProductOver() as product), one)
        ) if one == 1 and not product.excluded:
            return product
    return None
