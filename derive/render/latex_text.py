"""Plain text and the names of symbols, made safe for LaTeX."""

from __future__ import annotations

import re
import unicodedata

from sympy import Symbol
from sympy.printing.latex import LatexPrinter

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "\u00a0": "~",
}

_GREEK = frozenset(
    (
        *("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta"),
        *("vartheta", "iota", "kappa", "lambda", "mu", "nu", "xi", "pi", "varpi", "rho", "varrho"),
        *("sigma", "varsigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega"),
        *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi"),
        "Omega",
    )
)
_ACCENTS = frozenset(
    ("hat", "bar", "tilde", "dot", "ddot", "vec", "check", "acute", "grave", "widehat", "widetilde")
)
_FONTS = frozenset(("mathbf", "mathrm", "mathit", "mathcal", "mathbb", "mathsf", "boldsymbol"))
_TAKES_AN_ARGUMENT = _ACCENTS | _FONTS
_SAFE_COMMANDS = _GREEK | _TAKES_AN_ARGUMENT | {"ell", "hbar", "prime", "ast", "star"}

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_{1,2}[A-Za-z0-9]+)*'*")
_LATEX_NAME = re.compile(r"(\\[A-Za-z]+|[A-Za-z0-9 ,'{}()/]|[_^](?=[A-Za-z0-9{\\]))+")
# A word, not a product of letters: set upright in one piece, slanted like a variable.
_WORD = re.compile(r"[A-Za-z]{2,}")

# Line ends among them: an empty line would end a paragraph. Not the space that does not break.
_SPACES = re.compile(r"[ \t\r\n\f\v]+")

_PRINTER = LatexPrinter()


def escape(text: str, metadata: bool = False) -> str:
    """``text`` for LaTeX's text mode, or for the metadata of a PDF, whatever is in it."""
    tidy = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")
    return "".join(_character(character, metadata) for character in tidy)


def symbol_name(name: str) -> str:
    """The name of a symbol or an array for LaTeX's mathematical mode.

    Plain names such as ``z_1``, ``alpha`` and ``yhat`` are read as SymPy reads them; LaTeX such
    as ``\\hat{y}`` stays; everything else is escaped and set upright.
    """
    if _PLAIN_NAME.fullmatch(name):
        text = _PRINTER._print_Symbol(Symbol(name.rstrip("'"))) + "'" * name.count("'")
        word = _WORD.match(name)
        # Only the head: SymPy has set the subscripts apart already.
        if word and text.startswith(word[0]):
            return rf"\mathit{{{word[0]}}}{text[len(word[0]) :]}"
        return text
    if _is_safe_latex(name):
        return name
    if len(name) == 1 and (letter := _greek_letter(name)):
        return letter
    return rf"\text{{{escape(name)}}}"


def _is_safe_latex(name: str) -> bool:
    r"""Whether ``name`` is LaTeX of letters, scripts, accents, fonts and Greek, and balanced."""
    if not ("\\" in name or "{" in name) or not _LATEX_NAME.fullmatch(name):
        return False
    depth = 0
    for character in name:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    commands = re.findall(r"\\([A-Za-z]+)(\{[^{}\s])?", name)
    known = all(c in _SAFE_COMMANDS for c, _ in commands)
    complete = all(argument for c, argument in commands if c in _TAKES_AN_ARGUMENT)
    # One script of each kind at most, else TeX stops with "double subscript".
    bare = re.sub(r"\{[^{}]*\}", "", name)
    return depth == 0 and known and complete and bare.count("_") < 2 and bare.count("^") < 2


def _greek_letter(character: str) -> str | None:
    words = unicodedata.name(character, "").split()
    if words[:1] != ["GREEK"] or words[-2:-1] != ["LETTER"]:
        return None
    name = words[-1].lower().replace("lamda", "lambda")
    name = name.capitalize() if words[1] == "CAPITAL" else name
    return "\\" + name if name in _GREEK else None


def _character(character: str, metadata: bool) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character if character.isprintable() else ""
    if letter := _greek_letter(character):
        return letter[1:] if metadata else rf"\ensuremath{{{letter}}}"
    # What the Latin Modern text fonts have under both engines.
    if "\u00a1" <= character <= "\u017f" or character in "–—‘’“”„…•€™":
        return character
    return f"[U+{ord(character):04X}]"
