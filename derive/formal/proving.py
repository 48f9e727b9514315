"""Having Coq check proofs, several at a time, and saying which step it refuses."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from derive.cache import digest
from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.formal.coqc import Coq, find_coq
from derive.formal.exporting import Exported
from derive.formal.foundation import axioms_of
from derive.formal.library import compiled, library
from derive.formal.names import RESERVED
from derive.formal.sentences import declared, foreign
from derive.formal.source import forbidden
from derive.verify.report import Failure, Proof, Unproved
from derive.verify.sizes import claimed

SECONDS = 120.0
"""How long Coq may take over one file; what ships takes two."""


def file_hash(exported: Exported) -> str:
    """A hash of the file that Coq reads."""
    return digest(exported.text.encode())


def emitted(derivation: Derivation, exported: Exported) -> Proof:
    """What is known of a proof before Coq has seen it."""
    marks = dict.fromkeys(Unproved(m.derivation, m.step, m.rule) for m in exported.unproved)
    return Proof(
        claimed(derivation.problem),
        unproved=tuple(marks),
        assumed=exported.assumed,
        narrower=exported.narrower,
    )


def prove(
    proofs: Mapping[str, tuple[Derivation, Exported]],
    seconds: float = SECONDS,
    texts: Mapping[str, str] | None = None,
    begin: Callable[[str], None] = lambda name: None,
) -> Iterator[tuple[str, Proof]]:
    """Have Coq check proofs, and give what it says of each as it says it.

    Args:
        proofs: Derivations with their proofs, by name.
        seconds: How long Coq may take over one of them.
        texts: The library; Derive's own without one.
        begin: Is told the name of one that Coq is at.

    Raises:
        DeriveError: Where Coq or Coquelicot is absent or does not work.
    """
    coq = find_coq()
    texts = library() if texts is None else texts
    for name, text in texts.items():
        _check_library(name, text)
    begin("the library")
    folder = compiled(coq, texts)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = {
            pool.submit(prove_one, coq, folder, derivation, exported, seconds): name
            for name, (derivation, exported) in proofs.items()
        }
        left = list(proofs)
        begin(left[0] if left else "")
        try:
            for done in as_completed(waiting):
                left.remove(name := waiting[done])
                yield name, done.result()
                if left:
                    begin(left[0])
        finally:
            # Whoever stops listening does not want the rest.
            pool.shutdown(wait=True, cancel_futures=True)


PROVED_BESIDES = {
    "domain": "everything has a value",
    "statement": "the derivative exists",
}
"""What a file proves besides its steps."""

NO_WITNESS = (
    "Coq accepts every step, but it has found no numbers for which all that is assumed holds at "
    "once, and without such numbers a theorem may be about nothing"
)
"""Such numbers are looked for at the end of a file."""


def prove_one(
    coq: Coq, folder: Path, derivation: Derivation, exported: Exported, seconds: float = SECONDS
) -> Proof:
    """Have Coq check one proof, over a library that is compiled.

    The proof assumes nothing of its own, so it rests on what the library rests on, at most.
    """
    proof = emitted(derivation, exported)

    def refused(line: int, sentence: str) -> Proof:
        return replace(proof, failures=(_failure(derivation, exported, line, sentence),))

    if (found := foreign(exported.text)) is not None:
        return refused(*found)
    if (lack := _lack(exported)) is not None:
        return refused(0, lack)
    with tempfile.TemporaryDirectory(prefix="derive-") as temporary:
        file = Path(temporary) / "proof.v"
        file.write_text(exported.text, encoding="utf-8")
        answer = coq.run(folder, file, seconds)
    if answer is None:
        return refused(0, f"Coq has not come to an end after {seconds:g} seconds")
    if not answer.ok:
        complaint = answer.complaint
        return refused(complaint.line, f"Coq refuses line {complaint.line}: {complaint.text}")
    return replace(proof, coq=coq.version, axioms=axioms_of(folder))


def _lack(exported: Exported) -> str | None:
    """What a file lacks to say what it is taken to say; Coq would accept it all the same."""
    names = declared(exported.text)
    if not exported.theorems:
        return "the file closes with no theorem"
    if absent := [name for name in exported.theorems if name not in names]:
        return f"there is no theorem {absent[0]} in the file"
    if hidden := sorted(RESERVED.intersection(names)):
        return f"the file gives {hidden[0]} a meaning of its own"
    assumes = any(line.startswith("Hypothesis ") for line in exported.text.splitlines())
    if assumes and not exported.unproved and not any(n.endswith("_can_hold") for n in names):
        return "nothing in the file shows that its hypotheses can hold"
    return None


def _check_library(name: str, text: str) -> None:
    found = forbidden(text)
    if found is not None:
        raise DeriveError(
            f"{found[1]} stands in line {found[0]} of {name}, and must not stand in a library of "
            "proofs; install derive-proofs again"
        )


def _failure(derivation: Derivation, exported: Exported, line: int, sentence: str) -> Failure:
    """A failure at a line of the file, which belongs to a step or to none."""
    first, last = _lemma_around(exported.text, line)
    found = [m for m in exported.marks if m.line_first <= line <= m.line_last]
    # Coq may stumble over the statement of a lemma, or at its end: then its first mark will do.
    found = found or [m for m in exported.marks if first <= m.line_first < last]
    if not line or not found:
        return Failure(derivation.name, 0, "", "formal", sentence)
    mark = min(found, key=lambda m: m.line_last - m.line_first)
    if mark.rule == "witness":
        sentence = f"{NO_WITNESS} ({sentence})"
    elif not mark.step:
        sentence += (
            f", in the proof that {PROVED_BESIDES.get(mark.rule, PROVED_BESIDES['statement'])}"
        )
    return Failure(mark.derivation, mark.step, mark.rule, "formal", sentence)


def _lemma_around(text: str, line: int) -> tuple[int, int]:
    """Where the lemma or theorem around a line begins, and where the next one does."""
    starts = [
        number
        for number, content in enumerate(text.splitlines(), start=1)
        if content.startswith(("Lemma ", "Theorem "))
    ]
    first = max((s for s in starts if s <= line), default=0)
    return first, min((s for s in starts if s > line), default=line + 1)
