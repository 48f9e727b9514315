"""The terms of a definition that meet: ``a u/m + a w/m = a``, where ``m`` is ``u + w``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Expr, Indexed, Symbol

from derive.facts import Definition, Given
from derive.laws import Source, law
from derive.notation import (
    ONE,
    Exp,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    factors,
    fraction,
    plus,
    replace,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import (
    Monomial,
    common,
    divided,
    expression,
    monomial,
    multiplied,
    place,
    raise_to,
    sides,
    split_power,
)
from derive.rules.negatives import distribute_negative
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.softmax import over_one_bar
from derive.signs import signs
from derive.unfolding import value_of
from derive.unify import instance_of


def parts_of(value: Expr) -> tuple[tuple[Expr, ...], Expr]:
    """The terms of a sum without the number that all have in common, and that number.

    No terms, and 1, of anything else.
    """
    if not isinstance(value, Plus):
        return (), ONE
    split = [monomial(term) for term in value.args]
    shared = Monomial(common(split).coefficient, {})
    return tuple(expression(divided(term, shared)) for term in split), shared.coefficient


@rule(
    law(Plus(Times(s.a, s.b), Times(s.a, s.c)), Times(s.a, Plus(s.b, s.c))),
    Example(
        Plus(
            s.z[s.k1],
            Quotient(Times(s.y[s.k1], s.z[s.k1]), s.p[s.k1]),
            Quotient(Times(s.y[s.k1], s.z[s.i1]), s.p[s.k1]),
        ),
        s.with_mean,
    ),
)
def gather_defined(expr: Expr, given: Given) -> Outcome:
    """Factor ``a/m`` out of terms whose sum it is a multiple of, where ``m`` is below the bar."""
    split = [monomial(term) for term in expr.args]
    for definition in given.definitions:
        for n, term in enumerate(split):
            for base, exponent in term.powers.values():
                parts = _parts_at(base, definition) if exponent == -1 else ()
                for taken in range(len(parts) - 1, 0, -1):
                    beside = _over(term, plus(*parts[:taken]))
                    if beside is None:
                        continue
                    next_at, *others = (place(multiplied(beside, p), split) for p in parts[taken:])
                    if next_at is not None and not {None, n} & {next_at, *others}:
                        rest = list(expr.args)
                        rest[n] = expression(multiplied(beside, plus(*parts[: taken + 1])))
                        return plus(*without(tuple(rest), next_at))
    return None


def _parts_at(entry: Expr, definition: Definition) -> tuple[Expr, ...]:
    """The terms of the sum that an entry of a definition stands for."""
    own = entry.base if isinstance(entry, Indexed) else entry
    return parts_of(value_of(entry, definition))[0] if own == definition.base else ()


def _over(term: Monomial, part: Expr) -> Monomial | None:
    """``term / part``, where that is a factor of it."""
    divisor = monomial(part)
    return divided(term, divisor) if divisor.powers.keys() <= term.powers.keys() else None


@rule(
    Source.DEFINITION,
    Example(Plus(s.z[s.k1], s.z[s.i1]), s.with_mean),
    head=Plus,
)
def fold_multiple(expr: Expr, given: Given) -> Outcome:
    """``u + w = 2 m``, where ``m`` is defined as half of it."""
    for definition in given.definitions:
        parts, number = parts_of(definition.value)
        found = None if number == 1 else instance_of(Plus(*parts), expr, definition.indices)
        if found is not None and all(i in found for i in definition.indices):
            return Rewriting(Times(1 / number, replace(definition.entry, found)), (definition,))
    return None


@rule(Source.DEFINITION, Example(s.partition, s.with_scaled), head=(Total, Plus))
def fold_scaled(expr: Expr, given: Given) -> Outcome:
    """``Σ_l u_l v_l = s/τ``, where ``s`` is defined as ``τ Σ_l u_l v_l`` and ``τ`` is not zero.

    So too ``v - u = -h/β`` for ``h = β (u - v)``.
    """
    turned = distribute_negative(Minus(expr), given)
    for definition in given.definitions:
        parts = factors(definition.value)
        for n, part in enumerate(parts):
            beside = times(*without(parts, n))
            if type(part) is not type(expr) or len(parts) == 1 or 0 in signs(beside, given):
                continue
            for wanted in (expr, turned) if isinstance(turned, Expr) else (expr,):
                found = instance_of(part, wanted, definition.indices)
                if found is not None and all(i in found for i in definition.indices):
                    entry, scale = (replace(e, found) for e in (definition.entry, beside))
                    whole = Quotient(entry, scale)
                    return Rewriting(whole if wanted is expr else Minus(whole), (definition,))
    return None


@rule(
    Source.DEFINITION,
    Example(Quotient(Times(s.y[s.k1], Exp(s.z[s.k1])), s.partition), s.with_multiple),
    formal="fold_scaled",
    head=PRODUCTS,
)
def fold_scaled_fraction(expr: Expr, given: Given) -> Outcome:
    """``a e^u/S = a q/ν``, where ``q`` is defined as ``ν e^u/S`` and ``ν`` is not zero."""
    above, below = sides(expr)
    shares = [(d, *sides(over_one_bar(d.value))) for d in given.definitions]
    # The one of which the most stands there.
    for definition, tops, bars in sorted(shares, key=lambda share: -len(share[1])):
        for n, scale in enumerate(tops):
            if not bars or not isinstance(scale, (Symbol, Indexed)) or 0 in signs(scale, given):
                continue
            value = Quotient(times(*without(tops, n)), times(*bars))
            for over, top in _chosen(above, len(tops) - 1):
                for under, bottom in _chosen(_apart(below), len(bars)):
                    named = Quotient(times(*top), times(*bottom))
                    found = instance_of(value, named, definition.indices)
                    if found is not None and all(i in found for i in definition.indices):
                        entry, divisor = (replace(e, found) for e in (definition.entry, scale))
                        whole = fraction([entry, *over], [divisor, *under])
                        return Rewriting(whole, (definition,))
    return None


def _apart(parts: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Factors with each whole power as one factor and what is left of it."""
    found: list[Expr] = []
    for base, exponent in map(split_power, parts):
        powers = (ONE, exponent - 1) if exponent.is_Integer and exponent > 1 else (exponent,)
        found += (raise_to(base, power) for power in powers)
    return tuple(found)


def _chosen(parts: tuple[Expr, ...], count: int) -> Iterator[tuple[list[Expr], list[Expr]]]:
    """So many of the factors, behind those that are left."""
    for taken in combinations(range(len(parts)), count):
        left = [f for n, f in enumerate(parts) if n not in taken]
        yield left, [parts[n] for n in taken]
