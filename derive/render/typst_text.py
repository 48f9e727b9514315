"""Plain text and the names of symbols, made safe for Typst."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from derive.render.latex_text import symbol_name as latex_name

# What the fonts that come with Typst have.
_FURTHER = frozenset("–—‘’“”„…•€™−·×≤≥≠∈∑∂√∞ℓℝ←→\u202f")
_SPACES = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def _pairs(text: str) -> dict[str, str]:
    """``a:b c:d`` as a table."""
    return {name: value for name, _, value in (p.partition(":") for p in text.split())}


_LETTERS = _pairs(
    "alpha:α beta:β gamma:γ delta:δ zeta:ζ eta:η theta:θ iota:ι kappa:κ lambda:λ mu:μ nu:ν "
    "xi:ξ pi:π rho:ρ sigma:σ tau:τ upsilon:υ chi:χ psi:ψ omega:ω Gamma:Γ Delta:Δ Theta:Θ "
    "Lambda:Λ Xi:Ξ Pi:Π Sigma:Σ Upsilon:Υ Phi:Φ Psi:Ψ Omega:Ω "
    # TeX's plain epsilon and phi are Unicode's symbols; its variants are the letters.
    "epsilon:ϵ varepsilon:ε phi:ϕ varphi:φ vartheta:ϑ varpi:ϖ varrho:ϱ varsigma:ς "
    "ell:ℓ hbar:ℏ prime:′ ast:∗ star:⋆ infty:∞ cdot:⋅"
)
_CALLS = _pairs(
    "hat:hat tilde:tilde dot:dot acute:acute grave:grave breve:breve widehat:hat "
    "widetilde:tilde bar:macron vec:arrow check:caron ddot:dot.double dddot:dot.triple "
    "ddddot:dot.quad mathring:circle mathcal:cal mathbb:bb mathsf:sans mathbf:upright(bold "
    "boldsymbol:bold mathrm:upright mathit:italic mathscr:scr mathfrak:frak"
)
_WORDLIKE = frozenset(("mathrm", "mathit", "mathbf", "mathsf"))
_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]|[0-9]+(?:(?:\.|\{,\})[0-9]+)?|.", re.DOTALL)


class _NoWay(Exception):
    """A piece of LaTeX that we do not know in Typst."""


def escape(text: str) -> str:
    """``text`` tidied up, with what no font has named by its number."""
    tidy = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")
    return "".join(_character(c) for c in _APOSTROPHE.sub("’", tidy))


def string(text: str) -> str:
    """``text`` as a string literal, in which nothing is markup or code."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


@lru_cache(maxsize=1000)
def symbol_name(name: str) -> str:
    """The name of a symbol or an array for Typst's mathematical mode.

    Names are read as for LaTeX; what is no plain name and no known LaTeX is set as it stands.
    """
    text = latex_name(name)
    found = None if text.startswith(r"\text{") else latex_text(text)
    return string(escape(name)) if found is None else found


def latex_text(latex: str) -> str | None:
    """A name or a number in LaTeX as Typst; None where it is more than that."""
    try:
        return _row(_TOKEN.findall(latex), None)[0]
    except _NoWay:
        return None


def has_script(text: str) -> bool:
    """Whether a name carries a script, the text of strings aside."""
    bare = re.sub(r'"(\\.|[^"\\])*"', "", text)
    return "_(" in bare or "^(" in bare or "'" in bare


def _row(tokens: list[str], closing: str | None) -> tuple[str, list[str]]:
    """Tokens up to ``closing``, and the tokens after it."""
    found: list[str] = []
    while tokens:
        token, *tokens = tokens
        if token == closing:
            return _spaced(found), tokens
        if token == "{":
            inner, tokens = _row(tokens, "}")
            found.append(inner)
        elif token in ("_", "^"):
            inner, tokens = _argument(tokens)
            if not found:
                raise _NoWay(token)
            found[-1] += f"{token}({inner})"
        elif token == "'":
            if not found:
                raise _NoWay(token)
            found[-1] += "'"
        elif token.startswith("\\"):
            text, tokens = _command(token[1:], tokens)
            found.append(text)
        elif token.isascii() and token.isalnum():
            found.append(token)
        elif token[0].isdigit():
            found.append(string(token.replace("{,}", ",")))
        elif token == "-":
            found.append(token)
        elif token in "(),":
            found.append("\\" + token)
        elif token != " ":
            raise _NoWay(token)
    if closing is not None:
        raise _NoWay(closing)
    return _spaced(found), tokens


def _argument(tokens: list[str]) -> tuple[str, list[str]]:
    while tokens[:1] == [" "]:
        tokens = tokens[1:]
    if not tokens:
        raise _NoWay("argument")
    if tokens[0] == "{":
        return _row(tokens[1:], "}")
    token, *rest = tokens
    if token[0] == "\\":
        return _command(token[1:], rest)
    if token.isascii() and token.isalnum():
        # TeX takes one digit only.
        return token[0], ([token[1:]] if token[1:] else []) + rest
    raise _NoWay(token)


def _command(name: str, tokens: list[str]) -> tuple[str, list[str]]:
    if name in _LETTERS:
        return _LETTERS[name], tokens
    if name == "operatorname":
        word, rest = _word(tokens)
        if word is None:
            raise _NoWay(name)
        return f"op({string(word)})", rest
    if name not in _CALLS:
        raise _NoWay(name)
    call = _CALLS[name]
    word, rest = _word(tokens) if name in _WORDLIKE else (None, tokens)
    if word is not None and len(word) > 1:
        inner = string(word)
    else:
        inner, rest = _argument(tokens)
    return f"{call}({inner}{')' * (call.count('(') + 1)}", rest


def _word(tokens: list[str]) -> tuple[str | None, list[str]]:
    """An argument of letters and digits only, as one word, where it is one."""
    if tokens[:1] != ["{"] or "}" not in tokens:
        return None, tokens
    end = tokens.index("}")
    word = "".join(tokens[1:end])
    return (word, tokens[end + 1 :]) if word.isascii() and word.isalnum() else (None, tokens)


def _spaced(found: Iterator[str] | list[str]) -> str:
    return " ".join(text for text in found if text)


def _character(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else ""
    if "\u00a0" <= character <= "\u024f" or character in _FURTHER:
        return character
    if "\u0370" <= character <= "\u04ff" and unicodedata.category(character)[0] == "L":
        return character
    return f"[U+{ord(character):04X}]"
