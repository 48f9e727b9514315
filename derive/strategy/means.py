"""What is known of deviations from a mean and of residuals: they leave their sums."""

from __future__ import annotations

from sympy import Expr, Symbol

from derive.facts import Given
from derive.notation import Total, factors, heads, names
from derive.recognition import is_logistic
from derive.rules.means import pull_out_constant
from derive.rules.trace import Trace
from derive.strategy.attempts import among, repeat, settle, spread
from derive.strategy.judgement import inside_total, projects
from derive.strategy.known import spread_totals


def drop_deviations(trace: Trace) -> None:
    """Write out means that have names, so that what deviates from them is known to sum to zero."""
    means = numbers_with_names(trace.given)
    if means and trace.apply("unfold_definition", among(means)):
        trace.apply_first(("vanish_deviations", "vanish_residuals"))
        settle(trace, ("fold_definition", "cancel_terms"))


def drop_residuals(trace: Trace) -> None:
    """Multiply out sums with projections in them, of which ``Σ_i s_i^2 (s.x)/(s.s)`` is known."""
    if trace.apply_first(("vanish_deviations", "vanish_residuals")):
        settle(trace, ("cancel_terms", "collect_terms"))
    if projects(trace.expression) and spread(trace, "distribute_product", inside_total):
        repeat(lambda: spread(trace, "distribute_product", inside_total))
        settle(trace, ("distribute_negative", "combine_powers"))
        spread_totals(trace)
        settle(trace, ("pull_out_sign", "pull_out_factor", "multiply_quotients", "cancel_factor"))
        settle(trace, ("cancel_terms", "collect_terms"))


def write_out_names(trace: Trace) -> None:
    """Write out numbers that have names, so that sums of them can cancel, and name what is left."""
    numbers = numbers_with_names(trace.given)
    if not numbers:
        return
    # A sum of deviations from a mean is known only over all.
    trace.apply("complete_total", lambda total, _: not numbers.isdisjoint(names(total.body)))
    if trace.apply("unfold_definition", among(numbers)):
        settle(trace, ("drop_absolute_value", "turn_absolute_value"))
        settle(trace, ("distribute_negative", "split_total", "pull_out_sign", "pull_out_factor"))
        settle(trace, ("sum_constant", "cancel_factor"))
        settle(trace, ("cancel_terms", "collect_terms"))
        settle(trace, ("fold_definition",))


def drop_constants(trace: Trace) -> None:
    """Take a sum that is the same for each out beside deviations from a mean with a name.

    It vanishes with them; another mean stays, so that what is near it has its digits.
    """
    numbers = numbers_with_names(trace.given)

    def vanishes(total: Expr, given: Given) -> bool:
        found = pull_out_constant(total, given) if numbers & names(total.body) else None
        if not isinstance(found, Expr):
            return False
        *taken, beside = factors(found.args[1])
        if not any(Total in heads(f) for f in taken):
            return False
        apart = Trace(beside, given)
        write_out_names(apart)
        return bool(apart.expression == 0)

    if numbers and trace.apply("pull_out_constant", vanishes):
        write_out_names(trace)
        settle(trace, ("cancel_terms", "collect_terms"))


def numbers_with_names(given: Given) -> set[Expr]:
    """The names of numbers, such as means; a logistic function says more by its name."""
    found = (d for d in given.definitions if isinstance(d.base, Symbol))
    return {d.base for d in found if not is_logistic(d.value)}
