"""Fractions within sums, above and below bars: cleared by what they are divided by."""

from __future__ import annotations

from dataclasses import replace as with_changes
from math import lcm

from sympy import Expr, Integer

from derive.facts import Given
from derive.laws import Condition, Each, law
from derive.notation import (
    ONE,
    ZERO,
    Minus,
    Plus,
    Quotient,
    Times,
    code,
    factors,
    fraction,
    plus,
    times,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import (
    Monomial,
    expression,
    is_reduced,
    monomial,
    multiplied,
    raise_to,
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
    bases = [split_power(factor) for factor in above]
    for n, bracket in enumerate(above):
        reduced = isinstance(bracket, Plus) and all(map(is_reduced, bracket.args))
        terms = [monomial(t) for t in bracket.args] if reduced else []
        for at, term in enumerate(terms):
            # What stands below the bar of this one term, as often as it does here and there.
            bars = {c: -power for c, (_, power) in term.powers.items() if power.is_negative}
            shared = {
                m: _least(bars.get(code(base), ZERO), power)
                for m, (base, power) in enumerate(bases)
                if m != n
            }
            taken = {m: power for m, power in shared.items() if power}
            others = [t for m, t in enumerate(terms) if m != at]
            if not taken or any(code(bases[m][0]) in t.powers for m in taken for t in others):
                continue
            by = times(*(raise_to(bases[m][0], power) for m, power in taken.items()))
            rest = plus(*(t for m, t in enumerate(bracket.args) if m != at))
            cleared = [times(rest, by), expression(multiplied(term, by))]
            kept = (
                raise_to(bases[m][0], bases[m][1] - taken[m]) if m in taken else factor
                for m, factor in enumerate(above)
                if m != n
            )
            outer = (factor for factor in kept if factor != 1)
            return fraction([*outer, plus(*cleared[:: 1 if at else -1])], [*below])
    return None


def _least(first: Expr, second: Expr) -> Expr:
    """The lesser of two whole numbers that are positive; else zero."""
    whole = all(n.is_Integer and n > 0 for n in (first, second))
    return min(first, second) if whole else ZERO


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
                    met = monomial(bar).powers.keys() & monomial(terms[1 - n]).powers.keys()
                    if any(not monomial(bar).powers[c][1].is_Integer for c in met):
                        continue  # that a root times itself is no root is a step of its own
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
            # The law is of one fraction: what a second one becomes is no instance of it.
            alone = sum(not bars.keys().isdisjoint(p.powers) for p in parts) == 1
            if bars and alone:
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


@rule(
    law(Plus(Each(Times(s.a, s.b))), Times(s.a, Plus(Each(s.b)))),
    Plus(Minus(z_i), Times(s.half, z_k), Times(s.half, y_k)),
)
def factor_number(expr: Expr, given: Given) -> Outcome:
    """``a - b/2 - c/2 = (2 a - b - c)/2``, where most terms have such a number."""
    split = [monomial(term) for term in expr.args]
    numbers = [term.coefficient for term in split]
    if not all(number.is_Rational for number in numbers):
        return None
    by = lcm(*(int(number.q) for number in numbers))
    if sum(number.q > 1 for number in numbers) * 2 <= len(numbers):
        return None
    scaled = (with_changes(term, coefficient=term.coefficient * by) for term in split)
    return Times(Quotient(ONE, Integer(by)), plus(*map(expression, scaled)))


def _below_one(term: Expr) -> int:
    """The denominator of a term that is a number; 1 for others."""
    number = term.operand if isinstance(term, Minus) else term
    return int(number.q) if number.is_Rational else 1


def _scaled(term: Expr, by: Expr) -> Expr:
    """A term of a bracket times a number."""
    if isinstance(term, Minus):
        return Minus(_scaled(term.operand, by))
    return term * by if term.is_Rational else times(by, *factors(term))


@rule(
    law(
        Plus(Quotient(s.a, s.b), Minus(Quotient(s.a, Times(s.b, Plus(s.b, ONE))))),
        Quotient(s.a, Plus(s.b, ONE)),
        Condition("nonzero", (s.b,)),
    ),
    Plus(y_k, Quotient(z_k, s.T), Minus(Quotient(z_k, Times(s.T, Plus(s.T, ONE))))),
)
def subtract_next_fraction(expr: Expr, given: Given) -> Outcome:
    """``a/b - a/(b (b + 1)) = a/(b + 1)``"""
    split = [monomial(t) for t in expr.args]
    for n, first in enumerate(split):
        for m, second in enumerate(split):
            for base in _below(first):
                lowered = multiplied(first, Quotient(ONE, Plus(base, ONE)))
                if lowered.key == second.key and lowered.coefficient == -second.coefficient:
                    rest = {n: expression(multiplied(lowered, base)), m: ZERO}
                    return plus(*(t for i, e in enumerate(expr.args) if (t := rest.get(i, e)) != 0))
    return None


def _below(term: Monomial) -> list[Expr]:
    """Each ``b`` below the bar of a term, but for sums."""
    below = (base for base, power in term.powers.values() if power.is_negative)
    return [base for base in below if not isinstance(base, Plus)]
