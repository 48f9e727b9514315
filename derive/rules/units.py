"""Lengths of vectors: their squares, and the squares of a vector that is divided by its own."""

from __future__ import annotations

from sympy import Expr, Indexed, S, Symbol

from derive.facts import Definition, Given
from derive.laws import Source
from derive.notation import Power, Quotient, Total, names, replace
from derive.rules import samples as s
from derive.rules.monomials import raise_to, split_power
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.unfolding import value_of
from derive.unify import instance_of


@rule(
    Source.DEFINITION,
    Example(Total(Power(s.z[s.j1], 2), (s.j1, 1, s.C)), s.with_length),
    head=Total,
)
def fold_square(expr: Expr, given: Given) -> Outcome:
    """``Σ_i a_i^2 = r^2`` for ``r := √(Σ_i a_i^2)``"""
    for definition in given.definitions:
        value = definition.value
        if isinstance(value, Power) and value.exponent == S.Half and isinstance(value.base, Total):
            found = instance_of(value.base, expr, definition.indices)
            if found is not None and all(i in found for i in definition.indices):
                return Rewriting(Power(replace(definition.entry, found), 2), (definition,))
    return None


@rule(
    Source.DEFINITION,
    Example(Total(Power(s.p[s.j1], 2), (s.j1, 1, s.C)), s.with_unit),
    head=Total,
)
def unfold_unit(expr: Expr, given: Given) -> Outcome:
    """``Σ_i u_i^2 = Σ_i (a_i/r)^2``, where ``r`` is the length of ``a``, named or not."""
    body, index = expr.opened
    entry, exponent = split_power(body)
    definition = given.definition_of(entry) if isinstance(entry, Indexed) else None
    if definition is None or exponent != 2:
        return None
    match value_of(entry, definition):
        case Quotient(above, below):
            length = given.definition_of(below) if isinstance(below, Symbol) else None
            named: tuple[Definition, ...] = () if length is None else (length,)
            written = below if length is None else length.value
            squared = expr.over(raise_to(above, exponent), index)
            if written == Power(squared, S.Half) and index not in names(below):
                opened = Power(Quotient(above, written), exponent)
                return Rewriting(expr.over(opened, index), (definition, *named))
    return None
