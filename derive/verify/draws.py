"""Random numbers for leaves: moderate ones first, then of many sizes, signs and trends.

Where random points hardly ever meet the domain of a loss, as for ``log(w_i - exp(-z_i))``, it is
arrays of different sizes that do. Small numbers come first: they tell most.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import mpmath
from sympy import Expr, Integer

from derive.indexing import index_arrays, index_places
from derive.notation import names
from derive.problem import Problem

MODERATE = 8
"""Attempts with moderate numbers: of any sign in even ones, else positive."""
ATTEMPTS = 160
SIZES = ("0.03", "0.3", "1", "4", "12", "30")
LARGE = 10**6
"""What is larger counts as out of reach: functions of it could take for ever."""


class OutsideDomain(ArithmeticError):
    """A logarithm or a broken power of something not positive, or a division by zero."""


def random_number(name: str, indices: tuple[int, ...], attempt: int, positive: bool) -> mpmath.mpf:
    """A number for a leaf, with all its digits random; the same in every process."""
    unit = mpmath.mpf(Random(f"{name}{indices}{attempt}").getrandbits(300)) / 2**300
    if attempt < MODERATE:
        return unit + mpmath.mpf("0.05") if positive or attempt % 2 == 1 else 4 * unit - 2
    draw = Random(f"{name} {attempt}")
    size = mpmath.mpf(draw.choice(SIZES))
    sign = 1 if positive else draw.choice((1, -1, 0))
    trend = draw.choice((0, 0, 1) if sign else (0, 0, 1, -1))
    spread = sign * (unit + mpmath.mpf("0.05")) if sign else 2 * unit - 1
    return size * (spread + (sign or 1) * trend * sum(indices))


def whole_numbers(problem: Problem) -> dict[Expr, list[int]]:
    """What is drawn for integers without a range: also the numbers with which one is compared.

    They are arrays and letters that stand where an index stands, as ``y`` in a delta with zero.
    """
    told = {r.index for r in problem.ranges}.union(problem.sizes)
    values = [(problem.expression, told)]
    values += [(d.value, told.union(d.indices)) for d in problem.definitions]
    places = [(place, names(v) - own) for v, own in values for place in index_places(v)]
    compared = {n for place, _ in places for n in place.atoms(Integer)}
    choices = sorted({0, 1, 2, 3} | set(map(int, compared)))
    arrays = {base: choices for value, _ in values for base in index_arrays(value)}
    return arrays | {letter: choices for place, free in places for letter in names(place) & free}


def within_reach(numbers: Iterable[mpmath.mpf]) -> None:
    """Raise ``OutsideDomain`` where a number is too large to compute a function of it."""
    for number in numbers:
        if abs(number) > LARGE:
            raise OutsideDomain(f"{mpmath.nstr(number, 6)} is out of reach")
