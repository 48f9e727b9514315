"""A margin in the exponent of the true class: the losses of CosFace, as their papers write them."""

from __future__ import annotations

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]


def apart(true: str, others: str) -> str:
    """The loss with the true class beside the sum of all others."""
    return f"-log(exp({true})/(exp({true}) + sum(exp({others}), j=1..C, j != t)))"


def cosine(a: str) -> str:
    norms = f"sqrt(sum(W[{a},l]^2, l=1..D))*sqrt(sum(x[n,l]^2, l=1..D))"
    return f"(sum(W[{a},l]*x[n,l], l=1..D)/({norms}))"


COSFACE = f"""-sum(log(exp(s*({cosine("t[n]")} - b))/(exp(s*({cosine("t[n]")} - b))
    + sum(exp(s*{cosine("j")}), j=1..C, j != t[n]))), n=1..N)/N"""
GRADIENT = "-KroneckerDelta(k, t) + \\hat{y}[k]"


@pytest.mark.parametrize(
    ("loss", "by", "by_hand"),
    [
        (apart("z[t] - b", "z[j]"), "z[k]", GRADIENT),
        (apart("s*(z[t] - b)", "s*z[j]"), "z[k]", f"s*({GRADIENT})"),
        (apart("s*z[t] - s*b", "s*z[j]"), "z[k]", f"s*({GRADIENT})"),
        (apart("-s*(d[t] + b)", "-s*d[j]"), "d[k]", "s*(KroneckerDelta(k, t) - \\hat{y}[k])"),
        (apart("(z[t] - b)/T", "z[j]/T"), "z[k]", f"({GRADIENT})/T"),
        (apart("(z[t] + c[t] - b)/T", "(z[j] + c[j])/T"), "z[k]", f"({GRADIENT})/T"),
        (apart("s*(z[t] - b)", "s*z[j]"), "b", "s*(1 - \\hat{y}[t])"),
        (
            "-log(exp((z[t] - b)/T)/sum(exp((z[j] - b*delta(j,t))/T), j=1..C))",
            "z[k]",
            f"({GRADIENT})/T",
        ),
    ],
)
def test_a_margin_of_the_true_class_leaves_a_softmax(loss: str, by: str, by_hand: str) -> None:
    found = derive.gradient(loss, by)
    assert str(found.result) == by_hand
    assert found.check().level == "exact"


@pytest.mark.parametrize("true", ["u", "2*z[t] - b", "s*(z[t] - b)"])
def test_what_is_no_exponent_with_a_margin_is_no_softmax(true: str) -> None:
    """The parts have names of their own, which do not sum to one."""
    found = derive.gradient(apart(true, "z[j]"), "z[k]").definitions
    assert not any(definition.softmax for definition in found)


def test_a_kernel_with_a_margin_does_not_overflow() -> None:
    kernel = derive.gradient(apart("s*(z[t] - b)", "s*z[j]"), "z[k]").kernel("numpy")
    _, slopes = kernel(z=np.array([1000.0, -1000.0, 999.0]), t=0, s=64.0, b=1.0)
    assert np.allclose(slopes, [-32.0, 0.0, 32.0])


def test_cosface_is_differentiated_as_by_hand() -> None:
    assert str(derive.gradient(COSFACE, "W[k,m]").result) == (
        "s*Sum((-W[k, m]*Sum(W[k, l]*x[n, l], (l, 1, D))/Sum(W[k, l]**2, (l, 1, D)) + x[n, m])"
        "*(-KroneckerDelta(k, t[n]) + \\hat{y}[n, k])/sqrt(Sum(x[n, l]**2, (l, 1, D))), (n, 1, N))"
        "/(N*sqrt(Sum(W[k, l]**2, (l, 1, D))))"
    )


@pytest.mark.needs("coqc")
def test_coq_accepts_a_margin() -> None:
    assert derive.gradient(COSFACE, "W[k,m]").check(formal=True).level == "proved"
