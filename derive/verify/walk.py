"""Checking a whole tree of derivations: lemmas, parts, cases, stable forms."""

from __future__ import annotations

from sympy import Expr, Symbol, Tuple

from derive.derivation import Derivation, Step
from derive.facts import PositiveFact
from derive.notation import names
from derive.problem import Problem
from derive.verify.chain import (
    breaks,
    case_flaws,
    definition_flaws,
    form_flaws,
    inner_breaks,
    result_flaw,
    statement_flaw,
    undeclared,
)
from derive.verify.examine import Cited, Evidence, Examiner, Finding, facts_of
from derive.verify.plain import as_inert
from derive.verify.report import Check, Checked, Failure, Report, Row
from derive.verify.sizes import EXACT, NO_SIZE, size_choices


def check(derivation: Derivation) -> Report:
    """Check a derivation with all it contains; see ``Report`` for what is said of it."""
    return Checker(derivation).report()


def check_step(derivation: Derivation, number: int) -> tuple[Failure, ...]:
    """Check one step (counted from 1) of a derivation without lemmas of others."""
    return Checker(derivation).step_failures(derivation, number, derivation.steps[number - 1])


class Checker:
    """Checks one tree of derivations."""

    def __init__(self, root: Derivation) -> None:
        self._root = root
        self._examiner = Examiner(root)
        self._rows: list[Row] = []
        self._failures: list[Failure] = []
        self._undecided = False
        self._cited: dict[int, Cited] = {}
        self._scope(root, ())

    def report(self) -> Report:
        """Check everything."""
        flaws = [
            (d, flaw) for d in self._root.walk() for flaw in definition_flaws(d, self._root.problem)
        ]
        for derivation, flaw in flaws:
            self._fail(derivation, "statement", flaw)
        if not size_choices(self._root.problem, EXACT):
            self._failures.append(
                Failure(self._root.name, 0, "", "statement", NO_SIZE, unreached=True)
            )
        elif not flaws:
            # Otherwise unfolding a definition might never end.
            self._tree(self._root)
        return Report(
            self._level(),
            tuple(self._failures),
            tuple(self._rows),
            tuple(self._examiner.assumed),
            _in_words(self._root.problem) if self._decided() else "",
            definitions=self._root.definitions,
            asked=_asked(self._root.problem),
            declared=self._root.problem.facts,
        )

    def _decided(self) -> bool:
        """Whether any step was decided exactly; without steps, nothing says that it was not."""
        return not self._rows or any(row.exact for row in self._rows)

    def _level(self) -> Checked:
        if not self._failures:
            return "sampled" if self._undecided else "exact"
        return "undecided" if all(f.unreached for f in self._failures) else "failed"

    def step_failures(self, derivation: Derivation, number: int, step: Step) -> tuple[Failure, ...]:
        """Check ``step`` as the one of that number in a derivation of this tree.

        It may be another one than the derivation has: then it must fit between its neighbours.
        """
        steps = derivation.steps
        start = steps[number - 2].after if number > 1 else derivation.statement
        found: list[tuple[Check, str]] = []
        if step.before != start:
            found.append(("chain", "it does not start where the one before it ended"))
        if number < len(steps) and step.after != steps[number].before:
            found.append(("chain", "the next one does not start where it ends"))
        found += [("chain", sentence) for sentence in inner_breaks(step)]
        found += self._undeclared(step, derivation)
        failures = [Failure(derivation.name, number, step.rule, kind, text) for kind, text in found]
        failures += self._examine(step, number, derivation, Evidence())
        return tuple(failures)

    def _scope(self, derivation: Derivation, outer: Cited) -> None:
        """Which lemmas each derivation may cite: none that rests on it."""
        known = outer
        for lemma in (*derivation.lemmas, *derivation.parts.values()):
            self._scope(lemma, known)
            known = (lemma, *known)
        self._cited[id(derivation)] = known
        for inner in (*derivation.cases.values(), *forms_of(derivation)):
            self._scope(inner, known)

    def _tree(self, derivation: Derivation) -> None:
        for stated in (*derivation.lemmas, *derivation.parts.values()):
            self._tree(stated)
        self._statement(derivation)
        self._derivation(derivation)
        for inner in (*derivation.cases.values(), *forms_of(derivation)):
            self._derivation(inner)

    def _statement(self, derivation: Derivation) -> None:
        """A derivation with a problem of its own states that, and the problem is the user's."""
        flaw = statement_flaw(derivation)
        if flaw is not None:
            self._fail(derivation, "statement", flaw)
        problem = derivation.problem
        source = _with_own_indices(problem.source)
        # The root of a square is read as what is squared where that is said to be positive.
        told = tuple(f for f in problem.facts if isinstance(f, PositiveFact))
        equal = self._examiner.equation(source, problem.expression, told, derivation)
        for finding in equal:
            prefix = "the problem is not the expression that was handed in"
            self._equation(derivation, "statement", prefix, finding)

    def _derivation(self, derivation: Derivation) -> None:
        for number, rule, text in breaks(derivation):
            self._failures.append(Failure(derivation.name, number, rule, "chain", text))
        for number, step in enumerate(derivation.steps, start=1):
            self._step(step, number, derivation)
        self._whole(derivation)

    def _step(self, step: Step, number: int, derivation: Derivation) -> None:
        seen = Evidence()
        failures = [
            Failure(derivation.name, number, step.rule, kind, text)
            for kind, text in self._undeclared(step, derivation)
        ]
        failures += self._examine(step, number, derivation, seen)
        self._undecided |= seen.undecided
        self._failures += failures
        self._rows.append(
            Row(
                derivation.name,
                number,
                step.rule,
                seen.parts,
                seen.exact,
                seen.sampled,
                all(f.unreached for f in failures),
            )
        )

    def _examine(
        self, step: Step, number: int, derivation: Derivation, seen: Evidence
    ) -> list[Failure]:
        cited = self._cited[id(derivation)]
        return [
            Failure(
                derivation.name,
                number,
                step.rule,
                f.check,
                f.sentence,
                f.counterexample,
                f.unreached,
            )
            for f in self._examiner.step(step, derivation, cited, seen)
        ]

    def _undeclared(self, step: Step, derivation: Derivation) -> list[tuple[Check, str]]:
        return [
            ("facts", f"it uses {fact.statement}, which nobody has declared")
            for fact in undeclared(step, derivation, self._root.problem)
        ]

    def _whole(self, derivation: Derivation) -> None:
        """Statement, result, cases and stable forms."""
        for kind, flaws in (
            ("cases", case_flaws(derivation)),
            ("statement", form_flaws(derivation)),
        ):
            for text in flaws:
                self._fail(derivation, kind, text)  # type: ignore[arg-type]
        flaw = result_flaw(derivation)
        if flaw is not None:
            self._fail(derivation, "result", flaw)
        if isinstance(derivation.statement, Tuple) or not derivation.steps:
            return
        used = (*facts_of(derivation, self._root), *derivation.assumptions)
        for finding in self._examiner.equation(
            derivation.statement, derivation.closed_form, used, derivation
        ):
            self._equation(derivation, "result", "it does not follow", finding)

    def _equation(self, derivation: Derivation, kind: Check, wrong: str, finding: Finding) -> None:
        # Where it could not be tried, nobody has done anything wrong.
        refuted = finding.counterexample is not None or finding.check == "form"
        said = f"{wrong}: {finding.sentence}" if refuted else finding.sentence
        self._fail(derivation, kind, said, finding)

    def _fail(
        self, derivation: Derivation, kind: Check, text: str, finding: Finding | None = None
    ) -> None:
        shown = None if finding is None else finding.counterexample
        unreached = finding is not None and finding.unreached
        self._failures.append(Failure(derivation.name, 0, "", kind, text, shown, unreached))


def forms_of(derivation: Derivation) -> tuple[Derivation, ...]:
    """What a derivation has been rewritten as: for floating point, and with whole arrays."""
    return (*derivation.stable.values(), *derivation.arrays.values())


def _with_own_indices(source: Expr) -> Expr:
    """What was handed in, with indices of sums that no maximum around them has as well.

    A maximum names its index by what stands inside, where sums of SymPy do not count.
    """
    try:
        return as_inert(source)
    except NotImplementedError:
        return source  # of which the check says that it has no meaning


def _asked(problem: Problem) -> frozenset[Symbol]:
    """What occurs free in the question and in its facts, as the class of a label does."""
    found = set(names(problem.expression)).union(*map(names, problem.variables))
    return frozenset(found.union(*(f.statement.free_symbols for f in problem.facts)))


def _in_words(problem: Problem) -> str:
    """The sizes at which steps are decided, as in ``C, N = 1, 2, 3, 5``, or ``D = 1, 2; N = 2``."""
    values: dict[tuple[int, ...], list[str]] = {}
    choices = size_choices(problem, EXACT)
    for size in problem.sizes if choices else ():
        taken = tuple(sorted({choice[size] for choice in choices}))
        values.setdefault(taken, []).append(size.name)
    return "; ".join(
        f"{', '.join(alike)} = {', '.join(map(str, taken))}" for taken, alike in values.items()
    )
