"""Kernels held against the same formulas in high precision."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

import derive


@lru_cache
def kernels(
    loss: str, variable: str, given: tuple[str, ...], where: tuple[str, ...] = ()
) -> tuple[Any, Any]:
    """The kernel, and that in high precision."""
    derivation = derive.gradient(loss, variable, given=list(given), where=list(where))
    return derivation.kernel("numpy"), derivation.kernel("mpmath")


def check(
    loss: str,
    variable: str,
    given: tuple[str, ...] = (),
    where: tuple[str, ...] = (),
    digits: int = 200,
    **inputs: Any,
) -> None:
    """The kernel has what its formulas are in high precision, without a warning."""
    kernel, oracle = kernels(loss, variable, given, where)
    arrays = {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}
    with np.errstate(all="raise", under="ignore"):
        found = kernel(**arrays)
    true = oracle(**arrays, dps=digits)
    for part, exact in zip(found, true, strict=True):
        np.testing.assert_allclose(part, np.array(exact, float), rtol=1e-12, atol=1e-300)
