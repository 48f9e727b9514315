"""The record of what Coq accepted: it counts for a text that is the same, byte for byte.

It ships with the package, so that a machine without Coq says the same of a derivation as one that
has it. A proof that has changed since, or stands on another library, is not on record.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.formal.exporting import Exported
from derive.formal.library import hash_of, library
from derive.formal.proving import emitted, file_hash
from derive.output import write_text
from derive.resources import template_root
from derive.verify.report import Proof

_HEAD = """\
# The proofs that Coq accepted, written by `derive verify --formal --record` (`make proofs`): the
# SHA-256 of each file and of the library it stands on, the version of Coq, and the axioms at most.
"""


@dataclass(frozen=True)
class Recorded:
    """That Coq accepted a file, over a library; the hashes say which."""

    file: str
    library: str
    coq: str
    axioms: tuple[str, ...]


def record_path() -> Path:
    """Where the record lies."""
    return template_root() / "formal" / "proved.toml"


def read_record(path: Path | None = None) -> dict[str, Recorded]:
    """The record by name of entry; empty where there is none.

    Raises ``DeriveError`` for one that cannot be read.
    """
    path = record_path() if path is None else path
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            name: Recorded(r["file"], r["library"], r["coq"], tuple(r["axioms"]))
            for name, r in table.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeriveError(
            f"the record of proofs {path} cannot be read ({error}); write it again with derive "
            "verify --formal --record"
        ) from error


def recorded(exported: Exported, proof: Proof) -> Recorded:
    """That Coq accepted a proof, for the record; the proof must be one that it did accept."""
    if not proof.proved:
        raise ValueError(f"only what is proved goes on record, and this is {proof}")
    assert proof.coq is not None
    return Recorded(file_hash(exported), hash_of(library()), proof.coq, proof.axioms)


def write_record(path: Path, record: Mapping[str, Recorded]) -> Path:
    """Write a record, in the order of its names."""
    lines = [_HEAD]
    for name, one in sorted(record.items()):
        lines += [f"[{name}]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in vars(one).items()]
        lines += [""]
    return write_text(path, "\n".join(lines))


def known(
    derivation: Derivation, exported: Exported, record: Mapping[str, Recorded] | None = None
) -> Proof:
    """What is known of a proof without asking Coq: on record as proved, or only emitted."""
    proof = emitted(derivation, exported)
    record = read_record() if record is None else record
    own, over = file_hash(exported), hash_of(library())
    for one in record.values():
        if (one.file, one.library) == (own, over):
            return replace(proof, coq=one.coq, axioms=one.axioms, recorded=True)
    return proof
