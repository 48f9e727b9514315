"""The only way to make a step: applying a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as with_changes

from sympy import Expr

from derive.derivation import Step
from derive.errors import DeriveError
from derive.facts import Fact, Given
from derive.notation import Bound, Opened, names
from derive.positions import change_everywhere, differences, survey
from derive.rules.registry import RULES, Rewriting, Rule

Where = Callable[[Expr, Given], bool]

# Reordering is left to the end: a sum is only put in order once it has been worked out.
LAST = ("reorder_terms", "reorder_factors")
TIDYING = tuple(r for r in RULES.values() if r.bookkeeping and r.name not in LAST)


class Trace:
    """An expression on its way, with the steps that were taken.

    ``direction`` is the entry of the vector that a Hessian is multiplied by, if it is.
    """

    def __init__(self, expression: Expr, given: Given, direction: Expr | None = None) -> None:
        self.expression = expression
        self.given = given
        self.direction = direction
        self.steps: list[Step] = []

    def apply(
        self, name: str, where: Where | None = None, innermost: bool = False, tidy: bool = True
    ) -> bool:
        """Apply a rule wherever it fires (and ``where`` agrees), tidy up, and record one step.

        Returns whether it fired anywhere.
        """
        first = self._atom(RULES[name], where, innermost)
        if first is None:
            return False
        self._record([first, *(self._tidy() if tidy else ())], first)
        return True

    def join(self, start: int, name: str | None = None) -> None:
        """Make one step for readers of those from ``start`` on.

        It is called after the rule ``name``, else after the first of them. At most one lemma may
        be cited in it.
        """
        atoms = [atom for step in self.steps[start:] for atom in step.atoms]
        if len(atoms) < 2:
            return
        del self.steps[start:]
        named = next(a for a in atoms if name is None or a.rule == name)
        self._record(atoms, named)

    def tag(self, tag: str) -> None:
        """Give the last step the number that a source gives it."""
        self.steps[-1] = with_changes(self.steps[-1], tag=tag)

    def _record(self, atoms: list[Step], named: Step) -> None:
        """One step for readers of one or several atoms, called after one of them."""
        if len(atoms) == 1:
            self.steps.append(atoms[0])
            return
        ends = atoms[0].before, atoms[-1].after
        whole = Step(
            rule=named.rule,
            before=ends[0],
            after=ends[1],
            positions=named.positions if atoms[0] is named else differences(*ends),
            facts=tuple(dict.fromkeys(f for a in atoms for f in a.facts)),
            lemma=next((a.lemma for a in atoms if a.lemma is not None), None),
            substeps=tuple(atoms),
        )
        self.steps.append(whole)

    def apply_first(self, names: tuple[str, ...]) -> bool:
        """Apply the first of several rules that fires; returns whether one did."""
        rule = self._first_to_fire(tuple(RULES[name] for name in names))
        return rule is not None and self.apply(rule.name)

    def _first_to_fire(self, rules: tuple[Rule, ...]) -> Rule | None:
        """The first of ``rules`` that fires anywhere, found in one walk for all of them."""
        heads = frozenset(head for rule in rules for head in rule.heads)
        anywhere = not all(rule.heads for rule in rules)
        best = len(rules)

        def look(node: Expr, given: Given) -> None:
            nonlocal best
            for rank, rule in enumerate(rules[:best]):
                fits = not rule.heads or type(node) in rule.heads
                if fits and rule.function(node, given) is not None:
                    best = rank
                    return

        survey(self.expression, self.given, look, frozenset() if anywhere else heads)
        return rules[best] if best < len(rules) else None

    def _atom(self, rule: Rule, where: Where | None, innermost: bool = False) -> Step | None:
        facts: list[Fact] = []
        lemmas: list[str] = []

        def change(node: Expr, given: Given) -> Expr | None:
            if where is not None and not where(node, given):
                return None
            outcome = rule.function(node, given)
            if isinstance(outcome, Rewriting):
                if outcome.lemma is not None:
                    lemmas.append(outcome.lemma)
                    if outcome.lemma != lemmas[0]:
                        return None  # a step cites one lemma; what another gives comes next
                facts.extend(outcome.facts)
                return outcome.after
            return outcome

        before = self.expression
        after, positions = change_everywhere(before, change, self.given, rule.heads, innermost)
        if not positions:
            return None
        if any(isinstance(s, (Bound, Opened)) for s in names(after)):
            raise DeriveError(
                f"the rule {rule.name} took an index out of its sum; this is a fault of Derive, "
                "please report it with the loss"
            )
        self.expression = after
        lemma = lemmas[0] if lemmas else None
        return Step(rule.name, before, after, positions, tuple(dict.fromkeys(facts)), lemma)

    def _tidy(self) -> list[Step]:
        atoms: list[Step] = []
        while (rule := self._first_to_fire(TIDYING)) is not None:
            atom = self._atom(rule, None, innermost=True)
            assert atom is not None, f"{rule.name} fires and does not"
            atoms.append(atom)
        return atoms
