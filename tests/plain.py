"""What expressions mean, by plain Python loops: the judge of engine, checker and kernels.

It knows plain SymPy and inert notation, and shares no code with ``derive.explicit`` or
``derive.verify``. Numbers have 40 digits, so that central differences are exact enough to compare.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import mpmath
from sympy import (
    Add,
    And,
    Expr,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Or,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    Tuple,
    exp,
    log,
)
from sympy import Product as SymPyProduct
from sympy.core.function import AppliedUndef, Function

from derive.arrays import (
    Column,
    Diagonal,
    Entry,
    Identity,
    Ones,
    Product,
    Row,
    Transposed,
    Whole,
    is_array,
)
from derive.display import Choice, Grid
from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Fact,
    IndexRange,
    PositiveFact,
    SizeFact,
    SumFact,
    UnequalFact,
)
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
    Head,
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
)

CONTEXT = mpmath.MPContext()
CONTEXT.dps = 40
STEP = CONTEXT.mpf(10) ** -10

MEMORY = "values of definitions"
"""Where a world keeps the values of its definitions: they take long where one uses another."""

COUNTS = {
    Minus: 1,
    Exp: 1,
    Log: 1,
    Quotient: 2,
    Power: 2,
    Delta: 2,
    Bracket: 2,
    Partial: 2,
    Choice: 4,
    Threshold: 4,
    Grid: 5,
}
"""How many parts a node has."""

World = Mapping[Any, Any]
"""A number for every symbol; for every array its entries by 1-based indices, or a Definition."""


def value(expr: Any, world: World) -> Any:
    """The number that ``expr`` stands for. Raises ``NoMeaning`` where it stands for none."""
    if len(expr.args) != COUNTS.get(type(expr), len(expr.args)):
        raise NoMeaning(f"not so many parts: {expr!r}")
    match expr:
        case Symbol():
            return _named(world[expr], (), world)
        case Indexed():
            return _named(world[expr.base], tuple(index(a, world) for a in expr.indices), world)
        case Number() | NumberSymbol():
            return expr._to_mpmath(CONTEXT.prec)
        case Add() | Plus():
            return sum((value(a, world) for a in expr.args), CONTEXT.zero)
        case Mul() | Times():
            return _multiply(expr.args, world)
        case Minus(operand):
            return -value(operand, world)
        case Quotient(above, below):
            return value(above, world) / value(below, world)
        case Pow() | Power():
            return CONTEXT.power(value(expr.args[0], world), value(expr.args[1], world))
        case exp() | Exp():
            return CONTEXT.exp(value(expr.args[0], world))
        case log() | Log():
            return CONTEXT.log(value(expr.args[0], world))
        case KroneckerDelta() | Delta():
            return CONTEXT.mpf(index(expr.args[0], world) == index(expr.args[1], world))
        case Bracket(lower, upper):
            return CONTEXT.mpf(index(lower, world) <= index(upper, world))
        case Sum():
            *within, (own, lower, upper) = expr.limits
            inner = Sum(expr.function, *within) if within else expr.function
            return sum(
                (value(inner, {**world, own: n}) for n in _range(lower, upper, world)), CONTEXT.zero
            )
        case Total():
            return sum(_over(expr, world).values(), CONTEXT.zero)
        case ProductOver():
            return CONTEXT.fprod(_over(expr, world).values())
        case SymPyProduct():
            *within, (own, lower, upper) = expr.limits
            inner = SymPyProduct(expr.function, *within) if within else expr.function
            run = _range(lower, upper, world)
            return CONTEXT.fprod(value(inner, {**world, own: n}) for n in run)
        case Maximum():
            return _largest(_over(expr, world).values())
        case Attains():
            numbers = _over(expr, world)
            first = next((n for n, u in numbers.items() if u == _largest(numbers.values())), None)
            return CONTEXT.mpf(first == index(expr.at_index, world))
        case Choice(first, second, same, other):
            return value(same if index(first, world) == index(second, world) else other, world)
        case Threshold(first, second, above, otherwise):
            exceeds = value(first, world) > value(second, world)
            return CONTEXT.convert(value(above if exceeds else otherwise, world))
        case Grid(entry):
            return value(entry, world)
        case Partial(operand, variable):
            return slope(operand, variable, world)
        case Entry(array, indices):
            return _entry(grid(array, world), [index(a, world) for a in indices])
        case Piecewise():
            return next(value(e, world) for e, holds in expr.args if _holds(holds, world))
        case Apply() if isinstance(expr.args[0], Head):
            return _call(expr.function, expr.operands, world)
        case Max() | Min():
            return _call(expr.func, expr.args, world)
        case Function() if not isinstance(expr, AppliedUndef):
            return _call(expr.func, expr.args, world)
    raise NoMeaning(f"no meaning for {expr!r}")


class NoMeaning(Exception):
    """What is no expression: no number, no index, no array, or arrays whose shapes do not fit."""


def grid(array: Expr, world: World) -> list[list[Any]]:
    """The numbers of an array, row by row. Raises ``NoMeaning``."""
    try:
        return _grid(array, world)
    except ValueError as error:
        raise NoMeaning(repr(array)) from error


def _entry(rows: list[list[Any]], place: list[int]) -> Any:
    """An entry by its 1-based indices; an axis of length one has none."""
    match place:
        case [row, column]:
            pass
        case [only]:
            row, column = (only, 1) if len(rows[0]) == 1 else (1, only)
            if len(rows) > 1 and len(rows[0]) > 1:
                raise NoMeaning("one index for two axes")
        case []:
            row = column = 1
            if len(rows) > 1 or len(rows[0]) > 1:
                raise NoMeaning("no index for an axis")
        case _:
            raise NoMeaning("more indices than axes")
    if not (1 <= row <= len(rows) and 1 <= column <= len(rows[0])):
        raise NoMeaning(f"no entry {place}")
    return rows[row - 1][column - 1]


def _grid(array: Expr, world: World) -> list[list[Any]]:
    match array:
        case Whole() | Row() | Column():
            fixed = [index(a, world) for a in array.fixed]
            if len(fixed) != (0 if isinstance(array, Whole) else 1):
                raise NoMeaning(f"not so much of an array is fixed: {array!r}")
            sizes = [index(n, world) for n in _axes(array.base)][len(fixed) :]
            if len(sizes) not in ((1, 2) if isinstance(array, Whole) else (1,)):
                raise NoMeaning(f"not so many axes: {array!r}")
            places = [range(1, n + 1) for n in sizes]

            def at(*rest: int) -> Any:
                return _named(world[array.base], (*fixed, *rest), world)

            if len(sizes) == 2:
                return [[at(r, c) for c in places[1]] for r in places[0]]
            line = [at(n) for n in places[0]]
            return [line] if isinstance(array, Row) else [[number] for number in line]
        case Ones(args=(size,)):
            return [[CONTEXT.one] for _ in range(index(size, world))]
        case Identity(args=(size,)):
            places = range(index(size, world))
            return [[CONTEXT.one * (r == c) for c in places] for r in places]
        case Diagonal(operand):
            lines = grid(operand, world)
            if any(len(line) != 1 for line in lines):
                raise NoMeaning(f"no column on a diagonal: {array!r}")
            return [
                [line[0] if r == c else CONTEXT.zero for c in range(len(lines))]
                for r, line in enumerate(lines)
            ]
        case Transposed(operand):
            return [list(line) for line in zip(*grid(operand, world), strict=True)]
        case Product(left, right):
            one, two = grid(left, world), grid(right, world)
            return [
                [
                    sum((a * b for a, b in zip(line, column, strict=True)), CONTEXT.zero)
                    for column in zip(*two, strict=True)
                ]
                for line in one
            ]
        case Plus():
            return _added([grid(a, world) for a in array.args])
        case Minus(operand):
            return [[-number for number in line] for line in grid(operand, world)]
        case Times():
            [one] = [a for a in array.args if is_array(a)]
            scale = _multiply([a for a in array.args if a is not one], world)
            return [[scale * number for number in line] for line in grid(one, world)]
        case Quotient(above, below):
            scale = value(below, world)
            return [[number / scale for number in line] for line in grid(above, world)]
        case Total():
            body, own = array.open()
            span = _range(array.lower, array.upper, world)
            return _added([grid(body, {**world, own: n}) for n in span])
    raise NoMeaning(f"no array: {array!r}")


def _axes(base: Any) -> Sequence[Expr]:
    """The lengths of the axes of an array."""
    if not isinstance(base, IndexedBase) or base.shape is None:
        raise NoMeaning(f"no array with a shape: {base!r}")
    return base.shape


def _added(grids: list[list[list[Any]]]) -> list[list[Any]]:
    return [
        [sum(numbers, CONTEXT.zero) for numbers in zip(*lines, strict=True)]
        for lines in zip(*grids, strict=True)
    ]


def index(expr: Expr, world: World) -> int:
    """The integer that an index or a bound stands for."""
    number = value(expr, world)
    if not CONTEXT.isint(number):
        raise NoMeaning(f"{expr} is {number} and no index")
    return int(number)


def slope(operand: Expr, variable: Expr, world: World) -> Any:
    """The derivative by a central difference; complex where there is no real value nearby."""
    above, below = (value(operand, moved(world, variable, by)) for by in (STEP, -STEP))
    if any(isinstance(side, CONTEXT.mpc) for side in (above, below)):
        return CONTEXT.mpc(CONTEXT.nan, CONTEXT.nan)
    return (above - below) / (2 * STEP)


def moved(world: World, variable: Expr, by: Any) -> World:
    """The world with one entry or parameter changed."""
    if isinstance(variable, Symbol):
        return {**world, variable: world[variable] + by, MEMORY: {}}
    if not isinstance(variable, Indexed):
        raise NoMeaning(f"nothing to differentiate by: {variable!r}")
    place = tuple(index(a, world) for a in variable.indices)
    array = world[variable.base]
    if isinstance(array, Definition):
        # By an entry of a definition: its entries become numbers of their own.
        spans = [range(1, index(n, world) + 1) for n in variable.base.shape]
        array = {at: _named(array, at, world) for at in product(*spans)}
    return {**world, variable.base: {**array, place: array[place] + by}, MEMORY: {}}


def _named(found: Any, indices: tuple[int, ...], world: World) -> Any:
    if isinstance(found, Definition):
        if len(found.indices) != len(indices):
            raise NoMeaning(f"{len(indices)} indices for {found.entry}")
        memory = world.get(MEMORY, {})
        if (found, indices) not in memory:
            inside = {**world, **dict(zip(found.indices, indices, strict=True))}
            memory[found, indices] = value(found.value, inside)
        return memory[found, indices]
    return CONTEXT.convert(found[indices] if indices else found)


def _multiply(factors: Sequence[Expr], world: World) -> Any:
    """A product; beside a bracket that does not hold, the other factors may have no value."""
    result = CONTEXT.one
    for factor in sorted(factors, key=lambda f: not isinstance(f, (Bracket, Piecewise))):
        result *= value(factor, world)
        if result == 0:
            break
    return result


def _largest(numbers: Iterable[Any]) -> Any:
    largest = max(numbers, default=None)
    if largest is None:
        raise NoMeaning("the largest of no numbers")
    return largest


def _range(lower: Expr, upper: Expr, world: World) -> range:
    return range(index(lower, world), index(upper, world) + 1)


def _over(binder: Binder, world: World) -> dict[int, Any]:
    """The values of the body, by index."""
    body, own = binder.open()
    left_out = {index(e, world) for e in binder.excluded}
    span = _range(binder.lower, binder.upper, world)
    return {n: value(body, {**world, own: n}) for n in span if n not in left_out}


def _holds(condition: Any, world: World) -> bool:
    if condition == True:  # noqa: E712
        return True
    if isinstance(condition, (And, Or)):
        # SymPy makes one condition of those of several factors.
        both = all if isinstance(condition, And) else any
        return both(_holds(part, world) for part in condition.args)
    left, right = (value(a, world) for a in condition.args)
    compare = {"<=": "__le__", "<": "__lt__", ">=": "__ge__", ">": "__gt__", "==": "__eq__"}
    return bool(getattr(left, compare[condition.rel_op])(right))


def _call(kind: type, operands: Sequence[Expr], world: World) -> Any:
    numbers = [value(a, world) for a in operands]
    name = kind.__name__
    if name in ("Max", "Min", "Abs"):
        return {"Max": max, "Min": min, "Abs": abs}[name](*numbers)
    if name == "Heaviside":
        at, at_zero = numbers
        return at_zero if at == 0 else CONTEXT.one if at > 0 else CONTEXT.zero
    function = getattr(CONTEXT, name)
    try:
        return function(*numbers)
    except TypeError as error:
        raise NoMeaning(f"{name} of {len(numbers)} arguments") from error


# Data ----------------------------------------------------------------------------------------


def worlds(
    statement: Iterable[Expr],
    sizes: Mapping[str, int],
    facts: Iterable[Fact] = (),
    definitions: Iterable[Definition] = (),
    positive: bool = False,
    seed: int = 1,
) -> Iterator[World]:
    """Random data that meet the facts, once for every value of the free indices with a range.

    Entries are real numbers of either sign unless ``positive`` says otherwise; those that a fact
    or their name (``y``, ``w``) makes weights are positive.
    """
    draw = random.Random(seed)
    facts, definitions = tuple(facts), tuple(definitions)
    drawn: dict[Any, Any] = {d.base: d for d in definitions}
    shown = Tuple(*statement, *(d.value for d in definitions), *map(_mentioned, facts))
    bases, symbols = _ingredients(shown)
    by_name = {s: sizes[s.name] for s in symbols if s.name in sizes}
    drawn |= by_name
    ranges = [f for f in facts if isinstance(f, IndexRange)]
    classes = {r.index.base: r for r in ranges if isinstance(r.index, Indexed)}
    indices = [r for r in ranges if isinstance(r.index, Symbol)]
    for symbol in sorted(symbols - set(by_name) - {r.index for r in indices}, key=str):
        drawn.setdefault(symbol, CONTEXT.mpf(draw.uniform(0.4, 1.9)))
    for base in sorted(bases, key=lambda b: b.name):
        if base in drawn:
            continue
        places = list(product(*(range(1, index(n, drawn) + 1) for n in base.shape or ())))
        if base in classes:
            top = index(classes[base].upper, drawn)
            drawn[base] = {place: draw.randint(1, top) for place in places}
        else:
            low = 0.2 if positive or base.name.lower() in ("y", "w") else -1.6
            drawn[base] = {place: CONTEXT.mpf(draw.uniform(low, 1.7)) for place in places}
    spans = [range(index(r.lower, drawn), index(r.upper, drawn) + 1) for r in indices]
    for values in product(*spans):
        world = {**drawn, **dict(zip((r.index for r in indices), values, strict=True))}
        if all(_possible(f, world) for f in facts):
            for fact in facts:
                world = _meeting(fact, world)
            yield {**world, MEMORY: {}}


def _ingredients(expr: Any) -> tuple[set[IndexedBase], set[Symbol]]:
    """Arrays and symbols anywhere in ``expr``, sizes of arrays among them, bound ones left out."""
    bases, symbols = set(), set()

    def visit(node: Any, bound: frozenset[Symbol]) -> None:
        if isinstance(node, IndexedBase):
            bases.add(node)
            for size in node.shape or ():
                visit(size, bound)
        elif isinstance(node, Symbol):
            symbols.update({node} - bound)
        elif isinstance(node, (Sum, SymPyProduct)):
            own = bound | {limit[0] for limit in node.limits}
            for argument in (node.function, *(a for limit in node.limits for a in limit[1:])):
                visit(argument, own)
        elif isinstance(node, Binder):
            body, own = node.open()
            visit(body, bound | {own})
            for argument in node.outside:
                visit(argument, bound)
        else:
            for argument in getattr(node, "args", ()):
                visit(argument, bound)

    visit(expr, frozenset())
    return bases, symbols


def _mentioned(fact: Fact) -> Expr:
    match fact:
        case IndexRange(own, lower, upper):
            return Tuple(own, lower, upper)
        case SumFact(total, number):
            return Tuple(total, number)
        case PositiveFact(expr):
            return Tuple(expr)
        case EqualFact(left, right) | UnequalFact(left, right) | EntryFact(left, right):
            # The index of an entry fact stands for every index.
            own = left.indices if isinstance(fact, EntryFact) else ()
            loose = [s for s in right.free_symbols if isinstance(s, Symbol) and s not in own]
            return Tuple(*loose) if own else Tuple(left, right)
    return Tuple()


def _possible(fact: Fact, world: World) -> bool:
    match fact:
        case EqualFact(left, right):
            return index(left, world) == index(right, world)
        case UnequalFact(left, right):
            return index(left, world) != index(right, world)
        case SizeFact(size, least):
            return index(size, world) >= index(least, world)
    return True


def _meeting(fact: Fact, world: World) -> World:
    """The world changed so that the fact holds."""
    match fact:
        case SumFact(total, number):
            body, own = total.open()
            if not isinstance(body, Indexed):
                return world
            axis = body.indices.index(own)
            array = world[body.base]
            sums: dict[Any, Any] = {}
            for place, entry in array.items():
                key = place[:axis] + place[axis + 1 :]
                sums[key] = sums.get(key, 0) + entry
            scaled = {
                place: entry * value(number, world) / sums[place[:axis] + place[axis + 1 :]]
                for place, entry in array.items()
            }
            return {**world, body.base: scaled}
        case EntryFact(entry, right):
            places = product(*(range(1, index(n, world) + 1) for n in entry.base.shape))
            array = {
                place: value(right, {**world, **dict(zip(entry.indices, place, strict=True))})
                for place in places
            }
            return {**world, entry.base: array}
        case PositiveFact(Indexed() as entry):
            return {**world, entry.base: {p: abs(v) for p, v in world[entry.base].items()}}
    return world


def close(left: Any, right: Any, tolerance: float = 1e-9) -> bool:
    """Whether two numbers agree."""
    return bool(abs(left - right) <= tolerance * (1 + abs(left) + abs(right)))
