"""Brackets are multiplied out where numbers in them cancel: copulas, products of shares."""

from __future__ import annotations

import pytest
from exact import check

pytestmark = pytest.mark.needs("lark")

FRANK = """-log(theta*(1 - exp(-theta))*exp(-theta*(u + v))
              / ((1 - exp(-theta)) - (1 - exp(-theta*u))*(1 - exp(-theta*v)))^2)"""


@pytest.mark.parametrize("theta", [100.0, 2000.0, 30.0, -100.0, -2000.0])
@pytest.mark.parametrize("at", [(0.3, 0.4), (0.9, 0.95), (0.05, 0.99)])
def test_a_frank_copula(theta: float, at: tuple[float, float]) -> None:
    for variable in ("theta", "u"):
        check(FRANK, variable, digits=2000, theta=theta, u=at[0], v=at[1])
