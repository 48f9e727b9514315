"""Through an affine layer: a weight moves the output of its own class and no other."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.derivation import Derivation
from derive.facts import UnequalFact
from derive.notation import Partial
from derive.problem import Problem
from derive.routes.plan import Plan, posed
from derive.strategy.phases import differentiate
from derive.strategy.plan import derive_definition


def own_output(problem: Problem, output: Indexed, variable: Indexed) -> Derivation:
    """The derivative of an output by a variable, by the automatic strategy."""
    asked = posed(problem, "jacobian", output, variable)
    return derive_definition(asked, problem.definitions, f"{output}-{variable}")


def other_output(problem: Problem, output: Indexed, variable: Indexed) -> Derivation:
    """That the output of another class does not depend on the variable."""
    *fixed, row = output.indices
    other = Symbol("i" if row.name != "i" else "j", integer=True)
    entry = Indexed(output.base, *fixed, other)
    free = {other: output.base.shape[-1]}
    asked = posed(problem, "jacobian", entry, variable, free=free)
    plan = Plan(asked, f"{entry}-{variable}", assumptions=(UnequalFact(other, row),))
    plan.take("unfold_definition")
    differentiate(plan)
    plan.take("vanish_delta")
    return plan.done()


def through_own_output(
    problem: Problem, name: str, outer: Derivation, own: Derivation, other: Derivation
) -> Derivation:
    """The chain rule, in which one term is left; ``outer`` is the derivative by the output."""
    plan = Plan(problem, name, known=(outer, own, other))
    plan.take("chain_rule")
    plan.take("exclude_index")
    plan.apply("apply_lemma", lambda e, given: bool(given.scope) and by_variable(e, problem))
    plan.apply("apply_lemma", lambda e, given: by_variable(e, problem))
    plan.take("apply_lemma")
    return plan.done((own, other))


def by_variable(expr: Expr, problem: Problem) -> bool:
    """Whether a derivative is by the problem's own variable, not by an output."""
    return isinstance(expr, Partial) and expr.variable == problem.variables[0]
