"""Random numbers meet facts that compare several of them; a check without numbers is undecided."""

from __future__ import annotations

import pytest

import derive
from derive.errors import DeriveError
from derive.verify.sizes import NO_SIZE, size_choices

pytestmark = pytest.mark.needs("lark")

INTERVALS = "-sum(log(b[u[n]] - b[t[n]]), n=1..N)"


@pytest.mark.parametrize(
    ("text", "by", "facts"),
    [
        (INTERVALS, "b[k]", ["k <= K", "b[u[n]] > b[t[n]]"]),
        ("-sum(log(h[n] - l[n]), n=1..N)", "h[k]", ["h[n] > l[n]"]),
        ("-sum(log(h[n] - 2*l[n] - 1), n=1..N)", "l[k]", ["h[n] > 2*l[n] + 1"]),
    ],
    ids=["classes", "numbers", "multiples"],
)
def test_numbers_that_meet_a_declared_order_are_found(text: str, by: str, facts: list[str]) -> None:
    asked = derive.gradient(text, by, given=facts)
    assert asked.check().level == "exact"
    asked.kernel("numpy")


def test_without_the_fact_the_check_is_undecided() -> None:
    asked = derive.gradient(INTERVALS, "b[k]", given=["k <= K"])
    report = asked.check()
    assert report.level == "undecided" and not report.ok
    assert "b[u[n]] > b[t[n]]" in report.failures[0].sentence
    assert "FAILED" not in str(report)
    with pytest.raises(DeriveError, match="its check is undecided"):
        asked.kernel("numpy")


ROWS = "sum(log(sum(z[u]^2, u=m..C)), m=1..S)"


@pytest.mark.parametrize("fact", ["S < C", "C > 2*S", "C > S + 3"])
def test_sizes_meet_a_declared_order(fact: str) -> None:
    asked = derive.gradient(ROWS, "z[k]", given=[fact])
    report = asked.check()
    assert report.level == "exact" and min(row.sampled for row in report.rows) == 2
    asked.kernel("numpy")


@pytest.mark.parametrize(("least", "tried"), [(6, "6"), (16, "16"), (3, "3, 5")])
def test_sizes_are_as_large_as_declared(least: int, tried: str) -> None:
    asked = derive.gradient("sum(z[i]^2, i=1..C)", "z[k]", given=[f"C >= {least}"])
    report = asked.check()
    assert str(report).endswith(f"level: exact; {len(report.rows)} steps, exact at C = {tried}")
    asked.kernel("numpy")


def test_sizes_out_of_reach_say_nothing_against_it() -> None:
    report = derive.gradient("sum(z[i]^2, i=1..C)", "z[k]", given=["C >= 1000"]).check()
    assert report.level == "undecided"
    assert [f.sentence for f in report.failures] == [NO_SIZE]


def test_sizes_that_nothing_compares_stay_as_they_are() -> None:
    apart = derive.gradient("sum(z[i]*w[l], i=1..C, l=1..D)", "z[k]").problem
    assert [tuple(choice.values()) for choice in size_choices(apart, (2, 3))] == [(2, 3), (3, 2)]


def test_a_fact_about_what_is_not_there_is_named_as_it_was_written() -> None:
    with pytest.raises(DeriveError, match="the fact S < C is about C, and the expression is not"):
        derive.gradient("sum(z[m]^2, m=1..S)", "z[k]", given=["S < C"])
