"""Sums in which a factor ``1 - δ_{jk}`` rules one index out, as sums without that index."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from derive.facts import Given
from derive.notation import (
    Exp,
    Log,
    Power,
    Quotient,
    Total,
    bases,
    collected,
    factors,
    heads,
    masked,
    names,
    times,
    without,
)
from derive.positions import change_everywhere
from derive.signs import Bounds, within

_PARTIAL = {Exp, Log, Quotient, Power}
"""What may be infinite, or have no value, at an index that is ruled out."""


def without_mask(total: Total, given: Given) -> tuple[Total, Bounds] | None:
    """``Σ_j (1 - δ_{jk}) f_j`` as ``Σ_{j≠k} f_j``, and the ranges from which ``k`` lies in it."""
    if total.excluded:
        return None
    body, own = total.open()
    above = body.numerator if isinstance(body, Quotient) else body
    parts = factors(above)
    for n, factor in enumerate(parts):
        index = masked(factor, own)
        known = None if index is None else within(index, total.lower, total.upper, given)
        if index is None or known is None:
            continue
        rest = times(*without(parts, n))
        if isinstance(body, Quotient):
            rest = Quotient(rest, body.denominator)
        return Total(rest, (own, *total.limits[1:], index)), known
    return None


def exponent_totals(expr: Expr) -> frozenset[Expr]:
    """The sums over an index in the exponent of an exponential."""
    if not isinstance(expr, Exp):
        return frozenset()
    return collected(expr.operand, lambda part: (part,) if isinstance(part, Total) else ())


def forms_of(total: Total, given: Given) -> Iterator[Total]:
    """A sum as it is written, and with indices left out in place of masks, inner ones too."""
    yield total
    if (found := without_mask(total, given)) is not None:
        yield found[0]
    body, own = total.open()
    if isinstance(body, Total):
        for inner in forms_of(body, given.within(own, tuple(total.limits[1:]))):
            if inner != body:
                yield Total(inner, (own, *total.limits[1:]))


def may_lack_a_value(body: Expr, given: Given) -> bool:
    """Whether there is an operation in it, or a name for one, that may have no value."""
    named = bases(body) | names(body)
    return bool(heads(body) & _PARTIAL) or any(d.base in named for d in given.definitions)


def without_masks(expr: Expr, given: Given) -> Expr:
    """An expression with all masked sums written so of which a term might have no value.

    And all in exponents, which are written so in a derivation: exponentials are known by them.
    """

    def change(node: Expr, known: Given) -> Expr | None:
        if not isinstance(node, Total):
            return None
        if node not in raised and not may_lack_a_value(node.body, known):
            return None
        found = without_mask(node, known)
        return None if found is None else found[0]

    while True:
        raised = collected(expr, exponent_totals)
        expr, places = change_everywhere(expr, change, given, (Total,))
        if not places:
            return expr
