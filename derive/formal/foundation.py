"""What the library rests on, and with it every proof that assumes nothing of its own.

Coq is asked once, when the library is compiled: what a single lemma about real numbers rests on
takes it a second to say, as long as a proof. Its checker lists all that is assumed anywhere in what
the library loads. To that list belong names that a module of Coq hides behind its signature; of
those Coq is asked what they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from derive.errors import DeriveError
from derive.formal.coqc import Coq
from derive.formal.source import ALLOWED, AuditError, axioms_in, question

AXIOMS = "axioms"
_SECONDS = 600


def find_axioms(coq: Coq, folder: Path, modules: Iterable[str]) -> tuple[str, ...]:
    """The axioms in all that these modules of a compiled library load; they are noted beside it.

    Raises ``DeriveError`` where they are not those of the real numbers alone, and where a check of
    Coq is switched off somewhere.
    """
    names = [f"Derive.{module}" for module in modules]
    try:
        assumed = _assumed(coq.checked(folder, names, _SECONDS))
        hidden = [name for name in assumed if name not in ALLOWED]
        found = {name.rpartition(".")[2] for name in assumed if name in ALLOWED}
        if hidden:
            found |= set(_behind(coq, folder, names, hidden))
    except AuditError as error:
        raise DeriveError(
            f"Derive's library cannot be relied on with Coq {coq.version}: {error}; Derive is "
            "tried with Coq 8.16"
        ) from error
    axioms = tuple(sorted(found))
    (folder / AXIOMS).write_text("\n".join(axioms), encoding="utf-8")
    return axioms


def axioms_of(folder: Path) -> tuple[str, ...]:
    """The axioms that were noted beside a compiled library."""
    return tuple((folder / AXIOMS).read_text(encoding="utf-8").split())


def _assumed(context: str) -> list[str]:
    """The full names that Coq's checker lists as without a proof.

    Raises ``AuditError`` where it lists anything else, and where it gives no list.
    """
    listed = {
        heading: [line.strip() for line in body.splitlines() if line.strip()]
        for heading, body in re.findall(r"^\* ([^:\n]+):(.*?)(?=^\* |\Z)", context, re.M | re.S)
    }
    listed = {k: [] if v == ["<none>"] else v for k, v in listed.items()}
    listed.pop("Theory", None)
    if "Axioms" not in listed:
        raise AuditError("its checker does not say what is assumed")
    assumed = listed.pop("Axioms")
    for heading, names in listed.items():
        if names:
            raise AuditError(f"{heading}: {', '.join(names)}")
    return assumed


def _behind(coq: Coq, folder: Path, modules: list[str], hidden: Iterable[str]) -> tuple[str, ...]:
    """What names rest on that a signature hides."""
    file = folder / "Foundation.v"
    file.write_text(f"Require {' '.join(modules)}.\n{question(hidden)}", encoding="utf-8")
    answer = coq.run(folder, file, _SECONDS)
    if answer is None or not answer.ok:
        raise AuditError(answer.complaint.text if answer else "it does not come to an end")
    return axioms_in(answer.output)
