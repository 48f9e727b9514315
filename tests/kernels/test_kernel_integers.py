"""Arrays of integers have one reading in a kernel: classes from 0, or integers as they are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from kernel_inputs import flat
from numpy.testing import assert_allclose

import derive
from derive.kernels.reader import signature

pytestmark = pytest.mark.needs("lark")

ZERO_INFLATED = (
    "-sum(delta(y[n],0)*log(w + (1 - w)*exp(-exp(b[n]))) + "
    "(1 - delta(y[n],0))*(log(1 - w) + y[n]*b[n] - exp(b[n]) - lgamma(y[n] + 1)), n=1..N)"
)


def kind(loss: str, array: str) -> str:
    signed = signature(derive.gradient(loss, "b[k]"))
    return next(a.kind for a in signed.arguments if a.name == array)


@pytest.mark.parametrize(
    ("loss", "wanted"),
    [
        ("sum(delta(y[n], 0)*b[n], n=1..N)", "integers"),
        ("sum((1 - delta(y[n], -1))*y[n]*b[n], n=1..N)", "integers"),
        ("sum(delta(y[n], x[n])*b[n], n=1..N)", "integers"),
        ("sum(delta(y[n], n)*b[n], n=1..N)", "classes"),
        ("sum(delta(y[n], n + 1)*b[n], n=1..N)", "classes"),
        ("sum(delta(y[n], 1)*b[y[n]]*b[n], n=1..N)", "classes"),
        ("sum(delta(y[n], 1)*b[n], n=1..N) + sum(b[m], m=1..y[1])", "classes"),
        ("sum(delta(y[n], x[n])*b[n], n=1..N) + b[x[1]]", "classes"),
        ("sum(y[n]*b[n], n=1..N)", "floats"),
    ],
)
def test_integers_that_tell_no_index_are_no_classes(loss: str, wanted: str) -> None:
    assert kind(loss, "y") == wanted


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_integers_are_the_same_in_comparisons_and_in_arithmetic(target: str) -> None:
    function = derive.gradient("sum(y[n]*b[n] + delta(y[n],0)*b[n], n=1..N)", "b[k]").kernel(target)
    value, gradient = function(b=np.array([1.0, 10.0]), y=np.array([0, 2]))
    assert value == 21
    assert gradient.tolist() == [1, 2]
    assert "y: array (..., N) of integers\n" in function.source


AS_IT_IS = "; taken as it is, and indices count from 1 in the formulas"


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ("sum((t[n] - j)^2*softmax(b)[j], j=1..C, n=1..N)", "t: array (..., N)" + AS_IT_IS),
        ("sum(abs(j - t)*softmax(b)[j], j=1..C)", "t: array (...), or a number" + AS_IT_IS),
        ("sum(delta(t[n], 0)*(t[n] - n)*b[n], n=1..N)", "t: array (..., N) of integers" + AS_IT_IS),
        ("sum((t[n] - n)*b[t[n]], n=1..N)", "t: array (..., N) of integers from 0 to C - 1"),
        ("sum((t[n] - C)*b[n], n=1..C)", "t: array (..., C)"),
    ],
)
def test_what_stands_beside_an_index_in_arithmetic_is_documented(
    loss: str, said: str, target: str
) -> None:
    source = derive.gradient(loss, "b[k]").kernel(target).source
    assert f"    {said}\n" in source.replace("D - 1", "C - 1")


def test_a_zero_inflated_poisson_distribution() -> None:
    derivation = derive.gradient(ZERO_INFLATED, "b[k]")
    assert derivation.check().ok
    given: dict[str, Any] = {"b": np.array([0.5, -0.3, 1.0]), "y": np.array([0, 3, 1]), "w": 0.25}
    wanted = -math.log(0.25 + 0.75 * math.exp(-math.exp(0.5))) - sum(
        math.log(0.75) + y * b - math.exp(b) - math.lgamma(y + 1) for b, y in [(-0.3, 3), (1.0, 1)]
    )
    exact = flat(derivation.kernel("mpmath")(**given))
    found = flat(derivation.kernel("numpy")(**given))
    assert_allclose(found[0], wanted)
    for array, oracle in zip(found, exact, strict=True):
        assert_allclose(array, np.asarray(oracle, float))


def test_of_a_single_count_too() -> None:
    """A letter that is compared with a number is one: no size, which would be at least 1."""
    loss = "-(delta(y,0)*log(w + (1 - w)*exp(-exp(b))) + (1 - delta(y,0))*(y*b - exp(b)))"
    function = derive.gradient(loss, "b", given=["w > 0", "w < 1"]).kernel("numpy")
    zero = 0.7 * math.exp(1 - math.e) / (0.3 + 0.7 * math.exp(-math.e))
    assert_allclose([function(w=0.3, b=1.0, y=n)[1] for n in (0, 3)], [zero, math.e - 3])
    with pytest.raises(TypeError, match="y"):
        function(w=0.3, b=1.0, y=0.5)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_classes_are_counted_from_1_in_arithmetic(target: str) -> None:
    """Also where nothing tells how many there are."""
    function = derive.gradient("sum(delta(y[n], n + 1)*y[n]*b[n], n=1..N)", "b[k]").kernel(target)
    value, gradient = function(b=np.array([1.0, 10.0, 100.0]), y=np.array([1, 0, 3]))
    assert value == 402
    assert gradient.tolist() == [2, 0, 4]


def test_of_a_wrong_type_it_is_not_said_that_classes_are_meant() -> None:
    function = derive.gradient("sum(delta(y[n], 0)*b[n], n=1..N)", "b[k]").kernel("numpy")
    with pytest.raises(TypeError, match=r"y is of type float64; give integers$"):
        function(b=np.ones(2), y=np.ones(2))


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_a_class_takes_the_place_of_the_index_that_it_equals(target: str) -> None:
    derivation = derive.gradient("sum(delta(y[n], j)*b[n]*j, n=1..N, j=1..3)", "b[k]")
    assert derivation.check().ok
    value, gradient = derivation.kernel(target)(b=np.array([1.0, 10.0]), y=np.array([0, 2]))
    assert value == 31
    assert gradient.tolist() == [1, 3]
