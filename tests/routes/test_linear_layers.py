"""The linear-layers source: each of its equations that is right is a line of the document."""

import pytest
from shown import place
from sympy import IndexedBase, symbols

import derive
from derive.arrays import Column, Product, Row, Transposed, Whole, shape
from derive.gathering import Layout, gathered
from derive.notation import (
    ONE,
    ZERO,
    Exp,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
)

ENTRY = derive.derivation("softmax-linear-layers")

C, N, d, p = symbols("C N d p", integer=True, positive=True)
c, i, j, l, m, n = symbols("c i j l m n", integer=True)  # noqa: E741
y, s, hat = (IndexedBase(name, shape=(N, C)) for name in ("y", "s", "\\hat{y}"))
x = IndexedBase("x", shape=(N, p))
A, B = IndexedBase("A", shape=(d, p)), IndexedBase("B", shape=(C, d))
L, S = IndexedBase("L", shape=(N,)), IndexedBase(r"\Sigma", shape=(N,))

by_s = Partial(L[n], s[n, j])
same, other = Partial(hat[n, j], s[n, j]), Partial(hat[n, i], s[n, j])
squared = Power(S[n], 2)


def share(index):
    return Quotient(Exp(s[n, index]), S[n])


def quotient_rule(index):
    rising = Times(Partial(Exp(s[n, index]), s[n, j]), S[n])
    falling = Times(Exp(s[n, index]), Partial(S[n], s[n, j]))
    return Quotient(Plus(rising, Minus(falling)), squared)


def term(index):
    return Times(Partial(L[n], hat[n, index]), Partial(hat[n, index], s[n, j]))


def others(body):
    return Total(body, (i, 1, C, j))


def by_hat(index):
    return Minus(Quotient(y[n, index], hat[n, index]))


rest = others(Times(y[n, i], hat[n, j]))
difference = Plus(hat[n, j], Minus(y[n, j]))
hidden = Total(Times(A[m, l], x[n, l]), (l, 1, p))

# Where the source's letters clash, with ours.
EQUATIONS = {
    "loss of a sample": (L[n], Minus(Total(Times(y[n, j], Log(hat[n, j])), (j, 1, C)))),
    "softmax": (hat[n, j], Quotient(Exp(s[n, j]), Total(Exp(s[n, c]), (c, 1, C)))),
    "score": (s[n, j], Total(Times(B[j, m], hidden), (m, 1, d))),
    "row of B, chain rule": (
        Partial(L[n], B[j, m]),
        Times(by_s, Partial(s[n, j], B[j, m])),
    ),
    "loss by a probability": (Partial(L[n], hat[n, j]), by_hat(j)),
    "abbreviation": (S[n], Total(Exp(s[n, c]), (c, 1, C))),
    "i = j, quotient rule": (same, quotient_rule(j)),
    "i = j, derivatives": (
        same,
        Quotient(
            Plus(Times(Exp(s[n, j]), S[n]), Minus(Times(Exp(s[n, j]), Exp(s[n, j])))), squared
        ),
    ),
    "i = j, two fractions": (
        same,
        Times(share(j), Quotient(Plus(S[n], Minus(Exp(s[n, j]))), S[n])),
    ),
    "i = j, difference": (same, Times(share(j), Plus(ONE, Minus(share(j))))),
    "i = j": (same, Times(hat[n, j], Plus(ONE, Minus(hat[n, j])))),
    "i != j, quotient rule": (other, quotient_rule(i)),
    "i != j, derivatives": (
        other,
        Quotient(Plus(Times(ZERO, S[n]), Minus(Times(Exp(s[n, i]), Exp(s[n, j])))), squared),
    ),
    "i != j, product": (
        other,
        Minus(Quotient(Times(Exp(s[n, i]), Exp(s[n, j])), squared)),
    ),
    "i != j": (other, Minus(Times(hat[n, i], hat[n, j]))),
    "chain rule": (by_s, Total(term(i), (i, 1, C))),
    "i = j pulled out": (by_s, Plus(term(j), others(term(i)))),
    "both cases put in": (
        by_s,
        Plus(
            Times(by_hat(j), hat[n, j], Plus(ONE, Minus(hat[n, j]))),
            others(Times(by_hat(i), Minus(Times(hat[n, i], hat[n, j])))),
        ),
    ),
    "cancelled": (by_s, Plus(Minus(Times(y[n, j], Plus(ONE, Minus(hat[n, j])))), rest)),
    "multiplied out": (by_s, Plus(Minus(y[n, j]), Times(y[n, j], hat[n, j]), rest)),
    "rewritten": (
        by_s,
        Plus(Times(hat[n, j], Plus(y[n, j], others(y[n, i]))), Minus(y[n, j])),
    ),
    "logit": (by_s, difference),
    "score by a row of B": (Partial(s[n, j], B[j, m]), hidden),
    "row of B": (Partial(L[n], B[j, m]), Times(difference, hidden)),
    "A, chain rule": (
        Partial(L[n], A[m, l]),
        Total(Times(by_s, Partial(s[n, j], A[m, l])), (j, 1, C)),
    ),
    "score by A": (Partial(s[n, j], A[m, l]), Times(B[j, m], x[n, l])),
    "A": (
        Partial(L[n], A[m, l]),
        Total(Times(difference, B[j, m], x[n, l]), (j, 1, C)),
    ),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_each_equation_of_the_source_is_a_line(name: str) -> None:
    assert place(ENTRY, *EQUATIONS[name], {}) is not None


def test_lines_of_the_logit_are_in_the_order_of_the_source() -> None:
    numbers = [place(ENTRY, *pair, {})[1] for pair in EQUATIONS.values() if pair[0] == by_s]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)


ROW = Plus(Row(hat, n), Minus(Row(y, n)))
INPUT = Column(x, n)
ALL = Transposed(Plus(Whole(hat), Minus(Whole(y))))


def form(part: str):
    """The steps in which a result is written with whole arrays."""
    return [step.after.array for step in ENTRY.parts[part].arrays["result"].steps]


def test_vectors_and_matrices_of_the_source() -> None:
    assert form("logits") == [ROW]
    assert form("row-of-B") == [Times(difference, Transposed(Product(Whole(A), INPUT)))]
    summand = Times(difference, Product(Transposed(Row(B, j)), Transposed(INPUT)))
    matrix = Product(Product(Transposed(Whole(B)), Transposed(ROW)), Transposed(INPUT))
    assert form("A") == [Total(summand, (j, 1, C)), matrix]
    score = ENTRY.arrays["s"].closed_form
    assert score.array == Product(Row(B, j), Product(Whole(A), INPUT))


@pytest.mark.parametrize(
    ("variable", "layout", "array"),
    [
        (s[n, j], Layout(None, j), form("logits")[-1]),
        (B[j, m], Layout(None, m), form("row-of-B")[-1]),
        (A[m, l], Layout(m, l), form("A")[-1]),
        (A[m, l], Layout(m, l), Product(Product(Transposed(Whole(B)), ALL), Whole(x))),
        (B[j, m], Layout(j, m), Product(ALL, Product(Whole(x), Transposed(Whole(A))))),
    ],
)
def test_shapes_fit(variable, layout, array) -> None:
    assert shape(array) == shape(gathered(variable, layout))


def test_mean_over_the_batch_in_matrices() -> None:
    upper, lower = ENTRY.results
    arrays = [r.arrays["result"].closed_form.array for r in (upper, lower)]
    share_of_each = Quotient(ONE, N)
    assert arrays == [
        Times(share_of_each, Product(ALL, Product(Whole(x), Transposed(Whole(A))))),
        Times(share_of_each, Product(Product(Transposed(Whole(B)), ALL), Whole(x))),
    ]


def test_parts_and_results() -> None:
    assert list(ENTRY.parts) == ["logits", "row-of-B", "A", "batch"]
    assert ENTRY.result == ENTRY.parts["batch"].result
    assert ENTRY.parts["logits"].result == hat[n, j] - y[n, j]


def test_is_checked_exactly() -> None:
    assert ENTRY.check().checked == "exact"
