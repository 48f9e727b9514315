"""Arrays of lengths that differ by a number: states and rewards, steps and differences."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_inputs import flat
from numpy.testing import assert_allclose
from sympy import Expr, IndexedBase, Max, Product, Sum, exp, log, symbols

import derive

T = symbols("T", integer=True, positive=True)
t, k = symbols("t k", integer=True)
r, V, V2, V3 = (IndexedBase(name, shape=(T + n,)) for n, name in enumerate(["r", "V", "V", "V"]))


def test_errors_of_a_value_function() -> None:
    """By hand: the errors are 1 and 3."""
    derivation = derive.gradient(Sum((r[t] + V[t + 1] - V[t]) ** 2, (t, 1, T)), V[k])
    value, gradient = derivation.kernel("numpy")(V=np.array([1.0, 2, 4]), r=np.array([0.0, 1]))
    assert value == 10
    assert gradient.tolist() == [-2, -4, 6]


@pytest.mark.parametrize(
    ("states", "term"),
    [
        (V, log(1 + exp(r[t] + V[t + 1] - V[t]))),
        (V, Max(0, r[t] * V[t + 1] - V[t])),
        (V, r[t] / (V[t + 1] - V[t])),
        (V2, r[t] * V2[t] ** 2),
        (V2, (r[t] + V2[t + 2] * V2[t + 1] - V2[t]) ** 2),
        (V3, (r[t] + r[t] * V3[t + 3] - V3[t]) ** 2 / (1 + V3[t + 1] ** 2)),
    ],
)
@pytest.mark.parametrize("steps", [1, 4])
def test_entries_beyond_an_array_count_for_nothing(
    states: IndexedBase, term: Expr, steps: int
) -> None:
    derivation = derive.gradient(Sum(term, (t, 1, T)), states[k])
    compare(derivation, states, steps)


def test_factors_of_a_product_may_be_of_two_states() -> None:
    compare(derive.gradient(Product(r[t] * V[t + 1] + V[t], (t, 1, T)), V[k]), V, 3)


def test_the_shortest_array_may_be_that_of_the_differences() -> None:
    """Of T + 1 rewards T differences, and a state more."""
    draw, step = np.random.default_rng(0), IndexedBase("d", shape=(T,))
    reward, state = IndexedBase("r", shape=(T + 1,)), IndexedBase("V", shape=(T + 2,))
    loss = Sum((step[t] + reward[t + 1] * state[t + 2] - reward[t]) ** 2, (t, 1, T))
    given = {name: draw.standard_normal(2 + n) for n, name in enumerate("drV")}
    for variable in (step[k], reward[k], state[k]):
        derivation = derive.gradient(loss, variable)
        exact = flat(derivation.kernel("mpmath")(**given))
        for found, wanted in zip(flat(derivation.kernel("numpy")(**given)), exact, strict=True):
            assert_allclose(found, np.asarray(wanted, float), rtol=1e-9)


def compare(derivation: derive.Derivation, states: IndexedBase, steps: int) -> None:
    draw, length = np.random.default_rng(0), int(states.shape[0].subs(T, steps))
    given = {"V": draw.standard_normal((2, length)), "r": draw.standard_normal((2, steps))}
    exact = flat(derivation.kernel("mpmath")(**given))
    for found, wanted in zip(flat(derivation.kernel("numpy")(**given)), exact, strict=True):
        assert_allclose(found, wanted.astype(float), rtol=1e-9)
