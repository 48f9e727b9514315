"""Deviations of exponentials from their mean: what all have in common leaves no digits of them.

Where all exponents are nearly the same, or all exponentials little beside a constant, each is taken
by what it differs from the largest.
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr, Symbol
from sympy.codegen.cfunctions import expm1

from derive.kernels.gaps import exp_rise, rise
from derive.notation import (
    Apply,
    Exp,
    Head,
    Maximum,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    factors,
    names,
    plus,
    rename,
    terms,
    times,
    without,
)
from derive.recognition import opposite

Span = tuple[Expr, ...]


class Centred(NamedTuple):
    """Values along an index, up to a constant: ``e^m`` times others with all their digits."""

    exponent: Expr
    inside: Expr


def deviation(expr: Plus) -> Expr | None:
    """``f_i - Σ_j f_j / N`` of exponentials; None for anything else."""
    found = _mean_taken_off(expr)
    if found is None:
        return None
    index, total, turned = found
    body, own = total.open()
    values = centred(body, own, (own, *total.limits[1:]))
    if values is None:
        return None
    mean = Quotient(total.over(values.inside, own), _count(total))
    whole = Times(Exp(values.exponent), Plus(rename(values.inside, own, index), Minus(mean)))
    return Minus(whole) if turned else whole


def covariance(total: Total) -> Expr | None:
    """``Σ_i (f_i - Σ_j f_j / N) g_i``, in which a constant in ``g`` counts for nothing."""
    body, index = total.open()
    parts = factors(body)
    span = (index, *total.limits[1:])
    for n, part in enumerate(parts):
        found = _mean_taken_off(part) if isinstance(part, Plus) else None
        if found is None or found[0] != index or found[1].limits[1:] != total.limits[1:]:
            continue
        first = deviation(part)
        second = centred(times(*without(parts, n)), index, span)
        if first is None or second is None:
            return None
        sign, product = (Minus, first.operand) if isinstance(first, Minus) else (None, first)
        outside, inside = product.args
        whole = Times(
            Exp(Plus(outside.operand, second.exponent)),
            total.over(Times(inside, second.inside), index),
        )
        return whole if sign is None else sign(whole)
    return None


def _mean_taken_off(expr: Plus) -> tuple[Symbol, Total, bool] | None:
    """The index of an ``f_i - Σ_j f_j / N``, the sum, and whether the signs are turned."""
    for n, term in enumerate(expr.args):
        turned = not isinstance(term, Minus)
        total = _averaged(term if turned else term.operand)
        if total is None:
            continue
        rest = without(expr.args, n)
        here = plus(*map(opposite, rest)) if turned else plus(*rest)
        body, own = total.open()
        for index in names(here):
            if code(rename(body, own, index)) == code(here):
                return index, total, turned
    return None


def _averaged(mean: Expr) -> Total | None:
    """The sum in ``Σ_j f_j / N``, where it has ``N`` terms."""
    match mean:
        case Quotient(Total() as total, count) if not total.excluded and count == _count(total):
            return total
        case Times((Quotient(one, count), Total() as total)) if one == 1:
            return _averaged(Quotient(total, count))
    return None


def _count(total: Total) -> Expr:
    """How many terms there are."""
    return total.upper - total.lower + 1


def centred(expr: Expr, index: Symbol, span: Span) -> Centred | None:
    """The values of ``expr`` along an index less one of them; None where it is no exponential."""
    match expr:
        case Exp(operand):
            top, less = _from_largest(operand, index, span)
            return Centred(top, Apply(Head(expm1), less)) if index in names(operand) else None
        case Apply(function, (operand,)) if function is exp_rise:
            top, less = _from_largest(operand, index, span)
            rest = Times(top, Apply(Head(expm1), less))
            return Centred(top, Plus(Apply(Head(exp_rise), less), rest))
        case Minus(operand):
            found = centred(operand, index, span)
            return found and Centred(found.exponent, Minus(found.inside))
        case Quotient(above, below) if index not in names(below):
            found = centred(above, index, span)
            return found and Centred(found.exponent, Quotient(found.inside, below))
        case Times(parts):
            return _of_one(parts, index, span)
        case Plus(parts) if any(index not in names(p) for p in parts):
            return centred(plus(*(p for p in parts if index in names(p))), index, span)
        case Plus() if (risen := rise(expr)) is not None:
            return centred(risen, index, span)
    return None


def _of_one(parts: tuple[Expr, ...], index: Symbol, span: Span) -> Centred | None:
    """A product in which one factor only is not the same along the index."""
    moving = [n for n, p in enumerate(parts) if index in names(p)]
    found = centred(parts[moving[0]], index, span) if len(moving) == 1 else None
    if found is None:
        return None
    return Centred(found.exponent, times(*without(parts, moving[0]), found.inside))


def _from_largest(exponent: Expr, index: Symbol, span: Span) -> tuple[Expr, Expr]:
    """The largest of the exponents, and each less that."""
    items = terms(exponent)
    moving = plus(*(t for t in items if index in names(t)))
    largest = Maximum(moving, span)
    fixed = (t for t in items if index not in names(t))
    return plus(largest, *fixed), plus(moving, Minus(largest))
