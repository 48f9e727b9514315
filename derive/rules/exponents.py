"""Exponentials in any sum moved down by the largest exponent, one small step at a time.

``derive.rules.stability`` knows the usual forms as a whole. What is of no usual form is multiplied
above and below by ``e^{-m}``, ``m`` the largest exponent below, and that factor goes inwards until
it meets the exponentials. Shifting: Blanchard, Higham and Higham (2021), section 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Max, Rational

from derive.facts import Given
from derive.laws import Condition, Each, Value, law
from derive.notation import (
    ONE,
    Apply,
    Exp,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    code,
    factors,
    heads,
    names,
    plus,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.largest import is_most, largest, lowering, weight_of
from derive.rules.monomials import distributed, sides
from derive.rules.registry import Outcome, rule
from derive.rules.stability import shift
from derive.signs import is_positive

limits = (s.j, s.lo, s.hi, s.X)
FJ = Value(s.F, s.j)
whatever = Condition("any", (s.u,))
z_k, y_k = s.z[s.k1], s.y[s.k1]
weighted = Total(Times(s.y[s.j1], Exp(s.z[s.j1])), (s.j1, 1, s.C))
lower = Exp(Minus(Maximum(s.z[s.j1], (s.j1, 1, s.C))))
mixed = Plus(Exp(z_k), s.partition)


def destination(parts: tuple[Expr, ...], given: Given) -> tuple[int, int] | None:
    """Where an ``e^{-m}`` is among factors, and which of the others it goes into.

    That is the one whose largest exponent is ``m`` or one of those that ``m`` is the largest of,
    else the one whose exponentials are not lowered yet and have most arrays in common with ``m``,
    else any exponential, or a sum of nothing but exponentials: they may be products of several.
    """
    for n, factor in enumerate(parts):
        if not lowering(factor):
            continue
        most = factor.operand.operand
        others = [m for m in range(len(parts)) if m != n]
        exponents = {m: largest(parts[m], given) for m in others if not lowering(parts[m])}
        covered = set(map(code, _covered(most)))
        own = [m for m, exponent in exponents.items() if exponent and code(exponent) in covered]
        unlowered = [m for m, exponent in exponents.items() if exponent is not None]
        unlowered.sort(key=lambda m: -len(bases(parts[m]) & bases(most)))
        last = [m for m in exponents if isinstance(parts[m], Exp)]
        sums = [m for m in exponents if _is_of_exponentials(parts[m])]
        for candidates in (own, unlowered, last, sums):
            if candidates:
                return n, candidates[0]
    return None


def _is_of_exponentials(expr: Expr) -> bool:
    """Whether every term of a sum has an exponential as a factor."""
    return isinstance(expr, Plus) and all(
        any(isinstance(f, Exp) for f in sides(term)[0]) for term in expr.args
    )


def _covered(most: Expr) -> Iterator[Expr]:
    """The exponents that the largest of some is not smaller than."""
    yield most
    match most:
        case Apply(function, operands) if function is Max:
            for operand in operands:
                yield from _covered(operand)
        case Threshold(_, _, above, _):
            yield from _covered(above)


def _in_place_of_both(parts: tuple[Expr, ...], n: int, m: int, joined: Expr) -> Expr:
    """The product with what two of its factors make where the second of them stood."""
    return times(*(joined if at == m else f for at, f in enumerate(parts) if at != n))


@rule(
    law(Times(Exp(s.u), Exp(s.v)), Exp(Plus(s.u, s.v))),
    Times(lower, Exp(z_k)),
)
def lower_exponential(expr: Expr, given: Given) -> Outcome:
    """``e^{-m} e^u = e^{u - m}``"""
    found = destination(expr.args, given)
    if found is None or not isinstance(expr.args[found[1]], Exp):
        return None
    n, m = found
    moved = Exp(shift(expr.args[m].operand, expr.args[n].operand.operand))
    return _in_place_of_both(expr.args, n, m, moved)


@rule(
    law(Times(s.a, Plus(Each(s.b))), Plus(Each(Times(s.a, s.b)))),
    Times(lower, Plus(y_k, Exp(z_k))),
)
def lower_terms(expr: Expr, given: Given) -> Outcome:
    """Bring ``e^{-m}`` into a sum of terms."""
    found = destination(expr.args, given)
    if found is None or not isinstance(expr.args[found[1]], Plus):
        return None
    n, m = found
    moved = distributed((expr.args[n],), expr.args[m])
    return _in_place_of_both(expr.args, n, m, moved)


@rule(
    law(Times(s.a, Plus(s.b, s.c)), Plus(Times(s.a, s.b), Times(s.a, s.c))),
    Times(lower, Plus(1, Minus(y_k), Exp(z_k))),
)
def lower_rest(expr: Expr, given: Given) -> Outcome:
    """Bring ``e^{-m}`` into a sum in which the terms without exponentials may be zero together."""
    found = destination(expr.args, given)
    if found is None or not isinstance(expr.args[found[1]], Plus):
        return None
    n, m = found
    plain = [t for t in expr.args[m].args if Exp not in heads(t)]
    rising = [t for t in expr.args[m].args if Exp in heads(t)]
    if len(plain) < 2 or weight_of(plus(*plain), given) == 1:
        return None
    moved = distributed((expr.args[n],), Plus(plus(*plain), plus(*rising)))
    return _in_place_of_both(expr.args, n, m, moved)


@rule(
    law(Times(s.c, Total(FJ, limits)), Total(Times(s.c, FJ), limits)),
    Times(lower, s.partition),
)
def lower_total(expr: Expr, given: Given) -> Outcome:
    """Bring ``e^{-m}`` into a sum over an index."""
    found = destination(expr.args, given)
    if found is None or not isinstance(expr.args[found[1]], Total):
        return None
    n, m = found
    body, index = expr.args[m].open()
    moved = expr.args[m].over(times(expr.args[n], body), index)
    return _in_place_of_both(expr.args, n, m, moved)


@rule(
    law(
        Quotient(Exp(s.u), s.b),
        Exp(Plus(s.u, Minus(Log(s.b)))),
        Condition("positive", (s.b,)),
    ),
    Quotient(Exp(z_k), s.partition),
)
def write_exponential(expr: Expr, given: Given) -> Outcome:
    """``e^u / b = e^{u - log b}``: a share may round to zero, and its logarithm does not."""
    match expr:
        case Quotient(Exp(operand), Total() | Plus() as below) if is_positive(below, given):
            return Exp(plus(operand, Minus(Log(below))))
    return _over_logarithm(expr, given)


def _over_logarithm(expr: Expr, given: Given) -> Outcome:
    """``a e^u / (b log c) = a e^{u - log log c} / b``: the logarithm may round to zero as well."""
    above, below = sides(expr)
    for n, factor in enumerate(above):
        for m, part in enumerate(below):
            if isinstance(factor, Exp) and isinstance(part, Log) and is_positive(part, given):
                joined = Exp(plus(factor.operand, Minus(Log(part))))
                top = times(*above[:n], joined, *above[n + 1 :])
                rest = times(*without(below, m))
                return top if rest == 1 else Quotient(top, rest)
    return None


@rule(
    law(Quotient(ONE, s.b), Exp(Minus(Log(s.b))), Condition("positive", (s.b,))),
    Quotient(ONE, Plus(ONE, Exp(Minus(z_k)))),
)
def write_reciprocal(expr: Expr, given: Given) -> Outcome:
    """``1 / b = e^{-log b}``, of a logistic function for example."""
    match expr:
        case Quotient(one, Plus() as below) if one == 1 and is_positive(below, given):
            return Exp(Minus(Log(below)))
    return None


@rule(
    law(Exp(Log(s.b)), s.b, Condition("positive", (s.b,))),
    Exp(Log(Plus(ONE, Exp(z_k)))),
)
def cancel_exp_log(expr: Expr, given: Given) -> Outcome:
    """``e^{log b} = b``: of what rounds to one the logarithm has no digits."""
    match expr:
        case Exp(Log(operand)) if is_positive(operand, given):
            return operand
    return None


@rule(
    law(Exp(Minus(Log(s.b))), Quotient(ONE, s.b), Condition("positive", (s.b,))),
    Exp(Minus(Log(Plus(ONE, Exp(z_k))))),
    formal="write_reciprocal",
)
def divide_exp_log(expr: Expr, given: Given) -> Outcome:
    """``e^{-log b} = 1 / b`` likewise."""
    match expr:
        case Exp(Minus(Log(operand))) if is_positive(operand, given):
            return Quotient(ONE, operand)
    return None


@rule(
    law(Times(Exp(s.u), Exp(s.v)), Exp(Plus(s.u, s.v))),
    Times(Exp(z_k), y_k, Exp(y_k)),
)
def join_exponents(expr: Expr, given: Given) -> Outcome:
    """``e^u e^v = e^{u + v}``"""
    found = [n for n, f in enumerate(expr.args) if isinstance(f, Exp) and not lowering(f)]
    if len(found) < 2:
        return None
    # Those of the largest exponents come first: what lowers them is the difference to both.
    n, m = sorted(sorted(found, key=lambda n: not is_most(expr.args[n].operand))[:2])
    # In one order wherever they meet: else what cancels is not rounded alike.
    ends = sorted((expr.args[n].operand, expr.args[m].operand), key=_order)
    return _in_place_of_both(expr.args, m, n, Exp(plus(*ends)))


def _order(exponent: Expr) -> list[str]:
    """What exponents are put in order by, whatever their indices are called."""
    return sorted(map(str, bases(exponent)))


@rule(
    law(
        Quotient(Times(s.a, Exp(s.u)), Times(s.b, Exp(s.v))),
        Quotient(Times(s.a, Exp(Plus(s.u, Minus(s.v)))), s.b),
    ),
    Quotient(Times(y_k, Exp(z_k)), Times(s.T, Exp(y_k))),
)
def divide_exponential(expr: Expr, given: Given) -> Outcome:
    """``a e^u / (b e^v) = a e^{u - v} / b``: both may be infinite where their ratio is not."""
    above, below = sides(expr)
    for n, factor in enumerate(above):
        for m, lowered in enumerate(below):
            if isinstance(factor, Exp) and isinstance(lowered, Exp):
                joined = Exp(plus(factor.operand, Minus(lowered.operand)))
                top = times(*above[:n], joined, *above[n + 1 :])
                rest = without(below, m)
                return Quotient(top, times(*rest)) if rest else top
    return None


def joins_maxima(expr: Expr, given: Given) -> bool:
    """Whether an exponential of the largest exponent of a sum stands beside another one."""
    found = [f for f in expr.args if isinstance(f, Exp) and not lowering(f)]
    return len(found) > 1 and any(is_most(f.operand) for f in found)


@rule(
    law(
        Times(s.a, Total(FJ, limits)),
        Times(s.a, Exp(s.u), Total(Times(Exp(Minus(s.u)), FJ), limits)),
        whatever,
    ),
    Times(lower, s.partition, Total(Exp(s.y[s.j1]), (s.j1, 1, s.C))),
)
def take_out_largest(expr: Expr, given: Given) -> Outcome:
    """``Σ_j f_j = e^m Σ_j e^{-m} f_j`` in a product of several sums, each by its own ``m``."""
    own = {code(m) for f in expr.args if lowering(f) for m in _covered(f.operand.operand)}
    if not own:
        return None
    rising = [
        n for n, f in enumerate(expr.args) if not lowering(f) and largest(f, given) is not None
    ]
    for n in rising:
        total = expr.args[n]
        most = largest(total, given) if isinstance(total, Total) else None
        # A sum that what lowers is made for takes it as a whole.
        if most is None or code(most) in own:
            continue
        if len(rising) > 1 and is_most(most):
            body, index = total.open()
            inside = total.over(times(Exp(Minus(most)), body), index)
            return times(*expr.args[:n], Exp(most), inside, *expr.args[n + 1 :])
    return None


@rule(
    law(Power(Exp(s.u), s.a), Exp(Times(s.a, s.u))),
    Power(Exp(z_k), s.gamma),
)
def raise_exponential(expr: Expr, given: Given) -> Outcome:
    """``(e^u)^a = e^{a u}``"""
    match expr:
        case Power(Exp(Minus(operand)), exponent):
            return Exp(Minus(times(exponent, operand)))
        case Power(Exp(operand), exponent):
            return Exp(times(exponent, operand))
    return None


@rule(
    law(
        Times(Exp(Minus(s.u)), Power(s.b, s.n)),
        Power(Times(Exp(Minus(Quotient(s.u, s.n))), s.b), s.n),
        Condition("raised", (s.b, s.n)),
        Condition("nonzero", (s.n,)),
    ),
    Times(lower, Power(mixed, Rational(1, 2))),
)
def lower_power(expr: Expr, given: Given) -> Outcome:
    """Bring ``e^{-m}`` into a power: ``e^{-m} b^a = (e^{-m/a} b)^a``."""
    found = destination(expr.args, given)
    if found is None or not isinstance(expr.args[found[1]], Power):
        return None
    n, m = found
    base, exponent = expr.args[m].args
    if not (exponent.is_Integer or is_positive(base, given)):
        return None
    match expr.args[n].operand.operand:
        case Times((number, most)) if number == exponent:
            down = Exp(Minus(most))
        case most:
            down = Exp(Minus(Quotient(most, exponent)))
    return _in_place_of_both(expr.args, n, m, Power(times(down, base), exponent))


@rule(
    law(
        Quotient(s.a, s.b),
        Quotient(Times(Exp(Minus(s.u)), s.a), Times(Exp(Minus(s.u)), s.b)),
        whatever,
    ),
    Quotient(weighted, mixed),
)
def scale_quotient(expr: Expr, given: Given) -> Outcome:
    """Multiply above and below by ``e^{-m}``, where ``m`` is the largest exponent below."""
    below = factors(expr.denominator)
    for factor in below:
        most = None if isinstance(factor, (Exp, Power)) else largest(factor, given)
        if most is not None and is_most(most) and Exp(Minus(most)) not in below:
            down = Exp(Minus(most))
            return Quotient(times(down, expr.numerator), times(down, expr.denominator))
    return None


@rule(
    law(Quotient(s.a, Power(s.b, 2)), Quotient(s.a, Times(s.b, s.b))),
    Quotient(weighted, Power(mixed, 2)),
)
def write_square(expr: Expr, given: Given) -> Outcome:
    """Write the square of a sum of exponentials as a product."""
    below = factors(expr.denominator)
    for n, factor in enumerate(below):
        match factor:
            case Power(base, exponent) if exponent == 2 and largest(base, given) is not None:
                return Quotient(expr.numerator, times(*below[:n], base, base, *below[n + 1 :]))
    return None


@rule(
    law(Log(s.b), Plus(s.u, Log(Times(Exp(Minus(s.u)), s.b))), whatever),
    Log(mixed),
)
def scale_logarithm(expr: Expr, given: Given) -> Outcome:
    """``log b = m + log(e^{-m} b)``, where ``m`` is the largest exponent in a sum ``b``."""
    parts = factors(expr.operand)
    sums = [f for f in parts if isinstance(f, (Plus, Total)) or _is_square(f)]
    most = next((m for f in sums if (m := largest(f, given)) is not None), None)
    if most is None or not is_most(most) or Exp(Minus(most)) in parts:
        return None
    return Plus(most, Log(times(Exp(Minus(most)), expr.operand)))


def _is_square(factor: Expr) -> bool:
    """Whether this is the square of a sum, which may have either sign."""
    return isinstance(factor, Power) and isinstance(factor.base, Plus) and factor.exponent == 2


@rule(
    law(
        Power(s.b, s.n),
        Times(Exp(Times(s.n, s.u)), Power(Times(Exp(Minus(s.u)), s.b), s.n)),
        whatever,
        Condition("raised", (s.b, s.n)),
    ),
    Power(weighted, s.gamma),
)
def scale_power(expr: Expr, given: Given) -> Outcome:
    """``b^a = e^{a m} (e^{-m} b)^a``, where ``m`` is the largest exponent in a sum ``b``."""
    most = largest(expr.base, given) if isinstance(expr.base, (Plus, Total)) else None
    if most is None or not is_most(most) or expr.exponent.is_Integer:
        return None
    inside = times(Exp(Minus(most)), expr.base)
    return Times(Exp(times(expr.exponent, most)), Power(inside, expr.exponent))


@rule(
    law(Times(s.a, Quotient(s.b, s.c)), Quotient(Times(s.a, s.b), s.c)),
    Times(Exp(z_k), Quotient(y_k, mixed)),
)
def join_exponential(expr: Expr, given: Given) -> Outcome:
    """Bring a factor over a denominator: ``e^{-m}``, or what could overflow without it."""
    found = destination(expr.args, given)
    if found is None:
        found = next(
            (
                (n, m)
                for n, factor in enumerate(expr.args)
                for m, fraction in enumerate(expr.args)
                if largest(factor, given) is not None
                and not isinstance(factor, Quotient)
                and isinstance(fraction, Quotient)
                and largest(fraction.denominator, given) is not None
            ),
            None,
        )
    if found is None or not isinstance(expr.args[found[1]], Quotient):
        return None
    n, m = found
    numerator, denominator = expr.args[m].args
    whole = Quotient(times(expr.args[n], numerator), denominator)
    return _in_place_of_both(expr.args, n, m, whole)


by_pairs = Total(
    Quotient(s.y[s.j1], Plus(Exp(s.z[s.j1]), Exp(z_k))),
    (s.j1, 1, s.C),
)


@rule(
    law(Times(s.c, Total(FJ, limits)), Total(Times(s.c, FJ), limits)),
    Times(Exp(z_k), by_pairs),
)
def join_total(expr: Expr, given: Given) -> Outcome:
    """Bring an exponential into a sum over an index, to the exponentials there."""
    for m, total in enumerate(expr.args):
        for n, factor in enumerate(expr.args):
            if isinstance(factor, Exp) and not lowering(factor) and _belongs(factor, total, given):
                body, index = total.open()
                return _in_place_of_both(expr.args, n, m, total.over(times(factor, body), index))
    return None


def _belongs(factor: Exp, total: Expr, given: Given) -> bool:
    """Whether an exponential is lowered together with what is in a sum over an index."""
    if not isinstance(total, Total) or largest(factor, given) is None:
        return False
    if bases(factor) & _exponentials_below(total, given):
        return True
    axes = (n for n in names(factor) if given.range_of(n) is not None)
    return largest(total, given) is not None and names(total).issuperset(axes)


def is_divided(expr: Expr, given: Given) -> bool:
    """Whether an exponential stands beside a sum in which exponentials like it are below a bar.

    It may overflow where all that is in the sum rounds to zero.
    """
    raised = [f for f in expr.args if isinstance(f, Exp)]
    below = frozenset().union(*(_exponentials_below(f, given) for f in expr.args))
    return any(bases(f) & below for f in raised)


def _exponentials_below(total: Expr, given: Given) -> frozenset[Expr]:
    """The arrays in the exponentials that something is divided by in a sum over an index."""
    if not isinstance(total, Total):
        return frozenset()
    body, index = total.open()
    inside = given.within(index, tuple(total.limits[1:]))
    below = (f for part in factors(body) for f in sides(part)[1])
    plain = (f.base if isinstance(f, Power) else f for f in below)
    return frozenset().union(*(bases(f) for f in plain if largest(f, inside) is not None))
