"""The signature of a kernel, read off a derivation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace as with_changes

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.facts import Definition, EntryFact, EqualFact, IndexRange, SumFact, UnequalFact
from derive.indexing import class_arrays, index_arrays, index_places
from derive.kernels.identifiers import identifier
from derive.kernels.signature import Argument, Output, Signature, Size
from derive.kernels.told_signs import with_signs
from derive.masks import without_masks
from derive.notation import ONE, Delta, Minus, Plus, bases, binders, entries, names, replace


def signature(derivation: Derivation) -> Signature:
    """The signature of a derivation's kernels.

    Raises ``DeriveError`` where the derivation has no closed form fit for floating point, and
    where two symbols would get one name.
    """
    reader = _Reader(derivation)
    value, derivatives = reader.outputs()
    arguments, sizes, inferred = reader.arguments()
    _check_names(
        [
            *(a.symbol for a in arguments),
            *(s.symbol for s in sizes),
            *(a.symbol for _, a in inferred),
            *(d.base for d in derivation.definitions),
        ]
    )
    return Signature(
        name=identifier(derivation.problem.name.replace("-", "_")),
        arguments=arguments,
        sizes=sizes,
        inferred=inferred,
        definitions=tuple(_stable_definitions(derivation)),
        value=value,
        derivatives=derivatives,
    )


def _check_names(symbols: list[Expr]) -> None:
    """No two symbols may get one name in the kernel."""
    taken: dict[str, Expr] = {}
    for symbol in symbols:
        name = identifier(str(symbol))
        if name in taken:
            raise DeriveError(
                f"{taken[name]} and {symbol} would both be called {name} in a kernel; rename one"
            )
        taken[name] = symbol


def _stable(derivation: Derivation, key: str) -> Expr:
    if key not in derivation.stable:
        raise DeriveError(
            f"the derivation {derivation.name} has no {key} rewritten for floating point, from "
            "which a kernel could be made; derive the whole problem and ask that for its kernel"
        )
    return with_signs(derivation.stable[key].closed_form, derivation.given)


def _stable_definitions(derivation: Derivation) -> Iterator[Definition]:
    for known in derivation.definitions:
        stable = derivation.stable.get(str(known.base))
        value = known.value if stable is None else stable.closed_form
        value = with_signs(value, derivation.given)
        # A class that is free in the loss may be called like an index of the definition.
        free = names(derivation.problem.expression) & set(known.indices)
        apart = {i: Symbol(f"{i.name}_", integer=True) for i in free}
        yield Definition(replace(known.entry, apart), replace(value, apart), known.softmax)


class _Reader:
    """Reads the parts of a signature off one derivation."""

    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation
        self._problem = problem = derivation.problem
        self._ranges = {r.index: r for r in problem.ranges}
        self._results = self._result_derivations()
        self._axes = self._axis_indices()
        self._asked = [problem.expression, *(d.value for d in problem.definitions)]
        self._used = [
            *self._asked,
            *self._results_of_loss(),
            *(d.value for d in _stable_definitions(derivation)),
        ]
        facts = [f.value for f in problem.facts if isinstance(f, EntryFact)]
        # What tells entries or classes apart is a class; a number of terms is none.
        self._indexing = frozenset(i for e in (*self._asked, *facts) for i in _indexing(e))
        self._integers = frozenset(b for e in self._used for b in index_arrays(e))
        ranged = [r.index.base for r in problem.ranges if isinstance(r.index, Indexed)]
        self._classes = class_arrays([*self._used, *facts], ranged, problem.sizes)
        self._beside = frozenset(b for e in self._asked for b in _beside_indices(e, self._ranges))

    def _result_derivations(self) -> tuple[Derivation, ...]:
        if self._problem.kind != "gradient" or len(self._problem.variables) == 1:
            return (self._derivation,)
        parts = [p for p in self._derivation.results if "derivative" in p.stable]
        if len(parts) != len(self._problem.variables):
            raise DeriveError(
                f"the derivation {self._derivation.name} has {len(parts)} derivatives for "
                f"{len(self._problem.variables)} variables; a kernel needs one for each"
            )
        return tuple(parts)

    def _axis_indices(self) -> tuple[Expr, ...]:
        """Free indices that become axes; the others are arrays of classes."""
        problem = self._problem
        of_variables = {s for v in problem.variables for s in _direct(v)}
        return tuple(
            i for i in problem.free_indices if problem.kind == "jacobian" or i in of_variables
        )

    def outputs(self) -> tuple[Output, tuple[Output, ...]]:
        """The value and the derivatives."""
        problem = self._problem
        own = tuple(i for i in self._axes if i in names(problem.expression))
        value = _stable(self._derivation, "value")
        by = [problem.variables] if len(self._results) == 1 else [(v,) for v in problem.variables]
        derivatives = []
        for result, variables in zip(self._results, by, strict=True):
            indices = dict.fromkeys((*own, *(i for v in variables for i in _direct(v))))
            title = "derivative" if len(self._results) == 1 else f"derivative_{_stem(variables[0])}"
            stable = _stable(result, "derivative")
            # A letter may run over another axis in the derivative by another variable.
            ranged = self._ranged(indices, {r.index: r for r in result.problem.ranges})
            derivatives.append(
                Output(title, stable, result.closed_form, ranged, self._conditions(ranged))
            )
        closed = without_masks(problem.expression, self._derivation.given)
        return Output("value", value, closed, self._ranged(own)), tuple(derivatives)

    def _conditions(self, ranged: tuple[IndexRange, ...]) -> tuple[EqualFact | UnequalFact, ...]:
        own = {r.index for r in ranged}
        # An index of another result has no value in this one.
        told = own | (set().union(*map(names, self._used)) - set(self._axes))
        told |= {s for f in self._problem.facts if isinstance(f, EntryFact) for s in names(f.value)}
        return tuple(
            fact
            for fact in self._problem.facts
            if isinstance(fact, (EqualFact, UnequalFact))
            and own & {fact.left, fact.right}
            and names(fact.left) | names(fact.right) <= told
        )

    def _ranged(
        self, indices: Iterable[Expr], own: Mapping[Expr, IndexRange] | None = None
    ) -> tuple[IndexRange, ...]:
        ranges = {**self._ranges, **(own or {})}
        return tuple(ranges[i] for i in indices if i in ranges)

    def arguments(
        self,
    ) -> tuple[tuple[Argument, ...], tuple[Size, ...], tuple[tuple[Argument, Argument], ...]]:
        """The arguments, the sizes that they tell, and the classes that are inferred."""
        arrays = _settled([self._array(base) for base in self._entered()])
        arrays = [with_changes(a, beside_index=a.symbol in self._beside) for a in arrays]
        sizes = tuple(_sizes(arrays))
        lengths = {s for a in arrays for n in a.axes for s in names(n)}
        definitions = (*self._problem.definitions, *_stable_definitions(self._derivation))
        inferred = tuple(self._inferred(arrays))
        known = {s.symbol for s in sizes} | {i.symbol for _, i in inferred}
        known |= {d.base for d in definitions} | set(self._axes)
        # The index of a definition may be called like one that is free in the loss.
        mentioned = lengths | {s for e in self._results_of_loss() for s in names(e)}
        mentioned |= {s for d in definitions for s in names(d.value) - set(d.indices)}
        mentioned |= {v for v in self._problem.variables if isinstance(v, Symbol)}
        counting = lengths | {s for e in self._used for s in _counting(e)}
        scalars = [
            with_changes(self._scalar(s, counting), beside_index=s in self._beside)
            for s in sorted(mentioned - known, key=str)
        ]
        return (*arrays, *scalars), sizes, inferred

    def _results_of_loss(self) -> tuple[Expr, ...]:
        """The loss, and its value and derivatives fit for floating point."""
        derivatives = (_stable(d, "derivative") for d in self._results)
        return (self._problem.expression, _stable(self._derivation, "value"), *derivatives)

    def _entered(self) -> tuple[IndexedBase, ...]:
        """The arrays of the problem, and those of which a fact says that others are made."""
        problem = self._problem
        facts = [f for f in problem.facts if isinstance(f, EntryFact)]
        # The classes in a delta are told by the label.
        made_of = {b for f in facts if not isinstance(f.value, Delta) for b in bases(f.value)}
        made_of &= {b for e in self._results_of_loss() for b in bases(e)}
        made_of -= {d.base for d in problem.definitions}
        return tuple(sorted({*problem.arrays, *made_of}, key=lambda b: b.name))

    def _array(self, base: IndexedBase) -> Argument:
        axes = tuple(base.shape or ())
        if not axes:
            raise DeriveError(
                f"{base} has no shape, so its kernel cannot tell its axes; "
                f"give it one, as in IndexedBase('{base}', shape=(C,))"
            )
        name = identifier(str(base))
        if base in self._integers - self._classes:
            return Argument(name, base, "integers", axes)
        if base in self._integers:
            counts = base not in self._indexing
            return Argument(name, base, "classes", axes, *self._limits(base), counts)
        return Argument(name, base, "labels" if self._is_label(base) else "floats", axes)

    def _scalar(self, symbol: Symbol, counting: set[Symbol]) -> Argument:
        name = identifier(symbol.name)
        if symbol in self._ranges:
            counts = symbol not in self._indexing
            known = self._ranges[symbol]
            return Argument(name, symbol, "classes", (), known.upper, known.lower, counts)
        if symbol in counting:
            return Argument(name, symbol, "size")
        return Argument(name, symbol, "integers" if symbol in self._indexing else "floats")

    def _limits(self, base: IndexedBase) -> tuple[Expr | None, Expr]:
        """The last and the first class that the entries of an array of integers can be."""
        for known in self._problem.ranges:
            if isinstance(known.index, Indexed) and known.index.base == base:
                return known.upper, known.lower
        for entry in (e for expr in self._used for e in entries(expr)):
            for position, index in enumerate(entry.indices):
                if isinstance(index, Indexed) and index.base == base and entry.base.shape:
                    return entry.base.shape[position], ONE
        return None, ONE

    def _is_label(self, base: IndexedBase) -> bool:
        """Whether a fact says that an array is one-hot or sums to one over its last axis."""
        for fact in self._problem.facts:
            match fact:
                case EntryFact(entry, Delta()) if entry.base == base:
                    return True
                case SumFact(total, value) if value == 1 and isinstance(total.body, Indexed):
                    if total.body.base == base and total.body.indices[-1] == total.limits[0]:
                        return True
        return False

    def _inferred(self, arrays: list[Argument]) -> Iterator[tuple[Argument, Argument]]:
        """Classes that the loss does not mention, with the one-hot label that tells them."""
        mentioned = {s for e in self._asked for s in names(e) | bases(e)}
        for fact in self._problem.facts:
            if not (isinstance(fact, EntryFact) and isinstance(fact.value, Delta)):
                continue
            label = next((a for a in arrays if a.symbol == fact.entry.base), None)
            pair = (fact.value.first, fact.value.second)
            classes = next((i for i in pair if i != fact.entry.indices[-1]), None)
            symbol = classes.base if isinstance(classes, Indexed) else classes
            if label is None or symbol is None or symbol in mentioned:
                continue
            name = identifier(str(symbol))
            yield label, Argument(name, symbol, "classes", label.axes[:-1], label.axes[-1])


def _settled(arrays: list[Argument]) -> list[Argument]:
    """Labels whose last axis no other array tells have to come with it: as floats."""
    told = {n for a in arrays if a.kind == "floats" for n in a.axes}
    return [
        with_changes(a, kind="floats")
        if a.kind == "labels" and a.axes[-1] not in told and names(a.axes[-1])
        else a
        for a in arrays
    ]


def _sizes(arrays: list[Argument]) -> Iterator[Size]:
    """Where each size can be read off: best a plain one, and not a label that may be classes."""
    found: set[Symbol] = set()
    places = [
        Size(symbol, array, place - len(array.axes), int(length - times * symbol), int(times))
        for kind in ("floats", "classes", "integers", "labels")
        for array in arrays
        if array.kind == kind
        for place, length in enumerate(array.axes[:-1] if kind == "labels" else array.axes)
        for symbol in sorted(names(length), key=str)
        if (times := length.coeff(symbol)).is_positive and (length - times * symbol).is_Integer
    ]
    for size in sorted(places, key=lambda s: (s.times, s.offset != 0)):
        if size.symbol not in found:
            found.add(size.symbol)
            yield size


def _direct(variable: Expr) -> tuple[Symbol, ...]:
    """The index symbols of a variable, in order; ``t[n]`` counts by its own index ``n``."""
    if not isinstance(variable, Indexed):
        return ()
    return tuple(s for i in variable.indices for s in sorted(names(i), key=str))


def _stem(variable: Expr) -> str:
    return identifier(str(variable.base if isinstance(variable, Indexed) else variable))


def _counting(expr: Expr) -> Iterator[Symbol]:
    """The letters that stand in an index or end a sum: sizes, unless they have a range."""
    places = [i for entry in entries(expr) for i in entry.indices]
    places += [limit for binder in binders(expr) for limit in binder.limits[1:]]
    return (s for place in places for s in names(place))


def _beside_indices(expr: Expr, free: Iterable[Expr]) -> Iterator[Expr]:
    """The arrays and parameters that an index is added to or taken from, as in ``t[n] - j``."""
    indices = {*free, *(b.limits[0] for b in binders(expr))}
    for added in expr.atoms(Plus):
        terms = {t.args[0] if isinstance(t, Minus) else t for t in added.args}
        if terms & indices:
            yield from (t.base if isinstance(t, Indexed) else t for t in terms - indices)


def _indexing(expr: Expr) -> Iterator[Expr]:
    """The symbols and arrays that stand in an index, in a delta, or leave something out."""
    for place in index_places(expr, ends=False):
        yield from names(place)
        yield from bases(place)
