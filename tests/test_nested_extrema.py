"""The largest of the smallest: a sign between two extrema keeps their indices apart."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Expr, IndexedBase, Symbol, symbols

import derive
from derive.notation import Maximum, height

pytestmark = pytest.mark.needs("lark")

N = Symbol("N", integer=True, positive=True)
i, j, k, r = symbols("i j k r", integer=True)
s = IndexedBase("s", shape=(N, N))
NUMBERS = np.array([[0.0, 7.0, 1.0], [9.0, 3.0, 2.0], [4.0, 8.0, 5.0]])
LOSSES = {
    "max(min(s[i,j], j=1..N), i=1..N)": NUMBERS.min(axis=1).max(),
    "min(max(s[i,j], j=1..N), i=1..N)": NUMBERS.max(axis=1).min(),
    "max(-max(s[i,j], j=1..N), i=1..N)": (-NUMBERS.max(axis=1)).max(),
    "max(2 - min(s[i,j], j=1..N), i=1..N)": (2 - NUMBERS.min(axis=1)).max(),
    "max(exp(min(s[i,j], j=1..N)), i=1..N)": np.exp(NUMBERS.min(axis=1).max()),
    "max(sum(min(s[i,j], j=1..N)^2, i=1..N), r=1..N)": (NUMBERS.min(axis=1) ** 2).sum(),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_index_outside_is_not_the_one_inside(loss: str) -> None:
    found = derive.gradient(loss, "s[k,m]")
    assert found.check().level == "exact"
    value, slope = found.kernel("numpy")(s=NUMBERS)
    assert value == pytest.approx(LOSSES[loss], rel=1e-14)
    assert slope.shape == NUMBERS.shape


@pytest.mark.parametrize("sides", [(derive.Max, derive.Min), (derive.Min, derive.Max)])
def test_a_result_is_printed_with_two_indices(sides: tuple[type[Expr], type[Expr]]) -> None:
    outer, inner = sides
    found = derive.gradient(outer(inner(s[i, j], (j, 1, N)), (i, 1, N)), s[k, r])
    assert "s[j, j]" not in str(found.result) + str(found.expanded)


def test_a_binder_is_as_high_as_what_stands_in_a_term_of_it() -> None:
    inner = Maximum(s[i, j], (j, 1, N))
    for body in (-inner, 2 - inner, 3 * inner + s[i, i]):
        assert height(body) == 1
        assert Maximum(body, (i, 1, N)).height == 2


def test_a_false_line_about_extrema_is_false() -> None:
    verdict = derive.holds("max(min(s[i,j], j=1..N), i=1..N)", "min(s[i,i], i=1..N)")
    assert not verdict
    assert "at N = 2" in str(verdict)
