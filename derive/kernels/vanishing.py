"""Factors that are 0 by a condition on numbers, and what may have no value beside them.

``[u > 0] x/r`` is 0 where ``u`` is not positive, and so it is where ``r`` is 0 as well; in floating
point 0 times infinity is no 0. So it is with ``[k = argmax_j f(j)]``, as what is not the largest
counts for nothing, and with a weight ``y_n`` beside such a condition. A sum of no terms is 0 too.
An exponential that overflows is infinite likewise: ``[e^z < 2] e^z`` is 0 at any large ``z``.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Abs, Expr, Max, Number, Symbol, cosh, sinh

from derive.facts import Given
from derive.kernels.gaps import gap
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    bases,
    entries,
    factors,
    heads,
    names,
    terms,
    times,
    without,
)
from derive.recognition import opposite
from derive.signs import is_not_negative
from derive.unfolding import value_of
from derive.weights import (
    Condition,
    Definitions,
    condition,
    definition,
    inner_parts,
    is_data,
    may_be_empty,
    may_be_zero,
)


def masking(
    parts: Iterable[Expr], beside: Expr, definitions: Definitions
) -> list[tuple[Condition, Expr] | None]:
    """The condition of each part, None where it has none or nothing beside may lack a value.

    That of a weight is that it is not 0, where another condition is beside it; but a weight is none
    where what may lack a value is made of the same argument. Beside a logarithm it always is:
    ``0 log 0`` is 0, and so is the limit of ``u log u``; and beside a sum that may have no terms.
    """
    parts = list(parts)
    weights = _ruling_weights(parts, beside, definitions)
    if any(weights):
        return [
            condition(f) if w is None else ((w, "!=", ZERO), f)
            for f, w in zip(parts, weights, strict=True)
        ]
    if not (rules_out(parts, beside, definitions) or weighs(parts, beside, definitions)):
        return [None] * len(parts)
    lacking = [f for f in (beside, *parts) if _may_be_no_number(f, definitions)]
    arrays = frozenset().union(*(_reached(f, definitions) for f in lacking))
    return [
        ((f, "!=", ZERO), f)
        if is_data(f, definitions) and not _reached(f, definitions) & arrays
        else condition(f)
        for f in parts
    ]


def only_weighed_lack(parts: Iterable[Expr], beside: Expr, definitions: Definitions) -> bool:
    """Whether what may lack a value is what data may weigh, and data weigh it."""
    return any(_ruling_weights(list(parts), beside, definitions))


def _ruling_weights(parts: list[Expr], beside: Expr, definitions: Definitions) -> list[Expr | None]:
    """The data with which each part is 0, None where there are none or something else may lack.

    Logarithms, sums of no terms and shares of nothing may be weighed; the last by what is given for
    all that share, or for several of them: a weight of each share leaves the others.
    """
    everything = (beside, *parts)
    if any(may_lack_a_value(f, definitions, weighed=False) for f in everything):
        return [None] * len(parts)
    if not any(may_lack_a_value(f, definitions) for f in everything):
        return [None] * len(parts)
    weights = [weight(f, definitions) for f in parts]
    if any(may_lack_a_value(f, definitions, shared=False) for f in everything):
        return weights
    sharing = frozenset().union(*(_sharing(f, definitions) for f in everything))
    return [w if w is not None and _is_of_all(w, sharing) else None for w in weights]


def _is_of_all(weight: Expr, sharing: frozenset[Expr]) -> bool:
    """Whether a weight has no index, or one of those of what is shared."""
    own = frozenset().union(*(names(i) for entry in entries(weight) for i in entry.indices))
    return not own or bool(own & sharing)


def _sharing(expr: Expr, definitions: Definitions) -> frozenset[Expr]:
    """The indices of what is divided into shares that may be shares of nothing."""
    known = definition(expr, definitions)
    if known is not None and known.softmax and may_lack_a_value(known.value, definitions):
        match value_of(expr, known):
            case Quotient(_, whole):
                return names(whole)
        return names(expr)
    return frozenset().union(*(_sharing(p, definitions) for p in inner_parts(expr, definitions)))


def weight(factor: Expr, definitions: Definitions) -> Expr | None:
    """Data with which a factor is 0: itself, or what all terms of a sum have as a factor."""
    if is_data(factor, definitions):
        return factor
    if not isinstance(factor, Plus):
        return None
    first, *others = (_data(t, definitions) for t in factor.args)
    common = [f for f in first if all(f in other for other in others)]
    return times(*common) if common else None


def _data(term: Expr, definitions: Definitions) -> list[Expr]:
    """The factors of a term that are data, those of what a condition rules out among them."""
    match term:
        case Minus(operand) | Threshold(_, _, operand, 0):
            return _data(operand, definitions)
        case Times(parts):
            return [f for p in parts for f in _data(p, definitions)]
    return [term] if is_data(term, definitions) else []


def rules_out(parts: Iterable[Expr], beside: Expr, definitions: Definitions) -> bool:
    """Whether a part is 0 by a condition where others, or what is ``beside``, may be no number."""
    parts = list(parts)
    others = [f for f in parts if condition(f) is None]
    return len(others) < len(parts) and any(
        _may_be_no_number(f, definitions) for f in (beside, *others)
    )


def weighs(parts: Iterable[Expr], beside: Expr, definitions: Definitions) -> bool:
    """Whether a part is the weight of what conditions rule out only in part, as a sum of slopes.

    Or of what may overflow, where that or the weight stands behind a name, or it is in a maximum:
    else ``mask_weights`` has ruled it out.
    """
    parts = list(parts)
    weights = [f for f in parts if is_data(f, definitions)]
    if not weights:
        return False
    named = any(definition(f, definitions) is not None for f in weights)
    overflows = may_overflow if named else _holds_overflow
    return any(
        _is_ruled(f, definitions) or overflows(f, definitions) or _is_over_little(f)
        for f in (beside, *parts)
    )


def weighs_over_little(above: Iterable[Expr], beside: Expr, definitions: Definitions) -> bool:
    """Whether a weight is divided by an exponential that may round to 0: 0/0 is no number."""
    return _is_over_little(beside) and any(is_data(f, definitions) for f in above)


def _is_over_little(expr: Expr) -> bool:
    """Whether this is a fraction over an exponential that may round to 0."""
    return isinstance(expr, Quotient) and any(
        isinstance(f, Exp) and may_overflow(Exp(opposite(f.operand)), {})
        for f in factors(expr.denominator)
    )


def _holds_overflow(expr: Expr, definitions: Definitions) -> bool:
    """Whether what may overflow in this stands behind a name, or in a maximum."""
    inside = isinstance(expr, Apply) or not may_overflow(expr, {})
    return inside and may_overflow(expr, definitions)


def _is_ruled(expr: Expr, definitions: Definitions) -> bool:
    """Whether a condition in this rules out what may lack a value."""
    match expr:
        case Times(parts) if rules_out(parts, ONE, definitions):
            return True
        case Quotient(above, below) if rules_out(factors(above), Quotient(ONE, below), definitions):
            return True
    return any(_is_ruled(p, definitions) for p in inner_parts(expr, definitions))


def _may_be_no_number(expr: Expr, definitions: Definitions) -> bool:
    """Whether this may lack a value, or be infinite in floating point though it has one."""
    return may_lack_a_value(expr, definitions) or may_overflow(expr, definitions)


def may_overflow(expr: Expr, definitions: Definitions) -> bool:
    """Whether an exponential from which no largest is taken away makes this large.

    Below a bar, in a logarithm or in a minimum it does not.
    """
    match expr:
        case Exp(u):
            return not _is_lowered(u) and not is_not_negative(Minus(u), Given())
        case Quotient() if _is_over_little(expr):
            return True
        case Quotient(above, below):
            return Exp not in heads(below) and may_overflow(above, definitions)
        case Log() | Bracket() | Delta() | Attains():
            return False
        case Apply(function) if function in (cosh, sinh):
            return True
        case Apply(function) if function not in (Abs, Max):
            return False
        case Threshold(_, _, above, otherwise):
            return may_overflow(above, definitions) or may_overflow(otherwise, definitions)
        case Power(base):
            return may_overflow(base, definitions)
    return any(may_overflow(p, definitions) for p in inner_parts(expr, definitions))


def _is_lowered(exponent: Expr) -> bool:
    """Whether the largest of all that stands in an exponent is taken away."""
    taken = [t for t in terms(exponent) if isinstance(t, Minus) and _lowers(t.operand)]
    arrays = frozenset().union(*map(bases, taken))
    return bool(taken) and bases(exponent) <= arrays


def _lowers(expr: Expr) -> bool:
    """Whether this is made of a maximum, or the logarithm of what is divided by."""
    parts = [f for f in factors(expr) if isinstance(f, (Apply, Log))]
    return Maximum in heads(expr) or any(
        isinstance(f, Log) or f.function in (Max, Abs) for f in parts
    )


def _reached(expr: Expr, definitions: Definitions) -> frozenset[Expr]:
    """The arrays in an expression, those behind its names among them."""
    inner = (_reached(p, definitions) for p in inner_parts(expr, definitions))
    return bases(expr).union(*inner)


def may_lack_a_value(
    expr: Expr, definitions: Definitions, weighed: bool = True, shared: bool = True
) -> bool:
    """Whether this divides by, or takes the logarithm of, what the arguments may make 0.

    Or by what an exponential leaves of 1, or takes the largest of nothing. Without what may be
    ``weighed`` with zero, logarithms are not looked into, all sums have terms and nothing that is
    left of a number is zero; without what is ``shared``, and it may be weighed, shares are numbers
    between 0 and 1.
    """
    known = definition(expr, definitions)
    if known is not None and known.softmax and not (weighed and shared):
        return False
    match expr:
        case Log() if not weighed:
            return False
        case Exp(exponent) if (inside := _raised(exponent)) is not None:
            return any(may_lack_a_value(p, definitions, weighed, shared) for p in inside)
        case Maximum() if weighed and may_be_empty(expr):
            return True
        case Quotient(_, below) if may_be_zero(below, definitions, weighed):
            return True
        case Quotient(_, below) if weighed and any(gap(f) is not None for f in factors(below)):
            return True
        case Power(base, exponent) if exponent.doit().is_nonnegative is not True:
            return may_be_zero(base, definitions, weighed)
        case Log(operand) if may_be_zero(operand, definitions, weighed):
            return True
    parts = inner_parts(expr, definitions)
    return any(may_lack_a_value(p, definitions, weighed, shared) for p in parts)


def _raised(exponent: Expr) -> tuple[Expr, ...] | None:
    """The parts of an ``e^{n (u + log a)}``, a power of ``a`` with an ``n`` that is not negative.

    Where ``a`` is zero, so is the power, though the logarithm is infinite.
    """
    parts = factors(exponent)
    for at, total in enumerate(parts):
        others = without(parts, at)
        if any(isinstance(t, Log) for t in terms(total)) and all(
            isinstance(n, Number | Symbol) and n.is_nonnegative for n in others
        ):
            inside = (t.operand if isinstance(t, Log) else t for t in terms(total))
            return (*others, *inside)
    return None
