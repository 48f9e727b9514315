"""Fractions that have a name, softmaxes and logistic functions, and what they leave of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from sympy import Expr, Indexed, S

from derive.facts import Definition, Given
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
    collected,
    factors,
    fraction,
    is_mask,
    left_over,
    mask,
    masked,
    names,
    plus,
    replace,
    times,
    without,
)
from derive.recognition import opposite
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import distributed, raise_to, sides, split_power, terms_left
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.softmax import folded, over_one_bar, unfolded
from derive.signs import within
from derive.unify import instance_of

limits = (s.j, s.lo, s.hi, s.X)
FJ = Value(s.F, s.j)
mean = Total(Times(Exp(s.z[s.j1]), s.y[s.j1]), (s.j1, 1, s.C))


@rule(
    law(Quotient(Times(s.a, s.b), Times(s.c, s.n)), Times(Quotient(s.a, s.c), Quotient(s.b, s.n))),
    Example(
        Quotient(Times(Exp(s.z[s.i1]), s.y[s.k1]), Power(s.partition, 2)),
        s.with_softmax,
    ),
    head=Quotient,
)
def separate_quotient(expr: Expr, given: Given) -> Outcome:
    """Take a softmax out of a longer fraction."""
    above, below = factors(expr.numerator), factors(expr.denominator)
    if above != (ONE,) and any(isinstance(b, Plus) for f in below for b in (f, *f.args[:1])):
        # A logistic function has a 1 above the bar, which is not written in a longer fraction.
        above = (*above, ONE)
    if len(above) + len(below) < 3 and not any(isinstance(f, Power) for f in below):
        return None
    if folded(expr, given) is not None:
        return None  # a part of what has a name may have it too, where a mask is one
    for m, bottom in enumerate(below):
        base, left = bottom, ONE
        if isinstance(bottom, Power) and bottom.exponent.is_Integer:
            base = bottom.base
            left = base if bottom.exponent == 2 else Power(base, bottom.exponent - 1)
        if not isinstance(base, (Total, Plus)) and given.definition_of(base) is None:
            continue
        for top, others in _parts_above(above, base):
            if not is_named(top, base, given):
                continue
            rest_above = times(*others)
            rest_below = times(*without(below, m), *(() if left == 1 else (left,)))
            rest = rest_above if rest_below == 1 else Quotient(rest_above, rest_below)
            return times(Quotient(top, base), rest) if rest != 1 else None
    return share_of_several(factors(expr.numerator), below, given)


def _parts_above(above: tuple[Expr, ...], base: Expr) -> Iterator[tuple[Expr, tuple[Expr, ...]]]:
    """What may stand alone over a sum, and what is left: a factor, or those of one of its terms."""
    for n, factor in enumerate(above):
        others = without(above, n)
        match factor:
            case Power(Indexed() as entry, exponent) if exponent.is_Integer and exponent > 1:
                yield entry, (*others, raise_to(entry, exponent - 1))
            case _:
                yield factor, others
    for term in base.args if isinstance(base, Plus) else ():
        left = left_over(above, factors(term)) if isinstance(term, Times) else None
        if left is not None:
            yield term, tuple(left)


def share_of_several(above: tuple[Expr, ...], below: tuple[Expr, ...], given: Given) -> Expr | None:
    """A defined fraction of several factors, as ``1/(u S)`` is, taken out of a longer one."""
    for definition in given.definitions:
        value = over_one_bar(definition.value)
        if not isinstance(value, Quotient):
            continue
        counts = tuple(map(len, sides(value)))
        top = value.numerator
        if (
            sum(counts) < 3
            and not has_root(value.denominator)
            and not isinstance(top, (Plus, Total))
            and given.definition_of(top) is None
        ):
            continue  # but a sum, or a named share, over a number is sought
        whole = ONE in sides(value)[0]
        # Where a sum leaves an index out, the mask of the name is not written.
        masks = sum(any(masked(f, i) is not None for i in names(f)) for f in factors(top))
        chosen = (combinations(range(len(above)), counts[0] - m) for m in sorted({0, masks}))
        for tops in [()] if whole else chain.from_iterable(chosen):
            for bottoms in combinations(range(len(below)), counts[1]):
                parted = [_parted(below[m], value.denominator) for m in bottoms]
                if None in parted:
                    continue
                named = Quotient(
                    times(*(above[n] for n in tops)), times(*(f for f, _ in filter(None, parted)))
                )
                if not has_name(named, given):
                    continue
                left = [f for _, f in filter(None, parted) if f != 1]
                rest_above = times(*(f for n, f in enumerate(above) if n not in tops))
                rest_below = times(*(f for m, f in enumerate(below) if m not in bottoms), *left)
                if rest_above == rest_below == 1:
                    return None
                rest = rest_above if rest_below == 1 else Quotient(rest_above, rest_below)
                return times(named, rest)
    return None


def has_root(denominator: Expr) -> bool:
    """Whether there is a root below the bar of a definition, as a length is."""
    return any(split_power(f)[1] == S.Half for f in factors(denominator))


def _parted(factor: Expr, divisor: Expr) -> tuple[Expr, Expr] | None:
    """What of a power below a bar may be a factor of ``divisor``, and what it leaves."""
    base, exponent = split_power(factor)
    if not exponent.is_Integer:
        return factor, ONE  # whole, as it may be one of those of the definition
    taken = S.Half if has_root(divisor) and isinstance(base, Total) else ONE
    return (raise_to(base, taken), raise_to(base, exponent - taken)) if exponent >= 1 else None


@rule(
    law(Times(s.c, Total(FJ, limits)), Total(Times(s.c, FJ), limits)),
    Example(
        Quotient(Times(s.T, Total(Times(Exp(s.z[s.j1]), s.y[s.j1]), (s.j1, 1, s.C))), s.partition),
        s.with_multiple,
    ),
    head=PRODUCTS,
)
def take_factor_in(expr: Expr, given: Given) -> Outcome:
    """``c Σ_j e^{z_j} y_j / S = Σ_j c e^{z_j} y_j / S``, where ``c e^{z_j} / S`` has a name."""
    above, below = sides(expr)
    for n, total in enumerate(above):
        taken = _lacking(total, without(above, n), below, given)
        if taken:
            body, index = total.open()
            tops, bars = sides(body)
            whole = total.over(fraction([*taken, *tops], list(bars)), index)
            left = (f for f in without(above, n) if f not in taken)
            return fraction([*left, whole], list(below))
    return None


@rule(
    law(Times(s.a, Plus(Each(s.b))), Plus(Each(Times(s.a, s.b)))),
    Example(
        Quotient(Times(s.T, s.y[s.i1], Plus(s.y[s.k1], Quotient(mean, s.partition))), s.z[s.k1]),
        s.with_multiple,
    ),
    head=PRODUCTS,
)
def distribute_factor(expr: Expr, given: Given) -> Outcome:
    """``c (a + Σ_j e^{z_j} y_j / S) = c a + c Σ_j e^{z_j} y_j / S``, to be taken in there."""
    above, below = sides(expr)
    for n, bracket in enumerate(above):
        beside = without(above, n)
        taken = [f for f in _lacking_within(bracket, beside, given) if f in beside]
        if taken:
            left = (f for f in beside if f not in taken)
            return fraction([*left, distributed(tuple(taken), bracket)], list(below))
    return None


def _lacking_within(bracket: Expr, beside: tuple[Expr, ...], given: Given) -> tuple[Expr, ...]:
    """The factors that a sum over an index lacks in a term of a bracket, or of one in that."""
    for term in bracket.args if isinstance(bracket, Plus) else ():
        above, below = sides(term.operand if isinstance(term, Minus) else term)
        for n, part in enumerate(above):
            around = (*beside, *without(above, n))
            found = _lacking(part, around, below, given) or _lacking_within(part, around, given)
            if found:
                return found
    return ()


def _lacking(
    total: Expr, beside: tuple[Expr, ...], below: tuple[Expr, ...], given: Given
) -> tuple[Expr, ...]:
    """The fewest factors beside a sum with which its terms make a fraction with a name."""
    if not isinstance(total, Total):
        return ()
    body, index = total.opened
    above, bars = sides(body)
    inside = given.within(index, tuple(total.limits[1:]))

    def is_named(more: tuple[Expr, ...]) -> bool:
        return share_of_several((*more, *above), (*bars, *below), inside) is not None

    some = (parts for size in range(len(beside) + 1) for parts in combinations(beside, size))
    return next(filter(is_named, some), ())


@rule(
    law(
        Times(s.a, Power(s.b, s.n)),
        Times(Quotient(s.a, s.b), Power(s.b, Plus(s.n, ONE))),
        Condition("positive", (s.b,)),
    ),
    Example(
        Times(Exp(s.z[s.i1]), Power(s.partition, Plus(s.gamma, Minus(ONE)))),
        s.with_softmax,
    ),
    head=PRODUCTS,
)
def separate_share(expr: Expr, given: Given) -> Outcome:
    """Take a softmax out of a power of its denominator: ``a b^(n-1) = (a / b) b^n``."""
    above, below = sides(expr)
    for n, power in enumerate(above):
        if not isinstance(power, Power) or power.exponent.is_Integer:
            continue
        for m, top in enumerate(above):
            if m != n and is_named(top, power.base, given):
                rest = (f for at, f in enumerate(above) if at not in (n, m))
                raised = raise_to(power.base, power.exponent.doit() + 1)
                whole = times(Quotient(top, power.base), raised, *rest)
                return Quotient(whole, times(*below)) if below else whole
    return None


@rule(
    law(
        Quotient(s.b, Plus(s.a, s.b)),
        Plus(ONE, Minus(Quotient(s.a, Plus(s.a, s.b)))),
        Condition("nonzero", (Plus(s.a, s.b),)),
    ),
    Example(Quotient(Exp(Minus(s.z[s.k1])), Plus(ONE, Exp(Minus(s.z[s.k1])))), s.with_logistic),
)
def write_complement(expr: Expr, given: Given) -> Outcome:
    """``b / (a + b) = 1 - a / (a + b)``, where ``a / (a + b)`` has a name."""
    share = _complement(*expr.args)
    if share is None or folded(share, given) is None or folded(expr, given) is not None:
        return None
    return Plus(ONE, Minus(share))


def _complement(above: Expr, below: Expr) -> Expr | None:
    """What is left of one when a fraction ``b / (a + b)`` is taken away."""
    left = terms_left(below, above)
    return Quotient(plus(*left), below) if left else None


def is_named(above: Expr, below: Expr, given: Given) -> bool:
    """Whether a fraction, or what it leaves of one, is the value of a definition.

    Or the logistic function of ``-u`` is, where this is that of ``u``.
    """
    return _is_share(above, below, given) or _turned(above, below, given) is not None


def _is_share(above: Expr, below: Expr, given: Given) -> bool:
    shares = (Quotient(above, below), _complement(above, below))
    return any(share is not None and has_name(share, given) for share in shares)


def has_name(fraction: Expr, given: Given) -> bool:
    """Whether a fraction is the value of a definition, or is where an index is no other one."""
    return folded(fraction, given) is not None or write_mask(fraction, given) is not None


@rule(
    law(
        Quotient(s.a, s.b),
        Quotient(Times(mask(s.j, s.k), s.a), s.b),
        Condition("unequal", (s.j, s.k)),
    ),
    Example(
        Quotient(Exp(s.z[s.k1]), Total(Exp(s.z[s.j1]), (s.j1, 1, s.C, s.t1))),
        s.with_others,
    ),
)
def write_mask(expr: Expr, given: Given) -> Outcome:
    """``a / b = (1 - δ_{jk}) a / b`` where ``j`` is not ``k``, and the whole has a name."""
    for definition in given.definitions:
        match definition.value:
            case Quotient(Times(parts), below):
                masks = [f for f in parts if any(masked(f, i) is not None for i in names(f))]
            case _:
                continue
        bare = Quotient(times(*(f for f in parts if f not in masks)), below)
        found = instance_of(bare, expr, definition.indices) if masks else None
        if found is None or any(i not in found for i in definition.indices):
            continue
        written = [replace(f, found) for f in masks]
        apart = [given.differ(*delta.args) for f in written for delta in collected(f, _deltas)]
        if all(fact is not None for fact in apart):
            known = tuple(fact for fact in apart if fact is not None)
            above = times(*written, *factors(expr.numerator))
            after = Quotient(above, expr.denominator)
            if folded(after, given) is not None:
                return Rewriting(after, given.declared(known))
    return None


def _deltas(expr: Expr) -> list[Expr]:
    return [expr] if isinstance(expr, Delta) else []


@rule(
    Source.DEFINITION,
    Example(Times(mask(s.k1, s.t1), s.p[s.k1], s.y[s.k1]), s.with_masks),
    head=PRODUCTS,
)
def drop_mask(expr: Expr, given: Given) -> Outcome:
    """``(1 - δ_{jk}) q_j = q_j``, where ``q`` is defined with that factor."""
    above, below = sides(expr)
    for n, factor in enumerate(above):
        known = defined_with(factor, without(above, n), given)
        if known:
            return Rewriting(fraction(list(without(above, n)), list(below)), known)
    return None


@rule(
    Source.DEFINITION,
    Example(Total(Times(s.p[s.j1], s.z[s.j1]), (s.j1, 1, s.C, s.t1)), s.with_masks),
    head=Total,
)
def include_masked(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j≠k} q_j f_j = Σ_j q_j f_j``, where ``q`` is defined with a factor ``1 - δ_{jk}``."""
    if len(expr.excluded) != 1:
        return None
    body, index = expr.opened
    (left,) = expr.excluded
    definitions = defined_with(mask(index, left), sides(body)[0], given)
    known = within(left, expr.lower, expr.upper, given)
    if not definitions or known is None:
        return None
    whole = Total(body, (index, expr.lower, expr.upper))
    return Rewriting(whole, (*definitions, *given.declared(known)))


@rule(
    Source.DEFINITION,
    Example(Times(Delta(s.k1, s.t1), s.p[s.k1], s.y[s.k1]), s.with_masks),
    head=(Indexed, *PRODUCTS),
)
def vanish_share(expr: Expr, given: Given) -> Outcome:
    """``q_k = 0`` and ``δ_{jk} q_j = 0``, where ``q`` is defined with a factor ``1 - δ_{jk}``."""
    above = (expr,) if isinstance(expr, Indexed) else sides(expr)[0]
    same = {Delta(i, i) for entry in above if isinstance(entry, Indexed) for i in entry.indices}
    for delta in (*(f for f in above if isinstance(f, Delta)), *same):
        known = defined_with(mask(*delta.args), above, given)
        if known:
            return Rewriting(ZERO, known)
    return None


def defined_with(factor: Expr, among: Iterable[Expr], given: Given) -> tuple[Definition, ...]:
    """The definitions by which one of ``among`` has a mask as a factor: none for no mask.

    A bracket has it where each of its terms has.
    """
    if not is_mask(factor):
        return ()
    for part in among:
        if isinstance(part, Plus):
            bare = (t.operand if isinstance(t, Minus) else t for t in part.args)
            found = [defined_with(factor, sides(t)[0], given) for t in bare]
            if all(found):
                return tuple(dict.fromkeys(d for each in found for d in each))
        known = unfolded(part, given) if isinstance(part, Indexed) else None
        if known is not None and factor in sides(known[0])[0]:
            return (known[1],)
    return ()


def _turned(above: Expr, below: Expr, given: Given) -> Expr | None:
    """A logistic function of ``u`` as one of ``-u``, where that has a name."""
    match below:
        case Plus((one, Exp(u))) | Plus((Exp(u), one)) if one == 1 and above in below.args:
            other = Exp(opposite(u))
            top = other if above == 1 else ONE
            if _is_share(top, Plus(ONE, other), given) and not _is_share(above, below, given):
                return Quotient(top, Plus(ONE, other))
    return None


@rule(
    law(
        Quotient(Exp(s.u), Plus(ONE, Exp(s.u))),
        Quotient(ONE, Plus(ONE, Exp(Minus(s.u)))),
    ),
    Example(Quotient(Exp(s.z[s.k1]), Plus(ONE, Exp(s.z[s.k1]))), s.with_logistic),
)
def turn_logistic(expr: Expr, given: Given) -> Outcome:
    """``e^u / (1 + e^u) = 1 / (1 + e^{-u})``, where that has a name."""
    return None if expr.numerator == 1 else _turned(expr.numerator, expr.denominator, given)


@rule(
    law(
        Quotient(ONE, Plus(ONE, Exp(s.u))),
        Quotient(Exp(Minus(s.u)), Plus(ONE, Exp(Minus(s.u)))),
    ),
    Example(Quotient(ONE, Plus(ONE, Exp(s.z[s.k1]))), s.with_logistic),
)
def turn_sigmoid(expr: Expr, given: Given) -> Outcome:
    """``1 / (1 + e^u) = e^{-u} / (1 + e^{-u})`` likewise."""
    return _turned(expr.numerator, expr.denominator, given) if expr.numerator == 1 else None


@rule(
    law(Quotient(Times(s.a, s.b), Times(s.c, s.n)), Times(Quotient(s.a, s.c), Quotient(s.b, s.n))),
    Quotient(Times(Exp(s.z[s.i1]), s.y[s.k1]), Power(s.partition, 2)),
)
def split_fraction(expr: Expr, given: Given) -> Outcome:
    """Write a fraction as a product of two, the first factors above and below in the first."""
    first, *rest = factors(expr.numerator)
    match expr.denominator:
        case Power(base, exponent) if exponent == 2:
            below, left = base, base
        case Times((below, *others)):
            left = times(*others)
        case _:
            return None
    return Times(Quotient(first, below), Quotient(times(*rest), left)) if rest else None


@rule(
    law(
        Quotient(s.a, Power(s.b, s.n)),
        Times(s.a, Power(Quotient(ONE, s.b), s.n)),
        Condition("positive", (s.b,)),
    ),
    Example(Quotient(s.z[s.k1], Power(Plus(ONE, Exp(Minus(s.z[s.k1]))), s.gamma)), s.with_logistic),
)
def invert_power(expr: Expr, given: Given) -> Outcome:
    """``a / b^n = a (1 / b)^n``, where ``1 / b`` has a name."""
    above, below = sides(expr)
    for n, power in enumerate(below):
        match power:
            case Power(base, exponent) if not exponent.is_Integer and is_named(ONE, base, given):
                top = times(*above, Power(Quotient(ONE, base), exponent))
                return Quotient(top, times(*without(below, n))) if len(below) > 1 else top
    return None


@rule(
    law(Quotient(s.b, s.a), Quotient(ONE, Quotient(s.a, s.b)), Condition("nonzero", (s.b,))),
    Example(Quotient(s.partition, Exp(s.z[s.i1])), s.with_softmax),
)
def invert_quotient(expr: Expr, given: Given) -> Outcome:
    """Write the reciprocal of a softmax as one over it."""
    above, below = factors(expr.numerator), factors(expr.denominator)
    for n, top in enumerate(above):
        for m, bottom in enumerate(below):
            if isinstance(top, Total) and has_name(Quotient(bottom, top), given):
                rest = times(*without(below, m), Quotient(bottom, top))
                return Quotient(times(*without(above, n)), rest)
    return None
