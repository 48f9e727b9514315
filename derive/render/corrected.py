"""The table of what was set right in a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import mpmath
from sympy import Expr, Integer

from derive.corrections import Correction, Equality, Setting
from derive.derivation import Derivation
from derive.display import Grid
from derive.render.display import Family
from derive.render.document import (
    Decimal,
    Formula,
    Listed,
    Paragraph,
    Piece,
    Reference,
    Section,
    Sentence,
    Table,
)
from derive.render.messages import Messages
from derive.render.names import FREE, Names
from derive.verify.numbers import sides

PLACES = 3
"""Decimal places of the numbers that show a difference."""

# The source's line and ours, side by side.
_SHARES = (0.5, 0.48)


def corrected(
    derivation: Derivation,
    called: Callable[[Expr], Expr],
    places: Mapping[Expr, Reference],
    messages: Messages,
    names: Names,
) -> list[Section]:
    """The section on the corrections, if there are any.

    ``called`` gives names to expressions, ``places`` are the lines in which right-hand sides stand.
    """
    if not derivation.corrections:
        return []
    heading = (messages.text("headings", "corrections"),)
    columns = tuple(messages.text("columns", c) for c in ("source", "ours"))
    rows: list[tuple[Sentence, Sentence]] = []
    notes = []
    for correction in derivation.corrections:
        ours: Sentence = (_equation(_of_all(correction.ours), called, names),)
        # An index that a source uses twice is shown as it stands there.
        theirs: Sentence = (_equation(correction.source, called, FREE),)
        rows.append((theirs, ours))
        why = _why(correction, derivation, messages, names)
        place = places.get(correction.ours.right)
        if place is not None:
            why = (*why, " ", *messages.sentence("text", "in_place", {"line": place}))
        notes.append(why)
    intro = Paragraph((messages.text("text", "corrections"),))
    return [Section(heading, (intro, Table(columns, tuple(rows), _SHARES, tuple(notes))))]


def _of_all(equality: Equality) -> Equality:
    """The equality with all entries on the left, where all of them are on the right."""
    left, right = equality.left, equality.right
    return Equality(Family(left, *right.running), right) if isinstance(right, Grid) else equality


def _equation(equality: Equality, called: Callable[[Expr], Expr], names: Names) -> Formula:
    return Formula((called(equality.left), "=", equality.right), names, displayed=True)


def _why(
    correction: Correction, derivation: Derivation, messages: Messages, names: Names
) -> Sentence:
    why: Sentence = messages.sentence("corrections", correction.reason)
    if correction.at is None:
        return why
    known = (*correction.where, *derivation.definitions)
    left, right = sides(correction.source, correction.at, known)
    ours, _ = sides(correction.ours, correction.at, known)
    slots: dict[str, Piece | Sentence | None] = {
        "setting": messages.enumeration(_setting(correction.at, names)),
        "left": _number(left),
        "right": _number(right),
        "ours": _number(ours),
    }
    return (*why, " ", *messages.sentence("text", "numbers", slots))


def _setting(at: Setting, names: Names) -> list[Sentence]:
    arrays: list[Sentence] = [
        (Formula((base, "=", Listed(numbers)), names),) for base, numbers in at.arrays
    ]
    indices: list[Sentence] = [
        (Formula((index, "=", Integer(value)), names),) for index, value in at.indices
    ]
    return arrays + indices


def _number(value: mpmath.mpf) -> Formula:
    return Formula((Decimal(f"{round(float(value), PLACES) + 0:.{PLACES}f}"),))
