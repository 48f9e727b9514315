"""Sentences, headings and number formats, one file a language; no sentence is built in code.

A message is text with named slots in braces. Filling one gives a sentence: the text around the
slots as it stands, and what was put into them, still to be printed by the format at hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from types import MappingProxyType
from typing import Any

from derive.errors import DeriveError
from derive.render.document import Formula, Piece, Sentence
from derive.resources import template_root

RULE_SLOTS = frozenset({"variable", "index", "fact", "definition", "array", "lemma", "law"})
"""What the sentence of a rule may speak of."""

Slots = Mapping[str, Piece | Sentence | None]
NOTHING: Slots = MappingProxyType({})


@dataclass(frozen=True)
class Messages:
    """The messages of one language."""

    code: str
    table: Mapping[str, Any]

    def text(self, section: str, key: str) -> str:
        """A message without slots."""
        return str(self.table[section][key])

    def find(self, section: str, key: str) -> str | None:
        """A message without slots, where there is one."""
        found = self.table.get(section, {}).get(key)
        return None if found is None else str(found)

    def sentence(self, section: str, key: str, slots: Slots = NOTHING) -> Sentence:
        """A message with its slots filled."""
        return fill(self.text(section, key), slots)

    def rule(self, name: str, slots: Slots = NOTHING) -> tuple[Sentence, Sentence]:
        """The short name of a rule, and its sentence; the short name where a slot stays empty."""
        entry = self.table["rules"].get(name)
        if entry is None:
            raise DeriveError(
                f"the rule {name} has no message in {self.code}.toml; add [rules.{name}] with a "
                "short name and a sentence to each file in templates/messages"
            )
        short = fill(entry["short"], slots)
        missing = any(slots.get(slot) is None for slot in slots_in(entry["sentence"]))
        return short, short if missing else fill(entry["sentence"], slots)

    @property
    def functions(self) -> Mapping[str, str]:
        """What functions are called in formulas, where that is not their usual name."""
        return self.table["functions"]

    def number(self, number: str) -> str:
        """A decimal number for text, as Python writes it, with the language's decimal mark."""
        return number.replace(".", self.text("language", "decimal_mark"))

    def speaks_of(self, rule: str, slot: str) -> bool:
        """Whether the sentence of a rule has a slot."""
        return slot in slots_in(self.table["rules"].get(rule, {}).get("sentence", ""))

    def enumeration(self, items: Iterable[Sentence]) -> Sentence:
        """Items with commas and an ``and``."""
        found = list(items)
        joined: list[Piece] = []
        for position, item in enumerate(found):
            if position:
                key = "list_separator"
                if position == len(found) - 1:
                    # In Spanish "and" is another word before the sound of i.
                    key = "list_last_before_i" if _begins_with_i(item) else "list_last"
                joined.append(self.text("language", key))
            joined += item
        return tuple(joined)


def _begins_with_i(sentence: Sentence) -> bool:
    """Whether a sentence begins with the sound of i, in a word or a formula."""
    first = sentence[0] if sentence else ""
    if isinstance(first, Formula):
        return str(first.items[0]) in ("i", "y")  # the letter y is called "i griega"
    return isinstance(first, str) and first[:1].lower() in ("i", "í")


def fill(message: str, slots: Slots = NOTHING) -> Sentence:
    """A message with what belongs into its slots; an empty slot leaves nothing."""
    pieces: list[Piece] = []
    for text, slot, _, _ in Formatter().parse(message):
        if text:
            pieces.append(text)
        if slot is not None:
            value = slots.get(slot)
            pieces += value if isinstance(value, tuple) else () if value is None else (value,)
    return tuple(pieces)


def slots_in(message: str) -> frozenset[str]:
    """The names of the slots of a message."""
    return frozenset(slot for _, slot, _, _ in Formatter().parse(message) if slot is not None)


def languages() -> tuple[str, ...]:
    """The languages that there are, English first."""
    found = sorted(path.stem for path in (template_root() / "messages").glob("*.toml"))
    return tuple(sorted(found, key=lambda code: code != "en"))


@cache
def load(code: str) -> Messages:
    """The messages of a language."""
    if code not in languages():
        raise DeriveError(
            f"there is no language {code!r}; choose from {', '.join(languages())}, or add "
            f"templates/messages/{code}.toml"
        )
    path = template_root() / "messages" / f"{code}.toml"
    return Messages(code, tomllib.loads(path.read_text(encoding="utf-8")))
