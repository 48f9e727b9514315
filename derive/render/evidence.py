"""How a derivation was checked, said on every document."""

from __future__ import annotations

from typing import Protocol

from derive.errors import DeriveError
from derive.laws import Condition
from derive.problem import Problem
from derive.render.document import Block, Formula, Paragraph, Section, Sentence
from derive.render.messages import Messages, Slots
from derive.render.names import Names
from derive.verify.sampled import DIGITS
from derive.verify.sizes import EXACT, SAMPLED, size_choices


class Evidence(Protocol):
    """What a document says about the checks that a derivation passed."""

    @property
    def ok(self) -> bool: ...

    @property
    def level(self) -> str: ...

    @property
    def assumed(self) -> tuple[Condition | str, ...]: ...


def evidence(
    problem: Problem, report: Evidence | None, messages: Messages, names: Names
) -> Section:
    """The section on the evidence; it says so where there is none.

    Raises ``DeriveError`` where a check failed: no document is made of that.
    """
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
        "sampled": _numbers(problem, SAMPLED, messages),
        "digits": str(DIGITS),
    }
    key = str(report.level) if sizes else f"{report.level}_no_size"
    blocks: list[Block] = [Paragraph(messages.sentence("evidence", key, slots))]
    if report.assumed:
        conditions = messages.enumeration(_in_words(c, messages, names) for c in report.assumed)
        words = messages.sentence("evidence", "assumed", {"conditions": conditions})
        blocks.append(Paragraph(words))
    return Section(heading, tuple(blocks))


def _numbers(problem: Problem, among: tuple[int, ...], messages: Messages) -> Sentence:
    """The sizes at which the problem was checked."""
    values = {v for choice in size_choices(problem, among) for v in choice.values()}
    return messages.enumeration((str(value),) for value in sorted(values))


def _in_words(condition: Condition | str, messages: Messages, names: Names) -> Sentence:
    """A condition on the domain that no fact states."""
    if isinstance(condition, str):
        return (condition,)
    slots = {"first": Formula(condition.operands[:1], names)}
    return messages.sentence("conditions", condition.kind, slots)
