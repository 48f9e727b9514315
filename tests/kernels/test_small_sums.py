"""Where a sum of exponentials is little beside 1, its logarithm has the digits of the sum."""

from __future__ import annotations

from typing import Any

import pytest
from exact import check

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

SCORES = [
    [-40.0, -41.0, -39.0],
    [-700.0, -720.0, -690.0],
    [-60.0, 3.0, -50.0],
    [0.0, 0.0, 0.0],
    [1e-12, -3.0, -40.0],
    [1000.0, -3.0, 4.0],
]
NUMBERS: dict[str, Any] = {"s": 1.5, "m": 0.3, "b": -0.3, "y": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize("z", SCORES)
@pytest.mark.parametrize(
    ("loss", "used"),
    [
        ("log(1 + sum(exp(z[i]), i=1..C))", ""),
        ("log1p(sum(y[i]*exp(z[i]), i=1..C))", "y"),
        ("log(1 + sum(exp(z[i]), i=1..C)/C)", ""),
        ("log(1 + sum(exp(s*(z[i] - m)), i=1..C))/s", "sm"),
        ("log(1 + exp(b)*sum(exp(z[i]), i=1..C))", "b"),
        ("log(1 + sum(exp(z[i]), i=1..C)*sum(exp(-y[i]), i=1..C))", "y"),
        ("sum(log(1 + m*exp(z[i])), i=1..C)", "m"),
    ],
)
def test_one_and_a_sum_of_exponentials(loss: str, used: str, z: list[float]) -> None:
    given = tuple(f"{n} > 0" for n in used if n in "sm")
    check(loss, "z[k]", given, z=z, digits=700, **{n: NUMBERS[n] for n in used})


def test_each_sample_on_its_own() -> None:
    loss = "sum(log(1 + sum(exp(z[n,i]), i=1..C)), n=1..N)"
    check(loss, "z[m,k]", z=[SCORES[0], [-50.0, -60.0, -55.0]])
    check(loss, "z[m,k]", z=[SCORES[0], SCORES[-1]], digits=700)


@pytest.mark.parametrize("z", [*SCORES[2:], [-60.0, 60.0, 0.0], [-40.0, 1000.0, 3.0]])
@pytest.mark.parametrize(
    ("loss", "used"),
    [
        ("log(1 + sum(exp(z[i] - z[t]), i=1..C, i!=t))", ""),
        ("log(1 + sum(exp(z[i] - z[t] + m), i=1..C, i!=t))", "m"),
        ("log(1 + sum(exp(s*(z[i] - z[t] + m)), i=1..C, i!=t))/s", "sm"),
        ("log(1 + sum((1 - delta(i, t))*exp(z[i] - z[t]), i=1..C))", ""),
    ],
)
def test_all_classes_but_the_label(loss: str, used: str, z: list[float]) -> None:
    """As a sum over all classes it would be 1 where the class is certain."""
    given = tuple(f"{n} > 0" for n in used)
    check(loss, "z[k]", given, z=z, t=1, digits=1000, **{n: NUMBERS[n] for n in used})


def test_all_classes_but_the_label_beside_shares() -> None:
    rest = "log(1 + sum(exp(z[i] - z[t]), i=1..C, i!=t))"
    check(f"{rest} + sum(softmax(z)[i]^2, i=1..C)", "z[k]", z=[0.5, -1.0, 2.0], t=1)
