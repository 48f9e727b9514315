"""What is written otherwise so that it meets what stands beside it."""

from __future__ import annotations

from sympy import Expr, Indexed

from derive.facts import Given
from derive.notation import (
    Delta,
    Log,
    Opened,
    Partial,
    Plus,
    Total,
    code,
    collected,
    entries,
    factors,
    heads,
    is_number,
    names,
    terms,
)
from derive.rules.complements import is_complement
from derive.rules.monomials import sides, split_power
from derive.rules.registry import RULES
from derive.rules.trace import Trace
from derive.strategy.attempts import (
    among,
    repeat,
    settle,
)
from derive.strategy.judgement import pulls_well

CANCELLING = (
    "flatten_quotient",
    "multiply_quotients",
    "turn_factor",
    "pull_out_sign",
    "cancel_factor",
    "combine_powers",
)
# A bracket of so many entries is written twice rather than with a delta beside it.
FEW = 3

BRACKETS = ("factor_bracket", "factor_turned_bracket", "factor_bracket_less")


def join_logarithms(trace: Trace) -> None:
    """Write ``log a - log b`` as the ``log(a/b)`` that stands elsewhere."""
    there = collected(trace.expression, lambda e: [code(e)] if isinstance(e, Log) else [])
    rule = RULES["join_logarithms"].function

    def is_there(terms_: Expr, given: Given) -> bool:
        joined = rule(terms_, given)
        return isinstance(joined, Expr) and any(
            isinstance(t, Log) and code(t) in there for t in terms(joined)
        )

    if trace.apply("join_logarithms", is_there):
        settle(trace, ("cancel_terms", "collect_terms"))


def insert_deltas(trace: Trace) -> None:
    """Take the bracket at one index, which stands beside the sum of all of them, into that sum."""
    pending = trace.steps[0].before.atoms(Partial) if trace.steps else set()
    own = set().union(*(names(e) for p in pending for e in p.args if isinstance(e, Indexed)))
    rule = RULES["insert_delta"].function

    def is_at_label(terms_: Expr, given: Given) -> bool:
        found = rule(terms_, given)
        inserted = found.after.atoms(Delta) - terms_.atoms(Delta) if found is not None else set()
        labels = set().union(*map(names, inserted))
        if found is None or not inserted or any(isinstance(i, Opened) for i in labels):
            return False
        # What is left of a mean at the variable's own index is read as that, ``f_k - Σ_j p_j f_j``,
        # where not much has to be read twice for it.
        return not labels & own or any(map(sums_long_bracket, terms(found.after)))

    trace.apply("gather_value")
    trace.apply("insert_delta", is_at_label)


def sums_long_bracket(term: Expr) -> bool:
    """Whether a term is a sum over an index with a bracket of other sums, or of many entries."""
    totals = (f for f in sides(term)[0] if isinstance(f, Total))
    brackets = (f for t in totals for f in sides(t.opened[0])[0] if isinstance(f, Plus))
    plain = [b for b in brackets if Delta not in heads(b)]
    return any(Total in heads(b) or len(entries(b)) > FEW for b in plain)


def cancel_odds(trace: Trace) -> None:
    """Write ``1 - q`` below a bar as what the definition of ``q`` makes of it: ``q/(1-q) = 1/u``
    for ``q = 1/(1 + u)``.
    """

    def over_rest(expr: Expr) -> list[Expr]:
        above, below = zip(*map(sides, factors(expr)), strict=True)
        named = {code(split_power(f)[0]) for side in above for f in side}
        rests = (split_power(f)[0] for side in below for f in side)
        return [r for r in rests if is_complement(r) and (is_mixed(r) or opens(r, named))]

    def opens(rest: Expr, above: set[str]) -> bool:
        return not above.isdisjoint(map(code, entries(rest)))

    def is_mixed(rest: Expr) -> bool:
        # 1 - (c + (1 - c) q) is (1 - c)(1 - q)
        known = [d.base for d in trace.given.definitions if isinstance(d.value, Plus)]
        return any(e.base in known for e in entries(rest))

    fractions = collected(trace.expression, over_rest)
    if fractions and trace.apply("unfold_complement", among(fractions)):
        settle(trace, ("distribute_negative", *BRACKETS))
        settle(trace, ("complement_fraction", "separate_quotient", "fold_definition"))
        settle(trace, CANCELLING)
        repeat(lambda: trace.apply("pull_out_factor", pulls_well))
        settle(trace, CANCELLING)


def open_roots(trace: Trace) -> None:
    """Take numbers out of roots, where they meet the root of one beside."""

    def holds_number(power: Expr, given: Given) -> bool:
        return power.exponent.is_Rational and any(map(is_number, sides(power.base)[0]))

    if trace.apply("power_of_product", holds_number):
        settle(trace, ("multiply_quotients", "cancel_factor", "combine_powers"))
