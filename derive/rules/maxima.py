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
from derive.notation import ONE, ZERO, Attains, Maximum, Partial, Times, Total, names
from derive.rules import samples as s
from derive.rules.registry import Outcome, Rewriting, rule
from derive.signs import at_most

limits = (s.j, s.lo, s.hi)
over_classes = (s.j1, 1, s.C)
z_j, z_k = s.z[s.j1], s.z[s.k1]
FJ, FK = Value(s.F, s.j), Value(s.F, s.k)
untied = Condition("untied", (Maximum(FJ, limits),))
not_empty = Condition("at_most", (s.lo, s.hi))


@rule(
    law(
        Partial(Maximum(FJ, limits), s.v),
        Total(Times(Attains(FJ, limits, s.k), Partial(FK, s.v)), (s.k, s.lo, s.hi)),
        not_empty,
        untied,
    ),
    Partial(Maximum(z_j, over_classes), z_k),
)
def differentiate_largest(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Maximum() as largest, variable) if not largest.excluded:
            known = at_most(largest.lower, largest.upper, given)
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
    law(Total(Attains(FJ, limits, s.k), (s.k, s.lo, s.hi)), ONE, not_empty),
    Total(Attains(z_j, over_classes, s.k1), (s.k1, 1, s.C)),
)
def sum_argmax(expr: Expr, given: Given) -> Outcome:
    """One index counts, and no other."""
    body, index = expr.open()
    if not isinstance(body, Attains) or body.at_index != index or index in names(body.largest):
        return None
    known = at_most(expr.lower, expr.upper, given)
    if known is None or body.limits[1:] != expr.limits[1:] or expr.excluded:
        return None
    return Rewriting(ONE, given.declared(known))
