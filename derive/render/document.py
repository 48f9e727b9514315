"""A document as data: what is said, in which order, in no format yet.

``compose`` makes one from a derivation; each format has a printer for it. Sentences hold text,
formulas and references side by side, so that a printer escapes the one and sets the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sympy import Expr

from derive.notation import Inert
from derive.render.names import FREE, Names

Logarithm = Literal["log", "ln"]
Relation = Literal["=", "!=", "<=", ">=", ">", "in"]


@dataclass(frozen=True)
class Space:
    """The real arrays of a shape; without one the real numbers."""

    shape: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Naturals:
    """The numbers 1, 2, 3 and so on."""


class Blank(Inert):
    """Room to write an expression by hand, ``rows`` lines high, in place of the expression."""

    __match_args__ = ("rows",)

    @property
    def rows(self) -> int:
        return int(self.args[0])


@dataclass(frozen=True)
class Decimal:
    """A number with its decimal places, with a point for the mark."""

    digits: str


@dataclass(frozen=True)
class Listed:
    """Numbers in a row, as in ``(1, 2, 3)``, or several rows of them."""

    numbers: tuple[Expr, ...] | tuple[tuple[Expr, ...], ...]


@dataclass(frozen=True)
class Formula:
    """A short formula within a sentence: expressions with relations between them.

    ``displayed`` says that it is set as large as one that stands by itself.
    """

    items: tuple[Expr | Relation | Space | Naturals | Listed | Decimal, ...]
    names: Names = FREE
    displayed: bool = False


@dataclass(frozen=True)
class Reference:
    """A reference to a numbered equation or lemma."""

    label: str
    kind: Literal["equation", "lemma"] = "equation"
    number: str | None = None


Piece = str | Formula | Reference
Sentence = tuple[Piece, ...]


@dataclass(frozen=True)
class Line:
    """One line of a chain of equations: ``= right``, why, and its number.

    Attributes:
        right: The right-hand side; what the step has changed is ``Marked``.
        label: What references to it say.
        reason: The rule's sentence.
        short: The rule's name, where there is no room for the sentence.
        tag: What stands in place of the number, where a source numbers its equations.
    """

    right: Expr
    label: str
    reason: Sentence = ()
    short: Sentence = ()
    tag: str | None = None


@dataclass(frozen=True)
class Chain:
    """``left = right = right = ...``, a line for each step.

    ``repeats`` says that the lines write out lines that stand elsewhere: their labels are those of
    the lines they repeat, whose numbers they show and do not take.
    """

    left: Expr
    lines: tuple[Line, ...]
    names: Names
    repeats: bool = False


@dataclass(frozen=True)
class Branch:
    """A value, and the condition under which it holds."""

    value: Expr
    condition: Formula | None = None


@dataclass(frozen=True)
class Equation:
    """A displayed equation outside a chain, with several branches where there are cases."""

    left: Expr
    branches: tuple[Branch, ...]
    names: Names
    label: str | None = None
    boxed: bool = False
    tag: str | None = None


@dataclass(frozen=True)
class Paragraph:
    """Text."""

    text: Sentence
    emphasis: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading.

    Attributes:
        shares: The widths of the columns, in parts of the page.
        notes: What stands below each row, across all columns; none, or one for each row.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    shares: tuple[float, ...] = (0.13, 0.6, 0.24)
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and what follows it."""

    heading: Sentence
    blocks: tuple[Block, ...]
    label: str | None = None


Block = Paragraph | Chain | Equation | Table | Section


@dataclass(frozen=True)
class Document:
    """A title, sections, and what stands behind it all.

    Attributes:
        language: Code of the language of its sentences.
        title: The title.
        author: A line under the title, as is ``course``.
        sections: What follows.
        numbered_after: The last number that the source's own tags take; ours go on from there.
        indicator: Whether deltas are printed as indicators.
        logarithm: How the natural logarithm is written.
    """

    language: str
    title: str
    author: str | None
    sections: tuple[Section, ...]
    numbered_after: int = 0
    indicator: bool = False
    course: str | None = None
    logarithm: Logarithm = "log"
