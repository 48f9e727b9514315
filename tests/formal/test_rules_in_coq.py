"""Every rule has its tactic: it proves the rule's example, and nothing that is wrong.

The examples of all rules are exported as one derivation with a part for each.
"""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest
from judge import is_error
from mutations import CHANGES, Mutation, ending
from planted import accepted, answer, with_planted
from sympy import Expr, Tuple

import derive.formal
from derive.derivation import Derivation, Step
from derive.facts import EqualFact, Lemma, UnequalFact
from derive.formal import export
from derive.formal.library import library
from derive.laws import Source
from derive.notation import Partial
from derive.problem import Problem
from derive.resources import template_root
from derive.rules import RULES, Rewriting, Rule, samples
from derive.strategy.plan import derive_definition

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)


def problem_of(rule: Rule, expression: Expr) -> Problem:
    """A problem in which nothing but the rule's example happens."""
    given = rule.example.given
    declared = tuple(f for f in given.facts if not isinstance(f, (EqualFact, UnequalFact)))
    kind = "jacobian" if isinstance(expression, Partial) else "value"
    operand = expression.operand if isinstance(expression, Partial) else expression
    variables = (expression.variable,) if isinstance(expression, Partial) else ()
    return Problem(
        rule.name,
        kind,
        operand,
        operand,
        variables,
        tuple(f for f in declared if f not in samples.ranges),
        given.definitions,
        samples.ranges,
    )


def lemma_of(rule: Rule, lemma: Lemma) -> Derivation:
    """A derivation of a lemma that an example cites."""
    problem = problem_of(rule, lemma.before)
    if isinstance(lemma.before, Partial):
        return derive_definition(problem, problem.definitions, lemma.name)
    step = Step("pull_out_sign", lemma.before, lemma.after, ((),))
    return Derivation(problem, lemma.name, lemma.before, (step,), problem.definitions)


def example_of(rule: Rule) -> Derivation:
    """The rule's example as a derivation of one step."""
    before, given = rule.example.expression, rule.example.given
    outcome = rule.function(before, given)
    assert outcome is not None
    rewriting = outcome if isinstance(outcome, Rewriting) else Rewriting(outcome)
    step = Step(rule.name, before, rewriting.after, ((),), rewriting.facts, rewriting.lemma)
    conditions = (*given.facts, *given.equal, *given.apart)
    assumed = tuple(f for f in conditions if isinstance(f, (EqualFact, UnequalFact)))
    problem = problem_of(rule, before)
    lemmas = tuple(lemma_of(rule, lemma) for lemma in given.lemmas)
    return Derivation(
        problem, rule.name, before, (step,), given.definitions, lemmas, assumptions=assumed
    )


@cache
def examples() -> Derivation:
    parts = {rule.name: example_of(rule) for rule in RULES.values()}
    problem = Problem("examples", "value", samples.z[1], samples.z[1], (), (), (), samples.ranges)
    return Derivation(problem, "examples", Tuple(), (), (), parts=MappingProxyType(parts))


def tactics() -> set[str]:
    text = "\n".join(library().values())
    return set(re.findall(r"^(?:Ltac|with) (\w+)", text, re.MULTILINE))


@every_rule
def test_has_a_tactic(rule: Rule) -> None:
    assert rule.formal in tactics()


def test_a_rule_without_a_tactic_is_found() -> None:
    with pytest.raises(AssertionError):
        test_has_a_tactic(replace(RULES["drop_zero"], formal="drop_anything"))


@pytest.mark.needs("coqc")
def test_examples_are_proved(tmp_path: Path) -> None:
    exported = export(examples())
    assert {mark.rule for mark in exported.unproved} <= {
        "differentiate_function",
        "differentiate_in_first",
        "differentiate_in_second",
        "differentiate_function_of_two",
    }
    said = answer(exported.text, tmp_path)
    assert said.ok, said.errors


def wrong_variants() -> list[Mutation]:
    """Every way in which one node of what an example ends in can be another."""
    found = []
    for rule in RULES.values():
        derivation = examples().parts[rule.name]
        (step,) = derivation.steps
        for kind, change in CHANGES.items():
            for after in change(step.after, [r.index for r in samples.ranges]):
                if after is not None and after != step.after:
                    found.append(Mutation(kind, derivation, 1, ending(step, after)))
    return found


@pytest.mark.slow
@pytest.mark.needs("coqc")
def test_wrong_variants_are_rejected(tmp_path: Path) -> None:
    planted = wrong_variants()
    text, count = with_planted(examples(), planted)
    assert count >= 0.95 * len(planted)
    said = answer(text, tmp_path)
    assert said.ok, said.errors
    taken = [planted[n] for n in accepted(said)]
    wrong = [str(m) for m in taken if is_error(m, m.derivation, outside=False)]
    print(f"{count} changed steps, {len(taken)} accepted, {len(wrong)} of them wrong")
    assert not wrong, "\n".join(wrong)


def test_every_source_of_laws_is_among_the_examples() -> None:
    assert {rule.law for rule in RULES.values() if isinstance(rule.law, Source)} == set(Source)


def test_every_lemma_of_the_library_is_used() -> None:
    """By another one, a tactic, the exporter, or a statement that is written by hand."""
    text = "\n".join(library().values())
    anchors = (template_root() / "formal" / "anchors").iterdir()
    exporter = Path(derive.formal.__file__).parent.glob("*.py")
    used = text + "".join(file.read_text("utf-8") for file in (*anchors, *exporter))
    # These say what our words mean in those of Coquelicot.
    readings = {"is_pd_vec", "is_pd_mat", "is_pd_scalar"}
    names = set(re.findall(r"^(?:Lemma|Definition|Fixpoint) (\w+)", text, re.MULTILINE))
    unused = {name for name in names if len(re.findall(rf"\b{name}\b", used)) < 2}
    assert unused - readings == set()
