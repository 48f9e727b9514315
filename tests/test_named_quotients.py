"""Fractions that the user has named stay named: roots below the bar, masks above it, other names.

Correlations as in Barlow Twins, neighbours as in NCA, an index as in the focal Tversky loss.
"""

from __future__ import annotations

import pytest

import derive
from derive.strategy.attempts import PATIENCE

pytestmark = pytest.mark.needs("lark")

NORMS = "(sqrt(sum(a[n,{0}]^2, n=1..N))*sqrt(sum(b[n,{1}]^2, n=1..N)))"
CORRELATION = "sum(a[n,{0}]*b[n,{1}], n=1..N)/" + NORMS
OFF_DIAGONAL = "sum(sum({0}^2, j=1..D, j != i), i=1..D)"
TWINS = "sum((1 - c[i,i])^2, i=1..D) + lambda*" + OFF_DIAGONAL.format("c[i,j]")

CLOSENESS = "exp(-sum(sum(A[r,s]*(x[i,s] - x[{0},s]), s=1..S)^2, r=1..R))"
ALL_OTHERS = f"sum((1 - delta(i,k))*{CLOSENESS.format('k')}, k=1..N)"
NEIGHBOUR = f"(1 - delta(i,j))*{CLOSENESS.format('j')}/{ALL_OTHERS}"


def test_a_correlation_stays_named_in_its_own_derivative() -> None:
    named = "c[i,j] = " + CORRELATION.format("i", "j")
    found = derive.gradient(TWINS, "a[m,k]", where=[named])
    inner = "(-a[m, k]*c[k, {0}]/{1} + b[m, {0}]/sqrt(Sum(b[n, {0}]**2, (n, 1, N))))"
    norm = "sqrt(Sum(a[n, k]**2, (n, 1, N)))"
    others, own = (inner.format(at, norm) for at in "jk")
    assert str(found.result) == (
        f"2*(lambda*Sum((1 - KroneckerDelta(j, k))*{others}*c[k, j], (j, 1, D))"
        f" - (1 - c[k, k])*{own})/{norm}"
    )
    assert found.check().level == "exact"


def test_a_sum_over_all_others_is_not_written_as_the_whole_sum_less_a_term() -> None:
    squared = f"({CORRELATION.format('i', 'j')})"
    found = derive.gradient(OFF_DIAGONAL.format(squared), "a[m,k]")
    assert str(found.result).count("1 - KroneckerDelta(j, k)") == 2  # in both of its sums
    assert "b[n, k]" not in str(found.result)
    assert found.check().level == "exact"


@pytest.mark.slow
def test_a_share_with_a_mask_is_named_throughout_and_soon() -> None:
    loss = "sum(sum(delta(y[i],y[j])*p[i,j], j=1..N), i=1..N)"
    found = derive.gradient(loss, "A[m,l]", where=[f"p[i,j] = {NEIGHBOUR}"])
    (lemma,) = found.lemmas
    assert "exp" not in str((lemma.result, found.result))
    # No two rules undo each other, each time with one mask more.
    assert len(lemma.steps) < PATIENCE
    assert found.check().ok


def test_a_fraction_over_another_name_is_named() -> None:
    names = [
        "p[n] = sigmoid(z[n])",
        "T = sum(p[n]*g[n], n=1..N) + s",
        "D = T + alpha*sum((1 - p[n])*g[n], n=1..N) + beta*sum(p[n]*(1 - g[n]), n=1..N)",
        "t = T/D",
    ]
    found = derive.gradient("(1 - t)^(1/gamma)", "z[k]", given=["gamma > 0"], where=names)
    assert str(found.result) == (
        "(1 - t)**(-1 + 1/gamma)*(1 - p[k])"
        "*(t*(beta*(1 - g[k]) + (1 - alpha)*g[k]) - g[k])*p[k]/(D*gamma)"
    )
    assert found.check().level == "exact"
