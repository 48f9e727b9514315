"""What is said of a line: whether it holds, and what shows that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import mpmath
from sympy import Rational

Status = Literal["holds", "false", "ill-typed", "undecided"]


@dataclass(frozen=True)
class Evidence:
    """What was compared.

    Attributes:
        exact: In how many cases (sizes and index values) both sides were found equal exactly.
        sampled: At how many random points they agree to 50 digits.
        sizes: The names of the sizes, such as ``("C",)``.
        exact_at, sampled_at: The values that these took.
    """

    exact: int = 0
    sampled: int = 0
    sizes: tuple[str, ...] = ()
    exact_at: tuple[int, ...] = ()
    sampled_at: tuple[int, ...] = ()

    def __str__(self) -> str:
        found = []
        if self.exact:
            every = f" for every index ({self.exact} cases)" if self.sizes else ""
            found.append(f"equal exactly{self._at(self.exact_at)}{every}")
        if self.sampled:
            found.append(f"equal to 50 digits at random points{self._at(self.sampled_at)}")
        if not found:
            return "nothing could be compared"
        return f"{', '.join(found)}, wherever both sides are real"

    def _at(self, values: tuple[int, ...]) -> str:
        if not self.sizes:
            return ""
        *most, last = map(str, values)
        return f" at {', '.join(self.sizes)} = {', '.join(most)} and {last}"


@dataclass(frozen=True)
class Counterexample:
    """Numbers at which two lines differ; whoever puts them in finds the same.

    Attributes:
        sizes, indices: Their values by name, as in ``{"C": 2}`` and ``{"k": 1}``.
        arrays: The entries by name, nested as the axes are; those that a fact fixes, too.
        parameters: The values of the other symbols by name.
        left, right: The two numbers.
    """

    sizes: Mapping[str, int]
    indices: Mapping[str, int]
    arrays: Mapping[str, Any]
    parameters: Mapping[str, Rational]
    left: mpmath.mpf
    right: mpmath.mpf

    def __str__(self) -> str:
        return self.told("the left side", "the right side")

    def told(self, left: str, right: str) -> str:
        """What it shows, with names for the two sides."""
        values = {**self.sizes, **self.arrays, **self.parameters, **self.indices}
        place = ", ".join(f"{name} = {_written(value)}" for name, value in values.items())
        digits = next(n for n in range(6, 60) if self._differ(n) or n == 59)
        one, two = (_number(side, digits) for side in (self.left, self.right))
        numbers = f"{left} is {one} and {right} is {two}"
        return f"at {place} {numbers}" if place else numbers

    def _differ(self, digits: int) -> bool:
        return bool(mpmath.nstr(self.left, digits) != mpmath.nstr(self.right, digits))


@dataclass(frozen=True)
class Verdict:
    """Whether a line holds; true in a condition only if it does.

    Attributes:
        status: ``holds``, ``false``, ``ill-typed`` or ``undecided``.
        reason: Why, where it does not hold: one sentence.
        evidence: What was compared.
        counterexample: Numbers that show it, where it is false.
        line: Of several lines, the number of the first that does not follow from the one before.
    """

    status: Status
    reason: str = ""
    evidence: Evidence | None = None
    counterexample: Counterexample | None = None
    line: int | None = None

    def __bool__(self) -> bool:
        return self.status == "holds"

    def __str__(self) -> str:
        where = "" if self.line is None else f"line {self.line}: "
        if self.status == "holds":
            return f"holds: {self.evidence}"
        if self.counterexample is None:
            return f"{where}{self.status}: {self.reason}"
        names = ("the left side", "the right side")
        if self.line is not None:
            names = (f"line {self.line - 1}", f"line {self.line}")
        return f"{where}{self.status}: {self.counterexample.told(*names)}"


def _number(value: mpmath.mpf, digits: int) -> str:
    """A number for a reader, a whole one without a point."""
    whole = mpmath.nint(value)
    if abs(value) < 10**6 and abs(value - whole) < mpmath.mpf(10) ** -20:
        return str(int(whole))
    return str(mpmath.nstr(value, digits))


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))}{',' * (len(value) == 1)})"
    return str(value)
