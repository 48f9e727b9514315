"""What a softmax and a logistic function look like, whatever they are called."""

from __future__ import annotations

from sympy import Expr

from derive.notation import ONE, Exp, Minus, Plus, Quotient, Total, names


def is_softmax(value: Expr, index: Expr) -> bool:
    """Whether ``value`` is ``e^{u_i} / Σ_j e^{u_j}`` over all of ``i``."""
    match value:
        case Quotient(Exp(_) as above, Total() as below) if not below.excluded:
            free = names(below.lower) | names(below.upper)
            return index not in free | names(below) and below.at(index) == above
    return False


def is_logistic(value: Expr) -> bool:
    """Whether ``value`` is ``1 / (1 + e^u)``, or ``e^u / (e^u + e^w)``."""
    match value:
        case Quotient(above, Plus((first, second))):
            return above in (first, second) and is_odds(first, second)
    return False


def is_odds(first: Expr, second: Expr) -> bool:
    """Whether two terms are exponentials, or one is and the other is 1."""
    return {type(first), type(second)} <= {Exp, type(ONE)} and (first == 1) + (second == 1) < 2


def opposite(exponent: Expr) -> Expr:
    """``-u`` for a ``u``, without a double minus or a minus before a bracket."""
    match exponent:
        case Minus(operand):
            return operand
        case Plus(terms):
            return Plus(*map(opposite, terms))
    return Minus(exponent)
