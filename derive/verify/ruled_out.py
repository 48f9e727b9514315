"""Factors that are 1 or 0 by their indices: what they rule out counts for nothing.

``Σ_i (1 - δ_{ij}) / (z_i - z_j)`` is meant as a sum without ``i = j``, where the fraction has no
value.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr

from derive.notation import Bracket, Delta, bases, heads


def masks(factors: Iterable[Expr]) -> list[Expr]:
    """The factors of a product that are made of indices only, as ``1 - δ_{ij}``, ``[i <= j]``."""
    return [f for f in factors if heads(f) & {Delta, Bracket} and not bases(f)]
