"""Every language says everything, in the same slots, and every rule has its sentence."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sympy import Expr

from derive.errors import DeriveError
from derive.render.latex_printer import FormulaPrinter
from derive.render.messages import RULE_SLOTS, fill, languages, load, slots_in
from derive.render.names import Names
from derive.render.rule_formula import rule_formula
from derive.rules import RULES

ENGLISH = load("en").table


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, key))
        else:
            yield ".".join((*path, key)), str(value)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_has_a_short_name_and_a_sentence(rule: str, language: str) -> None:
    entry = load(language).table["rules"].get(rule)
    assert entry is not None, f"{language}.toml has no [rules.{rule}]"
    assert set(entry) == {"short", "sentence"}
    assert entry["sentence"].endswith(".")
    for message in entry.values():
        assert slots_in(message) <= RULE_SLOTS


@pytest.mark.parametrize("language", languages())
def test_a_language_has_the_keys_and_slots_of_english(language: str) -> None:
    ours = dict(leaves(load(language).table))
    theirs = dict(leaves(ENGLISH))
    assert set(ours) == set(theirs)
    free = ("titles.", "entries.", "parts.", "language.")
    for key, message in ours.items():
        if not key.startswith(free):
            assert slots_in(message) == slots_in(theirs[key]), key


def test_filling_keeps_text_and_slots_apart() -> None:
    assert fill("from {a} to {b}.", {"a": "1%", "b": ("x", "y")}) == (
        *("from ", "1%", " to ", "x", "y", "."),
    )


def test_an_enumeration() -> None:
    messages = load("en")
    assert "".join(messages.enumeration((c,) for c in "abc")) == "a, b and c"
    assert messages.enumeration([]) == ()


def test_an_unknown_language_and_an_unknown_rule_are_clear_errors() -> None:
    with pytest.raises(DeriveError, match="no language 'xx'; choose from en"):
        load("xx")
    with pytest.raises(DeriveError, match="the rule fly has no message"):
        load("en").rule("fly")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_law_that_is_a_formula_can_be_set(rule: str) -> None:
    formula = rule_formula(rule, Names(frozenset({"u", "a"})))
    if formula is not None:
        printer = FormulaPrinter(formula.names, inline=True)
        texts = [printer.doprint(side) for side in formula.items if isinstance(side, Expr)]
        assert len(texts) == 2
        # The letters u and a mean something else here.
        assert not re.search(r"(?<![a-z\\{])[ua](?![a-z])", " ".join(texts))
