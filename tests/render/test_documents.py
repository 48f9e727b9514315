"""Documents: what is in them, and that both engines set them without a warning."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from passed import Passed
from sympy import Eq, IndexedBase, KroneckerDelta, Ne, Rational, Sum, exp, log, sin, symbols, tanh

import derive
from derive.derivation import Derivation, Step
from derive.errors import DeriveError
from derive.notation import ONE, Partial, Plus, Quotient, Times
from derive.posing import pose
from derive.reading import read
from derive.render import latex
from derive.render.compose import Level
from derive.render.formula_lines import lines
from derive.render.latex_printer import FormulaPrinter
from derive.render.latex_width import width

C = symbols("C", integer=True, positive=True)
T, temperature = symbols("T temperature", positive=True)
i, j, k, t = symbols("i j k t", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))


def softmax(at: object, scale: object = 1) -> object:
    return exp(z[at] / scale) / Sum(exp(z[j] / scale), (j, 1, C))


def cross_entropy(scale: object = 1) -> object:
    return -Sum(y[i] * log(softmax(i, scale)), (i, 1, C))


ONE_HOT = Eq(y[i], KroneckerDelta(i, t))
SOFT = Eq(Sum(y[i], (i, 1, C)), 1)
ODD = IndexedBase("a_b%", shape=(C,))


def long_derivation() -> Derivation:
    """Steps, not true ones, that are far too long for a line and too high for a page."""
    waves = sum(sin(n * z[k]) ** n * exp(-(z[k] ** n) / T) for n in range(2, 9))
    products = [1 + exp(n * z[k] + temperature * T) for n in range(1, 12)]
    fraction = read(Sum(tanh(z[j]) * waves / products[0], (j, 1, C)) / sum(products))
    product = Times(*map(read, (*products, waves)))
    problem = pose(fraction, [z[k]], "gradient")
    deep = ONE
    for term in products * 3:
        deep = Quotient(1, Plus(read(term), deep))
    steps = (
        Step("multiply_quotients", problem.statement, product, ((),)),
        Step("differentiate_quotient", product, Partial(product, z[k]), ((),)),
        Step("cancel_factor", Partial(product, z[k]), deep, ((),)),
    )
    return Derivation(problem, "gradient", problem.statement, steps)


EXAMPLES: dict[str, Callable[[], Derivation]] = {
    "one-hot": lambda: derive.gradient(cross_entropy(), z[k], given=[ONE_HOT]),
    "two variables": lambda: derive.gradient(cross_entropy(T), [z[k], T], given=[SOFT]),
    "a name that breaks LaTeX": lambda: derive.gradient(
        Sum(Sum(exp(ODD[i] * ODD[j]), (j, 1, i)), (i, 1, C)), ODD[k]
    ),
    "functions": lambda: derive.gradient(
        Sum(tanh(z[j]) ** 2 * (1 + z[j] ** 2) ** Rational(1, 2), (j, 1, C)), z[k]
    ),
    "far too long": long_derivation,
}


def text_of(
    derivation: Derivation,
    level: Level = "default",
    fragment: bool = False,
    lang: str | None = None,
) -> str:
    return latex(derivation, lang=lang, level=level, fragment=fragment, report=Passed())


def entry(name: str) -> Derivation:
    return derive.derivation(name)


# Content ----------------------------------------------------------------------------------------


def test_a_document_says_what_is_proved_from_what_and_how_it_was_checked() -> None:
    text = text_of(entry("softmax-cross-entropy"))
    assert r"L = - \sum_{i=1}^{C} y_{i} \log" in text
    assert r"\DeriveInline{\sum_{i=1}^{C} y_{i} = 1}: the entries of" in text
    assert r"\DeriveResult{\frac{\partial L}{\partial z_{k}} = \hat{y}_{k} - y_{k}}" in text
    assert r"{\DeriveInline{z \in \mathbb{R}^{C}}}" in text
    assert r"{\DeriveInline{1 \le k \le C}}" in text
    assert "verified exactly" in text and "1, 2, 3 and 5" in text


def test_a_lemma_comes_before_the_step_that_cites_it() -> None:
    text = text_of(entry("softmax-cross-entropy"))
    cited = text.index(r"Insert \hyperref[derive:softmax-cross-entropy:lemma1]{Lemma 1}.")
    assert text.index(r"\label{derive:softmax-cross-entropy:lemma1}") < cited


def test_every_reference_has_its_label_and_labels_are_unique() -> None:
    for name in derive.catalogue():
        text = text_of(entry(name), "full")
        labels = re.findall(r"\\(?:label\{|Derive(?:Line|Tagged)\{.*\}\{)(derive:[\w:-]+)\}", text)
        assert len(set(labels)) == len(labels)
        assert set(re.findall(r"\\(?:hyperref\[|ref\{)(derive:[\w:-]+)", text)) <= set(labels)


def test_a_definition_is_said_as_it_is_used() -> None:
    text = text_of(entry("softmax-jacobian"))
    assert r"Recognise \DeriveInline{\hat{y}_{k} = e^{z_{k}} / \sum_{j=1}^{C} e^{z_{j}}}." in text


def test_cases_are_boxed_together() -> None:
    text = text_of(EXAMPLES["one-hot"]())
    assert r"\begin{cases} \hat{y}_{t} - 1 & k = t \\ \hat{y}_{k} & k \ne t \end{cases}" in text


def test_the_changed_part_is_in_a_named_colour() -> None:
    text = text_of(entry("softmax-jacobian"))
    assert r"\textcolor{DeriveChanged}" in text
    assert r"\textcolor{#" not in text and r"\color{#" not in text


def test_levels() -> None:
    derivation = entry("softmax-cross-entropy")
    brief, plain, full = (text_of(derivation, level) for level in ("brief", "default", "full"))
    assert brief.count("DeriveLine{") == 0 and r"\DeriveBriefLine{" in brief
    assert plain.count(r"\DeriveLine{") < full.count(r"\DeriveLine{")
    assert (
        "quotient rule" not in brief and "quotient rule" not in plain.lower().partition("lemma")[0]
    )
    with pytest.raises(DeriveError, match="no level 'tiny'"):
        latex(derivation, level="tiny")  # type: ignore[arg-type]


def test_a_failed_check_makes_no_document() -> None:
    with pytest.raises(DeriveError, match="did not pass its check"):
        latex(entry("softmax-jacobian"), report=Passed(ok=False, checked="failed"))


def test_title_and_author_are_escaped() -> None:
    text = latex(entry("softmax-jacobian"), title="50% & up", author=r"\me", report=Passed())
    assert r"50\% \& up" in text and r"\textbackslash{}me" in text


def test_the_loss_is_not_called_like_a_symbol_of_the_user() -> None:
    L = IndexedBase("L", shape=(C,))
    text = text_of(derive.gradient(Sum(L[j] ** 2, (j, 1, C)), L[k]))
    assert r"\frac{\partial \mathcal{L}}{\partial L_{k}}" in text


def test_a_case_that_is_declared_is_said() -> None:
    text = text_of(derive.gradient(cross_entropy(), z[k], given=[ONE_HOT, Ne(k, t)]))
    assert r"\DeriveInline{k \ne t}: the two indices differ" in text


def test_two_runs_give_the_same_text() -> None:
    assert text_of(entry("softmax-jacobian")) == text_of(entry("softmax-jacobian"))


# Lines ------------------------------------------------------------------------------------------


def test_long_formulas_are_broken_at_their_outermost_signs() -> None:
    long = read(sum(sin(n * z[k]) for n in range(1, 30)))
    found = lines(FormulaPrinter(), long, 30)
    assert len(found) > 2
    assert all(width(line) <= 30 for line in found)
    assert all(line.startswith("+") for line in found[1:])


def test_a_formula_that_fits_is_left_alone() -> None:
    assert lines(FormulaPrinter(), z[k], 30) == ["z_{k}"]


# TeX --------------------------------------------------------------------------------------------


def complaints(text: str, engine: str, folder: Path) -> list[str]:
    """What an engine says of a document; two runs, so that references are known, or as it asks."""
    (folder / "page.tex").write_text(text, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for run in range(1, 5):
        subprocess.run(command, cwd=folder, capture_output=True, check=False)
        log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
        if run > 1 and "Rerun to get" not in log:
            break
    return re.findall(r"^(?:!|.*(?:Warning|Overfull|Underfull)).*$", log, re.MULTILINE)


@pytest.mark.needs("pdflatex")
def test_pdflatex_sets_an_entry_without_a_warning(tmp_path: Path) -> None:
    assert complaints(text_of(entry("softmax-cross-entropy")), "pdflatex", tmp_path) == []


@pytest.mark.slow
@pytest.mark.needs("pdflatex", "pdftotext")
def test_a_table_that_goes_on_has_its_head_on_each_page(
    tmp_path: Path, page_text: Callable[[bytes], str]
) -> None:
    parameters = symbols("b1:50", real=True)
    derivation = derive.gradient(sum(parameters) * z[k], z[k])
    assert complaints(text_of(derivation), "pdflatex", tmp_path) == []
    pages = page_text((tmp_path / "page.pdf").read_bytes())
    assert pages.count("Symbol Meaning Values") == 2


@pytest.mark.needs("pdflatex")
@pytest.mark.slow
def test_what_is_far_too_long_is_made_to_fit(tmp_path: Path) -> None:
    text = latex(
        long_derivation(), level="full", title=r"50% \of {all} & $x_y^~#", author="Zoë θ 中 “é”"
    )
    assert complaints(text, "pdflatex", tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("pdflatex", marks=pytest.mark.needs("pdflatex")),
        pytest.param("lualatex", marks=pytest.mark.needs("lualatex")),
    ],
)
@pytest.mark.parametrize("level", ["default", "full", "brief"])
@pytest.mark.parametrize("name", [*derive.catalogue(), *EXAMPLES])
def test_every_document_is_set_without_a_warning(
    name: str, level: Level, engine: str, tmp_path: Path
) -> None:
    derivation = EXAMPLES[name]() if name in EXAMPLES else entry(name)
    assert complaints(text_of(derivation, level), engine, tmp_path) == []


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
def test_fragments_go_into_somebody_elses_document(tmp_path: Path) -> None:
    for number, name in enumerate(("softmax-jacobian", "softmax-cross-entropy")):
        text = text_of(entry(name), fragment=True)
        (tmp_path / f"part{number}.tex").write_text(text, encoding="utf-8")
    text = r"""\documentclass[twocolumn]{report}
        \usepackage{amsmath,amssymb,graphicx,xcolor}
        \raggedbottom\begin{document}\chapter{One}\input{part0}\chapter{Two}\input{part1}\end{document}"""
    assert complaints(text, "pdflatex", tmp_path) == []
