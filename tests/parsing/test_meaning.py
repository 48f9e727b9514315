"""What a text means: precedence, names, ranges and facts, as a person of SymPy would write them."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from losses import C, T, W, a, i, j, k, l, n, s, t, y, z
from sympy import (
    Derivative,
    E,
    Eq,
    Ge,
    IndexedBase,
    KroneckerDelta,
    Ne,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    symbols,
)

import derive
from derive.parsing import in_sympy
from derive.parsing.functions import FUNCTIONS, REDUCTIONS, WHOLE

pytestmark = pytest.mark.needs("lark")

A, B, D = symbols("A B D", real=True)


def read(text: str, *given: str, **more: Any) -> Any:
    return in_sympy([text], (), list(given), [], smooth=False, **more).expressions[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-A^2", -(A**2)),
        ("-A**2", -(A**2)),
        ("(-A)^2", A**2),
        ("A^B^2", A ** (B**2)),
        ("A^-B", A**-B),
        ("2^-A^2", 2 ** (-(A**2))),
        ("A-B-D", A - B - D),
        ("A/B/D", A / B / D),
        ("A/B*D", A / B * D),
        ("A/(B*D)", A / (B * D)),
        ("-A*B", -A * B),
        ("A*-B", -A * B),
        ("--A", A),
        ("+A - -B", A + B),
        ("A + B*D^2", A + B * D**2),
        ("0.1 + 1/3", Rational(13, 30)),
        ("1e-3*A", A / 1000),
        (".5*A", A / 2),
        ("1.25", Rational(5, 4)),
        ("A − B·D × 2", A - B * D * 2),
        ("  A\n\t+ B ", A + B),
        ("e^A", exp(A)),
        ("exp(1)", E),
        ("2*pi", 2 * sympy.pi),
        ("λ + alpha + Γ", sum(symbols("lambda alpha Gamma", real=True))),
        ("y_hat + \\hat{q}", Symbol("\\hat{y}", real=True) + Symbol("\\hat{q}", real=True)),
        ("T_max*x_1", Symbol("T_max", real=True) * Symbol("x_1", real=True)),
    ],
)
def test_arithmetic_has_the_usual_precedence(text: str, expected: Any):
    assert read(text) == expected


TOTAL = Sum(z[i] * y[i], (i, 1, C))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sum(z[i]*y[i], (i, 1, C))", TOTAL),
        ("sum(z[i]*y[i], i=1..C)", TOTAL),
        ("sum(z[i]*y[i], i = 1 … C)", TOTAL),
        ("Sum(z[j], (j, i, C), (i, 1, C))", Sum(z[j], (j, i, C), (i, 1, C))),
        ("sum(sum(z[j], j=i..C), i=1..C)", Sum(z[j], (j, i, C), (i, 1, C))),
        ("sum(z[j], i=1..C, j=i..C)", Sum(z[j], (j, i, C), (i, 1, C))),
        ("sum(z[j], k=1..C, j=1..C, i=j..k)", Sum(z[j], (i, j, k), (k, 1, C), (j, 1, C))),
        ("Sum(delta(i, t)*z[i], (i,1,C))", Sum(KroneckerDelta(i, t) * z[i], (i, 1, C))),
        ("softmax(z[j], j)[i]", exp(z[i]) / Sum(exp(z[j]), (j, 1, C))),
    ],
)
def test_sums_and_softmaxes(text: str, expected: Any):
    assert read(text) == expected


def test_a_row_and_a_bias_take_the_indices_they_lack():
    logits = IndexedBase("b", shape=(C,))
    read_as = read("Sum(softmax(s[n] + b)[i]*t[n]*s[n,i], (n,1,N), (i,1,C)) + b[i]")
    [found] = {e for e in read_as.atoms(sympy.exp) if i in e.free_symbols}
    assert found == exp(s[n, i] + logits[i])
    whole = read("Sum(softmax(s + b)[n, i]*t[n]*s[n,i], (n,1,N), (i,1,C)) + b[i]")
    assert whole == read_as


def test_no_index_is_captured():
    [running] = read("softmax(Sum(W[j,l]*a[l], (l,1,D)), j)[l]", "l <= C").atoms(exp) - {
        exp(Sum(W[j, l] * a[l], (l, 1, symbols("D", integer=True, positive=True))))
    }
    [inner] = running.atoms(Sum)
    assert inner.limits[0][0] != l
    assert l in inner.free_symbols


def test_an_axis_of_which_nothing_tells_the_length_has_a_size_of_its_own():
    [known] = read("C*a[t + 1]^2 - a[t]").atoms(IndexedBase)
    assert [size.name for size in known.shape] == ["N"]


def test_entries_with_numbers_are_all_there_are():
    shapes = {
        b.name: b.shape for b in read("Sum(v[n,1]*u[2] - v[n,3], (n,1,N))").atoms(IndexedBase)
    }
    assert (shapes["v"][1], shapes["u"]) == (3, (2,))


def test_shapes_come_from_the_ranges():
    shapes = {
        b.name: b.shape
        for b in read(
            "Sum(log(softmax(s[n])[t[n]])*w[k], (n,1,N)) + Sum(x[i+1] - x[i], (i,1,D-1)) + z[k]"
            " + q[2] + Sum(q[m], (m,1,3))",
            "k <= K",
        ).atoms(IndexedBase)
    }
    size = {name: Symbol(name, integer=True, positive=True) for name in "CNDK"}
    assert shapes == {
        "s": (size["N"], size["C"]),
        "t": (size["N"],),
        "w": (size["K"],),
        "x": (size["D"],),
        "z": (size["K"],),
        "q": (3,),
    }


def test_softmaxes_of_no_known_size_are_over_the_same_classes():
    arrays = read("log_softmax(z)[t] - log_softmax(u[n])[r]", "n <= N").atoms(IndexedBase)
    C, N = (Symbol(name, integer=True, positive=True) for name in "CN")
    assert {b.name: b.shape for b in arrays} == {"z": (C,), "u": (N, C)}


def test_facts_and_definitions():
    asked = in_sympy(
        ["-Sum(y[i]*log(q[i])/T, (i,1,C)) + z[k] + z[t] + mu"],
        ["z[k]"],
        ["y[i] = delta(i,t)", "k != t", "C > 1", "T > 0", "z[i] > 0", "C >= 1", "0 < z[i]"],
        ["q[i] = softmax(z)[i]", "mu := Sum(z[i], (i,1,C))/C"],
    )
    q, mu = IndexedBase("q", shape=(C,)), Symbol("mu", real=True)
    assert asked.given == [
        Eq(y[i], KroneckerDelta(i, t)),
        Ne(k, t),
        Ge(C, 2),
        z[i] > 0,
        z[i] > 0,
    ]
    named, mean = asked.where
    assert named.lhs == q[i]
    assert mean == Eq(mu, Sum(z[i], (i, 1, C)) / C)
    assert T in asked.expressions[0].free_symbols, "a fact says that T is positive"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_a_meaning_and_a_derivative(name: str):
    function = FUNCTIONS[name]
    names = ["A", "B", "D"][: function.arguments]
    text = f"{name}({', '.join(names)})"
    assert read(text) == function.apply(*(Symbol(n, real=True) for n in names))
    applied = f"{name}({', '.join(['A/2', *names[1:]])})"
    assert derive.gradient(f"B*{applied}", "A").check().ok


@pytest.mark.parametrize("name", [*REDUCTIONS, *WHOLE])
def test_every_function_of_a_vector_is_that_of_its_entries(name: str):
    behind = "" if name in WHOLE else "[k]"
    written = {
        "softmax": exp(z[k]) / Sum(exp(z[i]), (i, 1, C)),
        "log_softmax": log(exp(z[k]) / Sum(exp(z[i]), (i, 1, C))),
        "logsumexp": log(Sum(exp(z[i]), (i, 1, C))),
    }
    assert read(f"{name}(z){behind}") == written[name]
    assert read(f"{name}(z[i], i){behind}") == written[name]


def test_derivatives_are_for_lines():
    assert read("diff(exp(z[k]), z[k])", "k <= C") == Derivative(exp(z[k]), z[k])
    assert read("Derivative(A^2, A)") == Derivative(A**2, A)


def test_text_in_python_gives_the_derivation_that_sympy_gives():
    d = derive.gradient("-log(softmax(z)[t])", "z[k]", given=["k != t"])
    assert str(d.result) == "\\hat{y}[k]"
    both = derive.gradient("Sum((z[i] - mu)^2, (i,1,C))", ["z[k]", "mu"])
    assert set(both.parts) == {"z[k]", "mu"}
    assert str(derive.jacobian("softmax(z)[i]", "z[k]").at(C=1)) == "[[0]]"
    assert str(derive.hessian("Sum(z[i]^2, (i,1,C))", "z[k]", "z[m]").at(C=2)[0, 0]) == "2"
