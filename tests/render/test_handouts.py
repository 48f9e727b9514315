"""What a lecturer looks for in the handouts of the four sources."""

import re
from functools import cache
from itertools import pairwise

import pytest
from entries import ENTRIES
from passed import Passed

import derive
from derive.catalogue.registry import question
from derive.derivation import Derivation
from derive.render import latex
from derive.render.messages import languages, load

SOURCES = [name for name in derive.catalogue() if question(name).route is not None]


@cache
def derived(name: str) -> Derivation:
    return derive.derivation(name)


@cache
def text_of(name: str) -> str:
    return latex(derived(name), lang="en", report=Passed())


def sections(text: str) -> list[str]:
    return re.findall(r"\\DeriveSection\{(.*)\}", text)


@pytest.mark.parametrize("name", SOURCES)
def test_what_was_set_right_ends_the_document(name: str) -> None:
    assert sections(text_of(name))[-1] == "Corrections to the source"


@pytest.mark.parametrize("name", SOURCES)
def test_every_correction_has_its_row(name: str) -> None:
    table = text_of(name).partition("Corrections to the source")[2]
    assert table.count(r"\DeriveNoteBelow{") == len(derived(name).corrections)


@pytest.mark.parametrize("name", ENTRIES)
def test_what_the_source_says_of_a_symbol_is_said_in_each_language(name: str) -> None:
    for language in languages():
        for _, key in question(name).meanings:
            assert load(language).text("symbols", key)


def test_a_meaning_goes_with_its_symbol_when_that_is_renamed() -> None:
    renamed = derive.derivation("softmax-linear-layers", symbols={"d": "h"})
    text = latex(renamed, lang="en", report=Passed())
    assert re.search(r"\\DeriveInline\{h\}\}.*the dimension of the hidden layer", text)


def test_a_fact_on_every_sample_says_so() -> None:
    text = text_of("softmax-linear-layers")
    assert r"y_{ni} = 1} for every~\DeriveInline{n}" in text
    assert "each row" in text
    once = text_of("softmax-output-layer")
    assert "= 1}: the entries of" in once and "each row" not in once


def test_rows_and_columns_are_told_apart() -> None:
    text = text_of("softmax-linear-layers")
    assert r"x_{n} \in \mathbb{R}^{p \times 1}" in text
    assert r"y_{n} \in \mathbb{R}^{1 \times C}" in text
    assert "A bold letter stands for a whole vector or matrix." in text
    assert "bold" not in text_of("softmax-cross-entropy-one-hot")


def test_an_abbreviation_of_a_lemma_is_said_before_it_is_used() -> None:
    text = text_of("softmax-linear-layers")
    said = text.index(r"\Sigma_{n} = \sum_{c=1}^{C}")
    assert said < text.index(r"\frac{\partial \Sigma_{n}}")


def test_with_whole_arrays_no_entry_is_left_on_either_side() -> None:
    text = text_of("softmax-linear-layers")
    left = r"\DeriveChain{\frac{\partial L_{n}}{\partial A}}"
    chain = text[text.index(left) :].splitlines()[1]
    expected = r"\sum_{j=1}^{C} (\hat{y}_{nj} - y_{nj}) B_{j}^{\mathsf{T}} x_{n}^{\mathsf{T}}"
    assert chain.startswith(rf"\DeriveLine{{{expected}}}")


def test_what_remains_where_a_lemma_has_used_the_fact_already() -> None:
    text = text_of("softmax-cross-entropy-one-hot")
    whole = r"\hat{y}_{k} \sum_{i=1}^{c} y_{i} - y_{k}"
    assert re.search(rf"Without it, here and before, .*= {re.escape(whole)}\}} would remain", text)
    # And where nothing comes of going on, the line before is named.
    assert re.search(r"Without it, one would not get beyond~?\s?\(.ref\{[^}]*\}\)", text)


@pytest.mark.parametrize(("language", "word"), [("en", "output"), ("pt", "saída")])
def test_the_error_that_goes_back_has_its_name(language: str, word: str) -> None:
    text = latex(derived("softmax-output-layer"), lang=language, report=Passed())
    assert re.search(rf"\\delta_{{\\(text|mathrm){{{word}}}}} = \\partial L / \\partial", text)


@pytest.mark.parametrize("name", SOURCES)
def test_every_chain_that_is_written_out_says_which_it_is(name: str) -> None:
    written = (
        text_of(name).partition("Written out for")[2].partition("Corrections to the source")[0]
    )
    said = [line for line in written.splitlines() if not line.startswith(r"\DeriveRepeated")]
    before = [line for line, after in pairwise(said) if after.startswith(r"\DeriveChain")]
    # Of several with one title only the first carries it.
    same = sum(line.startswith((r"\DeriveChain", r"\DeriveKeep")) for line in before)
    titles = [words for words in before if words.startswith(r"\DeriveParagraph{")]
    assert len(titles) + same == written.count(r"\DeriveChain")
    assert len(set(titles)) == len(titles)
    assert all(re.match(r"\\DeriveParagraph\{(\w|\\hyperref)", words) for words in titles)
