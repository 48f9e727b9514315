"""Both sides of an equality at given numbers: what shows that a source's line does not hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import mpmath
from sympy import Expr, Symbol

from derive.arrays import Part
from derive.corrections import Equality, Setting
from derive.facts import Definition
from derive.verify.sampled import WORKING, Point


@lru_cache(maxsize=256)  # the same in every language
def sides(
    equality: Equality, at: Setting, definitions: tuple[Definition, ...]
) -> tuple[mpmath.mpf, mpmath.mpf]:
    """The values of the left and the right side.

    A defined array that has numbers is an input. Raises ``KeyError`` for an array without numbers.
    """
    arrays: dict[Expr, Any] = {}
    places = dict(at.indices)
    sizes: dict[Symbol, int] = {}
    for key, numbers in at.arrays:
        base, entries = key, numbers
        if isinstance(key, Part):
            base, entries = key.base, (numbers,)
            places.update({index: 1 for index in key.fixed if isinstance(index, Symbol)})
        arrays[base] = inner = entries
        for size in base.shape or ():
            if isinstance(size, Symbol):
                sizes[size] = len(inner)
            inner = inner[0] if isinstance(inner[0], tuple) else ()

    def entry(leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
        number = arrays[leaf]
        for index in indices:
            number = number[index - 1]
        return mpmath.mpf(int(number.p)) / int(number.q)

    known = tuple(d for d in definitions if d.base not in arrays)
    with mpmath.workdps(WORKING):
        point = Point(sizes, known, (), entry)
        left, right = (point.value(e, places) for e in (equality.left, equality.right))
    return left, right
