"""What counts as the chain rule through a definition, and what does not."""

import pytest
from sympy import IndexedBase, symbols

from derive.facts import Definition
from derive.notation import Exp, Log, Partial, Plus, Quotient, Times, Total
from derive.verify.chain_rule import is_chain

C, N = symbols("C N", integer=True, positive=True)
i, j, k, n, m = symbols("i j k n m", integer=True)
y, z, q = (IndexedBase(name, shape=(N, C)) for name in "yzq")

softmax = Definition(q[n, k], Quotient(Exp(z[n, k]), Total(Exp(z[n, j]), (j, 1, C))), softmax=True)
loss = Total(Times(y[n, i], Log(q[n, i])), (i, 1, C))
slope = Partial(loss, z[n, k])


def chain(operand, entry, by, limits):
    return Total(Times(Partial(operand, entry), Partial(entry, by)), limits)


RIGHT = chain(loss, q[n, j], z[n, k], (j, 1, C))


def test_over_all_classes_of_the_sample() -> None:
    assert is_chain(slope, RIGHT, softmax, (softmax,))


WRONG = {
    "not all classes": chain(loss, q[n, j], z[n, k], (j, 1, C - 1)),
    "a class left out": chain(loss, q[n, j], z[n, k], (j, 1, C, k)),
    "another variable": chain(loss, q[n, j], z[n, j], (j, 1, C)),
    "another sample": chain(loss, q[m, j], z[n, k], (j, 1, C)),
    "the wrong axis": chain(loss, q[j, k], z[n, k], (j, 1, C)),
    "another loss": chain(Plus(loss, 1), q[n, j], z[n, k], (j, 1, C)),
    "one class": Times(Partial(loss, q[n, k]), Partial(q[n, k], z[n, k])),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_chain_rule(name: str) -> None:
    assert not is_chain(slope, WRONG[name], softmax, (softmax,))


def test_not_where_the_variable_also_acts_directly() -> None:
    both = Plus(loss, z[n, k])
    after = chain(both, q[n, j], z[n, k], (j, 1, C))
    assert not is_chain(Partial(both, z[n, k]), after, softmax, (softmax,))


def test_not_where_another_definition_uses_the_variable() -> None:
    r = IndexedBase("r", shape=(N, C))
    other = Definition(r[n, k], Exp(z[n, k]))
    both = Plus(loss, r[n, k])
    after = chain(both, q[n, j], z[n, k], (j, 1, C))
    assert not is_chain(Partial(both, z[n, k]), after, softmax, (other, softmax))
