"""Other names for the symbols of a catalogue entry, and for the softmaxes recognised in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as with_changes
from typing import Any

from sympy import Dummy, Indexed, IndexedBase, Symbol
from sympy.core.basic import Basic

from derive.catalogue.registry import Question
from derive.errors import DeriveError
from derive.facts import Given
from derive.problem import Problem
from derive.strategy.naming import NAMES, recognise


def renamed(question: Question, names: Mapping[str, str]) -> Question:
    """The question with its symbols renamed, bound indices included.

    The name of a softmax that is still to be recognised is left to ``recognised_as``.

    Raises ``DeriveError`` for a name that does not occur and for a clash.
    """
    if not isinstance(names, Mapping):
        raise TypeError(f"symbols= takes a dict such as {{'z': 's'}}, not {names!r}")
    if not names:
        return question
    everything = [question.expression, *question.variables, *question.given, *question.where]
    present = {name for expr in everything for name in _names(expr)}
    for old, new in names.items():
        if old not in present and old not in NAMES:
            raise _unknown(old, present)
        if not isinstance(new, str) or not new.strip():
            raise DeriveError(
                f"{new!r} cannot be the name of {old!r}; a name is a text such as 's'"
            )
    after = [names.get(name, name) for name in present | set(names)]
    for new in names.values():
        if after.count(new) > 1:
            raise DeriveError(f"two symbols would be called {new!r}; choose another name for one")
    return with_changes(
        question,
        expression=_rename(question.expression, names),
        variables=tuple(_rename(v, names) for v in question.variables),
        given=tuple(_rename(g, names) for g in question.given),
        where=tuple(_rename(w, names) for w in question.where),
        meanings=tuple((names.get(name, name), key) for name, key in question.meanings),
    )


def recognised_as(problem: Problem, names: Mapping[str, str]) -> Problem:
    r"""The problem with the softmaxes in it defined under new names, as ``{"\\hat{y}": "p"}`` asks.

    Raises ``DeriveError`` for a name that none of them has.
    """
    wanted = {old: new for old, new in names.items() if old in NAMES}
    wanted = {old: new for old, new in wanted.items() if old not in _known(problem)}
    if not wanted:
        return problem
    given = Given((*problem.facts, *problem.ranges), problem.definitions)
    found, ranges = recognise(problem, given)
    for old in wanted:
        if old not in {d.base.name for d in found}:
            raise _unknown(old, _known(problem))
    defined = tuple(with_changes(d, entry=_rename(d.entry, wanted)) for d in found)
    return with_changes(
        problem,
        definitions=(*problem.definitions, *defined),
        ranges=tuple(dict.fromkeys((*problem.ranges, *ranges))),
    )


def _known(problem: Problem) -> set[str]:
    definitions = {str(d.base) for d in problem.definitions}
    return {s.name for s in (*problem.arrays, *problem.sizes, *problem.parameters)} | definitions


def _unknown(old: str, present: set[str]) -> DeriveError:
    listed = ", ".join(sorted(present))
    return DeriveError(f"there is no symbol {old!r} to rename; there are {listed}")


def _names(expr: Any) -> set[str]:
    if isinstance(expr, IndexedBase):
        return {expr.name} | {n for size in (expr.shape or ()) for n in _names(size)}
    if isinstance(expr, Symbol):
        return {expr.name}
    return {n for a in getattr(expr, "args", ()) for n in _names(a)}


def _rename(expr: Basic, names: Mapping[str, str]) -> Any:
    if isinstance(expr, IndexedBase):
        shape = None if expr.shape is None else tuple(_rename(n, names) for n in expr.shape)
        return IndexedBase(names.get(expr.name, expr.name), shape=shape)
    if isinstance(expr, Indexed):
        return Indexed(_rename(expr.base, names), *(_rename(a, names) for a in expr.indices))
    if isinstance(expr, Symbol) and not isinstance(expr, Dummy):
        known = expr.assumptions0 if expr.name in names else {}
        given = {k: v for k, v in known.items() if k in expr._assumptions_orig}
        return Symbol(names[expr.name], **given) if expr.name in names else expr
    if not expr.args:
        return expr
    return expr.func(*(_rename(a, names) for a in expr.args))
