"""The loss and its derivative for floating point: derived by rules, like everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr, Tuple

from derive.derivation import Derivation
from derive.facts import EntryFact, Given, SumFact
from derive.rules.trace import Trace
from derive.strategy.judgement import opens_exponential
from derive.strategy.phases import CONTRACTION, settle

SHIFTS = (
    "unfold_in_log",
    "shift_log_softmax",
    "shift_logsumexp",
    "shift_softmax",
    "shift_softplus",
    "shift_sigmoid",
)


def stabilise(derivation: Derivation) -> Derivation:
    """The derivation with its stable forms, from which kernels are made."""
    if isinstance(derivation.statement, Tuple):
        parts = {
            n: _with_forms(p, {"derivative": p.closed_form}) for n, p in derivation.parts.items()
        }
        derivation = with_changes(derivation, parts=MappingProxyType(parts))
        targets: dict[str, Expr] = {}
    else:
        targets = {"derivative": derivation.closed_form}
    targets["value"] = derivation.problem.expression
    targets |= {str(d.base): d.value for d in derivation.definitions}
    return _with_forms(derivation, targets)


def _with_forms(derivation: Derivation, targets: Mapping[str, Expr]) -> Derivation:
    forms = {name: _form(derivation, name, target) for name, target in targets.items()}
    return with_changes(derivation, stable=MappingProxyType(forms))


def _form(derivation: Derivation, name: str, target: Expr) -> Derivation:
    # Facts about labels are left out: a kernel computes the loss of whatever labels it is given.
    facts = tuple(f for f in derivation.given.facts if not isinstance(f, (SumFact, EntryFact)))
    trace = Trace(target, Given(facts, derivation.definitions))
    settle(trace, ("cancel_log_exp",))
    while trace.apply("expand_log_product", opens_exponential):
        settle(trace, ("cancel_log_exp",))
    settle(trace, SHIFTS)
    settle(trace, CONTRACTION)
    return Derivation(
        derivation.problem,
        f"{derivation.name}: {name}",
        target,
        tuple(trace.steps),
        derivation.definitions,
    )
