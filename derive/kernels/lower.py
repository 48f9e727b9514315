"""Closed forms with indices become array code, in which each index is an axis.

Every part is lowered to ``Lowered``: array code and the indices of its last axes. Parts that are
combined are aligned first; a sum whose factors have different axes becomes a contraction, so that
nothing larger than its operands and its result is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sympy import Expr, Indexed, Integer, Number, NumberSymbol, S, Symbol, oo

from derive.errors import DeriveError
from derive.facts import Definition, IndexRange
from derive.kernels import code as c
from derive.kernels.identifiers import identifier
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Bracket,
    Delta,
    Exp,
    Inert,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    heads,
    names,
    times,
)

_MAY_BE_INFINITE = {Quotient, Power, Log, Apply}


@dataclass(frozen=True)
class Lowered:
    """Array code and the indices of its last axes; ``plain`` for Python numbers and sizes."""

    code: Expr
    axes: tuple[Symbol, ...] = ()
    plain: bool = False


@dataclass(frozen=True)
class Array:
    """A named array: an argument, or a definition computed before."""

    name: Symbol
    axes: tuple[Expr, ...]


class Lowering:
    """Lowers the expressions of one kernel, over common arrays, definitions and sizes."""

    def __init__(
        self,
        arrays: dict[Expr, Array],
        classes: dict[Symbol, IndexRange],
        axes: Iterable[IndexRange],
        definitions: Iterable[Definition],
    ) -> None:
        self._arrays = arrays
        self._classes = classes
        self._extents: dict[Expr, tuple[Expr, Expr]] = {r.index: (r.lower, r.upper) for r in axes}
        self._extents.update({t: (r.lower, r.upper) for t, r in classes.items()})
        self._definitions = {d.base: d for d in definitions}
        self.defined: dict[Symbol, Expr] = {}
        """Code of the definitions that were used, by name."""

    def output(self, expr: Expr, indices: tuple[Symbol, ...]) -> Expr:
        """The code of ``expr`` with the axes in the order of ``indices``."""
        return self._aligned(self.lower(expr), indices)

    def lower(self, expr: Expr) -> Lowered:
        """The array code of ``expr``."""
        match expr:
            case Number() | NumberSymbol():
                return Lowered(expr, plain=True)
            case Symbol():
                return self._symbol(expr)
            case Indexed():
                return self._entry(expr)
            case Total():
                return self._total(expr)
            case Maximum():
                return self._maximum(expr)
            case Delta(first, second):
                return self._delta(first, second)
            case Bracket(lower, upper):
                return self._cast(self._compared(lower, "<=", upper))
            case Apply():
                head = expr.args[0]
                return self._entrywise(lambda *a: Apply(head, *a), expr.operands)
            case Plus() | Times() | Minus() | Quotient() | Power() | Exp() | Log():
                return self._entrywise(expr.func, expr.args)
        if not expr.args or isinstance(expr, Inert):
            raise DeriveError(f"there is no array code for {expr} ({type(expr).__name__})")
        # Index arithmetic such as i + 1, standing where a number stands.
        return self._cast(self._positions(expr, ONE))

    # --- scalars and elementwise arithmetic ------------------------------------------------------

    def _symbol(self, symbol: Symbol) -> Lowered:
        if symbol in self._extents:
            return self._cast(self._positions(symbol, ONE))
        if symbol in self._definitions or symbol in self._arrays:
            return Lowered(self._array(symbol).name)
        return Lowered(Symbol(identifier(symbol.name)), plain=True)

    def _entrywise(self, build: Callable[..., Expr], operands: Iterable[Expr]) -> Lowered:
        return self._combined(build, [self.lower(o) for o in operands])

    def _combined(self, build: Callable[..., Expr], parts: list[Lowered]) -> Lowered:
        axes = _union(parts)
        plain = all(p.plain for p in parts)
        return Lowered(build(*(self._aligned(p, axes) for p in parts)), axes, plain)

    def _aligned(self, part: Lowered, axes: tuple[Symbol, ...]) -> Expr:
        """The code of ``part`` with its axes in the order of ``axes`` and the others of length one."""
        if part.plain:
            return part.code
        present = [a for a in axes if a in part.axes]
        in_order = c.moved(part.code, tuple(part.axes.index(a) for a in present))
        return c.spread(in_order, tuple(a in part.axes for a in axes))

    def _cast(self, part: Lowered) -> Lowered:
        return part if part.plain else Lowered(c.Cast(part.code), part.axes)

    # --- entries and indices ---------------------------------------------------------------------

    def _array(self, base: Expr) -> Array:
        """The array of an argument or of a definition, which is lowered when first used."""
        if base not in self._arrays:
            known = self._definitions[base]
            name = Symbol(identifier(str(base)))
            inner = dict(zip(known.indices, getattr(base, "shape", None) or (), strict=False))
            outer = dict(self._extents)
            self._extents.update({i: (ONE, n) for i, n in inner.items()})
            lowered = self.output(known.value, known.indices)
            self._extents = outer
            self.defined[name] = lowered
            self._arrays[base] = Array(name, tuple(inner.values()))
        return self._arrays[base]

    def _entry(self, entry: Indexed) -> Lowered:
        """An entry: whole axes and slices where an index runs alone, else picked by positions."""
        array = self._array(entry.base)
        items: list[Expr] = []
        axes: list[Symbol] = []
        gathers: dict[Symbol, Lowered] = {}
        for index, length in zip(entry.indices, array.axes, strict=True):
            moving = [s for s in self._moving(index) if isinstance(s, Symbol)]
            alone = moving[0] if len(moving) == 1 and moving[0] not in self._classes else None
            if not self._moving(index):
                items.append(index - 1)
            elif alone is not None and alone not in axes and (index - alone).is_number:
                lower, upper = self._extents[alone]
                start, stop = lower + index - alone - 1, upper + index - alone
                whole = start == 0 and stop == length
                items += c.text(":") if whole else [c.Counted(start, stop)]
                axes.append(alone)
            else:
                place = Symbol(f"place {len(gathers)}")
                positions = self._positions(index, -ONE)
                gathers[place] = self._clipped(positions, index, length)
                items += c.text(":")
                axes.append(place)
        whole = all(i == c.text(":")[0] for i in items)
        part = Lowered(array.name if whole else c.View(array.name, *c.text("..."), *items), tuple(axes))
        for place, positions in gathers.items():
            part = self._picked(part, place, positions)
        return part

    def _picked(self, part: Lowered, place: Symbol, positions: Lowered) -> Lowered:
        others = Lowered(part.code, tuple(a for a in part.axes if a != place))
        axes = _union([others, positions])
        return Lowered(
            c.Picked(self._aligned(part, (*axes, place)), self._aligned(positions, axes)), axes
        )

    def _clipped(self, positions: Lowered, index: Expr, length: Expr) -> Lowered:
        """Positions from several indices may fall outside, at entries that a sum leaves out."""
        if len(self._moving(index)) == 1:
            return positions
        return Lowered(c.Clipped(positions.code, length), positions.axes)

    def _moving(self, index: Expr) -> list[Expr]:
        """The parts of an index that are arrays: bound and free indices, classes, ``t[n]``."""
        if isinstance(index, Indexed) or index in self._extents:
            return [index]
        found = [m for a in index.args for m in self._moving(a)]
        return list(dict.fromkeys(found))

    def _positions(self, index: Expr, offset: Expr) -> Lowered:
        """``index + offset`` as integers, where arrays count from 0 and indices from 1."""
        moving = self._moving(index)
        parts = [self._counting(m) for m in moving]
        axes = _union(parts)
        # Arithmetic first on symbols, so that a shift of one and a start at one cancel.
        marks = [Symbol(f"position {n}", integer=True) for n in range(len(moving))]
        result = index.xreplace({m: s + 1 for m, s in zip(moving, marks, strict=True)}) + offset
        aligned = {s: self._aligned(p, axes) for s, p in zip(marks, parts, strict=True)}
        return Lowered(result.expand().xreplace(aligned), axes, plain=not moving)

    def _counting(self, index: Expr) -> Lowered:
        if isinstance(index, Indexed):
            return self._entry(index)
        if index in self._classes:
            return Lowered(self._arrays[index].name)
        lower, upper = self._extents[index]
        return Lowered(c.Counted(lower - 1, upper), (index,))

    def _compared(self, first: Expr, relation: str, second: Expr) -> Lowered:
        sides = [self._positions(first, -ONE), self._positions(second, -ONE)]
        return self._combined(lambda a, b: c.compared(a, relation, b), sides)

    def _delta(self, first: Expr, second: Expr) -> Lowered:
        extents = [self._extents.get(i) for i in (first, second) if i not in self._classes]
        if first == second:
            return Lowered(ONE, plain=True)
        if len(extents) == 2 and None not in extents and extents[0] == extents[1]:
            lower, upper = self._extents[first]
            return Lowered(c.Eye(upper - lower + 1), (first, second))
        return self._cast(self._compared(first, "==", second))

    # --- sums and maxima -------------------------------------------------------------------------

    def _total(self, total: Total) -> Lowered:
        """A sum, or several directly inside each other."""
        body: Expr = total
        bound: list[Symbol] = []
        masks: list[Lowered] = []
        while isinstance(body, Total):
            body, index, more = self._opened(body)
            bound.append(index)
            masks += more
        sign, outside, inside, below = _split(body, bound)
        result = self._summed(inside, tuple(bound), masks)
        factors = [self.lower(f) for f in outside]
        if factors:
            result = self._combined(Times, [*factors, result])
        if below:
            result = self._combined(Quotient, [result, self.lower(times(*below))])
        return result if sign == 1 else Lowered(Minus(result.code), result.axes, result.plain)

    def _summed(
        self, factors: list[Expr], bound: tuple[Symbol, ...], masks: list[Lowered]
    ) -> Lowered:
        parts = [self.lower(f) for f in factors]
        constants = [p for p in parts if p.plain]
        parts = [p for p in parts if not p.plain]
        axes = _union([*parts, *masks])
        missing = [i for i in bound if i not in axes]
        if not parts and not masks:
            return self._repeated(Lowered(ONE, plain=True), missing, constants)
        kept = tuple(a for a in axes if a not in bound)
        finite = not any(heads(f) & _MAY_BE_INFINITE for f in factors)
        if finite or not masks:
            parts += [self._cast(m) for m in masks]
            masks = []
            if any(set(p.axes) != set(axes) for p in parts):
                result = Lowered(_contraction(parts, kept), kept)
                return self._repeated(result, missing, constants)
        summed = (*kept, *(i for i in bound if i in axes))
        product = self._product(parts, summed)
        if masks:
            product = c.Chosen(product, self._mask(masks, summed), ZERO)
        if summed != kept:
            product = c.reduced(product, "sum", len(summed) - len(kept))
        return self._repeated(Lowered(product, kept), missing, constants)

    def _product(self, parts: list[Lowered], axes: tuple[Symbol, ...]) -> Expr:
        aligned = [self._aligned(p, axes) for p in parts]
        return aligned[0] if len(aligned) == 1 else Times(*aligned) if aligned else ONE

    def _repeated(
        self, part: Lowered, over: list[Symbol], constants: list[Lowered]
    ) -> Lowered:
        """``part`` times constants, summed over indices that do not occur in it."""
        spans = [self._extents[i] for i in over]
        counts = [Lowered(upper - lower + 1, plain=True) for lower, upper in spans]
        if not counts and not constants:
            return part
        return self._combined(Times, [*constants, *counts, part])

    def _mask(self, masks: list[Lowered], axes: tuple[Symbol, ...]) -> Expr:
        aligned = [self._aligned(m, axes) for m in masks]
        return aligned[0] if len(aligned) == 1 else c.Both(*aligned)

    def _maximum(self, maximum: Maximum) -> Lowered:
        body, index, masks = self._opened(maximum)
        part = self.lower(body)
        if index not in part.axes and not masks:
            return part
        axes = _union([part, *masks])
        kept = tuple(a for a in axes if a != index)
        operand = self._aligned(part, (*kept, index))
        if masks:
            operand = c.Chosen(operand, self._mask(masks, (*kept, index)), -oo)
        return Lowered(c.reduced(operand, "max"), kept)

    def _opened(self, binder: Total | Maximum) -> tuple[Expr, Symbol, list[Lowered]]:
        """The body, its index as an axis as long as the limits ever allow, and masks for the rest."""
        lower, upper = binder.lower, binder.upper
        body, index = binder.open()
        self._extents[index] = (self._extreme(lower, -1), self._extreme(upper, +1))
        masks = [self._compared(index, "!=", other) for other in binder.excluded]
        if self._moving(lower):
            masks.append(self._compared(lower, "<=", index))
        if self._moving(upper):
            masks.append(self._compared(index, "<=", upper))
        return body, index, masks

    def _extreme(self, limit: Expr, side: int) -> Expr:
        """The least (``side`` -1) or largest (+1) value of a limit that depends on other indices."""
        for index in self._moving(limit):
            slope = limit.diff(index) if isinstance(index, Symbol) else S.NaN
            if not isinstance(slope, Integer) or index not in self._extents:
                raise DeriveError(
                    f"the limit {limit} of a sum is too intricate for array code; "
                    "use the mpmath kernel, which loops"
                )
            lower, upper = self._extents[index]
            limit = limit.xreplace({index: upper if slope * side > 0 else lower})
        return limit


def _union(parts: Iterable[Lowered]) -> tuple[Symbol, ...]:
    return tuple(dict.fromkeys(a for p in parts for a in p.axes))


def _split(
    body: Expr, bound: list[Symbol]
) -> tuple[int, list[Expr], list[Expr], list[Expr]]:
    """Sign, factors without and with the bound indices, and divisors without them."""
    sign, below = 1, []
    pending, outside, inside = [body], [], []
    while pending:
        factor = pending.pop(0)
        match factor:
            case Minus(operand):
                sign = -sign
                pending.insert(0, operand)
            case Times(args):
                pending[:0] = args
            case Quotient(numerator, denominator) if not names(denominator) & set(bound):
                below.append(denominator)
                pending.insert(0, numerator)
            case _:
                (inside if names(factor) & set(bound) else outside).append(factor)
    return sign, outside, inside, below


def _contraction(parts: list[Lowered], kept: tuple[Symbol, ...]) -> Expr:
    letters: dict[Symbol, str] = {}
    for axis in (a for p in parts for a in p.axes):
        letters.setdefault(axis, "ijklmnopqrstuvwxyz"[len(letters)])
    spelled = ["..." + "".join(letters[a] for a in axes) for axes in (*(p.axes for p in parts), kept)]
    return c.contracted(f"{','.join(spelled[:-1])}->{spelled[-1]}", *(p.code for p in parts))
