"""Constants to a power with a letter, as in a normal density over many dimensions."""

from __future__ import annotations

import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 784, 20_000])
def test_a_mixture_over_many_dimensions(size: int) -> None:
    """``(2 π)^{D/2}`` is no floating-point number from D = 773 on; its logarithm is."""
    derivation = derive.gradient(
        "-log(sum(a[i]*f[i], i=1..C))",
        ["z[k]", "mu[k,m]", "s[k]"],
        given=["s[i] > 0"],
        where=[
            "a[i] = softmax(z)[i]",
            "f[i] = (2*pi)^(-D/2)*s[i]^(-D)*exp(-sum((t[d] - mu[i,d])^2, d=1..D)/(2*s[i]^2))",
            "r[i] = a[i]*f[i]/sum(a[j]*f[j], j=1..C)",
        ],
    )
    z, s, t = np.array([0.1, -0.3]), np.array([1.0, 0.7]), np.linspace(-1, 1, size)
    mu = np.stack([t + 0.3, t - 0.1])
    value, slopes = derivation.kernel("numpy")(z=z, mu=mu, s=s, t=t)
    squares = ((t - mu) ** 2).sum(axis=1)
    densities = -size * np.log(2 * np.pi) / 2 - size * np.log(s) - squares / (2 * s**2)
    joint = z - np.logaddexp.reduce(z) + densities
    shares = np.exp(joint - np.logaddexp.reduce(joint))
    np.testing.assert_allclose(value, -np.logaddexp.reduce(joint), rtol=1e-12)
    np.testing.assert_allclose(slopes[0], np.exp(z - np.logaddexp.reduce(z)) - shares, atol=1e-12)
    np.testing.assert_allclose(slopes[1], shares[:, None] * (mu - t) / s[:, None] ** 2, atol=1e-12)
    np.testing.assert_allclose(slopes[2], shares * (size - squares / s**2) / s, rtol=1e-11)
