"""Mixtures of shares, such as softmaxes, in which all may round to zero but one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.laws import Each, law
from derive.notation import (
    ONE,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    code,
    collected,
    factors,
    names,
    opened_parts,
    plus,
    terms,
    without,
)
from derive.recognition import is_logistic, of_others
from derive.rules import samples as s
from derive.rules.complements import (
    delta_of,
    is_complement,
    is_share,
    subjects,
    taken_from_one,
    under,
)
from derive.rules.monomials import distributed, sides
from derive.rules.products import left_by_product
from derive.rules.registry import Example, Outcome, rule
from derive.signs import signs
from derive.unfolding import value_of

z_k, y_k = s.z[s.k1], s.y[s.k1]


def mixed_shares(expr: Expr, given: Given) -> frozenset[Expr]:
    """The softmaxes and logistic functions in a mixture under a logarithm or below a bar.

    All of its terms may round to zero, though the logarithm and the fraction do not.
    """
    found = (_name(share) for m in mixtures(expr, given) for share in _shares_within(m, given))
    return frozenset(found)


def of_mixed(expr: Expr, mixed: frozenset[Expr]) -> bool:
    """Whether this is an entry of, or the name of, one of these shares."""
    return isinstance(expr, (Indexed, Symbol)) and _name(expr) in mixed


def left_of_mixed(expr: Expr, mixed: frozenset[Expr]) -> bool:
    """Whether this is what one of these shares leaves of one, or has it among its terms."""
    taken = subjects(expr) if is_complement(expr) else map(_name, taken_from_one(expr))
    return not mixed.isdisjoint(taken)


def products_near_one(expr: Expr, given: Given) -> frozenset[Expr]:
    """Each ``1 - Π_i p_i`` under a logarithm or below a bar, of shares or what they leave of one.

    No digits are left of it where all of them are nearly one.
    """

    def look(part: Expr) -> list[Expr]:
        inside = (f.base if isinstance(f, Power) else f for f in under(part))
        return [f for f in inside if _is_left_by_shares(f, given)]

    return collected(expr, look)


def _is_left_by_shares(expr: Expr, given: Given) -> bool:
    product = left_by_product(expr)
    return product is not None and bool(_shares_within(product, given))


def mixtures(expr: Expr, given: Given) -> frozenset[Expr]:
    """The sums under a logarithm or below a bar that only shares may keep from being zero."""
    return collected(expr, lambda part: [m for m in under(part) if _is_mixture(m, given)])


def _is_mixture(total: Expr, given: Given) -> bool:
    match total:
        case Total():
            return bool(_shares_within(total, given))
        case Plus(parts):
            if (left := _left_among(total, given)) is not None:
                parts = tuple(t for t in parts if t not in (ONE, Minus(left)))
            others = [t for t in parts if not _shares_within(t, given)]
            if len(others) == len(parts):
                return False
            return not others or 0 in signs(plus(*others), given)
    return False


def _shares_within(expr: Expr, given: Given) -> list[Expr]:
    """The shares among the factors of a term, of each term of a sum; what is left of one as well.

    In a sum over an index they are those that the index is in.
    """
    match expr:
        case Total() | ProductOver():
            body, index = expr.open()
            return [f for f in _shares_within(body, given) if index in names(f)]
        case Plus((one, Minus(share))) | Plus((share, Minus(one))) if one == 1:
            # What a product of several leaves is little where all of them are nearly one.
            several = factors(share)
            return list(several) if all(_is_of_two(f, given) for f in several) else []
        case Plus(parts):
            left = _left_among(expr, given)
            within = [f for t in parts for f in _shares_within(t, given)]
            return within if left is None else [left, *within]
        case Indexed() | Symbol():
            return [expr] if is_share(expr, given) or _is_of_others(expr, given) else []
        case Times() | Quotient():
            return [f for part in sides(expr)[0] for f in _shares_within(part, given)]
        case Power(base, exponent) if exponent.is_Integer and exponent.is_positive:
            return _shares_within(base, given)
    return []


def _is_of_others(entry: Expr, given: Given) -> bool:
    """Whether this is the name of a share of all others."""
    known = given.definition_of(entry)
    return known is not None and of_others(known.value)


def _left_among(total: Plus, given: Given) -> Expr | None:
    """The logistic function of a ``1 - σ`` among the terms of a sum."""
    return next((p for p in taken_from_one(total) if _is_of_two(p, given)), None)


def _is_of_two(entry: Expr, given: Given) -> bool:
    """Whether this is the name of a logistic function."""
    definition = given.definition_of(entry)
    return definition is not None and is_logistic(definition.value)


def _name(share: Expr) -> Expr:
    return share.base if isinstance(share, Indexed) else share


def holds_part(expr: Expr, mixed: Iterable[Expr], given: Given) -> bool:
    """Whether a product has a sum in which there is a part of a mixture, and no mixture.

    What is to be lowered with that part has to stand beside it.
    """
    sums = [f for f in expr.args if isinstance(f, Plus)]
    parts = {code(part) for mixture in mixed for part in _parts(mixture, given)}
    found = {code(part) for total in sums for part in _parts(total, given)}
    return not found.isdisjoint(parts) and not any(f in mixed for f in sums)


def _parts(total: Expr, given: Given) -> Iterator[Expr]:
    """The shares in the terms of a sum, and the sums over an index that are made of them."""
    for term in total.args if isinstance(total, Plus) else (total,):
        for factor in _factors_of(term):
            if not isinstance(factor, Plus) and _shares_within(factor, given):
                yield factor


@rule(
    law(Times(s.a, Plus(Each(s.b))), Plus(Each(Times(s.a, s.b)))),
    Example(Times(Plus(ONE, y_k), Plus(y_k, Minus(s.p[s.k1]))), s.with_softmax),
)
def distribute_share(expr: Expr, given: Given) -> Outcome:
    """Bring factors into a sum with a share in it."""
    for n, factor in enumerate(expr.args):
        if isinstance(factor, Plus) and (any(_parts(factor, given)) or mixed_shares(factor, given)):
            return distributed(without(expr.args, n), factor)
    return None


def _factors_of(term: Expr) -> tuple[Expr, ...]:
    return sides(term.operand if isinstance(term, Minus) else term)[0]


def over_mixture(expr: Expr, given: Given) -> bool:
    """Whether something is divided by a mixture of shares in a sum that a share is multiplied by.

    The fraction may overflow where the share rounds to zero: together they do not.
    """
    beside = [f.base for f in expr.args if isinstance(f, Indexed)]
    return any(
        isinstance(factor, Plus)
        and any(
            set(beside) & mixed_shares(term.operand if isinstance(term, Minus) else term, given)
            for term in factor.args
        )
        for factor in expr.args
    )


def left_beside_mixtures(expr: Expr, given: Given) -> frozenset[Expr]:
    """What mixed logistic functions leave of one, as a factor beside a sum over their mixture."""
    mixed = mixed_shares(expr, given)

    def look(part: Expr) -> list[Expr]:
        if not mixed or not isinstance(part, Times) or not over_mixture(part, given):
            return []
        left = (f for f in part.args if is_complement(f) and left_of_mixed(f, mixed))
        return [f for f in left if _left_among(f, given) is not None]

    return collected(expr, look)


def over_masked_mixture(expr: Expr, given: Given) -> bool:
    """The same with a mask ``1 - δ`` beside it, which is to stay whole."""
    return any(delta_of(f) is not None for f in expr.args) and over_mixture(expr, given)


def over_others(total: Expr, given: Given) -> bool:
    """Whether all terms of a sum are divided by a sum of exponentials that leaves one out."""
    body, index = total.opened
    return any(of_others(Quotient(ONE, f)) and index not in names(f) for f in sides(body)[1])


def over_partition(expr: Expr, given: Given) -> frozenset[Expr]:
    """The softmaxes that are multiplied by a fraction with their own partition above the bar.

    The share may round to zero and the fraction overflow, though the partition cancels.
    """
    found = set()
    if isinstance(expr, Times):
        above = {f for factor in expr.args for f in _numerators(factor) if isinstance(f, Total)}
        for share in expr.args:
            known = given.definition_of(share) if isinstance(share, Indexed) else None
            if known is not None and known.softmax and value_of(share, known).denominator in above:
                found.add(share.base)
    return frozenset(found).union(*(over_partition(part, given) for part in opened_parts(expr)))


def _numerators(factor: Expr) -> Iterator[Expr]:
    """The factors above the bar of the fractions in a sum."""
    for term in terms(factor):
        plain = term.operand if isinstance(term, Minus) else term
        if isinstance(plain, Quotient):
            yield from factors(plain.numerator)


def over_softplus(expr: Expr, given: Given) -> frozenset[Expr]:
    """The logistic functions over a ``log(1 + e^u)``: both may round to zero."""

    def look(part: Expr) -> list[Expr]:
        above, below = sides(part)
        soft = any(isinstance(f, Log) and is_softplus(f) for f in below)
        return [_name(f) for f in above if soft and _is_of_two(f, given)]

    return collected(expr, look)


def is_softplus(expr: Expr) -> bool:
    """Whether this is ``log(1 + e^u)``, which is nearly ``e^u`` where that is little."""
    match expr:
        case Log(Plus((one, Exp()))) | Log(Plus((Exp(), one))):
            return bool(one == 1)
    return False
