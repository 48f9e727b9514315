"""Sums of squares over numbers of which only facts tell the sign: they are to have a root, too."""

from __future__ import annotations

from sympy import Abs, Expr

from derive.facts import Given
from derive.kernels.norms import squared
from derive.notation import Apply, Head, Plus, Quotient, Times, plus
from derive.positions import change_everywhere
from derive.signs import is_not_negative


def with_signs(expr: Expr, given: Given) -> Expr:
    """``1 + x²/(2 - a)`` as ``1 + x²/|2 - a|`` where a fact says ``a < 2``.

    A kernel knows no facts, but a size has a root by itself. An inner sum comes first.
    """
    while True:
        expr, places = change_everywhere(expr, _sum_of_sizes, given, (Plus,), innermost=True)
        if not places:
            return expr


def _sum_of_sizes(total: Expr, given: Given) -> Expr | None:
    """A sum with sizes in it, where only so it has a root."""
    if squared(total) is not None:
        return None
    sized = plus(*(_sized(term, given) for term in total.args))
    return None if squared(sized) is None else sized


def _sized(term: Expr, given: Given) -> Expr:
    """A term with the size in place of each factor whose sign is told and not seen in it."""
    match term:
        case Quotient() | Times():
            return term.func(*(_sized(part, given) for part in term.args))
    if squared(term) is not None or is_not_negative(term, Given()):
        return term
    return Apply(Head(Abs), term) if is_not_negative(term, given) else term
