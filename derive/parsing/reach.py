"""How far an index goes: ``i + 1`` up to T + 1 where i goes up to T, ``n - l`` up to N - 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sympy import Dummy, Expr, Integer, Symbol

from derive.parsing.source import Place
from derive.parsing.tree import Chain, Name, Negative, Node, Number
from derive.signs import is_count


@dataclass(frozen=True, eq=False)
class Index:
    """A free index, or the index of one sum.

    Attributes:
        lower: Where the range of a sum starts, if that is known, in sizes and outer indices.
        upper: Where it ends.
        letter: The index itself in such bounds.
    """

    name: str
    lower: Expr | None = None
    upper: Expr | None = None
    letter: Dummy = field(default_factory=Dummy)


@dataclass(frozen=True)
class Use:
    """An axis is used up to ``reach``, by indices that are bound, or by the name of a size."""

    bound: frozenset[Index]
    reach: Expr
    place: Place


def size_of(name: str) -> Symbol:
    """The size of that name."""
    return Symbol(name, integer=True, positive=True)


def affine(node: Node, letter: Callable[[str], Expr | None]) -> Expr | None:
    """``n - l + 1`` in the letters of its names; None where there is more than sums in it."""
    match node:
        case Number(_, value):
            return Integer(int(value))
        case Name(_, name):
            return letter(name)
        case Negative(_, operand):
            negated = affine(operand, letter)
            return None if negated is None else -negated
        case Chain(_, first, rest) if "/" not in (operator for operator, _ in rest):
            made = affine(first, letter)
            for operator, part in rest:
                other = affine(part, letter)
                if made is None or other is None:
                    return None
                if operator == "*":
                    # An index times a size would not be one that moves by steps of one.
                    moving = (made * other).atoms(Dummy)
                    made = None if moving else made * other
                else:
                    made = made + other if operator == "+" else made - other
            return made
    return None


def extreme(place: Expr, scope: Mapping[str, Index], largest: bool) -> Expr | None:
    """The largest or the smallest value of ``place``, in sizes; None where a bound is unknown."""
    for index in reversed(list(scope.values())):
        # An inner range may depend on the outer indices, so it comes first.
        slope = place.coeff(index.letter)
        if slope == 0:
            continue
        bound = index.upper if slope.is_positive == largest else index.lower
        if bound is None:
            return None
        place = place.xreplace({index.letter: bound}).expand()
    return None if place.atoms(Dummy) else place


def furthest(reaches: Iterable[Expr]) -> Expr | None:
    """The largest of them, whatever the sizes are; None where that depends on them."""
    known = set(reaches)
    return next((r for r in known if all((r - o).is_nonnegative for o in known)), None)


def is_beyond(reach: Expr) -> bool:
    """Whether it is a size of its own, one at least, as T + 1 and N + L - 1 are."""
    return bool(reach.free_symbols) and not reach.is_Symbol and is_count(reach)


def size_above(reach: Expr) -> Symbol | None:
    """The size that something is taken off from, the T of T - 1; None where it is not just one."""
    found = [size for size in reach.free_symbols if reach.coeff(size).is_positive]
    return found[0] if len(found) == 1 else None
