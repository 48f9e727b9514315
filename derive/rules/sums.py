"""Sums over an index: splitting, factors, deltas, single terms."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol, Tuple

from derive.facts import Fact, Given
from derive.laws import Condition, Each, Meta, Value, law
from derive.notation import (
    ONE,
    ZERO,
    Binder,
    Bound,
    Bracket,
    Delta,
    Exp,
    Inert,
    Log,
    Minus,
    Partial,
    Plus,
    Quotient,
    Times,
    Total,
    code,
    factors,
    heads,
    names,
    plus,
    replace,
    times,
    without,
)
from derive.reading import read
from derive.rules import samples as s
from derive.rules.monomials import sides, with_factor
from derive.rules.negatives import turn_sign
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import Bounds, at_most, within

limits = (s.j, s.lo, s.hi, s.X)
plain_limits = (s.j, s.lo, s.hi)
FJ, FK, GJ = Value(s.F, s.j), Value(s.F, s.k), Value(s.G, s.j)
FNJ = Value(s.F, s.n, s.j)
FJN, other_limits = Value(s.F, s.j, s.n), (s.n, s.first, s.last, s.Y)
over_classes = (s.j1, 1, s.C)
z_j, y_j = s.z[s.j1], s.y[s.j1]
k_apart = Condition("unequal", (s.k, s.X))
k_in_range = Condition("within", (s.k, s.lo, s.hi, s.X))
left_out = Meta("l")


@rule(
    law(Total(Plus(Each(FJ)), limits), Plus(Each(Total(FJ, limits)))),
    Total(Plus(z_j, y_j), over_classes),
)
def split_total(expr: Expr, given: Given) -> Outcome:
    body, index = expr.opened
    match body:
        case Plus(terms):
            return Plus(
                *(
                    Minus(expr.over(t.operand, index))
                    if isinstance(t, Minus)
                    else expr.over(t, index)
                    for t in terms
                )
            )
    return None


@rule(
    law(Plus(Total(FJ, limits), Total(GJ, limits)), Total(Plus(FJ, GJ), limits)),
    Plus(Total(z_j, over_classes), Total(y_j, over_classes)),
)
def join_totals(expr: Expr, given: Given) -> Outcome:
    return _join(expr, subtract=False)


@rule(
    law(Plus(Total(FJ, limits), Minus(Total(GJ, limits))), Total(Plus(FJ, Minus(GJ)), limits)),
    Plus(Total(z_j, over_classes), Minus(Total(y_j, over_classes))),
)
def subtract_totals(expr: Expr, given: Given) -> Outcome:
    return _join(expr, subtract=True)


def _join(expr: Expr, subtract: bool) -> Outcome:
    """Two sums over the same range as one, the second with a minus where ``subtract``."""
    for n, first in enumerate(expr.args):
        for m, term in enumerate(expr.args):
            if m == n or isinstance(term, Minus) is not subtract or (m < n and not subtract):
                continue
            second = term.operand if subtract else term
            if not (isinstance(first, Total) and isinstance(second, Total)):
                continue
            if first.limits[1:] == second.limits[1:]:
                body, index = first.open()
                added = Minus(second.at(index)) if subtract else second.at(index)
                joined = first.over(plus(body, added), index)
                rest = [joined if at == n else t for at, t in enumerate(expr.args) if at != m]
                return plus(*rest)
    return None


@rule(
    law(Total(Minus(FJ), limits), Minus(Total(FJ, limits))),
    Total(Minus(z_j), over_classes),
)
def pull_out_sign(expr: Expr, given: Given) -> Outcome:
    body, index = expr.opened
    match body:
        case Minus(operand):
            return Minus(expr.over(operand, index))
    return None


@rule(
    law(
        Minus(Times(s.c, Total(FJ, limits))),
        Times(s.c, Total(Minus(FJ), limits)),
    ),
    Minus(Times(s.T, Total(Total(Times(s.z[s.i1], z_j), over_classes), (s.i1, 1, s.C)))),
)
def take_sign_in(expr: Expr, given: Given) -> Outcome:
    """``-c Σ_i Σ_j f = c Σ_i (-Σ_j f)``"""
    for n, total in enumerate(sides(expr.operand)[0]):
        body, index = total.opened if isinstance(total, Total) else (ONE, None)
        if any(isinstance(f, Total) for f in sides(body)[0]):
            return with_factor(expr.operand, n, total.over(Minus(body), index))
    return None


@rule(
    law(
        Minus(Times(s.c, Total(Times(FJ, Plus(Each(GJ))), limits))),
        Times(s.c, Total(Times(FJ, Plus(Each(Minus(GJ)))), limits)),
    ),
    Minus(Times(s.T, Total(Times(z_j, Plus(y_j, Minus(s.y[s.k1]))), over_classes))),
)
def turn_total(expr: Expr, given: Given) -> Outcome:
    """``-c Σ a (b - d) = c Σ a (d - b)``"""
    for n, total in enumerate(sides(expr.operand)[0]):
        if isinstance(total, Total):
            body, index = total.opened
            turned = turn_sign(Minus(body), given)
            if turned is not None:
                return with_factor(expr.operand, n, total.over(turned, index))
    return None


@rule(
    law(Total(Times(s.c, FJ), limits), Times(s.c, Total(FJ, limits))),
    Total(Times(s.y[s.k1], z_j), over_classes),
)
def pull_out_factor(expr: Expr, given: Given) -> Outcome:
    body, index = expr.opened
    above, below = (body.numerator, body.denominator) if isinstance(body, Quotient) else (body, ONE)
    fixed = [f for f in factors(above) if index not in names(f)]
    moving = [f for f in factors(above) if index in names(f)]
    fixed_below = [f for f in factors(below) if index not in names(f) and f != 1]
    moving_below = [f for f in factors(below) if index in names(f)]
    fixed = [f for f in fixed if f != 1]
    if not (fixed or fixed_below) or not (moving or moving_below):
        return None
    inner = times(*moving)
    if moving_below:
        inner = Quotient(inner, times(*moving_below))
    outer = times(*fixed)
    total = expr.over(inner, index)
    if fixed_below:
        return Times(Quotient(outer, times(*fixed_below)), total)
    return times(outer, total)


@rule(
    law(
        Total(Times(GJ, Total(FJN, other_limits)), limits),
        Total(Total(Times(GJ, FJN), limits), other_limits),
    ),
    Total(Total(Times(s.z[s.i1], Exp(Times(s.z[s.i1], y_j))), (s.i1, 1, s.C)), over_classes),
)
def exchange_totals(expr: Expr, given: Given) -> Outcome:
    """``Σ_j g_j Σ_n f_{jn} = Σ_n Σ_j g_j f_{jn}``"""
    found = inner_total(expr)
    if found is None:
        return None
    inner, others, index = found
    body, own = inner.open()
    return inner.over(expr.over(times(*others, body), index), own)


@rule(
    law(
        Total(Total(FJN, (s.n, s.lo, s.hi)), plain_limits),
        Total(Total(FNJ, (s.n, s.lo, s.hi)), plain_limits),
    ),
    Total(Total(Times(s.z[s.i1], Exp(y_j)), (s.i1, 1, s.C)), over_classes),
    formal="exchange_totals",
)
def transpose_total(expr: Expr, given: Given) -> Outcome:
    """``Σ_j Σ_n f_{jn} = Σ_j Σ_n f_{nj}`` over one range, into a fixed order of the two."""
    inner, index = expr.open()
    if not isinstance(inner, Total) or inner.limits[1:] != expr.limits[1:]:
        return None
    body, own = inner.open()
    turned = expr.over(inner.over(replace(body, {index: own, own: index}), own), index)
    return turned if code(turned) < code(expr) else None


def inner_total(expr: Total) -> tuple[Total, tuple[Expr, ...], Symbol] | None:
    """A sum among the factors in a sum, over a range of its own, and a factor of its terms has
    nothing to do with the outer one; with it the other factors, and the index of the outer sum.

    Or every factor has to do with both.
    """
    body, index = expr.opened
    parts = factors(body)
    for n, factor in enumerate(parts):
        if not isinstance(factor, Total) or index in names(Tuple(*factor.outside)):
            continue
        if moves_inwards(index, factor):
            return factor, without(parts, n), index
    return None


def moves_inwards(index: Symbol, inner: Total) -> bool:
    """Whether a sum over an index may go into the one inside of it."""
    body, own = inner.opened
    return parts_from(inner, index) or all({own, index} <= names(f) for f in factors(body))


def parts_from(inner: Total, index: Symbol) -> bool:
    """Whether a factor in a sum depends on its own index, and not on another one."""
    body, own = inner.opened
    return any(own in names(f) and index not in names(f) for f in summands(body))


def summands(expr: Expr) -> tuple[Expr, ...]:
    """The factors of what is summed, perhaps over several indices."""
    while isinstance(expr, Total):
        expr, _ = expr.opened
    return factors(expr)


@rule(
    law(
        Total(s.c, plain_limits),
        Times(Plus(s.hi, Minus(s.lo), 1), s.c),
        Condition("at_most", (s.lo, s.hi + 1)),
    ),
    Total(s.z[s.k1], over_classes),
)
def sum_constant(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j=l}^{h} c = (h - l + 1) c``, also where the sum is one of no terms: ``h = l - 1``."""
    body, index = expr.opened
    known = at_most(expr.lower, expr.upper + 1, given)
    if index in names(body) or expr.excluded or known is None:
        return None
    return Rewriting(times(read(expr.upper - expr.lower + 1), body), given.declared(known))


@rule(
    law(
        Total(s.c, (*plain_limits, s.k)),
        Times(Plus(s.hi, Minus(s.lo)), s.c),
        Condition("within", (s.k, s.lo, s.hi)),
    ),
    Example(Total(s.y[s.i1], (*over_classes, s.k1)), s.in_range),
)
def sum_constant_but(expr: Expr, given: Given) -> Outcome:
    """``Σ_{j≠k} c``"""
    body, index = expr.opened
    if index in names(body) or len(expr.excluded) != 1:
        return None
    known = within(expr.excluded[0], expr.lower, expr.upper, given)
    if known is None:
        return None
    return Rewriting(times(read(expr.upper - expr.lower), body), given.declared(known))


@rule(law(Total(ZERO, limits), ZERO), Total(ZERO, over_classes), bookkeeping=True)
def sum_zero(expr: Expr, given: Given) -> Outcome:
    return ZERO if expr.body == 0 else None


def find_delta(expr: Total) -> tuple[Expr, Expr, Expr] | None:
    """Body without its delta, bound index and the other index of the delta; None without one."""
    if Delta not in heads(expr.body):
        return None
    body, index = expr.opened
    above = body.numerator if isinstance(body, Quotient) else body
    parts = factors(above)
    for position, factor in enumerate(parts):
        other = factor.partner(index) if isinstance(factor, Delta) else None
        if other is None or index in names(other):
            continue
        rest = times(*without(parts, position))
        if isinstance(body, Quotient):
            rest = Quotient(rest, body.denominator)
        return rest, index, other
    return None


def contraction(expr: Total, given: Given, below: bool, above: bool) -> Rewriting | None:
    """``Σ_j δ_{jk} f(j)``, with a bracket where ``k`` is not known to lie in the range."""
    found = find_delta(expr)
    if found is None:
        return None
    rest, index, other = found
    facts: list[Fact] = []
    for excluded in expr.excluded:
        apart = given.differ(other, excluded)
        if apart is None:
            return None
        facts.append(apart)
    low, high = at_most(expr.lower, other, given), at_most(other, expr.upper, given)
    if (low is not None) is not below or (high is not None) is not above:
        return None
    brackets = [] if low is not None else [Bracket(expr.lower, other)]
    brackets += [] if high is not None else [Bracket(other, expr.upper)]
    facts += [*(low or ()), *(high or ())]
    value = replace(rest, {index: other})
    # A lone 1 beside a bracket says nothing.
    kept = [] if value == 1 and brackets else [value]
    return Rewriting(times(*brackets, *kept), given.declared(tuple(dict.fromkeys(facts))))


delta_sum = Total(Times(Delta(s.j, s.k), FJ), limits)


@rule(
    law(delta_sum, FK, k_in_range),
    Example(Total(Times(Delta(s.j1, s.k1), z_j), over_classes), s.in_range),
)
def contract_delta(expr: Expr, given: Given) -> Outcome:
    return contraction(expr, given, below=True, above=True)


@rule(
    law(delta_sum, Times(Bracket(s.lo, s.k), FK), Condition("at_most", (s.k, s.hi)), k_apart),
    Example(Total(Times(Delta(s.j1, s.k1), z_j), (s.j1, s.i1, s.C)), s.in_range),
)
def contract_delta_from(expr: Expr, given: Given) -> Outcome:
    return contraction(expr, given, below=False, above=True)


@rule(
    law(delta_sum, Times(Bracket(s.k, s.hi), FK), Condition("at_most", (s.lo, s.k)), k_apart),
    Example(Total(Times(Delta(s.j1, s.k1), z_j), (s.j1, 1, s.i1)), s.in_range),
)
def contract_delta_upto(expr: Expr, given: Given) -> Outcome:
    return contraction(expr, given, below=True, above=False)


@rule(
    law(delta_sum, Times(Bracket(s.lo, s.k), Bracket(s.k, s.hi), FK), k_apart),
    Example(Total(Times(Delta(s.j1, s.k1), z_j), (s.j1, s.i1, s.t1)), s.in_range),
)
def contract_delta_between(expr: Expr, given: Given) -> Outcome:
    return contraction(expr, given, below=False, above=False)


separated = Plus(FK, Total(FJ, (s.j, s.lo, s.hi, s.k)))


def awkward_delta(expr: Expr, index: Expr) -> Expr | None:
    """The other index of a delta that ``index`` has anywhere in ``expr``, bound ones left out.

    A derivative that is still to be taken counts like the delta that it will bring: that of
    ``w_j`` by ``v_k``, where both run over axes of the same length.
    """
    if isinstance(expr, Partial):
        return _awaited(expr, index)
    if isinstance(expr, Delta):
        other = expr.partner(index)
        if other is None:
            return None
        own = any(isinstance(symbol, Bound) for symbol in names(other))
        return None if own or index in names(other) else other
    found = (awkward_delta(a, index) for a in expr.args if isinstance(a, Inert))
    return next((other for other in found if other is not None), None)


def _awaited(pending: Partial, index: Expr) -> Expr | None:
    entry, variable = pending.args
    if not isinstance(entry, Indexed) or not isinstance(variable, Indexed):
        return None
    if index not in entry.indices:
        return None
    size = entry.base.shape[entry.indices.index(index)]
    axes = zip(variable.indices, variable.base.shape, strict=True)
    return next((other for other, length in axes if length == size and other != index), None)


@rule(
    law(Total(FJ, plain_limits), separated, Condition("within", (s.k, s.lo, s.hi))),
    Example(Total(Exp(Times(Delta(s.j1, s.k1), z_j)), over_classes), s.in_range),
)
def exclude_index(expr: Expr, given: Given) -> Outcome:
    """Take out the term that a delta singles out where it cannot be contracted."""
    if expr.excluded:
        return None
    body, own = expr.opened
    index = awkward_delta(body, own)
    known = None if index is None else within(index, expr.lower, expr.upper, given)
    if index is None or known is None:
        return None
    rest = Total(body, (own, *expr.limits[1:], index))
    return Rewriting(Plus(replace(body, {own: index}), rest), given.declared(known))


@rule(
    law(separated, Total(FJ, plain_limits), Condition("within", (s.k, s.lo, s.hi))),
    Example(
        Plus(s.z[s.k1], Total(z_j, (s.j1, 1, s.C, s.k1))),
        s.in_range,
    ),
)
def rejoin_index(expr: Expr, given: Given) -> Outcome:
    found = completed(expr.args, Total, given)
    if found is None:
        return None
    whole, rest, known = found
    return Rewriting(plus(whole, *rest), given.declared(known))


def completed(
    parts: tuple[Expr, ...], kind: type[Binder], given: Given
) -> tuple[Binder, tuple[Expr, ...], Bounds] | None:
    """A sum or product made whole by the one part it leaves out, the other parts, and the ranges
    from which the index of that lies in it; None where none of ``parts`` completes another.
    """
    for n, part in enumerate(parts):
        if not isinstance(part, kind) or len(part.excluded) != 1:
            continue
        index = part.excluded[0]
        alone = part.at(index)
        known = within(index, part.lower, part.upper, given)
        for m, other in enumerate(parts):
            if other == alone and known is not None:
                body, own = part.open()
                whole = kind(body, (own, part.lower, part.upper))
                return whole, tuple(p for at, p in enumerate(parts) if at not in (n, m)), known
    return None


@rule(
    law(
        Quotient(Total(FJ, limits), s.c),
        Total(Quotient(FJ, s.c), limits),
    ),
    Quotient(Total(Times(Exp(z_j), Log(y_j)), over_classes), s.partition),
)
def divide_inside_total(expr: Expr, given: Given) -> Outcome:
    total = total_above(expr)
    if total is None:
        return None
    body, index = total.open()
    divided = total.over(Quotient(body, expr.denominator), index)
    above = factors(expr.numerator)
    return times(*without(above, above.index(total)), divided)


def total_above(fraction: Expr) -> Total | None:
    """The sum above a bar that is divided: of several, one of exponentials."""
    totals = [f for f in factors(fraction.numerator) if isinstance(f, Total)]
    return next((t for t in totals if Exp in heads(t)), totals[0] if totals else None)
