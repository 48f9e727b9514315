"""What stands at the top of a file: the statement, what is assumed, what is proved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jinja2 import Template
from sympy import Expr

from derive.derivation import Derivation
from derive.formal.hypotheses import Hypothesis
from derive.formal.shown import shown
from derive.resources import template_root


@dataclass(frozen=True)
class Written:
    """A derivation that has its section.

    Attributes:
        name: The name of the section.
        symbols: Its variables.
        hypotheses: Its hypotheses.
        about: The arrays of which it is assumed that something made of them has a value.
        apart: Those of which it is assumed that they keep off a kink.
        untied: Those of which it is assumed that no two entries tie.
    """

    derivation: Derivation
    name: str
    symbols: tuple[Expr, ...]
    hypotheses: tuple[Hypothesis, ...]
    about: frozenset[Expr]
    apart: frozenset[Expr] = frozenset()
    untied: frozenset[Expr] = frozenset()


def header(
    root: Derivation,
    sections: Iterable[Written],
    common: Iterable[Hypothesis],
    borrowed: Iterable[Hypothesis],
    theorems: Iterable[str],
) -> list[str]:
    """The lines of the header; ``borrowed`` is what is assumed for want of a proof."""
    results = [d for d in root.results if d.steps]
    own = [(s, h) for s in sections for h in s.hypotheses]
    assumed = [h.text for h in common]
    assumed += [h.text for s, h in own if s.derivation in results and not h.domain]
    further = [f"{s.name}: {h.text}" for s, h in own if not h.domain and h.text not in assumed]
    layout = (template_root() / "formal" / "header.txt").read_text("utf-8")
    text = Template(layout, trim_blocks=True, lstrip_blocks=True).render(
        title=root.problem.name,
        statements=[f"{shown(d.statement)} = {shown(d.closed_form)}" for d in results],
        hypotheses=list(dict.fromkeys(assumed)),
        further=further,
        domain=list(dict.fromkeys(h.text for _, h in own if h.domain)),
        borrowed=[h.text for h in borrowed],
        theorems=list(theorems),
    )
    return text.split("\n")
