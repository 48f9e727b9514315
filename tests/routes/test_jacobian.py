"""The Jacobian source: each of its equations that is right is a line of the document."""

import pytest
from shown import place, symbols_of
from sympy import Eq, IndexedBase, Ne, Symbol, symbols

import derive
from derive.display import Choice, Dotted, Grid
from derive.notation import ONE, ZERO, Delta, Exp, Log, Minus, Partial, Plus, Quotient, Times, Total

ENTRY = derive.derivation("softmax-cross-entropy-jacobian")

k = Symbol("k", integer=True, positive=True)
i, j = symbols("i j", integer=True)
S = Symbol(r"\Sigma")
x, y, hat = (IndexedBase(name, shape=(k,)) for name in ("x", "y", "\\hat{y}"))

dots = Dotted(Exp(x[j]), (j, 1, k))
loss = Minus(Total(Times(y[i], Log(hat[i])), (i, 1, k)))
by_x = Partial(loss, x[j])
general = Partial(hat[i], x[j])
delta = Delta(i, j)


def entry(row, column):
    return Partial(hat[row], x[column])


def over_classes(body):
    return Total(body, (i, 1, k))


same, other = Times(hat[i], Plus(ONE, Minus(hat[i]))), Minus(Times(hat[i], hat[j]))
slope = Times(hat[i], Plus(delta, Minus(hat[j])))

EQUATIONS = {
    "softmax": (hat[i], Quotient(Exp(x[i]), Total(Exp(x[j]), (j, 1, k)))),
    "sum of the probabilities": (Dotted(hat[i], (i, 1, k)), ONE),
    **{f"entry {m}": (hat[m], Quotient(Exp(x[m]), dots)) for m in (1, 2, k)},
    "matrix of derivatives": (general, Grid(general, i, k, j, k)),
    "(1,1)": (entry(1, 1), Partial(Quotient(Exp(x[1]), dots), x[1])),
    "(1,1), quotient rule": (
        entry(1, 1),
        Quotient(
            Plus(Times(Exp(x[1]), dots), Minus(Times(Exp(x[1]), Exp(x[1])))), Times(dots, dots)
        ),
    ),
    "(1,1), abbreviated": (
        entry(1, 1),
        Quotient(Times(Exp(x[1]), Plus(S, Minus(Exp(x[1])))), Times(S, S)),
    ),
    **{
        f"({m},{m}), result": (entry(m, m), Times(hat[m], Plus(ONE, Minus(hat[m]))))
        for m in (1, 2, k)
    },
    "(2,1)": (entry(2, 1), Partial(Quotient(Exp(x[2]), dots), x[1])),
    "(2,1), abbreviated": (
        entry(2, 1),
        Quotient(Plus(ZERO, Minus(Times(Exp(x[1]), Exp(x[2])))), Times(S, S)),
    ),
    "(2,1), result": (entry(2, 1), Minus(Times(hat[1], hat[2]))),
    "(k,1), result": (entry(k, 1), Minus(Times(hat[1], hat[k]))),
    "matrix": (general, Grid(Choice(i, j, same, other), i, k, j, k)),
    "in general, with the indicator": (general, slope),
    "loss, under the sum": (by_x, Minus(over_classes(Times(y[i], Partial(Log(hat[i]), x[j]))))),
    "loss, logarithm": (
        by_x,
        Minus(over_classes(Times(y[i], Quotient(1, hat[i]), general))),
    ),
    "loss, Jacobian": (by_x, Minus(over_classes(Times(Quotient(y[i], hat[i]), slope)))),
    "loss, cancelled": (by_x, Minus(over_classes(Times(y[i], Plus(delta, Minus(hat[j])))))),
    "loss, split": (
        by_x,
        Plus(over_classes(Times(y[i], hat[j])), Minus(over_classes(Times(y[i], delta)))),
    ),
    "loss, contracted": (by_x, Plus(over_classes(Times(y[i], hat[j])), Minus(y[j]))),
    "loss, factored": (by_x, Plus(Times(hat[j], over_classes(y[i])), Minus(y[j]))),
    "loss, result": (by_x, Plus(hat[j], Minus(y[j]))),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_each_equation_of_the_source_is_a_line(name: str) -> None:
    left, right = EQUATIONS[name]
    ours = symbols_of(ENTRY)
    assert {k, i, j} <= set(ours.values())
    assert place(ENTRY, left, right, {}) is not None


def test_cases_of_the_source() -> None:
    """``ŷ_i (1 - ŷ_i)`` for i = j, ``-ŷ_i ŷ_j`` otherwise."""
    cases = ENTRY.parts["jacobian"].cases
    assert cases[Eq(i, j)].closed_form == same
    assert cases[Ne(i, j)].closed_form == other


def test_lines_of_the_loss_are_in_the_order_of_the_source() -> None:
    found = [place(ENTRY, *EQUATIONS[name], {}) for name in EQUATIONS if name.startswith("loss")]
    numbers = [number for _, number, _ in found]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)


def test_is_checked_exactly_from_two_classes_on() -> None:
    report = ENTRY.check()
    assert report.ok and report.checked == "exact"


def test_parts_and_result() -> None:
    assert {"jacobian", "logits"} <= set(ENTRY.parts)
    assert ENTRY.result == ENTRY.parts["logits"].result == hat[j] - y[j]
