"""Logarithms of zero and divisions by zero that a derivation comes upon."""

from __future__ import annotations

from collections.abc import Iterable

from sympy.core.basic import Basic

from derive.derivation import Step
from derive.errors import DeriveError
from derive.notation import ZERO, Log, Quotient, factors


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
