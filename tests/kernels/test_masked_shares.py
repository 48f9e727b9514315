"""Shares of all others, by a name: what they leave out may be larger than all that they hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

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


@lru_cache
def kernels(loss: str, share: str) -> tuple[Any, Any]:
    """The kernel, and that in high precision."""
    derivation = derive.gradient(loss, "s[m,n]", where=[share])
    return derivation.kernel("numpy"), derivation.kernel("mpmath")


def check(loss: str, share: str, s: np.ndarray) -> None:
    """The kernel has what its formulas are in high precision."""
    kernel, oracle = kernels(loss, share)
    found, true = kernel(s=s, t=LABELS), oracle(s=s, t=LABELS, dps=500)
    for part, exact in zip(found, true, strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("share", SHARES)
def test_the_gradient_has_the_share_by_its_name(share: str) -> None:
    found = derive.gradient(NEIGHBOURS, "s[m,n]", where=[share]).result
    assert str(found) == (
        "(-KroneckerDelta(t[m], t[n])/Sum(KroneckerDelta(t[j], t[m])*q[m, j], (j, 1, N)) + 1)"
        "*q[m, n]"
    )


PLAIN = "q[i,j] = exp(s[i,j])/sum(exp(s[i,a]), a=1..N, a!=i)"
OF_OTHERS = "-sum(log(sum(delta(t[i],t[j])*q[i,j], j=1..N, j!=i)), i=1..N)"
CONTRASTIVE = "-sum(sum(delta(t[i],t[j])*log(q[i,j]), j=1..N, j!=i), i=1..N)"


@pytest.mark.parametrize("itself", [0.0, 30.0, 1000.0])
@pytest.mark.parametrize(
    ("loss", "share"),
    [
        *((NEIGHBOURS, share) for share in SHARES),
        (OF_OTHERS, SHARES[1]),
        (OF_OTHERS, PLAIN),
        (CONTRASTIVE, PLAIN),
    ],
)
def test_what_is_left_out_takes_no_digits(loss: str, share: str, itself: float) -> None:
    near = scores(itself)
    check(loss, share, near)
    for other in (1, 2):  # of another class, and of the same
        far = near.copy()
        far[0, other] = 990.0
        check(loss, share, far)


def test_a_mask_is_joined_where_indices_are_equal() -> None:
    found = derive.gradient(CONTRASTIVE, "s[m,n]", where=[PLAIN])
    assert str(found.result).startswith("(1 - KroneckerDelta(m, n))*(")
    assert "q[m, m]" not in str(found.result)
    assert "rule_out_equal" in {step.rule for step in found.steps}


@pytest.mark.needs("coqc")
def test_shares_of_all_others_are_proved() -> None:
    loss = "-sum(sum(y[i,j]*log(q[i,j]), j=1..N, j!=i), i=1..N)"
    found = derive.gradient(loss, "s[m,n]", where=[PLAIN])
    assert found.check(formal=True).level == "proved"


@pytest.mark.parametrize(
    "terms",
    [
        "log(sum(exp(z[u]), u=m..C))",
        "log(sum(exp(z[u]), u=1..m))",
        "log(sum(exp(z[u]), u=1..C, u != m)) - z[m]",
        "w[m]*log(sum(exp(z[u]), u=m..C)) - z[r[m]]",
    ],
)
def test_rows_up_to_a_count(terms: str) -> None:
    """A share has a row for each ``m``, and no more of them count than are asked for."""
    derivation = derive.gradient(f"sum({terms}, m=1..S)", "z[k]", given=["S <= C"])
    kernel, oracle = derivation.kernel("numpy"), derivation.kernel("mpmath")
    numbers = {"z": [0.3, 2.0, -1.0, 600.0], "w": [2.0, 0.5, 1.0, 3.0], "r": [1, 0, 2, 1]}
    asked = {name: numbers[name] for name in ("z", "w", "r") if f"{name}[" in terms}
    for count in (1, 3, 4):
        found = kernel(**{n: np.array(v) for n, v in asked.items()}, S=count)
        for part, exact in zip(found, oracle(**asked, S=count, dps=600), strict=True):
            np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12)
