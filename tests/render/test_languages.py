"""Documents in every language: what they say, and that both engines set them without a warning."""

import re
from pathlib import Path

import pytest
from sympy import Eq, IndexedBase, Rational, Sum, exp, log, sin, symbols
from test_documents import EXAMPLES, complaints, entry, text_of

import derive
from derive.__main__ import main
from derive.errors import DeriveError
from derive.render.compose import Level
from derive.render.messages import languages, load

FOREIGN = [code for code in languages() if code != "en"]
C = symbols("C", integer=True, positive=True)
T = symbols("T", positive=True)
i, j, k = symbols("i j k", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))


@pytest.mark.parametrize("language", languages())
def test_a_document_is_in_its_language(language: str) -> None:
    messages = load(language)
    text = entry("softmax-cross-entropy").latex(lang=language)
    assert f"pdflang={{{language}}}" in text
    assert rf"\usepackage[{messages.text('language', 'latex')}]{{babel}}" in text
    for heading in ("statement", "derivation", "evidence"):
        assert rf"\DeriveSection{{{messages.text('headings', heading)}}}" in text
    if language != "en":
        body = text.partition(r"\begin{document}")[2]
        for english in ("Lemma", "Proof", "Use that", "the sum", "Every step", " and "):
            assert english not in body


def test_a_language_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(DeriveError, match="no language 'de'; choose from en, es, pt"):
        entry("softmax-jacobian").latex(lang="de")


def test_the_command_line_writes_every_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["write", "softmax-jacobian", "--lang", "en,es,pt", "--out", str(tmp_path)]
    assert main(argv) == 0
    for code in ("en", "es", "pt"):
        text = (tmp_path / "proofs" / code / "softmax-jacobian.tex").read_text(encoding="utf-8")
        assert f"pdflang={{{code}}}" in text
    assert main([*argv[:3], "en,de", *argv[4:]]) == 2
    assert "no language 'de'; choose from en, es, pt" in capsys.readouterr().err


@pytest.mark.parametrize("language", languages())
def test_the_evidence_of_a_loss_without_sizes_speaks_of_none(language: str) -> None:
    text = text_of(derive.gradient(T**2, T), lang=language)
    assert load(language).text("evidence", "exact_no_size").partition("{")[0] in text


@pytest.mark.parametrize("language", FOREIGN)
def test_functions_and_marks_are_those_of_the_language(language: str) -> None:
    text = text_of(derive.gradient(Sum(sin(z[j]), (j, 1, C)), z[k]), lang=language)
    assert r"\operatorname{sen}(z_{j})" in text and r"\sin" not in text


# TeX --------------------------------------------------------------------------------------------

ENGINES = [
    pytest.param("pdflatex", marks=pytest.mark.needs("pdflatex")),
    pytest.param("lualatex", marks=pytest.mark.needs("lualatex")),
]


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("language", FOREIGN)
def test_pdflatex_sets_an_entry_in_each_language(language: str, tmp_path: Path) -> None:
    text = text_of(entry("softmax-cross-entropy"), lang=language)
    assert complaints(text, "pdflatex", tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("level", ["default", "full", "brief"])
@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("name", [*derive.catalogue(), *EXAMPLES])
def test_every_document_is_set_in_each_language_without_a_warning(
    name: str, language: str, level: Level, engine: str, tmp_path: Path
) -> None:
    derivation = EXAMPLES[name]() if name in EXAMPLES else entry(name)
    text = text_of(derivation, level, lang=language)
    assert complaints(text, engine, tmp_path) == []
    # A letter that the font lacks is no warning, only a line in the log.
    log = (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
    assert not re.search("Missing character", log)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("language", "babel"), [("es", "spanish"), ("pt", "portuguese")])
def test_a_fragment_goes_into_a_document_with_active_characters(
    language: str, babel: str, engine: str, tmp_path: Path
) -> None:
    # Babel's defaults make < > " ~ and the dot of decimals special: no harm may come of it.
    p = lambda at: exp(z[at] / T) / Sum(exp(z[j] / T), (j, 1, C))
    loss = -Rational(3, 2) * Sum(y[i] * log(p(i)), (i, 1, C))
    given = [Eq(Sum(y[i], (i, 1, C)), 1), y[i] > 0]
    fragment = text_of(derive.gradient(loss, T, given=given), fragment=True, lang=language)
    (tmp_path / "part.tex").write_text(fragment, encoding="utf-8")
    host = rf"""\documentclass{{article}}\usepackage{{iftex}}
        \ifPDFTeX\usepackage[T1]{{fontenc}}\fi\usepackage{{lmodern}}
        \usepackage[{babel}]{{babel}}\usepackage{{amsmath,amssymb,graphicx,xcolor}}
        \raggedbottom\begin{{document}}\input{{part}}\end{{document}}"""
    assert complaints(host, engine, tmp_path) == []
