"""Logistic functions of the difference of two entries: ``1 - σ_{jk}`` is ``σ_{kj}``."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TypeAlias

from sympy import Expr, Indexed, IndexedBase

from derive.facts import Given
from derive.notation import Bound, Exp, Minus, Opened, collected, entries
from derive.recognition import is_logistic
from derive.rules.complements import is_complement
from derive.rules.monomials import sides
from derive.rules.registry import RULES, Rule
from derive.rules.softmax import folded
from derive.rules.trace import Trace
from derive.strategy.attempts import among, factor_out, repeat, settle


def turn_complements(trace: Trace, named: bool = False) -> None:
    """Write ``1 - σ_{jk}`` as ``σ_{kj}``: it is shorter, and where that is there terms can meet.

    The derivative of what has a name is left as ``σ_{jk} (1 - σ_{jk})``.
    """
    both = both_ways(trace.expression, trace.given)
    if not (both or named):
        both = taken_logistics(trace.expression, trace.given)
    if trace.apply("unfold_complement", lambda e, _: is_left_of(e, both)):
        settle(trace, ("complement_fraction", "fold_definition"))
        for rule in ("write_logistic", "write_sigmoid"):
            if trace.apply(rule):
                turn_exponents(trace)
                settle(trace, ("fold_definition",))
        settle(trace, ("combine_powers", "cancel_terms", "collect_terms", "pull_out_factor"))
        factor_out(trace)
    repeat(lambda: trace.apply("factor_partly", lambda e, _: holds_slopes(e, both)))


def turn_exponents(trace: Trace) -> None:
    """Write differences in exponents of logistic functions as the definition of these has them."""
    for name in ("turn_sign", "turn_exponent"):
        look = partial(turns_to_name, rule=RULES[name], given=trace.given)
        trace.apply(name, among(collected(trace.expression, look)))


def turns_to_name(fraction: Expr, rule: Rule, given: Given) -> list[Expr]:
    """Where a rule makes of a logistic function one that has a name."""
    if not is_logistic(fraction) or folded(fraction, given) is not None:
        return []
    exponents = collected(fraction, lambda e: [e, e.operand] if isinstance(e, Exp) else [])
    turned = {e: rule.function(e, given) for e in exponents if isinstance(e, rule.heads)}
    found = {e: new for e, new in turned.items() if new is not None}
    return list(found) if folded(fraction.xreplace(found), given) is not None else []


Shape: TypeAlias = tuple[IndexedBase, tuple[Expr | None, ...]]
"""An array and the indices of an entry; None for one that is bound."""


def shape_of(entry: Indexed) -> Shape:
    """What tells an entry from others, whatever its bound indices are called."""
    return entry.base, tuple(None if isinstance(i, (Bound, Opened)) else i for i in entry.indices)


def both_ways(expr: Expr, given: Given) -> frozenset[Shape]:
    """The entries of logistic functions that are there with their two indices exchanged too."""
    found = logistics_in(expr, given)
    return frozenset(shape for shape in found if not found.isdisjoint(swapped(shape)))


def taken_logistics(expr: Expr, given: Given) -> frozenset[Shape]:
    """The entries of logistic functions of two indices that are taken from one, ``1 - σ_{jk}``."""
    rests = collected(expr, lambda part: (part,) if is_complement(part) else ())
    return frozenset().union(*(logistics_in(rest, given) for rest in rests))


def logistics_in(expr: Expr, given: Given) -> frozenset[Shape]:
    """The entries of logistic functions of more than one index."""
    logistic = {d.base for d in given.definitions if len(d.indices) > 1 and is_logistic(d.value)}
    return frozenset(shape_of(e) for e in collected(expr, entries) if e.base in logistic)


def swapped(shape: Shape) -> list[Shape]:
    """An entry with two of its indices exchanged, for each two of them that differ."""
    base, indices = shape
    return [
        (base, (*indices[:n], indices[m], *indices[n + 1 : m], indices[n], *indices[m + 1 :]))
        for m in range(len(indices))
        for n in range(m)
        if indices[n] != indices[m]
    ]


def is_left_of(expr: Expr, shapes: frozenset[Shape]) -> bool:
    """Whether this is what an entry of one of ``shapes`` leaves of one."""
    parts = [t for term in expr.args for t in (term, *term.args)] if is_complement(expr) else []
    return any(isinstance(t, Indexed) and shape_of(t) in shapes for t in parts)


def holds_slopes(expr: Expr, shapes: frozenset[Shape]) -> bool:
    """Whether two terms of a sum hold the same product ``σ_{jk} σ_{kj}``."""
    terms = (t.operand if isinstance(t, Minus) else t for t in expr.args)
    above = ([f for f in sides(term)[0] if isinstance(f, Indexed)] for term in terms)
    found = [{shape_of(f) for f in factors} & shapes for factors in above]
    slopes = [f for f in found if any(not f.isdisjoint(swapped(e)) for e in f)]
    return any(a & b for a, b in combinations(slopes, 2))
