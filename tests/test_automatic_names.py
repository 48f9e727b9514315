"""Names that Derive gives keep clear of every letter that the user has written anywhere."""

from __future__ import annotations

import pytest
from sympy import Eq, IndexedBase, KroneckerDelta, Sum, exp, log, symbols

import derive

C = symbols("C", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True)
z, y, w = (IndexedBase(name, shape=(C,)) for name in ("z", "y_hat", "w"))
ENTROPY = -Sum(y[i] * log(exp(z[i]) / Sum(exp(z[j]), (j, 1, C))), (i, 1, C))
PAIRS = "sum(sum((1-S[i,j])/2*o[i,j] + log(1+exp(-o[i,j])), j=1..C), i=1..C)"
BY_TEXT = pytest.mark.needs("lark")


@pytest.mark.parametrize(
    ("loss", "variable", "where", "name"),
    [
        pytest.param(PAIRS, "s[k]", ["o[i,j] = sigma*(s[i]-s[j])"], "\\varsigma", marks=BY_TEXT),
        pytest.param(PAIRS, "s[k]", ["o[i,j] = a*(s[i]-s[j])"], "\\sigma", marks=BY_TEXT),
        pytest.param(
            "sum(log(1 + exp(-v[i])), i=1..C)",
            "z[k]",
            ["v[i] = sigma[i]*z[i]"],
            "\\varsigma",
            marks=BY_TEXT,
        ),
        pytest.param(
            "-sum(u[i]*log(softmax(z)[i]), i=1..C)",
            "z[k]",
            ["u[i] = y_hat[i]^2"],
            "\\hat{q}",
            marks=BY_TEXT,
        ),
        pytest.param(
            "-p*sum(y[i]*log(softmax(z)[i]), i=1..C)",
            "z[k]",
            ["p = y_hat^2"],
            "\\hat{q}",
            marks=BY_TEXT,
        ),
        (ENTROPY, z[k], [], "\\hat{q}"),
        (ENTROPY.subs(y, w), z[k], [Eq(w[i], y[i] ** 2)], "\\hat{q}"),
        (ENTROPY.subs(y, w), z[k], [], "\\hat{y}"),
    ],
)
def test_a_letter_within_a_definition_is_taken(
    loss: object, variable: object, where: list[object], name: str
) -> None:
    d = derive.gradient(loss, variable, where=where)
    assert str(d.definitions[-1].base) == name
    assert d.check().level == "exact"
    d.kernel("numpy")


@pytest.mark.parametrize(
    "fact",
    [
        Eq(Sum(w[i], (i, 1, C)), symbols("y_hat", real=True)),
        Eq(w[i], KroneckerDelta(i, symbols("y_hat", integer=True))),
    ],
)
def test_a_letter_within_a_fact_is_taken(fact: object) -> None:
    """A total or a label that a fact alone speaks of comes into the result, beside the softmax."""
    d = derive.gradient(ENTROPY.subs(y, w), z[k], given=[fact])
    assert str(d.definitions[-1].base) == "\\hat{q}"
    assert d.check().level == "exact"
    d.kernel("numpy")


def test_a_definition_says_what_its_name_stands_for() -> None:
    (named,) = derive.gradient(ENTROPY.subs(y, w), z[k]).definitions
    assert str(named) == "\\hat{y}[i] = exp(z[i])/Sum(exp(z[j]), (j, 1, C))"
