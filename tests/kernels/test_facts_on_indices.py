"""A fact on two indices counts in the result that has both, and in no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

WEIGHTED = "sum((W[i,j]-1)^2*b[i], i=1..C, j=1..{})"
ISING = (
    "sum(log(1 + exp(-2*s[n,i]*(h[i] + sum(J[i,j]*s[n,j], j=1..P, j != i)))), n=1..N, i=1..P)",
    ["J[a,b]", "h[a]"],
)
DROPPED = [
    (WEIGHTED.format("D"), ["W[k,m]", "b[k]"], "k != m"),
    (WEIGHTED.format("C"), ["W[k,m]", "b[k]"], "k != m"),
    (WEIGHTED.format("C"), ["W[k,m]", "b[k]"], "k = m"),
    (WEIGHTED.format("C"), ["W[k,m]", "b[k]"], "m = k"),
    (*ISING, "a != b"),
    (*ISING, "a = b"),
    ("-log(softmax(z)[t])*b[t]", ["z[k]", "b[m]"], "k != m"),
    ("-log(softmax(z)[t])*b[t]", ["z[k]", "b[m]"], "k = m"),
]
GIVEN: dict[str, Any] = {
    "W": [[1.0, 2.0, 0.5], [3.0, -1.0, 4.0], [0.0, 2.5, 1.5]],
    "J": [[0.5, -1.0, 0.25], [1.0, 0.0, 2.0], [0.5, 0.75, -0.5]],
    "b": [2.0, -1.0, 0.5],
    "h": [0.5, -0.25, 1.0],
    "s": [[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]],
    "z": [0.5, 2.0, -1.0],
    "t": 1,
}


@pytest.mark.parametrize(("loss", "variables", "fact"), DROPPED)
def test_a_part_with_one_of_the_indices(loss: str, variables: list[str], fact: str) -> None:
    told = derive.gradient(loss, variables, given=[fact])
    free = derive.gradient(loss, variables)
    last = variables[-1]
    assert told.parts[last].result == free.parts[last].result
    wanted = results(free, "numpy")
    for target in ("numpy", "mpmath"):
        value, first, second = results(told, target)
        assert_allclose(value, wanted[0])
        assert_allclose(second, wanted[2])
        # Of the entries of a matrix those are left that the fact is about.
        kept = np.eye(3, dtype=bool) == ("!=" not in fact) if first.ndim == 2 else np.full(3, True)
        assert_allclose(first[kept], wanted[1][kept], atol=1e-12)
        assert np.isnan(first[~kept]).all()


def results(derivation: derive.Derivation, target: str) -> list[Any]:
    """The value and both derivatives."""
    kernel = derivation.kernel(target)
    arguments = {n: v for n, v in GIVEN.items() if f"    {n}: " in kernel.source}
    value, derivatives = kernel(**arguments)
    return [np.float64(found) for found in (value, *derivatives)]
