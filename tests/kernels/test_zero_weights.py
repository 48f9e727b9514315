"""What is weighed with zero counts for nothing, however large it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.filterwarnings("ignore:overflow")]


@pytest.mark.parametrize(
    "loss",
    [
        "sum(c[n]*exp(z[n]), n=1..N)",
        "sum(c[n]*x[n]*exp(z[n]), n=1..N)",
        "sum((1 - d[n])*exp(z[n]), n=1..N)",
        "sum(c[n]*cosh(z[n]), n=1..N)",
        "sum(c[n]*(exp(z[n]) - x[n]*z[n]), n=1..N)",
    ],
)
def test_exponentials_that_are_ruled_out(loss: str) -> None:
    derivation = derive.gradient(loss, "z[k]")
    numbers: dict[str, list[float]] = {"z": [1000.0, -900.0, 0.5], "c": [0.0, 0.0, 2.0]}
    numbers |= {"x": [1.0, 3.0, -1.0], "d": [1.0, 0.0, 0.0]}
    given: Any = {name: value for name, value in numbers.items() if f"{name}[" in loss}
    kernel, oracle = derivation.kernel("numpy"), derivation.kernel("mpmath")
    found = kernel(**{name: np.array(value) for name, value in given.items()})
    for part, exact in zip(found, oracle(**given, dps=1000), strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-14)


def test_a_logarithm_that_only_rounding_makes_infinite() -> None:
    loss = "sum(d[n]*log(1 - exp(-exp(z[n]))) - (1 - d[n])*exp(z[n]), n=1..N)"
    with np.errstate(divide="ignore", invalid="ignore"):
        value, _ = derive.gradient(loss, "z[k]").kernel("numpy")(z=np.array([-900.0]), d=[0.0])
    assert value == 0


def test_data_that_make_the_exponent_are_no_weights() -> None:
    kernel = derive.gradient("sum(exp(-y[n]*z[n]), n=1..N)", "z[k]").kernel("numpy")
    assert "where" not in kernel.source.split("# ---")[0]


@pytest.mark.parametrize(
    "loss",
    [
        "log(1 + sum((1 - y[i])*sum(y[j]*exp(z[i] - z[j]), j=1..C), i=1..C))",
        "log(1 + sum(y[j]*(1 - y[i])*exp(z[i] - z[j]), i=1..C, j=1..C))",
    ],
)
@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_sums_of_exponentials_that_are_ruled_out(loss: str, scale: float) -> None:
    """All pairs of a label and another: the sum over pairs of two labels may be infinite."""
    derivation = derive.gradient(loss, "z[k]")
    scores, labels = scale * np.array([1.1, -2.3, 0.4, 3.6, -1.5]), np.array([1.0, 0, 0, 1, 0])
    found = derivation.kernel("numpy")(z=scores, y=labels)
    exact = derivation.kernel("mpmath")(z=list(scores), y=list(labels), dps=3000)
    for part, true in zip(found, exact, strict=True):
        np.testing.assert_allclose(part, np.array(true, float), rtol=1e-9, atol=1e-12)
