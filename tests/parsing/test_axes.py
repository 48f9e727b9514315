"""Sizes of axes, from how far the indices of sums reach in them."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import IndexedBase, Integer, Symbol

import derive
from derive.errors import DeriveError
from derive.parsing import in_sympy

pytestmark = pytest.mark.needs("lark")

C, N, T, D, L = (Symbol(name, integer=True, positive=True) for name in "CNTDL")
VALUES = "1/2*(q - (Q[1] + sum(g^(i-1)*prod(lam*min(1, rho[s]), s=2..i)*(r[i] + g*V[i+1] - Q[i]), "


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("sum(r[i]*V[i+1], i=1..T)", {"r": (T,), "V": (T + 1,)}),
        ("sum((r[t] + V[t+1] - V[t])^2, t=1..T)", {"r": (T,), "V": (T + 1,)}),
        ("sum(r[t]*V[t], t=1..T) + V[T+1]", {"r": (T,), "V": (T + 1,)}),
        ("sum(r[t]*V[t+2]*V[t+1], t=1..T) + V[1]", {"r": (T,), "V": (T + 2,)}),
        ("sum(logsumexp(V)*r[i]*V[i+1], i=1..T)", {"r": (T,), "V": (T + 1,)}),
        ("sum(sum(W[l+1,i]*W[l,i], i=1..D), l=1..L)", {"W": (L + 1, D)}),
        ("sum(u[i]*v[i-1], i=2..T+1)", {"u": (T + 1,), "v": (T,)}),
        ("sum(sum(r[s], s=1..i+1)*b[i], i=1..T)", {"r": (T + 1,), "b": (T,)}),
        ("sum(V[i+1]^2*V[i], i=1..3)", {"V": (Integer(4),)}),
        ("sum(z[i], i=1..2*N)", {"z": (2 * N,)}),
        # What is taken off a size makes no size of its own.
        ("sum((z[i+1] - z[i])^2, i=1..C-1)", {"z": (C,)}),
        ("sum(sum(rho[s], s=1..i)*r[i+1], i=1..T-1)", {"rho": (T,), "r": (T,)}),
        (VALUES + "i=1..T-1)))^2", dict.fromkeys(["Q", "V", "r", "rho"], (T,))),
    ],
)
def test_an_array_is_as_long_as_its_indices_reach(text: str, shapes: dict[str, tuple]) -> None:
    [read] = in_sympy([text], [], [], []).expressions
    assert {b.name: b.shape for b in read.atoms(IndexedBase)} == shapes


def test_the_index_of_a_definition_reaches_as_far_as_what_it_defines() -> None:
    asked = in_sympy(["sum(q[i]*r[i], i=1..T)"], ["V[k]"], [], ["q[i] = exp(V[i+1])"])
    assert asked.variables[0].base.shape == (T + 1,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "sum(z[i]^2, i=1..C) + sum((z[i+1] - z[i])^2, i=1..C)",
            r"column 30: this goes up to entry C \+ 1, and in column 7 the array ends at C; let",
        ),
        (
            "sum(r[i]*V[i+1], i=1..T) + sum(V[j]^2, j=1..N)",
            r"column 34: V is used with two sizes, T \+ 1 in column 12 and N here; write one size",
        ),
        (
            "sum(x[i]*y[i], i=1..N) + sum(x[j]^2, j=1..T)",
            "column 32: x is used with two sizes, N in column 7 and T here; write one size in both "
            "places, or call one of the arrays by another name, or say which is the smaller with a "
            "fact, T <= N or N <= T",
        ),
    ],
)
@pytest.mark.parametrize("variables", [[], ["x[k]", "y[k]"]])
def test_uses_that_disagree_are_named(text: str, sentence: str, variables: list[str]) -> None:
    with pytest.raises(DeriveError, match=sentence):
        in_sympy([text], [v for v in variables if v[0] in text], [], [])


@pytest.mark.parametrize(
    ("text", "variable", "result"),
    [
        ("sum(r[i]*V[i+1], i=1..T)", "r[k]", "V[k + 1]"),
        ("sum(sum(rho[s], s=1..i)*r[i+1], i=1..T-1)", "rho[k]", "Sum(r[i + 1], (i, k, T - 1))"),
        (VALUES + "i=1..T-1)))^2", "q", None),
        (VALUES + "i=1..T-1)))^2", "lam", None),
    ],
)
def test_the_derivation_follows(text: str, variable: str, result: str | None) -> None:
    derivation = derive.gradient(text, variable, given=["lam > 0"] if "lam" in text else [])
    assert derivation.check().level == "exact"
    assert result is None or str(derivation.result) == result
    # An entry beside that of the variable, V[k + 1], is no entry of the whole array.
    assert result is None or derivation.matrix is None


LAGS = "sum(sum(c[l]*e[n-l], l=1..q)^2, n=q+1..N)"
BEFORE_AND_AFTER = "sum((x[i]-a)^2, i=1..t) + sum((x[i]-b)^2, i=t+1..N)"


def test_the_length_of_an_array_is_a_size_where_another_sum_starts_at_it() -> None:
    derivation = derive.gradient(LAGS, "c[k]")
    assert str(derivation.result) == (
        "2*Sum(e[-k + n]*Sum(c[l]*e[-l + n], (l, 1, q)), (n, q + 1, N))"
    )
    assert [str(size) for size in derivation.problem.sizes] == ["N", "q"]
    e, c = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0])
    value, slope = derivation.kernel("numpy")(e=e, c=c)
    assert value == 121 and slope.tolist() == [44, 22]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (BEFORE_AND_AFTER, []),
        ("sum(u[i], i=1..t) + sum(v[i], i=t+1..N)", ["u[i] = (x[i]-a)^2", "v[i] = (x[i]-b)^2"]),
    ],
)
def test_an_index_stays_one_where_the_array_goes_on_after_it(text: str, where: list[str]) -> None:
    derivation = derive.gradient(text, "a", where=where)
    assert [str(size) for size in derivation.problem.sizes] == ["N"]


@pytest.mark.slow
def test_the_letters_of_a_fact_are_its_own() -> None:
    """``W[k,l] > 0`` is said of all entries: its ``k`` is not that of what is derived by."""
    found = derive.gradient(
        "Sum(V[f,n]/Q[f,n] - log(V[f,n]/Q[f,n]) - 1, (f,1,F), (n,1,N))",
        ["W[k,m]", "H[k,m]"],
        given=["W[k,l] > 0", "H[l,n] > 0", "V[f,n] > 0"],
        where=["Q[f,n] = Sum(W[f,l]*H[l,n], (l,1,R))"],
    )
    assert [str(part.result) for part in found.results] == [
        "Sum((1 - V[k, n]/Q[k, n])*H[m, n]/Q[k, n], (n, 1, N))",
        "Sum((1 - V[f, m]/Q[f, m])*W[f, k]/Q[f, m], (f, 1, F))",
    ]
    assert found.check().level == "exact"
