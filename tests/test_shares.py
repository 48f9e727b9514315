"""Shares of a sum of exponentials have a name, with weights too."""

from __future__ import annotations

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

TRANSPORT = "sum(a[n]*log(sum(b[j]*exp(v[j] - c[n,j]), j=1..M)), n=1..N)"
COX = "-sum(d[i]*(s[i] - log(sum(r[i,j]*exp(s[j]), j=1..N))), i=1..N)"
RISK_SETS = "-sum(d[i]*(s[i] - log(sum(exp(s[j]), j=i..N))), i=1..N)"
CONTRASTIVE = "-sum(s[i,p[i]] - log(sum(exp(s[i,a]), a=1..N, a != i)), i=1..N)"
SHARE = "b[i]*exp(z[i])/sum(b[j]*exp(z[j]), j=1..C)"
POSTERIOR = "-log(b[t]*exp(z[t])/sum(b[j]*exp(z[j]), j=1..C))"


@pytest.mark.parametrize(
    ("kind", "asked", "by_hand"),
    [
        ("gradient", (TRANSPORT, "v[k]"), "Sum(\\hat{y}[n, k]*a[n], (n, 1, N))"),
        (
            "hessian",
            (TRANSPORT, "v[k]", "v[m]"),
            "Sum((KroneckerDelta(k, m) - \\hat{y}[n, m])*\\hat{y}[n, k]*a[n], (n, 1, N))",
        ),
        (
            "hessian_vector",
            (TRANSPORT, "v[k]", "w[j]"),
            "Sum((w[k] - Sum(\\hat{y}[n, j]*w[j], (j, 1, M)))*\\hat{y}[n, k]*a[n], (n, 1, N))",
        ),
        ("gradient", (COX, "s[k]"), "-d[k] + Sum(\\hat{y}[i, k]*d[i], (i, 1, N))"),
        (
            "hessian",
            (COX, "s[k]", "s[m]"),
            "Sum((KroneckerDelta(k, m) - \\hat{y}[i, m])*\\hat{y}[i, k]*d[i], (i, 1, N))",
        ),
        ("gradient", (RISK_SETS, "s[k]"), "-d[k] + Sum(\\hat{y}[i, k]*d[i], (i, 1, k))"),
        ("gradient", (CONTRASTIVE, "s[k,m]"), "-KroneckerDelta(m, p[k]) + \\hat{y}[k, m]"),
        (
            "hessian",
            (CONTRASTIVE, "s[k,m]", "s[k,l]"),
            "(KroneckerDelta(l, m) - \\hat{y}[k, l])*\\hat{y}[k, m]",
        ),
        (
            "hessian_vector",
            (CONTRASTIVE, "s[k,m]", "w[k,m]"),
            "(w[k, m] - Sum(\\hat{y}[k, j]*w[k, j], (j, 1, N)))*\\hat{y}[k, m]",
        ),
        ("jacobian", (SHARE, "z[k]"), "(KroneckerDelta(i, k) - \\hat{y}[k])*\\hat{y}[i]"),
        ("gradient", (POSTERIOR, "z[k]"), "-KroneckerDelta(k, t) + \\hat{y}[k]"),
    ],
)
def test_shares_have_a_name(kind: str, asked: tuple[str, ...], by_hand: str) -> None:
    derivation = getattr(derive, kind)(*asked)
    assert str(derivation.result) == by_hand
    assert derivation.check().ok


MIXTURE = (
    "-sum(log(sum(softmax(a[n])[k]*exp(-(y[n] - mu[n,k])^2/(2*s[n,k]^2))"
    "/(s[n,k]*sqrt(2*pi)), k=1..K)), n=1..N)"
)
MEAN = "2*Sum(\\hat{y}[c]*p[c], (c, 1, C))"
PROXIES = (
    "-sum(log(exp(-(x[n] - p[t[n]])^2)/sum(exp(-(x[n] - p[c])^2), c=1..C, c != t[n])), n=1..N)"
)


@pytest.mark.parametrize(
    ("loss", "by", "by_hand"),
    [
        # Mixture density networks, Bishop 1994: the shares less what each component has done.
        (MIXTURE, "a[l,m]", "-\\hat{q}[l, m] + \\hat{y}[l, m]"),
        (MIXTURE, "mu[l,m]", "(mu[l, m] - y[l])*\\hat{q}[l, m]/s[l, m]**2"),
        (
            MIXTURE,
            "s[l,m]",
            "(-(-mu[l, m] + y[l])**2/s[l, m]**2 + 1)*\\hat{q}[l, m]/s[l, m]",
        ),
        (
            "-sum(log(sum(b[k]*exp(-(x[n] - mu[k])^2/2), k=1..K)), n=1..N)",
            "mu[m]",
            "Sum((mu[m] - x[n])*\\hat{y}[n, m], (n, 1, N))",
        ),
        (
            "x^2 + log(sum(b[c]*exp(-(x - p[c])^2), c=1..C))",
            "x",
            "2*Sum(\\hat{y}[c]*p[c], (c, 1, C))",
        ),
        # Proxy-NCA, Movshovitz-Attias et al. 2017.
        (
            PROXIES,
            "x[k]",
            "-2*p[t[k]] + 2*Sum(\\hat{y}[k, c]*p[c], (c, 1, C))",
        ),
        (
            PROXIES,
            "p[k]",
            "2*Sum((-KroneckerDelta(k, t[n]) + \\hat{y}[n, k])*(-p[k] + x[n]), (n, 1, N))",
        ),
    ],
)
def test_responsibilities_and_shares_of_others_have_a_name(
    loss: str, by: str, by_hand: str
) -> None:
    found = derive.gradient(loss, by, given=["s[n,k] > 0"] if "s[n,k]" in loss else [])
    assert str(found.result) == by_hand
    assert found.check().ok


def test_a_mask_is_written_where_two_indices_are_known_to_differ() -> None:
    found = derive.gradient(CONTRASTIVE, "s[k,m]", given=["k != m"])
    assert str(found.result) == "-KroneckerDelta(m, p[k]) + \\hat{y}[k, m]"
    assert "write_mask" in [step.rule for step in found.steps]


def test_weights_that_vary_have_none() -> None:
    found = derive.gradient(POSTERIOR, "b[k]")
    assert not found.definitions
    assert (
        str(found.result) == "exp(z[k])/Sum(exp(z[j])*b[j], (j, 1, C)) - KroneckerDelta(k, t)/b[t]"
    )


def test_a_mean_by_shares_is_no_partition() -> None:
    found = derive.gradient("log(sum(x[i]*exp(z[i]), i=1..C)/sum(exp(z[j]), j=1..C))", "z[k]")
    assert all(
        d.value.numerator == d.value.denominator.at(d.indices[-1]) for d in found.definitions
    )
    assert "the softmax, positive with sum one" in found.latex()


def test_weights_are_told_of_in_the_document() -> None:
    assert "the softmax of each row, with weights" in derive.gradient(TRANSPORT, "v[k]").latex()


@pytest.mark.needs("coqc")
def test_the_lemma_of_a_weighted_softmax_is_used_under_a_sum() -> None:
    assert "proved for every" in str(derive.hessian(TRANSPORT, "v[k]", "v[m]").check(formal=True))


def test_a_kernel_shifts_the_exponentials_and_a_weight_of_zero_counts_for_nothing() -> None:
    kernel = derive.hessian_vector(TRANSPORT, "v[k]", "w[j]").kernel("numpy")
    a, c, w = np.array([2.0]), np.zeros((1, 3)), np.array([1.0, 2.0, 4.0])
    b, v = np.array([0.0, 1.0, 3.0]), np.array([5000.0, 1000.0, 1000.0])
    _, product = kernel(a=a, b=b, c=c, v=v, w=w)
    assert np.allclose(product, [0, 2 * 0.25 * (2 - 3.5), 2 * 0.75 * (4 - 3.5)])


def of_others(logits: str, label: str = "t") -> str:
    return f"exp({logits}[i]/T)/sum(exp({logits}[j]/T), j=1..C, j != {label})"


def distilled(label: str = "t") -> str:
    """The part of decoupled distillation that is about all other classes, Zhao et al. 2022."""
    teacher, student = of_others("v", label), of_others("z", label)
    return f"b*sum({teacher}*log(({teacher})/({student})), i=1..C, i != {label})"


@pytest.mark.parametrize("known", [[], ["k != t"]])
def test_shares_of_all_but_a_label_have_a_name_without_rows(known: list[str]) -> None:
    found = derive.gradient(distilled(), "z[k]", given=["T > 0", *known])
    assert str(found.result) == "b*(\\hat{q}[k] - \\hat{y}[k])/T"
    assert [str(d.entry) for d in found.definitions] == ["\\hat{y}[i]", "\\hat{q}[i]"]
    assert found.check().level == "exact"


def test_they_have_one_in_each_row_too() -> None:
    rows = distilled().replace("v[", "v[n,").replace("z[", "z[n,").replace("!= t", "!= t[n]")
    found = derive.gradient(f"sum({rows}, n=1..N)", "z[m,k]", given=["T > 0"])
    assert str(found.result) == "b*(\\hat{q}[m, k] - \\hat{y}[m, k])/T"
    assert found.check().ok


def test_they_have_a_second_derivative() -> None:
    found = derive.hessian(distilled(), "z[k]", "z[m]", given=["T > 0"])
    assert str(found.result) == "b*(KroneckerDelta(k, m) - \\hat{q}[m])*\\hat{q}[k]/T**2"
    assert found.check().level == "exact"


def test_each_label_has_shares_of_its_own() -> None:
    found = derive.gradient(
        "log(sum(exp(z[j]), j=1..C, j != t)) - log(sum(exp(z[j]), j=1..C, j != s))", "z[k]"
    )
    assert str(found.result) == "-\\hat{q}[k] + \\hat{y}[k]"
    assert found.check().ok


def test_a_share_of_others_vanishes_at_the_label_as_a_logarithm_of_it_does_not() -> None:
    share = of_others("z")
    found = derive.gradient(f"sum({share}*log({share}), i=1..C, i != t)", "z[k]", given=["T > 0"])
    assert str(found.result) == (
        "((1 - KroneckerDelta(k, t))*log(\\hat{y}[k])"
        " - Sum((1 - KroneckerDelta(i, t))*log(\\hat{y}[i])*\\hat{y}[i], (i, 1, C)))*\\hat{y}[k]/T"
    )
    assert next(iter(found.cases.values())).result == 0
    assert found.check().level == "exact"


@pytest.mark.parametrize("scale", [1, 30, 1000])
def test_shares_of_others_are_computed_where_the_label_is_far_larger(scale: float) -> None:
    kernel = derive.gradient(distilled(), "z[k]", given=["T > 0"]).kernel("numpy")
    v, z = np.array([9.0, 1.0, 0.5]) * scale, np.array([8.0, 0.0, 1.0]) * scale
    value, slope = kernel(v=v, z=z, T=2.0, b=3.0, t=0)
    p, q = (1 / (1 + np.exp(-(a[1] - a[2]) / 2.0)) for a in (v, z))
    assert np.allclose(slope, [0, 3 * (q - p) / 2, 3 * (p - q) / 2])
    assert np.isfinite(value)


def test_what_is_outside_of_a_risk_set_may_be_far_larger() -> None:
    kernel = derive.hessian(RISK_SETS, "s[k]", "s[m]").kernel("numpy")
    _, found = kernel(d=np.ones(3), s=np.array([5000.0, 0.0, 0.0]))
    assert np.allclose(found, [[0, 0, 0], [0, 0.25, -0.25], [0, -0.25, 0.25]])


def test_what_a_row_leaves_out_may_be_far_larger() -> None:
    kernel = derive.gradient(CONTRASTIVE, "s[k,m]").kernel("numpy")
    _, found = kernel(p=np.array([1, 0, 1]), s=np.diag([5000.0, 0.0, 9000.0]))
    assert np.allclose(found, [[0, -0.5, 0.5], [-0.5, 0, 0.5], [0.5, -0.5, 0]])


def test_an_exponent_stays_as_its_name_has_it() -> None:
    """Neighbourhood components (Goldberger et al. 2004), each projection written on its own."""
    close = "exp(-sum((sum(A[r,d]*x[i,d], d=1..D) - sum(A[r,d]*x[{0},d], d=1..D))^2, r=1..R))"
    share = f"{close.format('j')}/sum({close.format('a')}, a=1..N, a != i)"
    loss = f"-sum(sum(delta(t[i],t[j])*{share}, j=1..N, j != i), i=1..N)"
    found = derive.gradient(loss, "A[k,m]")
    assert "exp" not in str(found.result) and str(found.result).count("hat{y}") == 2


def test_one_is_the_term_that_a_sum_of_differences_leaves_out() -> None:
    """The N-pair loss (Sohn 2016) is a softmax cross-entropy over each row."""
    loss = "sum(log(1 + sum((1 - delta(i,j))*exp(s[i,j] - s[i,i]), j=1..N)), i=1..N)/N"
    found = derive.gradient(loss, "s[a,b]")
    assert str(found.result) == "(-KroneckerDelta(a, b) + \\hat{y}[a, b])/N"
    assert found.check().level == "exact"
    scores = np.array([[1000.0, -1000.0], [0.0, 3.0]])
    value, slopes = found.kernel("numpy")(s=scores)
    small = np.exp(-3.0)
    assert np.isclose(value, np.log1p(small) / 2, rtol=1e-14)
    assert np.allclose(slopes, [[0, 0], [small / (1 + small) / 2, -small / (1 + small) / 2]])


@pytest.mark.parametrize(
    ("loss", "by"),
    [
        ("log(1 + sum(exp(w[j]*(z[j] - z[t])/T), j=1..C, j != t))", "z[k]"),
        ("log(1 + sum(exp(-(z[j] - z[t])^2), j=1..C, j != t))", "z[k]"),
        ("log(1 + sum(exp(-abs(z[j] - z[t])), j=1..C, j != t))", "z[k]"),
        ("1/(1 + sum(exp(sum(f[l]*(x[m,l] - x[t,l]), l=1..D)), m=1..N, m != t))", "f[k]"),
        (
            "log(1 + sum(exp(sum(f[l]*x[m,l], l=1..D) - sum(f[l]*x[t,l], l=1..D)),"
            " m=1..N, m != t))",
            "x[a,b]",
        ),
    ],
)
def test_whatever_exponent_vanishes_there_is_that_of_one(loss: str, by: str) -> None:
    found = derive.gradient(loss, by, given=["T > 0"] if "T" in loss else [])
    assert "rejoin_one" in {step.rule for step in found.steps}
    assert found.check().level == "exact"
