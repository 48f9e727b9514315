"""A name for one entry of a softmax makes no result worse than the loss without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")

MARGIN = "p = exp(z[t]-mu)/(exp(z[t]-mu) + sum(exp(z[j]), j=1..C, j != t))"
APART = "sum(y[i]*exp(z[i])/(exp(z[i]) + sum(exp(z[j]), j=1..C, j != i)), i=1..C)"
OTHERS = "s{0} = exp(z[{1}])/sum(exp(z[j]), j=1..C, j != {1})"

# The loss, what stands under where=, and the result by k.
NAMED: dict[str, tuple[str, str, str]] = {
    "a margin": ("-log(p)", MARGIN, "-KroneckerDelta(k, t) + \\hat{y}[k]"),
    "the true class": ("-log(p)", "p = softmax(z)[t]", "-KroneckerDelta(k, t) + \\hat{y}[k]"),
    "over a number": (
        "log(1 + q)",
        "q = softmax(z)[t]/c",
        "q*(KroneckerDelta(k, t) - \\hat{y}[k])/(q + 1)",
    ),
    "a logistic function beside a sum of them": (
        "s + sum(sigmoid(z[i]), i=1..C)",
        "s = sigmoid(z[t])",
        "s*(1 - s)*KroneckerDelta(k, t) + (1 - \\sigma[k])*\\sigma[k]",
    ),
    "a mean": (
        "m^2",
        "m = sum(w[i]*exp(z[i]), i=1..C)/sum(exp(z[j]), j=1..C)",
        "2*m*(w[k] - Sum(\\hat{y}[i]*w[i], (i, 1, C)))*\\hat{y}[k]",
    ),
    "terms apart": (
        "s^2",
        f"s = {APART}",
        "2*s*(y[k] - Sum(\\hat{y}[i]*y[i], (i, 1, C)))*\\hat{y}[k]",
    ),
    "odds of one": ("log(s)", OTHERS.format("", "t"), "KroneckerDelta(k, t) - \\hat{y}[k]"),
    "odds of each": (
        "log(s[t])",
        OTHERS.format("[i]", "i"),
        "KroneckerDelta(k, t) - \\hat{y}[t, k]",
    ),
}


def checked(*asked: Any, **told: Any) -> str:
    """The result, once the check has passed."""
    d = derive.gradient(*asked, **told)
    report = d.check()
    assert report.ok, report.failures
    return str(d.result)


@pytest.mark.parametrize("name", NAMED)
def test_what_stands_in_a_definition_is_found(name: str) -> None:
    loss, definition, result = NAMED[name]
    assert checked(loss, "z[k]", where=[definition]) == result


def test_a_ratio_of_policies_keeps_its_name() -> None:
    """Schulman et al. 2017, equation 7: the ratio is a share over a number, each of its step."""
    loss = "-sum(min(r[t]*A[t], clip(r[t], 1 - eps, 1 + eps)*A[t]), t=1..T)/T"
    result = checked(
        loss,
        "z[n,k]",
        where=["r[t] = softmax(z[t])[a[t]]/o[t]"],
        given=["eps > 0", "o[t] > 0"],
    )
    assert result.startswith("(-KroneckerDelta(k, a[n]) + \\hat{y}[n, k])*Piecewise(")
    assert result.endswith("*A[n]*r[n]/T")


@pytest.mark.parametrize(
    ("loss", "where", "label"),
    [
        ("-log(p)", [MARGIN], {"mu": 0.3}),
        (
            "s - log(q)",
            ["q = sigmoid(z[t])/c", "s = sum(sigmoid(z[i]), i=1..C)"],
            {"c": 2.0},
        ),
    ],
)
def test_the_letter_of_a_label_may_be_the_index_of_a_name(
    loss: str, where: list[str], label: dict[str, float]
) -> None:
    """In code, too, the ``t`` of a name stands for every class, that of the loss for the label."""
    kernel = derive.gradient(loss, "z[k]", where=where).kernel("numpy")
    logits, step = np.array([0.4, -1.1, 0.7]), 1e-6
    _, slope = kernel(z=logits, t=2, **label)
    for k, unit in enumerate(np.eye(3)):
        above, below = (kernel(z=logits + s * unit, t=2, **label)[0] for s in (step, -step))
        assert np.isclose(slope[k], (above - below) / (2 * step))


@pytest.mark.parametrize("where", [["p = softmax(z)[t]"], ["p = q[t]", "q[i] = softmax(z)[i]"]])
def test_a_label_within_a_definition_keeps_its_digits(where: list[str]) -> None:
    kernel = derive.gradient("-log(p)", "z[k]", where=where).kernel("numpy")
    value, slope = kernel(z=np.array([0.0, 50.0, -3.0]), t=1)
    rest = np.exp(-50.0) + np.exp(-53.0)
    assert np.allclose([value, slope[1]], [rest, -rest], rtol=1e-12, atol=0)
