"""Why a line follows: every rule of a step is named, and what it speaks of is right."""

import pytest

import derive
from derive.derivation import Derivation
from derive.render.messages import load
from derive.render.names import FREE
from derive.render.reasons import is_small, reason


def words(sentence: tuple[object, ...]) -> str:
    return "".join(piece for piece in sentence if isinstance(piece, str))


@pytest.mark.parametrize("entry", derive.catalogue())
def test_every_rule_of_a_step_is_named(entry: str) -> None:
    derivation = derive.derivation(entry)
    english = load("en")
    for part in derivation.walk():
        for step in part.steps:
            _, sentence = reason(step, part, english, FREE, {}, FREE)
            said = words(sentence)
            own, _ = english.rule(step.rule)
            rules = {a.rule for a in step.atoms if not is_small(a.rule)}
            others = {words(english.rule(rule)[0]) for rule in rules - {step.rule}} - {words(own)}
            assert "Also: " in said or not others
            assert all(short in said for short in others)


def test_what_is_said_of_a_rule_is_not_said_twice() -> None:
    lemma = part("softmax-cross-entropy-jacobian", "entry-1-1")
    _, sentence = reason(lemma.steps[-1], lemma, load("en"), FREE, {}, FREE)
    assert {a.rule for a in lemma.steps[-1].atoms} == {"unfold_definition", "fold_definition"}
    assert "by definition" not in words(sentence)


@pytest.mark.parametrize(
    ("entry", "name", "line", "expected"),
    [
        ("softmax-cross-entropy-one-hot", "other-class", "flip_quotient", "product with zero"),
        ("softmax-output-layer", "logits", "cancel_factor", "minus sign moved"),
    ],
)
def test_signs_and_zeros_are_spoken_of_where_they_are_seen(
    entry: str, name: str, line: str, expected: str
) -> None:
    shown = part(entry, name)
    step = next(s for s in shown.steps if s.rule == line)
    _, sentence = reason(step, shown, load("en"), FREE, {}, FREE)
    assert f"Also: {expected}" in words(sentence)


def part(entry: str, name: str) -> Derivation:
    return next(d for d in derive.derivation(entry).walk() if d.name == name)


def test_the_chain_rule_goes_through_all_entries() -> None:
    logits = derive.derivation("softmax-output-layer").parts["logits"]
    step = next(s for s in logits.steps if s.rule == "chain_rule")
    _, sentence = reason(step, logits, load("en"), FREE, {}, FREE)
    assert words(sentence) == "Chain rule:  acts only through the entries of ."
    variable, array = (piece for piece in sentence if not isinstance(piece, str))
    assert variable.items == logits.problem.variables
    assert array.items == (logits.definitions[-1].base,)
