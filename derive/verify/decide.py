"""Whether two expressions are equal at fixed sizes: at every index value, under given facts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as with_changes

import numpy as np
from sympy import Expr, Symbol

from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Fact,
    PositiveFact,
    SumFact,
    UnequalFact,
)
from derive.problem import Problem
from derive.verify.draws import whole_numbers
from derive.verify.exact import Exact, TooDeep
from derive.verify.field import FIELDS, MIDDLE, Array
from derive.verify.labels import Labels, NoLabels
from derive.verify.leaves import Leaves
from derive.verify.sizes import EXACT, size_choices
from derive.verify.slopes import Slopes

POINTS = 8
MORE_POINTS = (64, 2048)

NO_CASE = "at none of the sizes is there a case to compare"
LOST = f"{NO_CASE}: what there was a value of has none any more"


@dataclass(frozen=True)
class Place:
    """Sizes and index values."""

    sizes: tuple[tuple[Symbol, int], ...]
    indices: tuple[tuple[Symbol, int], ...]

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in (*self.sizes, *self.indices))


@dataclass(frozen=True)
class Decision:
    """How a comparison ended: over how many cases, where it failed, or why it did not take place.

    ``undecided`` says that the method does not reach so far, ``unreached`` that no values were
    found that it could be tried with; both speak neither for nor against.
    """

    cases: int
    place: Place | None = None
    reason: str | None = None
    undecided: bool = False
    unreached: bool = False

    @property
    def equal(self) -> bool:
        return self.place is None and self.reason is None


class Decider:
    """Compares expressions of one problem; values are kept from one comparison to the next."""

    def __init__(self, problem: Problem, definitions: tuple[Definition, ...]) -> None:
        self._problem = problem
        self._definitions = definitions
        self._slopes = Slopes(definitions)
        self._choices = size_choices(problem, EXACT)
        self._integers = whole_numbers(problem)
        self._exacts: dict[tuple[int, frozenset[Fact], bool, int, bool], Exact] = {}

    def compare(self, before: Expr, after: Expr, facts: tuple[Fact, ...]) -> Decision:
        """Decide ``before = after``, assuming of all facts only ``facts``."""
        try:
            return self._compare(before, after, facts, MIDDLE)
        except TooDeep:
            # Nested exponentials need room below, logarithms above.
            pass
        except NotImplementedError as error:
            return Decision(0, reason=str(error), undecided=True)
        for level in (len(FIELDS) - 2, 1):
            try:
                return self._compare(before, after, facts, level)
            except NotImplementedError as error:
                reason = str(error)
        return Decision(0, reason=reason, undecided=True)

    def _compare(self, before: Expr, after: Expr, facts: tuple[Fact, ...], level: int) -> Decision:
        cases = 0
        for number in range(len(self._choices)):
            try:
                decision = self._compare_at(number, before, after, facts, level)
            except NoLabels:
                continue
            cases += decision.cases
            if not decision.equal:
                return with_changes(decision, cases=cases)
        if cases == 0:
            if self._has_values(before, facts, level):
                return Decision(0, reason=LOST)
            return Decision(0, reason=NO_CASE, unreached=True)
        return Decision(cases)

    def _has_values(self, expr: Expr, facts: tuple[Fact, ...], level: int) -> bool:
        """Whether an expression has a value anywhere, or the facts leave no place for one."""
        told = self._problem.facts
        exacts = [self._exact(n, facts, False, POINTS, told) for n in range(len(self._choices))]
        allowed = [_allowed(exact, facts) for exact in exacts]
        if not any(a.any() for a in allowed):
            return True
        for exact, here in zip(exacts, allowed, strict=True):
            with suppress(NoLabels):
                if (here & ~np.isnan(exact.value(expr, level))).any():
                    return True
        return False

    def _compare_at(
        self, number: int, before: Expr, after: Expr, facts: tuple[Fact, ...], level: int
    ) -> Decision:
        """Two sides at one choice of sizes.

        A law of powers may be one of positive bases: then powers of zero have no value.
        """
        decision = self._at(number, before, after, facts, level, self._problem.facts)
        return decision if decision.equal else self._at(number, before, after, facts, level, None)

    def _at(
        self,
        number: int,
        before: Expr,
        after: Expr,
        facts: tuple[Fact, ...],
        level: int,
        told: tuple[Fact, ...] | None,
    ) -> Decision:
        exact = self._exact(number, facts, False, POINTS, told)
        decision = _differing(exact, before, after, facts, level)
        if decision.equal:
            return decision
        for points in MORE_POINTS:
            # They may differ only where a logarithm is taken of something not positive.
            exact = self._exact(number, facts, True, points, told)
            narrow = _differing(exact, before, after, facts, level)
            if not narrow.equal or narrow.cases == decision.cases:
                return narrow
        reason = "too many terms would have to be positive at once"
        return Decision(narrow.cases, reason=reason, undecided=True)

    def _exact(
        self,
        number: int,
        facts: tuple[Fact, ...],
        strict: bool,
        points: int,
        told: tuple[Fact, ...] | None,
    ) -> Exact:
        of_value = [f for f in facts if isinstance(f, (SumFact, EntryFact, PositiveFact))]
        key = (number, frozenset(of_value), strict, points, told is None)
        if key not in self._exacts:
            sizes = self._choices[number]
            sums = tuple(f for f in of_value if isinstance(f, SumFact))
            labels = Labels(sums, sizes, self._definitions)
            ranges = self._problem.ranges
            leaves = Leaves(sizes, points, tuple(of_value), ranges, labels, self._integers)
            self._exacts[key] = Exact(
                sizes,
                ranges,
                self._definitions,
                tuple(of_value),
                leaves,
                self._slopes,
                strict,
                told,
            )
        return self._exacts[key]


def _differing(
    exact: Exact, before: Expr, after: Expr, facts: tuple[Fact, ...], level: int
) -> Decision:
    """The cases in which both sides are defined, and the first in which they differ."""
    sides = (exact.value(before, level), exact.value(after, level), _allowed(exact, facts))
    rank = exact.free.depth
    raised = [a.reshape((1,) * (rank - a.ndim) + a.shape) for a in sides]
    left, right, allowed = np.broadcast_arrays(*raised)
    comparable = allowed & ~np.isnan(left) & ~np.isnan(right)
    wrong = (comparable & (left != right)).any(axis=-1)
    if not exact.strict:
        # A value must not get lost on the way either.
        wrong |= (allowed & ~np.isnan(left)).any(axis=-1) & ~comparable.any(axis=-1)
    cases = int(comparable.any(axis=-1).sum())
    failed = np.argwhere(wrong)
    return Decision(cases, _place(exact, failed[0]) if len(failed) else None)


def _allowed(exact: Exact, facts: tuple[Fact, ...]) -> Array:
    """Where the equalities and inequalities of indices among the facts hold."""
    allowed: Array = np.ones(1, dtype=bool)
    for fact in facts:
        if isinstance(fact, (EqualFact, UnequalFact)):
            left, right = (exact.whole(e, exact.free) for e in (fact.left, fact.right))
            same = left == right
            allowed = allowed & (same if isinstance(fact, EqualFact) else ~same)
    return allowed


def _place(exact: Exact, position: Array) -> Place:
    """The index values at a position among the axes before the points'."""
    indices = []
    for symbol, run in exact.free.values.items():
        value = run.ravel()[position[len(position) + 1 - run.ndim]]
        indices.append((symbol, int(value)))
    return Place(tuple(exact.sizes.items()), tuple(indices))
