"""From a derivation to the text of its proof."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from derive.derivation import Derivation
from derive.facts import Fact, SizeFact
from derive.formal.anchors import anchor_of, theorems_in
from derive.formal.assumptions import assumptions
from derive.formal.domain import domain_of
from derive.formal.header import Written, header
from derive.formal.hypotheses import Hypothesis, of_fact, of_sign, of_size, speaks_of
from derive.formal.sections import Section
from derive.formal.terms import (
    Scope,
    definition_name,
    function_name,
    ingredients,
    label,
    term,
    variable_name,
)
from derive.formal.text import Mark, Text
from derive.formal.witness import Witness, in_exponents, in_limits, values
from derive.formal.world import World
from derive.laws import Condition

# What entries are and what parameters are, where nothing is declared of them; whether those under
# exponentials are zero, though something else that is made of them may then be zero too; whether
# no two entries are equal, which makes for long numbers; and whether indices at which a sum begins
# or ends are 2, so that there is something before them.
TRIED = (
    (1, "2", False, False, False),
    (0, "2", False, False, False),
    (0, "(1 / 8)", False, False, False),
    (0, "2", True, False, False),
    (0, "(1 / 8)", True, False, False),
    (1, "2", False, True, False),
    (1, "2", False, False, True),
    (0, "2", False, False, True),
)


@dataclass(frozen=True)
class Exported:
    """A proof as text.

    Attributes:
        text: The file.
        marks: Which lines stand for which step.
        unproved: Atoms that have no formal counterpart: the file assumes them, at its top.
        theorems: Names of the theorems that close it.
        assumed: What is assumed so that everything shown has a value.
        narrower: What is assumed besides, as Coq's real power of 0 is 1.
    """

    text: str
    marks: tuple[Mark, ...]
    unproved: tuple[Mark, ...]
    theorems: tuple[str, ...]
    assumed: tuple[Condition, ...] = ()
    narrower: tuple[Condition, ...] = ()


def export(derivation: Derivation) -> Exported:
    """The formal proof of a derivation, of all its lemmas, parts, cases and forms."""
    return Exporter(derivation).exported()


class Exporter:
    """Writes one file.

    Attributes:
        world: What the file is about.
        facts, lemmas: What declared facts and derivations are called in it.
    """

    def __init__(self, root: Derivation) -> None:
        self._root = root
        self.world = World(root)
        self._text = Text()
        self.facts: dict[Fact, str] = {}
        self.lemmas: dict[str, str] = {}
        self._theorems: list[str] = []
        self._unproved: list[Mark] = []
        self._assumed: list[Hypothesis] = []
        self._borrowed: list[Hypothesis] = []
        self._borrowed_by: dict[int, list[Hypothesis]] = {}
        self._fixed: list[Expr] = []
        self._written: list[Written] = []
        self._conditions: list[Condition] = []
        self._narrower: list[Condition] = []
        self._forms = {
            id(inner) for d in root.walk() for form in d.stable.values() for inner in form.walk()
        }

    def exported(self) -> Exported:
        name = self.world.names.of("file", f"file {self._root.problem.name}")
        anchor = anchor_of(self._root)
        # At the top: what is loaded later would hide theorems of the same name.
        library = "Plain" if anchor is not None else "Rules"
        self._text.write(f"From Derive Require Import {library}.", "", f"Section {name}.", "")
        self._common()
        self._define()
        for derivation in self.world.derivations:
            self._derivation(derivation)
        self._text.write("", f"End {name}.")
        if not self._borrowed:
            self._witnesses()
        if anchor is not None:
            words = "(** In Coquelicot's words alone, written by hand. *)"
            self._text.write("")
            self._text.marked(self._root.name, 0, "anchor", words, "", anchor)
            self._theorems += theorems_in(anchor)
        text, marks = self._text.below(
            header(self._root, self._written, self._assumed, self._borrowed, self._theorems)
        )
        return Exported(
            text,
            marks,
            tuple(self._unproved),
            tuple(self._theorems),
            tuple(dict.fromkeys(self._conditions)),
            tuple(c for c in dict.fromkeys(self._narrower) if c not in self._conditions),
        )

    # What is the same in the whole file

    def _common(self) -> None:
        world = self.world
        scope = Scope((), world.varying, world.names)
        used: set[Expr] = set()
        for derivation in world.derivations:
            used |= world.symbols(derivation)
        fixed = [b for b in used if b not in world.varying and b not in world.sizes]
        self._fixed = [*sorted(world.sizes, key=label), *sorted(fixed, key=label)]
        self._variables(sorted(world.sizes, key=label), scope)
        self._variables(sorted(fixed, key=label), scope)
        found = [h for b in sorted(fixed, key=label) if (h := self._sign(b, scope)) is not None]
        facts = tuple(f for f in world.facts if not isinstance(f, SizeFact))
        found += self._facts_about(facts, frozenset(used) - world.varying, scope)
        self._assume(found)
        self._functions(scope)

    def _functions(self, scope: Scope) -> None:
        """Functions that Coq's library lacks."""
        for applied in self.world.functions:
            kind = " -> ".join(["R"] * (len(applied.operands) + 1))
            self._text.write(f"Variable {function_name(applied, scope)} : {kind}.")

    def _variables(self, symbols: list[Expr], scope: Scope) -> None:
        for line in self._declared(symbols, scope):
            self._text.write(line)

    def _declared(self, symbols: list[Expr], scope: Scope) -> list[str]:
        kinds: dict[str, list[str]] = {}
        for symbol in symbols:
            kinds.setdefault(self.world.kind(symbol), []).append(variable_name(symbol, scope))
        return [
            f"Variable{'s' * (len(own) > 1)} {' '.join(own)} : {kind}."
            for kind, own in kinds.items()
        ]

    def _sign(self, symbol: Expr, scope: Scope) -> Hypothesis | None:
        return of_sign(symbol, scope) if self.world.kind(symbol) == "R" else None

    def _assume(self, hypotheses: list[Hypothesis]) -> None:
        self._text.write(*(h.line for h in hypotheses))
        self._assumed += hypotheses

    def _facts_about(
        self, facts: tuple[Fact, ...], symbols: frozenset[Expr], scope: Scope
    ) -> list[Hypothesis]:
        """Facts all of whose arrays and parameters are among ``symbols``, as hypotheses."""
        found = []
        for fact in facts:
            if not speaks_of(fact, self.world) <= symbols:
                continue
            hypothesis = of_fact(fact, scope, self.world.sizes)
            if hypothesis is not None:
                name = self.world.names.of(("hypothesis", fact), hypothesis.name)
                self.facts[fact] = name
                found.append(Hypothesis(name, hypothesis.text))
        return found

    # Definitions

    def _define(self) -> None:
        defined = []
        for definition, derivation in self.world.definitions():
            scope = self.world.scope(derivation)
            name = definition_name(definition, scope)
            made_of = ingredients(definition, scope)
            for base in made_of:
                scope = scope.moved(base, variable_name(base, scope))
            binders = [(variable_name(b, scope), self.world.kind(b)) for b in made_of]
            binders += [(variable_name(i, scope), "nat") for i in definition.indices]
            arguments = "".join(f" ({n} : {kind})" for n, kind in binders)
            value = term(definition.value, scope)
            self._text.write(f"Definition {name}{arguments} : R :=", f"  {value}.")
            defined.append(name)
        if defined:
            self._text.write(f"#[local] Hint Unfold {' '.join(defined)} : derive.")

    # Derivations

    def _derivation(self, derivation: Derivation) -> None:
        world, scope = self.world, self.world.scope(derivation)
        name = world.names.of(("section", id(derivation)), derivation.name)
        whole = self._whole(derivation)
        parent = None if whole is None else world.names.of(("section", id(whole)), whole.name)
        symbols = world.symbols(derivation)
        if parent is not None:
            asked = derivation.problem.statement
            symbols |= world.ingredients(asked, derivation.definitions)
        own = [s for s in symbols if s in world.varying]
        arrays = sorted((s for s in own if not s.is_integer), key=label)
        indices = sorted((s for s in own if s.is_integer), key=label)
        lines = self._declared([*arrays, *indices], scope)
        hypotheses = [of_size(s, scope) for s in sorted(symbols & world.sizes, key=label)]
        hypotheses += self._facts_about(world.least(derivation), symbols, scope)
        hypotheses += [h for s in arrays if (h := self._sign(s, scope)) is not None]
        for fact in (
            *derivation.problem.ranges,
            *derivation.problem.facts,
            *derivation.assumptions,
        ):
            about = speaks_of(fact, self.world)
            if about & world.varying and about <= symbols:
                hypotheses += self._facts_about((fact,), symbols, scope)
            elif fact in derivation.assumptions:
                hypotheses += self._facts_about((fact,), about, scope)
        domain = domain_of(derivation, name, scope, whole)
        if id(derivation) not in self._forms:
            self._conditions += domain.conditions
            self._narrower += domain.narrower
        borrowed, places = assumptions(derivation, name, world)
        if whole is not None:
            # The theorem of the whole, which a case uses, has these as its premises.
            borrowed += self._borrowed_by[id(whole)]
        hypotheses += [*borrowed, *domain.assumed]
        self._borrowed_by[id(derivation)] = borrowed
        self._borrowed += [h for h in borrowed if h not in self._borrowed]
        section = Section(self._text, world, derivation, name, self.facts, self.lemmas, places)
        proved = section.write(lines, hypotheses, domain.seen, parent)
        self.lemmas[derivation.name] = proved.equation
        self._theorems.append(proved.theorem)
        self._unproved += section.unproved
        self._written.append(
            Written(
                derivation,
                name,
                (*arrays, *indices),
                tuple(hypotheses),
                domain.about,
                domain.apart,
                domain.untied,
            )
        )

    # That the hypotheses can hold

    def _witnesses(self) -> None:
        """Lemmas that show numbers for which hypotheses hold, those of several theorems at once."""
        claims = {
            id(one): dict.fromkeys(h.written_out for h in (*self._assumed, *one.hypotheses))
            for one in self._written
        }
        done: list[frozenset[str]] = []
        found: list[Witness] = []
        for one in self._written:
            own = frozenset(claims[id(one)])
            if not own or own in done or any(own < frozenset(other) for other in claims.values()):
                continue
            done.append(own)
            witness = self._witness(one, tuple(claims[id(one)]))
            joined = next((n for n, w in enumerate(found) if w.agrees_with(witness)), None)
            if joined is None:
                found.append(witness)
            else:
                found[joined] = found[joined].joined_to(witness)
        for witness in found:
            self._text.marked(self._root.name, 0, "witness", "", *witness.lines)

    def _witness(self, one: Written, claims: tuple[str, ...]) -> Witness:
        world = self.world
        scope = Scope((), world.varying, world.names)
        everything = (*self._fixed, *one.symbols)
        facts = tuple(
            f
            for f in (*world.facts, *one.derivation.assumptions)
            if speaks_of(f, world) <= frozenset(everything)
        )
        problem = one.derivation.problem
        shown = (problem.expression, *(d.value for d in one.derivation.definitions))
        exponents = frozenset().union(*map(in_exponents, shown))
        limits = frozenset().union(*map(in_limits, shown)) - world.sizes
        nothing: frozenset[Expr] = frozenset()
        arrays = {base for written in self._written for base in (*self._fixed, *written.symbols)}
        free = frozenset(arrays).difference(
            world.integer_arrays, *(speaks_of(f, world) for f in world.facts)
        )
        tried = []
        for entry, number, vanish, differ, later in TRIED:
            apart, untied = (free, free) if differ else (one.apart, one.untied)
            asked = (everything, facts, one.about, nothing if vanish else apart, untied)
            zero = exponents if vanish else nothing
            second = limits if later else nothing
            found = values(*asked, scope, world.integer_arrays, entry, number, zero, second)
            tried.append(tuple(found))
        alone = bool(one.about or one.apart or one.untied)
        return Witness((one.name,), claims, tuple(tried), alone)

    def _whole(self, derivation: Derivation) -> Derivation | None:
        """What a derivation is a case of."""
        for known in self._root.walk():
            if any(derivation is case for case in known.cases.values()):
                return known
        return None
