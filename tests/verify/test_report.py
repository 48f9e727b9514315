"""What a report says is assumed: each condition once, and nothing that is known."""

from __future__ import annotations

from losses import T, z
from sympy import IndexedBase, Integer, Symbol, log

from derive.facts import Definition
from derive.laws import Condition
from derive.notation import ONE, Exp, Minus, Plus, Power, Quotient, Times
from derive.verify.report import in_words

u = z[Symbol("k", integer=True)]
less = Plus(u, Minus(T))


def nonzero(*numbers: object) -> list[str]:
    return in_words(Condition("nonzero", (number,)) for number in numbers)


def test_a_multiple_or_a_power_is_the_same_condition() -> None:
    assert nonzero(Quotient(u, Integer(2)), u, Power(u, Integer(3))) == ["z[k] != 0"]
    assert nonzero(Times(Integer(3), u), Minus(u)) == nonzero(Minus(u))


def test_a_difference_is_the_same_both_ways_round() -> None:
    assert len(nonzero(less, Plus(T, Minus(u)))) == 1


def test_what_is_positive_is_not_said_to_be_other_than_zero() -> None:
    both = [Condition("nonzero", (less,)), Condition("positive", (less,))]
    assert in_words(both) == ["-T + z[k] > 0"]
    # The other sign says something else.
    assert len(in_words([Condition("positive", (x,)) for x in (less, Plus(T, Minus(u)))])) == 2


def test_numbers_that_are_known_are_not_mentioned() -> None:
    assert nonzero(log(10), ONE) == []
    assert nonzero(Plus(u, ONE)) == ["z[k] + 1 != 0"]


def test_a_folded_condition_is_the_same_as_one_written_out() -> None:
    """The shorter is kept; without the definition nobody can know."""
    i = Symbol("i", integer=True)
    entry = IndexedBase("sigma")[i]
    known = Definition(entry, Quotient(ONE, Plus(ONE, Exp(z[i]))))
    folded, open_ = (Condition("nonzero", (Plus(ONE, Minus(v)),)) for v in (entry, known.value))
    assert in_words([open_, folded], (known,)) == ["1 - sigma[i] != 0"]
    assert len(in_words([open_, folded])) == 2
