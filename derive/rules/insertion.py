"""A bracket at one index beside the sum over all: taken into that sum by a delta."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sympy import Expr, Symbol

from derive.facts import Given
from derive.laws import Condition, Each, law
from derive.notation import (
    Delta,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    entries,
    names,
    plus,
    replace,
    times,
)
from derive.recognition import opposite
from derive.rules import samples as s
from derive.rules.monomials import divided, expression, monomial, multiplied, place, sides
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.sums import FJ, FK, GJ, over_classes, plain_limits, y_j, z_j
from derive.signs import within

z_k, y_k = s.z[s.k1], s.y[s.k1]
bracket = Plus(z_j, y_j)


@rule(
    law(Plus(Each(s.a)), Minus(Plus(Each(Minus(s.a))))),
    Plus(Minus(z_k), Minus(y_k), Total(Times(s.p[s.j1], bracket), over_classes)),
    formal="turn_sign",
)
def gather_value(expr: Expr, given: Given) -> Outcome:
    """``Σ_j a_j (f_j + g_j) - f_k - g_k = Σ_j a_j (f_j + g_j) - (f_k + g_k)``, or its negative."""
    parts = [monomial(term) for term in expr.args]
    for total, at in _sums(expr):
        body, index = total.opened
        turned = isinstance(expr.args[at], Minus)
        brackets = (f for f in sides(body)[0] if isinstance(f, Plus) and index in names(f))
        for factor, label in product(brackets, _labels(expr.args, but=at)):
            value = replace(factor, {index: label})
            wanted = value.args if turned else map(Minus, value.args)
            places = [place(monomial(term), parts) for term in wanted]
            if None not in places:
                rest = [t for n, t in enumerate(expr.args) if n not in places]
                if not turned:
                    return Plus(Minus(value), *rest)
                return Minus(Plus(Minus(value), *(opposite(t) for t in rest)))
    return None


@rule(
    law(
        Plus(Times(s.c, FK), Total(Times(FJ, GJ), plain_limits)),
        Total(Times(FJ, Plus(GJ, Times(s.c, Delta(s.j, s.k)))), plain_limits),
        Condition("within", (s.k, s.lo, s.hi)),
    ),
    Example(
        Plus(Minus(Plus(z_k, y_k)), Total(Times(s.p[s.j1], bracket), over_classes)), s.in_range
    ),
)
def insert_delta(expr: Expr, given: Given) -> Outcome:
    """``c f_k + Σ_j f_j g_j = Σ_j f_j (g_j + c δ_{jk})``, for a sum of terms ``f``."""
    for total, at in _sums(expr):
        is_negative = isinstance(expr.args[at], Minus)
        body, index = total.open()
        above, below = sides(body)
        for n, term in enumerate(expr.args):
            for label in labels_in(term) if n != at else ():
                known = within(label, total.lower, total.upper, given)
                shared = _shared(above, term, {index: label})
                if known is None or not any(isinstance(f, Plus) for f in shared):
                    continue
                outer = divided(monomial(term), monomial(times(*_at(shared, {index: label}))))
                inner = [f for f in above if f not in shared]
                others = Quotient(times(*inner), times(*below)) if below else times(*inner)
                picked = expression(multiplied(outer, Delta(index, label)))
                joined = Plus(others, Minus(picked) if is_negative else picked)
                whole = total.over(times(*shared, joined), index)
                rest = [t for m, t in enumerate(expr.args) if m not in (n, at)]
                together = plus(Minus(whole) if is_negative else whole, *rest)
                return Rewriting(together, given.declared(known))
    return None


def _sums(expr: Plus) -> Iterator[tuple[Total, int]]:
    """The terms that are sums over all of an index, or the negative of one, and their places."""
    for n, term in enumerate(expr.args):
        total = term.operand if isinstance(term, Minus) else term
        if isinstance(total, Total) and not total.excluded:
            yield total, n


def _labels(terms: tuple[Expr, ...], but: int) -> list[Expr]:
    """What entries in terms but for one have for an index that is free."""
    others = [term for n, term in enumerate(terms) if n != but]
    return list(dict.fromkeys(i for term in others for i in labels_in(term)))


def labels_in(term: Expr) -> list[Expr]:
    """What entries have for an index that is free."""
    bound = {total.limits[0] for total in term.atoms(Total)}
    found = (index for entry in entries(term) for index in entry.indices)
    return [index for index in found if not (names(index) & bound or index.is_number)]


def _shared(above: tuple[Expr, ...], term: Expr, at: dict[Symbol, Expr]) -> list[Expr]:
    """The factors with an index that are, at one value of it, factors of a term."""
    beside = monomial(term).powers
    index = next(iter(at))

    def is_beside(factor: Expr) -> bool:
        there = monomial(replace(factor, at)).powers
        # Of z and z^2 nothing but z is shared: what is left of the term has no bar for it.
        return all(
            name in beside and (beside[name][1] - exponent).is_negative is not True
            for name, (_, exponent) in there.items()
        )

    return [f for f in above if index in names(f) and is_beside(f)]


def _at(parts: list[Expr], at: dict[Symbol, Expr]) -> list[Expr]:
    return [replace(part, at) for part in parts]
