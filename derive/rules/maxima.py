"""The largest value over an index: its derivative where one index alone attains it.

Where several attain it there is no derivative, which the condition of the law says; the value
taken there is the derivative of the first of them, as of two equal arguments of ``Max``. It is the
index that ``numpy.argmax`` and ``torch.max(dim)`` give, and it is found without comparing numbers
for equality, which rounding could upset.
"""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, Value, law
from derive.notation import (
    ONE,
    ZERO,
    Attains,
    Maximum,
    Partial,
    Times,
    Total,
    code,
    factors,
    fraction,
    mask,
    masked,
    names,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, Rewriting, rule
from derive.signs import nonempty

limits = (s.j, s.lo, s.hi, s.X)
over_classes = (s.j1, 1, s.C)
z_j, z_k = s.z[s.j1], s.z[s.k1]
FJ, FK = Value(s.F, s.j), Value(s.F, s.k)
untied = Condition("untied", (Maximum(FJ, limits),))
not_empty = Condition("nonempty", (s.lo, s.hi, s.X))


@rule(
    law(
        Partial(Maximum(FJ, limits), s.v),
        Total(Times(Attains(FJ, limits, s.k), Partial(FK, s.v)), (s.k, s.lo, s.hi, s.X)),
        not_empty,
        untied,
    ),
    Partial(Maximum(z_j, over_classes), z_k),
)
def differentiate_largest(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Maximum() as largest, variable):
            known = nonempty(largest, given)
            if known is None:
                return None
            body, index = largest.open()
            span = (index, *largest.limits[1:])
            slope = Times(Attains(body, span, index), Partial(body, variable))
            return Rewriting(Total(slope, span), given.declared(known))
    return None


@rule(
    law(Partial(Attains(FJ, limits, s.k), s.v), ZERO, untied),
    Partial(Attains(z_j, over_classes, s.i1), z_k),
)
def differentiate_argmax(expr: Expr, given: Given) -> Outcome:
    """Where one index alone attains the maximum, it does so nearby."""
    match expr:
        case Partial(Attains()):
            return ZERO
    return None


@rule(
    law(Total(Attains(FJ, limits, s.k), (s.k, s.lo, s.hi, s.X)), ONE, not_empty),
    Total(Attains(z_j, over_classes, s.k1), (s.k1, 1, s.C)),
)
def sum_argmax(expr: Expr, given: Given) -> Outcome:
    """One index counts, and no other."""
    body, index = expr.open()
    if not isinstance(body, Attains) or body.at_index != index or index in names(body.largest):
        return None
    known = nonempty(expr, given)
    if known is None or body.limits[1:] != expr.limits[1:]:
        return None
    return Rewriting(ONE, given.declared(known))


@rule(
    law(
        Total(Times(Attains(FJ, limits, s.k), FK), (s.k, s.lo, s.hi, s.X)),
        Maximum(FJ, limits),
        not_empty,
    ),
    Total(Times(Attains(z_j, over_classes, s.k1), s.z[s.k1]), (s.k1, 1, s.C)),
)
def write_largest(expr: Expr, given: Given) -> Outcome:
    """``Σ_k [k = argmax_j f_j] f_k = max_j f_j``"""
    body, index = expr.open()
    for bracket in factors(body):
        if not isinstance(bracket, Attains) or bracket.at_index != index:
            continue
        largest = bracket.largest
        same = largest.limits[1:] == expr.limits[1:] and index not in names(largest)
        known = nonempty(expr, given)
        if same and known is not None and code(body) == code(times(bracket, largest.at(index))):
            return Rewriting(largest, given.declared(known))
    return None


@rule(
    law(Attains(FJ, (*limits, s.n), s.n), ZERO),
    Attains(z_j, (*over_classes, s.k1), s.k1),
)
def vanish_argmax(expr: Expr, given: Given) -> Outcome:
    """``[t = argmax_{j≠t} f_j] = 0``: it is not the one that is left out."""
    match expr:
        case Attains(excluded=left_out, at_index=index) if index in left_out:
            return ZERO
    return None


@rule(
    law(
        Times(mask(s.k, s.n), Attains(FJ, (*limits, s.n), s.k)),
        Attains(FJ, (*limits, s.n), s.k),
    ),
    Times(mask(s.k1, s.i1), Attains(z_j, (*over_classes, s.i1), s.k1)),
    head=PRODUCTS,
)
def unmask_argmax(expr: Expr, given: Given) -> Outcome:
    """``(1 - δ_{kt}) [k = argmax_{j≠t} f_j] = [k = argmax_{j≠t} f_j]``, which is zero there."""
    above, below = sides(expr)
    brackets = [f for f in above if isinstance(f, Attains)]
    for n, factor in enumerate(above):
        if any(masked(factor, b.at_index) in b.excluded for b in brackets):
            return fraction(list(without(above, n)), list(below))
    return None
