"""What is said to be wrong in a source is wrong, and what stands in its place is right."""

import pytest

import derive
from derive.corrections import Correction
from derive.render.messages import languages, load
from derive.verify.numbers import sides

CORRECTED = [
    (name, number)
    for name in derive.catalogue()
    for number, _ in enumerate(derive.derivation(name).corrections)
]


def correction_of(name: str, number: int) -> tuple[Correction, derive.Derivation]:
    derivation = derive.derivation(name)
    return derivation.corrections[number], derivation


@pytest.mark.parametrize(("name", "number"), CORRECTED)
def test_numbers_tell_the_lines_apart(name: str, number: int) -> None:
    correction, derivation = correction_of(name, number)
    if correction.at is None:
        return
    known = (*correction.where, *derivation.definitions)
    left, right = sides(correction.source, correction.at, known)
    assert abs(left - right) > 1e-3
    ours, theirs = sides(correction.ours, correction.at, known)
    assert abs(ours - theirs) < 1e-12


@pytest.mark.parametrize(("name", "number"), CORRECTED)
def test_has_a_reason_in_each_language(name: str, number: int) -> None:
    correction, _ = correction_of(name, number)
    for language in languages():
        assert load(language).text("corrections", correction.reason)
