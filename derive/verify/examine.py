"""One step, or one equation, held against everything: law, exact values, random points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as with_changes

import mpmath
from sympy import Expr, Symbol

from derive.derivation import Derivation, Step
from derive.facts import (
    Definition,
    EqualFact,
    Fact,
    Given,
    IndexRange,
    Lemma,
    UnequalFact,
)
from derive.laws import Condition
from derive.positions import parts_at
from derive.problem import Problem
from derive.verify.claims import Claim, Court
from derive.verify.conditions import nonzero, positive
from derive.verify.decide import Decider, Decision, Place
from derive.verify.report import Check, Counterexample
from derive.verify.sample import Sampler
from derive.verify.sampled import DIGITS
from derive.verify.sizes import EXACT, size_choices
from derive.verify.wellformed import fact_flaw, flaw, name_flaw
from derive.verify.words import ILL_FORMED, TRUE_ALL_THE_SAME, change


@dataclass(frozen=True)
class Finding:
    """Something wrong with an equation or a rewritten part.

    ``unreached`` says that it could not be tried with numbers, which does not make it wrong.
    """

    check: Check
    sentence: str
    counterexample: Counterexample | None = None
    unreached: bool = False


@dataclass
class Evidence:
    """What has been counted while a step was examined."""

    parts: int = 0
    exact: int = 0
    sampled: int = 0
    undecided: bool = False


Cited = tuple[Derivation, ...]


class Examiner:
    """Examines equations of one tree of derivations; all values are shared among them."""

    def __init__(self, root: Derivation) -> None:
        self._root = root
        self._problem = with_changes(root.problem, ranges=all_ranges(root))
        self._deciders: dict[object, tuple[Decider, Sampler, Court]] = {}
        self.assumed: dict[Condition, None] = {}
        self._unreached = False

    @property
    def problem(self) -> Problem:
        """The root's problem with the ranges of all indices in the tree."""
        return self._problem

    def step(
        self, step: Step, derivation: Derivation, cited: Cited, seen: Evidence
    ) -> list[Finding]:
        """What is wrong with a step, apart from its place in the chain."""
        sides = (side for one in (step, *step.atoms) for side in (one.before, one.after))
        found = _misformed(sides, (fact for atom in step.atoms for fact in atom.facts))
        if found:
            # It has no value and follows no law.
            return found
        facts: tuple[Fact, ...] = ()
        for atom in step.atoms:
            lemmas = [d for d in cited if atom.lemma is not None and atom.lemma == d.name]
            relied = (*atom.facts, *(f for d in lemmas for f in handed_on(d, self._root)))
            found += self._laws(atom, derivation, lemmas, seen)
            found += self._exact(atom.before, atom.after, relied, derivation, seen)
            facts = (*facts, *relied)
        if not any(f.check == "exact" for f in found):
            found += self._sampled(step.before, step.after, facts, derivation, seen)
        if all(f.check == "law" for f in found):
            return [with_changes(f, sentence=f.sentence + TRUE_ALL_THE_SAME) for f in found]
        return found

    def equation(
        self, left: Expr, right: Expr, facts: tuple[Fact, ...], derivation: Derivation
    ) -> list[Finding]:
        """What is wrong with ``left = right`` as a whole."""
        found = _misformed((left, right))
        if found:
            return found
        seen = Evidence()
        found = self._exact(left, right, facts, derivation, seen)
        return found or self._sampled(left, right, facts, derivation, seen)

    def _laws(
        self, atom: Step, derivation: Derivation, lemmas: list[Derivation], seen: Evidence
    ) -> list[Finding]:
        court = self._tools(derivation)[2]
        found = []
        candidates = [_statement(d) for d in lemmas] if lemmas else [None]
        for path in atom.positions:
            try:
                before, after, given = parts_at(atom.before, atom.after, path, Given())
            except (ValueError, IndexError) as error:
                found.append(Finding("chain", f"there is no part at {path}: {error}"))
                continue
            seen.parts += 1
            rulings = [
                court.judge(Claim(atom.rule, before, after, atom.facts, given, lemma))
                for lemma in candidates
            ]
            refusals = [r.refusal for r in rulings if r.refusal is not None]
            if len(refusals) == len(rulings):
                found.append(Finding("law", f"{refusals[0]}: {change(before, after)}"))
            else:
                assumed = (a for r in rulings for a in r.assumed)
                self.assumed.update((a, None) for a in assumed if not self._declared(a, derivation))
        return found

    def _declared(self, condition: Condition, derivation: Derivation) -> bool:
        """Whether a condition on the domain follows from what the problem says, named or not."""
        signs = {"positive": positive, "nonzero": nonzero}
        seen = signs.get(condition.kind)
        facts, definitions = self._problem.facts, derivation.definitions
        return seen is not None and seen(condition.operands[0], facts, definitions)

    def _exact(
        self,
        left: Expr,
        right: Expr,
        facts: tuple[Fact, ...],
        derivation: Derivation,
        seen: Evidence,
    ) -> list[Finding]:
        decision = self._tools(derivation)[0].compare(left, right, facts)
        seen.exact += decision.cases
        if decision.equal:
            return []
        if decision.undecided or decision.unreached:
            # Not decided, which is no failure as long as random points agree.
            seen.undecided = True
            return self._sampled(left, right, facts, derivation, seen)
        return [self._finding("exact", decision, left, right, facts, derivation)]

    def _sampled(
        self,
        left: Expr,
        right: Expr,
        facts: tuple[Fact, ...],
        derivation: Derivation,
        seen: Evidence,
    ) -> list[Finding]:
        decision = self._tools(derivation)[1].compare(left, right, facts)
        seen.sampled += decision.cases
        if decision.equal:
            return []
        if decision.unreached and not seen.undecided:
            # Decided exactly all the same, so that it is enough to say it once.
            if self._unreached:
                return []
            self._unreached = True
        return [self._finding("sampled", decision, left, right, facts, derivation)]

    def _finding(
        self,
        check: Check,
        decision: Decision,
        left: Expr,
        right: Expr,
        facts: tuple[Fact, ...],
        derivation: Derivation,
    ) -> Finding:
        if decision.place is None:
            reason = decision.reason or "it could not be decided"
            return Finding(check, reason, unreached=decision.unreached)
        shown = self._counterexample(decision.place, left, right, facts, derivation)
        return Finding(check, "the two sides differ", shown)

    def _counterexample(
        self,
        place: Place,
        left: Expr,
        right: Expr,
        facts: tuple[Fact, ...],
        derivation: Derivation,
    ) -> Counterexample:
        """The values on both sides, if they are real somewhere."""
        sampler = self._tools(derivation)[1]
        sizes, indices = dict(place.sizes), dict(place.indices)
        try:
            values = sampler.values(left, right, facts, sizes, indices)
        except (NotImplementedError, ArithmeticError):
            values = None
        texts = [None, None] if values is None else _apart(*values[1:])
        labels = [str(f.statement) for f in facts if not isinstance(f, (IndexRange, Definition))]
        return Counterexample(
            _named(sizes),
            _named(indices),
            ", ".join(dict.fromkeys(labels)) or "free labels",
            *texts,
        )

    def _tools(self, derivation: Derivation) -> tuple[Decider, Sampler, Court]:
        # An index may run elsewhere in another part, as the k of two vectors does.
        ranges = {r.index: r for r in (*self._problem.ranges, *derivation.problem.ranges)}
        problem = with_changes(self._problem, ranges=tuple(ranges.values()))
        key = derivation.definitions, problem.ranges
        if key not in self._deciders:
            definitions, sizes = derivation.definitions, size_choices(problem, EXACT)
            self._deciders[key] = (
                Decider(problem, definitions),
                Sampler(problem, definitions),
                Court(definitions, sizes),
            )
        return self._deciders[key]


def _misformed(exprs: Iterable[Expr], facts: Iterable[Fact] = ()) -> list[Finding]:
    """What is no expression at all."""
    sides = tuple(dict.fromkeys(exprs))
    flaws = [f for f in (*map(flaw, sides), *map(fact_flaw, facts)) if f is not None]
    if not flaws:
        clash = name_flaw(sides)
        flaws = [] if clash is None else [clash]
    return [Finding("form", ILL_FORMED + one) for one in dict.fromkeys(flaws)]


def facts_of(derivation: Derivation, root: Derivation | None = None) -> tuple[Fact, ...]:
    """All facts that a derivation's steps name, those of what it contains and cites included.

    ``root`` is the whole document, in which what is cited is found by name. What is cited under
    assumptions on its own indices does not hand these on.
    """
    named: dict[str, list[Derivation]] = {}
    for known in () if root is None else root.walk():
        named.setdefault(known.name, []).append(known)
    found: dict[Fact, None] = {}
    waiting, seen = [derivation], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        atoms = [atom for step in one.steps for atom in step.atoms]
        own = () if one is derivation else one.assumptions
        found.update(dict.fromkeys(f for atom in atoms for f in atom.facts if f not in own))
        waiting += [*one.lemmas, *one.parts.values()]
        waiting += [d for atom in atoms if atom.lemma for d in named.get(atom.lemma, ())]
    return tuple(found)


def handed_on(cited: Derivation, root: Derivation) -> tuple[Fact, ...]:
    """The facts that whoever cites a derivation relies on, too."""
    return tuple(f for f in facts_of(cited, root) if f not in cited.assumptions)


def _statement(derivation: Derivation) -> Lemma:
    indices = derivation.problem.generic_indices
    assumed = tuple(f for f in derivation.assumptions if isinstance(f, (EqualFact, UnequalFact)))
    return Lemma(derivation.name, derivation.statement, derivation.closed_form, indices, assumed)


def all_ranges(root: Derivation) -> tuple[IndexRange, ...]:
    """The range of every index that occurs anywhere in a derivation."""
    ranges = {r.index: r for d in root.walk() for r in d.problem.ranges}
    return tuple(ranges.values())


def _named(values: dict[Symbol, int]) -> tuple[tuple[str, int], ...]:
    return tuple((symbol.name, value) for symbol, value in values.items())


def _apart(before: mpmath.mpf, after: mpmath.mpf) -> list[str]:
    """Two numbers with so many digits that they differ, at least eight."""
    shown = ([mpmath.nstr(v, digits) for v in (before, after)] for digits in range(8, DIGITS))
    same = [mpmath.nstr(v, 8) for v in (before, after)]
    return next((texts for texts in shown if texts[0] != texts[1]), same)
