"""A second opinion: plain evaluation with many digits, loops over indices, numeric derivatives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

import mpmath
from sympy import Abs, Add, Expr, Float, Indexed, IndexedBase, Integer, Max, Min, Mul, Symbol, sign

from derive.arrays import Entry
from derive.display import Choice, Grid
from derive.facts import Definition, EntryFact
from derive.notation import (
    Apply,
    Attains,
    Binder,
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
    heads,
    names,
)
from derive.verify.draws import OutsideDomain, within_reach
from derive.verify.plain import as_inert, written_out
from derive.verify.ruled_out import masks

DIGITS = 50
WORKING = DIGITS + 40
"""Digits that values are worked out with: a numeric derivative costs those of its step."""
STEP = mpmath.mpf(10) ** -22
"""Of numeric derivatives; their error is about its square, times that of what they are taken of:
where a logit counts a hundredfold, the third derivative is 10^6 times the first."""

KINK = mpmath.mpf(10) ** -10
"""So near to a kink no numeric derivative is taken."""
LOST = mpmath.mpf(10) ** -30
"""A sum so much smaller than its terms has too few digits left for a numeric derivative."""
NOISE = mpmath.mpf(10) ** (10 - WORKING)
"""A sum so much smaller than its terms is zero but for the last digits of these."""
KINKED = (Abs, Max, Min, sign)

At = Mapping[Symbol, int]
Key = tuple[Expr, tuple[int, ...]]
Shifts = dict[Key, mpmath.mpf]
Leaf = Callable[[Expr, tuple[int, ...]], mpmath.mpf]


class Originals:
    """One object for each expression: to look that up takes no comparison node by node."""

    def __init__(self) -> None:
        self._first: dict[Expr, Expr] = {}
        # By identity; the object is kept, so that no other can get its number.
        self._known: dict[int, tuple[Expr, Expr]] = {}

    def __call__(self, expr: Expr) -> Expr:
        known = self._known.get(id(expr))
        if known is None:
            known = self._known[id(expr)] = expr, self._first.setdefault(expr, expr)
        return known[1]


class Ledger:
    """Which numbers a value is made of, as the bits of a whole number; a bit for each."""

    def __init__(self) -> None:
        self.used = 0
        self._bits: dict[Key, int] = {}

    def bit(self, key: Key) -> int:
        """The bit of an entry or a parameter."""
        return self._bits.setdefault(key, 1 << len(self._bits))


class Point:
    """Values of expressions at one choice of numbers for all leaves.

    ``leaf`` gives the number for an array and its indices or for a parameter. For derivatives there
    are points beside it, where entries of one array (of a definition, too) are a little larger or
    smaller; what is not made of these has its value from the point that it is ``beside``.
    Numeric derivatives want ``WORKING`` digits of mpmath.
    """

    def __init__(
        self,
        sizes: At,
        definitions: tuple[Definition, ...],
        values: tuple[EntryFact, ...],
        leaf: Leaf,
        beside: tuple[Point, Shifts] | None = None,
    ) -> None:
        self._sizes = sizes
        self._definitions = {d.base: d for d in definitions}
        self._values = {f.entry.base: f for f in values}
        self._leaf = leaf
        self._shifts: Shifts = {}
        self._beside: tuple[Point, Expr] | None = None
        self._ingredients: dict[Expr, frozenset[Expr]] = {}
        self._original = Originals()
        self._ledger = Ledger()
        self._moved_bits = 0
        if beside is not None:
            origin, shifts = beside
            self._ledger = origin._ledger
            self._shifts = dict(origin._shifts)
            for key, shift in shifts.items():
                self._moved_bits |= self._ledger.bit(key)
                self._shifts[key] = self._shifts.get(key, mpmath.mpf(0)) + shift
            self._beside = origin, next(iter(shifts))[0]
            self._ingredients = origin._ingredients
            self._original = origin._original
        self._given = (definitions, values)
        self._moved: dict[frozenset[tuple[Key, mpmath.mpf]], Point] = {}
        # Each value with what it is made of.
        self._memory: dict[tuple[Expr, tuple[int | None, ...]], tuple[mpmath.mpf, int]] = {}
        self._names: dict[Expr, tuple[Symbol, ...]] = {}

    def value(self, expr: Expr, at: At) -> mpmath.mpf:
        """The value of ``expr`` where the free indices have the values ``at``.

        Raises ``OutsideDomain`` where it has no real value, ``NotImplementedError`` for a node
        without a meaning here.
        """
        found, used = self._worked_out(self._original(expr), at)
        self._ledger.used |= used
        return found

    def _worked_out(self, expr: Expr, at: At) -> tuple[mpmath.mpf, int]:
        """The value of ``expr``, and the bits of what it is made of."""
        if self._beside is not None:
            origin, moved = self._beside
            if moved not in self._made_of(expr):
                return origin._worked_out(expr, at)
        symbols = self._names.get(expr)
        if symbols is None:
            # The class t of a one-hot label is in what y_i stands for.
            inside = names(expr) | {s for s in self._made_of(expr) if isinstance(s, Symbol)}
            symbols = self._names[expr] = tuple(map(self._original, sorted(inside, key=str)))
        key = (expr, tuple(at.get(s) for s in symbols))
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = self._anew(expr, at)
        return found

    def _anew(self, expr: Expr, at: At) -> tuple[mpmath.mpf, int]:
        """The same, worked out unless the point beside this one has the value."""
        if self._beside is not None:
            there = self._beside[0]._worked_out(expr, at)
            if not there[1] & self._moved_bits:
                return there
        before, self._ledger.used = self._ledger.used, 0
        value = self._evaluate(expr, at)
        used, self._ledger.used = self._ledger.used, before
        return value, used

    def whole(self, expr: Expr, at: At) -> int:
        """The value of an index or of a bound.

        Raises ``NotImplementedError`` where it is no whole number.
        """
        expr = self._original(expr)
        match expr:
            case Integer():
                return int(expr)
            case Symbol() if expr in at:
                return at[expr]
            case Symbol() if expr in self._sizes:
                return self._sizes[expr]
            case Symbol() if expr not in self._definitions:
                return self._drawn_whole(expr)
            case Add() | Plus():
                return sum(self.whole(a, at) for a in expr.args)
            case Mul() | Times():
                return int(mpmath.fprod(self.whole(a, at) for a in expr.args))
            case Minus(operand):
                return -self.whole(operand, at)
            case Indexed():
                return int(self._leaf(expr.base, tuple(self.whole(a, at) for a in expr.indices)))
        raise NotImplementedError(f"{expr} is no whole number")

    def _drawn_whole(self, letter: Symbol) -> int:
        """The value of a letter that stands where an index stands, and has no range."""
        found = self._leaf(letter, ())
        if found != int(found):
            raise NotImplementedError(f"{letter} is no whole number")
        self._ledger.used |= self._ledger.bit((letter, ()))
        return int(found)

    def _is_ruled_out(self, parts: Iterable[Expr], at: At) -> bool:
        """Whether a factor that is 1 or 0 by its indices is 0."""
        return any(self.value(mask, at) == 0 for mask in masks(parts))

    def _evaluate(self, expr: Expr, at: At) -> mpmath.mpf:
        match expr:
            case Symbol():
                return self._symbol(expr, at)
            case Indexed():
                return self._entry(expr.base, tuple(self.whole(a, at) for a in expr.indices), at)
            case Plus(args):
                terms = [self.value(a, at) for a in args]
                if self._beside is None and Partial in heads(expr) and _is_lost(terms):
                    # The error of numeric derivatives, as of those of u/u, is all that is left.
                    return mpmath.mpf(0)
                return _sum(terms)
            case Times(args) | Quotient(Times(args), _) if self._is_ruled_out(args, at):
                return mpmath.mpf(0)
            case Quotient(above, _) if self._is_ruled_out((above,), at):
                return mpmath.mpf(0)
            case Times(args):
                return mpmath.fprod(self.value(a, at) for a in args)
            case Minus(operand):
                return -self.value(operand, at)
            case Quotient(above, below):
                return self.value(above, at) * _power(self.value(below, at), mpmath.mpf(-1))
            case Power(_, exponent) if self._is_ruled_out(factors(exponent), at):
                # Also where the base has no value, as a factor that a product leaves out.
                return mpmath.mpf(1)
            case Power(base, exponent):
                return _power(self.value(base, at), self.value(exponent, at))
            case Exp(operand):
                return _exp(self.value(operand, at))
            case Log(operand):
                return _log(self.value(operand, at))
            case Apply():
                operands = [self.value(a, at) for a in expr.operands]
                if expr.function in KINKED:
                    self._keep_off(_apart(operands[0], sum(operands[1:])))
                return _apply(expr.function, operands)
            case Delta(first, second):
                return mpmath.mpf(self.whole(first, at) == self.whole(second, at))
            case Bracket(lower, upper):
                return mpmath.mpf(self.whole(lower, at) <= self.whole(upper, at))
            case Choice(first, second, same, other):
                equal = self.whole(first, at) == self.whole(second, at)
                return self.value(same if equal else other, at)
            case Threshold(first, second, above, otherwise):
                distance = _apart(self.value(first, at), self.value(second, at))
                self._keep_off(distance)
                return self.value(above if distance > 0 else otherwise, at)
            case Grid(entry):
                return self.value(entry, at)
            case Total():
                direction = slope_in_direction(expr)
                if direction is not None:
                    return self._slope_in_direction(expr, direction, at)
                return mpmath.fsum(self._run(expr, at).values())
            case ProductOver():
                return mpmath.fprod(self._run(expr, at).values())
            case Maximum():
                return self._leading(expr, at)[1]
            case Attains():
                first, _ = self._leading(expr, at)
                return mpmath.mpf(first == self.whole(expr.at_index, at))
            case Partial(operand, variable):
                return self._derivative(operand, variable, at)
            case Entry():
                return self.value(written_out(expr), at)
        if expr.is_number:
            return expr.evalf(WORKING)._to_mpmath(mpmath.mp.prec)
        read = as_inert(expr)
        if read == expr:
            raise NotImplementedError(f"{type(expr).__name__} has no meaning to the checker")
        return self.value(read, at)

    def _symbol(self, symbol: Symbol, at: At) -> mpmath.mpf:
        if symbol in at or symbol in self._sizes:
            return mpmath.mpf(self.whole(symbol, at))
        self._ledger.used |= self._ledger.bit((symbol, ()))
        definition = self._definitions.get(symbol)
        plain = self._leaf(symbol, ()) if definition is None else self.value(definition.value, at)
        return plain + self._shifts.get((symbol, ()), 0)

    def _entry(self, base: IndexedBase, indices: tuple[int, ...], at: At) -> mpmath.mpf:
        self._ledger.used |= self._ledger.bit((base, indices))
        known = self._values.get(base)
        definition = self._definitions.get(base)
        if known is not None:
            own = dict(zip(known.entry.indices, indices, strict=True))
            plain = self.value(known.value, {**at, **own})
        elif definition is not None:
            own = dict(zip(definition.indices, indices, strict=True))
            plain = self.value(definition.value, {**at, **own})
        else:
            plain = self._leaf(base, indices)
        return plain + self._shifts.get((base, indices), 0)

    def _run(self, binder: Binder, at: At) -> dict[int, mpmath.mpf]:
        """The values of the body, by index."""
        return {v: self.value(binder.body, inside) for v, inside in self._runs(binder, at)}

    def _runs(self, binder: Binder, at: At) -> Iterator[tuple[int, At]]:
        """The values of the index that count, each with all that is known of indices there."""
        lower, upper = self.whole(binder.lower, at), self.whole(binder.upper, at)
        left_out = {self.whole(e, at) for e in binder.excluded}
        index = self._original(binder.limits[0])
        for v in range(lower, upper + 1):
            if v not in left_out:
                yield v, {**at, index: v}

    def _leading(self, binder: Binder, at: At) -> tuple[int, mpmath.mpf]:
        """The first index at which the body is largest, and its value there."""
        values = self._run(binder, at)
        if not values:
            raise OutsideDomain("the largest of no values")
        first = max(values, key=values.__getitem__)
        for other, number in values.items():
            if other != first:
                self._keep_off(_apart(values[first], number))
        return first, values[first]

    def _derivative(self, operand: Expr, variable: Expr, at: At) -> mpmath.mpf:
        if isinstance(variable, Indexed):
            key = (variable.base, tuple(self.whole(a, at) for a in variable.indices))
        else:
            key = (variable, ())
        return self._slope(operand, {key: mpmath.mpf(1)}, at)

    def _slope_in_direction(self, total: Total, slope: Partial, at: At) -> mpmath.mpf:
        """``Σ_j c_j ∂u/∂z_j`` as the one derivative of ``u`` in the direction ``c``.

        Where ``u`` has the index of another sum, a derivative for each value of that.
        """
        base, indices = slope.variable.base, slope.variable.indices
        others = tuple(map(self._original, names(slope.operand)))
        directions: dict[tuple[int | None, ...], tuple[At, Shifts]] = {}

        def visit(expr: Expr, here: At, weight: mpmath.mpf) -> None:
            match expr:
                case Partial():
                    place = tuple(here.get(s) for s in others)
                    _, weights = directions.setdefault(place, (here, {}))
                    key = base, tuple(self.whole(a, here) for a in indices)
                    weights[key] = weights.get(key, mpmath.mpf(0)) + weight
                case Total():
                    for _, inside in self._runs(expr, here):
                        visit(expr.body, inside, weight)
                case Minus(inner):
                    visit(inner, here, -weight)
                case Quotient(above, below) if not self._is_ruled_out(factors(above), here):
                    visit(above, here, weight * _power(self.value(below, here), mpmath.mpf(-1)))
                case Times(args) if not self._is_ruled_out(args, here):
                    (inner,) = (a for a in args if slope_among(a) is not None)
                    rest = (self.value(a, here) for a in args if a is not inner)
                    visit(inner, here, mpmath.fprod((weight, *rest)))

        visit(total, at, mpmath.mpf(1))
        return mpmath.fsum(
            self._slope(slope.operand, {k: w for k, w in weights.items() if w != 0}, here)
            for here, weights in directions.values()
        )

    def _slope(self, operand: Expr, weights: Shifts, at: At) -> mpmath.mpf:
        """The derivative in a direction, which is that of an entry if it alone has a weight."""
        if not weights:
            return mpmath.mpf(0)
        step = STEP / max(map(abs, weights.values()))
        up, down = (
            self._shifted({key: sign * step * weight for key, weight in weights.items()})
            for sign in (1, -1)
        )
        return (up.value(operand, at) - down.value(operand, at)) / (2 * step)

    def _keep_off(self, distance: mpmath.mpf) -> None:
        """Raise ``OutsideDomain`` where a difference would reach across a kink.

        What is zero everywhere, as ``z_i - z_j`` for ``i = j``, has no kink to reach across.
        """
        if self._beside is not None and 0 < abs(distance) < KINK:
            raise OutsideDomain(f"a kink is {mpmath.nstr(distance, 6)} away")

    def _shifted(self, shifts: Shifts) -> Point:
        which = frozenset(shifts.items())
        if which not in self._moved:
            beside = self, shifts
            self._moved[which] = Point(self._sizes, *self._given, self._leaf, beside)
        return self._moved[which]

    def _made_of(self, expr: Expr) -> frozenset[Expr]:
        """Arrays and symbols in ``expr``, through definitions and entries that a fact gives."""
        if expr not in self._ingredients:
            found: set[Expr] = set()
            waiting = [*bases(expr), *names(expr)]
            while waiting:
                base = waiting.pop()
                if base not in found:
                    found.add(base)
                    for known in (self._definitions.get(base), self._values.get(base)):
                        waiting += (
                            [] if known is None else [*bases(known.value), *names(known.value)]
                        )
            self._ingredients[expr] = frozenset(found)
        return self._ingredients[expr]


@lru_cache(maxsize=4096)
def slope_in_direction(total: Total) -> Partial | None:
    """The derivative in ``Σ_j c_j ∂u/∂z_j`` where ``u`` is the same for all ``j``, else None.

    There may be several sums, over indices of the variable and over others.
    """
    found = slope_among(total)
    if found is None or not isinstance(found[0].variable, Indexed):
        return None
    slope, summed = found
    own = summed & names(slope.variable)
    return slope if own and not own & names(slope.operand) else None


def slope_among(expr: Expr) -> tuple[Partial, frozenset[Symbol]] | None:
    """The one derivative that ``expr`` is a multiple of, or a sum of multiples over indices.

    With it come these indices.
    """
    if Partial not in heads(expr):
        return None
    match expr:
        case Partial():
            return expr, frozenset()
        case Minus(inner):
            return slope_among(inner)
        case Quotient(above, below) if Partial not in heads(below):
            return slope_among(above)
        case Times(args):
            containing = [a for a in args if Partial in heads(a)]
            return slope_among(containing[0]) if len(containing) == 1 else None
        case Total():
            found = slope_among(expr.body)
            return None if found is None else (found[0], found[1] | {expr.limits[0]})
    return None


def _is_lost(terms: list[mpmath.mpf]) -> bool:
    """Whether terms cancel but for their last digits."""
    return abs(mpmath.fsum(terms)) < LOST * max(map(abs, terms))


def _sum(terms: list[mpmath.mpf]) -> mpmath.mpf:
    total = mpmath.fsum(terms)
    if abs(total) < NOISE * max(map(abs, terms), default=0):
        return mpmath.mpf(0)
    if total != 0 and _is_lost(terms):
        raise OutsideDomain(f"so many digits cancel that {mpmath.nstr(total, 6)} means little")
    return total


def _apart(first: mpmath.mpf, second: mpmath.mpf) -> mpmath.mpf:
    """By how much one number is more than another; not by what ``(a b)/c`` and ``a (b/c)`` are."""
    distance = first - second
    return mpmath.mpf(0) if abs(distance) < NOISE * abs(first) else distance


def _exp(x: mpmath.mpf) -> mpmath.mpf:
    within_reach((x,))
    return mpmath.exp(x)


def _log(x: mpmath.mpf) -> mpmath.mpf:
    if x <= 0:
        raise OutsideDomain(f"the logarithm of {mpmath.nstr(x, 6)}")
    return mpmath.log(x)


def _power(base: mpmath.mpf, exponent: mpmath.mpf) -> mpmath.mpf:
    if (base == 0 and exponent < 0) or (base < 0 and exponent != int(exponent)):
        raise OutsideDomain(f"{mpmath.nstr(base, 6)} to the power {mpmath.nstr(exponent, 6)}")
    within_reach((exponent,))
    return base**exponent


def _apply(function: type, operands: list[mpmath.mpf]) -> mpmath.mpf:
    within_reach(operands)
    applied = function(*(Float(u, WORKING) for u in operands)).evalf(WORKING)
    if not applied.is_number:
        raise NotImplementedError(f"{function.__name__} has no numeric value")
    if not applied.is_real or not applied.is_finite:
        raise OutsideDomain(f"{function.__name__} of {mpmath.nstr(operands[0], 6)}")
    return applied._to_mpmath(mpmath.mp.prec)
