"""The same questions in text and in SymPy are the same problems."""

from __future__ import annotations

from dataclasses import replace

import pytest
from losses import LOSSES
from texts import TEXTS

from derive.parsing import in_sympy
from derive.posing import pose

pytestmark = pytest.mark.needs("lark")


def test_every_loss_is_there_as_text():
    assert set(TEXTS) == set(LOSSES)


@pytest.mark.parametrize("name", LOSSES)
def test_a_text_and_sympy_by_hand_pose_one_problem(name: str):
    text, loss = TEXTS[name], LOSSES[name]
    asked = in_sympy([text.expression], text.variables, text.given, text.where)
    [expression] = asked.expressions
    typed = pose(expression, asked.variables, loss.kind, asked.given, asked.where)
    by_hand = pose(loss.expression, loss.variables, loss.kind, loss.given, loss.where)
    # The source may name its bound indices otherwise; in our notation that is all one.
    assert replace(typed, source=by_hand.source) == by_hand
