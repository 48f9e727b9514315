"""Where one of two equal indices may be written for the other beside a delta."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from derive.facts import Given
from derive.notation import (
    Delta,
    Exp,
    Log,
    Power,
    Quotient,
    collected,
    entries,
    factors,
    replace,
)
from derive.rules.monomials import sides
from derive.rules.negatives import ends


def moves_index(expr: Expr) -> bool:
    """Whether there is a ``δ_{jk}``, a ``p_j`` and a ``p_k``: beside the delta they are equal."""
    found = {(e.base, e.indices) for e in entries(expr)}
    deltas = collected(expr, lambda part: (part,) if isinstance(part, Delta) else ())
    return any(
        (base, tuple(d.first if i == d.second else i for i in indices)) in found
        for d in deltas
        for base, indices in found
        if d.second in indices
    )


def cancels_below(expr: Expr) -> bool:
    """Whether a difference of two entries of one array is below a bar: ``1 / (p_k - p_t)``.

    What stands above it nearly cancels it as long as that keeps its indices.
    """

    def look(part: Expr) -> list[Expr]:
        below = factors(part.denominator) if isinstance(part, Quotient) else ()
        return [f for f in below if ends(f) is not None]

    return bool(collected(expr, look))


def moves_safely(expr: Expr) -> Callable[[Expr, Given], bool]:
    """Whether what may have no value, or a very large one, is in ``expr`` at the other index too.

    ``δ_{jk} / y_j`` asks for ``y_j`` not to be zero at all ``j``, ``δ_{jk} / y_k`` at ``k`` only.
    """
    there = collected(expr, _may_fail)

    def look(product: Expr, given: Given) -> bool:
        deltas = (f for f in sides(product)[0] if isinstance(f, Delta))
        moves = ({d.second: d.first} for d in deltas)
        return all(
            replace(part, move) in there for move in moves for part in collected(product, _may_fail)
        )

    return look


def _may_fail(expr: Expr) -> tuple[Expr, ...]:
    """Logarithms, exponentials, what is below a bar, and powers that are no whole ones."""
    match expr:
        case Quotient(_, below):
            return tuple(f.base if isinstance(f, Power) else f for f in factors(below))
        case Power(base, exponent) if not (exponent.is_Integer and exponent.is_positive):
            return (base,)
        case Exp() | Log():
            return (expr,)
    return ()
