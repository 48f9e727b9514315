"""Rewritings for floating point: the same value, with exponentials that cannot overflow.

Shifting by the maximum: Blanchard, Higham and Higham (2021), "Accurately computing the log-sum-exp
and softmax functions", section 1.
"""

from __future__ import annotations

from sympy import Abs, Expr, Max

from derive.facts import Given
from derive.laws import Value, law
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Exp,
    Head,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    factors,
    times,
)
from derive.rules import samples as s
from derive.rules.monomials import sides
from derive.rules.registry import Outcome, rule

limits = (s.j, s.lo, s.hi)
FJ = Value(s.F, s.j)
z_k = s.z[s.k1]
top = Maximum(FJ, limits)
shifted_sum = Total(Exp(Plus(FJ, Minus(top))), limits)


def shifted(total: Expr) -> tuple[Expr, Expr] | None:
    """The largest exponent in a sum of exponentials, and that sum with it taken out."""
    if not isinstance(total, Total) or total.excluded:
        return None
    body, index = total.open()
    match body:
        case Exp(Plus(terms)) if any(
            isinstance(t, Minus) and isinstance(t.operand, Maximum) for t in terms
        ):
            return None
        case Exp(operand):
            largest = Maximum(operand, (index, *total.limits[1:]))
            return largest, total.over(Exp(shift(operand, largest)), index)
    return None


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
    match expr:
        case Quotient(above, Total() as below):
            found = shifted(below)
            if found is None:
                return None
            largest, total = found
            parts = factors(above)
            for n, factor in enumerate(parts):
                if isinstance(factor, Exp):
                    moved = Exp(shift(factor.operand, largest))
                    return Quotient(times(*parts[:n], moved, *parts[n + 1 :]), total)
    return None


@rule(
    law(Log(Total(Exp(FJ), limits)), Plus(top, Log(shifted_sum))),
    Log(s.partition),
)
def shift_logsumexp(expr: Expr, given: Given) -> Outcome:
    found = shifted(expr.operand)
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
            found = shifted(below)
            if found is not None:
                largest, total = found
                return Plus(*shift(operand, largest).args, Minus(Log(total)))
    return None


softplus = Plus(
    Apply(Head(Max), ZERO, s.u),
    Log(Plus(ONE, Exp(Minus(Apply(Head(Abs), s.u))))),
)


@rule(law(Log(Plus(ONE, Exp(s.u))), softplus), Log(Plus(1, Exp(z_k))))
def shift_softplus(expr: Expr, given: Given) -> Outcome:
    """``log(1 + e^u) = max(0, u) + log(1 + e^{-|u|})``."""
    match expr:
        case Log(Plus((one, Exp(u)))) | Log(Plus((Exp(u), one))) if one == 1:
            if isinstance(u, Minus) and isinstance(u.operand, Apply) and u.operand.function is Abs:
                return None
            size = Apply(Head(Abs), u)
            return Plus(Apply(Head(Max), ZERO, u), Log(Plus(ONE, Exp(Minus(size)))))
    return None


larger = Apply(Head(Max), ZERO, s.u)
balanced = Plus(Exp(Minus(larger)), Exp(Plus(s.u, Minus(larger))))


def logistic(factor: Expr) -> tuple[Expr, Expr, Expr] | None:
    """``u``, ``max(0, u)`` and the exponent of a factor ``(1 + e^u)^n``; None for anything else."""
    base, exponent = (factor.base, factor.exponent) if isinstance(factor, Power) else (factor, ONE)
    match base:
        case Plus((one, Exp(u))) | Plus((Exp(u), one)) if one == 1:
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
