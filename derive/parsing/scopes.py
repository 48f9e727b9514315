"""The index of a sum stands in that sum alone: no other part of a text may use its letter."""

from __future__ import annotations

from collections.abc import Iterator

from derive.parsing.tree import LeftOut, Name, Node, Reduction, Total, walk


def check_scopes(tree: Node) -> None:
    """Raise ``DeriveError`` for an index that one sum binds and that stands outside of it too.

    In SymPy's reading the two would be different indices of one name, which is hardly ever meant:
    mostly a bracket is closed too early.
    """
    binders = {own.name: own for node in walk(tree) for own in _bound(node)}
    for name in _free(tree, frozenset()):
        if name.name in binders:
            sum_ = binders[name.name].place.seen_from(name.place)
            raise name.place.error(
                f"{name.name} is the index of a sum, in {sum_}, and here it stands outside of that "
                "sum; close the sum later or, if another index is meant, call it by another letter"
            )


def _bound(node: Node) -> tuple[Name, ...]:
    """The indices that a node binds."""
    match node:
        case Total(_, _, limits):
            return tuple(one.index for one in limits)
        case Reduction(_, _, _, index):
            return (index,)
    return ()


def _free(node: Node, own: frozenset[str]) -> Iterator[Name]:
    """The names in a node that no sum around them binds."""
    inside = own | {index.name for index in _bound(node)}
    match node:
        case Name(_, name):
            if name not in own:
                yield node
        case Total(_, body, limits):
            yield from _free(body, inside)
            for one in reversed(limits):
                # An inner range may go up to an outer index; the last range is the outermost.
                yield from _free(one.lower, own)
                yield from _free(one.upper, own)
                own |= {one.index.name}
        case Reduction(_, _, body, _, selected):
            yield from _free(body, inside)
            if selected is not None:
                yield from _free(selected, own)
        case LeftOut(place, (Name(_, left), Name(_, right))) if left not in own and right in own:
            # It might be a label, or an index whose range was forgotten.
            raise place.error(
                f"{left} is no index of a sum here; if no more than one {right} is left out, write "
                f"{right} != {left}; if {left} runs too, give its range before {left} != {right}"
            )
        case _:
            for part in node.parts:
                yield from _free(part, own)
