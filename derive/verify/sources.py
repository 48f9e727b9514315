"""Claims whose law is a declared fact, a definition, a lemma or arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sympy import Expr, Indexed, IndexedBase, Rational, Symbol

from derive.arrays import Entry
from derive.display import Choice
from derive.errors import DeriveError
from derive.facts import Definition, EntryFact, EqualFact, Fact, Lemma, SumFact
from derive.laws import Meta, Source
from derive.notation import (
    Binder,
    Delta,
    Inert,
    Partial,
    Times,
    Total,
    bases,
    entries,
    names,
    replace,
)
from derive.verify.canonical import same
from derive.verify.instance import instantiate
from derive.verify.match import Match
from derive.verify.matching import matches


def backed(
    source: Source, before: Expr, after: Expr, facts: tuple[Fact, ...], lemma: Lemma | None
) -> bool:
    """Whether ``before = after`` is what the source says, by one of ``facts`` or the lemma."""
    either_way = ((before, after), (after, before))
    match source:
        case Source.FACT:
            return any(after_fact(f, a, b) for f in facts for a, b in either_way)
        case Source.DEFINITION:
            definitions = [f for f in facts if isinstance(f, Definition)]
            return any(same(unfolded(a, d), b) for d in definitions for a, b in either_way)
        case Source.EQUALITY:
            equal = [f for f in facts if isinstance(f, EqualFact)]
            return any(same(replace(a, {f.left: f.right}), b) for f in equal for a, b in either_way)
        case Source.LEMMA:
            if lemma is None:
                return False
            return any(
                same(result, after)
                for result in consequences(lemma.before, lemma.after, lemma.indices, before)
            )
        case Source.COORDINATE:
            return _is_coordinate(before, after)
        case Source.DISPLAY:
            return same(before, after)
        case Source.CASES:
            return any(_are_cases(a, b) for a, b in either_way)
        case Source.SOFTMAX:
            softmaxes = [f for f in facts if isinstance(f, Definition) and f.softmax]
            return after == 1 and any(_is_whole(before, d) for d in softmaxes)
        case Source.ENTRYWISE:
            return same(without_arrays(before), without_arrays(after))
        case Source.CHAIN:
            # It takes all definitions to tell: see verify/chain_rule.py.
            return False
        case Source.ARITHMETIC:
            return same(before, after) or _equal_numbers(before, after)
    return False  # a chain is judged by ``chain_rule``


def after_fact(fact: Fact, before: Expr, after: Expr) -> bool:
    """Whether a fact about labels, with any indices, turns ``before`` into ``after``."""
    if isinstance(fact, SumFact):
        left = fact.total
        used = {s for e in entries(left) for a in e.indices for s in names(a)}
        generic = tuple(used & names(left))
    elif isinstance(fact, EntryFact):
        left, generic = fact.entry, tuple(fact.entry.indices)
    else:
        return False
    return any(same(result, after) for result in consequences(left, fact.value, generic, before))


def consequences(
    left: Expr, right: Expr, generic: tuple[Symbol, ...], expr: Expr
) -> Iterator[Expr]:
    """What ``left = right``, for any values of the ``generic`` indices, makes of ``expr``.

    An index that does not show on the left side stays as it is.
    """
    metas = {index: Meta(f"?{index.name}") for index in generic if index in names(left)}
    pattern, result = (replace(side, metas) for side in (left, right))
    for found in matches(pattern, expr, Match()):
        yield instantiate(result, found.values, ())


def without_arrays(expr: Expr) -> Expr:
    """``expr`` with an entry of an array written out, and each sum with its factors inside."""
    try:
        return inside_sums(expr.written_out if isinstance(expr, Entry) else expr)
    except DeriveError:
        # Shapes that do not fit: equal to nothing else.
        return expr


def inside_sums(expr: Expr) -> Expr:
    """Factors that stand beside a sum over an index are taken into it."""
    match expr:
        case Total():
            body, index = expr.open()
            return expr.over(inside_sums(body), index)
        case Times(args):
            parts = [inside_sums(a) for a in args]
            total = next((p for p in parts if isinstance(p, Total)), None)
            if total is None:
                return Times(*parts)
            body, index = total.open()
            return total.over(
                inside_sums(Times(body, *(p for p in parts if p is not total))), index
            )
        case Inert() if not isinstance(expr, Binder):
            return expr.func(*(inside_sums(a) for a in expr.args))
    return expr


def assignments(lemma: Lemma, expr: Expr) -> Iterator[dict[Symbol, Expr]]:
    """The values of a lemma's indices for which its left side is ``expr``."""
    metas = {i: Meta(f"?{i.name}") for i in lemma.indices if i in names(lemma.before)}
    for found in matches(replace(lemma.before, metas), expr, Match()):
        yield {index: cast(Expr, found.values[meta]) for index, meta in metas.items()}


def _are_cases(whole: Expr, choice: Expr) -> bool:
    """Whether the branches of a choice are ``whole``, each under its condition."""
    match choice:
        case Choice(first, second, equal, other):
            renamed = [{first: second}, {second: first}, {}]
            matching = any(same(replace(whole, r), replace(equal, r)) for r in renamed)
            return matching and same(whole, other)
    return False


def unfolded(expr: Expr, definition: Definition) -> Expr:
    """``expr`` with every entry of one definition replaced by its value."""
    if isinstance(expr, Symbol) and expr == definition.base:
        return definition.value
    if isinstance(expr, Indexed) and expr.base == definition.base:
        values = dict(zip(definition.indices, expr.indices, strict=True))
        return replace(definition.value, values)
    if not expr.args or isinstance(expr, (Indexed, IndexedBase)):
        return expr
    if isinstance(expr, Binder):
        body, index = expr.open()
        return expr.over(unfolded(body, definition), index)
    return expr.func(*(unfolded(a, definition) for a in expr.args))


def _is_coordinate(before: Expr, after: Expr) -> bool:
    match before:
        case Partial(Indexed() as entry, Indexed() as variable) if entry.base == variable.base:
            deltas = map(Delta, entry.indices, variable.indices)
            return same(Times(*deltas), after)
    return False


def _is_whole(before: Expr, definition: Definition) -> bool:
    """``Σ_j ŷ_{..j}`` over the last axis, all of it (that it is 1 is decided exactly elsewhere)."""
    if not isinstance(before, Total) or before.excluded or not isinstance(before.body, Indexed):
        return False
    entry, index = before.body, before.limits[0]
    alone = all(index not in names(a) for a in entry.indices[:-1])
    return entry.base == definition.base and entry.indices[-1] == index and alone


def _equal_numbers(before: Expr, after: Expr) -> bool:
    """Both sides without names and arrays, and equal."""
    if any(names(side) | bases(side) for side in (before, after)):
        return False
    left, right = before.doit(), after.doit()
    return isinstance(left, Rational) and bool(left == right)
