"""Every kind of check has an error that it must catch."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from losses import LOSSES, Loss, sampled
from sympy import Eq, IndexedBase, Integer, KroneckerDelta, Ne, Sum, exp, log, symbols

import derive
from derive.derivation import Derivation, Step
from derive.facts import EntryFact, IndexRange, PositiveFact, SumFact, UnequalFact
from derive.laws import LAWS, Law, law
from derive.notation import Delta, Exp, Log, Minus, Plus, Power, Quotient, Times, Total
from derive.problem import Problem
from derive.verify import Checker, Failure, check

C = symbols("C", integer=True, positive=True)
i, j, k, m, t = symbols("i j k m t", integer=True)
T = symbols("T", positive=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
p = lambda at: exp(z[at]) / Sum(exp(z[j]), (j, 1, C))
cross = -Sum(y[i] * log(p(i)), (i, 1, C))
soft = Eq(Sum(y[i], (i, 1, C)), 1)
RANGE = IndexRange(k, Integer(1), C)
S = Total(Exp(z[j]), (j, 1, C))
Y = Total(y[i], (i, 1, C))


@pytest.fixture(scope="module")
def right() -> Derivation:
    return derive.gradient(cross, z[k], given=[soft])


@pytest.fixture(scope="module")
def jacobian() -> Derivation:
    return derive.jacobian(p(i), z[k])


def failures(derivation: Derivation, kind: str) -> list[Failure]:
    return [f for f in check(derivation).failures if f.check == kind]


def lone(
    before, after, facts=(), known=(), claim: Law | None = None, lemma=None
) -> tuple[Failure, ...]:
    """Check one step, ``before = after``, under a law of its own that says just this."""
    ranges = tuple(IndexRange(index, Integer(1), C) for index in (k, m, t))
    problem = Problem("lone", "gradient", before, before, (z[k],), tuple(known), ranges=ranges)
    step = Step("lone", before, after, ((),), tuple(facts), lemma)
    derivation = Derivation(problem, "lone", before, (step,))
    LAWS["lone"] = claim or law(before, after)
    try:
        return Checker(derivation).step_failures(derivation, 1, step)
    finally:
        del LAWS["lone"]


def kinds(found: tuple[Failure, ...]) -> set[str]:
    return {f.check for f in found}


# Exact -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [
        # Right for one class only; for one and three classes; everywhere but at k = m.
        (Quotient(Exp(z[k]), S), Integer(1), 2),
        (Total(Integer(1), (i, 1, C)), Power(C, 2), 2),
        (Total(Times(Delta(i, k), z[i]), (i, 1, C)), z[k] + 1, 1),
        (Delta(k, m), Integer(0), 1),
        (Total(z[i], (i, 1, C)), Total(z[i], (i, 2, C)), 1),
    ],
)
def test_exact_values(before, after, size: int) -> None:
    (failure,) = [f for f in lone(before, after) if f.check == "exact"]
    assert dict(failure.counterexample.sizes) == {"C": size}
    assert f"C = {size}" in str(failure)


def test_the_counterexample_is_the_first_index_that_differs() -> None:
    (failure,) = lone(Times(Delta(k, 3), z[k]), Integer(0))
    assert dict(failure.counterexample.sizes) == {"C": 3}
    assert dict(failure.counterexample.indices)["k"] == 3


def test_labels_are_free_unless_a_fact_is_named() -> None:
    one = SumFact(Y, Integer(1))
    assert kinds(lone(Times(Y, z[k]), z[k], known=[one])) == {"exact"}
    assert not lone(Times(Y, z[k]), z[k], [one], known=[one])
    assert kinds(lone(y[k], Delta(k, t), known=[EntryFact(y[i], Delta(i, t))])) == {"exact"}
    one_hot = EntryFact(y[i], Delta(i, t))
    assert not lone(y[k], Delta(k, t), [one_hot], known=[one_hot])
    # Soft labels show what one-hot labels hide.
    assert kinds(lone(Power(y[k], 2), y[k], [one], known=[one])) == {"exact"}
    assert not lone(Power(y[k], 2), y[k], [one_hot], known=[one_hot])


def test_conditions_on_indices_hold_where_they_are_named() -> None:
    apart = UnequalFact(k, m)
    assert kinds(lone(Delta(k, m), Integer(0), known=[apart])) == {"exact"}
    assert not lone(Delta(k, m), Integer(0), [apart], known=[apart])


def test_a_check_that_never_runs_fails() -> None:
    never = UnequalFact(k, k)
    (failure,) = lone(z[k], Integer(0), [never], known=[never])
    assert failure.check == "exact" and "no" in failure.sentence


def test_signs_are_facts() -> None:
    positive = PositiveFact(z[k])
    root = Power(Power(z[k], 2), Integer(1) / 2)
    assert "exact" in kinds(lone(root, z[k]))
    assert not lone(root, z[k], [positive], known=[positive])


# Random points -----------------------------------------------------------------------------


def test_random_points_see_what_is_never_real() -> None:
    found = lone(Log(Minus(Exp(z[k]))), z[k])
    assert kinds(found) == {"sampled"} and "real" in found[0].sentence


# Laws --------------------------------------------------------------------------------------


def test_a_true_step_under_another_law_is_refused() -> None:
    found = lone(Plus(z[k], 0), z[k], claim=law(Exp(Log(T)), T))
    assert kinds(found) == {"law"}


def test_an_all_purpose_rule_is_refused() -> None:
    from derive.laws import Meta

    for claim in (law(Meta("a"), Meta("a")), law(Exp(Meta("a")), Meta("b"))):
        assert kinds(lone(Exp(z[k]), Exp(z[k]), claim=claim)) == {"law"}


def test_a_rule_without_a_law_is_refused(right: Derivation) -> None:
    step = replace(right.steps[0], rule="simplify", substeps=())
    found = Checker(right).step_failures(right, 1, step)
    assert any("no law is known" in f.sentence for f in found)


# Facts, lemmas -----------------------------------------------------------------------------


def test_an_undeclared_fact_is_refused() -> None:
    one = SumFact(Y, Integer(1))
    assert kinds(lone(Times(Y, z[k]), z[k], [one])) == {"facts"}


def test_a_lemma_has_to_be_there(right: Derivation) -> None:
    assert right.lemmas and any(s.lemma for s in right.steps)
    assert failures(replace(right, lemmas=()), "law")


def test_a_lemma_has_to_be_proved(right: Derivation) -> None:
    (lemma,) = right.lemmas
    unproved = replace(lemma, steps=lemma.steps[:2])
    assert not check(replace(right, lemmas=(unproved,))).ok


def test_a_lemma_must_not_rest_on_itself(jacobian: Derivation) -> None:
    step = Step(
        "apply_lemma",
        jacobian.statement,
        jacobian.closed_form,
        ((),),
        jacobian.definitions,
        jacobian.name,
    )
    circular = replace(jacobian, steps=(step,))
    assert failures(circular, "law")
    assert failures(replace(circular, lemmas=(circular,)), "law")


def test_what_a_lemma_assumes_counts() -> None:
    """The second derivative cites a gradient that holds for labels with the sum 1."""
    d = derive.hessian(cross, z[k], z[m], given=[soft])
    assert check(d).ok
    without = replace(d.problem, facts=())
    assert failures(replace(d, problem=without), "facts")


# The chain ---------------------------------------------------------------------------------


def test_steps_have_to_meet(right: Derivation) -> None:
    steps = right.steps
    assert failures(replace(right, steps=(*steps[:2], *steps[3:])), "chain")
    assert failures(replace(right, steps=steps[1:]), "chain")


def test_nothing_changes_outside_of_the_named_places(right: Derivation) -> None:
    step = right.steps[2].atoms[0]
    moved = replace(step, substeps=(), positions=((0, 0, 0),))
    found = Checker(right).step_failures(right, 3, moved)
    assert any(f.check == "chain" and "more than" in f.sentence for f in found)
    nowhere = replace(step, substeps=(), positions=())
    assert any("which parts" in f.sentence for f in Checker(right).step_failures(right, 3, nowhere))


def test_substeps_have_to_meet(right: Derivation) -> None:
    number, step = next((n, s) for n, s in enumerate(right.steps, 1) if len(s.substeps) > 1)
    checker = Checker(right)
    for broken, said in (
        (replace(step, substeps=step.substeps[1:]), "not connected"),
        (replace(step, substeps=step.substeps[:-1]), "end where it ends"),
        (replace(step, rule="drop_nothing"), "none of its parts"),
        (replace(step, facts=()), "does not name"),
    ):
        if said == "does not name" and not step.facts:
            continue
        found = checker.step_failures(right, number, broken)
        assert any(f.check == "chain" and said in f.sentence for f in found), said


def test_the_statement_is_what_was_asked(right: Derivation) -> None:
    other = replace(right.problem, variables=(z[m],))
    assert failures(replace(right, problem=other), "statement")
    source = replace(right.problem, source=2 * right.problem.source)
    found = failures(replace(right, problem=source), "statement")
    assert found and "handed in" in found[0].sentence


def test_a_definition_is_not_made_up(right: Derivation) -> None:
    q = IndexedBase("q", shape=(C,))
    d = derive.gradient(-Sum(y[i] * log(q[i]), (i, 1, C)), z[k], where=[Eq(q[i], p(i))])
    assert check(d).ok
    (own,) = d.definitions
    other = replace(own, value=Exp(z[own.indices[0]]))
    assert failures(replace(d, definitions=(other,)), "statement")
    taken = replace(own, entry=y[own.indices[0]])
    assert failures(replace(right, definitions=(taken,)), "statement")
    circle = replace(own, value=q[own.indices[0]])
    assert failures(replace(d, definitions=(circle,)), "statement")


def test_the_result_has_no_derivative_left(right: Derivation) -> None:
    assert failures(replace(right, steps=right.steps[:3], stable=MappingProxyType({})), "result")


def test_cases_cover_everything(jacobian: Derivation) -> None:
    equal, other = jacobian.cases[Eq(i, k)], jacobian.cases[Ne(i, k)]
    keys = list(jacobian.cases)
    for cases in (
        {keys[0]: equal},
        {keys[0]: other, keys[1]: equal},
        {keys[0]: equal, keys[1]: replace(other, statement=z[k])},
        {keys[0]: equal, keys[1]: replace(other, assumptions=())},
    ):
        assert failures(replace(jacobian, cases=cases), "cases")


def test_stable_forms_start_from_what_they_replace(right: Derivation) -> None:
    forms = dict(right.stable)
    forms["value"] = forms["derivative"]
    assert failures(replace(right, stable=forms), "statement")


# What is right -----------------------------------------------------------------------------


def derived(loss: Loss) -> Derivation:
    if loss.kind == "gradient":
        return derive.gradient(loss.expression, loss.variables, loss.given, loss.where)
    return getattr(derive, loss.kind)(
        loss.expression, *loss.variables, given=loss.given, where=loss.where
    )


@pytest.mark.parametrize("name", sampled(LOSSES))
def test_no_true_step_is_refused(name: str) -> None:
    report = check(derived(LOSSES[name]))
    assert report.level == "exact", "\n".join(map(str, report.failures))


def test_the_report_is_a_table(right: Derivation) -> None:
    report = check(right)
    text = str(report)
    assert report.ok and report.failures == () and len(report.rows) > 20
    assert all(row.ok and row.parts and row.exact for row in report.rows)
    assert text.endswith(f"level: exact; {len(report.rows)} steps, exact at C = 1, 2, 3, 5")
    assert "differentiate_log" in text or "apply_lemma" in text


def test_one_hot_labels_of_a_batch() -> None:
    N = symbols("N", integer=True, positive=True)
    n = symbols("n", integer=True)
    s, Y2, tn = (IndexedBase(a, shape=b) for a, b in (("s", (N, C)), ("Y", (N, C)), ("t", (N,))))
    softmax = exp(s[n, i]) / Sum(exp(s[n, j]), (j, 1, C))
    loss = -Sum(Y2[n, i] * log(softmax), (i, 1, C), (n, 1, N)) / N
    d = derive.gradient(loss, s[m, k], given=[Eq(Y2[n, i], KroneckerDelta(i, tn[n]))])
    assert check(d).level == "exact"


@pytest.mark.needs("lark")
def test_one_letter_may_run_through_two_vectors() -> None:
    found = derive.gradient("softplus(sum(a[i], i=1..N) - sum(b[j], j=1..M))", ["a[k]", "b[k]"])
    assert found.check().level == "exact"
