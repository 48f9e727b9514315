"""Powers of sums of exponentials neither overflow nor vanish: nested logit, and norms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")

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
PICKED = "exp(z[t])/sqrt(sum(exp(2*z[j]), j=1..C))"


def check(loss: str, variable: str, given: tuple[str, ...] = (), **inputs: Any) -> None:
    """The kernel has what its formulas are in high precision, without a warning."""
    derivation = derive.gradient(loss, variable, given=list(given))
    arrays = {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}
    with np.errstate(all="raise", under="ignore"):
        found = derivation.kernel("numpy")(**arrays)
    true = derivation.kernel("mpmath")(**arrays, dps=200)
    for part, exact in zip(found, true, strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12, atol=1e-300)


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
