"""Results written with whole vectors and matrices, by steps of their own."""

from __future__ import annotations

from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr, Indexed, Symbol

from derive.derivation import Derivation
from derive.facts import EqualFact, UnequalFact
from derive.gathering import Layout, extent
from derive.notation import names
from derive.problem import Problem
from derive.rules.trace import Trace


def in_arrays(derivation: Derivation, layout: Layout) -> Derivation:
    """The derivation with its result written as a vector or matrix as well."""
    return _with_form(derivation, "result", _result_form(derivation, layout))


def in_arrays_if_shorter(derivation: Derivation) -> Derivation:
    """The same with the layout that follows from the variables, where there is less to read."""
    layout = layout_of(derivation.problem)
    if layout is None or derivation.assumptions:
        return derivation
    form = _result_form(derivation, layout)
    if not form.steps or extent(form.closed_form.array) > extent(derivation.closed_form):
        return derivation
    return _with_form(derivation, "result", form)


def definition_in_arrays(derivation: Derivation, position: int, layout: Layout) -> Derivation:
    """The derivation with one of its definitions written with vectors and matrices as well."""
    definition = derivation.definitions[position]
    name = f"{derivation.name}: {definition.base}"
    form = _form(derivation, name, definition.value, layout)
    return _with_form(derivation, str(definition.base), form)


def layout_of(problem: Problem) -> Layout | None:
    """How the entries of a result are put together, by the indices of what it is derived by.

    The first index runs down and the second across. A Jacobian has the index of the function down
    and that of the variable across, a second derivative those of both variables.
    """
    by_variable = [v.indices if isinstance(v, Indexed) else () for v in problem.variables]
    varied = [i for indices in by_variable for i in indices]
    parameters = set(problem.free_indices) - set(varied)
    if problem.kind == "jacobian":
        if len(parameters) != 1 or len(varied) > 1:
            return None
        varied = [*parameters, *varied]
    elif problem.kind == "hessian" and any(len(indices) > 1 for indices in by_variable):
        return None
    if not 1 <= len(varied) <= 2 or not all(isinstance(i, Symbol) for i in varied):
        return None
    told_apart = (f for f in problem.facts if isinstance(f, (EqualFact, UnequalFact)))
    fixed = {s for f in told_apart for s in (*names(f.left), *names(f.right))}
    if problem.kind != "jacobian":
        # An entry of the loss that has the variable's index belongs to that entry alone.
        fixed |= names(problem.expression)
    if fixed & set(varied) or len(set(varied)) < len(varied):
        return None
    return Layout(varied[0], varied[1] if len(varied) == 2 else None, at_once=True)


def _result_form(derivation: Derivation, layout: Layout) -> Derivation:
    return _form(derivation, f"{derivation.name}: array", derivation.closed_form, layout)


def _form(derivation: Derivation, name: str, expr: Expr, layout: Layout) -> Derivation:
    trace = Trace(expr, with_changes(derivation.given, layout=layout))
    trace.apply("collect_entries", lambda e, _: e == expr)
    trace.apply("contract_entries")
    return Derivation(
        derivation.problem, name, expr, tuple(trace.steps), derivation.definitions, layout=layout
    )


def _with_form(derivation: Derivation, key: str, form: Derivation) -> Derivation:
    return with_changes(derivation, arrays=MappingProxyType({**derivation.arrays, key: form}))
