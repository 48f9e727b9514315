"""A number beside the same within bounds: no kink between them, but where they part."""

from __future__ import annotations

import pytest

import derive
from derive.verify.report import distinct

pytestmark = pytest.mark.needs("lark")

RATIO = "exp(l - o)"


def assumed(loss: str, by: str) -> list[str]:
    report = derive.gradient(loss, by, given=["eps > 0"]).check()
    assert report.level == "exact"
    return [str(condition.operands[0].doit()) for condition in distinct(report.conditions)]


def test_where_both_are_equal_there_is_no_kink() -> None:
    # PPO, Schulman et al. 2017, equation 7.
    loss = f"min({RATIO}*A, clip({RATIO}, 1 - eps, 1 + eps)*A)"
    assert assumed(loss, "l") == [
        "-eps - Min(eps + 1, exp(l - o)) + 1",
        "eps - exp(l - o) + 1",
    ]


@pytest.mark.parametrize(
    "loss",
    [
        "min(x*A, clip(x, 1 - x, 1 + eps)*A)",
        "min(x*A, clip(y, 1 - eps, 1 + eps)*A)",
        "min(x*A, clip(x, 1 - eps, 1 + eps)*B)",
    ],
)
def test_elsewhere_there_is_one(loss: str) -> None:
    assert any(text.startswith("A*x - ") for text in assumed(loss, "x"))
