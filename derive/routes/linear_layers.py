"""Cross-entropy with softmax over two linear layers, for a batch of samples.

Each sample by its logits, both cases by the quotient rule; then a row of the upper layer and the
lower layer, entry by entry and folded into matrices; then the mean over the batch.
"""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.derivation import Derivation
from derive.facts import Definition, Given, UnequalFact
from derive.gathering import Layout
from derive.notation import Total, replace
from derive.problem import Problem
from derive.routes.layers import by_variable, other_output, own_output, through_own_output
from derive.routes.linear_layers_corrected import corrections
from derive.routes.output_layer import collect, outside_sums
from derive.routes.plan import Plan, posed, together
from derive.strategy.arrays import definition_in_arrays, in_arrays


def route(problem: Problem) -> Derivation:
    """The gradients of the mean by both layers; logits, a row of ``B`` and ``A`` on the way."""
    upper, lower = problem.variables
    scores, softmax, loss = problem.definitions
    sample, row = softmax.indices
    upright = frozenset({inputs(problem, scores)})
    logit = Indexed(scores.base, sample, row)
    # Up to the logits these are inputs; then they are made by the layers.
    above = with_changes(problem, definitions=(softmax, loss))

    logits = by_logits(above, loss.entry, logit, softmax)
    column, (down, across) = upper.indices[1], lower.indices
    own = in_arrays(own_output(problem, logit, upper), Layout(None, column, upright))
    none = other_output(problem, logit, upper)
    asked = posed(problem, "gradient", loss.entry, upper)
    row_of_upper = through_own_output(asked, "row-of-B", logits, own, none)
    row_of_upper = in_arrays(row_of_upper, Layout(None, column, upright))
    own = in_arrays(own_output(problem, logit, lower), Layout(down, across, upright))
    asked = posed(problem, "gradient", loss.entry, lower)
    of_lower = through_lower(asked, logits, own)
    of_lower = in_arrays(of_lower, Layout(down, across, upright))

    batch = together(
        with_changes(problem, name="batch"),
        [
            in_arrays(mean(problem, upper, row_of_upper), Layout(row, column, upright)),
            in_arrays(mean(problem, lower, of_lower), Layout(down, across, upright)),
        ],
    )
    logits = in_arrays(logits, Layout(None, row))
    whole = together(problem, (logits, row_of_upper, of_lower, batch))
    whole = definition_in_arrays(whole, 0, Layout(upright=upright))
    return with_changes(whole, corrections=corrections(problem, *upright))


def inputs(problem: Problem, scores: Definition) -> IndexedBase:
    """The array of the samples: what the scores are made of besides the layers."""
    layers = {v.base for v in problem.variables}
    (found,) = (b for b in scores.value.bases if b not in layers)
    return found


def by_logits(problem: Problem, loss: Indexed, logit: Indexed, softmax: Definition) -> Derivation:
    """The chain rule, the case ``i = j`` pulled out, both cases put in, then together again."""
    sample, row = logit.indices
    size = logit.base.shape[1]
    other = Symbol("i" if row.name != "i" else "j", integer=True)
    free = {other: size}
    probability = Indexed(softmax.base, sample, row)
    probabilities = by_probabilities(posed(problem, "gradient", loss, probability))
    base = IndexedBase("\\Sigma", shape=logit.base.shape[:1])
    below = replace(softmax.value.denominator, {softmax.indices[0]: sample})
    partition = Definition(Indexed(base, sample), below)
    slope = slope_of_partition(posed(problem, "jacobian", partition.entry, logit), partition)
    asked = posed(problem, "jacobian", probability, logit)
    same = same_class(asked, partition, slope)
    another = posed(problem, "jacobian", Indexed(softmax.base, sample, other), logit, free=free)
    different = other_class(another, partition, slope, UnequalFact(other, row))
    known = (probabilities, same, different)
    plan = Plan(posed(problem, "gradient", loss, logit), "logits", known=known)
    plan.take("chain_rule")
    plan.take("exclude_index")
    plan.apply("apply_lemma", by_probability, tidy=False)
    plan.apply("apply_lemma", lambda e, given: not given.scope, tidy=False)
    plan.apply("apply_lemma", tidy=False)
    with plan.one_step("cancel_factor"):
        plan.apply("move_sign")
        plan.apply("cancel_factor")
    with plan.one_step("distribute_product"):
        plan.apply("distribute_product", outside_sums)
        plan.apply("distribute_negative")
    collect(plan)
    return plan.done((probabilities, slope, same, different))


def by_probability(expr: Expr, given: Given) -> bool:
    """The derivative of the loss of a sample, which has one index, by a probability."""
    return len(expr.operand.indices) == 1


def by_probabilities(problem: Problem) -> Derivation:
    """``∂L_n/∂ŷ_{nj} = -y_{nj}/ŷ_{nj}``."""
    plan = Plan(problem, "probabilities")
    plan.apply("unfold_definition", lambda e, given: e == problem.expression)
    plan.take("differentiate_negative", "differentiate_total")
    plan.take("differentiate_scaled", "differentiate_log")
    plan.take("differentiate_coordinate", "evaluate_delta")
    plan.take("contract_delta")
    plan.take("multiply_quotients")
    return plan.done()


def same_class(problem: Problem, partition: Definition, slope: Derivation) -> Derivation:
    """The quotient rule for ``i = j``."""
    plan = Plan(problem, "same-class", (partition, *problem.definitions), known=(slope,))
    by_quotient_rule(plan)
    plan.take("differentiate_exp", "differentiate_coordinate", "evaluate_delta")
    plan.take("factor_numerator", "split_fraction")
    plan.take("split_quotient", "cancel_factor")
    recognise(plan)
    return plan.done()


def other_class(
    problem: Problem, partition: Definition, slope: Derivation, apart: UnequalFact
) -> Derivation:
    """The quotient rule for ``i ≠ j``."""
    plan = Plan(problem, "other-class", (partition, *problem.definitions), (apart,), (slope,))
    by_quotient_rule(plan)
    with plan.one_step("differentiate_exp"):
        plan.apply("differentiate_exp", tidy=False)
        plan.apply("differentiate_coordinate", tidy=False)
        plan.apply("vanish_delta", tidy=False)
        # The product with the delta, then that with the exponential; the line shows what is left.
        plan.apply("multiply_by_zero", innermost=True, tidy=False)
        plan.apply("multiply_by_zero", innermost=True, tidy=False)
    with plan.one_step("multiply_by_zero"):
        plan.apply("multiply_by_zero")
    plan.take("split_fraction")
    recognise(plan)
    return plan.done()


def by_quotient_rule(plan: Plan) -> None:
    """``(e'Σ - eΣ')/Σ²`` with the abbreviation ``Σ`` of the partition sum."""
    entry = plan.problem.expression
    with plan.one_step("unfold_definition"):
        plan.apply("unfold_definition", lambda e, given: e == entry, tidy=False)
        plan.apply("fold_definition", lambda e, given: isinstance(e, Total), tidy=False)
    plan.take("differentiate_quotient")
    plan.take("apply_lemma", tidy=False)


def slope_of_partition(problem: Problem, partition: Definition) -> Derivation:
    """``∂Σ_n/∂s_{nj} = e^{s_{nj}}``."""
    plan = Plan(problem, "partition", (partition,))
    plan.take("unfold_definition")
    plan.take("differentiate_total", "differentiate_exp")
    plan.take("differentiate_coordinate", "contract_delta", "evaluate_delta")
    return plan.done()


def recognise(plan: Plan) -> None:
    """The softmax, by its name; the abbreviation has served."""
    with plan.one_step("fold_definition"):
        plan.apply("unfold_definition")
        plan.apply("fold_definition")


def through_lower(problem: Problem, logits: Derivation, scores: Derivation) -> Derivation:
    """Every score depends on the lower layer."""
    plan = Plan(problem, "A", known=(logits, scores))
    plan.take("chain_rule")
    plan.apply("apply_lemma", lambda e, given: by_variable(e, problem))
    plan.take("apply_lemma")
    return plan.done((scores,))


def mean(problem: Problem, variable: Expr, each: Derivation) -> Derivation:
    """The mean of what has been derived for each sample."""
    asked = posed(problem, "gradient", problem.expression, variable)
    plan = Plan(asked, f"mean: {variable.base}", known=(each,))
    plan.take("differentiate_scaled")
    plan.take("differentiate_total")
    plan.take("apply_lemma")
    # What does not depend on the class comes out of the inner sum.
    plan.apply("pull_out_factor", lambda e, given: bool(given.scope))
    return plan.done()
