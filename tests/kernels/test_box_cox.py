"""The likelihood of a Box-Cox transformation, near the logarithm and far from it."""

from __future__ import annotations

import pytest
from exact import check

pytestmark = pytest.mark.needs("lark")

MOVED = ("w[n] = (y[n]^lam - 1)/lam", "mu = sum(w[n], n=1..N)/N")
LOSS = "N/2*log(sum((w[n] - mu)^2, n=1..N)/N) - (lam - 1)*sum(log(y[n]), n=1..N)"


@pytest.mark.parametrize("lam", [-1e-6, 1e-9, 1e-4, 0.5, 3.0])
def test_near_the_logarithm(lam: float) -> None:
    check(LOSS, "lam", ("y[n] > 0",), MOVED, y=[0.3, 0.9, 1.7, 2.4], lam=lam)
