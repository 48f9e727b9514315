"""Results written with whole vectors and matrices, by steps of their own."""

from __future__ import annotations

from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr

from derive.derivation import Derivation
from derive.gathering import Layout
from derive.rules.trace import Trace


def in_arrays(derivation: Derivation, layout: Layout) -> Derivation:
    """The derivation with its result written as a vector or matrix as well."""
    name = f"{derivation.name}: array"
    return _with_form(derivation, "result", name, derivation.closed_form, layout)


def definition_in_arrays(derivation: Derivation, position: int, layout: Layout) -> Derivation:
    """The derivation with one of its definitions written with vectors and matrices as well."""
    definition = derivation.definitions[position]
    name = f"{derivation.name}: {definition.base}"
    return _with_form(derivation, str(definition.base), name, definition.value, layout)


def _with_form(
    derivation: Derivation, key: str, name: str, expr: Expr, layout: Layout
) -> Derivation:
    trace = Trace(expr, with_changes(derivation.given, layout=layout))
    trace.apply("collect_entries")
    trace.apply("contract_entries")
    form = Derivation(
        derivation.problem, name, expr, tuple(trace.steps), derivation.definitions, layout=layout
    )
    return with_changes(derivation, arrays=MappingProxyType({**derivation.arrays, key: form}))
