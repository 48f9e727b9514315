"""How a derivation was checked and proved, said on every document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from sympy import Expr, Symbol

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.laws import Condition
from derive.problem import Problem
from derive.render.document import Formula, Paragraph, Reference, Section, Sentence
from derive.render.messages import Messages, Slots
from derive.render.names import Names
from derive.verify.redundant import told_apart_in
from derive.verify.report import Proof, Unproved, distinct
from derive.verify.sampled import DIGITS
from derive.verify.sizes import EXACT, least_sizes, sampled_sizes, size_choices


class Evidence(Protocol):
    """What a document says about the checks that a derivation passed, and about its proof."""

    @property
    def ok(self) -> bool: ...

    @property
    def checked(self) -> str: ...

    @property
    def proof(self) -> Proof | None: ...

    @property
    def conditions(self) -> tuple[Condition, ...]: ...

    @property
    def asked(self) -> frozenset[Symbol] | None: ...


def evidence(
    derivation: Derivation,
    report: Evidence | None,
    places: Mapping[Expr, Reference],
    messages: Messages,
    names: Names,
) -> Section:
    """The section on the evidence; it says so where there is none.

    ``places`` are the lines in which right-hand sides stand. Raises ``DeriveError`` where a check
    failed: no document is made of that.
    """
    problem = derivation.problem
    heading = (messages.text("headings", "evidence"),)
    if report is None:
        return Section(heading, (Paragraph((messages.text("evidence", "unchecked"),)),))
    if not report.ok:
        raise DeriveError(
            f"{problem.name} did not pass its check, so no document is written; "
            "the failures are in the report of check()"
        )
    sizes: list[Sentence] = [(Formula((size,), names),) for size in problem.sizes]
    slots: Slots = {
        "size": messages.enumeration(sizes),
        "exact": _numbers(problem, EXACT, messages),
        "sampled": _numbers(problem, sampled_sizes(problem), messages),
        "digits": str(DIGITS),
    }
    key = report.checked if sizes else f"{report.checked}_no_size"
    sentences = [messages.sentence("evidence", key, slots)]
    if report.proof is not None:
        proof = _proof(report.proof, derivation, places, messages, names)
        # What holds for every size comes before what was tried at some.
        sentences.insert(0 if report.proof.proved else 1, proof)
    if assumed := distinct(report.conditions, derivation.definitions, report.asked):
        conditions = messages.enumeration(
            _where(c, derivation, report, messages, names) for c in assumed
        )
        sentences.append(messages.sentence("evidence", "assumed", {"conditions": conditions}))
    return Section(heading, tuple(map(Paragraph, sentences)))


def _proof(
    proof: Proof,
    derivation: Derivation,
    places: Mapping[Expr, Reference],
    messages: Messages,
    names: Names,
) -> Sentence:
    """What is known of the formal proof."""
    if proof.missing:
        return messages.sentence("evidence", "missing")
    refused = (Unproved(f.derivation, f.step, f.rule) for f in proof.failures if f.step)
    if lacking := (*proof.unproved, *refused):
        steps = (_step(u, derivation, places, messages) for u in lacking)
        return messages.sentence("evidence", "unproved", {"steps": messages.enumeration(steps)})
    if not proof.proved:
        return messages.sentence("evidence", "emitted")
    sizes = least_sizes(derivation.problem).items()
    claims = ((Formula((size, ">=", least), names),) for size, least in sizes)
    by = messages.sentence(
        "evidence", "on_record" if proof.recorded else "just_now", {"coq": proof.coq}
    )
    slots: Slots = {"sizes": messages.enumeration(claims), "by": by}
    return messages.sentence("evidence", "proved" if sizes else "proved_no_size", slots)


def _step(
    unproved: Unproved,
    derivation: Derivation,
    places: Mapping[Expr, Reference],
    messages: Messages,
) -> Sentence:
    """A step without a proof: the line where it stands, else its number in its derivation."""
    short, _ = messages.rule(unproved.rule)
    slots: Slots = {
        "rule": short,
        "line": next(_lines(unproved, derivation, places), None),
        "number": str(unproved.step),
        "derivation": messages.find("parts", unproved.derivation) or unproved.derivation,
    }
    return messages.sentence("evidence", "line" if slots["line"] else "step", slots)


def _lines(
    unproved: Unproved, derivation: Derivation, places: Mapping[Expr, Reference]
) -> Iterator[Reference]:
    for each in derivation.walk():
        if each.name == unproved.derivation and 0 < unproved.step <= len(each.steps):
            after = each.steps[unproved.step - 1].after
            if after in places:
                yield places[after]


def _numbers(problem: Problem, among: tuple[int, ...], messages: Messages) -> Sentence:
    """The sizes at which the problem was checked."""
    values = {v for choice in size_choices(problem, among) for v in choice.values()}
    return messages.enumeration((str(value),) for value in sorted(values))


def _where(
    condition: Condition,
    derivation: Derivation,
    report: Evidence,
    messages: Messages,
    names: Names,
) -> Sentence:
    """A condition, and the indices that have to differ for it to hold."""
    said = _in_words(condition, messages, names)
    pairs = told_apart_in(condition, derivation.definitions, report.asked)
    if not pairs:
        return said
    indices = ((Formula((one, "!=", other), names),) for one, other in pairs)
    slots: Slots = {"condition": said, "indices": messages.enumeration(indices)}
    return messages.sentence("evidence", "apart", slots)


def _in_words(condition: Condition, messages: Messages, names: Names) -> Sentence:
    """A condition on the domain that no fact states."""
    slots = {"first": Formula(condition.operands[:1], names)}
    return messages.sentence("conditions", condition.kind, slots)
