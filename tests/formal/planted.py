"""Wrong steps, put to Coq beside the true ones: a batch of them in one file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mutations import Mutation

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.formal.coqc import Answer, find_coq
from derive.formal.exporting import Exporter
from derive.formal.hypotheses import between
from derive.formal.library import compiled, library
from derive.formal.steps import proof
from derive.formal.terms import index, term
from derive.notation import names


def answer(text: str, folder: Path, seconds: float = 600) -> Answer:
    """What coqc says of a file."""
    coq = find_coq()
    file = folder / "Planted.v"
    file.write_text(text, encoding="utf-8")
    said = coq.run(compiled(coq, library()), file, seconds)
    assert said is not None, "coqc took too long"
    return said


def with_planted(root: Derivation, planted: Sequence[Mutation]) -> tuple[str, int]:
    """The proof of ``root`` with a goal for every changed step, and how many goals there are.

    Coq prints ``accepted 7`` where the tactics of the true step prove the seventh changed one.
    """
    exporter = Exporter(root)
    exported = exporter.exported()
    lines = exported.text.split("\n")
    places: dict[tuple[str, int], int] = {}
    for mark in exported.marks:
        if mark.step and lines[mark.line_last] == "Qed.":
            places.setdefault((mark.derivation, mark.step), mark.line_last)
    goals: dict[int, list[str]] = {}
    count = 0
    for number, mutation in enumerate(planted):
        derivation, atom = mutation.derivation, mutation.step.atoms[-1]
        at = places.get((derivation.name, mutation.number))
        if at is None:
            continue
        scope = exporter.world.scope(derivation)
        try:
            sides = term(atom.before, scope), term(atom.after, scope)
            tactics = proof(atom, exporter.facts, exporter.lemmas, scope)
        except DeriveError:
            continue
        count += 1
        free = names(atom.after) - exporter.world.symbols(derivation)
        ranges = [r for r in derivation.problem.ranges if r.index in free]
        limits = [between(index(r.index, scope), r.lower, r.upper, scope) for r in ranges]
        bound = "".join(
            f"forall {index(r.index, scope)} : nat, {limit} -> "
            for r, limit in zip(ranges, limits, strict=True)
        )
        goals.setdefault(at, []).append(
            f"Goal {bound}{sides[0]}\n  = {sides[1]}.\n"
            f'tryif (solve [intros; {tactics}]) then idtac "accepted {number}" else idtac.\nAbort.'
        )
    for at in sorted(goals, reverse=True):
        lines[at + 1 : at + 1] = goals[at]
    return "\n".join(lines), count


def accepted(said: Answer) -> list[int]:
    """Numbers of the changed steps that Coq takes for true."""
    return [int(n) for n in re.findall(r"accepted (\d+)", said.output)]
