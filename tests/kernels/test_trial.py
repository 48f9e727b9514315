"""A new kernel is compared with its formulas before anybody gets it: faults planted in its text."""

from __future__ import annotations

from typing import Any

import pytest
from kernel_inputs import derived
from losses import LOSSES, sampled

import derive
from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.kernels import array_target, kernel, trial
from derive.kernels.signature import Signature

NAMES = [*derive.catalogue(), *LOSSES]

FAULTS = {
    "a factor off": ("a wrong derivative", "value, 1.001 * derivative"),
    "another sign": ("a wrong value", "-value, derivative"),
    "no number": ("a wrong value", "value * np.nan, derivative"),
    "axes exchanged": ("a wrong derivative", "value, derivative.T"),
    "a name that is missing": ("raises NameError", "value + x, derivative"),
}
"""What is said of a kernel, and what it returns in place of its value and derivative."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_kernel_with_a_fault_is_not_handed_out(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, returned = FAULTS[fault]
    sound = array_target.array_source

    def unsound(derivation: Derivation, signed: Signature) -> str:
        text = sound(derivation, signed)
        assert text.count("    return value, derivative\n") == 1
        return text.replace("    return value, derivative\n", f"    return {returned}\n")

    monkeypatch.setattr(array_target, "array_source", unsound)
    with pytest.raises(DeriveError, match=said):
        kernel(derived("jacobian of log"), "numpy")


@pytest.mark.parametrize("name", sampled(NAMES))
def test_every_kernel_meets_its_formulas_at_several_sizes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trial that found no numbers to try would let everything pass."""
    sound, outcomes = trial._agrees, []

    def counted(*arguments: Any) -> bool:
        outcomes.append(sound(*arguments))
        return outcomes[-1]

    monkeypatch.setattr(trial, "_agrees", counted)
    kernel(derived(name), "numpy")
    assert outcomes.count(True) == trial.CASES
