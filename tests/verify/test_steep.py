"""Losses that are steep, or nearly flat: numeric derivatives keep enough digits of them."""

from __future__ import annotations

import pytest
from sympy import Expr, IndexedBase, Sum, exp, log, symbols

import derive

R, Q = symbols("R Q", integer=True, positive=True)
r, l, i, a, c = symbols("r l i a c", integer=True)  # noqa: E741
h = IndexedBase("h", shape=(R, Q))
w, s = IndexedBase("w", shape=(R,)), IndexedBase("s", shape=(R,))


@pytest.mark.parametrize("factor", [1, 100, 1000])
def test_logits_that_are_multiplied(factor: int) -> None:
    def score(at: Expr) -> Expr:
        return factor * h[r, at] * Sum(w[i], (i, 1, R))

    loss = -Sum(log(exp(score(s[r])) / Sum(exp(score(l)), (l, 1, Q))), (r, 1, R))
    report = derive.gradient(loss, h[a, c]).check()
    assert report.level == "exact", report.failures


@pytest.mark.needs("lark")
def test_differences_that_are_tiny_everywhere() -> None:
    """They are real at every point, so that one is found."""
    report = derive.gradient("sum((exp(z[i]/10^24) - 1)^2, i=1..C)", "z[k]").check()
    assert report.level == "exact", report.failures
