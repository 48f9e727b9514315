"""Indices of an equation: the same on both sides, and each either bound in a sum or free."""

from __future__ import annotations

from sympy import Expr, Symbol

from derive.facts import EntryFact, EqualFact, Fact, UnequalFact
from derive.notation import bases, binders, names
from derive.problem import Problem


def escape(line: Expr, label: str, problem: Problem) -> str | None:
    """An index that one line binds in a sum and has outside of it too; ``label`` names the line."""
    for name in sorted(_free(line, problem) & _bound(line)):
        return (
            f"the index {name} escapes its sum: {label} binds it in a sum and has it outside of "
            "that sum too; if another index is meant, call it by another letter"
        )
    return None


def mismatch(lines: tuple[Expr, Expr], labels: tuple[str, str], problem: Problem) -> str | None:
    """An index that is free in one of two lines only, though no fact tells what it stands for."""
    free = [_free(line, problem) for line in lines]
    facts = {s.name for s in singled_out(problem.facts)}
    for side, other in ((0, 1), (1, 0)):
        # A number, a size or a parameter may stand for all entries of a vector.
        if not bases(lines[other]) and not free[other]:
            continue
        for name in sorted(free[side] - free[other] - facts):
            if name in _bound(lines[other]):
                return (
                    f"the index {name} escapes its sum: {labels[other]} binds it in a sum, and in "
                    f"{labels[side]} it stands outside of one"
                )
            return (
                f"the index {name} is free in {labels[side]} and does not occur in "
                f"{labels[other]}; it must be free in both or bound in both"
            )
    return None


def singled_out(facts: tuple[Fact, ...]) -> set[Symbol]:
    """The indices that facts are about, each a single one: the class ``t`` of a one-hot label."""
    found: set[Symbol] = set()
    for fact in facts:
        if isinstance(fact, EntryFact):
            found |= names(fact.value) - set(fact.entry.indices)
        elif isinstance(fact, (EqualFact, UnequalFact)):
            found |= names(fact.left) | names(fact.right)
    return found


def _free(line: Expr, problem: Problem) -> set[str]:
    known = {r.index for r in problem.ranges if isinstance(r.index, Symbol)}
    return {s.name for s in names(line) & known}


def _bound(line: Expr) -> set[str]:
    return {binder.hint.name for binder in binders(line)}
