"""Numbers for which the hypotheses of a theorem hold, so that it is not about nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sympy import Expr, IndexedBase, Rational, Symbol, topological_sort

from derive.facts import EntryFact, EqualFact, Fact, PositiveFact, SizeFact, SumFact, UnequalFact
from derive.formal.terms import Scope, index, kind_of, term, variable_name
from derive.notation import Binder, Exp, Inert, bases, entries, factors, masked, names
from derive.verify.bounds import Bounds

Value = tuple[str, str, str]
"""A symbol's name, its type, and what it is."""


@dataclass(frozen=True)
class Witness:
    """Values for which the hypotheses of some theorems hold.

    Attributes:
        theorems: Their names.
        claims: Their hypotheses, written out.
        tried: Values, of which Coq takes the first for which it sees that the claims hold.
        alone: Whether conditions on the domain say which values will do, so that no other
            hypotheses may be put beside these.
    """

    theorems: tuple[str, ...]
    claims: tuple[str, ...]
    tried: tuple[tuple[Value, ...], ...]
    alone: bool

    def agrees_with(self, other: Witness) -> bool:
        """Whether both give each symbol that they share the same values."""
        if self.alone or other.alone:
            return False
        return all(
            theirs.get(name, value) == value
            for ours, theirs in zip(_by_name(self.tried), _by_name(other.tried), strict=True)
            for name, value in ours.items()
        )

    def joined_to(self, other: Witness) -> Witness:
        """The hypotheses of both, which hold for the values of both."""
        tried = tuple(
            tuple(dict.fromkeys((*own, *others)))
            for own, others in zip(self.tried, other.tried, strict=True)
        )
        claims = tuple(dict.fromkeys((*self.claims, *other.claims)))
        return Witness((*self.theorems, *other.theorems), claims, tried, alone=False)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lemma."""
        bound = " ".join(f"({name} : {kind})" for name, kind, _ in self.tried[0])
        claims = " /\\\n    ".join(f"({c})" for c in self.claims)
        tried = dict.fromkeys(", ".join(value for _, _, value in found) for found in self.tried)
        # Where no exponential stands in the way, the first will do.
        proof = " | ".join(f"exists {numbers}; witness" for numbers in tried)
        return (
            f"(* That the hypotheses of {', '.join(self.theorems)} can hold. *)",
            f"Lemma {self.theorems[0]}_can_hold :",
            f"  exists {bound},\n    {claims}.",
            f"Proof. first [{proof}]. Qed.",
        )


def in_exponents(expr: Expr) -> frozenset[Expr]:
    """The symbols under exponentials: at zero these are plain numbers."""
    found = frozenset(names(expr.operand)) if isinstance(expr, Exp) else frozenset()
    return found.union(*(in_exponents(a) for a in expr.args if isinstance(a, Inert)))


def in_limits(expr: Expr) -> frozenset[Expr]:
    """The symbols in the limits of sums and the like."""
    found: frozenset[Expr] = frozenset()
    if isinstance(expr, Binder):
        found = frozenset(names(expr.lower) | names(expr.upper))
    return found.union(*(in_limits(a) for a in expr.args if isinstance(a, Inert)))


def _by_name(tried: tuple[tuple[Value, ...], ...]) -> list[dict[str, tuple[str, str]]]:
    return [{name: (kind, value) for name, kind, value in found} for found in tried]


def values(
    symbols: Iterable[Expr],
    facts: tuple[Fact, ...],
    positive: frozenset[Expr],
    apart: frozenset[Expr],
    untied: frozenset[Expr],
    scope: Scope,
    integer: Iterable[Expr],
    entry: int = 1,
    number: str = "2",
    zero: AbstractSet[Expr] = frozenset(),
    second: AbstractSet[Expr] = frozenset(),
) -> Iterator[Value]:
    """Name, type and value of every symbol: two classes, the first one true, entries of 1.

    ``positive`` are arrays in conditions on the domain; ``entry`` is what entries are of which
    nothing is declared, ``number`` what parameters are but those in ``zero``. Those in ``apart``
    get an odd number each, so that nothing simple that is made of them is zero; those in ``untied``
    have entries that differ. The indices in ``second`` are 2.
    """
    odd = {base: f"{10**n + 3} / 7" for n, base in enumerate(sorted(apart, key=str), start=1)}
    numbers = _indices(facts, second)
    least = [int(f.least) for f in facts if isinstance(f, SizeFact)]
    size = max([2, *numbers.values(), *least])
    bounds, heights = Bounds(facts), _heights(facts)
    for symbol in symbols:
        kind = kind_of(symbol, integer)
        yield (
            variable_name(symbol, scope),
            kind,
            _within(symbol, bounds, heights)
            if (bounds.limits(symbol) or symbol in heights) and kind.endswith("R")
            else _different(symbol, odd.get(symbol, str(entry)))
            if symbol in untied and kind.endswith("R")
            else "0"
            if symbol in zero and kind == "R" and not symbol.is_nonzero
            else _value(symbol, kind, facts, positive, odd, numbers, size, scope, entry, number),
        )


def _heights(facts: tuple[Fact, ...]) -> dict[Expr, int]:
    """A place for each number that is declared to be larger or smaller than others."""
    pairs = [
        (f.less, f.more)
        for f in facts
        if isinstance(f, PositiveFact) and isinstance(f.less, Symbol) and isinstance(f.more, Symbol)
    ]
    try:
        ordered = topological_sort((list({s for p in pairs for s in p}), pairs), key=str)
    except ValueError:
        # Three or more that are larger each than the next: no numbers are.
        return {}
    return {symbol: n for n, symbol in enumerate(ordered)}


def _within(symbol: Expr, bounds: Bounds, heights: dict[Expr, int]) -> str:
    """A number, or an array of it, that the facts allow."""
    allowed = bounds.meet(symbol, Rational(2 + heights.get(symbol, 0)))
    number = f"({allowed.p} / {allowed.q})"
    return (
        f"(fun {' '.join('_' * len(symbol.shape or ()))} => {number})"
        if isinstance(symbol, IndexedBase)
        else number
    )


def _different(symbol: Expr, number: str) -> str:
    """Entries no two of which are equal."""
    if not isinstance(symbol, IndexedBase):
        return f"(- ({number}))" if symbol.is_negative else f"({number})"
    places = [f"i{n}" for n in range(len(symbol.shape or ()))]
    steps = " + ".join(f"{10**n} * INR {place}" for n, place in enumerate(places))
    return f"(fun {' '.join(places)} => {number} + {steps})"


def _indices(facts: tuple[Fact, ...], second: AbstractSet[Expr]) -> dict[Expr, int]:
    """Those in ``second`` and indices that have to differ from others get 2; the others are 1."""
    classes = {
        s for f in facts if isinstance(f, EntryFact) for s in names(f.value) - set(f.entry.indices)
    }
    found = dict.fromkeys(second, 2)
    for fact in facts:
        if isinstance(fact, UnequalFact) and not {fact.left, fact.right} & second:
            pair = [i for i in (fact.left, fact.right) if isinstance(i, Symbol)]
            chosen = next((i for i in pair if i not in classes), pair[0])
            found[chosen] = 2
    for fact in facts:
        if isinstance(fact, EqualFact):
            known = next((found[i] for i in (fact.left, fact.right) if i in found), 1)
            found[fact.left] = found[fact.right] = known
    return found


def _value(
    symbol: Expr,
    kind: str,
    facts: tuple[Fact, ...],
    positive: frozenset[Expr],
    odd: dict[Expr, str],
    numbers: dict[Expr, int],
    size: int,
    scope: Scope,
    entry: int,
    number: str,
) -> str:
    if not isinstance(symbol, IndexedBase):
        if kind == "nat":
            return f"{numbers.get(symbol, size if symbol.is_positive else 1)}%nat"
        return "(-1)" if symbol.is_negative else number
    for fact in facts:
        if isinstance(fact, EntryFact) and fact.entry.base == symbol:
            places = [index(i, scope) for i in fact.entry.indices]
            inner = scope
            for s in names(fact.value) - set(fact.entry.indices):
                inner = inner.within(s, f"{numbers.get(s, 1)}%nat")
            for base in bases(fact.value):
                inner = inner.moved(base, "(fun _ => 1%nat)")
            return f"(fun {' '.join(places)} => {term(fact.value, inner)})"
    for fact in facts:
        if isinstance(fact, SumFact) and symbol in bases(fact.total):
            return _shares(symbol, fact, facts, positive, size, scope)
    rank = len(symbol.shape or ())
    one = "1%nat" if kind.endswith("nat") else odd.get(symbol, str(entry))
    return f"(fun {' '.join('_' * rank)} => {one})"


def _shares(
    symbol: IndexedBase,
    fact: SumFact,
    facts: tuple[Fact, ...],
    positive: frozenset[Expr],
    size: int,
    scope: Scope,
) -> str:
    """Entries whose sum is known: equal ones where they are positive, else all in the first.

    They are equal as well where a mask rules one of them out, which might be the first.
    """
    whole = term(fact.value, scope, 39)
    rank = len(symbol.shape or ())
    declared = any(isinstance(f, PositiveFact) and symbol in bases(f.expression) for f in facts)
    if declared or symbol in positive:
        return f"(fun {' '.join('_' * rank)} => {whole} / {size})"
    body, own = fact.total.open()
    if any(masked(factor, own) is not None for factor in factors(body)):
        return f"(fun {' '.join('_' * rank)} => {whole} / {size - 1})"
    entry = next(e for e in entries(body) if e.base == symbol)
    summed = next((n for n, i in enumerate(entry.indices) if i == own), rank - 1)
    places = [f"i{n}" for n in range(rank)]
    return f"(fun {' '.join(places)} => delta {places[summed]} 1%nat * {whole})"
