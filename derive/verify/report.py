"""The report of a check: what was checked, how often, and what failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.laws import Condition

Level = Literal["exact", "sampled", "failed"]
Check = Literal["form", "chain", "statement", "facts", "law", "exact", "sampled", "cases", "result"]


@dataclass(frozen=True)
class Counterexample:
    """Where two sides differ.

    Attributes:
        sizes, indices: Their values by name.
        labels: The facts that were assumed, in words.
        left, right: The value before and after, if they could be computed.
    """

    sizes: tuple[tuple[str, int], ...]
    indices: tuple[tuple[str, int], ...]
    labels: str
    left: str | None = None
    right: str | None = None

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value}" for name, value in (*self.sizes, *self.indices))
        values = "" if self.left is None else f": {self.left} before, {self.right} after"
        return f"at {place} ({self.labels}){values}"


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong.

    Attributes:
        derivation: Name of the derivation, lemma, part or case.
        step: Number of the step for readers, from 1; 0 where no step is to blame.
        rule: Name of its rule, or of the substep's.
        check: Which check failed.
        sentence: What is wrong.
        counterexample: Values that show it, where there are any.
    """

    derivation: str
    step: int
    rule: str
    check: Check
    sentence: str
    counterexample: Counterexample | None = None

    def __str__(self) -> str:
        where = (
            f"{self.derivation}, step {self.step} ({self.rule})" if self.step else self.derivation
        )
        shown = "" if self.counterexample is None else f", {self.counterexample}"
        return f"{where}: {self.check}: {self.sentence}{shown}"


@dataclass(frozen=True)
class Row:
    """What was checked of one step.

    Attributes:
        derivation, step, rule: Which step.
        parts: How many rewritten parts were held against laws.
        exact: In how many cases (sizes and index values) it was decided exactly.
        sampled: At how many random points it was evaluated.
        ok: Whether nothing failed.
    """

    derivation: str
    step: int
    rule: str
    parts: int
    exact: int
    sampled: int
    ok: bool


@dataclass(frozen=True)
class Report:
    """The evidence for a derivation.

    Attributes:
        level: ``exact`` where every step was decided exactly at all small sizes, ``sampled`` where
            some steps could only be evaluated at random points, ``failed`` otherwise.
        failures: What is wrong; empty where ``ok``.
        rows: One for each step, lemmas and cases included.
        assumed: Conditions on the domain that no fact states, such as ``x != 0``.
        sizes: The sizes at which steps were decided exactly, in words.
    """

    level: Level
    failures: tuple[Failure, ...]
    rows: tuple[Row, ...]
    assumed: tuple[Condition, ...] = ()
    sizes: str = ""

    @property
    def ok(self) -> bool:
        return self.level != "failed"

    def __str__(self) -> str:
        """A table for the terminal."""
        width = max([len(r.rule) for r in self.rows] + [4])
        lines: list[str] = []
        derivation = None
        for row in self.rows:
            if row.derivation != derivation:
                derivation = row.derivation
                lines += ["", derivation, f"  step  {'rule':{width}}  law  exact  sampled"]
            law = "yes" if row.parts else "-"
            counts = f"{law:>3}  {row.exact:5}  {row.sampled:7}"
            mark = "" if row.ok else "  FAILED"
            lines.append(f"  {row.step:4}  {row.rule:{width}}  {counts}{mark}")
        lines += ["", *(str(f) for f in self.failures)]
        lines += [f"assumed: {', '.join(map(_said, self.assumed))}"] if self.assumed else []
        lines.append(f"level: {self.level}; {len(self.rows)} steps, exact at {self.sizes}")
        return "\n".join(lines).lstrip("\n")


def _said(condition: Condition) -> str:
    relation = ">" if condition.kind == "positive" else "!="
    return f"{condition.operands[0].doit()} {relation} 0"
