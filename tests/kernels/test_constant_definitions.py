"""A definition has an axis only for an index that its value depends on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exact import check, kernels

pytestmark = pytest.mark.needs("lark")

NUMBERS: dict[str, Any] = {"z": [0.5, -1.0, 2.0], "b": 3.0, "c": 0.7, "t": 1, "C": 3}
SAME = ("u[i] = c*b",)


@pytest.mark.parametrize("value", ["c*b", "sqrt(2)", "1/C", "pi"])
@pytest.mark.parametrize(
    "loss",
    [
        "sum((z[i] - u[i])^2, i=1..C)",
        "log(sum(exp(u[i]*z[i]), i=1..C)) + sum(u[i]^2, i=1..C)",
        "sum(u[i+1]*z[i]^2, i=1..C-1)",
        "sum(prod(u[j], j=1..C)*z[i]^2, i=1..C)",
        "-log(softmax(z)[t])*u[t]",
    ],
)
def test_a_name_with_an_index_that_it_does_not_use(loss: str, value: str) -> None:
    used = {"z"} | ({"b", "c"} if "c" in value else set()) | ({"t"} if "t" in loss[3:-9] else set())
    check(loss, "z[k]", (), (f"u[i] = {value}",), **{n: NUMBERS[n] for n in sorted(used)})


@pytest.mark.parametrize("loss", ["sum(u[i], i=1..C)", "log(sum(exp(u[i]), i=1..C))"])
def test_a_size_that_no_array_tells(loss: str) -> None:
    check(loss, "c", (), SAME, C=3, b=3.0, c=0.7)


def test_a_class_that_another_array_tells() -> None:
    kernel, _ = kernels("sum((z[i] - u[t[i]])^2, i=1..C)", "z[k]", (), SAME)
    value, _ = kernel(z=np.array([1.0, 2.0]), t=np.array([0, 0]), b=1.0, c=1.0)
    assert value == 1


def test_a_batch_of_numbers_that_all_classes_share() -> None:
    kernel, _ = kernels("sum((z[i] - u[i])^2, i=1..C)", "z[k]", (), SAME)
    value, slopes = kernel(z=np.zeros((2, 3)), b=np.array([1.0, 2.0]), c=1.0)
    assert value.tolist() == [3, 12]
    assert slopes.tolist() == [[-2] * 3, [-4] * 3]


@pytest.mark.parametrize("value", ["sqrt(2)", "1/C", "pi"])
def test_a_number_with_a_name(value: str) -> None:
    check("sum((z[i] - m)^2, i=1..C)", "z[k]", (), (f"m = {value}",), z=NUMBERS["z"])
