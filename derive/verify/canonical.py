"""Expressions up to order and grouping: the form in which the matcher compares them.

Sums and products are flat, ``Minus`` is a factor -1, ``Quotient`` a factor to the power -1, units
are gone and numbers combined. Nothing is multiplied out or cancelled: those are rules' work, and a
rule's claim has to show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sympy import (
    Add,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Mul,
    Number,
    Pow,
    Rational,
    S,
    Symbol,
)
from sympy.core.basic import Basic

from derive.notation import (
    ONE,
    Binder,
    Delta,
    Head,
    Inert,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    names,
)


@dataclass(frozen=True)
class Product:
    """A number times factors over factors."""

    number: Rational
    above: tuple[Expr, ...]
    below: tuple[Expr, ...]

    def inverse(self) -> Product:
        return Product(1 / self.number, self.below, self.above)

    def expression(self) -> Expr:
        """The product in inert notation."""
        above = Times(self.number, *self.above) if self.number != 1 else _joined(self.above)
        return Quotient(above, _joined(self.below)) if self.below else above


def product(expr: Expr) -> Product:
    """``expr`` as a product; an expression of another kind is its own single factor."""
    match expr:
        case Number():
            return Product(expr, (), ())
        case Times() | Mul():
            return _multiplied([product(a) for a in expr.args])
        case Minus(operand):
            return _multiplied([Product(S.NegativeOne, (), ()), product(operand)])
        case Quotient(above, below):
            denominator = product(below)
            if denominator.number == 0:
                return Product(S.One, (expr,), ())
            return _multiplied([product(above), denominator.inverse()])
        case Power(base, exponent) | Pow(base=base, exp=exponent):
            number = constant(exponent)
            if number is not None and number == 1:
                return product(base)
            if number is not None and isinstance(number, Integer) and number < 0:
                inner = product(base if number == -1 else Power(base, -number))
                return Product(S.One, (expr,), ()) if inner.number == 0 else inner.inverse()
    items = terms(expr)
    if len(items) == 1 and items[0] is not expr:
        return product(items[0])
    return Product(S.One, (expr,), ())


def terms(expr: Expr) -> tuple[Expr, ...]:
    """``expr`` as a sum: its terms, with one number at most, and last."""
    if not isinstance(expr, (Plus, Add)):
        return (expr,)
    number = S.Zero
    found: list[Expr] = []
    for term in _addends(expr, 1):
        if isinstance(term, Number):
            number += term
        else:
            found.append(term)
    if number != 0 or not found:
        found.append(number)
    return tuple(found)


def constant(expr: Expr) -> Rational | None:
    """The number that ``expr`` is, if it is one as written."""
    items = terms(expr)
    if len(items) != 1:
        return None
    item = items[0]
    if isinstance(item, Number):
        return item
    if isinstance(item, (Times, Minus, Quotient, Mul)):
        whole = product(item)
        return whole.number if not whole.above and not whole.below else None
    return None


def same(left: Expr, right: Expr) -> bool:
    """Whether two expressions differ in order and grouping at most."""
    return left == right or text(left) == text(right)


def text(expr: Basic) -> str:
    """A text that is equal for expressions that differ in order and grouping at most."""
    return _text(expr, ())


@lru_cache(maxsize=100_000)
def _text(expr: Basic, bound: tuple[Symbol, ...]) -> str:
    """``bound`` holds the indices bound around the place, the nearest last."""
    used = tuple(s for s in bound if s in names(expr))
    if used == () != bound:
        # The text does not depend on what is bound around, and is remembered without it.
        return _text(expr, ())
    match expr:
        case Symbol() if expr in bound:
            return f"#{len(bound) - bound.index(expr)}"
        case Indexed():
            places = ",".join(_text(a, bound) for a in expr.indices)
            return f"{expr.base.name}[{places}]"
        case Binder():
            index, *limits = expr.limits
            inner = _text(expr.body, (*bound, index))
            lower, upper, *excluded = (_text(a, bound) for a in limits)
            apart = ",".join(sorted(excluded))
            return f"{type(expr).__name__}({inner};{lower};{upper};{apart})"
        case Head():
            return f"<{expr.function.__name__}>"
        case Delta():
            return f"Delta({','.join(sorted(_text(a, bound) for a in expr.args))})"
        case Symbol() | Number() | IndexedBase():
            return str(expr)
        case Plus() | Add():
            items = terms(expr)
            if len(items) > 1:
                return f"({' + '.join(sorted(_text(t, bound) for t in items))})"
            return _text(items[0], bound)
        case Times() | Mul() | Minus() | Quotient() | Power() | Pow():
            whole = product(expr)
            if whole != Product(S.One, (expr,), ()):
                return _product_text(whole, bound)
    kind = "Power" if isinstance(expr, Pow) else type(expr).__name__
    return f"{kind}({','.join(_text(a, bound) for a in expr.args)})" if expr.args else str(expr)


def _product_text(whole: Product, bound: tuple[Symbol, ...]) -> str:
    above = sorted(_text(f, bound) for f in whole.above)
    if whole.number != 1 or not (above or whole.below):
        above.insert(0, str(whole.number))
    below = sorted(_text(f, bound) for f in whole.below)
    if len(above) == 1 and not below:
        return above[0]
    return f"({'*'.join(above)}/{'/'.join(below)})"


def _addends(expr: Expr, sign: int) -> list[Expr]:
    """The terms of a sum; sums inside are joined to it, those with a minus sign too."""
    match expr:
        case Plus() | Add():
            return [t for a in expr.args for t in _addends(a, sign)]
        case Minus(operand):
            return _addends(operand, -sign)
        case Mul() if expr.args[0] == -1:
            return _addends(_joined(expr.args[1:]), -sign)
    number = constant(expr) if isinstance(expr, Inert) else None
    if number is not None:
        return [sign * number]
    if isinstance(expr, Number):
        return [sign * expr]
    return [expr if sign == 1 else Minus(expr)]


def _multiplied(parts: list[Product]) -> Product:
    number = S.One
    for part in parts:
        number = number * part.number
    above = tuple(f for part in parts for f in part.above)
    return Product(number, above, tuple(f for part in parts for f in part.below))


def _joined(factors: tuple[Expr, ...]) -> Expr:
    return ONE if not factors else factors[0] if len(factors) == 1 else Times(*factors)


def sum_of(items: tuple[Expr, ...]) -> Expr:
    """Terms as one expression."""
    return S.Zero if not items else items[0] if len(items) == 1 else Plus(*items)


