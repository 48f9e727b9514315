"""Where an expression has a value: denominators that are not zero, arguments that are positive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as with_changes
from itertools import combinations

from sympy import Abs, Expr, Integer, Max, Min, gamma, sign

from derive import laws
from derive.derivation import Derivation
from derive.facts import Definition, Given, PositiveFact
from derive.formal.hypotheses import Hypothesis, between
from derive.formal.names import identifier
from derive.formal.terms import NoTerm, Scope, base_of, bound_name, index, ranged, term
from derive.formal.world import expressions
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Binder,
    Delta,
    Head,
    Inert,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    bases,
    factors,
    heads,
    is_mask,
    is_number,
    names,
    replace,
)
from derive.signs import ANY, at_most, depends, is_above, is_not_negative, is_zero, signs
from derive.unfolding import unfold, value_of
from derive.verify.words import named


@dataclass(frozen=True)
class Condition:
    """What has to hold of a part of an expression.

    Attributes:
        text, plain: What is claimed; ``plain`` with definitions written out.
        part: What it is claimed of.
        positive: Whether that has to be positive, or just not zero.
        known: Whether it is seen to hold.
        kink: Whether it keeps a derivative off a kink.
        tie: Whether that is where two indices attain a maximum.
        coq: Whether Coq alone needs it: its real power of 0 is 1.
    """

    text: str
    plain: str
    part: Expr
    positive: bool
    known: bool
    kink: bool = False
    tie: bool = False
    coq: bool = False

    @property
    def weaker(self) -> str:
        """The text of the condition that the part is not zero."""
        head, arrow, claim = self.text.rpartition(" -> ")
        return f"{head}{arrow}{claim.removeprefix('0 < ')} <> 0"


@dataclass(frozen=True)
class Domain:
    """Where a derivation has values.

    Attributes:
        seen: What is seen to hold wherever the hypotheses do.
        assumed: What has to be assumed.
        conditions: The same in the words of a report, less what follows from the rest.
        narrower: What Coq alone needs: the derivation holds without it.
        about: The arrays of which it is assumed.
        apart: Those that must not meet a kink.
        untied: Those of which no two entries may be equal.
    """

    seen: tuple[str, ...]
    assumed: tuple[Hypothesis, ...]
    conditions: tuple[laws.Condition, ...]
    narrower: tuple[laws.Condition, ...]
    about: frozenset[Expr]
    apart: frozenset[Expr] = frozenset()
    untied: frozenset[Expr] = frozenset()


def domain_of(
    derivation: Derivation, name: str, scope: Scope, whole: Derivation | None = None
) -> Domain:
    """Where the statement, its definitions and every line of a derivation have values.

    A case rests on the theorem that it is a case of, and on all that ``whole``, which that theorem
    is about, rests on.
    """
    given = derivation.given
    found = list(conditions(derivation.statement, given, scope))
    used = {b for e in expressions(derivation) for b in bases(e) | names(e)}
    for definition in derivation.definitions:
        if definition.base in used:
            found += conditions_of(definition, given, scope)
    seen = tuple(dict.fromkeys(c.text for c in found if c.known))
    visited: Visited = set()
    for expr in (*(expressions(whole) if whole else ()), *expressions(derivation)):
        found += _visit(expr, given, scope, (), visited)
    unknown = _unknown(found)
    assumed = tuple(
        Hypothesis(f"{name}_exists_{n}", text, plain, domain=True)
        for n, (text, plain) in enumerate(unknown.items(), start=1)
    )
    ours = [c for c in found if not c.coq]
    needed = _unknown(ours)
    positive = dict.fromkeys(c.part for c in ours if c.positive and not c.known)
    besides = given.also(*map(PositiveFact, positive))
    stated = tuple(_in_words(c) for c in ours if c.text in needed and not _follows(c, besides))
    narrower = (_in_words(c) for c in found if c.text in unknown and c.text not in needed)
    about = _arrays((c for c in found if not c.known), scope)
    apart = _arrays((c for c in found if c.kink), scope)
    untied = _arrays((c for c in found if c.tie), scope)
    return Domain(
        seen,
        assumed,
        tuple(dict.fromkeys(stated)),
        tuple(dict.fromkeys(narrower)),
        about,
        apart,
        untied,
    )


def _unknown(found: Iterable[Condition]) -> dict[str, str]:
    """The texts of conditions that are not seen to hold; what is positive is not zero either."""
    found = tuple(found)
    unknown = {c.text: c.plain for c in found if not c.known}
    for condition in found:
        if condition.positive:
            unknown.pop(condition.weaker, None)
    return unknown


def _arrays(among: Iterable[Condition], scope: Scope) -> frozenset[Expr]:
    """The arrays that conditions speak of, through definitions."""
    return frozenset().union(*(bases(unfold(c.part, scope.definitions)) for c in among))


def _in_words(condition: Condition) -> laws.Condition:
    kind = "untied" if condition.tie else "positive" if condition.positive else "nonzero"
    return laws.Condition(kind, (named(condition.part),))


def _follows(condition: Condition, besides: Given) -> bool:
    """Whether that a part is not zero follows from what is known besides: others are positive.

    That a mask is not zero is said of the indices for which it is none.
    """
    if condition.positive or condition.tie:
        return is_mask(condition.part)
    return 0 not in signs(condition.part, besides)


def conditions(expr: Expr, given: Given, scope: Scope) -> Iterator[Condition]:
    """The conditions under which ``expr`` has a value, in reading order."""
    yield from _visit(expr, given, scope, (), set())


def conditions_of(definition: Definition, given: Given, scope: Scope) -> Iterator[Condition]:
    """The conditions under which the entries of a definition have values."""
    around: Around = ()
    for at, size in zip(
        definition.indices, getattr(definition.base, "shape", None) or (), strict=False
    ):
        name = identifier(at.name)
        scope = scope.within(at, name)
        known = given.range_of(at)
        first, last = (ONE, size) if known is None else (known.lower, known.upper)
        around = (*around, (name, between(name, first, last, scope)))
    yield from _visit(definition.value, given, scope, around, set())


Around = tuple[tuple[str, str], ...]
Visited = set[tuple[Expr, Expr | None, Around]]


def _visit(
    expr: Expr,
    given: Given,
    scope: Scope,
    around: Around,
    visited: Visited,
    kink: Expr | None = None,
) -> Iterator[Condition]:
    """``kink`` is the variable of a derivative around here, which no kink may meet.

    What was ``visited`` at the same place among sums, in this line or another, is left out.
    """
    if (expr, kink, around) in visited:
        return
    visited.add((expr, kink, around))
    if not isinstance(expr, Inert):
        if kink is not None:
            yield from _kinks_of_name(expr, kink, given, scope, around)
        return
    for first, second in _ruled_out(expr):
        around = (*around, ("", f"{index(first, scope)} <> {index(second, scope)}"))
        given = given.deciding(first, second, equal=False)
    if isinstance(expr, Log):
        for factor in _factors(expr.operand):
            if isinstance(factor, ProductOver):
                yield from _positive_factors(factor, given, scope, around)
    may_vanish = _may_vanish(expr, given, kink)
    for part, positive in _needed(expr):
        found = _condition(part, positive, given, scope, around)
        yield with_changes(found, coq=may_vanish)
    if kink is not None and (off := off_kink(expr)) is not None and depends(off, kink, given):
        _refuse_diagonal(off, given)
        condition = _condition(off, False, given, scope, around)
        yield with_changes(condition, kink=True)
    if kink is not None and isinstance(expr, (Maximum, Attains)) and depends(expr, kink, given):
        yield _no_tie(expr, scope, around)
    if isinstance(expr, Partial):
        yield from _visit(expr.operand, given, scope, around, visited, expr.variable)
        return
    if isinstance(expr, Binder):
        body, inside, deeper, limits = _opened(expr, given, scope, around)
        yield from _visit(body, inside, deeper, limits, visited, kink)
        return
    for argument in expr.args:
        yield from _visit(argument, given, scope, around, visited, kink)


def _ruled_out(expr: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Pairs of indices, where a product is zero by a factor ``1 - δ_{ij}`` if they are one.

    There its other factors need no value.
    """
    above = expr.numerator if isinstance(expr, Quotient) else expr
    for factor in factors(above):
        match factor:
            case Plus((one, Minus(Delta(first, second)))) if one == 1:
                yield first, second


def _kinks_of_name(
    expr: Expr, kink: Expr, given: Given, scope: Scope, around: Around
) -> Iterator[Condition]:
    """What keeps the value of a name off its kinks, where it is one and ``kink`` moves it.

    That the value exists is said of all entries of its definition at once, and not here.
    """
    definition = scope.definition_of(base_of(expr))
    if definition is None or base_of(expr) == base_of(kink) or not depends(expr, kink, given):
        return
    value = value_of(expr, definition)
    found = _visit(value, given, scope, around, set(), kink)
    yield from (c for c in found if c.kink)


def _opened(
    binder: Binder, given: Given, scope: Scope, around: Around
) -> tuple[Expr, Given, Scope, Around]:
    """The body of a binder, and what is known and bound around it."""
    body, own = binder.opened
    name = bound_name(binder.hint, body, own, scope)
    limits = between(name, binder.lower, binder.upper, scope)
    limits += "".join(f" -> {name} <> {index(x, scope)}" for x in binder.excluded)
    inside = given.within(own, tuple(binder.limits[1:]))
    return body, inside, scope.within(own, name), (*around, (name, limits))


def _positive_factors(
    product: ProductOver, given: Given, scope: Scope, around: Around
) -> Iterator[Condition]:
    """That each factor of a product under a logarithm is positive."""
    body, inside, deeper, limits = _opened(product, given, scope, around)
    yield _condition(body, True, inside, deeper, limits)


def _needed(expr: Expr) -> Iterator[tuple[Expr, bool]]:
    """Parts that have to be positive, or (the second item) just not zero."""
    match expr:
        case Log(operand):
            yield from ((f, True) for f in _factors(operand))
        case Quotient(_, below):
            yield from ((f, False) for f in _factors(below))
        case Power(base, exponent) if not isinstance(exponent, Integer):
            yield base, True
        case Power(base, exponent) if exponent < 0:
            yield base, False


def _may_vanish(expr: Expr, given: Given, kink: Expr | None) -> bool:
    """Whether this is a power that has its value at a base of 0 too, as ``max(0, u)^h`` for h > 0.

    In a derivative by ``kink``, which is 0 there, for h > 1.
    """
    match expr:
        case Power(base, exponent) if is_not_negative(base, given):
            slope = kink is not None and depends(base, kink, given)
            return is_above(exponent, ONE if slope else ZERO, given)
    return False


def _refuse_diagonal(off: Expr, given: Given) -> None:
    """Raise ``NoTerm`` where two indices may be equal that must not be: as in ``|z_i - z_j|``."""
    own = sorted((s for s in names(off) if given.range_of(s) is not None), key=str)
    for one, other in combinations(own, 2):
        if given.differ(one, other) is None and replace(off, {one: other}).doit() == 0:
            shown = replace(off, {s: getattr(s, "hint", s) for s in own})
            equal = " = ".join(str(getattr(s, "hint", s)) for s in (one, other))
            raise NoTerm(f"a kink where {shown} is zero, which it is for {equal} whatever it is of")


def off_kink(expr: Expr) -> Expr | None:
    """What must not be zero where a function with a kink or a jump has a derivative."""
    match expr:
        case Apply(function, (operand,)) if function in (Abs, sign):
            return operand
        case Apply(function, (first, second)) if function in (Max, Min):
            return second if first == 0 else Plus(first, Minus(second))
        case Threshold(first, second):
            return first if second == 0 else Plus(first, Minus(second))
    return None


def _factors(expr: Expr) -> Iterable[Expr]:
    match expr:
        case Times(args):
            return [f for a in args for f in _factors(a)]
        case Quotient(above, below):
            return [*_factors(above), *_factors(below)]
        case Power(base, Integer()):
            return _factors(base)
        case Minus(operand):
            return [expr] if not is_number(operand) else []
    return [] if is_number(expr) else [expr]


def _condition(part: Expr, positive: bool, given: Given, scope: Scope, around: Around) -> Condition:
    bare = with_changes(scope, definitions=())
    claims = [term(part, scope, 69), term(unfold(part, scope.definitions), bare, 69)]
    told = _needed_around(part, given, scope, around)
    text, plain = (_around(f"0 < {c}" if positive else f"{c} <> 0", told) for c in claims)
    # To Coq the gamma function is any function, so its sign has to be assumed there.
    found = ANY if Head(gamma) in part.atoms(Head) else signs(part, given)
    known = found == {1} or (not positive and 0 not in found) or _is_count(part, given)
    return Condition(text, plain, part, positive, known)


def _needed_around(part: Expr, given: Given, scope: Scope, around: Around) -> Around:
    """Without that two indices differ, but where the part is zero if they do not."""
    whole = unfold(part, scope.definitions)  # a share has its mask in its definition
    needed = {
        f"{index(known.left, scope)} <> {index(known.right, scope)}"
        for known in given.apart
        if is_zero(replace(whole, {known.left: known.right}))
    }
    return tuple((name, limits) for name, limits in around if name or limits in needed)


def _no_tie(binder: Maximum | Attains, scope: Scope, around: Around) -> Condition:
    """That one index alone attains a maximum."""
    body, index = binder.open()
    unfolded = binder.over(unfold(body, scope.definitions), index)
    bare = with_changes(scope, definitions=())
    claims = (ranged("untied", b, s) for b, s in ((binder, scope), (unfolded, bare)))
    # The index of the maximum may be called like one around it, which then plays no part.
    needed = {scope.bound.get(s) for s in names(binder)}
    kept: Around = ()
    for name, limits in reversed(around):
        if name in needed:
            kept = ((name, limits), *kept)
            needed |= words(limits)
    text, plain = (_around(claim, kept) for claim in claims)
    return Condition(text, plain, binder, False, False, kink=True, tie=True)


def _is_count(part: Expr, given: Given) -> bool:
    """A number made of indices that is at least one."""
    if any(issubclass(h, Inert) for h in heads(part) - {Plus, Times, Minus}):
        return False
    number = part.doit()
    return bool(number.is_integer) and at_most(ONE, number, given) is not None


def _around(text: str, around: Around) -> str:
    for name, limits in reversed(around):
        if not name:
            own = {w for w in words(limits) if not w[0].isdigit() and w != "nat"}
            text = f"{limits} -> {text}" if own <= words(text) else text
        elif name in words(text):
            text = f"forall {name} : nat, {limits} -> {text}"
    return text


def words(text: str) -> set[str]:
    """The names in a text of Coq."""
    return set(re.findall(r"[\w']+", text))
