"""From a derivation to a document: what is said, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from sympy import Expr

from derive.derivation import Derivation, Step
from derive.errors import DeriveError
from derive.notation import Partial
from derive.problem import Problem
from derive.render.document import (
    Block,
    Branch,
    Chain,
    Document,
    Equation,
    Formula,
    Line,
    Paragraph,
    Reference,
    Section,
)
from derive.render.evidence import Evidence, evidence
from derive.render.inventory import facts_in_words, symbols_table
from derive.render.marking import changed
from derive.render.messages import Messages, load
from derive.render.names import Names, is_entry, names_in, names_of, value_name
from derive.render.reasons import fact_formula, reason
from derive.render.remaining import Remaining
from derive.render.rule_formula import has_prime, rule_formula
from derive.render.sheets import entitled, with_blanks
from derive.render.softmax_names import with_softmax_names
from derive.render.wishes import PLAIN, Wishes
from derive.render.writing_out import Shown, writing_out

Level = Literal["default", "full", "brief"]


def compose(
    derivation: Derivation,
    language: str | None = None,
    title: str | None = None,
    author: str | None = None,
    level: Level = "default",
    report: Evidence | None = None,
    wishes: Wishes = PLAIN,
) -> Document:
    """The document of a derivation.

    Raises ``DeriveError`` where the report says that a check failed.
    """
    if level not in ("default", "full", "brief"):
        raise DeriveError(f"there is no level {level!r}; choose default, full or brief")
    messages = load(language or derivation.problem.language or "en")
    writer = _Writer(derivation, messages, level, wishes)
    sections = (
        writer.statement(),
        *writer.body(derivation, derivation.problem),
        *writing_out(derivation, writer.shown, messages, level, wishes),
        evidence(derivation.problem, report, messages, writer.taken),
    )
    own = messages.find("entries", derivation.problem.name)
    heading = title or own or messages.text("titles", derivation.problem.kind)
    document = Document(messages.code, heading, author, sections, wishes.course, wishes.logarithm)
    if wishes.softmax == "sigma":
        document = with_softmax_names(document, derivation.definitions)
    if wishes.sheet is not None:
        document = entitled(document, wishes.sheet, messages)
    return with_blanks(document) if wishes.sheet == "worksheet" else document


@dataclass
class _Writer:
    """Composes the sections of one document."""

    derivation: Derivation
    messages: Messages
    level: Level
    wishes: Wishes
    shown: list[Shown] = field(default_factory=list)
    labels: Iterator[int] = field(default_factory=lambda: count(1))
    lemmas: dict[str, Reference] = field(default_factory=dict)
    proved: dict[str, Expr] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.derivation.problem
        self.taken = names_of(problem)
        self.value = value_name(problem, self.derivation.definitions, self.taken)
        self.taken = Names(self.taken.taken | names_in((self.value,)).taken)
        self.number = count(1)
        self.remaining = Remaining(self.derivation, self.wishes)

    # The statement

    def statement(self) -> Section:
        """What is proved, of what, and under which assumptions."""
        problem, messages = self.derivation.problem, self.messages
        names = self.taken
        opening = messages.text("text", "function" if problem.kind == "jacobian" else "loss")
        blocks: list[Block] = [
            Paragraph((opening,)),
            Equation(self.value, (Branch(problem.expression),), names),
        ]
        defined = [d for d in self.derivation.definitions if not is_entry(self.value, d)]
        if defined:
            key = "where_several" if len(defined) > 1 else "where"
            blocks.append(Paragraph((messages.text("text", key),)))
            blocks += [Equation(d.entry, (Branch(d.value),), names) for d in defined]
        blocks += [Paragraph(words) for words in facts_in_words(problem.facts, messages, names)]
        results = self.results()
        claim = "claim_several" if len(results) > 1 else "claim"
        blocks.append(Paragraph((messages.text("text", claim),)))
        blocks += [
            Equation(left, (Branch(d.closed_form),), self.around(d, left)) for d, left in results
        ]
        shown = tuple(s.after for d in self.derivation.walk() for s in d.steps)
        own = None if len(defined) < len(self.derivation.definitions) else self.value
        blocks.append(
            symbols_table(problem, own, self.derivation.definitions, shown, messages, names)
        )
        blocks += self.note()
        return Section((messages.text("headings", "statement"),), tuple(blocks))

    def results(self) -> list[tuple[Derivation, Expr]]:
        """What the document proves, each with its left-hand side."""
        own = self.derivation
        if not own.steps and own.parts:
            return [(p, self.left(p)) for p in own.parts.values()]
        return [(own, self.left(own))]

    # Derivations

    def body(self, derivation: Derivation, problem: Problem) -> list[Section]:
        """Lemmas, then parts, then the derivation with its cases and its result."""
        sections = self.lemmas_of(derivation)
        for name, part in derivation.parts.items():
            sections += self.lemmas_of(part)
            sections.append(self.part(name, part))
        if derivation.steps:
            heading = self.messages.text("headings", "derivation")
            left = self.left(derivation)
            sections.append(Section((heading,), tuple(self.proof(derivation, left))))
        if self.level == "full":
            sections += self.stable(derivation)
        return sections

    def lemmas_of(self, derivation: Derivation) -> list[Section]:
        """The lemmas that are not there yet."""
        new: list[Section] = []
        for lemma in derivation.lemmas:
            if self.proved.get(lemma.name) != lemma.statement:
                self.proved[lemma.name] = lemma.statement
                new += self.lemma(lemma)
        return new

    def lemma(self, lemma: Derivation) -> list[Section]:
        """A lemma with its proof, numbered, for citing; those that it cites come first."""
        inner = self.lemmas_of(lemma)
        number = next(self.number)
        reference = Reference(f"lemma{number}", "lemma", str(number))
        self.lemmas[lemma.name] = reference
        left = self.left(lemma)
        claim = Equation(left, (Branch(lemma.closed_form),), self.around(lemma, left))
        blocks: list[Block] = [claim]
        if self.level != "brief":
            blocks.append(Paragraph((self.messages.text("text", "proof"),), emphasis=True))
            blocks += self.proof(lemma, left, boxed=False)
        heading = self.messages.sentence("headings", "lemma", {"number": str(number)})
        return [*inner, Section(heading, tuple(blocks), reference.label)]

    def part(self, name: str, part: Derivation) -> Section:
        """A result on the way, or one of several."""
        own = self.messages.find("parts", name)
        slots = {"variable": Formula((part.problem.variables[-1],), self.taken)}
        heading = (own,) if own else self.messages.sentence("headings", "part", slots)
        left = self.left(part)
        return Section(heading, tuple(self.proof(part, left)))

    def proof(self, derivation: Derivation, left: Expr, boxed: bool = True) -> list[Block]:
        """The steps, the cases and the result."""
        chain = self.chain(derivation, left)
        names = chain.names
        blocks: list[Block] = [chain]
        end = chain.lines[-1].label if chain.lines else None
        if end and derivation.name not in self.lemmas:
            self.lemmas[derivation.name] = Reference(end)
        if boxed:
            blocks.append(Equation(left, (Branch(derivation.closed_form),), names, boxed=True))
        if derivation.cases:
            for case in derivation.cases.values():
                blocks.append(self.case(case, left, end))
            blocks.append(Paragraph((self.messages.text("text", "cases"),)))
            branches = tuple(
                Branch(c.closed_form, self.condition(c)) for c in derivation.cases.values()
            )
            blocks.append(Equation(left, branches, names, boxed=boxed))
        return blocks

    def case(self, case: Derivation, left: Expr, end: str | None) -> Section:
        """What the result comes to under a further condition."""
        slots = {"condition": self.condition(case), "equation": end and Reference(end)}
        heading = self.messages.sentence("headings", "case", slots)
        return Section(heading, (self.chain(case, left, self.messages.text("text", "nothing")),))

    def condition(self, case: Derivation) -> Formula:
        """The condition of a case."""
        return fact_formula(case.assumptions[-1], self.taken)

    def chain(self, derivation: Derivation, left: Expr, opening: str | None = None) -> Chain:
        """The steps as lines, each with its reason, below the statement as ``opening`` puts it."""
        names = self.around(derivation, left)
        lines = []
        # The case of a result starts from it: only where nothing is to be done it is shown again.
        if derivation.statement != left and not (derivation.assumptions and derivation.steps):
            slots = {"symbol": Formula((self.value,), names)}
            why = (opening,) if opening else self.messages.sentence("text", "insert", slots)
            lines.append(Line(derivation.statement, self.label(), why))
        for step in self.steps(derivation):
            short, why = reason(step, derivation, self.messages, names, self.lemmas)
            why += self.remaining.sentence(step, derivation, left, self.messages, names)
            lines.append(Line(changed(step), self.label(), why, short))
        chain = Chain(left, tuple(lines), names)
        self.shown.append(Shown(derivation, chain))
        return chain

    def steps(self, derivation: Derivation) -> tuple[Step, ...]:
        """The steps that a reader of this level sees."""
        if self.level == "full":
            return tuple(atom for step in derivation.steps for atom in step.atoms)
        return derivation.steps

    def note(self) -> list[Block]:
        """How to read the lines, before the first of them."""
        if self.wishes.sheet == "worksheet":
            return [Paragraph((self.messages.text("text", "worksheet"),))]
        if self.level == "brief":
            return []
        rules = {s.rule for d in self.derivation.walk() for s in self.steps(d)}
        formulas = (rule_formula(r, self.taken) for r in rules if self.messages.speaks_of(r, "law"))
        key = "primes" if any(f is not None and has_prime(f) for f in formulas) else "colour"
        return [Paragraph((self.messages.text("text", key),))]

    def stable(self, derivation: Derivation) -> list[Section]:
        """The forms that the kernels compute."""
        blocks: list[Block] = []
        for form in derivation.stable.values():
            if form.steps:
                left = self.stable_left(form, derivation)
                blocks.append(self.chain(form, left, opening=self.messages.text("text", "begin")))
        if not blocks:
            return []
        intro = Paragraph((self.messages.text("text", "stable"),))
        return [Section((self.messages.text("headings", "stable"),), (intro, *blocks))]

    def stable_left(self, form: Derivation, derivation: Derivation) -> Expr:
        """What a stable form is a form of: the loss, its derivative or a definition."""
        if form.statement == derivation.closed_form:
            return self.left(derivation)
        entries = {d.value: d.entry for d in derivation.definitions}
        return entries.get(form.statement, self.called(form.statement))

    # Names

    def label(self) -> str:
        return f"line{next(self.labels)}"

    def left(self, derivation: Derivation) -> Expr:
        """The left-hand side of a derivation, with the loss called by its name."""
        return self.called(derivation.statement)

    def called(self, expr: Expr) -> Expr:
        problem = self.derivation.problem
        if expr == problem.expression:
            return self.value
        if isinstance(expr, Partial):
            return Partial(self.called(expr.operand), expr.variable)
        return expr

    def around(self, derivation: Derivation, left: Expr) -> Names:
        """The names that bound indices must keep clear of in a chain."""
        here = names_in((left, derivation.statement, *(s.after for s in derivation.steps)))
        return Names(self.taken.taken | here.taken)
