"""Powers of one base side by side are one power, with the sum of their exponents and no other."""

from __future__ import annotations

import pytest
from sympy import Expr

from derive.notation import ONE, Minus, Plus, Power, Quotient, Times
from derive.rules import samples as s
from derive.verify.canonical import same

T, GAMMA = s.T, s.gamma
ONCE = Power(T, GAMMA)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (Times(ONCE, ONCE), Power(T, Times(2, GAMMA)), True),
        (Times(ONCE, T), Power(T, Plus(GAMMA, ONE)), True),
        (Times(ONCE, Power(T, Plus(GAMMA, Minus(ONE)))), Power(T, Plus(Times(2, GAMMA), -1)), True),
        (Times(ONCE, ONCE), Power(T, Times(3, GAMMA)), False),
        (Times(ONCE, ONCE), ONCE, False),
        (Times(ONCE, Power(T, Minus(GAMMA))), Power(T, Times(2, GAMMA)), False),
        (Times(ONCE, Power(s.half, GAMMA)), Power(T, Times(2, GAMMA)), False),
        (Quotient(Times(ONCE, ONCE), s.y[s.k1]), Power(T, Times(2, GAMMA)), False),
    ],
)
def test_exponents_of_one_base_are_counted_together(left: Expr, right: Expr, equal: bool) -> None:
    assert same(left, right) is equal
