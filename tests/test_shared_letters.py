"""One letter may run over another axis in the derivative by another variable."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Eq, IndexedBase, Sum, exp, symbols

import derive
from derive.errors import DeriveError

N, M, D = symbols("N M D", integer=True, positive=True)
u, i, l, k, m = symbols("u i l k m", integer=True)  # noqa: E741
U, V = IndexedBase("U", shape=(N, D)), IndexedBase("V", shape=(M, D))
R = IndexedBase("R", shape=(N, M))
FACTORS = Sum((R[u, i] - Sum(U[u, l] * V[i, l], (l, 1, D))) ** 2, (i, 1, M), (u, 1, N)) / 2
TEXT = "sum((R[u,i] - sum(U[u,l]*V[i,l], l=1..D))^2, i=1..M, u=1..N)/2"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "variables"),
    [
        (FACTORS, [U[k, m], V[k, m]]),
        pytest.param(TEXT, ["U[k,m]", "V[k,m]"], marks=pytest.mark.needs("lark")),
    ],
)
def test_both_factors_by_the_same_letters(loss: object, variables: list[object]) -> None:
    d = derive.gradient(loss, variables)
    assert d.check().level == "exact"
    draw = np.random.default_rng(5)
    values = {"R": draw.normal(size=(3, 4)), "U": draw.normal(size=(3, 2))}
    values["V"] = draw.normal(size=(4, 2))
    value, (by_rows, by_columns) = d.kernel("numpy")(**values)
    left = values["R"] - values["U"] @ values["V"].T
    assert np.isclose(value, (left**2).sum() / 2)
    assert np.allclose(by_rows, -left @ values["V"])
    assert np.allclose(by_columns, -left.T @ values["U"])
    assert [part.at(N=1, M=2, D=1).shape for part in d.parts.values()] == [(1, 1), (2, 1)]
    assert "V_{km}" in d.latex().replace(" ", "")


@pytest.mark.needs("lark")
def test_axes_that_nothing_else_tells_are_not_tied_by_a_letter() -> None:
    """One user and one item: there may be more of those than of these."""
    d = derive.gradient("log(1 + exp(-sum(U[u,l]*V[v,l], l=1..D)))", ["U[k,m]", "V[k,m]"])
    assert d.check().level == "exact"
    values = {"U": np.ones((4, 2)), "V": np.ones((3, 2)), "u": 3, "v": 0}
    _, slopes = d.kernel("numpy")(**values)
    assert [slope.shape for slope in slopes] == [(4, 2), (3, 2)]


def test_a_variable_is_named_once_all_the_same() -> None:
    with pytest.raises(DeriveError, match="named twice"):
        derive.gradient(FACTORS, [U[k, m], U[k, m]])


def test_what_is_wrong_by_itself_is_told_as_before() -> None:
    with pytest.raises(DeriveError, match="axis of size"):
        derive.gradient(Sum(U[u, k] * V[k, l], (l, 1, D), (u, 1, N)), [U[m, k], V[m, k]])


x, y = IndexedBase("x", shape=(M,)), IndexedBase("y", shape=(N,))
K, G = IndexedBase("K"), IndexedBase("G")
KERNELS = "K[i,j] = exp(-(x[i]-x[j])^2/2)", "G[i,j] = exp(-(y[i]-y[j])^2/2)"


@pytest.mark.parametrize(
    ("loss", "variables", "where"),
    [
        (
            Sum(K[i], (i, 1, M)) + Sum(G[i], (i, 1, N)),
            [x[k], y[k]],
            [Eq(K[i], exp(-(x[i] ** 2))), Eq(G[i], exp(-(y[i] ** 2)))],
        ),
        pytest.param(
            "sum(K[i], i=1..M) + sum(G[i], i=1..N)",
            ["x[k]", "y[k]"],
            ["K[i] = exp(-x[i]^2)", "G[i] = exp(-y[i]^2)"],
            marks=pytest.mark.needs("lark"),
        ),
    ],
)
def test_the_index_of_a_definition_is_its_own(
    loss: object, variables: list[object], where: list[object]
) -> None:
    d = derive.gradient(loss, variables, where=where)
    assert d.check().level == "exact"
    assert str(d.result) == "(-2*K[k]*x[k], -2*G[k]*y[k])"
    assert [str(each.entry) for each in d.problem.definitions] == ["K[i]", "G[j]"]
    value, slopes = d.kernel("numpy")(x=np.zeros(3), y=np.zeros(2))
    assert value == 5
    assert [slope.shape for slope in slopes] == [(3,), (2,)]


@pytest.mark.needs("lark")
def test_two_samples_of_their_own_sizes() -> None:
    """Gretton et al. 2012: letters that stand for one size serve again."""
    within = "sum(sum(K[i,j], i=1..M), j=1..M)/M^2 + sum(sum(G[i,j], i=1..N), j=1..N)/N^2"
    between = "2*sum(sum(H[i,j], i=1..M), j=1..N)/(M*N)"
    where = [*KERNELS, "H[i,j] = exp(-(x[i]-y[j])^2/2)"]
    d = derive.gradient(f"{within} - {between}", "x[k]", where=where)
    assert d.check().level == "exact"
    assert [str(each.entry) for each in d.problem.definitions] == ["K[i, j]", "G[m, n]", "H[i, m]"]
