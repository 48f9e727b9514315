"""Kernels of differences of logistic functions keep their digits: ordinal and censored losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from exact import check

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

DIGITS = 900
ORDINAL = "-log(sigmoid(b[u] - f) - sigmoid(b[t] - f))"
SPELLINGS = {
    "sigmoid": "-log(sigmoid(b - f) - sigmoid(a - f))",
    "falling": "-log(1/(1 + exp(f - b)) - 1/(1 + exp(f - a)))",
    "rising": "-log(exp(b - f)/(1 + exp(b - f)) - exp(a - f)/(1 + exp(a - f)))",
}


def logistic(number: Any) -> Any:
    return 1 / (1 + mpmath.exp(-number))


def expected(low: float, high: float, score: float) -> tuple[float, float, float, float]:
    """The loss, and its derivatives by both cut points and by the score."""
    with mpmath.workdps(DIGITS):
        a, b = (logistic(mpmath.mpf(cut) - mpmath.mpf(score)) for cut in (low, high))
        slopes = a * (1 - a) / (b - a), -b * (1 - b) / (b - a)
        return float(-mpmath.log(b - a)), *map(float, slopes), float(-sum(slopes))


@pytest.fixture(scope="module")
def ordinal() -> Callable[..., Any]:
    asked = derive.gradient(ORDINAL, ["b[k]", "f"], given=["k <= K"])
    kernel: Callable[..., Any] = asked.kernel("numpy")
    return kernel


@pytest.mark.parametrize("score", [0.3, 34, -34, -38, 60, -60, 1000, -1000])
@pytest.mark.parametrize("cuts", [(-1.0, 0.0, 1.0, 2.0), (-700.0, 0.0, 1.0, 1e-6)])
def test_no_digits_are_lost(ordinal: Callable[..., Any], score: float, cuts: Any) -> None:
    low, high = (0.0, 2.0) if cuts[3] == 2 else (0.0, 1e-6)
    with np.errstate(all="raise", under="ignore"):
        value, (by_cuts, by_score) = ordinal(b=np.array(cuts), f=float(score), u=3, t=1)
    found = (value, by_cuts[1], by_cuts[3], by_score)
    np.testing.assert_allclose(found, expected(low, high, score), rtol=1e-13)
    assert by_cuts[0] == by_cuts[2] == 0


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_every_spelling_is_recognised(text: str) -> None:
    kernel = derive.gradient(text, ["a", "b", "f"]).kernel("numpy")
    for score in (-1000.0, -34.0, 60.0):
        value, slopes = kernel(a=0.0, b=2.0, f=score)
        np.testing.assert_allclose((value, *slopes), expected(0, 2, score), rtol=1e-13)


def test_interval_of_known_length() -> None:
    """A discretised logistic distribution: what both ends have in common cancels."""
    asked = derive.gradient(
        "-log(sigmoid((x + 1/2 - m)/s) - sigmoid((x - 1/2 - m)/s))", "m", given=["s > 0"]
    )
    kernel = asked.kernel("numpy")
    for middle, scale in ((1e5, 1.0), (0.25, 1e7)):
        with mpmath.workdps(DIGITS):
            ends = [(mpmath.mpf(h) / 2 - mpmath.mpf(middle)) / scale for h in (1, -1)]
            high, low = map(logistic, ends)
            true = float(-mpmath.log(high - low)), float((1 - high - low) / scale)
        value, slope = kernel(x=0.0, m=middle, s=scale)
        np.testing.assert_allclose((value, slope), true, rtol=1e-9, atol=1e-20)


def test_little_that_is_left_of_one_keeps_its_digits() -> None:
    kernel = derive.gradient("log(1 - exp(-z))", "z", given=["z > 0"]).kernel("numpy")
    for number in (1e-12, 0.5, 3.0, 300.0):
        value, slope = kernel(z=number)
        with mpmath.workdps(DIGITS):
            true = mpmath.log(1 - mpmath.exp(-mpmath.mpf(number)))
            steep = 1 / (mpmath.exp(mpmath.mpf(number)) - 1)
        np.testing.assert_allclose((value, slope), (float(true), float(steep)), rtol=1e-14)


# Hong et al. 2024, equation 7: of the means of two texts' log-probabilities.
ODDS = "log(exp(sum({0}[{1}], {1}=1..{2})/{2})/(1 - exp(sum({0}[{1}], {1}=1..{2})/{2})))"


@pytest.mark.parametrize("scale", [1e-9, 1.0, 30.0, 700.0, 4000.0])
def test_a_ratio_of_odds_is_finite_where_both_underflow(scale: float) -> None:
    text = f"-log(sigmoid({ODDS.format('a', 'i', 'N')} - {ODDS.format('b', 'j', 'M')}))"
    check(
        text,
        "a[k]",
        ("a[i] < 0", "b[j] < 0"),
        digits=4000,
        a=[-0.5 * scale, -1.2 * scale, -0.3 * scale],
        b=[-0.4 * scale, -0.9 * scale],
    )


@pytest.mark.parametrize("scores", [[-1000.0, 0.3], [-40.0, 40.0], [1000.0, -1.0]])
@pytest.mark.parametrize("variable", ["f[k]", "b"])
def test_a_difference_by_its_name(variable: str, scores: list[float]) -> None:
    names = ("s[n] = sigmoid(b - f[n])", "q[n] = s[n] - sigmoid(a - f[n])")
    check("-sum(log(q[n]), n=1..N)", variable, (), names, 1000, f=scores, a=-1.0, b=1.0)
