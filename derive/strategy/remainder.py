"""What would be left of a result if a declared fact had not been used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as with_changes
from functools import lru_cache
from itertools import takewhile

from sympy import Expr

from derive.derivation import Derivation, Step
from derive.facts import EntryFact, Fact, SumFact
from derive.notation import Partial, heads
from derive.problem import Problem
from derive.rules.trace import Trace
from derive.strategy.attempts import length
from derive.strategy.finishing import finish
from derive.strategy.phases import differentiate, simplify
from derive.strategy.plan import derive_problem, lemma_of

# A remainder that is longer than this says less than it takes to read.
_READABLE = 40


def label_facts(step: Step) -> tuple[Fact, ...]:
    """The facts on labels that a step uses."""
    return tuple(f for f in step.facts if isinstance(f, (SumFact, EntryFact)))


def remainder(derivation: Derivation, step: Step, known: tuple[Derivation, ...]) -> Expr | None:
    """The result that comes of going on without the facts that ``step`` uses.

    It goes on from before the step; where something before it has used them too, the whole is
    derived anew. ``known`` may be cited. ``None`` where the step uses no fact on labels, where the
    way without it leads to the same result or does not come to an end, and where there is too much
    to read.
    """
    unused = label_facts(step)
    if not unused:
        return None
    relying = {d.name for d in known if _uses(d, unused)}
    if any(_relies(s, unused, relying) for s in _before(derivation, step)):
        problem = derivation.problem
        declared = tuple(f for f in problem.facts if f not in unused)
        left = _derived_anew(with_changes(problem, facts=declared))
    else:
        given = derivation.given
        facts = tuple(f for f in given.facts if f not in unused)
        lemmas = tuple(lemma_of(d) for d in known if d.name not in relying)
        trace = Trace(step.before, with_changes(given, facts=facts, lemmas=lemmas))
        differentiate(trace)
        simplify(trace)
        finish(trace)
        left = trace.expression
    if Partial in heads(left) or left == derivation.closed_form or length(left) > _READABLE:
        return None
    return left


@lru_cache(maxsize=16)  # the same in every language and format
def _derived_anew(problem: Problem) -> Expr:
    return derive_problem(problem).closed_form


def _before(derivation: Derivation, step: Step) -> Iterator[Step]:
    """The steps that come before ``step``, which may be a part of one."""
    return takewhile(lambda s: s != step and step not in s.atoms, derivation.steps)


def _relies(step: Step, facts: tuple[Fact, ...], lemmas: set[str]) -> bool:
    """Whether a step uses one of the facts, or cites one of the lemmas."""
    return any(f in step.facts for f in facts) or any(a.lemma in lemmas for a in step.atoms)


def _uses(derivation: Derivation, facts: tuple[Fact, ...]) -> bool:
    return any(f in step.facts for d in derivation.walk() for step in d.steps for f in facts)
