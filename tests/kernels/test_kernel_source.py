"""The text of a kernel: a module of its own, readable, without loops over the data."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kernel_inputs import arguments, derived, flat
from losses import LOSSES, sampled

import derive
from derive.kernels import kernel
from derive.kernels.identifiers import identifier, unused

NAMES = [*derive.catalogue(), "weights of a layer", "batch of classes", "list-wise", "functions"]
LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


@pytest.mark.parametrize("name", sampled([*derive.catalogue(), *LOSSES]))
def test_no_python_loop(name: str) -> None:
    module = ast.parse(kernel(derived(name), "numpy").source)
    assert not [node for node in ast.walk(module) if isinstance(node, LOOPS)]


def test_the_body_reads_like_a_person_wrote_it() -> None:
    source = kernel(derived("softmax-cross-entropy"), "numpy").source
    body = """
    shift = np.max(z, axis=-1)
    shifted = z - shift[..., None]
    exps = np.exp(shifted)
    total = np.sum(exps, axis=-1)
    value = -np.sum(y * (shifted - np.log(total)[..., None]), axis=-1)
    y_hat = exps / total[..., None]
    derivative = y_hat - y
"""
    assert body in source


@pytest.mark.parametrize("name", NAMES)
def test_the_text_works_on_its_own(name: str, tmp_path: Path) -> None:
    """In a Python that sees neither the user's packages nor the current folder."""
    derivation = derived(name)
    function = kernel(derivation, "numpy")
    given = arguments(derivation, (2,))
    (tmp_path / "alone.py").write_text(function.source, encoding="utf-8")
    np.savez(tmp_path / "given.npz", **given)
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import numpy as np
import alone
given = dict(np.load({str(tmp_path / "given.npz")!r}))
first, second = alone.{function.__name__}(**given)
found = [first, *(second if isinstance(second, tuple) else (second,))]
np.savez({str(tmp_path / "found.npz")!r}, *found)
foreign = {{"derive", "sympy", "mpmath", "jinja2"}} & set(sys.modules)
assert not foreign, foreign
"""
    subprocess.run([sys.executable, "-I", "-W", "error", "-c", script], check=True)
    found = np.load(tmp_path / "found.npz")
    for array, wanted in zip(found.values(), flat(function(**given)), strict=True):
        assert np.array_equal(array, wanted)


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_the_callable_is_its_source(target: str) -> None:
    function = kernel(derived("softmax-cross-entropy"), target)
    space: dict[str, object] = {}
    exec(function.source, space)
    assert function.__code__.co_code == space["softmax_cross_entropy"].__code__.co_code
    assert function.__doc__ == space["softmax_cross_entropy"].__doc__


def test_errors_show_the_line_of_the_text() -> None:
    import traceback

    function = kernel(derived("log of class"), "numpy")
    with pytest.raises(ValueError) as caught:
        function(z=np.ones(3), t=7)
    assert "_check_classes(" in "".join(traceback.format_tb(caught.tb))


def test_renamed_symbols_name_the_arguments() -> None:
    derivation = derive.derivation("softmax-cross-entropy", symbols={"z": "s", "y": "target"})
    value, derivative = kernel(derivation, "numpy")(s=np.zeros(2), target=0)
    assert np.isclose(value, np.log(2))
    assert derivative.tolist() == [-0.5, 0.5]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("z", "z"),
        (r"\hat{y}", "y_hat"),
        (r"\hat y", "y_hat"),
        (r"\lambda", "lambda_"),
        (r"\sigma_1", "sigma_1"),
        ("z'", "z_prime"),
        ("1a", "_1a"),
        ("class", "class_"),
        ("out", "out_"),
        ('"""', "x"),
        ("été", "été"),
        ("e_", "e_"),
        ("_x", "_x"),
        ("_size", "_size_"),
    ],
)
def test_identifiers(name: str, wanted: str) -> None:
    assert identifier(name) == wanted


def test_names_that_are_taken_get_a_number() -> None:
    taken = {"total"}
    assert [unused("total", taken), unused("total", taken), unused("max", taken)] == [
        "total_2",
        "total_3",
        "max_",
    ]
