"""Exponentials that the user has named are shifted like those that stand in the loss itself."""

from __future__ import annotations

import numpy as np
import pytest
from exact import check

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

RATE = ("mu[n] = exp(u[n])",)
COUNTS = "-sum(theta*log(theta/(theta+mu[n])) + y[n]*log(mu[n]/(theta+mu[n])), n=1..N)"
SHARE = "-sum(theta*log(q[n]) + y[n]*log(1-q[n]), n=1..N)"
EXCESS = "-sum(log(q + (1-q)*(theta/(theta+mu[n]))^theta), n=1..N)"
POISSON = "sum(mu[n] - y[n]*log(mu[n]), n=1..N)"
GAMMA = "sum(y[n]*theta/mu[n] + theta*log(mu[n]), n=1..N)"
ODDS = "-sum(y[n]*log(o[n]/(1+o[n])) + (1-y[n])*log(1/(1+o[n])), n=1..N)"

PROPORTION = "p[j] = softmax(a)[j]"
DENSITY = "phi[n,j] = exp(-(x[n]-mu[j])^2/(2*sigma[j]^2))/(sqrt(2*pi)*sigma[j])"
PART = "gamma[n,j] = p[j]*phi[n,j]/sum(p[i]*phi[n,i], i=1..K)"
MIXTURE = "-sum(log(sum(p[j]*phi[n,j], j=1..K)), n=1..N)"
PARTITION = ("r[i] = exp(z[i]/T)", "Z = sum(r[j], j=1..C)", "p[i] = r[i]/Z")
ENERGY = ("E[i] = z[i]^2", "Z = sum(exp(-E[j]/T), j=1..C)", "p[i] = exp(-E[i]/T)/Z")
DENSITIES = ("k[n] = exp(-(x-c[n])^2/(2*h^2))/h",)


@pytest.mark.parametrize("at", [0.5, 15.0, 40.0, 709.0, 710.0, 1000.0, -1000.0])
@pytest.mark.parametrize("variable", ["u[m]", "theta"])
@pytest.mark.parametrize(
    "loss, names",
    [(COUNTS, RATE), (EXCESS, RATE), (SHARE, (*RATE, "q[n] = theta/(theta+mu[n])"))],
)
def test_a_named_rate(loss: str, names: tuple[str, ...], variable: str, at: float) -> None:
    inputs = {"y": [2.0, 0.0, 3.0]} if "y" in loss else {"q": 0.3}
    given = ("theta > 0", "q > 0", "q < 1") if "y" not in loss else ("theta > 0",)
    # ``1 - q`` takes as many digits as the exponential is large.
    check(loss, variable, given, names, 1000, u=[at, 0.3, -at], theta=1.7, **inputs)


@pytest.mark.parametrize("at", [0.5, 40.0, 700.0])
@pytest.mark.parametrize("loss", [POISSON, GAMMA])
def test_a_rate_that_stands_by_itself(loss: str, at: float) -> None:
    inputs = {"theta": 1.3} if loss == GAMMA else {}
    check(loss, "u[m]", (), RATE, u=[at, 0.3, -0.4 * at], y=[2.0, 0.5, 3.0], **inputs)


@pytest.mark.parametrize("at", [0.5, 40.0, 1000.0])
def test_named_odds(at: float) -> None:
    check(ODDS, "u[m]", (), ("o[n] = exp(u[n])",), u=[at, -at, 0.3], y=[0.0, 1.0, 1.0])
    check("r/(r+b)", "a", ("b > 0",), ("r = exp(a)",), a=at, b=0.8)


@pytest.mark.parametrize("at", [0.5, 15.0, 39.0, 1000.0])
@pytest.mark.parametrize("variable", ["mu[k]", "sigma[k]", "a[k]"])
@pytest.mark.parametrize(
    "loss, names",
    [
        (MIXTURE, (PROPORTION, DENSITY, PART)),
        (MIXTURE, (PROPORTION, DENSITY)),
        (MIXTURE.replace("p[j]", "softmax(a)[j]"), (DENSITY,)),
    ],
)
def test_a_mixture(loss: str, names: tuple[str, ...], variable: str, at: float) -> None:
    inputs = {"mu": [-1.0, 0.5, 2.0], "sigma": [1.0, 0.8, 1.3]}
    check(loss, variable, ("sigma[j] > 0",), names, x=[at, -at, 0.2], a=[0.3, -0.5, 0.1], **inputs)


@pytest.mark.parametrize("at", [0.5, 40.0, 1000.0])
@pytest.mark.parametrize("names", [PARTITION, ENERGY])
def test_a_named_partition(names: tuple[str, ...], at: float) -> None:
    scores = [at, -at, 0.3]
    check("-sum(y[i]*log(p[i]), i=1..C)", "z[k]", (), names, z=scores, y=[0.2, 0.3, 0.5], T=0.9)
    check("-T*log(Z)", "z[k]", ("T > 0",), names[:2], z=scores, T=0.9)


@pytest.mark.parametrize("at", [0.5, 40.0, 1000.0])
def test_a_named_density(at: float) -> None:
    check("-log(sum(k[n], n=1..N)/N)", "x", ("h > 0",), DENSITIES, x=at, c=[-1.0, 0.4], h=0.7)


def test_the_result_keeps_the_names() -> None:
    d = derive.gradient(COUNTS, "u[m]", where=list(RATE), given=["theta > 0"])
    assert "mu[m]" in str(d.result) and "exp" not in str(d.result)
    assert d.check().ok


WINS = "exp(s[{0}])/(exp(s[{0}]) + exp(s[{1}]) + nu*exp((s[{0}] + s[{1}])/2))"
TIES = WINS.replace("exp(s[{0}])/", "nu*exp((s[{0}] + s[{1}])/2)/")
GAMES = (
    f"p[n] = {WINS.format('a[n]', 'b[n]')}",
    f"q[n] = {TIES.format('a[n]', 'b[n]')}",
    f"r[n] = {WINS.format('b[n]', 'a[n]')}",
)
PAIRS = (f"p[i,j] = {WINS.format('i', 'j')}", f"q[i,j] = {TIES.format('i', 'j')}")
PLAYED = "-sum(w[n]*log(p[n]) + t[n]*log(q[n]) + l[n]*log(r[n]), n=1..N)"
TABLE = "-sum(w[i,j]*log(p[i,j]) + t[i,j]*log(q[i,j]), i=1..N, j=1..N)"


@pytest.mark.parametrize("at", [0.5, 40.0, 1479.0, 3000.0])
@pytest.mark.parametrize("variable", ["s[k]", "nu"])
def test_named_ties(variable: str, at: float) -> None:
    """Davidson's model: the share of ties rounds to zero, and what is divided by it with it."""
    scores = {"s": [at, 0.0, -0.2 * at], "nu": 0.7}
    results = {"w": [1.0, 0.0, 2.0], "t": [0.0, 1.0, 1.0], "l": [0.0, 2.0, 1.0]}
    inputs = {"a": [0, 1, 2], "b": [1, 2, 0], **scores, **results}
    check(PLAYED, variable, ("nu > 0",), GAMES, 3000, **inputs)
    won = [[0.0, 1.0, 2.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    tied = [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    check(TABLE, variable, ("nu > 0",), PAIRS, 3000, w=won, t=tied, **scores)


@pytest.mark.parametrize("scale", ["sigma[i]", "(sigma[i]*sqrt(2*pi))", "(2*sigma[i]^2)"])
def test_a_sum_of_what_is_divided_by_names(scale: str) -> None:
    """A point 50 deviations away: each density rounds to zero, the shares of them do not."""
    loss = f"-sum(log(sum(exp(-(x[n] - mu[i])^2/2)/{scale}, i=1..K)), n=1..N)"
    derivation = derive.gradient(loss, "mu[k]", where=["sigma[i] = exp(s[i])"])
    kernel = derivation.kernel("numpy")
    value, slopes = kernel(mu=np.array([0.0, 1.0]), s=np.zeros(2), x=np.array([50.0]))
    number = {"sigma[i]": 1.0, "(2*sigma[i]^2)": 2.0}.get(scale, np.sqrt(2 * np.pi))
    np.testing.assert_allclose(value, 49**2 / 2 + np.log(number), rtol=1e-12)
    np.testing.assert_allclose(slopes, [0.0, -49.0], atol=1e-12)


@pytest.mark.parametrize("power", [1.2, 1.5, 1.9])
@pytest.mark.parametrize("at", [0.5, 900.0, -900.0, 1400.0])
@pytest.mark.parametrize("variable", ["u[m]", "r"])
def test_a_deviance_of_powers_of_a_rate(variable: str, at: float, power: float) -> None:
    """Tweedie's: a count of 0 takes the power that overflows, by the slope as by the value."""
    loss = "sum(mu[n]^(2-r)/(2-r) - y[n]*mu[n]^(1-r)/(1-r), n=1..N)"
    if at * (2 - power) < 700:
        check(loss, variable, (), RATE, 2000, u=[at, 0.5], y=[0.0 if at < 0 else 2.0, 1.0], r=power)
