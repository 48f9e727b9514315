"""What a report says is assumed: each condition once, and nothing that is known."""

from __future__ import annotations

import pytest
from losses import C, T, i, j, k, t, w, y, z
from sympy import Abs, Expr, IndexedBase, Integer, Max, Sum, Symbol, log, sqrt

import derive
from derive.facts import Definition
from derive.laws import Condition
from derive.notation import (
    ONE,
    Apply,
    Delta,
    Exp,
    Head,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
)
from derive.verify.conditions import positive
from derive.verify.report import in_words

u = z[Symbol("k", integer=True)]
less = Plus(u, Minus(T))
MAX = Head(Max)


def nonzero(*numbers: object) -> list[str]:
    return in_words(Condition("nonzero", (number,)) for number in numbers)


def test_a_multiple_or_a_power_is_the_same_condition() -> None:
    assert nonzero(Quotient(u, Integer(2)), u, Power(u, Integer(3))) == ["z[k] != 0"]
    assert nonzero(Times(Integer(3), u), Minus(u)) == nonzero(Minus(u))


def test_a_product_is_not_zero_where_its_factors_are_not() -> None:
    share = Quotient(u, T)
    assert nonzero(Quotient(Power(share, Integer(2)), Integer(2)), share) == ["z[k]/T != 0"]
    assert nonzero(Power(share, Integer(2)), u, T) == ["z[k] != 0", "T != 0"]
    # Nothing is said of the denominator here.
    assert len(nonzero(share, u)) == 2


def test_a_sum_of_squares_is_not_negative() -> None:
    def summed(power: int) -> Expr:
        return Plus(ONE, Total(Power(z[i], Integer(power)), (i, ONE, C)))

    assert positive(summed(2), (), ())
    assert not positive(summed(3), (), ())


def test_a_difference_is_the_same_both_ways_round() -> None:
    assert len(nonzero(less, Plus(T, Minus(u)))) == 1


def test_what_is_positive_is_not_said_to_be_other_than_zero() -> None:
    both = [Condition("nonzero", (less,)), Condition("positive", (less,))]
    assert in_words(both) == ["z[k] > T"]
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
    assert in_words([open_, folded], (known,)) == ["sigma[i] != 1"]
    assert len(in_words([open_, folded])) == 2


SCALED = "al = sum(x[i]*s[i], i=1..T)/sum(s[i]^2, i=1..T)"
ERROR = "-log(sum((al*s[i])^2, i=1..T)/sum((al*s[i] - x[i])^2, i=1..T))"


@pytest.mark.needs("lark")
def test_a_name_is_not_said_to_be_other_than_zero_beside_what_it_is_made_of() -> None:
    report = derive.gradient(ERROR, "x[k]", where=[SCALED]).check()
    said = in_words(report.conditions, report.definitions, report.asked)
    assert [words for words in said if words.endswith("!= 0")] == [
        "Sum(s[i]**2, (i, 1, T)) != 0",
        "Sum(s[i]*x[i], (i, 1, T)) != 0",
    ]


TRANSLATED = (
    "sum(max(0, g + sqrt(sum((h[n,i] + l[n,i] - t[n,i])^2, i=1..D)) - "
    "sqrt(sum((u[n,i] + l[n,i] - v[n,i])^2, i=1..D))), n=1..N)"
)
POTENTIAL = "sum(r[i,j]^(-12) - r[i,j]^(-6), j=i+1..N, i=1..N)"
APART = "Sum((x[i, l] - x[j, l])**2, (l, 1, D)) > 0 where i != j"


@pytest.mark.needs("lark")
@pytest.mark.parametrize(
    ("loss", "by", "where", "wanted"),
    [
        (
            TRANSLATED,
            "l[k,a]",
            [],
            [
                "Sum((h[n, i] + l[n, i] - t[n, i])**2, (i, 1, D)) > 0",
                "Sum((l[n, i] + u[n, i] - v[n, i])**2, (i, 1, D)) > 0",
            ],
        ),
        (POTENTIAL, "x[k,a]", ["r[i,j] = sqrt(sum((x[i,l] - x[j,l])^2, l=1..D))"], [APART]),
        (
            "sum(1/abs(x[i] - x[j]), j=1..N, i=1..N, j != i)",
            "x[k]",
            [],
            ["x[i] != x[j] where i != j"],
        ),
        # Of i < j, which it says itself.
        ("sum(log(x[i] - x[j]), j=i+1..N, i=1..N)", "x[k]", [], ["x[i] > x[j]"]),
    ],
)
def test_it_is_said_once_and_of_which_indices(
    loss: str, by: str, where: list[str], wanted: list[str]
) -> None:
    report = derive.gradient(loss, by, where=where).check()
    said = in_words(report.conditions, report.definitions, report.asked)
    assert [words for words in said if "g +" not in words] == wanted


DEVIATION = "-sum(y[i]*(p[i] - 1/C), i=1..C)/sqrt(sum((p[i] - 1/C)^2, i=1..C))"


@pytest.mark.slow
@pytest.mark.needs("lark")
def test_stable_forms_need_no_more_than_the_result() -> None:
    """Conditions on shifted exponentials are those on the softmax that they stand for."""
    derivation = derive.gradient(DEVIATION, "z[k]", where=["p[i] = softmax(z/T)[i]"])
    report = derivation.check()
    assert any("Max" in str(c.operands[0].doit()) for c in report.assumed)
    said = [words for words in in_words(report.conditions, report.definitions) if "p[" in words]
    assert said == ["Sum((p[i] - 1/C)**2, (i, 1, C)) > 0"]


def total(*terms: Expr) -> Expr:
    return Total(Times(*terms), (i, ONE, C))


def test_a_condition_in_other_algebraic_form_is_the_same() -> None:
    apart = Plus(total(y[i], z[i]), total(y[i]))
    together = total(y[i], Plus(z[i], ONE))
    assert nonzero(apart, together) == nonzero(together)
    assert nonzero(Times(Integer(-2), apart), together) == nonzero(together)
    signed = [Condition("positive", (x,)) for x in (apart, Minus(together))]
    assert len(in_words(signed)) == 2
    assert in_words([Condition("nonzero", (apart,)), Condition("positive", (together,))]) == [
        f"{together.doit()} > 0"
    ]


def test_what_differs_at_one_index_or_in_sign_is_another_condition() -> None:
    assert len(nonzero(z[k], Plus(z[k], Delta(k, t)))) == 2
    squares = [total(z[i], z[i]), total(y[i], y[i]), Apply(Head(Abs), z[k]), z[k]]
    assert len(in_words(Condition("positive", (number,)) for number in squares)) == 4


def test_a_shift_counts_for_nothing_only_where_it_is_one_factor() -> None:
    def shifted(of: Expr) -> Expr:
        return Exp(Plus(z[i], Minus(of)))

    largest = Maximum(y[j], (j, ONE, C))
    weighed = [
        total(w[i], e) for e in (Exp(z[i]), shifted(largest), shifted(Apply(MAX, y[i], ONE)))
    ]
    said = in_words(Condition("positive", (number,)) for number in weighed)
    assert len(said) == 2 and not any("Max(y[j]" in words for words in said)
    assert len(nonzero(Times(largest, w[i]), w[i])) == 2


def test_a_product_of_what_is_positive_is_positive() -> None:
    first, second = Plus(z[i], ONE), Plus(y[i], ONE)
    said = in_words(Condition("positive", (n,)) for n in (Times(first, second), first, second))
    assert said == ["z[i] + 1 > 0", "y[i] + 1 > 0"]


def test_what_is_said_of_every_index_covers_one_place() -> None:
    asked = frozenset({k, t})
    positive = [Condition("positive", (z[at],)) for at in (k, i, t)]
    assert in_words(positive, (), asked) == ["z[i] > 0"]
    # Nothing says that the places k and t are all there are.
    assert len(in_words([positive[0], positive[2]], (), asked)) == 2
    assert in_words([Condition("nonzero", (z[k],)), positive[1]], (), asked) == ["z[i] > 0"]
    assert len(in_words([Condition("positive", (z[k],)), Condition("nonzero", (z[i],))])) == 2
    # The diagonal is not a pair of two indices.
    pairs = [Plus(z[i], Minus(y[j])), Plus(z[k], Minus(y[k]))]
    assert len(in_words([Condition("positive", (n,)) for n in pairs], (), asked)) == 2


def test_the_indices_of_the_question_are_known() -> None:
    report = derive.gradient(Sum(sqrt(z[i]), (i, 1, C)) + sqrt(z[j]), z[k]).check()
    assert report.asked is not None and {j, k} <= report.asked and i not in report.asked


@pytest.mark.parametrize(
    ("kind", "difference", "said"),
    [
        ("nonzero", Plus(Minus(T), z[k]), "z[k] != T"),
        ("positive", Plus(ONE, Minus(z[k])), "z[k] < 1"),
        ("positive", Plus(T, Minus(ONE)), "T > 1"),
        ("nonzero", Plus(Plus(ONE, Minus(T)), Minus(z[k])), "1 - T != z[k]"),
        ("positive", Plus(ONE, Minus(T), Minus(z[k])), "T + z[k] < 1"),
        ("positive", Plus(ONE, z[k]), "z[k] + 1 > 0"),
        ("nonzero", z[k], "z[k] != 0"),
    ],
)
def test_a_difference_is_said_as_a_comparison(kind: str, difference: Expr, said: str) -> None:
    assert in_words([Condition(kind, (difference,))]) == [said]
