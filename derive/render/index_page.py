"""The page that lists what was written: what each document proves, how surely, and where it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sympy import Expr

from derive.derivation import Derivation
from derive.render.compose import compose
from derive.render.document import (
    Block,
    Equation,
    Formula,
    Naturals,
    Paragraph,
    Sentence,
    Space,
    Table,
)
from derive.render.evidence import Evidence
from derive.render.mathml import MathPrinter, cases, row, sign
from derive.render.messages import Messages, load
from derive.render.names import Names
from derive.resources import template_root

_RELATIONS = {"=": "=", "!=": "≠", "<=": "≤", ">": ">", ">=": "≥", "in": "∈"}


@dataclass(frozen=True)
class Link:
    """A link within the output folder, and what it is called."""

    address: str
    text: str


@dataclass(frozen=True)
class Card:
    """What the page says of one entry.

    Attributes:
        name: Its name.
        title: Its title.
        statement: What it proves, as HTML.
        level: The level of its evidence.
        sizes: For which sizes it is proved, such as ``C ≥ 1``.
        coq: The version of Coq that accepted its proof, where one did.
        documents: For each language its name, its code and its documents.
        kernels: The files that compute it.
        proofs: The formal proof.
    """

    name: str
    title: str
    statement: str
    level: str
    sizes: str
    coq: str
    documents: tuple[tuple[str, str, tuple[Link, ...]], ...]
    kernels: tuple[Link, ...]
    proofs: tuple[Link, ...]


def statement_of(derivation: Derivation, report: Evidence, language: str) -> tuple[str, str]:
    """The title of a derivation's document, and as HTML what it proves."""
    document = compose(derivation, language, level="brief", report=report)
    printed = _Statement(document.indicator)
    parts: list[str] = []
    for block in document.sections[0].blocks:
        # What follows the table of symbols is about the steps.
        if isinstance(block, Table):
            break
        parts.append(printed.block(block))
    return document.title, "\n".join(parts)


def index_page(cards: Iterable[Card], language: str, version: str) -> str:
    """The whole page."""
    messages = load(language)
    template = _environment().get_template("index.html")
    found = [
        {
            "name": card.name,
            "coq": card.coq,
            "title": card.title,
            "statement": Markup(card.statement),  # made here, its text escaped
            "evidence": Markup(_level(card, messages)),
            "documents": card.documents,
            "kernels": card.kernels,
            "proofs": card.proofs,
        }
        for card in cards
    ]
    page = template.render(
        language=messages.text("language", "code"),
        words=messages.table["index"],
        version=version,
        cards=found,
    )
    return page.rstrip() + "\n"


def _level(card: Card, messages: Messages) -> str:
    slots = {"sizes": card.sizes, "coq": card.coq}
    return _Statement(indicator=False).sentence(messages.sentence("index", card.level, slots))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(template_root()),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


class _Statement:
    """Prints the blocks of a statement; ``indicator`` says whether deltas are indicators."""

    def __init__(self, indicator: bool) -> None:
        self._indicator = indicator

    def printer(self, names: Names) -> MathPrinter:
        return MathPrinter(names, indicator=self._indicator)

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(text):
                return f"<p>{self.sentence(text)}</p>"
            case Equation():
                return _math(self.equation(block), display=True)
        raise TypeError(block)

    def equation(self, equation: Equation) -> str:
        printer = self.printer(equation.names)
        branches = equation.branches
        if len(branches) > 1 or branches[0].condition:
            rows = (
                (printer.expr(b.value), self.formula(b.condition) if b.condition else "")
                for b in branches
            )
            right = cases(rows)
        else:
            right = printer.expr(branches[0].value)
        return row(printer.expr(equation.left), sign("="), right)

    def sentence(self, sentence: Sentence) -> str:
        texts = []
        for piece in sentence:
            match piece:
                case str():
                    texts.append(escape(piece))
                case Formula():
                    texts.append(_math(self.formula(piece)))
        return "".join(texts)

    def formula(self, formula: Formula) -> str:
        printer = self.printer(formula.names)
        return row(*(_item(item, printer) for item in formula.items))


def _item(item: object, printer: MathPrinter) -> str:
    match item:
        case str():
            return sign(_RELATIONS[item])
        case Space(shape) if not shape:
            return "<mi>ℝ</mi>"
        case Space(shape):
            sizes = sign("×").join(printer.expr(s) for s in shape)
            return f"<msup><mi>ℝ</mi>{row(sizes)}</msup>"
        case Naturals():
            return "<mtext>{1, 2, 3, …}</mtext>"
        case Expr():
            return printer.expr(item)
    raise TypeError(item)


def _math(inside: str, display: bool = False) -> str:
    kind = ' display="block"' if display else ""
    return f"<math{kind}>{inside}</math>"
