"""Slopes beside a share near one, where a mean by shares is nearly the value itself."""

from __future__ import annotations

from typing import Any

import exact
import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")

SURE = [0.3, 25.0, -4.0, -30.0]
ACTOR = "1/N*sum(sum(p[n,i]*(alpha*log(p[n,i]) - Q[n,i]), i=1..C), n=1..N)"


@pytest.mark.parametrize("logits", [SURE, [0.1, 0.2, 0.15, 0.0]])
@pytest.mark.parametrize(
    ("loss", "inputs"),
    [
        ("sum(Q[i]*softmax(z)[i], i=1..C)", {"Q": [1.0, 3.0, -2.0, 0.7]}),
        ("-sum(softmax(z)[i]*Q[i]^2, i=1..C)", {"Q": [1.0, 3.0, -2.0, 0.7]}),
        (
            "sum(softmax(z)[i]*(alpha*log(softmax(z)[i]) - Q[i]), i=1..C)",
            {"Q": [1.0, 3.0, -2.0, 0.7], "alpha": 0.3},
        ),
    ],
)
def test_slopes_by_all_logits(loss: str, inputs: dict[str, Any], logits: list[float]) -> None:
    exact.check(loss, "z[k]", z=logits, **inputs)


@pytest.mark.slow
def test_a_batch_of_sure_classes() -> None:
    """Soft actor-critic with discrete actions."""
    name = "p[n,i] = softmax(z[n])[i]"
    random = np.random.default_rng(3)
    logits, values = 40 * random.standard_normal((5, 3)), random.standard_normal((5, 3))
    exact.check(ACTOR, "z[m,k]", (), (name,), z=logits.tolist(), Q=values.tolist(), alpha=0.3)


def test_values_for_several_queries() -> None:
    """Attention: the values have an axis of their own, and the shares another."""
    loss = "sum(y[i,d]*v[j,d]*softmax(z[i])[j], i=1..N, j=1..C, d=1..D)"
    random = np.random.default_rng(4)
    shapes = {"z": (3, 4), "v": (4, 2), "y": (3, 2)}
    inputs = {n: (25 * random.standard_normal(s)).tolist() for n, s in shapes.items()}
    exact.check(loss, "z[m,k]", **inputs)


def test_a_direction() -> None:
    """The Hessian of a softmax times a vector has the same sums."""
    derivation = derive.hessian_vector(
        "-sum(y[i]*log(softmax(z)[i]), i=1..C)", "z[k]", "v[j]", given=["sum(y[i], i=1..C) = 1"]
    )
    inputs = {"z": SURE, "v": [1.0, 3.0, -2.0, 0.7], "y": [0.0, 1.0, 0.0, 0.0]}
    *_, found = derivation.kernel("numpy")(**{n: np.array(v) for n, v in inputs.items()})
    *_, true = derivation.kernel("mpmath")(**inputs, dps=60)
    np.testing.assert_allclose(found, np.array(true, float), rtol=1e-13, atol=0)


MARGIN = "-log(softmax(z)[t]) - log(1 - max(softmax(z)[j], j=1..C, j != t))"


@pytest.mark.parametrize("t", [0, 1, 3])
@pytest.mark.parametrize("far", [0.3, 5.0, 40.0, 200.0])
@pytest.mark.parametrize("loss", [MARGIN, "-log(1 - max(softmax(z)[j], j=1..C))"])
def test_what_the_largest_share_leaves_of_one(loss: str, far: float, t: int) -> None:
    """Adversarial training with the likeliest of the wrong classes (Wang et al. 2020, MART)."""
    given = {"z": [0.0, far, 0.02 * far, -far]} | ({"t": t} if loss == MARGIN else {})
    derivation = derive.gradient(loss, "z[k]")
    exact_value, exact_slopes = derivation.kernel("mpmath")(**given, dps=300)
    value, slopes = derivation.kernel("numpy")(**{n: np.array(v) for n, v in given.items()})
    np.testing.assert_allclose(value, float(exact_value), rtol=1e-14)
    np.testing.assert_allclose(slopes, np.array(exact_slopes, float), rtol=1e-13, atol=1e-15)
