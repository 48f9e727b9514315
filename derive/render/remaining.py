"""Beside each use of a fact: what would remain without it."""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr

from derive.derivation import Derivation, Step
from derive.render.document import Formula, Reference, Sentence
from derive.render.messages import Messages
from derive.render.names import Names
from derive.render.wishes import Wishes
from derive.strategy.remainder import remainder
from derive.verify.decide import Decider
from derive.verify.examine import all_ranges


class Remaining:
    """Works out what would remain, for one document, and checks it before it is said."""

    def __init__(self, derivation: Derivation, wishes: Wishes) -> None:
        self._known = (*derivation.lemmas, *derivation.parts.values())
        # A part may know less of sizes and ranges than its definitions need.
        self._problem = with_changes(derivation.problem, ranges=all_ranges(derivation))
        # On a worksheet it would give the answer away.
        self._silent = wishes.sheet == "worksheet"

    def sentence(
        self,
        step: Step,
        derivation: Derivation,
        left: Expr,
        line: Reference | None,
        messages: Messages,
        names: Names,
    ) -> Sentence:
        """What would remain without the facts that a step uses; nothing where it uses none.

        ``line`` is the line before the step.
        """
        found = None if self._silent else remainder(derivation, step, self._known)
        if found is None:
            return ()
        if line is not None and found == step.before:
            return (" ", *messages.sentence("text", "without_step", {"line": line}))
        decider = Decider(self._problem, derivation.definitions)
        goes_on = decider.compare(step.before, found, ()).equal
        if not goes_on and not decider.compare(derivation.statement, found, ()).equal:
            return ()
        slots = {"result": Formula((left, "=", found), names)}
        key = "without" if goes_on else "without_all"
        return (" ", *messages.sentence("text", key, slots))
