"""Each inert node in LaTeX, and the brackets that its neighbours need."""

import pytest
from sympy import (
    Abs,
    Expr,
    Function,
    IndexedBase,
    Integer,
    Max,
    Rational,
    Symbol,
    sin,
    symbols,
    tanh,
)

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
    Threshold,
    Times,
    Total,
)
from derive.render.latex_printer import FormulaPrinter
from derive.render.marking import Marked
from derive.render.names import Names

C = Symbol("C", integer=True, positive=True)
T = Symbol("T", positive=True)
i, j, k, m = symbols("i j k m", integer=True)
z, p = IndexedBase("z", shape=(C,)), IndexedBase(r"\hat{y}", shape=(C,))
W = IndexedBase("W", shape=(C, C))
total = Total(z[j], (j, 1, C))
sigmoid = Quotient(1, Plus(1, Exp(z[k])))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # leaves
        (z[k], "z_{k}"),
        (p[k], r"\hat{y}_{k}"),
        (W[k, m], "W_{km}"),
        (W[1, 2], "W_{1,2}"),
        (W[k, m + 1], "W_{k,m + 1}"),
        (Integer(-2), "- 2"),
        (Rational(1, 2), r"\frac{1}{2}"),
        (Delta(i, k), r"\delta_{ik}"),
        (Bracket(i, k), r"[i \le k]"),
        # sums and signs
        (Plus(T, Minus(z[k]), Integer(-2)), "T - z_{k} - 2"),
        (Plus(T, Times(-3, z[k])), "T - 3 z_{k}"),
        (Plus(T, Minus(Plus(T, 1))), "T - (T + 1)"),
        (Minus(Minus(T)), "- (- T)"),
        (Minus(Plus(T, 1)), "- (T + 1)"),
        (Minus(Times(T, z[k])), "- T z_{k}"),
        (Plus(Minus(T), 1), "- T + 1"),
        # products
        (Times(T, Plus(z[k], 1)), "T (z_{k} + 1)"),
        (Times(Minus(T), z[k]), "(- T) z_{k}"),
        (Times(T, Integer(-2)), "T (- 2)"),
        (Times(2, 3, T), r"2 \cdot 3 T"),
        (Times(1, T), r"1 \cdot T"),
        (Times(T, Power(2, T)), r"T \cdot 2^{T}"),
        (Times(Times(T, 2), z[k]), r"(T \cdot 2) z_{k}"),
        (Times(total, T), r"\left( \sum_{j=1}^{C} z_{j} \right) T"),
        (Times(T, total), r"T \sum_{j=1}^{C} z_{j}"),
        (Times(Quotient(T, z[k]), Quotient(1, T)), r"\frac{T}{z_{k}} \, \frac{1}{T}"),
        (Quotient(Plus(T, 1), Minus(T)), r"\frac{T + 1}{- T}"),
        # powers and functions
        (Power(T, 2), "T^{2}"),
        (Power(z[k], 2), "z_{k}^{2}"),
        (Power(Plus(T, 1), 2), "(T + 1)^{2}"),
        (Power(Minus(T), 2), "(- T)^{2}"),
        (Power(Integer(-2), T), "(- 2)^{T}"),
        (Power(Power(T, 2), 3), "(T^{2})^{3}"),
        (Power(Quotient(1, T), 2), r"\left( \frac{1}{T} \right)^{2}"),
        (Power(total, 2), r"\left( \sum_{j=1}^{C} z_{j} \right)^{2}"),
        (Power(Plus(T, 1), Rational(1, 2)), r"\sqrt{T + 1}"),
        (Power(T, Rational(-3, 2)), "T^{- 3 / 2}"),
        (Power(Symbol("x_1"), 2), "{x_{1}}^{2}"),
        (Exp(z[k]), "e^{z_{k}}"),
        (Exp(Minus(Quotient(z[k], T))), "e^{- z_{k} / T}"),
        (Exp(Quotient(Plus(z[k], 1), T)), r"\exp\left( \frac{z_{k} + 1}{T} \right)"),
        (Exp(total), r"\exp\left( \sum_{j=1}^{C} z_{j} \right)"),
        (Power(Exp(z[k]), 2), "(e^{z_{k}})^{2}"),
        (Log(p[k]), r"\log(\hat{y}_{k})"),
        (Times(Log(p[k]), T), r"\log(\hat{y}_{k}) T"),
        (Power(Log(p[k]), 2), r"\log^{2}(\hat{y}_{k})"),
        (Power(Log(p[k]), -1), r"(\log(\hat{y}_{k}))^{- 1}"),
        (Log(Quotient(1, T)), r"\log\left( \frac{1}{T} \right)"),
        (Apply(Head(tanh), Plus(T, 1)), r"\tanh(T + 1)"),
        (Power(Apply(Head(tanh), T), 2), r"\tanh^{2}(T)"),
        (Apply(Head(Abs), z[k]), "|z_{k}|"),
        (Power(Apply(Head(Abs), T), 2), "|T|^{2}"),
        (Apply(Head(Abs), Quotient(1, T)), r"\left| \frac{1}{T} \right|"),
        (Exp(Minus(Apply(Head(Abs), T))), "e^{- |T|}"),
        (Apply(Head(Max), Integer(0), z[k]), r"\max(0, z_{k})"),
        (Threshold(z[k], 0, 1, 0), "[z_{k} > 0]"),
        (Threshold(z[k], T, 0, 1), r"[z_{k} \le T]"),
        (Threshold(0, z[k], 1, 0), "[z_{k} < 0]"),
        (Threshold(T, z[k], 1, 0), "[T > z_{k}]"),
        (Threshold(0, z[k], 0, 1), r"[z_{k} \ge 0]"),
        (Power(Apply(Head(Abs), z[k]), T), "|z_{k}|^{T}"),
        (Power(Apply(Head(Abs), z[k]), 2), "|z_{k}|^{2}"),
        (Times(Threshold(z[k], 0, 1, 0), T), "[z_{k} > 0] T"),
        (
            Threshold(z[k], 0, 1, T),
            r"\begin{cases} 1 & z_{k} > 0 \\ T & z_{k} \le 0 \end{cases}",
        ),
        (
            Times(Threshold(z[k], 0, 1, T), z[k]),
            r"\left( \begin{cases} 1 & z_{k} > 0 \\ T & z_{k} \le 0 \end{cases} \right) z_{k}",
        ),
        (Apply(Symbol("f"), T), "f(T)"),  # the letter of a law
        (Apply(Head(Function("a%b")), T), r"\text{a\%b}(T)"),
        # binders
        (Total(z[j], (j, 1, C, k)), r"\sum_{\substack{j=1 \\ j \ne k}}^{C} z_{j}"),
        (Total(Plus(z[j], 1), (j, 1, C)), r"\sum_{j=1}^{C} (z_{j} + 1)"),
        (Total(Minus(z[j]), (j, 1, C)), r"\sum_{j=1}^{C} (- z_{j})"),
        (Total(z[j], (j, i, C)), r"\sum_{j=i}^{C} z_{j}"),
        (Maximum(z[j], (j, 1, C)), r"\max_{1 \le j \le C} z_{j}"),
        (
            Times(Attains(z[j], (j, 1, C), k), z[k]),
            r"\left[ k = \arg\max_{1 \le j \le C} z_{j} \right] z_{k}",
        ),
        (
            Attains(z[j], (j, 1, C), j),
            r"\left[ j = \arg\max_{1 \le i \le C} z_{i} \right]",
        ),
        (ProductOver(z[j], (j, 1, C, k)), r"\prod_{\substack{j=1 \\ j \ne k}}^{C} z_{j}"),
        (
            Times(ProductOver(Plus(1, Minus(z[j])), (j, 1, C)), z[k]),
            r"\left( \prod_{j=1}^{C} (1 - z_{j}) \right) z_{k}",
        ),
        (Plus(z[k], Minus(Maximum(z[j], (j, 1, C)))), r"z_{k} - \max_{1 \le j \le C} z_{j}"),
        (
            Plus(Maximum(z[j], (j, 1, C)), 1),
            r"\left( \max_{1 \le j \le C} z_{j} \right) + 1",
        ),
        # derivatives
        (Partial(p[i], z[k]), r"\frac{\partial \hat{y}_{i}}{\partial z_{k}}"),
        (Partial(Exp(z[i]), z[k]), r"\frac{\partial}{\partial z_{k}} e^{z_{i}}"),
        (Partial(Plus(T, 1), T), r"\frac{\partial}{\partial T} (T + 1)"),
        (Times(Partial(Exp(T), T), T), r"\frac{\partial}{\partial T} (e^{T}) T"),
        (
            Partial(total, z[k]),
            r"\frac{\partial}{\partial z_{k}} \left( \sum_{j=1}^{C} z_{j} \right)",
        ),
        (
            Partial(Partial(p[i], z[k]), z[m]),
            r"\frac{\partial^{2} \hat{y}_{i}}{\partial z_{m} \, \partial z_{k}}",
        ),
        (Partial(Partial(p[i], T), T), r"\frac{\partial^{2} \hat{y}_{i}}{\partial T^{2}}"),
        # marks stand inside brackets, and colour the sign of a term
        (Times(T, Marked(Plus(T, 1))), r"T (\textcolor{DeriveChanged}{T + 1})"),
        (
            Plus(T, Marked(Minus(z[k]))),
            r"T \mathbin{\textcolor{DeriveChanged}{-}} \textcolor{DeriveChanged}{z_{k}}",
        ),
        (Minus(Marked(Times(-2, T))), r"- (\textcolor{DeriveChanged}{- 2 T})"),
    ],
)
def test_formulas(expression: Expr, expected: str) -> None:
    assert FormulaPrinter().doprint(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (Quotient(T, Plus(T, 1)), "T / (T + 1)"),
        (Quotient(Times(T, z[k]), Times(2, T)), "T z_{k} / (2 T)"),
        (Times(T, Quotient(1, T)), "T (1 / T)"),
        (Rational(1, 2), "1 / 2"),
        (Quotient(Exp(z[k]), total), r"e^{z_{k}} / \sum_{j=1}^{C} z_{j}"),
        (Power(Quotient(1, T), 2), "(1 / T)^{2}"),
    ],
)
def test_fractions_within_sentences_stay_on_one_line(expression: Expr, expected: str) -> None:
    assert FormulaPrinter(inline=True).doprint(expression) == expected


def test_a_decimal_comma() -> None:
    assert FormulaPrinter(decimal_mark=",").doprint(Times(Rational("0.5").n(2), T)) == "0{,}5 T"


def test_arguments_with_decimal_commas_are_set_apart_by_semicolons() -> None:
    half = Rational("0.5").n(2)
    two = Apply(Head(Max), half, z[k])
    assert FormulaPrinter(decimal_mark=",").doprint(two) == r"\max(0{,}5; z_{k})"
    assert FormulaPrinter().doprint(two) == r"\max(0.5, z_{k})"


@pytest.mark.parametrize(("own", "expected"), [("sen", "sen"), ("sén", r"\text{sén}")])
def test_a_language_may_call_a_function_otherwise(own: str, expected: str) -> None:
    printer = FormulaPrinter(functions={"sin": own})
    assert printer.doprint(Apply(Head(sin), T)) == rf"\operatorname{{{expected}}}(T)"
    assert FormulaPrinter().doprint(Apply(Head(sin), T)) == r"\sin(T)"


# Names of bound indices -------------------------------------------------------------------------


def test_an_index_keeps_the_name_that_a_person_chose() -> None:
    assert FormulaPrinter().doprint(Total(z[k], (k, 1, C))) == r"\sum_{k=1}^{C} z_{k}"


def test_a_name_that_is_free_in_the_formula_gives_way() -> None:
    clash = Total(Times(z[j], z[k]), (k, 1, C))
    assert (
        FormulaPrinter(Names(frozenset({"k", "j"}))).doprint(clash) == r"\sum_{i=1}^{C} z_{j} z_{i}"
    )


def test_a_sum_inside_a_sum_over_the_same_name_gets_another() -> None:
    inner = Total(z[j], (j, 1, C))
    nested = Total(Times(z[j], inner), (j, 1, C))
    assert FormulaPrinter().doprint(nested) == r"\sum_{j=1}^{C} z_{j} \sum_{i=1}^{C} z_{i}"


def test_sums_side_by_side_share_a_name() -> None:
    both = Plus(total, Total(Exp(z[j]), (j, 1, C)))
    assert FormulaPrinter().doprint(both) == r"\sum_{j=1}^{C} z_{j} + \sum_{j=1}^{C} e^{z_{j}}"
