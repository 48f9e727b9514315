"""Writing everything: the documents of entries in every language, their kernels, and the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import derive
from derive.api import Derivation, catalogue, derivation
from derive.cache import key_of, record_of, remember
from derive.errors import DeriveError
from derive.output import write_text
from derive.verify import Report


@dataclass(frozen=True)
class Built:
    """How it went with one entry: ``report`` is missing where nothing had to be done."""

    name: str
    level: str
    report: Report | None = None


def proof_path(out: Path, lang: str, name: str, ending: str = "tex") -> Path:
    """Where the document of an entry goes."""
    return out / "proofs" / lang / f"{name}.{ending}"


def write_kernels(out: Path, name: str, derived: Derivation) -> list[Path]:
    """Write the kernel files of an entry and return their paths."""
    from derive.kernels import kernel_files

    folder = out / "kernels" / name
    return [write_text(folder / file, text) for file, text in kernel_files(derived).items()]


_CALLED = {"tex": "LaTeX", "pdf": "PDF", "html": "HTML", "md": "Markdown"}

# How each format is written; a format is one line here.
WRITERS: dict[str, Callable[[Derivation, Path, str], object]] = {
    "tex": lambda derived, path, lang: write_text(path, derived.latex(lang=lang)),
    "pdf": lambda derived, path, lang: derived.pdf(path, lang=lang),
}


def build(
    names: Sequence[str],
    out: Path,
    languages: Sequence[str],
    formats: Sequence[str],
    begin: Callable[[str], None] = lambda name: None,
) -> Iterator[Built]:
    """Write the entries one after another, and the index at the end.

    What is there already, made from the same and unchanged since, is left alone; nothing is ever
    deleted. Stops behind an entry whose check fails.
    """
    for name in names:
        begin(name)
        key = key_of(name, tuple(languages), tuple(formats))
        record = record_of(out, name)
        if record is not None and record.key == key:
            yield Built(name, record.card["level"])
            continue
        derived = derivation(name)
        report = derived.check()
        if not report.ok:
            yield Built(name, report.level, report)
            return
        files = _write_documents(out, name, derived, languages, formats)
        kernels = write_kernels(out, name, derived)
        card = _card(out, derived, report, languages, formats, kernels)
        remember(out, name, key, [*files, *kernels], card)
        yield Built(name, report.level, report)
    # Always: it takes next to no time, and so it can never be behind the documents.
    write_index(out, languages[0])


def index_path(out: Path) -> Path:
    """Where the page goes that lists everything."""
    return out / "index.html"


def write_index(out: Path, language: str) -> Path:
    """Write the page that lists what is in the output folder."""
    from derive.render.index_page import Card, Link, index_page

    def links(found: Sequence[dict[str, str]]) -> tuple[Link, ...]:
        return tuple(Link(**one) for one in found)

    cards = []
    for name in catalogue():
        record = record_of(out, name)
        if record is not None:
            card = record.card
            documents = tuple((n, c, links(found)) for n, c, found in card["documents"])
            own = {"documents": documents, "kernels": links(card["kernels"])}
            cards.append(Card(**{**card, **own}))
    return write_text(index_path(out), index_page(cards, language, derive.__version__))


def _write_documents(
    out: Path, name: str, derived: Derivation, languages: Sequence[str], formats: Sequence[str]
) -> list[Path]:
    files: list[Path] = []
    for lang in languages:
        for kind in formats:
            path = proof_path(out, lang, name, kind)
            WRITERS[kind](derived, path, lang)
            files.append(path)
    return files


def _card(
    out: Path,
    derived: Derivation,
    report: Report,
    languages: Sequence[str],
    formats: Sequence[str],
    kernels: Sequence[Path],
) -> dict[str, Any]:
    """What the index says of an entry, as data."""
    from derive.render.index_page import Card, Link, statement_of
    from derive.render.messages import load

    name = derived.problem.name
    title, statement = statement_of(derived, report, languages[0])

    def link(path: Path, text: str) -> Link:
        return Link(path.relative_to(out).as_posix(), text)

    documents = tuple(
        (
            load(lang).text("language", "name"),
            load(lang).text("language", "code"),
            tuple(
                link(proof_path(out, lang, name, kind), _CALLED.get(kind, kind)) for kind in formats
            ),
        )
        for lang in languages
    )
    code = tuple(link(path, path.name) for path in kernels)
    return asdict(Card(name, title, statement, report.level, documents, code))


def usual_formats() -> list[str]:
    """The formats that are written where none are asked for: PDF where Typst is installed."""
    from derive.render.pdf_file import has_typst

    return [kind for kind in WRITERS if kind != "pdf" or has_typst()]


def formats_of(wanted: str) -> list[str]:
    """The formats of a list such as ``tex,pdf``.

    Raises ``DeriveError`` for one that does not exist.
    """
    found = [part.strip() for part in wanted.split(",") if part.strip()]
    for one in found:
        if one not in WRITERS:
            raise DeriveError(f"build writes no {one!r}; it writes {', '.join(WRITERS)}")
    return found
