"""Facts that compare: ``b < 1``, ``p > 1``, ``a > b``."""

from __future__ import annotations

import re

import pytest
from sympy import Gt, IndexedBase, Lt, Rational, Symbol, log, symbols

import derive
from derive.declarations import read_fact
from derive.errors import DeriveError
from derive.verify.bounds import Bounds

b = Symbol("b", positive=True)
C = Symbol("C", integer=True, positive=True)
i, k = symbols("i k", integer=True)
z = IndexedBase("z", shape=(C,))

MIXED = "-sum(y[i]*log((1 - b)*softmax(z)[i] + b/C), i=1..C)"


def test_a_bound_leaves_nothing_to_be_assumed() -> None:
    """``log((1 - b) p + b/C)`` has a value wherever ``0 < b < 1``, and only then."""
    known = derive.gradient(MIXED, "z[k]", given=["b > 0", "b < 1"])
    assert not known.check().conditions
    assert known.check().ok
    unknown = derive.gradient(MIXED, "z[k]", given=["b > 0"])
    assert unknown.check().conditions


@pytest.mark.needs("coqc")
@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("sum(log(1 - b*y[i])*z[i], i=1..C)", ["b > 0", "1 > b", "y[i] > 0", "y[i] < 1"]),
        ("sum(log(a - b)*z[i]^2, i=1..C)", ["a > b"]),
        ("sum(log(p - 1)*z[i]^2, i=1..C)", ["p > 1"]),
        ("sum(z[i]^2, i=1..C)*log(1 - b^2)", ["b < 1", "b > -1"]),
    ],
)
def test_proved_under_bounds(text: str, given: list[str]) -> None:
    assert derive.gradient(text, "z[k]", given=given).check(formal=True).level == "proved"


@pytest.mark.parametrize(
    ("relation", "low", "high"),
    [(b < 1, 0, 1), (b > 3, 3, None), (Lt(z[i], Rational(-1, 2)), None, Rational(-1, 2))],
)
@pytest.mark.parametrize("drawn", [Rational(1, 7), Rational(-3), Rational(40)])
def test_numbers_meet_bounds(
    relation: Gt, low: int | None, high: Rational | int | None, drawn: Rational
) -> None:
    bounds = Bounds([read_fact(relation)])
    leaf = z if relation.has(z) else b
    number = bounds.meet(leaf, drawn)
    assert low is None or number > low
    assert high is None or number < high
    # What nothing is declared of stays as it is.
    assert bounds.meet(Symbol("c"), drawn) == drawn


def test_a_line_holds_where_the_bound_does() -> None:
    assert derive.holds("abs(1 - b)", "1 - b", given=["b < 1"]).status == "holds"
    assert derive.holds("abs(1 - b)", "1 - b").status == "false"
    wrong = derive.holds("abs(2 - b)", "b - 2", given=["b < 1"])
    assert wrong.counterexample is not None
    assert wrong.counterexample.parameters["b"] < 1


SUM = "sum(w[i], i=1..C)"
WEIGHTED = "(a + b)*sum(w[i]*z[i]^2, i=1..C)"


PAIRS = "sum(p[i,j]*q[i,j]*(z[i] - z[j])^2, i=1..N, j=1..N)"


@pytest.mark.parametrize(
    "given",
    [
        ["p[i,j] = p[j,i]"],
        ["p[i,j] = -p[j,i]"],
        ["p[i,j] = q[i,j]", "q[i,j] = p[j,i]"],
        ["p[i,j] = r[i,j]", "r[i,j] = s[i,j]", "s[i,j] = p[j,i]"],
    ],
)
def test_entries_are_not_declared_by_their_own_array(given: list[str]) -> None:
    with pytest.raises(DeriveError, match=r"fact Eq\(p\[i, j\], .* declares p by itself: .* write"):
        derive.gradient(PAIRS, "z[k]", given=given)


@pytest.mark.parametrize("value", ["(a[i,j] + a[j,i])/2", "q[j,i]"])
def test_entries_are_declared_by_those_of_another_array(value: str) -> None:
    derivation = derive.gradient(PAIRS, "z[k]", given=[f"p[i,j] = {value}"])
    assert derivation.check().level == "exact"


@pytest.mark.parametrize(
    "given",
    [
        ["a > b", "b > a"],
        # What SymPy would refuse in its own words, or work out to be false
        ["a > 0", "a < 0"],
        ["a > 0", "a <= 0"],
        ["a != 0", "a = 0"],
        ["a > 1", "a < 0"],
        ["a > 0", "a < -1"],
        ["a >= 0", "a <= 0", "a != 0"],
        # Bounds that no number meets
        ["a < 1", "a > 2"],
        ["a > pi", "a < 3"],
        ["2*a > 2", "a < 1"],
        ["w[i] < 1", "w[i] > 2"],
        ["w[1] > 2", "w[i] < 1"],
        ["w[i] > 1", "w[k] < -1"],
        ["w[i] = 1", "w[i] > 2"],
        ["C >= 6", "C < 6"],
        ["C > 2", "2*C < 6"],
        # Entries that are too large or too small for their sum
        ["sum(w[i], i=1..C) = 1", "w[i] = 2"],
        ["sum(w[i], i=1..C) = 1", "w[i] = 2/3"],
        ["sum(w[i], i=1..C) = 1", "w[i] = -1"],
        ["sum(w[i], i=1..C) = C", "w[i] = 2"],
        ["w[i] > 1", "sum(w[i], i=1..C) = 1"],
        ["w[i] > 2", "sum(w[i], i=1..C) = 0"],
        ["w[i] > 1", "sum(w[i], i=1..C) = C"],
        ["w[i] < 0", "sum(w[i], i=1..C) = 1"],
    ],
)
def test_facts_that_contradict(given: list[str]) -> None:
    *others, last = map(re.escape, given)
    both = f"the facts {', '.join(others)} and {last} contradict each other; keep the one"
    with pytest.raises(DeriveError) as refused:
        derive.gradient(WEIGHTED, "z[k]", given=given)
    said = str(refused.value).replace("C >= 3", "C > 2").replace("Sum(w[i], (i, 1, C))", SUM)
    said = re.sub(r"Eq\(((?:sum\(.*?\)|w\[i\])), ([^)]*)\)", r"\1 = \2", said)
    assert re.match(both, said)


@pytest.mark.parametrize(
    "given",
    [
        ["a > 1", "a < 2"],
        ["a >= 0", "a <= 0"],
        ["a > 1", "b < 0"],
        ["w[i] > 1", "w[i] < 2"],
        ["w[1] > 2", "w[2] < 1", "C >= 2"],
        ["w[1] > 2", "w[C] < 1"],
        ["w[i] = 1", "w[i] > 0"],
        ["sum(w[i], i=1..C) = 1", "w[i] = 1"],
        ["sum(w[i], i=1..C) = 1", "w[i] = 1/3"],
        ["sum(w[i], i=1..C) = -2", "w[i] = -1"],
        ["sum(w[i], i=1..C) = C", "w[i] = 1"],
        ["sum(w[i], i=1..C) = a", "w[i] = 2"],
        ["sum(w[i], i=1..C) = a", "w[i] > 2"],
        ["w[i] > 0", "sum(w[i], i=1..C) = 1"],
        ["w[i] > 1/2", "sum(w[i], i=1..C) = 1"],
        ["w[i] > 1", "sum(w[i], i=1..C) = 2*C"],
        ["w[i] > -1", "sum(w[i], i=1..C) = -1"],
        ["w[i] < 1", "sum(w[i], i=1..C) = 1"],
        ["w[i] = delta(i,t)", "sum(w[i], i=1..C) = 1"],
        ["w[1] > 1", "sum(w[i], i=1..C) = 1"],
        ["C >= 2", "C < 4"],
    ],
)
def test_facts_that_hold_together(given: list[str]) -> None:
    assert derive.gradient(WEIGHTED, "z[k]", given=given).result.has(z)


def test_the_document_states_the_bound_as_it_was_given() -> None:
    loss = log(1 - b) * z[k] ** 2
    assert r"1 > b" in derive.gradient(loss, z[k], given=[b < 1]).latex().replace("{", "").replace(
        "}", ""
    )


@pytest.mark.parametrize(
    "inner", ["delta(u,t)*f[u], u=i..K+1-i", "f[u], u=i..K+1-i, u != t", "f[u], u=1..K+1-i, u != t"]
)
def test_a_label_in_a_range_that_shrinks_may_lie_outside_of_it(inner: str) -> None:
    """It was taken to lie in the smallest of the ranges, which the checker refused."""
    given = derive.gradient(f"sum(sum({inner})^2, i=1..H)", "f[k]", given=["H <= K"])
    bracket, mask = "t <= K - i + 1", "(1 - KroneckerDelta(t, u))*f[u]"
    assert any(kept in str(given.result) for kept in (bracket, mask))
    assert given.check().level == "exact"
