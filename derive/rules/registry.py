"""What a rule is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from sympy import Expr

from derive.display import Dotted
from derive.facts import Fact, Given
from derive.laws import LAWS, Law, Source
from derive.notation import Total


@dataclass(frozen=True)
class Rewriting:
    """What a rule made of a part, and what it relied on."""

    after: Expr
    facts: tuple[Fact, ...] = ()
    lemma: str | None = None


Outcome: TypeAlias = Expr | Rewriting | None
Function: TypeAlias = Callable[[Expr, Given], Outcome]


@dataclass(frozen=True)
class Example:
    """An expression on which a rule fires, and what is given there."""

    expression: Expr
    given: Given = field(default_factory=Given)


@dataclass(frozen=True)
class Rule:
    """A named rewriting of one node.

    Attributes:
        name: Verb and object; the key of its sentences in the message files.
        function: Takes a node and what is given there; None where the rule does not apply.
        heads: The node types it looks at; none for any, leaves included.
        law: What it claims, which the checker holds every use of it against.
        example: An expression on which it fires.
        bookkeeping: Whether readers see it folded into the step before it.
        telling: Whether a reader looks for it where it is done to what stands on the line before,
            and only there.
        formal: The tactic of the Coq library that proves its instances.
    """

    name: str
    function: Function
    heads: tuple[type, ...]
    law: Law | Source
    example: Example
    bookkeeping: bool
    telling: bool
    formal: str


RULES: dict[str, Rule] = {}
"""Every rule by its name."""


def rule(
    claim: Law | Source,
    example: Expr | Example,
    head: type | tuple[type, ...] | None = None,
    bookkeeping: bool = False,
    telling: bool = False,
    formal: str | None = None,
) -> Callable[[Function], Function]:
    """Register a function as the rule of its name, with its law and an example.

    ``head`` is the node type or types it looks at: the one that the law starts from unless given.
    ``formal`` is its tactic in the Coq library, which is called like the rule unless given.

    Raises ``ValueError`` where another rule has that name.
    """

    def register(function: Function) -> Function:
        name = function.__name__
        if name in RULES:
            raise ValueError(
                f"there is a rule {name} already, in {RULES[name].function.__module__}"
            )
        start = type(claim.before) if isinstance(claim, Law) and head is None else head
        heads = start if isinstance(start, tuple) else () if start is None else (start,)
        if Total in heads:
            # A sum that is written with dots is a sum.
            heads = (*heads, Dotted)
        shown = example if isinstance(example, Example) else Example(example)
        RULES[name] = Rule(
            name, function, heads, claim, shown, bookkeeping, telling, formal or name
        )
        LAWS[name] = claim
        return function

    return register
