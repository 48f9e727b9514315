"""What a catalogue entry is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.problem import Kind


@dataclass(frozen=True)
class Question:
    """What an entry asks, in plain SymPy, as a user would hand it to ``derive.gradient``."""

    kind: Kind
    expression: Any
    variables: tuple[Any, ...]
    given: tuple[Any, ...] = ()
    where: tuple[Any, ...] = ()
    language: str | None = None


ENTRIES: dict[str, Callable[[], Question]] = {}
"""Every entry by its name."""


def entry(name: str) -> Callable[[Callable[[], Question]], Callable[[], Question]]:
    """Register a function that poses the question of a catalogue entry."""

    def register(pose: Callable[[], Question]) -> Callable[[], Question]:
        ENTRIES[name] = pose
        return pose

    return register


def question(name: str) -> Question:
    """The question of an entry; ``DeriveError`` where there is no such entry."""
    if not isinstance(name, str):
        raise TypeError(f"the name of an entry is a text, not {name!r}")
    if name not in ENTRIES:
        raise DeriveError(f"there is no entry {name!r}; the entries are {', '.join(ENTRIES)}")
    return ENTRIES[name]()
