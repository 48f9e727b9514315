"""Vectors without their index: ``softmax(z/T)[i]`` is ``softmax(z[j]/T, j)[i]``.

How many indices an array has is told by where it is written in full. In a shorthand it has as many
fewer as are written behind the function; a name that has all of its own is a number there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sympy import Symbol

from derive.notation import spare_indices
from derive.parsing.functions import WHOLE
from derive.parsing.source import Place
from derive.parsing.statement import Statement
from derive.parsing.tree import (
    Chain,
    Delta,
    Entry,
    Limits,
    Name,
    Node,
    Power,
    Reduction,
    Total,
    Vector,
    rebuilt,
    walk,
)


def with_indices(statement: Statement) -> Statement:
    """The statement with every shorthand written out.

    Raises ``DeriveError`` where an array has different numbers of indices, and where it cannot be
    told which name in a shorthand is the vector.
    """
    found = _Found()
    for tree in statement:
        found.visit(tree)
    ranks = _ranks(found)
    taken = {node.name for tree in statement for node in walk(tree) if isinstance(node, Name)}
    running = next(s.name for s in spare_indices(Symbol("k")) if s.name not in taken)
    return statement.mapped(lambda tree: _written_out(tree, ranks, running))


@dataclass
class _Found:
    """Where names occur: in full with indices, in full without, and in which shorthands."""

    entries: dict[str, Entry] = field(default_factory=dict)
    numbers: dict[str, Place] = field(default_factory=dict)
    sizes: set[str] = field(default_factory=set)
    vectors: list[Vector] = field(default_factory=list)

    def visit(self, node: Node) -> None:
        match node:
            case Vector():
                self.vectors.append(node)
                for inner in _inside(node.body):
                    # What stands in a subscript is no part of the vector.
                    for index in inner.indices if isinstance(inner, Entry) else ():
                        self.visit(index)
                for part in (*node.selected, *_nested(node.body)):
                    self.visit(part)
                return
            case Entry(place, name, indices):
                known = self.entries.setdefault(name, node)
                if len(known.indices) != len(indices):
                    raise place.error(
                        f"{name} has {_counted(len(indices))} here and "
                        f"{_counted(len(known.indices))} in column {known.place.column} of "
                        f"{known.place.source.text.strip()!r}; give it as many in both"
                    )
            case Name(place, name):
                self.numbers.setdefault(name, place)
            case Limits():
                self.numbers.setdefault(node.index.name, node.index.place)
                self.sizes |= {end.name for end in node.parts if isinstance(end, Name)}
        for part in node.parts:
            self.visit(part)


def _inside(body: Node) -> Iterator[Name | Entry]:
    """The names and entries that make up the body of a shorthand, without those in subscripts."""
    match body:
        case Name() | Entry():
            yield body
        case Vector() | Delta():
            return
        case Reduction():
            return
        case Total(_, inner, limits):
            own = {limit.index.name for limit in limits}
            yield from (n for n in _inside(inner) if n.name not in own)
        case _:
            for part in body.parts:
                yield from _inside(part)


def _nested(body: Node) -> Iterator[Node]:
    """Parts of the body of a shorthand that have vectors or ranges of their own."""
    match body:
        case Vector() | Delta() | Reduction():
            yield body
        case Total():
            yield from body.limits
            yield from _nested(body.body)
        case Entry():
            return
        case _:
            for part in body.parts:
                yield from _nested(part)


def _above(body: Node) -> Iterator[Name | Entry]:
    """As ``_inside``, without what stands in a denominator or an exponent."""
    match body:
        case Chain(_, first, rest):
            yield from _above(first)
            for operator, node in rest:
                if operator != "/":
                    yield from _above(node)
        case Power(_, base, _):
            yield from _above(base)
        case Name() | Entry() | Vector() | Delta() | Reduction() | Total():
            yield from _inside(body)
        case _:
            for part in body.parts:
                yield from _above(part)


def _ranks(found: _Found) -> dict[str, int]:
    """How many indices each array has, by name."""
    ranks = {name: len(entry.indices) for name, entry in found.entries.items()}
    waiting = list(found.vectors)
    while waiting:
        rest = [vector for vector in waiting if not _settle(vector, ranks, found)]
        if len(rest) == len(waiting):
            place = rest[0].place
            names = sorted({node.name for node in _above(rest[0].body)})
            told = (
                f"it cannot be told which of {', '.join(names)} is the vector"
                if names
                else "there is no vector in it"
            )
            raise place.error(
                f"{told}; write the index, as in {rest[0].function}(z[j]/T, j)"
                f"{'' if rest[0].function in WHOLE else '[i]'}"
            )
        waiting = rest
    for vector in found.vectors:
        _check_terms(vector, ranks, found)
    for name, place in found.numbers.items():
        if name in found.entries or name in ranks:
            count = _counted(ranks[name])
            if name in found.sizes:
                raise place.error(
                    f"{name} is the end of a range here and has {count} elsewhere; "
                    "give one of the two another name"
                )
            raise place.error(
                f"{name} has no index here and {count} elsewhere; write an entry of it, such as "
                f"{name}[{','.join('ijlmn'[: ranks[name]])}], or, if it is an index or a number "
                "here, give one of the two another name"
            )
    return ranks


def _settle(vector: Vector, ranks: dict[str, int], found: _Found) -> bool:
    """Whether it is known what the vector in a shorthand is; one candidate alone is it."""
    missing = _missing(vector)
    if any(ranks.get(node.name, 0) > _written(node) for node in _inside(vector.body)):
        return True
    unknown = {node.name: _written(node) for node in _above(vector.body) if node.name not in ranks}
    # A name that stands for a number elsewhere is no vector, unless there is no other.
    numbers = unknown.keys() & found.numbers.keys()
    if numbers != unknown.keys():
        unknown = {name: count for name, count in unknown.items() if name not in numbers}
    if len(unknown) != 1:
        return False
    [(name, written)] = unknown.items()
    ranks[name] = written + missing
    return True


def _check_terms(vector: Vector, ranks: dict[str, int], found: _Found) -> None:
    """Refuse ``softmax(z + b)[i]`` where ``b`` occurs nowhere else.

    As a number it would change nothing, so that it is likely to be meant as a vector.
    """
    if vector.function in WHOLE or not isinstance(vector.body, Chain):
        return
    following = [operator for operator, _ in vector.body.rest]
    if not set(following) & set("+-"):
        return  # as a factor a number changes something
    operators = ["+", *following]
    for operator, term in zip(operators, vector.body.parts, strict=True):
        known = isinstance(term, Name) and (term.name in ranks or term.name in found.numbers)
        if isinstance(term, Name) and operator in "+-" and not known and len(operators) > 1:
            raise term.place.error(
                f"it cannot be told whether {term.name} is a vector or a number; write the index, "
                f"as in {vector.function}(z[j] + {term.name}[j], j)[i]"
            )


def _missing(vector: Vector) -> int:
    return len(vector.selected) + (1 if vector.function in WHOLE else 0)


def _written(node: Name | Entry) -> int:
    return len(node.indices) if isinstance(node, Entry) else 0


def _written_out(node: Node, ranks: dict[str, int], running: str) -> Node:
    """A tree without shorthands."""

    def visit(node: Node) -> Node:
        match node:
            case Vector(place, function, body, selected):
                index = Name(place, running)
                last = None if function in WHOLE else visit(selected[-1])
                outer = selected if function in WHOLE else selected[:-1]
                behind = (*map(visit, outer), index)
                return Reduction(place, function, complete(body, behind), index, last)
        return rebuilt(node, visit)

    def complete(node: Node, behind: tuple[Node, ...]) -> Node:
        match node:
            case Name(place, name) | Entry(place, name, _):
                own = tuple(map(visit, node.indices)) if isinstance(node, Entry) else ()
                lacking = ranks.get(name, len(own)) - len(own)
                if lacking > len(behind):
                    raise place.error(
                        f"{name} has {_counted(ranks[name])}, and only "
                        f"{len(own) + len(behind)} of them are written"
                    )
                indices = (*own, *behind[len(behind) - lacking :])
                return Entry(place, name, indices) if indices else node
            case Total(_, _, limits):
                named = {n.name for index in behind for n in walk(index) if isinstance(n, Name)}
                for limit in limits:
                    if limit.index.name in named:
                        raise limit.place.error(
                            f"{limit.index.name} is also an index of the vector; name the index of "
                            "the sum differently"
                        )
            case Vector() | Delta() | Reduction() | Limits():
                return visit(node)
        return rebuilt(node, lambda part: complete(part, behind))

    return visit(node)


def _counted(count: int) -> str:
    return "1 index" if count == 1 else f"{count} indices"
