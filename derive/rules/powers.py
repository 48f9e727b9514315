"""Powers: of powers, of products and fractions, and side by side."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, Rational

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    ZERO,
    Delta,
    Exp,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    bases,
    code,
    factors,
    fraction,
    heads,
    is_number,
    terms,
    times,
    without,
)
from derive.reading import read
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS, cancel
from derive.rules.complements import is_share
from derive.rules.monomials import (
    Monomial,
    divided,
    expression,
    monomial,
    raise_to,
    sides,
    split_power,
)
from derive.rules.registry import Outcome, Rewriting, rule
from derive.signs import is_not_negative, is_positive, speaking_of

z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]


@rule(
    law(
        Power(s.a, Plus(s.n, ONE)),
        Times(Power(s.a, s.n), s.a),
        Condition("positive", (s.a,)),
    ),
    Power(Times(s.T, Exp(z_k)), Plus(s.gamma, ONE)),
)
def reduce_power(expr: Expr, given: Given) -> Outcome:
    """``a^(n+1) = a^n a``"""
    if not isinstance(expr.exponent, Plus) or ONE not in expr.exponent.args:
        return None
    return times(raise_to(expr.base, expr.exponent.doit() - 1), expr.base)


@rule(
    law(
        Power(s.a, Plus(s.n, Minus(ONE))),
        Quotient(Power(s.a, s.n), s.a),
        Condition("nonzero", (s.a,)),
    ),
    Power(Plus(ONE, Exp(z_k)), Plus(s.gamma, Minus(ONE))),
    formal="reduce_power",
)
def raise_power(expr: Expr, given: Given) -> Outcome:
    """``a^(n-1) = a^n / a``"""
    if not isinstance(expr.exponent, Plus) or Minus(ONE) not in expr.exponent.args:
        return None
    return Quotient(raise_to(expr.base, expr.exponent.doit() + 1), expr.base)


@rule(
    law(Times(Power(s.a, s.n), Power(s.a, s.b)), Power(s.a, Plus(s.n, s.b))),
    Times(Power(z_k, 2), Power(z_k, s.gamma)),
    head=PRODUCTS,
)
def combine_powers(expr: Expr, given: Given) -> Outcome:
    if isinstance(expr, Times):
        for n, first in enumerate(expr.args):
            base, exponent = split_power(first)
            for m in range(n + 1, len(expr.args)):
                other, further = split_power(expr.args[m])
                if (
                    code(base) == code(other)
                    and (not is_number(base) or _is_root_of_same(exponent, further))
                    # Of fractions side by side one is made first.
                    and not isinstance(base, (Delta, Quotient))
                ):
                    merged = raise_to(base, exponent + further)
                    return times(*expr.args[:n], merged, *without(expr.args, m)[n + 1 :])
    return cancel(expr, equal=False)


def _is_root_of_same(exponent: Expr, further: Expr) -> bool:
    """Whether two powers of a number are roots that make a number without one."""
    return not exponent.is_Integer and (exponent + further).is_Integer


@rule(
    law(Times(Power(s.a, s.n), s.a), Power(s.a, Plus(s.n, ONE)), Condition("positive", (s.a,))),
    Quotient(Times(Exp(z_k), Exp(z_i), y_k), Power(Times(Exp(z_k), Exp(z_i)), Rational(1, 2))),
    head=PRODUCTS,
)
def absorb_factors(expr: Expr, given: Given) -> Outcome:
    """``a b / (a b)^(1/2) = (a b)^(1/2)``: all factors under a root that beside it are written."""
    whole = monomial(expr)
    for key, (base, exponent) in whole.powers.items():
        if isinstance(base, Times) and exponent.is_Rational and -1 < exponent < 0:
            beside = monomial(base)
            if beside.coefficient == 1 and all(
                whole.powers.get(f, (ONE, None))[1] == power
                for f, (_, power) in beside.powers.items()
            ):
                rest = {f: kept for f, kept in whole.powers.items() if f not in beside.powers}
                rest[key] = (base, exponent + 1)
                return expression(Monomial(whole.coefficient, rest))
    return None


@rule(
    law(Times(Power(s.a, s.n), s.a), Power(s.a, Plus(s.n, ONE)), Condition("positive", (s.a,))),
    Quotient(Times(Power(Quotient(y_k, z_k), Plus(s.T, Minus(ONE))), y_k), Power(z_k, 2)),
    head=PRODUCTS,
)
def absorb_base(expr: Expr, given: Given) -> Outcome:
    """``(a/b)^(n-1) a/b = (a/b)^n``, and ``(a b)^(n-1) a b = (a b)^n``: where both stand there."""
    whole = monomial(expr)
    for key, (base, exponent) in whole.powers.items():
        lower = not exponent.is_number and exponent.as_coeff_Add()[0] < 0
        if lower and isinstance(base, (Quotient, Times)):
            beside = monomial(base)
            if beside.coefficient == 1 and all(
                _is_part(power, whole.powers.get(f, (ONE, ZERO))[1])
                for f, (_, power) in beside.powers.items()
            ):
                rest = divided(whole, beside)
                powers = {**rest.powers, key: (base, exponent + 1)}
                return expression(Monomial(rest.coefficient, powers))
    return None


def _is_part(power: Expr, whole: Expr) -> bool:
    """Whether a power with a number for its exponent is one factor of a higher one."""
    return bool(power.is_number and whole.is_number and abs(whole) >= abs(power) > 0) and bool(
        whole * power > 0
    )


@rule(
    law(
        Power(Power(s.a, s.b), s.n),
        Power(s.a, Times(s.b, s.n)),
        Condition("raised", (s.a, s.b, s.n)),
    ),
    Power(Power(Exp(z_k), Rational(1, 2)), 2),
)
def power_of_power(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Power(Power(base, inner), outer):
            if outer.is_integer or is_positive(base, given):
                facts = () if outer.is_integer else speaking_of(base, given)
                return Rewriting(raise_to(base, inner.doit() * outer.doit()), facts)
    return None


@rule(
    law(
        Power(Times(s.a, s.b), s.n),
        Times(Power(s.a, s.n), Power(s.b, s.n)),
        Condition("raised", (s.a, s.n)),
        Condition("raised", (s.b, s.n)),
    ),
    Power(Times(s.T, Power(s.T, Rational(1, 2))), 2),
)
def power_of_product(expr: Expr, given: Given) -> Outcome:
    """``(a b)^n = a^n b^n``, one factor at a time; of a fraction, a number above its bar."""
    match expr:
        case Power(Times((first, *others)), n):
            while not n.is_number and first.is_number and len(others) > 1 and others[0].is_number:
                first = times(first, others.pop(0))  # such as 2 pi
            rest = times(*others)
        case Power(Quotient(Times((first, *others)), below), n) if is_number(first):
            rest = Quotient(times(*others), below)
        case _:
            return None
    # All but one are positive: so is that one, where the power has a value.
    unknown = [part for part in (first, *factors(rest)) if not is_positive(part, given)]
    if n.is_integer or len(unknown) <= 1 or all(is_not_negative(f, given) for f in unknown):
        facts = () if n.is_integer else speaking_of(expr.base, given)
        return Rewriting(times(raise_to(first, n.doit()), raise_to(rest, n.doit())), facts)
    return None


@rule(
    law(
        Power(Times(s.a, s.b), s.n),
        Times(Power(Power(s.a, 2), Quotient(s.n, Integer(2))), Power(s.b, s.n)),
        Condition("positive", (s.a,)),
        Condition("raised", (s.b, s.n)),
    ),
    Power(Times(Power(Integer(2), Rational(1, 2)), Exp(z_k)), s.gamma),
)
def raise_root(expr: Expr, given: Given) -> Outcome:
    """``(c b)^n = (c^2)^(n/2) b^n`` for a number ``c`` that is a root, as before a density."""
    if not isinstance(expr, Power) or is_number(expr.exponent):
        return None
    whole = monomial(expr.base)
    numbers = {c: (b, e) for c, (b, e) in whole.powers.items() if b.is_number}
    number = expression(Monomial(whole.coefficient, numbers))
    rest = expression(Monomial(ONE, {c: p for c, p in whole.powers.items() if c not in numbers}))
    if not number.doit().is_positive or all(e.is_Integer for _, e in numbers.values()):
        return None
    squared = Power(Power(number, Integer(2)), read(expr.exponent.doit() / 2))
    return times(squared, raise_to(rest, expr.exponent))


@rule(
    law(
        Power(Quotient(s.a, s.b), s.n),
        Quotient(Power(s.a, s.n), Power(s.b, s.n)),
        Condition("positive", (s.b,)),
    ),
    Power(Quotient(z_k, s.T), 2),
)
def power_of_quotient(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Power(Quotient(above, below), n) if n.is_integer or is_positive(below, given):
            top = ONE if above == 1 else raise_to(above, n.doit())
            facts = () if n.is_integer else speaking_of(below, given)
            return Rewriting(Quotient(top, raise_to(below, n.doit())), facts)
    return None


@rule(
    law(
        Quotient(Power(s.a, s.n), Power(s.b, s.n)),
        Power(Quotient(s.a, s.b), s.n),
        Condition("positive", (s.b,)),
    ),
    Quotient(Times(y_k, Power(s.gamma, s.gamma)), Power(s.T, s.gamma)),
)
def divide_powers(expr: Expr, given: Given) -> Outcome:
    """``a^n / b^n = (a / b)^n``: each of the two may be too large or too small by itself."""
    return _divided(expr, given, lambda gap, *_: gap == 0)


@rule(
    law(
        Quotient(Power(s.a, s.n), Power(s.b, s.c)),
        Quotient(Power(Quotient(s.a, s.b), s.n), Power(s.b, Plus(s.c, Minus(s.n)))),
        Condition("positive", (s.b,)),
    ),
    Quotient(Times(y_k, Power(s.gamma, s.gamma)), Power(s.T, Plus(s.gamma, ONE))),
    formal="divide_powers",
)
def divide_unequal_powers(expr: Expr, given: Given) -> Outcome:
    """``a^n / b^(n + 1) = (a / b)^n / b``

    Not ``a^n b^(1 - n) = (a / b)^n b`` for a share ``b``, which may be as little as nothing.
    """

    def near(gap: Expr, exponent: Expr, below: Expr) -> bool:
        whole = gap.is_Integer and not bases(exponent)
        return bool(whole and (gap > 0 or not is_share(below, given)))

    return _divided(expr, given, near)


def _divided(expr: Expr, given: Given, near: Callable[[Expr, Expr, Expr], bool]) -> Outcome:
    """A fraction with the first two powers in it whose exponents are near as one power."""
    above, below = map(list, sides(expr))
    for n, upper in enumerate(above):
        base, exponent = split_power(upper)
        for m, lower in enumerate(below):
            other, further = split_power(lower)
            gap = further - exponent
            # What exponentials are in is lowered as a whole.
            raised = not exponent.is_number and Exp not in heads(base) | heads(other)
            if raised and near(gap, exponent, other) and is_positive(other, given):
                above[n], below[m] = raise_to(Quotient(base, other), exponent), raise_to(other, gap)
                return fraction(above, below)
    return None


@rule(
    law(
        Quotient(Plus(ONE, Minus(Power(s.a, 2))), s.b),
        Quotient(Times(Plus(ONE, Minus(s.a)), Plus(ONE, s.a)), s.b),
    ),
    Quotient(Plus(ONE, Minus(Power(z_k, 2))), Plus(ONE, z_k)),
)
def factor_squares(expr: Expr, given: Given) -> Outcome:
    """``1 - a^2 = (1 - a)(1 + a)`` over a bar below which one of the two stands."""
    return _factored(expr, ONE, Minus)


@rule(
    law(
        Quotient(Plus(Power(s.a, 2), Minus(ONE)), s.b),
        Quotient(Times(Plus(s.a, Minus(ONE)), Plus(s.a, ONE)), s.b),
    ),
    Quotient(Plus(Power(z_k, 2), Minus(ONE)), Plus(ONE, z_k)),
    formal="factor_squares",
)
def factor_turned_squares(expr: Expr, given: Given) -> Outcome:
    """``a^2 - 1 = (a - 1)(a + 1)`` likewise."""
    return _factored(expr, Minus(ONE), lambda square: square)


def _factored(expr: Expr, unit: Expr, turned: Callable[[Expr], Expr]) -> Outcome:
    """A fraction with ``unit ± a^2`` above the bar as a product, one factor of which is below."""
    above, below = sides(expr)
    wholes = {code(factor) for factor in below}
    for n, factor in enumerate(above):
        for a in _squared(factor):
            if code(factor) != code(Plus(unit, turned(Power(a, 2)))):
                continue
            pair = Plus(unit, turned(a)), Plus(ONE, a)
            if wholes & set(map(code, (*pair, Plus(ONE, Minus(a)), Plus(Minus(ONE), a)))):
                return Quotient(times(*above[:n], *pair, *above[n + 1 :]), expr.denominator)
    return None


def _squared(expr: Expr) -> list[Expr]:
    """What is squared in the terms of a sum."""
    bare = (t.operand if isinstance(t, Minus) else t for t in terms(expr))
    return [t.base for t in bare if isinstance(t, Power) and t.exponent == 2]


@rule(
    law(
        Quotient(Exp(Minus(s.u)), Plus(ONE, Minus(Exp(Minus(s.u))))),
        Quotient(ONE, Plus(Exp(s.u), Minus(ONE))),
    ),
    Quotient(Times(y_k, Exp(Minus(z_k))), Plus(ONE, Minus(Exp(Minus(z_k))))),
)
def turn_exponentials(expr: Expr, given: Given) -> Outcome:
    """``e^{-u} / (1 - e^{-u}) = 1 / (e^u - 1)``"""
    above, below = map(list, sides(expr))
    for n, factor in enumerate(above):
        match factor:
            case Exp(Minus(operand)):
                rest = [code(Plus(ONE, Minus(factor))) == code(part) for part in below]
                if any(rest):
                    above[n], below[rest.index(True)] = ONE, Plus(Exp(operand), Minus(ONE))
                    return Quotient(times(*(f for f in above if f != 1)), times(*below))
    return None
