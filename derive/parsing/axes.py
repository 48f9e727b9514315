"""Sizes of the axes of arrays, from the ranges of the indices that stand there.

Axes that the same index runs over have the same size, so they are joined; the range of a sum gives
the size to all that are joined with its index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from sympy import Dummy, Expr, Integer, Symbol

from derive.errors import DeriveError
from derive.parsing.reach import (
    Index,
    Use,
    affine,
    extreme,
    furthest,
    is_beyond,
    size_above,
    size_of,
)
from derive.parsing.roles import Roles
from derive.parsing.source import Place
from derive.parsing.statement import Statement
from derive.parsing.tree import (
    Chain,
    Delta,
    Entry,
    Limits,
    Name,
    Node,
    Number,
    Reduction,
    Relation,
    Total,
    walk,
)

Axis: TypeAlias = tuple[str, int]
"""An array and the number of the axis, from 0."""

USUAL_SIZE = "C"
"""What the size of a softmax is called where nothing else tells."""


Joined: TypeAlias = Axis | Index
Scope: TypeAlias = Mapping[str, Index]


@dataclass
class Axes:
    """What is known of the sizes of axes and indices.

    Attributes:
        roles: What each name is.
        used: The axes in order of appearance, each with the place and the index of its first use.
        running: The index that runs in each softmax.
        largest: The largest whole number that stands at an axis.
        uses: How far each axis is used in sums, and by the names of sizes.
    """

    roles: Roles
    used: dict[Axis, Node] = field(default_factory=dict)
    running: dict[Node, Index] = field(default_factory=dict)
    largest: dict[Joined, int] = field(default_factory=dict)
    uses: dict[Joined, list[Use]] = field(default_factory=dict)
    _free: dict[str, Index] = field(default_factory=dict)
    _parents: dict[Joined, Joined] = field(default_factory=dict)
    _sizes: dict[Joined, Expr] = field(default_factory=dict)
    _told: dict[Joined, Place] = field(default_factory=dict)
    _hints: list[tuple[Joined, Expr | Joined, int]] = field(default_factory=list)

    def shape(self, name: str) -> tuple[Expr | None, ...]:
        """The sizes of the axes of an array, where they are known."""
        return tuple(self.size(axis) for axis in sorted(a for a in self.used if a[0] == name))

    def size(self, joined: Joined) -> Expr | None:
        """The size of an axis, or of the axes that an index runs over."""
        return self._sizes.get(self._root(joined))

    def index(self, name: str, scope: Scope) -> Index | None:
        """The index of that name, bound around or free; None for a size."""
        if name in scope:
            return scope[name]
        return self._free.setdefault(name, Index(name)) if self.roles.is_index(name) else None

    def join(self, one: Joined, other: Joined, place: Place) -> None:
        """Two have the same size; ``DeriveError`` where they are known not to."""
        first, second = self._root(one), self._root(other)
        if first != second:
            self._parents[first] = second
            if first in self._sizes:
                told = self._told[second] if second in self._told else self._told[first]
                self._give(second, self._sizes[first], place, told)

    def give(self, joined: Joined, size: Expr, place: Place) -> None:
        """An axis or index has a size; ``DeriveError`` where it is known to have another."""
        self._give(self._root(joined), size, place, place)

    def _give(self, root: Joined, size: Expr, place: Place, told: Place) -> None:
        known = self._sizes.setdefault(root, size)
        told = self._told.setdefault(root, told)
        if known != size:
            held = [axis for axis in self.used if self._root(axis) == root]
            if len(held) == 1:
                # Two indices of one axis: what they are called does not matter.
                raise _two_sizes(held[0], (known, told), (size, place))
            raise place.error(
                f"axes of size {known} and {size} are taken for one here, see "
                f"{told.seen_from(place)}; use an index of its own for each axis"
                f"{_as_index(known, size)}"
            )

    def hint(self, joined: Joined, size: Expr | Joined, more: int = 0) -> None:
        """What to take for the size, and how much more, where nothing better is known."""
        self._hints.append((joined, size, more))

    def follow_hints(self) -> None:
        """Give sizes where only hints tell them, those by name first."""
        for kind in (Symbol, Expr):
            for _ in self._hints:
                for joined, hint, more in self._hints:
                    size = hint if isinstance(hint, Expr) else self.size(hint)
                    if size is not None and isinstance(size, kind) and self.size(joined) is None:
                        self._sizes[self._root(joined)] = size + more

    def _root(self, joined: Joined) -> Joined:
        while joined in self._parents:
            joined = self._parents[joined]
        return joined


def axes_of(statement: Statement, roles: Roles) -> Axes:
    """The sizes of all axes.

    Raises ``DeriveError`` where two uses disagree.
    """
    axes = Axes(roles)
    for tree in statement.expressions:
        _visit(tree, {}, axes)
    told = _letters(*statement.expressions, *statement.where)
    told = told.union(*(_letters(fact) - _generic(fact) for fact in statement.given))
    for variable in statement.variables:
        # A letter that stands in variables alone may run over axes of different sizes there.
        _visit(variable, {name: Index(name) for name in _letters(variable) - told}, axes)
    for relation in statement.where:
        left = relation.left
        own = left.indices if isinstance(left, Entry) else ()
        names = {node.name for node in own if isinstance(node, Name)}
        _visit(relation, {name: Index(name) for name in names}, axes)
    for relation in statement.given:
        _visit(relation, {name: Index(name) for name in _generic(relation)}, axes)
    for tree, variable in zip(statement.along, statement.variables, strict=False):
        _visit_along(tree, variable, axes)
    for over, uses in axes.uses.items():
        _settle(over, uses, axes)
    axes.follow_hints()
    unsized = [index for index in axes.running.values() if axes.size(index) is None]
    if unsized and _is_free(USUAL_SIZE, roles):
        # Several softmaxes are then taken to be over the same classes.
        roles.sizes[USUAL_SIZE] = roles.parameters.pop(USUAL_SIZE, _any_place(statement))
        for index in unsized:
            axes.hint(index, size_of(USUAL_SIZE))
        axes.follow_hints()
    for over, largest in axes.largest.items():
        # Entries that have numbers and nothing else are all there are.
        if axes.size(over) is None:
            axes.hint(over, Integer(largest))
    axes.follow_hints()
    for axis, first in axes.used.items():
        if axes.size(axis) is None and axis[0] not in statement.defined:
            # Nothing tells how long it is: it has a size of its own.
            taken = {*roles.parameters, *statement.defined}
            size = next(n for n in spare_sizes() if _is_free(n, roles) and n not in taken)
            roles.sizes[size] = first.place
            axes.give(axis, size_of(size), first.place)
    return axes


def _visit_along(tree: Node, variable: Node, axes: Axes) -> None:
    """The vector that a Hessian is multiplied by has the axes of the variable."""
    if not isinstance(tree, Entry):
        return
    names = {node.name for node in tree.indices if isinstance(node, Name)}
    _visit(tree, {name: Index(name) for name in names}, axes)
    if isinstance(variable, Entry) and len(variable.indices) == len(tree.indices):
        for number, index in enumerate(tree.indices):
            axes.join((tree.name, number), (variable.name, number), index.place)


def linear(node: Node) -> tuple[str, int] | None:
    """``k + 2`` as a name and a number; None for anything else."""
    match node:
        case Name(_, name):
            return name, 0
        case Chain(_, Name(_, name), rest):
            shift = 0
            for operator, term in rest:
                if operator not in "+-" or not isinstance(term, Number):
                    return None
                shift += int(term.value) if operator == "+" else -int(term.value)
            return name, shift
        case Chain(place, Number() as first, (("+", Name() as second), *rest)):
            return linear(Chain(place, second, (("+", first), *rest)))
    return None


def moved_entry(node: Node) -> Entry | None:
    """The ``t[n]`` of a ``t[n] + 1``; None for anything else."""
    match node:
        case Chain(_, Entry() as first, rest) if all(
            operator in "+-" and isinstance(term, Number) for operator, term in rest
        ):
            return first
        case Chain(_, Number(), (("+", Entry() as second), *rest)) if not rest:
            return second
    return None


def _visit(node: Node, scope: Scope, axes: Axes) -> None:
    match node:
        case Entry(_, name, indices):
            for number, index in enumerate(indices):
                _stand((name, number), index, scope, axes)
            return
        case Total(_, body, limits):
            _visit(body, _opened(limits, scope, axes), axes)
            return
        case Reduction(_, _, body, index, selected):
            own = axes.running[node] = Index(index.name)
            _visit(body, {**scope, index.name: own}, axes)
            if selected is not None:
                _run(own, selected, scope, axes)
            return
        case Relation(_, Name(place, name), "<=", Name(_, size)) if size in axes.roles.sizes:
            index_of = axes.index(name, scope)
            if index_of is not None:
                axes.give(index_of, size_of(size), place)
            return
        case Relation(_, Entry(place, name), "<=", Name(_, size)) if size in axes.roles.sizes:
            axes.give((name, -1), size_of(size), place)
        case Delta(_, (Name(_, first), Name(_, second))):
            one, other = axes.index(first, scope), axes.index(second, scope)
            if one is not None and other is not None:
                axes.hint(one, other)
                axes.hint(other, one)
    for part in node.parts:
        _visit(part, scope, axes)


def _stand(axis: Axis, index: Node, scope: Scope, axes: Axes) -> None:
    """What the index of an entry tells of the axis that it stands at."""
    axes.used.setdefault(axis, index)
    _run(axis, index, scope, axes)


def _run(over: Joined, index: Node, scope: Scope, axes: Axes) -> None:
    """``index`` runs over an axis, or over the axis that another index runs over."""
    if isinstance(index, Entry):
        # All entries of an array of indices lie in one axis.
        _visit(index, scope, axes)
        axes.join(over, (index.name, -1), index.place)
        return
    if isinstance(index, Number):
        axes.largest[over] = max(int(index.value), axes.largest.get(over, 1))
        return
    moved = moved_entry(index)
    if moved is not None:
        _run(over, moved, scope, axes)
        return
    place = _in_letters(index, scope, axes)
    reach = None if place is None else extreme(place, scope, largest=True)
    start = None if place is None else extreme(place, scope, largest=False)
    if start is not None and (1 - start).is_positive:
        raise index.place.error(
            f"the entries of an array are counted from 1, and this starts at {start}; "
            "correct the range of the sum"
        )
    if reach is not None:
        found = {node.name for node in walk(index) if isinstance(node, Name)}
        bound = frozenset(scope[name] for name in found & scope.keys())
        axes.uses.setdefault(over, []).append(Use(bound, reach, index.place))
        return
    parts = linear(index)
    known = None if parts is None else axes.index(parts[0], scope)
    if parts is not None and known is not None and parts[1] == 0:
        axes.join(over, known, index.place)
    elif parts is not None and known is not None:
        # A free index ends where the axis does; the index of a sum goes on.
        axes.hint(over, known, max(parts[1], 0) if parts[0] in scope else 0)
    elif affine(index, lambda name: Dummy(name)) is None:
        raise index.place.error(
            "the index of an entry is a name, an entry of integers, a whole number, or a sum or "
            "difference of them, as k + 1 and n - l"
        )


def _in_letters(node: Node, scope: Scope, axes: Axes) -> Expr | None:
    """A bound or a subscript in sizes and the letters of bound indices; None for any other."""

    def letter(name: str) -> Expr | None:
        if name in scope:
            return scope[name].letter
        return None if axes.roles.is_index(name) else size_of(name)

    return affine(node, letter)


def _settle(over: Joined, uses: list[Use], axes: Axes) -> None:
    """The size of an axis from how far it is used: T + 1 where it is at i + 1 for i = 1..T."""
    top = furthest(use.reach for use in uses)
    if top is not None and is_beyond(top):
        at = next(use for use in uses if use.reach == top)
        whole = _stopping(uses, top)
        if whole is not None:
            raise at.place.error(
                f"this goes up to entry {top}, and in {whole.place.seen_from(at.place)} the array "
                f"ends at {whole.reach}; let this sum stop earlier, or that one go up to {top}"
            )
        axes.give(over, top, at.place)
        return
    telling = [u for u in uses if is_beyond(u.reach) or (u.reach.is_Symbol and u.bound)]
    for use in telling:
        if isinstance(over, tuple) and use.reach != telling[0].reach:
            first = telling[0]
            raise _two_sizes(over, (first.reach, first.place), (use.reach, use.place))
    for use in uses:
        if use in telling:
            axes.give(over, use.reach, use.place)
        elif use.reach.is_Integer:
            axes.hint(over, use.reach if top is None else top)
        elif (size := size_above(use.reach)) is not None:
            axes.hint(over, size)


def _two_sizes(axis: Axis, told: tuple[Expr, Place], here: tuple[Expr, Place]) -> DeriveError:
    """One axis has two sizes, each with the place that says so."""
    (known, there), (size, place) = told, here
    return place.error(
        f"{axis[0]} is used with two sizes, {known} in {there.seen_from(place)} and {size} here; "
        "write one size in both places, or call one of the arrays by another name"
        + _as_index(known, size)
    )


def _stopping(uses: list[Use], top: Expr) -> Use | None:
    """A use by a sum that goes over all of a shorter array, unless it goes further elsewhere.

    ``V[t + 1] - V[t]`` in one sum says that V is longer by one; what stands by a name or a number,
    as ``V[T + 1]``, says so by itself. So does a multiple of the shorter size: ``f[2 H - i + 1]``.
    """
    far = [use.bound for use in uses if use.reach == top]
    if frozenset() in far:
        return None
    whole = (
        use
        for use in uses
        if (use.reach.is_Symbol or is_beyond(use.reach)) and (top - use.reach).is_Integer
    )
    return next((u for u in whole if u.bound and not u.bound & frozenset().union(*far)), None)


def _opened(limits: tuple[Limits, ...], scope: Scope, axes: Axes) -> Scope:
    """What the names mean inside a sum; its last range is the outermost."""
    for one in reversed(limits):
        for bound in (one.lower, one.upper):
            _visit(bound, scope, axes)
        lowest, highest = (_in_letters(bound, scope, axes) for bound in (one.lower, one.upper))
        own = Index(one.index.name, lowest, highest)
        upper = linear(one.upper)
        known = None if upper is None else axes.index(upper[0], scope)
        if isinstance(one.upper, Number):
            axes.hint(own, Integer(int(one.upper.value)))
        elif isinstance(one.upper, Entry):
            axes.hint(own, (one.upper.name, -1))
        elif upper is not None and known is not None:
            if upper[1] == 0:
                axes.join(own, known, one.upper.place)
            else:
                axes.hint(own, known)
        elif upper is not None and upper[1] == 0:
            axes.give(own, size_of(upper[0]), one.upper.place)
        lower = linear(one.lower)
        first = None if lower is None else axes.index(lower[0], scope)
        if first is not None:
            axes.hint(first, own)
        scope = {**scope, own.name: own}
    return scope


def _letters(*trees: Node) -> frozenset[str]:
    """The names in trees that are none of arrays."""
    return frozenset(n.name for tree in trees for n in walk(tree) if isinstance(n, Name))


def _generic(relation: Relation) -> frozenset[str]:
    """The indices of entries in a fact, which stand there for every index."""

    def free(node: Node, own: frozenset[str]) -> frozenset[str]:
        match node:
            case Total(_, body, limits):
                return free(body, own | {limit.index.name for limit in limits})
            case Entry(_, _, indices):
                found = frozenset(i.name for i in indices if isinstance(i, Name)) - own
                return found.union(*(free(index, own) for index in indices))
        return frozenset().union(*(free(part, own) for part in node.parts))

    return free(relation, frozenset())


def spare_sizes() -> Iterator[str]:
    """Names for the sizes of axes, the usual ones first."""
    yield from "CNDMK"
    yield from (f"C_{number}" for number in count(1))


def _is_free(name: str, roles: Roles) -> bool:
    """Whether a name can be that of a size that nothing else is called by."""
    return name not in roles.arrays and name not in roles.sizes and not roles.is_index(name)


def _any_place(statement: Statement) -> Place:
    return statement.expressions[0].place


def _as_index(*sizes: Expr) -> str:
    """What to do if one of two sizes of an axis is where a sum over the other one stops."""
    small = [s for s in map(str, sizes) if s.islower()]
    large = [s for s in map(str, sizes) if s.isalpha() and not s.islower()]
    if len(large) == 2:
        one, other = large
        return (
            f", or say which is the smaller with a fact, {other} <= {one} or {one} <= {other}; "
            "a sum within another needs an index of its own, if the outer one is meant in it"
        )
    if not small or not large:
        return ""
    return f", or if {small[0]} is an index, say so with the fact {small[0]} <= {large[0]}"
