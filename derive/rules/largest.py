"""The largest exponent in a sum of exponentials, as an expression."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from sympy import Abs, Expr, Max, Min, Symbol

from derive.facts import Given
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Bracket,
    Exp,
    Head,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    entries,
    factors,
    heads,
    mask,
    names,
    plus,
    terms,
    times,
)
from derive.rules.monomials import sides
from derive.rules.stability import most_of, uncertain
from derive.signs import at_most, is_not_negative


def is_lowered(exponent: Expr) -> bool:
    """Whether something as large as any exponent around it has been taken away already."""
    return any(isinstance(t, Minus) and is_most(t.operand) for t in terms(exponent))


def is_most(expr: Expr) -> bool:
    """Whether this is a maximum, or so many times one."""
    parts = factors(expr.numerator if isinstance(expr, Quotient) else expr)
    found = [
        f
        for f in parts
        if isinstance(f, Maximum) or (isinstance(f, Apply) and f.args[0] in (Head(Max), Head(Abs)))
    ]
    return bool(found) and all(f in found or not bases(f) for f in parts)


def largest(expr: Expr, given: Given) -> Expr | None:
    """The largest exponent in sums and products of exponentials; None where all are lowered."""
    if Exp not in getattr(expr, "heads", ()):
        return None
    match expr:
        case Exp(operand):
            return None if is_lowered(operand) else operand
        case Minus(operand):
            return largest(operand, given)
        case Quotient(numerator, denominator):
            # With exponentials below as well it is scaled as a whole.
            return None if largest(denominator, given) is not None else largest(numerator, given)
        case Power(base, exponent) if exponent.is_positive:
            inner = largest(base, given)
            return None if inner is None else times(exponent, inner)
        case Times(parts):
            if any(lowering(f) for f in parts):
                # It found no way further inwards, and another one would find none either.
                return None
            several = [m for p in parts if (m := largest(p, given)) is not None]
            return None if not several else several[0] if len(several) == 1 else Plus(*several)
        case Plus((one, Minus(Exp(u)))) if one == 1 and is_not_negative(Minus(u), given):
            return None  # it cannot overflow, and is computed as a whole
        case Plus(parts):
            rising = {t: m for t in parts if (m := largest(t, given)) is not None}
            plain = [t for t in parts if t not in rising]
            if not rising:
                return None
            pairs = [(m, weight_of(t, given)) for t, m in rising.items()]
            if plain:
                pairs.insert(parts.index(plain[0]), (ZERO, weight_of(plus(*plain), given)))
            return _most_of_terms(pairs)
        case Total():
            body, index = expr.open()
            inside = given.within(index, tuple(expr.limits[1:]))
            inner = largest(body, inside)
            if inner is None or index not in names(inner):
                return inner
            if may_be_empty(expr, given):
                return _most_of_part(expr, given)
            above, _ = sides(body)
            weight = uncertain((f for f in above if Exp not in heads(f)), inside)
            return most_of(inner, weight, index, expr.limits[1:])
    return None


def _most_of_part(total: Total, given: Given) -> Expr | None:
    """The largest exponent in a sum over a part of an axis, of which nothing may be left.

    There is no largest of nothing, so it is looked for along the whole axis, where what is not in
    the sum counts for nothing. None where it is not known what the whole axis is.
    """
    body, index = total.open()
    axis = axis_of(body, index)
    inner = largest(body, given.within(index, tuple(total.limits[1:])))
    if inner is None or axis is None:
        return None
    return most_of(inner, _inside(total, index, axis), index, axis)


def _inside(total: Total, index: Symbol, axis: tuple[Expr, Expr]) -> Expr:
    """1 where an index of an axis is one that a sum runs over, else 0."""
    below = [] if total.lower == axis[0] else [Bracket(total.lower, index)]
    above = [] if total.upper == axis[1] else [Bracket(index, total.upper)]
    others = [mask(index, out) for out in total.excluded]
    return times(*below, *above, *others)


def axis_of(body: Expr, index: Symbol) -> tuple[Expr, Expr] | None:
    """The first and the last place on the axis of the arrays that an index is used in."""
    sizes = {
        entry.base.shape[n]
        for entry in entries(body)
        if entry.base.shape is not None
        for n, at in enumerate(entry.indices)
        if at == index
    }
    return (ONE, sizes.pop()) if len(sizes) == 1 else None


def may_be_empty(total: Total, given: Given) -> bool:
    """Whether a sum that ends at an index, such as that over ``j < i``, may be one of no terms."""
    ends = names(total.lower) | names(total.upper)
    runs = any(given.range_of(index) is not None for index in ends)
    last = total.upper - len(total.excluded)
    return runs and at_most(total.lower, last, given) is None


def weight_of(term: Expr, given: Given) -> Expr:
    """What is zero where a term is, and 1 where it cannot be: no exponential is."""
    match term:
        case Minus(operand):
            return weight_of(operand, given)
        case Plus() if Exp not in term.heads:
            return uncertain((term,), given)
        case Total() if Exp in term.heads:
            body, index = term.open()
            inner = weight_of(body, given.within(index, tuple(term.limits[1:])))
            if index not in names(inner):
                return inner
            return term.over(Apply(Head(Abs), inner), index)
    above, _ = sides(term)
    if len(above) == 1 and above[0] is term:
        return ONE if Exp in heads(term) else uncertain((term,), given)
    return times(*(w for f in above if (w := weight_of(f, given)) != 1))


def _most_of_terms(pairs: Sequence[tuple[Expr, Expr]]) -> Expr:
    """The largest exponent in a sum, of those terms whose weight is not zero."""
    exponents = dict.fromkeys(e for e, _ in pairs)
    certain = {e: e for e, w in pairs if w == 1}
    if len(certain) == len(exponents) or len(exponents) == 1:
        return _of_all(Max, exponents)
    # What counts for nothing is to be no larger than what counts.
    least = next(iter(certain), None) or _of_all(Min, exponents)
    chosen = {
        Threshold(Apply(Head(Abs), w), ZERO, e, least): None for e, w in pairs if e not in certain
    }
    return _of_all(Max, (*certain, *chosen))


def _of_all(function: type[Max | Min], numbers: Iterable[Expr]) -> Expr:
    """The largest or the smallest of some numbers."""
    return reduce(lambda a, b: Apply(Head(function), a, b), numbers)


def lowering(factor: Expr) -> bool:
    """Whether a factor is an ``e^{-m}`` on its way inwards."""
    match factor:
        case Exp(Minus(most)):
            return is_most(most)
    return False
