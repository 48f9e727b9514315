"""A pattern with expressions in the place of its metavariables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sympy import Expr, Indexed, Integer, Symbol
from sympy.core.basic import Basic

from derive.laws import Each, Meta, Rest, Slope, Value
from derive.notation import Apply, Binder, Head, Inert, replace
from derive.verify.slopes import function_slope

Values = Mapping[Symbol, object]


def instantiate(pattern: Expr, values: Values, rows: tuple[Values, ...]) -> Expr:
    """``pattern`` with its metavariables replaced; ``Each`` stands for one argument a row.

    Raises ``KeyError`` where a metavariable has no value.
    """
    match pattern:
        case Meta():
            return cast(Expr, values[pattern])
        case Value(function, indices):
            holes, body = cast(tuple[tuple[Symbol, ...], Expr], values[function])
            places = (instantiate(index, values, rows) for index in indices)
            return replace(body, dict(zip(holes, places, strict=True)))
        case Slope():
            return _slope(pattern, values, rows)
        case Binder():
            body, own = pattern.open()
            outside: list[Expr] = []
            for one in pattern.outside:
                found = values[one] if isinstance(one, Rest) else (instantiate(one, values, rows),)
                outside += cast(tuple[Expr, ...], found)
            return pattern.again(instantiate(body, values, rows), own, outside)
        case Apply():
            head = values[pattern.args[0]] if isinstance(pattern.args[0], Meta) else pattern.args[0]
            return Apply(head, *(instantiate(a, values, rows) for a in pattern.args[1:]))
        case Inert():
            return pattern.func(*_arguments(pattern.args, values, rows))
        case Indexed():
            return Indexed(pattern.base, *(instantiate(a, values, rows) for a in pattern.indices))
    if pattern.args:
        return pattern.func(*(instantiate(a, values, rows) for a in pattern.args))
    return pattern


def _arguments(args: tuple[Basic, ...], values: Values, rows: tuple[Values, ...]) -> list[Expr]:
    found: list[Expr] = []
    for argument in args:
        if isinstance(argument, Each):
            found += [instantiate(argument.pattern, {**values, **row}, ()) for row in rows]
        else:
            found.append(instantiate(argument, values, rows))
    return found


def _slope(pattern: Slope, values: Values, rows: tuple[Values, ...]) -> Expr:
    head = values[pattern.function] if isinstance(pattern.function, Meta) else pattern.function
    operands = [instantiate(u, values, rows) for u in pattern.operands]
    places, slope = function_slope(
        cast(Head, head).function, int(Integer(pattern.position)), len(operands)
    )
    return replace(slope, dict(zip(places, operands, strict=True)))
