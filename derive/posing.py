"""From what a user hands in to a checked Problem; every wrong input is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

from sympy import Eq, Expr, Ge, Gt, Idx, Indexed, IndexedBase, Integer, Lt, Ne, Symbol, Tuple
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
    SizeFact,
    SumFact,
    UnequalFact,
)
from derive.notation import (
    ONE,
    Binder,
    Delta,
    Log,
    Opened,
    Power,
    Total,
    bases,
    entries,
    names,
    replace,
)
from derive.problem import Kind, Problem
from derive.reading import as_expr, read
from derive.recognition import is_softmax
from derive.signs import at_most, ingredients, signs
from derive.unify import instance_of

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
    twice = next((v for v in wanted if wanted.count(v) > 1), None)
    if kind == "gradient" and twice is not None:
        raise DeriveError(f"{twice} is named twice among the variables; name it once")
    definitions = tuple(_definition(relation) for relation in _listed(where, "where"))
    facts = tuple(_fact(relation) for relation in _listed(given, "given"))
    _check_names(loss, wanted, facts, definitions)
    _check_definitions(definitions)
    _check_contradictions(facts)
    places = [loss, *wanted, *(d.value for d in definitions), *map(_statement_of, facts)]
    defined = {d.base for d in definitions}
    ranges = _Ranges(defined, frozenset().union(*map(_sizes, places)))
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
    _check_indices(facts, everything, names(loss).union(*map(names, wanted)))
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
        raise TypeError(
            f"{argument}= takes a list of relations such as [Eq(...)], not {relations!r}"
        )
    return list(relations)


def _variable(value: Any) -> Expr:
    if isinstance(value, (Indexed, Symbol)):
        return value
    if isinstance(value, IndexedBase):
        raise DeriveError(
            f"cannot differentiate by the whole array {value}; name an entry of it, such as "
            f"{value}[k]"
        )
    raise DeriveError(
        f"cannot differentiate by {_quoted(value)}: it is neither an entry such as z[k] nor a "
        "parameter such as T"
    )


def _quoted(value: Any) -> str:
    """What a user handed in, for a message; text is told from the expression that it looks like."""
    return f"the text {value!r}" if isinstance(value, str) else str(value)


def _readable(expr: Basic) -> Basic:
    """An expression with its bound indices called what their author called them."""
    return expr.xreplace({s: s.hint for s in names(expr) if isinstance(s, Opened)})


# Names ---------------------------------------------------------------------------------------


def _check_names(
    loss: Expr,
    wanted: tuple[Expr, ...],
    facts: tuple[Fact, ...],
    definitions: tuple[Definition, ...],
) -> None:
    """One name stands for one thing; SymPy would tell the two apart, and a reader would not."""
    seen: dict[str, Basic] = {}

    def meet(expr: Basic, own: tuple[Basic, ...] = ()) -> None:
        found = {*bases(expr), *names(expr)}
        found |= _sizes(expr)
        for thing in found - set(own):
            other = seen.setdefault(str(thing), thing)
            if other != thing:
                raise DeriveError(
                    f"there are two different things called {thing}: {_kind(other)} and "
                    f"{_kind(thing)}; make it once and use it everywhere, or rename one"
                )

    for expr in (loss, *wanted):
        meet(expr)
    for definition in definitions:
        meet(Tuple(definition.entry, definition.value), definition.indices)
    for fact in facts:
        # The indices of entries in a fact stand for every index.
        generic = [a for e in entries(_statement_of(fact)) for a in e.indices]
        meet(_statement_of(fact), tuple(generic))


def _sizes(expr: Basic) -> frozenset[Symbol]:
    """The symbols in the shapes of the arrays that occur."""
    shapes = [size for base in bases(expr) for size in base.shape or ()]
    return frozenset().union(*map(names, shapes))


def _kind(thing: Basic) -> str:
    if isinstance(thing, IndexedBase):
        return f"an array of shape {thing.shape}" if thing.shape else "an array without a shape"
    assumed = sorted(f"{n}={v}" for n, v in thing._assumptions_orig.items() if n != "commutative")
    return f"a symbol with {', '.join(assumed)}" if assumed else "a symbol without assumptions"


def _check_definitions(definitions: tuple[Definition, ...]) -> None:
    defined = [d.base for d in definitions]
    for definition in definitions:
        if defined.count(definition.base) > 1:
            raise DeriveError(f"{definition.base} is defined twice in where=; keep one definition")
        used = {definition.base}
        for _ in definitions:
            used = {
                b for d in definitions if d.base in used for b in (*bases(d.value), *names(d.value))
            }
            if definition.base in used:
                raise DeriveError(
                    f"{definition.statement} defines {definition.base} by itself; "
                    "define it by the inputs"
                )


# Facts and definitions -----------------------------------------------------------------------


def _fact(relation: Any) -> Fact:
    if isinstance(relation, (bool, BooleanAtom)):
        raise DeriveError(
            f"a fact in given= came out as {relation} before Derive saw it: write Eq(a, b) for "
            "a == b, and leave out what the assumptions of the symbols say already"
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
        case Ge(args=(Symbol() as size, Integer() as least)) if size.is_integer:
            return SizeFact(size, least)
    raise DeriveError(
        f"{_quoted(relation)} is no fact that can be used; a fact is Eq(Sum(y[i], (i, 1, C)), 1), "
        "Eq(y[i], KroneckerDelta(i, t)), Ne(k, t), w[i] > 0 or C >= 2"
    )


def _equality(left: Expr, right: Expr, relation: Eq) -> Fact:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Total):
            return SumFact(one, other)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Indexed):
            own = [a for a in one.indices if isinstance(a, Symbol)]
            if len(own) != len(one.indices):
                raise DeriveError(
                    f"{relation}: the entry {one} must have plain indices, such as y[i]"
                )
            if isinstance(other, Delta):
                if not set(own) & set(other.args):
                    raise DeriveError(
                        f"{relation}: the index {own[-1]} of {one} does not occur on the other "
                        f"side; a one-hot label is Eq({one}, KroneckerDelta({own[-1]}, t))"
                    )
                return EntryFact(one, other)
            if not names(other) - set(own):
                return EntryFact(one, other)
    if isinstance(left, Symbol) and isinstance(right, (Symbol, Indexed)):
        return EqualFact(left, right)
    raise DeriveError(
        f"{relation} is no fact that can be used; to name an expression, put it into where=[...]"
    )


def _definition(relation: Any) -> Definition:
    if not isinstance(relation, Eq):
        raise DeriveError(
            f"{_quoted(relation)} is no definition; write where=[Eq(q[i], exp(z[i])/Sum(...))]"
        )
    entry, value = relation.args
    if not isinstance(entry, (Indexed, Symbol)):
        raise DeriveError(f"{relation}: the left side must be the name, such as q[i]")
    if isinstance(entry, Indexed):
        plain = [a for a in entry.indices if isinstance(a, Symbol)]
        if len(set(plain)) != len(entry.indices):
            raise DeriveError(
                f"{relation}: {entry} must have different plain indices, such as q[i]"
            )
    return Definition(entry, read(value))


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
    for fact in facts:
        if not _possible(fact, Given()):
            raise DeriveError(f"the fact {fact.statement} can never hold; check its signs")
    for first, second in permutations(facts, 2):
        if not _possible(first, Given((second,))) or _contradict(first, second):
            raise DeriveError(
                f"the facts {first.statement} and {second.statement} contradict each other; "
                "keep the one that is meant"
            )


def _possible(fact: Fact, given: Given) -> bool:
    """Whether the signs in a fact allow it."""
    match fact:
        case SumFact(total, value):
            return bool(signs(total, given) & signs(value, given))
        case PositiveFact(expr):
            # What is asked is the fact itself, so it must not answer.
            return 1 in signs(expr, given)
    return True


def _contradict(first: Fact, second: Fact) -> bool:
    match first, second:
        case SumFact(total, value), SumFact(other, further):
            generic = tuple(s for s in names(total) if s.is_integer and not s.is_positive)
            return value != further and instance_of(total, other, generic) is not None
        case EntryFact(entry, value), EntryFact(other, further):
            own = dict(zip(other.indices, entry.indices, strict=True))
            return entry.base == other.base and value != replace(further, own)
        case EqualFact(left, right), UnequalFact(one, other):
            return {left, right} == {one, other}
        case SumFact(), EntryFact():
            return _one_hot_clash(first, second)
    return False


def _one_hot_clash(total: SumFact, entry: EntryFact) -> bool:
    body, index = total.total.open()
    labels = isinstance(body, Indexed) and body.base == entry.entry.base and index in body.indices
    return labels and isinstance(entry.value, Delta) and total.value != 1


def _check_facts(
    facts: tuple[Fact, ...],
    loss: Expr,
    definitions: tuple[Definition, ...],
    wanted: tuple[Expr, ...],
) -> None:
    present = set(ingredients(loss, definitions)) | {s for v in wanted for s in names(v)}
    for fact in facts:
        if isinstance(fact, EntryFact):
            # What the label is made of (its class t) becomes known by the fact itself.
            about = {fact.entry.base}
            present |= names(fact.value)
    for fact in facts:
        if isinstance(fact, SizeFact) and not _is_size(fact.size, loss, definitions):
            raise DeriveError(
                f"the fact {fact.statement} is about {fact.size}, which is no size of an array; "
                "drop it or correct the name"
            )
        if isinstance(fact, EntryFact):
            about = {fact.entry.base}
        elif isinstance(fact, SumFact):
            about = set(bases(fact.total))
        elif isinstance(fact, PositiveFact):
            about = set(bases(fact.expression)) or set(names(fact.expression))
        elif isinstance(fact, (EqualFact, UnequalFact)):
            about = {s for side in (fact.left, fact.right) for s in names(side)}
        else:
            continue
        missing = sorted(str(a) for a in about if a not in present)
        if missing or not about:
            raise DeriveError(
                f"the fact {fact.statement} is about {', '.join(missing) or 'nothing'}, and the "
                "expression is not; drop it or correct the name"
            )
        if isinstance(fact, (EntryFact, SumFact)):
            base = next(iter(about))
            for variable in wanted:
                if isinstance(variable, Indexed) and variable.base in about:
                    raise DeriveError(
                        f"cannot differentiate by {variable} under the fact {fact.statement}: it "
                        f"leaves the entries of {base} no room to vary; drop the fact"
                    )


def _check_indices(facts: tuple[Fact, ...], given: Given, free: frozenset[Symbol]) -> None:
    """Facts that compare indices compare indices; facts of every entry do not mean a single one."""
    for fact in facts:
        if isinstance(fact, (EqualFact, UnequalFact)):
            for side in (fact.left, fact.right):
                if not isinstance(side, Integer) and given.range_of(side) is None:
                    raise DeriveError(
                        f"the fact {fact.statement} compares indices, and {side} is none; drop it"
                    )
        if isinstance(fact, EntryFact) and not isinstance(fact.value, Delta):
            single = sorted(str(s) for s in names(fact.entry) & free)
            if single:
                raise DeriveError(
                    f"the fact {fact.statement} would hold for every {single[0]}, which is a "
                    "single index of the expression; write it with an index of its own if that "
                    "is meant"
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
    return any(symbol in _sizes(expr) for expr in (loss, *(d.value for d in definitions)))


def _check_logarithms(expr: Expr, given: Given) -> None:
    match expr:
        case Log(operand) if 1 not in signs(operand, given):
            reason = "is never positive"
        case Power(operand, exponent) if exponent.is_integer is False and signs(operand, given) == {
            -1
        }:
            reason = "is always negative"
        case _:
            reason = ""
    if reason:
        raise DeriveError(
            f"{_readable(expr.doit())} has no real value: {_readable(operand.doit())} {reason}; "
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

    def __init__(self, defined: set[Expr], sizes: frozenset[Symbol]) -> None:
        self.defined = defined
        self.sizes = sizes
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
                new = given.range_of(one) is None and one not in self.by_index
                if known is not None and new and isinstance(one, (Symbol, Indexed)):
                    lower, upper = known.lower, known.upper
                    for outer in given.scope:
                        # A range that depends on an index bound around here, at its widest.
                        lower = lower.xreplace({outer.index: outer.lower})
                        upper = upper.xreplace({outer.index: outer.upper})
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
            shown = _readable(entry)
            axes = ", ".join(["C", "D", "E"][: len(entry.indices)])
            raise DeriveError(
                f"{shown} has no range for its index {shown.indices[0]}: {base} has no shape; "
                f"write IndexedBase('{base}', shape=({axes}{',' * (axes == 'C')}))"
            )
        if len(base.shape) != len(entry.indices):
            count = len(entry.indices)
            raise DeriveError(
                f"{_readable(entry)} has {count} {'index' if count == 1 else 'indices'}, "
                f"but {base} has {len(base.shape)} axes"
            )
        for size in base.shape:
            if not (size.is_integer and size.is_positive):
                remedy = f"symbols('{size}', integer=True, positive=True)"
                raise DeriveError(
                    f"the size {size} of {base} is not a positive integer; "
                    + ("correct its shape" if size.is_number else f"write {remedy}")
                )
        return tuple(base.shape)

    def _add(self, index: Expr, lower: Expr, upper: Expr, given: Given, place: Basic) -> None:
        if index in self.sizes or (
            given.range_of(index) is not None and index not in self.by_index
        ):
            return
        if isinstance(index, Symbol) and index.is_integer is False:
            raise DeriveError(f"the index {index} in {place} is not an integer")
        # An entry t[n] has one range for every n, so the n of a sum is named as its author did.
        index = replace(index, {s: s.hint for s in names(index) if isinstance(s, Opened)})
        known = Given(self.found()).range_of(index)
        if known is None:
            self.by_index[index] = IndexRange(index, lower, upper)
        elif known.upper != upper:
            smaller = known.upper if at_most(known.upper, upper, Given()) is not None else None
            if smaller is None:
                raise DeriveError(
                    f"the index {index} runs over an axis of size {known.upper} and over one of "
                    f"size {upper} in {_readable(place)}; use an index for each"
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
        shown = _readable(entry)
        inside = shown.indices[entry.indices.index(index)]
        if isinstance(index, Idx):
            raise DeriveError(
                f"the index {index} of {shown} is an Idx; "
                f"make indices with symbols('{index.name}', integer=True)"
            )
        if not isinstance(index, (Symbol, Integer, Indexed)) and not _is_offset(index):
            raise DeriveError(
                f"the index {inside} of {shown} is neither an index nor one moved by a whole number"
            )
        for symbol in names(index) - self.sizes:
            if given.range_of(symbol) is None and not isinstance(index, Indexed):
                raise DeriveError(
                    f"the index {_readable(symbol)} in {shown} has no range; index an axis "
                    f"with {symbol} alone or sum over it"
                )
        if isinstance(index, Indexed) and given.range_of(index) is not None:
            return
        if at_most(ONE, index, given) is None or at_most(index, size, given) is None:
            raise DeriveError(
                f"the index {inside} of {shown} does not fit its axis, which runs from 1 to "
                f"{size}; correct the range of the sum or the shape"
            )


def _is_offset(index: Expr) -> bool:
    offset, rest = index.as_coeff_Add()
    return bool(offset.is_Integer) and isinstance(rest, Symbol)
