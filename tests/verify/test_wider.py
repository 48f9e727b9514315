"""No true step is refused: awkward losses, empty sums, domains that random points rarely hit."""

import pytest
from losses import LOSSES, C, Loss, i, j, k, over, sampled, w, y, z
from sympy import Gt, Sum, exp, log
from wider import WIDER

import derive
from derive.derivation import Derivation
from derive.laws import LAWS, law
from derive.notation import Exp, Log, Plus
from derive.verify import Report, check


def derived(loss: Loss) -> Derivation:
    if loss.kind == "gradient":
        return derive.gradient(loss.expression, loss.variables, loss.given, loss.where)
    verb = derive.jacobian if loss.kind == "jacobian" else derive.hessian
    return verb(loss.expression, *loss.variables, loss.given, loss.where)


def test_the_two_zoos_are_apart() -> None:
    assert not WIDER.keys() & LOSSES.keys()


@pytest.mark.parametrize("name", sampled(WIDER))
def test_no_true_step_of_an_awkward_loss_is_refused(name: str) -> None:
    report = check(derived(WIDER[name]))
    assert report.ok, "\n".join(map(str, report.failures))


# What is said where it fails ---------------------------------------------------------------


@pytest.fixture
def nowhere() -> Report:
    """The report on a loss that is real for no values at all, which cannot be seen."""
    return check(derive.gradient(over(log(z[i] - 2 * z[i] ** 2 * exp(z[i]) - 2)), z[k]))


def test_values_that_are_not_found_speak_against_nothing(nowhere: Report) -> None:
    (failure,) = nowhere.failures
    assert nowhere.level == "undecided" and not nowhere.ok
    assert failure.sentence.startswith("no random values were found")
    assert "says nothing against it" in failure.sentence and "w[i] > 0" in failure.sentence


def test_a_declared_sign_helps_to_find_values() -> None:
    loss = over(log(w[i] * y[i]))
    assert check(derive.gradient(loss, y[k], given=[Gt(w[i], 0), Gt(y[i], 0)])).level == "exact"


def refused(monkeypatch: pytest.MonkeyPatch, claim: object) -> str:
    """The sentence on a true step whose rule claims something else."""
    monkeypatch.setitem(LAWS, "differentiate_log", claim)
    report = check(derive.gradient(log(Sum(exp(z[j]), (j, 1, C))), z[k]))
    return next(f.sentence for f in report.failures if f.check == "law")


def test_a_true_step_by_another_rule_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, law(Log(Exp(z[k])), z[k]))
    assert "not by this rule: that is a fault of Derive" in said


def test_sentences_name_expressions_as_people_do(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, law(Plus(z[k], 0), z[k]))
    assert "log(Sum(exp(z[j]), (j, 1, C)))" in said
    assert "Partial(" not in said and "[_" not in said
