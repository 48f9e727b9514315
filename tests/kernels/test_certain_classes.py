"""Kernels keep the digits of what is left of one where the class of a label is nearly certain."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

DIGITS = 500

Slope = tuple[Any, Any]
"""A loss, and its derivative by the logarithm of ``p``, the share of the label."""

LOSSES: dict[str, tuple[str, dict[str, float], Callable[[Any, Any, Any], Slope]]] = {
    "cross-entropy": ("-log(P)", {}, lambda p, rest, log: (-log, -1)),
    "by the sum": ("logsumexp(Z) - Z[T]", {}, lambda p, rest, log: (-log, -1)),
    "generalised": (
        "(1 - P^q)/q",
        {"q": 0.75},
        lambda p, rest, log: (-mpmath.expm1(0.75 * log) / 0.75, -(p**0.75)),
    ),
    "by a number": (
        "(1 - P^(3/4))/(3/4)",
        {},
        lambda p, rest, log: (-mpmath.expm1(0.75 * log) / 0.75, -(p**0.75)),
    ),
    "focal": (
        "-(1 - P)^g*log(P)",
        {"g": 0.5},
        lambda p, rest, log: (
            -mpmath.sqrt(rest) * log,
            0.5 * p * log / mpmath.sqrt(rest) - mpmath.sqrt(rest),
        ),
    ),
    "focal, squared": (
        "-(1 - P)^2*log(P)",
        {},
        lambda p, rest, log: (-(rest**2) * log, 2 * p * rest * log - rest**2),
    ),
    "mean absolute error": ("2*(1 - P)", {}, lambda p, rest, log: (2 * rest, -2 * p)),
}
FACTS = {"q": ["q > 0"], "g": ["g > 0"]}

OTHERS = [0.0, 1.25, -2.0, 0.5]
GAPS = [0.0, 1.0, 30.0, 100.0, 700.0, 1000.0]


@cache
def kernel_of(name: str, batch: bool) -> Any:
    loss, inputs, _ = LOSSES[name]
    if batch:
        row = loss.replace("Z[T]", "Z[n,t[n]]").replace("logsumexp(Z)", "logsumexp(Z[n])")
        row = row.replace("P", "softmax(Z[n])[t[n]]")
        loss, variable = f"Sum({row}, (n, 1, N))/N", "Z[m,k]"
    else:
        loss = loss.replace("P", "softmax(z)[t]").replace("Z", "z").replace("T", "t")
        variable = "z[k]"
    given = [fact for number in inputs for fact in FACTS[number]]
    return derive.gradient(loss, variable, given=given).kernel("numpy")


def true(name: str, scores: list[float], label: int) -> list[float]:
    """The value and the gradient; what is too little for a normal number is 0."""
    with mpmath.workdps(DIGITS):
        raised = [mpmath.exp(mpmath.mpf(score)) for score in scores]
        whole = mpmath.fsum(raised)
        others = mpmath.fsum(e for n, e in enumerate(raised) if n != label)
        share, rest = raised[label] / whole, others / whole
        loss, slope = LOSSES[name][2](share, rest, -mpmath.log1p(others / raised[label]))
        by_score = (rest if n == label else -e / whole for n, e in enumerate(raised))
        found = [loss, *(slope * part for part in by_score)]
        return [float(x) if abs(x) > 1e-307 else 0.0 for x in found]


@pytest.mark.parametrize("name", LOSSES)
def test_a_label_that_is_nearly_certain(name: str) -> None:
    kernel, inputs = kernel_of(name, batch=False), LOSSES[name][1]
    for gap in GAPS:
        scores = [*OTHERS, max(OTHERS) + gap]
        value, slopes = kernel(z=np.array(scores), t=4, **inputs)
        assert np.isfinite(value) and np.isfinite(slopes).all()
        np.testing.assert_allclose([value, *slopes], true(name, scores, 4), 1e-13, atol=1e-307)


@pytest.mark.parametrize("name", LOSSES)
def test_labels_of_a_batch(name: str) -> None:
    """Each label certain to another degree, and one that is all but ruled out."""
    kernel, inputs = kernel_of(name, batch=True), LOSSES[name][1]
    rows = [[*OTHERS, max(OTHERS) + gap] for gap in (*GAPS, 300.0)]
    labels = [4] * len(GAPS) + [0]
    value, slopes = kernel(Z=np.array(rows), t=np.array(labels), **inputs)
    expected = [true(name, row, label) for row, label in zip(rows, labels, strict=True)]
    mean = sum(row[0] for row in expected) / len(rows)
    np.testing.assert_allclose(value, mean, rtol=1e-13)
    by_row = np.array([row[1:] for row in expected]) / len(rows)
    np.testing.assert_allclose(slopes, by_row, rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("scores", [[1000.0, -1000.0], [-1000.0, 1000.0], [1000.0] * 2, [-1000.0]])
def test_nothing_is_infinite(name: str, scores: list[float]) -> None:
    value, slopes = kernel_of(name, batch=False)(z=np.array(scores), t=0, **LOSSES[name][1])
    if name == "focal" and len(scores) == 1:
        return  # the loss has no derivative where there is but one class
    assert np.isfinite(value) and np.isfinite(slopes).all()


def test_scores_and_labels_broadcast() -> None:
    """One row of scores with several labels, and one label for several rows."""
    kernel = kernel_of("cross-entropy", batch=False)
    rows, labels = np.array([[40.0, 0.0, 1.0], [0.0, 2.0, 80.0]]), np.array([0, 1, 2])
    for z, t in ((rows[0], labels), (rows, 2), (rows[:, None], labels)):
        value, slopes = kernel(z=z, t=t)
        shape = np.broadcast_shapes(z.shape[:-1], np.shape(t))
        for at in np.ndindex(shape):
            row = np.broadcast_to(z, (*shape, 3))[at].tolist()
            expected = true("cross-entropy", row, int(np.broadcast_to(t, shape)[at]))
            np.testing.assert_allclose([value[at], *slopes[at]], expected, rtol=1e-13)


def test_single_precision_stays() -> None:
    kernel = kernel_of("cross-entropy", batch=False)
    value, slopes = kernel(z=np.array([40.0, 0.0], np.float32), t=0)
    assert value.dtype == slopes.dtype == np.float32
    np.testing.assert_allclose([value, *slopes], np.exp(-40.0) * np.array([1, -1, 1]), rtol=1e-5)


def test_a_kernel_sums_the_others_once() -> None:
    """One sum over a row, and the entry of the label replaced: no mask, no second exponential."""
    source = kernel_of("cross-entropy", batch=False).source
    assert source.count("np.exp(") == 1 and source.count("np.sum(") == 2
    assert "np.where" not in source and "_replaced(y_hat, t, -total / total_2)" in source


@pytest.mark.parametrize("loss", ["softmax(z)[i]", "log(softmax(z)[i])"])
def test_what_runs_with_the_results_is_no_label(loss: str) -> None:
    """A Jacobian would take a sum for each of its entries."""
    source = derive.jacobian(loss, "z[k]").kernel("numpy").source
    assert "_replaced" not in source and "np.where" not in source


def test_several_labels_of_a_sample_are_none() -> None:
    loss = "-Sum(log(softmax(Z[n])[c[n,j]]), (j, 1, J), (n, 1, N))"
    assert "_replaced" not in derive.gradient(loss, "Z[m,k]").kernel("numpy").source


@pytest.mark.parametrize("certain", [3.0, 30.0, 38.0, 60.0])
@pytest.mark.parametrize(
    ("loss", "more"),
    [
        ("-log(softmax(z)[t]) + sum(b[i]*z[i], i=1..C)", {"b": [3e-27, 0.0, 2e-28, 1e-26, 1e-27]}),
        ("-log(softmax(z)[t]) - log(1 - max(softmax(z)[i], i=1..C, i != t))", {}),
        ("-log(softmax(z)[t]) + c*sum(log(softmax(z)[i]), i=1..C)", {"c": 1e-25}),
    ],
)
def test_the_label_beside_other_terms(loss: str, more: dict[str, Any], certain: float) -> None:
    """``p_t - 1`` is the largest entry of the gradient still, and was rounded away with a third."""
    derivation = derive.gradient(loss, "z[k]")
    z = [0.0, 1.0, certain, 2.0, -40.0]
    exact = np.array(derivation.kernel("mpmath")(z=z, t=2, **more, dps=120)[1], float)
    arrays = {name: np.array(number) for name, number in more.items()}
    found = derivation.kernel("numpy")(z=np.array(z), t=2, **arrays)[1]
    np.testing.assert_allclose(found, exact, rtol=1e-14)
