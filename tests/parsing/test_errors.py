"""What is wrong with a text is said in one sentence, with a caret under its column."""

from __future__ import annotations

import gc
import subprocess
import sys
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from losses import k, z

import derive
from derive.errors import DeriveError
from derive.parsing import in_sympy
from derive.parsing.functions import RESERVED

pytestmark = pytest.mark.needs("lark")


# Each text with the column of the error and part of the sentence.
WRONG: list[tuple[str, int, str]] = [
    # Brackets
    ("", 1, "the text is empty"),
    ("log(z[k]", 4, r"this \( is never closed"),
    ("log z[k])", 9, "closes nothing"),
    ("log(z[k)]", 8, r"\) stands where \] has to close the \[ of column 6"),
    # Operators and operands
    ("2z[k]", 2, "an operator is missing before z"),
    ("z[k] y[k]", 6, "an operator is missing before y"),
    ("z[k] +", 7, "a number or a name is still expected"),
    ("z[k] + * 2", 8, r"missing before \*"),
    ("(z[k] + 1)[k]", 11, "only a name, softmax"),
    ("z[]", 3, "missing before ]"),
    ("exp()", 5, r"missing before \)"),
    ("1,5*z[k]", 2, "a decimal is written with a point"),
    ("z[k] = 1", 6, "relation where a number belongs"),
    ("z[k] # 2", 6, "'#' has no meaning"),
    ("\\frac{1}{2}", 1, "looks like LaTeX"),
    ("z[k] + _x", 8, "cannot begin a name"),
    ("z_k^2 + z[k]", 1, r"write the entry z\[k\]"),
    # Functions
    ("exp z[k]", 5, "an operator is missing"),
    ("exp + z[k]", 1, "exp is a function"),
    ("exp[k]", 1, "round brackets"),
    ("f(z[k])", 1, "there is no function f"),
    ("z[k]/norm(z)", 6, "no function norm; write sqrt"),
    ("if(z[k] > 0, 1, 0)", 1, "no function if; write max"),
    ("exp(z[k], 2)", 1, "exp takes one number"),
    ("max(z[k])", 1, "max takes two numbers"),
    ("delta(k)*z[k]", 1, "delta takes two indices"),
    ("exp((i, 1, C))", 6, "a range stands in exp"),
    ("exp(z[k])[k]", 11, "has no entries"),
    ("diff(z[k], z[k])", 1, "a derivative cannot stand"),
    # Sums
    ("Sum(z[i])", 1, "Sum has no range"),
    ("prod(z[i])", 1, "prod has no range"),
    ("Sum(z[i], T)", 11, "a range is written"),
    ("max((i, 1, C), z[i])", 6, "what max is taken of comes first"),
    ("abs(z[i], i=1..C)", 11, "a range stands in abs"),
    ("Sum(z[i], i)", 11, "a range is written"),
    ("Sum(z[i], (i, C))", 12, "a range is written"),
    ("Sum(z[i], (2, 1, C))", 12, "begins with the name of its index"),
    ("Sum((i, 1, C), z[i])", 6, "what Sum is taken of comes first"),
    ("Sum(z[i], (i, 1, exp(2)))", 18, "an index is a name"),
    ("Sum(z[i], (i, 1.5, C))", 15, "an index is a whole number"),
    # Vectors
    ("softmax(z) + z[k]", 1, "softmax.* is a vector"),
    ("softmax(v*w)[i]*z[k]", 1, "which of v, w is the vector"),
    ("softmax(z, 2)[k]", 12, "the index that runs is a name"),
    ("softmax(z + b)[k]", 13, "whether b is a vector or a number"),
    ("softmax(2)[k] + z[k]", 1, "there is no vector in it"),
    ("softmax(z[j], j)[k, m]", 21, "an index for j alone"),
    ("softmax(Sum(s*w[n], (n, 1, N)))[n, k] + s[n, k]*z[k]", 22, "also an index of the vector"),
    ("Sum(softmax(z, (j,1,C))[k], (k,1,C))", 17, "takes no range"),
    # Names in two parts
    ("z[k] + z", 8, "z has no index here and 1 index elsewhere"),
    ("sum(z[i]*z[j], i=j..C, j=i+1..C)", 26, "ranges of j and i depend on each other"),
    ("z[k] + z[k, m]", 8, "z has 2 indices here and 1 index in column 1"),
    ("z[i*i] + Sum(z[i], (i,1,C))", 3, "the index of an entry is a name"),
    ("Sum(z[i], (i,1,C)) + C[k]", 16, "C is the end of a range here and has 1 index elsewhere"),
    ("Sum(z[C], (C,1,N)) + Sum(z[i], (i,1,C))", 37, "C is a size here"),
    # Sizes
    (
        "Sum(z[i]*a[i], (i,1,C)) + Sum(a[j], (j,1,D))",
        33,
        "a is used with two sizes, C in column 12 and D",
    ),
    ("Sum(z[i], (i,0,C-1))", 7, "counted from 1, and this starts at 0"),
    ("Sum(z[i-1], (i,1,C))", 7, "counted from 1, and this starts at 0"),
    # Numbers
    ("(1 - e)*z[k]", 6, "e is Euler's number where"),
    ("sqrt(z[k]^2 + e^2)", 15, "another name, such as eps, for a parameter"),
    ("1/0 + Sum(z[i], (i,1,C))", 3, "divides by 0"),
    ("log(1 - pi)*z[k]", 1, "pi is the number 3.14159"),
    ("sum(z[j], j=C..1)", 11, "runs down from C to 1; .* as in j = 1..C"),
    ("0^-2 + Sum(z[i], (i,1,C))", 2, "divides by 0"),
    ("log(0) + Sum(z[i], (i,1,C))", 1, "infinite"),
    ("Sum(z[i], (i,1,C)) + sqrt(-2)", 22, "no real value"),
    ("Sum(z[i], (i,1,C))^(10^6)", 19, "the exponent 1000000 is too large"),
    ("Sum(z[i], (i,1,C)) + 9^9^9", 23, "the exponent 387420489 is too large"),
    ("Sum(z[i], (i,1,C)) + 7^1000", 23, "beyond 100 digits"),
    ("Sum(z[i], (i,1,C))*1e99", 20, "more than 40 digits"),
    ("Sum(z[i]^2, (i,1,C))/z[i]", 24, "index of a sum, in column 14, .* outside of that sum"),
    ("z[i] - log(Sum(exp(z[i]), i=1..C))", 3, "close the sum later or"),
    ("Sum(z[i], i=1..C) + logsumexp(z[i], j)", 33, "i is the index of a sum"),
]


def asked(text: str) -> None:
    in_sympy([text], ["z[k]"], [], [])


@pytest.mark.parametrize(("text", "column", "sentence"), WRONG)
def test_an_error_points_at_its_column(text: str, column: int, sentence: str):
    with pytest.raises(DeriveError, match=sentence) as caught:
        asked(text)
    said, line, caret = str(caught.value).split("\n")
    assert said.startswith(f"column {column}: ")
    assert len(said) < 400
    assert line == f"  {text}"
    assert caret == " " * (column + 1) + "^"


@pytest.mark.parametrize(
    ("given", "where", "column", "sentence"),
    [
        ("y[i]", "", 5, "a fact or a definition has two sides"),
        ("1 = 1", "", 3, "this is always true"),
        ("z[i] = 1 = 2", "", 10, "a second relation"),
        ("T > 0", "", 3, "this fact is about T, which does not occur"),
        ("n <= N", "", 3, "this fact is about N, n, which"),
        ("", "2*q = 3", 5, "a definition is a name, ="),
        ("", "q[i] > 3", 6, "a definition is a name, ="),
    ],
)
def test_errors_in_facts_and_definitions_point_at_their_column(
    given: str, where: str, column: int, sentence: str
):
    with pytest.raises(DeriveError, match=f"column {column}: .*{sentence}"):
        in_sympy(
            ["Sum(z[i], (i,1,C))"],
            ["z[k]"],
            [given] if given else [],
            [where] if where else [],
        )


@pytest.mark.parametrize(
    ("variable", "column", "sentence"),
    [
        ("z", 1, "z has no index here"),
        ("w[k]", 1, "it does not occur in the expression"),
        ("2*z[k]", 1, "nothing to differentiate by"),
        ("z[k", 2, "never closed"),
    ],
)
def test_errors_in_variables_point_at_their_column(variable: str, column: int, sentence: str):
    with pytest.raises(DeriveError, match=f"column {column}: .*{sentence}"):
        in_sympy(["Sum(z[i], (i,1,C))"], [variable], [], [])


def test_the_line_of_a_long_text_is_shown_around_the_column():
    text = " + ".join(["z[k]"] * 60) + " + ("
    with pytest.raises(DeriveError) as caught:
        asked(text)
    said, line, caret = str(caught.value).split("\n")
    assert said.startswith(f"column {len(text)}: ")
    assert len(line) < 120 and line[len(caret) - 1] == "("


def test_of_several_lines_the_one_at_fault_is_shown():
    with pytest.raises(DeriveError, match=r"column 3: .*\n  \+ \*2\n    \^$"):
        asked("z[k]\n+ *2")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 1900 + "x" + ")" * 1900,
        "[" * 3900,
        "-" * 3900 + "x",
        "2^" * 1900 + "x",
        "exp(" * 900 + "x" + ")" * 900,
        "1/(1+" * 700 + "x" + ")" * 700,
        "a" + "[a" * 1900 + "]" * 1900,
    ],
    ids=lambda text: text[:6],
)
def test_a_text_out_of_all_proportion_is_refused_quickly(text: str):
    gc.collect()  # what earlier tests have left is not the reader's to clear up
    start = process_time()
    with pytest.raises(DeriveError, match=r"are read|levels deep|are open here"):
        asked(text)
    assert process_time() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        "exp(" * 90 + "z[k]" + ")" * 90,
        pytest.param("1/(1+" * 30 + "exp(z[k])" + ")" * 30, marks=pytest.mark.slow),
    ],
)
def test_what_is_not_too_deep_goes_all_the_way(text: str):
    derive.gradient(f"{text} + Sum(z[i], (i,1,C))", "z[k]")


WORDS = st.sampled_from(
    [
        *sorted(RESERVED),
        *"zywtTCNijkeα012()[],=+-*/^'\\{",
        *(".5", "..", "!=", ">", ">=", "<=", "**", ":="),
        "z[k]",
        "(i,1,C)",
        "softmax(z)[i]",
        "Sum(z[i],(i,1,C))",
        "i=1..C",
        "y_hat",
        "\n",
        " ",
    ]
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(WORDS, max_size=14).map("".join), st.lists(WORDS, max_size=6).map("".join))
def test_no_text_ends_in_anything_but_an_expression_or_an_error(text: str, fact: str):
    for smooth in (True, False):
        try:
            in_sympy([text], ["z[k]"], [fact], [], smooth)
        except DeriveError as error:
            assert str(error)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_nor_does_any_string_of_characters(text: str):
    try:
        in_sympy([text], ["z[k]"], [], [])
    except DeriveError as error:
        assert str(error)


def test_text_and_sympy_do_not_mix():
    with pytest.raises(TypeError, match=r"is text, 'exp\(z\[k\]\)', and what to .* is not, z\[k\]"):
        derive.gradient("exp(z[k])", z[k])
    with pytest.raises(TypeError, match="given= takes a list, such as"):
        derive.gradient("exp(z[k])", "z[k]", given="k != t")
    with pytest.raises(TypeError, match=r"where= takes a list, such as .*, not None"):
        derive.gradient("exp(z[k])", "z[k]", where=None)


def test_without_lark_one_sentence_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['lark'] = None\n"
        "import derive\n"
        "try: derive.gradient('T^2', 'T')\n"
        "except derive.DeriveError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("input by text needs the package lark")


def test_what_can_be_differentiated_by_is_named() -> None:
    with pytest.raises(DeriveError, match="what occurs is s, y, z\n"):
        derive.gradient("sum(y[i]*z[i]^s, i=1..C)", "w[k]")
