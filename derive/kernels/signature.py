"""What a kernel takes and returns, the same for every target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Symbol

from derive.facts import Definition, EqualFact, IndexRange, UnequalFact
from derive.notation import ONE

Kind = Literal["floats", "labels", "classes", "integers", "size"]


@dataclass(frozen=True)
class Argument:
    """One keyword of a kernel.

    Attributes:
        name: The keyword.
        symbol: What it stands for: an ``IndexedBase`` or a ``Symbol``.
        kind: ``floats``; ``labels`` (floats, or integer classes without the last axis);
            ``classes`` (integers from 0, or counts from 1); ``integers`` (as they are given);
            ``size`` (one integer that no array tells).
        axes: Sizes of the last axes; batch axes come before them.
        limit: The last of the classes, counted from 1, for ``classes``.
        least: The first of them.
        counts: Whether the integers only say how far sums go: then they are counts, from 1.
        beside_index: Whether they are set against an index in arithmetic, as in ``t[n] - j``.
    """

    name: str
    symbol: Expr
    kind: Kind
    axes: tuple[Expr, ...] = ()
    limit: Expr | None = None
    least: Expr = ONE
    counts: bool = False
    beside_index: bool = False


@dataclass(frozen=True)
class Size:
    """A size read off an array, of which an axis (counted from the end) has so many ``times`` the
    size and ``offset`` more.
    """

    symbol: Symbol
    argument: Argument
    axis: int
    offset: int
    times: int = 1


@dataclass(frozen=True)
class Output:
    """A result.

    Attributes:
        name: Its name.
        stable: What to compute in floating point.
        closed: The same as it was derived.
        indices: The indices that become axes, in order.
        conditions: Facts about these indices; entries where one does not hold are not derived.
    """

    name: str
    stable: Expr
    closed: Expr
    indices: tuple[IndexRange, ...]
    conditions: tuple[EqualFact | UnequalFact, ...] = ()


@dataclass(frozen=True)
class Signature:
    """The arguments, sizes and results of a kernel.

    Attributes:
        name: Name of the function.
        arguments: The keywords, arrays first.
        sizes: How to read off the sizes.
        inferred: Class symbols that are read off a one-hot label: ``t`` from ``y_i = δ_{it}``.
        definitions: Definitions with their stable values, in the order in which they build up.
        value, derivatives: The results.
    """

    name: str
    arguments: tuple[Argument, ...]
    sizes: tuple[Size, ...]
    inferred: tuple[tuple[Argument, Argument], ...]
    definitions: tuple[Definition, ...]
    value: Output
    derivatives: tuple[Output, ...]
