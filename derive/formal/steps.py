"""Atomic steps as proofs: the way to each place, and the tactic of the rule there."""

from __future__ import annotations

from collections.abc import Mapping

from derive.derivation import Step
from derive.facts import EntryFact, Fact, SumFact
from derive.formal.places import Tactic, way
from derive.formal.terms import NoTerm, Scope
from derive.laws import Source
from derive.positions import Path
from derive.rules import RULES


def tactic(step: Step, facts: Mapping[Fact, str], lemmas: Mapping[str, str]) -> Tactic:
    """The tactic of the step's rule, with the hypothesis or the lemma that it cites.

    Raises ``NoTerm`` where the rule is unknown or what it cites has no name here.
    """
    rule = RULES.get(step.rule)
    if rule is None:
        raise NoTerm(f"the rule {step.rule}")
    if rule.law is Source.LEMMA:
        if step.lemma is None or step.lemma not in lemmas:
            raise NoTerm(f"the lemma {step.lemma}")
        return f"{rule.formal} {lemmas[step.lemma]}"
    if rule.law is Source.FACT:
        cited = [f for f in step.facts if isinstance(f, (SumFact, EntryFact))]
        named = [f"{rule.formal} {facts[f]}" for f in cited if f in facts]
        if not named:
            raise NoTerm(f"a fact that {step.rule} uses")
        return named[0] if len(named) == 1 else f"first [{' | '.join(named)}]"
    return rule.formal


def proof(
    step: Step,
    facts: Mapping[Fact, str],
    lemmas: Mapping[str, str],
    scope: Scope,
    assumed: Mapping[tuple[Step, Path], str] | None = None,
    skip: int = 0,
) -> Tactic:
    """The proof of an atomic step; without the first ``skip`` turns of its way, which lead there.

    ``assumed`` names the hypotheses for the places at which there is no proof.

    Raises ``NoTerm`` where there is none.
    """
    places = assumed or {}
    before, positions = step.before, step.positions
    turns = positions[0][:skip] if positions else ()
    for _ in range(skip):
        (turn,) = {p[0] for p in positions}
        before, positions = before.args[turn], tuple(p[1:] for p in positions)

    def leaf(path: Path) -> Tactic:
        known = places.get((step, (*turns, *path)))
        return tactic(step, facts, lemmas) if known is None else f"assumed {known}"

    return way(before, positions, leaf, scope)
