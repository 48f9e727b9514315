"""Kernels keep the digits of what is left of one: by tanh, mixtures, products, weighted shares."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")

DIGITS = 1000


def computed(loss: str, variable: str, given: tuple[str, ...] = (), **inputs: Any) -> list[float]:
    """The value and all entries of the derivative, as the kernel has them."""
    kernel = derive.gradient(loss, variable, given=list(given)).kernel("numpy")
    arrays = {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}
    with np.errstate(all="raise", under="ignore"):
        value, slopes = kernel(**arrays)
    return [float(value), *map(float, np.ravel(slopes))]


@pytest.mark.parametrize("number", [-1000.0, -18.0, 0.0, 0.7, 18.0, 400.0])
def test_a_hyperbolic_tangent(number: float) -> None:
    with mpmath.workdps(DIGITS):
        tangent = mpmath.tanh(number)
        left = 1 - tangent**2
        by_log = [float(-mpmath.log(left)), float(2 * tangent)]
        plain = [float(left), float(-2 * tangent * left)]
    found = computed("-log(1 - tanh(u)^2)", "u", u=number)
    np.testing.assert_allclose(found, by_log, rtol=1e-14, atol=1e-15)
    found = computed("1 - tanh(u)^2", "u", u=number)
    np.testing.assert_allclose(found, plain, rtol=1e-14)
