"""What is exported is proved, says what it should, and nothing that is wrong."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from judge import is_error
from losses import LOSSES, Loss
from mutations import Mutation, mutations
from planted import accepted, answer, with_planted
from sympy import Expr

import derive
from derive.facts import Given
from derive.formal import Exported, export
from derive.notation import Partial, Plus, Power, Quotient, times
from derive.rules import RULES
from derive.rules.registry import Outcome

FAST = ("softmax-jacobian",)
entries = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in FAST else [pytest.mark.slow])
        for name in derive.catalogue()
    ],
)
QUICK = "logits and temperature"
"""Of the losses, the one that an ordinary run has Coq check."""


def posed(loss: Loss) -> derive.Derivation:
    facts = {"given": loss.given, "where": loss.where}
    if loss.kind == "gradient":
        variables = loss.variables if len(loss.variables) > 1 else loss.variables[0]
        return derive.gradient(loss.expression, variables, **facts)
    return getattr(derive, loss.kind)(loss.expression, *loss.variables, **facts)


def atoms(derivation: derive.Derivation) -> set[tuple[str, int, str]]:
    return {
        (inner.name, number, atom.rule)
        for inner in derivation.walk()
        for number, step in enumerate(inner.steps, start=1)
        for atom in step.atoms
    }


def marked(exported: Exported) -> set[tuple[str, int, str]]:
    return {(m.derivation, m.step, m.rule) for m in exported.marks if m.step}


@entries
def test_every_step_has_its_lines(name: str) -> None:
    derived = derive.derivation(name)
    exported = export(derived)
    assert marked(exported) == atoms(derived)
    lines = exported.text.split("\n")
    for mark in exported.marks:
        shown = "\n".join(lines[mark.line_first - 1 : mark.line_last])
        assert (RULES[mark.rule].formal if mark.step else "Proof.") in shown
    assert not exported.unproved
    assert "Admitted" not in exported.text and "Axiom " not in exported.text


@entries
def test_the_text_is_always_the_same(name: str) -> None:
    """In other processes too, where sets come in another order."""
    script = f"import derive; print(derive.derivation({name!r}).coq())"
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@entries
def test_entries_are_anchored(name: str) -> None:
    """Each has statements in plain Coquelicot."""
    theorems = export(derive.derivation(name)).theorems
    assert any(theorem.endswith("in_plain_words") for theorem in theorems)


@pytest.mark.needs("coqc")
def test_a_renamed_entry_is_proved_without_them(tmp_path: Path) -> None:
    symbols = {"z": "s", "C": "K", "\\hat{y}": "p"}
    exported = export(derive.derivation("softmax-cross-entropy", symbols=symbols))
    assert not any(theorem.endswith("in_plain_words") for theorem in exported.theorems)
    assert answer(exported.text, tmp_path).ok


@pytest.mark.needs("coqc")
@entries
def test_entries_are_proved(name: str, tmp_path: Path) -> None:
    said = answer(export(derive.derivation(name)).text, tmp_path)
    assert said.ok, said.errors


@pytest.mark.needs("coqc")
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n == QUICK else [pytest.mark.slow]) for n in LOSSES],
)
def test_losses_are_proved(name: str, tmp_path: Path) -> None:
    said = answer(export(posed(LOSSES[name])).text, tmp_path)
    assert said.ok, said.errors


MARGIN = "exp(s*(c[t] - m))"
SIGMOID_OF = "p[n] = 1/(1 + exp(-z[n]))"
SHARED, BESIDE = "sum(p[n]*g[n], n=1..N)", "a*sum(p[n]*(1 - g[n]), n=1..N)"
BEYOND = "b*sum((1 - p[n])*g[n], n=1..N)"
ANGULAR, OTHERS = "exp(s*cos(acos(c[t]) + m))", "sum((1 - delta(j,t))*exp(s*c[j]), j=1..C)"
AFFINE = "u[n,i] = sum(W[i,d]*X[n,d], d=1..D) + b[i]"
SOFTMAX_OF = "q[n,i] = exp(u[n,i])/sum(exp(u[n,j]), j=1..C)"


@pytest.mark.slow
@pytest.mark.needs("coqc")
@pytest.mark.parametrize(
    ("loss", "variable", "more"),
    [
        pytest.param(
            f"-log({MARGIN}/({MARGIN} + sum((1 - delta(j,t))*exp(s*c[j]), j=1..C)))",
            "c[k]",
            {"given": ["s > 0"]},
            id="additive margin",
        ),
        pytest.param(
            f"1 - {SHARED}/({SHARED} + {BESIDE} + {BEYOND})",
            "z[k]",
            {"where": [SIGMOID_OF]},
            id="tversky of pixels",
        ),
        pytest.param(
            "-sum(sum(Y[n,i]*log(q[n,i]), i=1..C), n=1..N)/N",
            "b[k]",
            {"where": [SOFTMAX_OF, AFFINE]},
            id="bias of a batch with free labels",
        ),
        pytest.param(f"-log({ANGULAR}/({ANGULAR} + {OTHERS}))", "c[k]", {}, id="angular margin"),
        pytest.param(
            "sum(prod(softmax(z[r])[j], r=1..M), j=1..C)", "z[m,k]", {}, id="agreement of experts"
        ),
        pytest.param(
            "sum((1 - c[i,i])^2, i=1..D) + a*sum(sum((1 - delta(i,j))*c[i,j]^2, j=1..D), i=1..D)",
            "z[m,k]",
            {"where": ["c[i,j] = sum(z[n,i]*u[n,j], n=1..N)/N"]},
            id="redundancy reduction",
        ),
        pytest.param(
            "-log(sigmoid(b*sum(log(softmax(z[n])[t[n]]), n=1..M)"
            " - sum(log(softmax(u[n])[r[n]]), n=1..L)))",
            "z[m,k]",
            {"given": ["k <= V"]},
            id="preference of sequences",
        ),
        pytest.param(
            "-sum(max(p[n] - c, 0)^h, n=1..N)",
            "z[k]",
            {"where": [SIGMOID_OF], "given": ["h > 0", "c > 0"]},
            id="clipped power",
        ),
        pytest.param(
            "-log(sigmoid(z[t])*prod(1 - sigmoid(z[i]), i=1..t-1))",
            "z[k]",
            {"given": ["k <= C", "t <= C"]},
            id="bracket of equal indices",
        ),
        pytest.param(
            "sum(y[i]*erf(z[i]), i=1..C) - erf(a*z[t])", "z[k]", {}, id="a function that Coq lacks"
        ),
    ],
)
def test_published_losses_are_proved(
    loss: str, variable: str, more: dict[str, list[str]], tmp_path: Path
) -> None:
    exported = export(derive.gradient(loss, variable, **more))
    said = answer(exported.text, tmp_path)
    assert said.ok and bool(exported.unproved) is ("erf" in loss), said.errors


@pytest.mark.slow
@pytest.mark.needs("coqc")
def test_the_hessian_of_a_norm_is_proved(tmp_path: Path) -> None:
    exported = export(derive.hessian("sqrt(sum(z[i]^2, i=1..C))", "z[k]", "z[l]"))
    assert not exported.unproved and answer(exported.text, tmp_path).ok


def changed(root: derive.Derivation) -> list[Mutation]:
    """Changed steps of an entry; a few of each step for one in an ordinary run."""
    each = 1 if root.name in FAST else 5
    found = mutations(root, each, seed=7)
    return [m for m in found if m.kind not in ("missing fact", "wrong case")]


@pytest.mark.slow
def test_thousands_of_wrong_steps_are_put_to_coq() -> None:
    roots = list(map(derive.derivation, derive.catalogue()))
    assert sum(with_planted(root, changed(root))[1] for root in roots) >= 5000


@pytest.mark.needs("coqc")
@entries
def test_wrong_steps_are_rejected(name: str, tmp_path: Path) -> None:
    root = derive.derivation(name)
    planted = changed(root)
    text, count = with_planted(root, planted)
    said = answer(text, tmp_path)
    assert said.ok, said.errors
    taken = [planted[n] for n in accepted(said)]
    wrong = [str(m) for m in taken if is_error(m, root, outside=False)]
    print(f"{count} changed steps of {name}: {len(taken)} accepted, {len(wrong)} of them wrong")
    assert count >= 0.9 * len(planted) and not wrong, "\n".join(wrong)


def flipped(expr: Expr, given: Given) -> Outcome:
    """The quotient rule with a plus in it."""
    match expr:
        case Partial(Quotient(above, below), variable):
            rising = times(above, Partial(below, variable))
            return Quotient(Plus(times(Partial(above, variable), below), rising), Power(below, 2))
    return None


@pytest.mark.needs("coqc")
def test_a_wrong_rule_is_caught_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the exact checker, and by Coq: at the step that the rule made."""
    name = "differentiate_quotient"
    monkeypatch.setitem(RULES, name, replace(RULES[name], function=flipped))
    derived = derive.derivation("softmax-jacobian")
    assert {f.rule for f in derived.check().failures if f.rule} == {name}
    exported = export(derived)
    said = answer(exported.text, tmp_path)
    assert not said.ok
    line = said.complaint.line
    (mark,) = (m for m in exported.marks if m.line_first <= line <= m.line_last)
    assert mark.rule == name and mark.step == 1
