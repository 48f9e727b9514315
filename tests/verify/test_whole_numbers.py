"""Arrays of integers that index nothing: the checker decides what is made of them exactly."""

from __future__ import annotations

import pytest

import derive

pytestmark = pytest.mark.needs("lark")

NEIGHBOURS = (
    "-sum(log(sum((1 - delta(m,n))*delta(t[m],t[n])*exp(-(x[n] - x[m])^2), m=1..N)/"
    "sum((1 - delta(m,n))*exp(-(x[n] - x[m])^2), m=1..N)), n=1..N)"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "variable"),
    [
        (NEIGHBOURS, "x[k]"),
        ("sum(delta(t[m], t[n])*z[m]*z[n], m=1..N, n=1..N)", "z[k]"),
        ("sum(delta(t[n], 0)*t[n]^2*z[n]^2, n=1..N)", "z[k]"),
    ],
)
def test_decided_exactly(loss: str, variable: str) -> None:
    report = derive.gradient(loss, variable).check()
    assert report.level == "exact"
    assert all(row.exact for row in report.rows)
    # What is divided by a sum over the others has no value at N = 1.
    sizes = "2, 3, 5" if loss == NEIGHBOURS else "1, 2, 3, 5"
    assert f"exact at N = {sizes}" in str(report)


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        ("sum(delta(t[n], 0)*t[n]*z[n], n=1..N)", "0", "holds"),
        ("sum(delta(t[n], s[n])*(t[n] - s[n])*z[n], n=1..N)", "0", "holds"),
        ("sum(delta(t[n], 0)*z[n], n=1..N)", "0", "false"),
        ("delta(t, 0)*t*z", "0", "holds"),
        ("delta(t, 3)*(t - 3)*z", "0", "holds"),
        ("delta(t, 0)*z", "0", "false"),
        ("delta(t, 0)*t*(t - 1)*z", "delta(t, 1)*t*(t - 1)*z", "holds"),
        ("delta(t, 1)*t*z", "delta(t, 2)*z", "false"),
        # Zero at all the integers of which it is made
        (
            "sum(delta(t[n], s[n])*t[n]*(t[n] - 1)*(t[n] - 2)*(t[n] - 3)*(t[n] + 1)*z[n], n=1..N)",
            "0",
            "false",
        ),
    ],
)
def test_lines_about_integers(left: str, right: str, status: str) -> None:
    assert derive.holds(left, right).status == status


def test_a_letter_may_be_compared_with_a_number() -> None:
    """It is a whole number without a range, where a class has one."""
    report = derive.gradient("delta(y,0)*exp(z) + (1 - delta(y,0))*(exp(z) - y*z)", "z").check()
    assert report.level == "exact" and all(row.exact for row in report.rows)


def test_nothing_is_called_exact_where_nothing_was_decided() -> None:
    deep = "z[i]^2"
    for _ in range(6):  # more logarithms than the checker has levels
        deep = f"log(9 + {deep})"
    report = derive.gradient(f"sum({deep}, i=1..C)", "z[k]").check()
    assert report.level == "sampled"
    assert not any(row.exact for row in report.rows)
    assert str(report).endswith(f"level: sampled; {len(report.rows)} steps")
