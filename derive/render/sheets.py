"""Worksheets: the same document with room to write, and its answer sheet."""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr, Integer

from derive.notation import Maximum, Quotient, Total
from derive.render.document import (
    Blank,
    Block,
    Branch,
    Chain,
    Document,
    Equation,
    Line,
    Section,
)
from derive.render.messages import Messages
from derive.render.wishes import Sheet

# Nobody needs more rows than this for one line.
_MOST = 4

# How many signs are written on a row.
_PER_ROW = 40


def entitled(document: Document, sheet: Sheet, messages: Messages) -> Document:
    """The document under the title of a worksheet or of an answer sheet."""
    title = messages.sentence("sheets", sheet, {"title": document.title})
    return with_changes(document, title="".join(map(str, title)))


def with_blanks(document: Document) -> Document:
    """The document with room to write in place of what is to be worked out.

    What is to be shown stays, and so does the line from which a chain starts.
    """
    statement, *others = document.sections
    sections = (statement, *(_section(s) for s in others))
    return with_changes(document, sections=sections)


def _section(section: Section) -> Section:
    return with_changes(section, blocks=tuple(_block(b) for b in section.blocks))


def _block(block: Block) -> Block:
    match block:
        case Section():
            return _section(block)
        case Chain():
            return with_changes(block, lines=tuple(_line(line) for line in block.lines))
        case Equation() if block.boxed or len(block.branches) > 1:
            branches = tuple(Branch(_blank(b.value), b.condition) for b in block.branches)
            return with_changes(block, branches=branches)
    return block


def _line(line: Line) -> Line:
    # A line without a rule is where the chain starts.
    return with_changes(line, right=_blank(line.right)) if line.short else line


def _blank(expr: Expr) -> Blank:
    return Blank(Integer(min(_MOST, 1 + _height(expr) + _signs(expr) // _PER_ROW)))


def _height(expr: Expr) -> int:
    """How many rows of handwriting an expression is high."""
    inner = [_height(a) for a in expr.args]
    if isinstance(expr, Quotient):
        return sum(inner)
    own = 2 if isinstance(expr, (Total, Maximum)) else 1
    return max([own, *inner])


def _signs(expr: Expr) -> int:
    return 1 + sum(_signs(a) for a in expr.args)
