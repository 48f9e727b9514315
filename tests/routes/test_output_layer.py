"""The output-layer source: each of its equations that is right is a line of the document."""

import pytest
from shown import place
from sympy import Eq, IndexedBase, Ne, Symbol, symbols

import derive
from derive.arrays import Product, Transposed, Whole, shape
from derive.gathering import Layout, gathered
from derive.notation import ONE, Exp, Log, Minus, Partial, Plus, Quotient, Times, Total

ENTRY = derive.derivation("softmax-output-layer")

C, D = symbols("C D", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True)  # noqa: E741
y, z, b, hat = (IndexedBase(name, shape=(C,)) for name in ("y", "z", "b", "\\hat{y}"))
W, a = IndexedBase("W", shape=(C, D)), IndexedBase("a", shape=(D,))

loss = Minus(Total(Times(y[i], Log(hat[i])), (i, 1, C)))


def by(variable):
    return Partial(loss, variable)


def chained(entry, variable):
    return Times(by(entry), Partial(entry, variable))


def others(body):
    return Total(body, (j, 1, C, k))


def by_hat(index):
    return Minus(Times(y[index], Quotient(1, hat[index])))


own = Times(hat[k], Plus(ONE, Minus(hat[k])))
others_of_k = others(Times(y[j], hat[k]))
difference = Plus(hat[k], Minus(y[k]))

EQUATIONS = {
    "softmax": (hat[k], Quotient(Exp(z[k]), Total(Exp(z[j]), (j, 1, C)))),
    "chain rule": (by(z[k]), Total(chained(hat[j], z[k]), (j, 1, C))),
    "loss by a probability": (by(hat[j]), by_hat(j)),
    "term k apart": (by(z[k]), Plus(chained(hat[k], z[k]), others(chained(hat[j], z[k])))),
    "both derivatives put in": (
        by(z[k]),
        Plus(Times(by_hat(k), own), others(Times(by_hat(j), Minus(Times(hat[j], hat[k]))))),
    ),
    "cancelled": (
        by(z[k]),
        Plus(Minus(Times(y[k], Plus(ONE, Minus(hat[k])))), others_of_k),
    ),
    "multiplied out": (by(z[k]), Plus(Minus(y[k]), Times(y[k], hat[k]), others_of_k)),
    "factored": (
        by(z[k]),
        Plus(Minus(y[k]), Times(hat[k], Plus(y[k], others(y[j])))),
    ),
    "labels together": (by(z[k]), Plus(Minus(y[k]), Times(hat[k], Total(y[j], (j, 1, C))))),
    "logit": (by(z[k]), difference),
    "weight, chain rule": (by(W[k, l]), chained(z[k], W[k, l])),
    "weight": (by(W[k, l]), Times(difference, a[l])),
    "bias": (by(b[k]), by(z[k])),
    "bias, result": (by(b[k]), difference),
    # What the source leaves unsaid.
    "logit from weights": (z[k], Plus(Total(Times(W[k, l], a[l]), (l, 1, D)), b[k])),
    "logit by weight": (Partial(z[k], W[k, l]), a[l]),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_each_equation_of_the_source_is_a_line(name: str) -> None:
    assert place(ENTRY, *EQUATIONS[name], {}) is not None


def test_lines_of_the_logit_are_in_the_order_of_the_source() -> None:
    by_logit = [pair for pair in EQUATIONS.values() if pair[0] == by(z[k])]
    numbers = [place(ENTRY, *pair, {})[1] for pair in by_logit]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)


def test_two_cases_of_the_source() -> None:
    jacobian = ENTRY.parts["jacobian"]
    assert jacobian.cases[Eq(j, k)].closed_form == own
    assert jacobian.cases[Ne(j, k)].closed_form == Minus(Times(hat[j], hat[k]))


WHOLE = Plus(Whole(hat), Minus(Whole(y)))


@pytest.mark.parametrize(
    ("part", "variable", "layout", "array"),
    [
        ("logits", z[k], Layout(k), WHOLE),
        ("weights", W[k, l], Layout(k, l), Product(WHOLE, Transposed(Whole(a)))),
        ("bias", b[k], Layout(k), WHOLE),
    ],
)
def test_vectors_and_matrices_fit(part, variable, layout, array) -> None:
    form = ENTRY.parts[part].arrays["result"].closed_form
    assert form.array == array
    assert shape(form.array) == shape(gathered(variable, layout))


def test_parts_and_results() -> None:
    assert list(ENTRY.parts) == ["probabilities", "jacobian", "logits", "weights", "bias"]
    assert ENTRY.parts["logits"].result == hat[k] - y[k]
    assert tuple(ENTRY.result) == ((hat[k] - y[k]) * a[l], hat[k] - y[k])


def test_is_checked_exactly() -> None:
    assert ENTRY.check().checked == "exact"


def test_the_sum_of_the_labels_is_used_once() -> None:
    used = [
        step.rule
        for part in ENTRY.walk()
        for step in part.steps
        for fact in step.facts
        if fact in ENTRY.problem.facts
    ]
    assert used == ["use_sum_fact"]


def test_loss_and_layer_are_not_called_the_same() -> None:
    text = ENTRY.latex(lang="en")
    assert Symbol("L").name in text and "letter L stands for" in text
