"""Coq text as text: what must not stand in it, and what Coq says that it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Each would let a file be accepted without a proof: by leaving one out, by assuming, by switching
# a check off, or by running code of its own.
_FORBIDDEN = re.compile(
    r"""(?<![\w'.]) (?:
        Admitted | admit | give_up | Axioms? | Parameters? | Conjectures?
      | Unset \s+ (?: Guard | Positivity | Universe ) \s+ Checking
      | (?: Set | Unset ) \s+ (?: Type \s+ in \s+ Type | Allow \s+ StrictProp )
      | bypass_check | Declare \s+ ML \s+ Module | Load | LoadPath | ML \s+ Path | Drop
      | Redirect | Cd
    ) (?![\w'])""",
    re.VERBOSE,
)

# What may be left of a comment or a string: as much space, so that lines keep their numbers.
_TOKEN = re.compile(r'\(\*|\*\)|"(?:[^"]|"")*"?')

ALLOWED = (
    "Coq.Reals.ClassicalDedekindReals.sig_forall_dec",
    "Coq.Reals.ClassicalDedekindReals.sig_not_dec",
    "Coq.Logic.FunctionalExtensionality.functional_extensionality_dep",
    "Coq.Logic.Classical_Prop.classic",
)
"""The axioms that Coq's own real numbers bring."""


def forbidden(text: str) -> tuple[int, str] | None:
    """The first word outside comments that must not stand in a proof, with its line."""
    found = _FORBIDDEN.search(code := without_comments(text))
    if found is None:
        return None
    return code.count("\n", 0, found.start()) + 1, " ".join(found[0].split())


def without_comments(text: str) -> str:
    """The text with spaces in place of comments, which nest, and of strings."""
    pieces: list[str] = []
    depth = position = 0
    for token in _TOKEN.finditer(text):
        between = text[position : token.start()]
        pieces.append(_blank(between) if depth else between)
        pieces.append(_blank(token[0]))
        depth = max(0, depth + {"(*": 1, "*)": -1}.get(token[0], 0))
        position = token.end()
    rest = text[position:]
    return "".join((*pieces, _blank(rest) if depth else rest))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def question(names: Iterable[str]) -> str:
    """Asks Coq what some theorems rest on: one question about all, as each takes a second."""
    named = "".join(f"  let _ := @{name} in\n" for name in names)
    return f"Definition all_of_them : True :=\n{named}  I.\nPrint Assumptions all_of_them.\n"


class AuditError(Exception):
    """That something rests on what it must not."""


def axioms_in(answer: str) -> tuple[str, ...]:
    """The axioms in the answer of ``Print Assumptions``, by their short names, in order.

    Raises ``AuditError`` for one that the real numbers of Coq do not bring, for anything else a
    theorem may rest on (a switched-off check, an open section), and where there is no answer.
    """
    if "Closed under the global context" in answer.splitlines():
        return ()
    _, heading, listed = answer.rpartition("Axioms:\n")
    if not heading:
        raise AuditError("Coq does not say which axioms it uses")
    found = []
    # A name begins a line; its type may go on, indented.
    for line in re.sub(r"\n\s+", " ", listed).splitlines():
        name, colon, _ = line.partition(" : ")
        if not colon or not any(f".{full}".endswith(f".{name}") for full in ALLOWED):
            raise AuditError(f"it rests on more than the real numbers of Coq: {line}")
        found.append(name.rpartition(".")[2])
    return tuple(sorted(found))
