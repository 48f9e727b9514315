"""Powers over powers as powers of fractions: each of the two may be too large or too little."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol

from derive.notation import (
    ZERO,
    Exp,
    Minus,
    Power,
    Quotient,
    Times,
    Total,
    factors,
    heads,
    times,
    without,
)

# What is below is left alone: squares stand below norms, which are looked after as such.
LEAST = 3


def power_of_ratio(fraction: Quotient) -> Expr | None:
    """``a^n / b^m`` as ``(a/b)^k a^(n-k) / b^(m-k)``, ``k`` the smaller one; None without two."""
    above, below = factors(fraction.numerator), factors(fraction.denominator)
    for n, upper in enumerate(above):
        for m, lower in enumerate(below):
            (base, exponent), (other, further) = _raised(upper), _raised(lower)
            common = _common(exponent, further)
            if common is not None:
                ratio = Power(Quotient(base, other), common)
                top = times(ratio, *_left(base, exponent - common), *without(above, n))
                rest = (*_left(other, further - common), *without(below, m))
                return Quotient(top, times(*rest)) if rest else top
    return None


def power_in_total(parts: tuple[Expr, ...]) -> Expr | None:
    """``a^n Σ_j f_j / b_j^m`` with that power of ``a`` over the ones in the sum; None without."""
    for n, power in enumerate(parts):
        others = without(parts, n)
        for m, total in enumerate(others) if _raised(power)[1] != 0 else ():
            inside = _over_power(total, power) if isinstance(total, Total) else None
            if inside is not None:
                return times(*others[:m], inside, *others[m + 1 :])
    return None


def _over_power(expr: Expr, power: Expr) -> Expr | None:
    """``power * expr`` as a power of a fraction in ``expr``; None where there is none."""
    match expr:
        case Total():
            body, index = expr.open()
            inside = _over_power(body, power)
            return None if inside is None else expr.over(inside, index)
        case Minus(operand):
            inside = _over_power(operand, power)
            return None if inside is None else Minus(inside)
        case Quotient(above, below):
            return power_of_ratio(Quotient(times(power, above), below))
        case Times(parts):
            for n, part in enumerate(parts):
                inside = _over_power(part, power)
                if inside is not None:
                    return times(*parts[:n], inside, *parts[n + 1 :])
    return None


def _raised(factor: Expr) -> tuple[Expr, Expr]:
    """What is raised and to what: a whole number or a letter; anything else, and 0."""
    match factor:
        # What exponentials are in is lowered as a whole.
        case Power(base, Integer() | Symbol() as exponent) if not base.is_number:
            return (factor, ZERO) if Exp in heads(base) else (base, exponent)
    return factor, ZERO


def _common(exponent: Expr, further: Expr) -> Expr | None:
    """The exponent that two powers have in common."""
    if exponent.is_Integer and further.is_Integer:
        common = min(exponent, further)
        return common if common >= LEAST else None
    return exponent if exponent == further else None


def _left(base: Expr, exponent: Expr) -> tuple[Expr, ...]:
    """What is left of a power, if anything."""
    return () if exponent == 0 else (base if exponent == 1 else Power(base, exponent),)
