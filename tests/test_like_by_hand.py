"""Results are written as a person would: what leaves a sum, which way round, over which range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import symbols

import derive
from derive.notation import Bracket, Delta
from derive.verify.canonical import same

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

Asked = tuple[str, str, str, dict[str, Any]]

# What is the same in all terms of a sum, below a bar: the loss, by what, the result, what is given.
FRACTIONS: dict[str, Asked] = {
    "a rate": ("sum(a[b]*x[n] - log(a[b]), n=1..N)", "a[b]", "-N/a[b] + Sum(x[n], (n, 1, N))", {}),
    "a scale": (
        "sum(log(r[b]) - r[b]*abs(x[n] - mu), n=1..N)",
        "r[b]",
        "N/r[b] - Sum(Abs(mu - x[n]), (n, 1, N))",
        {},
    ),
    "a Cholesky factor": (
        "sum(sum(sum(L[i,j]*x[n,j], j=1..D)^2, i=1..D)/2 - sum(log(L[i,i]), i=1..D), n=1..N)",
        "L[a,b]",
        "-N*KroneckerDelta(a, b)/L[a, a] + Sum(x[n, b]*Sum(L[a, j]*x[n, j], (j, 1, D)), (n, 1, N))",
        {},
    ),
    "two sums beside it": (
        "sum(a[b]*x[n]*y[n] - a[b]*z[n]*w[n] - log(a[b])/2, n=1..N)/2",
        "a[b]",
        "-N/(4*a[b]) + Sum(-w[n]*z[n] + x[n]*y[n], (n, 1, N))/2",
        {},
    ),
    "residuals stay": ("sum((x[n] - mu)^2, n=1..N)", "mu", "2*Sum(mu - x[n], (n, 1, N))", {}),
}

PAIRS = "sum(log(sum(exp(f[u] - f[v]), u=i..K, v=i..K, u != v)), i=1..K-1)"
OF_PAIRS = (
    "Sum((-Sum((1 - KroneckerDelta(k, u))*exp(-f[k] + f[u]), (u, i, K))"
    " + Sum((1 - KroneckerDelta(k, v))*exp(f[k] - f[v]), (v, i, K)))"
    "*Piecewise((1, i <= k), (0, True))"
    "/Sum((1 - KroneckerDelta(u, v))*exp(f[u] - f[v]), (u, i, K), (v, i, K)), (i, 1, K - 1))"
)

# Sums that leave an index out, over a range that another index bounds.
LEFT_OUT: dict[str, Asked] = {
    "pairs from each on": (PAIRS, "f[k]", OF_PAIRS, {}),
    "a band": (
        "sum((f[u] - f[i])^2, u=i-1..i+1, i=2..K-1, u != i)/2",
        "f[k]",
        "Piecewise((1, k >= 2), (0, True))*Piecewise((1, k <= K - 1), (0, True))"
        "*Sum(f[k] - f[u], (u, k - 1, k + 1))"
        " + Sum((1 - KroneckerDelta(i, k))*(-f[i] + f[k])*Piecewise((1, i <= k + 1), (0, True))"
        "*Piecewise((1, k <= i + 1), (0, True)), (i, 2, K - 1))",
        {},
    ),
}

# Where clipping counts, what is clipped has no slope: PPO (Schulman et al. 2017).
CLIPPED: dict[str, Asked] = {
    "one ratio": (
        "-min(r*A, clip(r, 1 - eps, 1 + eps)*A)",
        "r",
        "-A*Piecewise((0, A*(r - Max(1 - eps, Min(r, eps + 1))) > 0), (1, True))",
        {"given": ["eps > 0", "eps < 1"]},
    ),
    "a batch": (
        "-sum(min(r[n]*A[n], clip(r[n], 1 - eps, 1 + eps)*A[n]), n=1..N)/N",
        "r[k]",
        "-Piecewise((0, (r[k] - Max(1 - eps, Min(eps + 1, r[k])))*A[k] > 0), (1, True))*A[k]/N",
        {"given": ["eps > 0", "eps < 1"]},
    ),
    "a ratio of probabilities": (
        "-min(softmax(z)[a]/q*A, clip(softmax(z)[a]/q, 1 - eps, 1 + eps)*A)",
        "z[k]",
        "A*(-KroneckerDelta(a, k) + \\hat{y}[k])*Piecewise((0, A*(-Max(1 - eps,"
        " Min(\\hat{y}[a]/q, eps + 1)) + \\hat{y}[a]/q) > 0), (1, True))*\\hat{y}[a]/q",
        {"given": ["eps > 0", "eps < 1", "q > 0"]},
    ),
    "the other way round": (
        "-min(r*A, min(max(r, 1 - eps), 1 + eps)*A)",
        "r",
        "-A*Piecewise((0, A*(r - Min(eps + 1, Max(r, 1 - eps))) > 0), (1, True))",
        {},
    ),
    "a ratio of two policies": (
        "-min(exp(l - q)*A, min(max(exp(l - q), 1 - eps), 1 + eps)*A)",
        "l",
        "-A*Piecewise((0, A*(exp(l - q) - Min(eps + 1, Max(1 - eps, exp(l - q)))) > 0), (1, True))"
        "*exp(l - q)",
        {},
    ),
    "a ratio of logarithms": (
        "-min(exp(log_softmax(z)[t] - o)*A, clip(exp(log_softmax(z)[t] - o), 1 - eps, 1 + eps)*A)",
        "z[k]",
        "A*(-KroneckerDelta(k, t) + \\hat{y}[k])*Piecewise((0, A*(-Max(1 - eps,"
        " Min(exp(-o)*\\hat{y}[t], eps + 1)) + exp(-o)*\\hat{y}[t]) > 0), (1, True))"
        "*exp(-o)*\\hat{y}[t]",
        {},
    ),
}

PROJECTED = {"where": ["alpha = sum(x[j]*s[j], j=1..N)/sum(s[j]^2, j=1..N)"]}

# Koenker and Bassett 1978: whether a residual is negative does not depend on the quantile.
COMPARED: dict[str, Asked] = {
    "pinball": (
        "sum(max(tau*(y[n] - x[n]*b), (tau - 1)*(y[n] - x[n]*b)), n=1..N)",
        "b",
        "Sum((-tau + Piecewise((1, b*x[n] - y[n] > 0), (0, True)))*x[n], (n, 1, N))",
        {"given": ["tau > 0", "tau < 1"]},
    ),
    "the other way round": (
        "max((tau - 1)*z, tau*z)",
        "z",
        "tau - Piecewise((1, z < 0), (0, True))",
        {},
    ),
}

# Of a projection nothing is left in its own direction: SI-SDR (Le Roux et al. 2019).
RESIDUALS: dict[str, Asked] = {
    "fitted less given": (
        "-log(sum((alpha*s[i])^2, i=1..N)/sum((alpha*s[i] - x[i])^2, i=1..N))",
        "x[k]",
        "-2*(alpha*s[k] - x[k])/Sum((alpha*s[i] - x[i])**2, (i, 1, N))"
        " - 2*s[k]/Sum(s[j]*x[j], (j, 1, N))",
        PROJECTED,
    ),
    "given less fitted": (
        "-log(sum((alpha*s[i])^2, i=1..N)/sum((x[i] - alpha*s[i])^2, i=1..N))",
        "x[k]",
        "2*(-alpha*s[k] + x[k])/Sum((-alpha*s[i] + x[i])**2, (i, 1, N))"
        " - 2*s[k]/Sum(s[j]*x[j], (j, 1, N))",
        PROJECTED,
    ),
    "without a name": (
        "sum((x[i] - sum(x[j]*s[j], j=1..N)/sum(s[j]^2, j=1..N)*s[i])^2, i=1..N)",
        "x[k]",
        "-2*s[k]*Sum(s[j]*x[j], (j, 1, N))/Sum(s[j]**2, (j, 1, N)) + 2*x[k]",
        {},
    ),
    "not all of it taken away": (
        "sum((x[i] - 3*sum(x[j]*s[j], j=1..N)/sum(s[j]^2, j=1..N)*s[i])^2, i=1..N)",
        "x[k]",
        "6*s[k]*Sum(s[j]*x[j], (j, 1, N))/Sum(s[j]**2, (j, 1, N)) + 2*x[k]",
        {},
    ),
}

# What stands beside a fraction meets without it.
BESIDE_A_BAR: dict[str, Asked] = {
    "continuous Bernoulli": (  # Loaiza-Ganem and Cunningham 2019, without its inverse tanh
        "-(x*log(sigmoid(z)) + (1-x)*log(1-sigmoid(z)) + log(1-2*sigmoid(z)))",
        "z",
        r"\sigma*(3 - 4*\sigma)/(1 - 2*\sigma) - x",
        {},
    ),
}

STUDENT = "sum((nu+1)/2*log(1+(y[n]-mu)^2/(nu*s^2)) + log(s), n=1..N)"
POSITIVE = {"given": ["nu > 0", "s > 0"]}

# A fraction below a bar is cleared: Student's t, with all that it is made of.
BELOW_A_BAR: dict[str, Asked] = {
    "location": (
        STUDENT,
        "mu",
        "(nu + 1)*Sum((mu - y[n])/(nu*s**2 + (-mu + y[n])**2), (n, 1, N))",
        POSITIVE,
    ),
    "scale": (
        STUDENT,
        "s",
        "nu*Sum((s**2 - (-mu + y[n])**2)/(nu*s**2 + (-mu + y[n])**2), (n, 1, N))/s",
        POSITIVE,
    ),
}

# A positive part meets what stands beside its bracket: circle loss (Sun et al. 2020) and others.
POSITIVE_PARTS: dict[str, Asked] = {
    "circle loss": (
        "sum(exp(g*max(0, m + b[j])*(b[j] - m)), j=1..L)",
        "b[k]",
        "2*g*Piecewise((1, m + b[k] > 0), (0, True))*exp(g*(-m + b[k])*Max(0, m + b[k]))*b[k]",
        {},
    ),
    "taken away": (
        "max(0, m + b)*(m - b)",
        "b",
        "-2*b*Piecewise((1, b + m > 0), (0, True))",
        {},
    ),
    "no term cancels": (
        "w[i]*max(0, u)*(u - c)",
        "u",
        "(-c + 2*u)*Piecewise((1, u > 0), (0, True))*w[i]",
        {},
    ),
    "another bracket": (
        "max(0, u)*v + max(0, v)*c",
        "v",
        "c*Piecewise((1, v > 0), (0, True)) + Max(0, u)",
        {},
    ),
}

# Logistic functions of neighbours, and of entries that are moved, have a name, too.
NEIGHBOURS: dict[str, Asked] = {
    "a chain": (
        "sum(log(1 + exp(f[i+1] - f[i])), i=1..n-1)",
        "f[k]",
        "Piecewise((1, k >= 2), (0, True))*\\sigma[k - 1]"
        " - Piecewise((1, k <= n - 1), (0, True))*\\sigma[k]",
        {},
    ),
    "all but the first": (
        "sum(log(1 + exp(f[i+1])), i=1..n-1)",
        "f[k]",
        "Piecewise((1, k >= 2), (0, True))*\\sigma[k]",
        {},
    ),
}

STEPS = "sum(sum((1-l)*l^(n-1)*(sum(g^(j-t)*r[j], j=t..t+n-1) + g^n*V[t+n]), n=1..T-t), t=1..T)"
RETURN = "sum(l^(n-1)*(sum(g^(j-1)*r[t+j], j=1..n) + g^n*V[t+n]), n=1..T-t-1)"

# An index beside another one, in a delta or a bracket: the range is what that leaves.
SHIFTED: dict[str, Asked] = {
    "rewards of all steps": (
        STEPS,
        "r[k]",
        "(1 - l)*Sum(g**(k - t)*Sum(l**(n - 1), (n, k - t + 1, T - t)), (t, 1, k))",
        {},
    ),
    "values after all steps": (
        STEPS,
        "V[k]",
        "(1 - l)*Sum(g**(k - t)*l**(k - t - 1), (t, 1, k - 1))",
        {},
    ),
    "a value that may be ahead": (
        RETURN,
        "V[k]",
        "g**(k - t)*l**(k - t - 1)*Piecewise((1, k <= T - 1), (0, True))"
        "*Piecewise((1, t <= k - 1), (0, True))",
        {},
    ),
    "a delay": (
        "sum(w[n]*f[n-t], n=t+1..C)",
        "f[k]",
        "Piecewise((1, C >= k + t), (0, True))*w[k + t]",
        {},
    ),
}

# Two differences: neither with a minus first.
TURNED: dict[str, Asked] = {
    "a sum of differences": (
        "-sum(log(softmax(s[n]/T)[t[n]]), n=1..N)",
        "T",
        r"Sum(s[n, t[n]] - Sum(\hat{y}[n, i]*s[n, i], (i, 1, C)), (n, 1, N))/T**2",
        {"given": ["T > 0"]},
    ),
    "a difference in the first term": (
        "-a*sum(y[i]*log(softmax(z)[i]), i=1..C) - b*z[t]",
        "z[k]",
        r"a*(\hat{y}[k] - y[k]) - b*KroneckerDelta(k, t)",
        {"given": ["sum(y[i], i=1..C) = 1"]},
    ),
    "a bracket of three terms": (
        "(a + b + c)*x^2 + a*x + b*x + c*x",
        "x",
        "(2*x + 1)*(a + b + c)",
        {},
    ),
    "a half below the bar": ("q*log(q/(q/2 + p/2))", "q", "p/(p + q) + log(2*q/(p + q))", {}),
    "powers of fractions of fractions": (
        "log(sum(p[i]^a*softmax(z)[i]^(1-a), i=1..C))/(a-1)",
        "z[k]",
        r"\hat{y}[k] - \hat{y}[k]**(1 - a)*p[k]**a/Sum(\hat{y}[i]**(1 - a)*p[i]**a, (i, 1, C))",
        {"given": ["p[i] > 0", "a > 0"]},
    ),
    "beside a number less one": ("(s - 1)*(v - q)^2/2", "v", "(1 - s)*(q - v)", {}),
    "already so": ("(1 - s)*(q - v)^2/2", "q", "(1 - s)*(q - v)", {}),
    "a square stays": (
        "sum((1 - p[i])*(v[i] - q[i])^2, i=1..N)",
        "z[k]",
        "(p[k] - 1)*(-q[k] + v[k])**2*p[k]",
        {"where": ["p[i] = sigmoid(z[i])"]},
    ),
    "as in a sign": (
        "lam*abs(y[n] - g[n])*nu[n] + log(1 + (y[n] - g[n])^2)",
        "g[n]",
        "lam*sign(g[n] - y[n])*nu[n] + 2*(g[n] - y[n])/((g[n] - y[n])**2 + 1)",
        {},
    ),
    "a fraction less its own whole": ("((1 - q)/(1 - s) - 1)*u", "u", "(-q + s)/(1 - s)", {}),
}


def result(asked: Asked) -> derive.Derivation:
    loss, by, _, more = asked
    return derive.gradient(loss, by, **more)


@pytest.mark.parametrize("asked", FRACTIONS.values(), ids=FRACTIONS)
def test_a_fraction_leaves_the_sum_in_which_it_is_the_same(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.parametrize("asked", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_delta_is_contracted_where_an_index_is_left_out(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.parametrize("asked", SHIFTED.values(), ids=SHIFTED)
def test_an_index_beside_another_one_is_contracted(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.parametrize("asked", TURNED.values(), ids=TURNED)
def test_differences_are_turned_so_that_no_minus_leads(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.needs("coqc")
def test_coq_accepts_what_is_contracted_beside_another_index() -> None:
    for name in ("values after all steps", "a value that may be ahead", "a delay"):
        assert result(SHIFTED[name]).check(formal=True).level == "proved"


def test_a_bracket_says_the_same_however_its_indices_stand() -> None:
    k, t, C = symbols("k t C", integer=True)
    assert same(Bracket(1, k - t), Bracket(t + 1, k))
    assert same(Delta(k, C - t), Delta(C - k, t))
    assert not same(Bracket(1, k - t), Bracket(t, k))
    assert not same(Delta(k, C - t), Delta(k, C + t))


@pytest.mark.parametrize("asked", BESIDE_A_BAR.values(), ids=BESIDE_A_BAR)
def test_what_stands_beside_a_fraction_meets(asked: Asked) -> None:
    assert str(result(asked).result) == asked[2]


@pytest.mark.parametrize("asked", BELOW_A_BAR.values(), ids=BELOW_A_BAR)
def test_a_fraction_below_a_bar_is_cleared(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.parametrize("asked", POSITIVE_PARTS.values(), ids=POSITIVE_PARTS)
def test_a_positive_part_meets_what_has_its_bracket(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.parametrize("asked", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_logistic_functions_of_neighbours_have_a_name(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


def test_a_logistic_function_of_neighbours_has_a_kernel() -> None:
    # The last difference is so large that its exponential would overflow.
    logits = np.array([1.0, 2.0, 4.0, 1000.0])
    kernel = result(NEIGHBOURS["a chain"]).kernel("numpy")
    slopes = np.append(1 / (1 + np.exp(-np.diff(logits))), 0)
    np.testing.assert_allclose(kernel(f=logits)[1], np.roll(slopes, 1) - slopes)


@pytest.mark.parametrize("asked", CLIPPED.values(), ids=CLIPPED)
def test_what_is_clipped_has_no_slope(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().ok


@pytest.mark.parametrize("asked", RESIDUALS.values(), ids=RESIDUALS)
def test_residuals_of_a_projection_vanish(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


@pytest.mark.parametrize("asked", COMPARED.values(), ids=COMPARED)
def test_multiples_of_one_number_are_compared_by_its_sign(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"


OTHERS = "q[i] = exp(v[i])/sum(exp(v[j]), j=1..C, j != t)"
PAIRS_APART = (
    "q[i,j] = 1/(1 + (y[i] - y[j])^2)/sum(1/(1 + (y[a] - y[b])^2), a=1..N, b=1..N, a != b)"
)


def test_shares_of_all_but_one_sum_to_one() -> None:
    loss = "-sum(q[i]*log(exp(z[i])/sum(exp(z[j]), j=1..C, j != t)), i=1..C, i != t)"
    found = derive.gradient(loss, "z[k]", where=[OTHERS])
    assert str(found.result) == "-(1 - KroneckerDelta(k, t))*q[k] + \\hat{y}[k]"
    assert found.check().ok


def test_a_fraction_of_several_factors_has_its_name() -> None:
    # t-SNE, van der Maaten and Hinton 2008, equation 5, with p[i,j] + p[j,i] for 2 p[i,j].
    found = derive.gradient(
        "-sum(P[i,j]*log(q[i,j]), i=1..N, j=1..N, i != j)",
        "y[k]",
        where=[PAIRS_APART],
        given=["sum(P[i,j], i=1..N, j=1..N, i != j) = 1"],
    )
    assert str(found.result) == (
        "2*Sum((-y[b] + y[k])*(P[b, k] + P[k, b] - 2*q[k, b])/((-y[b] + y[k])**2 + 1), (b, 1, N))"
    )
    assert found.check().ok


NEAR = [
    "w[i,j] = 1/(1 + sum((Y[i,l] - Y[j,l])^2, l=1..D))",
    "q[i,j] = w[i,j]/sum(sum(w[a,b], b=1..N, b != a), a=1..N)",
]
NEAR_TO = {
    "any weights": (
        [],
        "2*Sum((Y[m, k] - Y[n, k])*(P[m, n] + P[n, m] - 2*q[m, n]"
        "*Sum((1 - KroneckerDelta(i, j))*P[i, j], (j, 1, N), (i, 1, N)))*w[m, n], (n, 1, N))",
    ),
    "weights that sum to one": (
        ["sum(sum(P[i,j], j=1..N, j != i), i=1..N) = 1"],
        "2*Sum((-Y[j, k] + Y[m, k])*(P[j, m] + P[m, j] - 2*q[m, j])*w[m, j], (j, 1, N))",
    ),
}


@pytest.mark.parametrize(("facts", "wanted"), NEAR_TO.values(), ids=NEAR_TO)
def test_what_is_symmetric_by_definition_meets(facts: list[str], wanted: str) -> None:
    # t-SNE with the names of its paper, equations 4 and 5.
    loss = "sum(sum(P[i,j]*log(P[i,j]/q[i,j]), j=1..N, j != i), i=1..N)"
    found = derive.gradient(loss, "Y[m,k]", where=NEAR, given=["P[i,j] > 0", *facts])
    assert str(found.result) == wanted
    assert found.check().level == "exact"


def test_sums_over_pairs_are_exchanged_where_a_fact_knows_the_inner_one() -> None:
    # SNE, Hinton and Roweis 2002, equation 5.
    neighbours = "q[i,j] = exp(-(y[i] - y[j])^2)/sum(exp(-(y[i] - y[b])^2), b=1..N, b != i)"
    found = derive.gradient(
        "sum(p[i,j]*log(p[i,j]/q[i,j]), i=1..N, j=1..N, j != i)",
        "y[k]",
        where=[neighbours],
        given=["sum(p[i,j], j=1..N, j != i) = 1"],
    )
    assert str(found.result) == (
        "2*Sum((-y[b] + y[k])*(p[b, k] + p[k, b] - q[b, k] - q[k, b]), (b, 1, N))"
    )
    assert found.check().ok


@pytest.mark.parametrize(
    ("loss", "fact"),
    [
        ("c*sum(sum(p[i,j]*f[i], i=1..N, i != j), j=1..N)", "sum(p[i,j], j=1..N, j != i) = 1"),
        ("c*sum(sum(p[i,j]*f[i], i=1..N), j=1..N)", "sum(p[i,j], j=1..N) = 1"),
    ],
)
def test_rows_are_known_in_sums_over_columns(loss: str, fact: str) -> None:
    found = derive.gradient(loss, "c", given=[fact])
    assert str(found.result) == "Sum(f[i], (i, 1, N))"
    assert found.check().ok


def test_terms_beside_a_bar_meet_in_a_longer_loss_too() -> None:
    # Decoupled distillation, Zhao et al. 2022.
    p, q = "softmax(v/T)[t]", "softmax(z/T)[t]"
    binary = f"{p}*log({p}/{q}) + (1 - {p})*log((1 - {p})/(1 - {q}))"
    teacher, student = (
        f"exp({logits}[i]/T)/sum(exp({logits}[j]/T), j=1..C, j != t)" for logits in "vz"
    )
    others = f"sum({teacher}*log(({teacher})/({student})), i=1..C, i != t)"
    found = derive.gradient(f"a*({binary}) + b*{others}", "z[k]", given=["T > 0"])
    assert str(found.result) == (
        r"(a*(KroneckerDelta(k, t) - \hat{q}[k])*(\hat{q}[t] - \hat{y}[t])/(1 - \hat{q}[t])"
        r" - b*(\hat{r}[k] - \hat{u}[k]))/T"
    )
    assert found.check().ok


def test_a_number_before_a_mask_leaves_it_a_mask() -> None:
    # Where i = j nothing has a value: the mask must not be multiplied out.
    energy = "sum(2*(1 - delta(i,j))/sum((x[i,l] - x[j,l])^2, l=1..D), j=1..N, i=1..N)"
    found = derive.gradient(energy, "x[k,m]")
    assert str(found.result) == (
        "8*Sum((1 - KroneckerDelta(j, k))*(x[j, m] - x[k, m])"
        "/Sum((-x[j, l] + x[k, l])**2, (l, 1, D))**2, (j, 1, N))"
    )
    assert found.check().level == "exact"


def test_a_ratio_of_logarithms_is_one_exponential_in_products_too() -> None:
    kernel = derive.gradient("exp(log_softmax(z)[t] - o)*A", "z[k]").kernel("numpy")
    value, slope = kernel(z=np.array([1000.0, 0, -5]), t=1, o=-1000.0, A=1.0)
    assert value == 1
    assert np.allclose(slope, [-1, 1, 0])
