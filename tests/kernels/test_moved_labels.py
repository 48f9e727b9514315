"""Entries beside the one that a label picks, as ``b[t[n] + 1]``: the label ends before them."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import IndexedBase, Integer, Sum, exp, log, symbols

import derive
from derive.facts import IndexRange

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

ORDINAL = "-sum(log(sigmoid(b[t[n]+1] - f[n]) - sigmoid(b[t[n]] - f[n])), n=1..N)"
CUTS, SCORES = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([0.3, -34.0, 1000.0])


def logistic(number: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -number))


@pytest.mark.parametrize("facts", [["k <= K"], ["k <= K", "b[t[n]+1] > b[t[n]]"]])
def test_ordinal_regression(facts: list[str]) -> None:
    asked = derive.gradient(ORDINAL, ["b[k]", "f[m]"], given=facts)
    assert asked.check().level == "exact"
    assert str(asked.parts["f[m]"].result) == "-\\sigma[m] - \\varsigma[m] + 1"
    classes = np.array([0, 1, 2])
    value, (by_cuts, by_scores) = asked.kernel("numpy")(b=CUTS, f=SCORES, t=classes)
    low, high = logistic(CUTS[classes] - SCORES), logistic(CUTS[classes + 1] - SCORES)
    np.testing.assert_allclose(by_scores, 1 - low - high, rtol=1e-12)
    np.testing.assert_allclose(np.sum(by_cuts), -np.sum(by_scores), rtol=1e-12)
    assert np.isfinite(value)


@pytest.mark.parametrize(
    ("text", "first", "last", "wrong"),
    [
        ("-log(sigmoid(b[t+1] - f) - sigmoid(b[t] - f))", 1, -1, 3),
        ("-log(sigmoid(b[t] - f) - sigmoid(b[t-1] - f))", 2, 0, 0),
    ],
)
def test_a_label_ends_where_the_axis_lets_it(text: str, first: int, last: int, wrong: int) -> None:
    asked = derive.gradient(text, ["b[k]", "f"], given=["k <= K"])
    (known,) = (r for r in asked.problem.ranges if str(r.index) == "t")
    size = symbols("K", integer=True, positive=True)
    assert known == IndexRange(known.index, Integer(first), size + last)
    assert asked.check().level == "exact"
    kernel = asked.kernel("numpy")
    assert np.isfinite(kernel(b=CUTS, f=-38.0, t=1)[0])
    with pytest.raises(ValueError, match=f"t holds the class {wrong}; classes run from"):
        kernel(b=CUTS, f=-38.0, t=wrong)


def test_in_sympy() -> None:
    size, count = symbols("K N", integer=True, positive=True)
    k, n, m = symbols("k n m", integer=True)
    b, t, f = IndexedBase("b", (size,)), IndexedBase("t", (count,)), IndexedBase("f", (count,))
    share = [1 / (1 + exp(f[n] - b[t[n] + at])) for at in (1, 0)]
    loss = -Sum(log(share[0] - share[1]), (n, 1, count))
    asked = derive.gradient(loss, [b[k], f[m]])
    assert asked.check().level == "exact"
    assert "t_{n} + 1" in asked.latex(fragment=True)


def test_the_variable_keeps_its_whole_axis() -> None:
    """Only labels are narrowed: a gradient is by every entry."""
    with pytest.raises(derive.DeriveError, match="does not fit its axis"):
        derive.gradient("b[k+1]^2", "b[k]", given=["k <= K"])


def test_rows_that_are_moved_have_all_their_softmaxes() -> None:
    """The teacher of a row is the row before it: both are rows of one softmax."""
    asked = derive.gradient("-sum(sum(softmax(z[l])[i]*z[l+1,i], i=1..C), l=1..L-1)", "z[m,k]")
    both = derive.gradient(
        "-sum(sum(softmax(z[l])[i]*log(softmax(z[l+1])[i]), i=1..C), l=1..L-1)", "z[m,k]"
    )
    rows = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.1]])
    shares = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    _, gradient = both.kernel("numpy")(z=rows)
    np.testing.assert_allclose(gradient[-1], shares[-1] - shares[-2], rtol=1e-12)
    _, gradient = asked.kernel("numpy")(z=rows)
    np.testing.assert_allclose(gradient[-1], -shares[-2], rtol=1e-12)
