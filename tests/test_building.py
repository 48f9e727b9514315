"""derive build: what it writes, what it leaves alone, and the page that lists it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import derive
from derive import building
from derive.__main__ import CHECK_FAILED, FINE, WRONG_USE, main
from derive.render.messages import languages
from derive.verify.report import Report

NAME = "softmax-jacobian"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("output")
    assert main(["build", "--out", str(out)]) == FINE
    return out


@pytest.mark.slow
def test_every_entry_is_written_in_every_language(output: Path) -> None:
    for name in derive.catalogue():
        for lang in languages():
            assert (output / "proofs" / lang / f"{name}.tex").is_file()
        assert list((output / "kernels" / name).iterdir())


@pytest.mark.slow
def test_another_run_gives_the_same_bytes_and_does_no_work(
    output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(output)
    monkeypatch.setattr(building, "derivation", lambda name: pytest.fail("it derived again"))
    assert main(["build", "--out", str(output)]) == FINE
    assert contents(output) == before
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"open {output / 'index.html'}"
    assert lines[:-1] == [f"{name}: proved, unchanged" for name in derive.catalogue()]


@pytest.mark.slow
def test_a_fresh_run_gives_the_same_bytes(output: Path, tmp_path: Path) -> None:
    assert main(["build", "--out", str(tmp_path), NAME]) == FINE
    ours = contents(tmp_path)
    for listing in ("index.html", "formal/proved.toml", "formal/Axioms.v"):
        ours.pop(listing)
    assert all(contents(output)[path] == data for path, data in ours.items())


def test_what_is_missing_or_edited_is_written_again_and_nothing_is_deleted(tmp_path: Path) -> None:
    command = ["build", "--out", str(tmp_path), NAME]
    assert main(command) == FINE
    before = contents(tmp_path)
    document = tmp_path / "proofs" / "en" / f"{NAME}.tex"
    document.write_text("edited")
    for path in (tmp_path / "kernels" / NAME).iterdir():
        path.unlink()
    mine = tmp_path / "kernels" / NAME / "mine.py"
    mine.write_text("kept")
    assert main(command) == FINE
    assert contents(tmp_path) == {**before, f"kernels/{NAME}/mine.py": b"kept"}


def test_a_failed_check_writes_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(derive.Derivation, "check", lambda self: Report("failed", (), ()))
    assert main(["build", "--out", str(tmp_path), NAME]) == CHECK_FAILED
    assert contents(tmp_path) == {}
    assert "level: failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--lang", "xx"], "no language 'xx'"),
        (["--to", "docx"], "no 'docx'"),
        (["nothing"], "no entry 'nothing'"),
    ],
)
def test_wrong_use_is_said_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    assert main(["build", "--out", str(tmp_path), *options]) == WRONG_USE
    assert sentence in capsys.readouterr().err
    assert contents(tmp_path) == {}


def test_a_worksheet_comes_with_its_answers(tmp_path: Path) -> None:
    assert main(["write", NAME, "--worksheet", "--ln", "--out", str(tmp_path)]) == FINE
    assert sorted(contents(tmp_path)) == [
        f"proofs/en/{NAME}-answers.tex",
        f"proofs/en/{NAME}-worksheet.tex",
    ]


# The page ---------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Links, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value or "" for key, value in attrs if key == "href"]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What is closed at once."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.slow
def test_the_page_links_to_every_file(output: Path) -> None:
    text = (output / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    files = {path for path in contents(output) if not path.startswith(".cache/")}
    # What the proofs need to compile lies beside them.
    needed = {f for f in files if f.startswith("formal/") and not f.startswith("formal/softmax")}
    assert {"formal/Makefile", "formal/_CoqProject", "formal/proved.toml"} < needed
    assert set(page.links) == files - needed - {"index.html"}
    assert "<script" not in text and "http" not in text


@pytest.mark.slow
def test_the_page_says_what_is_proved_and_how_surely(output: Path) -> None:
    text = (output / "index.html").read_text(encoding="utf-8")
    assert text.count("proved for every") == len(derive.catalogue())
    assert text.count(">the proof</a>") == len(derive.catalogue())
    assert "Softmax and cross-entropy: the gradient" in text
    gradient = re.sub(r"<[^>]*>|\s", "", text)
    assert "∂L∂zk=y^k−yk" in gradient
