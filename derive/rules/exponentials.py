"""Names for exponentials: by itself one may be infinite or zero where a fraction of it is not."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.facts import Definition, Given
from derive.notation import (
    Exp,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    bases,
    collected,
    heads,
    names,
)
from derive.recognition import is_logistic
from derive.rules.complements import near_zero
from derive.rules.monomials import sides
from derive.rules.raised import has_high_power


def named_exponentials(expr: Expr, given: Given) -> frozenset[Expr]:
    """The arrays and numbers in ``expr`` that are names of exponentials where that is no good.

    Under a logarithm, in a fraction over exponentials and in a power their size does not count.
    """
    known = {d.base for d in given.definitions if is_name_of_exponential(d, given)}

    def look(part: Expr) -> frozenset[Expr]:
        if isinstance(part, Quotient):
            below = part.denominator
            shifted = Exp in heads(below) or bool(_called(below) & known)
            return _called(part) & known if shifted else frozenset()
        return frozenset().union(*map(_called, near_zero(part))) & known

    return collected(expr, look) if known else frozenset()


def _called(expr: Expr) -> frozenset[Expr]:
    """The arrays and the numbers in an expression."""
    return frozenset(bases(expr) | names(expr))


def is_name_of_exponential(definition: Definition, given: Given) -> bool:
    """Whether a definition is of no share, which is its own measure, but of an exponential."""
    share = definition.softmax or is_logistic(definition.value)
    return not share and is_exponential(definition.value, given)


def is_exponential(expr: Expr, given: Given) -> bool:
    """Whether this is an exponential, a product with one or a sum of them, by name or written.

    So is a power of a positive number with a letter as its exponent.
    """
    match expr:
        case Exp() | ProductOver():
            return True
        case Power() if has_high_power(expr, given):
            return True
        case Minus(inside) | Power(inside, _):
            return is_exponential(inside, given)
        case Times(parts) | Plus(parts):
            return any(is_exponential(part, given) for part in parts)
        case Total():
            return is_exponential(expr.opened[0], given)
        case Quotient():
            above, below = sides(expr)
            # Over a sum of exponentials it is a share, and computed as one.
            return not any(_is_sum(f, given) for f in below) and any(
                is_exponential(f, given) for f in (*above, *below)
            )
        case Indexed() | Symbol():
            known = given.definition_of(expr)
            return known is not None and is_name_of_exponential(known, given)
    return False


def _is_sum(expr: Expr, given: Given) -> bool:
    """Whether this is a sum of exponentials, by name or written."""
    known = given.definition_of(expr) if isinstance(expr, (Indexed, Symbol)) else None
    value = expr if known is None else known.value
    return isinstance(value, (Plus, Total)) and is_exponential(value, given)
