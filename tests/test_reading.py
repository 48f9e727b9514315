"""Plain SymPy becomes inert notation that means the same and reads as a person writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from losses import LOSSES, C, Loss, N, T, Y, i, j, k, n, over, p, tn, y, z
from plain import close, value, worlds
from sympy import (
    Eq,
    Expr,
    Function,
    Heaviside,
    I,
    Indexed,
    IndexedBase,
    Integral,
    KroneckerDelta,
    Matrix,
    Piecewise,
    Product,
    Rational,
    Sum,
    exp,
    log,
    nan,
    oo,
    pi,
    sqrt,
    symbols,
    tanh,
    zoo,
)

import derive
from derive.errors import DeriveError
from derive.facts import IndexRange
from derive.notation import (
    ONE,
    Apply,
    Delta,
    Exp,
    Head,
    Inert,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
)
from derive.reading import as_expr, read

whole = (j, 1, C)
partition = Total(Exp(z[j]), whole)

FORMS = [
    (exp(z[k]), Exp(z[k])),
    (log(p(k)), Log(Quotient(Exp(z[k]), partition))),
    (-z[k], Minus(z[k])),
    (z[k] - y[k], Plus(z[k], Minus(y[k]))),
    (y[k] - z[k], Plus(y[k], Minus(z[k]))),
    (z[k] / T, Quotient(z[k], T)),
    (1 / z[k], Quotient(1, z[k])),
    (z[k] ** -2, Quotient(1, Power(z[k], 2))),
    (sqrt(z[k]), Power(z[k], Rational(1, 2))),
    (z[k] / 2, Times(Rational(1, 2), z[k])),
    (0.1 * z[k], Times(Rational(1, 10), z[k])),
    (z[k] / (2 * T), Quotient(z[k], Times(2, T))),
    (-over(y[j], j), Minus(Total(y[j], whole))),
    (Product(y[j], whole), ProductOver(y[j], whole)),
    (z[k] * Product(y[j] + 1, whole), Times(z[k], ProductOver(Plus(y[j], 1), whole))),
    (derive.Max(y[j] + 1, whole), Maximum(Plus(y[j], 1), whole)),
    (over(y[j], j) / C, Times(Quotient(1, C), Total(y[j], whole))),
    (p(i) ** 2, Power(Quotient(Exp(z[i]), partition), 2)),
    (1 / p(i), Quotient(partition, Exp(z[i]))),
    (tanh(z[k]), Apply(Head(tanh), z[k])),
    (KroneckerDelta(i, k), Delta(i, k)),
    (2 ** z[k], Power(2, z[k])),
    (pi * z[k], Times(pi, z[k])),
    (over(y[j], j) + z[k], Plus(Total(y[j], whole), z[k])),
    (
        Sum(Y[n, i], (i, 1, C), (n, 1, N)),
        Total(Total(Y[n, i], (i, 1, C)), (n, 1, N)),
    ),
]


@pytest.mark.parametrize(("plain", "inert"), FORMS, ids=lambda expr: str(expr))
def test_is_read_as_a_person_writes_it(plain: Expr, inert: Expr) -> None:
    assert read(plain) == inert


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_reading_keeps_the_value_and_the_way_back(loss: Loss) -> None:
    inert = read(loss.expression)
    assert isinstance(inert, Inert)
    assert read(inert) is inert
    free = [s for s in inert.names if s.is_integer and not s.is_positive]
    free += [a for a in loss.expression.atoms(Indexed) if a.base == tn]
    ranges = [IndexRange(index, ONE, C) for index in free]
    world = next(worlds([loss.expression], {"C": 3, "D": 2, "N": 2}, ranges))
    assert close(value(inert, world), value(loss.expression, world))
    assert close(value(inert.doit(), world), value(loss.expression, world))


f = Function("f")
x = symbols("x", real=True)
imaginary = symbols("c", imaginary=True)

REFUSED = [
    (f(z[k]), "the function f has no rule.*write out"),
    (Heaviside(z[k]), "Heaviside has no rule.*kink"),
    (Piecewise((z[k], z[k] > 0)), "says nothing of where.*does not hold; end it with a branch"),
    (Piecewise((z[k], Eq(z[k], 1)), (0, True)), "has to compare two numbers by <"),
    (Piecewise((z[k], k > i), (0, True)), "compares indices"),
    (
        Piecewise((Sum(z[j], (j, 1, C)), z[j] > 1), (0, True)),
        "outside of the sum or product over j",
    ),
    (Product(z[i], (i, 1, oo)), "product .* is infinite"),
    (Integral(x * z[k], (x, 0, 1)), "Integral.*cannot stand in a loss"),
    (I * z[k], "imaginary unit"),
    (log(-1) + z[k], "imaginary unit"),
    (imaginary * z[k], "the symbol c is not real"),
    (symbols("c", commutative=False) * z[k], "the symbol c is not real"),
    (oo * x, "infinite, such as 1/0"),
    (zoo * z[k], "infinite, such as 1/0"),
    (nan, "infinite, such as 1/0"),
    (exp(z), r"z is a whole array; write an entry of it, such as z\[i\]"),
    (Sum(z[i] * z[j], (i, 1, C), (j, i, C)), "range of j .* depends on i, .* before that of i"),
    (Sum(z[i], (i, 1, oo)), "infinite; its range must end at a size"),
]


@pytest.mark.parametrize(("expr", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_has_no_place_in_a_loss_is_named(expr: Expr, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        read(expr)


@pytest.mark.parametrize(
    ("value", "expr"), [(2, 2), (0.1, Rational(1, 10)), (1e-3, Rational(1, 1000)), (z[k], z[k])]
)
def test_numbers_are_what_was_typed(value: Any, expr: Expr) -> None:
    assert as_expr(value) == expr


@pytest.mark.parametrize("value", [None, True, [1], "z", Matrix([1]), lambda: 0, IndexedBase])
def test_anything_else_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="expected a SymPy expression"):
        as_expr(value)


def test_text_is_never_evaluated(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    with pytest.raises(TypeError, match="text is never evaluated"):
        as_expr(f"open({str(trap)!r}, 'w')")
    assert not trap.exists()
