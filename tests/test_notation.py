"""Inert notation: it stays as written, binders are alpha-safe, and it means what loops mean."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable

import pytest
from losses import C, i, j, k, m, over, t, y, z
from plain import CONTEXT, close, value
from sympy import (
    Dummy,
    Expr,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Piecewise,
    Sum,
    Symbol,
    exp,
    factor,
    log,
    tanh,
)

from derive.notation import (
    Apply,
    Attains,
    Bound,
    Bracket,
    Delta,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Opened,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    bases,
    code,
    entries,
    height,
    names,
    plain,
    plus,
    rename,
    replace,
    times,
)

WORLD = {
    C: 4,
    z: {(n,): CONTEXT.mpf(n) / 3 - 1 for n in range(1, 5)},
    y: {(n,): CONTEXT.mpf(n) / 10 for n in range(1, 5)},
    i: 2,
    j: 3,
    k: 1,
    m: 4,
    t: 2,
}
whole = (j, 1, C)
nested = Total(Times(z[i], Total(Exp(Plus(z[j], z[i])), (j, 1, i))), (i, 1, C))

EXPRESSIONS = [
    Plus(z[k], 0, Minus(z[k])),
    Times(2, 3, z[k]),
    Quotient(Exp(z[k]), Exp(z[k])),
    Power(Quotient(z[k], z[i]), 2),
    Times(Exp(z[k]), Exp(z[i])),
    Log(Exp(z[k])),
    Apply(Head(tanh), z[k]),
    Delta(i, k),
    Bracket(i, k),
    Total(z[j], whole),
    Total(Times(y[j], Log(Total(Exp(z[j]), whole))), whole),
    Total(Exp(z[j]), (j, i, C)),
    Total(z[j], (j, 1, C, k)),
    nested,
]
Substitution = Callable[[Expr, Expr, Expr], Expr]
each = pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)


@each
def test_stays_as_written(expr: Expr) -> None:
    assert expr.is_commutative
    assert expr == expr.func(*expr.args) == expr.xreplace({}) == replace(expr, {})


@each
def test_means_what_its_plain_form_means(expr: Expr) -> None:
    assert close(value(expr, WORLD), value(expr.doit(), WORLD))


@each
def test_pickles(expr: Expr) -> None:
    again = pickle.loads(pickle.dumps(expr))
    assert again == expr and hash(again) == hash(expr) and code(again) == code(expr)
    assert str(again.doit()) == str(expr.doit())  # the names of its indices travel along


def test_hashes_and_names_are_the_same_in_another_process() -> None:
    script = (
        "from sympy import symbols, IndexedBase\n"
        "from derive.notation import *\n"
        "C = symbols('C', integer=True, positive=True); i, j = symbols('i j', integer=True)\n"
        "z = IndexedBase('z', shape=(C,))\n"
        "print(Total(Times(z[i], Total(Exp(Plus(z[j], z[i])), (j, 1, i))), (i, 1, C)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(nested)


# Bound indices ---------------------------------------------------------------------------------


def test_sums_that_differ_in_the_name_of_their_index_are_one() -> None:
    one, other = Total(z[i], (i, 1, C)), Total(z[j], (j, 1, C))
    assert one == other and hash(one) == hash(other)
    assert one - other == 0
    assert one.hint == i and other.hint == j
    assert nested == Total(Times(z[m], Total(Exp(Plus(z[t], z[m])), (t, 1, m))), (m, 1, C))


def test_sums_that_differ_are_two() -> None:
    assert Total(z[j], whole) != Total(y[j], whole)
    assert Total(z[j], whole) != Total(z[j], (j, 1, C, k))
    assert Total(z[j], whole) != Maximum(z[j], whole)
    assert Total(Total(z[i], (i, 1, j)), whole) != Total(Total(z[j], (i, 1, j)), whole)


def test_excluded_indices_have_no_order() -> None:
    assert Total(z[j], (j, 1, C, k, m)) == Total(z[j], (j, 1, C, m, k))


def test_inert_nodes_commute_in_sympy() -> None:
    one, other = Exp(z[i]), Total(z[j], whole)
    assert one * other == other * one
    assert factor(one * other + one * z[k]) == one * (other + z[k])


def test_a_free_index_is_not_the_bound_one() -> None:
    product = Times(z[j], Total(z[j], whole))
    assert names(product) == {j, C}
    assert replace(product, {j: k}) == Times(z[k], Total(z[j], whole))
    assert product.xreplace({j: k}) == product.subs(j, k) == Times(z[k], Total(z[j], whole))
    assert names(Total(z[j], whole)) == {C}
    assert j not in Total(z[j], whole).free_symbols


@pytest.mark.parametrize(
    "substitute",
    [
        lambda expr, old, new: replace(expr, {old: new}),
        lambda expr, old, new: expr.xreplace({old: new}),
        lambda expr, old, new: expr.subs(old, new),
    ],
    ids=["replace", "xreplace", "subs"],
)
def test_substitution_captures_nothing(substitute: Substitution) -> None:
    difference = Total(Exp(Plus(z[j], Minus(z[k]))), whole)
    caught = substitute(difference, k, j)
    assert caught != Total(Exp(Plus(z[j], Minus(z[j]))), whole)
    assert close(value(caught, WORLD), value(difference, {**WORLD, k: WORLD[j]}))
    deep = Total(Times(y[k], Total(Times(z[i], z[k], z[j]), (i, j, C))), whole)
    for new in (i, j):
        moved = substitute(deep, k, new)
        assert close(value(moved, WORLD), value(deep, {**WORLD, k: WORLD[new]}))


def test_substitution_in_limits() -> None:
    upto = Total(z[j], (j, 1, k, t))
    moved = replace(upto, {k: j, t: m})
    assert moved.upper == j and moved.excluded == (m,)
    assert close(value(moved, WORLD), value(upto, {**WORLD, k: WORLD[j], t: WORLD[m]}))


def test_the_stored_names_cannot_be_hit_from_outside() -> None:
    total = Total(z[j], whole)
    bound = total.limits[0]
    assert isinstance(bound, Bound)
    assert replace(total, {j: k}) == total
    assert rename(total, bound, k) == total
    assert Total(Times(z[j], total), whole).height == 2 == height(nested)


def test_opening_and_closing_again() -> None:
    body, index = nested.open()
    assert isinstance(index, Opened) and index.hint == i
    assert nested.over(body, index) == nested
    assert nested.at(k) == Times(z[k], Total(Exp(Plus(z[j], z[k])), (j, 1, k)))
    other, second = nested.open()
    assert index != second and body != other


def test_an_index_is_shown_by_its_own_name_unless_that_is_taken() -> None:
    assert Total(z[j], whole).doit() == Sum(z[j], (j, 1, C))
    shadowed = Total(Times(z[j], z[k]), (k, 1, C)).doit()
    assert shadowed == Sum(z[j] * z[k], (k, 1, C))
    renamed = replace(Total(Times(z[j], z[k]), whole), {k: j}).doit()
    (index, _, _), *_ = renamed.limits
    assert index.name != "j" and j in renamed.free_symbols
    inner = Total(Times(z[j], Total(z[j], whole)), whole).doit()
    assert close(value(inner, WORLD), value(over(z[i]) ** 2, WORLD))
    assert not Total(z[Dummy("j", integer=True)], whole).doit().atoms(Opened)


def test_array_shapes_are_left_alone() -> None:
    assert replace(z[k], {C: Integer(3)}) == z[k]
    assert replace(z[k], {k: Integer(2)}).base.shape == (C,)


# Ranges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lower", "upper"), [(5, 3), (3, 2), (1, 0)])
def test_an_empty_range_sums_to_nothing(lower: int, upper: int) -> None:
    """SymPy's own sum would go backwards and count with a minus sign."""
    assert value(Total(z[j], (j, lower, upper)), WORLD) == 0


def test_excluded_indices_are_left_out() -> None:
    without = Total(z[j], (j, 1, C, k))
    assert close(value(without, WORLD), sum(WORLD[z][(n,)] for n in (2, 3, 4)))
    assert without.doit() == Sum((1 - KroneckerDelta(j, k)) * z[j], whole)


def test_maximum() -> None:
    assert value(Maximum(z[j], whole), WORLD) == WORLD[z][(4,)]


def test_one_index_attains_the_maximum_and_of_several_the_first() -> None:
    found = [value(Attains(z[j], whole, n), WORLD) for n in (1, 2, 3, 4)]
    assert found == [0, 0, 0, 1]
    tied = {**WORLD, z: {(1,): 0, (2,): 5, (3,): 5, (4,): 1}}
    assert [value(Attains(z[j], whole, n), tied) for n in (1, 2, 3, 4)] == [0, 1, 0, 0]
    assert value(Attains(z[j], (j, 1, C, 2), 3), tied) == 1


def test_the_index_of_a_bracket_is_free() -> None:
    bracket = Attains(z[j], whole, j)
    assert bracket == Attains(z[i], (i, 1, C), j) != Attains(z[i], (i, 1, C), k)
    assert replace(bracket, {j: k}) == Attains(z[i], (i, 1, C), k)
    assert names(bracket) == {j, C} and bracket.largest == Maximum(z[j], whole)
    assert Total(bracket, (j, 1, C)) == Total(Attains(z[i], (i, 1, C), k), (k, 1, C))
    assert code(Total(bracket, whole)) == code(Total(Attains(z[m], (m, 1, C), i), (i, 1, C)))
    assert pickle.loads(pickle.dumps(bracket)) == bracket
    assert str(bracket) == "Attains(z[j], (j, 1, C), j)" or "(i, 1, C), j)" in str(bracket)


def test_a_product_leaves_out_what_is_zero() -> None:
    zero = {**WORLD, z: {(1,): 2, (2,): 0, (3,): 5, (4,): 1}}
    assert value(ProductOver(z[j], whole), zero) == 0
    alone = ProductOver(z[j], (j, 1, C, 2))
    assert value(alone, zero) == value(plain(alone), zero) == 10
    assert value(ProductOver(z[j], (j, 3, 2)), zero) == 1


# Deltas and brackets ------------------------------------------------------------------------------


def test_a_delta_is_symmetric() -> None:
    assert Delta(i, k) == Delta(k, i)
    assert Delta(i, 1) == Delta(1, i)
    assert Delta(i, k).doit() == KroneckerDelta(i, k)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (Delta(i + 1, k), Delta(i, k - 1)),
        (Delta(k, i + 1), Delta(i, k - 1)),
        (Delta(i + 1, k + 1), Delta(i, k)),
        (Delta(i + 1, 3), Delta(i, 2)),
        (Bracket(i + 1, k), Bracket(i, k - 1)),
        (Bracket(i - 2, k + 1), Bracket(i, k + 3)),
        (Bracket(1, k - 1), Bracket(2, k)),
        (Bracket(k + 1, 4), Bracket(k, 3)),
    ],
    ids=str,
)
def test_a_constant_beside_an_index_has_one_place(written: Expr, kept: Expr) -> None:
    assert written == kept
    assert kept.func(*kept.args) == kept


@pytest.mark.parametrize("node", [Delta, Bracket])
def test_numbers_are_kept(node: type) -> None:
    assert node(1, 2).args == (1, 2)


def test_the_plain_form_of_a_bracket() -> None:
    assert Bracket(i, k).doit() == Piecewise((1, i <= k), (0, True))


# Helpers ------------------------------------------------------------------------------------------


def test_building_sums_and_products() -> None:
    assert plus() == 0 and times() == 1
    assert plus(z[k]) == times(z[k]) == z[k]
    assert plus(Plus(z[k], y[k]), 1) == Plus(z[k], y[k], 1)
    assert times(2, Times(z[k], y[k])) == Times(2, z[k], y[k])


def test_code_forgets_the_order_of_terms_and_factors_only() -> None:
    assert code(Plus(z[k], Times(y[k], 2))) == code(Plus(Times(2, y[k]), z[k]))
    assert code(Quotient(z[k], y[k])) != code(Quotient(y[k], z[k]))
    assert code(Total(z[i], (i, 1, C))) == code(Total(z[j], whole))


def test_what_an_expression_is_made_of() -> None:
    t_n = IndexedBase("t", shape=(C,))
    entry = z[t_n[i]]
    assert bases(entry) == {z, t_n} and names(entry) == {i}
    assert entries(Times(z[k], Total(y[t], whole))) == [z[k], y[t]]
    assert names(Partial(Exp(z[k]), z[m])) == {k, m}


def test_plain_forms() -> None:
    logits = Log(Quotient(Exp(z[i]), Total(Exp(z[j]), whole)))
    assert logits.doit() == log(exp(z[i]) / Sum(exp(z[j]), whole))
    assert Minus(Symbol("T")).doit() == -Symbol("T")
