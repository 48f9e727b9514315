"""Densities that have names: the factors of a longer product that make one up."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.facts import Definition, Given
from derive.laws import Condition, Source, law
from derive.notation import (
    ZERO,
    Exp,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    factors,
    names,
    replace,
    times,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import Monomial, divided, expression, is_reduced, monomial, multiplied
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import is_positive
from derive.unfolding import value_of
from derive.unify import instance_of


@rule(
    Source.DEFINITION,
    Example(Times(s.y[s.k1], s.T, Exp(s.z[s.k1])), s.with_density),
    head=PRODUCTS,
)
def fold_factors(expr: Expr, given: Given) -> Outcome:
    """``w c e^u = w g``, where ``g`` is defined as ``c e^u``."""
    if not is_reduced(expr):
        return None
    whole = monomial(expr)
    for definition in given.definitions:
        likelihood = _likelihood(definition)
        likely = likelihood.base if isinstance(likelihood, Power) else likelihood
        for base, _ in whole.powers.values() if likely is not None else ():
            found = instance_of(likely, base, definition.indices)
            if found is not None:
                entry = replace(definition.entry, found)
                density = monomial(value_of(entry, definition))
                left = divided(whole, density)
                if _holds(whole, density) and not _is_raised(likelihood, left, density):
                    return Rewriting(expression(multiplied(left, entry)), (definition,))
    return None


def _is_raised(likelihood: Expr, left: Monomial, density: Monomial) -> bool:
    """Whether a power of t stands beside a t: another power of it, which may have its own name.

    A sum has none, nor has a share.
    """
    if not isinstance(likelihood, Power) or isinstance(likelihood.base, Plus):
        return False
    return not _is_shared(density) and any(
        t in left.powers for t in monomial(likelihood.base).powers
    )


def _is_shared(value: Monomial) -> bool:
    """Whether this is divided by a sum."""
    return any(isinstance(b, (Plus, Total)) and e.is_negative for b, e in value.powers.values())


def _likelihood(definition: Definition) -> Expr | None:
    """What of a product tells which density it is; None for what is no product.

    Of a share a power alone, as it may be raised to another one beside it.
    """
    value = monomial(definition.value)
    powers = value.powers.values()
    likely = [Power(b, e) for b, e in powers if not e.is_number]
    if not _is_shared(value):
        likely = [b for b, e in powers if isinstance(b, (Exp, ProductOver)) and e == 1] + likely
    if definition.value in likely:
        return None
    return next((b for b in likely if names(b).issuperset(definition.indices)), None)


def _holds(whole: Monomial, part: Monomial) -> bool:
    """Whether all factors of one product are factors of the other."""

    def holds(name: str, exponent: Expr) -> bool:
        own = whole.powers[name][1] if name in whole.powers else ZERO
        return bool(own == exponent) or _is_part(exponent, own)

    return all(holds(name, exponent) for name, (_, exponent) in part.powers.items())


def _is_part(exponent: Expr, own: Expr) -> bool:
    """Whether something is a factor fewer times, on the same side of the bar.

    Of a power with a letter in its exponent a whole number of factors may be left.
    """
    left = (own - exponent).expand()
    if not exponent.is_number:
        return bool(left.is_Integer)
    whole = exponent.is_Rational and left.is_Integer and own != 0
    return bool(whole and 0 < exponent / own < 1)


@rule(
    law(
        Plus(Times(s.a, Exp(s.u)), s.c),
        Plus(Times(s.a, Quotient(Times(s.b, Exp(s.u)), s.b)), s.c),
        Condition("any", (s.b,)),
        Condition("nonzero", (s.b,)),
    ),
    Example(Plus(s.y[s.k1], Times(s.y[s.k1], Exp(s.z[s.k1]))), s.with_density),
)
def complete_density(expr: Expr, given: Given) -> Outcome:
    """``a e^u = a (c e^u / c)`` in a sum, for a positive letter ``c``; ``c e^u`` has a name."""
    for n, term in enumerate(expr.args):
        negative = isinstance(term, Minus)
        parts = factors(term.operand if negative else term)
        for m, factor in enumerate(parts):
            density = _completed(factor, given) if isinstance(factor, Exp) else None
            if density is not None:
                whole = times(*parts[:m], density, *parts[m + 1 :])
                written = Minus(whole) if negative else whole
                return Plus(*expr.args[:n], written, *expr.args[n + 1 :])
    return None


def _completed(likelihood: Expr, given: Given) -> Expr | None:
    """A density with a name over what it has beside its exponential."""
    for definition in given.definitions:
        part = _likelihood(definition)
        if isinstance(definition.value, Times) and isinstance(part, Exp):
            found = instance_of(part, likelihood, definition.indices)
            if found is not None:
                value = replace(definition.value, found)
                beside = divided(monomial(value), monomial(likelihood))
                if all(_is_letter(b, given) and e.is_positive for b, e in beside.powers.values()):
                    return Quotient(value, expression(beside))
    return None


def _is_letter(base: Expr, given: Given) -> bool:
    return isinstance(base, (Symbol, Indexed)) and is_positive(base, given)
