"""Facts about sums from which a mask rules an index out, and facts that depend on a label."""

from __future__ import annotations

import numpy as np
import pytest

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

LOSS = "-sum((1 - delta(i,t))*b[t,i]*log(softmax(z)[i]), i=1..C)"
FACTS = ["sum((1 - delta(i,j))*b[j,i], i=1..C) = 1", "C >= 2"]


def test_a_masked_sum_is_known_by_its_fact() -> None:
    given = derive.gradient(LOSS, "z[k]", given=FACTS)
    assert str(given.result) == "-(1 - KroneckerDelta(k, t))*b[t, k] + \\hat{y}[k]"
    assert given.check().level == "exact"


def test_its_kernel_weighs_the_others() -> None:
    kernel = derive.gradient(LOSS, "z[k]", given=FACTS).kernel("numpy")
    _, slope = kernel(z=np.zeros(2), b=np.ones((2, 2)), t=np.array(0))
    assert np.allclose(slope, [0.5, -0.5])


@pytest.mark.needs("coqc")
def test_the_fact_is_used_in_proofs_too() -> None:
    assert derive.gradient(LOSS, "z[k]", given=FACTS).check(formal=True).level == "proved"


@pytest.mark.parametrize(
    ("weight", "fact"),
    [
        ("(1 - delta(i,t))*b[i]", "sum((1 - delta(i,t))*b[i], i=1..C) = 1"),
        ("b[i]", "sum(b[i], i=1..C) = w[t]"),
    ],
)
def test_a_sum_that_depends_on_a_label_alone_is_refused_in_words(weight: str, fact: str) -> None:
    with pytest.raises(derive.DeriveError, match=r"depends on the index t, and b does not; give"):
        derive.gradient(f"-sum({weight}*log(softmax(z)[i]), i=1..C)", "z[k]", given=[fact])


def test_a_fact_about_all_pairs_is_used_where_one_of_them_is_left_out() -> None:
    found = derive.gradient(
        "sum(P[i,j]*log(sum(exp(z[a] - z[b]), a=1..N, b=1..N, a!=b)), i=1..N, j=1..N, i!=j)",
        "z[k]",
        given=["sum(P[i,j], i=1..N, j=1..N, i!=j) = 1"],
    )
    assert "P" not in str(found.result)
    assert found.check().ok


def test_what_is_divided_by_a_sum_over_the_others_has_others() -> None:
    """Of one sample alone the sum is empty, and ``1`` for it was refused at ``N = 1``."""
    shares = "p[i,j] = exp(z[i,j])/sum(exp(z[i,m]), m=1..N, m != i)"
    loss = "sum(sum(p[i,j], j=1..N, j != i)*x[i]^2, i=1..N)"
    found = derive.gradient(loss, "x[k]", where=[shares])
    assert str(found.result) == "2*x[k]"
    assert found.check().level == "exact"
    assert "N \\ge 2" in found.latex()
