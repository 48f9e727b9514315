"""PDFs: every entry, in every language, level and engine; what is in them; what is refused."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from losses import sampled
from test_documents import EXAMPLES, Passed, entry

import derive
from derive.__main__ import main
from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.render import pdf
from derive.render.compose import Level, compose
from derive.render.document import Block, Chain, Paragraph, Section, Sentence
from derive.render.messages import languages
from derive.render.pdf_file import pdf_bytes
from derive.render.typst import typst

NASTY = '50% \\of {all} & $x_y^~# "q" #panic() // */'


def made(derivation: Derivation, level: Level = "default", language: str | None = None) -> bytes:
    return pdf_bytes(derivation, language, level=level, report=Passed())


def derivation_of(name: str) -> Derivation:
    return EXAMPLES[name]() if name in EXAMPLES else entry(name)


# Content ----------------------------------------------------------------------------------------


@pytest.mark.needs("typst", "pdftotext")
@pytest.mark.parametrize("language", languages())
def test_sentences_can_be_found_in_the_text(
    language: str, page_text: Callable[[bytes], str]
) -> None:
    derivation = entry("softmax-cross-entropy")
    text = page_text(made(derivation, language=language))
    document = compose(derivation, language, report=Passed())
    found = [joined(text, piece) for piece in texts(document.sections)]
    assert len(found) > 50 and all(found)
    assert document.title in text


def texts(blocks: tuple[Block, ...]) -> list[str]:
    """What is said in words; formulas aside."""

    def words(sentence: Sentence) -> list[str]:
        return [p.strip() for p in sentence if isinstance(p, str) and len(p.strip()) > 3]

    found: list[str] = []
    for block in blocks:
        match block:
            case Section(heading, inner):
                found += words(heading) + texts(inner)
            case Paragraph(text):
                found += words(text)
            case Chain(lines=lines):
                found += [w for line in lines for w in words(line.reason)]
    return found


def joined(text: str, piece: str) -> bool:
    """Whether a text holds a piece, whatever became of hyphens and apostrophes."""

    def plain(t: str) -> str:
        return re.sub(r"[\s\u00ad-]+", "", t.replace("’", "'"))

    return plain(piece) in plain(text)


@pytest.mark.needs("typst", "pdftotext")
def test_title_and_author_are_text(page_text: Callable[[bytes], str]) -> None:
    content = pdf_bytes(entry("softmax-jacobian"), title=NASTY, author=NASTY, report=Passed())
    assert page_text(content).count(NASTY) == 2


@pytest.mark.needs("typst")
def test_a_pdf_is_tagged_and_knows_its_language_title_and_author() -> None:
    content = pdf_bytes(entry("softmax-jacobian"), author="Zoë", title="A title", report=Passed())
    assert b"/StructTreeRoot" in content and b"<pdfuaid:part>1<" in content
    assert re.search(rb"/Lang ?\(en\)", content)
    assert b">A title<" in content and ">Zoë<".encode() in content


@pytest.mark.slow
def test_every_reference_has_its_label_and_labels_are_unique() -> None:
    for name in derive.catalogue():
        text = typst(entry(name), level="full", report=Passed())
        labels = re.findall(r'(?:#label\(|label: )"([\w]+)"', text)
        assert len(set(labels)) == len(labels)
        assert set(re.findall(r'#link\(label\("(\w+)"\)\)', text)) <= set(labels)


def test_formulas_are_spoken_in_latex_without_colours() -> None:
    text = typst(entry("softmax-jacobian"), report=Passed())
    assert r"\\frac{\\partial \\hat{y}_{i}}{\\partial z_{k}} = " in text
    assert "textcolor" not in text


def test_a_failed_check_makes_no_pdf(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="did not pass its check"):
        failed = Passed(ok=False, checked="failed")
        pdf(entry("softmax-jacobian"), tmp_path / "a.pdf", report=failed)
    assert list(tmp_path.iterdir()) == []


# Setting ----------------------------------------------------------------------------------------


@pytest.mark.needs("typst")
@pytest.mark.parametrize("name", sampled([*derive.catalogue(), *EXAMPLES]))
def test_typst_sets_every_document(name: str) -> None:
    assert made(derivation_of(name)).startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.needs("typst")
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("level", ["full", "brief"])
@pytest.mark.parametrize("name", [*derive.catalogue(), *EXAMPLES])
def test_typst_sets_every_level_and_language(name: str, level: Level, language: str) -> None:
    assert made(derivation_of(name), level, language).startswith(b"%PDF")


_RUN = """
import sys, derive
derive.derivation("softmax-jacobian").pdf(sys.argv[1], engine=sys.argv[2], author="Me")
"""


@pytest.mark.slow
@pytest.mark.needs("typst", "lark")
@pytest.mark.parametrize(
    ("loss", "by"),
    [("sum(z[i]^2/2 - z[i], i=1..N)", "z[k]"), ("sum(z[i,i], i=1..N)", "z[k,l]")],
)
def test_typst_sets_ones_and_identities(loss: str, by: str) -> None:
    made(derive.gradient(loss, by))


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("typst", marks=pytest.mark.needs("typst")),
        pytest.param("latex", marks=pytest.mark.needs("latexmk", "pdflatex")),
    ],
)
def test_two_runs_give_the_same_bytes(engine: str, tmp_path: Path) -> None:
    contents = set()
    for number, zone in enumerate(("UTC", "Asia/Tokyo")):
        path = tmp_path / f"{number}.pdf"
        environment = {**os.environ, "PYTHONHASHSEED": str(number), "TZ": zone}
        command = [sys.executable, "-c", _RUN, str(path), engine]
        subprocess.run(command, env=environment, check=True, cwd=Path(derive.__file__).parents[1])
        contents.add(path.read_bytes())
    assert len(contents) == 1


# What is absent or wrong ------------------------------------------------------------------------


def test_without_typst_there_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.render.pdf_file.find_spec", lambda name: None)
    with pytest.raises(DeriveError, match=r"pip install 'derive-proofs\[pdf\]'"):
        made(entry("softmax-jacobian"))


def test_without_latexmk_there_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.render.pdf_file.shutil.which", lambda name: None)
    with pytest.raises(DeriveError, match="apt install latexmk"):
        pdf_bytes(entry("softmax-jacobian"), engine="latex", report=Passed())


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(DeriveError, match="no engine 'word'; choose typst or latex"):
        pdf_bytes(entry("softmax-jacobian"), engine="word")  # type: ignore[arg-type]


@pytest.mark.needs("typst")
def test_the_command_line_writes_both_formats(tmp_path: Path) -> None:
    asked = ["write", "softmax-jacobian", "--to", "tex,pdf", "--out", str(tmp_path)]
    assert main(asked) == 0
    folder = tmp_path / "proofs" / "en"
    assert sorted(p.name for p in folder.iterdir()) == [
        "softmax-jacobian.pdf",
        "softmax-jacobian.tex",
    ]
    assert main([*asked, "--fragment"]) == 2
    assert main([*asked, "--engine", "word"]) == 2
