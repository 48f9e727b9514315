"""Nothing that a user writes breaks LaTeX."""

import pytest

from derive.render.latex_text import escape, symbol_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50% & more_#1", r"50\% \& more\_\#1"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("a^b~c", r"a\textasciicircum{}b\textasciitilde{}c"),
        ("$x$", r"\$x\$"),
        ("two\n\nlines", "two lines"),
        ("Zoë – “é”", "Zoë – “é”"),
        ("θ", r"\ensuremath{\theta}"),
        ("中", "[U+4E2D]"),
        ("\x00\x07", ""),
        ("", ""),
    ],
)
def test_text_is_escaped(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_metadata_has_no_commands_for_letters() -> None:
    assert escape("θ", metadata=True) == "theta"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("z", "z"),
        ("alpha", r"\alpha"),
        ("z_1", "z_{1}"),
        ("yhat", r"\hat{y}"),
        ("temperature", r"\mathit{temperature}"),
        ("theta", r"\theta"),
        ("θ", r"\theta"),
        ("x'", "x'"),
        (r"\hat{y}", r"\hat{y}"),
        (r"\hat{y}^{(2)}", r"\hat{y}^{(2)}"),
        (r"\mathcal{L}", r"\mathcal{L}"),
        # what LaTeX would choke on, or worse
        ("a_b%", r"\text{a\_b\%}"),
        ("x_", r"\text{x\_}"),
        ("a b", r"\text{a b}"),
        (r"\hat{y", r"\text{\textbackslash{}hat\{y}"),
        ("}{", r"\text{\}\{}"),
        (r"\input{x}", r"\text{\textbackslash{}input\{x\}}"),
        (r"\hat", r"\text{\textbackslash{}hat}"),
        (r"\alpha_1_2", r"\text{\textbackslash{}alpha\_1\_2}"),
        (r"\undefined", r"\text{\textbackslash{}undefined}"),
        ("x$", r"\text{x\$}"),
        ("", r"\text{}"),
    ],
)
def test_names_of_symbols(name: str, expected: str) -> None:
    assert symbol_name(name) == expected
