"""Statements written by hand, in Coquelicot's words alone, which the theorems of an entry give.

Whoever reads them need not trust our way of saying what a derivation is about.
"""

from __future__ import annotations

import re

from derive.catalogue import ENTRIES, question
from derive.derivation import Derivation
from derive.resources import template_root


def anchor_of(derivation: Derivation) -> str | None:
    """The hand-written end of the proof of an entry; None for other derivations.

    A derivation whose symbols were renamed has none either: its theorems are called otherwise.
    """
    problem = derivation.problem
    if problem.name not in ENTRIES or problem.source != question(problem.name).expression:
        return None
    file = template_root() / "formal" / "anchors" / f"{problem.name}.v"
    return file.read_text("utf-8").rstrip() if file.is_file() else None


def theorems_in(text: str) -> tuple[str, ...]:
    """The names of the theorems in a Coq text."""
    return tuple(re.findall(r"^Theorem (\w+)", text, re.MULTILINE))
