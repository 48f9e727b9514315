"""The checker's own derivatives, taken all the way down.

The rules push a derivative one level at a time; this is the second opinion on where that ends.
"""

from __future__ import annotations

from functools import cache

from sympy import Dummy, Expr, Function, Indexed, Integer, Max, Min, Symbol, sign
from sympy.core.function import ArgumentIndexError, Derivative, Subs

from derive.display import Choice, Grid
from derive.facts import Definition
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Delta,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    names,
    replace,
)
from derive.verify.plain import as_inert


class Slopes:
    """Derivatives under given definitions, each taken once."""

    def __init__(self, definitions: tuple[Definition, ...]) -> None:
        self._definitions = {d.base: d for d in definitions}
        self._memory: dict[tuple[Expr, Expr], Expr] = {}
        self._sources: dict[Expr, frozenset[Expr]] = {}

    def __call__(self, expr: Expr, variable: Expr) -> Expr:
        """The derivative of ``expr`` by ``variable``, without any ``Partial`` in it.

        ``variable`` may be an entry of a definition: that is then a variable like any other.
        Neither may contain a stored index that is bound around them: it would be captured.
        Raises ``NotImplementedError`` where SymPy knows no derivative.
        """
        key = (expr, variable)
        if key not in self._memory:
            depends = self.depends(expr, variable)
            self._memory[key] = self._slope(expr, variable) if depends else ZERO
        return self._memory[key]

    def depends(self, expr: Expr, variable: Expr) -> bool:
        """Whether ``expr`` can depend on ``variable``, through definitions or directly."""
        return _base(variable) in self._made_of(expr, _base(variable))

    def _slope(self, expr: Expr, variable: Expr) -> Expr:
        match expr:
            case Symbol() | Indexed():
                return self._leaf(expr, variable)
            case Plus(args):
                return _plus(self(a, variable) for a in args)
            case Times(args):
                return _plus(
                    _times(*args[:n], self(a, variable), *args[n + 1 :]) for n, a in enumerate(args)
                )
            case Minus(operand):
                return Minus(self(operand, variable))
            case Quotient(above, below):
                return self(Times(above, Power(below, Integer(-1))), variable)
            case Power(base, exponent):
                lower = exponent - 1 if exponent.is_Number else Plus(exponent, Integer(-1))
                by_base = _times(exponent, Power(base, lower), self(base, variable))
                slope = self(exponent, variable)
                # No logarithm of the base unless it is needed: the base may be negative.
                by_exponent = ZERO if slope == 0 else Times(expr, Log(base), slope)
                return _plus((by_base, by_exponent))
            case Exp(operand):
                return _times(expr, self(operand, variable))
            case Log(operand):
                return _times(self(operand, variable), Power(operand, Integer(-1)))
            case Apply(function) if function is sign:
                # It does not change but at its jump.
                return ZERO
            case Apply(function, (first, second)) if function in (Max, Min):
                # Where both are equal, that of the first.
                sides = (second, first) if function is Max else (first, second)
                return Threshold(*sides, self(second, variable), self(first, variable))
            case Threshold(first, second, above, otherwise):
                return Threshold(first, second, self(above, variable), self(otherwise, variable))
            case Apply():
                inner = [self(u, variable) for u in expr.operands]
                # What does not vary needs no derivative: that of a polygamma by its order.
                return _plus(
                    _times(_partial(expr, n), slope) for n, slope in enumerate(inner) if slope != 0
                )
            case Total():
                body, index = expr.open()
                slope = self(body, variable)
                return ZERO if slope == 0 else expr.over(slope, index)
            case ProductOver():
                body, index = expr.open()
                slope = self(body, variable)
                if slope == 0:
                    return ZERO
                others = ProductOver(body, (index, *expr.outside, index))
                return Total(Times(slope, others), (index, *expr.outside))
            case Maximum():
                body, index = expr.open()
                slope, limits = self(body, variable), (index, *expr.limits[1:])
                if slope == 0:
                    return ZERO
                return Total(Times(Attains(body, limits, index), slope), limits)
            case Attains():
                # It does not change but where two entries tie.
                return ZERO
            case Choice(first, second, same, other):
                return Choice(first, second, self(same, variable), self(other, variable))
            case Grid(entry):
                return self(entry, variable)
            case Partial(operand, inner):
                return self(self(operand, inner), variable)
        raise NotImplementedError(f"no derivative of {type(expr).__name__} is known")

    def _leaf(self, leaf: Expr, variable: Expr) -> Expr:
        if isinstance(leaf, Indexed) and isinstance(variable, Indexed):
            if leaf.base == variable.base:
                return _times(*map(Delta, leaf.indices, variable.indices))
        elif leaf == variable:
            return ONE
        definition = self._definitions.get(_base(leaf))
        if definition is None:
            raise NotImplementedError(f"{variable} counts the entries of {_base(leaf)}")
        if isinstance(leaf, Symbol):
            return self(definition.value, variable)
        values = dict(zip(definition.indices, leaf.indices, strict=True))
        return self(replace(definition.value, values), variable)

    def _made_of(self, expr: Expr, variable: Expr) -> frozenset[Expr]:
        """Arrays and symbols in ``expr``, through the definitions short of ``variable``."""
        found: set[Expr] = set()
        waiting = [*bases(expr), *names(expr)]
        while waiting:
            base = waiting.pop()
            if base in found:
                continue
            found.add(base)
            if base in self._definitions and base != variable:
                value = self._definitions[base].value
                waiting += [*bases(value), *names(value)]
        return frozenset(found)


def _base(leaf: Expr) -> Expr:
    return leaf.base if isinstance(leaf, Indexed) else leaf


def _plus(terms: object) -> Expr:
    kept = [t for t in terms if t != 0]  # type: ignore[attr-defined]
    return ZERO if not kept else kept[0] if len(kept) == 1 else Plus(*kept)


def _times(*factors: Expr) -> Expr:
    if ZERO in factors:
        return ZERO
    kept = [f for f in factors if f != 1]
    return ONE if not kept else kept[0] if len(kept) == 1 else Times(*kept)


def _partial(expr: Apply, position: int) -> Expr:
    """The derivative of a function by one of its arguments, at its operands."""
    places, slope = function_slope(expr.function, position + 1, len(expr.operands))
    return replace(slope, dict(zip(places, expr.operands, strict=True)))


@cache
def function_slope(function: type, position: int, count: int) -> tuple[tuple[Symbol, ...], Expr]:
    """The derivative of a function by its n-th argument, at the symbols that come first."""
    places = tuple(Dummy(f"x{n}", real=True) for n in range(count))
    try:
        slope = function(*places).fdiff(position)
    except ArgumentIndexError as error:
        raise NotImplementedError(f"no derivative of {function.__name__} is known") from error
    if slope.has(Derivative, Subs):
        # Nothing is known of it: a function of its own.
        return places, Apply(Head(Function(f"{function.__name__}_{position}")), *places)
    return places, as_inert(slope)
