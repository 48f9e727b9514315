"""Indices that are sums or differences of indices: convolutions and predictions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sympy import IndexedBase, Sum, symbols

import derive
from derive.errors import DeriveError

PREDICTION = "1/2*sum((s[n] - sum(a[l]*s[n-l], l=1..P))^2, n=P+1..N)"
SLIDING = "sum((y[n] - sum(w[l]*x[n+l-1], l=1..L))^2, n=1..N)"
CAUSAL = "sum((y[n] - sum(w[l]*x[n-l+1], l=1..n))^2, n=1..N)"
CONVOLUTION = (
    "sum(sum((Y[i,j] - sum(sum(K[m,l]*X[i+m-1,j+l-1], m=1..M), l=1..L))^2, i=1..H), j=1..W)"
)
ERROR = "(y[n] - Sum(w[l]*x[l + n - 1], (l, 1, L)))"


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("loss", "variable", "result"),
    [
        (
            PREDICTION,
            "a[k]",
            "Sum((-s[n] + Sum(a[l]*s[-l + n], (l, 1, P)))*s[-k + n], (n, P + 1, N))",
        ),
        (SLIDING, "w[k]", f"-2*Sum({ERROR}*x[k + n - 1], (n, 1, N))"),
        (
            CAUSAL,
            "w[k]",
            "-2*Sum((y[n] - Sum(w[l]*x[-l + n + 1], (l, 1, n)))*x[-k + n + 1], (n, k, N))",
        ),
        ("sum(x[n-p]*w[n], n=p+1..N)", "w[k]", "Piecewise((1, p <= k - 1), (0, True))*x[k - p]"),
        ("sum(x[n+p]*w[n], n=1..N-p)", "w[k]", "Piecewise((1, k <= N - p), (0, True))*x[k + p]"),
    ],
)
def test_the_data_of_a_sum_may_be_moved_by_an_index(loss: str, variable: str, result: str) -> None:
    derivation = derive.gradient(loss, variable)
    assert str(derivation.result) == result
    assert derivation.check().level == "exact"
    derivation.coq()


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("loss", "variable"),
    [
        (PREDICTION, "s[k]"),
        (SLIDING, "x[k]"),
        ("sum(sum(b[i-j]^2*u[i]*u[j], j=1..i-1), i=2..N)", "b[k]"),
        (CONVOLUTION, "K[p,q]"),
    ],
)
def test_one_may_differentiate_by_what_is_moved(loss: str, variable: str) -> None:
    """The kernel is compared with its formulas when it is made."""
    derivation = derive.gradient(loss, variable)
    assert derivation.check().level == "exact"
    derivation.kernel("numpy")
    derivation.coq()


@pytest.mark.needs("lark")
def test_the_kernel_of_a_prediction() -> None:
    draw = np.random.default_rng(0)
    s, a = draw.standard_normal(9), draw.standard_normal(2)
    past = np.array([[s[n - 1], s[n - 2]] for n in range(2, 9)])
    error = s[2:] - past @ a
    value, gradient = derive.gradient(PREDICTION, "a[k]").kernel("numpy")(a=a, s=s)
    assert_allclose(value, error @ error / 2)
    assert_allclose(gradient, -past.T @ error)


@pytest.mark.needs("lark")
def test_a_sum_over_nothing_takes_no_entries_from_behind() -> None:
    squares = derive.gradient("sum(z[i]^2, i=1..N-M)", "z[k]")
    value, gradient = squares.kernel("numpy")(z=np.array([1.0, 2, 3]), M=5)
    assert (value, gradient.tolist()) == (0, [0, 0, 0])


@pytest.mark.needs("coqc", "lark")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "variable"),
    [
        (PREDICTION, "a[k]"),
        (PREDICTION, "s[k]"),
        (CAUSAL, "w[k]"),
        (SLIDING, "w[q]"),
        (CONVOLUTION, "K[p,q]"),
    ],
)
def test_it_is_proved(loss: str, variable: str) -> None:
    assert derive.gradient(loss, variable).check(formal=True).level == "proved"


@pytest.mark.needs("lark")
def test_a_difference_is_printed_without_a_minus_before_it() -> None:
    assert "s_{n - l}" in derive.gradient(PREDICTION, "a[k]").latex(fragment=True)


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (
            "sum(s[n]*a[l]*s[n-l], n=1..N, l=1..P)",
            "column 17: the entries of an array are counted from 1, and this starts at 1 - P",
        ),
        ("sum(a[i*j], i=1..N, j=1..N)", r"column 7: .* a sum or difference of them, as k \+ 1"),
    ],
)
def test_indices_outside_of_their_axis_are_named(loss: str, sentence: str) -> None:
    with pytest.raises(DeriveError, match=sentence):
        derive.gradient(loss, "a[k]")


def test_with_sympy() -> None:
    N, P = symbols("N P", integer=True, positive=True)
    n, m, k = symbols("n l k", integer=True)
    a, s = IndexedBase("a", shape=(P,)), IndexedBase("s", shape=(N,))

    def loss(start):
        return Sum((s[n] - Sum(a[m] * s[n - m], (m, 1, P))) ** 2, (n, start, N))

    assert derive.gradient(loss(P + 1), a[k]).check().level == "exact"
    with pytest.raises(DeriveError, match="does not fit its axis, which runs from 1 to N"):
        derive.gradient(loss(1), a[k])
    with pytest.raises(DeriveError, match="neither an index nor a sum or difference of indices"):
        derive.gradient(Sum(s[n * n] * a[n], (n, 1, P)), a[k])
