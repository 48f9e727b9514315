"""What would be left of a result if a declared fact had not been used."""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr

from derive.derivation import Derivation, Step
from derive.facts import EntryFact, Fact, SumFact
from derive.notation import Partial, heads
from derive.rules.trace import Trace
from derive.strategy.phases import differentiate, finish, length, simplify
from derive.strategy.plan import lemma_of

# A remainder that is longer than this says less than it takes to read.
_READABLE = 40


def label_facts(step: Step) -> tuple[Fact, ...]:
    """The facts on labels that a step uses."""
    return tuple(f for f in step.facts if isinstance(f, (SumFact, EntryFact)))


def remainder(derivation: Derivation, step: Step, known: tuple[Derivation, ...]) -> Expr | None:
    """The result that comes of going on from before ``step`` without the facts that it uses.

    ``known`` may be cited. ``None`` where the step uses no fact on labels, where the way without
    it leads to the same result or does not come to an end, and where there is too much to read.
    """
    unused = label_facts(step)
    if not unused:
        return None
    given = derivation.given
    facts = tuple(f for f in given.facts if f not in unused)
    lemmas = tuple(lemma_of(d) for d in known if not _uses(d, unused))
    trace = Trace(step.before, with_changes(given, facts=facts, lemmas=lemmas))
    differentiate(trace)
    simplify(trace)
    finish(trace)
    left = trace.expression
    if Partial in heads(left) or left == derivation.closed_form or length(left) > _READABLE:
        return None
    return left


def _uses(derivation: Derivation, facts: tuple[Fact, ...]) -> bool:
    return any(f in step.facts for d in derivation.walk() for step in d.steps for f in facts)
