"""What a text is made of, each part with its place. Nothing here means anything yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from derive.parsing.source import DEPTH, Place


@dataclass(frozen=True, eq=False)
class Node:
    """A part of a text; two are the same only if they stand at the same place.

    ``depth`` says how many levels there are in it.
    """

    depth: int = field(init=False, repr=False)
    place: Place

    def __post_init__(self) -> None:
        """Refuse a text that is nested so deeply that whatever goes down into it would fail."""
        depth = 1 + max((part.depth for part in self.parts), default=0)
        object.__setattr__(self, "depth", depth)
        if depth > DEPTH:
            raise self.place.error(
                f"the text is nested more than {DEPTH} levels deep; name a part of it with where="
            )

    @property
    def parts(self) -> tuple[Node, ...]:
        """What it is made of."""
        return ()


@dataclass(frozen=True, eq=False)
class Number(Node):
    value: Fraction


@dataclass(frozen=True, eq=False)
class Name(Node):
    name: str


@dataclass(frozen=True, eq=False)
class Entry(Node):
    """``z[k]``."""

    name: str
    indices: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.indices


@dataclass(frozen=True, eq=False)
class Call(Node):
    """``exp(u)``: a function of numbers."""

    function: str
    arguments: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.arguments


@dataclass(frozen=True, eq=False)
class Delta(Node):
    """``delta(i, k)``."""

    indices: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.indices


@dataclass(frozen=True, eq=False)
class LeftOut(Delta):
    """``i != t`` among the ranges of a sum: where the two are equal there is no term."""


@dataclass(frozen=True, eq=False)
class Among(Node):
    """The body of a maximum that leaves an index out: where the two are equal there is no value."""

    body: Node
    left_out: LeftOut

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.body, self.left_out)


@dataclass(frozen=True, eq=False)
class Limits(Node):
    """``(i, 1, C)``, or ``i = 1..C``."""

    index: Name
    lower: Node
    upper: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.lower, self.upper)


@dataclass(frozen=True, eq=False)
class Total(Node):
    """``Sum(body, (i, 1, C), ...)`` or ``Max(...)``; the first range is the innermost."""

    body: Node
    limits: tuple[Limits, ...]
    function: str = "Sum"

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.body, *self.limits)


@dataclass(frozen=True, eq=False)
class Slope(Node):
    """``diff(body, z[k])``: a derivative still to be taken."""

    body: Node
    variable: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.body, self.variable)


@dataclass(frozen=True, eq=False)
class Vector(Node):
    """``softmax(z)[i]``, where ``z`` stands for its entries: a shorthand for a ``Reduction``."""

    function: str
    body: Node
    selected: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.body, *self.selected)


@dataclass(frozen=True, eq=False)
class Reduction(Node):
    """``softmax(z[j], j)[i]``: a function of the values of ``body`` at all ``index``, at one.

    ``selected`` is None where the function has one value for all of them, as log-sum-exp has.
    """

    function: str
    body: Node
    index: Name
    selected: Node | None

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.body,) if self.selected is None else (self.body, self.selected)


@dataclass(frozen=True, eq=False)
class Negative(Node):
    operand: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, eq=False)
class Chain(Node):
    """Terms or factors with the operators before them: ``+ -`` or ``* /``."""

    first: Node
    rest: tuple[tuple[str, Node], ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.first, *(node for _, node in self.rest))


@dataclass(frozen=True, eq=False)
class Power(Node):
    base: Node
    exponent: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.base, self.exponent)


@dataclass(frozen=True, eq=False)
class Relation(Node):
    left: Node
    operator: str
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


def walk(node: Node) -> Iterator[Node]:
    """A node and all that it is made of."""
    yield node
    for part in node.parts:
        yield from walk(part)


def names_in(trees: Iterable[Node]) -> set[str]:
    """What symbols and arrays are called in several trees."""
    return {n.name for tree in trees for n in walk(tree) if isinstance(n, (Name, Entry))}


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """A node with each of its parts changed; the index that a node binds stays."""

    def changed(value: Any) -> Any:
        if isinstance(value, Node):
            return change(value)
        return tuple(map(changed, value)) if isinstance(value, tuple) else value

    values = {f.name: getattr(node, f.name) for f in fields(node) if f.init}
    return type(node)(**{n: v if n == "index" else changed(v) for n, v in values.items()})
