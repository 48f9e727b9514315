"""A condition that SymPy has taken out of the sum it belongs to is read inside of that sum."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sympy import Abs, Expr, IndexedBase, Piecewise, Product, Sum, exp, log, symbols

import derive
from derive.branches import put_back
from derive.errors import DeriveError
from derive.notation import Threshold
from derive.reading import read

L, M, N = symbols("L M N", integer=True, positive=True)
i, j, k, m = symbols("i j k m", integer=True)
kappa = symbols("kappa", positive=True)
theta, tau = IndexedBase("theta", shape=(N,)), IndexedBase("tau", shape=(N,))
y, v = IndexedBase("y", shape=(M,)), IndexedBase("v", shape=(L,))

u = y[j] - theta[i]
HUBER = Piecewise((u**2 / 2, Abs(u) <= kappa), (kappa * (Abs(u) - kappa / 2), True))
PINBALL = Abs(tau[i] - Piecewise((1, u < 0), (0, True))) * HUBER / kappa
ABOVE = Piecewise((y[j], y[j] > theta[i]), (2, True))
KEPT = Threshold(y[j], theta[i], y[j], 2)
J = (j, 1, M)
"""A sum over j, and what stands in it where SymPy leaves it alone."""


@pytest.mark.slow
def test_a_mean_inside_of_a_sum_is_the_sum_over_both() -> None:
    nested = derive.gradient(Sum(Sum(PINBALL, J) / M, (i, 1, N)), theta[k])
    both = derive.gradient(Sum(PINBALL / M, J, (i, 1, N)), theta[k])
    assert nested.result == both.result
    assert nested.check().level == "exact"
    arrays = {"theta": np.array([0.0, 4.0]), "y": np.array([0.5, 3.0, 9.0])}
    values = [
        d.kernel("numpy")(**arrays, tau=np.array([0.25, 0.75]), kappa=2.0) for d in (nested, both)
    ]
    assert np.isclose(values[0][0], values[1][0]) and np.allclose(values[0][1], values[1][1])


@pytest.mark.parametrize(
    ("folded", "meant"),
    [
        (theta[i] * Sum(ABOVE, J), theta[i] * Sum(KEPT, J)),
        (log(Sum(exp(ABOVE), J)), log(Sum(exp(KEPT), J))),
        (theta[i] * Product(ABOVE, J), theta[i] * Product(KEPT, J)),
        (Sum(Sum(ABOVE * v[m], (m, 1, L)) / L, J) / M, Sum(Sum(KEPT * v[m], (m, 1, L)) / L, J) / M),
    ],
    ids=["scaled", "log of a sum", "product", "not the innermost"],
)
def test_it_is_read_as_if_sympy_had_left_it_alone(folded: Expr, meant: Expr) -> None:
    given = Sum(folded, (i, 1, N))
    assert isinstance(given.function, Piecewise)
    assert derive.holds(given, Sum(meant, (i, 1, N)))
    assert derive.gradient(given, theta[k]).check().level in {"exact", "sampled"}


def test_three_sums_deep() -> None:
    wide = Piecewise((y[j], y[j] > v[m] + theta[i]), (2, True))
    kept = Threshold(y[j], v[m] + theta[i], y[j], 2)
    given, meant = (Sum(Sum(Sum(f, (m, 1, L)) / L, J) / M, (i, 1, N)) for f in (wide, kept))
    assert derive.holds(given, meant)
    assert derive.gradient(given, y[k]).check().level == "exact"


@pytest.mark.parametrize(
    "term",
    [
        Sum(ABOVE, J) * Sum(y[j], J),
        Sum(ABOVE, J) * Piecewise((theta[i], theta[i] > 0), (1, True)),
        Sum(ABOVE, J) + Sum(Piecewise((v[m], v[m] > theta[i]), (0, True)), (m, 1, L)),
    ],
    ids=["two sums over j", "another factor in each branch", "conditions of two sums"],
)
def test_what_is_not_plain_is_refused(term: Expr) -> None:
    with pytest.raises(DeriveError, match=r"one sum with all ranges, as Sum\(f, \(j, 1, M\), "):
        read(Sum(term, (i, 1, N)))


def test_an_index_of_the_sum_around_may_be_meant() -> None:
    again = Sum(y[j] * Sum(Piecewise((y[j], y[j] > 0), (0, True)), J), J)
    assert put_back(again.function, again.variables) == again.function
    with pytest.raises(DeriveError, match="if another j is meant, call the index of the inner"):
        read(again)


def test_a_product_of_branches_is_not_read_with_a_free_index() -> None:
    with pytest.raises(DeriveError, match="outside of the sum or product over j"):
        read(Piecewise((Product(y[j], J), y[j] > 0), (1, True)))


def test_huber_takes_a_number_and_where_it_becomes_a_line() -> None:
    found = derive.gradient("sum(huber(z[i], delta), i=1..C)", "z[k]", given=["delta > 0"])
    expected = "Piecewise((delta*sign(z[k]), delta < Abs(z[k])), (z[k], True))"
    assert str(found.result) == expected
    readme = Path(__file__).parents[1] / "README.md"
    assert "`huber(u, delta)`" in readme.read_text(encoding="utf-8")
