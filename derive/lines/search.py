"""The search for numbers that show that two lines differ: few classes and small numbers first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

import mpmath
from sympy import Expr, Integer, Symbol

from derive.facts import EqualFact, UnequalFact
from derive.lines.numbers import DRAWS, At, Numbers
from derive.lines.verdict import Counterexample
from derive.problem import Problem
from derive.verify.draws import OutsideDomain
from derive.verify.sampled import WORKING
from derive.verify.sizes import allowed, least_sizes

SIZES = 3
"""How many values of each size are tried, from the least one."""
TRIED = 120
"""How many numbers and index values are tried at each choice of sizes."""
PLAIN = mpmath.mpf(10) ** -4
"""How far apart, in proportion, two numbers are that a student sees to be different."""
BARELY = mpmath.mpf(10) ** -20
"""And how far apart two are that differ by more than rounding."""


def counterexample(
    left: Expr, right: Expr, problem: Problem, last: At | None = None
) -> Counterexample | None:
    """The first numbers found at which two lines differ; None where there are none among these.

    ``last`` are sizes at which they are known to differ, tried when small ones do not show it.
    """
    with mpmath.workdps(WORKING):
        for least in (PLAIN, BARELY):
            for sizes in _sizes(problem, last):
                for numbers, at in islice(_tried(left, right, problem, sizes), TRIED):
                    try:
                        one, two = (numbers.point.value(side, at) for side in (left, right))
                    except (OutsideDomain, NotImplementedError):
                        continue
                    if abs(one - two) > least * max(1, abs(one), abs(two)):
                        return numbers.counterexample(at, one, two)
    return None


def _sizes(problem: Problem, last: At | None) -> Iterator[At]:
    """The sizes to try, small ones first."""
    least = [int(n) for n in least_sizes(problem).values()]
    found = sorted(product(*(range(n, n + SIZES) for n in least)), key=sum)
    choices = [dict(zip(problem.sizes, values, strict=True)) for values in found]
    yield from (choice for choice in choices if allowed(problem, choice))
    if last is not None and dict(last) not in choices:
        yield last


def _tried(left: Expr, right: Expr, problem: Problem, sizes: At) -> Iterator[tuple[Numbers, At]]:
    """Numbers that meet the facts, with each value of the free indices that these allow."""
    for draw in range(DRAWS):
        numbers = Numbers(left, right, problem, sizes, draw)
        if numbers.fit:
            for at in _indices(problem, sizes):
                if all(_agrees(fact, numbers, at) for fact in problem.facts):
                    yield numbers, at


def _indices(problem: Problem, sizes: At) -> Iterator[At]:
    """The values of the free indices; a range may end at an index that comes before."""
    ranges = [r for r in problem.ranges if isinstance(r.index, Symbol)]

    def following(at: Mapping[Symbol, int]) -> Iterator[At]:
        if len(at) == len(ranges):
            yield at
            return
        known = ranges[len(at)]
        values = {symbol: Integer(value) for symbol, value in {**sizes, **at}.items()}
        low, high = (e.xreplace(values) for e in (known.lower, known.upper))
        if low.is_Integer and high.is_Integer:
            for value in range(int(low), int(high) + 1):
                yield from following({**at, known.index: value})

    return following({})


def _agrees(fact: object, numbers: Numbers, at: At) -> bool:
    if isinstance(fact, (EqualFact, UnequalFact)):
        same = numbers.point.whole(fact.left, at) == numbers.point.whole(fact.right, at)
        return same == isinstance(fact, EqualFact)
    return True
