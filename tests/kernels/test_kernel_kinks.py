"""Kernels at a kink, left of it and right of it: the values that PyTorch takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from losses import C, T, huber, i, j, k, largest, over, t, y, z
from sympy import Abs, Expr, Ge, KroneckerDelta, Max, Min, Piecewise, Product, sign

import derive

POINTS = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]

# Of one entry u: the loss, and its derivative at each of the points, with T = 1.
CASES: dict[str, tuple[Expr, list[float]]] = {
    "abs": (Abs(z[i]), [-1, -1, -1, 0, 1, 1, 1]),
    "sign": (sign(z[i]), [0, 0, 0, 0, 0, 0, 0]),
    "relu": (Max(0, z[i]), [0, 0, 0, 0, 1, 1, 1]),
    "relu, of the opposite": (Max(0, -z[i]), [-1, -1, -1, 0, 0, 0, 0]),
    "relu6, narrow": (Min(1, Max(0, z[i])), [0, 0, 0, 0, 1, 0, 0]),
    "larger of a number": (Max(1, 2 * z[i]), [0, 0, 0, 0, 0, 2, 2]),
    "huber": (huber(z[i]), [-1, -1, -0.5, 0, 0.5, 1, 1]),
    "leaky": (Piecewise((z[i], z[i] > 0), (T * z[i] / 4, True)), [0.25] * 4 + [1, 1, 1]),
    "leaky, kink above": (Piecewise((z[i], z[i] >= 0), (T * z[i] / 4, True)), [0.25] * 3 + [1] * 4),
    "three pieces": (
        Piecewise((0, z[i] < -1), (z[i] + 1, z[i] < 1), (2, True)),
        [0, 1, 1, 1, 1, 0, 0],
    ),
}


def arguments(source: str) -> dict[str, Any]:
    known = {"z": np.array(POINTS), "T": 1.0}
    return {name: value for name, value in known.items() if f"{name}=" in source}


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("name", CASES)
def test_takes_the_value_of_the_convention(name: str, target: str) -> None:
    loss, wanted = CASES[name]
    f = derive.gradient(over(loss), z[k]).kernel(target)
    _, gradient = f(**arguments(f.source))
    assert [float(g) for g in gradient] == wanted


def test_of_two_equal_arguments_the_derivative_of_the_first_is_taken() -> None:
    """The first as printed: SymPy sorts the arguments of a maximum."""
    loss = over(Max(y[i], z[i]))
    at = {"y": np.ones(3), "z": np.array([0.0, 1.0, 2.0])}
    assert derive.gradient(loss, y[k]).kernel("numpy")(**at)[1].tolist() == [1, 1, 0]
    assert derive.gradient(loss, z[k]).kernel("numpy")(**at)[1].tolist() == [0, 0, 1]


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        (largest(z[j]), [0, 1, 0, 0]),
        (largest(-z[j]), [0, 0, -1, 0]),
        (largest(Abs(z[j])), [0, 1, 0, 0]),
        (largest(1 - KroneckerDelta(j, t) + z[j] - z[t]), [-1, 1, 0, 0]),
    ],
)
def test_of_several_indices_that_attain_a_maximum_the_first_counts(
    loss: Expr, wanted: list[float], target: str
) -> None:
    f = derive.gradient(loss, z[k]).kernel(target)
    classes = {"t": 0} if t in loss.free_symbols else {}
    for offset in (0.0, 1000.0) if loss == largest(z[j]) else (0.0,):
        at = np.array([2.0, 7.0, -7.0, 7.0]) + offset
        value, gradient = f(z=at, **classes)
        assert [float(g) for g in gradient] == wanted
        assert float(value) == {True: 6.0, False: 7.0}[bool(classes)] + offset


def test_values_without_a_tie_have_the_slope_of_the_leading_one() -> None:
    f = derive.gradient(over(derive.Max(z[j], (j, 1, i))), z[k]).kernel("numpy")
    value, gradient = f(z=np.array([1.0, 3.0, 2.0]))
    assert value == 7 and gradient.tolist() == [1, 2, 0]


def test_a_maximum_need_not_begin_at_the_first_entry() -> None:
    f = derive.gradient(derive.Max(z[j], (j, 2, C)), z[k], given=[Ge(C, 2)]).kernel("numpy")
    value, gradient = f(z=np.array([9.0, 1.0, 3.0, 2.0]))
    assert value == 3 and gradient.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_a_product_has_its_slope_where_factors_are_zero(target: str) -> None:
    f = derive.gradient(Product(z[j], (j, 1, C)), z[k]).kernel(target)
    for at, wanted in (([2, 0, 5], [0, 10, 0]), ([0, 0, 5], [0, 0, 0]), ([2, 3, 5], [15, 10, 6])):
        _, gradient = f(z=np.array(at, float))
        assert [float(g) for g in gradient] == wanted
    _, batch = derive.gradient(Product(z[j], (j, 1, C)), z[k]).kernel("numpy")(z=np.ones((2, 3)))
    assert batch.tolist() == np.ones((2, 3)).tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_the_type_of_its_inputs(dtype: type) -> None:
    f = derive.gradient(over(huber(z[i])), z[k]).kernel("numpy")
    value, gradient = f(z=np.array(POINTS, dtype), T=1.0)
    assert value.dtype == gradient.dtype == dtype
