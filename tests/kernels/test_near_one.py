"""What a power leaves of one, and the logarithm of odds that are nearly even, in all digits."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from exact import check, kernels

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]


@pytest.mark.parametrize("a", [1e-12, 1e-3, 0.5, 3.0])
@pytest.mark.parametrize(
    "loss",
    [
        "sum((u[i]^(a/2) - 1)/a, i=1..N)",
        "sum((1 - u[i]^a)/a, i=1..N)",
        "sum(((u[i]^2/2 + 1)^(a/2) - 1)/a, i=1..N)",
    ],
)
def test_powers_with_a_little_exponent(loss: str, a: float) -> None:
    check(loss, "u[k]", ("u[i] > 0", "a > 0"), u=[2.0, 3.0, 0.6], a=a)


@pytest.mark.parametrize("z", [[1e-9, 2e-9, 3e-10], [1e3, 0.0, 1.0]])
def test_a_root_of_what_is_nearly_one(z: list[float]) -> None:
    check("sum(sqrt(1 + z[i]^2) - 1, i=1..N)", "z[k]", z=z)


def test_bases_that_are_not_positive() -> None:
    kernel, _ = kernels("sum(1 - u[i]^a, i=1..N)", "u[k]", ())
    for bases, expected in ([-2.0, 0.0, 1.0], -2), ([-1.0, 1.0, -1.0], 0):
        assert kernel(u=np.array(bases), a=2.0)[0] == expected
    with np.errstate(invalid="ignore"):
        assert np.isnan(kernel(u=np.array([-1.0]), a=0.5)[0])


@pytest.mark.parametrize("odds", ["F[i]/(1 - F[i])", "(1 - F[i])/F[i]"])
@pytest.mark.parametrize(
    "shares", [[0.5 + 1e-10, 0.5 + 1e-14], [0.5 - 1e-9, 0.5], [1e-300, 0.2], [0.9, 1 - 1e-15]]
)
def test_odds_that_are_nearly_even(odds: str, shares: list[float]) -> None:
    check(f"sum(log({odds}), i=1..N)", "F[k]", digits=700, F=shares)


@pytest.mark.parametrize("b", [1e-12, 1e-6, 1e-3, 1.0])
@pytest.mark.parametrize(
    "loss",
    [
        "sum((1 - exp(-b*(T - t[n])))/b, n=1..N)",
        "c/b*sum(1 - exp(-b*(T - t[n])), n=1..N)",
        "-sum(c/b*(exp(-b*(T - t[n])) - 1), n=1..N)",
        "sum((y[n] - c*(1 - exp(-b*t[n]))/(b*t[n]))^2, n=1..N)",
    ],
)
def test_what_is_left_over_a_little_rate(loss: str, b: float) -> None:
    """The compensator of a Hawkes process by its rate, which rises as ``b`` itself does."""
    given: dict[str, Any] = {"t": [0.5, 1.2, 4.4], "T": 5.0, "c": 0.3, "y": [0.9, 0.1, 0.4]}
    used = {name: v for name, v in given.items() if name in re.findall("[a-zA-Z]+", loss)}
    check(loss, "b", ("b > 0", "t[n] > 0"), b=b, **used)


@pytest.mark.parametrize("b", [1.0, 1e-6, 1e-13])
def test_what_is_left_of_one_stays_in_its_sum(b: float) -> None:
    """By the excitation, beside the logarithms: ``n - Σ e^{-u}`` has no digits at a small ``u``."""
    rate = "mu + sum(c*exp(-b*(t[n] - t[j])), j=1..n-1)"
    loss = f"c/b*sum(1 - exp(-b*(T - t[n])), n=1..N) - sum(log({rate}), n=1..N)"
    check(loss, "c", ("b > 0", "c > 0", "mu > 0"), b=b, t=[0.5, 1.2, 4.4], T=5.0, c=0.3, mu=0.4)


@pytest.mark.parametrize("margin", [0.0, 0.05])
@pytest.mark.parametrize("scale", [1.0, 30.0, 40.0, 700.0])
@pytest.mark.parametrize("q", ["max(p[i] - m, 0)", "q[i]"])
def test_what_a_probability_above_an_end_leaves(q: str, scale: float, margin: float) -> None:
    """The asymmetric loss: ``1 - max(p - m, 0)`` below its logarithm is ``1 - p`` where m is 0."""
    loss = f"-sum(y[i]*(1 - p[i])^g*log(p[i]) + (1 - y[i])*{q}^h*log(1 - {q}), i=1..C)"
    names = ["p[i] = sigmoid(z[i])", "q[i] = max(p[i] - m, 0)"]
    derivation = derive.gradient(loss, "z[k]", where=names[: 1 + (q == "q[i]")])
    numbers: Any = {"z": [scale, scale, -scale, -scale], "y": [0.0, 1.0, 0.0, 1.0]}
    numbers |= {"m": margin, "g": 1.0, "h": 4.0}
    found = derivation.kernel("numpy")(**{name: np.array(n) for name, n in numbers.items()})
    exact = derivation.kernel("mpmath")(**numbers, dps=700)
    for part, true in zip(found, exact, strict=True):
        np.testing.assert_allclose(part, np.array(true, float), rtol=1e-14, atol=0)


@pytest.mark.parametrize("margin", [0.0, 0.05])
def test_what_is_left_of_one_rounds_to_zero(margin: float) -> None:
    """Its logarithm does not, where there is no margin beside it."""
    names = ["p[i] = sigmoid(z[i])", "q[i] = max(p[i] - m, 0)"]
    derivation = derive.gradient("-sum(log(1 - q[i]), i=1..C)", "z[k]", where=names)
    z = np.array([745.0, 750.0, 2000.0, -3.0])
    exact = derivation.kernel("mpmath")(z=z, m=margin, dps=2000)
    np.testing.assert_allclose(derivation.kernel("numpy")(z=z, m=margin)[0], float(exact[0]))


@pytest.mark.parametrize("scale", [1.0, 20.0, 40.0, 800.0])
def test_what_a_quotient_of_sums_leaves_of_one(scale: float) -> None:
    """The focal Tversky loss: ``1 - (S + e)/(S + a F + b G + e)`` is made of what it leaves."""
    names = [
        "p[i] = sigmoid(z[i])",
        "q = (sum(p[i]*y[i], i=1..N) + e0)/(sum(p[i]*y[i], i=1..N)"
        " + a*sum(p[i]*(1 - y[i]), i=1..N) + b*sum((1 - p[i])*y[i], i=1..N) + e0)",
    ]
    derivation = derive.gradient("(1 - q)^(1/g)", "z[k]", where=names, given=["g > 0"])
    numbers: Any = {"z": [scale, -scale, 40.0], "y": [1.0, 0.0, 1.0]}
    numbers |= {"e0": 0.1, "a": 0.7, "b": 0.3, "g": 4 / 3}
    found = derivation.kernel("numpy")(**{name: np.array(n) for name, n in numbers.items()})
    exact = derivation.kernel("mpmath")(**numbers, dps=1000)
    for part, true in zip(found, exact, strict=True):
        np.testing.assert_allclose(part, np.array(true, float), rtol=1e-13, atol=1e-300)
