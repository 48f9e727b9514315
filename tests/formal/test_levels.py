"""The level of the evidence, wherever a derivation is shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sympy import IndexedBase, Sum, erf, log, symbols

import derive
from derive.__main__ import FINE, main
from derive.render.messages import load
from derive.verify.report import Failure

C = symbols("C", integer=True, positive=True)
i, k = symbols("i k", integer=True)
z = IndexedBase("z", shape=(C,))


@pytest.mark.parametrize("command", ["show", "verify"])
def test_a_terminal_says_it_without_coq(
    command: str, program: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    program("")
    assert main([command, "softmax-jacobian"]) == FINE
    said = capsys.readouterr().out
    assert "level: proved" in said
    assert "formal: proved for every C ≥ 1, recorded with Coq 8." in said


def test_what_nobody_has_checked_is_emitted_and_no_more() -> None:
    d = derive.gradient(Sum(log(1 + z[i] ** 2), (i, 1, C)), z[k])
    report = d.check()
    assert report.level == "exact" and "emitted: a Coq proof is written, and not checked" in str(
        report
    )
    assert load("en").text("evidence", "emitted") in d.latex()


def test_a_function_that_coq_does_not_have_is_named_with_its_step() -> None:
    d = derive.gradient(Sum(erf(z[i]), (i, 1, C)), z[k])
    report = d.check()
    assert report.ok and report.level != "proved" and report.proof is not None
    [step] = {u.step for u in report.proof.unproved}
    assert d.steps[step - 1].rule in {u.rule for u in report.proof.unproved}
    assert load("en").text("evidence", "unproved").partition("{")[0] in d.latex()


@pytest.mark.parametrize(
    ("loss", "variable", "condition"),
    [
        ("sum(x[i], i=1..C)/(C - 1)", "x[k]", "C != 1"),
        ("sqrt(sum(x[i]^2, i=1..C))", "x[k]", "Sum(x[i]**2, (i, 1, C)) > 0"),
        ("sum(y[i]*log(x[i]), i=1..C)", "x[k]", "x[i] > 0"),
        ("sum(abs(x[i]), i=1..C)", "x[k]", "x[i] != 0"),
        ("y/(x - 1)", "x", "x != 1"),
    ],
)
def test_what_a_proof_takes_for_granted_is_said(loss: str, variable: str, condition: str) -> None:
    d = derive.gradient(loss, variable)
    report = d.check()
    assert report.proof is not None and f"assumed: {condition}\n" in str(report)
    assert f" where {condition}, by Coq" in str(replace(report.proof, coq="8.16.1"))
    assert load("en").text("evidence", "assumed").partition("{")[0] in d.latex()


def test_what_follows_is_not_taken_for_granted() -> None:
    """Of a logistic function both shares are positive."""
    d = derive.gradient("-(y*log(1/(1 + exp(-z))) + (1 - y)*log(1 - 1/(1 + exp(-z))))", "z")
    assert d.check().conditions == ()


TIES = "Max(w*x[i], (i, 1, N)) is attained once"
LARGEST = ["M = max(w*x[i], i=1..N)"]
LAYER = ["m[i] = max(0, h[i])", "h[i] = w[i]*x"]


@pytest.mark.needs("coqc")
@pytest.mark.parametrize(
    ("loss", "variable", "where", "condition"),
    [
        ("M^2", "w", LARGEST, TIES),
        ("-y*log(sigmoid(M)) - (1 - y)*log(1 - sigmoid(M))", "w", LARGEST, TIES),
        ("a^2", "w", ["a = abs(w*x - y)"], "w*x != y"),
        ("log(1 + exp(m))", "w", ["m = max(0, w*x)"], "w*x != 0"),
        ("sum(exp(-a[i]), i=1..C)", "z[k]", ["a[i] = abs(z[i])"], "z[i] != 0"),
        ("(sum(v[i]*m[i], i=1..C) - y)^2", "w[k]", LAYER, "h[i] != 0"),
    ],
)
def test_a_name_keeps_off_the_kinks_of_its_value(
    loss: str, variable: str, where: list[str], condition: str
) -> None:
    report = derive.gradient(loss, variable, where=where).check(formal=True)
    assert report.level == "proved" and f" where {condition}, by Coq" in str(report)


def test_a_name_that_nothing_moves_has_no_kink() -> None:
    d = derive.gradient("w^2*M", "w", where=["M = max(x[i], i=1..N)"])
    assert d.check().conditions == ()


@pytest.mark.needs("coqc")
def test_the_slope_of_a_kink_has_a_slope() -> None:
    """That ``w*x`` is not zero is known of the product, and not of both factors."""
    d = derive.hessian("m^2", "w", "w", where=["m = max(0, w*x)"])
    assert d.check(formal=True).level == "proved"


@pytest.mark.needs("coqc")
@pytest.mark.parametrize(
    ("loss", "given", "where"),
    [
        # Shares are positive where a name that is made of them must not be zero.
        (
            "sum(a[i]^2, i=1..C)",
            ["sum(p[i], i=1..C) = 1"],
            ["a[i] = abs(h[i])", "h[i] = p[i]*z[i]"],
        ),
        # There is no class before the first.
        ("-log(1 - sum(softmax(z)[m], m=s..C))", ["s <= C"], []),
    ],
)
def test_numbers_are_found_for_which_the_conditions_hold(
    loss: str, given: list[str], where: list[str]
) -> None:
    d = derive.gradient(loss, "z[k]", given=given, where=where)
    assert d.check(formal=True).level == "proved"


def test_a_refusal_by_coq_is_told_and_takes_nothing_from_the_check() -> None:
    d = derive.gradient(Sum(log(1 + z[i] ** 2), (i, 1, C)), z[k])
    refusal = Failure(d.name, 1, d.steps[0].rule, "formal", "Coq refuses line 12: no")
    report = d.check()
    assert report.proof is not None
    report = report.with_proof(replace(report.proof, failures=(refusal,)))
    assert report.ok and report.level == "exact" and report.failures == ()
    assert f"refused, so not proved: {refusal}" in str(report)
    d.__dict__["_proof"] = report.proof
    assert load("en").text("evidence", "unproved").partition("{")[0] in d.latex()


def test_what_cannot_be_said_in_coq_has_no_proof() -> None:
    d = derive.gradient("sum(sum(exp(-abs(r[i] - r[j])), j=1..N), i=1..N)", "r[k]")
    report = d.check(formal=True)
    assert report.level == "exact" and "none: the formal proof has no counterpart" in str(report)


@pytest.mark.needs("coqc", "lark")
@pytest.mark.parametrize(
    ("loss", "variable", "given"),
    [
        # Classes in an array of two axes, which index another array.
        ("sum(U[v[n,j]]*log(P[v[n,j]]), n=1..N, j=1..M)", "U[k]", ["P[j] > 0", "k <= V"]),
        # Sums in which the same terms stand in another order.
        ("-log(sum(y[i]*softmax(z)[i], i=1..C))", "z[k]", []),
        # Weights that may be zero, whose exponentials are left out of the shift.
        ("log(1 + sum(y[i]*exp(z[i]), i=1..C))", "z[k]", []),
        # Pairs without i = j, where the terms would have no value.
        ("sum((1 - delta(i, j))*log(abs(z[i] - z[j])), i=1..C, j=1..C)", "z[k]", []),
        # Rows that end at an index, which the name of their softmax does not speak of itself.
        ("sum(log(sum(exp(z[u]), u=m..C)), m=1..S)", "z[k]", ["S <= C"]),
    ],
)
def test_proved_with_what_losses_hold(loss: str, variable: str, given: list[str]) -> None:
    report = derive.gradient(loss, variable, given=given).check(formal=True)
    assert report.level == "proved", report
