"""Multiples of sums over one index, as one sum."""

from __future__ import annotations

from itertools import combinations

from sympy import Expr, Indexed, Rational, Symbol

from derive.facts import Given
from derive.laws import law
from derive.notation import (
    Delta,
    Exp,
    Minus,
    Plus,
    Times,
    Total,
    bases,
    code,
    factors,
    heads,
    names,
    plus,
    replace,
    terms,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import (
    Monomial,
    beside_total,
    beside_totals,
    common,
    divided,
    expression,
    monomial,
    multiplied,
    place,
)
from derive.rules.registry import Outcome, rule
from derive.rules.sums import FJ, GJ, limits, over_classes, y_j, z_j


@rule(
    law(
        Plus(Times(s.a, Total(FJ, limits)), Times(s.a, Total(GJ, limits))),
        Times(s.a, Total(Plus(FJ, GJ), limits)),
    ),
    Plus(
        Times(Rational(1, 2), Total(z_j, over_classes)),
        Times(Rational(1, 2), Total(y_j, over_classes)),
    ),
)
def join_multiples(expr: Expr, given: Given) -> Outcome:
    """``a Σ_j f_j + a Σ_j g_j = a Σ_j (f_j + g_j)``"""
    split = [beside_total(monomial(term)) for term in expr.args]
    for n, first in enumerate(split):
        for m in range(n + 1, len(split)):
            second = split[m]
            if first is None or second is None or first[0].limits[1:] != second[0].limits[1:]:
                continue
            if place(first[1], [second[1]]) is not None:
                body, index = first[0].open()
                joined = first[0].over(plus(body, second[0].at(index)), index)
                rest = list(expr.args)
                rest[n] = expression(multiplied(first[1], joined))
                return plus(*without(tuple(rest), m))
    return None


@rule(
    law(
        Plus(Times(s.a, Total(FJ, limits)), Times(s.b, Total(GJ, limits))),
        Total(Plus(Times(s.a, FJ), Times(s.b, GJ)), limits),
    ),
    Plus(
        Times(s.T, Total(Times(z_j, y_j), over_classes)),
        Minus(Total(Times(s.p[s.j1], y_j), over_classes)),
    ),
)
def join_sharing(expr: Expr, given: Given) -> Outcome:
    """``a Σ_j f_j g_j + b Σ_j f_j h_j = Σ_j (a f_j g_j + b f_j h_j)``, where ``f`` comes out then.

    Of sums with terms in them, ``f`` is what one term of each has in common, or the whole of them.

    Numbers, parameters, entries, their exponentials and sums over all indices move into the sum;
    brackets with entries in them, deltas and other sums stay outside of it, unless ``a g_j`` is as
    ``b h_j`` with two indices exchanged.
    """
    split = enumerate(map(monomial, expr.args))
    with_total = [(n, *part) for n, term in split for part in beside_totals(term)]
    best, most = None, 0
    for (n, first, a), (m, second, b) in combinations(with_total, 2):
        if n == m or first.limits[1:] != second.limits[1:]:
            continue
        body, index = first.open()
        f, g = monomial(body), monomial(second.at(index))
        # What both have comes out again, wherever it stands.
        others = (a, multiplied(b, expression(g))), (b, multiplied(a, expression(f)))
        is_light = all(_is_light(divided(own, common([own, other]))) for own, other in others)
        wholes = (multiplied(c, expression(inner)) for c, inner in ((a, f), (b, g)))
        if not (is_light or _are_alike(index, *wholes)):
            continue
        pairs = [_inmost(t, u) for t in terms(body) for u in terms(second.at(index))]
        shared = max(_shared(index, *each) for each in ((f, g), *(map(monomial, p) for p in pairs)))
        # Numbers alone before both: two sums more are read than one.
        plain = best is None and not a.powers and not b.powers
        if shared > most or plain:
            inner = plus(*(expression(multiplied(t, expression(c))) for t, c in ((f, a), (g, b))))
            rest = (first.over(inner, index) if at == n else t for at, t in enumerate(expr.args))
            best, most = plus(*(t for at, t in enumerate(rest) if at != m)), shared
    return best


def _inmost(first: Expr, second: Expr) -> tuple[Expr, Expr]:
    """The terms of two sums inside each other over the same indices; of others these themselves."""
    while isinstance(first, Total) and isinstance(second, Total):
        if first.limits[1:] != second.limits[1:]:
            break
        first, index = first.open()
        second = second.at(index)
    return first, second


def _shared(index: Symbol, first: Monomial, second: Monomial) -> int:
    """How many factors with an index two terms have in common."""
    return sum(index in names(base) for base, _ in common([first, second]).powers.values())


def _is_light(beside: Monomial) -> bool:
    """Whether factors may stand in a sum: numbers, parameters, single entries, sums of all."""
    if any(isinstance(b, Total) and e.is_negative for b, e in beside.powers.values()):
        return False
    others = (
        b
        for b, _ in beside.powers.values()
        if not (isinstance(b, Indexed | Exp) or is_whole(b) or sums_names(b))
    )
    return not any(bases(b) or heads(b) & {Delta, Total} for b in others)


def _are_alike(index: Symbol, whole: Monomial, other: Monomial) -> bool:
    """Whether what two have not in common is the same, or the negative of it, with ``index`` in one
    for an index that is free in the other.
    """
    shared = common([whole, other])
    first, second = (expression(divided(term, shared)) for term in (whole, other))
    if index in names(first):
        first, second = second, first
    if index in names(first) or index not in names(second):
        return False
    free = names(first) - names(second)
    return any(_bare(replace(second, {index: other})) == _bare(first) for other in free)


def _bare(expr: Expr) -> str:
    """A product whatever its sign."""
    whole = monomial(expr)
    return code(expression(Monomial(abs(whole.coefficient), whole.powers)))


def sums_names(expr: Expr) -> bool:
    """Whether this is a sum over one index of entries and deltas and nothing else."""
    return isinstance(expr, Total) and all(
        isinstance(f, Indexed | Delta) for f in factors(expr.body)
    )


def is_whole(expr: Expr) -> bool:
    """Whether this is a sum of entries that no index is left free in."""
    return isinstance(expr, Total) and not any(s.is_positive is None for s in names(expr))
