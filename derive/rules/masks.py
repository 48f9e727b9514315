"""Sums that leave one index out: a mask ``1 - δ_{jk}``, and a term that is taken away again.

``Σ_j f_j - f_k`` is true to no digit where ``f_k`` is by far the largest term; ``Σ_{j≠k} f_j`` is.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations, product

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.laws import Condition, Value, law
from derive.masks import without_mask
from derive.notation import (
    ONE,
    Delta,
    Exp,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    entries,
    factors,
    is_mask,
    mask,
    names,
    plus,
    replace,
    times,
    without,
)
from derive.recognition import opposite
from derive.rules import samples as s
from derive.rules.monomials import divided, expression, monomial, place, sides, with_factor
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.sums import find_delta, left_out, moves_inwards
from derive.signs import is_zero, within
from derive.unfolding import unfold
from derive.unify import instance_of

limits = (s.j, s.lo, s.hi)
FJ, FK, FJN = Value(s.F, s.j), Value(s.F, s.k), Value(s.G, s.j, s.n)
k_in_range = Condition("within", (s.k, s.lo, s.hi))
exponential = Exp(s.z[s.j1])
over_classes = (s.j1, 1, s.C)


@rule(
    law(
        Total(Times(mask(s.j, s.k), FJ), limits),
        Total(FJ, (*limits, s.k)),
        k_in_range,
    ),
    Example(Total(Times(mask(s.j1, s.k1), exponential), over_classes), s.in_range),
)
def exclude_masked(expr: Expr, given: Given) -> Outcome:
    """``Σ_j (1 - δ_{jk}) f_j = Σ_{j≠k} f_j``"""
    found = without_mask(expr, given)
    return None if found is None else Rewriting(found[0], given.declared(found[1]))


@rule(
    law(
        Total(Times(FJ, Total(FJN, (s.n, s.lo, s.hi, s.j))), limits),
        Total(Total(Times(FJ, FJN), (*limits, s.n)), (s.n, s.lo, s.hi)),
    ),
    Total(
        Total(Times(s.z[s.i1], Exp(Times(s.z[s.i1], s.y[s.j1]))), (s.i1, 1, s.C, s.j1)),
        over_classes,
    ),
)
def exchange_others(expr: Expr, given: Given) -> Outcome:
    """``Σ_j g_j Σ_{n≠j} f_{jn} = Σ_n Σ_{j≠n} g_j f_{jn}``, both over the same range."""
    body, index = expr.open()
    parts = factors(body)
    for n, factor in enumerate(parts):
        if (
            isinstance(factor, Total)
            and factor.limits[1:] == (*expr.limits[1:], index)
            and moves_inwards(index, factor)
        ):
            inside, own = factor.open()
            inner = Total(times(*without(parts, n), inside), (index, *expr.limits[1:], own))
            return Total(inner, (own, *expr.limits[1:]))
    return None


@rule(
    law(
        Plus(Exp(Times(s.a, Plus(FK, s.b))), Total(Exp(Times(s.a, FJ)), (*limits, s.k))),
        Total(Exp(Times(s.a, Plus(FJ, Times(Delta(s.j, s.k), s.b)))), limits),
        k_in_range,
    ),
    Example(
        Plus(
            Exp(Times(s.T, Plus(s.z[s.k1], s.gamma))),
            Total(Exp(Times(s.T, s.z[s.j1])), (*over_classes, s.k1)),
        ),
        s.in_range,
    ),
)
def rejoin_margin(expr: Expr, given: Given) -> Outcome:
    """``e^{a (f_k + b)} + Σ_{j≠k} e^{a f_j} = Σ_j e^{a (f_j + b δ_{jk})}``, for a margin ``b``."""
    for n, total in enumerate(expr.args):
        if not isinstance(total, Total) or len(total.excluded) != 1:
            continue
        body, index = total.opened
        (left,) = total.excluded
        known = within(left, total.lower, total.upper, given)
        if not isinstance(body, Exp) or known is None:
            continue
        for m, other in enumerate(expr.args):
            if not isinstance(other, Exp):
                continue
            power = _with_margin(other.operand, body.operand, index, left)
            if power is not None:
                whole = Total(Exp(power), (index, total.lower, total.upper))
                rest = (t for at, t in enumerate(expr.args) if at not in (n, m))
                return Rewriting(plus(whole, *rest), given.declared(known))
    return None


@rule(
    law(
        Plus(ONE, Total(Exp(FJ), (*limits, s.k))),
        Total(Exp(FJ), limits),
        k_in_range,
        Condition("zero", (FK,)),
    ),
    Example(
        Plus(ONE, Total(Exp(Plus(s.z[s.j1], Minus(s.z[s.k1]))), (*over_classes, s.k1))),
        s.in_range,
    ),
)
def rejoin_one(expr: Expr, given: Given) -> Outcome:
    """``1 + Σ_{j≠k} e^{f_j} = Σ_j e^{f_j}`` where ``f_k`` is zero, as ``z_k - z_k`` is."""

    def as_it_is(power: Expr, index: Expr, left: Expr) -> Expr | None:
        return power if is_zero(replace(power, {index: left})) else None

    return _with_one(expr, given, as_it_is)


@rule(
    law(
        Total(FJ, (*limits, s.k, s.X)),
        Total(FJ, (*limits, s.X)),
        k_in_range,
        Condition("zero", (FK,)),
    ),
    Example(
        Total(Times(Plus(s.z[s.j1], Minus(s.z[s.k1])), s.y[s.j1]), (*over_classes, s.k1)),
        s.in_range,
    ),
)
def include_zero(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j≠k} f_j = Σ_j f_j`` where ``f_k`` is zero, as a multiple of ``z_k - z_k`` is."""
    body, index = expr.open()
    for n, left in enumerate(expr.excluded):
        # Written out, as what is divided by zero there has no value.
        there = unfold(replace(body, {index: left}), given.definitions)
        known = within(left, expr.lower, expr.upper, given)
        if known is not None and is_zero(there):
            limits = (index, expr.lower, expr.upper, *without(expr.excluded, n))
            return Rewriting(Total(body, limits), given.declared(known))
    return None


@rule(
    law(Total(FJ, limits), Total(FJ, (*limits, s.k)), k_in_range, Condition("zero", (FK,))),
    Example(
        Total(Times(Plus(s.z[s.j1], Minus(s.z[s.k1])), s.y[s.j1]), over_classes),
        s.in_range,
    ),
)
def exclude_zero(expr: Expr, given: Given) -> Outcome:
    """``Σ_j f_j = Σ_{j≠k} f_j`` where ``f_k`` is zero: what stands beside it may be large there."""
    if expr.excluded:
        return None
    body, index = expr.open()
    ends = (i for entry in entries(body) for i in entry.indices if index not in names(i))
    for label in dict.fromkeys(ends):
        there = [replace(f, {index: label}) for f in sides(body)[0] if not is_mask(f)]
        known = within(label, expr.lower, expr.upper, given)
        written = (unfold(f, given.definitions) for f in there)
        if known is not None and any(map(is_zero, chain(there, written))):
            left = Total(body, (index, expr.lower, expr.upper, label))
            return Rewriting(left, given.declared(known))
    return None


@rule(
    law(
        Plus(ONE, Total(Exp(Times(s.a, Plus(FJ, s.b))), (*limits, s.k))),
        Total(Exp(Times(s.a, Plus(FJ, s.b, Minus(Times(Delta(s.j, s.k), s.b))))), limits),
        k_in_range,
        Condition("zero", (FK,)),
    ),
    Example(
        Plus(
            ONE,
            Total(
                Exp(Times(s.T, Plus(s.z[s.j1], Minus(s.z[s.k1]), s.gamma))),
                (*over_classes, s.k1),
            ),
        ),
        s.in_range,
    ),
)
def rejoin_one_margin(expr: Expr, given: Given) -> Outcome:
    """``1 + Σ_{j≠k} e^{a (f_j + b)} = Σ_j e^{a (f_j + b - b δ_{jk})}`` where ``f_k`` is zero."""
    return _with_one(expr, given, _less_margin)


def _with_one(
    expr: Expr, given: Given, everywhere: Callable[[Expr, Expr, Expr], Expr | None]
) -> Outcome:
    """A one as the term that a sum of exponentials leaves out, with its exponent ``everywhere``."""
    at = next((n for n, term in enumerate(expr.args) if term == 1), None)
    for n, total in enumerate(expr.args) if at is not None else ():
        if not isinstance(total, Total) or len(total.excluded) != 1:
            continue
        body, index = total.open()
        (left,) = total.excluded
        known = within(left, total.lower, total.upper, given)
        power = everywhere(body.operand, index, left) if isinstance(body, Exp) else None
        if known is not None and power is not None:
            whole = Total(Exp(power), (index, total.lower, total.upper))
            rest = (t for m, t in enumerate(expr.args) if m not in (at, n))
            return Rewriting(plus(whole, *rest), given.declared(known))
    return None


def _less_margin(power: Expr, index: Expr, left: Expr) -> Expr | None:
    """An exponent without its margin at the index left out, if that is all it is there."""
    for n, bracket in enumerate(sides(power)[0]):
        terms = bracket.args if isinstance(bracket, Plus) else ()
        for m, margin in enumerate(terms):
            rest = plus(*without(terms, m))
            if index not in names(margin) and is_zero(replace(rest, {index: left})):
                taken = opposite(_beside(Delta(index, left), margin))
                return with_factor(power, n, Plus(*terms, taken))
    return None


def _with_margin(apart: Expr, other: Expr, index: Expr, left: Expr) -> Expr | None:
    """An exponent for every index: ``apart`` for the one left out, ``other`` for all others."""
    if isinstance(apart, Minus) and isinstance(other, Minus):
        turned = _with_margin(apart.operand, other.operand, index, left)
        return None if turned is None else Minus(turned)
    wanted, lifted = monomial(other), replace(apart, {left: index})
    for n, bracket in enumerate(sides(apart)[0]):
        for at, margin in enumerate(bracket.args if isinstance(bracket, Plus) else ()):
            kept = without(sides(lifted)[0][n].args, at)
            if monomial(with_factor(lifted, n, plus(*kept))) == wanted:
                return with_factor(lifted, n, plus(*kept, _beside(Delta(index, left), margin)))
    return None


def _beside(delta: Expr, term: Expr) -> Expr:
    """A term with a delta as its first factor."""
    if isinstance(term, Minus):
        return Minus(_beside(delta, term.operand))
    return times(delta, *factors(term))


@rule(
    law(
        Total(FJ, (*limits, s.k)),
        Plus(Total(FJ, limits), Minus(FK)),
        k_in_range,
    ),
    Example(Total(exponential, (*over_classes, s.k1)), s.in_range),
)
def complete_total(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j≠k} f_j = Σ_j f_j - f_k``, where the whole sum is known."""
    if len(expr.excluded) != 1:
        return None
    body, index = expr.opened
    (left,) = expr.excluded
    known = within(left, expr.lower, expr.upper, given)
    if known is None:
        return None
    whole = Total(body, (index, expr.lower, expr.upper))
    after = Plus(whole, Minus(replace(body, {index: left})))
    return Rewriting(after, given.declared(known))


@rule(
    law(
        Plus(Total(FJ, limits), Minus(FK)),
        Total(FJ, (*limits, s.k)),
        k_in_range,
    ),
    Example(Plus(Total(exponential, over_classes), Minus(Exp(s.z[s.k1]))), s.in_range),
)
def take_term_out(expr: Expr, given: Given) -> Outcome:
    """``Σ_j f_j - f_k = Σ_{j≠k} f_j``"""
    return _less_a_term(expr, given, turned=False)


@rule(
    law(
        Plus(FK, Minus(Total(FJ, limits))),
        Minus(Total(FJ, (*limits, s.k))),
        k_in_range,
    ),
    Example(Plus(Exp(s.z[s.k1]), Minus(Total(exponential, over_classes))), s.in_range),
)
def leave_term_out(expr: Expr, given: Given) -> Outcome:
    """``f_k - Σ_j f_j = -Σ_{j≠k} f_j``"""
    return _less_a_term(expr, given, turned=True)


def _less_a_term(expr: Expr, given: Given, turned: bool) -> Outcome:
    """A sum and one of its terms, with opposite signs, as one; ``turned`` where the sum has it."""
    for n, term in enumerate(expr.args):
        total = term.operand if turned and isinstance(term, Minus) else term
        if not isinstance(total, Total) or total.excluded or (turned and total is term):
            continue
        for m, other in enumerate(expr.args):
            if m == n or isinstance(other, Minus) is turned:
                continue
            kept = _without_term(total, other if turned else other.operand, given)
            if kept is not None:
                rest = (t for at, t in enumerate(expr.args) if at not in (n, m))
                left = Minus(kept.after) if turned else kept.after
                return Rewriting(plus(left, *rest), kept.facts)
    return None


def _without_term(total: Total, term: Expr, given: Given) -> Rewriting | None:
    """A sum less one of its terms, as the sum over the other indices."""
    body, own = total.open()
    found = instance_of(body, term, (own,))
    index = None if found is None else found.get(own)
    known = None if index is None else within(index, total.lower, total.upper, given)
    if known is None:
        return None
    return Rewriting(Total(body, (own, *total.limits[1:], index)), given.declared(known))


@rule(
    law(
        Plus(ONE, Minus(Quotient(FK, Total(FJ, limits)))),
        Quotient(Total(FJ, (*limits, s.k)), Total(FJ, limits)),
        k_in_range,
    ),
    Example(Plus(ONE, Minus(Quotient(Exp(s.z[s.k1]), s.partition))), s.in_range),
)
def complement_share(expr: Expr, given: Given) -> Outcome:
    """``1 - f_k / Σ_j f_j = Σ_{j≠k} f_j / Σ_j f_j``"""
    whole, rest = left_of_one(expr, given)
    return None if rest is None else Rewriting(Quotient(rest.after, whole), rest.facts)


def left_of_one(expr: Expr, given: Given) -> tuple[Expr, Rewriting | None]:
    """The sum in ``1 - f_k / Σ_j f_j``, and that sum without ``k``; ``None`` for anything else."""
    match expr:
        case Plus((one, Minus(Quotient(share, Total() as whole)))) if (
            one == 1 and not whole.excluded
        ):
            return whole, _without_term(whole, share, given)
    return expr, None


@rule(
    law(
        Total(Times(Delta(s.j, s.k), FJ), (*limits, left_out)),
        Times(mask(s.k, left_out), FK),
        k_in_range,
    ),
    Example(
        Total(Times(Delta(s.j1, s.k1), exponential), (*over_classes, s.i1)),
        s.in_range,
    ),
)
def contract_delta_but(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j≠l} δ_{jk} f_j = (1 - δ_{kl}) f_k``, where ``k`` may be ``l``."""
    if len(expr.excluded) != 1:
        return None
    found = find_delta(expr)
    known = None if found is None else within(found[2], expr.lower, expr.upper, given)
    if found is None or known is None:
        return None
    rest, index, other = found
    kept = mask(other, expr.excluded[0])
    return Rewriting(times(kept, replace(rest, {index: other})), given.declared(known))


@rule(
    law(
        Total(FJ, (*limits, s.k, s.X)),
        Total(Times(mask(s.j, s.k), FJ), (*limits, s.X)),
        k_in_range,
    ),
    Example(
        Total(Times(Delta(s.j1, s.k1), exponential), (s.j1, s.i1, s.C, s.i1)),
        s.in_range,
    ),
)
def mask_excluded(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j≠l} f_j = Σ_j (1 - δ_{jl}) f_j`` where a delta in it may lie outside of the range.

    Or where the sum leaves out more than one index, which a delta then contracts one after another.
    """
    found = find_delta(expr) if expr.excluded else None
    if found is None:
        return None
    left, *others = expr.excluded
    known = within(left, expr.lower, expr.upper, given)
    if known is None or (not others and given.differ(found[2], left) is not None):
        return None
    body, own = expr.opened
    counted = times(mask(own, left), body)
    return Rewriting(Total(counted, (own, expr.lower, expr.upper, *others)), given.declared(known))


@rule(
    law(
        Plus(FK, Minus(Times(Delta(s.j, s.k), FJ))),
        Times(mask(s.j, s.k), FK),
    ),
    Plus(s.p[s.k1], Minus(Times(Delta(s.i1, s.k1), s.p[s.i1]))),
)
def rule_out_equal(expr: Expr, given: Given) -> Outcome:
    """``f_k - δ_{jk} f_j = (1 - δ_{jk}) f_k``: where ``f_j`` is large nothing is left of digits."""
    parts = [monomial(term) for term in expr.args]
    for n, part in enumerate(parts):
        for delta in (base for base, exponent in part.powers.values() if exponent == 1):
            if not isinstance(delta, Delta):
                continue
            taken = monomial(Minus(expression(divided(part, monomial(delta)))))
            for index, other in (delta.args, delta.args[::-1]):
                m = place(taken, [monomial(replace(t, {index: other})) for t in expr.args])
                if m is not None and m != n and index in names(expr.args[m]):
                    left = times(mask(*delta.args), expr.args[m])
                    return plus(
                        *(left if at == m else t for at, t in enumerate(expr.args) if at != n)
                    )
    return None


FN = Value(s.F, s.n)


@rule(
    law(
        Plus(Times(s.a, Delta(s.k, s.n), Total(FJ, limits)), Minus(Times(s.a, FN))),
        Plus(
            Times(s.a, Delta(s.k, s.n), Total(FJ, (*limits, s.k))),
            Minus(Times(s.a, mask(s.k, s.n), FN)),
        ),
        k_in_range,
    ),
    Example(
        Plus(
            Times(Delta(s.k1, s.i1), Total(exponential, over_classes)),
            Minus(Exp(s.z[s.i1])),
        ),
        s.in_range,
    ),
)
def rule_out_term(expr: Expr, given: Given) -> Outcome:
    """``δ_{kn} Σ_j f_j - f_n = δ_{kn} Σ_{j≠k} f_j - (1 - δ_{kn}) f_n``

    As the second derivative of any sum of functions of differences ``z_k - z_n`` is.
    """
    parts = [monomial(term) for term in expr.args]
    for at, part in enumerate(parts):
        plain = [base for base, exponent in part.powers.values() if exponent == 1]
        wholes = [base for base in plain if isinstance(base, Total) and not base.excluded]
        deltas = [base for base in plain if isinstance(base, Delta)]
        for total, delta in product(wholes, deltas):
            body, own = total.open()
            beside = expression(divided(part, monomial(times(delta, total))))
            for index, other in (delta.args, delta.args[::-1]):
                known = within(index, total.lower, total.upper, given)
                taken = times(beside, replace(body, {own: other}))
                m = place(monomial(Minus(taken)), parts)
                if known is not None and m is not None:
                    others = Total(body, (own, total.lower, total.upper, index))
                    terms = list(expr.args)
                    terms[at] = times(beside, delta, others)
                    terms[m] = Minus(times(mask(*delta.args), taken))
                    return Rewriting(Plus(*terms), given.declared(known))
    return None


@rule(
    law(
        Plus(Times(s.a, Delta(s.j, s.k)), Minus(Times(s.a, FJ))),
        Plus(
            Times(s.a, Delta(s.j, s.k), Plus(ONE, Minus(FK))),
            Minus(Times(s.a, mask(s.j, s.k), FJ)),
        ),
    ),
    Plus(Delta(s.k1, s.t1), Minus(s.p[s.k1])),
)
def single_out_equal(expr: Expr, given: Given) -> Outcome:
    """``δ_{jk} - f_j = δ_{jk} (1 - f_k) - (1 - δ_{jk}) f_j``, and likewise for ``f_j - δ_{jk}``.

    Beside other terms as well.
    """
    found = pair_against_delta(expr, given)
    if found is None:
        return None
    pair, (delta, share, at_label) = found
    left = times(delta, Plus(ONE, Minus(at_label)))
    others = times(mask(*delta.args), share)
    turned = share in pair
    apart = (others, Minus(left)) if turned else (left, Minus(others))
    rest = list(expr.args)
    for term in pair:
        rest.remove(term)
    return Plus(*rest, *apart)


Against = tuple[Delta, Indexed, Indexed]


def pair_against_delta(expr: Expr, given: Given) -> tuple[tuple[Expr, ...], Against] | None:
    """Two terms of a sum that are a ``δ_{kt} - p_k`` or ``p_k - δ_{kt}``, and what they are of.

    Of several, one with a ``p`` that has a definition.
    """
    pairs = combinations(expr.args, 2) if isinstance(expr, Plus) else ()
    found = [(pair, of) for pair in pairs if (of := against_delta(Plus(*pair))) is not None]
    return min(found, key=lambda one: given.definition_of(one[1][1]) is None, default=None)


def against_delta(expr: Expr) -> Against | None:
    """``δ_{kt}``, ``p_k`` and ``p_t`` of a ``δ_{kt} - p_k`` or ``p_k - δ_{kt}``."""
    match expr:
        case Plus((Delta() as delta, Minus(Indexed() as share))):
            pass
        case Plus((Minus(Indexed() as share), Delta() as delta)):
            pass
        case Plus((Minus(Delta() as delta), Indexed() as share)):
            pass
        case Plus((Indexed() as share, Minus(Delta() as delta))):
            pass
        case _:
            return None
    *rows, last = share.indices
    for index, label in (delta.args, delta.args[::-1]):
        if index == last and isinstance(index, Symbol):
            return delta, share, Indexed(share.base, *rows, label)
    return None
