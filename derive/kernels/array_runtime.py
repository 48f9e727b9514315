"""What every NumPy kernel brings along: reading its arguments and handing out its results.

The text of these functions is put below each kernel that uses them, so that the kernel can be
imported on its own. They speak of ``what`` the argument is called in every message.
"""

# mypy: disable-error-code="no-any-return"

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np


def _dtype(**arrays: Any) -> Any:
    """The floating-point type that all arrays share; Python numbers and integers follow it."""
    kinds = set(map(_float_type, arrays.values())) - {None}
    if len(kinds) > 1:
        named = ", ".join(map("{} is {}".format, arrays, map(_type_name, arrays.values())))
        raise TypeError(f"arrays of different floating-point types: {named}; convert them to one")
    return kinds.pop() if kinds else np.dtype(np.float64)


def _float_type(array: Any) -> Any:
    if isinstance(array, (bool, int, float)) and not isinstance(array, np.generic):
        return None
    dtype = np.asarray(array).dtype
    return dtype if np.issubdtype(dtype, np.floating) else None


def _type_name(array: Any) -> str:
    return str(np.asarray(array).dtype if hasattr(array, "dtype") else type(array).__name__)


def _floats(what: str, array: Any, axes: int, dtype: Any) -> Any:
    """An array of real numbers with at least the given number of axes."""
    array = np.asarray(array)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{what} is of type {array.dtype}; give real floating-point numbers")
    return _with_axes(what, array.astype(dtype, copy=False), axes)


def _with_axes(what: str, array: Any, axes: int) -> Any:
    if array.ndim < axes:
        raise ValueError(
            f"{what} has the shape {array.shape}, too few axes; "
            f"give it {axes} after its batch axes, which may be none"
        )
    return array


def _integers(what: str, array: Any, axes: int) -> Any:
    """An array of integers with at least the given number of axes."""
    array = np.asarray(array)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{what} is of type {array.dtype}; give integers, 0 for the first class")
    return _with_axes(what, array.astype(np.intp, copy=False), axes)


def _plain_integers(what: str, array: Any, axes: int) -> Any:
    """An array of integers that are no classes, as they are given."""
    array = np.asarray(array)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(f"{what} is of type {array.dtype}; give integers")
    return _with_axes(what, array.astype(np.intp, copy=False), axes)


def _labels(what: str, array: Any, axes: int, dtype: Any) -> Any:
    """Labels as floats, one for each class, or as integer classes without that axis."""
    array = np.asarray(array)
    if array.dtype.kind in "iu":
        return _integers(what, array, axes - 1)
    return _floats(what, array, axes, dtype)


def _is_classes(array: Any) -> bool:
    return array.dtype.kind in "iu"


def _size(what: str, size: Any) -> int:
    """A size: an integer of at least 1."""
    try:
        size = operator.index(size)
    except TypeError:
        raise TypeError(f"the size {what} is {size!r}; give an integer") from None
    if size < 1:
        raise ValueError(f"the size {what} is {size}; it has to be at least 1")
    return size


def _check_axes(what: str, array: Any, wanted: tuple[int, ...], described: str) -> None:
    """The last axes have the sizes that the other arguments tell."""
    found = array.shape[array.ndim - len(wanted) :]
    if found != wanted:
        raise ValueError(
            f"{what} has the shape {array.shape}, which ends in {found}; "
            f"the other arguments ask for {described} = {wanted} there"
        )


def _check_classes(what: str, classes: Any, count: int) -> None:
    """Classes run from 0 to ``count - 1``."""
    if classes.size and (classes.min() < 0 or classes.max() >= count):
        worst = classes.min() if classes.min() < 0 else classes.max()
        raise ValueError(f"{what} holds the class {worst}; classes run from 0 to {count - 1}")


def _check_range(what: str, classes: Any, first: int, count: int) -> None:
    """Classes of which the first ones are ruled out run from ``first`` to ``count - 1``."""
    if classes.size and (classes.min() < first or classes.max() >= count):
        worst = classes.min() if classes.min() < first else classes.max()
        raise ValueError(f"{what} holds the class {worst}; classes run from {first} to {count - 1}")


def _check_counts(what: str, counts: Any, most: int) -> None:
    """Numbers of terms run from 1 to ``most``."""
    if counts.size and (counts.min() < 1 or counts.max() > most):
        worst = counts.min() if counts.min() < 1 else counts.max()
        raise ValueError(f"{what} holds the count {worst}; counts run from 1 to {most}")


def _check_label_shape(what: str, labels: Any, like: Any) -> None:
    """Integers of the very shape of ``like`` look like indicators, which have to be floats."""
    if _is_classes(labels) and labels.shape == like.shape:
        raise ValueError(
            f"{what} is an array of integers with the shape {labels.shape}: as classes it has one "
            "axis too many; give floats for probabilities or indicators"
        )


def _with_classes(what: str, labels: Any, count: int, dtype: Any) -> Any:
    """Labels with an axis for the classes, whichever way they came."""
    if not _is_classes(labels):
        return labels
    _check_classes(what, labels, count)
    one_hot = np.zeros((*labels.shape, count), dtype)
    np.put_along_axis(one_hot, labels[..., None], 1, axis=-1)
    return one_hot


def _batch(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The common batch shape."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        named = ", ".join(map("{} has {}".format, shapes, shapes.values()))
        raise ValueError(f"the batch axes do not fit each other: {named}") from None


def _norm(array: Any, axes: Any) -> Any:
    """The root of the sum of squares, of numbers near one where these are too large or too little.

    Those are the numbers over a power of two, which takes no digit away.
    """
    array = np.asarray(array, np.result_type(array, np.float16))
    limits = np.finfo(array.dtype)
    with np.errstate(over="ignore"):
        squares = np.sum(array**2, axis=axes)
    if np.all((squares > limits.tiny / limits.eps) & (squares < np.inf)):
        return np.sqrt(squares)
    _, power = np.frexp(np.max(np.abs(array), axis=axes, keepdims=True, initial=0))
    near = np.ldexp(array, -power)
    return np.ldexp(np.sqrt(np.sum(near**2, axis=axes)), np.squeeze(power, axes))


def _others(array: Any) -> Any:
    """For each entry of the last axis the product of all others."""
    ones = np.ones_like(array[..., :1])
    before = np.cumprod(np.concatenate([ones, array[..., :-1]], axis=-1), axis=-1)
    behind = np.concatenate([array[..., 1:], ones], axis=-1)
    return before * np.cumprod(behind[..., ::-1], axis=-1)[..., ::-1]


def _entrywise(function: Callable[[float], float], array: Any) -> Any:
    """A function of single numbers for every entry, in the type of the array."""
    if not isinstance(array, (np.ndarray, np.generic)):
        return function(array)
    return np.vectorize(function, otypes=[float])(array).astype(array.dtype)


def _erf(array: Any) -> Any:
    """The error function."""
    return _entrywise(math.erf, array)


def _erfc(array: Any) -> Any:
    """1 less the error function, with all digits where little is left."""
    return _entrywise(math.erfc, array)


def _log_half_erfc(array: Any) -> Any:
    """The logarithm of half of what the error function leaves of 1."""
    return _entrywise(_log_half_erfc_of, array)


def _log_half_erfc_of(number: float) -> float:
    """By what is left over the square where nothing is left that a number could say."""
    if number < 0:
        return math.log1p(-math.erfc(-number) / 2)
    if number < 10:
        return math.log(math.erfc(number) / 2)
    return _log_half_erfcx_of(number) - number**2


def _log_half_erfcx(array: Any) -> Any:
    """The same logarithm and the square of the number, which nearly cancel."""
    return _entrywise(_log_half_erfcx_of, array)


def _log_half_erfcx_of(number: float) -> float:
    """Abramowitz and Stegun, 7.1.23, where the number is large."""
    if number < 0:
        return math.log1p(-math.erfc(-number) / 2) + number**2
    if number < 10:
        # The last digits of the square, too: beside one they are not few.
        head = round(number * 2**20) / 2**20
        rest = (number - head) * (number + head)
        return math.log(math.erfc(number) / 2 * math.exp(head * head) * math.exp(rest))
    series, term = 1.0, 1.0
    for n in range(1, 14):
        term *= -(2 * n - 1) / (2 * number**2)
        series += term
    return math.log(series / (2 * number * math.sqrt(math.pi)))


def _exp_rise(array: Any) -> Any:
    """``u e^u - e^u + 1``, by its series near zero, where the terms cancel."""
    with np.errstate(all="ignore"):
        series = np.zeros_like(array)
        for n in range(22, 1, -1):
            series = (n - 1) / math.factorial(n) + array * series
        far = np.exp(array) * (array - 1) + 1
        return np.where(np.abs(array) < 1, array * array * series, far)


def _ratio(above: Any, below: Any) -> Any:
    """One over the other, and 1 where both have rounded to zero."""
    with np.errstate(all="ignore"):
        return np.where((above == 0) & (below == 0), np.ones_like(below), above / below)


def _gamma(array: Any) -> Any:
    """The gamma function."""
    return _entrywise(_gamma_of, array)


def _gamma_of(number: float) -> float:
    try:
        return math.gamma(number)
    except OverflowError:
        return math.inf
    except ValueError:  # a pole
        return math.nan


def _lgamma(array: Any) -> Any:
    """The logarithm of the gamma function; nan where that is negative."""
    return _entrywise(_lgamma_of, array)


def _lgamma_of(number: float) -> float:
    if number < 0 and number % 2 > 1:
        return math.nan
    try:
        return math.lgamma(number)
    except (OverflowError, ValueError):  # too large, and a pole
        return math.inf


def _polygamma(order: int, array: Any) -> Any:
    """The digamma function (order 0) and its derivatives.

    Abramowitz and Stegun, 6.3.18 and 6.4.11, after as many steps up as these series ask for;
    6.4.7 below zero.
    """
    given = array if isinstance(array, (np.ndarray, np.generic)) else np.float64(array)
    x = np.asarray(given, float)
    with np.errstate(all="ignore"):
        above = _polygamma_above(order, np.where(x > 0, x, 1 - x))
        turned = np.pi * (x - np.round(x))
        cotangent = np.where(turned == 0, np.nan, 1 / np.tan(turned))
        mirrored = np.pi ** (order + 1) * _cotangent_derivative(order)(cotangent)
        result = np.where(x > 0, above, (-1) ** order * above - mirrored)
    return result.astype(given.dtype)


def _polygamma_above(order: int, x: Any) -> Any:
    """The digamma function and its derivatives above zero."""
    return _polygamma_series(order, x, np.log, lambda y, power: y**-power)


def _polygamma_step(order: int, x: Any, step: Any) -> Any:
    """What the digamma function (order 0) or a derivative is more at ``x + step`` than at ``x``.

    Above zero all that the series is made of is taken by its own step.
    """
    kind = np.result_type(x, step)
    start, step = np.broadcast_arrays(np.asarray(x, float), np.asarray(step, float))
    end, size = start + step, np.abs(step)
    with np.errstate(all="ignore"):
        x = np.minimum(start, end)
        rise = _polygamma_series(
            order,
            np.where(x > 0, x, 1),
            lambda y: np.log1p(size / y),
            lambda y, power: y**-power * np.expm1(-power * np.log1p(size[..., None] / y)),
        )
        rise = np.where(step < 0, -rise, rise)
        plain = _polygamma(order, end) - _polygamma(order, start)
        result = np.where(x > 0, rise, plain)
    return result.astype(kind if np.issubdtype(kind, np.floating) else float)


def _polygamma_series(
    order: int, x: Any, logarithm: Callable[[Any], Any], power: Callable[[Any, Any], Any]
) -> Any:
    """The digamma function or a derivative, made of a logarithm and of powers ``y**-p``."""
    steps = 15 + order
    y = x + steps
    passed = np.sum(power(x[..., None] + np.arange(steps), order + 1.0), axis=-1)
    # Bernoulli's numbers of even index over that index.
    bernoulli = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]
    n = 2.0 * np.arange(1, 9)
    # (n + order - 1)! / (n - 1)!, the factors that ``order`` derivatives bring
    rising = np.prod(n[:, None] + np.arange(order), axis=-1)
    series = np.sum(bernoulli * rising * power(y[..., None], n + order), axis=-1)
    half = power(y[..., None], order + 1.0)[..., 0] / 2
    if order == 0:
        return logarithm(y) - half - series - passed
    first = power(y[..., None], float(order))[..., 0]
    whole = math.factorial(order) * (passed + half) + math.factorial(order - 1) * first
    return (-1) ** (order + 1) * (whole + series)


def _cotangent_derivative(order: int) -> Any:
    """A derivative of the cotangent, as a polynomial in the cotangent."""
    if order == 0:
        return np.polynomial.Polynomial([0, 1])
    return np.polynomial.Polynomial([-1, 0, -1]) * _cotangent_derivative(order - 1).deriv()


def _picked(array: Any, positions: Any) -> Any:
    """The entries of the last axis of ``array`` at ``positions``; all other axes broadcast."""
    shape = np.broadcast_shapes(array.shape[:-1], positions.shape)
    array = np.broadcast_to(array, (*shape, array.shape[-1]))
    positions = np.broadcast_to(positions, shape)[..., None]
    return np.take_along_axis(array, positions, axis=-1)[..., 0]


def _replaced(array: Any, positions: Any, value: Any) -> Any:
    """``array`` with a value at ``positions`` of its last axis; all other axes broadcast."""
    shape = np.broadcast_shapes(array.shape[:-1], positions.shape, np.shape(value))
    array = np.broadcast_to(array, (*shape, array.shape[-1]))
    array = array.astype(np.result_type(array, value))
    positions = np.broadcast_to(positions, shape)[..., None]
    np.put_along_axis(array, positions, np.broadcast_to(value, shape)[..., None], axis=-1)
    return array


def _result(array: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """A result for every batch entry, in the type of the inputs."""
    array = np.asarray(array, dtype)
    if array.shape != shape:
        array = np.array(np.broadcast_to(array, shape))
    return array[()]


def _check_length(what: str, out: Any, count: int) -> None:
    """``out`` is nested as the results are."""
    if not isinstance(out, (tuple, list)) or len(out) != count:
        raise TypeError(f"{what} is no tuple of {count}; give arrays nested as the results are")


def _check_out(what: str, out: Any, result: Any) -> None:
    """An array into which a result can be written."""
    if not isinstance(out, np.ndarray) or out.dtype != result.dtype:
        found = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"out for the {what} is of type {found}; give an array of {result.dtype}")
    if out.shape != result.shape:
        raise ValueError(
            f"out for the {what} has the shape {out.shape}; give one of shape {result.shape}"
        )
