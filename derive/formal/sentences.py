"""Which sentences a proof may consist of: those with which it can assume nothing of its own.

Definitions, lemmas with their proofs, and variables and hypotheses of a section, which become
premises where it ends. No flag is set, and nothing is loaded but the library. So what Coq accepts
of such a file rests on nothing but what the library brings.
"""

from __future__ import annotations

import re
from functools import lru_cache

from derive.formal.source import forbidden, without_comments

# A tactic begins with a small letter, and no command of Coq does that could do anything else.
_SENTENCE = re.compile(
    r"""From \s+ Derive \s+ Require \s+ Import \s+ \w+
      | (?: Section | End ) \s+ [\w']+
      | (?: Variables? | Hypothesis ) \s+ .*
      | Definition \s+ .* := .*
      | (?: Lemma | Theorem ) \s+ .*
      | Proof | [a-z] .* | Qed
      | \#\[local\] \s+ Hint \s+ (?: Unfold \s+ [\w'\s]+ : \s+ derive
                              | Resolve \s+ [\w'\s]+ : \s+ derivatives )
    """,
    re.VERBOSE | re.DOTALL,
)


def foreign(text: str) -> tuple[int, str] | None:
    """What must not stand in a proof: the line of the first such sentence, and what is wrong."""
    if (found := forbidden(text)) is not None:
        line, word = found
        return line, f"{word} stands in line {line} and must not stand in a proof"
    depth = 0
    for line, sentence in _sentences(text):
        if _SENTENCE.fullmatch(sentence) is None:
            return line, f"{_head(sentence)} stands in line {line} and must not stand in a proof"
        word = _head(sentence)
        depth += {"Section": 1, "End": -1}.get(word, 0)
        if depth <= 0 and word.startswith(("Variable", "Hypothesis")):
            return line, f"{word} stands in line {line} outside of a section: it is an axiom there"
    return None


_DECLARED = re.compile(r"(?:Definition|Lemma|Theorem|Variables?|Hypothesis)\s+([\w'\s]+)")


def declared(text: str) -> tuple[str, ...]:
    """What a proof gives a name: definitions, lemmas, variables and hypotheses."""
    found = (_DECLARED.match(sentence) for _, sentence in _sentences(text))
    return tuple(name for match in found if match for name in match[1].split())


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[tuple[int, str], ...]:
    """The sentences of a Coq text without their full stops, each with its line."""
    code = without_comments(text)
    found = []
    position, line, counted = 0, 1, 0
    for stop in re.finditer(r"\.(?=\s|\Z)|\Z", code):
        piece = code[position : stop.start()]
        if sentence := piece.strip():
            begin = position + len(piece) - len(piece.lstrip())
            line += code.count("\n", counted, begin)
            counted = begin
            found.append((line, sentence))
        position = stop.end()
    return tuple(found)


def _head(sentence: str) -> str:
    return sentence.split()[0]
