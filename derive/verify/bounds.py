"""What facts such as ``w[i] > 0`` and ``b < 1`` allow a leaf to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import mpmath
from sympy import Expr, Indexed, sympify

from derive.facts import Fact, PositiveFact

Number = TypeVar("Number", bound=mpmath.mpf)
SHIFTS = 4
"""How many whole numbers are tried as the end of the range that a fact leaves."""


class Bounds:
    """What is declared of the size of single numbers and entries.

    Attributes:
        positive: The leaves that are declared to be positive.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        about: dict[Expr, list[PositiveFact]] = {}
        for fact in facts:
            subject = fact.subject if isinstance(fact, PositiveFact) else None
            if isinstance(fact, PositiveFact) and subject is not None:
                leaf = subject.base if isinstance(subject, Indexed) else subject
                about.setdefault(leaf, []).append(fact)
        self.positive = frozenset(
            leaf for leaf, known in about.items() if any(f.expression == f.subject for f in known)
        )
        self._about = {
            leaf: known
            for leaf, known in about.items()
            if any(f.expression != f.subject for f in known)
        }

    def limits(self, leaf: Expr) -> bool:
        """Whether more is declared of a leaf alone than that it is positive."""
        return leaf in self._about

    def meet(self, leaf: Expr, drawn: Number) -> Number:
        """A number made of ``drawn`` that is allowed; ``drawn`` where none of those tried is."""
        known = self._about.get(leaf)
        if known is None:
            return drawn

        def is_allowed(number: Number) -> bool:
            if leaf.is_integer and number != int(number):
                return False
            if number <= 0 and (leaf.is_positive or leaf in self.positive):
                return False
            return all(f.allows(sympify(number)) for f in known)

        return next(filter(is_allowed, _near(drawn)), drawn)


def _near(drawn: Number) -> Iterator[Number]:
    """The number, then numbers nearer to zero, then the same beyond whole numbers."""
    yield drawn
    share = drawn / (1 + abs(drawn))
    for number in (drawn, share, share / 2, share / 4, share / 16):
        yield from (number, -number)
    for shift in range(1, SHIFTS + 1):
        for number in (abs(drawn), abs(share), abs(share) / 4):
            yield from (shift + number, -shift - number)
