"""MathML: brackets, names, and nothing that a browser could take for markup."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from sympy import (
    Eq,
    IndexedBase,
    KroneckerDelta,
    Piecewise,
    Rational,
    Sum,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

import derive
from derive.notation import Delta, Partial
from derive.reading import read
from derive.render.mathml import MathPrinter
from derive.render.mathml_names import name

C = symbols("C", integer=True, positive=True)
i, j, k, t = symbols("i j k t", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
a, b = symbols("a b")


def text_of(markup: str) -> str:
    """The signs in reading order; raises where the markup is not well-formed."""
    root = ElementTree.fromstring(markup.replace("&#x2061;", "").replace("&#x2062;", ""))
    return "".join(root.itertext())


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        (a - b, "a−b"),
        (-a * (a + b), "−a(a+b)"),
        (2 * a, "2a"),
        (a * Rational(1, 2), "12a"),
        (log(z[k]), "log(zk)"),
        (sqrt(a), "a"),
        (tanh(a) ** 2, "(tanh(a))2"),
        (Sum(y[i] * exp(z[i]), (i, 1, C)), "∑i=1Cyiezi"),
        (KroneckerDelta(i, k), "δik"),
        (Piecewise((1, z[k] > 0), (0, True)), "[zk>0]"),
        (Piecewise((1, z[k] > 0), (a, True)), "{1zk>0azk≤0"),
        (Piecewise((1, z[k] >= 0), (0, True)) * a, "a[zk≥0]"),
    ],
)
def test_an_expression(expression: object, shown: str) -> None:
    assert text_of(MathPrinter().expr(read(expression))) == shown


def test_a_derivative() -> None:
    assert text_of(MathPrinter().expr(Partial(Partial(z[i], z[k]), z[k]))) == "∂2zi∂zk2"


@pytest.mark.parametrize(
    ("symbol", "shown"),
    [
        (r"\hat{y}", "y^"),
        ("alpha", "α"),
        (r"\mathcal{L}", "ℒ"),
        (r"\sigma(z)", "σ(z)"),
        ("z_1", "z1"),
        ("temperature", "temperature"),
        ("<b>&", "<b>&"),
    ],
)
def test_the_name_of_a_symbol(symbol: str, shown: str) -> None:
    assert text_of(name(symbol)) == shown


def test_names_are_escaped() -> None:
    odd = IndexedBase("</math><script>", shape=(C,))
    markup = MathPrinter().expr(read(Sum(odd[j], (j, 1, C))))
    assert "<script" not in markup and "&lt;script" in markup


@pytest.mark.parametrize("entry", derive.catalogue())
def test_every_line_of_the_catalogue_is_well_formed(entry: str) -> None:
    for derivation in derive.derivation(entry).walk():
        for step in derivation.steps:
            assert text_of(MathPrinter().expr(step.after))


def test_cases_of_a_one_hot_label() -> None:
    p = exp(z[i]) / Sum(exp(z[j]), (j, 1, C))
    one_hot = Eq(y[i], KroneckerDelta(i, t))
    derivation = derive.gradient(-Sum(y[i] * log(p), (i, 1, C)), z[k], given=[one_hot])
    assert not re.search("None|Tuple", MathPrinter().expr(derivation.closed_form))


def test_deltas_as_indicators() -> None:
    shown = MathPrinter(indicator=True).expr(Delta(i, j))
    assert "<mn>\N{MATHEMATICAL BOLD DIGIT ONE}</mn>" in shown and "δ" not in shown
    assert "δ" in MathPrinter().expr(Delta(i, j))
