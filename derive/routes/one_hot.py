"""The gradient for one-hot labels: reduce the loss to one logarithm, then two quotient rules."""

from __future__ import annotations

from dataclasses import replace as with_changes

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.corrections import Correction, Equality, Setting
from derive.derivation import Derivation
from derive.facts import EntryFact, UnequalFact
from derive.notation import Exp, Log, Minus, Partial, Plus, Quotient, Total
from derive.problem import Problem
from derive.routes.plan import Plan, numbers, posed


def route(problem: Problem) -> Derivation:
    """Loss (1), (2); true class (3); another class (4); both in one formula."""
    (variable,) = problem.variables
    (label,) = (f for f in problem.facts if isinstance(f, EntryFact))
    (true_class,) = (a for a in label.value.args if a not in label.entry.indices)
    other_class = Symbol("n" if true_class.name != "n" else "m", integer=True)
    size = variable.base.shape[0]
    loss = reduced_loss(problem)
    true = slope(problem, Indexed(variable.base, true_class), loss, "true-class")
    apart = UnequalFact(other_class, true_class)
    wider = posed(problem, "gradient", problem.expression, variable, free={other_class: size})
    other = slope(wider, Indexed(variable.base, other_class), loss, "other-class", apart)
    plan = Plan(problem, problem.name, known=(true, other))
    plan.take("distinguish_class")
    plan.apply("apply_lemma", lambda e, _: e == true.statement)
    plan.apply("apply_lemma")
    with plan.one_step("join_cases"):
        plan.take("use_condition", "join_cases")
    plan.take("recognise_label")
    whole = plan.done(parts={"true-class": true, "other-class": other})
    return with_changes(whole, corrections=corrections(problem, true_class, other_class))


def corrections(problem: Problem, true: Symbol, other: Symbol) -> tuple[Correction, ...]:
    """The source puts probabilities, and labels, where the logits belong."""
    (softmax,) = problem.definitions
    (label,) = (f.entry.base for f in problem.facts if isinstance(f, EntryFact))
    logits, loss = problem.variables[0].base, problem.expression
    (size,) = logits.shape
    (index,), bound = softmax.indices, softmax.value.denominator.hint

    def share(array: IndexedBase, place: Symbol) -> Expr:
        return Quotient(Exp(array[place]), Total(Exp(array[bound]), (bound, 1, size)))

    def slope(place: Symbol, array: IndexedBase) -> Equality:
        value = share(array, place)
        right = Plus(value, Minus(1)) if place == true else value
        return Equality(Partial(loss, array[place]), right)

    arrays = (logits, numbers(1, 2, 3)), (label, numbers(0, 0, 1))
    probability = softmax.base
    return (
        Correction(
            "label_for_logit",
            Equality(softmax.entry, share(label, index)),
            Equality(softmax.entry, share(logits, index)),
            Setting(arrays, ((index, 3),)),
        ),
        Correction(
            "probability_for_logit",
            Equality(loss, Minus(Log(share(probability, true)))),
            Equality(loss, Minus(Log(share(logits, true)))),
            Setting(arrays, ((true, 3),)),
        ),
        *(
            Correction(
                "derivative_by_probability",
                slope(place, probability),
                slope(place, logits),
                Setting(arrays, tuple({true: 3, place: number}.items())),
            )
            for place, number in ((true, 3), (other, 1))
        ),
    )


def reduced_loss(problem: Problem) -> Derivation:
    """The label leaves one logarithm (1), into which the softmax (2) is put."""
    plan = Plan(posed(problem, "value", problem.expression), "loss")
    plan.take("write_out_sum")
    plan.take("use_entry_fact", "write_cases")
    plan.take("keep_one_term")
    plan.tag("1")
    plan.take("unfold_definition")
    return plan.done()


def slope(
    problem: Problem,
    variable: Expr,
    loss: Derivation,
    name: str,
    apart: UnequalFact | None = None,
) -> Derivation:
    """The derivative by the logit of one class: of the true one, or of one that is ``apart``."""
    own = posed(problem, "gradient", problem.expression, variable)
    plan = Plan(own, name, assumptions=() if apart is None else (apart,), known=(loss,))
    plan.take("insert_lemma")
    with plan.one_step("differentiate_log"):
        plan.take("differentiate_negative", "differentiate_log")
    plan.take("differentiate_quotient")
    # Without tidying, so that the line with the zero can be shown.
    plan.take("differentiate_total", "differentiate_exp", tidy=apart is None)
    if apart is None:
        true_class(plan)
    else:
        other_class(plan)
    plan.take("fold_definition")
    return plan.done((loss,))


def true_class(plan: Plan) -> None:
    """From the quotient rule to (3)."""
    plan.take("differentiate_coordinate", "contract_delta", "evaluate_delta")
    plan.apply("flip_quotient")
    plan.take("factor_numerator", "split_fraction")
    plan.exhaust("cancel_factor")
    plan.take("split_quotient", "cancel_factor", "distribute_negative", "reorder_terms")
    plan.tag("3")


def other_class(plan: Plan) -> None:
    """From the quotient rule to (4)."""
    with plan.one_step():
        plan.take("differentiate_coordinate", "contract_delta", "vanish_delta", tidy=False)
        plan.apply("multiply_by_zero", innermost=True, tidy=False)
    with plan.one_step("flip_quotient"):
        plan.apply("multiply_by_zero", tidy=False)
        plan.apply("drop_zero", tidy=False)
        plan.apply("flip_quotient", tidy=False)
    with plan.one_step("cancel_factor"):
        plan.exhaust("move_sign", "cancel_double_negative", "cancel_factor", "combine_powers")
    plan.tag("4")
