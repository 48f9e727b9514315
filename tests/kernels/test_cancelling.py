"""Brackets are multiplied out where numbers in them cancel: copulas, products of shares."""

from __future__ import annotations

import pytest
from exact import check

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

FRANK = """-log(theta*(1 - exp(-theta))*exp(-theta*(u + v))
              / ((1 - exp(-theta)) - (1 - exp(-theta*u))*(1 - exp(-theta*v)))^2)"""


@pytest.mark.parametrize("theta", [100.0, 2000.0, 30.0, -100.0, -2000.0])
@pytest.mark.parametrize("at", [(0.3, 0.4), (0.9, 0.95), (0.05, 0.99)])
def test_a_frank_copula(theta: float, at: tuple[float, float]) -> None:
    for variable in ("theta", "u"):
        check(FRANK, variable, digits=2000, theta=theta, u=at[0], v=at[1])


POWERS = "sum(exp(z[i])^(1 - p)*y[i] + exp(z[i])^(2 - p), i=1..C)"
NONE = "-log(prod(1 - sigmoid(z[i])*sigmoid(b[i]), i=1..n))"


@pytest.mark.parametrize("score", [-800.0, 0.3, 800.0])
def test_powers_of_a_mean_that_is_nearly_zero(score: float) -> None:
    check(POWERS, "z[k]", ("p > 1", "p < 2"), z=[score, score - 1], y=[1.5, 2.0], p=1.25)


@pytest.mark.parametrize("scores", [[40.0, 41.0], [0.3, -0.4], [800.0, 900.0]])
def test_what_products_of_shares_leave_of_one(scores: list[float]) -> None:
    check(NONE, "z[k]", digits=1000, z=scores, b=scores[::-1])
