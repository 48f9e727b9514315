"""Exponentials that overflow behind a bound: where that holds them back, they count for nothing."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

FAR: dict[str, Any] = {"z": [1000.0, -1.0, 1000.0], "c": [1.0, 2.0, 0.0]}
SLOPE = 2 * np.exp(-1)

RATIO = "exp(p[n] - q[n])"
CLIPPED = "-1/N*sum(min(r[n]*A[n], clip(r[n], 1 - w, 1 + w)*A[n]), n=1..N)"
LARGER = "1/N*sum(max(-A[n]*r[n], -A[n]*clip(r[n], 1 - w, 1 + w)), n=1..N)"
STEPS: dict[str, Any] = {
    "p": [1000.0, -1000.0, -1000.0, 1000.0, -1000.0, 0.1],
    "q": [0.0] * 6,
    "A": [1.0, 1.0, -1.0, 0.0, 0.0, 0.5],
    "w": 0.2,
}


def results(kernel: Any, given: dict[str, Any], target: str) -> tuple[Any, Any]:
    """Value and slope as floats, without a warning."""
    arrays = {name: np.array(number) for name, number in given.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        value, slope = kernel(**(arrays if target == "numpy" else given))
    return float(value), np.array(slope, float)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    ("loss", "where", "value"),
    [
        ("sum(c[n]*min(exp(z[n]), 2), n=1..N)", [], 2 + SLOPE),
        ("sum(c[n]*min(u[n], 2), n=1..N)", ["u[n] = exp(z[n])"], 2 + SLOPE),
        ("sum(min(c[n]*exp(z[n]), 2), n=1..N)", [], 2 + SLOPE),
        ("sum(min(c[n]*u[n], 2), n=1..N)", ["u[n] = exp(z[n])"], 2 + SLOPE),
        ("sum(c[n]*min(cosh(z[n]) + sinh(z[n]), 2), n=1..N)", [], 2 + SLOPE),
        ("-sum(max(-c[n]*exp(z[n]), -2), n=1..N)", [], 2 + SLOPE),
    ],
)
def test_behind_a_bound(loss: str, where: list[str], value: float, target: str) -> None:
    kernel = derive.gradient(loss, "z[k]", where=where).kernel(target)
    found, slope = results(kernel, FAR, target)
    np.testing.assert_allclose(found, value, rtol=1e-15)
    np.testing.assert_allclose(slope, [0, SLOPE, 0], rtol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_a_weight_of_the_larger_one(target: str) -> None:
    kernel = derive.gradient("sum(c[n]*max(exp(z[n]), 2), n=1..N)", "z[k]").kernel(target)
    found, slope = results(kernel, {"z": [1000.0, -1000.0, 1.0], "c": [0.0, 1.0, 1.0]}, target)
    np.testing.assert_allclose([found, *slope], [2 + np.e, 0, 0, np.e], rtol=1e-15)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    ("loss", "value", "near"),
    [
        ("sum(exp(-exp(z[n])), n=1..N)", 1 + np.exp(-1), -np.exp(-1)),
        ("sum(sigmoid(exp(z[n])), n=1..N)", 1.5 + 1 / (1 + np.exp(-1)), 0.19661193324148185),
    ],
)
def test_an_exponential_of_an_exponential(
    loss: str, value: float, near: float, target: str
) -> None:
    """Its slope has both as factors, and vanishes where the inner one is infinite."""
    kernel = derive.gradient(loss, "z[k]").kernel(target)
    with np.errstate(over="ignore"):
        found, slope = results(kernel, {"z": [1000.0, -1000.0, 0.0]}, target)
    np.testing.assert_allclose([found, *slope], [value, 0, 0, near], rtol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("loss", [CLIPPED, LARGER])
def test_ratios_of_policies(loss: str, named: bool, target: str) -> None:
    """Where nothing was gained, A = 0, the ratio counts for nothing, be it infinite or not."""
    loss = loss if named else loss.replace("r[n]", RATIO)
    where = [f"r[n] = {RATIO}"] if named else []
    kernel = derive.gradient(loss, "p[k]", where=where).kernel(target)
    found, slope = results(kernel, STEPS, target)
    near = 0.5 * np.exp(0.1)
    np.testing.assert_allclose(found, -(1.2 - 0.8 + near) / 6, rtol=1e-15)
    np.testing.assert_allclose(slope, [0, 0, 0, 0, 0, -near / 6], rtol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("gain", ["g[n]", "(R[n] - V[n])"])
def test_a_gain_that_is_a_difference(gain: str, target: str) -> None:
    where = [f"r[n] = {RATIO}", "g[n] = R[n] - V[n]"][: 2 if gain == "g[n]" else 1]
    kernel = derive.gradient(CLIPPED.replace("A[n]", gain), "p[k]", where=where).kernel(target)
    given = {name: STEPS[name] for name in "pqw"} | {"V": [1.0] * 6, "R": [2.0, 2, 0, 1, 1, 1.5]}
    found, slope = results(kernel, given, target)
    near = 0.5 * np.exp(0.1)
    np.testing.assert_allclose(found, -(1.2 - 0.8 + near) / 6, rtol=1e-15)
    np.testing.assert_allclose(slope, [0, 0, 0, 0, 0, -near / 6], rtol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_ratios_of_a_softmax(target: str) -> None:
    """The exponent is lowered by what is largest in the softmax, and raised by another number."""
    where = ["r[n] = exp(log_softmax(z[n])[a[n]] - q[n])"]
    kernel = derive.gradient(CLIPPED, "z[k,j]", where=where).kernel(target)
    given: dict[str, Any] = {"z": [[1000.0, 0.0], [0.0, 1000.0], [0.0, 0.0]], "w": 0.2}
    given |= {"q": [-1000.0, -1.0, -1000.0], "A": [1.0, -1.0, 0.0], "a": [0, 0, 1]}
    found, slope = results(kernel, given, target)
    np.testing.assert_allclose(found, -(1.2 - 0.8) / 3, rtol=1e-15)
    np.testing.assert_array_equal(slope, 0)


def test_a_named_exponential_that_its_weight_makes_large_is_not_ruled_out() -> None:
    """Where the weight is zero, so is the exponent."""
    loss, where = "sum(c[n]*u[n], n=1..N)", ["u[n] = exp(-c[n]*z[n])"]
    source = derive.gradient(loss, "z[k]", where=where).kernel("numpy").source
    assert "where" not in source.split("# ---")[0]
