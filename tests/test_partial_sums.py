"""Sums up to a class, an entry of an array of classes, or a size that no array has."""

from __future__ import annotations

from functools import cache
from inspect import signature
from typing import Any

import numpy as np
import pytest
from losses import sampled
from sympy import IndexedBase, KroneckerDelta, Sum, Symbol, symbols

import derive
from derive.errors import DeriveError

pytestmark = pytest.mark.needs("lark")

C = Symbol("C", integer=True, positive=True)
T = Symbol("T", integer=True, positive=True)
i, j, k, t, r = symbols("i j k t r", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))

CENSORED = (
    "-Sum(e[n]*log(softmax(z[n])[s[n]])"
    " + (1 - e[n])*log(1 - Sum(softmax(z[n])[m], (m, 1, s[n]))), (n, 1, N))"
)
CUMULATED = ["k <= C", "s <= C"]
HEAVY = [
    # Partial masses of a softmax whose logits are far apart, and what is left of one.
    ("-log(Sum(softmax(z)[m], (m, 1, s)))", {"given": CUMULATED}),
    ("-log(1 - Sum(softmax(z)[m], (m, 1, s)))", {"given": CUMULATED}),
    ("-log(1 - Sum(softmax(z)[m], (m, s, C)))", {"given": [*CUMULATED, "C >= 2"]}),
    ("-log(softmax(z)[1] + softmax(z)[2])", {"given": ["k <= C", "C >= 2"]}),
    ("-log(1 - Sum(y[m]*softmax(z)[m], (m, 1, C)))", {}),
    # Weights that are zero where the exponential is largest.
    ("log(1 + Sum(y[m]*exp(z[m]), (m, 1, C)))", {}),
    ("-log(Sum(y[m]*exp(z[m]), (m, 1, C))/Sum(exp(z[m]), (m, 1, C)))", {}),
    ("log(1 + Sum((1 - y[m])*exp(2*z[m]), (m, 1, C)))", {}),
    # The mean of two softmaxes, both of which round to zero at some classes.
    (
        "Sum(p[m]*log(2*p[m]/(p[m] + q[m])), (m, 1, C))",
        {"where": ["p[m] = softmax(z)[m]", "q[m] = softmax(x)[m]"]},
    ),
]


@cache
def derived(number: int) -> Any:
    text, told = HEAVY[number]
    return derive.gradient(text, "z[k]", **told)


def both(derivation: Any, **inputs: Any) -> tuple[Any, Any]:
    """Value and gradient, in double precision and with as many digits as it takes."""
    numpy, mpmath = (derivation.kernel(target) for target in ("numpy", "mpmath"))
    used = {name: inputs[name] for name in signature(numpy).parameters if name in inputs}
    value, gradient = mpmath(**used, dps=1800)
    exact = np.array([float(value), *map(float, np.ravel(gradient))])
    value, gradient = numpy(**used)
    return np.array([value, *np.ravel(gradient)]), exact


@pytest.mark.slow
@pytest.mark.parametrize("number", sampled(range(len(HEAVY)), every=3))
def test_kernels_at_far_logits(number: int) -> None:
    logits = ([0.2, 1.0, 0.1, -1.0], [0.0, 0.1, -0.4, 1.0])
    for scale, base in ((1, logits[0]), (40, logits[1]), (1000, logits[0]), (1000, logits[1])):
        found, exact = both(
            derived(number),
            z=scale * np.array(base),
            x=scale * np.array([0.3, -0.2, 0.8, -0.5]),
            y=np.array([1.0, 0, 1, 0]),
            s=2,
        )
        np.testing.assert_allclose(found, exact, rtol=1e-13, atol=1e-14)


def test_what_is_left_of_one_is_the_sum_of_the_others() -> None:
    derivation = derive.gradient("-log(1 - Sum(softmax(z)[m], (m, 1, s)))", "z[k]", given=CUMULATED)
    assert "complement_probabilities" in {step.rule for step in derivation.steps}
    assert derivation.check().ok


def test_weights_of_zero_in_single_precision() -> None:
    kernel = derive.gradient("-log(Sum(y[j]*softmax(z)[j], (j, 1, C)))", "z[k]").kernel("numpy")
    single = {"z": np.array([120.0, 0, 5], "f4"), "y": np.array([0, 1, 1], "f4")}
    value, gradient = kernel(**single)
    assert value == pytest.approx(114.99328)
    assert gradient == pytest.approx([1, -0.0066929, -0.9933071], abs=1e-6)


@pytest.mark.parametrize("weights", [[0.0, 0, 0], [0.0, -1, 2]])
def test_weights_of_any_sign(weights: list[float]) -> None:
    kernel = derive.gradient("log(1 + Sum(y[j]*exp(z[j]), (j, 1, C)))", "z[k]").kernel("numpy")
    at = np.array([900.0, -1.0, 0.5])
    value, gradient = kernel(z=at, y=np.array(weights))
    inner = 1 + sum(w * np.exp(u) for w, u in zip(weights[1:], at[1:], strict=True))
    assert value == pytest.approx(np.log(inner))
    assert gradient == pytest.approx([0, *(np.array(weights[1:]) * np.exp(at[1:]) / inner)])


# --- sums up to an entry of an array --------------------------------------------------------------


@pytest.mark.slow
def test_a_sum_may_go_up_to_a_class_of_each_sample() -> None:
    derivation = derive.gradient(CENSORED, "z[k,r]")
    assert derivation.check().ok
    draw = np.random.default_rng(0)
    for scale in (1.0, 100.0):
        found, exact = both(
            derivation,
            z=scale * draw.normal(size=(4, 5)),
            s=np.array([0, 2, 1, 3]),
            e=np.array([1.0, 0, 1, 0]),
        )
        np.testing.assert_allclose(found, exact, rtol=1e-12, atol=1e-14)


@pytest.mark.slow
@pytest.mark.needs("coqc")
def test_that_is_proved() -> None:
    assert derive.gradient(CENSORED, "z[k,r]").check(formal=True).level == "proved"


def test_a_sum_may_begin_after_a_class() -> None:
    tail = "Sum(log(Sum(exp(z[n,m]), (m, s[n] + 1, K))), (n, 1, N))"
    derivation = derive.gradient(tail, "z[k,r]")
    assert derivation.check().ok
    found, exact = both(derivation, z=np.arange(15.0).reshape(3, 5) ** 1.5, s=np.array([1, 4, 3]))
    np.testing.assert_allclose(found, exact, rtol=1e-13)


# --- sizes that no array has ----------------------------------------------------------------------


def test_a_size_that_no_array_has() -> None:
    p = derive.gradient("Sum((1 - softmax(z)[t])^r/r, (r, 1, T))", "z[k]", given=["t <= C"])
    assert {size.name for size in p.problem.sizes} == {"C", "T"}
    assert p.check().ok
    found, exact = both(p, z=np.array([0.3, -1.0, 0.8]), t=1, T=4)
    np.testing.assert_allclose(found, exact, rtol=1e-13)
    assert p.at(C=2, T=3)
    with pytest.raises(DeriveError, match="T"):
        p.at(C=2)


def test_a_class_is_no_size() -> None:
    counted = Symbol("m", integer=True, positive=True)
    derivation = derive.gradient(Sum(z[j], (j, 1, counted)) * z[counted], z[k])
    assert [size.name for size in derivation.problem.sizes] == ["C"]
    assert derivation.check().ok


# --- what has no value, and what is decided -------------------------------------------------------


def test_a_loss_that_comes_to_a_division_by_zero() -> None:
    with pytest.raises(DeriveError, match=r"comes to a division by 0.*s <= C"):
        derive.gradient("-log(1 - Sum(softmax(z)[m], (m, 1, s)))", "z[k]")


def test_what_would_help_is_said() -> None:
    with pytest.raises(DeriveError, match="if s is an index, say so with the fact s <= C"):
        derive.gradient(
            "-log(Sum(p[m], (m, 1, s)))", "z[k]", where=["p[m] = softmax(z)[m]"], given=["k <= C"]
        )
    with pytest.raises(DeriveError, match="or state the fact C >= 2"):
        derive.gradient("-log(softmax(z)[2])", "z[k]", given=["k <= C"])


def test_a_case_decides_what_it_can() -> None:
    cases = derive.gradient("Sum(z[j], (j, 1, t - 1)) + z[t]^2", "z[k]", given=["k <= C"]).cases
    assert str(next(iter(cases.values())).closed_form) == "2*z[t]"


def test_a_sum_without_an_index_has_no_term_for_it() -> None:
    """Not the whole less a term, which may have no value."""
    loss = Sum((1 - KroneckerDelta(i, j)) / (z[i] - z[j]), (i, 1, C))
    derivation = derive.gradient(loss, z[k])
    assert not derivation.closed_form.has(*(symbols("zoo nan")))
    assert derivation.check().ok


# --- counts, classes and ranges as kernels take them ----------------------------------------------


def test_what_only_ends_sums_is_a_count() -> None:
    """A number of terms is passed as such; what tells classes apart is 0-based."""
    mean = derive.gradient("Sum(exp(z[i]), (i, 1, d))/d", "z[k]", given=["d <= N"])
    for target in ("numpy", "mpmath"):
        value, _ = mean.kernel(target)(z=np.zeros(4), d=3)
        assert float(value) == 1
    with pytest.raises(ValueError, match="holds the count 5; counts run from 1 to 4"):
        mean.kernel("numpy")(z=np.zeros(4), d=5)
    means = "Sum(Sum(x[n,m]^2, (m, 1, L[n]))/L[n], (n, 1, N))"
    lengths = derive.gradient(means, "x[k,r]", given=["r <= M"])
    value, gradient = lengths.kernel("numpy")(x=np.ones((2, 3)), L=np.array([3, 1]))
    assert value == 2 and gradient.tolist() == [[2 / 3] * 3, [2, 0, 0]]


def test_a_fact_may_say_how_far_an_array_of_lengths_goes() -> None:
    rows = "sum(sum(x[n,m]^2, m=1..L[n]), n=1..N)"
    given = derive.gradient(rows, "x[k,r]", given=["L[n] <= M"])
    assert given.check().ok and str(given.problem.ranges[0].upper) == "M"
    with pytest.raises(DeriveError, match=r"about x\[n, m\], and the expression has no such index"):
        derive.gradient(rows, "x[k,r]", given=["x[n,m] <= M"])


@pytest.mark.parametrize(
    ("loss", "by", "result"),
    [
        (  # The first K of a ranking of all C.
            "-sum(z[r[i]] - log(sum(exp(z[r[j]]), j=i..C)), i=1..K)",
            "z[k]",
            "Sum(-KroneckerDelta(k, r[i]) + Sum(KroneckerDelta(k, r[j])*\\hat{y}[i, j], (j, i, C)),"
            " (i, 1, K))",
        ),
        ("sum(z[i], i=1..K)/K", "z[k]", "Piecewise((1, K >= k), (0, True))/K"),
        (
            "sum(z[i]^2, i=1..C) - sum(z[j], j=1..K)",
            "z[k]",
            "-Piecewise((1, K >= k), (0, True)) + 2*z[k]",
        ),
    ],
)
def test_a_fact_makes_an_index_of_a_capital(loss: str, by: str, result: str) -> None:
    given = derive.gradient(loss, by, given=["K <= C"])
    assert str(given.result) == result and given.check().ok


def test_a_delta_with_the_length_of_a_row() -> None:
    last = derive.gradient("sum(sum(delta(j, s[n])*z[n,j], j=1..s[n]), n=1..N)", "z[m,k]")
    assert str(last.result) == "KroneckerDelta(k, s[m])"


def test_an_axis_of_two_sizes_is_named() -> None:
    with pytest.raises(DeriveError, match="x is used with two sizes, C in column 7 and D"):
        derive.gradient("sum(x[i], i=1..C) + sum(x[j], j=1..D)", "x[k]")


def test_a_range_may_be_declared_in_sympy() -> None:
    d, n = symbols("d n", integer=True)
    counted = Symbol("d", integer=True, positive=True)
    for end in (d, counted):
        derivation = derive.gradient(Sum(z[j], (j, 1, end)), z[k], given=[end <= C])
        assert derivation.check().ok
    with pytest.raises(DeriveError, match="or state the fact d <= C"):
        derive.gradient(Sum(z[j], (j, 1, counted)), z[k])
    with pytest.raises(DeriveError, match="is about n, and the expression has no such index"):
        derive.gradient(Sum(z[j], (j, 1, C)), z[k], given=[n <= C])


@pytest.mark.parametrize(
    ("text", "variable", "given"),
    [
        ("-log(softmax(W[t])[s])", "W[a,b]", ["t <= C", "s <= K"]),
        ("logsumexp(W[t]) + Sum(W[j,h]^2, (j, 1, C), (h, 1, K))", "W[a,b]", ["t <= C"]),
    ],
)
def test_a_class_that_picks_a_row_is_an_argument(
    text: str, variable: str, given: list[str]
) -> None:
    draw = np.random.default_rng(1)
    found, exact = both(
        derive.gradient(text, variable, given=given), W=draw.normal(size=(3, 4)), t=2, s=1
    )
    np.testing.assert_allclose(found, exact, rtol=1e-13)


def test_one_letter_over_two_lengths() -> None:
    both_squares = "Sum(a[n]^2, (n, 1, N)) + Sum(b[n]^2, (n, 1, M))"
    kernel = derive.gradient(both_squares, ["a[m]", "b[m]"]).kernel("numpy")
    for first, second in (([1.0, 2, 3], [5.0]), ([1.0], [5.0, 6])):
        value, (one, other) = kernel(a=np.array(first), b=np.array(second))
        assert value == sum(x * x for x in first + second)
        assert one.tolist() == [2 * x for x in first] and other.tolist() == [2 * x for x in second]


def test_powers_by_an_index() -> None:
    for text in ("Sum(r[n]/(1 + a)^n, (n, 1, N))", "Sum(r[n]*a^(1 - delta(n, t)), (n, 1, N))"):
        assert derive.gradient(text, "a").check().ok
    left_out = derive.gradient("prod(q[j]^(1 - delta(t, j)), j=1..C)", "q[k]")
    assert left_out.check().ok
    _, gradient = left_out.kernel("numpy")(q=np.array([2.0, 0, 5]), t=1)
    assert gradient.tolist() == [5, 0, 2]


def test_the_fact_that_a_mirrored_index_needs_is_named() -> None:
    with pytest.raises(DeriveError, match="or state the fact H <= K"):
        derive.gradient("sum(f[K-i+1], i=1..H) + sum(f[i], i=1..K)", "f[k]")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "given"),
    [
        # Of the last item there is no other one.
        ("sum(log(1 + sum(exp(f[u]-f[v]), u=i..K, v=i..K, u != v)), i=1..K)", []),
        # A label that a row of its own length leaves out.
        ("sum(log(1 + sum(exp(f[u]), u=1..s[i], u != t)), i=1..N)", ["s[i] <= K"]),
    ],
)
def test_what_a_sum_leaves_out_may_leave_nothing(loss: str, given: list[str]) -> None:
    assert derive.gradient(loss, "f[k]", given=given).check().level == "exact"


LISTFOLD = """-sum(f[i] - f[2*H-i+1]
    - log(sum(exp(f[u] - f[v]), u=i..2*H-i+1, v=i..2*H-i+1, u != v)), i=1..H)"""


def folded(f: Any) -> float:
    return -sum(
        f[i] - f[-1 - i] - np.log(sum(np.exp(u - v) for u in part for v in part if u != v))
        for i in range(len(f) // 2)
        for part in [f[i : len(f) - i]]
    )


@pytest.mark.slow
def test_an_array_may_be_read_from_both_its_ends() -> None:
    """ListFold (Zhang et al. 2021): its array has 2 H entries, of which a sum has the first H."""
    found = derive.gradient(LISTFOLD, "f[k]")
    assert found.check().level == "exact"
    scores = np.array([0.3, -1.2, 2.0, 0.7, -0.4, 1.1])
    loss, slope = found.kernel("numpy")(f=scores)
    assert loss == pytest.approx(folded(scores), rel=1e-13)
    moved = 1e-6 * np.eye(6)
    quotients = [(folded(scores + m) - folded(scores - m)) / 2e-6 for m in moved]
    assert slope == pytest.approx(quotients, rel=1e-7)
    assert np.isfinite(found.kernel("numpy")(f=1000 * scores)[1]).all()


@pytest.mark.parametrize("by", ["z[n,k]", "z[m,k]"])
def test_a_row_may_end_at_its_own_class(by: str) -> None:
    """The sample that is free in the loss is no limit of the sum: it runs over its own axis."""
    found = derive.gradient("sum(z[n,j]^2, j=1..t[n])", by)
    other = "*KroneckerDelta(m, n)" if "m" in by else ""
    assert str(found.result) == f"2*Piecewise((1, k <= t[n]), (0, True)){other}*z[n, k]"
    assert found.check().level == "exact"
