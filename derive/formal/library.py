"""The library that every proof stands on: its text, and its compiled form on this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from derive.cache import digest, user_cache
from derive.errors import DeriveError
from derive.formal import LIBRARY
from derive.formal.coqc import Coq
from derive.formal.foundation import AXIOMS, find_axioms
from derive.resources import template_root

_SECONDS = 600
_SEAL = "seal"


def library() -> dict[str, str]:
    """The text of each file, in the order in which they compile."""
    folder = template_root() / "formal"
    return {name: (folder / name).read_text(encoding="utf-8") for name in LIBRARY}


def hash_of(texts: Mapping[str, str]) -> str:
    """One hash of all files of a library, their names and their order."""
    return digest("\n".join(f"{n} {digest(t.encode())}" for n, t in texts.items()).encode())


def compiled(coq: Coq, texts: Mapping[str, str]) -> Path:
    """The folder with a library as this Coq compiles it.

    It is compiled once and kept in the user's cache, under a hash of the library and of Coq. Two
    processes may do so at once: each compiles into a folder of its own, and the first to end gives
    it its name. Raises ``DeriveError`` where Coquelicot is absent, where Coq refuses the library,
    where that rests on more than it may, and where the cache cannot be written.
    """
    folder = user_cache() / "formal" / digest(f"{hash_of(texts)}\n{coq.build}".encode())[:32]
    if folder.is_dir():
        if _is_sealed(folder):
            return folder
        # Somebody has changed it, or it was left half-written.
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".compiling-"))
    except OSError as error:
        raise DeriveError(
            f"cannot write {folder.parent}: {(error.strerror or str(error)).lower()}; set "
            "XDG_CACHE_HOME to a folder that can be written"
        ) from error
    try:
        for name, text in texts.items():
            (temporary / name).write_text(text, encoding="utf-8")
        for name in texts:
            _compile(coq, temporary, name)
        find_axioms(coq, temporary, [name.removesuffix(".v") for name in texts])
        (temporary / _SEAL).write_text(_seal(temporary), encoding="utf-8")
        try:
            os.rename(temporary, folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _seal(folder: Path) -> str:
    """One hash of what was compiled and of the axioms that were found in it."""
    files = sorted(f for f in folder.iterdir() if f.suffix == ".vo" or f.name == AXIOMS)
    return digest("\n".join(f"{f.name} {digest(f.read_bytes())}" for f in files).encode())


def _is_sealed(folder: Path) -> bool:
    """Whether a compiled library is as it was when its axioms were looked for."""
    try:
        return (folder / _SEAL).read_text(encoding="utf-8") == _seal(folder)
    except OSError:
        return False


def _compile(coq: Coq, folder: Path, name: str) -> None:
    answer = coq.run(folder, folder / name, _SECONDS)
    if answer is None:
        raise DeriveError(f"Coq did not compile {name} of Derive's library in {_SECONDS} seconds")
    if answer.ok:
        return
    complaint = answer.complaint
    if "Coquelicot" in complaint.text and "physical path" in complaint.text:
        raise DeriveError(
            "a formal check needs Coquelicot, which Coq does not find: apt install "
            "libcoq-coquelicot (elsewhere: opam install coq-coquelicot)"
        )
    raise DeriveError(
        f"Coq {coq.version} refuses {name} of Derive's library, line {complaint.line}: "
        f"{complaint.text}; Derive is tried with Coq 8.16"
    )
