"""The likelihood of a Box-Cox transformation, near the logarithm and far from it.

What all values have in common leaves no digits of what each deviates from their mean.
"""

from __future__ import annotations

import pytest
from exact import check

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

MOVED = "w[n] = (y[n]^lam - 1)/lam"
MEAN = "mu = sum(w[n], n=1..N)/N"
SPREAD = "v = sum((w[n] - mu)^2, n=1..N)/N"
JACOBIAN = "(lam - 1)*sum(log(y[n]), n=1..N)"
AROUND = "w[n] - sum(w[m], m=1..N)/N"


@pytest.mark.parametrize("lam", [-700.0, -20.0, -2.0, -1e-6, 1e-9, 1e-4, 0.5, 3.0])
@pytest.mark.parametrize("y", [[0.3, 0.9, 1.7, 2.4], [1.02, 1.03, 1.05], [1e-4, 2e-4, 4e-3]])
@pytest.mark.parametrize(
    ("loss", "where"),
    [
        (f"N/2*log(sum((w[n] - mu)^2, n=1..N)/N) - {JACOBIAN}", (MOVED, MEAN)),
        (f"N/2*log(v) - {JACOBIAN}", (MOVED, MEAN, SPREAD)),
        (f"N/2*log(sum(({AROUND})^2, n=1..N)/N) - {JACOBIAN}", (MOVED,)),
    ],
    ids=["mean", "spread", "neither"],
)
def test_a_transformation(loss: str, where: tuple[str, ...], y: list[float], lam: float) -> None:
    check(loss, "lam", ("y[n] > 0",), where, y=y, lam=lam, digits=700)


@pytest.mark.parametrize("lam", [-20.0, -2.0, 1e-4])
def test_large_values(lam: float) -> None:
    loss = f"N/2*log(sum((w[n] - mu)^2, n=1..N)/N) - {JACOBIAN}"
    check(loss, "lam", ("y[n] > 0",), (MOVED, MEAN), y=[2e4, 3e4, 5e4, 9e4], lam=lam)


@pytest.mark.parametrize("z", [[1e-9, 2e-9, -3e-9], [-40.0, -41.0, -42.0], [3.0, 1.0, 700.0]])
@pytest.mark.parametrize(
    "loss",
    [
        "sum((exp(z[i]) - sum(exp(z[j]), j=1..C)/C)^2, i=1..C)",
        "log(sum((exp(z[i]) + 1 - sum(exp(z[j]) + 1, j=1..C)/C)^2, i=1..C))",
    ],
)
def test_the_spread_of_exponentials(loss: str, z: list[float]) -> None:
    if z[-1] < 100 or loss.startswith("log"):
        check(loss, "z[k]", z=z, digits=700)
