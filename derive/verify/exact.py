"""Exact comparison at fixed sizes: expressions evaluated in the fields, for all indices at once.

A value is an array of residues with one axis for each index in scope and, last, one for the random
points. Two expressions that are equal have equal values; two that differ agree at one point with a
probability of about their degree over 2 * 10^5, so not at several independent ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, reduce

import numpy as np
from sympy import (
    Add,
    Dummy,
    E,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Mul,
    Rational,
    Symbol,
    exp,
    expand,
    fraction,
    together,
)

from derive.arrays import Entry
from derive.display import Choice, Grid
from derive.facts import Definition, EntryFact, Fact, IndexRange
from derive.notation import (
    ZERO,
    Apply,
    Attains,
    Binder,
    Bound,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    factors,
    names,
    rename,
    replace,
)
from derive.verify.canonical import product
from derive.verify.conditions import positive, without_zero
from derive.verify.field import FIELDS, MIDDLE, Array, Indices
from derive.verify.leaves import At, Leaves, scramble
from derive.verify.plain import as_inert, written_out
from derive.verify.ruled_out import masks
from derive.verify.scope import Scope
from derive.verify.slopes import Slopes


class Exact:
    """Values of expressions at fixed sizes, under given facts.

    Facts about entries are taken as substitutions; sums of labels are built into the leaves by
    whoever makes them. With ``strict``, a logarithm or a broken power of something that does not
    play the part of a positive number is undefined.
    """

    def __init__(
        self,
        sizes: At,
        ranges: tuple[IndexRange, ...],
        definitions: tuple[Definition, ...],
        facts: tuple[Fact, ...],
        leaves: Leaves,
        slopes: Slopes,
        strict: bool,
        told: tuple[Fact, ...] | None = None,
    ) -> None:
        """``told`` is what is known of signs; without it no power of zero has a value."""
        self.sizes = sizes
        self.leaves = leaves
        self.free = self._free_indices(ranges)
        self._definitions = {d.base: d for d in definitions}
        self._all, self._facts, self._told = definitions, facts, told
        self._values = {f.entry.base: f for f in facts if isinstance(f, EntryFact)}
        self._slopes = slopes
        self.strict = strict
        self._memory: dict[tuple[Expr, int, tuple[object, ...]], Array] = {}
        self._names: dict[Expr, tuple[Symbol, ...]] = {}

    def _free_indices(self, ranges: tuple[IndexRange, ...]) -> Scope:
        scope = Scope()
        for known in ranges:
            if isinstance(known.index, Symbol):
                bounds = (self.whole(e, scope) for e in (known.lower, known.upper))
                scope = scope.binding(known.index, *(int(b.max()) for b in bounds))
        return scope

    def value(self, expr: Expr, level: int = MIDDLE, scope: Scope | None = None) -> Array:
        """The values of ``expr`` as residues of the field at ``level``.

        Raises ``NotImplementedError`` for a node without a meaning here, or where exponentials
        or logarithms are nested too deeply.
        """
        here = self.free if scope is None else scope
        symbols = self._names.get(expr)
        if symbols is None:
            symbols = self._names[expr] = tuple(sorted(names(expr), key=str))
        key = (expr, level, here.key(symbols))
        found = self._memory.get(key)
        if found is None:
            # Axes of binders that the value does not depend on would be in the way elsewhere.
            found = self._memory[key] = _without_idle_axes(self._evaluate(expr, level, here))
        return found

    def whole(self, expr: Expr, scope: Scope) -> Indices:
        """The values of an index, a bound of a sum or any other whole number.

        Raises ``NotImplementedError`` where ``expr`` is nothing of the kind.
        """
        match expr:
            case Integer():
                return np.array([int(expr)])
            case Symbol() if expr in scope.values:
                return scope.values[expr]
            case Symbol() if expr in self.sizes:
                return np.array([self.sizes[expr]])
            case Symbol() if self.leaves.holds_classes(expr):
                return self.leaves.classes(expr, 0)
            case Add() | Plus():
                return reduce(np.add, (self.whole(a, scope) for a in expr.args))
            case Mul() | Times():
                return reduce(np.multiply, (self.whole(a, scope) for a in expr.args))
            case Minus(operand):
                return -self.whole(operand, scope)
            case Indexed():
                indices = [self.whole(a, scope) for a in expr.indices]
                entries = self.leaves.classes(expr.base, len(indices))
                found: Indices = _gather(entries, indices)[0]
                return found
        raise NotImplementedError(f"{expr} is no whole number")

    def _evaluate(self, expr: Expr, level: int, scope: Scope) -> Array:
        field = FIELDS[level]
        match expr:
            case Rational():
                return field.rational(int(expr.p), int(expr.q))
            case Symbol():
                return self._symbol(expr, level, scope)
            case Indexed():
                return self._entry(expr, level, scope)
            case Plus(args):
                return field.reduce(reduce(np.add, (self.value(a, level, scope) for a in args)))
            case Times(args):
                product = reduce(field.times, (self.value(a, level, scope) for a in args))
                return self._without_ruled_out(product, args, level, scope)
            case Minus(operand):
                return field.reduce(-self.value(operand, level, scope))
            case Quotient(above, below):
                inverse = field.inverse(self.value(below, level, scope))
                quotient = field.times(self.value(above, level, scope), inverse)
                return self._without_ruled_out(quotient, factors(above), level, scope)
            case Power(base, exponent):
                return self._power(base, exponent, level, scope)
            case Exp(operand):
                return field.exp(self.value(operand, _next(level, -1), scope))
            case Log(operand):
                return self._log(operand, level, scope)
            case Apply():
                return self._function(expr, level, scope)
            case Delta(first, second):
                return 1.0 * (self.whole(first, scope) == self.whole(second, scope))
            case Bracket(lower, upper):
                return 1.0 * (self.whole(lower, scope) <= self.whole(upper, scope))
            case Choice(first, second, same, other):
                equal = self.whole(first, scope) == self.whole(second, scope)
                return np.where(equal, *(self.value(e, level, scope) for e in (same, other)))
            case Threshold(first, second, above, otherwise):
                return self._branch(first, second, (above, otherwise), level, scope)
            case Grid(entry):
                return self.value(entry, level, scope)
            case Total():
                return self._total(expr, level, scope)
            case ProductOver():
                inside, counted = self._inside(expr, scope)
                body = np.where(counted, self.value(expr.body, level, inside), 1.0)
                parts = np.moveaxis(body, -inside.depth, 0)
                return reduce(field.times, parts, np.ones(1))
            case Maximum():
                return self._maximum(expr, level, scope)
            case Attains():
                first = self._leading(expr, scope)
                here = 1.0 * (first == self.whole(expr.at_index, scope))
                return np.where(np.isnan(first), np.nan, here)
            case Partial(operand, variable):
                return self._derivative(operand, variable, level, scope)
            case Entry():
                return self.value(written_out(expr), level, scope)
        if expr == E:
            return field.exp(np.array(1.0))
        if expr.is_NumberSymbol:
            return scramble(str(expr), level, [], 0)
        read = as_inert(expr)
        if read == expr:
            raise NotImplementedError(f"{type(expr).__name__} has no meaning to the checker")
        return self.value(read, level, scope)

    def _symbol(self, symbol: Symbol, level: int, scope: Scope) -> Array:
        counts = symbol in scope.values or symbol in self.sizes
        if counts or self.leaves.holds_classes(symbol):
            return FIELDS[level].reduce(1.0 * self.whole(symbol, scope))
        if symbol in self._definitions:
            return self.value(self._definitions[symbol].value, level, scope)
        return self.leaves.parameter(symbol, level)

    def _entry(self, entry: Indexed, level: int, scope: Scope) -> Array:
        indices = [self.whole(a, scope) for a in entry.indices]
        known = self._values.get(entry.base)
        definition = self._definitions.get(entry.base)
        if known is not None:
            inside = scope.setting(dict(zip(known.entry.indices, indices, strict=True)))
            return self.value(known.value, level, inside)
        if definition is not None:
            inside = scope.setting(dict(zip(definition.indices, indices, strict=True)))
            return self.value(definition.value, level, inside)
        if self.leaves.holds_classes(entry.base):
            # A class where a number stands, as an index is there.
            return FIELDS[level].reduce(1.0 * self.whole(entry, scope))
        if isinstance(entry.base, IndexedBase):
            array = self.leaves.array(entry.base, len(indices), level)
        found, inside_shape = _gather(array, indices)
        return np.where(inside_shape, found, np.nan)

    def _power(self, base: Expr, exponent: Expr, level: int, scope: Scope) -> Array:
        value = self.value(base, level, scope)
        try:
            return FIELDS[level].power(value, 1.0 * self.whole(exponent, scope))
        except NotImplementedError:
            value = self._without_other_roots(value, base, level, scope)
            logarithm = FIELDS[level].log(self._positive(value, level))
            below = _next(level, -1)
            raised = FIELDS[below].times(self.value(exponent, below, scope), logarithm)
            power = FIELDS[level].exp(raised)
            # A positive power of zero is zero, of which there is no logarithm.
            known = self._told is not None and positive(exponent, self._told, self._all)
            return np.where(value == 0, 0.0, power) if known else power

    def _without_ruled_out(
        self, value: Array, parts: Iterable[Expr], level: int, scope: Scope
    ) -> Array:
        """Zero where a factor that is 1 or 0 by its indices is 0, though others have no value."""
        if np.isnan(value).any():
            for mask in masks(parts):
                value = np.where(self.value(mask, level, scope) == 0, 0.0, value)
        return value

    def _log(self, operand: Expr, level: int, scope: Scope) -> Array:
        above = _next(level, +1)
        return FIELDS[above].log(self._positive(self.value(operand, above, scope), above))

    def _without_other_roots(self, value: Array, base: Expr, level: int, scope: Scope) -> Array:
        """The value of a base, undefined where the root of an even power in it is another one.

        That of ``(s + t)^2`` is ``s + t`` where that plays the part of a positive number, as it
        must where it is known to be one; of what is not known to be, the root is its size.
        """
        for factor in (*product(base).above, *product(base).below) if self.strict else ():
            match factor:
                case Power(inner, even) if even.is_Integer and even.is_even:
                    if positive(inner, self._facts, self._all):
                        root = self._positive(self.value(inner, level, scope), level)
                        value = np.where(np.isnan(root), np.nan, value)
        return value

    def _positive(self, value: Array, level: int) -> Array:
        return np.where(FIELDS[level].is_square(value), value, np.nan) if self.strict else value

    def _function(self, expr: Apply, level: int, scope: Scope) -> Array:
        field = FIELDS[level]
        match expr.function.__name__, expr.operands:
            case "Abs", (operand,):
                value = self.value(operand, level, scope)
                return field.reduce(self._sign(operand, scope) * value)
            case "sign", (operand,):
                return field.reduce(self._sign(operand, scope))
            case "Max" | "Min", (first, second):
                larger = (first, second) if expr.function.__name__ == "Max" else (second, first)
                return self._branch(first, second, larger, level, scope)
        known = _by_exponentials(expr.function, len(expr.operands))
        if known is not None:
            places, body = known
            inside = replace(body, dict(zip(places, expr.operands, strict=True)))
            return self.value(inside, level, scope)
        operands = [self.value(u, level, scope) for u in expr.operands]
        parity = _parity(expr.function, len(operands))
        if not parity:
            return scramble(expr.function.__name__, level, operands, 0)
        # Of u and -u the smaller residue stands for both.
        (value,) = operands
        mirrored = field.reduce(-value)
        signs = np.where(value <= mirrored, 1.0, parity)
        chosen = scramble(expr.function.__name__, level, [np.minimum(value, mirrored)], 0)
        return field.reduce(np.where((value == 0) & (parity < 0), 0.0, signs * chosen))

    def _branch(
        self, first: Expr, second: Expr, branches: tuple[Expr, Expr], level: int, scope: Scope
    ) -> Array:
        """The first branch where ``first`` plays the part of the larger number, else the other."""
        sign = self._sign(without_zero(Plus(first, Minus(second))), scope)
        values = (self.value(branch, level, scope) for branch in branches)
        return np.where(np.isnan(sign), np.nan, np.where(sign > 0, *values))

    def _sign(self, expr: Expr, scope: Scope) -> Array:
        """1 or -1 (0 for zero), the same at all levels, so that both signs are tried for all."""
        value = self.value(expr, MIDDLE, scope)
        if positive(expr, self._facts, self._all):
            # As a sum of squares is, whichever residue it may have.
            signs = np.ones_like(value)
        elif positive(Minus(expr), self._facts, self._all):
            signs = -np.ones_like(value)
        elif (counted := self._counted_signs(expr, scope)) is not None:
            signs = counted
        else:
            square = FIELDS[MIDDLE].is_square(value)
            signs = np.where(value == 0, 0.0, np.where(square, 1.0, -1.0))
        return np.where(np.isnan(value), np.nan, signs)

    def _counted_signs(self, expr: Expr, scope: Scope) -> Array | None:
        """The signs of what is made of sizes and indices alone, such as ``1 - k/(N + 1)``."""
        if bases(expr) or not names(expr) <= {*scope.values, *self.sizes}:
            return None
        above, below = fraction(together(expr.doit()))
        try:
            parts = [np.sign(1.0 * self.whole(expand(part), scope)) for part in (above, below)]
        except NotImplementedError:
            return None
        return parts[0] * parts[1]

    def _total(self, total: Binder, level: int, scope: Scope) -> Array:
        inside, counted = self._inside(total, scope)
        body = np.where(counted, self.value(total.body, level, inside), 0.0)
        return FIELDS[level].reduce(body.sum(axis=-inside.depth))

    def _inside(self, binder: Binder, scope: Scope) -> tuple[Scope, Array]:
        """The scope within a binder, and which values of its index count."""
        lower, upper = self.whole(binder.lower, scope), self.whole(binder.upper, scope)
        if not (lower.size and upper.size):  # inside a sum that is empty itself
            return scope.binding(binder.limits[0], 1, 0), np.zeros((0, *(1,) * scope.depth), bool)
        inside = scope.binding(binder.limits[0], int(lower.min()), int(upper.max()))
        run = inside.values[binder.limits[0]]
        counted = (lower <= run) & (run <= upper)
        for excluded in binder.excluded:
            counted = counted & (run != self.whole(excluded, scope))
        return inside, counted

    def _maximum(self, maximum: Maximum, level: int, scope: Scope) -> Array:
        """The value of the body where it leads."""
        first = self._leading(maximum, scope)
        inside, _ = self._inside(maximum, scope)
        run = inside.values[maximum.limits[0]]
        body = np.where(run == first, self.value(maximum.body, level, inside), 0.0)
        return np.where(np.isnan(first), np.nan, body.sum(axis=-run.ndim))

    def _leading(self, binder: Binder, scope: Scope) -> Array:
        """The first index at which the body plays the part of the largest number.

        One after the other is held against the one that leads, the same at all levels.
        """
        field = FIELDS[MIDDLE]
        inside, counted = self._inside(binder, scope)
        run = inside.values[binder.limits[0]]
        value = self.value(binder.body, MIDDLE, inside)
        shape = np.broadcast_shapes(value.shape, counted.shape, run.shape)
        best, first = np.full(shape[1:], np.nan), np.full(shape[1:], np.nan)
        undefined = np.zeros(shape[1:], dtype=bool)
        parts = (np.broadcast_to(part, shape) for part in (value, counted, run))
        for number, counts, index in zip(*parts, strict=True):
            undefined = undefined | (counts & np.isnan(number))
            ahead = field.reduce(number - best)
            leads = counts & (np.isnan(first) | ((ahead != 0) & field.is_square(ahead)))
            best, first = np.where(leads, number, best), np.where(leads, index, first)
        return np.where(undefined, np.nan, first)

    def _derivative(self, operand: Expr, variable: Expr, level: int, scope: Scope) -> Array:
        values = {}
        for symbol in names(operand) | names(variable):
            if isinstance(symbol, Bound):
                # The derivative is a new expression, in which the stored name might be taken.
                apart = _apart(symbol)
                operand, variable = rename(operand, symbol, apart), rename(variable, symbol, apart)
                values[apart] = scope.values[symbol]
        return self.value(self._slopes(operand, variable), level, scope.setting(values))


@cache
def _apart(symbol: Symbol) -> Symbol:
    return Dummy(symbol.name, integer=True)


@cache
def _by_exponentials(function: type, count: int) -> tuple[tuple[Symbol, ...], Expr] | None:
    """``tanh`` and its like, written with exponentials; None where that needs more than those."""
    places = tuple(Dummy(f"x{n}", real=True) for n in range(count))
    applied = function(*places)
    written = applied.rewrite(exp)
    if written == applied or not written.is_real or written.atoms(type(applied)):
        return None
    try:
        return places, as_inert(written)
    except NotImplementedError:
        return None


@cache
def _parity(function: type, count: int) -> int:
    """1 for an even function of one argument, -1 for an odd one, else 0."""
    place = Dummy("x", real=True)
    here, there = (function(place), function(-place)) if count == 1 else (place, ZERO)
    return int(there == here) - int(there == -here)


def _without_idle_axes(value: Array) -> Array:
    idle = next((n for n, length in enumerate(value.shape[:-1]) if length != 1), value.ndim - 1)
    return value.reshape(value.shape[max(idle, 0) :])


class TooDeep(NotImplementedError):
    """Exponentials or logarithms are nested deeper than the tower of fields reaches."""


def _next(level: int, by: int) -> int:
    if not 0 <= level + by < len(FIELDS):
        raise TooDeep("exponentials or logarithms are nested too deeply")
    return level + by


def _gather(array: Array | Indices, indices: list[Indices]) -> tuple[Array, Array]:
    """Entries of an array (with the points last) at 1-based indices, and where there are any."""
    inside: Array = np.ones(1, dtype=bool)
    places: list[Indices] = []
    for index, length in zip(indices, array.shape, strict=False):
        inside = inside & (index >= 1) & (index <= length)
        places.append(np.clip(index, 1, length) - 1)
    return array[(*places, np.arange(array.shape[-1]))], inside
