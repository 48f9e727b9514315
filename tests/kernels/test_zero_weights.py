"""What is weighed with zero counts for nothing, however large it is."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pytest
from exact import kernels

import derive

pytestmark = [
    pytest.mark.needs("lark"),
    pytest.mark.filterwarnings("ignore:overflow"),
    pytest.mark.slow,
]


@pytest.mark.parametrize(
    "loss",
    [
        "sum(c[n]*exp(z[n]), n=1..N)",
        "sum(c[n]*x[n]*exp(z[n]), n=1..N)",
        "sum((1 - d[n])*exp(z[n]), n=1..N)",
        "sum(c[n]*cosh(z[n]), n=1..N)",
        "sum(c[n]*(exp(z[n]) - x[n]*z[n]), n=1..N)",
        "sum(c[n]*z[n]*exp(z[n]), n=1..N)",
        "sum(c[n]*(z[n] - x[n])*exp(z[n]), n=1..N)",
    ],
)
def test_exponentials_that_are_ruled_out(loss: str) -> None:
    derivation = derive.gradient(loss, "z[k]")
    numbers: dict[str, list[float]] = {"z": [1000.0, -900.0, 0.5], "c": [0.0, 0.0, 2.0]}
    numbers |= {"x": [1.0, 3.0, -1.0], "d": [1.0, 0.0, 0.0]}
    given: Any = {name: value for name, value in numbers.items() if f"{name}[" in loss}
    kernel, oracle = derivation.kernel("numpy"), derivation.kernel("mpmath")
    found = kernel(**{name: np.array(value) for name, value in given.items()})
    for part, exact in zip(found, oracle(**given, dps=1000), strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-14)


WRITTEN = [
    "c[n]^2",
    "min(c[n], m)",
    "2*abs(c[n])",
    "(1 - d[n])^2",
    "(c[n]/m)^a",
    "m*(c[n]^2 + c[n])",
]


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("weight", WRITTEN)
def test_a_weight_is_what_its_name_may_be_of(weight: str, target: str) -> None:
    """A weight that is written out needs no name, nor has it to be an entry."""
    facts = [f"{name} > 0" for name in "am" if re.search(rf"\b{name}\b", weight)]
    derivation = derive.gradient(f"sum({weight}*exp(z[n]), n=1..N)", "z[k]", given=facts)
    given = {n: np.array(NAMED[n]) for n in "acdm" if re.search(rf"\b{n}\b", weight)}
    value, slope = derivation.kernel(target)(**given, z=np.array([1e4, 2.0, 0.5]))
    seen = {name: v[1:] if v.ndim else v for name, v in given.items()}
    expected, slopes = derivation.kernel("mpmath")(**seen, z=np.array([2.0, 0.5]))
    np.testing.assert_allclose(float(value), float(expected), rtol=1e-14)
    np.testing.assert_allclose(np.array(slope, float), [0, *map(float, slopes)], rtol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("weight", ["c", "c^2", "min(c, 2)", "abs(c)/2"])
def test_a_parameter_is_a_weight(weight: str, target: str) -> None:
    kernel = derive.gradient(f"{weight}*exp(z)", "z").kernel(target)
    assert tuple(map(float, kernel(c=0.0, z=1e4))) == (0, 0)


def test_a_parameter_of_the_exponent_is_no_weight() -> None:
    """Where the temperature is 0, so is the loss by its weight, and it has no value."""
    source = derive.gradient("T*exp(z/T)", "z", given=["T != 0"]).kernel("numpy").source
    assert "np.where" not in source.split("# ---")[0]


def test_a_logarithm_that_only_rounding_makes_infinite() -> None:
    loss = "sum(d[n]*log(1 - exp(-exp(z[n]))) - (1 - d[n])*exp(z[n]), n=1..N)"
    with np.errstate(divide="ignore", invalid="ignore"):
        value, _ = derive.gradient(loss, "z[k]").kernel("numpy")(z=np.array([-900.0]), d=[0.0])
    assert value == 0


def test_data_that_make_the_exponent_are_no_weights() -> None:
    kernel = derive.gradient("sum(exp(-y[n]*z[n]), n=1..N)", "z[k]").kernel("numpy")
    assert "where" not in kernel.source.split("# ---")[0]


@pytest.mark.parametrize(
    "loss",
    [
        "log(1 + sum((1 - y[i])*sum(y[j]*exp(z[i] - z[j]), j=1..C), i=1..C))",
        "log(1 + sum(y[j]*(1 - y[i])*exp(z[i] - z[j]), i=1..C, j=1..C))",
    ],
)
@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_sums_of_exponentials_that_are_ruled_out(loss: str, scale: float) -> None:
    """All pairs of a label and another: the sum over pairs of two labels may be infinite."""
    derivation = derive.gradient(loss, "z[k]")
    scores, labels = scale * np.array([1.1, -2.3, 0.4, 3.6, -1.5]), np.array([1.0, 0, 0, 1, 0])
    found = derivation.kernel("numpy")(z=scores, y=labels)
    exact = derivation.kernel("mpmath")(z=list(scores), y=list(labels), dps=3000)
    for part, true in zip(found, exact, strict=True):
        np.testing.assert_allclose(part, np.array(true, float), rtol=1e-9, atol=1e-12)


DICE = (
    "1 - 2*sum(sigmoid(z[i])*g[i], i=1..N)/(sum(sigmoid(z[i])^{0}, i=1..N) + sum(g[i]^{0}, i=1..N))"
)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize(
    ("kind", "scores"),
    [
        (np.float64, [-400, -401]),
        (np.float64, [-800, -801]),
        (np.float32, [-55, -56]),
        (np.float32, [-110, -112]),
    ],
)
def test_an_overlap_with_nothing(power: int, kind: type, scores: list[float]) -> None:
    """Without foreground all that is below the bar may round to zero, and its slope is zero."""
    kernel = derive.gradient(DICE.format(power), "z[k]").kernel("numpy")
    value, gradient = kernel(z=np.array(scores, kind), g=np.zeros(2, kind))
    assert (value, *gradient) == (1, 0, 0)


def test_squares_of_shares_below_a_bar() -> None:
    loss = "sum(sigmoid(z[i])*w[i], i=1..N)/(sum(sigmoid(z[i])^2, i=1..N) + sum(g[i]^2, i=1..N))"
    derivation = derive.gradient(loss, "z[k]")
    given: Any = {"z": [-400.0, -401.0], "g": [0.0, 0.0], "w": [1.0, 2.0]}
    found = derivation.kernel("numpy")(**{name: np.array(value) for name, value in given.items()})
    for part, exact in zip(found, derivation.kernel("mpmath")(**given, dps=1000), strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12)


def test_what_cannot_overflow_needs_no_mask() -> None:
    """Masks are for the foreground and for an entry of it; the third size is that of z."""
    source = derive.gradient(DICE.format(1), "z[k]").kernel("numpy").source
    assert source.count("np.abs(") == 3


APART = "sqrt(sum((a[n,l] - b[n,l])^2, l=1..D))"
FAR = "sqrt(sum((a[n,l] - b[j,l])^2, l=1..D))"
SAME: dict[str, Any] = {"a": [[1.0, 2.0], [0.0, 0.0]], "b": [[1.0, 2.0], [0.3, 0.0]], "m": 1.0}
KEPT: dict[str, Any] = {"y": [0.0, 1.0], **SAME}


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    ("loss", "numbers", "slope"),
    [
        (f"sum((1 - y[n])*({APART})^2 + y[n]*relu(m - {APART})^2, n=1..N)", KEPT, 1.4),
        (f"sum(y[n]*relu(m - {APART}), n=1..N)", KEPT, 1),
        (f"sum(y[n]*relu(m - {APART})^3, n=1..N)", KEPT, 1.47),
        (f"sum((1 - y[n])*relu(m - {APART}), n=1..N)", {"y": [1.0, 0.0], **SAME}, 1),
        (f"sum(w[n]*y[n]*relu(m - {APART}), n=1..N)", {"w": [3.0, 2.0], **KEPT}, 2),
        (f"sum(y[n]*sum(relu(m - {FAR}), j=1..J), n=1..N)", KEPT, 1),
        (f"sum(y[n]*sum(relu(m - {FAR}), j=1..J), n=1..N)/T", {"T": 2.0, **KEPT}, 0.5),
    ],
)
def test_slopes_that_have_no_value(
    loss: str, numbers: dict[str, Any], slope: float, target: str
) -> None:
    """The first two points are the same, so that their distance has no slope; its weight is 0."""
    given = ["T > 0"] if "T" in numbers else []
    kernel = derive.gradient(loss, "a[r,k]", given=given).kernel(target)
    if target == "numpy":
        numbers = {name: np.array(value) for name, value in numbers.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, found = kernel(**numbers)
    np.testing.assert_allclose(np.array(found, float), [[0, 0], [slope, 0]], rtol=1e-14)


def test_the_sum_of_what_is_weighed() -> None:
    """Each sum over ``j`` is ruled out by its weight, though it is summed in turn."""
    loss = "sum(w[n]*sum(relu(m - sqrt(sum((a[l] - b[n,j,l])^2, l=1..D))), j=1..J), n=1..N)"
    near = np.array([[[1.0, 2.0], [0.3, 0.0]], [[1.5, 2.0], [1.0, 1.5]]])
    kernel = derive.gradient(loss, "a[k]").kernel("numpy")
    _, found = kernel(w=np.array([0.0, 1.0]), a=np.array([1.0, 2.0]), b=near, m=1.0)
    np.testing.assert_allclose(found, [1, -1], rtol=1e-14)


def test_what_the_slope_is_made_of_is_no_weight() -> None:
    """An entry of ``a`` that is 0 says nothing about the length of ``a``, which may be 0 too."""
    loss = "relu(sqrt(sum(a[l]^2, l=1..D)) - m)"
    assert "a != 0" not in derive.gradient(loss, "a[k]").kernel("numpy").source


CENSORED: Any = {"e": [1.0, 0.0, 1.0], "F": [1.0, 0.0, 0.3], "a": [0.0, 0.0, 2.0]}
CENSORED |= {"m": 2.0, "y": 1.0, "p": 1.0}


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("-sum(e[i]*log(F[i]) + (1 - e[i])*log(1 - F[i]), i=1..N)", -np.log(0.3)),
        ("-sum(sum((1 - e[i])*log(1 - F[i]), j=1..i), i=1..N)", 0),
        ("-(y*log(p) + (1 - y)*log(1 - p))", 0),
        ("-sum((1 - e[i])*a[i]*log(1 - F[i]), i=1..N)", 0),
        ("-sum(a[i]*(2 - 2*e[i])*log(F[i]), i=1..N)", 0),
        ("-sum((1 - e[i])^2*log(1 - F[i])/m, i=1..N)", 0),
        ("-sum(F[i]*log(F[i]) + (1 - F[i])*log(1 - F[i]), i=1..N)", 0.6108643020548935),
    ],
)
def test_a_logarithm_of_zero_counts_for_nothing(loss: str, expected: Any, target: str) -> None:
    """An event that was not seen, or that was certain, has the weight zero."""
    given = {n: v for n, v in CENSORED.items() if n in loss.replace("sum", "").replace("log", "")}
    value, _ = derive.gradient(f"{loss} + s", "s").kernel(target)(**given, s=0.0)
    assert float(value) == pytest.approx(expected, rel=1e-15)


HIT = "sum(e[n]*log(p[n,s[n]]) + (1 - e[n])*log({}), n=1..N)"
ENTRY = "p[n,i] = softmax({})[i]"
LATER = ["1 - sum(p[n,m], m=1..s[n])", "sum(p[n,m], m=s[n]+1..C)"]


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("scale", [1, 1000])
@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_nothing_is_behind_the_last(later: str, scale: float, target: str) -> None:
    """An event in the last bin: nothing is left for later, and that has the weight zero."""
    derivation = derive.gradient(
        HIT.format(later), "z[l,k]", where=[ENTRY.format("z[n]")], given=["s[n] <= C"]
    )
    scores = scale * np.array([[1.0, 0.2, -1], [0.2, -1, 1], [-1, 0.2, 1]])
    given: Any = {"z": scores, "e": np.array([1.0, 0, 1]), "s": np.array([2, 1, 2])}
    more: Any = {"dps": 1500} if target == "mpmath" else {}
    value, slope = derivation.kernel(target)(**given, **more)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    peaks = scores.max(axis=-1) + np.log(np.exp(scores - scores.max(-1, keepdims=True)).sum(-1))
    expected = (scores[[0, 1, 2], [2, 2, 2]] - peaks).sum()
    np.testing.assert_allclose(float(value), expected, rtol=1e-14)
    np.testing.assert_allclose(np.array(slope, float), np.eye(3)[[2, 2, 2]] - shares, atol=1e-15)


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_the_only_class(later: str, target: str) -> None:
    derivation = derive.gradient(
        HIT.format(later), "z[l,k]", where=[ENTRY.format("z[n]")], given=["s[n] <= C"]
    )
    value, slope = derivation.kernel(target)(z=np.array([[0.3]]), e=[1.0], s=np.array([0]))
    assert (float(value), *map(float, slope.flat)) == (0, 0)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_nothing_is_behind_the_last_of_a_layer(target: str) -> None:
    derivation = derive.gradient(
        HIT.format(LATER[0]),
        "W[l,k]",
        where=[ENTRY.format("sum(x[n,h]*W[h,j], h=1..H), j")],
        given=["s[n] <= C"],
    )
    given: Any = {"x": np.eye(2), "e": np.array([1.0, 0]), "s": np.array([2, 1])}
    scores = np.array([[1.0, 0.2, -1], [0.2, -1, 1]])
    _, slope = derivation.kernel(target)(W=scores, **given)
    shares = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(np.array(slope, float), np.eye(3)[[2, 2]] - shares, atol=1e-15)


def test_a_sum_that_has_terms_needs_no_mask() -> None:
    loss = "-sum(w[n]*log(1 - softmax(z[n])[t[n]]), n=1..N)"
    assert "w != 0" not in derive.gradient(loss, "z[l,k]").kernel("numpy").source


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_nothing_is_left_by_an_exponential(target: str) -> None:
    """The complementary log-log: an event that was not seen, at a rate that rounds to zero."""
    loss = "-sum(y[n]*log(1 - exp(-exp(z[n]))) - (1 - y[n])*exp(z[n]), n=1..N)"
    kernel = derive.gradient(loss, "z[k]").kernel(target)
    value, slope = kernel(y=np.array([0.0, 1.0]), z=np.array([-1000.0, 0.0]))
    left = np.log(1 - np.exp(-1))
    np.testing.assert_allclose(float(value), -left, rtol=1e-14)
    np.testing.assert_allclose(np.array(slope, float), [0, -1 / (np.e - 1)], rtol=1e-14)


AT_RISK = "sum(r[i,j]*exp(z[j]), j=1..N)"
NOBODY: Any = {"e": [1.0, 1.0, 0.0], "z": [0.3, -1.0, 2.0]}
NOBODY |= {"r": [[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 0.0]]}


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize(
    "loss",
    [
        f"-sum(e[i]*(z[i] - log({AT_RISK})), i=1..N)",
        f"-sum(e[i]*(z[i] - log({AT_RISK})), i=1..N)/sum(e[i], i=1..N)",
        f"-sum((1 - (1 - e[i]))*log(exp(z[i])/{AT_RISK}), i=1..N)",
    ],
)
def test_shares_of_nothing(loss: str, target: str) -> None:
    """Cox's partial likelihood, with a padded row: nobody is at risk, and nothing is weighed."""
    kernel = derive.gradient(loss, "z[k]").kernel(target)
    whole: Any = {name: np.array(value) for name, value in NOBODY.items()}
    padded = kernel(**whole)
    seen = kernel(**whole | {"r": whole["r"] + np.diag([0.0, 0, 1])})
    for part, expected in zip(padded, seen, strict=True):
        np.testing.assert_allclose(np.array(part, float), np.array(expected, float), rtol=1e-14)


def test_means_of_nothing() -> None:
    """Attention to nobody: the weight is beside the mean, and one of each share says nothing."""
    loss = "sum(e[i]*sum(r[i,j]*exp(s[i,j])*v[j], j=1..N)/sum(r[i,j]*exp(s[i,j]), j=1..N), i=1..N)"
    kernel = derive.gradient(loss, ["s[m,k]", "v[k]"]).kernel("numpy")
    values = np.array(NOBODY["z"])
    given: Any = {"e": np.array(NOBODY["e"]), "r": np.array(NOBODY["r"]), "v": values}
    value, (by_scores, by_values) = kernel(**given, s=np.outer(values, values))
    assert np.isfinite([value, *by_scores.flat, *by_values]).all()
    assert "v != 0" not in kernel.source


@pytest.mark.parametrize("scale", [1.0, 30.0, 300.0])
@pytest.mark.parametrize("smooth", ["", " + s"])
def test_slopes_of_certain_overlaps(smooth: str, scale: float) -> None:
    """What a certain share leaves of one is in the slope, without a difference."""
    loss = f"-(2*sum(p[i]*y[i], i=1..C){smooth})/(sum(p[i] + y[i], i=1..C){smooth})"
    derivation = derive.gradient(loss, "z[k]", where=["p[i] = sigmoid(z[i])"])
    given: Any = {"z": [scale, scale, -scale, -scale], "y": [0.0, 1.0, 0.0, 1.0]}
    given |= {"s": 1.0} if smooth else {}
    found = derivation.kernel("numpy")(**{name: np.array(n) for name, n in given.items()})
    for part, exact in zip(found, derivation.kernel("mpmath")(**given, dps=400), strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-13, atol=0)


@pytest.mark.parametrize("variable", ["w[k,m]", "b[k]"])
@pytest.mark.parametrize("weight", ["min((X[i,j]/r)^a, 1)", "X[i,j]^a/r", "min(X[i,j]/r, 2)^3"])
def test_a_weight_that_is_a_power_of_a_count(weight: str, variable: str) -> None:
    """That of GloVe: words that never meet have no logarithm, and the weight 0."""
    score = "sum(w[i,l]*u[j,l], l=1..D) + b[i] + c[j]"
    loss = f"sum({weight}*({score} - log(X[i,j]))^2, i=1..V, j=1..V)"
    facts = ("a > 0",) if "^a" in weight else ()
    powers = {"a": 0.75} if facts else {}
    matrices = {"w": [[0.4, -1.0], [2.0, 0.3]], "u": [[0.1, 0.5], [-0.2, 0.7]]}
    kernel, oracle = kernels(loss, variable, (*facts, "r > 0"))
    given = {**matrices, "X": [[0.0, 3.0], [200.0, 0.0]], "b": [0.1, 0.2], "c": [0.0, 1.0]}
    arrays = {name: np.array(v) for name, v in given.items()}
    found, true = kernel(**arrays, r=100.0, **powers), oracle(**arrays, r=100.0, **powers)
    for part, exact in zip(found, true, strict=True):
        assert np.isfinite(part).all()
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12)


NAMED: dict[str, Any] = {"c": [0.0, 1.0, 0.6], "d": [1.0, 0.0, 0.4], "x": [0.0, 0.2, 0.8]}
NAMED |= {"z": [1.0, 2.0, 0.5], "m": 2.0, "a": 0.75}
WEIGHTS = ["2*c[n]", "c[n]^2", "m*c[n]", "1 - d[n]", "min((c[n]/m)^a, 1)", "min(c[n], m)"]
WEIGHTS += ["(c[n] + c[n]*c[n])/2", "relu(c[n])", "g[n]*m"]


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("beside", ["log(x[n])*z[n]", "exp(z[n])"])
def test_the_name_of_a_weight(beside: str, weight: str, target: str) -> None:
    """A name is a weight where its value is: the first entry counts for nothing."""
    given: Any = NAMED | ({"z": [1e4, 2.0, 0.5]} if "exp" in beside else {})
    loss = f"sum(h[n]*{beside}, n=1..N)"
    where = ["g[n] = 1 - d[n]"] * ("g[" in weight) + [f"h[n] = {weight}"]
    facts = [f"{name} > 0" for name in "am" if re.search(rf"\b{name}\b", weight)]
    derivation = derive.gradient(loss, "z[k]", where=where, given=facts)
    used = {n: np.array(given[n]) for n in given if re.search(rf"\b{n}\b", f"{where} {loss}")}
    found = derivation.kernel(target)(**used)
    seen = {n: v[1:] if v.ndim else v for n, v in used.items()}
    value, slope = derivation.kernel("mpmath")(**seen)
    np.testing.assert_allclose(float(found[0]), float(value), rtol=1e-14)
    np.testing.assert_allclose(np.array(found[1], float), [0, *map(float, slope)], rtol=1e-14)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_a_named_mean_of_two(target: str) -> None:
    """The joint shares of t-SNE: those of two that are not near each other are 0."""
    where = ["q[i,j] = w[i,j]/sum(w[r,s], r=1..N, s=1..N, r != s)", "P[i,j] = (a[i,j] + a[j,i])/2"]
    where.insert(0, "w[i,j] = 1/(1 + sum((y[i,l] - y[j,l])^2, l=1..D))")
    loss = "sum(P[i,j]*log(P[i,j]/q[i,j]), i=1..N, j=1..N, i != j)"
    kernel = derive.gradient(loss, "y[k,m]", where=where, given=["N >= 2"]).kernel(target)
    shares = np.array([[0, 0, 0.3], [0, 0, 0.2], [0.3, 0.2, 0]])
    value, slope = kernel(a=shares, y=np.array([[0.0], [1.0], [3.0]]))
    near = np.array([[0, 1 / 2, 1 / 10], [1 / 2, 0, 1 / 5], [1 / 10, 1 / 5, 0]])
    lost = shares[shares > 0] * np.log(shares[shares > 0] / (near / near.sum())[shares > 0])
    np.testing.assert_allclose(float(value), lost.sum(), rtol=1e-14)
    assert np.isfinite(np.array(slope, float)).all()
