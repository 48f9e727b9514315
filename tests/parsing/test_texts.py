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
    count = 1 if loss.kind == "hessian_vector" else len(loss.variables)
    variables, along = text.variables[:count], text.variables[count:]
    asked = in_sympy([text.expression], variables, text.given, text.where, along=along)
    [expression] = asked.expressions
    typed, by_hand = (
        pose(of, wanted[:count], loss.kind, given, where, along=next(iter(vector), None))
        for of, wanted, given, where, vector in (
            (expression, asked.variables, asked.given, asked.where, asked.along),
            (loss.expression, loss.variables, loss.given, loss.where, loss.variables[count:]),
        )
    )
    # The source may name its bound indices otherwise; in our notation that is all one. And SymPy
    # takes a choice out of the sums and products around it, which a text leaves where it is.
    plain = [problem.expression.doit() for problem in (typed, by_hand)]
    written = [str(made.func(*made.args)) if made.args else str(made) for made in plain]
    assert typed.expression == by_hand.expression or len(set(written)) == 1
    kept = {"source": by_hand.source, "expression": by_hand.expression}
    assert replace(typed, **kept) == by_hand
