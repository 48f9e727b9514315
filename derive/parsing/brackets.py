"""Brackets of a text, looked at before anything else: a wrong one explains most other errors."""

from __future__ import annotations

from derive.parsing.source import DEPTH, LONGEST, Source

CLOSING = {"(": ")", "[": "]"}


def check_brackets(source: Source) -> None:
    """Raise ``DeriveError`` for a text that is empty or too long, and for a bracket without its
    other half or too deep inside others."""
    text = source.text
    if not text.strip():
        raise source.at(0).error("the text is empty; write an expression such as log(z[k])")
    if len(text) > LONGEST:
        raise source.at(LONGEST).error(
            f"the text has {len(text)} characters, and no more than {LONGEST} are read; name parts "
            "of it with where="
        )
    opened: list[int] = []
    for position, letter in enumerate(text):
        if letter in CLOSING:
            opened.append(position)
            if len(opened) > DEPTH:
                raise source.at(position).error(
                    f"more than {DEPTH} brackets are open here; name a part of the text with where="
                )
        elif letter in CLOSING.values():
            if not opened:
                raise source.at(position).error(f"this {letter} closes nothing; drop it")
            expected = CLOSING[text[opened[-1]]]
            if letter != expected:
                raise source.at(position).error(
                    f"this {letter} stands where {expected} has to close the {text[opened[-1]]} of "
                    f"column {source.at(opened[-1]).column}"
                )
            opened.pop()
    if opened:
        opening = text[opened[-1]]
        raise source.at(opened[-1]).error(
            f"this {opening} is never closed; a {CLOSING[opening]} is missing"
        )
