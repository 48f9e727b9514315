"""True derivations that the check once refused: what it could not try, or what a step had lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

import derive
from derive.verify import check

pytestmark = pytest.mark.needs("lark")

NORM = "sqrt(sum(W[{0},l]^2, l=1..D))"


def test_sums_inside_a_maximum_keep_their_own_index() -> None:
    """The statement was read with one index for both the maximum and the sum."""
    given = derive.gradient(f"max(b[j]/{NORM.format('j')}, j=1..C)", "W[k,m]")
    assert given.check().level == "exact"
    other = derive.gradient(f"max(b[j]*{NORM.format('j')}, j=1..C)", "W[k,m]").problem.source
    planted = replace(given, problem=replace(given.problem, source=other))
    assert check(planted).level == "failed"
