"""What is left of one, ``1 - p``, and ``δ - p``: no digits are left where ``p`` is nearly one."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.facts import Fact, Given
from derive.laws import Condition, Each, Meta, Value, law
from derive.notation import (
    ONE,
    Delta,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    collected,
    entries,
    factors,
    mask,
    plus,
    replace,
    times,
    without,
)
from derive.recognition import is_logistic
from derive.rules import samples as s
from derive.rules.masks import FJ, FK, k_in_range, left_of_one, limits
from derive.rules.monomials import distributed, divided, expression, monomial, place, sides
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.sums import left_out
from derive.signs import within

free = Meta("i")


def is_complement(expr: Expr) -> bool:
    """Whether an expression is a ``1 - p`` or ``p - 1`` of one entry, in either order."""
    match expr:
        case Plus((one, Minus(Indexed() | Symbol()))) | Plus((Minus(Indexed() | Symbol()), one)):
            return bool(one == 1)
        case Plus((Indexed() | Symbol(), Minus(one))) | Plus((Minus(one), Indexed() | Symbol())):
            return bool(one == 1)
    return False


def taken_from_one(expr: Expr) -> list[Expr]:
    """The entries ``p`` in a ``1 - p + r``: what they leave of one stands beside other terms."""
    if not isinstance(expr, Plus) or ONE not in expr.args:
        return []
    taken = (t.operand for t in expr.args if isinstance(t, Minus))
    return [p for p in taken if isinstance(p, (Indexed, Symbol))]


def delta_of(expr: Expr) -> Delta | None:
    """The delta of a ``δ - p`` or ``p - δ``."""
    match expr:
        case Plus((Delta() as delta, Minus(_)) | (Minus(_), Delta() as delta)):
            return delta
        case Plus((Minus(Delta() as delta), _) | (_, Minus(Delta() as delta))):
            return delta
    return None


def called(expr: Expr) -> Expr:
    """What an entry is an entry of; a number itself."""
    return expr.base if isinstance(expr, Indexed) else expr


def subjects(difference: Expr) -> frozenset[Expr]:
    """The array, or the name of a number, that is taken off in a ``1 - p`` or ``δ - p``."""
    found = (t.operand if isinstance(t, Minus) else t for t in difference.args)
    return frozenset(called(part) for part in found if isinstance(part, (Indexed, Symbol)))


def near_one(expr: Expr) -> frozenset[Expr]:
    """What ``p`` is in each ``1 - p`` that must not become zero: under a logarithm, a bar, a power.

    Arrays, and names of numbers.
    """

    def look(part: Expr) -> frozenset[Expr]:
        return frozenset().union(*(subjects(f) for f in near_zero(part) if is_complement(f)))

    return collected(expr, look)


def near_zero(part: Expr) -> tuple[Expr, ...]:
    """The factors under a logarithm, a bar or a power: none of them must become zero."""
    match part:
        case Log(operand):
            return factors(operand)
        case Power(base, exponent) if not (exponent.is_Integer and exponent.is_positive):
            return (base,)
        case Quotient(_, below):
            return tuple(f.base if isinstance(f, Power) else f for f in factors(below))
    return ()


def shares_near_one(expr: Expr) -> frozenset[Expr]:
    """Each ``1 - f/g`` under a logarithm or below a bar, written out: with weights, say."""

    def look(part: Expr) -> list[Expr]:
        inside = (f.base if isinstance(f, Power) else f for f in under(part))
        return [f for f in inside if isinstance(f, Plus) and Quotient in f.heads]

    return collected(expr, look)


def under(expr: Expr) -> tuple[Expr, ...]:
    """The factors under a logarithm or below a bar."""
    match expr:
        case Log(operand) | Quotient(_, operand):
            return factors(operand)
    return ()


@rule(
    law(
        Plus(s.c, Minus(Times(s.a, s.b))),
        Plus(s.c, Minus(s.a), Times(s.a, Plus(ONE, Minus(s.b)))),
    ),
    Example(Plus(ONE, Minus(Times(s.y[s.k1], s.p[s.k1]))), s.with_logistic),
)
def split_complement(expr: Expr, given: Given) -> Outcome:
    """``c - w p = c - w + w (1 - p)``, where ``p`` is a share: a softmax or a logistic function."""
    for m, term in enumerate(expr.args):
        match term:
            case Minus(Times(parts)):
                for n, share in enumerate(parts):
                    if not is_share(share, given):
                        continue
                    weight, rest = times(*without(parts, n)), without(expr.args, m)
                    return plus(*rest, Minus(weight), times(weight, Plus(ONE, Minus(share))))
    return None


def is_share(entry: Expr, given: Given) -> bool:
    """Whether this is the name of a softmax or of a logistic function."""
    known = given.definition_of(entry)
    return known is not None and (known.softmax or is_logistic(known.value))


def over_complements(expr: Expr) -> frozenset[Expr]:
    """The arrays of differences ``δ_{ik} - p_i`` over a ``1 - p_k``: both may become zero."""

    def look(part: Expr) -> frozenset[Expr]:
        above, below = sides(part)
        indices = complemented(below)
        here = (f for f in above if (d := delta_of(f)) is not None and indices.intersection(d.args))
        return frozenset().union(*map(subjects, here))

    return collected(expr, look)


def beside_bars(expr: Expr) -> frozenset[Expr]:
    """The products of a ``δ_{ik} - p_i`` and a fraction over ``1 - p_k``, not yet one fraction."""

    def look(part: Expr) -> tuple[Expr, ...]:
        parts = part.args if isinstance(part, Times) else ()
        deltas = [d for f in parts if (d := delta_of(f)) is not None]
        below = complemented(tuple(f for part in parts for f in sides(part)[1]))
        return (part,) if any(below.intersection(d.args) for d in deltas) else ()

    return collected(expr, look)


def powers_beside(expr: Expr) -> frozenset[Expr]:
    """The powers ``(1 - p_k)^n`` beside ``δ_{ik} - p_i``: infinite for ``n < 0`` where it is 0."""

    def look(part: Expr) -> frozenset[Expr]:
        above = sides(part)[0]
        deltas = [d for f in above if (d := delta_of(f)) is not None]
        return frozenset(
            f
            for f in above
            if isinstance(f, Power)
            and not f.exponent.is_number
            and any(complemented((f,)).intersection(d.args) for d in deltas)
        )

    return collected(expr, look)


def complemented(below: tuple[Expr, ...]) -> frozenset[Expr]:
    """The indices ``k`` of the factors ``1 - p_k``, or powers of them, in a denominator."""
    left = [f.base if isinstance(f, Power) else f for f in below]
    return frozenset(i for f in left if is_complement(f) for e in entries(f) for i in e.indices)


def spread(parts: tuple[Expr, ...], given: Given) -> int | None:
    """Where among factors a sum is in which something is divided by ``1 - p_k``.

    Only beside a difference ``δ_{ik} - p_i``, which is then to stand above the same bar, or
    beside a ``p_k`` with which the terms of the sum become such a difference.
    """
    deltas = [d for f in parts if (d := delta_of(f)) is not None]
    for n, factor in enumerate(parts):
        if isinstance(factor, Plus) and delta_of(factor) is None:
            terms = [t.operand if isinstance(t, Minus) else t for t in factor.args]
            indices = frozenset().union(*(complemented(sides(t)[1]) for t in terms))
            if any(indices.intersection(d.args) for d in deltas):
                return n
            if _gathered(distributed(without(parts, n), factor).args, given) is not None:
                return n
    return None


@rule(
    law(Times(s.a, Plus(Each(s.b))), Plus(Each(Times(s.a, s.b)))),
    Times(
        Plus(Delta(s.i1, s.k1), Minus(s.p[s.i1])),
        Plus(ONE, Quotient(s.p[s.k1], Plus(ONE, Minus(s.p[s.k1])))),
    ),
)
def distribute_difference(expr: Expr, given: Given) -> Outcome:
    """Bring ``δ - p``, or a ``p``, into a sum in which something is divided by a ``1 - p``."""
    at = spread(expr.args, given)
    if at is None:
        return None
    return distributed(without(expr.args, at), expr.args[at])


GJ, GK = Value(s.G, s.j), Value(s.G, s.k)
inner = Times(FJ, GJ, Plus(Delta(s.j, s.k), Minus(GK)))
over_rest = Quotient(Times(s.y[s.j1], s.p[s.j1]), Plus(ONE, Minus(s.p[s.j1])))
at_rest = replace(over_rest, {s.j1: s.k1})


@rule(
    law(
        Plus(Times(s.a, FK, GK), Minus(Times(s.a, GK, Total(Times(FJ, GJ), limits)))),
        Times(s.a, Total(inner, limits)),
        k_in_range,
    ),
    Example(
        Plus(at_rest, Minus(Times(s.p[s.k1], Total(over_rest, (s.j1, 1, s.C))))),
        s.in_range,
    ),
)
def gather_difference(expr: Expr, given: Given) -> Outcome:
    """``f_k p_k - p_k Σ_j f_j p_j = Σ_j f_j p_j (δ_{jk} - p_k)``, where ``1 - p_j`` is below."""
    return _gathered(expr.args, given, excluded=0)


@rule(
    law(
        Plus(
            Times(s.a, mask(s.k, left_out), FK, GK),
            Minus(Times(s.a, GK, Total(Times(FJ, GJ), (*limits, left_out)))),
        ),
        Times(s.a, Total(inner, (*limits, left_out))),
        k_in_range,
    ),
    Example(
        Plus(
            Times(mask(s.k1, s.i1), at_rest),
            Minus(Times(s.p[s.k1], Total(over_rest, (s.j1, 1, s.C, s.i1)))),
        ),
        s.in_range,
    ),
)
def gather_difference_but(expr: Expr, given: Given) -> Outcome:
    """``(1 - δ_{kl}) f_k p_k - p_k Σ_{j≠l} f_j p_j = Σ_{j≠l} f_j p_j (δ_{jk} - p_k)``"""
    return _gathered(expr.args, given, excluded=1)


def _gathered(
    terms: tuple[Expr, ...], given: Given, excluded: int | None = None
) -> Rewriting | None:
    """Two terms in one sum over an index, which leaves ``excluded`` indices out; None: any."""
    parts = [monomial(term) for term in terms]
    for n, part in enumerate(parts):
        bases_of = [base for base, exponent in part.powers.values() if exponent == 1]
        for total in bases_of:
            if not isinstance(total, Total) or excluded not in (None, len(total.excluded)):
                continue
            for share in bases_of:
                found = _with_share(total, share, given) if isinstance(share, Indexed) else None
                if found is None:
                    continue
                beside = expression(divided(part, monomial(times(total, share))))
                m = place(monomial(Minus(times(beside, found[0]))), parts)
                if m is not None:
                    rest = (term for at, term in enumerate(terms) if at not in (n, m))
                    gathered = expression(monomial(Minus(times(beside, found[1]))))
                    return Rewriting(plus(gathered, *rest), found[2])
    return None


def _with_share(
    total: Total, share: Indexed, given: Given
) -> tuple[Expr, Expr, tuple[Fact, ...]] | None:
    """``f_k p_k`` for a ``Σ_j f_j p_j`` and its ``p_k``, and ``Σ_j f_j p_j (δ_{jk} - p_k)``."""
    body, own = total.open()
    above, below = sides(body)
    for index in share.indices:
        known = within(index, total.lower, total.upper, given)
        if replace(share, {index: own}) not in above or known is None:
            continue
        if own in complemented(below) and len(total.excluded) <= 1:
            masks = (mask(index, left) for left in total.excluded)
            difference = Plus(Delta(own, index), Minus(share))
            gathered = total.over(Quotient(times(*above, difference), times(*below)), own)
            return times(*masks, replace(body, {own: index})), gathered, given.declared(known)
    return None


part = Quotient(FK, Total(FJ, limits))
other = Quotient(Value(s.F, free), Total(FJ, limits))
share_k, share_i = (Quotient(Exp(s.z[index]), s.partition) for index in (s.k1, s.i1))


@rule(
    law(
        Quotient(
            Plus(Times(s.a, Delta(free, s.k)), Minus(Times(s.a, other))), Plus(ONE, Minus(part))
        ),
        Times(
            s.a,
            Plus(
                Delta(free, s.k),
                Minus(
                    Times(
                        mask(free, s.k),
                        Quotient(Value(s.F, free), Total(FJ, (*limits, s.k))),
                    )
                ),
            ),
        ),
        k_in_range,
        Condition("nonzero", (Plus(ONE, Minus(part)),)),
    ),
    Example(
        Quotient(Plus(Delta(s.i1, s.k1), Minus(share_i)), Plus(ONE, Minus(share_k))), s.in_range
    ),
)
def share_of_others(expr: Expr, given: Given) -> Outcome:
    """``(δ_{ik} - f_i/Σ_j f_j) / (1 - f_k/Σ_j f_j) = δ_{ik} - (1 - δ_{ik}) f_i / Σ_{j≠k} f_j``"""
    above, below = sides(expr)
    for n, first in enumerate(above):
        for m, second in enumerate(below):
            found = _of_others(first, second, given)
            if found is not None:
                top = times(*above[:n], found.after, *above[n + 1 :])
                bottom = times(*below[:m], *below[m + 1 :])
                return Rewriting(top if bottom == 1 else Quotient(top, bottom), found.facts)
    return None


def _of_others(difference: Expr, complement: Expr, given: Given) -> Rewriting | None:
    whole, rest = left_of_one(complement, given)
    match difference:
        case Plus((Delta() as delta, Minus(Quotient(share, total)))) | Plus(
            (Minus(Quotient(share, total)), Delta() as delta)
        ):
            turned = False
        case Plus((Minus(Delta() as delta), Quotient(share, total))) | Plus(
            (Quotient(share, total), Minus(Delta() as delta))
        ):
            turned = True
        case _:
            return None
    if rest is None or total != whole or rest.after.excluded[0] not in delta.args:
        return None
    body, own = whole.open()
    index = rest.after.excluded[0]
    against = delta.second if delta.first == index else delta.first
    if replace(body, {own: against}) != share:
        return None
    mask = Plus(ONE, Minus(delta))
    after = Plus(delta, Minus(times(mask, Quotient(share, rest.after))))
    return Rewriting(Minus(after) if turned else after, rest.facts)


others = Total(FJ, (*limits, s.k))
masked_share = Times(mask(free, s.k), Quotient(Value(s.F, free), others))
of_all, of_others = (Total(Exp(s.z[s.j1]), (s.j1, 1, s.C, *out)) for out in ((), (s.k1,)))


@rule(
    law(
        Quotient(Plus(Delta(free, s.k), Minus(other)), others),
        Quotient(Plus(Delta(free, s.k), Minus(masked_share)), Total(FJ, limits)),
        k_in_range,
        Condition("nonzero", (Total(FJ, limits),)),
        Condition("nonzero", (others,)),
    ),
    Example(
        Quotient(Plus(Delta(s.i1, s.k1), Minus(Quotient(Exp(s.z[s.i1]), of_all))), of_others),
        s.in_range,
    ),
)
def share_beside_others(expr: Expr, given: Given) -> Outcome:
    """``(δ_{ik} - f_i/Σ_j f_j) / Σ_{j≠k} f_j = (δ_{ik} - (1 - δ_{ik}) f_i/Σ_{j≠k} f_j) / Σ_j f_j``

    Both ``δ - p`` and the sum below may become zero on the left, and neither on the right.
    """
    above, below = sides(expr)
    for n, difference in enumerate(above):
        delta = delta_of(difference)
        for m, rest in enumerate(below):
            if delta is None or not isinstance(rest, Total) or len(rest.excluded) != 1:
                continue
            body, own = rest.open()
            index = rest.excluded[0]
            whole = Total(body, (own, rest.lower, rest.upper))
            left = Plus(ONE, Minus(Quotient(replace(body, {own: index}), whole)))
            found = _of_others(difference, left, given)
            if found is not None:
                top = times(*above[:n], found.after, *above[n + 1 :])
                return Rewriting(
                    Quotient(top, times(*below[:m], whole, *below[m + 1 :])), found.facts
                )
    return None
