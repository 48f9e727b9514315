"""From what a user hands in to a checked Problem; every wrong input is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Eq, Expr, Gt, Indexed, IndexedBase, Integer, Lt, Ne, Symbol, Tuple
from sympy.core.basic import Basic
from sympy.logic.boolalg import BooleanAtom

from derive.errors import DeriveError
from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Fact,
    Given,
    IndexRange,
    PositiveFact,
    SumFact,
    UnequalFact,
)
from derive.notation import (
    ONE,
    Binder,
    Delta,
    Log,
    Total,
    bases,
    code,
    names,
)
from derive.problem import Kind, Problem
from derive.reading import as_expr, read
from derive.recognition import is_softmax
from derive.signs import at_most, ingredients, signs

Relations = Iterable[Any]


def pose(
    expression: Any,
    variables: Sequence[Any],
    kind: Kind,
    given: Relations = (),
    where: Relations = (),
    name: str | None = None,
    language: str | None = None,
) -> Problem:
    """The problem of differentiating ``expression`` by ``variables``.

    Raises ``TypeError`` for what is no SymPy expression and ``DeriveError`` for everything else
    that is wrong, before any work is done.
    """
    source = as_expr(expression)
    loss = read(source)
    wanted = tuple(_variable(v) for v in variables)
    definitions = tuple(_definition(relation) for relation in _listed(where, "where"))
    facts = tuple(_fact(relation) for relation in _listed(given, "given"))
    _check_contradictions(facts)
    places = [loss, *wanted, *(d.value for d in definitions), *map(_statement_of, facts)]
    defined = {d.base for d in definitions}
    ranges = _Ranges(defined)
    for _ in range(2):
        # Twice: a fact may give an index of the loss its range, and the other way round.
        for place in (*places, *(d.entry for d in definitions)):
            ranges.collect(place, Given())
    known = ranges.found()
    everything = Given((*facts, *known), definitions)
    for place in places:
        ranges.check(place, everything)
    definitions = tuple(_with_softmax(d) for d in definitions)
    everything = Given((*facts, *known), definitions)
    for variable in wanted:
        _check_variable(variable, loss, definitions, known)
    _check_facts(facts, loss, definitions, wanted)
    _check_logarithms(loss, everything)
    return Problem(
        name=name or kind,
        kind=kind,
        source=source,
        expression=loss,
        variables=wanted,
        facts=facts,
        definitions=definitions,
        ranges=known,
        language=language,
    )


def _listed(relations: Any, argument: str) -> list[Any]:
    if isinstance(relations, (Basic, str)) or not isinstance(relations, Iterable):
        raise TypeError(f"{argument}= takes a list of relations such as [Eq(...)], not {relations!r}")
    return list(relations)


def _variable(value: Any) -> Expr:
    if isinstance(value, (Indexed, Symbol)):
        return value
    if isinstance(value, IndexedBase):
        raise DeriveError(
            f"cannot differentiate by the whole array {value}; name an entry of it, such as {value}[k]"
        )
    raise DeriveError(
        f"cannot differentiate by {value}: it is not an entry such as z[k] nor a parameter such as T"
    )


# Facts and definitions -----------------------------------------------------------------------


def _fact(relation: Any) -> Fact:
    if isinstance(relation, (bool, BooleanAtom)):
        raise DeriveError(
            f"a fact in given= came out as {relation}: SymPy decided it before Derive saw it; "
            "check both sides"
        )
    match relation:
        case Eq(args=(left, right)):
            return _equality(read(left), read(right), relation)
        case Ne(args=(left, right)):
            return UnequalFact(left, right)
        case Gt(args=(left, right)) if right == 0:
            return PositiveFact(read(left))
        case Lt(args=(left, right)) if left == 0:
            return PositiveFact(read(right))
    raise DeriveError(
        f"{relation} is no fact that can be used; a fact is Eq(Sum(y[i], (i, 1, C)), 1), "
        "Eq(y[i], KroneckerDelta(i, t)), Ne(k, t) or w[i] > 0"
    )


def _equality(left: Expr, right: Expr, relation: Eq) -> Fact:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Total):
            return SumFact(one, other)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Indexed):
            own = [a for a in one.indices if isinstance(a, Symbol)]
            if len(own) != len(one.indices):
                raise DeriveError(f"{relation}: the entry {one} must have plain indices, such as y[i]")
            if isinstance(other, Delta) or not names(other) - set(own):
                return EntryFact(one, other)
    if isinstance(left, Symbol) and isinstance(right, (Symbol, Indexed)):
        return EqualFact(left, right)
    raise DeriveError(
        f"{relation} is no fact that can be used; to name an expression, put it into where=[...]"
    )


def _definition(relation: Any) -> Definition:
    if not isinstance(relation, Eq):
        raise DeriveError(f"{relation} is no definition; write where=[Eq(q[i], exp(z[i])/Sum(...))]")
    entry, value = relation.args
    if not isinstance(entry, (Indexed, Symbol)):
        raise DeriveError(f"{relation}: the left side must be the name, such as q[i]")
    if isinstance(entry, Indexed):
        plain = [a for a in entry.indices if isinstance(a, Symbol)]
        if len(set(plain)) != len(entry.indices):
            raise DeriveError(f"{relation}: {entry} must have different plain indices, such as q[i]")
    inner = read(value)
    base = entry.base if isinstance(entry, Indexed) else entry
    if base in bases(inner) | names(inner):
        raise DeriveError(f"{relation} defines {base} by itself")
    return Definition(entry, inner)


def _with_softmax(definition: Definition) -> Definition:
    indices = definition.indices
    softmax = bool(indices) and is_softmax(definition.value, indices[-1])
    return Definition(definition.entry, definition.value, softmax)


def _statement_of(fact: Fact) -> Expr:
    """An inert expression that mentions all that a fact mentions."""
    match fact:
        case SumFact():
            return fact.total
        case EntryFact():
            return Tuple(fact.entry, fact.value)
        case EqualFact() | UnequalFact():
            return Delta(fact.left, fact.right)
        case PositiveFact():
            return fact.expression
    return ONE


def _check_contradictions(facts: tuple[Fact, ...]) -> None:
    for n, first in enumerate(facts):
        for second in facts[n + 1 :]:
            clash = False
            if isinstance(first, SumFact) and isinstance(second, SumFact):
                clash = code(first.total) == code(second.total) and first.value != second.value
            if isinstance(first, EntryFact) and isinstance(second, EntryFact):
                clash = first.entry.base == second.entry.base and first != second
            pair = {type(first), type(second)}
            if pair == {EqualFact, UnequalFact}:
                clash = {first.left, first.right} == {second.left, second.right}
            if pair == {SumFact, EntryFact}:
                total, entry = (first, second) if isinstance(first, SumFact) else (second, first)
                clash = _one_hot_clash(total, entry)
            if clash:
                raise DeriveError(
                    f"the facts {first.statement} and {second.statement} contradict each other; "
                    "keep the one that is meant"
                )


def _one_hot_clash(total: SumFact, entry: EntryFact) -> bool:
    body, index = total.total.open()
    labels = isinstance(body, Indexed) and body.base == entry.entry.base and index in body.indices
    return labels and isinstance(entry.value, Delta) and total.value != 1


def _check_facts(
    facts: tuple[Fact, ...], loss: Expr, definitions: tuple[Definition, ...], wanted: tuple[Expr, ...]
) -> None:
    present = set(ingredients(loss, definitions)) | {s for v in wanted for s in names(v)}
    for fact in facts:
        if isinstance(fact, EntryFact):
            # What the label is made of (its class t) becomes known by the fact itself.
            about = {fact.entry.base}
            present |= names(fact.value)
    for fact in facts:
        if isinstance(fact, EntryFact):
            about = {fact.entry.base}
        elif isinstance(fact, SumFact):
            about = set(bases(fact.total))
        elif isinstance(fact, PositiveFact):
            about = set(bases(fact.expression)) or set(names(fact.expression))
        else:
            about = {s for side in (fact.left, fact.right) for s in names(side)}
        missing = sorted(str(a) for a in about if a not in present)
        if missing or not about:
            raise DeriveError(
                f"the fact {fact.statement} is about {', '.join(missing) or 'nothing'}, which does "
                "not occur in the expression; drop it or correct the name"
            )
        if isinstance(fact, (EntryFact, SumFact)):
            base = next(iter(about))
            for variable in wanted:
                if isinstance(variable, Indexed) and variable.base in about:
                    raise DeriveError(
                        f"cannot differentiate by {variable} under the fact {fact.statement}: it "
                        f"leaves the entries of {base} no room to vary; drop the fact"
                    )


def _check_variable(
    variable: Expr,
    loss: Expr,
    definitions: tuple[Definition, ...],
    ranges: tuple[IndexRange, ...],
) -> None:
    inputs = ingredients(loss, definitions)
    target = variable.base if isinstance(variable, Indexed) else variable
    integer = any(isinstance(r.index, Indexed) and r.index.base == target for r in ranges)
    if integer or variable in {r.index for r in ranges} or _is_size(variable, loss, definitions):
        raise DeriveError(
            f"cannot differentiate by {variable}: it is an index, a class or a size, which takes "
            "whole numbers only"
        )
    if target not in inputs:
        known = ", ".join(sorted(str(s) for s in inputs if not _is_size(s, loss, definitions)))
        raise DeriveError(
            f"cannot differentiate by {variable}: it is not an input of the expression; "
            f"its inputs are {known or 'none'}"
        )
    if any(d.base == target for d in definitions):
        raise DeriveError(
            f"cannot differentiate by {variable}: it is defined in where=; name one of its inputs"
        )


def _is_size(symbol: Expr, loss: Expr, definitions: tuple[Definition, ...]) -> bool:
    arrays = set(bases(loss)) | {b for d in definitions for b in bases(d.value)}
    return any(symbol in names(n) for b in arrays for n in (b.shape or ()))


def _check_logarithms(expr: Expr, given: Given) -> None:
    if isinstance(expr, Log) and 1 not in signs(expr.operand, given):
        raise DeriveError(
            f"log({expr.operand.doit()}) has no real value: its argument is never positive; "
            "check the sign"
        )
    if isinstance(expr, Binder):
        body, index = expr.open()
        _check_logarithms(body, given.within(index, tuple(expr.limits[1:])))
        return
    for argument in expr.args:
        if isinstance(argument, Expr) and not isinstance(expr, Indexed):
            _check_logarithms(argument, given)


# Ranges ------------------------------------------------------------------------------------


class _Ranges:
    """Ranges of free indices, from the shapes they index."""

    def __init__(self, defined: set[Expr]) -> None:
        self.defined = defined
        self.by_index: dict[Expr, IndexRange] = {}

    def found(self) -> tuple[IndexRange, ...]:
        return tuple(self.by_index[i] for i in sorted(self.by_index, key=str))

    def collect(self, expr: Basic, given: Given) -> None:
        """Give every index in an index position, or beside one in a delta, its range."""
        if isinstance(expr, Indexed):
            for index, size in zip(expr.indices, self._shape(expr), strict=False):
                if size is not None and isinstance(index, (Symbol, Indexed)):
                    self._add(index, ONE, size, given, expr)
                self.collect(index, given)
            return
        if isinstance(expr, Delta):
            for one, other in (expr.args, expr.args[::-1]):
                known = given.range_of(other) or self.by_index.get(other)
                if known is not None and isinstance(one, (Symbol, Indexed)):
                    if given.range_of(one) is None and one not in self.by_index:
                        lower, upper = known.lower, known.upper
                        self._add(one, lower, upper, given, expr)
        if isinstance(expr, Binder):
            body, index = expr.open()
            self.collect(body, given.within(index, tuple(expr.limits[1:])))
            return
        for argument in expr.args:
            self.collect(argument, given)

    def _shape(self, entry: Indexed) -> tuple[Expr | None, ...]:
        base = entry.base
        if base in self.defined and base.shape is None:
            return (None,) * len(entry.indices)
        if base.shape is None:
            raise DeriveError(
                f"{entry} has no range for its index {entry.indices[0]}: {base} has no shape; "
                f"write IndexedBase('{base}', shape=(C,))"
            )
        if len(base.shape) != len(entry.indices):
            raise DeriveError(
                f"{entry} has {len(entry.indices)} indices, but {base} has {len(base.shape)} axes"
            )
        for size in base.shape:
            if not (size.is_integer and size.is_positive):
                raise DeriveError(
                    f"the size {size} of {base} is not a positive integer; "
                    f"write symbols('{size}', integer=True, positive=True)"
                )
        return tuple(base.shape)

    def _add(self, index: Expr, lower: Expr, upper: Expr, given: Given, place: Basic) -> None:
        if given.range_of(index) is not None and index not in self.by_index:
            return
        if isinstance(index, Symbol) and index.is_integer is False:
            raise DeriveError(f"the index {index} in {place} is not an integer")
        known = self.by_index.get(index)
        if known is None:
            self.by_index[index] = IndexRange(index, lower, upper)
        elif known.upper != upper:
            smaller = known.upper if at_most(known.upper, upper, Given()) is not None else None
            if smaller is None:
                raise DeriveError(
                    f"the index {index} runs over an axis of size {known.upper} and over one of "
                    f"size {upper} in {place}; use an index for each"
                )

    def check(self, expr: Basic, given: Given) -> None:
        """Every index lies in the axis it indexes."""
        if isinstance(expr, Indexed):
            for index, size in zip(expr.indices, self._shape(expr), strict=True):
                if size is not None:
                    self._check_index(index, size, expr, given)
                if isinstance(index, Indexed):
                    self.check(index, given)
            return
        if isinstance(expr, Binder):
            body, index = expr.open()
            for limit in expr.limits[1:]:
                loose = [s for s in names(limit) if given.range_of(s) is None and not s.is_positive]
                if loose or not limit.is_integer:
                    raise DeriveError(
                        f"the limit {limit} of a sum over {expr.hint} has no range; a limit is a "
                        "number, a size or an index that an array is indexed by"
                    )
            self.check(body, given.within(index, tuple(expr.limits[1:])))
            return
        for argument in expr.args:
            self.check(argument, given)

    def _check_index(self, index: Expr, size: Expr, entry: Indexed, given: Given) -> None:
        shown = entry.xreplace({s: s.hint for s in names(entry) if hasattr(s, "hint")})
        inside = shown.indices[entry.indices.index(index)]
        if not isinstance(index, (Symbol, Integer, Indexed)) and not _is_offset(index):
            raise DeriveError(
                f"the index {inside} of {shown} is neither an index nor one moved by a whole number"
            )
        for symbol in names(index):
            if given.range_of(symbol) is None and not isinstance(index, Indexed):
                raise DeriveError(
                    f"the index {symbol} in {shown} has no range; index an axis with {symbol} alone "
                    "or sum over it"
                )
        if isinstance(index, Indexed) and given.range_of(index) is not None:
            return
        if at_most(ONE, index, given) is None or at_most(index, size, given) is None:
            raise DeriveError(
                f"the index {inside} of {shown} does not fit its axis, which runs from 1 to {size}; "
                "correct the range of the sum or the shape"
            )


def _is_offset(index: Expr) -> bool:
    offset, rest = index.as_coeff_Add()
    return bool(offset.is_Integer) and isinstance(rest, Symbol)

