"""A power of an exponential times a number is finite where the exponential itself overflows."""

from __future__ import annotations

import pytest
from exact import check, kernels

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

RATE = "lam[n] = exp(-sum(x[n,l]*b[l], l=1..D))"
HAZARD = "log(a) + log(lam[n]) + (a - 1)*log(lam[n]*t[n])"
CENSORED = f"-sum(e[n]*({HAZARD}) - (lam[n]*t[n])^a, n=1..N)"
GIVEN = ("a > 0", "t[n] > 0")


@pytest.mark.parametrize("b", [-800.0, 0.5, 760.0, 1000.0])
@pytest.mark.parametrize("variable", ["b[k]", "a"])
def test_a_censored_weibull(variable: str, b: float) -> None:
    inputs = {"x": [[1.0], [-0.5]], "b": [b], "t": [1.0, 2.0], "e": [1.0, 0.0], "a": 0.6}
    check(CENSORED, variable, GIVEN, (RATE,), **inputs)


@pytest.mark.parametrize("b", [-800.0, 0.5, 900.0])
@pytest.mark.parametrize(
    "loss",
    [
        "sum((exp(x[n]*b)*t[n])^a, n=1..N)",
        "a*sum((exp(x[n]*b)*t[n])^0.6, n=1..N)",
        "a*sum(sqrt(t[n]/exp(x[n]*b)), n=1..N)",
        "sum(log(1 + (t[n]*exp(x[n]*b))^a), n=1..N)",
    ],
)
def test_a_power_of_a_product(loss: str, b: float) -> None:
    for variable in ("a", "b"):
        check(loss, variable, GIVEN, x=[1.0, -0.5], b=b, t=[1.0, 2.0], a=0.6)


def test_what_weighs_such_a_power_multiplies_it() -> None:
    """The power is zero where ``t`` is, so that nothing has to be ruled out by weights of zero."""
    kernel, _ = kernels(CENSORED, "b[k]", GIVEN, (RATE,))
    assert kernel.source.count("einsum") == 2
