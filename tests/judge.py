"""Whether a changed step is an error: for plain loops to say, and not for the checker."""

from collections.abc import Iterator
from itertools import chain
from random import Random
from typing import Any

from mutations import Mutation
from plain import CONTEXT, NoMeaning, close, value, worlds
from sympy import Expr, Symbol

from derive.derivation import Derivation
from derive.facts import Definition, Fact, IndexRange
from derive.verify import Failure
from derive.verify.examine import handed_on

SEEDS = range(4)


def sizes_of(root: Derivation) -> dict[str, int]:
    """Numbers for the sizes: small ones where there are many, for the loops are slow."""
    numbers = (3, 4, 2, 2) if len(root.problem.sizes) > 2 else (3, 4)
    return {size.name: number for size, number in zip(root.problem.sizes, numbers, strict=False)}


def differ(left: Expr, right: Expr, data: Iterator[Any], outside: bool = True) -> bool:
    """Whether two expressions differ for some data for which both have a value.

    What has no value, as beyond an array, is wrong; without ``outside`` nothing is said of it.
    """
    for world in data:
        try:
            sides = value(left, world), value(right, world)
            # Where neither has a real value, as a logarithm of a negative number, nothing is said.
            if not all(isinstance(s, CONTEXT.mpc) for s in sides) and not close(*sides):
                return True
        except (ZeroDivisionError, LookupError, NoMeaning):
            if outside:
                return True
    return False


def is_error(mutation: Mutation, root: Derivation, outside: bool = True) -> bool:
    """Whether the changed step is wrong for some data that meet the facts it names."""
    inner, step = mutation.derivation, mutation.step
    before, after = step.before, step.after
    named = step.facts
    if step.lemma is not None:
        named += tuple(f for d in root.walk() if d.name == step.lemma for f in handed_on(d, root))
    facts = (
        *inner.problem.ranges,
        *(f for f in named if not isinstance(f, (IndexRange, Definition))),
    )
    gone = [f for f in inner.steps[mutation.number - 1].facts if f not in step.facts]
    sizes = sizes_of(root)
    data = chain.from_iterable(
        worlds((before, after), sizes, facts, inner.definitions, seed=seed) for seed in SEEDS
    )
    if mutation.kind == "missing fact":
        data = (forgetting(gone[0], world, sizes) for world in data)
    return differ(before, after, data, outside)


def forgetting(fact: Fact, world: Any, sizes: dict[str, int]) -> Any:
    """The same data where an index leaves its range, or a name stands for anything."""
    draw = Random(str(fact))
    if isinstance(fact, IndexRange) and isinstance(fact.index, Symbol):
        beyond = max(sizes.values()) + 1
        wider = {
            key: Wider(array) if isinstance(array, dict) else array for key, array in world.items()
        }
        return {**wider, fact.index: beyond}
    if isinstance(fact, Definition):
        return {**world, fact.base: Wider({}) if fact.indices else CONTEXT.mpf(draw.random())}
    return world


class Wider(dict[Any, Any]):
    """An array with some number wherever it has none."""

    def __missing__(self, place: Any) -> Any:
        self[place] = CONTEXT.mpf(Random(str(place)).random() + 0.1)
        return self[place]


def wrong_in_itself(failures: tuple[Failure, ...]) -> list[Failure]:
    """Failures other than that the neighbours do not fit, which says little."""
    return [f for f in failures if "the next one does not start where it ends" not in f.sentence]
