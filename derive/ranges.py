"""Ranges of free indices, from the shapes that they index."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sympy import Add, Expr, Idx, Indexed, Integer, Mul, Symbol
from sympy.core.basic import Basic

from derive.domains import Domains, Span, spans_of
from derive.errors import DeriveError
from derive.facts import (
    Given,
    IndexRange,
)
from derive.notation import (
    ONE,
    Binder,
    Delta,
    Opened,
    entries,
    names,
    replace,
)
from derive.signs import at_most, is_count
from derive.wording import readable


class Ranges:
    """Ranges of free indices, from the shapes they index."""

    def __init__(
        self,
        defined: set[Expr],
        sizes: frozenset[Symbol],
        told: Iterable[IndexRange] = (),
        labels: frozenset[Symbol] = frozenset(),
        domains: Domains | None = None,
    ) -> None:
        """``told`` are ranges that facts state, ``labels`` indices that only the loss is free in.

        A label, or an entry of an array of classes, is such that what it is moved to exists: it
        ends at ``K - 1`` where ``b[t + 1]`` stands. ``domains`` tells of definitions that do not
        have a value at all entries.
        """
        self.domains = domains or {}
        self.labels = labels
        self.defined = defined
        self.sizes = sizes
        self.by_index: dict[Expr, IndexRange] = {known.index: known for known in told}
        self._told = Given(self.found())

    def found(self) -> tuple[IndexRange, ...]:
        return tuple(self.by_index[i] for i in sorted(self.by_index, key=str))

    def collect(self, expr: Basic, given: Given) -> None:
        """Give every index in an index position, or beside one in a delta, its range."""
        if isinstance(expr, Indexed):
            for index, span in zip(expr.indices, self._spans(expr), strict=False):
                if span is not None and isinstance(index, (Symbol, Indexed)):
                    self._add(index, *span, given, expr)
                elif span is not None and _is_offset(index):
                    self._narrow(index, span, given, expr)
                self.collect(index, given)
            return
        if isinstance(expr, Delta):
            for one, other in (expr.args, expr.args[::-1]):
                known = given.range_of(other) or self.by_index.get(other)
                new = given.range_of(one) is None and one not in self.by_index
                if known is not None and new and isinstance(one, (Symbol, Indexed)):
                    lower, upper = self._widest(known.lower, known.upper, given)
                    if not entries(upper):  # of a row's own length its array is no bound
                        self._add(one, lower, upper, given, expr)
        if isinstance(expr, Binder):
            body, index = expr.open()
            inside = given.within(index, tuple(expr.limits[1:]))
            self._collect_limits(expr, body, index, inside)
            self.collect(body, inside)
            return
        for argument in expr.args:
            self.collect(argument, given)

    def _collect_limits(self, total: Binder, body: Expr, index: Symbol, given: Given) -> None:
        """A free index that is a limit alone runs over the axis that the bound one indexes."""
        for out in total.excluded:
            # What is left out is one of the indices; else it would say nothing.
            if isinstance(out, (Symbol, Indexed)) and not given.range_of(out):
                self._add(out, *self._widest(total.lower, total.upper, given), given, total)
        loose = [*entries(total.lower), *entries(total.upper)]
        # The sample n of an entry t[n] is no limit itself.
        ends = (e.xreplace(dict.fromkeys(loose, ONE)) for e in (total.lower, total.upper))
        alone = frozenset().union(*map(names, ends))
        for limit in (*sorted(alone, key=str), *loose):
            # Where a fact tells more, a sum from t[n] on may be one of no terms.
            if limit.is_positive or given.range_of(limit) or self._told.range_of(limit):
                continue
            for entry in entries(body):
                for place, span in zip(entry.indices, self._spans(entry), strict=False):
                    if place == index and span is not None:
                        self._add(limit, *span, given, total)

    def _widest(self, lower: Expr, upper: Expr, given: Given) -> tuple[Expr, Expr]:
        """A range that depends on indices bound around it at its widest: ``i..K-i`` as ``1..K-1``,
        and a row's length ``s[i]`` as what a fact says it is at most.
        """
        for outer in given.scope:
            falls = [end.coeff(outer.index).is_negative for end in (lower, upper)]
            lower = lower.xreplace({outer.index: outer.upper if falls[0] else outer.lower})
            upper = upper.xreplace({outer.index: outer.lower if falls[1] else outer.upper})
        told = {entry: self._told.range_of(entry) for entry in entries(upper)}
        most = {entry: known.upper for entry, known in told.items() if known is not None}
        return lower, upper.xreplace(most)

    def _spans(self, entry: Indexed) -> tuple[Span | None, ...]:
        """The first and the last entry of each axis."""
        return spans_of(entry.base, self._shape(entry), self.domains)

    def _shape(self, entry: Indexed) -> tuple[Expr | None, ...]:
        base = entry.base
        if base in self.defined and base.shape is None:
            return (None,) * len(entry.indices)
        if base.shape is None:
            shown = readable(entry)
            axes = ", ".join(["C", "D", "E"][: len(entry.indices)])
            raise DeriveError(
                f"{shown} has no range for its index {shown.indices[0]}: {base} has no shape; "
                f"write IndexedBase('{base}', shape=({axes}{',' * (axes == 'C')}))"
            )
        if len(base.shape) != len(entry.indices):
            count = len(entry.indices)
            raise DeriveError(
                f"{readable(entry)} has {count} {'index' if count == 1 else 'indices'}, "
                f"but {base} has {len(base.shape)} axes"
            )
        for size in base.shape:
            if not is_count(size):
                raise DeriveError(
                    f"the size {size} of {base} is not a positive integer; {_remedy(size)}"
                )
        return tuple(base.shape)

    def _add(self, index: Expr, lower: Expr, upper: Expr, given: Given, place: Basic) -> None:
        if index in self.sizes or (
            given.range_of(index) is not None and index not in self.by_index
        ):
            return
        if isinstance(index, Symbol) and index.is_integer is False:
            raise DeriveError(f"the index {index} in {place} is not an integer")
        # An entry t[n] has one range for every n, so the n of a sum is named as its author did.
        index = replace(index, {s: s.hint for s in names(index) if isinstance(s, Opened)})
        known = Given(self.found()).range_of(index)
        if known is None:
            self.by_index[index] = IndexRange(index, lower, upper)
        elif known.upper != upper:
            if at_most(upper, known.upper, Given()) is not None:
                # What stands beside a definition with a lead ends where that has its last value.
                self.by_index[known.index] = IndexRange(known.index, known.lower, upper)
            elif at_most(known.upper, upper, Given()) is None:
                raise DeriveError(
                    f"the index {index} runs over an axis of size {known.upper} and over one of "
                    f"size {upper} in {readable(place)}; use an index for each"
                )
        elif known.lower != lower and at_most(known.lower, lower, Given()) is not None:
            # What stands beside a definition with a lag runs where that has a value.
            self.by_index[known.index] = IndexRange(known.index, lower, upper)

    def _narrow(self, moved: Expr, span: Span, given: Given, place: Basic) -> None:
        """What is moved by a whole number, as ``t + 1``, stays in the axis of that size."""
        shift, index = moved.as_coeff_Add()
        if not isinstance(index, Indexed) and index not in self.labels:
            return
        self._add(index, *span, given, place)
        known = next(
            (r for r in self.by_index.values() if Given((r,)).range_of(index) is not None), None
        )
        if known is None:
            return
        lower, upper = _later(known.lower, span[0] - shift), span[1] - shift
        if at_most(known.upper, upper, Given()) is not None:
            upper = known.upper
        self.by_index[known.index] = IndexRange(known.index, lower, upper)

    def check(self, expr: Basic, given: Given) -> None:
        """Every index lies in the axis it indexes."""
        if isinstance(expr, Indexed):
            for index, span in zip(expr.indices, self._spans(expr), strict=True):
                if span is not None:
                    self._check_index(index, span, expr, given)
                for entry in entries(index):
                    self.check(entry, given)
            return
        if isinstance(expr, Binder):
            body, index = expr.open()
            for limit in expr.limits[1:]:
                if not _is_limit(limit, given):
                    raise DeriveError(
                        f"the limit {readable(limit)} of a sum over {expr.hint} has no range; a "
                        "limit is a number, a size or an index that an array is indexed by; of an "
                        "entry c[k] the fact c[k] <= n tells how far it goes"
                    )
            self.check(body, given.within(index, tuple(expr.limits[1:])))
            return
        for argument in expr.args:
            self.check(argument, given)

    def _check_index(self, index: Expr, span: Span, entry: Indexed, given: Given) -> None:
        first, size = span
        shown = readable(entry)
        inside = shown.indices[entry.indices.index(index)]
        if isinstance(index, Idx):
            raise DeriveError(
                f"the index {index} of {shown} is an Idx; "
                f"make indices with symbols('{index.name}', integer=True)"
            )
        if not all(_is_step(term, self.sizes) for term in Add.make_args(index)):
            raise DeriveError(
                f"the index {inside} of {shown} is neither an index nor a sum or difference of "
                "indices and whole numbers"
            )
        for symbol in names(index) - self.sizes:
            known = symbol.is_positive or given.range_of(symbol) is not None
            if not known and not isinstance(index, Indexed):
                raise DeriveError(
                    f"the index {readable(symbol)} in {shown} has no range; index an axis "
                    f"with {symbol} alone or sum over it"
                )
        if isinstance(index, Indexed) and given.range_of(index) is not None:
            return
        if at_most(first, index, given) is None or at_most(index, size, given) is None:
            runs = "its axis, which runs" if first == ONE else "what defines it: that has values"
            raise DeriveError(
                f"the index {inside} of {shown} does not fit {runs} from {first} to "
                f"{size}; correct the range of the sum or the shape"
                + (f", or state the fact {size} >= {index}" if _may_be_last(index, size) else "")
                + _of_end(index, size, given)
            )


def _of_end(index: Expr, size: Expr, given: Given) -> str:
    """What to do where a sum goes up to a number of which nothing is known."""
    ranges = (given.range_of(symbol) for symbol in sorted(names(index), key=str))
    ends = (known.upper for known in ranges if known is not None)
    for end in ends:
        if isinstance(end, Symbol) and end != size and given.range_of(end) is None:
            return f", or state the fact {end} <= {size}"
    return ""


def _later(one: Expr, other: Expr) -> Expr:
    """The later of two first entries; the one known where that depends on sizes."""
    return other if at_most(one, other, Given()) is not None else one


def _may_be_last(index: Expr, size: Expr) -> bool:
    """Whether an axis that has so many entries would have this one."""
    return isinstance(index, Integer) and isinstance(size, Symbol) and index >= 1


def _is_offset(index: Expr) -> bool:
    offset, rest = index.as_coeff_Add()
    return bool(offset.is_Integer) and isinstance(rest, (Symbol, Indexed))


def _is_step(term: Expr, sizes: Collection[Expr]) -> bool:
    """Whether a term of an index moves by steps of one, as both of ``n - l``, or is a size."""
    number, base = term.as_coeff_Mul()
    if number in (1, -1):
        return isinstance(base, (Symbol, Integer, Indexed))
    return term.is_Integer or (bool(number.is_Integer) and base in sizes)


def _is_limit(limit: Expr, given: Given) -> bool:
    """Whether it is known how far a limit of a sum can go."""
    if isinstance(limit, (Add, Mul)):
        return all(_is_limit(part, given) for part in limit.args)
    known = given.range_of(limit) is not None
    if isinstance(limit, Indexed):
        # A class taken from an array of integers.
        return known
    return bool(limit.is_integer) and (not limit.is_Symbol or known or bool(limit.is_positive))


def _remedy(size: Expr) -> str:
    """What to do about a size that may be no positive integer."""
    if size.is_number:
        return "correct its shape"
    if isinstance(size, Symbol):
        return f"write symbols('{size}', integer=True, positive=True)"
    return "let the shortest array have a size by itself, as in the shapes (M,) and (M + 1,)"
