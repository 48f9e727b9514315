"""Powers of fractions neither overflow nor vanish where both parts of the fraction are large."""

from __future__ import annotations

import numpy as np
import pytest
from exact import check, kernels

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

WEIBULL = "sum((y[n]/s)^a - log(a) - (a - 1)*log(y[n]/s) + log(s), n=1..N)"
HAZARD = "sum((y[n]/s)^a, n=1..N)"
SCALED = "(x/y)^a"
CLIPPED = "min(1, (x/y)^a)*w^2"
SHARED = "(s/(x + y))^a"
GLOVE = """sum(min(1, (X[i,j]/x0)^a)
           *(sum(w[i,l]*v[j,l], l=1..D) + b[i] + c[j] - log(X[i,j]))^2, i=1..V, j=1..V)"""

LIVES = {"y": [9e4, 1.1e5, 1e5], "s": 1e5, "a": 70.0}
FAR_UP = {"x": 1e199, "y": 1e200, "a": 2.0}
COUNTS = {
    "X": [[5e4, 8e4, 1e5], [1.2e5, 7e4, 6e4], [9e4, 9.5e4, 1e5]],
    "x0": 1e5,
    "a": 100.0,
    "w": [[0.5, -1.0], [0.2, 0.3], [1.0, 0.1]],
    "v": [[0.1, 2.0], [0.4, -0.3], [0.7, 0.2]],
    "b": [0.1, 0.2, 0.3],
    "c": [-0.1, 0.5, 0.2],
}


@pytest.mark.parametrize(
    ("loss", "variables", "positive", "inputs"),
    [
        (WEIBULL, ["s", "a", "y[m]"], ["y[n]", "s", "a"], LIVES),
        (HAZARD, ["s", "a", "y[m]"], ["y[n]", "s", "a"], LIVES),
        (SCALED, ["x", "y", "a"], ["x", "y"], FAR_UP),
        (CLIPPED, ["w", "x"], ["x", "y"], {**FAR_UP, "w": 1.0}),
        (SHARED, ["x", "s"], ["x", "y", "s"], {**FAR_UP, "s": 1e200}),
        (GLOVE, ["w[k,m]", "b[k]"], ["X[i,j]", "x0"], COUNTS),
    ],
    ids=["weibull", "hazard", "scaled", "clipped", "shared", "glove"],
)
def test_a_power_of_a_fraction_is_taken_of_the_fraction(
    loss: str, variables: list[str], positive: list[str], inputs: dict[str, object]
) -> None:
    d = derive.gradient(loss, variables, given=[f"{n} > 0" for n in positive])
    arrays = {name: np.array(v) for name, v in inputs.items()}
    with np.errstate(all="raise", under="ignore"):
        found = d.kernel("numpy")(**arrays)
    true = d.kernel("mpmath")(**arrays, dps=200)
    for part, exact in zip((found[0], *found[1]), (true[0], *true[1]), strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12)
        assert np.all(part != 0)


def test_a_power_over_a_power_is_read_as_one() -> None:
    given = ["x > 0", "y > 0"]
    assert str(derive.gradient("(x/y)^a", "x", given=given).result) == "a*(x/y)**(a - 1)/y"


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("near", [1.0, 1e4, 1e6])
@pytest.mark.parametrize("far", [2.0, 1e4, 1e6])
@pytest.mark.parametrize("freedom", [1.0, 1000.0])
def test_shares_of_high_powers_keep_their_logarithm(
    near: float, far: float, freedom: float
) -> None:
    """Student's t of two distances, as in t-STE: all powers may round to zero."""
    near_by, far_off = (f"(1+{x}/alpha)^(-(alpha+1)/2)" for x in "ab")
    loss = f"-log({near_by}/({near_by}+{far_off}))"
    kernel, oracle = kernels(loss, "a", ("a>0", "b>0", "alpha>0"))
    given = {"a": near, "b": far, "alpha": freedom}
    value, true = kernel(**given)[0], oracle(**given, dps=50)[0]
    assert abs(value - float(true)) <= 1e-12 * max(1.0, float(true))


SHARES = ("p[i] = softmax(z)[i]", "q[i] = softmax(w)[i]")
RENYI = "log(sum({p}[i]^alpha*{q}[i]^(1-alpha), i=1..C))/(alpha-1)"


@pytest.mark.parametrize("variable", ["z[k]", "w[k]"])
@pytest.mark.parametrize("far", [1.0, 740.0, 1480.0, 2000.0])
@pytest.mark.parametrize(
    ("loss", "where"),
    [
        (RENYI.format(p="p", q="q"), SHARES),
        (RENYI.format(p="softmax(z)", q="softmax(w)"), ()),
        ("log(sum(q[i]*(p[i]/q[i])^alpha, i=1..C))/(alpha-1)", SHARES),
    ],
    ids=["named", "in full", "fraction"],
)
def test_a_power_beside_what_it_is_divided_by(
    loss: str, where: tuple[str, ...], far: float, variable: str
) -> None:
    """The largest of the whole terms is taken out, not that of the powers alone."""
    kernel, oracle = kernels(loss, variable, ("alpha > 1",), where)
    given = {"z": [far, 0.0, -0.3 * far], "w": [-0.1 * far, 0.4 * far, 0.2]}
    with np.errstate(all="raise", under="ignore"):
        found = kernel(alpha=1.5, **{name: np.array(v) for name, v in given.items()})
    true = oracle(alpha=1.5, **given, dps=2500)
    np.testing.assert_allclose(found[0], float(true[0]), rtol=1e-14)
    np.testing.assert_allclose(found[1], np.array(true[1], float), rtol=1e-14, atol=1e-15)


APART = ("r[i,j] = sqrt(sum((x[i,l] - x[j,l])^2, l=1..D))",)
LENNARD_JONES = "sum(sum(4*ep*((sg/r[i,j])^12 - (sg/r[i,j])^6), j=i+1..N), i=1..N)"


@pytest.mark.parametrize(
    ("dtype", "scale"),
    [("d", 1.0), ("d", 1e30), ("d", 1e-30), ("f", 1e4), ("f", 1e-4), ("f", 3.4e-10)],
)
@pytest.mark.parametrize("variable", ["x[k,m]", "sg"])
def test_a_power_over_a_power_of_a_distance(variable: str, dtype: str, scale: float) -> None:
    """Also where a sum over an index is between the two, as in the force."""
    kernel, oracle = kernels(LENNARD_JONES, variable, (), APART)
    places = scale * np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.5, 1.0]], dtype)
    with np.errstate(all="raise", under="ignore"):
        found = kernel(x=places, sg=np.array(scale, dtype), ep=np.array(1.0, dtype))
    true = oracle(x=places.astype(float), sg=float(np.array(scale, dtype)), ep=1.0, dps=200)
    for part, exact in zip(found, true, strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=200 * np.finfo(dtype).eps)


@pytest.mark.parametrize("scale", [1.0, 1e30, 1e-30])
@pytest.mark.parametrize("variable", ["r[k]", "sg", "n"])
def test_a_power_with_a_letter_beside_a_sum(variable: str, scale: float) -> None:
    mie = "sum(ep*((sg/r[i])^n - (sg/r[i])^m), i=1..N)"
    inputs = {"ep": 1.0, "sg": scale, "n": 12.0, "m": 6.0}
    places = [0.9 * scale, 1.2 * scale, 3.0 * scale]
    check(mie, variable, ("sg > 0", "r[i] > 0"), r=places, **inputs)
