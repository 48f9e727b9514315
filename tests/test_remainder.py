"""What would remain without a fact: worked out from the step, right whatever the labels are."""

import pytest
from entries import ENTRIES
from sympy import Eq, IndexedBase, KroneckerDelta, Sum, exp, log, symbols

import derive
from derive.strategy.remainder import label_facts, remainder

C = symbols("C", integer=True, positive=True)
i, j, k, t = symbols("i j k t", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
softmax = exp(z[i]) / Sum(exp(z[j]), (j, 1, C))
LOSS = -Sum(y[i] * log(softmax), (i, 1, C))
SOFT, ONE_HOT = Eq(Sum(y[i], (i, 1, C)), 1), Eq(y[i], KroneckerDelta(i, t))
WITHOUT = derive.gradient(LOSS, z[k]).closed_form


@pytest.mark.parametrize("fact", [SOFT, ONE_HOT])
def test_it_is_what_comes_out_when_nothing_is_declared(fact: Eq) -> None:
    derivation = derive.gradient(LOSS, z[k], given=[fact])
    found = [remainder(derivation, s, derivation.lemmas) for s in derivation.steps]
    assert WITHOUT in found
    assert all(left in (None, WITHOUT) for left in found)


def test_a_step_without_a_fact_leaves_nothing() -> None:
    derivation = derive.gradient(LOSS, z[k])
    assert not any(remainder(derivation, s, derivation.lemmas) for s in derivation.steps)


@pytest.mark.parametrize("name", ENTRIES)
def test_documents_say_it_beside_each_use(name: str) -> None:
    derivation = derive.derivation(name)
    known = (*derivation.lemmas, *derivation.parts.values())
    shown = {part.name: part for part in derivation.walk()}  # a lemma cited twice is shown once
    uses = [
        remainder(part, step, known) is not None
        for part in shown.values()
        for step in part.steps
        if label_facts(step)
    ]
    text = derivation.latex(lang="en").partition("Written out")[0]
    assert text.count("Without it, ") == sum(uses)
