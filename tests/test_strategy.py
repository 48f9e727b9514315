"""Any loss goes through to a right result, by right steps, in the form a person would write."""

from __future__ import annotations

from functools import cache
from itertools import islice, pairwise
from typing import Any

import losses as zoo
import pytest
from losses import LOSSES, C, Loss, cross_entropy, i, j, k, m, one_hot, over, p, soft, t, y, z
from plain import CONTEXT, close, slope, value, worlds
from sympy import (
    Derivative,
    Eq,
    Expr,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Ne,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    Tuple,
    exp,
)
from sympy.core.basic import Basic

import derive
from derive.api import Derivation
from derive.catalogue import question
from derive.notation import Bound, Opened, Partial, heads, names

SIZES = [
    {"C": 1, "D": 2, "N": 2},
    {"C": 2, "D": 1, "N": 3},
    {"C": 3, "D": 2, "N": 1},
    {"C": 4, "D": 3, "N": 2},
]
PATIENCE = 60  # steps; more than this and no one reads it

every_loss = pytest.mark.parametrize("name", LOSSES)


def ask(loss: Loss) -> Derivation:
    if loss.kind == "gradient":
        wanted = loss.variables if len(loss.variables) > 1 else loss.variables[0]
        return derive.gradient(loss.expression, wanted, loss.given, loss.where)
    verb = getattr(derive, loss.kind)
    return verb(loss.expression, *loss.variables, given=loss.given, where=loss.where)


@cache
def derived(name: str) -> Derivation:
    return ask(LOSSES[name])


def several(result: Basic) -> tuple[Basic, ...]:
    return tuple(result) if isinstance(result, Tuple) else (result,)


def shown(derivation: Derivation) -> list[Derivation]:
    """All derivations of a document, without the forms that only kernels use."""
    forms = {id(inner) for d in derivation.walk() for f in d.stable.values() for inner in f.walk()}
    return [d for d in derivation.walk() if id(d) not in forms]


# Right results and right steps -------------------------------------------------------------------


@every_loss
@pytest.mark.parametrize(
    "sizes",
    [*SIZES[:1], *(pytest.param(s, marks=pytest.mark.slow) for s in SIZES[1:])],
    ids=lambda sizes: f"C={sizes['C']}",
)
def test_result_agrees_with_finite_differences(name: str, sizes: dict[str, int]) -> None:
    loss, derivation = LOSSES[name], derived(name)
    problem = derivation.problem
    statement = [loss.expression, *loss.variables, derivation.expanded]
    facts = (*problem.facts, *problem.ranges)
    compared = 0
    for world in worlds(statement, sizes, facts, problem.definitions):
        wanted = [slope(loss.expression, v, world) for v in problem.variables]
        if loss.kind == "hessian":
            first, second = loss.variables
            wanted = [slope(Partial(loss.expression, first), second, world)]
        if loss.kind == "hessian_vector":
            wanted = [value(problem.statement, world)]
        found = [value(e, world) for e in several(derivation.expanded)]
        assert all(map(close, found, wanted)), (world, found, wanted)
        for condition, case in derivation.cases.items():
            if condition.func(*(value(a, world) for a in condition.args)):
                assert close(value(case.expanded, world), wanted[0]), condition
        compared += 1
    assert compared or sizes["C"] == 1  # where no two indices differ


@every_loss
def test_a_result_in_sympy_has_no_free_index_of_its_own(name: str) -> None:
    """SymPy takes choices out of sums, and could take them away from the index that is summed."""
    derivation = derived(name)
    problem = derivation.problem
    known = names(problem.expression).union(
        problem.sizes, *map(names, problem.variables), *(names(r.index) for r in problem.ranges)
    )
    for result in several(derivation.result):
        indices = {s for s in result.free_symbols if s.is_integer and isinstance(s, Symbol)}
        assert {str(s) for s in indices - known} <= {b.name for b in problem.arrays}


@every_loss
def test_every_step_keeps_the_value(name: str) -> None:
    """Also those of lemmas, cases and stable forms, under what is given there."""
    for derivation in derived(name).walk():
        facts = derivation.given.facts
        lines = [a for step in derivation.steps for s in step.atoms for a in (s.before, s.after)]
        lines = list(dict.fromkeys([derivation.statement, *lines]))
        data = worlds(lines, {"C": 3, "D": 2, "N": 2}, facts, derivation.definitions, seed=2)
        for world in islice(data, 1, 8, 3):
            if isinstance(derivation.statement, Tuple):
                continue
            first, *others = [value(line, world) for line in lines]
            for line, other in zip(lines[1:], others, strict=True):
                assert close(first, other), (derivation.name, line)


@every_loss
def test_steps_follow_one_another(name: str) -> None:
    for derivation in derived(name).walk():
        steps = derivation.steps
        for line in (steps, *(s.substeps for s in steps if s.substeps)):
            assert all(a.after == b.before for a, b in pairwise(line))
        if steps:
            assert steps[0].before == derivation.statement
            assert steps[-1].after == derivation.closed_form
        for step in steps:
            assert step.substeps == () or (
                step.substeps[0].before == step.before and step.substeps[-1].after == step.after
            )


@every_loss
def test_no_step_is_taken_twice(name: str) -> None:
    for derivation in shown(derived(name)):
        lines = [derivation.statement, *(step.after for step in derivation.steps)]
        assert len(set(lines)) == len(lines)
        assert len(lines) < PATIENCE


@every_loss
def test_nothing_is_left_to_do(name: str) -> None:
    derivation = derived(name)
    for inner in shown(derivation):
        for result in several(inner.closed_form):
            assert Partial not in heads(result)
    assert not derivation.expanded.has(Derivative)
    assert not derivation.result.has(Derivative)


@every_loss
def test_indices_that_are_bound_do_not_leak(name: str) -> None:
    for inner in shown(derived(name)):
        ranges = [s for r in inner.problem.ranges for s in (r.index, r.lower, r.upper)]
        for result in (inner.result, inner.expanded, *ranges):
            assert not [s for s in result.free_symbols if isinstance(s, (Bound, Opened))], result


# The form a person would write -------------------------------------------------------------------

hat, qhat = IndexedBase("\\hat{y}", shape=(C,)), IndexedBase("\\hat{q}", shape=(C,))
sigma = IndexedBase("\\sigma", shape=(C,))
T, alpha, beta, gamma = zoo.T, zoo.alpha, zoo.beta, zoo.gamma
N = zoo.N
batch_hat = IndexedBase("\\hat{y}", shape=(N, C))
rows_hat = IndexedBase("\\hat{y}", shape=(C, C))


def delta(one: Expr, other: Expr) -> Expr:
    return KroneckerDelta(one, other)


RESULTS: dict[str, Any] = {
    "cross-entropy": hat[k] - y[k],
    "cross-entropy of free labels": hat[k] * over(y[i]) - y[k],
    "cross-entropy one-hot": hat[k] - delta(k, t),
    "log of class": hat[k] - delta(k, t),
    "log of class, k is not t": hat[k],
    "log-sum-exp": hat[k] - delta(k, t),
    "z4": hat[k] - y[k] + z[k] ** 3 / 250,
    "decimal z4": hat[k] - y[k] + z[k] ** 3 / 250,
    "temperature": (hat[k] - y[k]) / T,
    "by temperature": -over((hat[j] - y[j]) * z[j], j) / T**2,
    "label smoothing": hat[k] - (1 - alpha) * y[k] - alpha / C,
    "weights": hat[k] * over(w_y := zoo.w[i] * y[i]) - w_y.subs(i, k),
    "generalised cross-entropy": hat[t] ** gamma * (hat[k] - delta(k, t)),
    "brier": 2 * hat[k] * (hat[k] - y[k] - over((hat[i] - y[i]) * hat[i])),
    "entropy": hat[k] * (over(zoo.log(hat[i]) * hat[i]) - zoo.log(hat[k])),
    "divergence": hat[k] - y[k],
    "divergence by labels": zoo.log(y[k] / zoo.w[k]) + 1,
    "distillation": T * (qhat[k] - hat[k]),
    "two softmaxes": qhat[k] - hat[k],
    "logistic": sigma[k] - y[k],
    "poisson": exp(z[k]) - y[k],
    "squares": 2 / C * (z[k] - y[k]),
    "gaussian by width": (C - over((y[i] - z[i]) ** 2) / T**2) / T,
    "norm": z[k] / zoo.sqrt(over(z[i] ** 2)),
    "power of a sum": 2 * gamma * z[k] * over(z[i] ** 2) ** (gamma - 1),
    "list-wise": Sum(rows_hat[i, k], (i, 1, k)) - 1,
    "list-wise from the front": Sum(rows_hat[i, k], (i, k, C)),
    "weights of a layer": (hat[k] - y[k]) * zoo.a[m],
    "bias of a layer": hat[k] - y[k],
    "batch": (batch_hat[m, k] - zoo.Y[m, k]) / N,
    "batch of classes": (batch_hat[m, k] - delta(k, zoo.tn[m])) / N,
    "same dummy twice": exp(z[k]) * over(z[j] ** 2, j) + 2 * z[k] * over(exp(z[j]), j),
    "same dummy inside": hat[k] * over(y[j], j) - y[k],
    "bound index is the variable's": exp(z[j]),
    "bound index is the variable's, nested": hat[j] - y[j],
    "bound index also free": 2 * z[i] ** 2 + over(z[j] ** 2, j),
    "jacobian": hat[i] * (delta(i, k) - hat[k]),
    "jacobian, same index": hat[k] * (1 - hat[k]),
    "jacobian of log": delta(i, k) - hat[k],
    "jacobian of a layer": delta(i, k) * zoo.a[m],
    "hessian": hat[k] * (delta(k, m) - hat[m]),
    "hessian, same index": hat[k] * (1 - hat[k]),
    "hessian of log-sum-exp": hat[k] * (delta(k, m) - hat[m]),
    "hessian of a layer": hat[k] * (delta(k, m) - hat[m]),
    "own name": zoo.q[k] - y[k],
}


@pytest.mark.parametrize("name", RESULTS)
def test_result_is_what_a_person_writes(name: str) -> None:
    assert derived(name).result == RESULTS[name]


CASES: dict[str, dict[Any, Any]] = {
    "cross-entropy one-hot": {Eq(k, t): hat[t] - 1, Ne(k, t): hat[k]},
    "log of class": {Eq(t, k): hat[t] - 1, Ne(t, k): hat[k]},
    "jacobian": {Eq(i, k): hat[k] * (1 - hat[k]), Ne(i, k): -hat[i] * hat[k]},
    "hessian": {Eq(k, m): hat[m] * (1 - hat[m]), Ne(k, m): -hat[k] * hat[m]},
    "jacobian of a layer": {Eq(i, k): zoo.a[m], Ne(i, k): 0},
    "cross-entropy": {},
    "hessian, same index": {},
}


@pytest.mark.parametrize("name", CASES)
def test_cases_are_what_a_person_writes(name: str) -> None:
    cases = derived(name).cases
    assert len(cases) == len(CASES[name])
    for condition, result in CASES[name].items():
        assert cases[condition].result == result


@every_loss
def test_declared_facts_leave_no_piecewise(name: str) -> None:
    """Only kinks, entries beyond the end of an array, and sums up to an index need a bracket."""
    needed = LOSSES[name].expression.has(Max, Min, Piecewise)
    bracket = name in ("neighbours", "class up to an index")
    assert derived(name).expanded.has(Piecewise) == (bracket or needed)


# Several variables ------------------------------------------------------------------------------


def test_several_variables_are_parts_in_the_order_asked_for() -> None:
    loss = LOSSES["logits and temperature"]
    there = derive.gradient(loss.expression, [z[k], T], given=loss.given)
    back = derive.gradient(loss.expression, [T, z[k]], given=loss.given)
    assert list(there.parts) == ["z[k]", "T"] and list(back.parts) == ["T", "z[k]"]
    assert (
        there.result
        == Tuple(*reversed(back.result))
        == Tuple(*(part.result for part in there.parts.values()))
    )
    assert there.parts["T"].result == RESULTS["by temperature"]


@pytest.mark.needs("lark")
def test_a_part_is_found_by_the_variable_as_it_was_written() -> None:
    both = derive.gradient("sum(a[i,j]^2*b[i], i=1..N, j=1..M)", ["a[k,s]", "b[k]"])
    assert both.parts["a[k,s]"] is both.parts["a[k, s]"]
    with pytest.raises(KeyError, match=r"no c among a\[k, s\], b\[k\]"):
        both.parts["c"]


def test_a_list_of_one_variable_is_that_variable() -> None:
    assert derive.gradient(cross_entropy, [z[k]], given=[soft]).result == hat[k] - y[k]


def test_the_order_of_second_derivatives_does_not_matter_to_their_value() -> None:
    loss = LOSSES["hessian, mixed"]
    there = derive.hessian(loss.expression, z[k], T, given=loss.given)
    back = derive.hessian(loss.expression, T, z[k], given=loss.given)
    problem = there.problem
    facts = (*problem.facts, *problem.ranges)
    for world in worlds([loss.expression, z[k], T], {"C": 3}, facts):
        assert close(value(there.expanded, world), value(back.expanded, world))


# Nothing knows the catalogue ----------------------------------------------------------------------


# An entry with a route of its own is derived by that, and only as it stands.
SCALARS = [
    name
    for name in derive.catalogue()
    if question(name).kind != "jacobian" and question(name).route is None
]


@pytest.mark.parametrize("name", SCALARS)
def test_a_mutated_entry_takes_the_same_path(name: str) -> None:
    asked = question(name)
    mutated = asked.expression + Rational(1, 1000) * over(z[i] ** 4)
    further = {"gradient": z[k] ** 3 / 250, "hessian": 3 * z[k] ** 2 * delta(k, m) / 250}
    derivation = ask(Loss(mutated, asked.variables, asked.given, asked.kind, asked.where))
    difference = derivation.expanded - derive.derivation(name).expanded - further[asked.kind]
    facts = (*derivation.problem.facts, *derivation.problem.ranges)
    for world in worlds([mutated, *asked.variables], {"C": 3}, facts):
        assert close(value(difference, world), CONTEXT.zero)


# Indices and sizes ------------------------------------------------------------------------------


def test_one_class() -> None:
    one = IndexedBase("z", shape=(1,))
    derivation = derive.gradient(-zoo.log(exp(one[1]) / Sum(exp(one[j]), (j, 1, 1))), one[k])
    world = {one: {(1,): CONTEXT.mpf(2)}, k: 1}
    assert close(value(derivation.expanded, world), CONTEXT.zero)


def test_a_literal_index_and_a_literal_size() -> None:
    short = IndexedBase("z", shape=(3,))
    loss = zoo.log(Sum(exp(short[j]), (j, 1, 3))) - short[2]
    derivation = derive.gradient(loss, short[k])
    for at in (1, 2, 3):
        world = {short: {(1,): 1, (2,): 2, (3,): -1}, k: at}
        assert close(value(derivation.expanded, world), slope(loss, short[k], world))


def test_the_way_is_the_same_every_time() -> None:
    again = ask(LOSSES["cross-entropy"])
    assert [s.after for s in again.steps] == [s.after for s in derived("cross-entropy").steps]


def test_facts_are_named_where_they_are_used() -> None:
    used = {f.statement for step in derived("cross-entropy").steps for f in step.facts}
    assert soft in used
    used = {f.statement for step in derived("cross-entropy one-hot").steps for f in step.facts}
    assert one_hot in used
    assert not [
        f
        for step in derived("cross-entropy of free labels").steps
        for f in step.facts
        if f.statement == soft
    ]


def test_a_softmax_of_a_softmax() -> None:
    loss = -over(y[i] * zoo.log(exp(p(i)) / over(exp(p(j)), j)))
    derivation = derive.gradient(loss, z[k], given=[soft])
    assert all(len(inner.steps) < PATIENCE for inner in derivation.walk())


def test_indices_that_are_declared_equal() -> None:
    derivation = derive.gradient(-zoo.log(p(t)), z[k], given=[Eq(k, t)])
    assert derivation.result == hat[t] - 1
    assert not derivation.cases


def test_a_sum_of_probabilities_is_flat() -> None:
    assert derive.gradient(over(p(i)), z[k]).result == 0
