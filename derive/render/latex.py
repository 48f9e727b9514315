"""LaTeX for documents: each block becomes a call of a macro from ``templates/macros.tex``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sympy import Atom, Expr

from derive.derivation import Derivation
from derive.render.compose import Level, compose
from derive.render.document import (
    Blank,
    Block,
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
from derive.render.latex_printer import FormulaPrinter
from derive.render.latex_text import escape
from derive.render.latex_width import width
from derive.render.messages import load
from derive.render.names import Names, names_in
from derive.render.wishes import PLAIN, Wishes
from derive.resources import template_root

# In em, as templates/proof.tex sets the page: the width of the text, what a chain is set in by,
# and the room for an equation's number.
_PAGE = 40.0
# So many rows of a table stay together at its ends.
_FEW = 4
_INDENT = 2.0
_NUMBER = 3.0

_RELATIONS = {"=": "=", "!=": r"\ne", "<=": r"\le", ">=": r"\ge", ">": ">", "in": r"\in"}


def latex(
    derivation: Derivation,
    lang: str | None = None,
    fragment: bool = False,
    title: str | None = None,
    author: str | None = None,
    level: Level = "default",
    report: Evidence | None = None,
    wishes: Wishes = PLAIN,
) -> str:
    """A derivation as a LaTeX document, or as a fragment to ``\\input`` into another."""
    document = compose(derivation, lang, title, author, level, report, wishes)
    printer = _DocumentPrinter(document, derivation.problem.name, brief=level == "brief")
    template = _environment().get_template("fragment.tex" if fragment else "proof.tex")
    text = template.render(
        title=escape(document.title),
        below=[escape(line) for line in (document.course, document.author) if line],
        metadata={
            "title": escape(document.title, metadata=True),
            "author": escape(document.author or "", metadata=True),
        },
        babel=load(document.language).text("language", "latex"),
        code=document.language,
        numbered_after=document.numbered_after,
        blocks=[printer.section(section) for section in document.sections],
    )
    return text.rstrip() + "\n"


def formula(expr: Expr) -> str:
    """An expression as LaTeX, to stand in mathematical mode."""
    return FormulaPrinter(names_in((expr,))).doprint(expr)


@cache
def _environment() -> Environment:
    # Delimiters that are no LaTeX of their own, so that braces and percent signs stay as they are.
    return Environment(
        loader=FileSystemLoader(template_root()),
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\#{",
        comment_end_string="}",
        trim_blocks=True,
        autoescape=False,  # what is text is escaped for LaTeX before it gets here
        undefined=StrictUndefined,
    )


class _DocumentPrinter:
    """Prints the blocks of one document."""

    def __init__(self, document: Document, name: str, brief: bool) -> None:
        self._messages = load(document.language)
        self._labels = f"derive:{''.join(c for c in name if c.isalnum() or c == '-')}:"
        self._brief = brief
        self._indicator = document.indicator
        self._logarithm = document.logarithm

    def section(self, section: Section, depth: int = 0) -> str:
        command = r"\DeriveSubsection" if depth else r"\DeriveSection"
        heading = f"{command}{{{self.sentence(section.heading)}}}"
        if section.label:
            heading += rf"\phantomsection\label{{{self._labels}{section.label}}}"
        texts = [heading]
        if any(isinstance(block, Table) for block in section.blocks[:2]):
            texts.insert(0, r"\DeriveTableNeedsRoom")
        for block, following in zip(section.blocks, [*section.blocks[1:], None], strict=True):
            texts.append(self.block(block, following, depth + 1))
        return "\n".join(texts)

    def block(self, block: Block, following: Block | None, depth: int) -> str:
        match block:
            case Section():
                return self.section(block, depth)
            case Paragraph(text, emphasis):
                words = self.sentence(text)
                if emphasis:
                    words = rf"\emph{{{words}}}"
                return rf"\DeriveParagraph{{{words}}}"
            case Equation():
                # What is claimed stays with the beginning of its proof.
                claim = isinstance(following, Paragraph) and following.emphasis
                return self.equation(block, claim)
            case Chain():
                return self.chain(block)
            case Table():
                return self.table(block)

    # Equations

    def equation(self, equation: Equation, claim: bool) -> str:
        printer = self.printer(equation.names)
        left = printer.doprint(equation.left)
        if len(equation.branches) > 1 or equation.branches[0].condition:
            rows = []
            for branch in equation.branches:
                condition = self.formula(branch.condition) if branch.condition else ""
                rows.append(f"{printer.doprint(branch.value)} & {condition}")
            right = r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
        else:
            room = _PAGE - 2 * _INDENT - width(left)
            right = self.broken(printer, equation.branches[0].value, room)
        if equation.tag is not None:
            label = self._labels + (equation.label or "")
            return rf"\DeriveTagged{{{left} = {right}}}{{{label}}}{{{escape(equation.tag)}}}"
        command = r"\DeriveClaim" if claim else r"\DeriveDisplay"
        if equation.boxed:
            command = r"\DeriveResult"
        return f"{command}{{{left} = {right}}}"

    def chain(self, chain: Chain) -> str:
        printer = self.printer(chain.names)
        left = printer.doprint(chain.left)
        lead = _INDENT + width(left) + 1.2
        room = _PAGE - _NUMBER - (lead if lead < 0.4 * _PAGE else 2 * _INDENT)
        texts = [rf"\DeriveChain{{{left}}}"]
        print_line = self.repeated if chain.repeats else self.line
        texts += [print_line(line, printer, room) for line in chain.lines]
        # Neither the first nor the last line is alone on its page, where two have room on one.
        for position in {2, len(chain.lines)} if len(chain.lines) > 1 else ():
            texts[position] = r"\DeriveKeep " + texts[position]
        return "\n".join(texts)

    def line(self, line: Line, printer: FormulaPrinter, room: float) -> str:
        label = self._labels + line.label
        tag = "" if line.tag is None else rf"\DeriveTag{{{escape(line.tag)}}}"
        if isinstance(line.right, Blank):
            reason = self.sentence(line.reason)
            return rf"{tag}\DeriveBlankLine{{{line.right.rows}}}{{{label}}}{{{reason}}}"
        formula = self.broken(printer, line.right, room)
        if self._brief:
            short = self.sentence(line.short)
            return rf"{tag}\DeriveBriefLine{{{formula}}}{{{label}}}{{{short}}}"
        return rf"{tag}\DeriveLine{{{formula}}}{{{label}}}{{{self.sentence(line.reason)}}}"

    def repeated(self, line: Line, printer: FormulaPrinter, room: float) -> str:
        """A line that carries the number of the line that it repeats."""
        formula = self.broken(printer, line.right, room)
        return rf"\DeriveRepeatedLine{{{formula}}}{{{self._labels}{line.label}}}"

    def broken(self, printer: FormulaPrinter, expr: Expr, room: float) -> str:
        """An expression in as many lines as it needs."""
        first, *rest = lines(printer, expr, room)
        if not rest:
            return first
        joined = r" \\ & \qquad ".join([first, *rest])
        return rf"\begin{{aligned}}[t] & {joined} \end{{aligned}}"

    def printer(self, names: Names, inline: bool = False) -> FormulaPrinter:
        return FormulaPrinter(
            names,
            self._messages.text("language", "decimal_mark"),
            inline,
            indicator=self._indicator,
            functions=self._messages.functions,
            logarithm=self._logarithm,
        )

    # Text

    def sentence(self, sentence: Sentence) -> str:
        texts: list[str] = []
        for piece in sentence:
            text = self.piece(piece)
            # A lone symbol stays on the line of the word before it.
            if _is_short(piece) and len(text) < 40 and texts and texts[-1].endswith(" "):
                texts[-1] = texts[-1][:-1] + "~"
            texts.append(text)
        return "".join(texts)

    def piece(self, piece: str | Formula | Reference) -> str:
        match piece:
            case str():
                # Spaces at the ends join the text to the formulas around it.
                before = " " if piece[:1].isspace() else ""
                after = " " if piece[-1:].isspace() and piece.strip() else ""
                return f"{before}{escape(piece)}{after}"
            case Formula(displayed=True):
                return rf"\DeriveFit{{\linewidth-3em}}{{{self.formula(piece)}}}"
            case Formula():
                return rf"\DeriveInline{{{self.formula(piece)}}}"
            case Reference(label, kind):
                target = self._labels + label
                slots = {"number": piece.number or ""}
                if kind == "lemma":
                    text = self.sentence(self._messages.sentence("headings", "lemma", slots))
                    return rf"\hyperref[{target}]{{{text}}}"
                return rf"(\ref{{{target}}})"

    def formula(self, formula: Formula) -> str:
        printer = self.printer(formula.names, inline=not formula.displayed)
        return " ".join(self.item(item, printer) for item in formula.items)

    def item(self, item: object, printer: FormulaPrinter) -> str:
        match item:
            case str():
                return _RELATIONS[item]
            case Space(shape) if not shape:
                return r"\mathbb{R}"
            case Space(shape):
                sizes = r" \times ".join(printer.doprint(s) for s in shape)
                return rf"\mathbb{{R}}^{{{sizes}}}"
            case Naturals():
                return r"\{1, 2, 3, \dots\}"
            case Decimal(digits):
                mark = self._messages.text("language", "decimal_mark")
                return digits.replace(".", "{,}" if mark == "," else mark)
            case Listed(numbers):
                mark = self._messages.text("language", "decimal_mark")
                separator = "; " if mark == "," else ", "
                texts = (
                    self.item(Listed(n), printer) if isinstance(n, tuple) else printer.doprint(n)
                    for n in numbers
                )
                return f"({separator.join(texts)})"
        return printer.doprint(item)

    def table(self, table: Table) -> str:
        command = r"\DerivePair" if len(table.columns) == 2 else r"\DeriveTriple"

        def row(cells: Iterable[str]) -> str:
            pairs = zip(table.shares, cells, strict=True)
            return command + "".join(f"{{{share:g}}}{{{cell}}}" for share, cell in pairs)

        head = row(rf"\DeriveHead{{{escape(column)}}}" for column in table.columns)
        body = [row(map(self.sentence, cells)) for cells in table.rows]
        if table.notes:
            # Between a row with its note and the next the page may be turned.
            notes = [rf"\DeriveNoteBelow{{{self.sentence(note)}}}" for note in table.notes]
            body = [line for pair in zip(body, notes, strict=True) for line in pair]
            turns = set(range(1, len(body) - 1, 2))
        else:
            # The page is not turned for a few rows only.
            turns = set(range(_FEW - 1, len(body) - _FEW))
        ends = (r"\DeriveRowEnd" if n in turns else r"\DeriveRowKept" for n in range(len(body)))
        return "\n".join(
            [
                r"\DeriveTableBegin",
                r"\DeriveTableRule{0.6pt}",
                rf"{head}\DeriveRowKept",
                r"\DeriveTableRule{0.3pt}\DeriveTableHeadEnd",
                *map("".join, zip(body, ends, strict=True)),
                r"\DeriveTableRule{0.6pt}",
                r"\DeriveTableEnd",
            ]
        )


def _is_short(piece: object) -> bool:
    return isinstance(piece, Formula) and len(piece.items) == 1 and isinstance(piece.items[0], Atom)
