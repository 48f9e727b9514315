"""What a condition rules out counts for nothing, though it has no value there."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

FAR = "sqrt(sum((a[l] - p[l])^2, l=1..D))"
EACH = "sqrt(sum((a[l] - p[j,l])^2, l=1..D))"
TRIPLET = (
    "sum(relu(sqrt(sum((a[n,l] - p[n,l])^2, l=1..D)) - sqrt(sum((a[n,l] - q[n,l])^2, l=1..D)) + m),"
    " n=1..N)"
)
ANCHORS = [[0.0, 0.0], [1.0, 2.0]]
ORIGIN: dict[str, Any] = {"a": [0.0, 0.0], "p": [0.0, 0.0]}

NORM = "sqrt(sum(x[i,l]^2, l=1..D))"

# Loss, variable, numbers and the gradient there.
Case = tuple[str, str, dict[str, Any], list[Any]]
CASES: list[Case] = [
    (
        TRIPLET,
        "a[k,r]",
        {"a": ANCHORS, "p": [[0.0, 0.0], [1.5, 2.5]], "q": [[5.0, 5.0], [6.0, 7.0]], "m": 0.3},
        [[0, 0], [0, 0]],
    ),
    (f"relu({FAR} - r)", "a[k]", {**ORIGIN, "r": 1.0}, [0, 0]),
    (f"relu(r - {FAR})^2", "a[k]", {**ORIGIN, "r": -1.0}, [0, 0]),
    (f"min(0, {FAR} + r)^2", "a[k]", {**ORIGIN, "r": 1.0}, [0, 0]),
    ("sum(relu(sqrt(w[i]) - 1), i=1..C)", "w[k]", {"w": [0.0, 4.0]}, [0, 0.25]),
    ("sum(relu(log(w[i]) + 1), i=1..C)", "w[k]", {"w": [0.0, 4.0]}, [0, 0.25]),
    (
        f"sum(relu({EACH} - r), j=1..J)",
        "a[k]",
        {"a": [0.0, 0.0], "p": [[0.0, 0.0], [3.0, 4.0]], "r": 1.0},
        [-0.6, -0.8],
    ),
]

NOT_LARGEST: list[Case] = [
    (
        f"max({EACH}, j=1..J)",
        "a[k]",
        {"a": [0.0, 0.0], "p": [[0.0, 0.0], [1.0, 0.0]]},
        [-1, 0],
    ),
    ("max(sqrt(x[i]), i=1..C)", "x[k]", {"x": [0.0, 4.0]}, [0, 0.25]),
    (
        "max(abs(x[i])^p*w[i], i=1..C)",
        "x[k]",
        {"x": [0.0, 4.0], "p": 0.5, "w": [1.0, 1.0]},
        [0, 0.25],
    ),
    (f"max({NORM}, i=1..C)", "x[r,k]", {"x": [[0.0, 0.0], [3.0, 4.0]]}, [[0, 0], [0.6, 0.8]]),
    (f"min(-{NORM}, i=1..C)", "x[r,k]", {"x": [[0.0, 0.0], [3.0, 4.0]]}, [[0, 0], [-0.6, -0.8]]),
    (
        "sum(max(sqrt(sum((a[n,l] - p[i,l])^2, l=1..D)), i=1..P), n=1..N)",
        "p[r,k]",
        {"a": [[0.0, 0.0], [0.0, 0.0]], "p": [[0.0, 0.0], [6.0, 8.0]]},
        [[0, 0], [1.2, 1.6]],
    ),
]


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(("loss", "variable", "numbers", "gradient"), CASES + NOT_LARGEST)
def test_beside_a_condition_that_does_not_hold(
    loss: str, variable: str, numbers: dict[str, Any], gradient: list[Any], target: str
) -> None:
    given = ["p > 0"] if "^p" in loss else []
    kernel = derive.gradient(loss, variable, given=given).kernel(target)
    if target == "numpy":
        numbers = {name: np.array(value) for name, value in numbers.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, found = kernel(**numbers)
    np.testing.assert_allclose(np.array(found, float), gradient, rtol=1e-14)


def test_nothing_is_ruled_out_where_all_have_values() -> None:
    """Brackets multiply what is finite whatever the arguments are."""
    derivation = derive.gradient("sum(y[i]*relu(z[i]), i=1..C)/T", "z[k]", given=["T > 0"])
    assert "y * np.where(z > 0, 1, 0)" in derivation.kernel("numpy").source


@pytest.mark.parametrize("outside", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("loss", "given"),
    [
        ("-sum(c[i,j]*log(w[i]/(w[i] + w[j])), i=1..N, j=1..N, j != i)", ["w[i] > 0"]),
        ("sum(c[i,j]*(w[i] - w[j])^2, i=1..N, j=1..N, j != i)", []),
        ("sum(c[i,j]*d[i,j]*exp(w[i] - w[j]), i=1..N, j=1..N, j != i)", []),
        ("sum(c[i,j]*log(w[i] + w[j]), j=1..i-1, i=1..N)", ["w[i] > 0"]),
    ],
)
def test_entries_at_places_that_are_left_out(loss: str, given: list[str], outside: float) -> None:
    """People put nan on the diagonal of counts; the value has none of them."""
    kernel = derive.gradient(loss, "w[k]", given=given).kernel("numpy")
    numbers = np.arange(9.0).reshape(3, 3)
    scores = {"w": np.array([1.0, 2.0, 3.0])} | ({"d": numbers + 1} if "d[" in loss else {})
    left_out = np.where(np.eye(3) == 1, outside, numbers)
    with np.errstate(all="ignore"):
        value, _ = kernel(c=left_out, **scores)
        swapped = {
            n: np.where(np.eye(3) == 1, outside, v) if n == "d" else v for n, v in scores.items()
        }
        same, _ = kernel(c=numbers, **swapped)
        expected, _ = kernel(c=np.where(np.eye(3) == 1, 0.0, numbers), **scores)
    np.testing.assert_allclose([value, same], expected, rtol=1e-15)
