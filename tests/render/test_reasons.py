"""Why a line follows: every rule of a step is named, and what it speaks of is right."""

import pytest

import derive
from derive.render.messages import load
from derive.render.names import FREE
from derive.render.reasons import reason
from derive.rules import RULES


def words(sentence: tuple[object, ...]) -> str:
    return "".join(piece for piece in sentence if isinstance(piece, str))


@pytest.mark.parametrize("entry", derive.catalogue())
def test_every_rule_of_a_step_is_named(entry: str) -> None:
    derivation = derive.derivation(entry)
    english = load("en")
    for part in derivation.walk():
        for step in part.steps:
            _, sentence = reason(step, part, english, FREE, {})
            said = words(sentence)
            others = {a.rule for a in step.atoms if not RULES[a.rule].bookkeeping} - {step.rule}
            assert ("Also: " in said) == bool(others)
            for rule in others:
                short, _ = english.rule(rule)
                assert words(short) in said


def test_the_chain_rule_goes_through_all_entries() -> None:
    logits = derive.derivation("softmax-output-layer").parts["logits"]
    step = next(s for s in logits.steps if s.rule == "chain_rule")
    _, sentence = reason(step, logits, load("en"), FREE, {})
    assert words(sentence) == "Chain rule:  acts only through the entries of ."
    variable, array = (piece for piece in sentence if not isinstance(piece, str))
    assert variable.items == logits.problem.variables
    assert array.items == (logits.definitions[-1].base,)
