"""Differences of logistic functions: no digits are left where both are nearly zero, or one."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    code,
    collected,
    opened_parts,
    plus,
    terms,
    times,
)
from derive.recognition import is_logistic, opposite
from derive.rules import samples as s
from derive.rules.monomials import divided, expression, monomial, sides
from derive.rules.registry import Outcome, rule

z_k, z_i = s.z[s.k1], s.z[s.i1]


def risen(share: Expr) -> Expr | None:
    """The ``u`` of a ``1 / (1 + e^u)``; None for anything else."""
    match share:
        case Quotient(above, Plus((one, Exp(u)))) | Quotient(above, Plus((Exp(u), one))):
            return u if above == 1 and one == 1 else None
    return None


def taken_off(difference: Expr) -> tuple[Expr, Expr] | None:
    """``a`` and ``b`` of an ``a - b`` or ``-b + a``."""
    match difference:
        case Plus((Minus(_), Minus(_))):
            return None
        case Plus((whole, Minus(part))) | Plus((Minus(part), whole)):
            return whole, part
    return None


@rule(
    law(
        Plus(Quotient(ONE, Plus(ONE, Exp(s.u))), Minus(Quotient(ONE, Plus(ONE, Exp(s.w))))),
        Quotient(
            Plus(ONE, Minus(Exp(Plus(s.u, Minus(s.w))))),
            Times(Plus(ONE, Exp(s.u)), Plus(ONE, Exp(Minus(s.w)))),
        ),
    ),
    Plus(Quotient(1, Plus(1, Exp(z_k))), Minus(Quotient(1, Plus(1, Exp(z_i))))),
)
def subtract_logistics(expr: Expr, given: Given) -> Outcome:
    """``1/(1 + e^u) - 1/(1 + e^w) = (1 - e^{u - w}) / ((1 + e^u) (1 + e^{-w}))``"""
    pair = taken_off(expr)
    if pair is None:
        return None
    u, w = map(risen, pair)
    if u is None or w is None:
        return None
    between = Plus(ONE, Minus(Exp(plus(u, opposite(w)))))
    return Quotient(between, Times(Plus(ONE, Exp(u)), Plus(ONE, Exp(opposite(w)))))


@rule(
    law(
        Quotient(Exp(s.u), Plus(ONE, Exp(s.u))),
        Quotient(ONE, Plus(ONE, Exp(Minus(s.u)))),
    ),
    Quotient(Exp(z_k), Plus(ONE, Exp(z_k))),
    formal="turn_logistic",
)
def write_logistic(expr: Expr, given: Given) -> Outcome:
    """``e^u / (1 + e^u) = 1 / (1 + e^{-u})``"""
    match expr:
        case Quotient(Exp(u) as above, Plus((_, _) as below)) if above in below and ONE in below:
            return Quotient(ONE, _in_order(below, Exp(opposite(u))))
    return None


@rule(
    law(
        Quotient(ONE, Plus(ONE, Exp(s.u))),
        Quotient(Exp(Minus(s.u)), Plus(ONE, Exp(Minus(s.u)))),
    ),
    Quotient(ONE, Plus(ONE, Exp(z_k))),
    formal="turn_logistic",
)
def write_sigmoid(expr: Expr, given: Given) -> Outcome:
    """``1 / (1 + e^u) = e^{-u} / (1 + e^{-u})``"""
    u = risen(expr)
    if u is None:
        return None
    above = Exp(opposite(u))
    return Quotient(above, _in_order(expr.denominator.args, above))


def _in_order(terms: tuple[Expr, ...], exponential: Expr) -> Expr:
    """``1 + e^u`` or ``e^u + 1``, as ``terms`` are: a definition has them in one order."""
    return Plus(*(ONE if term == 1 else exponential for term in terms))


p_k, y_k = s.p[s.k1], s.y[s.k1]
not_equal = Condition("nonzero", (Plus(s.a, Minus(s.b)),))


def left(share: Expr) -> Expr:
    """``1 - p``"""
    return Plus(ONE, Minus(share))


def lack(share: Expr) -> Expr:
    """``p - 1``"""
    return Plus(share, Minus(ONE))


@rule(
    law(
        Quotient(
            Plus(Times(s.c, s.a, left(s.a)), Minus(Times(s.c, s.b, left(s.b)))),
            Plus(s.a, Minus(s.b)),
        ),
        Times(s.c, Plus(ONE, Minus(s.a), Minus(s.b))),
        not_equal,
    ),
    Quotient(
        Plus(Times(p_k, left(p_k)), Minus(Times(y_k, left(y_k)))),
        Plus(p_k, Minus(y_k)),
    ),
)
def divide_slopes(expr: Expr, given: Given) -> Outcome:
    """``(c a (1 - a) - c b (1 - b)) / (a - b) = c (1 - a - b)``"""
    found = _slopes_divided(expr, left)
    return None if found is None else times(found[0], Plus(ONE, *map(Minus, found[1:])))


@rule(
    law(
        Quotient(
            Plus(Times(s.c, s.a, lack(s.a)), Minus(Times(s.c, s.b, lack(s.b)))),
            Plus(s.a, Minus(s.b)),
        ),
        Times(s.c, Plus(s.a, s.b, Minus(ONE))),
        not_equal,
    ),
    Quotient(
        Plus(Times(p_k, lack(p_k)), Minus(Times(y_k, lack(y_k)))),
        Plus(p_k, Minus(y_k)),
    ),
    formal="divide_slopes",
)
def divide_turned_slopes(expr: Expr, given: Given) -> Outcome:
    """``(c a (a - 1) - c b (b - 1)) / (a - b) = c (a + b - 1)``"""
    found = _slopes_divided(expr, lack)
    return None if found is None else times(found[0], Plus(*found[1:], Minus(ONE)))


def _slopes_divided(
    expr: Expr, complement: Callable[[Expr], Expr]
) -> tuple[Expr, Expr, Expr] | None:
    """``c``, ``a`` and ``b`` of a fraction in which slopes are over a difference ``a - b``."""
    pair = taken_off(expr.denominator)
    if pair is None or not isinstance(expr.numerator, Plus) or len(expr.numerator.args) != 2:
        return None
    slopes = [monomial(times(share, complement(share))) for share in pair]
    for first, second in (expr.numerator.args, expr.numerator.args[::-1]):
        whole = monomial(first), monomial(Minus(second))
        if all(set(t.powers) >= set(p.powers) for t, p in zip(whole, slopes, strict=True)):
            one, other = (expression(divided(*both)) for both in zip(whole, slopes, strict=True))
            if code(one) == code(other):
                return one, *pair
    return None


def close_logistics(expr: Expr, given: Given) -> frozenset[Expr]:
    """The logistic functions in each ``σ(x) - σ(y)`` that must not become zero.

    Those under a logarithm, a bar or a power: their names, and the functions that have none.
    """

    def look(part: Expr) -> frozenset[Expr]:
        match part:
            case Log(inside) | Quotient(_, inside):
                return differences_within(inside, given)
            case Power(base, exponent) if not (exponent.is_Integer and exponent.is_positive):
                return differences_within(base, given)
        return frozenset()

    return collected(expr, look)


def over_logistics(expr: Expr, given: Given) -> bool:
    """Whether a sum with exponentials is divided by a difference of logistic functions."""
    above, below = sides(expr)
    rising = any(isinstance(f, Plus) and Exp in f.heads for f in above)
    return rising and any(subtract_logistics(f, given) is not None for f in below)


def gap_exponents(expr: Expr) -> frozenset[Expr]:
    """What the exponents in each ``1 - e^u`` are made of."""
    match expr:
        case Plus((one, Minus(Exp(u)))) if one == 1:
            return frozenset(term.operand if isinstance(term, Minus) else term for term in terms(u))
    return frozenset().union(*(gap_exponents(part) for part in opened_parts(expr)))


def differences_within(expr: Expr, given: Given) -> frozenset[Expr]:
    """The logistic functions of which two are subtracted anywhere in an expression.

    Or the names of such differences.
    """

    def look(part: Expr) -> list[Expr]:
        named = given.definition_of(part) if isinstance(part, (Indexed, Symbol)) else None
        if named is not None:
            return [named.base] if differences_within(named.value, given) else []
        pair = taken_off(part) or ()
        known = [share for share in pair if is_logistic(value_of_share(share, given))]
        names = [share.base if isinstance(share, Indexed) else share for share in known]
        return names if len(names) == 2 else []

    return collected(expr, look)


def value_of_share(share: Expr, given: Given) -> Expr:
    """What a name stands for, and anything else itself."""
    known = given.definition_of(share)
    return share if known is None else known.value
