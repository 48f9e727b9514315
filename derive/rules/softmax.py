"""Definitions, folded and unfolded, and what holds for every softmax."""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr, Indexed, Symbol

from derive.display import Dotted
from derive.facts import Definition, Given, SizeFact
from derive.laws import Source
from derive.masks import without_mask
from derive.notation import (
    ONE,
    Bound,
    Exp,
    Log,
    Minus,
    Opened,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    entries,
    factors,
    names,
    opened_parts,
    plus,
    replace,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.complements import delta_of, is_complement, taken_from_one
from derive.rules.monomials import expression, monomial
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import within
from derive.unfolding import value_of, where_equal
from derive.unify import instance_of


def unfolded(entry: Expr, given: Given) -> tuple[Expr, Definition] | None:
    """The value of a defined entry, and its definition."""
    definition = given.definition_of(entry)
    if definition is None:
        return None
    return value_of(entry, definition), definition


def folded(expr: Expr, given: Given) -> tuple[Expr, Definition] | None:
    """The defined entry that ``expr`` is the value of, and its definition."""
    for definition in given.definitions:
        value = definition.value
        if isinstance(expr, Quotient):
            value = over_one_bar(value)
        if isinstance(expr, Total) and expr.excluded and isinstance(value, Total):
            # A mask in it says that the sum leaves an index out.
            left_out = without_mask(value, given)
            value = value if left_out is None else left_out[0]
        if type(value) is type(expr) or isinstance(expr, Dotted):
            found = instance_of(value, expr, definition.indices)
            if found is not None and all(
                i in found and _may_be_index(found[i], definition, given)
                for i in definition.indices
            ):
                return replace(definition.entry, found), definition
        for entry, special in where_equal(definition):
            found = instance_of(special, expr, definition.indices)
            if found is not None and all(
                i in found for i in names(entry) & set(definition.indices)
            ):
                return replace(entry, found), definition
    return None


def _may_be_index(value: Expr, definition: Definition, given: Given) -> bool:
    """Whether a letter that counts as a number in a definition has a range: it may be beyond it."""
    letter = isinstance(value, Symbol) and not isinstance(value, (Bound, Opened))
    if not letter or value in names(definition.value) or given.range_of(value) is not None:
        return True
    plain = replace(definition.value, dict.fromkeys(entries(definition.value), ONE))
    return names(plain).isdisjoint(definition.indices)


@lru_cache(maxsize=256)
def over_one_bar(value: Expr) -> Expr:
    """A product as it stands in the middle of a derivation, with the sum of it above the bar."""
    return expression(monomial(value)) if isinstance(value, Times) else value


@rule(Source.DEFINITION, Example(Quotient(Exp(s.z[s.k1]), s.partition), s.with_softmax))
def fold_definition(expr: Expr, given: Given) -> Outcome:
    found = folded(expr, given)
    return None if found is None else Rewriting(found[0], (found[1],))


@rule(Source.DEFINITION, Example(s.partition, s.with_name), head=Total)
def abbreviate_sum(expr: Expr, given: Given) -> Outcome:
    """Call a sum by the letter that stands for it."""
    found = folded(expr, given)
    if found is None or not isinstance(found[0], Symbol):
        return None
    return Rewriting(found[0], (found[1],))


@rule(Source.DEFINITION, Example(s.p[s.k1], s.with_softmax), head=(Indexed, Symbol))
def unfold_definition(expr: Expr, given: Given) -> Outcome:
    found = unfolded(expr, given)
    return None if found is None else Rewriting(found[0], (found[1],))


@rule(
    Source.DEFINITION,
    Example(Log(s.p[s.k1]), s.with_softmax),
    head=Log,
)
def unfold_in_log(expr: Expr, given: Given) -> Outcome:
    """Open a definition under a logarithm, where its own value could underflow to zero."""
    found = unfolded(expr.operand, given)
    return None if found is None else Rewriting(Log(found[0]), (found[1],))


@rule(
    Source.DEFINITION,
    Example(Total(s.p[s.j1], (s.j1, 1, s.C)), s.with_softmax),
    head=Total,
)
def unfold_in_total(expr: Expr, given: Given) -> Outcome:
    """Open a definition in a sum over nothing but it."""
    entry, index = expr.opened
    found = unfolded(entry, given) if isinstance(entry, Indexed) else None
    return None if found is None else Rewriting(expr.over(found[0], index), (found[1],))


@rule(
    Source.DEFINITION,
    Example(Plus(ONE, Minus(s.p[s.k1])), s.with_softmax),
    head=Plus,
)
def unfold_complement(expr: Expr, given: Given) -> Outcome:
    """Open a definition in ``1 - p`` or ``δ - p``: no digits are left where ``p`` is nearly 1.

    In a ``1 - p + r`` it is opened in all terms.
    """
    if not is_complement(expr) and delta_of(expr) is None:
        return _unfolded_in_all(expr, given)
    for n, term in enumerate(expr.args):
        entry = term.operand if isinstance(term, Minus) else term
        found = unfolded(entry, given) if isinstance(entry, (Indexed, Symbol)) else None
        if found is not None and isinstance(found[0], (Quotient, Plus)):
            opened = Minus(found[0]) if isinstance(term, Minus) else found[0]
            return Rewriting(Plus(*expr.args[:n], opened, *expr.args[n + 1 :]), (found[1],))
    return None


def _unfolded_in_all(expr: Expr, given: Given) -> Outcome:
    """A ``1 - p + r`` with the value of ``p`` in place of ``p``."""
    for entry in taken_from_one(expr):
        found = unfolded(entry, given)
        if found is not None and isinstance(found[0], Quotient):
            return Rewriting(replace(expr, {entry: found[0]}), (found[1],))
    return None


@rule(
    Source.SOFTMAX,
    Example(Total(s.p[s.j1], (s.j1, 1, s.C)), s.with_softmax),
    head=Total,
)
def sum_probabilities(expr: Expr, given: Given) -> Outcome:
    """``Σ_i ŷ_i = 1`` over the whole class axis; so too for ``p_i := a_i / Σ_j a_j``.

    And over all but one, ``j ≠ i``, where the shares are of these, of which there are some.
    """
    body, index = expr.opened
    if not isinstance(body, Indexed) or body.indices[-1] != index:
        return None
    if any(index in a.free_symbols for a in body.indices[:-1]):
        return None
    found = _shared_out(body, index, given)
    if found is None:
        return None
    whole, known = found
    if expr.limits[1:] != whole.limits[1:]:
        return None
    some = has_others(expr, given) if expr.excluded else ()
    return None if some is None else Rewriting(ONE, (*known, *some))


def has_others(total: Total, given: Given) -> tuple[SizeFact, ...] | None:
    """The fact that a sum has terms besides those that it leaves out; None where none is declared.

    Of one class alone a sum over the others is zero, and no share of it has a value.
    """
    size = given.least(total.upper)
    enough = size is not None and size.least - total.lower >= len(total.excluded)
    return (size,) if size is not None and enough else None


def _shared_out(
    share: Indexed, index: Expr, given: Given
) -> tuple[Total, tuple[Definition, ...]] | None:
    """The sum that a share is a part of, and the definitions that say so."""
    definition = given.definition_of(share)
    if definition is None:
        return None
    if definition.softmax:
        return definition.value.denominator, (definition,)
    match value_of(share, definition):
        case Quotient(above, below):
            found = unfolded(below, given)
            whole = below if found is None else found[0]
            plain = isinstance(whole, Total) and index not in names(whole)
            if plain and whole.at(index) == above:
                return whole, (definition, *(() if found is None else (found[1],)))
    return None


@rule(
    Source.SOFTMAX,
    Example(
        Total(s.p[s.j1], (s.j1, 1, s.C, s.k1)),
        s.with_softmax,
    ),
    head=Total,
)
def sum_probabilities_but(expr: Expr, given: Given) -> Outcome:
    """``Σ_{i≠k} ŷ_i = 1 - ŷ_k``"""
    if len(expr.excluded) != 1:
        return None
    body, index = expr.opened
    (left,) = expr.excluded
    inside = within(left, expr.lower, expr.upper, given)
    whole = sum_probabilities(Total(body, (index, expr.lower, expr.upper)), given)
    if inside is None or not isinstance(whole, Rewriting):
        return None
    after = Plus(ONE, Minus(replace(body, {index: left})))
    return Rewriting(after, (*whole.facts, *given.declared(inside)))


@rule(
    Source.SOFTMAX,
    Example(Plus(ONE, Minus(s.p[s.k1])), s.with_softmax),
    head=Plus,
)
def complement_probability(expr: Expr, given: Given) -> Outcome:
    """``1 - ŷ_k = Σ_{i≠k} ŷ_i``, and likewise for ``ŷ_k - 1``, beside other terms too."""
    for one, turned in ((ONE, False), (Minus(ONE), True)):
        at = expr.args.index(one) if one in expr.args else None
        for n, term in enumerate(expr.args) if at is not None else ():
            if isinstance(term, Minus) is turned:
                continue
            others = all_others(term if turned else term.operand, given)
            if others is not None:
                left = Minus(others.after) if turned else others.after
                kept = (left if m == at else t for m, t in enumerate(expr.args) if m != n)
                return Rewriting(plus(*kept), others.facts)
    return None


def all_others(share: Expr, given: Given) -> Rewriting | None:
    """``Σ_{i≠k} ŷ_i`` for a ``ŷ_k``; None for anything else."""
    found = unfolded(share, given) if isinstance(share, Indexed) else None
    if found is None or not found[1].softmax:
        return None
    whole, left = found[0].denominator, share.indices[-1]
    plain = isinstance(whole, Total) and not whole.excluded
    known = within(left, whole.lower, whole.upper, given) if plain else None
    if known is None:
        return None
    _, own = whole.open()
    body = Indexed(share.base, *share.indices[:-1], own)
    after = Total(body, (own, whole.lower, whole.upper, left))
    return Rewriting(after, (found[1], *given.declared(known)))


@rule(
    Source.SOFTMAX,
    Example(Plus(ONE, Minus(Total(s.p[s.j1], (s.j1, 1, s.k1)))), s.with_softmax),
    head=Plus,
)
def complement_probabilities(expr: Expr, given: Given) -> Outcome:
    """``1 - Σ_{i≤k} ŷ_i = Σ_{i>k} ŷ_i``, and likewise for the last ones."""
    if ONE not in expr.args:
        return None
    at = expr.args.index(ONE)
    for n, term in enumerate(expr.args):
        match term:
            case Minus(Total() as part):
                found = _others(part, given)
                if found is not None:
                    left = (found.after if m == at else t for m, t in enumerate(expr.args))
                    return Rewriting(plus(*(t for m, t in enumerate(left) if m != n)), found.facts)
    return None


@rule(
    Source.SOFTMAX,
    Example(Plus(ONE, Minus(Total(Times(s.y[s.j1], s.p[s.j1]), (s.j1, 1, s.C)))), s.with_softmax),
    head=Plus,
)
def complement_weights(expr: Expr, given: Given) -> Outcome:
    """``1 - Σ_i w_i ŷ_i = Σ_i (1 - w_i) ŷ_i``: what is left of one without a difference."""
    match expr:
        case Plus((one, Minus(Total() as part))) if one == 1:
            body, index = part.open()
            parts = factors(body)
            for n, share in enumerate(parts):
                whole = sum_probabilities(part.over(share, index), given)
                if isinstance(whole, Rewriting) and len(parts) > 1:
                    rest = Plus(ONE, Minus(times(*without(parts, n))))
                    left = part.over(times(rest, share), index)
                    return Rewriting(left, whole.facts)
    return None


def weighted_complements(expr: Expr) -> frozenset[Expr]:
    """Each ``1 - Σ_i w_i ŷ_i`` that must not become zero: under a logarithm or a bar."""
    match expr:
        case Log(operand):
            here = factors(operand)
        case Quotient(_, denominator):
            here = factors(denominator)
        case _:
            here = ()
    plain = (f.base if isinstance(f, Power) else f for f in here)
    found = frozenset(f for f in plain if isinstance(f, Plus))
    return found.union(*(weighted_complements(part) for part in opened_parts(expr)))


def _others(part: Total, given: Given) -> Rewriting | None:
    """The sum of the other probabilities, for one of the first or of the last of them."""
    body, index = part.open()
    definition = given.definition_of(body) if isinstance(body, Indexed) else None
    if definition is None or not definition.softmax or part.excluded:
        return None
    if body.indices[-1] != index or any(index in names(a) for a in body.indices[:-1]):
        return None
    whole = definition.value.denominator
    for end, known, limits in (
        (part.upper, part.lower == whole.lower, (part.upper + 1, whole.upper)),
        (part.lower, part.upper == whole.upper, (whole.lower, part.lower - 1)),
    ):
        inside = within(end, whole.lower, whole.upper, given) if known else None
        if inside is not None and end not in (whole.lower, whole.upper):
            facts = (definition, *given.declared(inside))
            return Rewriting(Total(body, (index, *limits)), facts)
    return None
