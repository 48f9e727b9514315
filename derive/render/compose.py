"""From a derivation to a document: what is said, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from itertools import count
from typing import Literal

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.derivation import Derivation, Step
from derive.display import Choice, Grid
from derive.errors import DeriveError
from derive.facts import Definition, IndexRange
from derive.notation import Partial, bases, replace
from derive.render.corrected import corrected
from derive.render.display import Family
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
    Relation,
    Section,
    Sentence,
)
from derive.render.evidence import Evidence, evidence
from derive.render.inventory import facts_in_words, symbols_table
from derive.render.marking import Marked, changed
from derive.render.messages import Messages, load
from derive.render.names import Names, is_entry, names_in, names_of, value_name
from derive.render.reasons import fact_formula, reason
from derive.render.remaining import Remaining
from derive.render.rule_formula import has_prime, rule_formula
from derive.render.sheets import entitled, with_blanks
from derive.render.softmax_names import with_softmax_names
from derive.render.whole_arrays import has_bold, in_words, whole_left
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
        *writer.recalled(),
        *writer.body(derivation),
        evidence(derivation, report, writer.places, messages, writer.taken),
        *writing_out(derivation, writer.shown, messages, level, wishes),
        *corrected(derivation, writer.called, writer.places, messages, writer.taken),
    )
    own = messages.find("entries", derivation.problem.name)
    heading = title or own or messages.text("titles", derivation.problem.kind)
    document = Document(
        messages.code,
        heading,
        author,
        sections,
        numbered_after=writer.last_tag(),
        indicator=derivation.problem.indicator,
        course=wishes.course,
        logarithm=wishes.logarithm,
    )
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
    places: dict[Expr, Reference] = field(default_factory=dict)
    defined: set[Definition] = field(default_factory=set)
    heading: Sentence = ()

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
            tags = dict(zip(problem.definitions, problem.tags, strict=False))
            blocks += [self.definition(d, tags.get(d)) for d in defined]
            for d in defined:
                blocks += self.definition_in_arrays(d)
        blocks += [Paragraph(words) for words in facts_in_words(problem.facts, messages, names)]
        results = self.results()
        claim = "claim_several" if len(results) > 1 else "claim"
        blocks.append(Paragraph((messages.text("text", claim),)))
        for result, left in results:
            blocks.append(Equation(left, (Branch(result.closed_form),), self.around(result, left)))
            if "result" in result.arrays:
                form = result.arrays["result"]
                whole = whole_left(left, form.layout)
                blocks.append(Equation(whole, (Branch(form.closed_form.array),), self.taken))
        shown = tuple(s.after for d in self.derivation.walk() for s in d.steps)
        own = None if len(defined) < len(self.derivation.definitions) else self.value
        blocks.append(
            symbols_table(
                problem,
                own,
                self.derivation.definitions,
                self.free_indices(),
                shown,
                in_words(self.derivation),
                messages,
                names,
            )
        )
        blocks += self.note()
        return Section((messages.text("headings", "statement"),), tuple(blocks))

    def definition(self, definition: Definition, tag: str | None = None) -> Equation:
        """What an abbreviation stands for."""
        self.defined.add(definition)
        here, label = self.names_around(definition), self.label()
        if tag is not None:
            self.places.setdefault(definition.value, Reference(label))
        return Equation(definition.entry, (Branch(definition.value),), here, label, tag=tag)

    def definition_in_arrays(self, definition: Definition) -> list[Block]:
        """A definition written with whole vectors and matrices, where it has such a form."""
        form = self.derivation.arrays.get(str(definition.base))
        if form is None:
            return []
        words = Paragraph((self.messages.text("text", "arrays"),))
        left = whole_left(definition.entry, form.layout)
        return [words, Equation(left, (Branch(form.closed_form.array),), self.taken)]

    def results(self) -> list[tuple[Derivation, Expr]]:
        """What the document proves, each with its left-hand side."""
        own = self.derivation
        return [(d, self.left(d)) for d in self.parts() or (own,)]

    def parts(self) -> tuple[Derivation, ...]:
        """The parts, where these are what the document shows, and what they consist of."""
        own = self.derivation
        if own.steps and not cites_a_part(own):
            return ()
        return tuple(
            inner
            for part in own.parts.values()
            for inner in (part.parts.values() if part.parts and not part.steps else (part,))
        )

    def free_indices(self) -> dict[Symbol, IndexRange]:
        """The free indices of the derivation and what it contains, each with its range.

        One that runs over several axes, in the derivatives by several variables, has none.
        """
        found: dict[Symbol, set[IndexRange]] = {}
        for derivation in (self.derivation, *self.parts(), *self.derivation.walk()):
            given = derivation.given
            for index in derivation.problem.free_indices:
                known = given.range_of(index)
                if known is not None:
                    found.setdefault(index, set()).add(known)
        return {index: next(iter(known)) for index, known in found.items() if len(known) == 1}

    # Derivations

    def body(self, derivation: Derivation) -> list[Section]:
        """Lemmas, then parts, then the derivation with its cases and its result."""
        sections = self.lemmas_of(derivation)
        for part in derivation.parts.values():
            sections += self.lemmas_of(part)
            sections.append(self.part(part))
        if derivation.steps and not cites_a_part(derivation):
            joined = any(step.rule == "join_cases" for step in derivation.steps)
            heading = (self.messages.text("headings", "together" if joined else "derivation"),)
            self.heading = heading
            blocks = self.proof(derivation, self.left(derivation))
            sections.append(Section(heading, tuple(blocks)))
        if self.level == "full":
            sections += self.stable(derivation)
        return sections

    def lemmas_of(self, derivation: Derivation) -> list[Section]:
        """The lemmas that are not there yet."""
        new: list[Section] = []
        written: list[Block] = []
        heading = (self.messages.text("parts", "written-out"),)
        for lemma in derivation.lemmas:
            if self.proved.get(lemma.name) != lemma.statement:
                self.proved[lemma.name] = lemma.statement
                if lemma.problem.kind == "value" and len(lemma.steps) == 1:
                    self.heading = heading
                    written.append(self.chain(lemma, self.left(lemma)))
                else:
                    new += self.lemma(lemma)
        if written:
            new.insert(0, Section(heading, tuple(written)))
        return new

    def lemma(self, lemma: Derivation) -> list[Section]:
        """A lemma with its proof, numbered, for citing; those that it cites come first."""
        inner = self.lemmas_of(lemma)
        number = next(self.number)
        reference = Reference(f"lemma{number}", "lemma", str(number))
        self.lemmas[lemma.name] = reference
        left = self.left(lemma)
        claim = Equation(left, (Branch(lemma.closed_form),), self.around(lemma, left))
        blocks = [*self.assumed(lemma), *self.abbreviations(lemma), claim]
        if self.level != "brief":
            blocks.append(Paragraph((self.messages.text("text", "proof"),), emphasis=True))
            blocks += self.proof(lemma, left, boxed=False)
        heading = self.messages.sentence("headings", "lemma", {"number": str(number)})
        title = self.messages.find("parts", lemma.name)
        if title is not None:
            heading = (*heading, f". {title}")
        return [*inner, Section(heading, tuple(blocks), reference.label)]

    def abbreviations(self, derivation: Derivation) -> list[Block]:
        """What a statement abbreviates that has not been said before."""
        used = bases(derivation.statement)
        new = [d for d in derivation.definitions if d.base in used and d not in self.defined]
        new = [d for d in new if not is_entry(self.value, d)]
        self.defined.update(new)
        facts = [fact_formula(d, self.names_around(d)) for d in new]
        return [Paragraph(self.messages.sentence("text", "assume", {"fact": f})) for f in facts]

    def title(self, derivation: Derivation) -> Sentence:
        """What a part is called: by a name of its own, else by its variable."""
        variable = derivation.problem.variables[-1]
        array = variable.base if isinstance(variable, Indexed) else variable
        slots = {
            "variable": Formula((variable,), self.taken),
            "array": Formula((array,), self.taken),
        }
        if self.messages.find("parts", derivation.name) is None:
            return self.messages.sentence("headings", "part", slots)
        return self.messages.sentence("parts", derivation.name, slots)

    def chain_title(self, derivation: Derivation) -> Sentence:
        """What is said before a chain that is written out once more."""
        reference = self.lemmas.get(derivation.name)
        title = reference if reference and reference.kind == "lemma" else self.heading
        return self.messages.sentence("text", "titled", {"title": title})

    def part(self, part: Derivation) -> Section:
        """A result on the way, or one of several; of several results each is a part again."""
        heading = self.title(part)
        if part.parts and not part.steps:
            inner = [
                section
                for each in part.parts.values()
                for section in (*self.lemmas_of(each), self.part(each))
            ]
            return Section(heading, tuple(inner))
        self.heading = heading
        return Section(heading, (*self.assumed(part), *self.proof(part, self.left(part))))

    def assumed(self, derivation: Derivation) -> list[Block]:
        """What a lemma or a part is derived under, before its proof."""
        facts = [fact_formula(f, self.taken) for f in derivation.assumptions]
        return [Paragraph(self.messages.sentence("text", "assume", {"fact": f})) for f in facts]

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
        if "result" in derivation.arrays:
            blocks += self.in_arrays(derivation, derivation.arrays["result"], left, boxed)
        if derivation.cases:
            for case in derivation.cases.values():
                blocks.append(self.case(case, left, end))
            blocks.append(Paragraph((self.messages.text("text", "cases"),)))
            branches = tuple(
                Branch(c.closed_form, self.condition(c)) for c in derivation.cases.values()
            )
            blocks.append(Equation(left, branches, names, boxed=boxed))
        return blocks

    def in_arrays(
        self, derivation: Derivation, form: Derivation, left: Expr, boxed: bool
    ) -> list[Block]:
        """The result written with whole vectors and matrices."""
        chain = self.chain(form, left)
        # It shows the entries once more, and says nothing new when it is written out.
        self.shown.pop()
        lines = [line for line in chain.lines if line.right != form.statement]
        whole = whole_left(left, form.layout)
        arrays = tuple(with_changes(line, right=line.right.array) for line in lines)
        blocks: list[Block] = [Chain(whole, arrays, chain.names)]
        if boxed:
            result = Branch(form.closed_form.array)
            blocks.append(Equation(whole, (result,), chain.names, boxed=True))
            blocks += self.remark(derivation, (whole, "=", result.value))
        return blocks

    def remark(self, derivation: Derivation, result: tuple[Expr | Relation, ...]) -> list[Block]:
        """What the source calls a result, in words."""
        key = f"{derivation.problem.name}/{derivation.name}"
        at = self.messages.find("remarks", f"{key}/at")
        if at is None:
            return []
        # Upright, as other letters than those of English are anyway.
        place = Symbol(rf"\mathrm{{{at}}}" if at.isascii() else at)
        formula = Formula((IndexedBase("delta")[place], "=", *result), self.taken)
        return [Paragraph(self.messages.sentence("remarks", key, {"result": formula}))]

    def case(self, case: Derivation, left: Expr, end: str | None) -> Section:
        """What the result comes to under a further condition."""
        slots = {"condition": self.condition(case), "equation": end and Reference(end)}
        self.heading = heading = self.messages.sentence("headings", "case", slots)
        return Section(heading, (self.chain(case, left, self.messages.text("text", "nothing")),))

    def condition(self, case: Derivation) -> Formula:
        """The condition of a case."""
        return fact_formula(case.assumptions[-1], self.taken)

    def chain(self, derivation: Derivation, left: Expr, opening: str | None = None) -> Chain:
        """The steps as lines, each with its reason, below the statement as ``opening`` puts it."""
        names = self.around(derivation, left)
        lines = []
        # The case of a result starts from it: only where nothing is to be done it is shown again.
        if derivation.statement != left and not self.skips_statement(derivation):
            slots = {"symbol": Formula((self.value,), names)}
            why = (opening,) if opening else self.messages.sentence("text", "insert", slots)
            lines.append(Line(derivation.statement, self.label(), why))
        for step in self.steps(derivation):
            before = Reference(lines[-1].label) if lines else None
            remark = self.remaining.sentence(step, derivation, left, before, self.messages, names)
            short, why = reason(
                step, derivation, self.messages, names, self.lemmas, self.taken, remark
            )
            label = self.label()
            self.places.setdefault(step.after, Reference(label))
            lines.append(Line(self.named(changed(step)), label, why, short, step.tag))
        chain = Chain(left, tuple(lines), names)
        self.shown.append(Shown(derivation, chain, self.chain_title(derivation)))
        return chain

    def skips_statement(self, derivation: Derivation) -> bool:
        """Whether a chain begins with its first step, and not with the statement written out."""
        if not derivation.steps:
            return False
        first = derivation.steps[0]
        is_case = any(derivation in d.cases.values() for d in self.derivation.walk())
        is_case |= isinstance(derivation.closed_form, Grid)
        return is_case or first.lemma is not None or self.named(first.after) != first.after

    def steps(self, derivation: Derivation) -> tuple[Step, ...]:
        """The steps that a reader of this level sees."""
        if self.level == "full":
            # What a source numbers is where the step ends.
            return tuple(
                with_changes(atom, tag=step.tag if atom is step.atoms[-1] else None)
                for step in derivation.steps
                for atom in step.atoms
            )
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
        words: Sentence = (self.messages.text("text", key),)
        if self.last_tag():
            slots = {"last": f"({self.last_tag()})"}
            words = (*words, " ", *self.messages.sentence("text", "tags", slots))
        if has_bold(self.derivation):
            words = (*words, " ", self.messages.text("text", "bold"))
        return [Paragraph(words)]

    def stable(self, derivation: Derivation) -> list[Section]:
        """The forms that the kernels compute."""
        blocks: list[Block] = []
        self.heading = (self.messages.text("headings", "stable"),)
        for form in derivation.stable.values():
            if form.steps:
                left = self.stable_left(form, derivation)
                blocks.append(self.chain(form, left, opening=self.messages.text("text", "begin")))
        if not blocks:
            return []
        intro = Paragraph((self.messages.text("text", "stable"),))
        return [Section(self.heading, (intro, *blocks))]

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
        left = self.called(derivation.statement)
        grid = derivation.closed_form
        return Family(left, *grid.running) if isinstance(grid, Grid) else left

    def named(self, expr: Expr) -> Expr:
        """``expr`` with the derivatives of the loss in its parts or cases called by their names."""
        match expr:
            case Choice(first, second, same, other):
                return Choice(first, second, self.called(same), self.called(other))
            case Marked(operand):
                return Marked(self.named(operand))
        problem = self.derivation.problem
        if problem.kind != "gradient" or expr == problem.expression:
            return expr
        return replace(expr, {problem.expression: self.value})

    def last_tag(self) -> int:
        """The largest number among the tags of the source."""
        tags = [s.tag for d in self.derivation.walk() for s in d.steps if s.tag]
        numbers = [int(t) for t in (*tags, *self.derivation.problem.tags) if t.isdigit()]
        return max(numbers, default=0)

    def recalled(self) -> list[Section]:
        """The rules that the source recalls."""
        formulas = [rule_formula(r, self.taken) for r in self.derivation.problem.recalled]
        blocks: list[Block] = []
        for formula in formulas:
            if formula is not None:
                left, _, right = formula.items
                blocks.append(Equation(left, (Branch(right),), formula.names))
        heading = self.messages.text("headings", "rules")
        return [Section((heading,), tuple(blocks))] if blocks else []

    def called(self, expr: Expr) -> Expr:
        problem = self.derivation.problem
        if expr == problem.expression:
            return self.value
        if isinstance(expr, Partial):
            return Partial(self.called(expr.operand), expr.variable)
        if isinstance(expr, Marked):
            return Marked(self.called(expr.operand))
        if expr == problem.statement:
            return replace(expr, {problem.expression: self.value})
        return expr

    def names_around(self, definition: Definition) -> Names:
        """The names that bound indices must keep clear of in a definition: those in it."""
        indices = {r.index.name for r in self.derivation.problem.ranges if r.index.is_Symbol}
        here = names_in((definition.entry, definition.value))
        return Names((self.taken.taken - indices) | here.taken)

    def around(self, derivation: Derivation, left: Expr) -> Names:
        """The names that bound indices must keep clear of in a chain."""
        here = names_in((left, derivation.statement, *(s.after for s in derivation.steps)))
        return Names(
            names_of(derivation.problem).taken | names_in((self.value,)).taken | here.taken
        )


def cites_a_part(derivation: Derivation) -> bool:
    """Whether all that a derivation does is to cite one of its parts."""
    return len(derivation.steps) == 1 and derivation.steps[0].lemma in derivation.parts
