"""Where a fact says which sign a number has, no absolute value of it is left."""

from __future__ import annotations

import pytest

import derive

pytestmark = pytest.mark.needs("lark")


@pytest.mark.parametrize(
    ("loss", "by", "fact", "result"),
    [
        ("sum(abs(tau[i])*q[i], i=1..M)", "q[k]", "tau[i] > 0", "tau[k]"),
        ("sum(abs(tau - 1)*z[i]^2, i=1..C)", "z[k]", "tau < 1", "2*(1 - tau)*z[k]"),
        ("sum(abs(1 - tau[i])*z[i]^2, i=1..C)", "z[k]", "tau[i] < 1", "2*(1 - tau[k])*z[k]"),
        ("abs(a - b)*z^2", "z", "b > a", "2*z*(-a + b)"),
    ],
)
def test_a_declared_sign_leaves_no_bars(loss: str, by: str, fact: str, result: str) -> None:
    found = derive.gradient(loss, by, given=[fact])
    assert str(found.result) == result
    report = found.check()
    assert report.level == "exact" and not report.assumed
    assert any(fact for step in found.steps for fact in step.facts)


def test_a_fact_about_another_number_says_nothing() -> None:
    found = derive.gradient("sum(abs(a[i] - c)*z[i], i=1..C)", "z[k]", given=["a[i] > b"])
    assert str(found.result) == "Abs(c - a[k])"


@pytest.mark.slow
def test_thresholds_in_order() -> None:
    """``b[i+1] > b[i]`` holds for every ``i`` that has a next one, and numbers are drawn so."""
    loss = "-sum(log(sigmoid(b[y[n]] - f[n]) - sigmoid(b[y[n] - 1] - f[n])), n=1..N)"
    found = derive.gradient(loss, ["f[k]", "b[m]"], given=["b[i+1] > b[i]"])
    assert found.check().level == "exact"
