"""Declared facts: what a person says of labels, indices and signs, and the ranges of indices.

A rule that uses a fact names it in its step. The checker assumes in a step just the facts that
the step names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as with_changes
from functools import cached_property

from sympy import Eq, Expr, Ge, Gt, Indexed, Le, Ne, Symbol
from sympy.core.basic import Basic

from derive.gathering import Layout
from derive.notation import ZERO, Minus, Opened, Total, entries, names, plus, replace


@dataclass(frozen=True)
class IndexRange:
    """``lower <= index <= upper``: the range of an index, taken from the shape it indexes."""

    index: Expr
    lower: Expr
    upper: Expr

    @property
    def statement(self) -> Basic:
        return Le(self.index, self.upper)


@dataclass(frozen=True)
class SumFact:
    """``total = value``, as in ``Σ_i y_i = 1``, for every value of its free indices."""

    total: Total
    value: Expr

    @property
    def statement(self) -> Basic:
        return Eq(self.total.doit(), self.value.doit(), evaluate=False)


@dataclass(frozen=True)
class EntryFact:
    """``entry = value`` for every index, as in the one-hot label ``y_i = δ_{it}``."""

    entry: Indexed
    value: Expr

    @property
    def statement(self) -> Basic:
        return Eq(self.entry, self.value.doit(), evaluate=False)


@dataclass(frozen=True)
class EqualFact:
    """Two indices are equal: the case ``k = t``."""

    left: Expr
    right: Expr

    @property
    def statement(self) -> Basic:
        return Eq(self.left, self.right)


@dataclass(frozen=True)
class UnequalFact:
    """Two indices differ: the case ``k != t``."""

    left: Expr
    right: Expr

    @property
    def statement(self) -> Basic:
        return Ne(self.left, self.right)


@dataclass(frozen=True)
class PositiveFact:
    """``more > less``, for every value of the free indices of both."""

    more: Expr
    less: Expr = ZERO

    @property
    def expression(self) -> Expr:
        """What is positive: the difference."""
        return self.more if self.less == 0 else plus(self.more, Minus(self.less))

    @property
    def statement(self) -> Basic:
        return Gt(self.more.doit(), self.less.doit(), evaluate=False)

    @cached_property
    def subject(self) -> Indexed | Symbol | None:
        """The entry or the number of which alone it speaks; None where it speaks of more."""
        found = set(entries(self.expression))
        numbers = names(self.expression).difference(*map(names, found))
        return next(iter(found | numbers)) if len(found | numbers) == 1 else None

    def as_to(self, expr: Expr) -> Expr:
        """What is positive, of the entry that stands in ``expr``: a fact holds for every index."""
        own = self.subject
        if not isinstance(own, Indexed):
            return self.expression
        entry = next((e for e in entries(expr) if e.base == own.base), own)
        moved = zip(own.indices, entry.indices, strict=True)
        return replace(self.expression, {i: at for i, at in moved if isinstance(i, Symbol)})

    def allows(self, number: Expr) -> bool:
        """Whether a number can be what the fact alone speaks of."""
        return bool(self.expression.doit().subs(self.subject, number) > 0)


@dataclass(frozen=True)
class SizeFact:
    """``size >= least``: there are at least so many classes."""

    size: Symbol
    least: Expr

    @property
    def statement(self) -> Basic:
        return Ge(self.size, self.least)


@dataclass(frozen=True)
class Definition:
    """``entry := value``: a name for an expression, such as ``ŷ_i`` for a softmax.

    ``entry`` is an ``Indexed`` whose indices are symbols (any index may take their place), or a
    plain ``Symbol``. ``softmax`` says that the entries sum to one over the last axis, whatever they
    are made of.
    """

    entry: Indexed | Symbol
    value: Expr
    softmax: bool = False

    def __str__(self) -> str:
        """``name = value`` on one line, for who asks what a name stands for."""
        return f"{self.entry} = {self.value}"

    @property
    def statement(self) -> Basic:
        return Eq(self.entry, self.value.doit(), evaluate=False)

    @property
    def base(self) -> Expr:
        return self.entry.base if isinstance(self.entry, Indexed) else self.entry

    @property
    def indices(self) -> tuple[Symbol, ...]:
        return tuple(self.entry.indices) if isinstance(self.entry, Indexed) else ()


@dataclass(frozen=True)
class Lemma:
    """``before = after`` for all values of ``indices``, derived elsewhere under ``name``.

    ``assumptions`` are what it was derived under: that two indices are equal, or that they differ.
    """

    name: str
    before: Expr
    after: Expr
    indices: tuple[Symbol, ...]
    assumptions: tuple[EqualFact | UnequalFact, ...] = ()


Fact = (
    IndexRange
    | SumFact
    | EntryFact
    | EqualFact
    | UnequalFact
    | PositiveFact
    | SizeFact
    | Definition
)


@dataclass(frozen=True)
class Given:
    """All that a rule may rely on at a place in an expression: facts, definitions, ranges.

    ``scope`` holds the ranges of the indices that are bound around that place; ``apart`` and
    ``equal`` say which indices differ there, and which are equal; ``layout`` says how entries are
    to be put together to arrays.
    """

    facts: tuple[Fact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    scope: tuple[IndexRange, ...] = ()
    apart: tuple[UnequalFact, ...] = ()
    equal: tuple[EqualFact, ...] = ()
    lemmas: tuple[Lemma, ...] = ()
    layout: Layout | None = None

    def of(self, kind: type) -> Iterator[Fact]:
        """The declared facts of one kind."""
        return (f for f in self.facts if isinstance(f, kind))

    def range_of(self, index: Expr) -> IndexRange | None:
        """The range of an index, bound here or free."""
        for known in (*self.scope, *self.of(IndexRange)):
            if not isinstance(known, IndexRange):
                continue
            if known.index == index:
                return known
            # A class taken from an array of integers, t[n], has one range for every n.
            both = isinstance(index, Indexed) and isinstance(known.index, Indexed)
            if both and known.index.base == index.base:
                return known
        return None

    def definition_of(self, entry: Expr) -> Definition | None:
        """The definition that ``entry`` is an instance of."""
        base = entry.base if isinstance(entry, Indexed) else entry
        return next((d for d in self.definitions if d.base == base), None)

    @cached_property
    def by_base(self) -> dict[Expr, Definition]:
        """The definitions by what they define."""
        return {d.base: d for d in self.definitions}

    def within(self, index: Opened, limits: tuple[Expr, ...]) -> Given:
        """The same inside a binder over ``index``."""
        lower, upper, *excluded = limits
        here = IndexRange(index, lower, upper)
        apart = tuple(UnequalFact(index, other) for other in excluded)
        return with_changes(self, scope=(here, *self.scope), apart=(*apart, *self.apart))

    def deciding(self, first: Expr, second: Expr, equal: bool) -> Given:
        """The same where two indices are equal, or where they differ."""
        if equal:
            return with_changes(self, equal=(EqualFact(second, first), *self.equal))
        return with_changes(self, apart=(UnequalFact(first, second), *self.apart))

    def also(self, *facts: Fact) -> Given:
        """The same with further facts."""
        return with_changes(self, facts=(*self.facts, *facts))

    def differ(self, left: Expr, right: Expr) -> UnequalFact | None:
        """The fact that two indices differ, where one is declared or comes from a binder."""
        pair = {left, right}
        for known in (*self.apart, *self.of(UnequalFact)):
            if isinstance(known, UnequalFact) and {known.left, known.right} == pair:
                return known
        return None

    def least(self, size: Expr) -> SizeFact | None:
        """The fact that a size is at least some number, where one is declared."""
        known = (f for f in self.of(SizeFact) if isinstance(f, SizeFact))
        return next((f for f in known if f.size == size), None)

    def declared(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """Those of ``facts`` that stem from a declaration rather than from a binder nearby."""
        local = {f.index for f in self.scope}
        return tuple(
            f
            for f in facts
            if f not in (*self.apart, *self.equal)
            and not (isinstance(f, IndexRange) and names(f.index) & local)
        )
