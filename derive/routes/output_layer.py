"""Cross-entropy of a softmax output layer: chain rule, two cases, the split sum.

The loss by the probabilities, these by the logits, both put together; then the logits by the
weights and the bias, which the source leaves to the reader.
"""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr, Function, Indexed, IndexedBase, Symbol

from derive.corrections import Correction, Equality, Setting
from derive.derivation import Derivation
from derive.facts import Given
from derive.gathering import Layout
from derive.notation import ONE, Apply, Head, Partial
from derive.problem import Problem
from derive.routes.layers import other_output, own_output, through_own_output
from derive.routes.plan import Plan, numbers, posed, together
from derive.strategy.arrays import definition_in_arrays, in_arrays
from derive.strategy.plan import derive_definition


def route(problem: Problem) -> Derivation:
    """The gradients by weights and bias; probabilities, their Jacobian and logits on the way."""
    weight, bias = problem.variables
    layer, softmax = problem.definitions
    row, column = weight.indices
    other = Symbol("j" if row.name != "j" else "i", integer=True)
    free = {other: layer.base.shape[0]}
    logit, probability = Indexed(layer.base, row), Indexed(softmax.base, other)
    # Up to the logits these are inputs; then they are made of weights and bias.
    above = with_changes(problem, definitions=(softmax,))

    probabilities = by_probabilities(
        posed(above, "gradient", problem.expression, probability, free=free)
    )
    inner = posed(above, "jacobian", probability, logit, free=free)
    jacobian = derive_definition(inner, above.definitions, "jacobian")
    logits = by_logits(
        posed(above, "gradient", problem.expression, logit), (probabilities, jacobian)
    )
    logits = in_arrays(logits, Layout(row))

    results = []
    for name, variable, layout in (
        ("weights", weight, Layout(row, column)),
        ("bias", bias, Layout(row)),
    ):
        own = own_output(problem, logit, variable)
        none = other_output(problem, logit, variable)
        asked = posed(problem, "gradient", problem.expression, variable)
        results.append(in_arrays(through_own_output(asked, name, logits, own, none), layout))
    whole = together(problem, (probabilities, jacobian, logits, *results))
    whole = definition_in_arrays(whole, 0, Layout(row))
    return with_changes(whole, corrections=corrections(problem, whole.parts["weights"]))


class Softmax(Function):
    """The softmax of a single number, as the source writes it: 1."""

    @classmethod
    def eval(cls, argument: Expr) -> Expr | None:
        return ONE if argument.is_number else None


def corrections(problem: Problem, weights: Derivation) -> tuple[Correction, ...]:
    """The source takes the softmax of one logit, and calls two things ``L``."""
    layer, softmax = problem.definitions
    (entry,) = softmax.indices
    single = Apply(Head(Softmax), Indexed(layer.base, entry))
    weight = problem.variables[0]
    marked = IndexedBase(f"{weight.base.name}^{{(L)}}", shape=weight.base.shape)
    of_layer = Partial(problem.expression, Indexed(marked, *weight.indices))
    return (
        Correction(
            "softmax_of_one",
            Equality(softmax.entry, single),
            Equality(softmax.entry, softmax.value),
            Setting(((layer.base, numbers(1, 2, 3)),), ((entry, 3),)),
        ),
        Correction(
            "letter_twice",
            Equality(of_layer, weights.closed_form),
            Equality(weights.statement, weights.closed_form),
        ),
    )


def by_probabilities(problem: Problem) -> Derivation:
    """``∂L/∂ŷ_j = -y_j 1/ŷ_j``."""
    plan = Plan(problem, "probabilities")
    plan.take("differentiate_negative", "differentiate_total")
    plan.take("differentiate_scaled", "differentiate_log")
    plan.take("differentiate_coordinate")
    plan.take("contract_delta")
    return plan.done()


def by_logits(problem: Problem, known: tuple[Derivation, ...]) -> Derivation:
    """The chain rule, the term ``k`` apart, both derivatives put in, then together again."""
    plan = Plan(problem, "logits", known=known)
    plan.take("chain_rule")
    plan.take("exclude_index")
    plan.apply("apply_lemma", of_loss, tidy=False)
    # In the one term j = k, in the others not.
    plan.take("apply_lemma", "evaluate_delta", "vanish_delta", "drop_zero", tidy=False)
    with plan.one_step("cancel_factor"):
        plan.apply("move_sign")
        plan.apply("cancel_factor")
    with plan.one_step("distribute_product"):
        plan.apply("distribute_product", outside_sums)
        plan.apply("distribute_negative")
    collect(plan)
    return plan.done()


def collect(plan: Plan) -> None:
    """``-y_k + y_k ŷ_k + Σ y_j ŷ_k`` becomes ``ŷ_k - y_k``, by ``Σ y = 1``."""
    with plan.one_step("factor_partly"):
        plan.apply("pull_out_factor")
        plan.apply("factor_partly")
    plan.take("rejoin_index")
    plan.take("use_sum_fact")
    plan.take("reorder_terms")


def of_loss(expr: Expr, given: Given) -> bool:
    """The derivative of the loss."""
    return isinstance(expr, Partial) and not isinstance(expr.operand, Indexed)


def outside_sums(expr: Expr, given: Given) -> bool:
    return not given.scope
