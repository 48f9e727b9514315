"""Softmaxes and logistic functions that a loss contains without a name."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace as with_changes
from itertools import chain

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.facts import Definition, Given, IndexRange
from derive.notation import (
    ONE,
    ZERO,
    Binder,
    Bound,
    Exp,
    Log,
    Minus,
    Opened,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Total,
    bases,
    binders,
    code,
    entries,
    factors,
    fraction,
    mask,
    names,
    plus,
    replace,
    spare_indices,
    times,
    without,
)
from derive.problem import Problem
from derive.recognition import is_logistic, is_odds, opposite
from derive.rules.logistics import write_logistic
from derive.rules.monomials import sides
from derive.rules.shifts import without_shift
from derive.rules.trace import Trace
from derive.signs import depends
from derive.strategy.phases import leave_out, name_shares, rejoin
from derive.unify import instance_of

# Names for what is recognised, in this order, past those that the user has taken.
NAMES = ("\\hat{y}", "\\hat{q}", "\\hat{r}", "\\hat{u}", "\\hat{v}")
LOGISTIC_NAMES = ("\\sigma", "\\varsigma")

# What the terms of a partition sum are made of, beside weights.
LIKELIHOODS = (Exp, ProductOver)


def recognise(
    problem: Problem, given: Given
) -> tuple[tuple[Definition, ...], tuple[IndexRange, ...]]:
    """Definitions of what in the loss has a name in the field and none here, and their ranges.

    A softmax is known by its denominator, a sum of exponentials, or of products over an index, over
    a whole axis that stands in a fraction or under a logarithm, perhaps with weights that do not
    vary, or over a part of it that each row has for itself; a logistic function by ``1 + e^u``
    below a bar.
    """
    found = _Recognised(problem, given)
    found.name_softmaxes()
    if found.definitions:
        # Entries of these may be the weights in others, as in a mixture.
        found.fold_names()
        found.name_softmaxes()
    found.name_logistics()
    return tuple(found.definitions), tuple(found.ranges)


class _Recognised:
    """What has been recognised so far.

    Attributes:
        definitions: The names with their values.
        ranges: The ranges of their indices.
    """

    def __init__(self, problem: Problem, given: Given) -> None:
        self.definitions: list[Definition] = []
        self.ranges: list[IndexRange] = []
        self._labels: set[Expr] = set()
        self._problem = problem
        self._given = given
        places = (problem.expression, *(_for_all(d, given) for d in given.definitions))
        self._places = [_rejoined(place, given) for place in places]
        self._taken = set(names(problem.expression))
        self._taken |= {s for v in problem.variables for s in names(v)}
        self._taken |= {r.index for r in problem.ranges}
        # A letter that sums run over one axis by is none for another axis in a definition.
        spans = ((b.hint, b.lower, b.upper) for b in binders(problem.expression))
        self._bound = [IndexRange(*s) for s in spans if not _is_inner(s[1]) and not _is_inner(s[2])]
        said = [f.statement for f in given.facts] + [d.value for d in given.definitions]
        letters = self._taken.union(*map(names, said), *map(bases, said), problem.arrays)
        self._letters = {letter.name for letter in letters} | problem.letters

    def _spare(self, wished: Iterable[str]) -> Iterator[str]:
        """The wished names that no letter has taken, in the loss, the definitions or the facts."""
        made = {str(d.base) for d in (*self._given.definitions, *self.definitions)}
        return (name for name in wished if not _spellings(name) & (self._letters | made))

    def name_softmaxes(self) -> None:
        known = (*self._given.definitions, *self.definitions)
        named = [(part, d.indices) for d in known for part in self._parts_named(d)]
        spare = self._spare((*NAMES, *(f"\\hat{{y}}^{{({k})}}" for k in range(2, 100))))
        partitions = [p for place in self._places for p in _partitions(place, self._given)]
        # A row W[j] names the softmax of the row W[t[n]] too, and not the other way round.
        for whole, scope in sorted(partitions, key=lambda found: _picks_rows(found[0])):
            for term in _classes(whole):
                part = Quotient(term, whole)
                if not self._stays(term) or any(_same(part, *each) for each in named):
                    continue
                if term == whole:
                    part = Quotient(*2 * (without_shift(whole),))
                self._name_share(part, scope, spare, named)

    def _name_share(
        self,
        part: Quotient,
        scope: tuple[IndexRange, ...],
        spare: Iterator[str],
        named: list[tuple[Quotient, tuple[Symbol, ...]]],
    ) -> None:
        """Name the shares in a part of a partition, ``Σ_j e^{z_j}`` or ``e^a`` over the whole."""
        ranges = {r.index: r for r in scope}
        term = part.numerator
        along = _axis(term, ranges) if isinstance(term, Total) else None
        if along is None and isinstance(term, Total):
            return  # a sum up to an index that is free is no whole axis
        # A label that is left out, ``j ≠ t``, or has a margin counts no rows: it stays as it is.
        out = frozenset().union(*(names(e) for t in _classes(part.denominator) for e in _out(t)))
        margins = {s for s in names(part) if all(s not in names(e) for e in entries(part))}
        self._labels |= {s for s in out | margins if s in ranges and not isinstance(s, Opened)}
        rows = [s for s in _in_order(part, ranges) if s not in self._labels]
        around = [_rows(ranges[s], part, ranges) for s in rows]
        outer, own = self._lifted([r for r in around if r is not None])
        # The rows W[l + 1] are named as rows W[l] are.
        lifted = replace(part, {s: to - _shift(s, part) for s, to in outer.items()})
        if None in around or any(_same(lifted, *each) for each in named):
            return
        term, whole = lifted.args
        softmax = False
        if along is not None:
            used = self._letters | {r.index.name for r in own}
            known = (*self.ranges, *self._bound)
            axis = _named(along, spare_indices(along.index), known, used)
            # Beside another class the shares of a sum do not make up 1.
            softmax = term == whole and term.limits[1:] == (axis.lower, axis.upper)
            # What a row leaves out has no share in it.
            masks = (mask(axis.index, other) for other in term.excluded)
            term = times(*masks, term.at(axis.index))
            own = (*own, axis)
        above, below = _parts(term)
        self._name(next(spare), Quotient(times(*above), times(*below, whole)), own, softmax)
        named.append((lifted, tuple(r.index for r in own)))

    def _stays(self, term: Expr) -> bool:
        """Whether a derivative of the sum has its terms in it, weights and all.

        By a weight alone it has not, unless that is an entry of a softmax.
        """
        if not isinstance(term, Total):
            return any(depends(term, v, self._given) for v in self._problem.variables)
        above, below = _parts(term.body)
        powers = [f for f in above if is_likelihood(f, self._given)]
        shares = {d.base for d in self.definitions}
        shares |= {d.base for d in self._given.definitions if self._names_entries(d)}
        weights = [
            f
            for f in (*above, *below)
            if not is_likelihood(f, self._given)
            and not (isinstance(f, Indexed) and f.base in shares)
            and not _is_partition(f, self._given)
        ]
        return all(
            any(depends(power, v, self._given) for power in powers)
            for v in self._problem.variables
            if any(depends(weight, v, self._given) for weight in weights)
        )

    def _names_entries(self, definition: Definition) -> bool:
        """Whether a definition names the shares of a whole axis, not one at a fixed entry."""
        if not isinstance(definition.value, Quotient):
            return False
        total = _partition_of(definition.value)
        return not isinstance(total, (Plus, Total)) or bool(self._parts_named(definition))

    def _parts_named(self, definition: Definition) -> list[Quotient]:
        """The part of a partition, over the whole, whose shares a definition names."""
        if not isinstance(definition.value, Quotient):
            return []
        whole = _partition_of(definition.value)
        above = {code(f) for f in sides(definition.value)[0]}
        return [
            Quotient(term, whole)
            for term in _classes(whole)
            if any(powers <= above for powers in self._powers(term, definition))
        ]

    def _powers(self, term: Expr, definition: Definition) -> list[set[str]]:
        """What stands above the bar in shares of a term, for each index that may be its own."""
        if not isinstance(term, Total):
            return [{code(term)}]
        body, index = term.opened
        likely = [f for f in _parts(body)[0] if is_likelihood(f, self._given)]
        powers = [f for f in likely if index in names(f)]
        own = [i for i in definition.indices if i not in names(term)]
        return [{code(replace(f, {index: i})) for f in powers} for i in own]

    def fold_names(self) -> None:
        """Write what has a name by it."""
        facts = (*self._given.facts, *self.ranges)
        known = (*self._given.definitions, *self.definitions)
        given = with_changes(self._given, facts=facts, definitions=known)
        self._places = [_folded(place, given) for place in self._places]

    def name_logistics(self) -> None:
        known = [d for d in self._given.definitions if is_logistic(d.value)]
        named = [(d.value.denominator, d.indices) for d in known]
        spare = self._spare((*LOGISTIC_NAMES, *(f"\\sigma^{{({k})}}" for k in range(2, 100))))
        logistics = [p for place in self._places for p in _logistics(place, self._given)]
        for value, scope in sorted(logistics, key=lambda p: (_picks_rows(p[0]), _falls(p[0]))):
            ranges = {r.index: r for r in scope}
            rows = _in_order(value, ranges)
            # A label of the loss counts no rows beside another index of its axis.
            ends = [ranges[s].upper for s in rows]
            rows = [s for s in rows if isinstance(s, Opened) or ends.count(ranges[s].upper) < 2]
            around = [_rows(ranges[s], value, ranges) for s in rows]
            outer, own = self._lifted([r for r in around if r is not None])
            lifted = replace(value, {s: to - _shift(s, value) for s, to in outer.items()})
            # One name does for the logistic functions of u and of -u.
            both = (lifted.denominator, _mirrored(lifted.denominator))
            if None in around or any(_same(each, *one) for each in both for one in named):
                continue
            self._name(next(spare), lifted, own)
            named.append((lifted.denominator, tuple(r.index for r in own)))

    def _lifted(
        self, around: Iterable[IndexRange]
    ) -> tuple[dict[Expr, Symbol], tuple[IndexRange, ...]]:
        """Names for indices outside of their sums, and their ranges under these names."""
        outer: dict[Expr, Symbol] = {}
        lifted: list[IndexRange] = []
        for known in around:
            index, named = known.index, known
            ranges = (*self._problem.ranges, *self.ranges)
            if any(r.index == index and r != known for r in ranges):
                # The loss has it on a part of the axis only, as t in b[t + 1].
                named = _named(known, spare_indices(index), ranges, self._letters)
            if isinstance(index, Opened):
                # Out of its sum the bound index keeps its name where that is free.
                wished = chain((index.hint,), spare_indices(index.hint))
                ranges = (*ranges, *self._bound)
                used = self._problem.letters | {r.index.name for r in lifted}
                named = _named(known, wished, ranges, used)
            lifted.append(named)
            outer[index] = named.index
        return outer, tuple(lifted)

    def _name(
        self, name: str, value: Expr, ranges: tuple[IndexRange, ...], softmax: bool = False
    ) -> None:
        entry: Expr = Symbol(name, real=True)
        if ranges:
            base = IndexedBase(name, shape=tuple(r.upper for r in ranges))
            entry = Indexed(base, *(r.index for r in ranges))
        self.definitions.append(Definition(entry, value, softmax))
        self.ranges += ranges


def _spellings(name: str) -> set[str]:
    r"""How a person may have written a name: ``\hat{y}`` is ``y_hat`` in SymPy, and in a kernel."""
    accent, _, letter = name.removeprefix("\\").removesuffix("}").partition("{")
    return {name, f"{letter}_{accent}" if letter else accent}


def _for_all(definition: Definition, given: Given) -> Expr:
    """The value of a definition under sums over its own indices: they stand for any, as bound."""
    value = definition.value
    for index in definition.indices:
        if (known := given.range_of(index)) is not None:
            value = Total(value, (index, known.lower, known.upper))
    return value


def _rejoined(expr: Expr, given: Given) -> Expr:
    """The same, with a term beside the sum of all others as a term of the whole sum."""
    trace = Trace(expr, given)
    rejoin(trace)
    leave_out(trace)
    return trace.expression


def _folded(expr: Expr, given: Given) -> Expr:
    trace = Trace(expr, given)
    name_shares(trace)
    return trace.expression


def _parts(product: Expr) -> tuple[list[Expr], list[Expr]]:
    """The factors of a product above the bars in it, and those below."""
    both = [sides(factor) for factor in factors(product)]
    return [f for above, _ in both for f in above], [f for _, below in both for f in below]


def _partition_of(share: Quotient) -> Expr:
    """The sum below the bar of a share, where there is one."""
    return next((f for f in sides(share)[1] if isinstance(f, Total)), share.denominator)


def _logistics(expr: Expr, given: Given) -> list[tuple[Expr, tuple[IndexRange, ...]]]:
    """The values of logistic functions, ``1 / (1 + e^u)``, with the ranges around them."""
    here: list[tuple[Expr, tuple[IndexRange, ...]]] = []
    above: tuple[Expr, ...] = ()
    beside: tuple[Expr, ...] = ()
    match expr:
        case Quotient(numerator, denominator):
            above, beside = factors(numerator), factors(denominator)
        case Log(operand):
            above, beside = (operand,), (operand,)
    known = [r for r in given.of(IndexRange) if isinstance(r, IndexRange)]
    for factor in beside:
        match factor.base if isinstance(factor, Power) else factor:
            case Plus((first, second)) as whole if is_odds(first, second):
                # The one above the bar, or else the 1; under a logarithm what its slope brings up.
                tops = [e for e in (first, second) if e in above]
                tops += [e for e in (first, second) if (e == 1) == isinstance(expr, Quotient)]
                value = _said_once(Quotient([*tops, first][0], whole))
                here.append((value, (*given.scope, *known)))
    if isinstance(expr, Binder):
        body, index = expr.open()
        return here + _logistics(body, given.within(index, tuple(expr.limits[1:])))
    return here + [p for a in expr.args for p in _logistics(a, given)]


def _said_once(value: Quotient) -> Quotient:
    """``1 / (1 + e^{-u})`` for ``e^u / (1 + e^u)`` where ``u`` is more than one entry."""
    above = value.numerator
    u = above.operand if isinstance(above, Exp) else above
    if not isinstance(u, (Symbol, Indexed)):
        turned = write_logistic(value, Given())
        if isinstance(turned, Quotient):
            return turned
    return value


def _in_order(value: Expr, among: Container[Expr]) -> list[Symbol]:
    """The indices in a value, in the order in which an entry has them all, else by their names."""
    found = sorted((s for s in names(value) if s in among), key=str)
    for entry in sorted(entries(value), key=str):
        plain = [i for i in entry.indices if i in found]
        if len(plain) == len(set(plain)) == len(found):
            return plain
    return found


def _mirrored(below: Expr) -> Expr:
    """``1 + e^{-u}`` for ``1 + e^u``; of two exponentials, the same."""
    return plus(*(Exp(opposite(t.operand)) if isinstance(t, Exp) else t for t in below.args))


def _falls(value: Expr) -> bool:
    """Whether a logistic function is written as one of ``-u``."""
    return any(
        isinstance(t, Exp) and isinstance(t.operand, Minus) is (value.numerator == t)
        for t in value.denominator.args
    )


def _rows(known: IndexRange, value: Expr, among: Container[Expr]) -> IndexRange | None:
    """The range of an index of rows: all of them, where that can be told.

    Else its own, unless that depends on another index or the rows are moved.
    """
    shift = _shift(known.index, value)
    whole = _whole(known, replace(value, {known.index: known.index - shift}))
    depends = any(s in among for s in names(known.lower) | names(known.upper))
    return known if whole is None and not depends and shift == 0 else whole


def _shift(index: Expr, value: Expr) -> Expr:
    """The one whole number by which an index is moved wherever an entry has it; else 0."""
    moved = {i - index for e in entries(value) for i in e.indices if index in names(i)}
    shift = moved.pop() if len(moved) == 1 else ZERO
    return shift if shift.is_Integer else ZERO


def _whole(known: IndexRange, value: Expr) -> IndexRange | None:
    """The range of an index over the whole axes at which it stands; None where it has none."""
    lengths: set[Expr] = set()
    for entry in entries(value):
        for place, index in enumerate(entry.indices):
            # That of t[n] counts where t[n] itself stands.
            if known.index in names(replace(index, dict.fromkeys(entries(index), ZERO))):
                plain = index == known.index and entry.base.shape is not None
                lengths.add(entry.base.shape[place] if plain else ZERO)
    if not lengths and known.lower == 1 and isinstance(known.upper, Symbol):
        return known  # in a delta alone
    return None if len(lengths) != 1 or ZERO in lengths else IndexRange(known.index, ONE, *lengths)


def _is_inner(limit: Expr) -> bool:
    """Whether a range ends at the index of a sum around it."""
    return any(isinstance(s, (Bound, Opened)) for s in names(limit))


def _named(
    wanted: IndexRange,
    wished: Iterable[Symbol],
    known: Iterable[IndexRange],
    taken: AbstractSet[str] = frozenset(),
) -> IndexRange:
    """The range under the first of the ``wished`` letters that is not ``taken``.

    Nor may it be the name of an index with another range.
    """
    known = tuple(known)
    for index in wished:
        found = with_changes(wanted, index=index)
        if index.name not in taken and all(r == found for r in known if r.index == index):
            return found
    return wanted


def _picks_rows(expr: Expr) -> bool:
    """Whether entries of arrays of classes are indices in it."""
    return any(isinstance(i, Indexed) for entry in entries(expr) for i in entry.indices)


def _same(total: Expr, named: Expr, generic: tuple[Symbol, ...]) -> bool:
    """Whether a partition sum is one that has a name, for some values of the name's indices."""
    return instance_of(named, total, generic) is not None


def _partitions(expr: Expr, given: Given) -> list[tuple[Expr, tuple[IndexRange, ...]]]:
    """Sums of exponentials in a fraction or under a logarithm, with the ranges around them.

    Each alone or beside the exponential, or the 1, of a class of its own.
    """
    here: list[tuple[Expr, tuple[IndexRange, ...]]] = []
    beside: tuple[Expr, ...] = ()
    match expr:
        case Quotient(above, below):
            # Above the bar a sum with weights is a mean by the shares below it.
            beside = (*(f for f in factors(above) if _weights(f) == ONE), *factors(below))
        case Log(operand):
            beside = tuple(f for side in sides(operand) for f in side)
    known = [r for r in given.of(IndexRange) if isinstance(r, IndexRange)]
    for factor in beside:
        whole = factor.base if isinstance(factor, Power) else factor
        if isinstance(whole, Total) and _is_partition(whole, given):
            here.append((_without_constants(whole), (*given.scope, *known)))
        own = _classes(whole) if isinstance(whole, Plus) else ()
        totals = [t for t in own if isinstance(t, Total)]
        if totals and all(isinstance(t, Exp) or _is_partition(t, given) for t in own):
            here.append((whole, (*given.scope, *known)))
    if isinstance(expr, Binder):
        body, index = expr.open()
        return here + _partitions(body, given.within(index, tuple(expr.limits[1:])))
    return here + [p for a in expr.args for p in _partitions(a, given)]


def _classes(partition: Expr) -> tuple[Expr, ...]:
    """The parts of a partition whose shares may have names: it alone, or its terms but the 1.

    A product of sums is one over each of its indices: ``A B`` is ``Σ_j a_j B`` and ``Σ_i b_i A``.
    """
    if not isinstance(partition, Plus):
        return (partition,)
    return tuple(each for term in partition.args if term != 1 for each in _sums_of(term))


def _sums_of(term: Expr) -> tuple[Expr, ...]:
    """A product of sums over indices as one sum over each of them; anything else itself."""
    parts = factors(term)
    if len(parts) < 2 or not all(isinstance(f, Total) for f in parts):
        return (term,)
    opened = [(f, without(parts, n), *f.opened) for n, f in enumerate(parts)]
    return tuple(f.over(times(body, *rest), index) for f, rest, body, index in opened)


def _out(term: Expr) -> tuple[Expr, ...]:
    """What a sum leaves out."""
    return term.excluded if isinstance(term, Total) else ()


def _without_constants(total: Total) -> Total:
    """A sum without what is the same in all of its terms, as it comes out of it."""
    body, index = total.opened
    above, below = ([f for f in side if index in names(f)] for side in _parts(body))
    return total.over(fraction(above, below), index)


def is_likelihood(factor: Expr, given: Given) -> bool:
    """Whether this is an exponential or a product over an index, or the name of one, as that of a
    density is; that of a share is none.
    """
    if isinstance(factor, LIKELIHOODS):
        return True
    known = given.definition_of(factor)
    if known is None:
        return False
    above, below = _parts(known.value)
    return any(isinstance(f, LIKELIHOODS) for f in above) and not any(
        isinstance(f, Total) for f in below
    )


def _is_partition(total: Expr, given: Given) -> bool:
    """Whether this is a sum of exponentials or of products over an index, as likelihoods are.

    Perhaps with weights, but for a softmax unnamed.
    """
    if not isinstance(total, Total):
        return False
    body, index = total.open()
    above, below = _parts(body)
    return any(index in names(f) for f in above if is_likelihood(f, given)) and not any(
        isinstance(f, Total) and Exp in f.heads for f in below
    )


def _axis(total: Total, among: Container[Expr]) -> IndexRange | None:
    """The range of a share's own index: all of its axis, where the sum is over a part of it.

    Each row may have its part, ``j = i..N`` or ``j ≠ i``; None for one part ``j = t..N`` alone.
    """
    body, index = total.open()
    whole = total.lower == 1 and isinstance(total.upper, Symbol) and total.upper not in among
    if whole and not total.excluded:
        return IndexRange(total.hint, total.lower, total.upper)
    ends = names(total.lower) | names(total.upper)
    if not all(isinstance(s, Opened) for s in ends if s in among):
        return None
    found = _whole(IndexRange(index, total.lower, total.upper), body)
    return None if found is None else with_changes(found, index=total.hint)


def _weights(expr: Expr) -> Expr:
    """What stands beside the exponentials in a sum of such; 1 beside none."""
    if not isinstance(expr, Total):
        return ONE
    above, below = _parts(expr.body)
    return fraction([f for f in above if not isinstance(f, Exp)], below)
