"""Losses with a shape to be learnt: what terms of their slopes share stands in them once."""

from __future__ import annotations

import pytest

import derive

pytestmark = pytest.mark.needs("lark")


BASE = "(1 + x**2/(c**2*{0}))"
# The factor that stands beside the power, its declarations, and the slope by the shape.
SHAPES = {
    "any shape": (
        "abs(a - 2)",
        ["c > 0"],
        "({base}**(a/2)*(-a*x**2/(c**2*{0} + x**2) + (a - 2)*log{base})/2"
        " + 2*({base}**(a/2) - 1)/a)*sign(a - 2)/a",
    ),
    "below two": (
        "(2 - a)",
        ["a < 2", "a > 0"],
        "({base}**(a/2)*(a*x**2/(c**2*{0} + x**2) + {0}*log{base})/2 - 2*({base}**(a/2) - 1)/a)/a",
    ),
}


@pytest.mark.parametrize(("scale", "given", "slope"), SHAPES.values(), ids=SHAPES)
def test_barron_by_its_shape_is_as_short_as_by_hand(
    scale: str, given: list[str], slope: str
) -> None:
    found = derive.gradient(f"{scale}/a*(((x/c)^2/{scale} + 1)^(a/2) - 1)", "a", given=given)
    written = scale.replace("abs", "Abs")
    assert str(found.result) == slope.format(written, base=BASE.format(written))
    assert found.check().level == "exact"
    found.kernel("numpy")  # compared with its formulas before it is returned


def test_barron_over_data_collects_what_its_terms_share() -> None:
    """``-a (U - 1) - (2 - a) (U - 1) = -2 (U - 1)`` in the sum over the data as well."""
    loss = "Sum((2-a)/a*(((x[n]/c)^2/(2-a) + 1)^(a/2) - 1), (n, 1, N))"
    found = derive.gradient(loss, "a", given=["a < 2", "a > 0", "c > 0"])
    assert str(found.result) == (
        "Sum(a*{base}**(a/2)*(a*x[n]**2/(c**2*(2 - a) + x[n]**2) + (2 - a)*log{base})/2"
        " - 2*{base}**(a/2) + 2, (n, 1, N))/a**2"
    ).format(base="(1 + x[n]**2/(c**2*(2 - a)))")
    assert found.check().level == "exact"
    found.kernel("numpy")  # compared with its formulas before it is returned


# What stands beside a bracket goes into it by the law that is named.
BESIDE = {
    "sum(x[i]^a*(a - 2)/a - (a - 2)/a, i=1..N)": ("a", ["x[i] > 0"]),
    "sum((a - 2)/a*(exp(a*x[i]) - 1), i=1..N)": ("a", []),
    "log(1 + c*exp(b)/(1 - exp(b)))": ("b", []),
    "log(1 + (1 - c)*x/(c*(1 - x)))": ("x", []),
}


@pytest.mark.parametrize(("loss", "asked"), BESIDE.items(), ids=BESIDE)
def test_brackets_and_what_stands_beside_them(loss: str, asked: tuple[str, list[str]]) -> None:
    found = derive.gradient(loss, asked[0], given=asked[1])
    assert found.check().level == "exact"


def test_a_bracket_is_cleared_as_often_as_a_term_is_divided() -> None:
    found = derive.gradient("log(1 + c*exp(b)/(1 - exp(b)))", "b")
    assert str(found.result) == "c*exp(b)/((1 - exp(b))*(c*exp(b) - exp(b) + 1))"
