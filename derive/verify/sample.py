"""Comparison at random points with many digits, as the facts in force allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from random import Random

import mpmath
from sympy import Expr, Indexed, IndexedBase, Integer, Symbol

from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Fact,
    IndexRange,
    PositiveFact,
    SumFact,
    UnequalFact,
)
from derive.notation import Total, entries, names
from derive.problem import Problem
from derive.verify.bounds import Bounds
from derive.verify.decide import Decision, Place
from derive.verify.draws import ATTEMPTS, OutsideDomain, random_number, whole_numbers
from derive.verify.labels import constrained
from derive.verify.sampled import WORKING, Point
from derive.verify.sizes import NO_SIZE, sampled_sizes, size_choices

TOLERANCE = mpmath.mpf(10) ** -22
"""Numeric derivatives are good to more digits, even where what they are taken of is steep."""

NO_POINT = (
    "no random values were found for which all is real, so that not everything was tried with "
    "numbers; this says nothing against it. If the loss is real somewhere, tell what is positive "
    "or larger there, as in given=[w[i] > 0] or given=[b[u[n]] > b[t[n]]], and check again"
)

PASSES = 40
"""How often numbers are drawn again where they do not meet a fact that compares them."""

At = Mapping[Symbol, int]
Key = tuple[Expr, tuple[int, ...]]
Row = tuple[tuple[Expr, int], ...]
"""The indices that a sum leaves free, with their values."""


class Sampler:
    """Compares expressions of one problem at random points; values are kept between comparisons.

    With ``floats`` all numbers are such as a computer's floating-point numbers can be.
    """

    def __init__(
        self, problem: Problem, definitions: tuple[Definition, ...], floats: bool = False
    ) -> None:
        self._problem = problem
        self._definitions = definitions
        self._floats = floats
        self._integers = whole_numbers(problem)
        self._choices = size_choices(problem, sampled_sizes(problem))
        self._points: dict[object, Point] = {}
        self._lucky: dict[tuple[tuple[Symbol, int], ...], int] = {}

    def compare(self, before: Expr, after: Expr, facts: tuple[Fact, ...]) -> Decision:
        """Compare at one random point for each of the larger sizes."""
        cases = 0
        for sizes in self._choices:
            try:
                found = self.values(before, after, facts, sizes)
            except NotImplementedError as error:
                return Decision(cases, reason=str(error), undecided=True)
            if found is None:
                return Decision(cases, reason=NO_POINT, unreached=True)
            place, left, right = found
            if abs(left - right) > TOLERANCE * max(1, abs(left), abs(right)):
                return Decision(cases, place)
            cases += 1
        return Decision(cases) if cases else Decision(0, reason=NO_SIZE, unreached=True)

    def values(
        self,
        before: Expr,
        after: Expr,
        facts: tuple[Fact, ...],
        sizes: At,
        at: At | None = None,
    ) -> tuple[Place, mpmath.mpf, mpmath.mpf] | None:
        """Both values at a random point where they are real; None where none is found.

        ``at`` fixes the index values. Raises ``NotImplementedError`` for a node without a meaning.
        """
        with mpmath.workdps(WORKING):
            # What led into the domain before is likely to do so again.
            lucky = self._lucky.get(tuple(sizes.items()), 0)
            for attempt in (lucky, *(n for n in range(ATTEMPTS) if n != lucky)):
                indices = self._indices(facts, sizes, attempt) if at is None else at
                if indices is None:
                    continue
                point = self._point(facts, sizes, attempt)
                try:
                    left, right = point.value(before, indices), point.value(after, indices)
                except OutsideDomain:
                    continue
                self._lucky[tuple(sizes.items())] = attempt
                return Place(tuple(sizes.items()), tuple(indices.items())), left, right
        return None

    def draw(self, facts: tuple[Fact, ...], sizes: At, attempt: int) -> tuple[At, Point] | None:
        """Random values of the free indices, and a point; None where the facts allow none."""
        indices = self._indices(facts, sizes, attempt)
        return None if indices is None else (indices, self._point(facts, sizes, attempt))

    def _indices(self, facts: tuple[Fact, ...], sizes: At, attempt: int) -> At | None:
        """Random values of the free indices; None where the facts do not allow them."""
        draw = Random(attempt)
        values = {size: Integer(value) for size, value in sizes.items()}
        at: dict[Symbol, int] = {}
        for known in self._problem.ranges:
            if isinstance(known.index, Symbol):
                values.update({s: Integer(v) for s, v in at.items()})
                low, high = (int(e.xreplace(values)) for e in (known.lower, known.upper))
                at[known.index] = draw.randint(low, high)
        for fact in facts:
            if isinstance(fact, EqualFact) and fact.left in at and fact.right in at:
                at[fact.left] = at[fact.right]
        point = self._point(facts, sizes, attempt)
        for fact in facts:
            if isinstance(fact, (EqualFact, UnequalFact)):
                same = point.whole(fact.left, at) == point.whole(fact.right, at)
                if same != isinstance(fact, EqualFact):
                    return None
        return at

    def _point(self, facts: tuple[Fact, ...], sizes: At, attempt: int) -> Point:
        sums = tuple(f for f in facts if isinstance(f, SumFact))
        values = tuple(f for f in facts if isinstance(f, EntryFact))
        key = (tuple(sizes.items()), frozenset(sums), frozenset(values), attempt)
        if key not in self._points:
            leaf = RandomLeaves(
                self._problem,
                sizes,
                attempt,
                sums,
                self._definitions,
                self._integers,
                self._floats,
            )
            self._points[key] = Point(sizes, self._definitions, values, leaf)
        return self._points[key]


class RandomLeaves:
    """Random numbers for the leaves of a problem."""

    def __init__(
        self,
        problem: Problem,
        sizes: At,
        attempt: int,
        sums: tuple[SumFact, ...],
        definitions: tuple[Definition, ...],
        integers: Mapping[Expr, list[int]],
        floats: bool = False,
    ) -> None:
        self._problem = problem
        self._floats = floats
        self._sizes = sizes
        self._attempt = attempt
        self._sums = [s for s in sums if constrained(s, definitions) is not None]
        self._definitions = definitions
        self._settled: dict[IndexedBase, dict[tuple[int, ...], mpmath.mpf]] = {}
        self._drawn: dict[Key, mpmath.mpf] = {}
        self._rejected: Counter[Key] = Counter()
        self._bounds = Bounds(problem.facts)
        self._integers = integers
        self._meet_comparisons()

    def __call__(self, leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
        key = (leaf, indices)
        if key not in self._drawn:
            number = self._number(leaf, indices)
            self._drawn[key] = mpmath.mpf(float(number)) if self._floats else number
        return self._drawn[key]

    def _number(self, leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
        if indices in self._settled.get(leaf, {}):
            return self._settled[leaf][indices]
        known = self._range_of(leaf)
        if known is not None:
            sizes = {size: Integer(value) for size, value in self._sizes.items()}
            low, high = (int(e.xreplace(sizes)) for e in (known.lower, known.upper))
            return Random(f"{self._name(leaf, indices)}{indices}{self._attempt}").randint(low, high)
        for fact in self._sums:
            if constrained(fact, self._definitions) == leaf:
                if leaf not in self._settled:
                    self._settled[leaf] = self._settle(fact, leaf)
                if indices in self._settled[leaf]:
                    return self._settled[leaf][indices]
        # A place beyond an array has a number of its own, too.
        return self._draw(leaf, indices)

    def _draw(self, leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
        if leaf in self._integers:
            positive = leaf in self._bounds.positive or self._attempt % 2 == 1
            choices = [n for n in self._integers[leaf] if n > 0 or not positive]
            return mpmath.mpf(
                Random(f"{self._name(leaf, indices)}{indices}{self._attempt}").choice(choices)
            )
        if isinstance(leaf, Symbol) and leaf.is_integer:
            low = 1 if leaf.is_positive else -4
            return mpmath.mpf(Random(f"{leaf}{self._attempt}").randint(low, 5))
        assumed = isinstance(leaf, Symbol) and (leaf.is_positive or leaf.is_negative)
        positive = bool(assumed) or leaf in self._bounds.positive
        number = random_number(self._name(leaf, indices), indices, self._attempt, positive)
        negative = isinstance(leaf, Symbol) and leaf.is_negative
        return self._bounds.meet(leaf, -number if negative else number)

    def _name(self, leaf: Expr, indices: tuple[int, ...]) -> str:
        """The name by which a number is drawn: another one after each that was rejected."""
        return str(leaf.name) + "'" * self._rejected[leaf, indices]

    def _meet_comparisons(self) -> None:
        """Draw again what does not meet a fact about several numbers, as ``b[u[n]] > b[t[n]]``."""
        compared = [
            (fact, at)
            for fact in self._problem.facts
            if isinstance(fact, PositiveFact) and fact.subject is None
            for at in self._places(fact)
        ]
        for _ in range(PASSES):
            wrong = [(fact, at) for fact, at in compared if not self._meets(fact, at)]
            for fact, at in wrong:
                self._repair(fact, at)
            if not wrong:
                return

    def _places(self, fact: PositiveFact) -> Iterator[At]:
        """All values of the indices for which a fact is declared; none where the loss has them."""
        ranges = {r.index: r for r in self._problem.ranges}
        free = [index for index in names(fact.expression) if index in ranges]
        if set(free) & names(self._problem.expression):
            return
        sizes = {size: Integer(value) for size, value in self._sizes.items()}
        spans = [[int(e.xreplace(sizes)) for e in (ranges[i].lower, ranges[i].upper)] for i in free]
        for place in product(*(range(low, high + 1) for low, high in spans)):
            yield dict(zip(free, place, strict=True))

    def _meets(self, fact: PositiveFact, at: At) -> bool:
        try:
            point = Point(self._sizes, self._definitions, (), self)
            return bool(point.value(fact.expression, at) > 0)
        except (OutsideDomain, NotImplementedError):
            return True  # nothing can be told there

    def _repair(self, fact: PositiveFact, at: At) -> None:
        """Swap two numbers of one array, or draw the classes, else all the numbers, again."""
        used: dict[Key, None] = {}

        def look(leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
            used[leaf, indices] = None
            return self(leaf, indices)

        Point(self._sizes, self._definitions, (), look).value(fact.expression, at)
        loose = [key for key in used if key[0] not in self._settled]
        classes = [key for key in loose if self._range_of(key[0]) is not None]
        if not classes and len(loose) == 2 and loose[0][0] == loose[1][0]:
            first, second = loose
            self._drawn[first], self._drawn[second] = self._drawn[second], self._drawn[first]
            if self._meets(fact, at):
                return
        for key in classes or loose:
            self._rejected[key] += 1
            del self._drawn[key]

    def _range_of(self, leaf: Expr) -> IndexRange | None:
        """Where the entries of an array of classes lie."""
        return next((r for r in self._problem.ranges if _is_entry(r.index, leaf)), None)

    def _settle(self, fact: SumFact, base: IndexedBase) -> dict[tuple[int, ...], mpmath.mpf]:
        """Entries that meet a sum fact, row by row: scaled if positive, else by one."""
        entry = next(e for e in entries(fact.total.body) if e.base == base)
        bound = frozenset(_summed(fact.total))
        sizes = {size: Integer(value) for size, value in self._sizes.items()}
        lengths = [int(n.xreplace(sizes)) for n in base.shape or ()]
        drawn = {
            place: self._draw(base, place) for place in product(*(range(1, n + 1) for n in lengths))
        }
        rows: dict[Row, list[tuple[int, ...]]] = {}
        for place in drawn:
            fixed = zip(entry.indices, place, strict=True)
            rows.setdefault(tuple(p for p in fixed if p[0] not in bound), []).append(place)

        def number(leaf: Expr, indices: tuple[int, ...]) -> mpmath.mpf:
            return drawn[indices] if leaf == base else self(leaf, indices)

        def value(expr: Expr, row: Row) -> mpmath.mpf:
            return Point(self._sizes, self._definitions, (), number).value(expr, dict(row))

        for row, places in rows.items():
            wanted = value(fact.value, row)
            if self._attempt % 2 == 1:
                whole = value(fact.total, row)
                if whole == 0:
                    raise OutsideDomain(f"the sum of no entries of {base}")
                scale = wanted / whole
                for place in places:
                    drawn[place] *= scale
            else:
                for place in reversed(places):
                    kept, sums = drawn[place], []
                    for tried in (0, 1):
                        drawn[place] = mpmath.mpf(tried)
                        sums.append(value(fact.total, row))
                    if sums[1] != sums[0]:
                        drawn[place] = (wanted - sums[0]) / (sums[1] - sums[0])
                        break
                    drawn[place] = kept  # a mask rules it out of the sum
        return drawn


def _summed(total: Expr) -> Iterator[Expr]:
    """The indices of sums directly inside each other."""
    while isinstance(total, Total):
        yield total.limits[0]
        total = total.body


def _is_entry(index: Expr, base: Expr) -> bool:
    return isinstance(index, Indexed) and index.base == base
