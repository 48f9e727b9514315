"""Entries whose two indices may change places: those of distances and inner products."""

from __future__ import annotations

from functools import lru_cache

from sympy import Abs, Expr, Indexed, IndexedBase

from derive.facts import Definition, Given
from derive.laws import Source
from derive.notation import (
    Apply,
    Exp,
    Minus,
    Plus,
    Power,
    bases,
    code,
    names,
    replace,
)
from derive.positions import change_everywhere
from derive.recognition import opposite
from derive.rules import samples as s
from derive.rules.negatives import place_of
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.unfolding import unfold

_weights = IndexedBase("w", shape=(s.C, s.C))
_distance = Plus(s.z[s.i1], Minus(s.z[s.k1]))
_kernel = Definition(_weights[s.i1, s.k1], Exp(Minus(Power(_distance, 2))))


@rule(
    Source.DEFINITION,
    Example(_weights[s.k1, s.i1], Given(s.ranges, (_kernel,))),
    head=Indexed,
)
def swap_indices(expr: Expr, given: Given) -> Outcome:
    """``w_{ki} = w_{ik}`` for a definition that says so; what is free, and first, comes first."""
    known = given.definition_of(expr)
    if known is None or len(known.indices) != 2 or len(expr.indices) != 2:
        return None
    first, second = expr.indices
    if place_of(first) <= place_of(second):
        return None
    used = [known]
    for each in used:
        inside = bases(each.value) | names(each.value)
        used += [d for d in given.definitions if d.base in inside and d not in used]
    value = unfold(known.value, given.definitions)
    turned = replace(value, dict(zip(known.indices, known.indices[::-1], strict=True)))
    if code(_one_way_round(value)) != code(_one_way_round(turned)):
        return None
    return Rewriting(expr.base[second, first], tuple(used))


@lru_cache(maxsize=256)
def _one_way_round(expr: Expr) -> Expr:
    """Differences in even powers and absolute values with one of their two signs."""

    def change(node: Expr, given: Given) -> Expr | None:
        match node:
            case Power(base, exponent) if exponent.is_Integer and exponent.is_even:
                other = Power(opposite(base), exponent)
            case Apply(function, (operand,)) if function is Abs:
                other = Apply(node.args[0], opposite(operand))
            case _:
                return None
        return other if code(other) < code(node) else None

    while True:
        expr, places = change_everywhere(expr, change, Given(), innermost=True)
        if not places:
            return expr
