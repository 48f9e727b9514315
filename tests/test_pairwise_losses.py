"""Losses of pairs: one logistic function, one way round, and nothing large taken off again."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
import pytest

import derive
from derive.errors import DeriveError

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

WORTH = "-sum(w[i,j]*log(exp(z[i])/(exp(z[i]) + exp(z[j]))), i=1..C, j=1..C)"
MARGIN = "-sum(w[i,j]*log(sigmoid(z[i] - z[j])), i=1..C, j=1..C)"
RISING = "sum(w[i,j]*softplus(z[j] - z[i]), i=1..C, j=1..C)"
AREA = "sum(w[i,j]*sigmoid(z[j] - z[i]), i=1..C, j=1..C)"
RATING = "sum((y[i,j] - sigmoid(z[i] - z[j]))^2, i=1..C, j=1..C)/2"

HESSIAN = (
    r"-(w[k, m] + w[m, k])*\sigma[k, m]*\sigma[m, k] + "
    r"KroneckerDelta(k, m)*Sum((w[{0}, k] + w[k, {0}])*\sigma[{0}, k]*\sigma[k, {0}], ({0}, 1, C))"
)


@pytest.mark.parametrize(("loss", "index"), [(WORTH, "j"), (MARGIN, "j"), (RISING, "i")])
def test_both_ways_round_meet(loss: str, index: str) -> None:
    found = derive.hessian(loss, "z[k]", "z[m]")
    assert str(found.result) == HESSIAN.format(index)
    assert found.check().level == "exact"
    # The same score is its own opponent in no term: that one is no part of the sum.
    equal, apart = (str(case.result) for case in found.cases.values())
    assert equal.startswith("Sum((1 - KroneckerDelta(")
    assert apart == r"-(w[k, m] + w[m, k])*\sigma[k, m]*\sigma[m, k]"


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (WORTH, r"Sum(-\sigma[j, k]*w[k, j] + \sigma[k, j]*w[j, k], (j, 1, C))"),
        (AREA, r"Sum((w[i, k] - w[k, i])*\sigma[i, k]*\sigma[k, i], (i, 1, C))"),
        (
            RATING,
            r"Sum((-\sigma[j, k] + \sigma[k, j] + y[j, k] - y[k, j])*\sigma[j, k]*\sigma[k, j], "
            "(j, 1, C))",
        ),
    ],
)
def test_gradients_have_no_complements(loss: str, expected: str) -> None:
    found = derive.gradient(loss, "z[k]")
    assert str(found.result) == expected
    assert found.check().level == "exact"


def test_a_lone_pair_has_one_number() -> None:
    """Rafailov et al. 2023, equation 7; a table for all pairs of classes would be of no use."""
    found = derive.gradient("-log(sigmoid(z[a] - z[b]))", "z[k]")
    assert str(found.result) == r"(1 - \sigma)*(-KroneckerDelta(a, k) + KroneckerDelta(b, k))"
    assert str(found.definitions[0].entry) == r"\sigma"


@pytest.mark.needs("coqc")
@pytest.mark.parametrize("loss", [WORTH, MARGIN, RISING])
def test_turned_complements_are_proved(loss: str) -> None:
    assert derive.hessian(loss, "z[k]", "z[m]").check(formal=True).level == "proved"


def exact(scores: list[float], wins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient and the Hessian of Bradley and Terry's loss."""
    n = len(scores)
    with mpmath.workdps(2000):
        z, w = [mpmath.mpf(s) for s in scores], [list(map(mpmath.mpf, row)) for row in wins]
        share = [[1 / (1 + mpmath.exp(b - a)) for b in z] for a in z]
        slope = [
            sum(share[k][j] * w[j][k] - share[j][k] * w[k][j] for j in range(n)) for k in range(n)
        ]
        pull = [
            [(w[k][m] + w[m][k]) * share[k][m] * share[m][k] if k != m else 0 for m in range(n)]
            for k in range(n)
        ]
        second = [[sum(pull[k]) if k == m else -pull[k][m] for m in range(n)] for k in range(n)]
        return np.array(slope, float), np.array(second, float)


@pytest.mark.parametrize("scale", [1.0, 30.0, 700.0, 1000.0])
@pytest.mark.parametrize("loss", [WORTH, MARGIN, RISING])
def test_no_digits_are_lost(loss: str, scale: float) -> None:
    scores = [0.0, scale, 2 * scale, -0.3 * scale]
    wins = np.arange(1.0, 17).reshape(4, 4)
    slope, second = exact(scores, wins)
    inputs = {"z": np.array(scores), "w": wins}
    _, found = derive.gradient(loss, "z[k]").kernel("numpy")(**inputs)
    np.testing.assert_allclose(found, slope, rtol=1e-12, atol=1e-300)
    _, found = derive.hessian(loss, "z[k]", "z[m]").kernel("numpy")(**inputs)
    np.testing.assert_allclose(found, second, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    ("energy", "force"),
    [
        ("4*((1/r[i,j])^12 - (1/r[i,j])^6)", lambda r: 4 * (6 / r**7 - 12 / r**13)),
        ("exp(-r[i,j])/r[i,j]", lambda r: -np.exp(-r) * (1 / r + 1 / r**2)),
    ],
    ids=["Lennard-Jones", "Yukawa"],
)
def test_forces_over_distances_with_a_name(
    energy: str, force: Callable[[np.ndarray], np.ndarray]
) -> None:
    """The force on each from all the others, although the sum has each pair once."""
    distance = "r[i,j] = sqrt(sum((x[i,l] - x[j,l])^2, l=1..D))"
    loss = f"sum(sum({energy}, j=i+1..N), i=1..N)"
    x = np.array([[0.0, 0.1], [1.2, -0.3], [0.4, 1.5], [-1.1, 0.7]])
    apart = x[:, None] - x
    r = np.sqrt((apart**2).sum(axis=-1)) + np.eye(len(x))
    expected = (apart * (force(r) / r)[..., None]).sum(axis=1)
    _, found = derive.gradient(loss, "x[k,m]", where=[distance]).kernel("numpy")(x=x)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("loss", "given"),
    [
        ("sum(W[i,j]*abs(f[i] - f[j])^p, i=1..n, j=1..n)/2", ["p > 1"]),
        ("sum(W[i,j]*abs(f[i] - f[j])^(5/2), i=1..n, j=1..n)/2", []),
        ("sum(W[i,j]*((f[i] - f[j])^2)^(p/2), i=1..n, j=1..n)/2", ["p > 2"]),
    ],
)
def test_a_positive_power_of_no_distance_has_a_value(loss: str, given: list[str]) -> None:
    """Zhou and Schölkopf's p-smoothness of a graph: the diagonal counts for nothing."""
    found = derive.gradient(loss, "f[k]", given=given)
    assert "KroneckerDelta" not in str(found.result)
    assert found.check().level == "exact"
    weights, places = np.arange(9.0).reshape(3, 3), np.array([1.0, 1.0, 3.0])
    values = {"W": weights, "f": places} | ({"p": 2.5} if given else {})
    apart = places[:, None] - places
    both = weights + weights.T
    expected = (both * 1.25 * np.abs(apart) ** 1.5 * np.sign(apart)).sum(axis=1)
    np.testing.assert_allclose(found.kernel("numpy")(**values)[1], expected)


def test_what_may_have_no_slope_there_is_still_refused() -> None:
    loss = "sum(W[i,j]*abs(f[i] - f[j])^p, i=1..n, j=1..n)"
    with pytest.raises(DeriveError, match="there is no derivative"):
        derive.gradient(loss, "f[k]", given=["p > 0"])
