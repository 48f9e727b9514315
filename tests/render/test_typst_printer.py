"""Each inert node in Typst: as LaTeX has it, and set by Typst without an error."""

import pytest
import test_latex_printer as latex_cases
from sympy import (
    Expr,
    Float,
    Function,
    IndexedBase,
    Integer,
    Rational,
    Symbol,
    ceiling,
    factorial,
    floor,
    gamma,
    pi,
    symbols,
    tanh,
)

import derive.kernels
import derive.rules  # noqa: F401  (every node is known once everything is loaded)
from derive.display import Choice
from derive.errors import DeriveError
from derive.laws import Each, Meta, Slope, Value
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Exp,
    Head,
    Inert,
    Maximum,
    Plus,
    Power,
    ProductOver,
    Threshold,
    Times,
    Total,
)
from derive.render.display import Dots, Family, Rows
from derive.render.document import Blank
from derive.render.latex_printer import FormulaPrinter
from derive.render.marking import Marked
from derive.render.rule_formula import Prime
from derive.render.typst_printer import TypstPrinter
from derive.render.typst_text import escape, string, symbol_name

C, T = Symbol("C", integer=True, positive=True), Symbol("T", positive=True)
j, k, m = symbols("j k m", integer=True)
z, W = IndexedBase("z", shape=(C,)), IndexedBase("W", shape=(C, C))
u, F = Meta("u"), Meta("F")

EXPRESSIONS: list[Expr] = [
    *(case[0] for case in latex_cases.test_formulas.pytestmark[0].args[1]),
    *(
        Each(u),
        Value(F, j),
        Slope(Meta("f"), Integer(1), u, T),
        Slope(Meta("f"), Integer(2), u),
        Prime(u),
        Prime(Value(F, j)),
    ),
    *(Apply(Head(f), z[k]) for f in (floor, ceiling, factorial, gamma, Function("f_1"))),
    *(
        Family(z[k], k, j),
        Rows(Integer(2), z[k], Dots("h"), Dots("v"), Dots("d")),
        Blank(Integer(2)),
        Choice(k, j, z[k], T),
        Threshold(z[k], T, 1, 0),
        Threshold(z[k], T, 0, 1),
        Threshold(z[k], T, z[j], T),
        Attains(z[j], (j, 1, C), k),
        ProductOver(z[j], (j, 1, C, k)),
    ),
    *(Float("0.5"), Float("1e-20"), pi, Power(Symbol("x_1"), Symbol(r"\hat{y}^{(2)}"))),
]

# What nobody should call a symbol, and what comes of it.
HOSTILE = (
    *("#let x = 1", "#panic()", "$", '"', "\\", '\\"', "a_b%", "*b*", "_e_", "`c`", "//c", "/*c"),
    *(
        "<l>",
        "@r",
        "[k]",
        ")",
        "(",
        "}{",
        "~",
        "'",
        "= h",
        "- i",
        "a\nb",
        "\x00",
        "",
        " ",
        "中",
        "&",
    ),
    *('#eval("1")', "${x}", "\\u{41}", ";", "a,b", "\u2028", "\u202e", "a:b", "..a", "sym.pi"),
)


def kinds(parent: type) -> set[type]:
    return {parent}.union(*(kinds(child) for child in parent.__subclasses__()))


def equation(text: str) -> str:
    return f"#math.equation(block: true, alt: {string(text)}, $ {text} $.body)"


def set_by_typst(*formulas: str) -> bytes:
    from derive.render.pdf_file import _by_typst
    from derive.resources import template_root

    template = (template_root() / "proof.typ").read_text(encoding="utf-8")
    opening = '#show: proof.with(title: "T")'
    return _by_typst("\n\n".join([template, opening, *map(equation, formulas)]))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (z[k], "z_(k)"),
        (W[k, m], "W_(k m)"),
        (W[1, 2], "W_(1\\,2)"),
        (Rational(1, 2), "frac(1, 2)"),
        (Times(T, Plus(z[k], 1)), "T \\( z_(k) + 1 \\)"),
        (Times(2, 3, T), "2 ⋅ 3 T"),
        (Exp(z[k]), "e^(z_(k))"),
        (Power(Symbol("x_1"), 2), "grouped(x_(1))^(2)"),
        (Power(Apply(Head(tanh), T), 2), "tanh^(2)\\( T \\)"),
        (Total(z[j], (j, 1, C, k)), "∑_(j=1 \\ j ≠ k)^(C) z_(j)"),
        (Maximum(z[j], (j, 1, C)), "max_(1 ≤ j ≤ C) z_(j)"),
        (ProductOver(z[j], (j, 1, C, k)), "∏_(j=1 \\ j ≠ k)^(C) z_(j)"),
        (Attains(z[j], (j, 1, C), k), " lr(\\[ k = arg max_(1 ≤ j ≤ C) z_(j) \\])"),
        (Plus(T, Marked(z[k])), 'T class("binary", marked(+)) marked(z_(k))'),
        (Apply(Head(Function("softplus")), T), 'op("softplus")\\( T \\)'),
    ],
)
def test_formulas(expression: Expr, expected: str) -> None:
    assert TypstPrinter().doprint(expression) == expected


def test_every_node_is_tried() -> None:
    ours = {node for node in kinds(Inert) if node.__module__.startswith("derive.")}
    shown = {node for node in ours if node.__module__.startswith(SHOWN)}
    tried = {type(n) for e in EXPRESSIONS for n in walk(e)}
    assert shown - {Inert, Binder} <= tried


SHOWN = ("derive.notation", "derive.laws", "derive.render")


def walk(expr: Expr) -> list[Expr]:
    return [expr, *(n for a in expr.args for n in walk(a))]


@pytest.mark.needs("typst")
@pytest.mark.parametrize("inline", [False, True])
def test_typst_sets_every_node(inline: bool) -> None:
    texts = [TypstPrinter(inline=inline).doprint(e) for e in EXPRESSIONS]
    assert set_by_typst(*texts).startswith(b"%PDF")


# For LaTeX, what stands below each other counts as if it were on one line.
IN_LINE = [e for e in EXPRESSIONS if not isinstance(e, (Choice, Rows, Threshold))]


@pytest.mark.parametrize("expression", IN_LINE, ids=str)
def test_lines_break_where_they_do_in_latex(expression: Expr) -> None:
    latex, ours = FormulaPrinter(), TypstPrinter()
    wide = latex.width(latex.doprint(expression))
    assert ours.width(ours.doprint(expression)) == pytest.approx(wide, rel=0.3, abs=1.2)


def test_a_decimal_comma() -> None:
    assert TypstPrinter(decimal_mark=",").doprint(Times(Float("0.5", 2), T)) == '"0,5" T'


def test_what_cannot_be_printed_is_a_clear_error() -> None:
    with pytest.raises(DeriveError, match="no way yet to print Tuple"):
        TypstPrinter().doprint(Total(z[j], (j, 1, C)).limits)


# Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("z", "z"),
        ("alpha", "α"),
        ("epsilon", "ϵ"),
        ("z_1", "z_(1)"),
        ("x_12", "x_(12)"),
        ("yhat", "hat(y)"),
        ("temperature", 'italic("temperature")'),
        ("θ", "θ"),
        ("x'", "x'"),
        (r"\hat{y}", "hat(y)"),
        (r"\hat{y}^{(2)}", "hat(y)^(\\( 2 \\))"),
        (r"\mathcal{L}", "cal(L)"),
        (r"\mathbf{W}", "upright(bold(W))"),
        ("a_b%", '"a_b%"'),
        ("#let", '"#let"'),
        ('"', '"\\""'),
        ("\\", '"\\\\"'),
        ("中", '"[U+4E2D]"'),
    ],
)
def test_names_of_symbols(name: str, expected: str) -> None:
    assert symbol_name(name) == expected


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_string(name: str) -> None:
    text = symbol_name(name)
    inside = text[1:-1].replace("\\\\", "").replace('\\"', "")
    assert text.startswith('"') and text.endswith('"')
    assert '"' not in inside and "\\" not in inside and "\n" not in text


@pytest.mark.needs("typst", "pdftotext")
def test_hostile_names_come_out_as_they_are(page_text) -> None:  # type: ignore[no-untyped-def]
    formulas = []
    for name in HOSTILE:
        array = IndexedBase(name, shape=(C,))
        formulas.append(TypstPrinter().doprint(Power(Plus(array[k], Symbol(name)), 2)))
    text = page_text(set_by_typst(*formulas))
    for name in HOSTILE:
        assert escape(name) in text


@pytest.mark.parametrize("name", ["softplus", "a%b", "#let", "g", "phi", "log_2"])
@pytest.mark.needs("typst")
def test_functions_of_any_name(name: str) -> None:
    assert set_by_typst(TypstPrinter().doprint(Apply(Head(Function(name)), T)))
