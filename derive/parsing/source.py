"""A user's text, and errors that point into it."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.errors import DeriveError

LONGEST, DEPTH = 4000, 100
"""How many characters a text may have, and how deeply it may be nested."""
SHOWN = 100
"""How much of a long line an error shows."""


@dataclass(frozen=True)
class Source:
    """A text as it was handed in."""

    text: str

    def at(self, position: int) -> Place:
        """The place of the character at a position, counted from 0."""
        return Place(self, position)


@dataclass(frozen=True)
class Place:
    """A place in a text."""

    source: Source = field(repr=False)
    position: int

    @property
    def column(self) -> int:
        """The column in its line, counted from 1."""
        return self.position - self._start + 1

    @property
    def _start(self) -> int:
        return self.source.text.rfind("\n", 0, self.position) + 1

    def seen_from(self, other: Place) -> str:
        """Where it is for a reader of another place."""
        of = "" if self.source.text == other.source.text else f" of {self.source.text.strip()!r}"
        return f"column {self.column}{of}"

    def error(self, sentence: str) -> DeriveError:
        """The error that ``sentence`` describes, with the line and a caret under the column."""
        start = self._start
        line = self.source.text[start:].partition("\n")[0].replace("\t", " ")
        left = max(0, self.column - 1 - SHOWN // 2) if len(line) > SHOWN else 0
        shown = line[left : left + SHOWN]
        before = "..." if left else ""
        after = "..." if left + SHOWN < len(line) else ""
        caret = " " * (len(before) + self.column - 1 - left) + "^"
        return DeriveError(f"column {self.column}: {sentence}\n  {before}{shown}{after}\n  {caret}")
