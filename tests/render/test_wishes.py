"""What a lecturer may wish: worksheets, answer sheets, other notation, steps written out."""

import re
from pathlib import Path

import pytest
from sympy import Eq, IndexedBase, KroneckerDelta, Sum, exp, log, symbols
from test_documents import complaints

import derive
from derive.errors import DeriveError

C, N = symbols("C N", integer=True, positive=True)
T = symbols("T", positive=True)
i, j, k, n, t = symbols("i j k n t", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
SOFT = Eq(Sum(y[i], (i, 1, C)), 1)


def body(text: str) -> str:
    return text.partition(r"\begin{document}")[2]


@pytest.fixture(scope="module")
def gradient() -> derive.Derivation:
    return derive.derivation("softmax-cross-entropy")


def numbers(text: str) -> list[str]:
    return re.findall(r"\{(derive:[\w:-]+:line\d+)\}", text.partition("Written out")[0])


# Sheets -----------------------------------------------------------------------------------------


def test_a_worksheet_and_its_answers_have_the_same_numbers(gradient: derive.Derivation) -> None:
    worksheet, answers = body(gradient.latex(worksheet=True)), body(gradient.latex(answers=True))
    assert numbers(worksheet) == numbers(answers) != []
    assert "Worksheet: Softmax" in worksheet and "Answer sheet: Softmax" in answers


def test_a_worksheet_gives_nothing_away_but_what_is_to_be_shown(
    gradient: derive.Derivation,
) -> None:
    worksheet = body(gradient.latex(worksheet=True))
    assert r"\hat{y}_{k} - y_{k}}" in worksheet.partition("Lemma")[0]
    proof = worksheet.partition(r"\DeriveSection{Derivation}")[2]
    assert r"\hat{y}_{k} - y_{k}" not in proof
    assert "Without it" not in proof and "Written out" not in proof
    steps = sum(len(d.steps) for d in gradient.walk()) - sum(
        len(f.steps) for d in gradient.walk() for f in d.stable.values()
    )
    assert worksheet.count(r"\DeriveBlankLine") == steps


def test_one_sheet_at_a_time(gradient: derive.Derivation) -> None:
    with pytest.raises(DeriveError, match="one at a time"):
        gradient.latex(worksheet=True, answers=True)


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("level", ["default", "brief"])
def test_a_worksheet_is_set_without_a_warning(
    gradient: derive.Derivation, level: str, tmp_path: Path
) -> None:
    text = gradient.latex(worksheet=True, level=level)  # type: ignore[arg-type]
    assert complaints(text, "pdflatex", tmp_path) == []


# Notation ---------------------------------------------------------------------------------------


def test_ln_everywhere_in_place_of_log(gradient: derive.Derivation) -> None:
    text = body(gradient.latex(logarithm="ln", level="full"))
    assert r"\ln" in text and r"\log" not in text


def test_sigma_everywhere_in_place_of_the_hat(gradient: derive.Derivation) -> None:
    text = body(gradient.latex(softmax="sigma", level="full"))
    assert r"\sigma(z)_{k} - y_{k}" in text and r"\hat{y}" not in text


def test_sigma_names_a_temperature_and_follows_renamed_symbols() -> None:
    p = exp(z[i] / T) / Sum(exp(z[j] / T), (j, 1, C))
    tempered = derive.gradient(-Sum(y[i] * log(p), (i, 1, C)), z[k], given=[SOFT])
    assert r"\sigma(z/T)_{k}" in tempered.latex(softmax="sigma")
    named = derive.derivation("softmax-jacobian", symbols={"z": "s"})
    assert r"\sigma(s)_{i}" in named.latex(softmax="sigma")


def test_a_softmax_of_no_plain_array_keeps_its_hat() -> None:
    W = IndexedBase("W", shape=(C,))
    p = exp(z[i] * W[i]) / Sum(exp(z[j] * W[j]), (j, 1, C))
    weighted = derive.gradient(-Sum(y[i] * log(p), (i, 1, C)), z[k], given=[SOFT])
    assert r"\hat{y}_{k}" in weighted.latex(softmax="sigma")


def test_course_and_author_stand_under_the_title(gradient: derive.Derivation) -> None:
    text = body(gradient.latex(course="Learning & so on", author="A. Author"))
    assert r"Learning \& so on" in text.partition("Statement")[0]
    assert "A. Author" in text.partition("Statement")[0]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"logarithm": "lg"}, "no logarithm='lg'; choose log or ln"),
        ({"softmax": "p"}, "no softmax='p'; choose hat or sigma"),
        ({"explicit": 99}, "cannot be written out for 99 classes"),
        ({"explicit": -1}, "cannot be written out for -1 classes"),
        ({"explicit": "3"}, "'3' is no number of classes"),
    ],
)
def test_an_unknown_wish_is_a_clear_error(
    gradient: derive.Derivation, options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DeriveError, match=re.escape(sentence)):
        gradient.latex(**options)  # type: ignore[arg-type]


# Written out ------------------------------------------------------------------------------------


def written(text: str) -> str:
    return text.partition("Written out")[2]


def test_steps_are_written_out_under_the_numbers_of_their_lines(
    gradient: derive.Derivation,
) -> None:
    text = body(gradient.latex())
    section = written(text)
    assert r"\DeriveInline{C = 3}" in section and r"\DeriveInline{k = 1}" in section
    assert r"- (y_{1} - \hat{y}_{1} (y_{1} + y_{2} + y_{3}))" in section
    labels = re.findall(r"DeriveRepeatedLine\{.*\}\{(derive:[^}]+)\}", section)
    assert labels and set(labels) <= set(numbers(text))


def test_how_much_is_written_out_follows_level_and_wish(gradient: derive.Derivation) -> None:
    def count(**options: object) -> int:
        return written(gradient.latex(**options)).count(  # type: ignore[arg-type]
            r"\DeriveRepeatedLine"
        )

    assert count(level="brief") == count(explicit=0) == 0
    assert 0 < count() == count(explicit=3) <= count(level="full")
    assert count(level="brief", explicit=2) > 0


def test_other_sizes_stay_small_and_cases_have_fitting_indices() -> None:
    Z, Y = IndexedBase("Z", shape=(N, C)), IndexedBase("Y", shape=(N, C))
    p = exp(Z[n, i]) / Sum(exp(Z[n, j]), (j, 1, C))
    loss = -Sum(Sum(Y[n, i] * log(p), (i, 1, C)), (n, 1, N)) / N
    batch = derive.gradient(loss, Z[n, k]).latex(explicit=3)
    assert r"\DeriveInline{C = 3} and \DeriveInline{N = 2}" in batch
    one_hot = Eq(y[i], KroneckerDelta(i, t))
    q = exp(z[i]) / Sum(exp(z[j]), (j, 1, C))
    derivation = derive.gradient(-Sum(y[i] * log(q), (i, 1, C)), z[k], given=[one_hot])
    section = written(derivation.latex(explicit=3))
    places = re.findall(r"DeriveParagraph\{.*\bFor (.*):\}", section)
    apart, same = r"\DeriveInline{k = 1} and \DeriveInline{t = 2}", r"\DeriveInline{t = 2}"
    assert apart in places
    assert r"\hat{y}_{2} - \delta_{2,2}" in section and "_{t}" not in section
    assert any(same in place for place in places)


# What would remain ------------------------------------------------------------------------------


def test_beside_the_use_of_a_fact_stands_what_would_remain_without_it(
    gradient: derive.Derivation,
) -> None:
    text = body(gradient.latex())
    [said] = re.findall(r"Without it, \\DeriveInline\{(.*?)\} would remain", text)
    assert said.endswith(r"= \hat{y}_{k} \sum_{i=1}^{C} y_{i} - y_{k}")


@pytest.mark.slow
def test_what_is_far_too_long_is_only_written_out_where_it_is_asked_for() -> None:
    D = symbols("D", integer=True, positive=True)
    W, x = IndexedBase("W", shape=(C, D)), IndexedBase("x", shape=(N, D))
    Y = IndexedBase("Y", shape=(N, C))
    m = symbols("m", integer=True)

    def logit(at: object) -> object:
        return Sum(W[at, m] * x[n, m], (m, 1, D))

    p = exp(logit(i)) / Sum(exp(logit(j)), (j, 1, C))
    loss = -Sum(Sum(Y[n, i] * log(p), (i, 1, C)), (n, 1, N)) / N
    derivation = derive.gradient(loss, W[k, t])
    usual, all_of_it = (written(derivation.latex(explicit=classes)) for classes in (None, 3))
    # The lemma can be taken in at a glance, the gradient of the mean cannot.
    lemma, whole = r"\DeriveChain{\frac{\partial \hat{y}", r"\DeriveChain{\frac{\partial L}"
    assert lemma in usual and whole not in usual
    assert lemma in all_of_it and whole in all_of_it
