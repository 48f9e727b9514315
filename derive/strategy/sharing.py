"""What two terms of a longer sum share, and terms that are in others as factors."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.notation import Exp, Minus, Plus, collected, factors, terms
from derive.rules.complements import taken_from_one
from derive.rules.factoring import factor_most
from derive.rules.monomials import sides
from derive.rules.trace import Trace
from derive.strategy.attempts import among, repeat, settle


def share_names(trace: Trace) -> None:
    """Write ``a p - a`` beside other terms as ``a (p - 1)``, though it is no shorter.

    First where ``p`` is a name, of which ``1 - p`` is what is left of one. A ``1 - a`` stays: it
    has digits that ``1 + (p - 1) a`` has not.
    """
    before = added(trace.expression)
    repeat(lambda: trace.apply("factor_complement", is_longer))
    repeat(lambda: trace.apply("factor_itself", is_longer))
    trace.apply("turn_sign", among(added(trace.expression) - before))


def share_opened(trace: Trace) -> None:
    """Put terms together that are those of a bracket beside them: ``d b + d c + a (b + c)``."""
    settle(trace, ("factor_opened_bracket",))


def share_powers(trace: Trace) -> None:
    """Factor out powers with a letter in the exponent that two terms of a longer sum share."""
    while trace.apply("factor_power", innermost=True):
        settle(trace, ("cancel_terms", "collect_terms"))


def share_most(trace: Trace) -> None:
    """Factor out what two terms of a longer sum share, if that is shorter."""
    settle(trace, ("cancel_factor",))
    trace.apply("factor_most")
    settle(trace, ("cancel_terms", "collect_terms"))


def share_most_twice(trace: Trace) -> None:
    """What three terms share is shorter by the second step alone."""
    share_most(trace)
    share_most(trace)


def share_exponential(trace: Trace) -> None:
    """Factor out the exponential that two terms of a longer sum share."""
    trace.apply("factor_most", takes_out_exponential)


def takes_out_exponential(several: Expr, given: Given) -> bool:
    """Whether an exponential is among what two terms share the most of."""
    return any(isinstance(f, Exp) for f in taken_out(several, given))


def takes_out_fraction(several: Expr, given: Given) -> bool:
    """Whether what two terms share the most of is a fraction, as ``x/D`` in ``w x/D + t x/D``."""
    shared = taken_out(several, given)
    return any(sides(f.operand if isinstance(f, Minus) else f)[1] for f in shared)


def taken_out(several: Expr, given: Given) -> list[Expr]:
    """The factors of the term that two others become where what they share is taken out."""
    found = factor_most(several, given)
    joined = (t for t in terms(found) if t not in terms(several)) if found is not None else ()
    return [f for t in joined for f in factors(t.operand if isinstance(t, Minus) else t)]


def is_longer(sum_: Expr, given: Given) -> bool:
    """Whether this has more than two terms, and nothing is taken from one in it."""
    return len(sum_.args) > 2 and not taken_from_one(sum_)


def added(expr: Expr) -> frozenset[Expr]:
    """The terms of all sums of terms in an expression."""
    return collected(expr, lambda part: part.args if isinstance(part, Plus) else ())
