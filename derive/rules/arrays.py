"""Entries put together to vectors and matrices."""

from __future__ import annotations

from sympy import Expr, Indexed, IndexedBase

from derive.arrays import Entry, Row, Transposed
from derive.facts import Given, IndexRange
from derive.gathering import Layout, gathered
from derive.laws import Source
from derive.notation import ZERO, Delta, Minus, Plus, Quotient, Times, Total
from derive.rules import samples as s
from derive.rules.registry import Example, Outcome, rule

a = IndexedBase("a", shape=(s.C,))
difference = Plus(s.p[s.k1], Minus(s.y[s.k1]))
weights = IndexedBase("W", shape=(s.C, s.C))
across = Layout(s.k1, s.i1)


@rule(
    Source.ENTRYWISE,
    Example(Times(difference, a[s.i1]), Given(s.ranges, layout=across)),
    head=(Plus, Minus, Times, Total, Quotient, Delta, Indexed),
)
def collect_entries(expr: Expr, given: Given) -> Outcome:
    """Write an entry as that of a vector or matrix."""
    if given.layout is None or given.scope:
        return None
    sizes = _sizes(given)
    array = None if given.layout.at_once else gathered(expr, given.layout, sizes)
    array = array or gathered(expr, given.layout, sizes, contract=True)
    return None if array is None else Entry(array, *given.layout.indices)


@rule(
    Source.ENTRYWISE,
    Example(
        Entry(Total(Times(s.y[s.j1], Transposed(Row(weights, s.j1))), (s.j1, 1, s.C)), s.k1),
        Given(s.ranges, layout=Layout(s.k1)),
    ),
    head=Entry,
)
def contract_entries(expr: Expr, given: Given) -> Outcome:
    """Write a sum of vectors or matrices as a matrix product."""
    if given.layout is None or given.scope:
        return None
    if given.layout.at_once:
        return None
    array = gathered(expr.written_out, given.layout, _sizes(given), contract=True)
    if array is None or array == expr.array:
        return None
    return Entry(array, *given.layout.indices)


def _sizes(given: Given) -> dict[Expr, Expr]:
    """How far the free indices run; one that does not begin at 1 runs along no axis."""
    known = (f for f in given.of(IndexRange) if isinstance(f, IndexRange))
    return {f.index: f.upper if f.lower == 1 else ZERO for f in known}
