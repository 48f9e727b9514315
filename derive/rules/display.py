"""Ways of writing: sums with dots, matrices, a value for each of two cases."""

from __future__ import annotations

from sympy import Expr, Indexed, Integer, Symbol

from derive.display import Choice, Dotted, Grid
from derive.facts import EntryFact, EqualFact, Given
from derive.laws import Condition, Source, Value, law
from derive.notation import (
    ONE,
    ZERO,
    Delta,
    Exp,
    Log,
    Minus,
    Partial,
    Plus,
    Times,
    Total,
    code,
    entries,
    names,
    plus,
    replace,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.labels import one_hot
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import within

over_classes = (s.j1, 1, s.C)
z_k = s.z[s.k1]


def true_classes(expr: Expr, given: Given) -> tuple[Expr, ...]:
    """The classes that the one-hot labels in ``expr`` stand for."""
    found: list[Expr] = []
    used = entries(expr)
    for fact in given.of(EntryFact):
        assert isinstance(fact, EntryFact)
        if isinstance(fact.value, Delta) and any(e.base == fact.entry.base for e in used):
            own = set(fact.entry.indices)
            found += [a for a in fact.value.args if a not in own]
    return tuple(dict.fromkeys(found))


@rule(Source.DISPLAY, Total(Exp(s.z[s.j1]), over_classes), head=Total)
def write_out_sum(expr: Expr, given: Given) -> Outcome:
    """Write a sum with dots; of a one-hot label the term of its class is written too."""
    plain = isinstance(expr.lower, Integer) and isinstance(expr.upper, Symbol)
    if isinstance(expr, Dotted) or not plain or expr.excluded:
        return None
    body, index = expr.open()
    return Dotted(body, (index, expr.lower, expr.upper), true_classes(body, given))


@rule(Source.DISPLAY, Dotted(Exp(s.z[s.j1]), over_classes), head=Dotted)
def gather_sum(expr: Expr, given: Given) -> Outcome:
    return expr.total


@rule(
    Source.DISPLAY,
    Example(Partial(s.p[s.i1], z_k), s.with_softmax),
    head=Partial,
)
def arrange_matrix(expr: Expr, given: Given) -> Outcome:
    """Write the derivative of an entry by an entry as the matrix of all of them."""
    match expr:
        case Partial(Indexed(indices=(row,)), Indexed(indices=(column,))):
            spans = [given.range_of(index) for index in (row, column)]
            running = {known.index for known in given.scope}
            if None in spans or row == column or running & {row, column}:
                return None
            rows, columns = (span.upper for span in spans if span is not None)
            return Grid(expr, row, rows, column, columns)
    return None


# Cases -------------------------------------------------------------------------------------


@rule(
    law(Times(Delta(s.j, s.k), s.a), Choice(s.j, s.k, s.a, ZERO)),
    Times(Delta(s.i1, s.k1), z_k),
    head=Times,
)
def write_cases(expr: Expr, given: Given) -> Outcome:
    """Write a product with a delta as a choice between the rest and zero."""
    for n, factor in enumerate(expr.args):
        if isinstance(factor, Delta):
            return Choice(*factor.args, times(*without(expr.args, n)), ZERO)
    return None


@rule(
    law(
        Total(Choice(s.j, s.k, Value(s.F, s.j), ZERO), (s.j, s.lo, s.hi, s.X)),
        Value(s.F, s.k),
        Condition("within", (s.k, s.lo, s.hi, s.X)),
    ),
    Example(Total(Choice(s.j1, s.k1, Log(s.z[s.j1]), ZERO), over_classes), s.in_range),
)
def keep_one_term(expr: Expr, given: Given) -> Outcome:
    """All terms of a sum are zero but one."""
    body, index = expr.open()
    match body:
        case Choice(first, second, kept, other) if other == 0 and first == index:
            known = within(second, expr.lower, expr.upper, given)
            if known is not None and not expr.excluded and index not in names(second):
                return Rewriting(replace(kept, {index: second}), given.declared(known))
    return None


@rule(
    Source.CASES,
    Example(Partial(Exp(s.z[s.k1]), s.z[s.i1]), Given((*s.ranges, one_hot))),
    head=Partial,
)
def distinguish_class(expr: Expr, given: Given) -> Outcome:
    """Tell the derivative by the entry of the true class from the others."""
    known = [f for f in given.of(EntryFact) if isinstance(f, EntryFact)]
    classes = [a for f in known for a in f.value.args if a not in f.entry.indices]
    match expr:
        case Partial(_, Indexed(indices=(index,))) if isinstance(index, Symbol):
            for other in classes:
                if index != other and given.differ(index, other) is None:
                    return Choice(index, other, replace(expr, {index: other}), expr)
    return None


@rule(
    Source.CASES,
    Times(s.p[s.i1], Plus(Delta(s.i1, s.k1), Minus(s.p[s.k1]))),
    head=Times,
)
def distinguish_indices(expr: Expr, given: Given) -> Outcome:
    """Tell equal from different indices, where a delta has both."""
    for delta in sorted(expr.atoms(Delta), key=code):
        first, second = delta.args
        if first != second and isinstance(second, Symbol) and not given.differ(first, second):
            return Choice(first, second, replace(expr, {second: first}), expr)
    return None


@rule(
    Source.EQUALITY,
    Example(s.y[s.k1], Given(s.ranges, equal=(EqualFact(s.k1, s.t1),))),
    head=(Indexed, Delta),
)
def use_condition(expr: Expr, given: Given) -> Outcome:
    """Where a case is about equal indices, one may stand for the other."""
    for fact in given.equal:
        if fact.left in names(expr):
            return replace(expr, {fact.left: fact.right})
    return None


@rule(
    law(Choice(s.j, s.k, Plus(s.a, s.b), s.a), Plus(s.a, Times(Delta(s.j, s.k), s.b))),
    Choice(s.i1, s.k1, Plus(s.p[s.i1], Minus(ONE)), s.p[s.i1]),
)
def join_cases(expr: Expr, given: Given) -> Outcome:
    """Where two cases differ by a term, a delta makes one expression of them."""
    match expr:
        case Choice(first, second, Plus(parts), other):
            for n, part in enumerate(parts):
                if code(part) == code(other):
                    extra = plus(*without(parts, n))
                    return Plus(other, times(Delta(first, second), extra))
    return None


@rule(Source.FACT, Example(Delta(s.k1, s.t1), Given((*s.ranges, one_hot))), head=Delta)
def recognise_label(expr: Expr, given: Given) -> Outcome:
    """A declared label is known by what its entries are."""
    for fact in given.of(EntryFact):
        assert isinstance(fact, EntryFact)
        if isinstance(fact.value, Delta) and len(fact.entry.indices) == 1:
            (own,) = fact.entry.indices
            for index in expr.args:
                if replace(fact.value, {own: index}) == expr:
                    return Rewriting(replace(fact.entry, {own: index}), (fact,))
    return None
