"""Claims whose law is a declared fact, a definition, a lemma or arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import permutations, product
from typing import cast

from sympy import Abs, Expr, Indexed, IndexedBase, Rational, Symbol

from derive.arrays import Entry
from derive.display import Choice
from derive.errors import DeriveError
from derive.facts import Definition, EntryFact, EqualFact, Fact, Lemma, SumFact
from derive.laws import Meta, Source
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Binder,
    Delta,
    Inert,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    bases,
    collected,
    entries,
    factors,
    is_mask,
    mask,
    masked,
    names,
    replace,
    times,
    without,
)
from derive.verify import canonical
from derive.verify.canonical import same, sum_of, text
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
            return (
                any(
                    same(value, b) or any(same(read(value), b) for read in READ_AS)
                    for d in definitions
                    for a, b in either_way
                    for value in (unfolded(a, d),)
                )
                or any(
                    same(*(read(evaluated(unfolded(e, d))) for e in (before, after)))
                    for d in definitions
                    for read in (masked_once, reduced)
                )
                or any(
                    same(*(read(reduce(unfolded, definitions, e)) for e in (before, after)))
                    for read in (even, masked_apart)
                )
            )
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
            softmaxes = shared_out(tuple(f for f in facts if isinstance(f, Definition)))
            whole = after == 1 and any(_is_whole(before, d) for d in softmaxes)
            return (
                whole
                or any(_is_whole_but_one(before, after, d) for d in softmaxes)
                or any(_are_all_others(before, after, d) for d in softmaxes)
                or any(_are_others(before, after, d) for d in softmaxes)
                or any(_is_weighted_rest(before, after, d) for d in softmaxes)
            )
        case Source.ENTRYWISE:
            return same(without_arrays(before), without_arrays(after))
        case Source.CHAIN:
            # It takes all definitions to tell: see verify/chain_rule.py.
            return False
        case Source.ARITHMETIC:
            return same(before, after) or _equal_numbers(before, after)
    return False  # a chain is judged by ``chain_rule``


def evaluated(expr: Expr) -> Expr:
    """``expr`` with each ``δ_{tt}`` as one: the value of a definition where two indices are one."""
    equal = collected(expr, lambda p: (p,) if isinstance(p, Delta) and p.first == p.second else ())
    return replace(expr, dict.fromkeys(equal, ONE))


def multiplied(expr: Expr) -> Expr:
    """A number times a sum with the number in each term; anything else as it is."""
    whole = canonical.product(expr)
    match whole.above:
        case (Plus(args),) if not whole.below:
            return Plus(*(Times(whole.number, arg) for arg in args))
    return expr


def reduced(expr: Expr) -> Expr:
    """A product without the factors that stand above and below its bar; they are not zero."""
    whole = canonical.product(expr)
    above, below = list(whole.above), list(whole.below)
    for factor in whole.below:
        if factor in above:
            above.remove(factor)
            below.remove(factor)
    return canonical.Product(whole.number, tuple(above), tuple(below)).expression()


READ_AS = (multiplied, evaluated, reduced)
"""What the value of a definition may have become where an entry is folded or unfolded."""


def even(expr: Expr) -> Expr:
    """``expr`` with one of ``(a - b)^2`` and ``(b - a)^2``, of ``|a - b|`` and ``|b - a|``.

    The square of a root is what is under it.
    """
    if not expr.args or isinstance(expr, (Indexed, IndexedBase)):
        return expr
    if isinstance(expr, Binder):
        body, index = expr.open()
        return expr.over(even(body), index)
    first, *rest = (even(a) if isinstance(a, Inert) else a for a in expr.args)
    match expr:
        case Power(Power(_, root), exponent) if exponent == 2 and root == Rational(1, 2):
            return first.base
        case Power(_, exponent) if exponent.is_Integer and exponent.is_even:
            return Power(min(first, Minus(first), key=text), exponent)
        case Apply(function) if function is Abs:
            return Apply(first, *(min(a, Minus(a), key=text) for a in rest))
    return expr.func(first, *rest)


def masked_once(expr: Expr) -> Expr:
    """A product with each mask ``1 - δ_{jk}`` in it once, and 0 beside ``δ_{jk}``.

    A sum without an index with such a mask in its terms.
    """
    if isinstance(expr, Total):
        return _in_whole(expr, masked_once)
    whole = canonical.product(expr)
    if whole.number == 0 or any(
        mask(*f.args) in whole.above for f in whole.above if isinstance(f, Delta)
    ):
        return ZERO
    seen: list[Expr] = []
    for factor in whole.above:
        if factor not in seen or not is_mask(factor):
            seen.append(factor)
    return canonical.Product(whole.number, tuple(seen), whole.below).expression()


def masked_apart(expr: Expr) -> Expr:
    """A product with its brackets multiplied out, each term as ``masked_once``; so in a sum."""
    if isinstance(expr, Total):
        return _in_whole(expr, masked_apart)
    whole = canonical.product(expr)
    for n, bracket in enumerate(whole.above):
        if isinstance(bracket, Plus) and not is_mask(bracket):
            others = without(whole.above, n)
            beside = canonical.Product(whole.number, others, whole.below).expression()
            return sum_of(tuple(masked_apart(Times(term, beside)) for term in bracket.args))
    return masked_once(expr)


def _in_whole(total: Total, read: Callable[[Expr], Expr]) -> Expr:
    """A sum over all, its terms read with masks for what it leaves out."""
    body, index = total.open()
    masks = (mask(index, other) for other in total.excluded)
    return Total(read(times(*masks, body)), (index, total.lower, total.upper))


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
    return any(
        same(result, after)
        for side in _either_way(left)
        for result in consequences(side, fact.value, generic, before)
    )


def _either_way(left: Expr) -> Iterator[Expr]:
    """The left side of a fact, also as sums without the indices that masks in it rule out."""
    yield left
    if isinstance(left, Total) and not left.excluded:
        body, index = left.open()
        parts = body.args if isinstance(body, Times) else ()
        for n, factor in enumerate(parts):
            other = masked(factor, index)
            if other is not None:
                yield Total(times(*without(parts, n)), (index, *left.limits[1:], other))
        for inner in _either_way(body):
            if inner != body:
                yield Total(inner, (index, *left.limits[1:]))


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
    """``expr`` with an entry of an array written out, and everything multiplied out.

    Arrays are multiplied and added entry by entry: what is linear in them may stand in either way.
    """
    try:
        whole = multiplied_out(expr.written_out if isinstance(expr, Entry) else expr)
    except DeriveError:
        # Shapes that do not fit: equal to nothing else.
        return expr
    return sum_of(tuple(_in_order(_at_one_index(term)) for term in whole))


def _at_one_index(term: Expr) -> Expr:
    """``δ_{kh} f_h`` as ``δ_{kh} f_k``: an entry on the diagonal may be written with either."""
    if isinstance(term, Minus):
        return Minus(_at_one_index(term.operand))
    parts = list(factors(term))
    equal = [f for f in parts if isinstance(f, Delta)]
    for first, second in (f.args for f in equal):
        parts = [f if f in equal else replace(f, {second: first}) for f in parts]
    return times(*parts) if equal else term


def multiplied_out(expr: Expr) -> list[Expr]:
    """The terms of ``expr``, each a sum over all of its indices of one product."""
    match expr:
        case Plus(args):
            return [t for a in args for t in multiplied_out(a)]
        case Minus(operand):
            return [Minus(t) for t in multiplied_out(operand)]
        case Quotient(above, below) if above != 1:
            return multiplied_out(Times(Quotient(ONE, below), above))
        case Total():
            body, index = expr.open()
            return [_signed_over(expr, t, index) for t in multiplied_out(body)]
        case Times(args):
            return [_under_sums(c) for c in product(*map(multiplied_out, args))]
    return [expr]


def _under_sums(parts: tuple[Expr, ...]) -> Expr:
    """A product with all that stands beside a sum taken into it."""
    for n, factor in enumerate(parts):
        match factor:
            case Minus(operand):
                return Minus(_under_sums((*parts[:n], operand, *parts[n + 1 :])))
            case Total():
                body, index = factor.open()
                inner = _under_sums((*parts[:n], body, *parts[n + 1 :]))
                return _signed_over(factor, inner, index)
    return times(*parts)


def _signed_over(total: Total, body: Expr, index: Symbol) -> Expr:
    """A sum with the sign of its terms before it."""
    if isinstance(body, Minus):
        return Minus(_signed_over(total, body.operand, index))
    return total.over(body, index)


def _in_order(expr: Expr) -> Expr:
    """Sums inside each other in the order that does not depend on how they were written."""
    if isinstance(expr, Minus):
        return Minus(_in_order(expr.operand))
    outside: list[tuple[Total, Symbol]] = []
    body = expr
    while isinstance(body, Total):
        total = body
        body, index = total.open()
        outside.append((total, index))
    inner = {index for _, index in outside}
    if not 1 < len(outside) < 5 or any(inner & names(a) for t, _ in outside for a in t.outside):
        # Where the range of one depends on another there is one order.
        return expr
    found = []
    for order in permutations(outside):
        whole = body
        for total, index in order:
            whole = total.over(whole, index)
        found.append(whole)
    return min(found, key=text)


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


def shared_out(definitions: tuple[Definition, ...]) -> list[Definition]:
    """The definitions whose entries sum to one: softmaxes, and ``a_i`` over the sum of them."""
    names_ = {d.base: d.value for d in definitions if isinstance(d.base, Symbol)}

    def is_share(known: Definition) -> bool:
        match known.value:
            case Quotient(above, below) if known.indices:
                index, whole = known.indices[-1], names_.get(below, below)
                return (
                    isinstance(whole, Total)
                    and index not in names(whole)
                    and same(whole.at(index), above)
                )
        return False

    return [d for d in definitions if d.softmax or is_share(d)]


def _is_whole(before: Expr, definition: Definition) -> bool:
    """``Σ_j ŷ_{..j}`` over the last axis, all of it or all that the shares are of (that it is 1 is
    decided exactly elsewhere).
    """
    if not isinstance(before, Total) or not isinstance(before.body, Indexed):
        return False
    entry, index = before.body, before.limits[0]
    alone = all(index not in names(a) for a in entry.indices[:-1])
    return entry.base == definition.base and entry.indices[-1] == index and alone


def _is_whole_but_one(before: Expr, after: Expr, definition: Definition) -> bool:
    """``Σ_{j≠k} ŷ_j`` and ``1 - ŷ_k`` (that ``k`` is a class is decided exactly elsewhere)."""
    match before:
        case Total(excluded=(left,)):
            body, index = before.open()
            whole = Total(body, (index, before.lower, before.upper))
            rest = Plus(ONE, Minus(replace(body, {index: left})))
            return _is_whole(whole, definition) and after == rest
    return False


def _are_all_others(before: Expr, after: Expr, definition: Definition) -> bool:
    """``1 - ŷ_k`` and ``Σ_{j≠k} ŷ_j``, or both with a minus, other terms being the same."""
    terms = after.args if isinstance(after, Plus) else (after,)
    for n, term in enumerate(terms):
        turned = isinstance(term, Minus)
        total = term.operand if turned else term
        if isinstance(total, Total) and len(total.excluded) == 1:
            left = total.at(total.excluded[0])
            rest = (Minus(ONE), left) if turned else (ONE, Minus(left))
            if _is_whole_but_one(total, Plus(ONE, Minus(left)), definition):
                return same(before, Plus(*terms[:n], *rest, *terms[n + 1 :]))
    return False


def _are_others(before: Expr, after: Expr, definition: Definition) -> bool:
    """``1 - Σ_{j≤k} ŷ_j`` and ``Σ_{j>k} ŷ_j``, other terms being the same on both sides.

    That the two sums are all of them, and ``k`` one of the classes, is decided exactly elsewhere.
    """
    terms = list(before.args) if isinstance(before, Plus) else []
    for n, term in enumerate(terms):
        if isinstance(term, Minus) and _is_whole(term.operand, definition) and ONE in terms:
            rest = [t for m, t in enumerate(terms) if m != n]
            rest.remove(ONE)
            others = list(after.args) if isinstance(after, Plus) else [after]
            found = [t for t in others if t not in rest]
            if len(found) == 1 and len(others) == len(rest) + 1:
                return _is_whole(found[0], definition) and _next_to(term.operand, found[0])
    return False


def _is_weighted_rest(before: Expr, after: Expr, definition: Definition) -> bool:
    """``1 - Σ_j w_j ŷ_j`` and ``Σ_j (1 - w_j) ŷ_j``."""
    match before, after:
        case Plus((one, Minus(Total() as part))), Total() if one == 1:
            parts = part.body.args if isinstance(part.body, Times) else ()
            for n, share in enumerate(parts):
                rest = Plus(ONE, Minus(times(*parts[:n], *parts[n + 1 :])))
                alone = Total(share, part.limits)
                if _is_whole(alone, definition) and part.limits == after.limits:
                    return same(times(rest, share), after.body)
    return False


def _next_to(part: Total, others: Total) -> bool:
    """Whether one sum begins where the other of the same terms ends."""
    same_terms = part.body == others.body
    ends = ((part.upper, others.lower), (others.upper, part.lower))
    return same_terms and any(start - end == 1 for end, start in ends)


def _equal_numbers(before: Expr, after: Expr) -> bool:
    """Both sides without names and arrays, and equal."""
    if any(names(side) | bases(side) for side in (before, after)):
        return False
    left, right = before.doit(), after.doit()
    return isinstance(left, Rational) and bool(left == right)
