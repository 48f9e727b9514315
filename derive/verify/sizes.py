"""The sizes at which a derivation is checked."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Integer, Symbol
from sympy.core.basic import Basic

from derive.facts import PositiveFact, SizeFact
from derive.notation import Binder
from derive.problem import Problem

EXACT = (1, 2, 3, 5)
SAMPLED = (7, 11)
SMALLER = (4, 6)
"""For random points where sums nest so deeply that a point of the others takes minutes."""
DEEP = 4


def size_choices(problem: Problem, among: tuple[int, ...]) -> list[dict[Symbol, int]]:
    """Values for the problem's sizes: each size takes all of ``among``, no two the same at a time.

    Values that the problem rules out, such as ``C = 1`` where it looks at entry 2, are left out.
    """
    choices = [
        {size: among[(row + n) % len(among)] for n, size in enumerate(problem.sizes)}
        for row in range(len(among))
    ]
    return [choice for choice in choices if allowed(problem, choice)]


def sampled_sizes(problem: Problem) -> tuple[int, ...]:
    """The sizes at which a problem is evaluated at random points."""
    named = max((_depth(d.value) for d in problem.definitions), default=0)
    return SAMPLED if _depth(problem.expression) + named < DEEP else SMALLER


def _depth(expr: Basic) -> int:
    """How many sums and products over an index stand in one another."""
    return isinstance(expr, Binder) + max(map(_depth, expr.args), default=0)


def least_sizes(problem: Problem) -> dict[Symbol, Expr]:
    """The least value of each size that the problem allows: 1, unless a fact says more."""
    least: dict[Symbol, Expr] = dict.fromkeys(problem.sizes, Integer(1))
    return least | {f.size: f.least for f in problem.facts if isinstance(f, SizeFact)}


def claimed(problem: Problem) -> str:
    """For which sizes a proof holds, as in ``C ≥ 1, N ≥ 1``."""
    return ", ".join(f"{size} ≥ {least}" for size, least in least_sizes(problem).items())


def allowed(problem: Problem, choice: Mapping[Symbol, int]) -> bool:
    """Whether the ranges and facts of a problem admit values for its sizes."""
    values = {size: Integer(value) for size, value in choice.items()}

    def number(expr: Expr) -> Expr:
        return expr.xreplace(values)

    known = [(number(r.index), number(r.lower), number(r.upper)) for r in problem.ranges]
    empty = any(low > high for _, low, high in known if low.is_Integer and high.is_Integer)
    outside = any(
        index.is_Integer and (index < low or index > high)
        for index, low, high in known
        if low.is_Integer and high.is_Integer
    )
    facts = [number(f.expression) for f in problem.facts if isinstance(f, PositiveFact)]
    sizes = [f for f in problem.facts if isinstance(f, SizeFact)]
    small = any(number(f.size) < f.least for f in sizes)
    return not (empty or outside or small or any(f.is_Number and f <= 0 for f in facts))
