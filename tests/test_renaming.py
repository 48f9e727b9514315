"""Other symbols for an entry: they follow everywhere, and clashes are clear errors."""

import re

import pytest
from entries import ENTRIES

import derive
from derive.errors import DeriveError


def page(derivation: derive.Derivation) -> str:
    return derivation.latex(level="full").partition(r"\begin{document}")[2]


# The array and the size that an entry has in place of z and C.
CALLED = {
    "softmax-cross-entropy-one-hot": ("s", "c"),
    "softmax-cross-entropy-jacobian": ("x", "k"),
    "softmax-output-layer": ("a", "C"),
    "softmax-linear-layers": ("x", "C"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRIES)
def test_renamed_symbols_are_nowhere_called_as_before(name: str) -> None:
    array, size = CALLED.get(name, ("z", "C"))
    derivation = derive.derivation(name, symbols={array: "v", size: "K"})
    text = page(derivation)
    assert not re.search(rf"(?<![a-z]){array}_{{", text) and f"^{{{size}}}" not in text
    assert "v_{" in text and "^{K}" in text
    assert derivation.check().ok
    source = derivation.kernel().source
    assert not re.search(rf"\b{array}\[", source) and re.search(r"\bv\[", source)


def test_a_renamed_index_is_bound_by_its_new_name() -> None:
    text = page(derive.derivation("softmax-cross-entropy", symbols={"j": "l"}))
    assert "j=1" not in text and "l=1" in text


def test_a_recognised_softmax_can_be_renamed() -> None:
    derivation = derive.derivation("softmax-cross-entropy", symbols={r"\hat{y}": "p"})
    assert str(derivation.result) == "p[k] - y[k]"
    assert derivation.check().ok
    assert r"\hat{y}" not in page(derivation)
    assert "p = " in derivation.kernel().source
    plain = derive.derivation("softmax-cross-entropy")
    assert derivation.expanded == plain.expanded
    assert [s.rule for s in derivation.steps] == [s.rule for s in plain.steps]


def test_the_name_of_a_softmax_makes_way_for_a_renamed_symbol() -> None:
    derivation = derive.derivation("softmax-cross-entropy", symbols={"y": r"\hat{y}"})
    assert str(derivation.result) == r"\hat{q}[k] - \hat{y}[k]"


@pytest.mark.parametrize(
    ("symbols", "sentence"),
    [
        ({"z": "yhat"}, "would look alike in print"),
        ({"z": "alpha", "y": r"\alpha"}, "would look alike in print"),
        ({"z": "e"}, "'e' would look like Euler's number"),
        ({"z": "delta"}, "'delta' would look like Kronecker's delta"),
        ({r"\hat{y}": "z"}, "two symbols would be called 'z'"),
        ({r"\hat{y}": "p", "z": "p"}, "two symbols would be called 'p'"),
        ({r"\hat{q}": "p"}, r"there is no symbol '\\hat{q}' to rename"),
    ],
)
def test_a_clash_is_a_clear_error(symbols: dict[str, str], sentence: str) -> None:
    with pytest.raises(DeriveError, match=re.escape(sentence)):
        derive.derivation("softmax-cross-entropy", symbols=symbols)
