"""The commands on what a person writes: what they print, and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.__main__ import CHECK_FAILED, FINE, WRONG_USE, main

pytestmark = pytest.mark.needs("lark")

Captured = pytest.CaptureFixture[str]
CROSS_ENTROPY = "-Sum(y[i]*log(softmax(z)[i]), (i,1,C))"
SOFT = ["--given", "Sum(y[i],(i,1,C)) = 1"]


def test_a_gradient_is_printed_as_an_entry_is(capsys: Captured):
    assert main(["gradient", CROSS_ENTROPY, "--wrt", "z[k]", *SOFT]) == FINE
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "result: \\hat{y}[k] - y[k]"
    assert any("use_sum_fact" in line for line in said)
    assert "level: exact" in said


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        # A formula that begins with a minus is no option.
        (["gradient", "-log(softmax(z)[t])", "--wrt", "z[k]", "--given", "k != t"], "\\hat{y}[k]"),
        (["gradient", "-T^2", "--wrt", "T"], "-2*T"),
        (["gradient", "-h*T", "--wrt", "T"], "-h"),
        (["gradient", "T*x + T^2", "--wrt", "T", "--wrt", "x"], "(2*T + x, T)"),
        (["jacobian", "z[i]^2", "--wrt", "z[i]", "--given", "i <= C"], "2*z[i]"),
        (["hessian", "T^3", "--wrt", "T", "--wrt", "T"], "6*T"),
        (
            ["hessian-vector", "sum(z[i]^3, i=1..C)", "--wrt", "z[k]", "--along", "v[j]"],
            "6*v[k]*z[k]",
        ),
        (["gradient", "max(z[j], j=1..C)", "--wrt", "z[k]"], "Attains(z[j], (j, 1, C), k)"),
        (["gradient", "q + q^2", "--wrt", "T", "--where", "q = T^2"], "2*T*(2*q + 1)"),
    ],
)
def test_results(arguments: list[str], result: str, capsys: Captured):
    assert main(arguments) == FINE
    assert f"result: {result}" in capsys.readouterr().out.splitlines()


def test_documents_are_written_where_formats_are_named(tmp_path: Path, capsys: Captured):
    asked = ["gradient", CROSS_ENTROPY, "--wrt", "z[k]", *SOFT, "--to", "tex", "--lang", "es,en"]
    assert main([*asked, "--level", "brief", "--out", str(tmp_path)]) == FINE
    path = tmp_path / "proofs" / "es" / "gradient.tex"
    assert capsys.readouterr().out == f"open {path}\n"
    assert "\\documentclass" in path.read_text(encoding="utf-8")
    assert (tmp_path / "proofs" / "en" / "gradient.tex").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gradient", "log(z[k]", "--wrt", "z[k]"], "column 4: this ( is never closed"),
        (["gradient", "T^2"], 'the gradient needs what to differentiate by: --wrt "z[k]"'),
        (["hessian", "T^2", "--wrt", "T"], "the hessian needs two things"),
        (["jacobian", "T^2", "--wrt", "T", "--wrt", "T"], "the jacobian needs what"),
        (["hessian-vector", "logsumexp(z)", "--wrt", "z[k]"], "the hessian-vector product needs a"),
        (["gradient", "T^2", "--wrt", "T", "--lang", "es"], "--lang is about documents"),
        (["gradient", "T^2", "--wrt", "T", "--to", "word"], "there is no format 'word'"),
        (["holds", "T^2"], "there is one line only"),
        (["holds", "T^2", "T*T", "--given", "T >"], "column 4: the text ends too early"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: Captured
):
    assert main(arguments) == WRONG_USE
    assert capsys.readouterr().err.startswith(f"derive: {sentence}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (["diff(logsumexp(z), z[k])", "softmax(z)[k]"], FINE, "holds: equal exactly at C = 1, 2, "),
        (["-T^2", "T^2"], CHECK_FAILED, "false: at T = 1 the left side is -1 and the right side"),
        (["T + T", "2*T", "2*T + 1"], CHECK_FAILED, "line 3: false: at T = "),
        (["softmax(z)[k]", "softmax(z)[j]"], CHECK_FAILED, "ill-typed: the index k is free in"),
        (["sin(T)^2 + cos(T)^2", "1"], CHECK_FAILED, "undecided: "),
    ],
)
def test_lines_are_checked(lines: list[str], code: int, said: str, capsys: Captured):
    assert main(["holds", *lines]) == code
    assert capsys.readouterr().out.startswith(said)
