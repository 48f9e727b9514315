"""From the Jacobian of the softmax, entry by entry, to the gradient of the cross-entropy."""

from __future__ import annotations

from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Indexed, Integer, Symbol

from derive.derivation import Derivation
from derive.display import Dotted
from derive.facts import Definition, EqualFact, UnequalFact
from derive.problem import Problem
from derive.routes.jacobian_corrected import corrections
from derive.routes.plan import Plan, posed
from derive.strategy.cases import derive_case


def route(problem: Problem) -> Derivation:
    """Σ ŷ = 1; entries (1,1), (2,1), (k,1); the Jacobian as a matrix and in general; the loss."""
    (softmax,) = problem.definitions
    (variable,) = problem.variables
    (size,) = variable.base.shape
    whole = probabilities_sum(problem, softmax, size)
    shown = (Integer(1), Integer(2), size)
    entries = tuple(
        entry(problem, softmax.base[row], Indexed(variable.base, Integer(1))) for row in shown
    )
    written = tuple(written_out(problem, softmax.base[row]) for row in shown)
    lemma = any_entry(problem, softmax, variable, (*written, whole, *entries))
    matrix = as_matrix(problem, lemma)
    general = in_general(lemma)
    logits = loss_gradient(problem, general)
    plan = Plan(problem, problem.name, known=(logits,))
    plan.take("apply_lemma")
    whole = plan.done((lemma,), parts={"matrix": matrix, "jacobian": general, "logits": logits})
    return with_changes(whole, corrections=corrections(problem))


def probabilities_sum(problem: Problem, softmax: Definition, size: Symbol) -> Derivation:
    """``ŷ_1 + ŷ_2 + ... + ŷ_k = 1``."""
    (index,) = softmax.indices
    plan = Plan(
        posed(problem, "value", Dotted(softmax.entry, (index, 1, size))), "sum-of-probabilities"
    )
    plan.take("gather_sum")
    plan.take("unfold_definition")
    plan.take("pull_out_factor")
    plan.take("cancel_factor")
    return plan.done()


def written_out(problem: Problem, probability: Indexed) -> Derivation:
    """``ŷ_1 = e^{x_1} / (e^{x_1} + ... + e^{x_k})``."""
    plan = Plan(posed(problem, "value", probability), f"probability-{probability.indices[0]}")
    plan.take("unfold_definition", "write_out_sum")
    return plan.done()


def entry(problem: Problem, probability: Indexed, variable: Indexed) -> Derivation:
    """One entry of the Jacobian, its denominator with dots and then called Σ."""
    value = problem.definitions[0].value
    called = Definition(Symbol(r"\Sigma"), value.denominator)
    same = probability.indices == variable.indices
    name = f"entry-{'-'.join(map(str, (*probability.indices, *variable.indices)))}"
    plan = Plan(posed(problem, "jacobian", probability, variable), name)
    plan.take("unfold_definition", "write_out_sum")
    plan.take("differentiate_quotient")
    plan.take("differentiate_total", "differentiate_exp", tidy=same)
    with plan.one_step():
        plan.take("differentiate_coordinate", "contract_delta", tidy=same)
        if same:
            plan.take("evaluate_delta")
        else:
            plan.exhaust("compare_numbers", "vanish_delta", tidy=False)
            plan.exhaust("multiply_by_zero", tidy=False)
    plan.abbreviate(called)
    if same:
        plan.take("factor_numerator")
        plan.take("split_fraction", "split_quotient", "cancel_factor")
    else:
        plan.take("drop_zero")
        plan.take("split_fraction")
    with plan.one_step("fold_definition"):
        plan.take("unfold_definition", "fold_definition")
    return plan.done()


def any_entry(
    problem: Problem, softmax: Definition, variable: Indexed, before: tuple[Derivation, ...]
) -> Derivation:
    """``ŷ_i (1{i = j} - ŷ_j)``."""
    plan = Plan(posed(problem, "jacobian", softmax.entry, variable), "any-entry")
    plan.take("unfold_definition")
    plan.take("differentiate_quotient")
    plan.take("differentiate_total", "differentiate_exp")
    plan.take("differentiate_coordinate", "contract_delta")
    plan.take("factor_numerator", "split_fraction")
    plan.take("split_quotient", "cancel_factor")
    plan.take("fold_definition")
    return plan.done(before)


def in_general(lemma: Derivation) -> Derivation:
    """The Jacobian with an indicator, and its two cases."""
    plan = Plan(lemma.problem, "jacobian", known=(lemma,))
    plan.take("apply_lemma")
    whole = plan.done()
    (variable,) = lemma.problem.variables
    row, column = lemma.problem.expression.indices[0], variable.indices[0]
    conditions = EqualFact(column, row), UnequalFact(row, column)
    found = {fact.statement: derive_case(whole, fact) for fact in conditions}
    return with_changes(whole, cases=MappingProxyType(found))


def as_matrix(problem: Problem, lemma: Derivation) -> Derivation:
    """All entries at once, and two more of those on the diagonal."""
    variable = problem.variables[0]
    (size,) = variable.base.shape
    diagonal = []
    for place in (Integer(2), size):
        probability = lemma.problem.expression.base[place]
        own = posed(problem, "jacobian", probability, Indexed(variable.base, place))
        likewise = Plan(own, f"entry-{place}-{place}", known=(lemma,))
        likewise.take("apply_lemma", "evaluate_delta")
        diagonal.append(likewise.done())
    plan = Plan(lemma.problem, "matrix", known=(lemma,))
    plan.take("arrange_matrix")
    plan.take("apply_lemma", "distinguish_indices", "evaluate_delta", "vanish_delta")
    return plan.done(tuple(diagonal))


def loss_gradient(problem: Problem, general: Derivation) -> Derivation:
    """The loss, differentiated term by term with the Jacobian put in."""
    plan = Plan(
        posed(problem, "gradient", problem.expression, *problem.variables),
        "logits",
        known=(general,),
    )
    with plan.one_step("differentiate_total"):
        plan.take("differentiate_negative", "differentiate_total", "differentiate_scaled")
    plan.take("differentiate_log")
    plan.take("apply_lemma", "join_reciprocal", tidy=False)
    plan.exhaust("cancel_factor", "flatten_product")
    plan.take("distribute_product", "split_total", "distribute_negative", "reorder_terms")
    plan.take("contract_delta")
    plan.take("pull_out_factor")
    plan.take("use_sum_fact")
    return plan.done()
