"""Where a minus is turned at the end, so that as few of them are read as can be."""

from __future__ import annotations

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import (
    ONE,
    Apply,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Total,
    factors,
    is_mask,
    terms,
)
from derive.rules.monomials import sides
from derive.rules.negatives import is_label_less, leads, long_and_turned
from derive.rules.trace import Trace
from derive.strategy.attempts import factor_out, settle, spread
from derive.strategy.sharing import added


def less_one(negative: Expr, given: Given) -> bool:
    """Whether a sum with a minus is over what is less by one: ``-Σ (a - 1) b``."""
    totals = (f for f in sides(negative.operand)[0] if isinstance(f, Total))
    inside = (f for total in totals for f in sides(total.opened[0])[0])
    return any(isinstance(f, Plus) and f.args[1:] == (Minus(ONE),) for f in inside)


def sums_a_difference(negative: Expr, given: Given) -> bool:
    """Whether all of this is less a sum of differences: ``-c Σ (a - b)``, but for ``1 - b``.

    Or less a sum of products with a bracket of several terms and a minus first, or with one of a
    function less an entry: ``-Σ (e^u - y) x``, where a ``p - y`` of names stays, or of a delta less
    a name: ``-Σ (δ - p) x``.
    """
    bodies = [f.opened[0] for f in sides(negative.operand)[0] if isinstance(f, Total)]
    return any(
        isinstance(body, Plus)
        and body.args[0] != ONE
        and any(isinstance(term, Minus) for term in body.args)
        for body in bodies
    ) or any(
        _has_turned(body) or _takes_off_entry(body) or takes_off_label(Minus(body), given)
        for body in bodies
    )


def _takes_off_entry(body: Expr) -> bool:
    """Whether the one bracket beside others is a function less an entry."""
    match brackets_above(body):
        case [Plus((found, Minus(entry)))] | [Plus((Minus(entry), found))]:
            return isinstance(entry, Indexed) and isinstance(found, Exp | Log | Apply | Power)
    return False


def _has_turned(body: Expr) -> bool:
    """Whether a bracket with a minus first is a factor: the only one, or one of several terms."""
    brackets = brackets_above(body)
    return is_turned_alone(brackets) or any(map(long_and_turned, brackets))


def brackets_above(product: Expr) -> list[Plus]:
    """The sums of terms that are factors of a product, above its bar."""
    return [f for f in sides(product)[0] if isinstance(f, Plus)]


def is_turned_alone(brackets: list[Plus]) -> bool:
    """Whether there is one bracket, a difference with a minus first."""
    return len(brackets) == 1 and len(brackets[0].args) == 2 and leads(brackets[0])


def turn_totals(trace: Trace) -> None:
    """Take the minus of ``-a (Σ_j b_j (c - d) + Σ_j e_j (f - g))`` into every difference."""
    whole = trace.expression
    if isinstance(whole, Minus) and any(map(adds_totals, sides(whole.operand)[0])):
        spread(trace, "distribute_product", lambda product, _: product == whole.operand)
        settle(trace, ("distribute_negative",))
        trace.apply("turn_total", lambda negative, _: negative in terms(trace.expression))
        factor_out(trace)


def adds_totals(factor: Expr) -> bool:
    """Whether this adds sums over indices, and takes none off."""
    return isinstance(factor, Plus) and all(isinstance(t, Total) for t in factor.args)


def adds_a_negative(negative: Expr, given: Given) -> bool:
    """Whether this is less a sum of terms of which the first has a minus: ``-c Σ (-a + b)``."""
    totals = (f for f in sides(negative.operand)[0] if isinstance(f, Total))
    bodies = (total.opened[0] for total in totals)
    return any(
        isinstance(b, Plus) and len(b.args) == 2 and isinstance(b.args[0], Minus) for b in bodies
    )


def turn_double_total(trace: Trace) -> None:
    """Take the minus of a sum over two indices to the differences in it.

    Of a term, where a minus is first in them too.
    """

    def inner(negative: Expr) -> list[Expr]:
        bodies = [f.opened[0] for f in sides(negative.operand)[0] if isinstance(f, Total)]
        return [body for body in bodies if any(isinstance(f, Total) for f in sides(body)[0])]

    def turns(negative: Expr, given: Given) -> bool:
        return sums_a_difference(negative, given) or less_one(negative, given)

    def is_turned(body: Expr) -> bool:
        return any(_has_turned(f.opened[0]) for f in sides(body)[0] if isinstance(f, Total))

    def is_double(negative: Expr, given: Given) -> bool:
        bodies = inner(negative)
        return any(map(is_turned, bodies)) or (
            negative == trace.expression and any(turns(Minus(body), given) for body in bodies)
        )

    if trace.apply("take_sign_in", is_double):
        trace.apply("turn_total", turns)


def turns_well(negative: Expr) -> bool:
    """Not a ``-p (1 - p)``, as the slope of ``p`` is written, nor where a mask is the difference:
    shares are known by it.
    """
    parts = factors(negative.operand)
    left = [Plus(ONE, Minus(p)) for p in parts]
    brackets = brackets_above(negative.operand)
    is_slope = len(parts) == 2 and (parts[0] in left or parts[1] in left)
    return not is_slope and not all(map(is_mask, brackets))


def has_two_signs(negative: Expr, whole: Expr) -> bool:
    """Whether this is all, or a term, as ``-a (-b + c)``: a minus first in its difference too.

    Inside of ``whole`` where the minus is first however it is printed.
    """
    brackets = [b for b in brackets_above(negative.operand) if not is_mask(b)]
    within = negative != whole and negative not in terms(whole)
    if within and not (
        negative in added(whole) and any(isinstance(b.args[0], Minus) for b in brackets)
    ):
        return False
    return is_turned_alone(brackets)


def takes_off_one(negative: Expr, given: Given) -> bool:
    """Whether this is ``-a (p - 1)`` of a name, which is read as ``a (1 - p)``."""
    match brackets_above(negative.operand):
        case [Plus((share, Minus(one)))] if one == 1:
            return given.definition_of(share) is not None
    return False


def takes_off_more(whole: Expr, negative: Expr, given: Given) -> bool:
    """Whether this is a term less a sum that reads better turned: ``-Σ (y - p) x`` of a name ``p``,
    or one with more terms taken off than added.
    """
    if not any(negative in terms(part) for part in (whole, *sides(whole)[0])):
        return False
    totals = [f for f in sides(negative.operand)[0] if isinstance(f, Total)]
    brackets = [b for total in totals for b in brackets_above(total.opened[0])]
    return len(brackets) == 1 and not is_mask(brackets[0]) and _has_more_off(brackets[0], given)


def _has_more_off(bracket: Plus, given: Given) -> bool:
    off = [t.operand for t in bracket.args if isinstance(t, Minus)]
    if len(bracket.args) == 2 and len(off) == 1:
        pair = next(t for t in bracket.args if not isinstance(t, Minus)), off[0]
        known = [given.definition_of(t) is not None for t in pair]
        return all(isinstance(t, Indexed) for t in pair) and known == [False, True]
    return 2 * len(off) > len(bracket.args)


def takes_off_label(negative: Expr, given: Given) -> bool:
    """Whether this is ``-a (δ - p)``, which is read as ``a (p - δ)``."""
    return sum(map(is_label_less, brackets_above(negative.operand))) == 1
