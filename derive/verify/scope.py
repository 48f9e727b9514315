"""Indices as arrays: every index in scope has an axis of its own, the last axis is the points'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from sympy import Symbol

from derive.verify.field import Indices


@dataclass(frozen=True)
class Scope:
    """Values of the indices at a place in an expression.

    Each array has as many axes as it needs, counted from the right, so that NumPy's broadcasting
    brings any two of them together. ``depth`` axes are in use.
    """

    values: Mapping[Symbol, Indices] = field(default_factory=dict)
    depth: int = 1

    def binding(self, index: Symbol, lower: int, upper: int) -> Scope:
        """The same with ``index`` running from ``lower`` to ``upper`` along a new first axis."""
        run = np.arange(lower, upper + 1).reshape((-1,) + (1,) * self.depth)
        return Scope({**self.values, index: run}, self.depth + 1)

    def setting(self, values: Mapping[Symbol, Indices]) -> Scope:
        """The same with other values for some indices."""
        return Scope({**self.values, **values}, self.depth)

    def key(self, symbols: tuple[Symbol, ...]) -> tuple[object, ...]:
        """What a value that depends on just these symbols depends on."""
        found = (self.values[s] for s in symbols if s in self.values)
        return tuple((v.shape, v.tobytes()) for v in found)
