"""Ratios of sums of exponentials in second derivatives neither overflow nor vanish."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

COX = """-sum(d[n]*(sum(b[l]*x[n,l], l=1..D)
                   - log(sum(exp(sum(b[l]*x[j,l], l=1..D)), j=n..N))), n=1..N)"""
AT_RISK = "sum(d[n]*log(sum(exp(b*x[j]), j=n..N)), n=1..N)"
WEIGHTED = "log(sum(w[j]*exp(b*x[j]), j=1..C))"
WITH_ONE = "sum(d[n]*log(1 + sum(exp(b*x[n,j]), j=1..C)), n=1..N)"
OF_THREE = "log(exp(b*x) + exp(b*y) + 1)"
EITHER_OR_TIE = "exp(z[i]) + exp(z[j]) + nu*exp((z[i] + z[j])/2)"
"""What the strengths of two are divided by in Davidson's model (1970): ties have a part in it."""
WON = f"w[i,j]*log(exp(z[i])/({EITHER_OR_TIE}))"
TIED = f"u[i,j]/2*log(nu*exp((z[i] + z[j])/2)/({EITHER_OR_TIE}))"
COUNTED = f"-sum(sum(a[i,j]*log({EITHER_OR_TIE}), j=1..C, j != i), i=1..C)"
DAVIDSON = f"-sum(sum({WON} + {TIED}, j=1..C, j != i), i=1..C)"


@lru_cache
def kernels(loss: str, variables: tuple[str, str], given: tuple[str, ...]) -> tuple[Any, Any]:
    """The kernel, and that in high precision."""
    derivation = derive.hessian(loss, *variables, given=list(given))
    return derivation.kernel("numpy"), derivation.kernel("mpmath")


def check(
    loss: str, variables: tuple[str, str], given: tuple[str, ...] = (), **inputs: Any
) -> None:
    """The kernel has what its formulas are in high precision, as far as it subtracts."""
    kernel, oracle = kernels(loss, variables, given)
    arrays = {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}
    for part, exact in zip(kernel(**arrays), oracle(**arrays, dps=2000), strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-8, atol=1e-15)


@pytest.mark.parametrize("b", [-800.0, -1.0, 1.0, 800.0])
def test_a_partial_likelihood(b: float) -> None:
    check(COX, ("b[k]", "b[m]"), b=[b], x=[[1.0], [1.001]], d=[1.0, 1.0])
    rows = [[1.0, 0.0], [1.001, 0.002], [0.999, 0.0]]
    check(COX, ("b[k]", "b[m]"), b=[b, b / 2], x=rows, d=[1.0, 0.0, 1.0])


@pytest.mark.parametrize("b", [-800.0, -1.0, 1.0, 800.0])
def test_the_square_of_a_sum(b: float) -> None:
    check(AT_RISK, ("b", "b"), b=b, x=[1.0, 1.001, 0.999], d=[1.0, 1.0, 1.0])
    weights = [1.0, 2.0, 0.5]
    check(WEIGHTED, ("b", "b"), ("w[j] > 0",), b=b, x=[1.0, 1.001, 0.0], w=weights)
    check(WITH_ONE, ("b", "b"), b=b, x=[[1.0, 1.001], [-1.0, 0.001]], d=[1.0, 2.0])
    check(OF_THREE, ("b", "b"), b=b, x=1.001, y=1.0)


DIGITS = 1e-9
"""Of a sum of positive terms above the square of one."""


@pytest.mark.parametrize(
    ("loss", "counts"),
    [(COUNTED, "a"), pytest.param(DAVIDSON, "wu", marks=pytest.mark.slow)],
    ids=["normaliser", "wins and ties"],
)
def test_comparisons_with_ties(loss: str, counts: str) -> None:
    """All terms above the bar have one sign, and all are lowered by the same as what is below."""
    kernel, oracle = kernels(loss, ("z[k]", "z[m]"), ("nu > 0",))
    seen = np.array([[0.0, 1.5, 0.4], [0.9, 0.0, 1.1], [2.0, 0.3, 0.0]])
    given = {"nu": 0.8} | dict.fromkeys(counts, seen)
    near = np.array([61.2276, -76.67, 12.543])
    for z in (near / 60, near, np.array([1000.0, 1100.0, 940.0]), -20 * near):
        for part, exact in zip(kernel(z=z, **given), oracle(z=z, **given, dps=900), strict=True):
            np.testing.assert_allclose(part, np.array(exact, float), rtol=DIGITS, atol=1e-300)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("weight", ["w[i,j]", "2*w[i,j]", "w[i,j]*v[j]"])
def test_pairs_of_which_one_is_itself(weight: str, target: str) -> None:
    """A share beside itself is a half: as a term that is taken off, it would leave no digits."""
    loss = f"-sum({weight}*(z[i] - log(exp(z[i]) + exp(z[j]))), i=1..N, j=1..N)"
    kernel = derive.hessian(loss, "z[k]", "z[m]").kernel(target)
    scores, times = np.array([0.0, 200.0, -300.0]), 2 if "2" in weight else 1
    given = {"v": np.ones(3)} if "v[" in weight else {}
    _, found = kernel(z=scores, w=np.ones((3, 3)), **given)
    apart = np.abs(scores[:, None] - scores)
    between = np.where(np.eye(3) == 1, 0, 2 * times * np.exp(-apart) / (1 + np.exp(-apart)) ** 2)
    exact = np.diag(between.sum(axis=1)) - between
    np.testing.assert_allclose(np.array(found, float), exact, rtol=1e-12, atol=0)
