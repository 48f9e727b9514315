"""Results at a concrete number of classes."""

import time

import pytest
from sympy import (
    Abs,
    Eq,
    ImmutableDenseNDimArray,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Ne,
    S,
    Sum,
    Symbol,
    exp,
    log,
    simplify,
    symbols,
)

import derive
from derive import DeriveError
from derive.explicit import explicit
from derive.notation import Total

C, N = symbols("C N", integer=True, positive=True)
i, j, k, t, n = symbols("i j k t n", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
p = lambda at: exp(z[at]) / Sum(exp(z[j]), (j, 1, C))
loss = -Sum(y[i] * log(p(i)), (i, 1, C))
soft = Eq(Sum(y[i], (i, 1, C)), 1)


def test_entries_are_the_users_own() -> None:
    result = derive.gradient(loss, z[k], given=[soft]).at(C=3)
    assert isinstance(result, ImmutableDenseNDimArray) and result.shape == (3,)
    partition = exp(z[1]) + exp(z[2]) + exp(z[3])
    for place in (1, 2, 3):
        assert simplify(result[place - 1] - (exp(z[place]) / partition - y[place])) == 0
    assert {e.base for e in result[0].atoms(type(z[1]))} == {z, y}


def test_axes_are_in_the_order_of_the_free_indices() -> None:
    result = derive.jacobian(p(i) * y[i], z[k]).at(C=2)
    assert result.shape == (2, 2)
    assert result[0, 1].has(y[1]) and not result[0, 1].has(y[2])


def test_without_free_indices_it_is_an_expression() -> None:
    T = Symbol("T", positive=True)
    result = derive.gradient(Sum(z[i] ** 2, (i, 1, C)) * T, T).at(C=2)
    assert result == z[1] ** 2 + z[2] ** 2


def test_cases() -> None:
    d = derive.gradient(-log(p(t)), z[k])
    assert d.cases[Eq(k, t)].at(C=2).shape == (2,)
    other = d.cases[Ne(k, t)].at(C=2)
    assert other.shape == (2, 2)
    assert other[0, 0] is S.NaN and other[0, 1] is not S.NaN


def test_classes_of_a_batch_stay() -> None:
    s, tn = IndexedBase("s", shape=(N, C)), IndexedBase("t", shape=(N,))
    result = explicit(KroneckerDelta(k, tn[n]) * s[n, tn[n]], {C: 2, N: 2}, {k: 1, n: 2})
    assert result == KroneckerDelta(1, tn[2]) * s[2, tn[2]]


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({}, "C has no value"),
        ({"C": 0}, "C = 0 is no size"),
        ({"C": -2}, "C = -2 is no size"),
        ({"C": 2.0}, "C = 2.0 is no size"),
        ({"C": True}, "C = True is no size"),
        ({"C": 3, "K": 2}, "there is no size K"),
    ],
)
def test_wrong_sizes(sizes, said: str) -> None:
    with pytest.raises(DeriveError, match=said):
        derive.gradient(loss, z[k]).at(**sizes)


def test_derivatives_at_a_kink_are_those_of_the_rules() -> None:
    """Not SymPy's, to which entries are complex numbers and the step function is 1/2 at zero."""
    kinks = Sum(Abs(z[i]) + Max(0, z[i]) + Max(y[i], z[i]) + Min(y[i], z[i]), (i, 1, C))
    d = derive.gradient(kinks, z[k])
    before, after = d.steps[0].at(C=1)[0], d.at(C=1)[0]
    for entries, slope in (((1, -1), 0), ((1, 0), 1), ((1, 1), 2), ((1, 3), 3)):
        at = dict(zip((y[1], z[1]), entries, strict=True))
        assert before.subs(at) == after.subs(at) == slope


def test_a_bound_without_a_value_is_an_error() -> None:
    with pytest.raises(DeriveError, match="give every size a value"):
        explicit(Total(z[i], (i, 1, C)), {}, {})


def test_two_hundred_classes_take_seconds() -> None:
    d = derive.gradient(loss, z[k], given=[soft])
    start = time.process_time()
    assert d.at(C=200).shape == (200,)
    assert time.process_time() - start < 5


@pytest.mark.slow
def test_a_jacobian_of_two_hundred_classes_takes_seconds() -> None:
    start = time.process_time()
    assert derive.jacobian(p(i), z[k]).at(C=200).shape == (200, 200)
    assert time.process_time() - start < 60
