"""Roots of squares: the root is what is squared where that is positive, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Expr, Integer, Rational, Symbol

import derive
from derive.facts import Fact, IndexRange, PositiveFact
from derive.notation import Minus, Plus, Power, Times
from derive.problem import Problem
from derive.rules import samples as s
from derive.verify import check
from derive.verify.decide import Decider

HALF, THREE_HALVES = Rational(1, 2), Rational(3, 2)
z_k, y_k = s.z[s.k1], s.y[s.k1]
both = Plus(z_k, y_k)
positive = tuple(PositiveFact(array[s.k1]) for array in (s.z, s.y))


def root(expr: Expr) -> Expr:
    return Power(expr, HALF)


@pytest.mark.parametrize(
    ("left", "right", "facts", "equal"),
    [
        (root(Power(z_k, 2)), z_k, positive, True),
        (root(Power(z_k, 2)), z_k, (), False),
        (root(Power(z_k, 2)), Minus(z_k), positive, False),
        (root(Power(z_k, 2)), Power(z_k, 2), positive, False),
        (root(Power(both, 2)), both, positive, True),
        (root(Power(both, 2)), both, (), False),
        (root(Power(both, 2)), Minus(both), positive, False),
        (root(Times(Power(both, 2), y_k)), Times(both, root(y_k)), positive, True),
        (root(Times(Power(both, 2), y_k)), Times(Minus(both), root(y_k)), positive, False),
        (root(Times(Power(both, 2), y_k)), Times(both, y_k), positive, False),
        (Power(Power(both, 4), THREE_HALVES), Power(both, 6), positive, True),
        (root(Power(Plus(z_k, Minus(y_k)), 2)), Plus(z_k, Minus(y_k)), positive, False),
    ],
)
def test_a_root_is_what_is_squared_where_that_is_positive(
    left: Expr, right: Expr, facts: tuple[Fact, ...], equal: bool
) -> None:
    ranges = (IndexRange(s.k1, Integer(1), s.C),)
    problem = Problem("roots", "gradient", left, left, (z_k,), facts=positive, ranges=ranges)
    assert Decider(problem, ()).compare(left, right, facts).equal is equal


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("loss", "by", "result"),
    [
        ("sum(sqrt(2*s[i]^2), i=1..N)", "s[k]", "sqrt(2)"),
        ("1/sqrt(s[1]^2)", "s[1]", "-1/s[1]**2"),
        ("sum(sqrt((s[i] + t[i])^2*s[i]), i=1..N)", "t[k]", "sqrt(s[k])"),
        ("sum(x[i]/sqrt(4*s[i]^4*t[i]^2), i=1..N)", "t[k]", "-x[k]/(2*s[k]**2*t[k]**2)"),
        ("sum((s[i]^2*t[i])^(3/2), i=1..N)", "t[k]", "3*s[k]**3*sqrt(t[k])/2"),
    ],
)
def test_roots_of_positive_entries_are_drawn(loss: str, by: str, result: str) -> None:
    given = ["s[i] > 0"] + ["t[i] > 0"] * ("t[" in loss)
    found = derive.gradient(loss, by, given=given)
    assert str(found.result) == result
    assert found.check().level == "exact"


@pytest.mark.needs("lark")
def test_a_problem_with_another_root_is_refused() -> None:
    given = derive.gradient(
        "sum(sqrt(s[i]^2*t[i]), i=1..N)", "t[k]", given=["s[i] > 0", "t[i] > 0"]
    )
    assert given.check().level == "exact"
    source = given.problem.source
    planted = replace(given, problem=replace(given.problem, source=-source))
    assert check(planted).level == "failed"
    unsaid = replace(given.problem, facts=(given.problem.facts[1],))
    assert check(replace(given, problem=unsaid)).level == "failed"


def test_a_letter_keeps_its_root() -> None:
    x = Symbol("x", real=True)
    found = derive.gradient((x**2) ** Rational(1, 2), x)
    assert str(found.result) != "1"
