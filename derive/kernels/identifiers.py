"""Names for arguments and variables: symbols may be called anything, Python's names may not."""

from __future__ import annotations

import builtins
import keyword
import re

from derive.kernels import array_runtime, oracle_runtime

_ACCENT = re.compile(r"\\(hat|bar|tilde|vec|dot|widehat|overline)\s*\{?\s*\\?(\w+)\s*\}?")

RESERVED = frozenset({"np", "mp", "out", "dtype", "dps", "batch", "row", "value", "derivative"})
"""Names that kernels use themselves."""

HELPERS = frozenset(n for m in (array_runtime, oracle_runtime) for n in vars(m) if n[0] == "_")
"""Functions that stand before a kernel."""


def identifier(name: str) -> str:
    r"""The Python name of a symbol: its own where it can be; ``y_hat`` for ``\hat{y}``.

    A name that Python, or a kernel itself, has taken gets an underscore: ``lambda_``.
    """
    plain = name
    if not name.isidentifier():
        plain = _ACCENT.sub(lambda m: f"{m[2]}_{m[1]}", name)
        plain = re.sub(r"\W+", "_", plain.replace("'", "_prime")).strip("_") or "x"
        if plain[0].isdigit():
            plain = f"_{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) or plain in RESERVED | HELPERS else plain


def unused(name: str, taken: set[str]) -> str:
    """``name``, or with a number if it is taken; the result is added to ``taken``."""
    if keyword.iskeyword(name) or hasattr(builtins, name):
        name = f"{name}_"
    number, fresh = 1, name
    while fresh in taken:
        number += 1
        fresh = f"{name}_{number}"
    taken.add(fresh)
    return fresh
