"""PDF by Typst, which needs no TeX, or by LaTeX where there is one; the same bytes each time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.output import write_bytes
from derive.render.compose import Level
from derive.render.evidence import Evidence
from derive.render.latex import latex
from derive.render.wishes import PLAIN, Wishes

if TYPE_CHECKING:
    import typst

Engine = Literal["typst", "latex"]

# Accessible: tagged, with its language, and with words for each formula.
_STANDARD: Literal["ua-1"] = "ua-1"
_SECONDS = 300  # for LaTeX


def pdf(
    derivation: Derivation,
    path: str | Path,
    lang: str | None = None,
    title: str | None = None,
    author: str | None = None,
    level: Level = "default",
    engine: Engine = "typst",
    report: Evidence | None = None,
    wishes: Wishes = PLAIN,
) -> Path:
    """Write a derivation as a PDF, whole or not at all, and return the path.

    Raises ``DeriveError`` where the engine is unknown or absent, and as ``latex`` does.
    """
    content = pdf_bytes(derivation, lang, title, author, level, engine, report, wishes)
    return write_bytes(Path(path), content)


def pdf_bytes(
    derivation: Derivation,
    lang: str | None = None,
    title: str | None = None,
    author: str | None = None,
    level: Level = "default",
    engine: Engine = "typst",
    report: Evidence | None = None,
    wishes: Wishes = PLAIN,
) -> bytes:
    """What ``pdf`` writes."""
    check_engine(engine)
    if engine == "latex":
        return _by_latex(latex(derivation, lang, False, title, author, level, report, wishes))
    from derive.render.typst import typst

    return _by_typst(typst(derivation, lang, title, author, level, report, wishes))


def check_engine(engine: str) -> None:
    """Raise ``DeriveError`` unless there is an engine of this name and it is installed."""
    if engine not in get_args(Engine):
        raise DeriveError(f"there is no engine {engine!r}; choose typst or latex")
    if engine == "typst" and not has_typst():
        raise DeriveError(
            "a PDF needs Typst, which is not installed: pip install 'derive-proofs[pdf]' "
            "(with LaTeX instead: engine latex)"
        )
    if engine == "latex":
        for program, package in (("latexmk", "latexmk"), ("pdflatex", "texlive-latex-recommended")):
            if shutil.which(program) is None:
                raise DeriveError(
                    f"a PDF by LaTeX needs {program}, which is absent: apt install {package} "
                    "(without TeX: engine typst)"
                )


def has_typst() -> bool:
    """Whether the Python package of Typst is installed."""
    return find_spec("typst") is not None


@cache
def _fonts() -> typst.Fonts:
    # Those that come with Typst and no others, so that a PDF is the same on every machine.
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _by_typst(text: str) -> bytes:
    import typst

    with tempfile.TemporaryDirectory(prefix="derive-") as folder:
        # An empty folder as root: a document reads no file.
        compiler = typst.Compiler(
            text.encode("utf-8"), root=folder, font_paths=_fonts(), ignore_system_fonts=True
        )
        try:
            content = compiler.compile(format="pdf", pdf_standards=_STANDARD)
        except typst.TypstError as error:
            raise DeriveError(
                f"Typst could not set the document: {error.message}; this is a defect of Derive, "
                "please report it, and write the LaTeX document meanwhile"
            ) from error
    assert isinstance(content, bytes)
    return content


def _by_latex(text: str) -> bytes:
    # The time of the epoch, and no identifier made from the folder's name.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
    command = ["latexmk", "-norc", "-pdf", "-interaction=nonstopmode", "-halt-on-error", "-silent"]
    command += ["-latexoption=-no-shell-escape", r"-usepretex=\pdftrailerid{}", "proof.tex"]
    with tempfile.TemporaryDirectory(prefix="derive-") as name:
        folder = Path(name)
        (folder / "proof.tex").write_text(text, encoding="utf-8")
        try:
            subprocess.run(
                command, cwd=folder, env=environment, timeout=_SECONDS, check=True,
                stdin=subprocess.DEVNULL, capture_output=True,
            )  # fmt: skip
            return (folder / "proof.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise DeriveError(
                f"LaTeX could not set the document: {_complaint(folder)}; is "
                "texlive-latex-recommended installed, with texlive-lang-* and lmodern?"
            ) from error


def _complaint(folder: Path) -> str:
    """The first error in LaTeX's log."""
    log = folder / "proof.log"
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    errors = [line for line in text.splitlines() if line.startswith("!")]
    return errors[0].lstrip("! ").rstrip(". ") if errors else "it stopped without a reason"
