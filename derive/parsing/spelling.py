"""Names as people type them: ``y_hat`` and ``λ`` are ``\\hat{y}`` and ``lambda``."""

from __future__ import annotations

import re
import unicodedata

_ACCENTED = re.compile(r"(.+)_(hat|bar|tilde|vec|dot)")


def spelled(name: str) -> str:
    """The name of the symbol that a typed name stands for.

    Greek letters have their names, as symbols of SymPy have, and an accent is written as Derive
    writes its own.
    """
    name = "".join(map(_greek, unicodedata.normalize("NFKC", name)))
    accented = _ACCENTED.fullmatch(name)
    return rf"\{accented[2]}{{{accented[1]}}}" if accented else name


def _greek(letter: str) -> str:
    """A Greek letter by its name, with a capital for a capital one; any other as it is."""
    kind, _, name = unicodedata.name(letter, "").partition(" LETTER ")
    if kind not in ("GREEK SMALL", "GREEK CAPITAL") or not name.isalpha():
        return letter
    # Unicode has its own spelling of this one.
    name = name.lower().replace("lamda", "lambda")
    return name.capitalize() if kind.endswith("CAPITAL") else name
