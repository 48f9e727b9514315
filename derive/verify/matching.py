"""Matching expressions against the patterns of laws, in the pattern language of ``derive.laws``.

The matcher tries all ways in which a pattern fits, one after the other. It is written for being
right rather than fast: patterns are small, and so are the parts that rules rewrite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace as with_changes
from itertools import chain
from typing import cast

from sympy import Expr, Indexed, Integer, Number, Rational, S, Symbol
from sympy.core.basic import Basic

from derive.laws import Each, Meta, Rest, Value
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
    Inert,
    Minus,
    Opened,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    entries,
    names,
    rename,
    replace,
)
from derive.verify.canonical import Product, product, same, sum_of, terms, text
from derive.verify.instance import instantiate
from derive.verify.match import (
    Items,
    Match,
    both_sides,
    choices,
    is_open,
    known,
    left_out,
    likely_choices,
    one_taken_out,
    ordered,
    powers,
    removed,
    settled,
    waits,
    without,
)

UNIT = Product(S.One, (), ())


def matches(pattern: Expr, expr: Expr, match: Match) -> Iterator[Match]:
    """All ways in which ``pattern`` is ``expr``, given what is known already."""
    match pattern:
        case Meta():
            yield from _meta(pattern, expr, match)
        case Value():
            yield from _value(pattern, expr, match)
        case Plus():
            yield from (found for found, _ in sums(pattern, expr, match, whole=True))
        case Times() | Minus() | Quotient():
            yield from (found for found, _ in products(pattern, expr, match, whole=True))
        case Power(base, exponent):
            for part, power in powers(expr):
                yield from _all([(base, part), (exponent, power)], match)
        case Binder():
            yield from _binder(pattern, expr, match)
        case Delta() | Bracket():
            if type(expr) is type(pattern):
                known = tuple(_settled_index(side, match) for side in pattern.args)
                for sides in both_sides(expr, known):
                    yield from _all(list(zip(pattern.args, sides, strict=True)), match)
        case Inert() | Indexed():
            yield from _node(pattern, expr, match)
        case _ if same(pattern, expr):
            yield match


def _meta(meta: Meta, expr: Expr, match: Match) -> Iterator[Match]:
    if meta in match.values:
        if same(cast(Expr, match.values[meta]), expr):
            yield match
    elif not names(expr).intersection(match.locals):
        yield match.bind(meta, expr)


def _settled_index(index: Expr, match: Match) -> Expr | None:
    """What an index in a pattern stands for, if that is settled."""
    if isinstance(index, Meta):
        return cast("Expr | None", match.values.get(index))
    return index if index in match.locals else None


def _value(value: Value, expr: Expr, match: Match) -> Iterator[Match]:
    if value.function in match.values:
        for found in settled(value, expr, match):
            if same(instantiate(value, found.values, ()), expr):
                yield found
    elif not waits(value, match):
        others = set(match.locals).difference(value.indices)
        if not names(expr).intersection(others):
            yield match.bind(value.function, (value.indices, expr))
    elif all(index in match.values for index in value.indices):
        # No sum tells the function: where its index is known, all that stands there is meant.
        at = {cast(Expr, match.values[index]): index for index in value.indices}
        yield match.bind(value.function, (value.indices, replace(expr, at)))
        # Or it is one index of one entry that varies, as in ``p_{j·}`` where that is ``p_{jj}``.
        for entry in entries(expr):
            for n, index in enumerate(entry.indices):
                if index in at:
                    moved = entry.base[(*entry.indices[:n], at[index], *entry.indices[n + 1 :])]
                    one = replace(expr, {entry: moved})
                    yield match.bind(value.function, (value.indices, one))
        # Or the index that a sum leaves out, as in ``p_j Σ_{i≠·} q_i``.
        for total in expr.atoms(Total):
            if not at.keys().isdisjoint(total.excluded):
                body, index = total.open()
                limits = (index, *(replace(bound, at) for bound in total.limits[1:]))
                one = replace(expr, {total: total.func(body, limits)})
                yield match.bind(value.function, (value.indices, one))
        # Or it stands at one place of every entry, as in ``p_{·j} / Σ_{i≠·} p_{·i}``.
        for n in range(max((len(entry.indices) for entry in entries(expr)), default=0)):
            yield match.bind(value.function, (value.indices, _varied(expr, at, n)))


def _varied(expr: Expr, at: Mapping[Expr, Expr], n: int) -> Expr:
    """An index as it varies at the place ``n`` of every entry, and where sums leave it out."""
    if isinstance(expr, Indexed):
        moved = (at.get(i, i) if place == n else i for place, i in enumerate(expr.indices))
        return expr.base[tuple(moved)]
    if isinstance(expr, Binder) and not isinstance(expr, Attains):
        body, index = expr.open()
        limits = (index, *(replace(bound, at) for bound in expr.limits[1:]))
        return expr.func(_varied(body, at, n), limits)
    if not isinstance(expr, Inert):
        return expr
    return expr.func(*(_varied(a, at, n) for a in expr.args))


def _node(pattern: Expr, expr: Expr, match: Match) -> Iterator[Match]:
    """Nodes with a fixed number of arguments; the base of an entry must be the same."""
    if type(pattern) is not type(expr) or len(pattern.args) != len(expr.args):
        return
    pairs = list(zip(pattern.args, expr.args, strict=True))
    if isinstance(pattern, Apply) and isinstance(pattern.args[0], Meta):
        head = match.values.get(pattern.args[0], expr.args[0])
        if head != expr.args[0]:
            return
        match, pairs = match.bind(pattern.args[0], head), pairs[1:]
    yield from _all(pairs, match)


def _binder(pattern: Binder, expr: Expr, match: Match) -> Iterator[Match]:
    if not isinstance(expr, type(pattern)):
        return
    limits = [(pattern.lower, expr.lower), (pattern.upper, expr.upper)]
    if isinstance(pattern, Attains) and isinstance(expr, Attains):
        limits.append((pattern.at_index, expr.at_index))
    for outside in _all(limits, match):
        for found in _excluded(pattern.excluded, expr.excluded, outside):
            index = Opened(expr.hint)
            own = rename(pattern.body, pattern.limits[0], index)
            body = rename(expr.body, expr.limits[0], index)
            inside = with_changes(found, locals=(*found.locals, index))
            for inner in matches(own, body, inside):
                yield with_changes(inner, locals=match.locals)


def _excluded(wanted: Items, found: Items, match: Match) -> Iterator[Match]:
    if not wanted:
        if not found:
            yield match
        return
    first, rest = wanted[0], wanted[1:]
    if isinstance(first, Rest):
        if not rest:
            yield from left_out(first, found, match)
        elif not isinstance(rest[0], Rest):
            yield from _excluded((*rest, first), found, match)
        return
    for n, one in enumerate(found):
        for inner in matches(first, one, match):
            yield from _excluded(rest, found[:n] + found[n + 1 :], inner)


def _all(pairs: list[tuple[Basic, Basic]], match: Match) -> Iterator[Match]:
    """All pairs at once; a function that is not known yet waits for the pairs that tell it."""
    if not pairs:
        yield match
        return
    at = next((n for n, (p, _) in enumerate(pairs) if not waits(p, match)), 0)
    (pattern, expr), rest = pairs[at], pairs[:at] + pairs[at + 1 :]
    for found in matches(pattern, expr, match):
        yield from _all(rest, found)


# Sums --------------------------------------------------------------------------------------


def sums(
    pattern: Plus, expr: Expr, match: Match, whole: bool = False
) -> Iterator[tuple[Match, Items]]:
    """All ways in which ``pattern`` is a part of the sum ``expr``, with the terms left over.

    With ``whole`` nothing may be left over.
    """
    # A sum with a minus before it counts as its terms, or as the one term it is written as.
    groups = [tuple(t for t in terms(expr) if t != 0)]
    if isinstance(expr, Plus):
        groups.append(tuple(t for t in expr.args if t != 0))
    if len(pattern.args) == 1 and isinstance(pattern.args[0], Each):
        if isinstance(expr, Plus):
            for group in dict.fromkeys(groups):
                yield from ((found, ()) for found in _each(pattern.args[0], group, match))
        return
    wanted = tuple(t for t in terms(pattern) if t != 0)
    for group in dict.fromkeys(groups):
        yield from _terms(ordered(wanted, match), group, match, whole)


def _terms(wanted: Items, items: Items, match: Match, whole: bool) -> Iterator[tuple[Match, Items]]:
    if not wanted:
        if not (whole and items):
            yield match, items
        return
    first, rest = wanted[0], wanted[1:]
    if is_open(first, match):
        for taken, left in choices(items, whole and not rest):
            for found in matches(first, sum_of(taken), match):
                yield from _terms(rest, left, found, whole)
        return
    free = isinstance(first, Value) and any(is_open(at, match) for at in first.indices)
    if isinstance(first, (Meta, Value)) and not free and len(terms(known(first, match))) > 1:
        yield from _terms((*terms(known(first, match)), *rest), items, match, whole)
        return
    for n, item in enumerate(items):
        left = items[:n] + items[n + 1 :]
        if isinstance(first, Number) and isinstance(item, Number):
            difference = item - first
            remaining = (*left, difference) if difference else left
            yield from _terms(rest, remaining, match, whole)
        else:
            for found in matches(first, item, match):
                yield from _terms(rest, left, found, whole)


def _each(pattern: Each, items: Items, match: Match) -> Iterator[Match]:
    """Every item against the pattern; only varying metavariables may differ between them."""
    if match.rows is not None:
        return

    def visit(
        left: Items, start: Match, rows: tuple[Mapping[Symbol, object], ...]
    ) -> Iterator[Match]:
        if not left:
            yield with_changes(start, rows=rows, shared=frozenset())
            return
        for found in matches(pattern.pattern, left[0], start):
            row = {meta: found.values[meta] for meta in match.varying if meta in found.values}
            common = {m: v for m, v in found.values.items() if m not in match.varying}
            yield from visit(left[1:], with_changes(found, values=common), (*rows, row))

    factors = [frozenset(map(text, product(item).items())) for item in items]
    match = with_changes(match, shared=frozenset.intersection(*factors) if items else frozenset())
    for n in range(len(items)):
        # A common part that is hidden in one item may show in another, so each comes first once.
        yield from visit(items[n:] + items[:n], match, ())


# Products ----------------------------------------------------------------------------------


def products(
    pattern: Expr, expr: Expr, match: Match, whole: bool = False
) -> Iterator[tuple[Match, Product]]:
    """All ways in which ``pattern`` is a part of the product ``expr``, with what is left over.

    With ``whole`` nothing may be left over.
    """
    items = product(expr)
    if isinstance(pattern, Times) and len(pattern.args) == 1:
        if isinstance(pattern.args[0], Each) and isinstance(expr, (Times, Minus, Quotient)):
            # log(4 a) is log 4 + log a, and log(6 a) may be log 2 + log 3 + log a.
            for group in dict.fromkeys((items.items(), items.written())):
                yield from ((found, UNIT) for found in _each(pattern.args[0], group, match))
        return
    wanted = product(pattern)
    if wanted.number == 0:
        if items.number != 0:
            return
        # Nothing is divided by zero: the two numbers are simply set off against each other.
        items = Product(S.One, items.above, items.below)
        wanted = Product(S.One, wanted.above, wanted.below)
    rest = Product(items.number / wanted.number, items.above, items.below)
    above, below = (ordered(w, match) for w in (wanted.above, wanted.below))
    for found, left in _factors(above, below, rest, match, whole):
        if left == UNIT or not whole:
            yield found, left


def _factors(
    above: Items, below: Items, left: Product, match: Match, whole: bool
) -> Iterator[tuple[Match, Product]]:
    """Take the wanted factors out of ``left``: fixed ones first, then the open metavariables."""
    if not above and not below:
        yield match, left
        return
    fixed = next((f for f in (*above, *below) if not is_open(f, match)), None)
    if fixed is not None:
        # The same pattern may stand above and below; either comes first.
        over = any(f is fixed for f in above)
        others = (without(above, fixed), below) if over else (above, without(below, fixed))
        for found, remaining in _take(fixed, left if over else left.inverse(), match):
            left_over = remaining if over else remaining.inverse()
            yield from _factors(*others, left_over, found, whole)
        return
    last = whole and len(above) + len(below) == 1
    if below:
        # The number's own parts are factors below like others.
        own = [Integer(left.number.q), Rational(1, abs(left.number.p) or 1)]
        own = [n for n in own if n != 1]
        under = tuple(part for factor in left.below for part in one_taken_out(factor))
        groups = dict.fromkeys(((*left.below, *own), (*under, *own)))
        for taken, kept in chain.from_iterable(choices(group, last) for group in groups):
            for found in matches(below[0], Product(S.One, taken, ()).expression(), match):
                number = product(Times(left.number, *(f for f in taken if f in own))).number
                remaining = Product(number, left.above, tuple(f for f in kept if f not in own))
                yield from _factors(above, below[1:], remaining, found, whole)
        return
    for taken, kept in likely_choices(left.items(), above[0], match, last):
        for found in matches(above[0], product(Times(*taken)).expression(), match):
            yield from _factors(above[1:], (), product(Times(*kept)), found, whole)


def _take(wanted: Expr, left: Product, match: Match) -> Iterator[tuple[Match, Product]]:
    """Take one fixed factor out of a product; the product that a metavariable stands for, whole."""
    if isinstance(wanted, (Meta, Value)):
        settling = [match]
        if isinstance(wanted, Value):
            settling = list(settled(wanted, left.expression(), match))
        for found in settling:
            value = product(known(wanted, found))
            if value.number == 0:
                continue  # nothing is left of a product in which it is a factor
            above, below = removed(value.above, left.above), removed(value.below, left.below)
            if above is not None and below is not None:
                yield found, Product(left.number / value.number, above, below)
        return
    for n, factor in enumerate(left.above):
        remaining = Product(left.number, left.above[:n] + left.above[n + 1 :], left.below)
        yield from ((found, remaining) for found in matches(wanted, factor, match))
    if isinstance(wanted, (Power, Exp)):
        for n, factor in enumerate(left.below):
            remaining = Product(left.number, left.above, left.below[:n] + left.below[n + 1 :])
            both = isinstance(wanted, Exp) and isinstance(factor, Exp)
            inverse = Exp(Minus(factor.operand)) if both else Quotient(1, factor)
            yield from ((found, remaining) for found in matches(wanted, inverse, match))
    if isinstance(wanted, Power) and left.number != 1:
        for found in matches(wanted, left.number, match):
            yield found, Product(S.One, left.above, left.below)
    if isinstance(wanted, Total) and left.number not in (0, 1):
        # A number may stand before a sum or inside.
        for n, factor in enumerate(left.above):
            if isinstance(factor, Total):
                scaled = Total(Times(left.number, factor.body), factor.limits)
                remaining = Product(S.One, left.above[:n] + left.above[n + 1 :], left.below)
                yield from ((found, remaining) for found in matches(wanted, scaled, match))
