"""A new kernel on trial: its results beside its formulas, computed with many digits."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice, product
from typing import Any

import mpmath
import numpy as np
from sympy import Expr, Integer, Symbol

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.facts import EqualFact
from derive.kernels.signature import Argument, Output, Signature
from derive.verify import DIGITS, MODERATE, OutsideDomain, Point, Sampler, size_choices

CASES = 2
"""So many choices of sizes are tried; where there are several sizes, they differ."""
SIZES = (2, 3, 4, 5)
TOLERANCE = 1e-6
"""Far above what rounding does to moderate numbers, far below what a fault does."""

At = Mapping[Symbol, int]


def try_kernel(function: Any, derivation: Derivation, signed: Signature) -> None:
    """Call a kernel with random numbers at small, unequal sizes; compare with its formulas.

    Nothing is said where no numbers are found at which the loss is real. Raises ``DeriveError``
    where a result differs and where the kernel cannot be called.
    """
    problem = derivation.problem
    sampler = Sampler(problem, derivation.definitions, floats=True)
    for sizes in islice(size_choices(problem, SIZES), CASES):
        for attempt in range(MODERATE):
            drawn = sampler.draw(problem.facts, sizes, attempt)
            if drawn is not None and _agrees(function, derivation, signed, sizes, *drawn):
                break


def _agrees(
    function: Any, derivation: Derivation, signed: Signature, sizes: At, at: At, point: Point
) -> bool:
    """Whether the results are those of the formulas; False where these are not real."""
    outputs = (signed.value, *signed.derivatives)
    with mpmath.workdps(DIGITS):
        try:
            formulas = [_table(o, sizes, at, point) for o in outputs]
            given = {a.name: _argument(a, sizes, at, point) for a in signed.arguments}
        except OutsideDomain:
            return False
    try:
        with np.errstate(all="ignore"):
            value, derivative = function(**given)
    except Exception as error:  # whatever a faulty text may raise
        raise _fault(derivation, f"raises {type(error).__name__} ({error})", given) from error
    derivatives = derivative if isinstance(derivative, tuple) else (derivative,)
    for output, found, formula in zip(outputs, (value, *derivatives), formulas, strict=True):
        if not np.allclose(found, formula, TOLERANCE, TOLERANCE, equal_nan=True):
            values = f"{np.asarray(found).tolist()} where the formula says {formula.tolist()}"
            raise _fault(derivation, f"gives a wrong {output.name}, {values}", given)
    return True


def _fault(derivation: Derivation, what: str, given: Mapping[str, Any]) -> DeriveError:
    arguments = ", ".join(f"{name}={np.asarray(a).tolist()}" for name, a in given.items())
    return DeriveError(
        f"the numpy kernel of {derivation.name} {what}, called with {arguments}; this is a fault "
        'of Derive, please report it. Until then, take kernel("mpmath")'
    )


def _number(expr: Expr, sizes: At) -> int:
    return int(expr.xreplace({size: Integer(value) for size, value in sizes.items()}))


def _argument(argument: Argument, sizes: At, at: At, point: Point) -> Any:
    """The numbers of a point as an array, classes from 0."""
    symbol = argument.symbol
    first = 0 if argument.kind != "classes" or argument.counts else 1
    whole = argument.kind in ("classes", "integers", "size")

    def entry(*place: int) -> Any:
        read = symbol[tuple(n + 1 for n in place)] if place else symbol
        return point.whole(read, at) - first if whole else float(point.value(read, at))

    if argument.kind == "size":
        return entry()
    shape = tuple(_number(n, sizes) for n in argument.axes)
    values = [entry(*place) for place in np.ndindex(shape)]
    return np.array(values, dtype=int if whole else float).reshape(shape)


def _table(output: Output, sizes: At, at: At, point: Point) -> Any:
    """The values of a formula, with an axis for each of its indices."""
    spans = [range(_number(r.lower, sizes), _number(r.upper, sizes) + 1) for r in output.indices]
    indices = [r.index for r in output.indices]
    values = [
        _value(output, {**at, **dict(zip(indices, place, strict=True))}, point)
        for place in product(*spans)
    ]
    return np.array(values, dtype=float).reshape([len(s) for s in spans])


def _value(output: Output, at: At, point: Point) -> float:
    """An entry of a formula; nan where a declared fact about the indices does not hold."""
    for fact in output.conditions:
        same = point.whole(fact.left, at) == point.whole(fact.right, at)
        if same != isinstance(fact, EqualFact):
            return float("nan")
    return float(point.value(output.closed, at))
