"""Whether an expression is an instance of another for some values of its indices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby, islice, permutations, product

from sympy import Expr, Indexed, Symbol
from sympy.core.basic import Basic

from derive.display import Dotted
from derive.notation import (
    Attains,
    Binder,
    Delta,
    Inert,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    names,
    rename,
    replace,
)

Values = dict[Expr, Expr]
Pair = tuple[Basic, Basic]

TRIED = 24
"""Orders of the parts of a sum or product that are tried."""


def instance_of(pattern: Expr, expr: Expr, generic: tuple[Symbol, ...]) -> Values | None:
    """Values of the ``generic`` indices for which ``pattern`` is ``expr``, up to the order of terms
    and factors; None where there are none.
    """
    values: Values = {}
    if not _match(pattern, expr, generic, values):
        return None
    # Matching is lenient about order only through this comparison.
    return values if code(replace(pattern, values)) == code(expr) else None


def _match(pattern: Basic, expr: Basic, generic: tuple[Symbol, ...], values: Values) -> bool:
    if pattern in generic:
        # A parameter that is real is no index, unless it is said to be a whole number.
        if expr.is_integer is False or (expr.is_integer is None and expr.is_real):
            return False
        return bool(values.setdefault(pattern, expr) == expr)
    if isinstance(pattern, Total) and isinstance(expr, Total):
        # Dots are but a way to write a sum.
        pattern, expr = (e.total if isinstance(e, Dotted) else e for e in (pattern, expr))
    if type(pattern) is not type(expr) or len(pattern.args) != len(expr.args):
        return expr.is_Symbol and _match_index(pattern, expr, generic, values)
    if isinstance(pattern, Indexed) and isinstance(expr, Indexed):
        pairs = zip(pattern.indices, expr.indices, strict=True)
        return pattern.base == expr.base and all(_match(p, e, generic, values) for p, e in pairs)
    if isinstance(pattern, Binder) and isinstance(expr, Binder):
        limits = list(zip(pattern.limits[1:], expr.limits[1:], strict=False))
        if len(pattern.limits) != len(expr.limits):
            return False
        if isinstance(pattern, Attains) and isinstance(expr, Attains):
            limits.append((pattern.at_index, expr.at_index))
        body, index = pattern.open()
        other = rename(expr.body, expr.limits[0], index)
        if not all(_match(p, e, generic, values) for p, e in limits):
            return False
        # A value that mentions the bound index would escape its sum.
        return _match(body, other, generic, values) and not any(
            index in names(value) for value in values.values()
        )
    if not isinstance(pattern, Inert):
        return pattern == expr or _match_index(pattern, expr, generic, values)
    for arranged in islice(_pairings(pattern, expr, generic), TRIED):
        tried = dict(values)
        if all(_match(p, e, generic, tried) for p, e in arranged):
            values.update(tried)
            return True
    return False


def _pairings(pattern: Inert, expr: Basic, generic: tuple[Symbol, ...]) -> Iterator[list[Pair]]:
    """Arguments side by side; equal ones of a sum or product are paired first, in any order.

    Those of one shape go in any order, as two rows in a product. What is below a bar comes first:
    of a share it has fewer indices, but ``e^a + e^b`` does not say which of the two is above.
    """
    left, right = list(pattern.args), list(expr.args)
    if isinstance(pattern, Delta):
        # Which of two indices is written first depends on what they are called.
        yield from (list(zip(left, order, strict=True)) for order in (right, right[::-1]))
        return
    if not isinstance(pattern, (Plus, Times)):
        in_order = list(zip(left, right, strict=True))
        if isinstance(pattern, Quotient):
            yield in_order[::-1]
        yield in_order
        return
    pairs: list[Pair] = []
    for argument in list(left):
        if not names(argument) & set(generic):
            twin = next((e for e in right if code(e) == code(argument)), None)
            if twin is not None:
                left.remove(argument)
                right.remove(twin)
                pairs.append((argument, twin))
    left.sort(key=_shape)
    alike = [list(group) for _, group in groupby(sorted(right, key=_shape), key=_shape)]
    for orders in product(*map(permutations, alike)):
        yield pairs + list(zip(left, chain.from_iterable(orders), strict=True))


def _shape(expr: Basic) -> str:
    """A text that does not depend on what the indices are called."""
    if isinstance(expr, Indexed):
        return f"[{expr.base.name}{len(expr.indices)}]"
    if isinstance(expr, Symbol):
        return "s"
    if isinstance(expr, Dotted):
        return _shape(expr.total)
    return f"{type(expr).__name__}({','.join(_shape(a) for a in expr.args)})"


def _match_index(pattern: Basic, expr: Basic, generic: tuple[Symbol, ...], values: Values) -> bool:
    """Index arithmetic such as ``i + 1`` or ``K - i``."""
    if not (pattern.is_Add and (expr.is_Add or expr.is_Symbol)):
        return False
    offset, rest = pattern.as_coeff_Add()
    other, remainder = expr.as_coeff_Add()
    if expr.is_Add:
        if offset != other:
            return False
        if offset != 0 and rest.is_Add == remainder.is_Add:
            return _match(rest, remainder, generic, values)
    # Of letters one is the index, and it is what the others leave.
    found = [s for s in pattern.free_symbols if s in generic]
    slope = pattern.coeff(found[0]) if len(found) == 1 else None
    if slope not in (1, -1):
        return False
    value = ((expr - pattern + slope * found[0]) / slope).expand()
    return bool(values.setdefault(found[0], value) == value)
