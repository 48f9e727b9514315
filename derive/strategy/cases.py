"""The result for equal and for different indices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sympy import Expr, Symbol

from derive.derivation import Derivation
from derive.facts import EqualFact, UnequalFact
from derive.notation import ZERO, Delta, entries, names, replace
from derive.rules.shares import vanish_share
from derive.rules.trace import Trace
from derive.strategy.attempts import settle
from derive.strategy.finishing import finish
from derive.strategy.judgement import has_pole


def cases(derivation: Derivation) -> Mapping[Expr, Derivation]:
    """The result for equal and for different indices, where one delta of free indices is left."""
    deltas = set(deltas_in(derivation.closed_form))
    if len(deltas) != 1 or derivation.problem.direction is not None:
        # Where a sum over the other index is left, a delta is not what tells two entries apart.
        return MappingProxyType({})
    (delta,) = deltas
    left, right = delta.args
    ranged = {r.index for r in derivation.problem.ranges}
    if not isinstance(left, Symbol):
        left, right = right, left
    if not {left, right} <= ranged or not isinstance(left, Symbol):
        return MappingProxyType({})
    own = {s for v in derivation.problem.variables for s in names(v)}
    if derivation.problem.kind == "gradient" and right in own and left not in own:
        left, right = right, left
    return MappingProxyType(
        {
            fact.statement: derive_case(derivation, fact)
            for fact in (EqualFact(left, right), UnequalFact(left, right))
        }
    )


def derive_case(derivation: Derivation, fact: EqualFact | UnequalFact) -> Derivation:
    """The closed form under a further condition on two indices."""
    trace = Trace(derivation.closed_form, derivation.given.also(fact))
    settle(trace, ("rule_out_term",))
    if isinstance(fact, EqualFact):
        equal = replace(derivation.closed_form, {fact.left: fact.right})
        zero = {e: ZERO for e in entries(equal) if vanish_share(e, trace.given) is not None}
        if has_pole(replace(equal, zero)):
            # What has no value then is multiplied by zero: that comes first.
            trace.apply("use_equality", lambda e, _: isinstance(e, Delta))
            trace.apply("evaluate_delta")
        trace.apply("use_equality")
    brackets = ("satisfy_bracket", "vanish_bracket")
    settle(trace, ("evaluate_delta", "vanish_delta", "vanish_argmax", "vanish_share", *brackets))
    finish(trace)
    return Derivation(
        derivation.problem,
        f"{derivation.name}: {fact.statement}",
        derivation.closed_form,
        tuple(trace.steps),
        derivation.definitions,
        assumptions=(*derivation.assumptions, fact),
    )


def deltas_in(expr: Expr) -> list[Delta]:
    """Deltas outside of sums that bind one of their indices."""
    here = [expr] if isinstance(expr, Delta) else []
    return here + [d for a in expr.args for d in deltas_in(a)]
