"""Every language says everything, in the same slots, and every rule has its sentence."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sympy import Expr, Integer, Symbol
from sympy.core.basic import Basic

import derive
from derive.errors import DeriveError
from derive.laws import LAWS, Law, Rest
from derive.render.document import Formula
from derive.render.latex_printer import FormulaPrinter
from derive.render.latex_text import escape
from derive.render.messages import RULE_SLOTS, fill, languages, load, slots_in
from derive.render.names import FREE, Names
from derive.render.rule_formula import rule_formula
from derive.resources import template_root
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
    own = ("functions.",)  # a language lists only the functions that it calls otherwise
    assert {k for k in ours if not k.startswith(own)} == {
        k for k in theirs if not k.startswith(own)
    }
    free = ("titles.", "entries.", "parts.", "language.", *own)
    for key, message in ours.items():
        assert message.strip(), key
        if not key.startswith(free):
            assert slots_in(message) == slots_in(theirs[key]), key


def test_the_three_languages_are_there_and_english_is_first() -> None:
    assert languages()[0] == "en"
    assert {"en", "es", "pt"} <= set(languages())


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
def test_no_sentence_was_left_in_english(language: str) -> None:
    theirs = dict(leaves(ENGLISH))
    ours = dict(leaves(load(language).table))
    same = {k for k, v in ours.items() if v == theirs.get(k) and len(v.split()) > 2}
    assert same == set()
    assert load(language).code == language == ours["language.code"]


@pytest.mark.parametrize("language", languages())
def test_every_character_of_a_message_can_be_set(language: str) -> None:
    for key, message in leaves(load(language).table):
        assert "[U+" not in escape(message), key


@pytest.fixture
def fourth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A language more, which is one file: English under another code, with another word in it."""
    folder = tmp_path / "templates"
    shutil.copytree(template_root(), folder)
    text = (folder / "messages/en.toml").read_text(encoding="utf-8")
    text = text.replace('code = "en"', 'code = "xx"').replace('"Statement"', '"Outsay"')
    text = text.replace('decimal_mark = "."', 'decimal_mark = ","')
    (folder / "messages/xx.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("derive.render.messages.template_root", lambda: folder)
    load.cache_clear()
    yield "xx"
    load.cache_clear()


def test_a_fourth_language_is_one_file(fourth: str) -> None:
    assert fourth in languages()
    text = derive.derivation("softmax-jacobian").latex(lang=fourth)
    assert r"\DeriveSection{Outsay}" in text and "pdflang={xx}" in text


@pytest.mark.parametrize(("language", "expected"), [("en", "0.797"), ("es", "0,797")])
def test_a_number_has_the_mark_of_its_language(language: str, expected: str) -> None:
    assert load(language).number("0.797") == expected


def test_filling_keeps_text_and_slots_apart() -> None:
    assert fill("from {a} to {b}.", {"a": "1%", "b": ("x", "y")}) == (
        *("from ", "1%", " to ", "x", "y", "."),
    )


def test_an_enumeration() -> None:
    messages = load("en")
    assert "".join(messages.enumeration((c,) for c in "abc")) == "a, b and c"
    assert messages.enumeration([]) == ()


def test_spanish_has_another_word_for_and_before_i() -> None:
    spanish = load("es")
    index = Formula((Symbol("i"), "=", Integer(3)))
    assert spanish.enumeration([("j",), (index,)]) == ("j", " e ", index)
    assert "".join(spanish.enumeration([("suma",), ("índices",)])) == "suma e índices"
    assert "".join(spanish.enumeration([("suma",), ("resta",)])) == "suma y resta"


def test_an_unknown_language_and_an_unknown_rule_are_clear_errors() -> None:
    with pytest.raises(DeriveError, match="no language 'xx'; choose from en, es, pt, or"):
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


@pytest.mark.parametrize("name", sorted(n for n, claim in LAWS.items() if isinstance(claim, Law)))
def test_what_else_a_range_may_leave_out_is_not_shown(name: str) -> None:
    formula = rule_formula(name, FREE)
    assert formula is not None
    assert not any(item.atoms(Rest) for item in formula.items if isinstance(item, Basic))
