"""A maximum that leaves indices out: margins over the other classes, nearest other points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sympy import IndexedBase, Symbol, symbols

import derive
from derive.errors import DeriveError

pytestmark = pytest.mark.needs("lark")

Values = dict[str, Any]


def others(count: int, *out: int) -> list[int]:
    return [j for j in range(count) if j not in out]


def carlini_wagner(z: Any, t: int, kappa: float) -> float:
    return max(max(z[i] - z[t] for i in others(len(z), t)), -kappa)


def hinge(s: Any, y: Any) -> float:
    rows = zip(s, y, strict=True)
    return sum(max(0.0, 1 - r[t] + max(r[j] for j in others(len(r), t))) for r, t in rows)


def logistic_margin(z: Any, t: int) -> float:
    return float(np.logaddexp(0.0, max(z[i] for i in others(len(z), t)) - z[t]))


def nearest(x: Any) -> float:
    return sum(min((x[i] - x[j]) ** 2 for j in others(len(x), i)) for i in range(len(x)))


def two_left_out(z: Any, w: Any, s: int, t: int) -> float:
    return max(z[j] * w[j] for j in others(len(z), s, t))


Z = np.array([0.5, -1.25, 2.0, 0.25])
CASES: dict[str, tuple[str, str, Callable[..., float], Values, str]] = {
    "carlini-wagner": (
        "max(max(z[i] - z[t], i=1..C, i != t), -kappa)",
        "z[k]",
        carlini_wagner,
        {"z": Z, "t": 1, "kappa": 0.5},
        "(-KroneckerDelta(k, t) + Attains(z[i] - z[t], (i, 1, C, t), k))"
        "*Piecewise((1, kappa > -Max(z[i] - z[t], (i, 1, C, t))), (0, True))",
    ),
    "hinge over a batch": (
        "sum(relu(1 - s[n,y[n]] + max(s[n,j], j=1..C, j != y[n])), n=1..N)",
        "s[m,k]",
        hinge,
        {"s": np.array([Z, Z[::-1], 3 * Z]), "y": np.array([1, 1, 2])},
        "(-KroneckerDelta(k, y[m]) + Attains(s[m, j], (j, 1, C, y[m]), k))"
        "*Piecewise((1, s[m, y[m]] - Max(s[m, j], (j, 1, C, y[m])) < 1), (0, True))",
    ),
    "logistic margin": (
        "-log(sigmoid(z[t] - max(z[i], i=1..C, i != t)))",
        "z[k]",
        logistic_margin,
        {"z": Z, "t": 2},
        "(1 - \\sigma[t])*(-KroneckerDelta(k, t) + Attains(z[i], (i, 1, C, t), k))",
    ),
    "nearest other": (
        "sum(min((x[i] - x[j])^2, j=1..N, j != i), i=1..N)",
        "x[k]",
        nearest,
        {"x": Z},
        "",
    ),
    "two left out": (
        "max(z[j]*w[j], j=1..C, j != s, j != t)",
        "z[k]",
        two_left_out,
        {"z": Z, "w": np.array([1.0, 2.0, 0.5, -1.0]), "s": 2, "t": 0},
        "Attains(w[j]*z[j], (j, 1, C, s, t), k)*w[k]",
    ),
}


def slopes(loss: Callable[..., float], values: Values, name: str, step: float = 1e-6) -> Any:
    """Central differences, entry by entry."""
    found = np.zeros_like(values[name])
    for place in np.ndindex(found.shape):
        ends = []
        for way in (step, -step):
            moved = values[name].copy()
            moved[place] += way
            ends.append(loss(**{**values, name: moved}))
        found[place] = (ends[0] - ends[1]) / (2 * step)
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_others_alone_count(name: str) -> None:
    text, variable, loss, values, expected = CASES[name]
    found = derive.gradient(text, variable)
    if expected:
        assert str(found.result) == expected
    assert found.check().level == "exact"
    value, slope = found.kernel("numpy")(**values)
    assert value == pytest.approx(loss(**values), rel=1e-12)
    assert_allclose(slope, slopes(loss, values, variable[0]), rtol=1e-7, atol=1e-7)


@pytest.mark.needs("coqc")
@pytest.mark.parametrize("name", ["carlini-wagner", "logistic margin", "two left out"])
def test_it_is_proved(name: str) -> None:
    text, variable, *_ = CASES[name]
    assert derive.gradient(text, variable).check(formal=True).level == "proved"


def test_each_case_has_its_value() -> None:
    found = derive.gradient("max(z[i], i=1..C, i != t) - z[t]", "z[k]")
    assert [str(case.result) for case in found.cases.values()] == [
        "-1",
        "Attains(z[i], (i, 1, C, t), k)",
    ]


@pytest.mark.parametrize(
    ("loss", "result"),
    [
        (
            "max(softmax(z)[j], j=1..C)",
            "(Attains(\\hat{y}[j], (j, 1, C), k) - Max(\\hat{y}[j], (j, 1, C)))*\\hat{y}[k]",
        ),
        (
            "-log(1 - max(softmax(z)[j], j=1..C, j != t))",
            "(Attains(\\hat{y}[j], (j, 1, C, t), k) - Max(\\hat{y}[j], (j, 1, C, t)))*\\hat{y}[k]"
            "/(1 - Max(\\hat{y}[j], (j, 1, C, t)))",
        ),
    ],
)
def test_what_is_attained_is_the_maximum(loss: str, result: str) -> None:
    """Wang and others 2020 (MART) push the most likely wrong class away."""
    found = derive.gradient(loss, "z[k]")
    assert str(found.result) == result
    assert found.check().level == "exact"


def test_sympy_says_what_is_left_out_behind_the_range() -> None:
    C = Symbol("C", integer=True, positive=True)
    i, k, t = symbols("i k t", integer=True)
    z = IndexedBase("z", shape=(C,))
    for extreme, name in ((derive.Max, "max"), (derive.Min, "min")):
        loss = extreme(z[i] - z[t], (i, 1, C, t)) ** 2
        by_text = derive.gradient(f"{name}(z[i] - z[t], i=1..C, i != t)^2", "z[k]")
        assert str(derive.gradient(loss, z[k]).result) == str(by_text.result)


def test_a_mask_stays_where_it_rules_out_what_has_no_value() -> None:
    found = derive.gradient("log(max((z[i] - z[t])^2, i=1..C, i != t))", "z[k]")
    assert found.check().level == "exact"
    value, slope = found.kernel("numpy")(z=Z, t=0)
    assert value == pytest.approx(np.log(3.0625))
    assert_allclose(slope, [2 / 1.75, -2 / 1.75, 0, 0])


def test_there_has_to_be_another_one() -> None:
    with pytest.raises(DeriveError, match=r"maximum over i .* one of no values"):
        derive.gradient("sum(max(z[i], i=1..j, i != t), j=1..C)", "z[k]")
