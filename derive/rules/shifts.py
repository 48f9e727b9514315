"""What the exponents in a fraction have in common, and what of it counts for nothing."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import law
from derive.notation import (
    Exp,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    factors,
    names,
    plus,
    replace,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.registry import Example, Outcome, rule
from derive.rules.shares import has_name, separate_quotient
from derive.rules.sums import FJ, GJ, limits
from derive.unify import instance_of

z_j, z_k, over_classes = s.z[s.j1], s.z[s.k1], (s.j1, 1, s.C)


@rule(
    law(
        Quotient(
            Exp(Times(s.a, Plus(s.c, s.u))),
            Total(Times(GJ, Exp(Times(s.a, Plus(s.c, FJ)))), limits),
        ),
        Quotient(Exp(Times(s.a, s.u)), Total(Times(GJ, Exp(Times(s.a, FJ))), limits)),
    ),
    Example(
        Quotient(
            Exp(Plus(z_k, Minus(s.T))),
            Total(Exp(Plus(z_j, Minus(s.T))), over_classes),
        ),
        s.with_softmax,
    ),
)
def cancel_shift(expr: Expr, given: Given) -> Outcome:
    """``e^{u_k + c} / Σ_j e^{u_j + c} = e^{u_k} / Σ_j e^{u_j}``, where that has a name."""
    above, below = factors(expr.numerator), factors(expr.denominator)
    for m, total in enumerate(below):
        short = without_shift(total)
        if short == total:
            continue
        for n, power in enumerate(above):
            lowered = _at_the_same(power, total, short)
            if lowered is None:
                continue
            rest = Quotient(
                times(*above[:n], lowered, *above[n + 1 :]), times(short, *without(below, m))
            )
            if has_name(rest, given) or separate_quotient(rest, given) is not None:
                return rest
    return None


def without_shift(total: Expr) -> Expr:
    """A sum of exponentials without the terms that the exponent has in common in all of them."""
    if not isinstance(total, Total):
        return total
    body, index = total.open()
    parts = [Exp(_varying(f.operand, index)) if isinstance(f, Exp) else f for f in factors(body)]
    return total.over(times(*parts), index)


def _varying(exponent: Expr, index: Expr) -> Expr:
    """An exponent, perhaps over a temperature, without its terms that have no index."""
    match exponent:
        case Plus(terms):
            varying = [t for t in terms if index in names(t)]
            return plus(*varying) if varying else exponent
        case Minus(inside):
            return Minus(_varying(inside, index))
        case Quotient(inside, below) if index not in names(below):
            return Quotient(_varying(inside, index), below)
        case Times(parts):
            inside = [n for n, f in enumerate(parts) if index in names(f)]
            if len(inside) == 1:
                (n,) = inside
                return times(*parts[:n], _varying(parts[n], index), *parts[n + 1 :])
    return exponent


def _at_the_same(power: Expr, total: Expr, short: Expr) -> Expr | None:
    """The exponential of a sum without its shift, where ``power`` is one in it with the shift."""
    body, index = total.open()
    for factor, lowered in zip(factors(body), factors(short.at(index)), strict=True):
        if isinstance(factor, Exp) and isinstance(power, Exp) and factor != lowered:
            found = instance_of(factor, power, (index,))
            if found is not None and index in found:
                return replace(lowered, found)
    return None
