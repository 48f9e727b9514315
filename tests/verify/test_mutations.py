"""Planted errors over all steps of the catalogue: every one is caught.

Whether a change is an error is for plain loops to say. The few changes that are none are listed
when the test fails, and with ``pytest -rP`` also when it passes.
"""

from functools import cache
from itertools import islice
from random import Random

import pytest
from judge import differ, is_error, sizes_of, wrong_in_itself
from mutations import gaps, mutations, other_statements, without
from plain import worlds
from sympy import Expr

import derive
from derive.derivation import Derivation
from derive.facts import EqualFact, UnequalFact
from derive.notation import Partial
from derive.positions import differences, part_at
from derive.verify import Checker, check

EACH = 3
"""Planted errors of one kind in one step."""


# Where there are many steps there are many errors to plant.
QUICK = "softmax-jacobian"
NAMES = [
    pytest.param(name, marks=[] if name == QUICK else [pytest.mark.slow])
    for name in derive.catalogue()
]


@cache
def derived(name: str) -> Derivation:
    return derive.derivation(name)


def below_a_derivative(true: Expr, changed: Expr) -> bool:
    """Whether all that differs is within derivatives that are still to be taken."""
    found = differences(true, changed)
    return bool(found) and all(
        any(isinstance(part_at(true, path[:n])[0], Partial) for n in range(len(path)))
        for path in found
    )


@pytest.mark.parametrize("name", NAMES)
def test_planted_errors_are_caught(name: str) -> None:
    root = derived(name)
    checker = Checker(root)
    errors, equivalent, vanishing, missed = 0, [], [], []
    for mutation in mutations(root, EACH):
        if not is_error(mutation, root):
            true = mutation.derivation.steps[mutation.number - 1].after
            kind = vanishing if below_a_derivative(true, mutation.step.after) else equivalent
            kind.append(str(mutation))
            continue
        errors += 1
        failures = checker.step_failures(mutation.derivation, mutation.number, mutation.step)
        if not wrong_in_itself(failures):
            missed.append(str(mutation))
    print(f"{errors} errors in {name}; {len(equivalent)} changes are none:", *equivalent, sep="\n")
    print(f"{len(vanishing)} more, of what is differentiated and vanishes:", *vanishing, sep="\n")
    assert not missed, "\n".join(missed)
    assert errors >= 100
    assert len(equivalent) <= 0.05 * (errors + len(equivalent))
    # In what is still to be differentiated, a term that the variable does not touch may be
    # anything: b_i in ∂(Σ_l W_il a_l + b_i)/∂W_kl. That is most of the lemmas on layers.
    assert len(vanishing) <= 0.1 * errors


@pytest.mark.parametrize("name", NAMES)
def test_refused_changes_are_errors(name: str) -> None:
    """The other way round: what is refused as unequal is unequal for the plain loops too."""
    root = derived(name)
    checker = Checker(root)
    harmless = []
    for mutation in islice(mutations(root, 1, seed=1), 60):
        failures = checker.step_failures(mutation.derivation, mutation.number, mutation.step)
        unequal = any(f.check in ("exact", "sampled") for f in failures)
        if unequal and not is_error(mutation, root):
            harmless.append(str(mutation))
    assert not harmless, "\n".join(harmless)


@pytest.mark.parametrize("name", NAMES)
def test_gaps_in_the_chain_are_caught(name: str) -> None:
    root = derived(name)
    found = list(gaps(root))
    assert found
    for broken in Random(name).sample(found, min(12 if root.steps else 4, len(found))):
        # Without its last step it is another derivation, but what follows no longer fits to it.
        assert not check(broken).ok


@pytest.mark.parametrize("name", NAMES)
def test_altered_statements_are_caught(name: str) -> None:
    root = derived(name)
    found = list(other_statements(root))
    for altered in Random(name).sample(found, min(12 if root.steps else 4, len(found))):
        problem = altered.problem
        sizes = sizes_of(altered)
        data = worlds(
            (problem.source, problem.expression), sizes, problem.ranges, problem.definitions
        )
        if differ(problem.source, problem.expression, data):
            assert any(f.check == "statement" for f in check(altered).failures)


def test_a_condition_is_not_taken_from_elsewhere() -> None:
    """A case uses its condition only where it names it."""
    root = derived("softmax-jacobian")
    checker = Checker(root)
    for case in root.cases.values():
        for number, step in enumerate(case.steps, start=1):
            for fact in step.facts:
                if isinstance(fact, (EqualFact, UnequalFact)):
                    assert checker.step_failures(case, number, without(step, fact))
