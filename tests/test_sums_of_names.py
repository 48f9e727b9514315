"""What a sum over a name adds up to, by what is known of what the name is made of."""

from __future__ import annotations

import pytest

import derive
from derive import DeriveError

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

LABELLED = "-sum(p[i]*log(softmax(z)[i]), i=1..C)"
SNE = "sum(sum(p[i,j]*log(p[i,j]/q[i,j]), j=1..N, j != i), i=1..N)"
NEAR = [
    "w[i,j] = 1/(1 + sum((y[i,l] - y[j,l])^2, l=1..D))",
    "q[i,j] = w[i,j]/sum(sum(w[u,o], o=1..N, o != u), u=1..N)",
]
CONDITIONAL = "exp(-b[i]*sum((x[i,l] - x[{0},l])^2, l=1..E))"

# The definition of the labels, and what is known of what they are made of.
LABELS = {
    "a mean": ("(g[i] + h[i])/2", ["sum(g[i], i=1..C) = 1", "sum(h[i], i=1..C) = 1"]),
    "smoothed": ("(1 - eps)*y[i] + eps/C", ["sum(y[i], i=1..C) = 1"]),
    "mixed": ("lam*a[i] + (1 - lam)*b[i]", ["sum(a[i], i=1..C) = 1", "sum(b[i], i=1..C) = 1"]),
    "mixed with what a teacher says": ("lam*softmax(v)[i] + (1 - lam)/C", []),
    "sharpened": ("lam*t[i] + (1 - lam)*t[i]^2/sum(t[j]^2, j=1..C)", ["sum(t[i], i=1..C) = 1"]),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_with_a_name_sum_to_one(name: str) -> None:
    value, given = LABELS[name]
    found = derive.gradient(LABELLED, "z[k]", given=given, where=[f"p[i] = {value}"])
    assert str(found.result) == "\\hat{y}[k] - p[k]"
    assert found.check().level == "exact"


# van der Maaten and Hinton 2008, equation 5, however the symmetric similarities are made.
SIMILARITIES = {
    "of all pairs": (["sum(sum(a[i,j], j=1..N, j != i), i=1..N) = 1"], ["(a[i,j] + a[j,i])/2"]),
    "of each row": (["sum(a[i,j], j=1..N, j != i) = 1"], ["(a[i,j] + a[j,i])/(2*N)"]),
    "conditional": (
        [],
        [
            "(a[i,j] + a[j,i])/(2*N)",
            f"a[i,j] = {CONDITIONAL.format('j')}/sum({CONDITIONAL.format('u')}, u=1..N, u != i)",
        ],
    ),
}


@pytest.mark.parametrize("name", SIMILARITIES)
def test_similarities_of_pairs_sum_to_one(name: str) -> None:
    given, (value, *where) = SIMILARITIES[name]
    where = [*where, f"p[i,j] = {value}", *NEAR]
    found = derive.gradient(SNE, "y[m,c]", given=[*given, "N >= 2"], where=where)
    assert str(found.result) == (
        "4*Sum((p[m, j] - q[m, j])*(-y[j, c] + y[m, c])*w[m, j], (j, 1, N))"
    )
    assert found.check().level == "exact"


def test_a_sum_that_is_not_known_stays() -> None:
    """The row of all sums to one, what is on the diagonal among it."""
    given, where = ["sum(a[i,j], j=1..N) = 1"], ["p[i,j] = (a[i,j] + a[j,i])/(2*N)", *NEAR]
    found = derive.gradient(SNE, "y[m,c]", given=[*given, "N >= 2"], where=where)
    assert "Sum((1 - KroneckerDelta(i, j))*p[i, j], (j, 1, N), (i, 1, N))" in str(found.result)


def test_shares_of_the_others_sum_to_one_where_there_are_some() -> None:
    loss = "sum(sum(p[i,j], j=1..N, j != i)*x[i]^2, i=1..N)"
    where = ["p[i,j] = exp(u[i,j])/sum(exp(u[i,o]), o=1..N, o != i)"]
    found = derive.gradient(loss, "x[k]", given=["N >= 2"], where=where)
    assert str(found.result) == "2*x[k]" and found.check().level == "exact"


@pytest.mark.parametrize("order", ["i=1..N, j=1..N", "j=1..N, i=1..N"])
def test_a_fact_about_pairs_is_one_in_either_order(order: str) -> None:
    loss = f"-sum((g[i,j] + g[j,i])/2*log(exp(z[i,j])/sum(exp(z[r,l]), r=1..N, l=1..N)), {order})"
    found = derive.gradient(loss, "z[k,m]", given=["sum(g[i,j], i=1..N, j=1..N) = 1"])
    assert str(found.result) == (
        "exp(z[k, m])/Sum(exp(z[r, l]), (r, 1, N), (l, 1, N)) - g[k, m]/2 - g[m, k]/2"
    )
    assert found.check().level == "exact"


@pytest.mark.parametrize("fact", ["sum(p[i], i=1..C) = 1", "p[i] = delta(i,t)"])
def test_a_fact_about_a_name_that_is_defined_is_refused_in_words(fact: str) -> None:
    with pytest.raises(DeriveError, match="is about p, which where= defines as"):
        derive.gradient(LABELLED, "z[k]", given=[fact], where=["p[i] = (g[i] + h[i])/2"])


@pytest.mark.parametrize("value", ["softmax(v)[i]", "v[i]/sum(v[j], j=1..C)"])
def test_a_fact_that_a_definition_has_by_itself_may_be_told(value: str) -> None:
    given, where = ["sum(p[i], i=1..C) = 1"], [f"p[i] = {value}"]
    found = derive.gradient(LABELLED, "z[k]", given=given, where=where)
    assert str(found.result) == "\\hat{y}[k] - p[k]" and found.check().level == "exact"
