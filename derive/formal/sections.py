"""A derivation as a section: variables, hypotheses, a lemma for each step, the theorem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.derivation import Derivation, Step
from derive.facts import Fact
from derive.formal.assumptions import Places
from derive.formal.hypotheses import Hypothesis
from derive.formal.shown import shown
from derive.formal.steps import proof
from derive.formal.terms import derivative, function_of, term
from derive.formal.text import Mark, Text
from derive.formal.world import World
from derive.notation import Inert, Partial


@dataclass(frozen=True)
class Proved:
    """What a section leaves behind: its equation, and the theorem where that is a derivative."""

    equation: str
    theorem: str


class Section:
    """Writes one derivation."""

    def __init__(
        self,
        text: Text,
        world: World,
        derivation: Derivation,
        name: str,
        facts: dict[Fact, str],
        lemmas: dict[str, str],
        assumed: Places,
    ) -> None:
        self._text = text
        self._world = world
        self._derivation = derivation
        self._name = name
        self._facts = facts
        self._lemmas = lemmas
        self._assumed = assumed
        self._scope = world.scope(derivation)
        self.unproved: list[Mark] = []

    def write(
        self,
        variables: list[str],
        hypotheses: list[Hypothesis],
        domain: Sequence[str],
        parent: str | None,
    ) -> Proved:
        """Write the section.

        ``domain`` is what holds wherever the hypotheses do; ``parent`` is the theorem that a case
        rests on.
        """
        self._text.write("", f"Section {self._name}.")
        self._text.write(*variables, *(h.line for h in hypotheses))
        if domain:
            self._text.write("", "(* No division by zero, no logarithm of what is not positive. *)")
        for number, claim in enumerate(domain, start=1):
            line = f"Lemma {self._name}_domain_{number} : {claim}."
            by = "nonzero" if claim.endswith("<> 0") else "positive"
            self._text.marked(
                self._derivation.name, 0, "domain", line, f"Proof. intros; {by}. Qed."
            )
        names = []
        for number, step in enumerate(self._derivation.steps, start=1):
            names.append(self._step(number, step))
        proved = self._closing(names, parent)
        self._text.write(f"End {self._name}.")
        if proved.theorem != proved.equation:
            self._text.write(f"#[local] Hint Resolve {proved.theorem} : derivatives.")
        return proved

    def _step(self, number: int, step: Step) -> str:
        name = f"{self._name}_{number}"
        scope, text = self._scope, self._text
        text.write("", f"(* {number}. {step.rule}", f"   {shown(step.after)} *)")
        sides = term(step.before, scope), term(step.after, scope)
        text.write(f"Lemma {name} :", f"  {sides[0]}", f"  = {sides[1]}.", "Proof.")
        atoms = step.atoms
        for atom in atoms:
            through = f"transitivity ({term(atom.after, scope)}); " if atom is not atoms[-1] else ""
            found = proof(atom, self._facts, self._lemmas, scope, self._assumed)
            line = f"  {through}[{found} |]." if through else f"  {found}."
            mark = text.marked(self._derivation.name, number, atom.rule, line)
            if any((atom, path) in self._assumed for path in atom.positions):
                self.unproved.append(mark)
        text.write("Qed.")
        return name

    def _closing(self, names: list[str], parent: str | None) -> Proved:
        """The equation of both ends, and that it is the derivative."""
        derivation, scope = self._derivation, self._scope
        statement, result = derivation.statement, derivation.closed_form
        chain = names[-1]
        for name in reversed(names[:-1]):
            chain = f"(eq_trans {name} {chain})"
        chain = chain[1:-1] if chain.startswith("(") else chain
        own = "_equation" if isinstance(statement, Partial) or parent else ""
        equation = f"{self._name}{own}"
        kind = "Theorem" if not own else "Lemma"
        self._mark(
            "",
            f"{kind} {equation} :",
            f"  {term(statement, scope)}",
            f"  = {term(result, scope)}.",
            f"Proof. exact ({chain}). Qed.",
        )
        if not own:
            return Proved(equation, equation)
        return Proved(equation, self._theorem(equation, parent))

    def _theorem(self, equation: str, parent: str | None) -> str:
        derivation, scope = self._derivation, self._scope
        result = term(derivation.closed_form, scope, 9)
        if parent is not None:
            stated = derivation.problem.statement
            claim = f"  is_pd {derivative(stated, scope)}"
            line = f"Proof. apply (is_pd_as _ _ _ _ _ {equation}), {parent}; condition. Qed."
            self._mark("", f"Theorem {self._name} :", claim, f"    {result}.", line)
            return self._name
        statement = derivation.statement
        assert isinstance(statement, Partial)
        claim = f"  is_pd {derivative(statement, scope)}"
        lines = [
            "Proof.",
            f"  apply is_pd_intro; [| exact {equation}].",
            *self._existence(),
            "Qed.",
        ]
        self._mark("", f"Theorem {self._name} :", claim, f"    {result}.", *lines)
        return self._name

    def _existence(self) -> list[str]:
        """That the derivative exists; one of a derivative, by what that has been worked out to."""
        lines = []
        statement = self._derivation.statement
        for atom in (a for step in self._derivation.steps for a in step.atoms):
            pending = statement.operand
            if not (isinstance(pending, Inert) and Partial in pending.heads):
                break
            after = atom.after
            if not isinstance(after, Partial) or after.variable != statement.variable:
                break
            function = function_of(after.operand, after.variable, self._scope)
            way = proof(atom, self._facts, self._lemmas, self._scope, self._assumed, skip=1)
            lines.append(f"  exists_as {function}; [{way} |].")
            statement = after
        return [*lines, "  differentiable."]

    def _mark(self, *lines: str) -> None:
        self._text.marked(self._derivation.name, 0, "statement", *lines)
