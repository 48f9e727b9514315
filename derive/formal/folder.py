"""The folder of proofs: it holds all that Coq needs to check them, and compiles by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from derive.cache import digest
from derive.formal.anchors import theorems_in
from derive.formal.exporting import Exported
from derive.formal.library import hash_of, library
from derive.formal.record import Recorded, write_record
from derive.formal.source import question
from derive.output import write_text
from derive.resources import template_root

_QUESTION = "Axioms.v"


def proofs_folder(out: Path) -> Path:
    """Where the proofs go."""
    return out / "formal"


def proof_file(out: Path, name: str) -> Path:
    """Where the proof of an entry goes."""
    return proofs_folder(out) / f"{name.replace('-', '_')}.v"


def folder_record(out: Path) -> Path:
    """Where it says which of the proofs are on record."""
    return proofs_folder(out) / "proved.toml"


def write_proof(out: Path, name: str, exported: Exported) -> list[Path]:
    """Write what a proof needs, and the proof of an entry last, and return their paths."""
    folder = proofs_folder(out)
    extras = sorted((template_root() / "formal" / "folder").iterdir())
    needed = {f"library/{file}": text for file, text in library().items()}
    needed |= {extra.name: extra.read_text(encoding="utf-8") for extra in extras}
    written = [write_text(folder / file, text) for file, text in needed.items()]
    return [*written, write_text(proof_file(out, name), exported.text)]


def write_question(out: Path) -> Path:
    """Write the file that asks Coq what all the proofs that lie there rest on.

    It is one file, as the answer takes Coq as long as a proof, for one theorem and for a hundred.
    """
    folder = proofs_folder(out)
    path = folder / _QUESTION
    proofs = {p.stem: p.read_text("utf-8") for p in sorted(folder.glob("*.v")) if p != path}
    names = [f"{stem}.{theorem}" for stem, text in proofs.items() for theorem in theorems_in(text)]
    head = "(* What all the proofs in this folder rest on: Coq says it. *)\n\n"
    return write_text(path, f"{head}Require {' '.join(proofs)}.\n{question(names)}")


def write_folder_record(out: Path, names: Iterable[str], record: Mapping[str, Recorded]) -> Path:
    """Write beside the proofs which of them are on record, as they lie there."""
    over = hash_of(library())
    found = {}
    for name in names:
        path, one = proof_file(out, name), record.get(name)
        if one is None or one.library != over or not path.is_file():
            continue
        if digest(path.read_bytes()) == one.file:
            found[name] = one
    return write_record(folder_record(out), found)
