"""Powers such as ``(1 + x u)^{1/x}`` and their slopes where x is little, or is not."""

from __future__ import annotations

import pytest
from exact import check

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

LITTLE = [0.2, 1e-4, 1e-7, 1e-9, -1e-9, 1e-12, -0.1, 2.0]
HEIGHT = "(x[n] - mu)/s"
MAXIMA = f"sum(log(s) + (1 + 1/r)*log(1 + r*{HEIGHT}) + (1 + r*{HEIGHT})^(-1/r), n=1..N)"
EXCESSES = f"sum(log(s) + (1 + 1/r)*log(1 + r*{HEIGHT}), n=1..N)"
TSALLIS = "sum((1 + (1 - q)*x[n])^(1/(1 - q)), n=1..N)"
DECLINE = "sum((y[n] - a*(1 + b*d*t[n])^(-1/b))^2, n=1..N)"


@pytest.mark.parametrize("shape", LITTLE)
@pytest.mark.parametrize("variable", ["r", "mu", "s"])
@pytest.mark.parametrize("loss", [MAXIMA, EXCESSES], ids=["maxima", "excesses"])
def test_extreme_values(loss: str, variable: str, shape: float) -> None:
    check(loss, variable, ("s > 0",), x=[1.0, 2.0, 0.5], mu=0.3, s=1.4, r=shape)


@pytest.mark.parametrize("shape", LITTLE)
@pytest.mark.parametrize("variable", ["q", "x[k]"])
def test_the_exponential_of_tsallis(variable: str, shape: float) -> None:
    check(TSALLIS, variable, x=[0.3, 0.1, 0.9], q=1 + shape / 4)


@pytest.mark.parametrize("shape", [s for s in LITTLE if s > 0])
@pytest.mark.parametrize("variable", ["a", "b", "d"])
def test_a_hyperbolic_decline(variable: str, shape: float) -> None:
    """Arps's, of which an exponential one is the limit."""
    check(DECLINE, variable, t=[0.0, 1.0, 5.0], y=[2.0, 1.0, 0.3], a=1.8, b=shape, d=0.4)
