"""Both sides of an equality at given numbers: what shows that a source's line does not hold."""

from __future__ import annotations

import mpmath
from sympy import Expr, Symbol

from derive.corrections import Equality, Setting
from derive.facts import Definition
from derive.verify.sampled import DIGITS, Point


def sides(
    equality: Equality, at: Setting, definitions: tuple[Definition, ...]
) -> tuple[mpmath.mpf, mpmath.mpf]:
    """The values of the left and the right side.

    Raises ``KeyError`` for an array without numbers.
    """
    arrays = dict(at.arrays)
    sizes = {
        size: len(numbers)
        for base, numbers in at.arrays
        for size in base.shape or ()
        if isinstance(size, Symbol)
    }

    def entry(leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
        number = arrays[leaf][indices[0] - 1]
        return mpmath.mpf(int(number.p)) / int(number.q)

    with mpmath.workdps(DIGITS + 10):
        point = Point(sizes, definitions, (), entry)
        left, right = (point.value(e, dict(at.indices)) for e in (equality.left, equality.right))
    return left, right
