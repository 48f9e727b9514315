"""Numbers for all that two lines are made of: small ones, as the facts allow."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import mpmath
from sympy import Expr, Indexed, IndexedBase, Integer, Rational, Symbol

from derive.facts import EntryFact, IndexRange, PositiveFact, SumFact
from derive.lines.indices import singled_out
from derive.lines.verdict import Counterexample
from derive.notation import entries, names
from derive.problem import Problem
from derive.signs import ingredients
from derive.verify.bounds import Bounds
from derive.verify.draws import OutsideDomain
from derive.verify.labels import constrained
from derive.verify.sampled import Point

EXACT = mpmath.mpf(10) ** -20
"""How far a declared sum may be off: by rounding, and no more."""

At = Mapping[Symbol, int]
Place = tuple[int, ...]


def _fractions(*written: str) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(map(Fraction, numbers.split())) for numbers in written)


CHOICES = (
    _fractions("0 1", "1 2"),
    _fractions("0 1 2", "1 2 3"),
    _fractions("-1 0 1 2", "1 2 3"),
    _fractions("-2 -1 1 2 3", "1/2 1 2"),
    _fractions("-1/2 1/2 1 2", "1/4 1/2 3/4"),
    _fractions("-3 -3/2 1/3 2 5", "1/10 1/3 3 5"),
)
"""What entries are drawn from, and those that have to be positive."""
ROUNDS = 8
"""How often each of the choices is drawn from."""
DRAWS = len(CHOICES) * ROUNDS


class Numbers:
    """Numbers for all that two lines are made of."""

    def __init__(self, left: Expr, right: Expr, problem: Problem, sizes: At, number: int) -> None:
        used = set().union(*(ingredients(side, problem.definitions) for side in (left, right)))
        self._problem = problem
        self._sizes = sizes
        self._number = number
        self._arrays = [b for b in problem.arrays if b in used]
        self._parameters = [s for s in problem.parameters if s in used]
        values = tuple(f for f in problem.facts if isinstance(f, EntryFact))
        self._given = {f.entry.base: f for f in values}
        # A class may stand in a fact alone, as the t of a one-hot label.
        facts = tuple(
            f for f in problem.facts if not isinstance(f, EntryFact) or f.entry.base in self._arrays
        )
        self._indices = names(left) | names(right) | singled_out(facts)
        self._drawn: dict[tuple[Expr, Place], Fraction] = {}
        self._bounds = Bounds(problem.facts)
        self.point = Point(sizes, problem.definitions, values, self._leaf)
        self.fit = self._settle()

    def counterexample(self, at: At, left: mpmath.mpf, right: mpmath.mpf) -> Counterexample:
        """What was found, by name."""
        shown = {index: value for index, value in at.items() if index in self._indices}
        return Counterexample(
            {size.name: value for size, value in self._sizes.items()},
            {index.name: value for index, value in shown.items()},
            {base.name: self._array(base, at) for base in self._arrays},
            {s.name: _rational(self._number_of(s, ())) for s in self._parameters},
            +left,
            +right,
        )

    def _array(self, base: IndexedBase, at: At, before: Place = ()) -> Any:
        """The entries as nested tuples."""
        shape = self._shape(base)
        if len(before) == len(shape):
            fact = self._given.get(base)
            if fact is None:
                return _rational(self._number_of(base, before))
            # What a fact fixes is a label: a whole number.
            own = dict(zip(fact.entry.indices, before, strict=True))
            return Rational(mpmath.nstr(self.point.value(fact.value, {**at, **own}), 15))
        return tuple(self._array(base, at, (*before, n)) for n in range(1, shape[len(before)] + 1))

    def _shape(self, base: IndexedBase) -> Place:
        values = {size: Integer(value) for size, value in self._sizes.items()}
        return tuple(int(length.xreplace(values)) for length in base.shape or ())

    def _leaf(self, leaf: Expr, place: Place) -> mpmath.mpf:
        number = self._number_of(leaf, place)
        return mpmath.mpf(number.numerator) / number.denominator

    def _number_of(self, leaf: Expr, place: Place) -> Fraction:
        if (leaf, place) not in self._drawn:
            self._drawn[leaf, place] = self._bounds.meet(leaf, self._draw(leaf, place))
        return self._drawn[leaf, place]

    def _draw(self, leaf: Expr, place: Place) -> Fraction:
        draw = Random(f"{leaf} {place} {self._number}")
        numbers, positive = CHOICES[self._number // ROUNDS]
        known = next((r for r in self._problem.ranges if _is_entry(r, leaf)), None)
        if known is not None:
            return Fraction(draw.randint(1, self._shape_of_classes(known)))
        if isinstance(leaf, Symbol) and leaf.is_integer:
            return Fraction(draw.randint(1 if leaf.is_positive else -2, 3))
        if leaf in self._bounds.positive or (isinstance(leaf, Symbol) and leaf.is_positive):
            return draw.choice(positive)
        if isinstance(leaf, Symbol) and leaf.is_negative:
            return -draw.choice(positive)
        if isinstance(leaf, Symbol) and leaf.is_nonnegative:
            return abs(draw.choice(numbers))
        return draw.choice(numbers)

    def _shape_of_classes(self, known: IndexRange) -> int:
        values = {size: Integer(value) for size, value in self._sizes.items()}
        return int(known.upper.xreplace(values))

    def _settle(self) -> bool:
        """Change entries so that the declared sums come out; whether all facts hold then."""
        for fact in self._problem.facts:
            if isinstance(fact, SumFact) and not self._settle_sum(fact):
                return False
        facts = (f for f in self._problem.facts if isinstance(f, (SumFact, PositiveFact)))
        return all(self._holds(fact) for fact in facts)

    def _settle_sum(self, fact: SumFact) -> bool:
        """Draw the entries of a sum anew: one is 1, or all are parts of it."""
        base = constrained(fact, self._problem.definitions)
        if base is None or self._is_given(fact):
            return True
        entry = next(e for e in entries(fact.total.body) if e.base == base)
        axis = entry.indices.index(fact.total.limits[0])
        shape = self._shape(base)
        for row in product(*(range(1, n + 1) for n in shape)):
            if row[axis] != shape[axis]:
                continue
            draw = Random(f"{base} {row} {self._number}")
            hot = draw.randint(1, shape[axis])
            one_hot = self._number % 2 == 0 and base not in self._bounds.positive
            for n in range(1, shape[axis]):
                place = (*row[:axis], n, *row[axis + 1 :])
                part = Fraction(draw.randint(1, 3), 4 * shape[axis])
                self._drawn[base, place] = Fraction(n == hot) if one_hot else part
            sums = []
            for last in (Fraction(0), Fraction(1)):
                self._drawn[base, row] = last
                sums.append(self._difference(fact, dict(zip(entry.indices, row, strict=True))))
            if sums[0] == sums[1]:
                return False
            solution = sums[0] / (sums[0] - sums[1])
            self._drawn[base, row] = Fraction(mpmath.nstr(solution, 40)).limit_denominator(10**6)
        return True

    def _is_given(self, fact: SumFact) -> bool:
        """Whether a fact about entries says what is summed: posing has held the two together."""
        return constrained(fact, self._problem.definitions) in self._given

    def _difference(self, fact: SumFact, at: At) -> mpmath.mpf:
        """By how much a declared sum is missed; the values are computed afresh."""
        values = tuple(self._given.values())
        point = Point(self._sizes, self._problem.definitions, values, self._leaf)
        return point.value(fact.total, at) - point.value(fact.value, at)

    def _holds(self, fact: SumFact | PositiveFact) -> bool:
        """Whether a fact holds for every value of its indices."""
        if isinstance(fact, SumFact) and self._is_given(fact):
            return True
        expr = fact.total if isinstance(fact, SumFact) else fact.expression
        spans: dict[Symbol, range] = {}
        for entry in entries(expr):
            for index, length in zip(entry.indices, self._shape(entry.base), strict=False):
                if isinstance(index, Symbol) and index not in self._sizes:
                    spans[index] = range(1, length + 1)
        try:
            for place in product(*spans.values()):
                at = dict(zip(spans, place, strict=True))
                if isinstance(fact, SumFact):
                    if abs(self._difference(fact, at)) > EXACT:
                        return False
                elif self.point.value(expr, at) <= 0:
                    return False
        except (OutsideDomain, NotImplementedError):
            return False
        return True


def _is_entry(known: IndexRange, leaf: Expr) -> bool:
    return isinstance(known.index, Indexed) and known.index.base == leaf


def _rational(number: Fraction) -> Rational:
    return Rational(number.numerator, number.denominator)
