"""Derive: from a loss over a symbolic number of classes to a checked derivation and kernels."""

from derive.api import (
    Derivation,
    Max,
    Min,
    catalogue,
    derivation,
    gradient,
    hessian,
    hessian_vector,
    holds,
    jacobian,
)
from derive.errors import DeriveError

__all__ = [
    "Derivation",
    "DeriveError",
    "Max",
    "Min",
    "catalogue",
    "derivation",
    "gradient",
    "hessian",
    "hessian_vector",
    "holds",
    "jacobian",
]
__version__ = "0.1.0"
