"""Deltas and declared facts: sums of labels, one-hot labels, equal and unequal indices."""

from __future__ import annotations

from sympy import Eq, Expr, Indexed, Integer, Symbol

from derive.facts import EntryFact, EqualFact, Fact, Given, SumFact, UnequalFact
from derive.laws import Condition, Source, law
from derive.masks import forms_of
from derive.notation import (
    ONE,
    ZERO,
    Binder,
    Bracket,
    Delta,
    Minus,
    Plus,
    Power,
    Times,
    Total,
    fraction,
    is_number,
    mask,
    names,
    replace,
    without,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import sides
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import at_most
from derive.unify import instance_of

label_sum = SumFact(Total(s.y[s.j1], (s.j1, 1, s.C)), ONE)
one_hot = EntryFact(s.y[s.i1], Delta(s.i1, s.t1))


def generic_indices(expr: Expr, given: Given) -> tuple[Symbol, ...]:
    """The free names in a fact that stand for any index, such as the sample ``n``."""
    entries = [a for e in _entries(expr) for a in e.indices]
    return tuple(a for a in dict.fromkeys(entries) if isinstance(a, Symbol) and a in names(expr))


def _entries(expr: Expr) -> list[Indexed]:
    here = [expr] if isinstance(expr, Indexed) else []
    return here + [e for a in expr.args for e in _entries(a)]


@rule(
    Source.FACT,
    Example(label_sum.total, Given((*s.ranges, label_sum))),
    head=Total,
)
def use_sum_fact(expr: Expr, given: Given) -> Outcome:
    for fact in given.of(SumFact):
        assert isinstance(fact, SumFact)
        # What a mask rules out of the fact's sum may be left out of this one.
        for total in forms_of(fact.total, given):
            found = instance_of(total, expr, generic_indices(fact.total, given))
            if found is not None:
                return Rewriting(replace(fact.value, found), (fact,))
    return None


@rule(
    Source.FACT,
    Example(s.y[s.k1], Given((*s.ranges, one_hot))),
    head=Indexed,
)
def use_entry_fact(expr: Expr, given: Given) -> Outcome:
    for fact in given.of(EntryFact):
        assert isinstance(fact, EntryFact)
        if isinstance(expr, Indexed) and fact.entry.base == expr.base:
            values = dict(zip(fact.entry.indices, expr.indices, strict=True))
            return Rewriting(replace(fact.value, values), (fact,))
    return None


@rule(
    Source.EQUALITY,
    Example(s.y[s.k1], Given((*s.ranges, EqualFact(s.k1, s.t1)))),
)
def use_equality(expr: Expr, given: Given) -> Outcome:
    for fact in given.of(EqualFact):
        assert isinstance(fact, EqualFact)
        outside = isinstance(expr, Binder) and any(fact.left in names(a) for a in expr.outside)
        own = isinstance(expr, (Indexed, Delta, Bracket)) and fact.left in names(expr)
        if own or outside:
            return Rewriting(replace(expr, {fact.left: fact.right}), (fact,))
    return None


@rule(law(Delta(s.k, s.k), ONE), Delta(s.k1, s.k1), telling=True)
def evaluate_delta(expr: Expr, given: Given) -> Outcome:
    return ONE if expr.first == expr.second else None


@rule(Source.ARITHMETIC, Delta(1, 2), head=Delta)
def compare_numbers(expr: Expr, given: Given) -> Outcome:
    first, second = expr.args
    if isinstance(first, Integer) and isinstance(second, Integer) and Eq(first, second) == False:  # noqa: E712
        return ZERO
    return None


@rule(
    law(Delta(s.j, s.k), ZERO, Condition("unequal", (s.j, s.k))),
    Example(Delta(s.k1, s.t1), Given((*s.ranges, UnequalFact(s.k1, s.t1)))),
)
def vanish_delta(expr: Expr, given: Given) -> Outcome:
    apart = given.differ(expr.first, expr.second)
    known: tuple[Fact, ...] | None = None if apart is None else (apart,)
    for one, other in (expr.args, expr.args[::-1]):
        least = given.least(one)
        if least is not None and isinstance(other, Integer) and other < least.least:
            known = (least,)
        known = known or at_most(one + 1, other, given)
    return None if known is None else Rewriting(ZERO, given.declared(known))


@rule(
    law(Times(s.c, Delta(ZERO, s.k), s.k), ZERO),
    Times(s.z[s.i1], Delta(ZERO, s.k1), s.k1),
    head=PRODUCTS,
)
def vanish_at_zero(expr: Expr, given: Given) -> Outcome:
    """``δ_{0y} y = 0``, as for the counts of a zero-inflated model."""
    above, below = sides(expr)
    counts = {_counted(f) for f in above if isinstance(f, Delta)} - {None}
    return ZERO if any(f in above and f not in below for f in counts) else None


@rule(
    law(Times(mask(ZERO, s.k), s.k), s.k),
    Times(s.z[s.i1], mask(ZERO, s.k1), s.k1),
    head=PRODUCTS,
)
def drop_mask_at_zero(expr: Expr, given: Given) -> Outcome:
    """``(1 - δ_{0y}) y = y``: what the mask rules out is 0 by itself."""
    above, below = sides(expr)
    for n, factor in enumerate(above):
        match factor:
            case Plus((one, Minus(Delta() as delta))) if one == 1:
                if _counted(delta) in without(above, n):
                    return fraction(list(without(above, n)), list(below))
    return None


def _counted(delta: Delta) -> Expr | None:
    """The number that a delta compares with 0."""
    return next((one for one, other in (delta.args, delta.args[::-1]) if other == 0), None)


@rule(
    law(Power(Delta(s.j, s.k), s.n), Delta(s.j, s.k), Condition("positive", (s.n,))),
    Power(Delta(s.i1, s.k1), 2),
)
def square_delta(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Power(Delta() as delta, exponent) if is_number(exponent) and exponent > 0:
            return delta
    return None
