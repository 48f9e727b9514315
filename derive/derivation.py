"""Step and Derivation: what was done, as dull data with several readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sympy import Expr, Tuple

from derive.corrections import Correction
from derive.facts import Definition, Fact, Given
from derive.gathering import Layout
from derive.positions import Path
from derive.problem import Problem


@dataclass(frozen=True)
class Step:
    """One rewriting of the whole expression.

    An atomic step has no substeps: ``rule`` was applied at each of ``positions`` of ``before``,
    and nothing else changed. A step for readers may consist of substeps, the first being the one
    it is named after and the others bookkeeping (``0 + x``, ``1 · x``).

    Attributes:
        rule: Name of the rule.
        before, after: Whole expressions.
        positions: Paths to the parts that were rewritten.
        facts: Declared facts, definitions and index ranges that the rule used.
        lemma: Name of the lemma that was cited, if any.
        substeps: Atomic steps that make up this one.
        tag: What a source numbers its line by, such as ``3``; printed in place of a number.
    """

    rule: str
    before: Expr
    after: Expr
    positions: tuple[Path, ...] = ()
    facts: tuple[Fact, ...] = ()
    lemma: str | None = None
    substeps: tuple[Step, ...] = ()
    tag: str | None = None

    @property
    def atoms(self) -> tuple[Step, ...]:
        """The atomic steps that this one consists of."""
        return self.substeps or (self,)


class ByVariable(dict[str, "Derivation"]):
    """Derivations by the name of a variable; ``z[k,m]`` is found where it is ``z[k, m]``."""

    def __missing__(self, name: str) -> Derivation:
        written = {known.replace(" ", ""): known for known in self}
        bare = name.replace(" ", "") if isinstance(name, str) else name
        if bare not in written:
            raise KeyError(f"there is no {name} among {', '.join(self)}")
        return self[written[bare]]


@dataclass(frozen=True)
class Derivation:
    """The way from a statement to its result.

    Attributes:
        problem: What was asked.
        name: A short name, unique among the lemmas, parts and cases of one document.
        statement: The expression that the first step starts from, such as ``∂L/∂z_k``; for
            several variables the ``Tuple`` of them, each with its steps in its part.
        steps: The steps for readers; each starts where the one before it ended.
        definitions: Names used in the steps, the user's own and those that were recognised.
        lemmas: Derivations that steps cite by name, in the order in which they are needed.
        parts: Derivations of results on the way, or of several results, by name.
        cases: Derivations from this result under a further condition, by that condition.
        assumptions: Further facts that hold here: the condition of a case.
        stable: The loss (``value``), its derivative (``derivative``; for several variables each
            part has its own) and each definition (by the name of its base) rewritten for
            floating point; what the kernels are made from.
        corrections: What was set right in the source.
        arrays: The result (``result``) and definitions (by the name of their base) written with
            whole vectors and matrices.
        layout: For such a form, how the entries are put together.
    """

    problem: Problem
    name: str
    statement: Expr
    steps: tuple[Step, ...]
    definitions: tuple[Definition, ...] = ()
    lemmas: tuple[Derivation, ...] = ()
    parts: Mapping[str, Derivation] = field(default_factory=lambda: MappingProxyType({}))
    cases: Mapping[Expr, Derivation] = field(default_factory=lambda: MappingProxyType({}))
    assumptions: tuple[Fact, ...] = ()
    stable: Mapping[str, Derivation] = field(default_factory=lambda: MappingProxyType({}))
    corrections: tuple[Correction, ...] = ()
    arrays: Mapping[str, Derivation] = field(default_factory=lambda: MappingProxyType({}))
    layout: Layout | None = None

    @property
    def closed_form(self) -> Expr:
        """The last expression, in inert notation; for several variables a ``Tuple`` of them."""
        if isinstance(self.statement, Tuple):
            return Tuple(*(result.closed_form for result in self.results))
        return self.steps[-1].after if self.steps else self.statement

    @property
    def results(self) -> tuple[Derivation, ...]:
        """What establishes the statement: parts, where it is one of several derivatives."""
        if not isinstance(self.statement, Tuple):
            return (self,)
        inner = [d for part in self.parts.values() for d in part.walk()]
        found = (next((d for d in inner if d.statement == s), None) for s in self.statement)
        return tuple(d for d in found if d is not None)

    @property
    def given(self) -> Given:
        """All that holds: the problem's facts and ranges, the case's condition, the definitions."""
        facts = (*self.problem.facts, *self.problem.ranges, *self.assumptions)
        return Given(facts, self.definitions)

    def walk(self) -> Iterator[Derivation]:
        """This derivation and all it contains: lemmas, parts, itself, cases, forms."""
        for lemma in self.lemmas:
            yield from lemma.walk()
        for part in self.parts.values():
            yield from part.walk()
        yield self
        for case in self.cases.values():
            yield from case.walk()
        for form in (*self.stable.values(), *self.arrays.values()):
            yield from form.walk()
