"""Stable forms: what a kernel computes, derived by rules from the result."""

from derive.stabilisation.forms import stabilise

__all__ = ["stabilise"]
