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


def _each_row(
    row: Callable[..., Any], batch: tuple[int, ...], arrays: Any, shapes: Any
) -> list[Any]:
    """The results of ``row`` for every batch entry; ``arrays`` are pairs of array and axes."""
    # Integers of NumPy are none for mpmath.
    plain = [(np.asarray(a).astype(object), axes) for a, axes in arrays]
    spread = [np.broadcast_to(a, batch + a.shape[a.ndim - axes :]) for a, axes in plain]
    results = [np.empty(batch + shape, dtype=object) for shape in shapes]
    for place in np.ndindex(batch):
        outcome = row(*(array[place] for array in spread))
        for result, part in zip(results, outcome, strict=True):
            result[place] = part
    return [result[()] for result in results]
