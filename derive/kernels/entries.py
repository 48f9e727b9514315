"""Entries of arrays and the indices in them: whole axes, slices, positions and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Expr, Indexed, Integer, Max, Symbol

from derive.errors import DeriveError
from derive.kernels import code as c
from derive.kernels.axes import Array, Lowered, aligned, cast
from derive.notation import ONE, ZERO

_WHOLE = c.text(":")[0]


class Entries:
    """Lowers entries and indices, over known arrays and index ranges.

    Args:
        arrays: Arguments by symbol; an ``int`` class symbol such as ``t`` is one of them.
        classes: Number of classes of each symbol, and each array, that holds classes, if known.
        integers: Arrays of integers as they are in the formulas; classes are one less.
    """

    def __init__(
        self,
        arrays: dict[Expr, Array],
        classes: dict[Expr, Expr | None],
        integers: frozenset[Expr] = frozenset(),
    ) -> None:
        self._arrays = arrays
        self._classes = classes
        self._integers = integers
        self._extents: dict[Expr, tuple[Expr, Expr]] = {
            t: (ONE, limit) for t, limit in classes.items() if limit is not None
        }
        self._order: list[Symbol] = []
        """The axes by preference, outer ones first; keeps parts from being transposed."""

    def array(self, base: Expr) -> Array:
        """The array of an argument."""
        return self._arrays[base]

    def union(self, parts: Iterable[Lowered]) -> tuple[Symbol, ...]:
        """The axes of all parts, in their own order where they agree, else in the preferred one."""
        parts = list(parts)
        found = dict.fromkeys(a for p in parts for a in p.axes)
        orders = {p.axes for p in parts if len(p.axes) == len(found)}
        if len(orders) == 1:
            # What is turned neither here nor elsewhere is computed once.
            return orders.pop()
        known = [a for a in self._order if a in found]
        return (*known, *(a for a in found if a not in known))

    def combined(self, build: Callable[..., Expr], parts: list[Lowered]) -> Lowered:
        """Parts put together entry by entry."""
        axes = self.union(parts)
        plain = all(p.plain for p in parts)
        return Lowered(build(*(aligned(p, axes) for p in parts)), axes, plain)

    def entry(self, entry: Indexed) -> Lowered:
        """An entry: whole axes and slices where an index runs alone, else picked by positions."""
        array = self.array(entry.base)
        items: list[Expr] = []
        axes: list[Symbol] = []
        picks: dict[Symbol, Lowered] = {}
        computed = False
        for index, length in zip(entry.indices, array.axes, strict=True):
            if length is None:
                continue
            moving = self._moving(index)
            alone = moving[0] if len(moving) == 1 and moving[0] not in self._classes else None
            if not moving:
                items.append(index - 1)
            elif isinstance(alone, Symbol) and alone not in axes:
                part = self._slice(index, alone, length)
                if part is None and not computed:
                    part, computed = self._safe(index, length).code, True
                if part is not None:
                    items.append(part)
                    axes.append(alone)
                    continue
            if moving:
                place = Symbol(f"place {len(picks)}")
                picks[place] = self._safe(index, length)
                items.append(_WHOLE)
                axes.append(place)
        whole = all(i == _WHOLE for i in items)
        code = array.name if whole else c.View(array.name, *c.text("..."), *items)
        part = Lowered(code, tuple(axes), array.plain)
        for place, positions in picks.items():
            part = self._picked(part, place, positions)
        return part

    def _slice(self, index: Expr, alone: Symbol, length: Expr) -> Expr | None:
        """The part of an axis that ``index``, ``alone`` shifted, runs over, if it stays inside."""
        lower, upper = self._extents[alone]
        start, stop = lower + index - alone - 1, upper + index - alone
        if alone in start.free_symbols or not start.is_nonnegative:
            return None
        if not (length - stop).is_nonnegative:
            return None
        if not stop.is_nonnegative:
            # A sum over nothing; a negative end would be counted from behind.
            stop = Max(stop, ZERO)
        return _WHOLE if start == 0 and stop == length else c.Counted(start, stop)

    def _picked(self, part: Lowered, place: Symbol, positions: Lowered) -> Lowered:
        others = Lowered(part.code, tuple(a for a in part.axes if a != place))
        axes = self.union([others, positions])
        return Lowered(c.Picked(aligned(part, (*axes, place)), aligned(positions, axes)), axes)

    def _safe(self, index: Expr, length: Expr) -> Lowered:
        """Positions; some may fall outside the axis, at entries that a mask leaves out."""
        positions = self.positions(index, -ONE)
        if self._stays_inside(index, length):
            return positions
        return Lowered(c.Clipped(positions.code, length), positions.axes)

    def _stays_inside(self, index: Expr, length: Expr) -> bool:
        """Whether an axis of ``length`` has an entry wherever an index by itself may be."""
        extent = self._extents.get(index.base if isinstance(index, Indexed) else index)
        if extent is None:
            return isinstance(index, Indexed)
        lower, upper = extent
        return bool((lower - 1).is_nonnegative and (length - upper).is_nonnegative)

    def _moving(self, index: Expr) -> list[Expr]:
        """The parts of an index that are arrays: bound and free indices, classes, ``t[n]``."""
        if isinstance(index, Indexed) or index in self._extents:
            return [index]
        return list(dict.fromkeys(m for a in index.args for m in self._moving(a)))

    def positions(self, index: Expr, offset: Expr) -> Lowered:
        """``index + offset`` as integers, where arrays count from 0 and indices from 1."""
        moving = self._moving(index)
        parts = [self._counting(m) for m in moving]
        axes = self.union(parts)
        # Arithmetic first on symbols, so that a shift of one and a start at one cancel.
        marks = [Symbol(f"position {n}", integer=True) for n in range(len(moving))]
        numbers = {m: s if self._is_plain(m) else s + 1 for m, s in zip(moving, marks, strict=True)}
        result = index.xreplace(numbers) + offset
        arrays = {s: aligned(p, axes) for s, p in zip(marks, parts, strict=True)}
        return Lowered(result.expand().xreplace(arrays), axes, plain=not moving)

    def value(self, index: Expr) -> Lowered:
        """An index that stands where a number stands."""
        return cast(self.positions(index, ZERO))

    def _counting(self, index: Expr) -> Lowered:
        if isinstance(index, Indexed):
            return self.entry(index)
        if index in self._classes:
            return Lowered(self._arrays[index].name)
        lower, upper = self._extents[index]
        return Lowered(c.Counted(lower - 1, upper), (index,))

    def _is_plain(self, index: Expr) -> bool:
        """Whether an index is an integer as it is in the formulas."""
        return isinstance(index, Indexed) and index.base in self._integers

    def compared(self, first: Expr, relation: str, second: Expr) -> Lowered:
        """Where a relation between two indices holds."""
        plain = any(map(self._is_plain, [*self._moving(first), *self._moving(second)]))
        sides = [self.positions(side, ZERO if plain else -ONE) for side in (first, second)]
        return self.combined(lambda a, b: c.compared(a, relation, b), sides)

    def delta(self, first: Expr, second: Expr) -> Lowered:
        """Kronecker's delta: the identity matrix, or a comparison with classes."""
        if first == second:
            return Lowered(ONE, plain=True)
        running = [i for i in (first, second) if i in self._extents and i not in self._classes]
        if len(running) == 2 and self._extents[first] == self._extents[second]:
            lower, upper = self._extents[first]
            axes = self.union([Lowered(ONE, (first, second))])
            return Lowered(c.Eye(upper - lower + 1), axes)
        return cast(self.compared(first, "==", second))

    def extreme(self, limit: Expr, side: int) -> Expr:
        """The least (``side`` -1) or largest (+1) value of a limit that depends on other indices.

        Raises ``DeriveError`` for a limit that is not linear in them.
        """
        for index in self._moving(limit):
            mark = Symbol("index", integer=True)
            slope = limit.xreplace({index: mark}).diff(mark)
            # An entry t[n] is one of the classes whatever its n is.
            extent = self._extents.get(index.base if isinstance(index, Indexed) else index)
            if extent is None or not isinstance(slope, Integer):
                raise DeriveError(
                    f"the limit {limit} of a sum is too intricate for array code; "
                    "use the mpmath kernel, which loops"
                )
            lower, upper = extent
            limit = limit.xreplace({index: upper if slope * side > 0 else lower})
        return limit

    def is_moving(self, index: Expr) -> bool:
        """Whether an index or limit depends on other indices."""
        return bool(self._moving(index))
