"""Exponentials in any sum moved down by the largest exponent, one small step at a time.

``derive.rules.stability`` knows the usual forms as a whole. What is of no usual form is multiplied
above and below by ``e^{-m}``, ``m`` the largest exponent below, and that factor goes inwards until
it meets the exponentials. Shifting: Blanchard, Higham and Higham (2021), section 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from sympy import Abs, Expr, Indexed, Max, Rational

from derive.facts import Given
from derive.laws import Condition, Each, Value, law
from derive.notation import (
    ZERO,
    Apply,
    Exp,
    Head,
    Inert,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    bases,
    factors,
    heads,
    names,
    plus,
    terms,
    times,
)
from derive.rules import samples as s
from derive.rules.monomials import distributed, sides
from derive.rules.registry import Outcome, rule
from derive.rules.stability import most_of, shift, uncertain
from derive.signs import is_positive
from derive.unfolding import value_of

limits = (s.j, s.lo, s.hi, s.X)
FJ = Value(s.F, s.j)
whatever = Condition("any", (s.u,))
z_k, y_k = s.z[s.k1], s.y[s.k1]
weighted = Total(Times(s.y[s.j1], Exp(s.z[s.j1])), (s.j1, 1, s.C))
lower = Exp(Minus(Maximum(s.z[s.j1], (s.j1, 1, s.C))))
mixed = Plus(Exp(z_k), s.partition)


def is_lowered(exponent: Expr) -> bool:
    """Whether something as large as any exponent around it has been taken away already."""
    return any(isinstance(t, Minus) and _is_most(t.operand) for t in terms(exponent))


def _is_most(expr: Expr) -> bool:
    """Whether this is a maximum, or so many times one."""
    parts = factors(expr.numerator if isinstance(expr, Quotient) else expr)
    found = [
        f
        for f in parts
        if isinstance(f, Maximum) or (isinstance(f, Apply) and f.args[0] in (Head(Max), Head(Abs)))
    ]
    return bool(found) and all(f in found or not bases(f) for f in parts)


def largest(expr: Expr, given: Given) -> Expr | None:
    """The largest exponent in sums and products of exponentials; None where all are lowered."""
    if Exp not in getattr(expr, "heads", ()):
        return None
    match expr:
        case Exp(operand):
            return None if is_lowered(operand) else operand
        case Minus(operand):
            return largest(operand, given)
        case Quotient(numerator, denominator):
            # With exponentials below as well it is scaled as a whole.
            return None if largest(denominator, given) is not None else largest(numerator, given)
        case Power(base, exponent) if exponent.is_positive:
            inner = largest(base, given)
            return None if inner is None else times(exponent, inner)
        case Times(parts):
            if any(lowering(f) for f in parts):
                # It found no way further inwards, and another one would find none either.
                return None
            several = [m for p in parts if (m := largest(p, given)) is not None]
            return None if not several else several[0] if len(several) == 1 else Plus(*several)
        case Plus(parts):
            found = [largest(t, given) for t in parts]
            if not any(m is not None for m in found):
                return None
            each = dict.fromkeys(ZERO if m is None else m for m in found)
            return reduce(lambda a, b: Apply(Head(Max), a, b), each)
        case Total():
            body, index = expr.open()
            inside = given.within(index, tuple(expr.limits[1:]))
            inner = largest(body, inside)
            if inner is None or index not in names(inner):
                return inner
            above, _ = sides(body)
            weight = uncertain((f for f in above if Exp not in heads(f)), inside)
            return most_of(inner, weight, index, expr.limits[1:])
    return None


def lowering(factor: Expr) -> bool:
    """Whether a factor is an ``e^{-m}`` on its way inwards."""
    match factor:
        case Exp(Minus(most)):
            return _is_most(most)
    return False


def destination(parts: tuple[Expr, ...], given: Given) -> tuple[int, int] | None:
    """Where an ``e^{-m}`` is among factors, and which of the others it goes into.

    That is the one whose largest exponent is ``m``, else the one whose exponentials are not lowered
    yet and have most arrays in common with ``m``, else any exponential.
    """
    for n, factor in enumerate(parts):
        if not lowering(factor):
            continue
        most = factor.operand.operand
        others = [m for m in range(len(parts)) if m != n]
        exponents = {m: largest(parts[m], given) for m in others if not lowering(parts[m])}
        own = [m for m, exponent in exponents.items() if exponent == most]
        unlowered = [m for m, exponent in exponents.items() if exponent is not None]
        unlowered.sort(key=lambda m: -len(bases(parts[m]) & bases(most)))
        last = [m for m in exponents if isinstance(parts[m], Exp)]
        for candidates in (own, unlowered, last):
            if candidates:
                return n, candidates[0]
    return None


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
        case Quotient(Exp(operand), Total() as below) if is_positive(below, given):
            return Exp(plus(operand, Minus(Log(below))))
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
    n, m = sorted(sorted(found, key=lambda n: not _is_most(expr.args[n].operand))[:2])
    joined = Exp(plus(expr.args[n].operand, expr.args[m].operand))
    return _in_place_of_both(expr.args, m, n, joined)


def joins_maxima(expr: Expr, given: Given) -> bool:
    """Whether an exponential of the largest exponent of a sum stands beside another one."""
    found = [f for f in expr.args if isinstance(f, Exp) and not lowering(f)]
    return len(found) > 1 and any(_is_most(f.operand) for f in found)


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
    if not any(map(lowering, expr.args)):
        return None
    rising = [
        n for n, f in enumerate(expr.args) if not lowering(f) and largest(f, given) is not None
    ]
    for n in rising:
        total = expr.args[n]
        most = largest(total, given) if isinstance(total, Total) else None
        if most is not None and len(rising) > 1 and _is_most(most):
            body, index = total.open()
            inside = total.over(times(Exp(Minus(most)), body), index)
            return times(*expr.args[:n], Exp(most), inside, *expr.args[n + 1 :])
    return None


def mixed_shares(expr: Expr, given: Given) -> frozenset[Expr]:
    """The softmaxes that are factors in a sum under a logarithm or below a bar.

    All of its terms may round to zero, though the logarithm and the fraction do not.
    """
    match expr:
        case Log(operand):
            sums = factors(operand)
        case Quotient(_, denominator):
            sums = factors(denominator)
        case _:
            sums = ()
    found: set[Expr] = set()
    for total in sums:
        if isinstance(total, Total):
            body, index = total.open()
            found |= {share.base for share in _shares(body, given) if index in names(share)}
        elif isinstance(total, Plus):
            several = [_shares(term, given) for term in total.args]
            if all(several):
                found |= {share.base for shares in several for share in shares}
    inner = (mixed_shares(a, given) for a in expr.args if isinstance(a, Inert))
    return frozenset(found).union(*inner)


def _shares(term: Expr, given: Given) -> list[Indexed]:
    """The entries of softmaxes among the factors of a term."""
    parts = [f for f in sides(term)[0] if isinstance(f, Indexed)]
    return [f for f in parts if (d := given.definition_of(f)) is not None and d.softmax]


def over_mixture(expr: Expr, given: Given) -> bool:
    """Whether something is divided by a mixture of shares in a sum that a share is multiplied by.

    The fraction may overflow where the share rounds to zero: together they do not.
    """
    beside = [f.base for f in expr.args if isinstance(f, Indexed)]
    return any(
        isinstance(factor, Plus)
        and any(
            set(beside) & mixed_shares(term.operand if isinstance(term, Minus) else term, given)
            for term in factor.args
        )
        for factor in expr.args
    )


def over_partition(expr: Expr, given: Given) -> frozenset[Expr]:
    """The softmaxes that are multiplied by a fraction with their own partition above the bar.

    The share may round to zero and the fraction overflow, though the partition cancels.
    """
    found = set()
    if isinstance(expr, Times):
        above = {f for factor in expr.args for f in _numerators(factor) if isinstance(f, Total)}
        for share in _shares(expr, given):
            known = given.definition_of(share)
            below = value_of(share, known).denominator if known is not None else None
            if below in above:
                found.add(share.base)
    inner = (over_partition(a, given) for a in expr.args if isinstance(a, Inert))
    return frozenset(found).union(*inner)


def _numerators(factor: Expr) -> Iterator[Expr]:
    """The factors above the bar of the fractions in a sum."""
    for term in terms(factor):
        plain = term.operand if isinstance(term, Minus) else term
        if isinstance(plain, Quotient):
            yield from factors(plain.numerator)


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
        Condition("positive", (s.b,)),
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
    if not is_positive(base, given):
        return None
    down = Exp(Minus(Quotient(expr.args[n].operand.operand, exponent)))
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
        if most is not None and _is_most(most) and Exp(Minus(most)) not in below:
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
    sums = [f for f in parts if isinstance(f, (Plus, Total))]
    most = next((m for f in sums if (m := largest(f, given)) is not None), None)
    if most is None or not _is_most(most) or Exp(Minus(most)) in parts:
        return None
    return Plus(most, Log(times(Exp(Minus(most)), expr.operand)))


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
