"""The section that writes the steps out for a few classes."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Integer, Symbol
from sympy.core.basic import Basic

from derive.derivation import Derivation
from derive.notation import names
from derive.render.document import Block, Chain, Formula, Line, Paragraph, Section, Sentence
from derive.render.messages import Messages
from derive.render.wishes import Wishes
from derive.render.written_out import Values, sample_indices, small_sizes, written_out

USUAL = 3
"""The number of classes at which steps are written out where nothing else is asked for."""

# How many signs one takes in at a glance.
_GLANCE = 400


@dataclass(frozen=True)
class Shown:
    """A chain as it stands in the document, and what it shows."""

    derivation: Derivation
    chain: Chain
    title: Sentence = ()


def writing_out(
    derivation: Derivation, shown: list[Shown], messages: Messages, level: str, wishes: Wishes
) -> list[Section]:
    """The steps term by term: all where that is asked for, else those one takes in at a glance."""
    classes = wishes.explicit
    if classes is None:
        classes = 0 if level == "brief" else USUAL
    if not classes or wishes.sheet == "worksheet" or not derivation.problem.sizes:
        return []
    asked = wishes.explicit is not None or level == "full"
    sizes = small_sizes(derivation, classes)
    blocks: list[Block] = []
    opening: Block | None = None
    for one in shown:
        own = _block(one, sizes, messages)
        if own and (asked or _is_short(own)):
            # What several chains have in common is said above the first of them.
            blocks += own[1:] if own[0] == opening else own
            opening = own[0]
    if not blocks:
        return []
    values = {"sizes": _values(sizes, messages)}
    heading = messages.sentence("headings", "written_out", values)
    return [Section(heading, (Paragraph((messages.text("text", "written_out"),)), *blocks))]


def _is_short(blocks: list[Block]) -> bool:
    """Whether each line can be taken in at a glance; others are only written out on request."""
    chains = [b for b in blocks if isinstance(b, Chain)]
    return all(_signs(line.right) <= _GLANCE for chain in chains for line in chain.lines)


def _signs(expr: Basic) -> int:
    return 1 + sum(_signs(a) for a in expr.args)


def _block(shown: Shown, sizes: Values, messages: Messages) -> list[Block]:
    """One chain, written out at the values of its free indices, which are said before it."""
    derivation, chain = shown.derivation, shown.chain
    used = names(chain.left).union(*(names(line.right) for line in chain.lines))
    indices = sample_indices(derivation.problem, sizes, used, derivation.assumptions)
    values = {**sizes, **indices}
    left = written_out(chain.left, values)
    lines: list[Line] = []
    before = None
    for line in chain.lines:
        right = written_out(line.right, values)
        # A step that only names or regroups a sum may change nothing once it is written out.
        if right is not None and right not in (before, left):
            lines.append(Line(right, line.label, tag=line.tag))
            before = right
    if left is None or not lines:
        return []
    block = Chain(left, tuple(lines), chain.names, repeats=True)
    opening: Sentence = shown.title
    if indices:
        slots = {"values": _values(indices, messages)}
        words = messages.sentence("text", "for_values", slots)
        opening = (*opening, " ", *words) if opening else words
    return [Paragraph(opening), block] if opening else [block]


def _values(values: Values, messages: Messages) -> Sentence:
    return messages.enumeration((_equation(s, n),) for s, n in values.items())


def _equation(symbol: Symbol, value: int) -> Formula:
    return Formula((symbol, "=", Integer(value)))
