"""What each name is: an array, a size, an index or a parameter, from where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.errors import DeriveError
from derive.parsing.lengths import lengths_of
from derive.parsing.source import Place
from derive.parsing.statement import Statement
from derive.parsing.tree import (
    Chain,
    Delta,
    Entry,
    Limits,
    Name,
    Negative,
    Node,
    Number,
    Reduction,
    Relation,
    Total,
    walk,
)


@dataclass
class Roles:
    """Names by what they are, each with a place where that shows.

    ``lags`` stand beside other names in a subscript, as in ``x[n - p]``, and ``starts`` where
    sums begin: numbers if they do nothing else, and indices if they are indices elsewhere.
    """

    arrays: dict[str, Place] = field(default_factory=dict)
    bound: dict[str, Place] = field(default_factory=dict)
    indices: dict[str, Place] = field(default_factory=dict)
    sizes: dict[str, Place] = field(default_factory=dict)
    parameters: dict[str, Place] = field(default_factory=dict)
    lags: dict[str, Place] = field(default_factory=dict)
    starts: dict[str, Place] = field(default_factory=dict)

    def is_index(self, name: str) -> bool:
        return name in self.bound or name in self.indices


def roles_of(statement: Statement) -> Roles:
    """What the names of a statement are.

    Raises ``DeriveError`` for one that cannot be two things at once, and for ``z_k`` where ``k`` is
    an index.
    """
    roles = Roles()
    for tree in statement:
        _visit(tree, frozenset(), roles)
    told = {name for relation in statement.given for name in _declare(relation, roles)}
    for name, place in roles.lags.items():
        if not roles.is_index(name):
            roles.sizes.setdefault(name, place)
            roles.starts.pop(name, None)
    lengths = lengths_of(statement)
    for name, place in roles.starts.items():
        # In sum(sum(c[l]*e[n-l], l=1..q), n=q+1..N) the q is how long c is.
        if name not in lengths:
            roles.indices.setdefault(name, place)
    for name in list(roles.sizes):
        # Sum(z[j], (j, 1, k)) ends at the index k of z[k]; a capital is a size, as in z[C].
        if name in roles.indices:
            size = name[0].isupper() and name not in told
            del (roles.indices if size else roles.sizes)[name]
    for name in [n for n in roles.parameters if roles.is_index(n) or n in roles.sizes]:
        del roles.parameters[name]
    _check(roles)
    return roles


def _visit(node: Node, own: frozenset[str], roles: Roles) -> None:
    match node:
        case Entry(place, name, indices):
            roles.arrays.setdefault(name, place)
            for index in indices:
                several = sum(isinstance(part, Name) for part in walk(index)) > 1
                sums = several and isinstance(index, Chain)
                _index(index, own, roles, roles.lags if sums else roles.indices)
        case Delta(_, indices):
            for index in indices:
                _index(index, own, roles, roles.indices)
        case Total(_, body, limits):
            _visit(body, _limits(limits, own, roles), roles)
        case Reduction(_, _, body, index, selected):
            roles.bound.setdefault(index.name, index.place)
            _visit(body, own | {index.name}, roles)
            if selected is not None:
                _index(selected, own, roles, roles.indices)
        case Name(place, name):
            if name not in own:
                roles.parameters.setdefault(name, place)
        case _:
            for part in node.parts:
                _visit(part, own, roles)


def _limits(limits: tuple[Limits, ...], own: frozenset[str], roles: Roles) -> frozenset[str]:
    """The names that are bound in a sum; the last range is the outermost."""
    inner = {one.index.name for one in limits}
    for one in reversed(limits):
        inner.discard(one.index.name)
        for bound in (one.lower, one.upper):
            _check_order(bound, one, inner)
        roles.bound.setdefault(one.index.name, one.index.place)
        _index(one.lower, own, roles, roles.starts)
        _index(one.upper, own, roles, roles.sizes)
        own |= {one.index.name}
    return own


def _check_order(bound: Node, limits: Limits, inner: set[str]) -> None:
    """Raise ``DeriveError`` where ranges depend on each other's indices."""
    if isinstance(bound, Name) and bound.name in inner:
        raise bound.place.error(
            f"the ranges of {limits.index.name} and {bound.name} depend on each other; let one of "
            "them begin and end at numbers and sizes"
        )
    for part in bound.parts:
        _check_order(part, limits, inner)


def _index(node: Node, own: frozenset[str], roles: Roles, kind: dict[str, Place]) -> None:
    """Names in a subscript or a range, where they are whole numbers."""
    match node:
        case Name(place, name):
            if name not in own:
                kind.setdefault(name, place)
        case Entry():
            _visit(node, own, roles)
        case Number(place, value):
            if value.denominator != 1:
                raise place.error("an index is a whole number")
        case Chain() | Negative():
            for part in node.parts:
                _index(part, own, roles, kind)
        case _:
            raise node.place.error(
                "an index is a name, a whole number, a sum of them, or an entry such as t[n]"
            )


def _declare(relation: Relation, roles: Roles) -> tuple[str, ...]:
    """``k <= n`` and ``s[n] <= C`` say how far an index goes, ``C >= 2`` speaks of a size.

    Returns the names that are indices because the relation says so.
    """
    left, right = relation.left, relation.right
    if relation.operator == "<=" and isinstance(right, Name) and isinstance(left, (Entry, Name)):
        roles.sizes.setdefault(right.name, right.place)
        if isinstance(left, Name):
            roles.indices.setdefault(left.name, left.place)
            return (left.name,)
    if relation.operator in ("=", "!=") and isinstance(left, Name):
        for side in (left, right):
            other = right if side is left else left
            known = isinstance(other, Name) and roles.is_index(other.name)
            if isinstance(side, Name) and known:
                roles.indices.setdefault(side.name, side.place)
    return ()


def _check(roles: Roles) -> None:
    kinds = {
        "an array": roles.arrays,
        "the index of a sum": roles.bound,
        "an index": roles.indices,
        "a size": roles.sizes,
        "a number": roles.parameters,
    }
    seen: dict[str, tuple[str, Place]] = {}
    for kind, names in kinds.items():
        for name, place in names.items():
            if name in seen and not (seen[name][0].endswith("sum") and kind == "an index"):
                raise _clash(name, kind, place, *seen[name])
            seen.setdefault(name, (kind, place))
    for name, place in roles.parameters.items():
        base, _, subscript = name.rpartition("_")
        if base and roles.is_index(subscript):
            raise place.error(
                f"{name} is a name of its own, apart from the index {subscript}; "
                f"write the entry {base}[{subscript}]"
            )


def _clash(name: str, kind: str, place: Place, other: str, first: Place) -> DeriveError:
    return place.error(
        f"{name} is {kind} here and {other} in {first.seen_from(place)}; rename one of them"
    )
