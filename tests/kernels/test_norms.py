"""Roots of sums of squares whose squares are too large or too little for floating point."""

from __future__ import annotations

from typing import Any

import exact
import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

HARD = [1e-170, 1e-290, 1e170, 1e300, 1.0]
LENGTH = "sqrt(sum(x[i]^2, i=1..D))"
PRODUCT = "sqrt(sum(x[i]^2, i=1..D)*sum(y[i]^2, i=1..D))"
APART = "sqrt(sum((a[n,l] - b[n,l])^2, l=1..L))"


def check(derivation: derive.Derivation, given: dict[str, Any]) -> None:
    """The NumPy kernel agrees with mpmath's, without a warning."""
    arrays = {name: np.array(number) for name, number in given.items()}
    found = derivation.kernel("numpy")(**arrays)
    expected = derivation.kernel("mpmath")(**given)
    for part, true in zip(found, expected, strict=True):
        np.testing.assert_allclose(part, np.array(true, float), rtol=1e-14)


@pytest.mark.parametrize("scale", HARD)
@pytest.mark.parametrize(
    ("loss", "where"),
    [
        ("sqrt(sum(x[i]^2, i=1..D))", []),
        ("r", ["r = sqrt(sum(x[i]^2, i=1..D))"]),
        ("sqrt(q)", ["q = sum(x[i]^2, i=1..D)"]),
        ("sqrt(1/D*sum(x[i]^2, i=1..D))", []),
        ("sqrt(sum(x[i]^2, i=1..D)/D)", []),
        ("sqrt(sum(x[i]^2, i=1..D) + sum(x[i]^2, i=1..D)/D)", []),
        ("sum(sqrt(sum((x[i] - x[j])^2, j=1..D)), i=1..D)", []),
        ("sum(sqrt(sum(x[j]^2, j=1..i)), i=1..D)", []),
        ("sum(sqrt(sum(x[j]^2, j=1..D, j != i)), i=1..D)", []),
        ("sum(x[i]/r, i=1..D)", ["r = sqrt(sum(x[i]^2, i=1..D))"]),
        ("sum(x[i], i=1..D)/sqrt(sum(x[i]^2, i=1..D))", []),
        ("sqrt(sum((x[i] + x[j])^2, i=1..D, j=1..D))", []),
    ],
)
def test_norms(loss: str, where: list[str], scale: float) -> None:
    derivation = derive.gradient(loss, "x[k]", where=where)
    check(derivation, {"x": [3 * scale, -4 * scale, 0.0, 12 * scale]})


@pytest.mark.parametrize("scale", HARD)
@pytest.mark.parametrize("root", ["sqrt(x^2 + y^2)", "sqrt(y^2 + 4*x^2/9 + x^2/w^2 + T)"])
def test_letters(root: str, scale: float) -> None:
    derivation = derive.gradient(root, "x", given=["T > 0"] if "T" in root else [])
    given = {"x": 3 * scale, "y": 4 * scale, "w": 2.0, "T": scale}
    check(derivation, {name: n for name, n in given.items() if name in root})


@pytest.mark.parametrize("scale", [1e-80, 1.0, 1e80])
def test_powers_with_a_letter(scale: float) -> None:
    """The energy of Riesz: a distance is raised to a power, not its square to half of that."""
    distance = "sqrt(sum((x[i] - y[i])^2, i=1..N))"
    derivation = derive.gradient(f"{distance}^(-s)", "x[k]")
    check(derivation, {"x": [3 * scale, 1 * scale], "y": [-scale, scale], "s": 1.5})


@pytest.mark.parametrize(
    ("power", "scale"), [("s", 1e-170), ("s", 1.0), ("s", 1e170), ("1", 1e-150), ("3/2", 1e-115)]
)
def test_slopes_of_powers_between_points(power: str, scale: float) -> None:
    """The power of a distance in a slope is too large where the slope is not."""
    apart = "sqrt(sum((x[i,d] - x[j,d])^2, d=1..D))"
    derivation = derive.gradient(f"sum({apart}^(-{power}), j=1..i-1, i=1..N)", "x[k,l]")
    points = scale * np.array([[0.0, 0.0], [1.0, 2.0], [2.0, -1.0]])
    given: dict[str, Any] = {"x": points.tolist()} | ({"s": 0.5} if power == "s" else {})
    check(derivation, given)


@pytest.mark.parametrize(
    ("x", "a"), [(1.0, -1e6), (-0.5, -1e12), (3000.0, -1.5), (1e200, 1.0), (1e200, -2.0)]
)
def test_a_large_power_near_one(x: float, a: float) -> None:
    """Barron's general loss nears Welsch's; its residual may be one whose square is too large."""
    loss = "(abs(a - 2)/a)*(((x/c)^2/abs(a - 2) + 1)^(a/2) - 1)"
    derivation = derive.gradient(loss, ["x", "c"], given=["c > 0"])
    value, slopes = derivation.kernel("numpy")(x=x, a=a, c=1.5)
    height, true = derivation.kernel("mpmath")(x=x, a=a, c=1.5, dps=50)
    expected = [float(height), *map(float, true)]
    np.testing.assert_allclose([value, *slopes], expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize(("x", "a"), [(1e155, -2.0), (-1e200, 1e-4), (1e300, 1.0), (1e300, 0.5)])
@pytest.mark.parametrize("variable", ["x[k]", "c", "a"])
def test_residuals_whose_squares_are_too_large(variable: str, x: float, a: float) -> None:
    """By the shape too, whose slope has a logarithm of the square; half of a power is a number."""
    loss = "sum(abs(a - 2)/a*(((x[n]/c)^2/abs(a - 2) + 1)^(a/2) - 1), n=1..N)"
    exact.check(loss, variable, ("c > 0",), x=[x, 1.0], a=a, c=1.5)


@pytest.mark.parametrize("x", [0.3, 1e155, -1e200, 1e300])
@pytest.mark.parametrize(
    ("loss", "variable"),
    [
        ("log(1 + x^2/s)", "s"),
        ("log(1 + sum((x - v[i])^2, i=1..D)/s)", "s"),
        ("x^2/(s + x^2)", "s"),
        ("sum((x - v[n])^2/(s + (x - v[n])^2), n=1..N)", "s"),
        ("(x^2 + s^2)^a", "x"),
    ],
)
def test_squares_that_are_too_large_beside_others(loss: str, variable: str, x: float) -> None:
    """Losses of Cauchy, Student, Geman and McClure, Charbonnier."""
    inputs = {"v": [0.9, 0.5]} if "v" in loss else {"a": 0.45} if "a" in loss else {}
    exact.check(loss, variable, ("s > 0",), x=x, s=2.0, **inputs)


@pytest.mark.parametrize("a", [-1e6, -1e13, -1e16])
def test_a_large_power_of_one_and_a_difference_below(a: float) -> None:
    """Barron's for ``a < 2`` as his paper has it: ``2 - a`` is no square."""
    loss = "(2 - a)/a*(((x/c)^2/(2 - a) + 1)^(a/2) - 1)"
    derivation = derive.gradient(loss, "x", given=["c > 0", "a < 2"])
    check(derivation, {"x": 1.16, "a": a, "c": 0.9})


BARRON = "sum((2 - a)/a*(((x[n]/c)^2/(2 - a) + 1)^(a/2) - 1), n=1..N)"


@pytest.mark.parametrize("x", [0.3, 1e155, -1e200])
@pytest.mark.parametrize(
    ("loss", "variable", "facts", "inputs"),
    [
        (BARRON, "x[k]", ("a < 2", "c > 0"), {"a": 0.7, "c": 1.3}),
        (BARRON, "c", ("a < 2",), {"a": 0.7, "c": 1.3}),
        (BARRON, "a", ("a < 2", "c > 0"), {"a": 0.7, "c": 1.3}),
        ("sum(log(1 + x[n]^2/s[n]), n=1..N)", "x[k]", ("s[n] > 0",), {"s": [1.3, 0.4]}),
        ("sum(log(1 + x[n]^2/abs(s[n])), n=1..N)", "x[k]", (), {"s": [-1.3, 0.4]}),
    ],
)
def test_squares_over_numbers_whose_sign_is_told(
    loss: str, variable: str, facts: tuple[str, ...], inputs: dict[str, Any], x: float
) -> None:
    """Barron's for ``a < 2`` again: such a number has a root as well as ``|a - 2|`` has."""
    exact.check(loss, variable, facts, x=[x, 1.0], **inputs)


def test_squares_of_residuals_with_a_name() -> None:
    facts = ["a < 2", "c > 0"]
    residual = "x[n] = y[n] - sum(X[n,l]*w[l], l=1..D)"
    derivation = derive.gradient(BARRON, ["w[k]", "c"], where=[residual], given=facts)
    inputs: dict[str, Any] = {"X": [[0.3, 0.2], [1.0, -1.0]], "y": [1e200, -2e200], "w": [0.1, 0.4]}
    value, slopes = derivation.kernel("numpy")(
        **{n: np.array(v) for n, v in inputs.items()}, a=0.7, c=1.3
    )
    height, true = derivation.kernel("mpmath")(**inputs, a=0.7, c=1.3, dps=60)
    np.testing.assert_allclose(value, float(height), rtol=1e-14)
    for part, expected in zip(slopes, true, strict=True):
        np.testing.assert_allclose(part, np.array(expected, float), rtol=1e-14, atol=0)


@pytest.mark.parametrize("scale", HARD)
@pytest.mark.parametrize("below", [f"{LENGTH}*{LENGTH.replace('x', 'y')}", PRODUCT])
def test_a_cosine(below: str, scale: float) -> None:
    derivation = derive.gradient(f"sum(x[i]*y[i], i=1..D)/({below})", "x[k]")
    check(derivation, {"x": [3 * scale, -4 * scale], "y": [1.0, 2.0]})


@pytest.mark.parametrize("scale", HARD)
def test_a_batch(scale: float) -> None:
    derivation = derive.gradient(f"sum({APART}, n=1..N)", "a[r,k]")
    check(derivation, {"a": [[3 * scale, 0.0], [2.0, 1.0]], "b": [[0.0, -4 * scale], [0.0, 0.0]]})


@pytest.mark.parametrize("scale", HARD[:3])
def test_shares_of_a_sum_of_squares(scale: float) -> None:
    """The value; its slope is over the square of that sum, which is not rewritten."""
    kernel = derive.gradient("3*x^2/(x^2 + y^2)", "x").kernel("numpy")
    with np.errstate(all="ignore"):
        value, _ = kernel(x=3 * scale, y=4 * scale)
    np.testing.assert_allclose(value, 27 / 25, rtol=1e-15)


def test_one_beside_a_square() -> None:
    check(derive.gradient("sqrt(1 + x^2)", "x"), {"x": -1e170})


@pytest.mark.parametrize(("kind", "scale"), [(np.float32, 1e-30), (np.float32, 1e30)])
def test_few_digits(kind: type, scale: float) -> None:
    kernel = derive.gradient("sqrt(sum(x[i]^2, i=1..D))", "x[k]").kernel("numpy")
    value, slope = kernel(x=np.array([3 * scale, 4 * scale], kind))
    assert value.dtype == slope.dtype == kind
    np.testing.assert_allclose([value / kind(scale), *slope], [5, 0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("entries", [[0.0, 0.0], [np.inf, 1.0], [np.nan, 1.0]])
def test_the_value_where_there_is_no_slope(entries: list[float]) -> None:
    kernel = derive.gradient("sqrt(sum(x[i]^2, i=1..D))", "x[k]").kernel("numpy")
    with np.errstate(all="ignore"):
        value, slope = kernel(x=np.array(entries))
    np.testing.assert_equal(value, entries[0])
    assert np.isnan(slope[0])


def test_axes_of_a_batch() -> None:
    kernel = derive.gradient("sqrt(sum(X[i,j]^2, i=1..D, j=1..E))", "X[k,m]").kernel("numpy")
    entries = np.random.default_rng(0).standard_normal((5, 2, 3))
    value, slope = kernel(X=entries)
    np.testing.assert_allclose(value, np.linalg.norm(entries, axis=(1, 2)), rtol=1e-15)
    np.testing.assert_allclose(slope, entries / value[:, None, None], rtol=1e-15)


@pytest.mark.parametrize("size", [1.0, 1e-170, 1e154, 1e200, 1e300])
def test_a_number_over_its_square_and_others(size: float) -> None:
    numbers = [size, 2 * size, -size]
    exact.check("log(nu + sum(x[i]^2, i=1..D))", "x[k]", ("nu > 0",), digits=700, x=numbers, nu=2.0)
    exact.check("x/(1 + x^2)*a", "a", digits=700, x=size, a=0.0)


@pytest.mark.parametrize("size", [1.0, 3.0, 1e-170, 1e154, 1e200, 1e300])
def test_squares_taken_from_each_other_over_their_sum(size: float) -> None:
    exact.check("(1 - x^2)/(1 + x^2)*a", "a", digits=700, x=size, a=0.0)
    cauchy = "sum(log(1 + (x[i] - m)^2/s^2) + log(s), i=1..N)"
    numbers = [size, -2 * size, 0.25]
    exact.check(cauchy, "s", ("s > 0",), digits=700, x=numbers, m=0.5, s=0.5)
