"""Functions that NumPy lacks: a kernel brings them along."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from kernel_inputs import flat
from numpy.testing import assert_allclose
from sympy import (
    Expr,
    IndexedBase,
    Product,
    Rational,
    Sum,
    beta,
    binomial,
    digamma,
    erf,
    erfc,
    factorial,
    fresnels,
    gamma,
    log,
    loggamma,
    polygamma,
    symbols,
)

import derive
from derive.errors import DeriveError
from derive.kernels import array_runtime as runtime

C = symbols("C", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True)
a = symbols("a", positive=True)
alpha = IndexedBase("alpha", shape=(C,))
z = IndexedBase("z", shape=(C,))
POINTS = np.concatenate([np.geomspace(1e-6, 1e8, 80), np.linspace(-20.03, 20.01, 150)])


@pytest.mark.parametrize("order", range(6))
def test_digamma_and_its_derivatives_have_nearly_all_digits(order: int) -> None:
    found = runtime._polygamma(order, POINTS)
    exact = [float(mpmath.psi(order, float(x))) for x in POINTS]
    # The digamma function has zeros, near which no more than the absolute error is small.
    assert_allclose(found, exact, rtol=1e-14, atol=0 if order else 1e-14)


@pytest.mark.parametrize("order", range(4))
def test_steps_of_digamma_have_all_digits(order: int) -> None:
    """However little is left of both values, and however large both are."""
    draw = np.random.default_rng(order)
    start, step = 10 ** draw.uniform(-12, 10, 200), 10 ** draw.uniform(-14, 10, 200)
    step[::3] = -start[::3] * draw.uniform(0, 0.5, 67)
    step[:5] = 0
    with mpmath.workdps(60):
        pairs = [(mpmath.mpf(x), mpmath.mpf(h)) for x, h in zip(start, step, strict=True)]
        exact = [float(mpmath.psi(order, x + h) - mpmath.psi(order, x)) for x, h in pairs]
    assert_allclose(runtime._polygamma_step(order, start, step), exact, rtol=2e-15, atol=0)


def test_steps_of_digamma_below_zero_and_in_other_types() -> None:
    found = runtime._polygamma_step(0, np.array([-1.5, -0.25, 0.0]), np.array([1.0, 0.5, 1.0]))
    assert_allclose(found[:2], [-2 / 3, -7.14159265358979], rtol=1e-14)
    assert not np.isfinite(found[2])
    assert runtime._polygamma_step(1, np.float32(2), np.ones(3, np.float32)).dtype == np.float32
    assert_allclose(runtime._polygamma_step(0, 2, 1), 0.5, rtol=1e-15)


COUNTS = "loggamma(sum(a[j] + x[j], j=1..C)) - loggamma(sum(a[j], j=1..C))"
COUNTS = f"{COUNTS} - sum(loggamma(a[j] + x[j]) - loggamma(a[j]), j=1..C)"


@pytest.mark.needs("lark")
@pytest.mark.parametrize("by", [["a[k]"], ["a[k]", "a[m]"]])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_what_counts_add_to_a_dirichlet_distribution(by: list[str], scale: float) -> None:
    """Where nothing was counted, nothing is added: no digits are lost beside what is large."""
    take = derive.gradient if len(by) == 1 else derive.hessian
    derivation = take(COUNTS, *by, given=["a[j] > 0"])
    numbers = {"a": scale * np.array([1.0, 0.3, 2.0, 1.0]), "x": np.array([0.0, 3.0, 0.0, 2.0])}
    found = derivation.kernel("numpy")(**numbers)[1]
    exact = np.array(derivation.kernel("mpmath")(**numbers, dps=60)[1], float)
    assert_allclose(found, exact, rtol=1e-12)


SPREAD = "lgamma(y[n] + 1/a) - lgamma(1/a) + y[n]*log(a*m[n]) - (y[n] + 1/a)*log(1 + a*m[n])"


@pytest.mark.slow
@pytest.mark.needs("lark")
@pytest.mark.parametrize(("spread", "digits"), [(1e-2, 13), (1e-4, 11), (1e-6, 9)])
def test_counts_that_are_hardly_spread(spread: float, digits: int) -> None:
    """The slope of a negative binomial, in which a logarithm is taken off, too."""
    derivation = derive.gradient(f"sum({SPREAD}, n=1..N)", "a", given=["a > 0", "m[n] > 0"])
    numbers: dict[str, Any] = {"y": np.array([0.0, 3, 7]), "m": np.array([1.0, 2, 5]), "a": spread}
    exact = derivation.kernel("mpmath")(**numbers, dps=60)[1]
    assert_allclose(derivation.kernel("numpy")(**numbers)[1], float(exact), rtol=10.0**-digits)


@pytest.mark.parametrize(
    ("function", "exact"),
    [
        (runtime._erf, mpmath.erf),
        (runtime._erfc, mpmath.erfc),
        (runtime._gamma, mpmath.gamma),
        (runtime._lgamma, lambda x: mpmath.log(mpmath.gamma(x))),
    ],
)
def test_functions_of_single_numbers(function: Any, exact: Callable[[float], Any]) -> None:
    points = np.linspace(-5.03, 12.01, 60)
    values = [exact(float(x)) for x in points]
    wanted = [float(v) if mpmath.im(v) == 0 else np.nan for v in values]
    assert_allclose(function(points), wanted, rtol=1e-14, atol=1e-15)


@pytest.mark.filterwarnings("ignore:overflow")
def test_poles_and_what_is_too_large() -> None:
    ends = np.array([0.0, -1.0, -2.0, 1e308])
    assert runtime._lgamma(ends).tolist() == [np.inf] * 4
    assert np.isnan(runtime._gamma(ends[1:3])).all()
    assert runtime._gamma(ends)[3] == np.inf
    assert np.isnan(runtime._polygamma(0, ends[:3])).all()
    assert runtime._polygamma(0, np.array([np.inf]))[0] == np.inf


@pytest.mark.parametrize(
    "term",
    [
        loggamma(z[i]),
        gamma(z[i]),
        digamma(z[i]),
        polygamma(2, z[i]),
        erf(z[i]),
        erfc(z[i]),
        log(gamma(z[i])),
        loggamma(i) * z[i],
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kernels_compute_them_in_the_type_of_their_arguments(term: Expr, dtype: Any) -> None:
    derivation = derive.gradient(Sum(term, (i, 1, C)), z[k])
    logits = np.array([[0.5, 1.25, 3.0], [2.0, 0.75, 4.5]], dtype)
    exact = flat(derivation.kernel("mpmath")(z=logits))
    for found, wanted in zip(flat(derivation.kernel("numpy")(z=logits)), exact, strict=True):
        assert found.dtype == dtype
        assert_allclose(found, wanted.astype(float), rtol=50 * np.finfo(dtype).eps)


def test_the_logarithm_of_the_gamma_function_does_not_overflow() -> None:
    function = derive.gradient(Sum(log(gamma(z[i])), (i, 1, C)), z[k]).kernel("numpy")
    value, derivative = function(z=np.array([1000.0]))
    assert_allclose(value, float(mpmath.loggamma(1000)))
    assert_allclose(derivative, [float(mpmath.psi(0, 1000))])


@pytest.mark.parametrize(
    "term",
    [
        log((1 + erf(z[i])) / 2),
        log(1 - erf(z[i])),
        z[i] / (1 + erf(z[i])),
        log(2 - 2 * erf(-z[i])),
    ],
)
def test_what_the_error_function_leaves_of_1_is_not_lost(term: Expr) -> None:
    derivation = derive.gradient(Sum(term, (i, 1, C)), z[k])
    given = np.array([[-20.0, -6.0, 0.5, 6.0], [1.0, -9.0, 9.0, -1.0]])
    given = -given if term.has(1 - erf(z[i])) else given
    exact = flat(derivation.kernel("mpmath")(z=given, dps=400))
    for found, wanted in zip(flat(derivation.kernel("numpy")(z=given)), exact, strict=True):
        assert_allclose(found, wanted.astype(float), rtol=1e-12)


TOBIT = """sum(d[n]*log((1 + erf(z[n]/sqrt(2)))/2)
               + (1 - d[n])*log((1 - erf(z[n]/sqrt(2)))/2), n=1..N)"""
CENSORED = "log((1 + erf(-x*b/(s*sqrt(2))))/2)"


@pytest.mark.slow
@pytest.mark.needs("lark")
@pytest.mark.parametrize("far", [0.3, 40.0])
def test_tails_of_the_error_function_that_round_to_zero(far: float) -> None:
    tobit = derive.gradient(TOBIT, "z[k]")
    given: Any = {"z": [far, -far, far, -far], "d": [0.0, 0.0, 1.0, 1.0]}
    one = derive.gradient(CENSORED, ["x", "b"], given=["s > 0"])
    curved = derive.hessian("log(1 - erf(x))", "x", "x")
    for derivation, numbers in (
        (tobit, given),
        (one, {"x": far, "b": 1.0, "s": 1.0}),
        (curved, {"x": far}),
    ):
        exact = flat(derivation.kernel("mpmath")(**numbers, dps=900))
        found = derivation.kernel("numpy")(**{n: np.array(v) for n, v in numbers.items()})
        for part, wanted in zip(flat(found), exact, strict=True):
            assert_allclose(part, np.asarray(wanted, float), rtol=1e-15 * max(far**4, 100))


def test_the_logarithm_of_a_tail() -> None:
    points = np.concatenate([np.linspace(-9.9, 12, 60), [30.0, 1e3, 1e8, -30.0]])
    with mpmath.workdps(60):
        exact = [float(mpmath.log(mpmath.erfc(float(x)) / 2)) for x in points]
    assert_allclose(runtime._log_half_erfc(points), exact, rtol=1e-14)


def test_the_logarithm_of_a_tail_beside_its_square() -> None:
    points = np.concatenate([np.linspace(-3, 12, 76), [9.999, 30.0, 1e3, 1e8, -30.0]])
    with mpmath.workdps(60):
        numbers = [mpmath.mpf(float(x)) for x in points]
        exact = [float(mpmath.log(mpmath.erfc(x) / 2) + x**2) for x in numbers]
    assert_allclose(runtime._log_half_erfcx(points), exact, rtol=1e-15, atol=1e-15)


@pytest.mark.needs("lark")
@pytest.mark.parametrize("far", [0.3, 4.0, 40.0, 1e3, 1.1e5])
def test_an_exponential_over_a_tail(far: float) -> None:
    """Nearly all of the square in it cancels: an inverse Mills ratio is about as large as ``z``."""
    with mpmath.workdps(60):
        u = mpmath.mpf(far) / (mpmath.mpf(0.7) * mpmath.sqrt(2))
        mills = float(mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(-(u**2)) / mpmath.erfc(u) / 0.7)
    tail = derive.gradient("-log((1 + erf(-z/s/sqrt(2)))/2)", ["z", "s"], given=["s > 0"])
    _, slopes = tail.kernel("numpy")(z=far, s=0.7)
    assert_allclose(slopes, [mills, -mills * far / 0.7], rtol=2e-15)
    several = derive.gradient("-sum(log(1 - erf(y[n]*z/sqrt(2))), n=1..N)", "z")
    _, slope = several.kernel("numpy")(y=np.array([1 / 0.7, 1 / 0.7]), z=far)
    assert_allclose(slope, 2 * mills, rtol=2e-15)


def test_what_an_exponential_rises_by() -> None:
    points = np.concatenate([np.linspace(-3, 3, 61), [1e-9, -1e-9, 1e-160, -700.0, 700.0]])
    with mpmath.workdps(400):
        terms = [(mpmath.mpf(float(u)), mpmath.exp(float(u))) for u in points]
        exact = [float(u * e - e + 1) for u, e in terms]
    assert_allclose(runtime._exp_rise(points), exact, rtol=1e-14)


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    "loss", ["sum(A/B*(exp(B*t[n]) - 1), n=1..N)", "sum(A/B*(1 - exp(B*t[n])), n=1..N)"]
)
@pytest.mark.parametrize("rate", [1e-9, 0.3])
def test_a_rate_near_zero(loss: str, rate: float) -> None:
    derivation = derive.gradient(loss, "B", given=["B > 0"])
    numbers: dict[str, Any] = {"A": 2.0, "B": rate, "t": [1.0, 2.5]}
    exact = flat(derivation.kernel("mpmath")(**numbers, dps=100))
    found = flat(derivation.kernel("numpy")(**{n: np.array(v) for n, v in numbers.items()}))
    assert_allclose(found, np.array(exact, float), rtol=1e-13)


def test_a_function_that_numpy_lacks_is_named() -> None:
    derivation = derive.gradient(Sum(fresnels(z[i]), (i, 1, C)), z[k])
    with pytest.raises(DeriveError, match="fresnels is not among the functions of NumPy"):
        derivation.kernel("numpy")
    _, derivative = derivation.kernel("mpmath")(z=[0.5])
    assert_allclose(float(derivative[0]), np.sin(np.pi / 8))


def test_a_kernel_brings_along_no_more_than_it_needs() -> None:
    source = derive.gradient(Sum(erfc(z[i]), (i, 1, C)), z[k]).kernel("numpy").source
    assert "def _erfc(" in source
    assert "def _erf(" not in source
    assert "gamma" not in source


@pytest.mark.parametrize(
    "loss",
    [
        log(gamma(a) / gamma(a + Rational(1, 2))),
        log(gamma(a) * gamma(a + 1)),
        log(1 / gamma(a)),
        log(gamma(a) ** 2),
        log(beta(a, a + 1)),
        log(factorial(a)),
        log(binomial(a, 3)),
    ],
    ids=str,
)
def test_logarithms_of_gamma_functions_do_not_overflow(loss: Expr) -> None:
    value, derivative = derive.gradient(loss, a).kernel("numpy")(a=200.0)
    with mpmath.workdps(40):
        exact = mpmath.mpf(loss.subs(a, 200).evalf(40))
        slope = mpmath.mpf(loss.diff(a).subs(a, 200).evalf(40))
    assert np.isclose(value, float(exact), rtol=1e-12)
    assert np.isclose(derivative, float(slope), rtol=1e-11)


def test_the_normalizer_of_a_dirichlet_distribution_does_not_overflow() -> None:
    loss = log(Product(gamma(alpha[j]), (j, 1, C)) / gamma(Sum(alpha[j], (j, 1, C))))
    derivation = derive.gradient(loss, alpha[k], given=[alpha[j] > 0])
    assert derivation.check().checked == "exact"
    value, _ = derivation.kernel("numpy")(alpha=np.array([200.0, 300.0]))
    assert np.isclose(value, math.lgamma(200) + math.lgamma(300) - math.lgamma(500))


@pytest.mark.parametrize("way", [1, -1])
def test_the_complementary_error_function_is_what_is_left_of_one(way: int) -> None:
    """SymPy writes ``erfc(-x)`` as ``2 - erfc(x)``; both tails keep their digits far out."""
    x = symbols("x")
    found = derive.gradient(-log(erfc(way * x) / 2), x)
    assert found.check().level == "exact"
    for at in (-30.0, -5.0, 0.0, 3.0, 30.0):
        value, slope = found.kernel("numpy")(x=at)
        with mpmath.workdps(60):
            tail, far = mpmath.erfc(way * at), mpmath.exp(-(mpmath.mpf(at) ** 2))
            expected = -mpmath.log(tail / 2), 2 * way * far / (mpmath.sqrt(mpmath.pi) * tail)
        assert float(value) == pytest.approx(float(expected[0]), rel=1e-13)
        assert float(slope) == pytest.approx(float(expected[1]), rel=1e-12)
