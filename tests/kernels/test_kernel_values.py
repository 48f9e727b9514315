"""Kernels compute what the loss says: against plain loops, the oracle and each row alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kernel_inputs import CLASSES, SIZES, arguments, derived, expected, flat, rows
from losses import LOSSES, sampled
from numpy.testing import assert_allclose
from plain import CONTEXT
from sympy import Indexed

import derive
from derive.kernels import kernel
from derive.kernels.reader import signature

NAMES = [*derive.catalogue(), *LOSSES]
SOFTMAX = [  # logits of any size are fine: every exponential is of a difference to the largest
    *derive.catalogue(),
    "cross-entropy of free labels",
    "cross-entropy one-hot",
    "log of class",
    "log-sum-exp",
    "label smoothing",
    "weights",
    "brier",
    "temperature",
    "list-wise",
    "batch",
    "jacobian of log",
    "hessian of log-sum-exp",
    "additive margin",
    "weighted share",
    "evidence",
    "contrastive",
    "experts",
    "roots of exponentials",
]
NEAR_ONE = [  # of a probability that rounds to one, what is left of one has all its digits
    "against the others",
    "others by name",
    "log of the others",
    "odds by name",
    "logistic",
    "logistic by name",
    "asymmetric, of logistics",
]


@pytest.mark.parametrize("name", sampled(NAMES))
def test_kernels_agree_with_plain_loops(name: str) -> None:
    derivation = derived(name)
    given = arguments(derivation, (2,))
    with np.errstate(all="raise", under="ignore"):
        array = flat(kernel(derivation, "numpy")(**given))
    exact = flat(kernel(derivation, "mpmath")(**given))
    for place, row in rows(given, derivation, (2,)):
        for found, oracle, wanted in zip(array, exact, expected(derivation, row), strict=True):
            assert found.shape == oracle.shape == (2, *wanted.shape)
            assert_allclose(as_floats(found[place]), as_floats(wanted), rtol=1e-9, atol=1e-11)
            # The oracle to 20 digits; plain central differences have about as many.
            for exact_entry, entry in zip(np.ravel(oracle[place]), np.ravel(wanted), strict=True):
                assert CONTEXT.isnan(entry) or abs(exact_entry - entry) < 1e-18 * (1 + abs(entry))


@pytest.mark.parametrize("name", sampled(SOFTMAX, every=3))
@pytest.mark.parametrize("logits", ["huge", "equal", "one class", "far off"])
def test_any_logits_are_fine(name: str, logits: str) -> None:
    derivation = derived(name)
    sizes = {**SIZES, **dict.fromkeys(CLASSES, 1 if logits == "one class" else 4)}
    given = arguments(derivation, (3,), sizes)
    varied = {v.base.name for v in derivation.problem.variables if isinstance(v, Indexed)}
    for z in ({"z", "s"} | varied & {"x"}) & set(given):
        shape = given[z].shape
        given[z] = {
            "huge": np.resize([1e4, -1e4, 0.0, 9999.0, -1e4], shape),
            "equal": np.full(shape, 1e4),
            "one class": np.resize([1e4, -1e4, 3.0], shape),
            "far off": 1e5 + np.resize([0.25, -1.5, 0.5, 2.0, 0.0], shape),
        }[logits]
    with np.errstate(all="raise", under="ignore"):
        found = flat(kernel(derivation, "numpy")(**given))
    for array, exact in zip(found, flat(kernel(derivation, "mpmath")(**given)), strict=True):
        assert_allclose(as_floats(array), as_floats(exact), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NEAR_ONE)
@pytest.mark.parametrize("scale", [30, 1000])
def test_what_is_left_of_one_is_not_lost(name: str, scale: int) -> None:
    derivation = derived(name)
    given = arguments(derivation, (3,))
    given["z"] = np.resize([1.0, -1.0, 0.25, 0.75, -0.5], given["z"].shape) * scale
    found = flat(kernel(derivation, "numpy")(**given))
    oracle = flat(kernel(derivation, "mpmath")(**given, dps=2000))
    for array, exact in zip(found, oracle, strict=True):
        assert_allclose(as_floats(array), as_floats(exact), rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", sampled(SOFTMAX, every=3))
def test_the_type_of_the_inputs_is_the_type_of_the_results(name: str, dtype: Any) -> None:
    derivation = derived(name)
    given = {
        n: a.astype(dtype) if np.asarray(a).dtype.kind == "f" else a
        for n, a in arguments(derivation, (2,)).items()
    }
    found = flat(kernel(derivation, "numpy")(**given))
    exact = flat(kernel(derivation, "mpmath")(**given))
    rounding = float(np.finfo(dtype).eps)
    for array, wanted in zip(found, exact, strict=True):
        assert array.dtype == dtype
        assert_allclose(as_floats(array), as_floats(wanted), rtol=50 * rounding, atol=50 * rounding)


@pytest.mark.parametrize("name", sampled(NAMES))
def test_batches_broadcast_as_rows_do_alone(name: str) -> None:
    derivation, batch = derived(name), (2, 3)
    function = kernel(derivation, "numpy")
    given = arguments(derivation, batch, seed=1)
    for n, array in enumerate(given):
        if np.ndim(given[array]) >= 2:
            given[array] = given[array][[np.s_[:1], np.s_[:, :1], 0, np.s_[:]][n % 4]]
    shapes = [
        np.shape(a)[: np.ndim(a) - n]
        for a, n in zip(given.values(), ranks(derivation), strict=True)
    ]
    batch = np.broadcast_shapes(*shapes)
    together = flat(function(**given))
    for place, row in rows(given, derivation, batch):
        for found, alone in zip(together, flat(function(**row)), strict=True):
            assert found.shape == (*batch, *np.shape(alone))
            assert_allclose(found[place], alone, rtol=1e-12, atol=1e-14)


def ranks(derivation: Any) -> list[int]:
    from derive.kernels.reader import signature

    return [len(a.axes) for a in signature(derivation).arguments]


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
@pytest.mark.parametrize("name", derive.catalogue())
def test_an_empty_batch_has_empty_results(name: str, target: str) -> None:
    derivation = derived(name)
    given = arguments(derivation, (0, 2))
    found = flat(kernel(derivation, target)(**given))
    rows_of = flat(kernel(derivation, target)(**arguments(derivation)))
    for array, row in zip(found, rows_of, strict=True):
        assert array.shape == (0, 2, *np.shape(row))


def test_labels_of_zero_are_fine_beside_an_impossible_class() -> None:
    function = kernel(derived("softmax-cross-entropy"), "numpy")
    z, y = np.array([1e4, 0.0, -1e4]), np.array([1.0, 0.0, 0.0])
    with np.errstate(all="raise", under="ignore"):
        value, derivative = function(z=z, y=y)
    assert value == 0
    assert derivative.tolist() == [0, 0, 0]


def test_classes_are_one_hot_labels() -> None:
    z = np.random.default_rng(0).standard_normal((5, 4))
    classes = np.array([0, 3, 1, 1, 2])
    for name in ("softmax-cross-entropy", "cross-entropy one-hot"):
        for target in ("numpy", "mpmath"):
            function = kernel(derived(name), target)
            by_class = flat(function(z=z, y=classes))
            for found, wanted in zip(
                by_class, flat(function(z=z, y=np.eye(4)[classes])), strict=True
            ):
                assert np.array_equal(found, wanted)
    loss, gradient = kernel(derived("log of class"), "numpy")(z=z, t=classes)
    by_label = kernel(derived("softmax-cross-entropy"), "numpy")(z=z, y=classes)
    assert_allclose(loss, by_label[0], rtol=1e-12)
    assert_allclose(gradient, by_label[1], atol=1e-15)


def test_no_large_array_is_built_for_a_contraction() -> None:
    import tracemalloc

    function = kernel(derived("weights of a layer"), "numpy")
    C, D, N = 50, 40, 64
    draw = np.random.default_rng(0)
    z = {"W": draw.random((C, D)), "a": draw.random((N, D)), "b": draw.random(C)}
    tracemalloc.start()
    function(**z, y=draw.integers(0, C, N))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The result alone has N·C·D numbers; the contraction itself must not need another as large.
    assert peak < 1.5 * 8 * N * C * D


def test_results_are_never_inputs_in_disguise() -> None:
    from sympy import IndexedBase, Sum, symbols

    C = symbols("C", integer=True, positive=True)
    i, k = symbols("i k", integer=True)
    z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
    function = kernel(derive.gradient(Sum(y[i] * z[i], (i, 1, C)), z[k]), "numpy")
    labels = np.ones(3)
    _, derivative = function(z=np.ones(3), y=labels)
    assert not np.shares_memory(derivative, labels)


def test_sums_are_empty_where_their_bounds_are() -> None:
    function = kernel(derived("pairs"), "numpy")
    value, derivative = function(z=np.array([1.0]))
    assert value == 0
    assert derivative.tolist() == [0]


def as_floats(array: Any) -> Any:
    return np.asarray(array, dtype=float)


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    "loss",
    [
        "-logsumexp(log_softmax(a)[j] + log_softmax(z[j])[t], j)",
        "-log(sum(softmax(a)[j]*softmax(z[j])[t], j=1..K))",
        "r*sum(a[j], j=1..K)",
        "-log(h[t]*prod(1 - h[j], j=1..t - 1)) + sum(a[j]*z[j,t], j=1..K)",
    ],
)
def test_shares_that_round_to_zero_or_one_are_not_lost(loss: str) -> None:
    """In mixtures, in ratios with a name, in products of what is left of one."""
    where = {
        "r": ["r = exp(log_softmax(z[1])[t] - a[1])"],
        "h": ["h[i] = 1/(1 + exp(-z[1,i]))"],
    }
    named = where.get(loss[0], where["h"] if "h[" in loss else [])
    derivation = derive.gradient(loss, "z[m,k]", given=["k <= C", "m <= K"], where=named)
    given = {"a": np.array([0.5, 0.25]), "t": 1}
    given["z"] = np.array([[1100.0, 3.0, 0.0], [1101.0, 0.5, -1e3]])
    found = flat(kernel(derivation, "numpy")(**given))
    oracle = flat(kernel(derivation, "mpmath")(**given, dps=2000))
    for array, exact in zip(found, oracle, strict=True):
        assert_allclose(as_floats(array), as_floats(exact), rtol=1e-9, atol=1e-15)


@pytest.mark.needs("lark")
def test_each_of_several_sums_is_shifted_by_its_own_largest_exponent() -> None:
    """Circle loss with the scale of its paper, in single precision."""
    above = "Sum(exp(g*relu(v[j] + m)*(v[j] - m)), (j, 1, L))"
    below = "Sum(exp(-g*relu(1 + m - u[i])*(u[i] - 1 + m)), (i, 1, K))"
    derivation = derive.gradient(f"log(1 + {above}*{below})", ["v[k]", "u[q]"])
    given = {"g": 256.0, "m": 0.25, "v": np.array([0.8, 0.1, 0.3]), "u": np.array([0.2, 0.5])}
    small = {name: np.asarray(number, np.float32) for name, number in given.items()}
    oracle = flat(kernel(derivation, "mpmath")(**given))
    for array, exact in zip(flat(kernel(derivation, "numpy")(**small)), oracle, strict=True):
        assert_allclose(as_floats(array), as_floats(exact), rtol=1e-5, atol=1e-20)


MIXED = {
    "with a number": "-log(g*softmax(z)[t] + (1 - g)*u)",
    "of two sums": "-log(softmax(z)[t]*g + sum(softmax(z)[i]*w[i], i=1..C)*(1 - g))",
    "by a logistic": "-log(sigmoid(x)*softmax(z)[t] + (1 - sigmoid(x))*sum(w[i]*M[i], i=1..N))",
    "what is left of one": "log(1 - u*sigmoid(x))",
    "over an index": "-log(sum(softmax(z)[j]*sigmoid(x - z[j]), j=1..C))",
    "against the true class": "-log(sum(softmax(z)[j]*sigmoid(z[t] - z[j]), j=1..C))",
    "exponentials": "log(g*exp(x) + u*exp(v))",
}


@pytest.mark.needs("lark")
@pytest.mark.parametrize("name", sampled(MIXED, every=2))
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_mixture_is_as_large_as_its_terms_that_count(name: str, weight: float) -> None:
    """A share that rounds to zero is all that is left where the weight of the rest is zero."""
    loss = MIXED[name]
    letters = {"z[k]": "softmax(z)", "x": "(x"}
    variables = [v for v, letter in letters.items() if letter in loss]
    derivation = derive.gradient(loss, variables, given=["k <= C"] if "z[" in loss else [])
    values = {
        "z": np.array([0.0, 1000.0, 3.0]),
        "w": np.array([0.0, 0.0, 1.0])[1:] if "M" in loss else np.array([0.0, 0.0, 1.0]),
        "M": np.array([weight, 0.0]),
        "x": 800.0,
        "g": 0.5,
        "u": weight,
        "v": 3000.0 * (1 - weight),
        "t": 0,
    }
    given = {a.name: values[a.name] for a in signature(derivation).arguments if a.name in values}
    found = flat(kernel(derivation, "numpy")(**given))
    oracle = flat(kernel(derivation, "mpmath")(**given, dps=3000))
    for array, exact in zip(found, oracle, strict=True):
        assert_allclose(as_floats(array), as_floats(exact), rtol=1e-9, atol=1e-15)


@pytest.mark.slow
@pytest.mark.needs("lark")
def test_an_exponential_before_a_sum_is_shifted_with_what_divides_it() -> None:
    tie = "v*exp((s[i] + s[j])/2)"
    loss = f"-sum(sum((1 - delta(i,j))*q[i,j]*(s[i] - log(exp(s[i]) + exp(s[j]) + {tie})), j), i)"
    loss = loss.replace(", j)", ", j=1..C)").replace(", i)", ", i=1..C)")
    derivation = derive.hessian(loss, "s[k]", "s[m]", given=["v > 0"])
    given = {"s": np.array([1000.25, 999.5, 1001.0]), "v": 1.25, "q": np.arange(9.0).reshape(3, 3)}
    found = flat(kernel(derivation, "numpy")(**given))
    for array, exact in zip(found, flat(kernel(derivation, "mpmath")(**given)), strict=True):
        assert_allclose(as_floats(array), as_floats(exact), rtol=1e-9)
