"""The names of symbols as MathML: the LaTeX that ``symbol_name`` makes of them, read again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from derive.render.latex_text import symbol_name

_ACCENTS = {
    "hat": "^",
    "widehat": "^",
    "bar": "¯",
    "tilde": "~",
    "widetilde": "~",
    "check": "ˇ",
    "dot": "˙",
    "ddot": "¨",
    "vec": "→",
    "acute": chr(0xB4),
    "grave": "`",
}
_FONTS = {"mathcal": "SCRIPT", "mathbf": "BOLD", "mathbb": "DOUBLE-STRUCK", "boldsymbol": "BOLD"}
_UPRIGHT = frozenset(("mathrm", "mathsf"))
_SIGNS = {"ell": "ℓ", "hbar": "ħ", "prime": "′", "ast": "∗", "star": "⋆"}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_SCRIPTS = {"_": "msub", "^": "msup"}


def name(text: str) -> str:
    """The name of a symbol or an array."""
    latex = symbol_name(text)
    if latex.startswith(r"\text{"):
        return f"<mtext>{escape(text)}</mtext>"
    return _row(iter(_TOKEN.findall(latex)))


def _row(tokens: Iterator[str], closing: str | None = None) -> str:
    parts: list[str] = []
    for token in tokens:
        if token == closing:
            break
        if token in _SCRIPTS and parts:
            tag = _SCRIPTS[token]
            parts.append(f"<{tag}>{parts.pop()}{_argument(tokens)}</{tag}>")
        elif not token.isspace():
            parts.append(_part(token, tokens))
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _part(token: str, tokens: Iterator[str]) -> str:
    command = token[1:] if token.startswith("\\") else ""
    if token == "{":
        return _row(tokens, "}")
    if command in _ACCENTS:
        inner = _argument(tokens)
        return f'<mover accent="true">{inner}<mo stretchy="false">{_ACCENTS[command]}</mo></mover>'
    if command in _FONTS:
        letters = "".join(_styled(c, _FONTS[command]) for c in _raw(tokens))
        return f"<mi>{escape(letters)}</mi>"
    if command == "mathit":
        return f'<mi style="font-style: italic">{escape(_raw(tokens))}</mi>'
    if command in _UPRIGHT:
        return f"<mtext>{escape(_raw(tokens))}</mtext>"
    if command in _SIGNS:
        return f"<mi>{_SIGNS[command]}</mi>"
    if command.isalpha():
        return f"<mi>{_greek(command)}</mi>"
    if token.isdigit():
        return f"<mn>{token}</mn>"
    if token.isalpha():
        return f"<mi>{token}</mi>"
    return f'<mo stretchy="false">{escape("′" if token == chr(39) else command or token)}</mo>'


def _argument(tokens: Iterator[str]) -> str:
    token = next(tokens, "")
    return _part(token, tokens)


def _raw(tokens: Iterator[str]) -> str:
    """The letters of an argument in braces, escapes undone."""
    letters: list[str] = []
    depth = 0
    for token in tokens:
        depth += (token == "{") - (token == "}")
        if depth == 0:
            break
        if token not in "{}":
            letters.append(token[1:] if token.startswith("\\") else token)
    return "".join(letters)


def _greek(command: str) -> str:
    variant = command.removeprefix("var")
    size = "CAPITAL" if variant[:1].isupper() else "SMALL"
    wanted = f"GREEK {size} LETTER {variant.upper().replace('LAMBDA', 'LAMDA')}"
    try:
        return unicodedata.lookup(wanted)
    except KeyError:
        return escape(command)


def _styled(letter: str, style: str) -> str:
    size = "CAPITAL" if letter.isupper() else "SMALL"
    # A few of the letters are older than their alphabet and are called otherwise.
    for wanted in (f"MATHEMATICAL {style} {size} {letter}", f"{style} {size} {letter}"):
        try:
            return unicodedata.lookup(wanted.upper())
        except KeyError:
            continue
    return letter
