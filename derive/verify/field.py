"""A tower of prime fields in which exponentials, logarithms and powers can be computed exactly.

Two expressions with exponentials can't be compared modulo one prime p, for an exponent matters
modulo p - 1. So there is a chain of primes, each twice the one before it plus 1: exponents live
one level down. ``exp(u) = 4^u`` turns sums into products, and ``log`` is the discrete logarithm
to the base 4, with which log(ab) = log a + log b, log(exp u) = u and b^x = exp(x log b) hold
exactly. (G. Gonnet, "Determining equivalence of expressions in random polynomial time", 1984.)

The squares of a field are the powers of 4. They play the part of the positive numbers: -1 is not
among them, and where a logarithm is taken of one of them, exp(log b) = b.

Values are whole numbers in float64 arrays, so that "undefined" is NaN and spreads by itself; all
primes are so small that products are exact.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
"""Residues as whole floats, or truth values."""
Indices: TypeAlias = npt.NDArray[Any]
"""Whole numbers."""

CHAIN = (63419, 126839, 253679, 507359, 1014719, 2029439)
"""Each prime is twice the one before it plus 1."""
MIDDLE = 2
"""The level at which expressions start: this many exponentials can be nested."""


class Field:
    """Whole numbers modulo one prime of the chain."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.prime = CHAIN[level]
        self.order = self.prime // 2  # of the group of squares

    def reduce(self, x: Array) -> Array:
        """``x`` modulo the prime."""
        # Exact: |x| < 2^53, and x/p is further from a whole number than a float's precision.
        return x - self.prime * np.floor(x / self.prime)

    def times(self, x: Array, y: Array) -> Array:
        return self.reduce(x * y)

    def exp(self, exponent: Array) -> Array:
        """``4^exponent``; the exponent comes from the level below."""
        return self._at(self._powers, exponent)

    def log(self, x: Array) -> Array:
        """The logarithm of ``x`` or ``-x``, in the level below; NaN for 0."""
        return self._at(self._logarithms, x)

    def is_square(self, x: Array) -> Array:
        """Where ``x`` plays the part of a positive number."""
        square: Array = self.exp(self.log(x)) == x
        return square

    def inverse(self, x: Array) -> Array:
        """``1/x``; NaN for 0."""
        return self.power(x, np.array(-1.0))

    def power(self, x: Array, exponent: Array) -> Array:
        """``x`` to whole exponents, as numbers and not as residues; 0 to the power 0 is 1."""
        size = self._at(self._logarithms, x)
        value = self.exp((size * exponent) % self.order)
        negative = (self.exp(size) != x) & (exponent % 2 == 1)
        value = np.where(negative, self.prime - value, value)
        value = np.where((x == 0) & (exponent > 0), 0.0, value)
        return np.where((x == 0) & (exponent == 0), 1.0, value)

    def rational(self, numerator: int, denominator: int) -> Array:
        """A fraction of whole numbers; NaN where the denominator is divisible by the prime."""
        if denominator % self.prime == 0:
            return np.array(np.nan)
        return np.array(float(numerator * pow(denominator, -1, self.prime) % self.prime))

    @staticmethod
    def _at(table: Array, x: Array) -> Array:
        undefined = np.isnan(x)
        found: Array = table[np.where(undefined, 0, x).astype(np.int64)]
        return np.where(undefined, np.nan, found)

    @cached_property
    def _powers(self) -> Array:
        """``4^u`` by u."""
        powers = np.ones(1)
        factor = 4
        while len(powers) < self.order:
            powers = np.concatenate([powers, self.reduce(powers * factor)])
            factor = factor * factor % self.prime
        return powers[: self.order]

    @cached_property
    def _logarithms(self) -> Array:
        """u by ``4^u`` and by ``-4^u``."""
        logarithms = np.full(self.prime, np.nan)
        exponents = np.arange(self.order, dtype=float)
        where = self._powers.astype(np.int64)
        logarithms[where] = exponents
        logarithms[self.prime - where] = exponents
        return logarithms


FIELDS = tuple(map(Field, range(len(CHAIN))))
"""The field of each level; tables are made when first needed."""
