"""From a problem to its derivation: lemmas, parts, the steps themselves, cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as with_changes
from itertools import takewhile
from types import MappingProxyType

from sympy import Expr, Indexed, Tuple

from derive.derivation import Derivation
from derive.facts import Definition, EqualFact, Fact, Given, IndexRange, Lemma, UnequalFact
from derive.notation import (
    Partial,
    Quotient,
    Times,
    bases,
    height,
    names,
    replace,
    spare_indices,
)
from derive.problem import Problem
from derive.rules.softmax import folded
from derive.rules.trace import Trace
from derive.signs import depends
from derive.strategy.arrays import in_arrays_if_shorter
from derive.strategy.attempts import among, length, settle
from derive.strategy.cases import cases
from derive.strategy.finishing import finish
from derive.strategy.naming import recognise
from derive.strategy.phases import (
    PLAIN_NAMING,
    differentiate,
    name_shares,
    prepare,
    simplify,
)
from derive.strategy.undefined import check_apart, check_defined
from derive.unify import instance_of


def derive_problem(problem: Problem) -> Derivation:
    """The whole derivation of a problem.

    Raises ``DeriveError`` where a function has no derivative rule.
    """
    problem, definitions = recognised(problem)
    if problem.kind == "gradient" and len(problem.variables) > 1:
        return joined(problem, [(alone(problem, v), definitions) for v in problem.variables])
    if problem.kind in ("hessian", "hessian_vector"):
        variable = problem.variables[:1]
        first = with_changes(problem, kind="gradient", variables=variable, direction=None)
        gradient = derive_one(first, definitions, "gradient")
        indices = tuple(s for s in problem.free_indices if s in names(problem.variables[0]))
        lemma = Lemma("gradient", gradient.statement, gradient.closed_form, indices)
        whole = derive_one(problem, definitions, problem.name, (lemma,), gradient.lemmas)
        whole = with_changes(whole, parts=MappingProxyType({"gradient": gradient}))
        return in_arrays_if_shorter(whole)
    return in_arrays_if_shorter(derive_one(problem, definitions, problem.name))


def alone(problem: Problem, variable: Expr) -> Problem:
    """The problem for one of its variables, without facts that say how others' indices compare.

    Such an index is none of this derivative, nor may another index be called like it.
    """
    others = set().union(*map(names, problem.variables)) - names(variable)
    others -= names(problem.expression)
    facts = tuple(
        f
        for f in problem.facts
        if not (
            isinstance(f, (EqualFact, UnequalFact)) and others & (names(f.left) | names(f.right))
        )
    )
    return with_changes(problem, variables=(variable,), facts=facts)


def derive_apart(problems: tuple[Problem, ...]) -> Derivation:
    """One derivation of the gradients of one loss, each posed by itself.

    So an index may run over another axis in each.
    """
    posed = [recognised(problem) for problem in problems]
    ranges = {known.index: known for problem, _ in reversed(posed) for known in problem.ranges}
    variables = tuple(v for problem in problems for v in problem.variables)
    whole = with_changes(problems[0], variables=variables, ranges=tuple(ranges.values()))
    return joined(whole, posed)


def recognised(problem: Problem) -> tuple[Problem, tuple[Definition, ...]]:
    """The problem with all ranges, and its definitions with those that its loss gives rise to."""
    given = Given((*problem.facts, *problem.ranges), problem.definitions)
    found, ranges = recognise(problem, given)
    definitions = nested((*problem.definitions, *found), given)
    ranges = tuple(dict.fromkeys((*problem.ranges, *ranges)))
    return with_changes(problem, ranges=ranges), definitions


def joined(problem: Problem, posed: Iterable[tuple[Problem, tuple[Definition, ...]]]) -> Derivation:
    """The gradients by several variables as the parts of one derivation."""
    parts: dict[str, Derivation] = {}
    named: dict[Expr, Definition] = {}
    for each, definitions in posed:
        name = str(each.variables[0])
        parts[name] = in_arrays_if_shorter(derive_one(each, definitions, name))
        named |= {d.base: d for d in parts[name].definitions}
    statement = Tuple(*(part.statement for part in parts.values()))
    found = tuple(named.values())
    return Derivation(problem, problem.name, statement, (), found, parts=MappingProxyType(parts))


def nested(definitions: tuple[Definition, ...], given: Given) -> tuple[Definition, ...]:
    """The definitions, innermost first, each with the ones before it folded into its value."""
    ready: list[Definition] = []
    # Of those of one height a softmax comes first: another one may be an entry of it. Of the rest
    # a longer one may contain a shorter one.
    order = {d: (height(d.value), not d.softmax, length(d.value)) for d in definitions}
    for definition in sorted(definitions, key=order.__getitem__):
        trace = Trace(definition.value, with_changes(given, definitions=tuple(ready)))
        if definition in given.definitions:
            # What the user has written down stays so, but for the names in it: no step shows more.
            settle(trace, PLAIN_NAMING)
            whole = trace.expression
            # A fraction is looked for in others: what it was separated into is one again.
            if isinstance(definition.value, Quotient) and isinstance(whole, Times):
                trace.apply("multiply_quotients", among(frozenset({whole})))
        else:
            name_shares(trace)
        ready.append(with_changes(definition, value=trace.expression))
    return tuple(ready)


def derive_one(
    problem: Problem,
    definitions: tuple[Definition, ...],
    name: str,
    known: tuple[Lemma, ...] = (),
    inherited: tuple[Derivation, ...] = (),
) -> Derivation:
    """The derivation for one variable (two in turn for a Hessian).

    ``known`` may be cited from the start; ``inherited`` are lemmas that have been derived already.
    """
    given = Given((*problem.facts, *problem.ranges), definitions, lemmas=known)
    trace = Trace(problem.statement, given, problem.direction)
    trace.apply("apply_lemma")
    # A definition is not folded into its own derivative, or nothing would be left to show.
    if folded(problem.expression, given) is None:
        write_entries(trace)
        prepare(trace)
    return worked_out(trace, problem, name, known, inherited)


def worked_out(
    trace: Trace,
    problem: Problem,
    name: str,
    known: tuple[Lemma, ...] = (),
    inherited: tuple[Derivation, ...] = (),
) -> Derivation:
    """The derivation of which ``trace`` holds the beginning."""
    definitions = trace.given.definitions
    variable = problem.variables[-1]
    lemmas = lemmas_for(trace.expression, problem, definitions, variable, inherited)
    trace.given = with_changes(trace.given, lemmas=(*known, *map(lemma_of, lemmas)))
    differentiate(trace)
    simplify(trace)
    finish(trace, named=trace.given.definition_of(problem.expression) is not None)
    check_defined(trace.steps)
    check_apart(trace.expression, trace.given)
    steps = tuple(trace.steps)
    used = spoken_of(definitions, problem, (problem.statement, *(s.after for s in steps)))
    result = Derivation(problem, name, problem.statement, steps, used, lemmas)
    return with_changes(result, cases=cases(result))


def spoken_of(
    definitions: tuple[Definition, ...], problem: Problem, lines: Iterable[Expr]
) -> tuple[Definition, ...]:
    """The definitions that the user has given, or that lines and other definitions speak of."""
    said = set().union(*(bases(line) | names(line) for line in lines))
    said |= {definition.base for definition in problem.definitions}
    kept: list[Definition] = []
    for definition in reversed(definitions):
        if definition.base in said:
            said |= bases(definition.value) | names(definition.value)
            kept.insert(0, definition)
    return tuple(kept)


def lemma_of(derivation: Derivation) -> Lemma:
    """What a derivation proves, for citing."""
    indices = derivation.problem.generic_indices
    return Lemma(derivation.name, derivation.statement, derivation.closed_form, indices)


def lemmas_for(
    expr: Expr,
    problem: Problem,
    definitions: tuple[Definition, ...],
    variable: Expr,
    inherited: tuple[Derivation, ...] = (),
) -> tuple[Derivation, ...]:
    """The derivatives of the definitions that occur in ``expr``, each derived for any index."""
    given = Given((*problem.facts, *problem.ranges), definitions)
    found: list[Derivation] = []
    for definition in definitions:
        used = definition.base in (expr.bases | expr.names)
        if not used or definition.base in (variable, getattr(variable, "base", None)):
            continue
        if not depends(definition.value, variable, given):
            continue
        pending = Partial(definition.entry, variable)
        ready = [d for d in inherited if covers(lemma_of(d), pending, definition)]
        if ready:
            found.append(ready[0])
            continue
        taken = {s.name for s in (*names(variable), *names(definition.value), *definition.indices)}
        taken |= problem.letters
        values: dict[Expr, Expr] = {}
        ranges = list(problem.ranges)
        for index in definition.indices:
            if index in names(variable):
                free = next(s for s in spare_indices(index) if s.name not in taken)
                values[index] = free
                taken.add(free.name)
                known = given.range_of(index)
                if known is not None:
                    ranges.append(IndexRange(free, known.lower, known.upper))
        entry = replace(definition.entry, values)
        inner = with_changes(
            problem,
            name=f"{definition.base}-{variable}",
            kind="jacobian",
            source=entry,
            expression=entry,
            variables=(variable,),
            direction=None,
            ranges=tuple(dict.fromkeys(ranges)),
        )
        found.append(derive_definition(inner, definitions, inner.name))
    return tuple(found)


def covers(lemma: Lemma, pending: Partial, definition: Definition) -> bool:
    """Whether a lemma gives a derivative that is wanted, for some values of its indices."""
    generic = (*lemma.indices, *definition.indices)
    return instance_of(lemma.before, pending, generic) is not None


def derive_definition(
    problem: Problem, definitions: tuple[Definition, ...], name: str
) -> Derivation:
    """The derivative of a defined entry, from its definition."""
    given = Given((*problem.facts, *problem.ranges), definitions)
    trace = Trace(problem.statement, given)
    trace.apply("unfold_definition", lambda e, _: e == problem.expression)
    name_others(trace)
    return worked_out(trace, problem, name)


def name_others(trace: Trace) -> None:
    """Write what a definition is made of by its names; by its own, nothing would be left to show.

    Names that come after it are left out, too: they may be made of it.
    """
    whole = trace.given
    trace.given = before(trace.steps[-1].facts, whole)
    name_shares(trace)
    trace.given = whole


def write_entries(trace: Trace) -> None:
    """Write a name as the entry of a share that it is, where only steps show that it is one.

    So ``p = e^{z_t - m}/(e^{z_t - m} + Σ_{j≠t} e^{z_j})`` meets the other entries.
    """
    whole = trace.given
    for definition in whole.definitions:
        value = Trace(definition.value, before((definition,), whole))
        name_shares(value)
        if isinstance(value.expression, Indexed) and not isinstance(definition.value, Indexed):
            trace.given = with_changes(whole, definitions=(definition,))
            trace.apply("unfold_definition")
            trace.given = value.given
            name_shares(trace)
            trace.given = whole


def before(own: tuple[Fact, ...], given: Given) -> Given:
    """What is given without definitions, and without those that may be made of them."""
    known = tuple(takewhile(lambda d: d not in own, given.definitions))
    return with_changes(given, definitions=known)
