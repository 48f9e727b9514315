"""What a file is about: what is the same in all of it, what varies, what everything is called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from sympy import Expr, Indexed, IndexedBase, Integer, Symbol, Tuple
from sympy.core.basic import Basic

from derive.derivation import Derivation, Step
from derive.facts import Definition, EntryFact, Fact, IndexRange, SizeFact, SumFact
from derive.formal.names import Names
from derive.formal.terms import FUNCTIONS, Scope, base_of, kind_of, label
from derive.notation import Apply, Inert, Partial, bases, entries, names


class World:
    """The derivations of a file, and the symbols in them.

    Attributes:
        derivations: All that have steps, each once, in an order in which they can be cited.
        sizes: The sizes of axes.
        varying: Arrays and parameters that something is differentiated by, all that is made of
            them, and the indices that are free in some derivation and not in all.
    """

    def __init__(self, root: Derivation) -> None:
        self.root = root
        self.names = Names()
        self.derivations = _distinct(root)
        self.sizes = frozenset(s for d in root.walk() for s in d.problem.sizes)
        self.facts = _facts(root)
        self.classes = frozenset(_classes(self.facts))
        self.varying = self._varying()
        self._name_everything()

    def scope(self, derivation: Derivation) -> Scope:
        """The scope of a derivation's expressions."""
        return Scope(derivation.definitions, self.varying, self.names)

    @cached_property
    def integer_arrays(self) -> frozenset[IndexedBase]:
        """Arrays whose entries are indices, as the class ``t[n]`` of a sample."""
        ranged = (f.index for f in self.facts if isinstance(f, IndexRange))
        return frozenset(i.base for i in ranged if isinstance(i, Indexed))

    def kind(self, base: Expr) -> str:
        """The Coq type of an array, a parameter or an index."""
        return kind_of(base, self.integer_arrays)

    @cached_property
    def functions(self) -> tuple[Apply, ...]:
        """An application of each function that Coq's library lacks."""
        found: dict[str, Apply] = {}
        for derivation in self.derivations:
            for expr in expressions(derivation):
                for applied in expr.atoms(Apply):
                    if applied.function not in FUNCTIONS:
                        found[applied.function.__name__] = applied
        return tuple(found[name] for name in sorted(found))

    def symbols(self, derivation: Derivation) -> frozenset[Expr]:
        """All arrays, parameters and free indices that a derivation speaks of.

        An index may end at another one that stands in no line.
        """
        found: set[Expr] = set()
        for expr in expressions(derivation):
            found |= self.ingredients(expr, derivation.definitions)
        waiting = list(found)
        while waiting:
            new = self._limits(waiting.pop(), derivation) - found
            found |= new
            waiting += new
        return frozenset(found)

    def _limits(self, base: Expr, derivation: Derivation) -> frozenset[Expr]:
        """What the ranges of an index, or of the entries of an array of indices, end at."""
        limits = [
            limit
            for known in derivation.problem.ranges
            if base in (known.index, getattr(known.index, "base", None))
            for limit in (known.lower, known.upper)
        ]
        return frozenset().union(*(bases(x) | names(x) for x in limits)) - self.sizes

    def ingredients(self, expr: Expr, definitions: tuple[Definition, ...]) -> frozenset[Expr]:
        """What an expression is made of, through definitions; these themselves left out."""
        found: set[Expr] = set()
        waiting = [*bases(expr), *names(expr)]
        seen: set[Expr] = set()
        while waiting:
            base = waiting.pop()
            if base in seen:
                continue
            seen.add(base)
            definition = next((d for d in definitions if d.base == base), None)
            if definition is None:
                found.add(base)
            else:
                value = definition.value
                waiting += [*bases(value), *(names(value) - set(definition.indices))]
        return frozenset(found)

    def least(self, derivation: Derivation) -> tuple[Fact, ...]:
        """The least sizes that a step of any derivation names: cases and lemmas need them, too.

        All sizes, where this one looks at an entry such as 2.
        """
        known = tuple(f for f in self.facts if isinstance(f, SizeFact))
        named = {f for each in self.derivations for atom in atoms(each) for f in atom.facts}
        looks = any(
            isinstance(index, Integer) and index > 1
            for expr in expressions(derivation)
            for entry in entries(expr)
            for index in entry.indices
        )
        return known if looks else tuple(f for f in known if f in named)

    def definitions(self) -> Iterator[tuple[Definition, Derivation]]:
        """Every definition once, after those it is made of, with a derivation that has it."""
        given: set[Definition] = set()

        def visit(definition: Definition, derivation: Derivation) -> Iterator[Definition]:
            if definition in given:
                return
            given.add(definition)
            used = bases(definition.value) | names(definition.value)
            for other in derivation.definitions:
                if other.base in used and other != definition:
                    yield from visit(other, derivation)
            yield definition

        for derivation in self.derivations:
            for definition in derivation.definitions:
                yield from ((d, derivation) for d in visit(definition, derivation))

    def _varying(self) -> frozenset[Expr]:
        found: set[Expr] = set()
        for derivation in self.derivations:
            for expr in expressions(derivation):
                found |= {base_of(v) for v in _variables(expr)}
                found |= {
                    s
                    for s in names(expr)
                    if s.is_integer and s not in self.sizes and s not in self.classes
                }
        while True:
            made = {
                d.base
                for derivation in self.derivations
                for d in derivation.definitions
                if (bases(d.value) | names(d.value)) - set(d.indices) & found
            }
            if made <= found:
                return frozenset(found)
            found |= made

    def _name_everything(self) -> None:
        inputs: set[Expr] = set()
        for derivation in self.derivations:
            inputs |= self.symbols(derivation)
        fixed = sorted(self.sizes, key=label), sorted(inputs - self.sizes, key=_reading)
        for base in (*fixed[0], *fixed[1]):
            self.names.of(("variable", base), label(base))
        for definition, _ in self.definitions():
            suffix = "_of" if definition.base in inputs else ""
            self.names.of(("definition", definition), f"{label(definition.base)}{suffix}")
            self.names.of(("variable", definition.base), f"{label(definition.base)}'")


def _reading(base: Expr) -> tuple[bool, bool, str]:
    """Arrays, then parameters, then indices, each by name."""
    return bool(base.is_integer), not isinstance(base, IndexedBase), label(base)


def expressions(derivation: Derivation) -> Iterator[Expr]:
    """The statement, and each line of the steps."""
    if not isinstance(derivation.statement, Tuple):
        yield derivation.statement
    for atom in atoms(derivation):
        yield atom.after


def atoms(derivation: Derivation) -> Iterator[Step]:
    """The atomic steps of all steps."""
    for step in derivation.steps:
        yield from step.atoms


def _variables(expr: Basic) -> Iterator[Expr]:
    if isinstance(expr, Partial):
        yield expr.variable
    if isinstance(expr, Inert):
        for part in expr.args:
            yield from _variables(part)


def _distinct(root: Derivation) -> tuple[Derivation, ...]:
    found: list[Derivation] = []
    for derivation in root.walk():
        if derivation.steps and not any(_alike(derivation, d) for d in found):
            found.append(derivation)
    return tuple(found)


def _alike(one: Derivation, other: Derivation) -> bool:
    return (
        one.name == other.name
        and one.statement == other.statement
        and one.assumptions == other.assumptions
        and [s.after for s in atoms(one)] == [s.after for s in atoms(other)]
    )


def _facts(root: Derivation) -> tuple[Fact, ...]:
    found: list[Fact] = []
    for derivation in root.walk():
        found += [*derivation.problem.ranges, *derivation.problem.facts]
    return tuple(dict.fromkeys(found))


def _classes(facts: tuple[Fact, ...]) -> Iterator[Symbol]:
    for fact in facts:
        if isinstance(fact, EntryFact):
            yield from names(fact.value) - set(fact.entry.indices)
        elif isinstance(fact, SumFact):
            yield from names(fact.value)
