"""When a stable form is worth the steps that lead to it, and where it has to be one."""

from __future__ import annotations

from sympy import Expr, Indexed, Number, Symbol, gamma

from derive.facts import Given
from derive.notation import (
    ZERO,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    collected,
    factors,
    heads,
)
from derive.recognition import is_logistic
from derive.rules.complements import (
    is_share,
)
from derive.rules.masks import exclude_zero
from derive.rules.mixtures import (
    over_partition,
)
from derive.rules.monomials import sides
from derive.rules.powers import divide_unequal_powers
from derive.rules.raised import (
    has_high_power,
)
from derive.rules.registry import Rewriting
from derive.rules.stability import logistic
from derive.strategy.zeros import includes_safely


def is_weighted(entry: Expr, ends: frozenset[Expr], given: Given) -> bool:
    """Whether an entry that must not become one is a sum in which a share has a weight."""
    known = given.definition_of(entry)
    if known is None or known.base not in ends or not isinstance(known.value, Plus):
        return False
    return any(is_share(f, given) for term in known.value.args for f in factors(term))


def raises_share(power: Expr, given: Given) -> bool:
    """Whether a share has a letter for its exponent: it may be zero where its power is not."""
    return not power.exponent.is_number and is_share(power.base, given)


def mean_above(expr: Expr) -> tuple[Expr, ...]:
    """A mean as an exponent: it cancels whether it is written as one fraction or as two."""
    match expr:
        case Exp(Times(parts) as mean) if all(isinstance(f, (Number, Plus)) for f in parts):
            return (mean,)
    return ()


def fractions_below(expr: Expr, given: Given) -> frozenset[Expr]:
    """The names below bars of fractions of exponentials that are neither softmax nor logistic."""

    def look(part: Expr) -> list[Expr]:
        found = []
        for factor in sides(part)[1]:
            known = given.definition_of(factor)
            if known is not None and not is_share(factor, given) and is_fraction(known.value):
                found.append(known.base)
        return found

    return collected(expr, look)


def is_fraction(value: Expr) -> bool:
    """Whether exponentials are divided by a sum of such."""
    return isinstance(value, Quotient) and all(Exp in heads(part) for part in value.args)


def over_powers(fraction: Expr, given: Given) -> bool:
    """Whether there is a power below the bar that meets one in a sum over an index above it."""
    total = next((f for f in factors(fraction.numerator) if isinstance(f, Total)), None)
    if total is None:
        return False
    body, index = total.opened
    inside = given.within(index, tuple(total.limits[1:]))
    return divide_unequal_powers(Quotient(body, fraction.denominator), inside) is not None


def powers_over_own(expr: Expr) -> frozenset[Expr]:
    """Each ``(a / b)^n`` in an ``(a / b)^n b^m``: what lowers it is the largest of the whole."""

    def look(part: Expr) -> list[Expr]:
        above, below = sides(part)
        bare = {f.base if isinstance(f, Power) else f for f in (*above, *below)}
        fractions = (f for f in above if isinstance(f, Power) and isinstance(f.base, Quotient))
        return [f for f in fractions if f.base.denominator in bare]

    return collected(expr, look)


def opens_logarithm(expr: Expr, given: Given) -> bool:
    """A logarithm of a product in which something could overflow or underflow is opened.

    So can a gamma function, which is left alone in a logarithm only as the whole of it.
    """
    operand = expr.operand
    if isinstance(operand, ProductOver):
        return True
    raised = isinstance(operand, Power)
    parts = [f for side in sides(operand.base if raised else operand) for f in side]
    bare = [f.base if isinstance(f, Power) else f for f in parts]
    named = any(isinstance(f, (Indexed, Symbol)) and given.definition_of(f) for f in bare)
    several = raised or isinstance(operand, Exp) or len(parts) > 1
    high = has_high_power(operand, given)
    return several and (named or high or Exp in operand.heads or any(map(is_gamma, bare)))


def is_gamma(expr: Expr) -> bool:
    """Whether this is a gamma function."""
    return isinstance(expr, Apply) and expr.args[0] == Head(gamma)


def beside_infinite(expr: Expr, given: Given) -> bool:
    """A choice that may be zero beside what may be infinite there: a power, or an exponential."""
    parts = [f for factor in expr.args for side in sides(factor) for f in side]
    powers = [
        f for f in parts if isinstance(f, Power) and not isinstance(f.base, (Indexed, Symbol))
    ]
    exponentials = [f for f in expr.args if isinstance(f, Exp)]
    return any(map(may_vanish, expr.args)) and bool(powers or exponentials)


def of_several_exponentials(expr: Expr, given: Given) -> bool:
    """Whether several exponentials stand inside a sum, where only their product counts."""
    found = [f for side in sides(expr) for f in side if isinstance(f, Exp)]
    return bool(given.scope) and len(found) > 1


def of_nested_exponentials(expr: Expr, given: Given) -> bool:
    """Whether one of several exponentials is that of another: it vanishes where that overflows."""
    found = [f for side in sides(expr) for f in side if isinstance(f, Exp)]
    return len(found) > 1 and any(Exp in heads(f.operand) for f in found)


def may_vanish(expr: Expr) -> bool:
    """Whether this is a choice, or a product with one, that is zero in one of its branches."""
    match expr:
        case Threshold():
            return ZERO in expr.args[2:] or any(map(may_vanish, expr.args[2:]))
        case Times(parts):
            return any(map(may_vanish, parts))
    return False


def over_own_partition(expr: Expr, given: Given) -> bool:
    """Whether a softmax is multiplied by a sum in which its partition is above a bar."""
    return any(isinstance(f, Plus) for f in expr.args) and bool(over_partition(expr, given))


def is_of_softplus(expr: Expr, given: Given) -> bool:
    """Whether this is ``e^{log(1 + e^u)}``, or the logistic function ``e^{-log(1 + e^u)}``."""
    match expr:
        case Exp(Log(operand)) | Exp(Minus(Log(operand))):
            return logistic(operand) is not None
    return False


def is_name_of_logistic(entry: Expr, given: Given) -> bool:
    """Whether this is the name of a logistic function."""
    known = given.definition_of(entry)
    return known is not None and is_logistic(known.value)


def grows_there(total: Expr, given: Given) -> bool:
    """Whether a term of a sum that is zero may stand beside what has no value there."""
    found = exclude_zero(total, given)
    return isinstance(found, Rewriting) and not includes_safely(found.after, given)
