"""Random values of arrays and parameters in the fields, as the facts in force allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

import numpy as np
from sympy import Expr, Indexed, IndexedBase, Integer, Symbol

from derive.facts import Fact, IndexRange
from derive.verify.bounds import Bounds
from derive.verify.field import FIELDS, Array, Indices

At = Mapping[Symbol, int]
OTHER_INTEGERS = (4, 60)
"""They may end sums, so that they must not be large."""


class Leaves:
    """Arrays of random residues, with the points as last axis.

    The values at different levels have nothing to do with each other, just as ``z`` and ``exp(z)``
    satisfy no equation. The same names and sizes give the same values in every process.
    """

    def __init__(
        self,
        sizes: At,
        points: int,
        facts: tuple[Fact, ...],
        ranges: tuple[IndexRange, ...],
        settle: Callable[[Leaves, IndexedBase, int], None],
        integers: Mapping[Expr, list[int]],
    ) -> None:
        """``settle`` is called with every new array and its level, to make sums come out right;
        ``integers`` are what arrays of integers that have no range are drawn from.
        """
        self.points = points
        self._sizes = {size: Integer(value) for size, value in sizes.items()}
        self._settle = settle
        self._ranges = ranges
        self._integers = integers
        self._arrays: dict[tuple[IndexedBase, int], Array] = {}
        self._classes: dict[IndexedBase, Indices] = {}
        self._positive = Bounds(facts).positive

    def shape(self, base: Expr, rank: int) -> tuple[int, ...]:
        """The lengths of the axes of an array; a letter has none."""
        if isinstance(base, Symbol):
            return ()
        if base.shape is None:
            return (int(max(self._sizes.values(), default=1)),) * rank
        return tuple(map(self._number, base.shape))

    def array(self, base: IndexedBase, rank: int, level: int) -> Array:
        """The entries of an array at one level; writing to it changes them."""
        if (base, level) not in self._arrays:
            positive = base in self._positive
            self._arrays[base, level] = self._draw(
                base.name, level, (*self.shape(base, rank), self.points), positive
            )
            self._settle(self, base, level)
        return self._arrays[base, level]

    def parameter(self, symbol: Symbol, level: int) -> Array:
        """The values of a scalar."""
        positive = bool(symbol.is_positive) or symbol in self._positive
        drawn = self._draw(symbol.name, level, (self.points,), positive or symbol.is_negative)
        return FIELDS[level].prime - drawn if symbol.is_negative else drawn

    def classes(self, base: Expr, rank: int) -> Indices:
        """The entries of an array of indices, such as ``t[n]``; each takes every value.

        A letter that is a whole number without a range has rank 0.

        Raises ``NotImplementedError`` for an array of other numbers.
        """
        if base not in self._classes:
            known = self._range_of(base)
            if known is not None:
                values = np.arange(self._number(known.lower), self._number(known.upper) + 1)
                row = np.resize(values, self.points)
                rows = np.broadcast_to(row, (*self.shape(base, rank), self.points))
                self._classes[base] = _random(base.name, 0).permuted(rows, axis=-1)
            elif base in self._integers:
                self._classes[base] = self._whole_numbers(base, self.shape(base, rank))
            else:
                raise NotImplementedError(f"the entries of {base} are no whole numbers")
        return self._classes[base]

    def _whole_numbers(self, base: Expr, shape: tuple[int, ...]) -> Indices:
        """Integers that no range bounds: at some points few different ones, at others more.

        At a point all arrays draw from the same, so that many of their entries are equal.
        """
        positive = bool(base.is_positive) or base in self._positive
        known = [n for n in self._integers[base] if n > 0 or not positive]
        pools, own = _random("integers", 0), _random(base.name, 0)
        columns = []
        for point in range(self.points):
            # Larger ones, too, for what is made of them by arithmetic.
            pool = pools.permutation([*known, *pools.integers(*OTHER_INTEGERS, len(known))])
            columns.append(own.choice(pool[: 1 + point % len(pool)], shape))
        return np.stack(columns, axis=-1)

    def holds_classes(self, base: Expr) -> bool:
        """Whether the entries of an array, or a letter, are whole numbers without a range."""
        return self._range_of(base) is not None or base in self._integers

    def _range_of(self, base: Expr) -> IndexRange | None:
        entries = (r for r in self._ranges if isinstance(r.index, Indexed))
        return next((r for r in entries if r.index.base == base), None)

    def _number(self, size: Expr) -> int:
        return int(size.xreplace(self._sizes))

    def _draw(self, name: str, level: int, shape: tuple[int, ...], positive: bool) -> Array:
        field = FIELDS[level]
        limit = field.order if positive else field.prime
        drawn = _random(name, level).integers(1, limit, shape).astype(float)
        return field.exp(drawn) if positive else drawn


def scramble(name: str, level: int, arguments: list[Array], points: int) -> Array:
    """Values of an unknown function: random, but the same for the same arguments."""
    state = np.uint64(crc32(f"{name} {level}".encode()))
    undefined = np.zeros(1, dtype=bool)
    mixed = np.full(1, state)
    for argument in [*arguments, np.arange(points, dtype=float)] if points else arguments:
        undefined = undefined | np.isnan(argument)
        mixed = mixed ^ np.where(np.isnan(argument), 0, argument).astype(np.uint64)
        # The finaliser of SplitMix64; multiplication wraps around, as it should.
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    residues = (mixed % np.uint64(FIELDS[level].prime)).astype(float)
    return np.where(undefined, np.nan, residues)


def _random(name: str, level: int) -> np.random.Generator:
    return np.random.default_rng([crc32(name.encode()), level])
