"""Writing everything: documents of entries in every language, kernels, proofs, and the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import derive
from derive.api import Derivation, catalogue, derivation
from derive.cache import key_of, record_of, remember
from derive.errors import DeriveError
from derive.output import write_text
from derive.verify import Proof, Report

if TYPE_CHECKING:
    from derive.formal.record import Recorded


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


def write_proof(out: Path, name: str, derived: Derivation, proof: Proof | None) -> list[Path]:
    """Write the formal proof of an entry, last, and all it needs to compile, if it has one."""
    from derive.formal.folder import write_proof

    if proof is not None and proof.missing:
        return []
    return write_proof(out, name, derived.exported)


def write_proof_record(out: Path, proved: Mapping[str, Recorded] | None = None) -> None:
    """Write beside the proofs which of them Coq accepted: those on record, and ``proved``.

    And the question to Coq what all of them rest on.
    """
    from derive.formal.folder import proofs_folder, write_folder_record, write_question
    from derive.formal.record import read_record

    if proofs_folder(out).is_dir():
        write_question(out)
        write_folder_record(out, catalogue(), {**read_record(), **(proved or {})})


def prove(
    names: Sequence[str],
    out: Path,
    seconds: float,
    begin: Callable[[str], None] = lambda name: None,
) -> Iterator[tuple[str, Report]]:
    """Write the formal proofs of entries and have Coq check them, several at a time.

    Gives the evidence for each as soon as Coq is done with it; what is proved is on record in the
    folder of the proofs then. Raises ``DeriveError`` where Coq or Coquelicot is not installed.
    """
    from derive.formal.coqc import find_coq
    from derive.formal.proving import prove
    from derive.formal.record import recorded

    find_coq()  # before anything is written

    derived = {name: derivation(name) for name in names}
    proofs = {name: (d, d.exported) for name, d in derived.items()}
    for name, d in derived.items():
        write_proof(out, name, d, None)
    proved: dict[str, Recorded] = {}
    for name, proof in prove(proofs, seconds, begin=begin):
        # While our own checker works here, Coq works on the next ones.
        report = derived[name].check().with_proof(proof)
        if report.level == "proved":
            proved[name] = recorded(derived[name].exported, proof)
        yield name, report
    write_proof_record(out, proved)


def proofs_of(names: Sequence[str], out: Path) -> Path:
    """Where the proof of an entry lies, or the proofs of several."""
    from derive.formal.folder import proof_file, proofs_folder

    return proof_file(out, names[0]) if len(names) == 1 else proofs_folder(out)


def record(names: Sequence[str], out: Path) -> Path:
    """Put on record, with the package, what the folder of the proofs has of these entries.

    What is on record of other entries of the catalogue stays there.
    """
    from derive.formal.folder import folder_record
    from derive.formal.record import read_record, record_path, write_record

    new = read_record(folder_record(out))
    kept = {name: one for name, one in read_record().items() if name in catalogue()}
    return write_record(record_path(), {**kept, **{name: new[name] for name in names}})


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
    """Write the entries, as many at once as there are processors, and the index at the end.

    What is there already, made from the same and unchanged since, is left alone; nothing is ever
    deleted. Gives the entries in their order, and stops behind one whose check fails.
    """
    there: dict[str, Built] = {}
    write: dict[str, Callable[[], Built]] = {}
    for name in names:
        key = key_of(name, tuple(languages), tuple(formats))
        record = record_of(out, name)
        if record is not None and record.key == key:
            there[name] = Built(name, record.card["level"])
        else:
            write[name] = partial(_write_entry, name, out, languages, formats, key)
    with ExitStack() as stack:
        if len(write) > 1:
            # Not forked: some of the libraries have threads by now.
            workers = min(len(write), os.cpu_count() or 1)
            pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
            stack.callback(pool.shutdown, cancel_futures=True)
            # The last ones are the longest, and begin first.
            write = {name: pool.submit(write[name]).result for name in reversed(write)}
        for name in names:
            begin(name)
            built = there[name] if name in there else write[name]()
            yield built
            if built.level in ("failed", "undecided"):
                return
    # Always: they take next to no time, and so they can never be behind the documents.
    write_proof_record(out)
    write_index(out, languages[0])


def _write_entry(
    name: str, out: Path, languages: Sequence[str], formats: Sequence[str], key: str
) -> Built:
    """Derive an entry, check it, and write all of its files; none if the check fails."""
    derived = derivation(name)
    report = derived.check()
    if report.ok:
        files = _write_documents(out, name, derived, languages, formats)
        kernels = write_kernels(out, name, derived)
        proof = write_proof(out, name, derived, report.proof)
        card = _card(out, derived, report, languages, formats, kernels, proof[-1:])
        remember(out, name, key, [*files, *kernels, *proof], card)
    return Built(name, report.level, report)


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
            own = {n: links(card[n]) for n in ("kernels", "proofs")} | {"documents": documents}
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
    proofs: Sequence[Path],
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
    formal = tuple(link(path, path.name) for path in proofs)
    proof = report.proof or Proof()
    coq = (proof.coq or "") if report.level == "proved" else ""
    return asdict(
        Card(name, title, statement, report.level, proof.claim, coq, documents, code, formal)
    )


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
