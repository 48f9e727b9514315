"""The one-hot source: each of its equations that is right is a line of the document."""

import pytest
from shown import place, symbols_of
from sympy import IndexedBase, Symbol, symbols

import derive
from derive.display import Choice, Dotted
from derive.notation import ONE, ZERO, Exp, Log, Minus, Partial, Plus, Power, Quotient, Times, Total
from derive.verify.numbers import sides

ENTRY = derive.derivation("softmax-cross-entropy-one-hot")

# The source's letters; where it writes probabilities in exponents, the logits are called v.
c = Symbol("c", integer=True, positive=True)
i, j, n, p = symbols("i j n p", integer=True)
y, hat, v = (IndexedBase(name, shape=(c,)) for name in ("y", "yhat", "v"))

loss = Minus(Total(Times(y[i], Log(hat[i])), (i, 1, c)))
S = Total(Exp(v[j]), (j, 1, c))
true, other = Exp(v[p]), Exp(v[n])
by_true, by_other = Partial(loss, v[p]), Partial(loss, v[n])
sign = Quotient(-1, Quotient(true, S))

EQUATIONS = {
    "softmax (2)": (hat[i], Quotient(Exp(v[i]), S), 0, None),
    "written out": (loss, Minus(Dotted(Times(y[i], Log(hat[i])), (i, 1, c), (p,))), 1, None),
    "zeros": (loss, Minus(Dotted(Choice(i, p, Log(hat[i]), ZERO), (i, 1, c), (p,))), 2, None),
    "one term (1)": (loss, Minus(Log(hat[p])), 3, "1"),
    "(2) in (1)": (loss, Minus(Log(Quotient(true, S))), 4, None),
    "true class, quotient rule": (
        by_true,
        Times(sign, Quotient(Plus(Times(S, true), Minus(Times(true, true))), Power(S, 2))),
        5,
        None,
    ),
    "true class, three fractions": (
        by_true,
        Times(Quotient(Minus(S), true), Quotient(true, S), Quotient(Plus(S, Minus(true)), S)),
        7,
        None,
    ),
    "true class, one fraction": (by_true, Minus(Quotient(Plus(S, Minus(true)), S)), 8, None),
    "true class (3)": (by_true, Plus(Quotient(true, S), Minus(ONE)), 9, "3"),
    "other class, quotient rule": (
        by_other,
        Times(sign, Quotient(Plus(Times(S, ZERO), Minus(Times(true, other))), Power(S, 2))),
        5,
        None,
    ),
    "other class, two fractions": (
        by_other,
        Times(Quotient(Minus(S), true), Quotient(Minus(Times(true, other)), Power(S, 2))),
        6,
        None,
    ),
    "other class (4)": (by_other, Quotient(other, S), 7, "4"),
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_each_equation_of_the_source_is_a_line(name: str) -> None:
    left, right, number, tag = EQUATIONS[name]
    ours = symbols_of(ENTRY)
    arrays = {a.name: a for a in ENTRY.problem.arrays}
    letters = {index: ours[str(index)] for index in (c, i, j, n, p) if str(index) in ours}
    letters |= {v: arrays["s"], y: arrays["y"], hat: ENTRY.definitions[0].base}
    found = place(ENTRY, left, right, letters)
    assert found is not None
    # The quotient rule of the other class differs from the true one's in its zero only.
    assert found[1:] == (number, tag), found


def test_is_checked_exactly() -> None:
    report = ENTRY.check()
    assert report.ok and report.checked == "exact"


def test_parts_and_result() -> None:
    s, y, hat = IndexedBase("s", shape=(c,)), IndexedBase("y", shape=(c,)), "\\hat{y}"
    k = Symbol("k", integer=True)
    hat = IndexedBase(hat, shape=(c,))
    assert tuple(ENTRY.parts) == ("true-class", "other-class")
    assert ENTRY.parts["true-class"].result == hat[p] - 1
    assert ENTRY.parts["other-class"].result == hat[n]
    assert ENTRY.result == hat[k] - y[k]
    assert ENTRY.problem.variables == (s[k],)


def test_source_takes_the_softmax_twice() -> None:
    twice = next(c for c in ENTRY.corrections if c.reason == "probability_for_logit")
    left, right = sides(twice.source, twice.at, ENTRY.definitions)
    assert (round(float(left), 3), round(float(right), 3)) == (0.408, 0.797)
