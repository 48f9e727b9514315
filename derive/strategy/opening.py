"""Names that are written out: logarithms of products say more, and sums below a bar may divide."""

from __future__ import annotations

from collections import Counter

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.notation import (
    Binder,
    Exp,
    Log,
    Plus,
    Quotient,
    Times,
    Total,
    bases,
    code,
    collected,
    factors,
    opened_parts,
    terms,
)
from derive.rules.monomials import sides, split_power
from derive.rules.negatives import is_turned
from derive.rules.trace import Trace
from derive.strategy.attempts import among, attempt, factor_out, repeat, settle, spread
from derive.strategy.judgement import inside_total, is_power_by_letter, opens_exponential


def names_in_logs(expr: Expr, given: Given) -> frozenset[Expr]:
    """The logarithms of names of products with exponentials or powers, as of densities and hazards.

    Of names that are nowhere else. Of a share the logarithm says more by its name.
    """
    elsewhere = outside_logs(expr)

    def opens(logarithm: Log) -> bool:
        known = given.definition_of(logarithm.operand)
        if known is None or known.base in elsewhere:
            return False
        shared = any(isinstance(f, (Plus, Total)) for f in sides(known.value)[1])
        return not shared and opens_exponential(Log(known.value), given)

    return collected(expr, lambda part: [part] if isinstance(part, Log) and opens(part) else [])


def outside_logs(expr: Expr) -> frozenset[Expr]:
    """The arrays and letters that stand elsewhere than in a ``log p`` of nothing but an entry."""
    match expr:
        case Log(Indexed(base=own) as entry):
            return bases(entry) - {own}
        case Log(Symbol()):
            return frozenset()
        case Indexed() | Symbol():
            return frozenset({expr}) | bases(expr)
        case Binder():
            return outside_logs(expr.body)
    return frozenset().union(*map(outside_logs, expr.args))


def is_of_partitions(logarithm: Expr, given: Given) -> bool:
    """Whether a sum of exponentials stands over another: ``log Σ_j w_j e^{z_j} - log Σ_j e^{z_j}``.

    Each of the two has its shares, where one sum over the other is but a mean.
    """
    match logarithm.operand:
        case Quotient(Total() as above, Total() | Plus() as below):
            totals = [t for t in (above, *terms(below)) if isinstance(t, Total)]
            return len(totals) > 1 and all(holds_exponential(t) for t in totals)
    return False


def holds_exponential(total: Total) -> bool:
    """Whether exponentials are summed, perhaps with weights."""
    return any(isinstance(f, Exp) for f in factors(total.opened[0]))


def open_logarithms(trace: Trace) -> None:
    """``log(t e^{-u})``, as the slope of a power by its exponent brings it up, as ``log t - u``."""
    rules = ("expand_log_quotient", "expand_log_product")
    opened = [trace.apply(rule, opens_exponential) for rule in rules]
    if any(opened):
        settle(trace, ("cancel_log_exp", "expand_log_power", "drop_inner_bracket"))
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
        factor_out(trace)


def open_exponents(trace: Trace) -> None:
    """Write the logarithm of a name for an exponential as the exponent, where that cancels."""

    def is_exponential(logarithm: Log, given: Given) -> bool:
        known = given.definition_of(logarithm.operand)
        return known is not None and isinstance(known.value, Exp)

    if trace.apply("unfold_in_log", is_exponential):
        settle(trace, ("cancel_log_exp", "split_quotient"))
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
        factor_out(trace)
        settle(trace, ("pull_out_factor", "multiply_quotients"))


def share_logarithms(trace: Trace) -> None:
    """Open logarithms of products with the same sum in them, and write that of the sum once.

    Not where there are powers with a letter in the exponent, ``1 + (t/b)^a``, which meet by theirs.
    """
    logarithms = logs_in(trace.expression)
    if any(collected(log, lambda e: [e] if is_power_by_letter(e) else []) for log in logarithms):
        return
    rules = ("expand_log_quotient", "expand_log_product")
    while any(trace.apply(rule, among(with_shared_sum(trace.expression))) for rule in rules):
        settle(trace, ("cancel_log_exp", "expand_log_power"))
    attempt(trace, collect_logarithms)


def collect_logarithms(trace: Trace) -> None:
    """Multiply brackets with logarithms out, and factor out those that are there twice."""
    repeat(lambda: spread(trace, "distribute_product", among(beside_logs(trace.expression))))
    settle(trace, ("distribute_negative", "factor_log"))


def with_shared_sum(expr: Expr) -> frozenset[Expr]:
    """The logarithms of products or fractions that have a sum in common with another one."""

    def sums(log: Expr) -> set[str]:
        parts = (split_power(f)[0] for side in sides(log.operand) for f in side)
        return {code(f) for f in parts if isinstance(f, (Plus, Total))}

    found = [(log, sums(log)) for log in sorted(set(logs_in(expr)), key=code)]
    return frozenset(
        log for log, own in found if any(own & other for one, other in found if one is not log)
    )


def beside_logs(expr: Expr) -> frozenset[Expr]:
    """The products with a bracket that has a logarithm in it which stands elsewhere too."""
    seen = Counter(map(code, logs_in(expr)))

    def look(part: Expr) -> list[Expr]:
        brackets = (f for f in factors(part) if isinstance(f, Plus))
        twice = (seen[code(log)] > 1 for b in brackets for log in logs_in(b))
        return [part] if isinstance(part, Times) and any(twice) else []

    return collected(expr, look)


def logs_in(expr: Expr) -> list[Expr]:
    """Every logarithm in an expression, as often as it is there."""
    here = [expr] if isinstance(expr, Log) else []
    return here + [log for part in opened_parts(expr) for log in logs_in(part)]


def divide_by_values(trace: Trace) -> None:
    """Write out a sum with a name below a bar where what is above can be divided by its terms."""
    if unfold_below(trace):
        # Slopes ``a (1 - a)`` with one sign, whichever way round they came.
        repeat(lambda: spread(trace, "distribute_product", lambda *_: True))
        settle(trace, ("distribute_negative", "combine_powers"))
        while trace.apply("factor_complement", innermost=True):
            pass
        settle(trace, ("divide_slopes", "divide_turned_slopes", "divide_numerator"))
        settle(trace, ("factor_squares", "factor_turned_squares", "cancel_factor"))
        settle(trace, ("fold_definition",))


def cancel_by_values(trace: Trace) -> None:
    """Write out a product with a name below a bar where a factor of it stands above."""

    def holds_factor(part: Expr) -> list[Expr]:
        above = set(map(code, sides(part)[0]))
        return [f for f in sides(part)[1] if above & set(map(code, _factors_of(f, trace.given)))]

    below = collected(trace.expression, holds_factor)
    if below and trace.apply("unfold_definition", lambda e, _: e in below):
        settle(trace, ("flatten_quotient", "cancel_factor", "fold_definition"))
        factor_out(trace)


def _factors_of(name: Expr, given: Given) -> tuple[Expr, ...]:
    """The factors of the product that a name stands for."""
    known = given.definition_of(name)
    return factors(known.value) if known is not None and isinstance(known.value, Times) else ()


def complement_by_values(trace: Trace) -> None:
    """Write what a term of a sum with a name leaves of it: ``1 - a/m`` as ``b/m`` of ``a + b``."""
    if not sums_below(trace):
        return
    before, taken = trace.expression, len(trace.steps)
    trace.apply("turn_difference", lambda e, known: inside_total(e, known) and is_turned(e))
    settle(trace, ("pull_out_sign", "pull_out_factor", "multiply_quotients"))
    factor_out(trace)
    if unfold_below(trace) and trace.apply_first(("complement_fraction", "complement_term")):
        settle(trace, ("complement_fraction", "complement_term"))
        settle(trace, ("fold_definition", "flatten_quotient", "multiply_quotients"))
        settle(trace, ("combine_powers", "pull_out_sign", "pull_out_factor", "multiply_quotients"))
    else:
        trace.expression = before
        del trace.steps[taken:]


def unfold_below(trace: Trace) -> bool:
    """Write out the sums with names that are below bars."""
    below = sums_below(trace)
    return bool(below) and trace.apply("unfold_definition", lambda e, _: e in below)


def sums_below(trace: Trace) -> frozenset[Expr]:
    """The names of sums of terms that are below bars."""

    def named_sums(expr: Expr) -> list[Expr]:
        below = (split_power(f)[0] for f in sides(expr)[1])
        known = [(f, trace.given.definition_of(f)) for f in below]
        return [f for f, d in known if d is not None and isinstance(d.value, Plus)]

    return collected(trace.expression, named_sums)
