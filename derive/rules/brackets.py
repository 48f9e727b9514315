"""Brackets ``[i <= j]``, which are one or zero, and the ranges that they leave of a sum."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    ZERO,
    Bracket,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    factors,
    heads,
    names,
    plus,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import beside_total, expression, monomial, multiplied, place
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.sums import FJ, left_out, limits, over_classes, z_j
from derive.signs import at_most, within


@rule(
    law(Bracket(s.j, s.k), ONE, Condition("at_most", (s.j, s.k))),
    Example(Bracket(ONE, s.k1), s.in_range),
)
def satisfy_bracket(expr: Expr, given: Given) -> Outcome:
    known = at_most(expr.lower, expr.upper, given)
    return None if known is None else Rewriting(ONE, given.declared(known))


@rule(
    law(Bracket(s.j, s.k), ZERO, Condition("at_most", (s.k + 1, s.j))),
    Example(Bracket(s.k1, s.k1 - 1), s.in_range),
)
def vanish_bracket(expr: Expr, given: Given) -> Outcome:
    known = at_most(expr.upper + 1, expr.lower, given)
    return None if known is None else Rewriting(ZERO, given.declared(known))


def find_bracket(expr: Total, lower: bool) -> tuple[Expr, Expr, Expr] | None:
    """Body without a bracket on the bound index, that index, and the other side of the bracket."""
    if Bracket not in heads(expr.body):
        return None
    body, index = expr.opened
    above = body.numerator if isinstance(body, Quotient) else body
    parts = factors(above)
    for position, factor in enumerate(parts):
        if not isinstance(factor, Bracket):
            continue
        own, other = (factor.upper, factor.lower) if lower else (factor.lower, factor.upper)
        offset, rest = own.as_coeff_Add()
        if rest != index or index in names(other):
            continue
        left = times(*without(parts, position))
        if isinstance(body, Quotient):
            left = Quotient(left, body.denominator)
        return left, index, other - offset
    return None


@rule(
    law(
        Total(Times(Bracket(s.j, s.k), FJ), limits),
        Total(FJ, (s.j, s.lo, s.k, s.X)),
        Condition("at_most", (s.k, s.hi)),
    ),
    Example(Total(Times(Bracket(s.j1, s.k1), z_j), over_classes), s.in_range),
)
def absorb_bracket_upper(expr: Expr, given: Given) -> Outcome:
    return _absorbed(expr, given, lower=False)


@rule(
    law(
        Total(Times(Bracket(s.k, s.j), FJ), limits),
        Total(FJ, (s.j, s.k, s.hi, s.X)),
        Condition("at_most", (s.lo, s.k)),
    ),
    Example(Total(Times(Bracket(s.k1, s.j1), z_j), over_classes), s.in_range),
)
def absorb_bracket_lower(expr: Expr, given: Given) -> Outcome:
    return _absorbed(expr, given, lower=True)


def _absorbed(expr: Total, given: Given, lower: bool) -> Outcome:
    """The sum with the bound of a bracket in place of its own at one end."""
    found = find_bracket(expr, lower)
    if found is None or expr.excluded:
        return None
    rest, index, bound = found
    ends = (bound, expr.upper) if lower else (expr.lower, bound)
    known = at_most(expr.lower, bound, given) if lower else at_most(bound, expr.upper, given)
    return None if known is None else Rewriting(Total(rest, (index, *ends)), given.declared(known))


over_the_others = Total(Times(Bracket(s.j1, s.k1 - 1), z_j), (s.j1, 1, s.C, s.k1))


@rule(
    law(
        Total(Times(Bracket(s.j, s.k), FJ), (s.j, s.lo, s.hi, left_out)),
        Total(Times(Bracket(s.j, s.k), FJ), (s.j, s.lo, s.hi)),
        Condition("at_most", (s.k + 1, left_out)),
        Condition("within", (left_out, s.lo, s.hi)),
    ),
    Example(over_the_others, s.in_range),
)
def include_above(expr: Expr, given: Given) -> Outcome:
    """An index above the bound of a bracket need not be left out."""
    return _included(expr, given, lower=False)


@rule(
    law(
        Total(Times(Bracket(s.k, s.j), FJ), (s.j, s.lo, s.hi, left_out)),
        Total(Times(Bracket(s.k, s.j), FJ), (s.j, s.lo, s.hi)),
        Condition("at_most", (left_out + 1, s.k)),
        Condition("within", (left_out, s.lo, s.hi)),
    ),
    Example(
        Total(Times(Bracket(s.k1 + 1, s.j1), z_j), (s.j1, 1, s.C, s.k1)),
        s.in_range,
    ),
)
def include_below(expr: Expr, given: Given) -> Outcome:
    """An index below the bound of a bracket need not be left out."""
    return _included(expr, given, lower=True)


def _included(expr: Total, given: Given, lower: bool) -> Outcome:
    found = find_bracket(expr, lower)
    if found is None or len(expr.excluded) != 1:
        return None
    bound, index = found[2], expr.excluded[0]
    beyond = (index + 1, bound) if lower else (bound + 1, index)
    ordered, inside = at_most(*beyond, given), within(index, expr.lower, expr.upper, given)
    if ordered is None or inside is None:
        return None
    body, own = expr.opened
    facts = (*given.declared(ordered), *given.declared(inside))
    return Rewriting(Total(body, (own, expr.lower, expr.upper)), facts)


@rule(
    law(
        Times(Bracket(s.a, s.b), Total(FJ, limits)),
        Total(FJ, limits),
        Condition("at_most", (s.hi + s.a, s.lo + s.b)),
    ),
    Example(
        Times(Bracket(s.k1, s.C - 1), Total(z_j, (s.j1, s.k1 + 1, s.C))),
        s.in_range,
    ),
)
def drop_bracket(expr: Expr, given: Given) -> Outcome:
    """A bracket before a sum that has no terms where the bracket is zero."""
    for n, bracket in enumerate(expr.args):
        for total in expr.args:
            if isinstance(bracket, Bracket) and isinstance(total, Total):
                least, most = total.upper + bracket.lower, total.lower + bracket.upper
                known = at_most(least, most, given)
                if known is not None:
                    return Rewriting(times(*without(expr.args, n)), given.declared(known))
    return None


@rule(
    law(
        Plus(Times(s.c, Total(FJ, (s.j, s.lo, s.b))), Times(s.c, Total(FJ, (s.j, s.a, s.hi)))),
        Times(s.c, Total(FJ, (s.j, s.lo, s.hi, s.k))),
        Condition("within", (s.k, s.lo, s.hi)),
        Condition("at_most", (s.b, s.k - 1)),
        Condition("at_most", (s.k - 1, s.b)),
        Condition("at_most", (s.a, s.k + 1)),
        Condition("at_most", (s.k + 1, s.a)),
    ),
    Example(
        Plus(Total(z_j, (s.j1, 1, s.k1 - 1)), Total(z_j, (s.j1, s.k1 + 1, s.C))),
        s.in_range,
    ),
)
def join_ranges(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j<k} f_j + Σ_{j>k} f_j = Σ_{j≠k} f_j``, both perhaps beside the same factors."""
    split = [beside_total(monomial(term)) for term in expr.args]
    for n, first in enumerate(split):
        for m, second in enumerate(split):
            if first is None or second is None or place(first[1], [second[1]]) is None:
                continue
            joined = _joined(first[0], second[0], given)
            if joined is not None:
                whole = expression(multiplied(first[1], joined.after))
                rest = (whole if at == n else t for at, t in enumerate(expr.args))
                return Rewriting(plus(*(t for at, t in enumerate(rest) if at != m)), joined.facts)
    return None


def _joined(first: Expr, second: Expr, given: Given) -> Rewriting | None:
    """The sum below an index and the one above it, as one that leaves the index out."""
    match first, second:
        case (Total(excluded=(), upper=upper), Total(excluded=(), lower=lower)):
            index = upper + 1
            known = within(index, first.lower, second.upper, given)
            body, own = first.open()
            if known is not None and lower == index + 1 and code(second.at(own)) == code(body):
                whole = Total(body, (own, first.lower, second.upper, index))
                return Rewriting(whole, given.declared(known))
    return None
