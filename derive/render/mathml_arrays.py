"""MathML Core for vectors and matrices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import lookup

from derive.render.mathml_names import name

_LETTER = re.compile(r"<mi>([a-z])</mi>")
_BOLD = ord("\N{MATHEMATICAL BOLD SMALL A}") - ord("a")


def whole(base: str) -> str:
    """The name of an array without its indices: small letters in bold."""
    return _LETTER.sub(lambda found: f"<mi>{chr(_BOLD + ord(found[1]))}</mi>", name(base))


def bold(letter: str) -> str:
    """One capital letter or digit, upright and bold."""
    kind = "DIGIT ONE" if letter == "1" else f"CAPITAL {letter}"
    tag = "mn" if letter.isdigit() else "mi"
    return f"<{tag}>{lookup(f'MATHEMATICAL BOLD {kind}')}</{tag}>"


def grid(rows: Sequence[Sequence[str]]) -> str:
    """A matrix in square brackets."""
    cells = ("".join(f"<mtd>{cell}</mtd>" for cell in line) for line in rows)
    body = "".join(f"<mtr>{line}</mtr>" for line in cells)
    left, right = (f'<mo fence="true">{bracket}</mo>' for bracket in "[]")
    return f"<mrow>{left}<mtable>{body}</mtable>{right}</mrow>"
