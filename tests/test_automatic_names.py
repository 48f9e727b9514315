"""Names that Derive gives: clear of the user's letters, and of no more than they need."""

from __future__ import annotations

import numpy as np
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


CONTRAST = "1/N*sum(log(1 + sum(exp({}), j=1..N, j != i)), i=1..N)"


@pytest.mark.slow
@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("exponent", "by", "share"),
    [
        ("h[i,j] - h[i,i]", ["h[k,m]"], "exp(h[i, n])/Sum(exp(h[i, j]), (j, 1, N))"),
        ("(h[i,j] - h[i,i])/T", ["h[k,m]"], "exp(h[i, n]/T)/Sum(exp(h[i, j]/T), (j, 1, N))"),
        (
            "sum(f[i,l]*g[j,l], l=1..D) - sum(f[i,l]*g[i,l], l=1..D)",
            ["f[k,m]", "g[k,m]"],
            "exp(Sum(f[i, l]*g[n, l], (l, 1, D)))"
            "/Sum(exp(Sum(f[i, l]*g[j, l], (l, 1, D))), (j, 1, N))",
        ),
    ],
)
def test_a_share_is_named_without_what_all_exponents_have(
    exponent: str, by: list[str], share: str
) -> None:
    d = derive.gradient(CONTRAST.format(exponent), by)
    assert str(d.definitions[0].value) == share
    assert "exp" not in str(d.result)
    assert d.check().level == "exact"


@pytest.mark.needs("lark")
def test_the_kernel_of_such_a_share_stays_finite() -> None:
    kernel = derive.gradient(CONTRAST.format("h[i,j] - h[i,i]"), ["h[k,m]"]).kernel("numpy")
    _, slopes = kernel(h=np.array([[1000.0, -1000.0], [1000.0, -1000.0]]))
    assert np.allclose(slopes, [[0, 0], [0.5, -0.5]])


@pytest.mark.needs("lark")
def test_a_share_that_the_user_has_named_with_them_keeps_its_name() -> None:
    """One name for both, and no second one beside it."""
    q = "q[i] = exp(z[i]-m)/sum(exp(z[j]-m), j=1..C)"
    d = derive.gradient("log(sum(exp(z[j]-m), j=1..C)) - log(q[t])", "z[k]", where=[q])
    assert str(d.result) == "-KroneckerDelta(k, t) + 2*q[k]"


FIELD = "2*x[n,i]*(h[i] + sum(J[i,j]*x[n,j], j=1..P))"


@pytest.mark.needs("lark")
@pytest.mark.parametrize(("below", "above"), [("-", ""), ("", "-")])
def test_a_sum_in_an_exponent_is_written_once(below: str, above: str) -> None:
    """Besag 1975, the pseudolikelihood: ``1/(1 + e^u)``, with no long ``u`` above the bar."""
    loss = f"sum(sum(log(1 + exp({below}{FIELD})), i=1..P), n=1..N)"
    d = derive.gradient(loss, "h[k]")
    (name,) = (str(d.value) for d in d.definitions)
    assert name.count("exp") == 1 and name.count(f"exp({above}2*") == 1
    assert str(d.result) == f"{below}2*Sum(\\sigma[n, k]*x[n, k], (n, 1, N))"
    assert d.check().level == "exact"
    couplings = np.array([[0.0, 0.2], [0.2, 0.0]])
    given = {"x": np.array([[1.0, -1.0], [1.0, 1.0]]), "h": np.array([1000.0, -1000.0])}
    slopes = d.kernel("numpy")(J=couplings, **given)[1]
    assert np.allclose(slopes, [0, -2] if below else [4, -2])


@pytest.mark.parametrize(
    ("loss", "variable", "given"),
    [
        ("sum(logsumexp(S[i]) - S[i,i], i=1..n)", "S[k,m]", []),
        ("-1/m*sum(log(softmax(S[i])[i]), i=1..m)", "S[k,l]", []),
        ("sum(log(sum(exp(s[j]), j=i..m)) - s[i], i=1..m)", "s[k]", []),
        ("sum(log(sum(exp(s[j]/m), j=i..N)) - s[i], i=1..N)", "s[k]", ["m > 0"]),
        ("sum(logsumexp(S[i]/n) - S[i,i], i=1..N)", "S[k,m]", ["n > 0"]),
        ("sum(log(sum(exp(s[j]*m[j]), j=i..N)) - s[i], i=1..N)", "s[k]", []),
    ],
)
def test_an_index_is_called_as_nothing_else(loss: str, variable: str, given: list[str]) -> None:
    """A size, a parameter or an array of the loss may have the letter that comes next."""
    found = derive.gradient(loss, variable, given=given)
    problem = found.problem
    taken = {s.name for s in (*problem.sizes, *problem.parameters, *problem.arrays)}
    assert found.definitions
    for definition in found.definitions:
        assert not {index.name for index in definition.indices} & taken
