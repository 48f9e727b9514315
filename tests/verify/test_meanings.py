"""The meaning of every node: written out, in the fields, with many digits, in plain loops."""

from itertools import pairwise, product

import mpmath
import numpy as np
import pytest
from plain import close, value
from sympy import (
    Abs,
    Function,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Piecewise,
    Rational,
    Sum,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

from derive.display import Choice, Dotted, Grid
from derive.explicit import explicit
from derive.facts import Definition, IndexRange
from derive.notation import (
    Apply,
    Attains,
    Bracket,
    Delta,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
)
from derive.verify.exact import Exact
from derive.verify.field import CHAIN, FIELDS
from derive.verify.leaves import Leaves
from derive.verify.plain import as_inert
from derive.verify.sampled import WORKING, Point
from derive.verify.slopes import Slopes

C = symbols("C", integer=True, positive=True)
i, j, k, m = symbols("i j k m", integer=True)
T = symbols("T", positive=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
W, q = IndexedBase("W", shape=(C, C)), IndexedBase("q", shape=(C,))

softmax = Definition(q[i], Quotient(Exp(z[i]), Total(Exp(z[j]), (j, 1, C))), softmax=True)
loss = Minus(Total(Times(y[i], Log(q[i])), (i, 1, C)))

NODES = {
    "plus": Plus(z[k], Minus(y[m]), 2, C, k),
    "times": Times(z[k], y[m], Rational(1, 3), T),
    "quotient": Quotient(z[k], Plus(Exp(y[m]), T)),
    "power": Power(z[k], 3),
    "negative power": Power(Plus(3, Power(z[k], 2)), -2),
    "power of an index": Power(z[m], k),
    "exp": Exp(Quotient(z[k], T)),
    "log": Log(Exp(z[k])),
    "delta": Times(Delta(k, m), z[k]),
    "bracket": Times(Bracket(k, m), z[k]),
    "total": Total(Times(z[i], y[k]), (i, 1, C)),
    "total without one": Total(Times(z[i], W[i, k]), (i, 1, C, k)),
    "empty total": Total(z[i], (i, Plus(C, 1), C)),
    "total from a bound": Total(Total(Times(z[i], z[j]), (j, i, C)), (i, 1, C)),
    "total up to a bound": Total(Total(Exp(Plus(z[j], Minus(z[i]))), (j, i + 2, C)), (i, 1, C)),
    "total of a constant": Total(T, (i, 1, k)),
    "same index twice": Times(Total(z[i], (i, 1, C)), Total(Power(z[i], 2), (i, 1, C))),
    "definition": Times(q[k], q[m]),
    "definition in a total": Total(Times(y[i], Log(q[i])), (i, 1, C)),
    "dotted": Dotted(Times(z[i], y[k]), (i, 1, C), (m,)),
    "choice": Choice(k, m, Exp(z[k]), Total(Times(z[i], y[k]), (i, 1, C))),
    "choice in a total": Total(Choice(i, k, Times(y[m], z[i]), Minus(z[i])), (i, 1, C)),
    "partial of a choice": Partial(Choice(k, m, Power(z[k], 2), Exp(z[m])), z[m]),
    "grid": Grid(Partial(q[k], z[m]), k, C, m, C),
    "partial": Partial(Total(Times(y[i], Exp(z[i])), (i, 1, C)), z[k]),
    "partial of a definition": Partial(q[k], z[m]),
    "partial by a definition": Partial(loss, q[k]),
    "partial in a total": Total(Times(z[i], Partial(Log(q[k]), z[i])), (i, 1, C)),
    "partial in a direction": Total(
        Times(Quotient(W[i, k], T), Partial(Log(q[k]), z[i])), (i, 1, C)
    ),
    "partials in two directions": Total(
        Minus(Times(W[k, i], Total(Times(W[i, j], Partial(Log(q[j]), z[i])), (j, 1, C)))), (i, 1, C)
    ),
    "partial of what varies with it": Total(Times(y[i], Partial(Log(q[i]), z[i])), (i, 1, C)),
    "second partial": Partial(Partial(loss, z[k]), z[m]),
    "partial by a parameter": Partial(Exp(Quotient(z[k], T)), T),
    "function": Apply(Head(tanh), Times(z[k], y[m])),
    "partial of a function": Partial(Apply(Head(tanh), Power(z[k], 2)), z[m]),
    "absolute": Apply(Head(Abs), z[k]),
    "larger": Apply(Head(Max), z[k], y[m]),
    "plain": Sum(exp(z[j]) * KroneckerDelta(j, k), (j, 1, C)) / log(exp(z[m])),
}


def leaves(size):
    """Numbers for the leaves, as the plain loops want them."""
    draw = mpmath.rand
    mpmath.mp.dps = 40
    row = lambda: {(n,): draw() - mpmath.mpf("0.5") for n in range(1, size + 1)}
    table = {(n, m): draw() for n in range(1, size + 1) for m in range(1, size + 1)}
    return {z: row(), y: row(), W: table, T: draw() + 1, C: size, q: softmax}


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("name", NODES)
def test_written_out_and_with_many_digits(name: str, size: int) -> None:
    node = NODES[name]
    world = leaves(size)
    number = lambda leaf, places: world[leaf] if leaf == T else world[leaf][places]
    point = Point({C: size}, (softmax,), (), number)
    for at_k, at_m in product(range(1, size + 1), repeat=2):
        here = {**world, k: at_k, m: at_m}
        if name == "partial by a definition":
            # Its entries are then numbers like any others.
            here[q] = {(n,): value(q[n], world) for n in range(1, size + 1)}
        wanted = value(node, here)
        with mpmath.workdps(WORKING):
            assert close(point.value(node, {k: at_k, m: at_m}), wanted)
        written = explicit(as_inert(node), {C: size}, {k: at_k, m: at_m}, (softmax,))
        assert not written.free_symbols & {k, m, q}
        assert close(value(written.rewrite(Piecewise), world), wanted)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("name", NODES)
def test_in_the_fields(name: str, size: int) -> None:
    """The residues of a node are those of the same node written out."""
    node = NODES[name]
    ranges = (IndexRange(k, Integer(1), C), IndexRange(m, Integer(1), C))
    made = Leaves({C: size}, 4, (), ranges, lambda *_: None, {})
    exact = Exact({C: size}, ranges, (softmax,), (), made, Slopes((softmax,)), strict=False)
    values = np.broadcast_to(exact.value(node), (size, size, 4))
    for at_k, at_m in product(range(1, size + 1), repeat=2):
        written = explicit(as_inert(node), {C: size}, {k: at_k, m: at_m}, (softmax,))
        # m came second, so that its axis is the first.
        alone = np.broadcast_to(exact.value(written).ravel(), 4)
        np.testing.assert_array_equal(values[at_m - 1, at_k - 1], alone)


def test_maximum_is_the_largest_value() -> None:
    world = leaves(3)
    node = Maximum(Plus(z[i], Minus(y[k])), (i, 1, C))
    point = Point({C: 3}, (), (), lambda leaf, places: world[leaf][places])
    assert close(point.value(node, {k: 2}), value(node, {**world, k: 2}))
    assert explicit(node, {C: 2}, {k: 2}) == Max(z[1] - y[2], z[2] - y[2])


def test_a_bracket_is_one_where_the_maximum_is_attained() -> None:
    node = Attains(Times(z[i], y[i]), (i, 1, C), k)
    world = leaves(3)
    point = Point({C: 3}, (), (), lambda leaf, places: world[leaf][places])
    found = [point.value(node, {k: at}) for at in (1, 2, 3)]
    assert found == [value(node, {**world, k: at}) for at in (1, 2, 3)] and sum(found) == 1
    numbers = {z[n]: world[z][(n,)] for n in (1, 2, 3)} | {y[n]: world[y][(n,)] for n in (1, 2, 3)}
    written = [explicit(node, {C: 3}, {k: at}).subs(numbers) for at in (1, 2, 3)]
    assert list(map(int, written)) == list(map(int, found))


def test_fields_give_one_index_and_its_value() -> None:
    """Which one plays the part of the largest is up to the field, but it is the same throughout."""
    made = Leaves({C: 5}, 4, (), (), lambda *_: None, {})
    exact = Exact({C: 5}, (), (), (), made, Slopes(()), strict=False)
    span = (j, 1, C)
    bracket, values = Attains(z[j], span, i), Total(Times(Attains(z[j], span, i), z[i]), (i, 1, C))
    np.testing.assert_array_equal(exact.value(Total(bracket, (i, 1, C))), 1.0)
    np.testing.assert_array_equal(exact.value(values), exact.value(Maximum(z[j], span)))


def test_a_product_in_the_fields_is_one_of_its_factors() -> None:
    made = Leaves({C: 3}, 4, (), (), lambda *_: None, {})
    exact = Exact({C: 3}, (), (), (), made, Slopes(()), strict=False)
    equal = np.testing.assert_array_equal
    equal(exact.value(ProductOver(z[j], (j, 1, C))), exact.value(z[1] * z[2] * z[3]))
    equal(exact.value(ProductOver(z[j], (j, 1, C, 2))), exact.value(z[1] * z[3]))
    equal(exact.value(ProductOver(z[j], (j, 2, 1))), exact.value(Integer(1)))


def test_every_prime_is_twice_the_last_plus_one() -> None:
    assert all(q == 2 * p + 1 for p, q in pairwise(CHAIN))


@pytest.mark.parametrize("level", range(1, len(CHAIN)))
def test_laws_of_exponentials(level: int) -> None:
    field, below = FIELDS[level], FIELDS[level - 1]
    draw = np.random.default_rng(level)
    a, b = draw.integers(1, field.prime, (2, 50)).astype(float)
    u, v = draw.integers(1, below.prime, (2, 50)).astype(float)
    equal = np.testing.assert_array_equal
    equal(field.exp(below.reduce(u + v)), field.times(field.exp(u), field.exp(v)))
    equal(field.log(field.times(a, b)), below.reduce(field.log(a) + field.log(b)))
    equal(field.log(field.exp(u)), u)
    equal(field.times(a, field.inverse(a)), np.ones(50))
    equal(field.power(a, np.array(3.0)), field.times(a, field.times(a, a)))
    assert np.isnan(field.inverse(np.zeros(1))).all() and np.isnan(field.log(np.zeros(1))).all()


def test_unknown_functions_depend_on_their_arguments_alone() -> None:
    f = Function("f", real=True)
    made = Leaves({C: 2}, 4, (), (), lambda *_: None, {})
    exact = Exact({C: 2}, (), (), (), made, Slopes(()), strict=False)
    np.testing.assert_array_equal(exact.value(f(z[1] + z[1])), exact.value(f(2 * z[1])))
    assert (exact.value(f(z[1])) != exact.value(f(z[2]))).any()
    assert (exact.value(sqrt(z[1] ** 2 + 1)) != exact.value(z[1])).any()
