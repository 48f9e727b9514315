"""Colour changes nothing: a formula with marks reads as the same formula without them."""

from __future__ import annotations

import pytest
from losses import LOSSES, Loss, sampled

import derive
from derive.render.formula_lines import lines
from derive.render.latex_printer import MARK, FormulaPrinter
from derive.render.marking import changed
from derive.render.names import Names


def unmarked(text: str) -> str:
    """The text without its colours, spaces apart."""
    for opening in (MARK + "{", "\\mathbin{"):
        while opening in text:
            start = text.index(opening)
            depth, end = 1, start + len(opening)
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            text = text[:start] + text[start + len(opening) : end - 1] + text[end:]
    return "".join(text.split())


def asked(loss: Loss) -> derive.Derivation:
    ask = getattr(derive, loss.kind)
    if loss.kind == "gradient":
        return ask(loss.expression, list(loss.variables), given=loss.given, where=loss.where)
    return ask(loss.expression, *loss.variables, given=loss.given, where=loss.where)


@pytest.mark.parametrize("name", sampled(LOSSES))
def test_marks_leave_brackets_and_breaks_alone(name: str) -> None:
    for inner in asked(LOSSES[name]).walk():
        for step in inner.steps:
            for room in (30.0, 12.0):
                with_marks = lines(FormulaPrinter(Names()), changed(step), room)
                without = lines(FormulaPrinter(Names()), step.after, room)
                assert list(map(unmarked, with_marks)) == list(map(unmarked, without))


def test_a_lost_bracket_would_be_seen() -> None:
    assert unmarked(f"- {MARK}{{- a + b}}") != unmarked("- (- a + b)")
