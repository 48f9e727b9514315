"""A range that leaves an index out: ``sum(z[i], i=1..C, i != t)``."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

import derive
from derive.errors import DeriveError
from derive.parsing import in_sympy

pytestmark = pytest.mark.needs("lark")


@pytest.mark.parametrize(
    ("short", "written_out"),
    [
        ("sum(z[i], i=1..C, i!=t)", "sum((1 - delta(i, t))*z[i], i=1..C)"),
        ("sum(z[i], (i,1,C), i ≠ t)", "sum((1 - delta(i, t))*z[i], i=1..C)"),
        (
            "sum(z[i]*z[j], i=1..C, j=1..C, i != j)",
            "sum((1 - delta(i, j))*z[i]*z[j], i=1..C, j=1..C)",
        ),
        (
            "sum(z[i], i=1..C, i != s, i != 1)",
            "sum((1 - delta(i, 1))*(1 - delta(i, s))*z[i], i=1..C)",
        ),
        (
            "sum(sum(s[n,j], j=1..C, j != t[n]), n=1..N)",
            "sum(sum((1 - delta(j, t[n]))*s[n,j], j=1..C), n=1..N)",
        ),
        ("prod(1 - z[i], i=1..C, i != t)", "prod((1 - z[i])^(1 - delta(i, t)), i=1..C)"),
        ("sum(z[i], (i,1,C,t))", "sum((1 - delta(i, t))*z[i], i=1..C)"),
        ("max(z[i], (i,1,C,t))", "max(z[i], i=1..C, i != t)"),
        ("min(z[i], i=1..C, i != t)", "-max(-z[i], i=1..C, i != t)"),
        (
            "max(z[i] - z[j], i=1..C, j=1..C, i != j)",
            "max(max(z[i] - z[j], i=1..C, i != j), j=1..C)",
        ),
    ],
)
def test_it_is_the_factor_that_leaves_out(short: str, written_out: str) -> None:
    def read(text: str):
        return in_sympy([text], [], [], []).expressions

    assert read(short) == read(written_out)


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("max(z[j], j=1..C, j<t)", 20, r"in place of < write .* j = i\+1..C"),
        ("max(z[i], i=1..C, s!=t)", 20, "what is left out is an index of this max"),
        ("sum(z[i]*z[j], i=1..C, j=1..C, i<j)", 33, r"in place of < write .* j = i\+1..C"),
        ("sum(z[i], i=1..C, s!=t)", 20, "what is left out is an index of this sum"),
        ("sum(z[i]!=t, i=1..C)", 9, "!= makes a relation where a number belongs"),
        ("softmax(z, i!=t)[k]", 13, "!= makes a relation where a number belongs"),
        ("exp(z[k] > 1)", 10, "> makes a relation where a number belongs"),
        ("sum(z[i], i!=t)", 1, "sum has no range"),
        ("sum(z[i]*v[j], i=1..C, j != i)", 26, "j is no index of a sum here; .* give its range"),
    ],
)
def test_what_cannot_be_left_out_is_said(text: str, column: int, sentence: str) -> None:
    with pytest.raises(DeriveError, match=f"^column {column}: .*{sentence}"):
        in_sympy([text], [], [], [])


def test_a_factor_that_has_no_value_is_left_out_of_a_product() -> None:
    """Lagrange's polynomial through (1, 1), (2, 3) and (4, 2), by hand: -5/6 u^2 + 9/2 u - 8/3."""
    polynomial = "sum(y[j]*prod((u - x[i])/(x[j] - x[i]), i=1..N, i != j), j=1..N)"
    points = {"x": np.array([1.0, 2, 4]), "y": np.array([1.0, 3, 2]), "u": np.array(3.0)}
    derivation = derive.gradient(polynomial, "u")
    assert derivation.check().level == "exact"
    value, slope = derivation.kernel("numpy")(**points)
    assert_allclose((value, slope), (10 / 3, -1 / 2))
    by_value = derive.gradient(polynomial, "y[k]")
    assert str(by_value.result) == (
        "Product(((u - x[i])/(-x[i] + x[k]))**(1 - KroneckerDelta(i, k)), (i, 1, N))"
    )
    assert by_value.check().level == "exact"
