"""What a catalogue entry is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.problem import Kind, Problem


@dataclass(frozen=True)
class Question:
    """What an entry asks, in plain SymPy, as a user would hand it to ``derive.gradient``.

    Attributes:
        route: The plan by which it is derived; the automatic strategy without one.
        language: Language of the source.
        called: What the source calls the loss.
        indicator: Whether the source writes indicators in place of deltas.
        tags: What the source numbers the definitions in ``where`` by, in their order.
        recalled: Names of the rules that the source recalls before it starts.
        meanings: What the source says of its symbols: a name, and the key of the words in the
            messages under ``[symbols]``.
    """

    kind: Kind
    expression: Any
    variables: tuple[Any, ...]
    given: tuple[Any, ...] = ()
    where: tuple[Any, ...] = ()
    language: str | None = None
    route: Callable[[Problem], Derivation] | None = None
    called: str | None = None
    indicator: bool = False
    tags: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()


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
