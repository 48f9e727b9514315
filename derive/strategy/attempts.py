"""What is done to see whether it helps, and rules that are applied until nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import partial

from sympy import Expr

from derive.facts import Given
from derive.notation import Exp, Inert, ProductOver, collected, heads
from derive.rules.trace import Trace, Where
from derive.strategy.judgement import exponent_sums, guarded

# More steps than this means that two rules undo each other; what has been reached is right all
# the same, and is kept.
PATIENCE = 200

# Multiplying out must save a fifth of the length: brackets are worth something to a reader.
WORTHWHILE = 0.8

# What is only to look alike may be as long as before.
NO_LONGER = 1.001


def attempt(trace: Trace, work: Callable[[Trace], None], share: float = 1.0) -> bool:
    """Do something, and take it back unless the result is shorter for a reader.

    Shorter than ``share`` of what was there, that is. Returns whether it was.
    """
    expression, taken = trace.expression, len(trace.steps)
    work(trace)
    if length(trace.expression) >= share * length(expression):
        trace.expression = expression
        del trace.steps[taken:]
        return False
    return True


def length(expr: Expr) -> int:
    """How much there is to read: signs and brackets count little, entries and functions most."""
    if not expr.args or not isinstance(expr, Inert):
        return 2
    # A factor that a product leaves out is written as a power of nothing.
    left_out = 4 if isinstance(expr, ProductOver) and expr.excluded else 0
    return 1 + left_out + sum(length(a) for a in expr.args)


def settle(trace: Trace, rules: tuple[str, ...]) -> None:
    """Apply rules until none fires."""
    repeat(lambda: trace.apply_first(rules))


def repeat(step: Callable[[], bool]) -> None:
    """Do something until there is nothing left of it to do, and not for ever."""
    for _ in range(PATIENCE):
        if not step():
            return


def spread(trace: Trace, rule: str, look: Where) -> bool:
    """Multiply out or split, except where only a mask rules out that something has no value."""
    # Not to be remembered for an expression that is equal: its sums are opened with other symbols.
    kept = partial(guarded, trace.expression)
    return trace.apply(rule, lambda expr, given: look(expr, given) and expr not in kept())


def among(parts: AbstractSet[Expr]) -> Where:
    """Only where one of these stands."""
    return lambda expr, _: expr in parts


def outside_exponents(trace: Trace) -> Where:
    """Not in an exponent, where names are still to be recognised by theirs."""

    def look(terms: Expr, given: Given) -> bool:
        named = any(Exp in heads(d.value) for d in given.definitions)
        return not (named and terms in collected(trace.expression, exponent_sums))

    return look


def factor_out(trace: Trace) -> None:
    """Take out what the terms of sums have in common, the inner ones first."""
    while trace.apply("factor_common", outside_exponents(trace), innermost=True):
        pass


def let_terms_meet(trace: Trace) -> None:
    """Cancel and collect what has been multiplied out, and take out what is left in common."""
    settle(trace, ("vanish_at_zero", "cancel_factor", "combine_powers"))
    settle(trace, ("cancel_terms", "collect_terms"))
    settle(trace, ("complement_fraction", "complement_odds", "multiply_quotients"))
    factor_out(trace)
