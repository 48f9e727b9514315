"""What the routes of several results have in common: to ask for a result, and to cite it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr, Indexed, Symbol, Tuple

from derive.derivation import Derivation
from derive.facts import Definition, EqualFact, Fact, Given, IndexRange, UnequalFact
from derive.gathering import Layout
from derive.notation import ONE, names
from derive.problem import Problem
from derive.rules.trace import Trace
from derive.strategy.plan import derive_definition, lemma_of

Plan = Callable[[Trace], None]


def asked(
    problem: Problem,
    variable: Expr,
    expression: Expr | None = None,
    definitions: tuple[Definition, ...] | None = None,
) -> Problem:
    """The derivative of ``expression`` (the loss unless given) by ``variable``, as a problem.

    Names that are not among ``definitions`` are then inputs like any other.
    """
    inner = problem.expression if expression is None else expression
    known = problem.definitions if definitions is None else definitions
    entries = [e for e in (variable, inner) if isinstance(e, Indexed)]
    free = [
        IndexRange(index, ONE, size)
        for entry in entries
        for index, size in zip(entry.indices, entry.base.shape, strict=True)
        if isinstance(index, Symbol)
    ]
    ranges = {r.index: r for r in (*problem.ranges, *free)}
    used = set().union(*(names(e) for e in (inner, variable)))
    return with_changes(
        problem,
        kind="jacobian" if isinstance(inner, Indexed) else "gradient",
        source=problem.source if expression is None else inner.doit(),
        expression=inner,
        variables=(variable,),
        definitions=known,
        ranges=tuple(r for r in ranges.values() if r.index in used or not isinstance(r.index, Symbol)),
    )


def derived(
    problem: Problem,
    name: str,
    plan: Plan,
    cited: Iterable[Derivation] = (),
    lemmas: Iterable[Derivation] = (),
    assumptions: tuple[EqualFact | UnequalFact, ...] = (),
) -> Derivation:
    """The derivation that ``plan`` makes of the statement of a problem.

    ``cited`` are other parts, ``lemmas`` are stated with this one; the plan may use both.
    """
    own = tuple(lemmas)
    known = tuple(map(lemma_of, (*cited, *own)))
    facts: tuple[Fact, ...] = (*problem.facts, *problem.ranges, *assumptions)
    trace = Trace(problem.statement, Given(facts, problem.definitions, lemmas=known))
    plan(trace)
    return Derivation(
        problem,
        name,
        problem.statement,
        tuple(trace.steps),
        problem.definitions,
        own,
        assumptions=assumptions,
    )


def at_once(trace: Trace, *rules: str, called: str | None = None, tidy: bool = True) -> None:
    """Several rules as one step, called after one of them or else after the first."""
    start = len(trace.steps)
    for rule in rules:
        trace.apply(rule, tidy=tidy)
    trace.join(start, called)


def of_definition(problem: Problem, entry: Indexed, variable: Expr, name: str) -> Derivation:
    """The derivative of an entry of a definition, by the automatic strategy."""
    inner = with_changes(asked(problem, variable, entry), name=name)
    return derive_definition(inner, problem.definitions, name)


def together(problem: Problem, parts: Iterable[Derivation]) -> Derivation:
    """Several results as one derivation: those by the problem's variables are its statement."""
    named = {part.name: part for part in parts}
    wanted = Tuple(*(asked(problem, v).statement for v in problem.variables))
    return Derivation(
        problem, problem.name, wanted, (), problem.definitions, parts=MappingProxyType(named)
    )


def in_arrays(derivation: Derivation, layout: Layout) -> Derivation:
    """The derivation with its result written as a vector or matrix as well, by steps of its own."""
    form = array_form(derivation, f"{derivation.name}: array", derivation.closed_form, layout)
    return with_changes(derivation, arrays=MappingProxyType({**derivation.arrays, "result": form}))


def array_form(derivation: Derivation, name: str, expr: Expr, layout: Layout) -> Derivation:
    """An expression that is written with whole vectors and matrices."""
    given = with_changes(derivation.given, layout=layout)
    trace = Trace(expr, given)
    trace.apply("collect_entries")
    trace.apply("contract_entries")
    return Derivation(
        derivation.problem,
        name,
        expr,
        tuple(trace.steps),
        derivation.definitions,
        layout=layout,
    )
