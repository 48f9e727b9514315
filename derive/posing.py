"""From what a user hands in to a checked Problem; every wrong input is refused here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as with_changes
from itertools import chain
from typing import Any

from sympy import Expr, Indexed, IndexedBase, Symbol, Tuple
from sympy.core.basic import Basic

from derive.constants import without_constants
from derive.contradictions import check_contradictions
from derive.declarations import (
    check_defined,
    check_definitions,
    check_entries,
    check_facts,
    check_indices,
    implied_sizes,
    is_size,
    mentioned_in,
    read_definition,
    read_fact,
    with_softmax,
)
from derive.domains import domains_of
from derive.errors import DeriveError
from derive.facts import (
    Definition,
    Fact,
    Given,
    IndexRange,
)
from derive.indexing import index_arrays
from derive.masks import without_masks
from derive.notation import (
    ONE,
    Binder,
    Log,
    Maximum,
    Power,
    Total,
    bases,
    entries,
    names,
    spare_indices,
)
from derive.placeholders import kept_apart
from derive.positions import survey
from derive.problem import Kind, Problem
from derive.ranges import Ranges
from derive.reading import as_expr, read
from derive.roots import without_roots
from derive.shapes import shaped, shapes_of, with_shapes
from derive.signs import ingredients, nonempty, signs
from derive.wording import quoted, readable, sizes_in

Relations = Iterable[Any]


def pose(
    expression: Any,
    variables: Sequence[Any],
    kind: Kind,
    given: Relations = (),
    where: Relations = (),
    name: str | None = None,
    language: str | None = None,
    along: Any = None,
) -> Problem:
    """The problem of differentiating ``expression`` by ``variables``.

    ``along`` is the entry of the vector that a Hessian is multiplied by, if it is.

    Raises ``TypeError`` for what is no SymPy expression and ``DeriveError`` for everything else
    that is wrong, before any work is done.
    """
    source = as_expr(expression)
    loss = read(source)
    wanted = tuple(_variable(v) for v in variables)
    twice = next((v for v in wanted if wanted.count(v) > 1), None)
    if kind == "gradient" and twice is not None:
        raise DeriveError(f"{twice} is named twice among the variables; name it once")
    definitions = tuple(read_definition(relation) for relation in _listed(where, "where"))
    read_facts = [(read_fact(relation), relation) for relation in _listed(given, "given")]
    told = [f for f, _ in read_facts if isinstance(f, IndexRange)]
    facts = tuple(f for f, _ in read_facts if not isinstance(f, IndexRange))
    typed = [str(relation) for f, relation in read_facts if not isinstance(f, IndexRange)]
    if shapes := shapes_of(definitions):
        source, loss = shaped(source, shapes), shaped(loss, shapes)
        definitions = tuple(with_shapes(d, shapes) for d in definitions)
        facts = tuple(with_shapes(f, shapes) for f in facts)
        wanted = tuple(shaped(v, shapes) for v in wanted)
    direction = None if along is None else _direction(along, wanted[0], loss)
    _check_names(loss, wanted if direction is None else (*wanted, direction), facts, definitions)
    check_definitions(definitions)
    check_entries(facts, definitions)
    check_contradictions(facts)
    # Before the axes are looked at: of an array that is not there a fact says nothing about them.
    check_facts(facts, typed, loss, definitions, wanted)
    places = [
        loss,
        *wanted,
        *_summed(direction),
        *(d.value for d in definitions),
        *map(mentioned_in, facts),
    ]
    indices = frozenset().union(*map(names, places), *map(index_arrays, places))
    for range_told in told:
        if getattr(range_told.index, "base", range_told.index) not in indices:
            raise DeriveError(
                f"the fact {range_told.statement} is about {range_told.index}, and the expression "
                "has no such index; drop it or correct the name"
            )
    defined = {d.base for d in definitions}
    labels = names(loss).union(*map(names, map(mentioned_in, facts)))
    labels = labels.difference(*map(names, wanted))
    sizes = frozenset().union(*map(sizes_in, places))
    domains = domains_of(definitions, Given((*facts, *told)))
    others = [loss, *wanted, *_summed(direction)]
    facts, definitions = kept_apart(
        facts, definitions, others, lambda: Ranges(defined, sizes, (), labels, domains)
    )
    places = [*others, *map(mentioned_in, facts), *(d.value for d in definitions)]
    ranges = Ranges(defined, sizes, told, labels, domains)
    for _ in range(2):
        # Twice: a fact may give an index of the loss its range, and the other way round.
        for place in (*places, *(d.entry for d in definitions)):
            ranges.collect(place, Given())
    known = ranges.found()
    everything = Given((*facts, *known), definitions)
    for place in places:
        ranges.check(place, everything)
    definitions = tuple(
        with_softmax(Definition(d.entry, without_masks(d.value, everything))) for d in definitions
    )
    check_defined(facts, typed, definitions)
    facts += implied_sizes((loss, *(d.value for d in definitions)), facts)
    everything = Given((*facts, *known), definitions)
    loss = without_roots(loss, everything)
    definitions = tuple(
        with_changes(d, value=without_constants(without_roots(d.value, everything)))
        for d in definitions
    )
    everything = Given((*facts, *known), definitions)
    for variable in wanted:
        _check_variable(variable, loss, definitions, known)
    check_indices(facts, everything, names(loss).union(*map(names, wanted)))
    if kind != "value":
        # A value that is real nowhere has no derivative; by itself it is for others to judge.
        _check_logarithms(loss, everything)
        for place in (loss, *(d.value for d in definitions)):
            _check_maxima(place, everything)
    return Problem(
        name=name or kind,
        kind=kind,
        source=source,
        expression=loss,
        variables=wanted,
        facts=facts,
        definitions=definitions,
        ranges=known,
        direction=direction,
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
        f"cannot differentiate by {quoted(value)}: it is neither an entry such as z[k] nor a "
        "parameter such as T"
    )


def _direction(value: Any, variable: Expr, loss: Expr) -> Expr:
    """The entry of the vector that a Hessian is multiplied by, with indices of its own."""
    if not isinstance(value, Indexed):
        raise DeriveError(
            f"{quoted(value)} is no vector to multiply a Hessian by; name an entry of it, such as "
            "v[j]"
        )
    if not isinstance(variable, Indexed):
        raise DeriveError(
            f"the Hessian by the number {variable} is a number; take derive.hessian and multiply"
        )
    if value.base.shape is None or variable.base.shape is None:
        lacking = value.base if value.base.shape is None else variable.base
        raise DeriveError(f"{lacking} has no shape; write IndexedBase('{lacking}', shape=(C,))")
    if tuple(value.base.shape) != tuple(variable.base.shape):
        raise DeriveError(
            f"{value.base} has the shape {value.base.shape} and {variable.base} has "
            f"{variable.base.shape}; a Hessian is multiplied by an array of the variable's shape"
        )
    if not all(isinstance(i, Symbol) for i in value.indices) or len(set(value.indices)) < len(
        value.indices
    ):
        raise DeriveError(
            f"{value} is summed over its indices, which have to be names, each its own; write v[j]"
        )
    taken = {s.name for e in (loss, variable) for s in (*names(e), *bases(e))}
    own: list[Symbol] = []
    for index in value.indices:
        wishes = chain((index,), spare_indices(index))
        own.append(next(s for s in wishes if s.name not in taken and s not in own))
    return Indexed(value.base, *own)


def _summed(direction: Expr | None) -> list[Expr]:
    """The direction under its sum, so that its indices have ranges and are not free."""
    if direction is None:
        return []
    total = direction
    for index, size in zip(direction.indices, direction.base.shape, strict=True):
        total = Total(total, (index, ONE, size))
    return [total]


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
        found |= sizes_in(expr)
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
        generic = [a for e in entries(mentioned_in(fact)) for a in e.indices]
        meet(mentioned_in(fact), tuple(generic))


def _kind(thing: Basic) -> str:
    if isinstance(thing, IndexedBase):
        return f"an array of shape {thing.shape}" if thing.shape else "an array without a shape"
    assumed = sorted(f"{n}={v}" for n, v in thing._assumptions_orig.items() if n != "commutative")
    return f"a symbol with {', '.join(assumed)}" if assumed else "a symbol without assumptions"


def _check_variable(
    variable: Expr,
    loss: Expr,
    definitions: tuple[Definition, ...],
    ranges: tuple[IndexRange, ...],
) -> None:
    inputs = ingredients(loss, definitions)
    target = variable.base if isinstance(variable, Indexed) else variable
    integer = any(isinstance(r.index, Indexed) and r.index.base == target for r in ranges)
    if integer or variable in {r.index for r in ranges} or is_size(variable, loss, definitions):
        raise DeriveError(
            f"cannot differentiate by {variable}: it is an index, a class or a size, which takes "
            "whole numbers only"
        )
    if target not in inputs:
        known = ", ".join(sorted(str(s) for s in inputs if not is_size(s, loss, definitions)))
        raise DeriveError(
            f"cannot differentiate by {variable}: it is not an input of the expression; "
            f"its inputs are {known or 'none'}"
        )
    if any(d.base == target for d in definitions):
        raise DeriveError(
            f"cannot differentiate by {variable}: it is defined in where=; name one of its inputs"
        )


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
            f"{readable(expr.doit())} has no real value: {readable(operand.doit())} {reason}; "
            "check the sign"
        )
    if isinstance(expr, Binder):
        body, index = expr.open()
        _check_logarithms(body, given.within(index, tuple(expr.limits[1:])))
        return
    for argument in expr.args:
        if isinstance(argument, Expr) and not isinstance(expr, Indexed):
            _check_logarithms(argument, given)


def _check_maxima(expr: Expr, given: Given) -> None:
    """A maximum is taken of one value at least."""

    def look(node: Expr, known: Given) -> None:
        if nonempty(node, known) is None:
            lower, upper = readable(node.lower), readable(node.upper)
            raise DeriveError(
                f"the maximum over {node.hint} from {lower} to {upper} may be one of no values; "
                f"let it begin where there is one, or declare Ge(C, 2) of a size C"
            )

    survey(expr, given, look, frozenset({Maximum}))
