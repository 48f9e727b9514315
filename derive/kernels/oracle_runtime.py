"""What every mpmath kernel brings along, where it differs from the NumPy kernels."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from mpmath import mp


def _floats(what: str, array: Any, axes: int, dtype: Any) -> Any:
    """An array of mpmath numbers with at least the given number of axes."""
    array = np.asarray(array, dtype=object)
    try:
        array = np.array(list(map(_number, array.flat)), dtype=object).reshape(array.shape)
    except (TypeError, ValueError):
        raise TypeError(f"{what} holds something that is no real number; give numbers") from None
    if array.ndim < axes:
        raise ValueError(
            f"{what} has the shape {array.shape}, too few axes; "
            f"give it {axes} after its batch axes, which may be none"
        )
    return array


def _number(number: Any) -> Any:
    """One real number, exactly as given; text such as ``"0.1"`` is read to all digits."""
    return mp.mpf(mp.convert(number))


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """A definition whose values are computed once."""
    return cache(function)


def _settled(row: Callable[..., Any], numbers: list[Any]) -> Any:
    """The results of a row, with more digits where these round what is divided by to zero.

    At scores of 1000 the digits in which ``1 - p`` is not 0 come after some 400 in which it is.
    """
    for more in (1, 4, 16):
        with mp.workprec(mp.prec * more):
            try:
                outcome = row(*numbers)
            except ZeroDivisionError:
                continue
        if all(map(_has_value, outcome)):
            return outcome
    with mp.workprec(mp.prec * 64):
        return row(*numbers)


def _has_value(part: Any) -> bool:
    """Whether nothing is infinite or undefined, but for what a condition on indices leaves out."""
    return all(mp.isfinite(n) or n is mp.nan for n in np.asarray(part, dtype=object).flat)


def _each_row(
    row: Callable[..., Any], batch: tuple[int, ...], arrays: Any, shapes: Any
) -> list[Any]:
    """The results of ``row`` for every batch entry; ``arrays`` are pairs of array and axes."""
    # Integers of NumPy are none for mpmath.
    plain = [(np.asarray(a).astype(object), axes) for a, axes in arrays]
    spread = [np.broadcast_to(a, batch + a.shape[a.ndim - axes :]) for a, axes in plain]
    results = [np.empty(batch + shape, dtype=object) for shape in shapes]
    for place in np.ndindex(batch):
        outcome = _settled(row, [array[place] for array in spread])
        for result, part in zip(results, outcome, strict=True):
            result[place] = part
    return [result[()] for result in results]
