"""Entries put together to vectors and matrices."""

from __future__ import annotations

from sympy import Expr, IndexedBase

from derive.arrays import Entry, Row, Transposed
from derive.facts import Given
from derive.gathering import Layout, gathered
from derive.laws import Source
from derive.notation import Minus, Plus, Times, Total
from derive.rules import samples as s
from derive.rules.registry import Example, Outcome, rule

a = IndexedBase("a", shape=(s.C,))
difference = Plus(s.p[s.k1], Minus(s.y[s.k1]))
weights = IndexedBase("W", shape=(s.C, s.C))
across = Layout(s.k1, s.i1)


@rule(
    Source.ENTRYWISE,
    Example(Times(difference, a[s.i1]), Given(s.ranges, layout=across)),
    head=(Plus, Minus, Times, Total),
)
def collect_entries(expr: Expr, given: Given) -> Outcome:
    """Write an entry as that of a vector or matrix."""
    if given.layout is None or given.scope:
        return None
    array = gathered(expr, given.layout) or gathered(expr, given.layout, contract=True)
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
    array = gathered(expr.written_out, given.layout, contract=True)
    if array is None or array == expr.array:
        return None
    return Entry(array, *given.layout.indices)
