"""What is little beside 1, such as what an exponential leaves of it, with all its digits."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Abs, Dummy, Expr, Function, Indexed, Integer, Max, Min, S, Symbol, atanh, sign
from sympy.codegen.cfunctions import expm1, log1p

from derive.facts import Definition
from derive.kernels.complement import complement, log_complement
from derive.kernels.norms import beside_one
from derive.kernels.shares import left_of_one
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
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    binders,
    code,
    collected,
    factors,
    plus,
    replace,
    times,
    without,
)
from derive.reading import read
from derive.recognition import opposite


def gap(expr: Expr) -> Expr | None:
    """``1 - e^u``, also with both terms moved down by the same, and what is opposite to it."""
    match expr:
        case Plus((Minus(part), whole)) | Plus((whole, Minus(part))):
            for first, second, turned in ((whole, part, False), (part, whole, True)):
                left = _left(first, second)
                if left is not None:
                    return Minus(left) if turned else left
    return None


class exp_rise(Function):
    """``u e^u - e^u + 1``, which is nearly ``u^2/2`` where ``u`` is little."""


def rise(expr: Expr) -> Expr | None:
    """``c (u e^u - e^u + 1)``, as in the derivative of ``(e^{b t} - 1)/b``, however it is written.

    So is ``x e^{-b x} - (1 - e^{-b x})/b``, with ``u = -b x`` and ``c = -1/b``.
    """
    raised = collected(expr, lambda part: (part,) if isinstance(part, Exp) else ())
    if not isinstance(expr, Plus) or len(raised) != 1 or binders(expr):
        return None
    (power,) = raised
    height, u = Dummy(), power.operand.doit()
    whole = replace(expr, {power: height}).doit().expand()
    scale = whole.subs(height, 0)
    if scale == 0 or (whole - scale * (1 + (u - 1) * height)).expand() != 0:
        return None
    found = Apply(Head(exp_rise), power.operand)
    return Minus(found) if scale == -1 else times(read(scale), found)


def _left(whole: Expr, part: Expr) -> Expr | None:
    """``whole - part``, where ``whole`` is 1 or a 1 that was moved down together with ``part``."""
    match whole, part:
        case _, Exp(u) if whole == 1:
            return Minus(Apply(Head(expm1), u))
        case Exp(Minus(down)), Exp(Plus(items)):
            at = next((n for n, t in enumerate(items) if code(t) == code(Minus(down))), None)
            if at is None:
                return None
            u = plus(*without(items, at))
            near = (Apply(Head(sign), u), Apply(Head(expm1), Minus(Apply(Head(Abs), u))))
            larger = Apply(Head(Max), ZERO, u)
            # The larger of the two is taken out, which may be all that they were moved down by.
            of_both = _is_larger(down, u)
            return Times(*near) if of_both else Times(*near, Exp(Plus(larger, Minus(down))))
    return None


def _is_larger(expr: Expr, u: Expr) -> bool:
    """Whether this is ``max(0, u)``, however it is written."""
    match expr:
        case Apply(function, operands) if function is Max and len(operands) == 2:
            return ZERO in operands and u in operands
    return False


def product_gap(expr: Expr) -> tuple[Expr, Expr] | None:
    """For ``1 - Π_j (1 - q_j)``, or its logarithm, the largest ``q_j`` and another form.

    With ``1 - e^u`` in place of the difference, ``u = Σ_j log(1 - q_j)``, it has all digits where
    that ``q_j`` is at most 1. Elsewhere there is no such ``u``.
    """
    match expr:
        case Log(inside):
            found = product_gap(inside)
            return None if found is None else (found[0], Log(found[1]))
        case Plus((one, Minus(ProductOver() as product))) | Plus(
            (Minus(ProductOver() as product), one)
        ) if one == 1 and not product.excluded:
            body, index = product.open()
            match body:
                case Plus((unit, Minus(q))) | Plus((Minus(q), unit)) if unit == 1:
                    limits = (index, *product.outside)
                    logs = Total(Apply(Head(log1p), Minus(q)), limits)
                    return Maximum(q, limits), Plus(ONE, Minus(Exp(logs)))
    return None


def power_gap(expr: Expr, definitions: Mapping[Expr, Definition]) -> tuple[Expr, Expr] | None:
    """For ``r^a - 1``, or what is opposite, the power and ``e^{a log|r|} - 1`` with all digits.

    That holds where the power is near 1; elsewhere there is nothing to keep.
    """
    match expr:
        case Plus((Minus(Power(base, exponent) as power), one)) | Plus(
            (one, Minus(Power(base, exponent) as power))
        ) if one == 1:
            turned = True
        case Plus((Power(base, exponent) as power, Minus(one))) | Plus(
            (Minus(one), Power(base, exponent) as power)
        ) if one == 1:
            turned = False
        case _:
            return None
    if exponent.doit().is_integer:
        return None
    logarithm = _log_of_share(base, definitions)
    if logarithm is None:
        is_positive = base.doit().is_positive or beside_one(base, exponent) is not None
        logarithm = Log(base if is_positive else Apply(Head(Abs), base))
    risen = Apply(Head(expm1), Times(exponent, logarithm))
    return power, Minus(risen) if turned else risen


def _log_of_share(base: Expr, definitions: Mapping[Expr, Definition]) -> Expr | None:
    """The logarithm of a logistic function, where that is nearly 1 by what it leaves of it."""
    left = left_of_one(Plus(ONE, Minus(base)), definitions)
    if left is None:
        return None
    return Threshold(left, HALF, Log(base), Apply(Head(log1p), Minus(left)))


def kept_digits(expr: Expr) -> Expr | None:
    """A logarithm whose operand would round to 1 or to 0, in a form that keeps its digits."""
    return (
        log_gap(expr)
        or log_size(expr)
        or log_softplus(expr)
        or log_odds(expr)
        or log_complement(expr)
        or log_raised(expr)
    )


def log_odds(expr: Expr) -> Expr | None:
    """``log(q/(1 - q))``, which is zero at 1/2: near it ``2 artanh(2 q - 1)``."""
    match expr:
        case Log(Quotient(above, below)) if (above + below).doit() == 1:
            part = below if isinstance(above, Plus) else above
            if not isinstance(part, Indexed | Symbol):
                return None
            middle = Plus(Times(Integer(2), part), -ONE)
            near = Times(Integer(2 if part == above else -2), Apply(Head(atanh), middle))
            far = Plus(Log(above), Minus(Log(below)))
            return Threshold(Apply(Head(Abs), middle), HALF, far, near)
    return None


def log_gap(expr: Expr) -> Expr | None:
    """``log(1 - e^u)``: by what is left of 1 where that is little, else by what is taken away."""
    match expr:
        case Log(Plus((one, Minus(Exp(u))))) | Log(Plus((Minus(Exp(u)), one))) if one == 1:
            near = Log(Minus(Apply(Head(expm1), u)))
            left = Threshold(u, -ONE, near, Apply(Head(log1p), Minus(Exp(u))))
            size = _log_of_product(opposite(u))
            # Of what is too little for a number the logarithm is not, and it is that of the gap.
            return left if size is None else Threshold(size, FAR, left, size)
    return None


def _log_of_product(expr: Expr) -> Expr | None:
    """The logarithm of a product with an exponential, by its factors; None without one."""
    parts = factors(expr)
    if not any(isinstance(f, Exp) for f in parts):
        return None
    return plus(*(f.operand if isinstance(f, Exp) else Log(f) for f in parts))


def log_raised(expr: Expr) -> Expr | None:
    """``log(a e^u / b) = u + log(a/b)``: the exponential alone may round to zero.

    So is one that counts only where its factor ``a`` is not zero.
    """
    match expr:
        case Log(Quotient(above, below)):
            found = {f: _exponent(f, factors(above)) for f in factors(above)}
            raised = [u for u in found.values() if u is not None]
            rest = [f for f in factors(above) if found[f] is None]
            if raised and rest:
                return Plus(*raised, Log(Quotient(times(*rest), below)))
    return None


def _exponent(factor: Expr, beside: tuple[Expr, ...]) -> Expr | None:
    """The exponent of an exponential, also of one that counts where what is beside is not zero."""
    match factor:
        case Exp(u):
            return u
        case Threshold(Apply(function, (weight,)), zero, Exp(u), otherwise):
            known = function is Abs and zero == 0 and otherwise == 0
            return u if known and weight in beside else None
    return None


def log_size(expr: Expr) -> Expr | None:
    """``log|1 + x| = log(1 + max(x, -2 - x))``, which keeps the digits of a small ``x``."""
    match expr:
        case Log(Apply(function, (Plus(terms) as inside,))) if function is Abs:
            unit = next((t for t in terms if t in (ONE, Minus(ONE))), None)
            if unit is not None and gap(inside) is None and complement(inside) is None:
                rest = plus(*without(terms, terms.index(unit)))
                small = rest if unit == ONE else opposite(rest)
                return Log(Plus(ONE, Apply(Head(Max), small, Plus(-2, Minus(small)))))
    return None


def beside_lowered_one(expr: Expr) -> tuple[Expr, Expr] | None:
    """For ``log(x + e^{-max(0, u)})`` the maximum and ``x``: where that is 0, it is log(1 + x)."""
    match expr:
        case Log(Plus(terms) as inside) if gap(inside) is None:
            for at, term in enumerate(terms):
                match term:
                    case Exp(Minus(Apply(function, operands) as largest)):
                        if function is Max and ZERO in operands:
                            return largest, plus(*without(terms, at))
    return None


HALF = S.Half

# Below this log(1 + e^u) is e^u in all digits, long before it is too little for a number.
FAR = Integer(-37)


def log_softplus(expr: Expr) -> Expr | None:
    """``log(log(1 + e^u))``, of which the inner logarithm rounds to zero: far down it is ``u``."""
    match expr:
        case Log(Plus((Apply(function, (zero, u)), rest))) if (
            function is Max and zero == 0 and FAR not in u.args
        ):
            if code(rest) == code(_small(u)):
                near = Apply(Head(Max), FAR, u)
                beyond = Apply(Head(Min), ZERO, Plus(u, -FAR))
                return Plus(Log(Plus(Apply(Head(Max), ZERO, near), _small(near))), beyond)
    return None


def _small(u: Expr) -> Expr:
    """What ``log(1 + e^u)`` is beside ``max(0, u)``."""
    return Log(Plus(ONE, Exp(Minus(Apply(Head(Abs), u)))))
