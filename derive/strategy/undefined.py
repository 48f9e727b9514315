"""Logarithms of zero and divisions by zero that a derivation comes upon."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr
from sympy.core.basic import Basic

from derive.derivation import Step
from derive.errors import DeriveError
from derive.facts import Given
from derive.notation import ZERO, Log, Quotient, Total, factors, masked, names, plain, replace
from derive.positions import survey
from derive.rules.monomials import sides
from derive.signs import within
from derive.strategy.judgement import has_pole


def check_defined(steps: Iterable[Step]) -> None:
    """Raise ``DeriveError`` where a step has come to something that has no value anywhere.

    It need not be seen from the beginning: that ``1 - Σ_i ŷ_i`` is zero is what a step finds out.
    """
    seen: set[Basic] = set()
    for step in steps:
        for atom in step.atoms:
            found = _undefined(atom.after, seen)
            if found is not None:
                raise DeriveError(
                    f"the expression has no value anywhere: worked out, it comes to {found}; "
                    "check the ranges of its sums (what a sum goes up to is taken for the size of "
                    "an axis; if it is an index, say so with a fact such as s <= C)"
                )


def _undefined(expr: Basic, seen: set[Basic]) -> str | None:
    if expr in seen:
        return None
    seen.add(expr)
    match expr:
        case Log(operand) if operand == 0:
            return "the logarithm of 0"
        case Quotient(_, denominator) if ZERO in factors(denominator):
            return "a division by 0"
    return next((f for a in expr.args if (f := _undefined(a, seen)) is not None), None)


def check_apart(expr: Expr, given: Given) -> None:
    """Raise ``DeriveError`` where a sum over an index has a term without a value.

    As one over ``j`` of the slope of a distance between ``x_i`` and ``x_j`` has at ``j = i``.
    """

    def look(total: Expr, given: Given) -> None:
        body, index = total.open()
        above = sides(body)[0]
        for other in sorted(names(body) - {index}, key=str):
            ruled_out = {masked(factor, index) for factor in above} | set(total.excluded)
            if other in ruled_out or within(other, total.lower, total.upper, given) is None:
                continue
            there = replace(body, {index: other})
            if has_pole(there, given) and not has_pole(body, given):
                one, two = (getattr(i, "hint", i) for i in (index, other))
                raise DeriveError(
                    f"there is no derivative: {plain(total)} has no value at {one} = {two}, where "
                    "it divides by zero or takes a logarithm of it; leave the terms with two equal "
                    "indices out of the loss, with a factor such as 1 - delta(i,j)"
                )

    survey(expr, given, look, frozenset((Total,)))
