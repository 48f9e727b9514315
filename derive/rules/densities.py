"""Densities that have names: the factors of a longer product that make one up."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Definition, Given
from derive.laws import Source
from derive.notation import Exp, Plus, ProductOver, Times, Total, names, replace
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import Monomial, divided, expression, is_reduced, monomial, multiplied
from derive.rules.registry import Example, Outcome, Rewriting, rule
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
        for base, _ in whole.powers.values() if likelihood is not None else ():
            found = instance_of(likelihood, base, definition.indices)
            if found is not None:
                entry = replace(definition.entry, found)
                density = monomial(value_of(entry, definition))
                if _holds(whole, density):
                    left = multiplied(divided(whole, density), entry)
                    return Rewriting(expression(left), (definition,))
    return None


def _likelihood(definition: Definition) -> Expr | None:
    """What of a product tells which density it is; None for shares, and for what is no product."""
    powers = monomial(definition.value).powers.values()
    likely = [b for b, e in powers if isinstance(b, (Exp, ProductOver)) and e == 1]
    shared = any(isinstance(b, (Plus, Total)) and e.is_negative for b, e in powers)
    if definition.value in likely or shared:
        return None
    return next((b for b in likely if names(b).issuperset(definition.indices)), None)


def _holds(whole: Monomial, part: Monomial) -> bool:
    """Whether all factors of one product are factors of the other."""
    for name, (_, exponent) in part.powers.items():
        own = whole.powers[name][1] if name in whole.powers else None
        if own is None or (own != exponent and not _is_part(exponent, own)):
            return False
    return True


def _is_part(exponent: Expr, own: Expr) -> bool:
    """Whether something is a factor fewer times, on the same side of the bar."""
    return bool(exponent.is_Integer and own.is_Integer and 0 < exponent / own < 1)
