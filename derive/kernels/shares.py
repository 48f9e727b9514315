"""Shares: sums of some of them, and what is left of one, by the exponentials that share it out."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Abs, Expr, Indexed, Max, Min, Symbol, Tuple

from derive.facts import Definition
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Delta,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Plus,
    Quotient,
    Threshold,
    Times,
    Total,
    mask,
    names,
    plus,
    replace,
    terms,
    without,
)
from derive.recognition import opposite
from derive.unfolding import value_of
from derive.unify import instance_of


def of_shares(total: Total, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """A sum of some shares as the sum of what is shared, divided once; None for any other."""
    body, index = total.open()
    known = definitions.get(body.base) if isinstance(body, Indexed) else None
    if known is None or not known.softmax or not total.excluded:
        return None
    match replace(known.value, dict(zip(known.indices, body.indices, strict=True))):
        case Quotient(share, whole) if body.indices[-1] == index and index not in names(whole):
            return Quotient(total.over(share, index), whole)
    return None


def left_of_one(expr: Expr, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """A sum with a ``1 - σ`` among its terms, with that as a fraction; None for any other.

    So it is above an end, as ``1 - max(0, σ - m) = min(1, 1 - σ + m)``.
    """
    items = terms(expr)
    for unit in (ONE, Minus(ONE)):
        for n, term in enumerate(items) if unit in items else ():
            left = _left_by(opposite(term) if unit == 1 else term, definitions)
            if left is not None:
                rest = without(items, n)
                rest = without(rest, rest.index(unit))
                return plus(left if unit == 1 else Minus(left), *rest)
    return None


def _left_by(taken: Expr, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """What a logistic function leaves of one, such a one above an end, or one beside a delta."""
    match taken:
        case Apply(function, (zero, Plus(items))) if function is Max and zero == 0:
            left = left_of_one(Plus(ONE, *map(opposite, items)), definitions)
            return None if left is None else Apply(Head(Min), ONE, left)
        case Indexed() | Symbol():
            known = definitions.get(taken.base if isinstance(taken, Indexed) else taken)
            match None if known is None else value_of(taken, known):
                case Quotient(share, Plus((first, second)) as whole) if share in (first, second):
                    return Quotient(second if share == first else first, whole)
                case Apply() as value:
                    return _left_by(value, definitions)
        case Times((Delta() as delta, share)) | Times((share, Delta() as delta)):
            left = _left_by(share, definitions)
            return None if left is None else Plus(mask(*delta.args), Times(delta, left))
        case Maximum():
            return _left_by_largest(taken, definitions)
    return None


def _left_by_largest(largest: Maximum, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """What the largest of shares, or of some of them, leaves of one: the sum of all others."""
    body, index = largest.open()
    known = definitions.get(body.base) if isinstance(body, Indexed) else None
    if known is None or not known.softmax or body.indices[-1] != index:
        return None
    if index in names(Tuple(*body.indices[:-1])):
        return None
    limits = (index, *largest.limits[1:3])
    others = Plus(ONE, Minus(Attains(largest.body, largest.limits, index)))
    return Total(Times(others, body), limits)


def ahead_of_largest(expr: Expr, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """``a - m`` of shares, where ``a`` is 1 at the largest, ``m``: ``a (1 - m) - (1 - a) m``."""
    match expr:
        case Plus((Attains() as first, Minus(Maximum() as largest))) | Plus(
            (Minus(Maximum() as largest), Attains() as first)
        ) if first.largest == largest:
            left = _left_by_largest(largest, definitions)
            if left is not None:
                return Plus(Times(first, left), Minus(Times(Plus(ONE, Minus(first)), largest)))
    return None


def log_left(left: Expr) -> Expr:
    """The logarithm of what is left of one, by its exponent where a share is all of it.

    Such a share may round to zero; where there is something beside it, that is what counts then.
    """
    match left:
        case Apply(function, (_, inside)) if function is Min:
            items = terms(inside)
        case _:
            items = terms(left)
    for n, term in enumerate(items):
        match term:
            case Quotient(Exp(exponent), whole):
                own = Plus(*terms(exponent), Minus(Log(whole)))
                rest = plus(*without(items, n))
                return own if rest == 0 else Threshold(Apply(Head(Abs), rest), ZERO, Log(left), own)
    return Log(left)


def is_lowered(exponent: Expr, extents: Mapping[Expr, tuple[Expr, Expr]]) -> bool:
    """Whether the largest of all such exponents is taken away, so that none is positive.

    Then the exponentials are finite, and those that a sum leaves out need not be ruled out first.
    """
    items = terms(exponent)
    for n, term in enumerate(items):
        match term:
            case Minus(Maximum() as largest) if not largest.excluded:
                body, own = largest.open()
                found = instance_of(body, plus(*without(items, n)), (own,)) or {}
                if extents.get(found.get(own, own)) == (largest.lower, largest.upper):
                    return True
    return False
