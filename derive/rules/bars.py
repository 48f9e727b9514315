"""Fractions within sums, above and below bars: cleared by what they are divided by."""

from __future__ import annotations

from math import lcm

from sympy import Expr, Integer

from derive.facts import Given
from derive.laws import Condition, Each, law
from derive.notation import (
    ONE,
    Minus,
    Plus,
    Quotient,
    Times,
    code,
    factors,
    plus,
    times,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS, fraction
from derive.rules.monomials import (
    Monomial,
    expression,
    is_reduced,
    monomial,
    multiplied,
    sides,
    split_power,
)
from derive.rules.registry import Outcome, rule

z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]


@rule(
    law(
        Times(s.u, s.a, Plus(s.b, Quotient(s.c, s.u))),
        Times(s.a, Plus(Times(s.b, s.u), s.c)),
        Condition("nonzero", (s.u,)),
    ),
    Times(z_k, y_k, Plus(s.T, Minus(Quotient(y_k, z_k)))),
    head=PRODUCTS,
)
def clear_bar(expr: Expr, given: Given) -> Outcome:
    """``a u (b + c/u) = a (b u + c)``, for what is beside a bracket and below a bar in it."""
    above, below = sides(expr)
    for n, bracket in enumerate(above):
        reduced = isinstance(bracket, Plus) and all(map(is_reduced, bracket.args))
        terms = [monomial(t) for t in bracket.args] if reduced else []
        powers = [(c, power) for term in terms for c, (_, power) in term.powers.items()]
        bars = {c for c, power in powers if power.is_Integer and power < 0}
        bases = [(code(base), power) for base, power in map(split_power, above)]
        whole = [m for m, (_, power) in enumerate(bases) if m != n and power.is_Integer]
        shared = [m for m in whole if bases[m][0] in bars]
        if shared:
            by = times(*(above[m] for m in shared))
            cleared = plus(*(expression(multiplied(term, by)) for term in terms))
            rest = (f for m, f in enumerate(above) if m not in (n, *shared))
            return fraction([*rest, cleared], [*below])
    return None


@rule(
    law(
        Quotient(Plus(Quotient(s.a, s.u), s.b), s.c),
        Quotient(Plus(s.a, Times(s.b, s.u)), Times(s.u, s.c)),
        Condition("nonzero", (s.u,)),
    ),
    Quotient(Plus(Quotient(y_k, z_k), Minus(ONE)), Plus(y_k, s.T)),
)
def clear_numerator(expr: Expr, given: Given) -> Outcome:
    """``(a/u + b)/c = (a + b u)/(u c)``"""
    match expr:
        case Quotient(Plus((_, _) as terms), below):
            for n, term in enumerate(terms):
                top, bottom = sides(term.operand if isinstance(term, Minus) else term)
                if bottom:
                    bar, above = times(*bottom), times(*top)
                    other = expression(multiplied(monomial(terms[1 - n]), bar))
                    cleared = [Minus(above) if isinstance(term, Minus) else above, other]
                    return Quotient(plus(*cleared[:: 1 - 2 * n]), times(bar, below))
    return None


@rule(
    law(
        Quotient(s.a, Plus(s.b, Quotient(s.c, s.u))),
        Quotient(Times(s.a, s.u), Plus(Times(s.b, s.u), s.c)),
        Condition("nonzero", (s.u,)),
    ),
    Quotient(y_k, Times(s.T, Plus(ONE, Quotient(z_k, z_i)))),
)
def clear_denominator(expr: Expr, given: Given) -> Outcome:
    """``a/(b + c/u) = a u/(b u + c)``"""
    above, below = sides(expr)
    for n, factor in enumerate(below):
        parts = [monomial(t) for t in factor.args] if isinstance(factor, Plus) else []
        for part in parts:
            bars = {c: (b, -p) for c, (b, p) in part.powers.items() if p.could_extract_minus_sign()}
            if bars:
                bar = expression(Monomial(ONE, bars))
                cleared = plus(*(expression(multiplied(p, bar)) for p in parts))
                return Quotient(times(*above, bar), times(*below[:n], cleared, *below[n + 1 :]))
    return None


@rule(
    law(Times(s.a, Plus(Each(s.b)), s.c), Times(Plus(Each(Times(s.a, s.b))), s.c)),
    Times(2, z_k, Plus(y_k, s.half)),
    head=PRODUCTS,
)
def clear_number(expr: Expr, given: Given) -> Outcome:
    """``2 (a + 1/2) b = (2 a + 1) b``: no fraction is left in the bracket."""
    above, below = sides(expr)
    for n, number in enumerate(above):
        for m, bracket in enumerate(above if number.is_Integer else ()):
            by = lcm(*map(_below_one, bracket.args)) if isinstance(bracket, Plus) else 1
            if by > 1 and number % by == 0:
                scaled = Plus(*(_scaled(t, Integer(by)) for t in bracket.args))
                numbers = () if number == by else (number / by,)
                rest = (f for at, f in enumerate(above) if at not in (n, m))
                return fraction([*numbers, scaled, *rest], [*below])
    return None


def _below_one(term: Expr) -> int:
    """The denominator of a term that is a number; 1 for others."""
    number = term.operand if isinstance(term, Minus) else term
    return int(number.q) if number.is_Rational else 1


def _scaled(term: Expr, by: Expr) -> Expr:
    """A term of a bracket times a number."""
    if isinstance(term, Minus):
        return Minus(_scaled(term.operand, by))
    return term * by if term.is_Rational else times(by, *factors(term))
