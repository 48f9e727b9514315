"""Typst for documents: each block becomes a call of what ``templates/proof.typ`` defines."""

from __future__ import annotations

from sympy import Atom, Expr

from derive.derivation import Derivation
from derive.render.compose import Level, compose
from derive.render.document import (
    Blank,
    Block,
    Branch,
    Chain,
    Decimal,
    Document,
    Equation,
    Formula,
    Line,
    Listed,
    Naturals,
    Paragraph,
    Reference,
    Section,
    Sentence,
    Space,
    Table,
)
from derive.render.evidence import Evidence
from derive.render.formula_lines import lines
from derive.render.formula_printer import Formulas
from derive.render.latex_printer import FormulaPrinter
from derive.render.messages import load
from derive.render.names import Names
from derive.render.typst_printer import TypstPrinter
from derive.render.typst_text import escape, string
from derive.render.wishes import PLAIN, Wishes
from derive.resources import template_root

# In em, as templates/proof.typ sets the page: the width of the text, what a chain is set in by,
# the room for an equation's number, and for a reason.
_PAGE = 40.0
# A table of so many rows is not cut.
_ROWS = 30
_INDENT = 2.0
_NUMBER = 3.0
_REASON = 0.31 * _PAGE * 11 / 10

_RELATIONS = {"=": ("=", "="), "!=": ("≠", r"\ne"), "<=": ("≤", r"\le"), ">": (">", ">")}
_RELATIONS["in"] = ("∈", r"\in")
_RELATIONS[">="] = ("≥", r"\ge")


def typst(
    derivation: Derivation,
    lang: str | None = None,
    title: str | None = None,
    author: str | None = None,
    level: Level = "default",
    report: Evidence | None = None,
    wishes: Wishes = PLAIN,
) -> str:
    """A derivation as a Typst document that stands on its own."""
    document = compose(derivation, lang, title, author, level, report, wishes)
    printer = _DocumentPrinter(document, brief=level == "brief")
    below = "".join(
        f"{string(escape(line))}, " for line in (document.course, document.author) if line
    )
    author = string(escape(document.author)) if document.author else "none"
    opening = (
        f"#show: proof.with(title: {string(escape(document.title))}, "
        f"author: {author}, below: ({below}), language: {string(document.language)})"
    )
    template = (template_root() / "proof.typ").read_text(encoding="utf-8")
    sections = [printer.section(section) for section in document.sections]
    return "\n".join([template.rstrip(), "", opening, *sections]) + "\n"


class _DocumentPrinter:
    """Prints the blocks of one document."""

    def __init__(self, document: Document, brief: bool) -> None:
        self._messages = load(document.language)
        self._brief = brief
        self._numbers = _numbers(document.sections, document.numbered_after)
        self._indicator = document.indicator
        self._logarithm = document.logarithm

    def section(self, section: Section, depth: int = 1) -> str:
        label = f"#label({string(section.label)})" if section.label else ""
        heading = f"#heading(level: {depth})[{self.sentence(section.heading)}]{label}"
        texts = [heading]
        for block, following in zip(section.blocks, [*section.blocks[1:], None], strict=True):
            texts.append(self.block(block, following, depth + 1))
        return "\n".join(texts)

    def block(self, block: Block, following: Block | None, depth: int) -> str:
        match block:
            case Section():
                return self.section(block, depth)
            case Paragraph(text, emphasis):
                words = self.sentence(text)
                words = f"#emph[{words}]" if emphasis else words
                # What introduces a formula stays on its page.
                sticky = "true" if isinstance(following, Equation | Chain | Table) else "false"
                return f"#paragraph(sticky: {sticky})[{words}]"
            case Equation():
                # What is claimed stays with the beginning of its proof.
                claim = isinstance(following, Paragraph) and following.emphasis
                return self.equation(block, claim)
            case Chain():
                return self.chain(block, isinstance(following, Equation))
            case Table():
                return self.table(block)

    # Equations

    def equation(self, equation: Equation, claim: bool) -> str:
        printer, spoken = self.printers(equation.names)
        left = printer.doprint(equation.left)
        [first, *further] = equation.branches
        if further or first.condition:
            cases = [self.branch(branch, printer) for branch in equation.branches]
            rows = [f"cases({', '.join(cases)})"]
            said = r" \\ ".join(
                f"{spoken.doprint(b.value)} & {self.spoken(b.condition)}" for b in equation.branches
            )
            said = rf"\begin{{cases}} {said} \end{{cases}}"
        else:
            rows = lines(printer, first.value, _PAGE - 2 * _INDENT - printer.width(left))
            said = spoken.doprint(first.value)
        alt = string(f"{spoken.doprint(equation.left)} = {said}")
        if equation.tag is not None:
            label = string(equation.label or "")
            tag = string(escape(equation.tag))
            return f"#tagged({alt}, $ {left} $, {_array(rows)}, number: {tag}, label: {label})"
        if equation.boxed:
            return f"#result({alt}, $ {left} $, {_array(rows)})"
        sticky = "true" if claim else "false"
        return f"#display({alt}, $ {left} $, {_array(rows)}, sticky: {sticky})"

    def branch(self, branch: Branch, printer: Formulas) -> str:
        condition = self.items(branch.condition, printer) if branch.condition else ""
        return f"{printer.doprint(branch.value)} & quad {condition}"

    def chain(self, chain: Chain, kept: bool) -> str:
        """A chain of equations, ``kept`` on one page with what comes after it."""
        printer, spoken = self.printers(chain.names)
        left = printer.doprint(chain.left)
        lead = _INDENT + printer.width(left) + 1.2
        room = _PAGE - _NUMBER - (lead if lead < 0.4 * _PAGE else 2 * _INDENT)
        said = spoken.doprint(chain.left)
        texts = []
        for position, line in enumerate(chain.lines):
            beginning = "" if position else f"{said} "
            texts.append(self.line(line, printer, spoken, beginning, room, chain.repeats))
        brief = "true" if self._brief else "false"
        keep = "true" if kept else "false"
        lines_of_chain = f"({' '.join(texts)})"
        return f"#chain({string(said)}, $ {left} $, {lines_of_chain}, brief: {brief}, kept: {keep})"

    def line(
        self,
        line: Line,
        printer: Formulas,
        spoken: Formulas,
        beginning: str,
        room: float,
        repeats: bool,
    ) -> str:
        words = line.short if self._brief else line.reason
        blank = isinstance(line.right, Blank)
        fields = {
            "alt": string(f"{beginning}= {spoken.doprint(line.right)}"),
            "rows": _array(lines(printer, line.right, room)),
            "reason": f"[{self.sentence(words)}]",
            "wide": "true" if self.is_wide(words) else "false",
            "number": string(self._numbers[line.label]),
            # A line that repeats another shows its number and is no target.
            "label": "none" if repeats else string(line.label),
            "blank": "true" if blank else "false",
        }
        return "(" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "),"

    def is_wide(self, words: Sentence) -> bool:
        """Whether a part of a formula is too wide for the column of reasons."""
        for piece in words:
            if isinstance(piece, Formula):
                printer, _ = self.printers(piece.names, inline=True)
                if any(printer.width(self.item(i, printer)) > _REASON for i in piece.items):
                    return True
        return False

    def printers(self, names: Names, inline: bool = False) -> tuple[Formulas, Formulas]:
        """For what is set, and for what is read out, which is LaTeX: programs know how."""
        found = [
            kind(
                names,
                self._messages.text("language", "decimal_mark"),
                inline,
                indicator=self._indicator,
                functions=self._messages.functions,
                logarithm=self._logarithm,
            )
            for kind in (TypstPrinter, _Spoken)
        ]
        return found[0], found[1]

    # Text

    def sentence(self, sentence: Sentence) -> str:
        texts: list[str] = []
        for piece in sentence:
            # A lone symbol stays on the line of the word before it.
            if _is_short(piece) and texts and texts[-1].endswith(" "):
                texts[-1] = texts[-1][:-1] + "~"
            texts.append(self.piece(piece))
        return "".join(texts)

    def piece(self, piece: str | Formula | Reference) -> str:
        match piece:
            case str():
                # Spaces at the ends join the text to the formulas around it.
                before = " " if piece[:1].isspace() else ""
                after = " " if piece[-1:].isspace() and piece.strip() else ""
                return f"{before}#{string(escape(piece))};{after}"
            case Formula():
                printer, _ = self.printers(piece.names, inline=not piece.displayed)
                alt = string(self.spoken(piece))
                command = "displayed" if piece.displayed else "formula"
                return f"#{command}({alt}, $ {self.items(piece, printer)} $);"
            case Reference(label, kind):
                if kind == "lemma":
                    slots = {"number": piece.number or ""}
                    words = self.sentence(self._messages.sentence("headings", "lemma", slots))
                else:
                    words = f"#{string(f'({self._numbers[label]})')};"
                return f"#link(label({string(label)}))[{words}];"

    def items(self, formula: Formula, printer: Formulas) -> str:
        return " ".join(self.item(item, printer) for item in formula.items)

    def item(self, item: object, printer: Formulas) -> str:
        match item:
            case str():
                return _RELATIONS[item][0]
            case Space(shape):
                sizes = " × ".join(printer.doprint(s) for s in shape)
                return f"ℝ^({sizes})" if shape else "ℝ"
            case Naturals():
                return "{1\\, 2\\, 3\\, …}"
            case Decimal(digits):
                mark = self._messages.text("language", "decimal_mark")
                return string(digits.replace(".", mark).replace("-", "−"))
            case Listed(numbers):
                mark = self._messages.text("language", "decimal_mark")
                separator = "\\; " if mark == "," else "\\, "
                texts = (
                    self.item(Listed(n), printer) if isinstance(n, tuple) else printer.doprint(n)
                    for n in numbers
                )
                return f"\\( {separator.join(texts)} \\)"
        return printer.doprint(item)

    def spoken(self, formula: Formula | None) -> str:
        """A formula as it is read out."""
        if formula is None:
            return ""
        _, printer = self.printers(formula.names, inline=True)
        texts = []
        for item in formula.items:
            match item:
                case str():
                    texts.append(_RELATIONS[item][1])
                case Space(shape):
                    sizes = r" \times ".join(printer.doprint(s) for s in shape)
                    texts.append(rf"\mathbb{{R}}^{{{sizes}}}" if shape else r"\mathbb{R}")
                case Naturals():
                    texts.append(r"\{1, 2, 3, \dots\}")
                case Decimal(digits):
                    mark = self._messages.text("language", "decimal_mark")
                    texts.append(digits.replace(".", "{,}" if mark == "," else mark))
                case Listed(numbers):
                    texts.append(_listed(numbers, printer))
                case Expr():
                    texts.append(printer.doprint(item))
        return " ".join(texts)

    def table(self, table: Table) -> str:
        widths = f"({', '.join(f'{100 * share:g}fr' for share in table.shares)})"
        head = "".join(f"[#{string(escape(column))};]," for column in table.columns)
        rows = [", ".join(f"[{self.sentence(cell)}]" for cell in row) for row in table.rows]
        if table.notes:
            notes = (f"[{self.sentence(note)}]" for note in table.notes)
            pairs = zip(notes, rows, strict=True)
            rows = [f"noted({widths}, {note}, {row})" for note, row in pairs]
        breakable = "true" if len(rows) > _ROWS or table.notes else "false"
        return f"#rows({widths}, ({head}), breakable: {breakable}, {', '.join(rows)})"


class _Spoken(FormulaPrinter):
    """LaTeX without colours."""

    MARK_OPENING = ""

    def mark(self, text: str) -> str:
        return text

    def mark_binary(self, sign: str) -> str:
        return sign

    def blank(self, rows: int) -> str:
        return r"\dots"


def _listed(numbers: tuple[object, ...], printer: Formulas) -> str:
    """Numbers, or rows of them, as they are read out."""
    texts = (_listed(n, printer) if isinstance(n, tuple) else printer.doprint(n) for n in numbers)
    return f"({'; '.join(texts)})"


def _numbers(sections: tuple[Section, ...], after: int) -> dict[str, str]:
    """The number of each line by its label, counted from ``after``; a tag takes no number."""
    found: dict[str, str] = {}
    counted = after

    def visit(blocks: tuple[Block, ...]) -> None:
        nonlocal counted
        for block in blocks:
            if isinstance(block, Section):
                visit(block.blocks)
            elif isinstance(block, Equation) and block.tag is not None:
                found[block.label or ""] = block.tag
            elif isinstance(block, Chain) and not block.repeats:
                for line in block.lines:
                    counted += line.tag is None
                    found[line.label] = line.tag or str(counted)

    visit(sections)
    return found


def _array(rows: list[str]) -> str:
    first, *rest = rows
    return "(" + " ".join(f"$ {row} $," for row in (first, *map(_continued, rest))) + ")"


def _continued(row: str) -> str:
    """A line that goes on: a sign at its beginning still stands between two terms."""
    mark = TypstPrinter.MARK_OPENING if row.startswith(TypstPrinter.MARK_OPENING) else ""
    sign, space, rest = row.removeprefix(mark).partition(" ")
    return f'{mark}class("binary", {sign}){space}{rest}' if sign in ("+", "-", "⋅") else row


def _is_short(piece: object) -> bool:
    return isinstance(piece, Formula) and len(piece.items) == 1 and isinstance(piece.items[0], Atom)
