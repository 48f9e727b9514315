"""Shares of all others, by a name: what they leave out may be larger than all that they hold."""

from __future__ import annotations

import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")

NEIGHBOURS = "-sum(log(sum(delta(t[i],t[j])*q[i,j], j=1..N)), i=1..N)"
SHARES = [
    "q[i,j] = (1-delta(i,j))*exp(s[i,j])/sum((1-delta(i,a))*exp(s[i,a]), a=1..N)",
    "q[i,j] = (1-delta(i,j))*exp(s[i,j])/sum(exp(s[i,a]), a=1..N, a!=i)",
]
LABELS = np.array([0, 1, 0, 1, 0, 1])


def scores(itself: float) -> np.ndarray:
    """How near things are to each other, and to themselves."""
    found = np.random.default_rng(0).normal(size=(6, 6))
    np.fill_diagonal(found, itself)
    return found


def check(loss: str, share: str, s: np.ndarray) -> None:
    """The kernel has what its formulas are in high precision."""
    derivation = derive.gradient(loss, "s[m,n]", where=[share])
    found = derivation.kernel("numpy")(s=s, t=LABELS)
    true = derivation.kernel("mpmath")(s=s, t=LABELS, dps=1000)
    for part, exact in zip(found, true, strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("share", SHARES)
def test_the_gradient_has_the_share_by_its_name(share: str) -> None:
    found = derive.gradient(NEIGHBOURS, "s[m,n]", where=[share]).result
    assert str(found) == (
        "(-KroneckerDelta(t[m], t[n])/Sum(KroneckerDelta(t[j], t[m])*q[m, j], (j, 1, N)) + 1)"
        "*q[m, n]"
    )


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("itself", [0.0, 30.0, 1000.0])
def test_what_is_left_out_takes_no_digits(share: str, itself: float) -> None:
    check(NEIGHBOURS, share, scores(itself))
