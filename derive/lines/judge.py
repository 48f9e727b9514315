"""Whether lines equal each other, by the checker: exactly at small sizes, then at random points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sympy import Expr

from derive.errors import DeriveError
from derive.lines.indices import escape, mismatch
from derive.lines.search import counterexample
from derive.lines.verdict import Evidence, Verdict
from derive.notation import Plus
from derive.posing import pose
from derive.problem import Problem
from derive.reading import as_expr
from derive.verify.decide import Decider
from derive.verify.plain import as_inert
from derive.verify.sample import Sampler
from derive.verify.sizes import EXACT, sampled_sizes, size_choices
from derive.verify.wellformed import flaw

BEYOND = "it is beyond what can be decided exactly"
NOWHERE = (
    "no numbers were found for which both sides are real and of moderate size; if there are any, "
    "say with given= what is positive"
)


def judge(lines: Sequence[Any], given: Iterable[Any] = (), where: Iterable[Any] = ()) -> Verdict:
    """Whether each line equals the next one, under declared facts.

    The verdict is that of the first line that is wrong; where none is, of the first that cannot
    be decided. Raises ``DeriveError`` for lines, facts and definitions that cannot be read, and
    ``TypeError`` for what is no SymPy expression.
    """
    read = [_read(line) for line in lines]
    problem = pose(Plus(*read), (), "value", given, where)
    several = len(read) > 2
    called = [f"line {n}" for n in range(1, len(read) + 1)]
    if not several:
        called = ["the left side", "the right side"]

    def numbered(verdict: Verdict, number: int) -> Verdict:
        return replace(verdict, line=number) if several else verdict

    verdicts: list[Verdict] = []
    for n, line in enumerate(read):
        wrong = escape(line, called[n], problem)
        if wrong is not None:
            return numbered(Verdict("ill-typed", wrong), n + 1)
        if n > 0:
            labels = (called[n - 1], called[n])
            verdicts.append(numbered(_pair(read[n - 1], line, labels, problem), n + 1))
            if verdicts[-1].status in ("false", "ill-typed"):
                return verdicts[-1]
    undecided = (v for v in verdicts if v.status == "undecided")
    return next(undecided, Verdict("holds", evidence=_joined(verdicts)))


def _read(line: Any) -> Expr:
    """A line in inert notation; kinks and pending derivatives have a meaning here."""
    expr = as_expr(line)
    try:
        read = as_inert(expr)
    except NotImplementedError as error:
        raise DeriveError(f"{expr}: {error}; write it with functions of real numbers") from error
    wrong = flaw(read)
    if wrong is not None:
        raise DeriveError(f"{expr} is no line that can be checked: {wrong}; correct it")
    return read


def _pair(left: Expr, right: Expr, labels: tuple[str, str], problem: Problem) -> Verdict:
    wrong = mismatch((left, right), labels, problem)
    if wrong is not None:
        return Verdict("ill-typed", wrong)
    exact = Decider(problem, problem.definitions).compare(left, right, problem.facts)
    sampled = Sampler(problem, problem.definitions).compare(left, right, problem.facts)
    evidence = Evidence(
        exact.cases if exact.equal else 0,
        sampled.cases if sampled.equal else 0,
        tuple(size.name for size in problem.sizes),
        _values(problem, EXACT),
        _values(problem, sampled_sizes(problem)),
    )
    if exact.equal and sampled.equal:
        return Verdict("holds", evidence=evidence)
    place = exact.place or sampled.place
    shown = counterexample(left, right, problem, None if place is None else dict(place.sizes))
    if shown is not None:
        return Verdict("false", "the two sides differ", counterexample=shown)
    if sampled.unreached:
        reason = NOWHERE
    elif sampled.equal:
        reason = f"{BEYOND}; {evidence}"
    else:
        reason = exact.reason or sampled.reason or BEYOND
    return Verdict("undecided", reason, evidence)


def _values(problem: Problem, among: tuple[int, ...]) -> tuple[int, ...]:
    """The values that sizes took."""
    choices = size_choices(problem, among)
    return tuple(sorted({value for choice in choices for value in choice.values()}))


def _joined(verdicts: list[Verdict]) -> Evidence:
    """The evidence for all lines together."""
    found = [v.evidence for v in verdicts if v.evidence is not None]
    total = replace(found[0], exact=sum(e.exact for e in found))
    return replace(total, sampled=sum(e.sampled for e in found))
