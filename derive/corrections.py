"""What was set right in a source: its line, ours, and numbers at which its line does not hold."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, IndexedBase, Rational, Symbol

from derive.arrays import Part
from derive.facts import Definition


@dataclass(frozen=True)
class Equality:
    """``left = right``, as a source or we write it."""

    left: Expr
    right: Expr


Numbers = tuple[Rational, ...] | tuple[tuple[Rational, ...], ...]


@dataclass(frozen=True)
class Setting:
    """Numbers for the arrays, and values of the free indices.

    A matrix has its numbers row by row; of one with a single row, that row alone may be given, as
    in ``s_n = (1, 2, 3)``.
    """

    arrays: tuple[tuple[IndexedBase | Part, Numbers], ...]
    indices: tuple[tuple[Symbol, int], ...] = ()


@dataclass(frozen=True)
class Correction:
    """One thing in a source that does not hold.

    Attributes:
        reason: Key of the sentence that says why.
        source: The source's line, in our letters where it uses one letter for two things.
        ours: What stands in its place.
        at: Numbers at which the two sides of the source's line differ, and ours do not; none
            where the line says nothing that has a value.
        where: Abbreviations in either line.
    """

    reason: str
    source: Equality
    ours: Equality
    at: Setting | None = None
    where: tuple[Definition, ...] = ()
