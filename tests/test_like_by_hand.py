"""Results are written as a person would: what leaves a sum, which way round, over which range."""

from __future__ import annotations

from typing import Any

import pytest

import derive

pytestmark = pytest.mark.needs("lark")

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
    "residuals stay": ("sum((x[n] - mu)^2, n=1..N)", "mu", "-2*Sum(-mu + x[n], (n, 1, N))", {}),
}


def result(asked: Asked) -> derive.Derivation:
    loss, by, _, more = asked
    return derive.gradient(loss, by, **more)


@pytest.mark.parametrize("asked", FRACTIONS.values(), ids=FRACTIONS)
def test_a_fraction_leaves_the_sum_in_which_it_is_the_same(asked: Asked) -> None:
    found = result(asked)
    assert str(found.result) == asked[2]
    assert found.check().level == "exact"
