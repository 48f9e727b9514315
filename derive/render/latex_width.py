"""How wide a formula will be, roughly, without TeX.

Only used to choose where lines break; what is still too wide is made to fit by TeX itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
_SCRIPT = 0.72
# In em. What is not listed is a letter or a digit.
_WIDTHS = {
    **dict.fromkeys(("+", "-", "="), 1.22),
    **dict.fromkeys((r"\le", r"\ge", r"\ne", r"\neq", r"\in", "<", ">"), 1.34),
    **dict.fromkeys((r"\cdot", r"\times"), 0.75),
    **dict.fromkeys(("(", ")", "[", "]"), 0.39),
    **dict.fromkeys((",", "."), 0.35),
    **dict.fromkeys((r"\bigl", r"\bigr", r"\left", r"\right"), 0.25),
    **dict.fromkeys((r"\Bigl", r"\Bigr", r"\biggl", r"\biggr"), 0.3),
    **dict.fromkeys((r"\,", r"\;", r"\ "), 0.2),
    **dict.fromkeys((r"\quad",), 1.0),
    **dict.fromkeys((r"\log", r"\ln", r"\exp", r"\sin", r"\cos", r"\max", r"\tan", r"\arg"), 1.5),
    **dict.fromkeys((r"\tanh", r"\sinh", r"\cosh"), 2.2),
    **dict.fromkeys(
        (r"\mathit", r"\mathrm", r"\mathbf", r"\mathbin", r"\text", r"\DeriveRows", "&"), 0.0
    ),
    r"\sum": 1.6,
    r"\prod": 1.6,
    r"\partial": 0.58,
}
_BIG = (r"\sum", r"\prod", r"\max")
_ACCENTS = (r"\hat", r"\bar", r"\tilde", r"\dot", r"\vec")


def width(text: str) -> float:
    """The width of a formula in em."""
    tokens = [t for t in _TOKEN.findall(text) if not t.isspace()]
    return _row(iter(tokens))


def _row(tokens: Iterator[str], closing: str | None = None) -> float:
    total = 0.0
    operator: float | None = None  # the width of a big operator, whose limits go above and below
    stacked = 0.0
    for token in tokens:
        if token == closing:
            break
        if token in ("_", "^"):
            script = _SCRIPT * _argument(tokens)
            if operator is None:
                # Of two scripts on one letter the wider counts; adding both is close enough.
                total += script
            else:
                total += max(0.0, script - max(operator, stacked))
                stacked = max(stacked, script)
            continue
        operator, stacked = None, 0.0
        if token in (r"\frac", r"\dfrac"):
            total += max(_argument(tokens), _argument(tokens)) + 0.3
        elif token == r"\sqrt":
            total += _argument(tokens) + 0.9
        elif token == r"\textcolor":
            _argument(tokens)
            total += _argument(tokens)
        elif token == r"\substack":
            total += 0.6 * _argument(tokens)
        elif token == "{":
            total += _row(tokens, "}")
        elif token in _ACCENTS:
            total += _argument(tokens)
        else:
            own = _WIDTHS.get(token, 0.55)
            total += own
            if token in _BIG:
                operator = own
    return total


def _argument(tokens: Iterator[str]) -> float:
    token = next(tokens, "")
    if token == "{":
        return _row(tokens, "}")
    return _row(iter([token, *([next(tokens, "")] if token in _ACCENTS else [])]))
