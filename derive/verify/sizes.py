"""The sizes at which a derivation is checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice, permutations, product

from sympy import Expr, Integer, Symbol
from sympy.core.basic import Basic

from derive.facts import PositiveFact, SizeFact
from derive.notation import Binder, bases, names
from derive.problem import Problem

EXACT = (1, 2, 3, 5)
SAMPLED = (7, 11)
SMALLER = (4, 6)
"""For random points where sums nest so deeply that a point of the others takes minutes."""
DEEP = 4
RAISED = 20
"""By less than this the sizes are raised where facts rule all of them out."""

NO_SIZE = (
    "the facts allow none of the sizes that are tried with numbers, which says nothing against it; "
    "leave out facts that ask for large sizes, or for very different ones, and check again"
)


def size_choices(problem: Problem, among: tuple[int, ...]) -> list[dict[Symbol, int]]:
    """Values for the problem's sizes: each size takes all of ``among``, no two the same at a time.

    Values that the problem rules out, such as ``C = 1`` where it looks at entry 2, are left out;
    where a fact compares sizes, such as ``S < C``, others that meet it take their place. Where all
    are ruled out, as by ``C > 5``, larger ones are taken, within reason.
    """
    raised = (_choices(problem, [n + more for n in among]) for more in range(RAISED))
    return next(filter(None, raised), [])


def _choices(problem: Problem, among: list[int]) -> list[dict[Symbol, int]]:
    compared = _compared(problem)
    choices: list[dict[Symbol, int]] = []
    for row in range(len(among)):
        choice = {size: among[(row + n) % len(among)] for n, size in enumerate(problem.sizes)}
        new = (c for c in _ordered(choice, compared) if not (compared and c in choices))
        choices += islice((c for c in new if allowed(problem, c)), 1)
    return choices


def _compared(problem: Problem) -> tuple[Symbol, ...]:
    """The sizes that facts compare with one another."""
    found = (names(f) & set(problem.sizes) for f in _about_sizes(problem))
    together = frozenset().union(*(sizes for sizes in found if len(sizes) > 1))
    return tuple(s for s in problem.sizes if s in together)


def _about_sizes(problem: Problem) -> list[Expr]:
    """What is positive, of facts that speak of sizes alone."""
    known = [f.expression for f in problem.facts if isinstance(f, PositiveFact)]
    return [e for e in known if not bases(e) and names(e) <= set(problem.sizes)]


def _ordered(
    choice: dict[Symbol, int], compared: tuple[Symbol, ...]
) -> Iterator[dict[Symbol, int]]:
    """The choice; then with its values for sizes that are compared in other orders, or less."""
    values = [choice[size] for size in compared]
    smaller = product(range(max(values, default=0), 0, -1), repeat=len(compared))
    for other in chain(permutations(values), smaller):
        yield choice | dict(zip(compared, other, strict=True))


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
    sizes = [f for f in problem.facts if isinstance(f, SizeFact)]
    small = any(number(f.size) < f.least for f in sizes)
    unmet = any(number(known.doit()) <= 0 for known in _about_sizes(problem))
    return not (empty or outside or small or unmet)
