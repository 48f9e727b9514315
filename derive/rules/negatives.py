"""Signs: of sums, of products, and which way round a difference is written."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

from sympy import Abs, Expr, Indexed, atan, cos, cosh, sign, sin, sinh, tanh

from derive.facts import Given
from derive.laws import Condition, Each, law
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Delta,
    Exp,
    Head,
    Minus,
    Opened,
    Plus,
    Power,
    Quotient,
    Times,
    code,
    times,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import sides, split_power, with_factor
from derive.rules.registry import Outcome, rule

z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]


@rule(
    law(Minus(Plus(Each(s.a))), Plus(Each(Minus(s.a)))),
    Minus(Plus(y_k, Minus(z_k))),
)
def distribute_negative(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Minus(Plus(terms)):
            return Plus(*(t.operand if isinstance(t, Minus) else Minus(t) for t in terms))
    return None


@rule(
    law(
        Minus(Times(s.a, Plus(Each(s.b)))),
        Times(s.a, Plus(Each(Minus(s.b)))),
    ),
    Minus(Quotient(Plus(y_k, Minus(z_k)), s.T)),
)
def turn_sign(expr: Expr, given: Given) -> Outcome:
    """Take a leading minus into a difference: ``-a (b - c) = a (c - b)``."""
    above = sides(expr.operand)[0]
    differences = [
        n
        for n, factor in enumerate(above)
        if isinstance(factor, Plus) and any(isinstance(t, Minus) for t in factor.args)
    ]
    if not differences:
        return None
    # What is left of one, ``1 - p``, stays as it is if another can be turned as well. A label less
    # a share is turned first.
    turned = [n for n in differences if long_and_turned(above[n])]

    def comes_first(at: int) -> tuple[bool, int, bool]:
        bracket = above[at]
        return not is_label_less(bracket), _pluses(bracket), bracket.args[0] == 1

    n = min(turned or differences, key=comes_first)
    return with_factor(expr.operand, n, distribute_negative(Minus(above[n]), given))


def is_label_less(bracket: Plus) -> bool:
    """Whether this is a ``δ - p``: only deltas are added in it, and other things taken off."""
    taken = [t.operand for t in bracket.args if isinstance(t, Minus)]
    added = [t for t in bracket.args if not isinstance(t, Minus)]
    return all(isinstance(t, Delta) for t in added) and any(not isinstance(t, Delta) for t in taken)


def _pluses(difference: Expr) -> int:
    """How many terms have no minus: so many have one when it is turned."""
    return sum(not isinstance(t, Minus) for t in difference.args)


@rule(
    law(Times(s.a, Plus(Each(Minus(s.b)))), Minus(Times(s.a, Plus(Each(s.b))))),
    Times(y_k, Plus(Minus(z_k), Minus(z_i))),
    head=PRODUCTS,
)
def take_out_sign(expr: Expr, given: Given) -> Outcome:
    """``a (-b - c) = -a (b + c)``"""
    for n, factor in enumerate(sides(expr)[0]):
        if isinstance(factor, Plus) and all(isinstance(t, Minus) for t in factor.args):
            bare = Plus(*(t.operand for t in factor.args))
            return Minus(with_factor(expr, n, bare))
    return None


@rule(
    law(Plus(Each(s.a)), Minus(Plus(Each(Minus(s.a))))),
    Plus(z_k, Minus(z_i)),
)
def turn_difference(expr: Expr, given: Given) -> Outcome:
    """``z_j - z_k = -(z_k - z_j)``: the entry whose indices are free, and come first, is first.

    What is no difference of entries of one array is turned where a minus leads; of two bound
    indices neither comes first.
    """
    either = unordered(ends(expr))
    if len(expr.args) != 2 or not any(isinstance(t, Minus) for t in expr.args):
        return None
    return Minus(distribute_negative(Minus(expr), given)) if either or is_turned(expr) else None


def is_turned(expr: Expr) -> bool:
    """Whether a difference is the other way round than it is to be, or a minus leads."""
    found = ends(expr)
    return leads(expr) if found is None or unordered(found) else found > found[::-1]


def unordered(found: Ends | None) -> bool:
    """Whether neither of the two entries in a difference comes first."""
    return found is not None and found == found[::-1]


@rule(
    law(Exp(Times(s.a, Plus(Each(s.b)))), Exp(Minus(Times(s.a, Plus(Each(Minus(s.b))))))),
    Exp(Quotient(Plus(y_k, Minus(z_k)), s.T)),
)
def turn_exponent(expr: Expr, given: Given) -> Outcome:
    """``e^{a (b - c)} = e^{-a (c - b)}``: as a definition may have it."""
    for n, factor in enumerate(sides(expr.operand)[0]):
        if isinstance(factor, Plus) and any(isinstance(t, Minus) for t in factor.args):
            turned = distribute_negative(Minus(factor), given)
            return Exp(Minus(with_factor(expr.operand, n, turned)))
    return None


BOUND = "~"
"""What stands for an index that is bound: the names of others come before it."""

Ends = tuple[tuple[str, ...], tuple[str, ...]]


def ends(expr: Expr) -> Ends | None:
    """The indices of the two entries in a difference of entries of one array."""
    match expr:
        case Plus((Indexed() as first, Minus(Indexed() as second))) | Plus(
            (Minus(Indexed() as second), Indexed() as first)
        ):
            if first.base == second.base:
                return _indices(first), _indices(second)
    return None


def _indices(entry: Indexed) -> tuple[str, ...]:
    return tuple(map(place_of, entry.indices))


def place_of(index: Expr) -> str:
    """What an index is sorted by: its name where it is free, and after all of these if not."""
    return BOUND if isinstance(index, Opened) else str(index)


@rule(
    law(Power(Minus(s.a), s.n), Power(s.a, s.n), Condition("even", (s.n,))),
    Power(Minus(z_k), 2),
    bookkeeping=True,
    telling=True,
)
def reflect_even_power(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Power(Minus(operand), exponent) if exponent.is_Integer and exponent.is_even:
            return Power(operand, exponent)
    return None


@rule(
    law(Power(Minus(s.a), s.n), Minus(Power(s.a, s.n)), Condition("odd", (s.n,))),
    Power(Minus(z_k), 3),
    bookkeeping=True,
    telling=True,
)
def reflect_odd_power(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Power(Minus(operand), exponent) if exponent.is_Integer and exponent.is_odd:
            return Minus(Power(operand, exponent))
    return None


@rule(
    law(
        Times(s.a, Plus(s.b, Minus(s.c))),
        Minus(Times(s.a, Plus(s.c, Minus(s.b)))),
    ),
    Times(Plus(z_k, Minus(z_i)), Plus(z_i, Minus(z_k))),
    head=PRODUCTS,
)
def turn_factor(expr: Expr, given: Given) -> Outcome:
    """``a (b - c) = -a (c - b)``, where ``c - b`` is a factor as well, or below the bar."""
    above, below = sides(expr)
    others = [f for part in (*above, *below) for side in sides(part) for f in side]
    known = {code(split_power(f)[0]) for f in others}
    for n, factor in enumerate(above):
        match factor:
            case Plus((_, Minus())) | Plus((Minus(), _)):
                turned = distribute_negative(Minus(factor), given)
                if code(turned) in known and code(turned) != code(factor):
                    return Minus(with_factor(expr, n, turned))
    return None


@rule(
    law(
        Times(Plus(s.a, Minus(ONE)), Plus(s.b, Minus(s.c))),
        Times(Plus(ONE, Minus(s.a)), Plus(s.c, Minus(s.b))),
    ),
    Times(Plus(s.T, Minus(ONE)), Plus(z_k, Minus(y_k))),
    head=PRODUCTS,
)
def turn_both(expr: Expr, given: Given) -> Outcome:
    """``(a - 1) (c - b) = (1 - a) (b - c)``, where ``b`` is written before ``c``."""
    above = sides(expr)[0]
    for n, m in permutations(range(len(above)), 2):
        match above[n], above[m]:
            case Plus((_, Minus(one))), Plus((_, Minus()) | (Minus(), _)) if one == 1:
                turned = {at: distribute_negative(Minus(above[at]), given) for at in (n, m)}
                if leads(above[m]) and not leads(turned[m]):
                    return with_factor(with_factor(expr, n, turned[n]), m, turned[m])
    return None


@rule(
    law(
        Minus(Times(s.c, Plus(Each(Times(Plus(s.a, Minus(ONE)), s.b))))),
        Times(s.c, Plus(Each(Times(Plus(ONE, Minus(s.a)), s.b)))),
    ),
    Minus(
        Times(y_k, Plus(*(Times(Plus(entry, Minus(ONE)), entry) for entry in (z_i, z_k)))),
    ),
    formal="turn_factor",
)
def turn_each(expr: Expr, given: Given) -> Outcome:
    """``-c ((a - 1) b + (d - 1) f) = c ((1 - a) b + (1 - d) f)``"""
    for n, bracket in enumerate(sides(expr.operand)[0]):
        if isinstance(bracket, Plus):
            turned = [_less_than_one(term) for term in bracket.args]
            if None not in turned:
                return with_factor(expr.operand, n, Plus(*turned))
    return None


def _less_than_one(term: Expr) -> Expr | None:
    """``(1 - a) b`` for a term ``(a - 1) b``; None for others."""
    for n, factor in enumerate(sides(term)[0]):
        match factor:
            case Plus((share, Minus(one))) if one == 1:
                return with_factor(term, n, Plus(ONE, Minus(share)))
    return None


def long_and_turned(factor: Expr) -> bool:
    """Whether this is a bracket of more than two terms that begins with a minus."""
    return isinstance(factor, Plus) and len(factor.args) > 2 and leads(factor)


def leads(difference: Expr) -> bool:
    """Whether a difference is written with a minus first."""
    return str(difference.doit()).startswith("-")


def _reflected(function: type, sign_kept: bool) -> Callable[[Expr, Given], Outcome]:
    """The rule for a function of ``-u``: the same as of ``u``, or its opposite."""

    def reflect(expr: Expr, given: Given) -> Outcome:
        match expr:
            case Apply(applied, (Minus(operand),)) if applied is function:
                bare = Apply(expr.args[0], operand)
                return Minus(bare) if sign_kept else bare
        return None

    reflect.__name__ = f"reflect_{function.__name__.lower()}"
    before, bare = (Apply(Head(function), u) for u in (Minus(s.u), s.u))
    example = Apply(Head(function), Minus(z_k))
    claim = law(before, Minus(bare) if sign_kept else bare)
    return rule(claim, example, bookkeeping=True, telling=True)(reflect)


reflect_abs = _reflected(Abs, sign_kept=False)
reflect_cos = _reflected(cos, sign_kept=False)
reflect_cosh = _reflected(cosh, sign_kept=False)
reflect_sign = _reflected(sign, sign_kept=True)
reflect_sin = _reflected(sin, sign_kept=True)
reflect_sinh = _reflected(sinh, sign_kept=True)
reflect_tanh = _reflected(tanh, sign_kept=True)
reflect_atan = _reflected(atan, sign_kept=True)


@rule(law(Minus(Minus(s.a)), s.a), Minus(Minus(z_k)), bookkeeping=True, telling=True)
def cancel_double_negative(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Minus(Minus(operand)):
            return operand
        case Minus(operand) if operand == 0:
            return ZERO
    return None


@rule(
    law(Times(Minus(s.a), s.b), Minus(Times(s.a, s.b))),
    Times(z_k, Minus(y_k)),
    head=PRODUCTS,
    bookkeeping=True,
    telling=True,
)
def move_sign(expr: Expr, given: Given) -> Outcome:
    count = 0
    parts: list[list[Expr]] = []
    groups = [expr.args] if isinstance(expr, Times) else list(sides(expr))
    for group in groups:
        stripped = []
        for part in group:
            if isinstance(part, Minus):
                count += 1
                part = part.operand
            stripped.append(part)
        parts.append(stripped)
    if not count:
        return None
    whole = times(*parts[0]) if isinstance(expr, Times) else Quotient(*(times(*g) for g in parts))
    return Minus(whole) if count % 2 else whole
