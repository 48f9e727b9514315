"""All the trees of one question, taken together: a name means the same in each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from derive.parsing.tree import Entry, Name, Node, Relation


@dataclass(frozen=True)
class Statement:
    """The trees of expressions, variables, facts and definitions.

    ``along`` holds the entry of the vector that a Hessian is multiplied by, if it is.
    """

    expressions: tuple[Node, ...]
    variables: tuple[Node, ...] = ()
    given: tuple[Relation, ...] = ()
    where: tuple[Relation, ...] = ()
    along: tuple[Node, ...] = ()

    def __iter__(self) -> Iterator[Node]:
        yield from self.expressions
        yield from self.variables
        yield from self.given
        yield from self.where
        yield from self.along

    @property
    def defined(self) -> frozenset[str]:
        """The names that the definitions define."""
        left = (relation.left for relation in self.where)
        return frozenset(node.name for node in left if isinstance(node, (Entry, Name)))

    def mapped(self, change: Callable[[Node], Node]) -> Statement:
        """The same with every tree changed."""
        return Statement(
            tuple(map(change, self.expressions)),
            tuple(map(change, self.variables)),
            tuple(cast(Relation, change(relation)) for relation in self.given),
            tuple(cast(Relation, change(relation)) for relation in self.where),
            tuple(map(change, self.along)),
        )
