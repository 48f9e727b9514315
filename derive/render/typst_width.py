"""How wide a formula in Typst will be, roughly.

Only used to choose where lines break; what is still too wide is made to fit by the template.
"""

from __future__ import annotations

import re

# A call, a script, a string, an escaped character, a group's end, or any other character.
_TOKEN = re.compile(
    r'#?[A-Za-z][A-Za-z.]*\(|[_^]\(|"(?:\\.|[^"\\])*"|\\.|[A-Za-z]{2,}|\s+|.', re.DOTALL
)
_SCRIPT = 0.72
# In em, as for LaTeX. What is not listed is a letter or a digit.
_WIDTHS = {
    **dict.fromkeys("+-=", 1.22),
    **dict.fromkeys("≤≥≠∈<>", 1.34),
    **dict.fromkeys("⋅×", 0.75),
    **dict.fromkeys(("\\(", "\\)", "\\[", "\\]"), 0.39),
    **dict.fromkeys(("\\,", ".", "'"), 0.35),
    **dict.fromkeys(("tallopening", "tallclosing"), 0.8),
    **dict.fromkeys(("&", "\\ "), 0.0),
    **dict.fromkeys(("log", "exp", "sin", "cos", "max", "min", "tan", "arg"), 1.5),
    **dict.fromkeys(("tanh", "sinh", "cosh"), 2.2),
    "thin": 0.2,
    "quad": 1.0,
    "∑": 1.6,
    "∏": 1.6,
    "∂": 0.58,
}
_BIG = ("∑", "∏", "max")
_WIDEST = ("frac(", "binom(")  # above each other
_EXTRA = {"frac(": 0.3, "root(": 0.9, "sqrt(": 0.9, "lr(": 0.4, "cases(": 0.6, "mat(": 1.0}


def width(text: str) -> float:
    """The width of a formula in em."""
    tokens = [t for t in _TOKEN.findall(text) if not t.isspace()]
    total, _ = _row(tokens, 0)
    return max(total)


def _row(tokens: list[str], at: int) -> tuple[list[float], int]:
    """The widths of the arguments from ``at`` on, and where they end."""
    widths = [0.0]
    operator: float | None = None  # the width of a big operator, whose limits go above and below
    stacked = 0.0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token == ")":
            break
        if token == ",":
            widths.append(0.0)
            continue
        if token in ("_(", "^("):
            inner, at = _row(tokens, at)
            script = _SCRIPT * max(inner)
            if operator is None:
                widths[-1] += script
            else:
                widths[-1] += max(0.0, script - max(operator, stacked))
                stacked = max(stacked, script)
            continue
        operator, stacked = None, 0.0
        if token.endswith("(") and token != "\\(":
            inner, at = _row(tokens, at)
            widths[-1] += _call(token, inner)
        else:
            own = 0.5 * (len(token) - 2) if token[0] == '"' else _WIDTHS.get(token, 0.55)
            widths[-1] += own
            operator = own if token in _BIG else None
    return widths, at


def _call(name: str, arguments: list[float]) -> float:
    own = max(arguments) if name in _WIDEST else sum(arguments)
    if name == "class(":
        own = arguments[-1]
    return own + _EXTRA.get(name, 0.0)
