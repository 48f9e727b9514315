"""Problem: what a person asks, as checked data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.facts import Definition, EntryFact, Fact, IndexRange
from derive.notation import ONE, Partial, Times, Total, bases, binders, entries, names

Kind = Literal["gradient", "jacobian", "hessian", "hessian_vector", "value"]


@dataclass(frozen=True)
class Problem:
    """A loss (or a vector), what to differentiate it by, and what is known.

    Attributes:
        name: Name of the catalogue entry, or the kind.
        kind: Which derivative is asked for; ``value`` is the expression itself, rewritten.
        source: The expression as the user wrote it, in plain SymPy.
        expression: The same in inert notation.
        variables: Entries or parameters to differentiate by: each on its own for a gradient,
            one for a Jacobian and a Hessian times a vector, both in turn for a Hessian.
        facts: Declared facts.
        definitions: Names declared with ``where=``.
        ranges: Ranges of the free indices, from the shapes they index.
        direction: The entry of the vector that a Hessian is multiplied by; it is summed over its
            indices, which occur nowhere else.
        language: Language of the entry's source, if it has one.
        called: What the source calls the expression, such as ``C_0``.
        indicator: Whether deltas are printed as indicators.
        tags: What the source numbers the definitions by, in their order.
        recalled: Names of the rules that the source recalls before it starts.
        meanings: What the source says of its symbols: a name, and the key of the words.
    """

    name: str
    kind: Kind
    source: Expr
    expression: Expr
    variables: tuple[Expr, ...]
    facts: tuple[Fact, ...] = ()
    definitions: tuple[Definition, ...] = ()
    ranges: tuple[IndexRange, ...] = ()
    direction: Expr | None = None
    language: str | None = None
    called: str | None = None
    indicator: bool = False
    tags: tuple[str, ...] = ()
    recalled: tuple[str, ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()

    @property
    def statement(self) -> Expr:
        """What is asked for: a derivative still to be taken (by the first variable, if several)."""
        if self.kind == "value":
            return self.expression
        if self.kind == "hessian":
            first, second = self.variables
            return Partial(Partial(self.expression, first), second)
        if self.direction is not None:
            return self._along(self.direction)
        return Partial(self.expression, self.variables[0])

    def _along(self, direction: Expr) -> Expr:
        """``Σ_j ∂²L/(∂z_j ∂z_k) v_j``, over every axis of the variable."""
        (variable,) = self.variables
        second = Indexed(variable.base, *direction.indices)
        product: Expr = Times(Partial(Partial(self.expression, variable), second), direction)
        axes = zip(direction.indices, direction.base.shape, strict=True)
        for index, size in reversed(list(axes)):
            product = Total(product, (index, ONE, size))
        return product

    @property
    def free_indices(self) -> tuple[Symbol, ...]:
        """Free indices of the expression as they appear, then those of the variables."""
        mentioned = [
            s for e in entries(self.expression) for a in e.indices for s in sorted_names(a)
        ]
        mentioned += [s for v in self.variables for s in sorted_names(v)]
        ranged = {r.index for r in self.ranges}
        # Indices may also stand in deltas and limits alone; they follow by name.
        others = sorted_names(self.expression)
        return tuple(dict.fromkeys(s for s in (*mentioned, *others) if s in ranged))

    @property
    def generic_indices(self) -> tuple[Symbol, ...]:
        """The free indices that may take any value: all but the classes of one-hot labels."""
        classes: set[Symbol] = set()
        for fact in self.facts:
            if isinstance(fact, EntryFact):
                classes |= names(fact.value) - set(fact.entry.indices)
        return tuple(s for s in self.free_indices if s not in classes)

    @property
    def arrays(self) -> tuple[IndexedBase, ...]:
        """The arrays that go in, by name: what defined ones are made of, not these."""
        defined = {d.base for d in self.definitions}
        found = set(bases(self.expression)) | {b for d in self.definitions for b in bases(d.value)}
        entered = (*self.variables, self.direction)
        found |= {v.base for v in entered if isinstance(v, Indexed)}
        return tuple(sorted(found - defined, key=lambda b: b.name))

    @property
    def letters(self) -> frozenset[str]:
        """What sizes, parameters and arrays are called, which no index may be called."""
        return frozenset(s.name for s in (*self.sizes, *self.parameters, *self.arrays))

    @property
    def sizes(self) -> tuple[Symbol, ...]:
        """The symbolic sizes, such as ``C``: of arrays, or those that only sums go up to."""
        inside = {s for b in self.arrays for n in (b.shape or ()) for s in names(n)}
        values = (self.expression, *(d.value for d in self.definitions))
        limits = [limit for v in values for b in binders(v) for limit in (b.lower, b.upper)]
        limits += [limit for known in self.ranges for limit in (known.lower, known.upper)]
        ends = {s for limit in limits for s in names(limit) if s.is_integer and s.is_positive}
        ends -= {known.index for known in self.ranges}
        return tuple(sorted(inside | ends, key=lambda s: s.name))

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The scalar inputs, such as a temperature."""
        used = set(names(self.expression)) | {v for v in self.variables if isinstance(v, Symbol)}
        used |= {s for d in self.definitions for s in names(d.value) if s not in d.indices}
        used -= (
            set(self.sizes) | {r.index for r in self.ranges} | {d.base for d in self.definitions}
        )
        return tuple(sorted(used, key=lambda s: s.name))


def sorted_names(expr: Expr) -> list[Symbol]:
    """Free symbols of ``expr`` by name."""
    return sorted(names(expr), key=lambda s: s.name)
