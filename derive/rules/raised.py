"""Powers of sums of exponentials: each is one exponential, lowered with those beside it.

Powers in sums are made exponentials where the sum itself is raised, divided by or in a logarithm.
"""

from __future__ import annotations

from sympy import Abs, Expr, Indexed, Integer

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    collected,
    factors,
    heads,
    names,
    terms,
    times,
)
from derive.positions import survey
from derive.rules import samples as s
from derive.rules.largest import largest
from derive.rules.monomials import risen_below, sides
from derive.rules.registry import Example, Outcome, rule
from derive.rules.stability import logistic
from derive.signs import is_not_negative, is_positive

positive_b = Condition("positive", (s.b,))


def raised_sum(expr: Expr, given: Given) -> Expr | None:
    """``a log b`` of a power ``b^a`` of a sum of exponentials; None for anything else.

    Squares, and powers of ``1 + e^u``, are left to rules of their own.
    """
    match expr:
        case Power((Plus() | Total()) as base, exponent) if exponent != 2 and not logistic(expr):
            if largest(base, given) is not None and is_positive(base, given):
                return times(exponent, Log(base))
    return None


@rule(
    law(Power(s.b, s.n), Exp(Times(s.n, Log(s.b))), positive_b),
    Power(s.partition, s.gamma),
)
def write_power(expr: Expr, given: Given) -> Outcome:
    """``b^a = e^{a log b}``: the logarithm of a sum of exponentials can be moved down."""
    exponent = raised_sum(expr, given)
    return None if exponent is None else Exp(exponent)


@rule(
    law(Quotient(s.a, Power(s.b, s.n)), Times(s.a, Exp(Minus(Times(s.n, Log(s.b))))), positive_b),
    Quotient(Exp(s.z[s.k1]), Power(s.partition, s.gamma)),
)
def divide_power(expr: Expr, given: Given) -> Outcome:
    """``a / b^n = a e^{-n log b}`` likewise."""
    above, below = sides(expr)
    for n, factor in enumerate(below):
        exponent = raised_sum(factor, given)
        if exponent is not None:
            top = times(*(f for f in above if f != 1), Exp(Minus(exponent)))
            rest = times(*below[:n], *below[n + 1 :])
            return top if rest == 1 else Quotient(top, rest)
    return None


def is_raised(factor: Expr, given: Given) -> bool:
    """Whether this is an ``e^{a log b}`` of a sum of exponentials."""
    match factor:
        case Exp(Minus(operand)) | Exp(operand):
            logs = [f for f in factors(operand) if isinstance(f, Log)]
            return any(largest(f.operand, given) is not None for f in logs)
    return False


def beside_raised(expr: Expr, given: Given) -> bool:
    """Whether such a power stands beside other exponentials, to which it belongs.

    It may overflow where they round to zero, and the other way round.
    """
    rest = [f for f in expr.args if not is_raised(f, given)]
    return len(rest) < len(expr.args) and any(Exp in heads(f) for f in rest)


def beside_divided(expr: Expr, given: Given) -> bool:
    """Whether a power written as an exponential stands beside a sum with exponentials below a bar.

    Either may be infinite where the other is zero, as in ``x^(a-1) (x/(x^a + y^a) - x^(1-a))``.
    What has exponentials above the bar too, such as a share, is lowered by itself.
    """
    raised = [f for f in expr.args if is_written(f)]
    fractions = (sides(t) for total in expr.args if isinstance(total, Plus) for t in total.args)
    below = [f for above, under in fractions if Exp not in heads(times(*above)) for f in under]
    plain = (f.base if isinstance(f, Power) else f for f in below)
    lowered = [f for f in plain if largest(f, given) is not None]
    return any(names(f) & names(g) for f in raised for g in lowered)


def above_divided(expr: Expr) -> frozenset[Expr]:
    """The products over exponentials of a power written as one and a sum of nothing but such."""

    def look(part: Expr) -> list[Expr]:
        if not isinstance(part, Quotient) or Exp not in heads(part.denominator):
            return []
        above = factors(part.numerator)
        sums = [f for f in above if isinstance(f, Plus) and all(map(holds_written, f.args))]
        return [part.numerator] if sums and any(map(is_written, above)) else []

    return collected(expr, look)


def holds_written(expr: Expr) -> bool:
    """Whether a power written as an exponential is a factor above a bar."""
    return any(map(is_written, sides(expr)[0]))


def is_written(factor: Expr) -> bool:
    """Whether this is an ``e^{a log b}`` that a power of no exponentials was written as."""
    if not isinstance(factor, Exp):
        return False
    exponents = (t.operand if isinstance(t, Minus) else t for t in terms(factor.operand))
    logs = (f.operand for t in exponents for f in sides(t)[0] if isinstance(f, Log))
    return any(Exp not in heads(operand) for operand in logs)


# Powers up to this one are plain products, of which rounding and overflow are known to everybody.
PLAIN = 8
FAR_DOWN = Integer(-(10**12))
"""In place of the logarithm of zero: no number has one as low, and unlike an infinity it can be
subtracted from itself and multiplied by zero."""


def is_high(expr: Expr) -> bool:
    """Whether this is a power of any number, such as ``u_j^p``, or a large one."""
    match expr:
        case Power(base, exponent):
            varies = bool(bases(base) or names(base)) and not isinstance(base, Exp)
            return varies and not (exponent.is_number and abs(exponent.doit()) <= PLAIN)
    return False


def raises_in_sum(expr: Expr, given: Given) -> bool:
    """Whether sums of high powers are raised, divided by or in a logarithm somewhere.

    There a power that overflows or rounds to zero would be missed.
    """
    found: list[bool] = []

    def look(node: Expr, known: Given) -> None:
        match node:
            case Log(operand) | Quotient(_, operand):
                parts = tuple(f for side in sides(operand) for f in side)
            case Power(base, exponent) if not (exponent.is_Integer and exponent > 0):
                parts = tuple(f for side in sides(base) for f in side)
            case _:
                return
        plain = (f.base if isinstance(f, Power) else f for f in parts)
        found.append(
            any(
                is_sum_of_powers(f, known) or any(is_sum_of_powers(t, known) for t in terms(f))
                for f in plain
            )
        )

    survey(expr, given, look, frozenset((Log, Quotient, Power)))
    return any(found)


def is_sum_of_powers(expr: Expr, given: Given) -> bool:
    """Whether this is a sum over an index in which some size is raised to a high power.

    Or a sum of such powers and other positive terms, as ``1 + a^n`` or ``a^n + b^n`` is.
    """
    found: list[bool] = []
    if isinstance(expr, Plus):
        raised = [
            any(is_high(f) and is_not_negative(f.base, given) for side in sides(t) for f in side)
            for t in expr.args
        ]
        rest = (t for t, high in zip(expr.args, raised, strict=True) if not high)
        return any(raised) and all(is_positive(t, given) for t in rest)
    if isinstance(expr, Total):

        def look(node: Expr, known: Given) -> None:
            found.append(is_high(node) and is_not_negative(node.base, known))

        survey(expr, given, look, frozenset((Power,)))
    return any(found)


def has_high_power(expr: Expr, given: Given) -> bool:
    """Whether a factor above or below a bar is a high power of a positive number."""
    return any(is_high(f) and is_positive(f.base, given) for side in sides(expr) for f in side)


@rule(
    law(Power(s.a, s.n), Exp(Times(s.n, Log(s.a))), Condition("positive", (s.a,))),
    Power(Plus(ONE, Exp(s.z[s.k1])), s.gamma),
)
def write_high_power(expr: Expr, given: Given) -> Outcome:
    """``a^n = e^{n log a}``: exponents can be moved down, and do not overflow."""
    if is_high(expr) and is_positive(expr.base, given):
        return Exp(times(expr.exponent, Log(expr.base)))
    return None


@rule(
    law(Quotient(s.a, Power(s.b, s.n)), Times(s.a, Exp(Minus(Times(s.n, Log(s.b))))), positive_b),
    Quotient(ONE, Power(Plus(ONE, Exp(s.z[s.k1])), s.gamma)),
    formal="divide_power",
)
def divide_high_power(expr: Expr, given: Given) -> Outcome:
    """``a / b^n = a e^{-n log b}``: a sum of these is lowered like any other."""
    above, below = sides(expr)
    for n, factor in enumerate(below):
        if is_high(factor) and is_positive(factor.base, given):
            top = times(*(f for f in above if f != 1), risen_below(factor))
            rest = times(*below[:n], *below[n + 1 :])
            return top if rest == 1 else Quotient(top, rest)
    return None


size = Apply(Head(Abs), s.z[s.k1])


def floored(number: Expr) -> Expr:
    """``log a``, and far down instead of infinite where ``a`` is zero."""
    inside = Threshold(number, ZERO, number, ONE)
    return Threshold(number, ZERO, Log(inside), FAR_DOWN)


@rule(
    law(Power(s.a, s.n), Exp(Times(s.n, floored(s.a))), Condition("positive", (s.a,))),
    Power(size, s.gamma),
)
def write_size_power(expr: Expr, given: Given) -> Outcome:
    """The same of what may be zero, with a logarithm that is not infinite there."""
    if is_high(expr) and is_not_negative(expr.base, given) and not is_positive(expr.base, given):
        return Exp(times(expr.exponent, floored(expr.base)))
    return None


@rule(
    law(Power(s.a, s.n), Exp(Times(s.n, Log(s.a))), Condition("positive", (s.a,))),
    Power(Times(s.T, Exp(s.z[s.k1])), s.gamma),
    formal="write_power",
)
def write_product_power(expr: Expr, given: Given) -> Outcome:
    """``(a e^u)^n = e^{n log(a e^u)}``: the exponential may overflow where its power does not."""
    match expr:
        case Power(base, exponent) if not exponent.is_Integer and not isinstance(base, Exp):
            raised = [isinstance(f, Exp) for side in sides(base) for f in side if Exp in heads(f)]
            if raised and all(raised) and is_positive(base, given):
                return Exp(times(exponent, Log(base)))
    return None


@rule(
    law(Power(s.a, s.n), Exp(Times(s.n, Log(s.a))), Condition("positive", (s.a,))),
    Example(Power(s.p[s.k1], s.gamma), s.with_softmax),
    formal="write_power",
)
def write_share_power(expr: Expr, given: Given) -> Outcome:
    """``p^n = e^{n log p}`` of a share: what it leaves of one keeps its digits."""
    match expr:
        case Power(Indexed() as share, exponent) if is_positive(share, given):
            return Exp(times(exponent, Log(share)))
    return None
