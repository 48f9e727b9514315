"""Results with branches have as few as by hand: a condition is asked once, factors stand before."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Abs, Expr, IndexedBase, Piecewise, Sum, symbols

import derive
from derive.facts import Given, IndexRange
from derive.notation import ONE
from derive.reading import read
from derive.verify.conditions import Places

M, N = symbols("M N", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True)
kappa = symbols("kappa", positive=True)
theta, tau = IndexedBase("theta", shape=(N,)), IndexedBase("tau", shape=(N,))
y = IndexedBase("y", shape=(M,))

u = y[j] - theta[i]
HUBER = Piecewise((u**2 / 2, Abs(u) <= kappa), (kappa * (Abs(u) - kappa / 2), True))
BELOW = Piecewise((1, u < 0), (0, True))
SLOPE = (
    "Piecewise((sign(theta[k] - y[j]), kappa < Abs(theta[k] - y[j])),"
    " ((theta[k] - y[j])/kappa, True))"
)
LEVELS = [tau[i] > 0, tau[i] < 1]
MIDDLE = (2 * i - 1) / (2 * N)


def quantile_huber(level: Expr, *facts: Expr) -> derive.Derivation:
    """Of quantile regression with the loss of Huber, as in QR-DQN."""
    loss = Sum(Abs(level - BELOW) * HUBER / kappa, (j, 1, M), (i, 1, N)) / M
    return derive.gradient(loss, theta[k], given=list(facts))


def test_weights_and_slope_of_quantile_regression_stand_apart() -> None:
    found = quantile_huber(tau[i], *LEVELS)
    weight = "Piecewise((1 - tau[k], theta[k] - y[j] > 0), (tau[k], True))"
    assert str(found.result) == f"Sum({weight}*{SLOPE}, (j, 1, M))/M"
    assert found.check().level == "exact"
    value, gradient = found.kernel("numpy")(
        theta=np.array([0.0, 4.0]), y=np.array([0.5, 3.0]), tau=np.array([0.25, 0.75]), kappa=2.0
    )
    assert np.isclose(value, (0.25 * (0.0625 + 2) + 0.25 * (2.5 + 0.25)) / 2)
    assert np.allclose(gradient, [-(0.25 * (0.25 + 1)) / 2, 0.25 * (1 + 0.5) / 2])


def test_a_branch_whose_condition_tells_the_sign_has_none() -> None:
    choice = Piecewise((tau[i] * Abs(theta[i]), theta[i] > 0), (theta[i] ** 2, True))
    found = derive.gradient(Sum(choice, (i, 1, N)), theta[k])
    assert str(found.result) == "Piecewise((tau[k], theta[k] > 0), (2*theta[k], True))"
    assert found.check().level == "exact"


def test_a_condition_that_is_repeated_is_asked_once() -> None:
    choice = Piecewise(
        (1, (theta[i] > 0) & (tau[i] > 0)), (2, theta[i] > 0), (3, tau[i] > 0), (4, True)
    )
    assert str(read(choice).doit()) == (
        "Piecewise((Piecewise((1, tau[i] > 0), (2, True)), theta[i] > 0),"
        " (Piecewise((3, tau[i] > 0), (4, True)), True))"
    )


@pytest.mark.slow
def test_the_range_of_an_index_tells_signs() -> None:
    found = quantile_huber(MIDDLE)
    weight = "Piecewise((1 - (2*k - 1)/(2*N), theta[k] - y[j] > 0), ((2*k - 1)/(2*N), True))"
    assert str(found.result) == f"Sum({weight}*{SLOPE}, (j, 1, M))/M"
    report = found.check()
    assert report.level == "exact"
    assert all("Abs" in str(assumed) or "theta" in str(assumed) for assumed in report.assumed)
    first = derive.gradient(Sum(Abs(2 * i - 3) * theta[i], (i, 1, N)), theta[k])
    assert str(first.result) == "Abs(2*k - 3)"  # of the first it is negative between the bars


def test_the_checker_knows_signs_of_indices_by_their_ranges() -> None:
    sizes = [{N: 1}, {N: 2}, {N: 5}]
    known, unknown = (Places(sizes, facts, Given()) for facts in ((IndexRange(k, ONE, N),), ()))
    positive = [2 * k - 1, 1 - (2 * k - 1) / (2 * N), k / (k + N)]
    others = [2 * k - 3, N - k, 1 - k / N, k + tau[k] ** 2, k + kappa]
    assert all(map(known.positive, positive)) and not any(map(known.positive, others))
    assert not any(map(unknown.positive, positive))


@pytest.mark.needs("coqc")
@pytest.mark.slow
@pytest.mark.parametrize("level", [(tau[i], *LEVELS), (MIDDLE,)], ids=["given", "midpoints"])
def test_coq_accepts_quantile_regression(level: tuple[Expr, ...]) -> None:
    assert quantile_huber(*level).check(formal=True).level == "proved"
