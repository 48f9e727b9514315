"""Declared facts as hypotheses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from sympy import Expr, Indexed, Symbol

from derive.facts import (
    EntryFact,
    EqualFact,
    Fact,
    IndexRange,
    PositiveFact,
    SizeFact,
    SumFact,
    UnequalFact,
)
from derive.formal.names import identifier
from derive.formal.terms import Scope, index, index_sum, label, term, variable_name
from derive.formal.world import World
from derive.notation import ONE, bases, entries, names


@dataclass(frozen=True)
class Hypothesis:
    """A name and what is assumed under it.

    ``plain`` is that with definitions written out; ``domain`` says that it is there so that
    something has a value.
    """

    name: str
    text: str
    plain: str = ""
    domain: bool = False

    @property
    def written_out(self) -> str:
        return self.plain or self.text

    @property
    def line(self) -> str:
        return f"Hypothesis {self.name} : {self.text}."


def between(index_text: str, lower: Expr, upper: Expr, scope: Scope) -> str:
    """``lower <= index <= upper``."""
    return f"({index_sum(lower, scope)} <= {index_text} <= {index_sum(upper, scope)})%nat"


def of_fact(fact: Fact, scope: Scope, sizes: frozenset[Symbol]) -> Hypothesis | None:
    """The hypothesis that a fact is; None for a definition, which is none."""
    match fact:
        case IndexRange(index=at, lower=lower, upper=upper):
            name = f"{_called(at)}_range"
            if isinstance(at, Indexed):
                claim = between(index_sum(at, scope), lower, upper, scope)
                return Hypothesis(name, _for_all(at, names(at), claim, scope, sizes))
            return Hypothesis(name, between(index(at, scope), lower, upper, scope))
        case SumFact(total, value):
            claim = f"{term(total, scope)} = {term(value, scope)}"
            name = f"{_called(total)}_sum"
            return Hypothesis(name, _for_all(total, names(total), claim, scope, sizes))
        case EntryFact(entry, value):
            claim = f"{term(entry, scope)} = {term(value, scope)}"
            own = names(entry)
            return Hypothesis(
                f"{_called(entry)}_entries", _for_all(entry, own, claim, scope, sizes)
            )
        case PositiveFact(expression=expression):
            claim = f"0 < {term(expression, scope)}"
            own = names(expression)
            return Hypothesis(
                f"{_called(expression)}_positive", _for_all(expression, own, claim, scope, sizes)
            )
        case SizeFact(size, least):
            text = f"({index_sum(least, scope)} <= {index(size, scope)})%nat"
            return Hypothesis(f"{_called(size)}_least", text)
        case EqualFact(left, right):
            name = f"{_called(left)}_is_{_called(right)}"
            return Hypothesis(name, f"{index(left, scope)} = {index(right, scope)}")
        case UnequalFact(left, right):
            name = f"{_called(left)}_is_not_{_called(right)}"
            return Hypothesis(name, f"{index(left, scope)} <> {index(right, scope)}")
    return None


def of_sign(symbol: Symbol, scope: Scope) -> Hypothesis | None:
    """What SymPy is told of the sign of a parameter."""
    name = variable_name(symbol, scope)
    if symbol.is_positive:
        return Hypothesis(f"{name}_positive", f"0 < {name}")
    if symbol.is_negative:
        return Hypothesis(f"{name}_negative", f"{name} < 0")
    if symbol.is_nonnegative:
        return Hypothesis(f"{name}_not_negative", f"0 <= {name}")
    if symbol.is_nonzero:
        return Hypothesis(f"{name}_not_zero", f"{name} <> 0")
    return None


def of_size(size: Symbol, scope: Scope) -> Hypothesis:
    """There is at least one class."""
    name = variable_name(size, scope)
    return Hypothesis(f"{name}_size", f"(1 <= {name})%nat")


def _called(expr: Expr) -> str:
    """A short name for what a fact is about."""
    found = entries(expr)
    if found and not isinstance(expr, Symbol):
        return identifier(label(found[0].base))
    return identifier(str(expr))


def _for_all(
    expr: Expr, own: Iterable[Symbol], claim: str, scope: Scope, sizes: frozenset[Symbol]
) -> str:
    """``claim`` for every value of the indices in it, within the axes that they index."""
    text = claim
    for at, size in reversed(list(axes(expr, own, sizes))):
        name = index(at, scope)
        limits = between(name, ONE, size, scope)
        text = f"forall {name} : nat, {limits} -> {text}"
    return text


def axes(
    expr: Expr, own: Iterable[Symbol], sizes: frozenset[Symbol]
) -> Iterator[tuple[Symbol, Expr]]:
    """Indices of ``expr``, with the sizes of the axes that they index."""
    wanted = {s for s in own if s.is_integer and s not in sizes}
    for entry in entries(expr):
        for at, size in zip(entry.indices, entry.base.shape or (), strict=False):
            if at in wanted:
                wanted.remove(at)
                yield at, size


def speaks_of(fact: Fact, world: World) -> frozenset[Expr]:
    """Arrays, parameters and free indices of a fact; the indices that it holds for are none."""
    if isinstance(fact, IndexRange):
        inside = fact.index.base if isinstance(fact.index, Indexed) else fact.index
        return frozenset({inside}) - world.sizes
    of_indices = isinstance(fact, (EqualFact, UnequalFact))
    found: set[Expr] = set()
    for side in (getattr(fact, field.name) for field in fields(fact)):
        found |= bases(side)
        found |= {s for s in names(side) if of_indices or not s.is_integer or s in world.classes}
    return frozenset(found) - world.sizes
