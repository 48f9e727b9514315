"""Where the entries of definitions have values: a lag as e[n-1] has none at the first n."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sympy import Expr, Indexed, Symbol
from sympy.core.basic import Basic

from derive.facts import Definition, Given, IndexRange
from derive.notation import ONE, Binder, names
from derive.signs import at_most

Span: TypeAlias = tuple[Expr, Expr]
Domains: TypeAlias = Mapping[Expr, tuple[Span, ...]]
"""The first and the last entry of each axis, by defined array; only of those with a lag."""


def domains_of(definitions: Iterable[Definition], given: Given) -> Domains:
    """The entries of each definition at which all that it is made of has a place in its axis.

    ``given`` tells of sizes. The definitions stand in an order in which each may use those before.
    """
    found: dict[Expr, tuple[Span, ...]] = {}
    for definition in definitions:
        shape = getattr(definition.base, "shape", None) or ()
        spans = {i: (ONE, n) for i, n in zip(definition.indices, shape, strict=False)}
        whole = dict(spans)
        _narrow(definition.value, given, spans, found)
        if spans != whole:
            found[definition.base] = tuple(spans.values())
    return found


def spans_of(base: Expr, shape: Iterable[Expr | None], domains: Domains) -> tuple[Span | None, ...]:
    """The first and the last entry of each axis; None where its size is not known."""
    known = domains.get(base)
    return tuple(None if n is None else (ONE, n) for n in shape) if known is None else known


def _narrow(expr: Basic, given: Given, spans: dict[Symbol, Span], domains: Domains) -> None:
    """Leave of ``spans`` what has a value in ``expr``; in place."""
    if isinstance(expr, Indexed):
        axes = spans_of(expr.base, expr.base.shape or (), domains)
        for index, axis in zip(expr.indices, axes, strict=False):
            for own in spans:
                if axis is not None:
                    _fit(own, index, axis, given, spans)
    if isinstance(expr, Binder):
        body, index = expr.open()
        _narrow(body, given.within(index, tuple(expr.limits[1:])), spans, domains)
        return
    for argument in expr.args:
        _narrow(argument, given, spans, domains)


def _fit(own: Symbol, index: Expr, axis: Span, given: Given, spans: dict[Symbol, Span]) -> None:
    """Let ``index``, which rises or falls by one with ``own``, stay in its axis; in place."""
    slope = index.coeff(own)
    if slope not in (1, -1) or own in names(index - slope * own):
        return
    lowest, highest = (_extreme(index, given, side) - slope * own for side in (-1, 1))
    first, last = axis[0] - lowest, axis[1] - highest
    if slope == -1:
        first, last = -last, -first
    lower, upper = spans[own]
    known = given.also(*(IndexRange(i, *span) for i, span in spans.items()))
    moving = {*spans, *(r.index for r in given.scope)}
    if not names(first) & moving and at_most(lower, first, known) is not None:
        lower = first
    if not names(last) & moving and at_most(last, upper, known) is not None:
        upper = last
    spans[own] = (lower, upper)


def _extreme(index: Expr, given: Given, side: int) -> Expr:
    """The least (``side`` -1) or largest (+1) value of an index over the sums around it."""
    for known in given.scope:
        slope = index.coeff(known.index)
        if slope != 0:
            bound = known.upper if slope.is_positive == (side == 1) else known.lower
            index = index.xreplace({known.index: bound}).expand()
    return index
