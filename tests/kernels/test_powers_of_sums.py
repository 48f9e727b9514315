"""Powers of sums of exponentials or of powers neither overflow nor vanish: norms, nested logit."""

from __future__ import annotations

import numpy as np
import pytest
from exact import check, kernels

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

FAR_UP = [[700.0, -500.0], [720.0, 690.0]]
FAR_DOWN = [[-1000.0, -1100.0], [-900.0, -1100.0]]
APART = [[-1000.0, -1100.0], [1000.0, -1100.0]]
NEAR = [[0.1, 0.2], [-0.3, 1.0]]

NESTS = "log(Sum(Sum(exp(V[h,j]), (j, 1, J))^a, (h, 1, G)))"
ROOTS = "log(Sum(sqrt(Sum(exp(V[h,j]), (j, 1, J))), (h, 1, G)))"
SLOPE = "log(Sum(Sum(exp(b*V[h,j]), (j, 1, J))^a, (h, 1, G)))"
CHOICE = """-log(exp(V[g,j]/l[g]) * Sum(exp(V[g,i]/l[g]), (i, 1, J))^(l[g] - 1)
             / Sum(Sum(exp(V[h,i]/l[h]), (i, 1, J))^l[h], (h, 1, G)))"""
NORM = "sum(w[i]*exp(z[i])/sum(exp(p*z[j]), j=1..C)^(1/p), i=1..C)"
POWER_MEAN = "(sum((1 - sigmoid(z[i]))^p, i=1..n)/n)^(1/p)"
SIZE = "sum(abs(z[i])^p, i=1..n)^(1/p)"
OF_GROUPS = "sum(sum(abs(w[g,i])^p, i=1..n)^(q/p), g=1..G)^(1/q)"
BETWEEN = "sum(abs(z[i] - m)^p, i=1..n)^(1/p)"
POSITIVE_PART = "sum(relu(z[i])^p, i=1..n)^(1/p)"
RATIO = "sum(sigmoid(z[i])^p, i=1..n)/sum(sigmoid(z[i])^q, i=1..n)"
NEGATIVE = "log(sum(u[i]^(-theta), i=1..C))"
CLAYTON = "-(1 + 1/theta)*log(sum(u[i]^(-theta), i=1..d) - d + 1)"
GAMMAS = "log(sum(exp(-a*z[i])*z[i]^(b - 1), i=1..n))"
WEIGHTED = "sum(y[i]*abs(z[i])^p, i=1..n)^(1/p)"
PICKED = "exp(z[t])/sqrt(sum(exp(2*z[j]), j=1..C))"


@pytest.mark.parametrize("power", [0.5, 0.01, 3.0, -2.0])
@pytest.mark.parametrize("scores", [FAR_UP, FAR_DOWN, APART, NEAR])
def test_a_sum_over_nests(scores: list[list[float]], power: float) -> None:
    check(NESTS, "V[k,m]", V=scores, a=power)


@pytest.mark.parametrize("scores", [FAR_UP, FAR_DOWN, APART, NEAR])
def test_roots_and_what_is_inside_a_score(scores: list[list[float]]) -> None:
    check(ROOTS, "V[k,m]", V=scores)
    check(SLOPE, "b", V=scores, a=0.5, b=1.0)


@pytest.mark.parametrize("scores", [FAR_UP, FAR_DOWN, APART, NEAR])
def test_a_nested_logit(scores: list[list[float]]) -> None:
    check(CHOICE, "V[k,m]", ("l[h] > 0",), V=scores, l=[0.5, 0.8], g=0, j=1)


@pytest.mark.parametrize("scores", [[800.0, 803.0], [-1000.0, -1001.0], [0.3, -0.5]])
def test_what_a_norm_divides(scores: list[float]) -> None:
    check(NORM, "z[k]", ("p > 1",), z=scores, w=[1.0, -2.0], p=3.0)
    check(PICKED, "z[k]", z=scores, t=0)


@pytest.mark.parametrize("scores, power", [([30.0, 31.0, 29.0], 40.0), ([5.0, 6.0, 7.0], 200.0)])
def test_power_means(scores: list[float], power: float) -> None:
    check(POWER_MEAN, "z[k]", ("p > 1",), z=scores, p=power)
    check(POWER_MEAN, "p", ("p > 1",), z=scores, p=power)


@pytest.mark.parametrize("power", [200.0, 2.0])
@pytest.mark.parametrize("entries", [[100.0, 50.0], [100.0, 0.0], [1e-9, -1e-10], [3.0, -4.0]])
def test_norms(entries: list[float], power: float) -> None:
    check(SIZE, "z[k]", z=entries, p=power)
    check(POSITIVE_PART, "z[k]", ("p > 1",), z=entries, p=power)
    check(BETWEEN, "m", z=entries, p=power, m=7.0)
    check(OF_GROUPS, "w[h,k]", w=[entries, [200.0, 3.0]], p=power, q=power - 1)


def test_a_norm_of_zeros_is_zero() -> None:
    kernel, _ = kernels(SIZE, "z[k]", ())
    for dtype in (np.float32, np.float64):
        for power in (1.0, 2.0, 200.0):
            value, gradient = kernel(z=np.zeros(3, dtype), p=dtype(power))
            assert value == 0 and gradient.tolist() == [0, 0, 0]


@pytest.mark.parametrize("exponent", [40, 41])
def test_a_large_exponent(exponent: int) -> None:
    check(f"sum(abs(z[i])^{exponent}, i=1..n)^(1/{exponent})", "z[k]", z=[1e9, 5e8])


def test_ratios_and_logarithms_of_sums_of_powers() -> None:
    check(RATIO, "z[k]", z=[-30.0, -31.0], p=50.0, q=49.0)
    check(GAMMAS, "z[k]", ("z[i] > 0",), z=[100.0, 50.0], a=3.0, b=300.0)
    check(GAMMAS, "b", ("z[i] > 0",), z=[100.0, 50.0], a=3.0, b=300.0)


@pytest.mark.parametrize("weights", [[1.0, 2.0], [0.0, 2.0], [3.0, -1.0]])
def test_weights_that_may_be_zero(weights: list[float]) -> None:
    check(WEIGHTED, "z[k]", z=[100.0, 50.0], y=weights, p=200.0)
    check(WEIGHTED, "y[k]", z=[100.0, 50.0], y=weights, p=200.0)


def test_a_weight_of_zero_rules_out_a_large_power() -> None:
    check(WEIGHTED, "z[k]", z=[1e9, 1.0], y=[0.0, 2.0], p=200.0)


@pytest.mark.parametrize("theta", [1.0, 30.0, 1000.0])
def test_negative_powers_in_a_logarithm(theta: float) -> None:
    """Clayton's copula, and what it is made of."""
    shares = [0.6, 3e-4, 0.04, 0.008]
    check(NEGATIVE, "u[k]", ("u[i] > 0", "theta > 0"), u=shares, theta=theta)
    check(CLAYTON, "u[k]", ("u[i] > 0", "theta > 0"), u=shares, theta=theta)


def test_small_exponents_stay_as_they_are() -> None:
    kernel = derive.gradient("sqrt(sum(z[i]^2, i=1..n))", "z[k]").kernel("numpy")
    assert "exp" not in kernel.source.split("# ---")[0]
