"""A term as a number times powers of bases: what products, fractions and signs have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

from sympy import Add, Expr, Rational, S, expand

from derive.notation import (
    ONE,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    code,
    factors,
    is_number,
    left_over,
    terms,
    times,
)
from derive.reading import read


@dataclass
class Monomial:
    """``coefficient * Π base**exponent``; exponents are plain SymPy, bases by their code."""

    coefficient: Expr
    powers: dict[str, tuple[Expr, Expr]]

    @property
    def key(self) -> frozenset[tuple[str, Expr]]:
        """Equal for terms that differ by a number only."""
        return frozenset((name, exponent) for name, (_, exponent) in self.powers.items())


def split_power(factor: Expr) -> tuple[Expr, Expr]:
    """Base and exponent of a factor; the exponent is plain SymPy."""
    if isinstance(factor, Power):
        return factor.base, factor.exponent.doit()
    return factor, ONE


def raise_to(base: Expr, exponent: Expr) -> Expr:
    """``base**exponent`` in inert notation for a plain exponent."""
    return ONE if exponent == 0 else base if exponent == 1 else Power(base, read(exponent))


def risen_below(power: Power) -> Expr:
    """``b^n`` below a bar as an ``e^{-n log b}`` above it.

    The terms of ``n`` are each for itself, as in the exponent ``-n`` of a power above the bar.
    """
    return Exp(Minus(times(read(expand(power.exponent.doit())), Log(power.base))))


def monomial(expr: Expr) -> Monomial:
    """``expr`` as a monomial; what is no product or fraction is a base of its own."""
    result = Monomial(S.One, {})
    _multiply(result, expr, S.One)
    return result


def _multiply(result: Monomial, expr: Expr, sign: Expr) -> None:
    match expr:
        case Minus(operand):
            result.coefficient = -result.coefficient
            _multiply(result, operand, sign)
        case Times(parts):
            for part in parts:
                _multiply(result, part, sign)
        case Quotient(numerator, denominator):
            _multiply(result, numerator, sign)
            _multiply(result, denominator, -sign)
        case _ if is_number(expr) and (expr != 0 or sign == 1):
            result.coefficient = result.coefficient * expr**sign
        case _:
            base, exponent = split_power(expr)
            name = code(base)
            _, before = result.powers.get(name, (base, S.Zero))
            result.powers[name] = (base, before + sign * exponent)
            if result.powers[name][1] == 0:
                del result.powers[name]


def place(wanted: Monomial, parts: list[Monomial]) -> int | None:
    """Where among ``parts`` the first that equals ``wanted`` stands."""
    same = ((p.key, p.coefficient) == (wanted.key, wanted.coefficient) for p in parts)
    return next((n for n, found in enumerate(same) if found), None)


def is_reduced(expr: Expr) -> bool:
    """Whether no base stands above and below the bar: reducing is a step of its own."""
    seen: dict[str, bool] = {}

    def visit(part: Expr, above: bool) -> bool:
        match part:
            case Minus(operand):
                return visit(operand, above)
            case Times(parts):
                return all(visit(p, above) for p in parts)
            case Quotient(numerator, denominator):
                return visit(numerator, above) and visit(denominator, not above)
        base = split_power(part)[0]
        return is_number(base) or seen.setdefault(code(base), above) is above

    return visit(expr, True)


def expression(term: Monomial) -> Expr:
    """The monomial in inert notation: sign outside, one fraction at most."""
    above: list[Expr] = []
    below: list[Expr] = []
    for base, exponent in term.powers.values():
        if exponent.could_extract_minus_sign():
            below.append(raise_to(base, -exponent))
        else:
            above.append(raise_to(base, exponent))
    size = abs(term.coefficient)
    if below and isinstance(size, Rational):
        above = ([] if size.p == 1 else [S(size.p)]) + above
        below = ([] if size.q == 1 else [S(size.q)]) + below
    elif size != 1:
        above.insert(0, size)
    whole = times(*above)
    if below:
        whole = Quotient(whole, times(*below))
    return Minus(whole) if term.coefficient.is_negative else whole


def common(terms: list[Monomial]) -> Monomial:
    """The largest monomial that divides every one of ``terms``, as a person would factor it out."""
    shared = Monomial(_common_number([t.coefficient for t in terms]), {})
    for name, (base, _) in terms[0].powers.items():
        if not all(name in t.powers for t in terms):
            continue
        exponents = [t.powers[name][1] for t in terms]
        falling = [_is_below(e) for e in exponents]
        if any(falling) and not all(falling):
            continue
        # Nothing but whole factors is left: the least of powers, the greatest of those below.
        least = next((e for e in exponents if _none_below(e, exponents, all(falling))), None)
        if least is not None:
            shared.powers[name] = (base, least)
    return shared


def _is_below(exponent: Expr) -> bool:
    """Whether a power stands below a bar: whether that of ``1 - a`` does depends on ``a``."""
    return all(term.could_extract_minus_sign() for term in Add.make_args(exponent))


def _none_below(exponent: Expr, exponents: list[Expr], turned: bool) -> bool:
    gaps = [e - exponent for e in exponents]
    # Of x and x^(1-a) nothing is taken out: x^a would be left of a plain x.
    whole = exponent.is_number or len({e.is_number for e in exponents}) == 1
    return all((-g if turned else g).is_nonnegative and (g.is_number or whole) for g in gaps)


def divided(term: Monomial, divisor: Monomial) -> Monomial:
    """``term / divisor``."""
    powers = dict(term.powers)
    for name, (base, exponent) in divisor.powers.items():
        # A root of a product is no product of roots: its factors may be none of the term's.
        left = (powers[name][1] if name in powers else S.Zero) - exponent
        if left == 0:
            del powers[name]
        else:
            powers[name] = (base, left)
    return Monomial(term.coefficient / divisor.coefficient, powers)


def multiplied(term: Monomial, factor: Expr) -> Monomial:
    """``term * factor``"""
    return monomial(times(expression(term), factor))


def beside_total(term: Monomial) -> tuple[Total, Monomial] | None:
    """The one sum over an index among the factors of a term, and the others."""
    found = list(beside_totals(term))
    return found[0] if len(found) == 1 else None


def beside_totals(term: Monomial) -> Iterator[tuple[Total, Monomial]]:
    """The sums over an index among the factors of a term, each with the others."""
    for base, exponent in term.powers.values():
        if isinstance(base, Total) and exponent == 1:
            yield base, divided(term, monomial(base))


def _common_number(numbers: list[Expr]) -> Expr:
    if not all(isinstance(n, Rational) for n in numbers):
        return S.One
    above = gcd(*(abs(int(n.p)) for n in numbers))
    below = gcd(*(int(n.q) for n in numbers))
    sign = -1 if all(n.is_negative for n in numbers) else 1
    return Rational(sign * above, below)


def distributed(outer: tuple[Expr, ...], total: Plus) -> Expr:
    """A sum with factors brought into each of its terms, behind their signs."""
    return Plus(
        *(
            Minus(times(*outer, t.operand)) if isinstance(t, Minus) else times(*outer, t)
            for t in total.args
        )
    )


def sides(expr: Expr) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """Factors above and below the bar."""
    if isinstance(expr, Quotient):
        return factors(expr.numerator), factors(expr.denominator)
    return factors(expr), ()


def terms_left(total: Expr, part: Expr) -> list[Expr] | None:
    """The terms of a sum without those of a part of it; None where it is no part."""
    return left_over(terms(total), terms(part))


def with_factor(expr: Expr, position: int, factor: Expr) -> Expr:
    """A product or fraction with another factor at a place above the bar."""
    above, below = sides(expr)
    whole = times(*above[:position], factor, *above[position + 1 :])
    return Quotient(whole, times(*below)) if below else whole
