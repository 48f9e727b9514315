"""Planted errors: every way in which a step of a derivation can be a little wrong.

Expressions are changed at one place; facts, conditions and the chain are changed as data. Whether a
change makes a step wrong is for the plain loops to say, and not for the checker.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from sympy import Expr, Indexed, Number, Symbol, Tuple

from derive.derivation import Derivation, Step
from derive.facts import EqualFact, Fact, UnequalFact
from derive.notation import (
    Attains,
    Binder,
    Delta,
    Inert,
    Minus,
    Partial,
    Plus,
    Quotient,
    Times,
    Total,
)


@dataclass(frozen=True)
class Mutation:
    """A step of a derivation, changed."""

    kind: str
    derivation: Derivation
    number: int
    step: Step

    def __str__(self) -> str:
        before, after = self.derivation.steps[self.number - 1].after, self.step.after
        change = f"{before} -> {after}" if before != after else "the facts or the places"
        return (
            f"{self.kind}: {self.derivation.name}, step {self.number} ({self.step.rule}): {change}"
        )


def mutations(derivation: Derivation, each: int, seed: int = 0) -> Iterator[Mutation]:
    """Planted errors in all steps of all that a derivation contains, ``each`` of every kind."""
    for inner in derivation.walk():
        for number, step in enumerate(inner.steps, start=1):
            draw = Random(f"{seed} {inner.name} {number}")
            for kind, change in CHANGES.items():
                found = [new for new in change(step.atoms[-1].after, indices(inner)) if new]
                for after in draw.sample(found, min(each, len(found))):
                    if after != step.after:
                        yield Mutation(kind, inner, number, ending(step, after))
            for fact in step.facts:
                yield Mutation("missing fact", inner, number, without(step, fact))
                if isinstance(fact, (EqualFact, UnequalFact)):
                    yield Mutation("wrong case", inner, number, other_case(step, fact))


def ending(step: Step, after: Expr) -> Step:
    """The step with another end."""
    if not step.substeps:
        return replace(step, after=after)
    last = replace(step.substeps[-1], after=after)
    return replace(step, after=after, substeps=(*step.substeps[:-1], last))


def without(step: Step, fact: Fact) -> Step:
    """The step with a fact not named."""
    inner = tuple(without(atom, fact) for atom in step.substeps)
    return replace(step, facts=tuple(f for f in step.facts if f != fact), substeps=inner)


def other_case(step: Step, fact: EqualFact | UnequalFact) -> Step:
    """The step under the opposite condition."""
    kind = UnequalFact if isinstance(fact, EqualFact) else EqualFact
    opposite = kind(fact.left, fact.right)
    inner = tuple(other_case(atom, fact) for atom in step.substeps)
    facts = tuple(opposite if f == fact else f for f in step.facts)
    return replace(step, facts=facts, substeps=inner)


def indices(derivation: Derivation) -> list[Symbol]:
    """The free indices."""
    return [r.index for r in derivation.problem.ranges if isinstance(r.index, Symbol)]


# One change in an expression ---------------------------------------------------------------


def everywhere(expr: Expr, change, known) -> Iterator[Expr]:
    """``expr`` with one part replaced by each of what ``change(part, indices)`` makes of it."""
    yield from change(expr, known)
    if isinstance(expr, Binder):
        body, index = expr.open()
        for new in everywhere(body, change, [*known, index]):
            yield expr.over(new, index)
    elif isinstance(expr, Inert):
        for n, argument in enumerate(expr.args):
            for new in everywhere(argument, change, known):
                if isinstance(expr, Partial) and n == 1 and not isinstance(new, Indexed):
                    # Nothing can be differentiated by it.
                    continue
                yield expr.func(*expr.args[:n], new, *expr.args[n + 1 :])


def in_all(change):
    return lambda expr, known: everywhere(expr, change, known)


def _sign(part: Expr, known) -> Iterator[Expr]:
    if isinstance(part, Minus):
        yield part.operand
    elif isinstance(part, (Times, Quotient, Total, Indexed, Delta, Plus)):
        yield Minus(part)


def _index_swap(part: Expr, known) -> Iterator[Expr]:
    if isinstance(part, (Indexed, Delta)):
        for n, own in enumerate(places := part.indices if isinstance(part, Indexed) else part.args):
            for other in known:
                if other != own:
                    new = [*places[:n], other, *places[n + 1 :]]
                    yield Indexed(part.base, *new) if isinstance(part, Indexed) else Delta(*new)


def _attained(part: Expr, known) -> Iterator[Expr]:
    """Another index in the place of the one that attains a maximum."""
    if isinstance(part, Attains):
        body, own = part.open()
        for other in known:
            if other != part.at_index:
                yield part.again(body, own, (*part.limits[1:], other))


def _dropped_term(part: Expr, known) -> Iterator[Expr]:
    if isinstance(part, Plus):
        for n in range(len(part.args)):
            yield Plus(*part.args[:n], *part.args[n + 1 :])


def _factor(part: Expr, known) -> Iterator[Expr]:
    if isinstance(part, Number):
        yield part + 1
    elif isinstance(part, (Times, Quotient, Total, Indexed, Delta)):
        yield Times(2, part)
    if isinstance(part, Times):
        for n in range(len(part.args)):
            yield Times(*part.args[:n], *part.args[n + 1 :])
    if isinstance(part, Quotient):
        yield part.numerator
        yield Quotient(part.denominator, part.numerator)


def _bound(part: Expr, known) -> Iterator[Expr]:
    if isinstance(part, Binder):
        body, index = part.open()
        lower, upper, *rest = part.outside
        for limits in ((lower + 1, upper), (lower, upper - 1)):
            yield part.again(body, index, (*limits, *rest))
        if part.excluded:
            behind = rest[len(part.excluded) :]
            yield part.again(body, index, (lower, upper, *behind))


CHANGES = {
    "sign": in_all(_sign),
    "index swap": in_all(_index_swap),
    "index of a maximum": in_all(_attained),
    "dropped term": in_all(_dropped_term),
    "factor": in_all(_factor),
    "bound off by one": in_all(_bound),
}


# The chain ---------------------------------------------------------------------------------


def gaps(derivation: Derivation) -> Iterator[Derivation]:
    """The derivation with a step left out, or taken twice, in it or in one of its parts."""
    for name, part in derivation.parts.items():
        for broken in gaps(part):
            yield replace(derivation, parts={**derivation.parts, name: broken})
    steps = derivation.steps
    for n in range(len(steps)):
        yield replace(derivation, steps=steps[:n] + steps[n + 1 :])
        yield replace(derivation, steps=(*steps[: n + 1], *steps[n:]))


def other_statements(derivation: Derivation) -> Iterator[Derivation]:
    """The derivation of something else: problem, statement and first step changed alike or not."""
    problem = derivation.problem
    for change in CHANGES.values():
        for expression in change(problem.expression, indices(derivation)):
            altered = replace(problem, expression=expression)
            yield replace(derivation, problem=altered)
            if not isinstance(derivation.statement, Tuple) and derivation.steps:
                first = replace(derivation.steps[0], before=altered.statement)
                yield replace(
                    derivation,
                    problem=altered,
                    statement=altered.statement,
                    steps=(first, *derivation.steps[1:]),
                )
