"""Expressions up to order and grouping: the form in which the matcher compares them.

Sums and products are flat, ``Minus`` is a factor -1, ``Quotient`` a factor to the power -1, units
are gone and numbers combined. Nothing is multiplied out or cancelled: those are rules' work, and a
rule's claim has to show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    IndexedBase,
    Mul,
    Number,
    Pow,
    Rational,
    S,
    Symbol,
    expand,
    factorrat,
)
from sympy.core.basic import Basic

from derive.display import Grid
from derive.laws import Each
from derive.notation import (
    ONE,
    Attains,
    Binder,
    Bound,
    Bracket,
    Delta,
    Head,
    Minus,
    Opened,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    binders,
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

    def items(self) -> tuple[Expr, ...]:
        """The factors, those below as fractions, the number's own factors among them.

        Small powers count as so many factors: a part of them can be taken.
        """
        return (*_number_factors(self.number), *self._others())

    def written(self) -> tuple[Expr, ...]:
        """The factors as in ``items``, with the number in one piece."""
        return (*((self.number,) if self.number != 1 else ()), *self._others())

    def _others(self) -> Iterator[Expr]:
        for factor in self.above:
            yield from _repeated(factor)
        for factor in self.below:
            yield from (Quotient(1, part) for part in _repeated(factor))

    def expression(self) -> Expr:
        """The product in inert notation."""
        above = Times(self.number, *self.above) if self.number != 1 else _joined(self.above)
        return Quotient(above, _joined(self.below)) if self.below else above


def _repeated(factor: Expr) -> tuple[Expr, ...]:
    if (
        not isinstance(factor, Power)
        or isinstance(factor.base, Power)
        or product(factor.base) != Product(S.One, (factor.base,), ())
    ):
        # The square of a fraction or of a power is one: to take it apart is a rule's work.
        return (factor,)
    exponent = constant(factor.exponent)
    if exponent is None or not 1 < exponent < 5:
        return (factor,)
    whole, part = divmod(exponent, 1)
    return (*(factor.base,) * int(whole), *((Power(factor.base, part),) if part else ()))


def _number_factors(number: Rational) -> tuple[Expr, ...]:
    """Sign and prime factors of a number; where there are many, sign and size."""
    sign = (S.NegativeOne,) if number < 0 else ()
    powers = [(prime, power) for prime, power in factorrat(abs(number)).items() if prime != 1]
    primes = tuple(Rational(p) ** (1 if n > 0 else -1) for p, n in powers for _ in range(abs(n)))
    return (*sign, *(primes if len(primes) <= 4 else (abs(number),)))


@lru_cache(maxsize=100_000)
def product(expr: Expr) -> Product:
    """``expr`` as a product; an expression of another kind is its own single factor."""
    match expr:
        case Number():
            return Product(expr, (), ())
        case Plus() | Times() if len(expr.args) == 1 and isinstance(expr.args[0], Each):
            return Product(S.One, (expr,), ())
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
            number, root = constant(exponent), constant(base)
            if root == 1:
                return Product(S.One, (), ())
            if root and number is not None and number.is_integer and abs(number) < 9:
                return Product(root**number, (), ())
            if number is not None and number == 1:
                return product(base)
            if number is not None and number < 0:
                inner = product(base if number == -1 else Power(base, -number))
                return Product(S.One, (expr,), ()) if inner.number == 0 else inner.inverse()
            if number is None and (own := _of_parameters(exponent)) is not None:
                if isinstance(own, Number):
                    return product(Power(base, own))
                if own.could_extract_minus_sign():
                    return product(Power(base, -own)).inverse()
                return Product(S.One, (Power(base, own),), ())
        case Total():
            body = product(expr.body)
            if body.number not in (0, 1):
                # A number may stand before a sum or inside.
                inside = Product(S.One, body.above, body.below).expression()
                return Product(body.number, (Total(inside, expr.limits),), ())
    items = terms(expr)
    if len(items) == 1 and items[0] is not expr:
        return product(items[0])
    return Product(S.One, (expr,), ())


_NAMES = (Symbol, Bound, Opened)


@lru_cache(maxsize=10_000)
def _of_parameters(exponent: Expr) -> Expr | None:
    """An exponent of numbers, parameters and indices, with its terms collected; None for others."""
    plain = all(type(a) in _NAMES or isinstance(a, Number) for a in exponent.atoms())
    if binders(exponent) or not plain:
        return None
    return expand(exponent.doit())


def terms(expr: Expr) -> tuple[Expr, ...]:
    """``expr`` as a sum: its terms, with one number at most, and last."""
    if isinstance(expr, Minus):
        inside = terms(expr.operand)
        return terms(Plus(expr)) if len(inside) > 1 else (expr,)
    if isinstance(expr, (Times, Mul)):
        # A minus sign may be written as a factor -1.
        whole = product(expr)
        turned = whole.number == -1 and len(whole.above) == 1 and not whole.below
        return terms(Minus(whole.above[0])) if turned else (expr,)
    if not isinstance(expr, (Plus, Add)) or isinstance(expr.args[0], Each):
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
    if bound and not names(expr).intersection(bound):
        # What is bound around plays no part, so that the text is remembered without it.
        return _text(expr, ())
    match expr:
        case Symbol() if expr in bound:
            return f"#{len(bound) - bound.index(expr)}"
        case Dummy():
            return f"{expr.name}#{expr.dummy_index}"
        case Indexed():
            places = ",".join(_text(a, bound) for a in expr.indices)
            return f"{expr.base.name}[{places}]"
        case Head():
            return f"<{expr.function.__name__}>"
        case Delta():
            apart = expr.first - expr.second
            return f"Delta({min(_text(apart, bound), _text(-apart, bound))})"
        case Bracket():
            # [1 <= k - t] is [t + 1 <= k].
            return f"Bracket({_text(expr.upper - expr.lower, bound)})"
        case Symbol() | Number() | IndexedBase():
            return str(expr)
        case Grid(entry):
            return _text(entry, bound)
        case Plus() | Add():
            items = terms(expr)
            if len(items) > 1:
                return f"({' + '.join(sorted(_text(t, bound) for t in items))})"
            return _text(items[0], bound) if items[0] is not expr else _node_text(expr, bound)
        case Minus() | Times() | Mul() if len(terms(expr)) > 1:
            return _text(Plus(expr), bound)
        case Times() | Mul() | Minus() | Quotient() | Power() | Pow() | Total():
            whole = product(expr)
            if isinstance(expr, (Power, Pow)) or whole != Product(S.One, (expr,), ()):
                return _product_text(whole, bound)
    return _node_text(expr, bound)


def _node_text(expr: Basic, bound: tuple[Symbol, ...]) -> str:
    if isinstance(expr, Binder):
        index, lower, upper, *excluded = expr.limits
        parts = [_text(expr.body, (*bound, index)), _text(lower, bound), _text(upper, bound)]
        apart = ",".join(sorted(_text(a, bound) for a in excluded))
        # Dots are but a way to write a sum.
        kind = "Total" if isinstance(expr, Total) else type(expr).__name__
        if isinstance(expr, Attains):
            parts.append(_text(expr.at_index, bound))
        return f"{kind}({';'.join(parts)};{apart})"
    if not expr.args:
        return str(expr)
    return f"{type(expr).__name__}({','.join(_text(a, bound) for a in expr.args)})"


def _product_text(whole: Product, bound: tuple[Symbol, ...]) -> str:
    above, below = (_factor_texts(side, bound) for side in (whole.above, whole.below))
    if whole.number != 1 or not (above or below):
        above.insert(0, str(whole.number))
    if len(above) == 1 and not below:
        return above[0]
    return f"({'*'.join(above)}/{'/'.join(below)})"


def _factor_texts(factors: tuple[Expr, ...], bound: tuple[Symbol, ...]) -> list[str]:
    """Powers of one base are counted together: ``x x`` is ``x^2``."""
    exponents: dict[str, list[Expr]] = {}
    for factor in factors:
        base, exponent = (factor.args[0], factor.args[1]) if _is_power(factor) else (factor, ONE)
        key = _text(base, bound) if _is_power(factor) else _single_text(base, bound)
        exponents.setdefault(key, []).append(exponent)
    powers = {base: _text(_counted(found), bound) for base, found in exponents.items()}
    return sorted(base if power == "1" else f"{base}^{power}" for base, power in powers.items())


def _counted(exponents: list[Expr]) -> Expr:
    """The sum of exponents, ``a + a`` as ``2 a``."""
    whole = sum_of(tuple(exponents))
    alike = len(exponents) > 1 and not binders(whole)
    return whole.doit() if alike else whole


def _single_text(factor: Expr, bound: tuple[Symbol, ...]) -> str:
    """The text of a factor that is no product itself."""
    return _node_text(factor, bound) if isinstance(factor, Total) else _text(factor, bound)


def _is_power(factor: Expr) -> bool:
    return isinstance(factor, (Power, Pow))


def _addends(expr: Expr, sign: int) -> list[Expr]:
    """The terms of a sum; sums inside are joined to it, those with a minus sign too."""
    if isinstance(expr, (Plus, Add)):
        return [t for a in expr.args for t in _addends(a, sign)]
    whole = product(expr)
    if not whole.above and not whole.below:
        return [sign * whole.number]
    inner = whole.above[0] if len(whole.above) == 1 and not whole.below else None
    if isinstance(inner, (Plus, Add)) and abs(whole.number) == 1:
        return _addends(inner, sign * int(whole.number))
    if sign == -1 and isinstance(expr, Minus):
        return [expr.operand]
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
