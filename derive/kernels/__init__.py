"""Kernels: closed forms as functions of arrays.

A kernel takes its arrays by keyword, under the names of the symbols in the loss. The last axes of
an array are the indexed ones, in order; the axes before them are batch axes and broadcast. It
returns ``(value, derivative)`` for each batch entry, nothing reduced, with the variable's axes
last; the derivatives are a tuple where there are several variables. A Jacobian's kernel returns
``(vector, matrix)``, a Hessian's ``(value, matrix)``.

Labels that a fact calls one-hot, or says to sum to one over their last axis, may also be integers
without that axis: classes from 0. So may a free index such as ``t``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from derive.derivation import Derivation
from derive.errors import DeriveError


class Kernel(Protocol):
    """A function of arrays; ``source`` is the text of a module that defines it."""

    source: str

    def __call__(self, **arguments: Any) -> Any:
        """The value and the derivative for each batch entry."""


def _numpy(derivation: Derivation) -> Kernel:
    from derive.kernels.array_target import array_kernel

    return array_kernel(derivation)


def _mpmath(derivation: Derivation) -> Kernel:
    from derive.kernels.oracle_target import oracle_kernel

    return oracle_kernel(derivation)


TARGETS: dict[str, Callable[[Derivation], Kernel]] = {"numpy": _numpy, "mpmath": _mpmath}
"""How to make a kernel, by the name of its target."""

LATER = ("c", "torch", "jax")
"""Targets that a later version brings."""


def kernel(derivation: Derivation, target: str) -> Kernel:
    """The kernel of a derivation for a target: ``numpy``, or ``mpmath`` (slow, high precision).

    Raises ``DeriveError`` for an unknown target, and for a loss that the target cannot compute.
    """
    if target in LATER:
        raise DeriveError(
            f"the {target} kernel comes with a later version; until then, use the numpy kernel"
        )
    if target not in TARGETS:
        raise DeriveError(f"there is no target {target}; choose one of {', '.join(TARGETS)}")
    return TARGETS[target](derivation)


def kernel_files(derivation: Derivation) -> dict[str, str]:
    """The files that ``output/kernels/<name>/`` receives, by name."""
    stem = derivation.problem.name.replace("-", "_")
    return {f"{stem}_numpy.py": kernel(derivation, "numpy").source}
