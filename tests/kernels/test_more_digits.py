"""The kernel in high precision takes more digits where what it divides by rounds to zero."""

from __future__ import annotations

import pytest
from exact import kernels
from mpmath import mp

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]


@pytest.mark.parametrize("gamma", [0.5, 0.25])
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("scores", [[1000.0, -1000.0, 0.0], [-4000.0, 4000.0, 1.0]])
def test_a_power_of_what_is_left_of_one(scores: list[float], label: int, gamma: float) -> None:
    """``(1 - p)^(gamma - 1)``, of a class so certain that 50 digits say nothing of the others."""
    loss = "-(1 - softmax(z)[t])^g*log(softmax(z)[t])"
    _, oracle = kernels(loss, "z[k]", ("g > 0",))
    _, found = oracle(z=scores, t=label, g=gamma)
    _, exact = oracle(z=scores, t=label, g=gamma, dps=4000)
    assert all(mp.almosteq(a, b, 1e-30) for a, b in zip(found, exact, strict=True))


def test_what_is_zero_stays_a_division_by_zero() -> None:
    _, oracle = kernels("sum(1/x[i], i=1..N)", "x[k]", ())
    with pytest.raises(ZeroDivisionError):
        oracle(x=[0.0, 1.0])
