"""Powers with a letter in the exponent neither overflow nor vanish where the loss is finite."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from exact import check
from numpy.testing import assert_allclose

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

ONE_MORE = "log(1 + u^a)"
ODDS = "u^a/(1 + u^a)"
TWO_MORE = "log(1 + u^a + v^c)"
OF_THREE = "-log(u^a/(u^a + v^a + w^a))"
HILL = "(y - 1/(1 + (K/x)^a))^2"
BURR = "-log(c*k*x^(c - 1)/(1 + x^c)^(k + 1))"
WEIBULL = "-sum(e[n]*log((a/b)*(t[n]/b)^(a-1)) - (t[n]/b)^a, n=1..N)"
LOG_LOGISTIC = "-sum(e[n]*log((a/b)*(t[n]/b)^(a-1)/(1 + (t[n]/b)^a)) - log(1 + (t[n]/b)^a), n=1..N)"
DENSITY = "-sum(log(a/b*(t[n]/b)^(a-1)/(1 + (t[n]/b)^a)^2), n=1..N)"
WINS = "-(w*log(R^g/(R^g + A^g)) + (1 - w)*log(1 - R^g/(R^g + A^g)))"
LIVES = ("a > 0", "b > 0", "t[n] > 0")


@pytest.mark.parametrize("u, a", [(2.0, 3.0), (20.0, 400.0), (0.2, 600.0), (0.2, -600.0)])
@pytest.mark.parametrize("variable", ["u", "a"])
def test_a_power_beside_one(variable: str, u: float, a: float) -> None:
    check(ONE_MORE, variable, ("u > 0",), u=u, a=a)
    check(ODDS, variable, ("u > 0",), u=u, a=a)
    check(TWO_MORE, variable, ("u > 0", "v > 0"), u=u, a=a, v=1.2, c=0.9 * a)


@pytest.mark.parametrize("a", [3.0, 700.0, -400.0])
@pytest.mark.parametrize("variable", ["u", "v", "a"])
def test_a_share_of_powers(variable: str, a: float) -> None:
    check(OF_THREE, variable, ("u > 0", "v > 0", "w > 0"), u=2.0, v=2.1, w=0.01, a=a)


@pytest.mark.parametrize("x, K", [(2.0, 3.0), (20.0, 19.9), (1e-3, 1.0), (1.0, 1e-3)])
@pytest.mark.parametrize("variable", ["x", "K", "a"])
def test_a_dose_and_its_response(variable: str, x: float, K: float) -> None:
    check(HILL, variable, ("x > 0", "K > 0", "a > 0"), y=0.3, x=x, K=K, a=400.0)


@pytest.mark.parametrize("c, x", [(2.0, 0.5), (400.0, 20.0), (400.0, 0.01)])
@pytest.mark.parametrize("variable", ["c", "k", "x"])
def test_a_density_of_a_power(variable: str, c: float, x: float) -> None:
    check(BURR, variable, ("c > 0", "k > 0", "x > 0"), c=c, k=3.0, x=x)


FAR_OUT = [(40.0, 1.0, 1e-9), (1000.0, 2.0, 0.9), (2.0, 1.5, 0.9)]
FURTHER = [(150.0, 1.0, 200.0), (300.0, 1.0, 12.0), (10.0, 1.0, 1e-35)]


@pytest.mark.parametrize("a, b, t", FAR_OUT)
@pytest.mark.parametrize("variable", ["a", "b"])
def test_lives_whose_hazard_is_a_power(variable: str, a: float, b: float, t: float) -> None:
    check(WEIBULL, variable, LIVES, e=[1.0, 0.0], t=[t, t], a=a, b=b)


@pytest.mark.parametrize("a, b, t", [*FAR_OUT, *FURTHER])
@pytest.mark.parametrize("variable", ["a", "b"])
def test_lives_that_are_log_logistic(variable: str, a: float, b: float, t: float) -> None:
    check(LOG_LOGISTIC, variable, LIVES, e=[1.0, 0.0], t=[t, t / 2], a=a, b=b)


@pytest.mark.parametrize("a, b, t", [*FAR_OUT, *FURTHER])
@pytest.mark.parametrize("variable", ["a", "b", "t[m]"])
def test_a_density_with_a_square_below(variable: str, a: float, b: float, t: float) -> None:
    check(DENSITY, variable, LIVES, t=[t, t / 2], a=a, b=b)


@pytest.mark.parametrize("g", [1.8, 300.0, 1200.0])
@pytest.mark.parametrize("variable", ["R", "g"])
def test_wins_expected_of_runs(variable: str, g: float) -> None:
    check(WINS, variable, ("R > 0", "A > 0"), w=0.3, R=700.0, A=650.0, g=g)


@pytest.mark.parametrize("variable", ["a", "b"])
def test_a_name_of_powers(variable: str) -> None:
    """By its name a power is as large as it is written out."""
    loss = "-sum(log(a*h[n]/t[n]/(1 + h[n])) - log(1 + h[n]), n=1..N)"
    check(loss, variable, LIVES, ("h[n] = (t[n]/b)^a",), t=[12.0, 0.1], a=300.0, b=1.0)


def test_a_size_with_a_letter_as_its_exponent() -> None:
    """Whether its slope is over a power of the size is not known: ``a - 1 < 0`` was an error."""
    given = derive.gradient("log(1 + abs(x/c)^a)", "x", given=["c > 0", "a > 1"])
    assert given.check().level == "exact"


@pytest.mark.parametrize("x, a", [(1e200, 3.0), (1e3, 600.0), (0.0, 3.0), (-2.0, 3.0)])
def test_a_size_beside_one(x: float, a: float) -> None:
    check("log(1 + abs(x/c)^a)", "x", ("c > 0", "a > 1"), x=x, c=1.0, a=a)
    check("1/(1 + abs(x/c)^a)", "x", ("c > 0", "a > 1"), x=x, c=1.0, a=a)


@pytest.mark.parametrize(
    ("loss", "given", "inputs", "slope"),
    [
        (
            "(1 - softmax(z)[t]^q)/q",
            ["q > 0"],
            {"z": np.array([400.0, -400.0, -200.0]), "t": 1, "q": 0.01},
            [math.exp(-8), -math.exp(-8), 0],
        ),
        (
            "-sum(sigmoid(z[i])^q*y[i], i=1..N)",
            ["q > 0"],
            {"z": np.array([-1000.0, 2000.0]), "y": np.array([1.0, 3.0]), "q": 0.01},
            [-0.01 * math.exp(-10), 0],
        ),
    ],
)
def test_a_share_may_be_zero_where_its_power_is_not(
    loss: str, given: list[str], inputs: dict[str, Any], slope: list[float]
) -> None:
    """Zhang and Sabuncu's loss at a little ``q``, which is nearly the cross-entropy."""
    found = derive.gradient(loss, "z[k]", given=given)
    assert_allclose(found.kernel("numpy")(**inputs)[1], slope, rtol=1e-13, atol=1e-80)
