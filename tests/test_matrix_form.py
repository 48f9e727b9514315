"""Results of the automatic strategy in vectors and matrices, where a person would write them so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import losses as zoo
import numpy as np
import pytest
from judge import is_error
from losses import LOSSES, C, D, N, Y, b, i, j, k, l, m, n, r, soft, t, y, z
from mutations import Mutation
from sympy import (
    DiagMatrix,
    Eq,
    Expr,
    IndexedBase,
    MatrixSymbol,
    Ne,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
)

import derive
from derive.api import Derivation
from derive.arrays import (
    Diagonal,
    Entry,
    Identity,
    Ones,
    Product,
    Transposed,
    Whole,
    is_array,
    shape,
)
from derive.gathering import Layout, extent, gathered
from derive.notation import Minus, Plus, Quotient, Times
from derive.verify import Checker, check

K = Symbol("K", integer=True, positive=True)
lam = symbols("lambda", positive=True)
u = Symbol("u", integer=True)
A, B = IndexedBase("A", shape=(N, K)), IndexedBase("B", shape=(K, D))
U, V = IndexedBase("U", shape=(C, K)), IndexedBase("V", shape=(K, D))
X, W = IndexedBase("X", shape=(N, D)), IndexedBase("W", shape=(D, C))
w, a, v, e, P = (
    IndexedBase(name, shape=axes)
    for name, axes in (("w", (D,)), ("a", (D,)), ("v", (N,)), ("e", (N,)), ("P", (N, C)))
)
p = IndexedBase("p", shape=(N,))


def over(term: Expr, index: Expr, size: Expr) -> Expr:
    return Sum(term, (index, 1, size))


def score(sample: Expr, at: Expr) -> Expr:
    return over(X[sample, l] * W[l, at], l, D) + b[at]


def linear(sample: Expr) -> Expr:
    return over(X[sample, l] * w[l], l, D)


softmax = exp(score(n, i)) / over(exp(score(n, j)), j, C)
regression = -Sum(Y[n, i] * log(softmax), (i, 1, C), (n, 1, N)) / N
logistic = over(log(1 + exp(linear(n))) - e[n] * linear(n), n, N)
ridge = over((linear(n) - e[n]) ** 2, n, N) + lam * over(w[l] ** 2, l, D)
weighted = over(v[n] * (linear(n) - e[n]) ** 2, n, N)
factorisation = Sum((X[n, l] - over(A[n, u] * B[u, l], u, K)) ** 2, (n, 1, N), (l, 1, D))
two_layers = over((over(U[i, u] * over(V[u, l] * a[l], l, D), u, K) - y[i]) ** 2, i, C) / 2


def by_batch(*variables: Expr) -> Derivation:
    known = [Eq(over(Y[n, i], i, C), 1)]
    return derive.gradient(regression, list(variables), known, [Eq(P[n, i], softmax)])


QUESTIONS: dict[str, Any] = {
    "softmax regression": lambda: by_batch(W[m, k], b[k], X[r, m]),
    "logistic regression": lambda: derive.gradient(
        logistic, w[k], where=[Eq(p[n], exp(linear(n)) / (1 + exp(linear(n))))]
    ),
    "ridge": lambda: derive.gradient(ridge, w[k]),
    "ridge, twice": lambda: derive.hessian(ridge, w[k], w[m]),
    "weighted squares": lambda: derive.gradient(weighted, w[k]),
    "weighted squares, twice": lambda: derive.hessian(weighted, w[k], w[m]),
    "factorisation": lambda: derive.gradient(factorisation, [A[r, k], B[k, m]]),
    "two layers": lambda: derive.gradient(two_layers, [V[r, m], U[k, n], a[m]]),
    "linear map": lambda: derive.jacobian(linear(n), w[k]),
}


def asked(name: str) -> Derivation:
    loss = LOSSES[name]
    if loss.kind == "gradient":
        return derive.gradient(loss.expression, list(loss.variables), loss.given, loss.where)
    verb = getattr(derive, loss.kind)
    return verb(loss.expression, *loss.variables, given=loss.given, where=loss.where)


@cache
def derived(name: str) -> Derivation:
    return QUESTIONS[name]() if name in QUESTIONS else asked(name)


def forms(name: str) -> list[Expr | None]:
    """The array of each result."""
    found = [result.arrays.get("result") for result in derived(name).results]
    return [None if form is None else form.closed_form.array for form in found]


hat, hats = IndexedBase("\\hat{y}", shape=(C,)), IndexedBase("\\hat{y}", shape=(N, C))
by_sample = IndexedBase("\\hat{y}", shape=(N,))
share = Quotient(1, N)


def less(left: Any, right: Any) -> Plus:
    return Plus(left, Minus(right))


ERRORS = less(Whole(P), Whole(Y))
FIT = less(Product(Whole(X), Whole(w)), Whole(e))
REBUILT = less(Product(Whole(A), Whole(B)), Whole(X))
OUTPUT = less(Product(Whole(U), Product(Whole(V), Whole(a))), Whole(y))
SOFTMAX_SLOPE = less(Diagonal(Whole(hat)), Product(Whole(hat), Transposed(Whole(hat))))

FORMS: dict[str, list[Expr | None]] = {
    "softmax regression": [
        Times(share, Product(Transposed(Whole(X)), ERRORS)),
        Times(share, Product(Transposed(ERRORS), Ones(N))),
        Times(share, Product(ERRORS, Transposed(Whole(W)))),
    ],
    "logistic regression": [Product(Transposed(Whole(X)), less(Whole(p), Whole(e)))],
    "ridge": [Times(2, Plus(Times(lam, Whole(w)), Product(Transposed(Whole(X)), FIT)))],
    "ridge, twice": [
        Times(2, Plus(Times(lam, Identity(D)), Product(Transposed(Whole(X)), Whole(X))))
    ],
    "weighted squares": [Times(2, Product(Product(Transposed(Whole(X)), Diagonal(Whole(v))), FIT))],
    "weighted squares, twice": [
        Times(2, Product(Product(Transposed(Whole(X)), Diagonal(Whole(v))), Whole(X)))
    ],
    "factorisation": [
        Times(2, Product(REBUILT, Transposed(Whole(B)))),
        Times(2, Product(Transposed(Whole(A)), REBUILT)),
    ],
    "two layers": [
        Product(Product(Transposed(Whole(U)), OUTPUT), Transposed(Whole(a))),
        Product(OUTPUT, Product(Transposed(Whole(a)), Transposed(Whole(V)))),
        Product(Product(Transposed(Whole(V)), Transposed(Whole(U))), OUTPUT),
    ],
    "linear map": [Whole(X)],
    "cross-entropy": [less(Whole(hat), Whole(y))],
    "weights of a layer": [Product(less(Whole(hat), Whole(y)), Transposed(Whole(zoo.a)))],
    "input of a layer": [Product(Transposed(Whole(zoo.W)), less(Whole(hat), Whole(y)))],
    "batch": [Quotient(less(Whole(hats), Whole(Y)), N)],
    "jacobian": [SOFTMAX_SLOPE],
    "hessian": [SOFTMAX_SLOPE],
    "jacobian of log": [less(Identity(C), Product(Ones(C), Transposed(Whole(hat))))],
    # Nothing where entries read better, or where the result holds for some of them only.
    "log of class": [None],
    "log of class, k is not t": [None],
    "brier": [None],
    "variance": [None],
    "contrastive": [
        Times(
            Quotient(1, zoo.T),
            Product(Transposed(Whole(zoo.x)), less(Times(N, Whole(by_sample)), Ones(N))),
        )
    ],
    "neighbours": [None],
    "by temperature": [None],
    "bound index also free": [None],
    "hessian, same index": [None],
}


@pytest.mark.parametrize("name", FORMS)
def test_the_form_is_the_one_a_person_would_write(name: str) -> None:
    assert forms(name) == FORMS[name]


@pytest.mark.parametrize("name", [*QUESTIONS, *LOSSES])
def test_a_form_fits_its_variable_and_is_no_longer_than_the_entries(name: str) -> None:
    for result in derived(name).results:
        for form in result.arrays.values():
            array, layout = form.closed_form.array, form.layout
            ranges = {known.index: known.upper for known in result.problem.ranges}
            assert shape(array) == tuple(
                1 if index is None else ranges[index] for index in (layout.row, layout.column)
            )
            assert extent(array) <= extent(result.closed_form)


# Three results of a batch: what is done to each of their steps takes long.
BY_LENGTH = [
    pytest.param(name, marks=[pytest.mark.slow] if name == "softmax regression" else [])
    for name in QUESTIONS
]


@pytest.mark.parametrize("name", BY_LENGTH)
def test_forms_are_checked_exactly(name: str) -> None:
    report = derived(name).check()
    assert report.ok and report.checked == "exact"


# Planted errors -----------------------------------------------------------------------------


def slips(array: Expr) -> Iterator[Expr]:
    """A transpose forgotten or too much, factors swapped, a number or a term lost."""
    yield Transposed(array)
    match array:
        case Transposed(operand):
            yield operand
        case Product(left, right):
            yield Product(right, left)
        case Minus(operand) | Diagonal(operand):
            yield operand
        case Quotient(above, _):
            yield above
        case Times(args) if len(args) > 1:
            yield from (
                Times(*args[:n], *args[n + 1 :]) for n, f in enumerate(args) if not is_array(f)
            )
        case Plus(args):
            yield from (Plus(*args[:n], *args[n + 1 :]) for n in range(len(args)))
    for place, part in enumerate(array.args):
        if is_array(part):
            yield from (
                array.func(*array.args[:place], new, *array.args[place + 1 :])
                for new in slips(part)
            )


@pytest.mark.parametrize("name", [*BY_LENGTH, "cross-entropy", "jacobian", "batch"])
def test_slips_are_caught(name: str) -> None:
    """All but those that the loops find to be none: symmetric matrices may be transposed."""
    root = derived(name)
    checker, errors = Checker(root), 0
    for result in root.results:
        form = result.arrays["result"]
        (step,) = form.steps
        for array in slips(step.after.array):
            wrong = replace(step, after=Entry(array, *step.after.indices))
            if is_error(Mutation("slip", form, 1, wrong), root):
                errors += 1
                assert checker.step_failures(form, 1, wrong), array
    assert errors > 0


def test_a_column_is_not_given_as_a_row() -> None:
    root = derived("ridge")
    form = root.arrays["result"]
    (step,) = form.steps
    row = replace(step, after=Entry(Transposed(step.after.array), *step.after.indices))
    wrong = replace(root, arrays={"result": replace(form, steps=(row,))})
    assert ["has another layout" in f.sentence for f in check(wrong).failures] == [True]


# Gathering ----------------------------------------------------------------------------------


def test_a_sum_over_a_part_of_an_axis_is_no_matrix_product() -> None:
    whole = derive.gradient(Sum(z[i] * W[l, i] * a[l], (l, 1, D), (i, 1, C)), a[k])
    part = derive.gradient(Sum(z[i] * W[l, i] * a[l], (l, 1, D), (i, 1, C - 1)), a[k])
    later = derive.gradient(Sum(z[i] * W[l, i] * a[l], (l, 1, D), (i, 2, C)), a[k])
    assert whole.matrix is not None
    assert part.matrix is None and later.matrix is None


def test_indices_that_run_along_another_axis_are_refused() -> None:
    layout = Layout(k, m)
    assert gathered(W[k, m], layout, {k: D, m: C}) == Whole(W)
    assert gathered(W[k, m], layout, {k: C, m: C}) is None
    assert gathered(W[k, k], Layout(k)) is None


# In Python ----------------------------------------------------------------------------------


def test_sympy_gets_the_form() -> None:
    inputs, labels = MatrixSymbol("X", N, D), MatrixSymbol("Y", N, C)
    probabilities = MatrixSymbol("P", N, C)
    first, second = derived("softmax regression").matrix[:2]
    assert first.shape == (D, C) and second.shape == (C, 1)
    assert first.doit() == (inputs.T * (probabilities - labels) / N).doit()
    softmax_vector = MatrixSymbol("\\hat{y}", C, 1)
    assert derived("jacobian").matrix == DiagMatrix(softmax_vector) - softmax_vector * (
        softmax_vector.T
    )
    assert derived("log of class").matrix is None
    assert derive.gradient(zoo.cross_entropy, z[k], given=[soft]).matrix.shape == (C, 1)
    assert derive.gradient(-log(zoo.p(t)), z[k], given=[Ne(k, t)]).matrix is None


def test_a_number_beside_a_sum_stays_outside() -> None:
    """The scale-invariant ratio of signal to distortion of Le Roux 2019, in decibels."""
    found = derive.gradient(
        "-10*log10(sum((alpha*s[i])^2, i=1..N)/sum((alpha*s[i] - x[i])^2, i=1..N))",
        "x[k]",
        where=["alpha = sum(x[j]*s[j], j=1..N)/sum(s[j]^2, j=1..N)"],
    )
    assert str(found.matrix) == (
        "-(20/log(10))*(1/Sum((alpha*s[i] - x[i])**2, (i, 1, N))*(alpha*s - x)"
        " + 1/Sum(s[j]*x[j], (j, 1, N))*s)"
    )


# In documents and kernels -------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("This holds for every entry", "the vector of ones")),
        *(
            pytest.param(lang, words, marks=pytest.mark.slow)
            for lang, words in (
                ("es", ("Esto vale para cada componente", "el vector de unos")),
                ("pt", ("Isso vale para cada componente", "o vetor de uns")),
            )
        ),
    ],
)
def test_documents_show_it_in_each_language(lang: str, words: tuple[str, ...]) -> None:
    text = derived("softmax regression").latex(lang=lang)
    assert all(word in text for word in words)
    assert r"X^{\mathsf{T}} (P - Y)" in text and r"(P - Y)^{\mathsf{T}} \mathbf{1}" in text


def test_left_hand_sides_tell_the_layout() -> None:
    slope = derived("jacobian").latex()
    assert r"\operatorname{diag}(\hat{\mathbf{y}}) - " in slope
    assert r"\partial \mathbf{z}^{\mathsf{T}}" in slope
    twice = derived("hessian").latex()
    assert r"\partial \mathbf{z} \, \partial \mathbf{z}^{\mathsf{T}}" in twice


def test_kernels_multiply_matrices() -> None:
    kernel = derived("softmax regression").kernel("numpy")
    assert "einsum" not in kernel.source and kernel.source.count(" @ ") == 3
    random = np.random.default_rng(0)
    sizes = {"N": 5, "D": 3, "C": 4}
    shapes = {"X": "ND", "W": "DC", "b": "C", "Y": "NC"}
    arrays = {
        name: random.normal(size=[2, *(sizes[s] for s in axes)]) for name, axes in shapes.items()
    }
    arrays["Y"] /= arrays["Y"].sum(axis=-1, keepdims=True)
    _, (by_weights, by_bias, by_inputs) = kernel(**arrays)
    scores = arrays["X"] @ arrays["W"] + arrays["b"][:, None, :]
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    errors = exps / exps.sum(axis=-1, keepdims=True) - arrays["Y"]
    for found, wanted in (
        (by_weights, np.swapaxes(arrays["X"], 1, 2) @ errors / 5),
        (by_bias, errors.sum(axis=1) / 5),
        (by_inputs, errors @ np.swapaxes(arrays["W"], 1, 2) / 5),
    ):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


def test_all_ways_to_multiply_two_matrices() -> None:
    """Either index first or last, in either order of the factors: the same numbers as by loops."""
    random = np.random.default_rng(1)
    for first, second in product(((i, u), (u, i)), ((u, j), (j, u))):
        size = {i: C, j: D, u: K}
        left = IndexedBase("F", shape=tuple(size[s] for s in first))
        right = IndexedBase("G", shape=tuple(size[s] for s in second))
        weights = IndexedBase("H", shape=(C, D))
        body = weights[i, j] * over(left[first] * right[second], u, K)
        kernel = derive.gradient(Sum(body, (i, 1, C), (j, 1, D)), weights[k, m]).kernel("numpy")
        numbers = {C: 2, D: 3, K: 4}
        F, G, H = (
            random.normal(size=[numbers[s] for s in base.shape]) for base in (left, right, weights)
        )
        rows = F if first == (i, u) else F.T
        columns = G if second == (u, j) else G.T
        np.testing.assert_allclose(kernel(F=F, G=G, H=H)[1], rows @ columns)


SHARED = {
    "score matching": (
        "sum(sum(-W[k,k] + (sum(W[k,j]*x[n,j], j=1..D) + b[k])^2/2, k=1..D), n=1..N)/N",
        "W[k,l]",
        "-I + 1/N*(W*x.T + b*1)*x",
    ),
    "factor analysis": (
        "sum(sum((x[n,d] - mu[d] - sum(M[d,k]*h[n,k], k=1..K))^2, d=1..D), n=1..N)/2",
        "M[d,k]",
        "(M*h.T + mu*1 - x.T)*h",
    ),
    "factor analysis, by the mean": (
        "sum(sum((x[n,d] - mu[d] - sum(M[d,k]*h[n,k], k=1..K))^2, d=1..D), n=1..N)/2",
        "mu[d]",
        "N*mu + (M*h.T - x.T)*1",
    ),
    "a centred map": (
        "sum(sum(sum(M[d,k]*(x[n,k] - mu[k]), k=1..D)^2, d=1..D), n=1..N)/2",
        "M[d,k]",
        "M*(mu*1 - x.T)*(-x + 1*mu.T)",
    ),
    "a centred map, by the mean": (
        "sum(sum(sum(M[d,k]*(x[n,k] - mu[k]), k=1..D)^2, d=1..D), n=1..N)/2",
        "mu[k]",
        "M.T*M*(mu*1 - x.T)*1",
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_what_products_have_in_common_is_written_once(name: str) -> None:
    loss, by, wanted = SHARED[name]
    assert str(derive.gradient(loss, by).matrix) == wanted
