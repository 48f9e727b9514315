"""Brackets ``[i <= j]``, which are one or zero, and the ranges that they leave of a sum."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    ZERO,
    Bracket,
    Delta,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    factors,
    heads,
    mask,
    names,
    plus,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import (
    beside_total,
    divided,
    expression,
    monomial,
    multiplied,
    place,
)
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.sums import FJ, FK, left_out, limits, over_classes, z_j
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
        offset = own - index
        if index in names(offset) | names(other):
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


@rule(
    law(
        Plus(Times(s.c, Total(FJ, (s.j, s.lo, s.hi))), Times(s.c, FK)),
        Times(s.c, Total(FJ, (s.j, s.lo, s.k))),
        Condition("at_most", (s.lo, s.k)),
        Condition("at_most", (s.k, s.hi + 1)),
        Condition("at_most", (s.hi + 1, s.k)),
    ),
    Example(Plus(Total(z_j, (s.j1, 1, s.k1 - 1)), s.z[s.k1]), s.in_range),
)
def extend_upwards(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j<k} f_j + f_k = Σ_{j<=k} f_j``, both perhaps beside the same factors."""
    return _extended(expr, given, lambda total: (total.upper + 1, total.lower, total.upper + 1))


@rule(
    law(
        Plus(Times(s.c, Total(FJ, (s.j, s.lo, s.hi))), Times(s.c, FK)),
        Times(s.c, Total(FJ, (s.j, s.k, s.hi))),
        Condition("at_most", (s.k, s.hi)),
        Condition("at_most", (s.k, s.lo - 1)),
        Condition("at_most", (s.lo - 1, s.k)),
    ),
    Example(Plus(Total(z_j, (s.j1, s.k1 + 1, s.C)), s.z[s.k1]), s.in_range),
)
def extend_downwards(expr: Expr, given: Given) -> Outcome:
    """``f_k + Σ_{j>k} f_j = Σ_{j>=k} f_j``, both perhaps beside the same factors."""
    return _extended(expr, given, lambda total: (total.lower - 1, total.lower - 1, total.upper))


def _extended(
    expr: Expr, given: Given, ends: Callable[[Total], tuple[Expr, Expr, Expr]]
) -> Outcome:
    """A sum and the term beside it that comes next: its index, and the range with it, by ``ends``.

    The sum may be one of no terms.
    """
    parts = [monomial(term) for term in expr.args]
    for n, found in enumerate(map(beside_total, parts)):
        if found is None or found[0].excluded:
            continue
        total, others = found
        index, low, high = ends(total)
        known = at_most(low, high, given)
        m = place(multiplied(others, total.at(index)), parts)
        if known is not None and m is not None:
            body, own = total.open()
            whole = expression(multiplied(others, Total(body, (own, low, high))))
            rest = (whole if at == n else t for at, t in enumerate(expr.args))
            return Rewriting(
                plus(*(t for at, t in enumerate(rest) if at != m)), given.declared(known)
            )
    return None


@rule(
    law(
        Plus(Times(s.c, Bracket(s.a, s.b)), Times(s.c, Delta(s.j, s.k))),
        Times(s.c, Bracket(s.j, s.k)),
        Condition("at_most", (s.b - s.a, s.k - s.j - 1)),
        Condition("at_most", (s.k - s.j - 1, s.b - s.a)),
    ),
    Plus(Times(Bracket(s.i1, s.k1 - 1), s.z[s.i1]), Times(Delta(s.i1, s.k1), s.z[s.i1])),
)
def widen_bracket(expr: Expr, given: Given) -> Outcome:
    """``[i < k] + δ_{ik} = [i <= k]``, both perhaps beside the same factors."""
    return _joined_with(expr, lambda i, k: (Delta(i, k), Bracket(i, k)))


@rule(
    law(
        Plus(Times(s.c, Bracket(s.a, s.b)), Times(s.c, Bracket(s.j, s.k))),
        s.c,
        Condition("at_most", (s.k - s.j, s.a - s.b - 1)),
        Condition("at_most", (s.a - s.b - 1, s.k - s.j)),
    ),
    Plus(Times(Bracket(s.i1, s.k1 - 1), s.z[s.i1]), Times(Bracket(s.k1, s.i1), s.z[s.i1])),
)
def join_brackets(expr: Expr, given: Given) -> Outcome:
    """``[i < k] + [k <= i] = 1``, both perhaps beside the same factors."""
    return _joined_with(expr, lambda i, k: (Bracket(k, i), ONE))


@rule(
    law(
        Plus(Times(s.c, Bracket(s.j, s.b)), Times(s.c, Bracket(s.k, s.a))),
        Times(s.c, mask(s.j, s.k)),
        Condition("at_most", (s.b, s.k - 1)),
        Condition("at_most", (s.k - 1, s.b)),
        Condition("at_most", (s.a, s.j - 1)),
        Condition("at_most", (s.j - 1, s.a)),
    ),
    Plus(Times(Bracket(s.i1, s.k1 - 1), s.z[s.i1]), Times(Bracket(s.k1, s.i1 - 1), s.z[s.i1])),
)
def join_strict_brackets(expr: Expr, given: Given) -> Outcome:
    """``[i < k] + [k < i] = 1 - δ_{ik}``, both perhaps beside the same factors."""
    return _joined_with(expr, lambda i, k: (Bracket(k, i - 1), mask(i, k)))


def _joined_with(expr: Expr, partner: Callable[[Expr, Expr], tuple[Expr, Expr]]) -> Outcome:
    """A bracket ``[i < k]`` and its ``partner``, a second term, as what they make together."""
    parts = [monomial(term) for term in expr.args]
    for n, part in enumerate(parts):
        for bracket, _ in part.powers.values():
            if not isinstance(bracket, Bracket):
                continue
            others = divided(part, monomial(bracket))
            second, both = partner(bracket.lower, bracket.upper + 1)
            m = place(multiplied(others, second), parts)
            if m is not None:
                whole = expression(multiplied(others, both))
                rest = (whole if at == n else t for at, t in enumerate(expr.args))
                return plus(*(t for at, t in enumerate(rest) if at != m))
    return None


@rule(
    law(
        Times(Bracket(s.j, s.k), Plus(Times(Bracket(s.j, s.k), s.a), s.b)),
        Times(Bracket(s.j, s.k), Plus(s.a, s.b)),
    ),
    Times(Bracket(s.i1, s.k1), Plus(s.z[s.i1], Times(Bracket(s.i1, s.k1), s.T))),
)
def drop_inner_bracket(expr: Expr, given: Given) -> Outcome:
    """``[i <= k] ([i <= k] a + b) = [i <= k] (a + b)``"""
    brackets = {code(f) for f in expr.args if isinstance(f, Bracket)}
    for n, factor in enumerate(expr.args if brackets else ()):
        for m, term in enumerate(factor.args if isinstance(factor, Plus) else ()):
            part = monomial(term)
            for known in brackets & part.powers.keys():
                left = expression(divided(part, monomial(part.powers[known][0])))
                inside = plus(*(left if at == m else t for at, t in enumerate(factor.args)))
                return times(*(inside if at == n else f for at, f in enumerate(expr.args)))
    return None
