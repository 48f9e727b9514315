"""The Hessian of a loss times a vector: its closed form, its kernel, what is no vector."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from judge import is_error
from losses import C, D, T, W, a, cross_entropy, j, k, l, m, one_hot, over, p, soft, t, v, z
from mutations import mutations
from sympy import Expr, IndexedBase, exp, log

import derive
from derive.errors import DeriveError
from derive.notation import Times
from derive.verify import check

SOFTMAX = ("cross-entropy", cross_entropy, (soft,)), ("log of class", -log(p(t)), ())


@pytest.mark.parametrize(("name", "loss", "given"), SOFTMAX)
def test_of_a_softmax_it_is_the_vector_less_its_mean(
    name: str, loss: Expr, given: tuple[Any, ...]
) -> None:
    d = derive.hessian_vector(loss, z[k], v[j], given=given)
    assert str(d.result) == r"(v[k] - Sum(\hat{y}[j]*v[j], (j, 1, C)))*\hat{y}[k]"
    assert d.check().level == "exact" and list(d.parts) == ["gradient"]


@pytest.mark.slow
def test_it_is_the_matrix_times_the_vector() -> None:
    product = derive.hessian_vector(cross_entropy, z[k], v[j], given=[soft]).kernel("numpy")
    matrix = derive.hessian(cross_entropy, z[k], z[m], given=[soft]).kernel("numpy")
    draw = np.random.default_rng(1)
    logits, labels, vector = draw.normal(size=(3, 4, 6))
    found, whole = (
        product(z=logits, y=labels, v=vector)[1],
        matrix(z=logits, y=labels)[1],
    )
    np.testing.assert_allclose(found, np.einsum("nij,nj->ni", whole, vector), atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_it_is_finite_for_any_logits_and_builds_no_matrix(dtype: type) -> None:
    f = derive.hessian_vector(cross_entropy, z[k], v[j], given=[soft]).kernel("numpy")
    logits = np.array([[1000, -1000, 999, 0], [-1000, -1000, -1000, -1000]], dtype)
    value, product = f(z=logits, y=np.array([0, 1]), v=np.ones((2, 4), dtype))
    assert np.isfinite(value).all() and np.abs(product).max() < 1e-6
    assert value.dtype == product.dtype == dtype
    # A matrix of this many classes would have 10^10 entries.
    many = np.zeros(100_000, dtype)
    assert f(z=many, y=0, v=many)[1].shape == (100_000,)


@pytest.mark.slow
@pytest.mark.needs("lark")
def test_of_a_partial_likelihood_it_is_a_covariance_with_the_vector() -> None:
    """Cox's regression: ``E[x (x.v)] - E[x] E[x.v]`` of those at risk; of the last one it is 0."""
    risk = "sum(b[l]*x[j,l], l=1..P)"
    loss = f"-sum(d[n]*({risk.replace('j', 'n')} - log(sum(exp({risk}), j=n..N))), n=1..N)"
    found = derive.hessian_vector(loss, "b[k]", "v[m]")
    along = "Sum(v[m]*x[j, m], (m, 1, P))"
    assert str(found.result) == (
        rf"Sum(d[n]*Sum((-Sum(\hat{{y}}[n, j]*{along}, (j, n, N)) + {along.replace('j', 'i')})"
        r"*\hat{y}[n, i]*x[i, k], (i, n, N)), (n, 1, N))"
    )
    report = found.check()
    assert report.level == "exact" and all(row.sampled for row in report.rows)


@pytest.mark.slow
def test_planted_errors_are_caught() -> None:
    d = derive.hessian_vector(log(over(exp(z[j]), j)), z[k], v[j])
    kinds = ("sign", "factor", "index swap")
    planted = [m for m in mutations(d, 1, seed=3) if m.derivation.name == d.name]
    wrong = [m for m in planted if m.kind in kinds and is_error(m, d)]
    assert len(wrong) > 10
    for one in wrong:
        steps = (*d.steps[: one.number - 1], one.step, *d.steps[one.number :])
        found = check(replace(d, steps=steps)).failures
        assert any(f.step == one.number for f in found), one


def test_the_index_of_the_vector_is_its_own() -> None:
    """``v[k]`` and ``v[t]`` are the vector ``v`` as well as ``v[j]``."""
    loss = -log(p(t))
    results = [derive.hessian_vector(loss, z[k], v[at]).closed_form for at in (j, k, t)]
    assert results[0] == results[1] == results[2]


@pytest.mark.slow
def test_a_matrix_has_a_direction_of_its_shape() -> None:
    V = IndexedBase("V", shape=(C, D))
    loss = over(over(W[j, l] * a[l], l, D) ** 2, j)
    d = derive.hessian_vector(loss, W[k, m], V[j, l])
    assert str(d.result) == "2*a[m]*Sum(V[k, l]*a[l], (l, 1, D))" and d.check().ok


def test_documents_call_it_by_its_name() -> None:
    d = derive.hessian_vector(-log(p(t)), z[k], v[j])
    said = {
        "en": ("The Hessian of a loss times a vector", "the vector that the Hessian is multiplied"),
        "es": ("por un vector", "el vector por el que se multiplica"),
        "pt": ("vezes um vetor", "o vetor pelo qual se multiplica"),
    }
    for lang, words in said.items():
        text = d.latex(lang=lang)
        assert all(word in text for word in words)
        assert (
            r"\sum_{j=1}^{C} \frac{\partial^{2} L}{\partial z_{j} \, \partial z_{k}} v_{j}" in text
        )


@pytest.mark.parametrize(
    ("variable", "vector", "said"),
    [
        (z[k], T, "T is no vector"),
        (z[k], IndexedBase("v")[j], "v has no shape"),
        (z[k], IndexedBase("v", shape=(D,))[j], "has the shape .* multiplied by an array of the"),
        (z[k], v[1], "have to be names"),
        (T, v[j], "the Hessian by the number T is a number"),
    ],
)
def test_what_is_no_vector_is_told(variable: Expr, vector: Any, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        derive.hessian_vector(T * cross_entropy, variable, vector, given=[one_hot])


@pytest.mark.needs("lark")
def test_the_vector_is_told_by_text() -> None:
    d = derive.hessian_vector("logsumexp(z)", "z[k]", "v[j]")
    assert str(d.result) == r"(v[k] - Sum(\hat{y}[j]*v[j], (j, 1, C)))*\hat{y}[k]"
    with pytest.raises(DeriveError, match="is no vector"):
        derive.hessian_vector("logsumexp(z)", "z[k]", "w")


SCORE = "sum(W[j,l]*x[n,l], l=1..D)"


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("loss", "given"),
    [
        (f"sum(logsumexp({SCORE}, j), n=1..N)/N", []),
        (f"-sum(log(softmax({SCORE}, j)[t[n]]), n=1..N)/N", []),
        (
            f"sum(p[n,i]*log(p[n,i]/softmax({SCORE}, j)[i]), n=1..N, i=1..C)/N",
            ["sum(p[n,i], i=1..C) = 1", "p[n,i] > 0"],
        ),
    ],
)
def test_over_a_batch_the_vector_is_summed_over_first(loss: str, given: list[str]) -> None:
    d = derive.hessian_vector(loss, "W[k,m]", "v[j,l]", given=given)
    mean = r"Sum(\hat{y}[n, j]*Sum(v[j, l]*x[n, l], (l, 1, D)), (j, 1, C))"
    inner = rf"(-{mean} + Sum(v[k, l]*x[n, l], (l, 1, D)))*\hat{{y}}[n, k]*x[n, m]"
    assert str(d.result) == f"Sum({inner}, (n, 1, N))/N"


@pytest.mark.slow
@pytest.mark.needs("lark")
def test_over_a_batch_the_kernel_builds_no_hessian() -> None:
    loss = f"sum(logsumexp({SCORE}, j), n=1..N)/N"
    f = derive.hessian_vector(loss, "W[k,m]", "v[j,l]").kernel("numpy")
    draw = np.random.default_rng(1)
    weights, vector, points = draw.normal(size=(3, 40, 40))
    tracemalloc.start()
    found = f(W=weights, v=vector, x=points)[1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    shares = np.exp(points @ weights.T)
    shares /= shares.sum(axis=1, keepdims=True)
    along = points @ vector.T
    along -= (shares * along).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, (shares * along).T @ points / 40, atol=1e-13)
    assert peak < 8 * 40**3


@pytest.mark.slow
@pytest.mark.needs("lark")
def test_over_a_batch_a_planted_factor_is_caught() -> None:
    d = derive.hessian_vector(f"sum(logsumexp({SCORE}, j), n=1..N)/N", "W[k,m]", "v[j,l]")
    number = next(n for n, s in enumerate(d.steps) if s.rule == "differentiate_total")
    step = d.steps[number]
    wrong = replace(step, after=Times(2, step.after))
    planted = replace(d, steps=(*d.steps[:number], wrong, *d.steps[number + 1 :]))
    assert any(f.check == "exact" and f.step == number + 1 for f in check(planted).failures)


@pytest.mark.parametrize("scores", [[40.0, 0.0, -1.0], [0.0, 700.0, 650.0], [1.0, 1.0, 0.5]])
def test_no_digits_cancel_where_one_share_is_nearly_all(scores: list[float]) -> None:
    d = derive.hessian_vector(log(over(exp(z[j]), j)), z[k], v[j])
    vector = [1.3, 2.2, -0.7]
    (_, exact) = d.kernel("mpmath")(z=scores, v=vector, dps=400)
    (_, found) = d.kernel("numpy")(z=np.array(scores), v=np.array(vector))
    np.testing.assert_allclose(found, np.array(exact, float), rtol=1e-13)
    curvature = float(np.dot(vector, exact))
    np.testing.assert_allclose(found @ vector, curvature, rtol=1e-13)


# The names of what the weights, or the vector, make of the points; the result.
NAMES = {
    "over classes": (
        "-sum(log(p[n,t[n]]), n=1..N)/N + lam/2*sum(W[i,l]^2, i=1..C, l=1..D)",
        ("W[k,m]", "V[j,r]"),
        [
            "p[n,i] = softmax(sum(W[c,l]*x[n,l], l=1..D), c)[i]",
            "u[n,i] = sum(V[i,l]*x[n,l], l=1..D)",
        ],
        "lam*V[k, m] + Sum((u[n, k] - Sum(p[n, j]*u[n, j], (j, 1, C)))*p[n, k]*x[n, m],"
        " (n, 1, N))/N",
    ),
    "over two classes": (
        "sum(log(1 + exp(-y[n]*s[n])), n=1..N)",
        ("w[k]", "v[j]"),
        ["s[n] = sum(x[n,l]*w[l], l=1..D)", "u[n] = sum(x[n,l]*v[l], l=1..D)"],
        "Sum((1 - \\sigma[n])*\\sigma[n]*u[n]*x[n, k]*y[n]**2, (n, 1, N))",
    ),
    "over times at risk": (
        "-sum(d[i]*(eta[i] - log(sum(exp(eta[j]), j=i..N))), i=1..N)",
        ("b[m]", "v[r]"),
        ["eta[i] = sum(x[i,l]*b[l], l=1..D)", "u[i] = sum(x[i,l]*v[l], l=1..D)"],
        "Sum(d[i]*Sum((u[n] - Sum(\\hat{y}[i, j]*u[j], (j, i, N)))*\\hat{y}[i, n]*x[n, m],"
        " (n, i, N)), (i, 1, N))",
    ),
}


@pytest.mark.slow
@pytest.mark.needs("lark")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_for_the_product_with_the_vector_is_used(name: str) -> None:
    loss, by, where, result = NAMES[name]
    found = derive.hessian_vector(loss, *by, where=where)
    assert str(found.result) == result and found.check().level == "exact"
