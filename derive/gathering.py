"""From the entry of an array to the array: ``a_k b_l`` is the entry of ``a b^T``.

A product under sums is read as a path. Its indices are places, a factor with two of them leads from
one to the other, one with a single index stands at its place. From the row's index to the column's
the factors are multiplied in the order in which the path meets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from functools import reduce

from sympy import Expr, Indexed, IndexedBase

from derive.arrays import (
    Column,
    Diagonal,
    Identity,
    Ones,
    Part,
    Product,
    Row,
    Transposed,
    Whole,
    is_array,
)
from derive.notation import (
    ONE,
    Delta,
    Inert,
    Minus,
    Plus,
    Quotient,
    Times,
    Total,
    bases,
    code,
    factors,
    heads,
    names,
    plus,
    terms,
    times,
    without,
)


@dataclass(frozen=True)
class Layout:
    """How entries are put together to arrays.

    Attributes:
        row, column: The indices that run down and across; None for an axis of length one.
        upright: Matrices whose rows are written as columns, such as the inputs ``x_n``.
        at_once: Whether sums become matrix products in the same step, and not sums of arrays first.
    """

    row: Expr | None = None
    column: Expr | None = None
    upright: frozenset[IndexedBase] = frozenset()
    at_once: bool = False

    def at(self, row: Expr | None, column: Expr | None) -> Layout:
        """The same for other indices."""
        return with_changes(self, row=row, column=column)

    @property
    def indices(self) -> tuple[Expr, ...]:
        return tuple(i for i in (self.row, self.column) if i is not None)


def gathered(
    expr: Expr,
    layout: Layout,
    sizes: Mapping[Expr, Expr] | None = None,
    contract: bool = False,
) -> Expr | None:
    """The array whose entry at the indices of ``layout`` is ``expr``; None where there is none.

    ``sizes`` are how far indices run from 1; others run along the whole of their axes. With
    ``contract`` a sum over an index becomes a matrix product, otherwise a sum of arrays.
    """
    gathering = _Gathering(layout.upright, dict(sizes or {}), contract)
    return gathering.array(expr, layout.row, layout.column)


def extent(expr: Expr) -> int:
    """How much there is to read: letters, indices, signs, sums and the word for a diagonal."""
    match expr:
        case Indexed():
            return 1 + len(expr.indices)
        case Part():
            return 1 + len(expr.fixed)
        case Ones() | Identity():
            return 1
        case Plus():
            return len(expr.args) - 1 + sum(extent(_unsigned(a)) for a in expr.args)
        case Times() | Product():
            return sum(map(extent, expr.args))
        case Total():
            return 3 + extent(expr.body)
        case Diagonal():
            return 2 + extent(expr.operand)
        case Inert():
            return 1 + sum(map(extent, expr.args))
    return 1


class _Gathering:
    """Puts entries together; ``sizes`` grows by the indices of the sums that are opened."""

    def __init__(
        self, upright: frozenset[IndexedBase], sizes: dict[Expr, Expr], contract: bool
    ) -> None:
        self.upright = upright
        self.sizes = sizes
        self.free = frozenset(sizes)
        self.contract = contract

    def array(self, expr: Expr, row: Expr | None, column: Expr | None) -> Expr | None:
        """The array with the entries ``expr`` at ``row`` and ``column``."""
        if isinstance(expr, Minus):
            inner = self.array(expr.operand, row, column)
            return None if inner is None else _negative(inner)
        live = _given(row, column)
        if not set(live) <= names(expr):
            return self._repeated(expr, row, column) if self.contract else None
        match expr:
            case Indexed():
                return self._entry(expr, row, column)
            case Delta(args=ends) if set(ends) == set(live):
                return Identity(self.sizes[row]) if row in self.sizes else None
            case Plus(args):
                return _sum(self.array(t, row, column) for t in args)
            case Quotient(above, below) if not set(live) & names(below):
                inner = self.array(above, row, column)
                return None if inner is None else _quotient(inner, below)
            case Times(args):
                return self._product(args, row, column)
            case Total():
                return (self._contraction if self.contract else self._total)(expr, row, column)
        return None

    def _repeated(self, expr: Expr, row: Expr | None, column: Expr | None) -> Expr | None:
        """What lacks an index is the same along that axis: a product with a vector of ones."""
        missing = [i for i in _given(row, column) if i not in names(expr)]
        if len(missing) > 1 or missing[0] not in self.sizes:
            return None
        if len(_given(row, column)) > 1 and missing[0] not in self.free:
            # A matrix of equal rows only to sum over them would be a detour.
            return None
        if Total in heads(expr) and missing == list(_given(row, column)):
            # A sum that is the same for every entry is read more easily with its indices.
            return None
        ones = Ones(self.sizes[missing[0]])
        if row is None or column is None:
            whole = ones if column is None else Transposed(ones)
            return whole if expr == ONE else times(expr, whole)
        if missing == [row]:
            right = self.array(expr, None, column)
            return None if right is None else _multiplied([ones, right])
        left = self.array(expr, row, None)
        return None if left is None else _multiplied([left, Transposed(ones)])

    def _entry(self, entry: Indexed, row: Expr | None, column: Expr | None) -> Expr | None:
        live = _given(row, column)
        for index, size in zip(entry.indices, entry.base.shape or (), strict=False):
            if index in live and self.sizes.get(index, size) != size:
                return None
        match entry.indices:
            case (only,) if only in live:
                found, down = Whole(entry.base), only == row
            case (first, last) if first != last and {first, last} == set(live):
                found, down = Whole(entry.base), first == row
            case (first, last) if live == (last,) and last not in names(first):
                upright = entry.base in self.upright
                found = (Column if upright else Row)(entry.base, first)
                down = (last == row) is upright
            case _:
                return None
        return found if down else Transposed(found)

    def _total(self, total: Total, row: Expr | None, column: Expr | None) -> Expr | None:
        """The sum of the arrays of its terms."""
        body, index = total.open()
        inner = self.array(body, row, column)
        return None if inner is None else total.over(inner, index)

    def _contraction(self, total: Total, row: Expr | None, column: Expr | None) -> Expr | None:
        """A matrix product, of sums directly inside each other too."""
        if row is None and column is not None and bases(total) & self.upright:
            # A row of what is written as columns.
            upright = self.array(total, column, None)
            return None if upright is None else Transposed(upright)
        body: Expr = total
        bound: list[Expr] = []
        while isinstance(body, Total):
            if body.excluded or body.lower != 1:
                return None
            upper = body.upper
            body, index = body.open()
            self.sizes[index] = upper
            bound.append(index)
        return self._product(factors(body), row, column, bound)

    def _product(
        self,
        parts: Sequence[Expr],
        row: Expr | None,
        column: Expr | None,
        bound: Sequence[Expr] = (),
    ) -> Expr | None:
        """Scalars times the array of the rest, multiplied out where that is shorter."""
        idle = [i for i in bound if not any(i in names(f) for f in parts)]
        if idle and not self.contract:
            return None
        # A sum over nothing counts.
        parts = [*(self.sizes[i] for i in idle), *parts]
        bound = [i for i in bound if i not in idle]
        wanted = {*_given(row, column), *bound}
        scalars = [f for f in parts if not wanted & names(f)]
        others = tuple(f for f in parts if wanted & names(f))
        if not others and not bound:
            return self._repeated(times(*scalars), row, column) if self.contract else None
        found = [_Path(self, others, row, column, bound).array()]
        for n, factor in enumerate(others):
            if self.contract and isinstance(_unsigned(factor), Plus):
                rest = without(others, n)
                several = [
                    self._product((*rest, *factors(_unsigned(t))), row, column, bound)
                    for t in terms(_unsigned(factor))
                ]
                signs = [isinstance(t, Minus) for t in terms(_unsigned(factor))]
                whole = _sum(
                    _negative(a) if a is not None and minus else a
                    for a, minus in zip(several, signs, strict=True)
                )
                turned = whole is not None and isinstance(factor, Minus)
                found.append(_negative(whole) if turned else whole)
                break
        ready = [a for a in found if a is not None]
        return _scaled(scalars, min(ready, key=extent)) if ready else None


class _Path:
    """The factors of a product on their way from the row's index to the column's."""

    def __init__(
        self,
        gathering: _Gathering,
        parts: Iterable[Expr],
        row: Expr | None,
        column: Expr | None,
        bound: Sequence[Expr],
    ) -> None:
        self.gathering = gathering
        self.row, self.column = row, column
        self.places = {*_given(row, column), *bound}
        self.unseen = set(bound)
        self.leading: list[tuple[list[Expr], Expr]] = []
        self.standing: dict[Expr, list[Expr]] = {}
        self.tangled = False
        for factor in parts:
            ends = [i for i in (*_given(row, column), *bound) if i in names(factor)]
            if len(ends) == 1:
                self.standing.setdefault(ends[0], []).append(factor)
            else:
                self.leading.append((ends, factor))
                self.tangled |= len(ends) > 2

    def array(self) -> Expr | None:
        """The product; None where the factors form no path, or one of them is no array."""
        if self.tangled:
            return None
        found: list[Expr | None] = []
        if self.row is not None:
            found = self._from(self.row, down=True)
        elif self.column is None:
            # A number: it begins with a row.
            place = next((i for i in self.standing), None)
            if place is None:
                return None
            found = [self.gathering.array(self.standing[place].pop(0), None, place)]
            found += self._from(place, down=True)
        if self.column in self.places and self.column is not None:
            found += self._from(self.column, down=False)[::-1]
        left_over = self.leading or self.unseen or any(self.standing.values())
        if left_over or not found or any(a is None for a in found):
            return None
        return _multiplied([a for a in found if a is not None])

    def _from(self, place: Expr, down: bool) -> list[Expr | None]:
        """The arrays met from a place on; ``down`` from the row's end of the path."""
        found: list[Expr | None] = []
        while True:
            self.places.discard(place)
            self.unseen.discard(place)
            ahead = [n for n, (ends, _) in enumerate(self.leading) if place in ends]
            if len(ahead) > 1:
                return [None]
            arrives = bool(found) and place == self.column
            found += self._at(place, down) if not ahead and not arrives else self._scaling(place)
            if not ahead:
                return found
            both, factor = self.leading.pop(ahead[0])
            (after,) = (i for i in both if i != place)
            ends = (place, after) if down else (after, place)
            found.append(self.gathering.array(factor, *ends))
            place = after

    def _at(self, place: Expr, down: bool) -> list[Expr | None]:
        """The vector at the end of the path; a sum over nothing more is a product with ones."""
        if not self.standing.get(place):
            size = self.gathering.sizes.get(place) if self.gathering.contract else None
            return [None if size is None else _turned(Ones(size), down)]
        # Letters scale what is longer.
        self.standing[place].sort(key=lambda f: isinstance(f, Indexed))
        vector = self.standing[place].pop(0)
        scaling = self._scaling(place)
        if scaling and place in (self.row, self.column):
            # A product entry by entry is read more easily with its indices.
            return [None]
        return [*scaling, self.gathering.array(vector, *((place, None) if down else (None, place)))]

    def _scaling(self, place: Expr) -> list[Expr | None]:
        """What scales rows or columns: the letter of a vector, or a sum of letters."""
        factors = self.standing.pop(place, [])
        vectors = [self.gathering.array(f, place, None) for f in factors]
        letters = (t for v in vectors for t in ((None,) if v is None else terms(v)))
        plain = all(t is not None and isinstance(_unsigned(t), Part) for t in letters)
        if not plain or len(vectors) > 1 or (vectors and not self.gathering.contract):
            return [None]
        return [Diagonal(v) for v in vectors]


def _given(*indices: Expr | None) -> tuple[Expr, ...]:
    return tuple(i for i in indices if i is not None)


def _turned(array: Expr, down: bool) -> Expr:
    return array if down else Transposed(array)


def _unsigned(array: Expr) -> Expr:
    return array.operand if isinstance(array, Minus) else array


def _sum(arrays: Iterable[Expr | None]) -> Expr | None:
    """The sum; of what is all transposed, the transposed of a sum."""
    found = list(arrays)
    if any(a is None for a in found):
        return None
    if all(isinstance(_unsigned(a), Transposed) for a in found):
        return Transposed(plus(*map(_flipped, found)))
    return _shared(_shared(plus(*found), -1), 0)


def _shared(array: Expr, end: int) -> Expr:
    """A sum with the first, or last, matrix of several products taken out: ``A C + B C``."""
    alike: dict[str, list[tuple[Expr, Expr, Expr]]] = {}
    for term in terms(array):
        scalars, inner, negative = _parted(term)
        cores = [m for f in inner for m in _multiplicands(f)]
        if len(cores) > 1:
            core = cores.pop(end)
            key, turned = _like(core)
            rest = times(*scalars, reduce(Product, cores))
            rest = Minus(rest) if negative else rest
            same = (_negative(core), _negative(rest)) if turned else (core, rest)
            alike.setdefault(key, []).append((term, *same))
    group = next((found for found in alike.values() if len(found) > 1), None)
    if group is None:
        return array
    taken, (core, *_), rests = zip(*group, strict=True)
    # What is taken off stands behind what it is taken off from.
    left = _sum(sorted(rests, key=lambda r: isinstance(r, Minus)))
    whole = _multiplied([core, left] if end == 0 else [left, core])
    return _shared(plus(whole, *(t for t in terms(array) if t not in taken)), end)


def _like(array: Expr) -> tuple[str, bool]:
    """What an array and its negative have in common, and whether it is the one with more signs."""
    if isinstance(array, Transposed):
        key, turned = _like(array.operand)
        return f"transposed {key}", turned
    if not isinstance(array, Plus):
        return code(array), False
    signs = sorted((code(_unsigned(t)), isinstance(t, Minus)) for t in array.args)
    turned = signs[0][1]
    return ";".join(f"{c}{minus ^ turned}" for c, minus in signs), turned


def _flipped(array: Expr) -> Expr:
    """The operand of a transposed array, with its sign."""
    inner = _unsigned(array).operand
    return Minus(inner) if isinstance(array, Minus) else inner


def _quotient(array: Expr, below: Expr) -> Expr:
    if isinstance(array, Minus):
        return Minus(Quotient(array.operand, below))
    return Quotient(array, below)


def _scaled(scalars: Iterable[Expr], array: Expr) -> Expr:
    """An array times numbers, its sign before all of them."""
    whole = times(*scalars, _unsigned(array))
    return _negative(whole) if isinstance(array, Minus) else whole


def _multiplied(arrays: Sequence[Expr]) -> Expr:
    """The matrix product, with what scales its factors before it."""
    found = [_parted(a) for a in arrays]
    scalars = [f for outer, _, _ in found for f in outer]
    cores = [c for _, inner, _ in found for c in inner]
    turned = sum(negative for *_, negative in found) % 2 == 1
    others = [c for c in cores if not isinstance(c, Identity)] or cores[:1]
    whole = times(*scalars, reduce(Product, others))
    return _negative(whole) if turned else whole


def _parted(array: Expr) -> tuple[list[Expr], list[Expr], bool]:
    """The numbers and the matrices that are multiplied in an array, and whether it is negative."""
    parts = factors(_unsigned(array))
    cores = [f for f in parts if is_array(f)]
    return [f for f in parts if not is_array(f)], cores, isinstance(array, Minus)


def _multiplicands(array: Expr) -> list[Expr]:
    """The matrices whose product an array is."""
    if isinstance(array, Product):
        return [*_multiplicands(array.left), *_multiplicands(array.right)]
    return [array]


def _negative(array: Expr) -> Expr:
    """The negative, without a sign where a difference in it can be turned round."""
    if isinstance(array, Minus):
        return array.operand
    turned = _turned_round(array)
    return Minus(array) if turned is None else turned


def _turned_round(array: Expr) -> Expr | None:
    """The negative of an array in which a difference begins with the other of its terms."""
    match array:
        case Plus(args):
            negative = [a.operand for a in args if isinstance(a, Minus)]
            positive = [a for a in args if not isinstance(a, Minus)]
            if len(negative) < len(positive) or not negative:
                return None
            return Plus(*negative, *map(Minus, positive))
        case Transposed(operand):
            inner = _turned_round(operand)
            return None if inner is None else Transposed(inner)
        case Times(args) | Product(args=args):
            for n, factor in enumerate(args):
                inner = _turned_round(factor) if is_array(factor) else None
                if inner is not None:
                    return array.func(*args[:n], inner, *args[n + 1 :])
    return None
