"""Losses that nobody has thought of: their gradients agree with differences of plain loops."""

from collections import Counter
from itertools import islice
from random import Random

import pytest
from plain import close, slope, value, worlds
from random_losses import random_loss

import derive
from derive.errors import DeriveError

SIZES = {"C": 3, "D": 2}
POINTS = 3


def compare(draw: Random, found: Counter[str]) -> None:
    """Derive one loss, and compare it with differences; a clear error is counted."""
    loss, variable, made = random_loss(draw)
    found.update(made)
    found["losses"] += 1
    found["with nested sums"] += made["nested sum"] > 0
    try:
        derived = derive.gradient(loss, variable)
    except DeriveError:
        found["clear errors"] += 1
        return
    problem = derived.problem
    facts = (*problem.facts, *problem.ranges)
    shown = [loss, variable, derived.expanded]
    for world in islice(worlds(shown, SIZES, facts, problem.definitions), POINTS):
        wanted = slope(loss, variable, world)
        assert close(value(derived.expanded, world), wanted, 1e-8), (loss, variable)
        found["points"] += 1


@pytest.mark.needs("hypothesis")
@pytest.mark.parametrize(
    ("losses", "seed"),
    [(40, 0), *(pytest.param(500, seed, marks=pytest.mark.slow) for seed in range(1, 5))],
)
def test_gradients_agree_with_differences(losses: int, seed: int) -> None:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    found: Counter[str] = Counter()

    @seeded(seed)
    @settings(
        max_examples=losses,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def agree(draw: Random) -> None:
        compare(draw, found)

    agree()
    print(*(f"{count:6} {what}" for what, count in found.most_common()), sep="\n")
    assert found["losses"] >= losses
    assert found["with nested sums"] >= 0.3 * found["losses"]
    assert found["clear errors"] <= 0.05 * found["losses"]
    # Each is compared somewhere, in which all that is asked of it is real.
    assert found["points"] >= found["losses"] - found["clear errors"]
