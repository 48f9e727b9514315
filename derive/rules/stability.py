"""Rewritings for floating point: the same value, with exponentials that cannot overflow.

Shifting by the maximum: Blanchard, Higham and Higham (2021), "Accurately computing the log-sum-exp
and softmax functions", section 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sympy import Abs, Expr, Max, Symbol, cosh, sinh

from derive.facts import Given
from derive.laws import Condition, Value, law
from derive.notation import (
    ONE,
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
    Threshold,
    Times,
    Total,
    bases,
    factors,
    heads,
    names,
    plus,
    replace,
    terms,
    times,
    without,
)
from derive.recognition import opposite, tail
from derive.rules import samples as s
from derive.rules.monomials import Monomial, expression, monomial, sides
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import is_not_negative, signs, within
from derive.unify import instance_of
from derive.weights import is_data

limits = (s.j, s.lo, s.hi, s.X)
FJ, GJ = Value(s.F, s.j), Value(s.G, s.j)
z_k = s.z[s.k1]
top = Maximum(FJ, limits)
weighted_sum = Total(Times(GJ, Exp(Plus(FJ, Minus(top)))), limits)
positively_weighted = Total(Times(s.p[s.j1], Exp(s.z[s.j1])), (s.j1, 1, s.C))
shifted_sum = Total(Exp(Plus(FJ, Minus(top))), limits)


def most_of(exponent: Expr, weight: Expr, index: Symbol, span: Sequence[Expr]) -> Expr:
    """The largest of exponents, of those whose weight is not zero.

    What is weighed with zero may be larger by far, and the others would round to zero beside it.
    """
    over = (index, *span)
    if weight == 1:
        return Maximum(exponent, over)
    least = Minus(Maximum(Minus(exponent), over))
    return Maximum(Threshold(Apply(Head(Abs), weight), ZERO, exponent, least), over)


def uncertain(weights: Iterable[Expr], given: Given) -> Expr:
    """The product of those factors that may be zero."""
    return times(*(w for w in weights if 0 in signs(w, given)))


def shifted(total: Expr, given: Given, weighted: bool = False) -> tuple[Expr, Expr] | None:
    """The largest exponent in a sum of exponentials, and that sum with it taken out.

    ``weighted`` asks for a sum in which every exponential has further factors, all positive.
    """
    if not isinstance(total, Total):
        return None
    body, index = total.open()
    parts = factors(body)
    exponentials = [n for n, f in enumerate(parts) if isinstance(f, Exp)]
    if len(exponentials) != 1 or (len(parts) > 1) is not weighted:
        return None
    at = exponentials[0]
    operand = parts[at].operand
    if index not in names(operand) or _is_shifted(operand, index, total.limits[1:]):
        return None
    inside = given.within(index, tuple(total.limits[1:]))
    if uncertain((*parts[:at], *parts[at + 1 :]), inside) != 1:
        return None
    largest = Maximum(operand, (index, *total.limits[1:]))
    moved = Exp(shift(operand, largest))
    return largest, total.over(times(*parts[:at], moved, *parts[at + 1 :]), index)


def _is_shifted(exponent: Expr, index: Symbol, limits: tuple[Expr, ...]) -> bool:
    """Whether the largest of these exponents has been taken away already."""
    items = terms(exponent)
    for n, term in enumerate(items):
        if isinstance(term, Minus) and isinstance(term.operand, Maximum):
            rest = plus(*without(items, n))
            body = term.operand.at(index)
            of_those = body.above if isinstance(body, Threshold) else body
            if term.operand.limits[1:] == limits and rest in (body, of_those):
                return True
    return False


def shift(exponent: Expr, largest: Expr) -> Expr:
    """``exponent - largest``."""
    return Plus(*(exponent.args if isinstance(exponent, Plus) else (exponent,)), Minus(largest))


@rule(
    law(
        Quotient(Exp(s.u), Total(Exp(FJ), limits)),
        Quotient(Exp(Plus(s.u, Minus(top))), shifted_sum),
    ),
    Quotient(Exp(z_k), s.partition),
)
def shift_softmax(expr: Expr, given: Given) -> Outcome:
    return _shift_quotient(expr, given, weighted=False)


@rule(
    law(
        Quotient(Exp(s.u), Total(Times(GJ, Exp(FJ)), limits)),
        Quotient(Exp(Plus(s.u, Minus(top))), weighted_sum),
    ),
    Example(Quotient(Exp(z_k), positively_weighted), s.with_softmax),
)
def shift_weighted_softmax(expr: Expr, given: Given) -> Outcome:
    return _shift_quotient(expr, given, weighted=True)


def _shift_quotient(expr: Expr, given: Given, weighted: bool) -> Outcome:
    above = factors(expr.numerator)
    found = shifted(expr.denominator, given, weighted)
    if found is None:
        return None
    largest, total = found
    # The exponential of the same arrays is one of the terms below, or near to them.
    near = {n: bases(f) & bases(total) for n, f in enumerate(above) if isinstance(f, Exp)}
    n = max(near, key=lambda n: len(near[n]), default=None)
    if n is not None and near[n]:
        moved = Exp(shift(above[n].operand, largest))
        return Quotient(times(*above[:n], moved, *above[n + 1 :]), total)
    return None


@rule(
    law(Log(Total(Exp(FJ), limits)), Plus(top, Log(shifted_sum))),
    Log(s.partition),
)
def shift_logsumexp(expr: Expr, given: Given) -> Outcome:
    found = shifted(expr.operand, given)
    return None if found is None else Plus(found[0], Log(found[1]))


@rule(
    law(Log(Total(Times(GJ, Exp(FJ)), limits)), Plus(top, Log(weighted_sum))),
    Example(Log(positively_weighted), s.with_softmax),
)
def shift_weighted_logsumexp(expr: Expr, given: Given) -> Outcome:
    found = shifted(expr.operand, given, weighted=True)
    return None if found is None else Plus(found[0], Log(found[1]))


@rule(
    law(
        Log(Quotient(Exp(s.u), Total(Exp(FJ), limits))),
        Plus(s.u, Minus(top), Minus(Log(shifted_sum))),
    ),
    Log(Quotient(Exp(z_k), s.partition)),
)
def shift_log_softmax(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Log(Quotient(Exp(operand), below)):
            found = shifted(below, given)
            if found is not None:
                largest, total = found
                return Plus(*shift(operand, largest).args, Minus(Log(total)))
    return None


FK = Value(s.F, s.k)
over_all = (s.j, s.lo, s.hi)
largest_of_all = Maximum(FJ, over_all)
beside_one = Plus(
    Total(Exp(Plus(FJ, Minus(largest_of_all))), (*over_all, s.k)),
    Minus(Plus(ONE, Minus(Exp(Plus(FK, Minus(largest_of_all)))))),
)


@rule(
    law(
        Plus(s.u, Times(s.a, Log(Total(Exp(FJ), over_all)))),
        Plus(s.u, Times(s.a, largest_of_all), Times(s.a, Log(Plus(ONE, *beside_one.args)))),
        Condition("within", (s.k, s.lo, s.hi)),
    ),
    Example(Plus(Log(s.partition), Minus(z_k)), s.in_range),
)
def shift_beside_term(expr: Expr, given: Given) -> Outcome:
    """``log Σ_j e^{f_j} - f_k = m + log(1 + Σ_{j≠k} e^{f_j-m} - (1 - e^{f_k-m})) - f_k``

    All digits are there where ``f_k`` is the largest by far, ``m``: beside one only the rest is
    added up. With the signs turned likewise.
    """
    found = beside_term(expr)
    if found is None:
        return None
    n, at, total, label = found
    known = within(label, total.lower, total.upper, given)
    if known is None:
        return None
    body, own = total.open()
    limits = (own, total.lower, total.upper)
    largest = Maximum(body.operand, limits)
    moved = shift(body.operand, largest)
    less = Plus(ONE, Minus(Exp(replace(moved, {own: label}))))
    parts = (largest, Log(Plus(ONE, Total(Exp(moved), (*limits, label)), Minus(less))))
    shifted = map(Minus, parts) if isinstance(expr.args[n], Minus) else parts
    # What is nearly the same comes first, so that it cancels before anything is added to it.
    beside = (expr.args[m] for m in at)
    rest = (t for m, t in enumerate(expr.args) if m != n and m not in at)
    return Rewriting(Plus(*beside, *shifted, *rest), given.declared(known))


def beside_term(expr: Expr) -> tuple[int, tuple[int, ...], Total, Expr] | None:
    """In a ``log Σ_j e^{f_j} - f_k``, where the logarithm and ``f_k`` are, the sum, and ``k``."""
    for n, term in enumerate(expr.args):
        turned = isinstance(term, Minus)
        match term.operand if turned else term:
            case Log(Total(body=Exp()) as total) if not total.excluded:
                rest = without(tuple(range(len(expr.args))), n)
                for at in (*((m,) for m in rest), rest):
                    beside = plus(*(expr.args[m] for m in at))
                    label = place_in(total, beside if turned else opposite(beside))
                    if label is not None:
                        return n, at, total, label
    return None


def place_in(total: Total, exponent: Expr) -> Expr | None:
    """The index at which an exponent is that of a sum of exponentials."""
    body, own = total.open()
    found = instance_of(body.operand, exponent, (own,)) if isinstance(body, Exp) else None
    return None if found is None else found.get(own)


softplus = Plus(
    Apply(Head(Max), ZERO, s.u),
    Log(Plus(ONE, Exp(Minus(Apply(Head(Abs), s.u))))),
)


@rule(law(Log(Plus(ONE, Exp(s.u))), softplus), Log(Plus(1, Exp(z_k))))
def shift_softplus(expr: Expr, given: Given) -> Outcome:
    """``log(1 + e^u) = max(0, u) + log(1 + e^{-|u|})``."""
    match expr:
        case Log(Plus((one, Exp(u)))) | Log(Plus((Exp(u), one))) if one == 1:
            if _falls(u):
                return None
            size = Apply(Head(Abs), u)
            return Plus(Apply(Head(Max), ZERO, u), Log(Plus(ONE, Exp(Minus(size)))))
    return None


def _falls(exponent: Expr) -> bool:
    """Whether an exponent such as ``-2 |u|`` is never positive, so that nothing can overflow."""
    return isinstance(exponent, Minus) and is_not_negative(exponent.operand, Given())


larger = Apply(Head(Max), ZERO, s.u)
balanced = Plus(Exp(Minus(larger)), Exp(Plus(s.u, Minus(larger))))


def logistic(factor: Expr) -> tuple[Expr, Expr, Expr] | None:
    """``u``, ``max(0, u)`` and the exponent of a factor ``(1 + e^u)^n``; None for anything else."""
    base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
    match base:
        case Plus((one, Exp(u))) | Plus((Exp(u), one)) if one == 1 and not _falls(u):
            return u, Apply(Head(Max), ZERO, u), exponent
    return None


@rule(
    law(
        Quotient(s.a, Plus(ONE, Exp(s.u))),
        Quotient(Times(s.a, Exp(Minus(larger))), balanced),
    ),
    Quotient(1, Plus(1, Exp(Minus(z_k)))),
)
def shift_sigmoid(expr: Expr, given: Given) -> Outcome:
    """``1 / (1 + e^u)`` with both exponents moved down by ``max(0, u)``."""
    return _balance(expr, squared=False, rising=False)


@rule(
    law(
        Quotient(Exp(s.w), Plus(ONE, Exp(s.u))),
        Quotient(Exp(Plus(s.w, Minus(larger))), balanced),
    ),
    Quotient(Exp(z_k), Plus(1, Exp(z_k))),
)
def shift_logistic(expr: Expr, given: Given) -> Outcome:
    """``e^w / (1 + e^u)`` with all exponents moved down by ``max(0, u)``."""
    return _balance(expr, squared=False, rising=True)


@rule(
    law(
        Quotient(s.a, Power(Plus(ONE, Exp(s.u)), s.n)),
        Quotient(Times(s.a, Exp(Minus(Times(s.n, larger)))), Power(balanced, s.n)),
    ),
    Quotient(1, Power(Plus(1, Exp(z_k)), 2)),
)
def shift_sigmoid_power(expr: Expr, given: Given) -> Outcome:
    """``1 / (1 + e^u)^n`` likewise."""
    return _balance(expr, squared=True, rising=False)


@rule(
    law(
        Quotient(Exp(s.w), Power(Plus(ONE, Exp(s.u)), s.n)),
        Quotient(Exp(Plus(s.w, Minus(Times(s.n, larger)))), Power(balanced, s.n)),
    ),
    Quotient(Exp(z_k), Power(Plus(1, Exp(z_k)), 2)),
)
def shift_logistic_power(expr: Expr, given: Given) -> Outcome:
    """``e^w / (1 + e^u)^n`` likewise."""
    return _balance(expr, squared=True, rising=True)


def _balance(expr: Expr, squared: bool, rising: bool) -> Outcome:
    above, below = sides(expr)
    exponentials = [n for n, f in enumerate(above) if isinstance(f, Exp)]
    if bool(exponentials) is not rising:
        return None
    for n, factor in enumerate(below):
        found = logistic(factor)
        if found is None or (found[2] != 1) is not squared:
            continue
        u, largest, exponent = found
        moved = largest if exponent == 1 else times(exponent, largest)
        even = Plus(Exp(Minus(largest)), Exp(shift(u, largest)))
        bottom = times(
            *below[:n], even if exponent == 1 else Power(even, exponent), *below[n + 1 :]
        )
        if not rising:
            top = times(*(f for f in above if f != 1), Exp(Minus(moved)))
        else:
            at = exponentials[0]
            top = times(*above[:at], Exp(shift(above[at].operand, moved)), *above[at + 1 :])
        return Quotient(top, bottom)
    return None


weighed = Times(s.y[s.k1], Exp(z_k))


@rule(
    law(Times(s.a, s.b), Times(s.a, Threshold(Apply(Head(Abs), s.a), ZERO, s.b, ZERO))),
    weighed,
)
def mask_weights(expr: Expr, given: Given) -> Outcome:
    """``a e^u = a [a ≠ 0] e^u``: where ``a`` is zero, ``e^u`` may overflow."""
    at = next((n for n, f in enumerate(expr.args) if _is_partly_lowered(f)), None)
    if at is not None:
        weight = uncertain((f for f in expr.args if Exp not in heads(f)), given)
        if weight == 1 and _rises(expr.args[at], given):
            # What is zero with all weights may have exponentials of its own.
            weight = uncertain((f for f in expr.args if isinstance(f, Plus)), given)
    else:
        at = next((n for n, f in enumerate(expr.args) if _overflows(f, given)), None)
        # What stands in the exponent makes it no larger where it is zero.
        inside = frozenset() if at is None else _arguments(expr.args[at])
        apart = (f for f in expr.args if not _arguments(f) & inside)
        weight = uncertain((f for f in apart if _is_weight(f, given)), given)
    if at is None or weight == 1:
        return None
    seen = Threshold(Apply(Head(Abs), weight), ZERO, expr.args[at], ZERO)
    return times(*expr.args[:at], seen, *expr.args[at + 1 :])


def _is_weight(factor: Expr, given: Given) -> bool:
    """Whether this is data that may be 0; the kernels see to what is behind a name."""
    return given.definition_of(factor) is None and is_data(factor, given.by_base)


def _arguments(expr: Expr) -> frozenset[Expr]:
    """Arrays and parameters in an expression, less those that only the largest is taken of."""
    if isinstance(expr, Maximum):
        return frozenset()
    if not isinstance(expr, Inert):
        return bases(expr) | {name for name in names(expr) if not name.is_integer}
    return frozenset().union(*map(_arguments, expr.args))


def _overflows(expr: Expr, given: Given) -> bool:
    """Whether this may be infinite in floating point though it is not.

    An exponential, or the logarithm of a difference of exponentials that may round to zero.
    """
    match expr:
        case Exp(u):
            lowered = any(isinstance(t, Minus) and _lowers(t.operand) for t in terms(u))
            return not lowered and not is_not_negative(Minus(u), given)
        case Apply(function):
            return function in (cosh, sinh)
        case Log(operand):
            return any(
                isinstance(t, Minus) and Exp in heads(t) for f in factors(operand) for t in terms(f)
            )
        case Minus(operand) | Power(operand):
            return _overflows(operand, given)
        case Plus(parts) | Times(parts):
            return any(_overflows(p, given) for p in parts)
    return False


def _lowers(expr: Expr) -> bool:
    """Whether this is made of a maximum, or the logarithm of what an exponential is divided by."""
    logs = (f.operand for f in factors(expr) if isinstance(f, Log))
    return Maximum in heads(expr) or any(tail(operand) is not None for operand in logs)


def _is_partly_lowered(factor: Expr) -> bool:
    """Whether this is an exponential lowered by some others only, or a sum of such."""
    match factor:
        case Exp(u):
            return _is_masked(u)
        case Total():
            return any(
                _is_partly_lowered(f.above if isinstance(f, Threshold) else f)
                for f in factors(factor.body)
            )
    return False


def _is_masked(exponent: Expr) -> bool:
    """Whether the largest of some exponents only has been taken away."""
    return any(isinstance(t, Minus) and _is_of_some(t.operand) for t in terms(exponent))


def _rises(factor: Expr, given: Given) -> bool:
    """Whether an exponent may be larger than all of those that it is lowered by the largest of.

    As that of ``σ_k`` is beside ``Σ_i σ_i^2``.
    """
    if not isinstance(factor, Exp):
        return False
    parts = terms(factor.operand)
    tops = [t.operand for t in parts if isinstance(t, Minus) and isinstance(t.operand, Maximum)]
    rest = [t for t in parts if not (isinstance(t, Minus) and t.operand in tops)]
    return bool(tops) and not any(
        _is_at_most(rest, exponent, given)
        for most in tops
        for index in names(plus(*rest))
        for exponent in _largest_of(most.at(index))
    )


def _is_at_most(parts: Iterable[Expr], exponent: Expr, given: Given) -> bool:
    """Whether the terms of an exponent that another has not are all seen to be no larger than 0."""
    left: dict[frozenset[tuple[str, Expr]], Monomial] = {}
    for part in (*parts, *(Minus(t) for t in terms(exponent))):
        found = monomial(part)
        before = left.setdefault(found.key, Monomial(ZERO, found.powers))
        before.coefficient += found.coefficient
    return all(
        is_not_negative(expression(Monomial(-m.coefficient, m.powers)), given)
        for m in left.values()
        if m.coefficient != 0
    )


def _largest_of(most: Expr) -> Iterator[Expr]:
    """The exponents that a number is the larger of, whatever the weights are."""
    match most:
        case Apply(function, operands) if function is Max:
            for operand in operands:
                yield from _largest_of(operand)
        case _:
            yield most


def _is_of_some(expr: Expr) -> bool:
    """Whether something holds the largest of those numbers whose weight is not zero."""
    match expr:
        case Maximum(body=Threshold()):
            return True
        case Apply(function, operands) if function is Max and any(
            isinstance(a, Threshold) for a in operands
        ):
            return True
    return isinstance(expr, Inert) and any(map(_is_of_some, expr.args))
