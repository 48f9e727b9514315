"""Facts that can never hold, and facts that cannot hold together."""

from __future__ import annotations

from itertools import combinations

from sympy import Dummy, Expr, FiniteSet, Indexed, Interval, Poly, S, Set, Symbol, oo
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.facts import (
    EntryFact,
    EqualFact,
    Fact,
    Given,
    PositiveFact,
    SizeFact,
    SumFact,
    UnequalFact,
)
from derive.notation import Delta, names, replace
from derive.signs import signs
from derive.unify import instance_of
from derive.wording import contradiction

Room = tuple[Expr, Set]
"""An entry, a parameter or a size, and the numbers that a fact lets it be."""


def check_contradictions(facts: tuple[Fact, ...]) -> None:
    """Raise ``DeriveError`` for a fact that can never hold, or two that cannot hold together."""
    for fact in facts:
        if not _possible(fact, Given()) or _leave_no_room(fact, fact):
            raise DeriveError(f"the fact {_stated(fact)} can never hold; check its signs")
    for first, second in combinations(facts, 2):
        if _clash(first, second) or _clash(second, first) or _leave_no_room(first, second):
            raise contradiction(_stated(first), _stated(second))


def _stated(fact: Fact) -> Basic:
    """A fact with a number to the right of what it bounds, as most people write it."""
    statement = fact.statement
    turned = isinstance(fact, PositiveFact) and fact.more.is_number
    return statement.reversed if turned else statement


def _clash(first: Fact, second: Fact) -> bool:
    return (
        not _possible(first, Given((second,)))
        or _contradict(first, second)
        or (isinstance(first, SumFact) and _sum_clash(first, second))
    )


def _possible(fact: Fact, given: Given) -> bool:
    """Whether the signs in a fact allow it."""
    match fact:
        case SumFact(total, value):
            return bool(signs(total, given) & signs(value, given))
        case PositiveFact(expression=expr):
            # What is asked is the fact itself, so it must not answer.
            return 1 in signs(expr, given)
    return True


def _contradict(first: Fact, second: Fact) -> bool:
    match first, second:
        case SumFact(total, value), SumFact(other, further):
            return value != further and instance_of(total, other, _generic(total)) is not None
        case EntryFact(entry, value), EntryFact(other, further):
            own = dict(zip(other.indices, entry.indices, strict=True))
            return entry.base == other.base and value != replace(further, own)
        case EqualFact(left, right), UnequalFact(one, other):
            return {left, right} == {one, other}
        case PositiveFact(more, less), PositiveFact(further, least):
            return (more, less) == (least, further)
        case SumFact(), EntryFact():
            return _one_hot_clash(first, second)
    return False


def _generic(expr: Expr) -> tuple[Symbol, ...]:
    """The indices in a fact, which stand for all their values."""
    return tuple(s for s in names(expr) if s.is_integer and not s.is_positive)


def _one_hot_clash(total: SumFact, entry: EntryFact) -> bool:
    body, index = total.total.open()
    labels = isinstance(body, Indexed) and body.base == entry.entry.base and index in body.indices
    return labels and isinstance(entry.value, Delta) and total.value != 1


def _sum_clash(total: SumFact, bound: Fact) -> bool:
    """Whether entries that are bound all alike cannot have their sum, however many they are."""
    found = _room(bound)
    if found is None or total.total.excluded:
        return False
    body, _ = total.total.open()
    count = (total.total.upper - total.total.lower + 1).doit()
    subject, room = found
    every = isinstance(body, Indexed) and instance_of(subject, body, _generic(subject)) is not None
    if not every or not count.is_positive:
        return False
    value = total.value.doit()
    match room:
        case FiniteSet(args=(each,)):
            return not _may_be(value, count, each)
        case Interval():
            # The mean lies where all of them lie.
            return bool((_means(value, count) & room).is_empty)
    return False


def _may_be(value: Expr, count: Expr, each: Expr) -> bool:
    """Whether so many times a number can be a value; a count is a whole number."""
    if each != 0 and ((value / each).is_integer is False or (value / each).is_positive is False):
        return False
    return (count * each - value).is_zero is not False


def _means(value: Expr, count: Expr) -> Set:
    """What the mean of numbers with this sum can be, as far as their count is known."""
    mean = value / count
    if mean.is_number:
        return FiniteSet(mean)
    if not value.is_number:
        return S.Reals
    return Interval.Lopen(0, value) if value.is_positive else Interval.Ropen(value, 0)


def _leave_no_room(first: Fact, second: Fact) -> bool:
    """Whether no number meets two facts about one entry, parameter or size."""
    one, other = _room(first), _room(second)
    if one is None or other is None or not _coincide(one[0], other[0]):
        return False
    return bool((one[1] & other[1] & _domain(one[0])).is_empty)


def _room(fact: Fact) -> Room | None:
    """What a fact speaks of alone, and the numbers that it may be; None where it is no bound."""
    match fact:
        case SizeFact(size, least):
            return size, Interval(least, oo)
        case EntryFact(entry, Delta()):
            return entry, FiniteSet(0, 1)
        case EntryFact(entry, value) if value.is_number:
            return entry, FiniteSet(value.doit())
        case PositiveFact(expression=expr, subject=subject) if subject is not None:
            number = Dummy(real=True)
            line = expr.doit().xreplace({subject: number}).as_poly(number)
            if line is not None and line.is_linear and not line.free_symbols_in_domain:
                return subject, _above_zero(line)
    return None


def _above_zero(line: Poly) -> Set:
    """Where ``a x + b`` is positive."""
    slope, shift = line.all_coeffs()
    zero = -shift / slope
    return Interval.open(zero, oo) if slope > 0 else Interval.open(-oo, zero)


def _coincide(one: Expr, other: Expr) -> bool:
    """Whether two facts speak of the same number, as those of ``w[i]`` and ``w[1]`` do."""
    return any(
        instance_of(pattern, expr, _generic(pattern)) is not None
        for pattern, expr in ((one, other), (other, one))
    )


def _domain(subject: Expr) -> Set:
    """What a parameter or a size can be, whatever is declared of it."""
    positive = Interval.open(0, oo) if subject.is_positive else S.Reals
    return positive & S.Integers if isinstance(subject, Symbol) and subject.is_integer else positive
