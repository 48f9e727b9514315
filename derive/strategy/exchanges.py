"""Which sums over two indices are exchanged."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, IndexedBase, Symbol

from derive.facts import Given, SumFact
from derive.notation import (
    Bound,
    Delta,
    Plus,
    Quotient,
    Total,
    bases,
    entries,
    heads,
    names,
    terms,
    times,
)
from derive.rules.labels import use_sum_fact
from derive.rules.masks import exchange_others
from derive.rules.monomials import monomial, sides
from derive.rules.softmax import folded, sum_probabilities
from derive.rules.sums import exchange_totals, inner_total, parts_from, pull_out_factor, summands
from derive.unfolding import unfold


def exchanges_well(direction: Expr | None) -> Callable[[Expr, Given], bool]:
    """Sum over a vector that a Hessian is multiplied by first, and over whatever else then.

    What is the same for all entries of the vector comes out of its sum, so that no array has both
    the indices of the vector and those of the result, as the Hessian has. Other sums around it are
    exchanged where what is inside then has fewer indices.
    """

    def look(total: Expr, given: Given) -> bool:
        found = inner_total(total)
        if direction is None or found is None:
            return False
        inner, others, index = found
        body, own = inner.opened
        if not parts_from(inner, index):
            return False
        # A name may stand for what the vector has been summed into.
        made = [d for d in given.definitions if direction.base in bases(d.value)]
        parts = [unfold(part, tuple(made)) for part in (*others, *summands(body))]
        along = frozenset().union(*(indices_of(direction.base, part) for part in parts))
        moving = times(*(f for f in parts if index in names(f)))
        if own in along or all(direction.base not in bases(part) for part in parts):
            return False
        return index in along or len(indices_of(None, moving)) < len(indices_of(None, body))

    return look


def exchanges_to_delta(total: Expr, given: Given) -> bool:
    """Whether a delta inside the inner sum picks a term of the outer one."""
    found = inner_total(total)
    if found is None:
        return False
    inner, _, index = found
    above = sides(inner.opened[0])[0]
    return any(isinstance(f, Delta) and f.partner(index) is not None for f in above)


def exchanges_to_fact(total: Expr, given: Given) -> bool:
    """Whether a fact says what the inner sum is once two sums have been exchanged, or its name."""
    named = any(isinstance(d.value, (Total, Quotient)) for d in given.definitions)
    if not named and not any(given.of(SumFact)):
        return False
    for rule in (exchange_totals, exchange_others):
        exchanged = rule(total, given)
        if not isinstance(exchanged, Total):
            continue
        inner, own = exchanged.opened
        known = given.within(own, tuple(exchanged.limits[1:]))
        found = pull_out_factor(inner, known)
        moving = next((f for f in sides(found or inner)[0] if isinstance(f, Total)), inner)
        if use_sum_fact(exchanged, given):
            return True
        if use_sum_fact(moving, known) or sum_probabilities(moving, known):
            return True
        if isinstance(moving, Total) and folded(moving, known) is not None:
            return True
    return False


def contracts_along(direction: Expr | None) -> Callable[[Expr, Given], bool]:
    """Multiply a vector out, and split the sum over it, where terms have a sum to meet it in:
    ``Σ_m (Σ_j a_j x_{jm} - b Σ_j c_j x_{jm}) v_m``.
    """

    def look(expr: Expr, given: Given) -> bool:
        if direction is None or direction.base not in bases(expr):
            return False
        if isinstance(expr, Total):
            body, index = expr.opened
            parts = terms(body)
        else:
            index = given.scope[0].index if given.scope else None
            parts = next((f.args for f in expr.args if isinstance(f, Plus)), ())
        above = (monomial(t).powers.values() for t in parts)
        moving = [any(isinstance(b, Total) and index in names(b) for b, _ in t) for t in above]
        # A delta meets the vector without a sum.
        plain = all(index in names(t) and Delta not in heads(t) for t in parts)
        return len(moving) > 1 and (all(moving) or (plain and any(moving)))

    return look


def indices_of(base: IndexedBase | None, expr: Expr) -> frozenset[Symbol]:
    """The free indices at which entries of an array stand, or of any array, if none is named."""
    found = entries(expr) if base is None else [e for e in entries(expr) if e.base == base]
    return frozenset(s for e in found for s in names(e) if not isinstance(s, Bound))
