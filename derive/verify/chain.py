"""The chain from statement to result, and what a step may change: comparison without values."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Tuple

from derive.arrays import Entry, shape
from derive.derivation import Derivation, Step
from derive.errors import DeriveError
from derive.facts import Definition, EqualFact, Fact, UnequalFact
from derive.gathering import Layout
from derive.notation import Binder, Partial, bases, heads, names, rename
from derive.positions import Path
from derive.problem import Problem
from derive.verify.canonical import same
from derive.verify.sources import unfolded

Break = tuple[int, str, str]
"""Number of a step from 1 (or 0), its rule, and what is wrong."""


def breaks(derivation: Derivation) -> Iterator[Break]:
    """Where the chain of a derivation is broken."""
    expression = derivation.statement
    for number, step in enumerate(derivation.steps, start=1):
        if step.before != expression:
            yield number, step.rule, "it does not start where the one before it ended"
        yield from ((number, step.rule, sentence) for sentence in inner_breaks(step))
        expression = step.after


def inner_breaks(step: Step) -> Iterator[str]:
    """What is wrong with how a step is made up."""
    if step.substeps:
        expression = step.before
        for atom in step.substeps:
            if atom.before != expression:
                yield "its parts are not connected"
            if atom.substeps:
                yield "a part of it has parts itself"
            expression = atom.after
        if expression != step.after:
            yield "its parts do not end where it ends"
        if step.rule not in {atom.rule for atom in step.substeps}:
            yield f"none of its parts applies {step.rule}"
        if not {f for atom in step.substeps for f in atom.facts} <= set(step.facts):
            yield "its parts use a fact that it does not name"
        if {a.lemma for a in step.substeps if a.lemma} - {step.lemma}:
            yield "its parts cite a lemma that it does not name"
    for atom in step.atoms:
        if not atom.positions:
            yield f"{atom.rule} does not say which parts it rewrites"
        elif not changes_only(atom.before, atom.after, atom.positions):
            yield f"{atom.rule} changes more than the parts it names"


def changes_only(before: Expr, after: Expr, positions: tuple[Path, ...]) -> bool:
    """Whether two expressions differ at the given places at most."""
    if () in positions or before == after:
        return True
    if not positions or type(before) is not type(after) or len(before.args) != len(after.args):
        return False
    if isinstance(before, Binder) and isinstance(after, Binder):
        if before.limits[1:] != after.limits[1:] or any(p[0] != 0 for p in positions):
            return False
        body, index = before.open()
        other = rename(after.body, after.limits[0], index)
        return changes_only(body, other, tuple(p[1:] for p in positions))
    return all(
        changes_only(a, b, tuple(p[1:] for p in positions if p[0] == n))
        for n, (a, b) in enumerate(zip(before.args, after.args, strict=True))
    )


def statement_flaw(derivation: Derivation) -> str | None:
    """What is wrong with the statement of a derivation that has a problem of its own."""
    problem = derivation.problem
    if isinstance(derivation.statement, Tuple):
        parts = [part.statement for part in derivation.results]
        wanted = [Partial(problem.expression, v) for v in problem.variables]
        if derivation.steps or parts != wanted or list(derivation.statement) != wanted:
            return "it does not state the derivative by each of the variables"
        return None
    if derivation.statement != problem.statement:
        return "it does not state the derivative that the problem asks for"
    return None


def definition_flaws(derivation: Derivation, problem: Problem) -> Iterator[str]:
    """What is wrong with the names that a derivation uses; ``problem`` is the root's."""
    values = {d.base: d.value for d in derivation.definitions}
    if len(values) < len(derivation.definitions):
        yield "a name is defined twice"
    declared = {d.base: d.value for d in problem.definitions}
    taken = bases(problem.expression) | names(problem.expression)
    for base, value in values.items():
        if base in taken and not _agree(declared.get(base), problem, value, derivation):
            yield f"{base} is not what the problem says it is"
        if base in _made_of(value, values):
            yield f"{base} is defined by itself"


def _agree(declared: Expr | None, problem: Problem, value: Expr, derivation: Derivation) -> bool:
    """Whether a definition says what was declared, up to names for what its value is made of."""
    if declared is None or declared == value:
        return declared is not None
    sides = (
        _written_out(declared, problem.definitions),
        _written_out(value, derivation.definitions),
    )
    return same(*sides)


def _written_out(expr: Expr, definitions: tuple[Definition, ...]) -> Expr:
    """``expr`` over the inputs only."""
    for _ in definitions:
        for definition in definitions:
            expr = unfolded(expr, definition)
    return expr


def _made_of(expr: Expr, values: dict[Expr, Expr]) -> set[Expr]:
    found: set[Expr] = set()
    waiting = [expr]
    while waiting:
        new = (bases(waiting[-1]) | names(waiting.pop())) - found
        found |= new
        waiting += [values[base] for base in new if base in values]
    return found


def result_flaw(derivation: Derivation) -> str | None:
    """What is wrong with the result."""
    result = derivation.closed_form
    results = result if isinstance(result, Tuple) else (result,)
    if any(Partial in heads(one) for one in results):
        return "a derivative is still to be taken in the result"
    return None


def case_flaws(derivation: Derivation) -> Iterator[str]:
    """What is wrong with how the cases of a derivation are set up."""
    if not derivation.cases:
        return
    found: dict[frozenset[Expr], set[type]] = {}
    for condition, case in derivation.cases.items():
        new = [f for f in case.assumptions if f not in derivation.assumptions]
        if len(new) != 1 or not isinstance(new[0], (EqualFact, UnequalFact)):
            yield f"the case {condition} does not assume just its condition"
            continue
        fact = new[0]
        if fact.statement != condition:
            yield f"the case {condition} assumes {fact.statement} instead"
        if case.statement != derivation.closed_form:
            yield f"the case {condition} does not start from the result"
        found.setdefault(frozenset({fact.left, fact.right}), set()).add(type(fact))
    for pair, kinds in found.items():
        if kinds != {EqualFact, UnequalFact}:
            names = " and ".join(sorted(map(str, pair)))
            yield f"the cases of {names} do not cover everything"


def form_flaws(derivation: Derivation) -> Iterator[str]:
    """What is wrong with where the stable forms start."""
    definitions = {str(d.base): d.value for d in derivation.definitions}
    wanted = {
        **definitions,
        "value": derivation.problem.expression,
        "derivative": derivation.closed_form,
    }
    for name, form in derivation.arrays.items():
        whole = derivation.closed_form if name == "result" else definitions.get(name)
        if form.statement != whole or not form.steps:
            yield f"the array form of {name} does not start from it"
        elif form.layout is not None and not _is_laid_out(form.closed_form, form.layout):
            yield f"the array form of {name} has another layout than it says"
    for name, form in derivation.stable.items():
        if name not in wanted or form.statement != wanted[name]:
            yield f"the stable form of {name} does not start from it"


def _is_laid_out(form: Expr, layout: Layout) -> bool:
    """Whether an array runs down and across where the layout does."""
    if not isinstance(form, Entry):
        return False
    try:
        lengths = shape(form.array)
    except DeriveError:
        # The steps are ill-formed, and it is said there.
        return True
    return [n != 1 for n in lengths] == [i is not None for i in (layout.row, layout.column)]


def undeclared(step: Step, derivation: Derivation, problem: Problem) -> list[Fact]:
    """Facts that a step names although nobody has declared them; ``problem`` is the root's."""
    declared: set[Fact] = {
        *problem.facts,
        *derivation.problem.ranges,
        *derivation.assumptions,
        *derivation.definitions,
    }
    return [f for atom in step.atoms for f in atom.facts if f not in declared]
