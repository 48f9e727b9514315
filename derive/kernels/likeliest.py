"""Deviations from a mean by shares: beside one near 1, little is left of ``f_k - Σ_i f_i p_i``.

Each value is taken by what it differs from that with the largest share, which is left exactly.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed, Symbol

from derive.facts import Definition
from derive.notation import (
    Attains,
    Minus,
    Plus,
    Times,
    Total,
    code,
    factors,
    heads,
    names,
    plus,
    rename,
    times,
    without,
)
from derive.recognition import opposite

Definitions = Mapping[Expr, Definition]


def from_likeliest(expr: Plus, definitions: Definitions) -> Expr | None:
    """``f_k - Σ_i f_i p_i`` with ``f - f_m`` for ``f``, of the ``m`` with the largest share."""
    for n, term in enumerate(expr.args):
        turned = not isinstance(term, Minus)
        total = term if turned else term.operand
        rest = without(expr.args, n)
        here = plus(*map(opposite, rest)) if turned else plus(*rest)
        left = _left_of(here, total, definitions) if isinstance(total, Total) else None
        if left is not None:
            return Minus(left) if turned else left
    return None


def _left_of(here: Expr, total: Total, definitions: Definitions) -> Expr | None:
    """What a mean by shares leaves of one of the values."""
    body, own = total.open()
    parts = factors(body)
    at = next((n for n, f in enumerate(parts) if _is_share(f, own, total, definitions)), None)
    # What has been taken from the likeliest is not taken from it again.
    if at is None or Attains in heads(body):
        return None
    share, value = parts[at], times(*without(parts, at))
    index = next((i for i in names(here) if code(rename(value, own, i)) == code(here)), None)
    if index is None or own not in names(value):
        return None
    likeliest = Attains(share, (own, *total.limits[1:]), own)
    less = Plus(value, Minus(total.over(Times(likeliest, value), own)))
    return Plus(rename(less, own, index), Minus(total.over(Times(less, share), own)))


def _is_share(factor: Expr, index: Symbol, total: Total, definitions: Definitions) -> bool:
    """Whether a factor is a share of all over which a sum runs, so that they sum to one."""
    known = definitions.get(factor.base) if isinstance(factor, Indexed) else None
    if known is None or not known.softmax or total.excluded or factor.indices[-1] != index:
        return False
    return all(index not in names(i) for i in factor.indices[:-1]) and total.limits[1:] == (
        1,
        factor.base.shape[-1],
    )
