"""The lines of a file, with a mark at each that stands for an atom of a step."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as with_changes


@dataclass(frozen=True)
class Mark:
    """What lines of a file stand for.

    Attributes:
        line_first, line_last: The lines, counted from 1.
        derivation: Name of the derivation.
        step: Number of the displayed step, counted from 1; 0 for what is no step.
        rule: The rule of the atom; else what stands there: ``statement``, ``domain``, ``witness``,
            ``anchor``.
    """

    line_first: int
    line_last: int
    derivation: str
    step: int
    rule: str


class Text:
    """Lines that are written one after another."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.marks: list[Mark] = []

    def write(self, *lines: str) -> None:
        """Add lines."""
        for line in lines:
            self.lines += line.split("\n")

    def marked(self, derivation: str, step: int, rule: str, *lines: str) -> Mark:
        """Add lines that stand for something."""
        first = len(self.lines) + 1
        self.write(*lines)
        mark = Mark(first, len(self.lines), derivation, step, rule)
        self.marks.append(mark)
        return mark

    def below(self, header: list[str]) -> tuple[str, tuple[Mark, ...]]:
        """The whole text under a header, and the marks in it."""
        by = len(header)
        marks = tuple(
            with_changes(m, line_first=m.line_first + by, line_last=m.line_last + by)
            for m in self.marks
        )
        return "\n".join([*header, *self.lines]) + "\n", marks
