"""Cross-entropy of a softmax output layer: chain rule, two cases, the split sum.

The route of ``output-layer.pt``: the loss by the probabilities, these by the logits, both put
together; then the logits by the weights and the bias.
"""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr, Indexed

from derive.derivation import Derivation
from derive.facts import Given
from derive.gathering import Layout
from derive.notation import Partial, spare_indices
from derive.problem import Problem
from derive.routes.parts import asked, at_once, derived, in_arrays, of_definition, together
from derive.rules.trace import Trace


def output_layer(problem: Problem) -> Derivation:
    """The gradients by weights and bias; probabilities, their Jacobian and logits on the way."""
    weight, bias = problem.variables
    layer, softmax = problem.definitions
    row, column = weight.indices
    other = next(i for i in spare_indices(row) if i.name == "j")
    logit = Indexed(layer.base, row)
    # Up to the logits, these are inputs; then they are made of weights and bias.
    above = with_changes(problem, definitions=(softmax,))

    probability = Indexed(softmax.base, other)
    probabilities = derived(asked(above, probability), "probabilities", by_probabilities)
    jacobian = of_definition(above, probability, logit, "jacobian")
    logits = derived(asked(above, logit), "logits", by_logits, (probabilities, jacobian))
    logits = in_arrays(logits, Layout(row))

    entry = Indexed(layer.base, other)
    by_weight = of_definition(problem, entry, weight, "layer-weights")
    by_bias = of_definition(problem, entry, bias, "layer-bias")
    weights = derived(asked(problem, weight), "weights", through_layer, (logits,), (by_weight,))
    biases = derived(asked(problem, bias), "bias", through_layer, (logits,), (by_bias,))
    parts = (
        probabilities,
        jacobian,
        logits,
        in_arrays(weights, Layout(row, column)),
        in_arrays(biases, Layout(row)),
    )
    return together(problem, parts)


def by_probabilities(trace: Trace) -> None:
    """``∂L/∂ŷ_j = -y_j 1/ŷ_j``."""
    trace.apply("differentiate_negative")
    trace.apply("differentiate_total")
    trace.apply("differentiate_scaled")
    trace.apply("differentiate_log")
    trace.apply("differentiate_coordinate")
    trace.apply("contract_delta")


def by_logits(trace: Trace) -> None:
    """The chain rule, the term ``k`` apart, both derivatives put in, then together again."""
    trace.apply("chain_rule")
    trace.apply("exclude_index")
    trace.apply("apply_lemma", lambda e, given: not of_entry(e, given), tidy=False)
    # In the one term j = k, in the others not.
    at_once(trace, "apply_lemma", "evaluate_delta", "vanish_delta", "drop_zero", tidy=False)
    at_once(trace, "move_sign", "cancel_factor", called="cancel_factor")
    trace.apply("distribute_product", outside_sums)
    trace.apply("distribute_negative")
    trace.join(len(trace.steps) - 2)
    collect(trace)


def collect(trace: Trace) -> None:
    """``-y_k + y_k ŷ_k + Σ y_j ŷ_k`` becomes ``ŷ_k - y_k``, by ``Σ y = 1``."""
    trace.apply("pull_out_factor")
    trace.apply("factor_partly")
    trace.apply("rejoin_index")
    trace.apply("use_sum_fact")
    trace.apply("reorder_terms")


def through_layer(trace: Trace) -> None:
    """Only the logit of its own class depends on a weight or a bias."""
    trace.apply("chain_rule")
    trace.apply("exclude_index")
    start = len(trace.steps)
    trace.apply("apply_lemma", lambda e, given: of_entry(e, given) and bool(given.scope))
    trace.apply("vanish_delta")
    trace.join(start)
    start = len(trace.steps)
    trace.apply("apply_lemma", of_entry)
    trace.apply("evaluate_delta")
    trace.join(start)
    trace.apply("apply_lemma")


def of_entry(expr: Expr, given: Given) -> bool:
    """The derivative of an entry of a definition, not of the loss."""
    return isinstance(expr, Partial) and isinstance(expr.operand, Indexed)


def outside_sums(expr: Expr, given: Given) -> bool:
    return not given.scope
