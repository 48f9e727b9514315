"""Random numbers meet facts that compare several of them; a check without numbers is undecided."""

from __future__ import annotations

import pytest

import derive
from derive.errors import DeriveError

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
