"""A number beside the same within bounds: no kink between them, but where they part."""

from __future__ import annotations

import numpy as np
import pytest

import derive
from derive.verify.report import distinct, in_words

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
        "-eps - exp(l - o) + 1",
        "eps - exp(l - o) + 1",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [(["b > a"], ["a != x", "b != x"]), ([], ["a != Min(b, x)", "b != x"])],
)
def test_each_bound_is_a_kink_of_its_own(facts: list[str], said: list[str]) -> None:
    report = derive.gradient("clip(x, a, b)^2", "x", given=facts).check()
    assert in_words(report.conditions, report.definitions, report.asked) == said


def test_in_a_batch_of_ratios_as_well() -> None:
    ratio = "softmax(z[n])[a[n]]/o[n]"
    loss = f"-sum(min({ratio}*A[n], clip({ratio}, 1 - h, 1 + h)*A[n]), n=1..N)/N"
    found = derive.gradient(loss, "z[k,m]", given=["o[n] > 0", "h > 0", "h < 1"])
    report = found.check()
    # Within the bounds the two are equal, whichever way the ratio is rounded.
    assert report.level == "exact" and "A[n]" not in str(report).split("assumed:")[1]
    draw = np.random.default_rng(0)
    z, a, inside = draw.normal(size=(400, 3)), draw.integers(0, 3, 400), draw.uniform(0.9, 1.1, 400)
    shares = np.exp(z)[np.arange(400), a] / np.exp(z).sum(axis=1)
    _, slopes = found.kernel("numpy")(z=z, a=a, o=shares / inside, A=draw.normal(size=400), h=0.2)
    assert np.all(slopes != 0)


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
