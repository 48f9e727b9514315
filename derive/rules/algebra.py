"""Products, fractions, and terms that meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, Indexed, S

from derive.facts import Given
from derive.laws import Condition, Each, Source, Value, law
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
    Total,
    bases,
    code,
    factors,
    fraction,
    heads,
    is_number,
    plus,
    replace,
    times,
    without,
)
from derive.reading import reading_order
from derive.rules import samples as s
from derive.rules.monomials import (
    Monomial,
    distributed,
    expression,
    is_reduced,
    monomial,
    place,
    raise_to,
    sides,
    split_power,
    terms_left,
)
from derive.rules.registry import Outcome, rule

z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]
PRODUCTS = (Times, Quotient)


# Fractions ---------------------------------------------------------------------------------


def meet(factors_above: list[Expr], factors_below: list[Expr], equal: bool) -> bool:
    """Reduce one base that stands above and below the bar, in place; False where there is none.

    ``equal`` asks for the same exponent on both sides.
    """
    for n, upper in enumerate(factors_above):
        base, exponent = split_power(upper)
        if is_number(base) and (exponent == 1 or not equal):
            continue  # numbers are put together by a rule of their own; of roots the same cancel
        for m, lower in enumerate(factors_below):
            other, against = split_power(lower)
            if code(base) != code(other) or (exponent == against) is not equal:
                continue
            gap = exponent - against
            if gap.is_negative or (not gap.is_positive and gap.could_extract_minus_sign()):
                factors_above[n], factors_below[m] = ONE, raise_to(base, -gap)
            else:
                factors_above[n], factors_below[m] = raise_to(base, gap), ONE
            return True
    return False


def cancel(expr: Expr, equal: bool) -> Outcome:
    """Reduce one factor against one in a denominator, within a fraction or among factors."""
    if isinstance(expr, Quotient):
        above, below = map(list, sides(expr))
        return fraction(above, below) if meet(above, below, equal) else None
    slots = [tuple(map(list, sides(f))) for f in expr.args]
    for n, (_, below) in enumerate(slots):
        for m, (above, _) in enumerate(slots):
            if below and n != m and meet(above, below, equal):
                parts = [fraction(*slot) if slot[1] else times(*slot[0]) for slot in slots]
                return times(*(p for p in parts if p != 1))
    return None


@rule(
    law(Times(s.a, Quotient(1, s.a)), ONE, Condition("nonzero", (s.a,))),
    Times(y_k, Quotient(1, s.p[s.k1]), s.p[s.k1]),
    head=PRODUCTS,
)
def cancel_factor(expr: Expr, given: Given) -> Outcome:
    return cancel(expr, equal=True)


@rule(
    law(Times(Delta(s.j, s.k), Delta(s.j, s.k)), Delta(s.j, s.k)),
    Times(Delta(s.i1, s.k1), Delta(s.i1, s.k1), z_k),
)
def merge_deltas(expr: Expr, given: Given) -> Outcome:
    for n, factor in enumerate(expr.args):
        if isinstance(factor, Delta) and factor in expr.args[n + 1 :]:
            return times(*without(expr.args, n))
    return None


@rule(
    law(
        Times(Delta(s.j, s.k), Value(s.F, s.k)),
        Times(Delta(s.j, s.k), Value(s.F, s.j)),
    ),
    Times(Delta(s.i1, s.k1), s.p[s.k1], z_k),
)
def move_index(expr: Expr, given: Given) -> Outcome:
    """``δ_{jk} f_k = δ_{jk} f_j``, for an entry ``f_k``."""
    for delta in expr.args:
        for n, entry in enumerate(expr.args if isinstance(delta, Delta) else ()):
            if isinstance(entry, Indexed) and delta.second in entry.indices:
                indices = (delta.first if i == delta.second else i for i in entry.indices)
                return times(*expr.args[:n], entry.base[tuple(indices)], *expr.args[n + 1 :])
    return None


@rule(
    law(
        Times(Delta(s.j, s.k), Value(s.F, s.k)),
        Times(Delta(s.j, s.k), Value(s.F, s.j)),
    ),
    Times(Delta(s.i1, s.k1), Quotient(s.p[s.k1], Plus(ONE, Exp(z_k)))),
    head=PRODUCTS,
)
def move_index_throughout(expr: Expr, given: Given) -> Outcome:
    """``δ_{jk} f_k = δ_{jk} f_j``, whatever stands beside the delta."""
    return _moved(expr, lambda delta: (delta.second, delta.first))


@rule(
    law(
        Times(Delta(s.j, s.k), Value(s.F, s.j)),
        Times(Delta(s.j, s.k), Value(s.F, s.k)),
    ),
    Times(Delta(s.i1, s.k1), Quotient(s.p[s.i1], Plus(ONE, Exp(z_i)))),
    formal="move_index_throughout",
    head=PRODUCTS,
)
def move_index_back(expr: Expr, given: Given) -> Outcome:
    """``δ_{jk} f_j = δ_{jk} f_k``, whatever stands beside the delta."""
    return _moved(expr, lambda delta: (delta.first, delta.second))


def _moved(expr: Expr, ends: Callable[[Delta], tuple[Expr, Expr]]) -> Outcome:
    """A product with one end of a delta in it written as the other one everywhere."""
    above, below = sides(expr)
    for n, delta in enumerate(above):
        named = isinstance(delta, Delta) and not is_number(delta.first)
        others = (*without(above, n), *below) if named else ()
        move = dict((ends(delta),)) if others else {}
        moved = [replace(f, move) for f in others]
        if moved != list(others):
            top = times(*moved[:n], delta, *moved[n : len(above) - 1])
            return Quotient(top, times(*moved[len(above) - 1 :])) if below else top
    return None


@rule(
    law(Times(s.a, Quotient(s.b, s.c)), Quotient(Times(s.a, s.b), s.c)),
    Times(y_k, Quotient(1, s.T)),
)
def multiply_quotients(expr: Expr, given: Given) -> Outcome:
    if not any(isinstance(f, Quotient) for f in expr.args):
        return None
    split = [sides(f) for f in expr.args]
    above = [f for top, _ in split for f in top if f != 1]
    below = [f for _, bottom in split for f in bottom]
    return Quotient(times(*above), times(*below))


@rule(
    law(Times(s.a, Quotient(ONE, s.b)), Quotient(s.a, s.b)),
    Times(y_k, Quotient(1, s.p[s.k1]), z_k),
)
def join_reciprocal(expr: Expr, given: Given) -> Outcome:
    """Write a factor and the reciprocal beside it as a fraction."""
    pairs = zip(expr.args, expr.args[1:], strict=False)
    for n, (factor, quotient) in enumerate(pairs):
        reciprocal = isinstance(quotient, Quotient) and quotient.numerator == 1
        if reciprocal and not isinstance(factor, Quotient):
            whole = Quotient(factor, quotient.denominator)
            return times(*expr.args[:n], whole, *expr.args[n + 2 :])
    return None


@rule(
    law(Quotient(Quotient(s.a, s.b), s.c), Quotient(s.a, Times(s.b, s.c))),
    Quotient(Quotient(z_k, s.T), s.gamma),
)
def flatten_quotient(expr: Expr, given: Given) -> Outcome:
    above, below = sides(expr)
    if not any(isinstance(f, Quotient) for f in (*above, *below)):
        return None
    top: list[Expr] = []
    bottom: list[Expr] = []
    for parts, same, other in ((above, top, bottom), (below, bottom, top)):
        for part in parts:
            upper, lower = sides(part)
            same += upper
            other += lower
    return fraction(top, bottom)


@rule(
    law(Quotient(1, Quotient(s.a, s.b)), Quotient(s.b, s.a)),
    Quotient(1, Quotient(z_k, s.T)),
    formal="flatten_quotient",
)
def flip_quotient(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Quotient(above, Quotient(upper, lower)) if above == 1:
            return Quotient(lower, upper)
    return None


@rule(
    law(Quotient(Plus(Each(s.a)), s.c), Plus(Each(Quotient(s.a, s.c)))),
    Quotient(Plus(z_k, y_k), s.T),
)
def split_quotient(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Quotient(Plus(terms), below):
            return Plus(*(_over(term, below) for term in terms))
    return None


@rule(
    law(Quotient(Times(s.a, Plus(Each(s.b))), s.c), Times(s.a, Plus(Each(Quotient(s.b, s.c))))),
    Quotient(Times(s.gamma, Plus(z_k, y_k)), s.T),
)
def split_numerator(expr: Expr, given: Given) -> Outcome:
    """``a (b + c) / d = a (b/d + c/d)``"""
    match expr:
        case Quotient(Times(parts), below):
            n = sum_to_split(parts, below)
            if n is not None:
                split = Plus(*(_over(term, below) for term in parts[n].args))
                return times(*without(parts, n), split)
    return None


def sum_to_split(above: tuple[Expr, ...], below: Expr) -> int | None:
    """Where among factors the one sum stands; of several the one with the same sum over an index,
    or entry of which there is a power, in a term as there is below the bar.
    """
    sums = [n for n, part in enumerate(above) if isinstance(part, Plus)]
    if len(sums) > 1:
        powers = map(split_power, factors(below))
        bars = {
            code(b)
            for b, n in powers
            if isinstance(b, Total) or (isinstance(b, Indexed) and n != 1)
        }
        sums = [n for n in sums if any(bars & set(monomial(t).powers) for t in above[n].args)]
    return sums[0] if len(sums) == 1 else None


def _over(term: Expr, below: Expr) -> Expr:
    return (
        Minus(Quotient(term.operand, below)) if isinstance(term, Minus) else Quotient(term, below)
    )
    return None


@rule(
    law(
        Plus(1, Minus(Quotient(s.a, Plus(s.a, s.b)))),
        Quotient(s.b, Plus(s.a, s.b)),
        Condition("nonzero", (Plus(s.a, s.b),)),
    ),
    Plus(1, Minus(Quotient(1, Plus(1, Exp(z_k))))),
)
def complement_fraction(expr: Expr, given: Given) -> Outcome:
    """``1 - a/(a + b) = b/(a + b)``, and the same with both signs turned."""
    return _left_of(expr, lambda whole, total: not whole.powers and abs(whole.coefficient) == 1)


@rule(
    law(
        Plus(s.c, Minus(Quotient(Times(s.c, s.a), Plus(s.a, s.b)))),
        Quotient(Times(s.c, s.b), Plus(s.a, s.b)),
        Condition("nonzero", (Plus(s.a, s.b),)),
    ),
    Plus(y_k, Minus(Quotient(Times(y_k, Exp(z_k)), Plus(1, Exp(z_k))))),
)
def complement_term(expr: Expr, given: Given) -> Outcome:
    """``c - c a/(a + b) = c b/(a + b)``"""
    # Of several terms that are left a longer term would be made.
    return _left_of(expr, lambda whole, total: bool(whole.powers) and len(total.args) == 2)


def _left_of(expr: Expr, wanted: Callable[[Monomial, Plus], bool]) -> Outcome:
    """What a fraction leaves of a term beside it, where term and denominator are ``wanted``."""
    if Quotient not in heads(expr):
        return None
    split = [monomial(term) for term in expr.args]
    for n, term in enumerate(split):
        for total, exponent in term.powers.values():
            if exponent != -1 or not isinstance(total, Plus):
                continue
            for part, rest in _parts_of(total, term):
                beside = monomial(Quotient(expr.args[n], Quotient(part, total)))
                whole = Monomial(-beside.coefficient, beside.powers)
                # What is below a bar in the one and above in the other would have to cancel.
                alone = whole.powers.keys().isdisjoint(monomial(part).powers)
                at = place(whole, split) if alone and wanted(whole, total) else None
                if at is not None:
                    left = Quotient(plus(*rest), total)
                    joined = list(expr.args)
                    joined[n] = expression(monomial(times(expression(whole), left)))
                    return plus(*without(tuple(joined), at))
    return None


def _parts_of(total: Plus, term: Monomial) -> Iterator[tuple[Expr, list[Expr]]]:
    """The terms of a sum, and a bracket of several of them in ``term``, each with the others."""
    for m, part in enumerate(total.args):
        yield part, list(without(total.args, m))
    for bracket, exponent in term.powers.values():
        if isinstance(bracket, Plus) and exponent == 1:
            left = terms_left(total, bracket)
            if left:
                yield bracket, left


# Sums of terms -----------------------------------------------------------------------------


@rule(
    law(
        Plus(ONE, Quotient(s.a, Plus(s.b, Minus(s.a)))),
        Quotient(s.b, Plus(s.b, Minus(s.a))),
        Condition("nonzero", (Plus(s.b, Minus(s.a)),)),
    ),
    Plus(ONE, Quotient(s.p[s.k1], Plus(ONE, Minus(s.p[s.k1])))),
)
def complement_odds(expr: Expr, given: Given) -> Outcome:
    """``1 + a/(b - a) = b/(b - a)``"""
    match expr:
        case Plus((one, Quotient(share, Plus() as below))) | Plus(
            (Quotient(share, Plus() as below), one)
        ) if one == 1 and Minus(share) in below.args:
            whole = plus(*without(below.args, below.args.index(Minus(share))))
            return Quotient(whole, below)
    return None


@rule(
    law(Times(s.a, Plus(Each(s.b))), Plus(Each(Times(s.a, s.b)))),
    Times(y_k, Plus(Delta(s.i1, s.k1), Minus(z_k))),
)
def distribute_product(expr: Expr, given: Given) -> Outcome:
    sums = [n for n, f in enumerate(expr.args) if isinstance(f, Plus)]
    if not sums:
        return None
    chosen = min(sums, key=lambda n: _opened_later(expr.args[n]))
    return distributed(without(expr.args, chosen), expr.args[chosen])


def _opened_later(total: Expr) -> tuple[bool, bool, bool]:
    """Which sums to multiply out last: a sum of parameters is a factor like another.

    First comes what has a number in it, which leaves the other factors as they are.
    """
    return Delta not in total.heads, not bases(total), not any(map(is_number, total.args))


@rule(
    law(Plus(s.a, Minus(s.a)), ZERO),
    Plus(z_k, y_k, Minus(z_k)),
)
def cancel_terms(expr: Expr, given: Given) -> Outcome:
    split = [monomial(t) for t in expr.args]
    for n, first in enumerate(split):
        for m in range(n + 1, len(split)):
            second = split[m]
            opposite = first.key == second.key and first.coefficient == -second.coefficient
            # What cancels inside a term is a step of its own.
            if opposite and is_reduced(expr.args[n]) and is_reduced(expr.args[m]):
                rest = without(without(expr.args, m), n)
                return plus(*rest)
    return None


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(2, z_k), y_k, Times(3, z_k)),
)
def collect_terms(expr: Expr, given: Given) -> Outcome:
    split = [monomial(t) for t in expr.args]
    for n, first in enumerate(split):
        if not first.powers:
            continue
        for m in range(n + 1, len(split)):
            if first.key == split[m].key:
                number = first.coefficient + split[m].coefficient
                rest = list(expr.args)
                rest[n] = expression(Monomial(number, first.powers))
                return plus(*without(tuple(rest), m))
    return None


# Order, for readers ------------------------------------------------------------------------


@rule(
    law(Plus(s.a, s.b), Plus(s.b, s.a)),
    Plus(Minus(y_k), z_k),
    bookkeeping=True,
)
def reorder_terms(expr: Expr, given: Given) -> Outcome:
    """Put a positive term first, and terms that are plain numbers or entries before long ones."""
    ordered = sorted(expr.args, key=lambda t: isinstance(t, Minus))
    return None if ordered == list(expr.args) else Plus(*ordered)


@rule(
    law(Times(s.a, s.b), Times(s.b, s.a)),
    Times(Plus(1, z_k), y_k, 2),
    bookkeeping=True,
)
def reorder_factors(expr: Expr, given: Given) -> Outcome:
    """Numbers first, then entries, fractions and functions, then sums."""
    ordered = sorted(expr.args, key=reading_order)
    return None if ordered == list(expr.args) else Times(*ordered)


# Bookkeeping -------------------------------------------------------------------------------


@rule(
    law(Plus(Plus(s.a, s.b), s.c), Plus(s.a, s.b, s.c)), Plus(Plus(z_k, y_k), 1), bookkeeping=True
)
def flatten_sum(expr: Expr, given: Given) -> Outcome:
    return plus(*expr.args) if any(isinstance(t, Plus) for t in expr.args) else None


@rule(
    law(Times(Times(s.a, s.b), s.c), Times(s.a, s.b, s.c)),
    Times(Times(z_k, y_k), s.T),
    bookkeeping=True,
)
def flatten_product(expr: Expr, given: Given) -> Outcome:
    return times(*expr.args) if any(isinstance(f, Times) for f in expr.args) else None


@rule(law(Plus(s.a, 0), s.a), Plus(z_k, 0), bookkeeping=True)
def drop_zero(expr: Expr, given: Given) -> Outcome:
    kept = [t for t in expr.args if t not in (0, Minus(0))]
    return plus(*kept) if len(kept) < len(expr.args) else None


@rule(law(Times(s.a, 1), s.a), Times(z_k, 1), bookkeeping=True)
def drop_one(expr: Expr, given: Given) -> Outcome:
    kept = [f for f in expr.args if f != 1]
    return times(*kept) if len(kept) < len(expr.args) else None


@rule(law(Times(s.a, 0), ZERO), Times(z_k, 0), bookkeeping=True, telling=True)
def multiply_by_zero(expr: Expr, given: Given) -> Outcome:
    return ZERO if ZERO in expr.args else None


@rule(
    Source.ARITHMETIC,
    Times(2, 3, z_k),
    head=(Times, Quotient, Plus, Power),
    bookkeeping=True,
)
def combine_numbers(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Power(base, exponent) if is_number(base) and exponent.is_Integer:
            return base**exponent
        case Plus(terms):
            values = [
                -t.operand if isinstance(t, Minus) and is_number(t.operand) else t for t in terms
            ]
            numbers = [v for v in values if is_number(v)]
            if len(numbers) < 2:
                return None
            total = sum(numbers, S.Zero)
            first = next(n for n, v in enumerate(values) if is_number(v))
            rest = [t for t, v in zip(terms, values, strict=True) if not is_number(v)]
            signed = Minus(-total) if total < 0 else total
            return plus(*rest[:first], signed, *rest[first:])
    above, below = sides(expr)
    upper = [f for f in above if is_number(f)]
    lower = [f for f in below if is_number(f)]
    alone = lower and (not below[1:] or not lower[0].is_Integer)
    if len(upper) + len(lower) < 2 and not alone:
        return None
    if ZERO in lower:
        return None
    value = S.One
    for number in upper:
        value = value * number
    for number in lower:
        value = value / number
    top = [f for f in above if not is_number(f)]
    bottom = [f for f in below if not is_number(f)]
    reduced = len(upper) == 1 and len(lower) == 1 and (value.p, value.q) == (upper[0], lower[0])
    if reduced and (top or bottom):
        return None
    if not bottom:
        return times(value, *top) if value != 1 or not top else times(*top)
    if value.p != 1:
        top.insert(0, S(value.p))
    if value.q != 1:
        bottom.insert(0, S(value.q))
    return Quotient(times(*top), times(*bottom))


@rule(law(Quotient(s.a, ONE), s.a), Quotient(z_k, 1), bookkeeping=True)
def divide_by_one(expr: Expr, given: Given) -> Outcome:
    return expr.numerator if expr.denominator == 1 else None


@rule(law(Quotient(ZERO, s.a), ZERO), Quotient(0, s.T), bookkeeping=True)
def divide_zero(expr: Expr, given: Given) -> Outcome:
    return ZERO if expr.numerator == 0 else None


@rule(law(Power(s.a, ONE), s.a), Power(z_k, 1), bookkeeping=True)
def drop_exponent(expr: Expr, given: Given) -> Outcome:
    return expr.base if expr.exponent == 1 else None


@rule(law(Power(ONE, s.n), ONE), Power(ONE, s.gamma), bookkeeping=True)
def power_of_one(expr: Expr, given: Given) -> Outcome:
    return ONE if expr.base == 1 else None
