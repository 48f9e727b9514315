"""The catalogue, for tests that take each entry in turn."""

import pytest

import derive

LARGEST = "softmax-linear-layers"
"""A derivation of a hundred steps: what is done to each of them takes long."""

ENTRIES = [
    pytest.param(name, marks=[pytest.mark.slow] if name == LARGEST else [])
    for name in derive.catalogue()
]
