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
