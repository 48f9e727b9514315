"""What routes have in common: problems of parts, lemmas, and derivations made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr, Integer, Rational, Symbol, Tuple

from derive.derivation import Derivation
from derive.facts import Definition, EqualFact, Fact, Given, IndexRange, Lemma, UnequalFact
from derive.notation import Partial
from derive.problem import Kind, Problem
from derive.rules.trace import Trace


def posed(
    problem: Problem,
    kind: Kind,
    expression: Expr,
    *variables: Expr,
    free: Mapping[Symbol, Expr] | None = None,
) -> Problem:
    """A problem of a part: another expression, or another variable.

    ``free`` are indices that the problem itself does not have, each with the size of its axis.
    """
    own = tuple(IndexRange(index, Integer(1), size) for index, size in (free or {}).items())
    source = problem.source if expression == problem.expression else expression
    return with_changes(
        problem,
        kind=kind,
        source=source,
        expression=expression,
        variables=variables,
        ranges=tuple(dict.fromkeys((*problem.ranges, *own))),
    )


class Plan(Trace):
    """A trace with what it takes to make a derivation of it."""

    def __init__(
        self,
        problem: Problem,
        name: str,
        definitions: tuple[Definition, ...] = (),
        assumptions: tuple[Fact, ...] = (),
        known: tuple[Derivation, ...] = (),
    ) -> None:
        self.problem = problem
        self.name = name
        self.definitions = definitions or problem.definitions
        self.assumptions = assumptions
        facts = (*problem.facts, *problem.ranges, *assumptions)
        lemmas = tuple(map(cited, known))
        super().__init__(problem.statement, Given(facts, self.definitions, lemmas=lemmas))

    def take(self, *rules: str, tidy: bool = True) -> None:
        """Apply each of the rules once, wherever it fires, and show them as one step.

        Raises ``LookupError`` where one does not fire.
        """
        start = len(self.steps)
        for rule in rules:
            if not self.apply(rule, tidy=tidy):
                raise LookupError(f"{rule} does not fire on {self.expression}")
        self.join(start)

    def exhaust(self, *rules: str, tidy: bool = True) -> None:
        """Apply whichever of the rules fires until none does, and show that as one step."""
        start = len(self.steps)
        while any(self.apply(rule, tidy=tidy) for rule in rules):
            pass
        self.join(start, self.steps[-1].atoms[0].rule)

    @contextmanager
    def one_step(self, rule: str | None = None) -> Iterator[None]:
        """What is done inside is shown as one step, called after one of its rules."""
        start = len(self.steps)
        yield
        self.join(start, rule)

    def abbreviate(self, definition: Definition) -> None:
        """Give a part of the expression a name, from here on."""
        self.definitions = (*self.definitions, definition)
        self.given = with_changes(self.given, definitions=(definition, *self.given.definitions))
        self.take("abbreviate_sum", tidy=False)

    def done(
        self,
        lemmas: tuple[Derivation, ...] = (),
        parts: Mapping[str, Derivation] | None = None,
    ) -> Derivation:
        """The derivation of which this is the whole chain."""
        return Derivation(
            self.problem,
            self.name,
            self.problem.statement,
            tuple(self.steps),
            self.definitions,
            lemmas,
            MappingProxyType(dict(parts or {})),
            assumptions=self.assumptions,
        )


def numbers(*values: int) -> tuple[Rational, ...]:
    """Numbers for the entries of an array."""
    return tuple(map(Rational, values))


def cited(derivation: Derivation) -> Lemma:
    """What a derivation shows, for citing."""
    assumed = tuple(f for f in derivation.assumptions if isinstance(f, (EqualFact, UnequalFact)))
    return Lemma(
        derivation.name,
        derivation.statement,
        derivation.closed_form,
        derivation.problem.generic_indices,
        assumed,
    )


def together(problem: Problem, parts: Iterable[Derivation]) -> Derivation:
    """Several results as one derivation; those by the problem's variables are its statement."""
    wanted = Tuple(*(Partial(problem.expression, v) for v in problem.variables))
    named = {part.name: part for part in parts}
    return Derivation(
        problem, problem.name, wanted, (), problem.definitions, parts=MappingProxyType(named)
    )
