"""Places in an expression: a path of argument numbers from the root.

Argument 0 of a binder is its body. Two expressions that differ only at some places are walked
side by side, so that an index bound around a place has the same symbol in both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as with_changes

from sympy import Expr

from derive.display import Choice, Grid
from derive.facts import Given, IndexRange
from derive.notation import ONE, Binder, Inert, rename

Path = tuple[int, ...]

NOTHING = Given()


def part_at(expr: Expr, path: Path, given: Given = NOTHING) -> tuple[Expr, Given]:
    """The part of ``expr`` at ``path``, indices bound around it opened, and what holds there."""
    for position in path:
        if isinstance(expr, Binder) and position == 0:
            limits = tuple(expr.limits[1:])
            expr, index = expr.open()
            given = given.within(index, limits)
        else:
            given = _branch(expr, position, given)
            expr = expr.args[position]
    return expr, given


def _branch(expr: Expr, position: int, given: Given) -> Given:
    """What holds in an argument: in a branch of a choice its condition, in a matrix its ranges."""
    if isinstance(expr, Choice) and position in (2, 3):
        return given.deciding(expr.first, expr.second, equal=position == 2)
    if isinstance(expr, Grid) and position == 0:
        # Row and column run through the matrix.
        ranges = IndexRange(expr.row, ONE, expr.rows), IndexRange(expr.column, ONE, expr.columns)
        return with_changes(given, scope=(*ranges, *given.scope))
    return given


def parts_at(
    before: Expr, after: Expr, path: Path, given: Given = NOTHING
) -> tuple[Expr, Expr, Given]:
    """The parts of two expressions at one path, with a common symbol for each bound index.

    Raises ``ValueError`` where the expressions already differ in shape on the way.
    """
    for position in path:
        if type(before) is not type(after):
            raise ValueError("the expressions differ above the place that was rewritten")
        if isinstance(before, Binder) and isinstance(after, Binder) and position == 0:
            limits = tuple(before.limits[1:])
            if limits != tuple(after.limits[1:]):
                raise ValueError("the limits of a sum differ above the place that was rewritten")
            own = after.limits[0]
            before, index = before.open()
            after = rename(after.body, own, index)
            given = given.within(index, limits)
        else:
            if len(before.args) != len(after.args):
                raise ValueError("the expressions differ above the place that was rewritten")
            given = _branch(after, position, given)
            before, after = before.args[position], after.args[position]
    return before, after, given


Change = Callable[[Expr, Given], Expr | None]


def change_everywhere(
    expr: Expr, change: Change, given: Given, heads: tuple[type, ...] = (), innermost: bool = False
) -> tuple[Expr, tuple[Path, ...]]:
    """Apply ``change`` wherever it fires and return the new expression with the places.

    A place inside another is left alone: the outermost one counts, or the innermost. ``heads``
    are the only node types on which ``change`` can fire, if any are named.
    """
    wanted = frozenset(heads)

    def fires_on(node: Expr) -> bool:
        return not wanted or type(node) in wanted

    def visit(node: Expr, known: Given, path: Path) -> tuple[Expr, tuple[Path, ...]]:
        if not isinstance(node, Inert):
            new = change(node, known) if fires_on(node) else None
            return (node, ()) if new is None else (new, (path,))
        if wanted and not wanted & node.heads:
            return node, ()
        if not innermost and fires_on(node):
            new = change(node, known)
            if new is not None:
                return new, (path,)
        new, found = visit_children(node, known, path)
        if found:
            return new, found
        if innermost and fires_on(node):
            changed = change(node, known)
            if changed is not None:
                return changed, (path,)
        return node, ()

    def visit_children(node: Inert, known: Given, path: Path) -> tuple[Expr, tuple[Path, ...]]:
        if isinstance(node, Binder):
            body, index = node.opened
            inside = known.within(index, tuple(node.limits[1:]))
            new, found = visit(body, inside, (*path, 0))
            return (node.over(new, index), found) if found else (node, ())
        results = [visit(a, _branch(node, n, known), (*path, n)) for n, a in enumerate(node.args)]
        found = tuple(p for _, places in results for p in places)
        return (node.func(*(a for a, _ in results)), found) if found else (node, ())

    return visit(expr, given, ())


def survey(
    expr: Expr, given: Given, look: Callable[[Expr, Given], None], heads: frozenset[type]
) -> None:
    """Call ``look`` on every node, opening binders on the way.

    Where ``heads`` names any types, on the nodes of these types only.
    """
    if heads and isinstance(expr, Inert) and not heads & expr.heads:
        return
    if not heads or type(expr) in heads:
        look(expr, given)
    if not isinstance(expr, Inert):
        return
    if isinstance(expr, Binder):
        body, index = expr.opened
        survey(body, given.within(index, tuple(expr.limits[1:])), look, heads)
        return
    for position, argument in enumerate(expr.args):
        survey(argument, _branch(expr, position, given), look, heads)


def differences(before: Expr, after: Expr, path: Path = ()) -> tuple[Path, ...]:
    """The innermost places in which two expressions of a common shape differ."""
    if before == after:
        return ()
    alike = type(before) is type(after) and len(before.args) == len(after.args)
    if isinstance(before, Binder) and isinstance(after, Binder):
        if not alike or before.outside != after.outside:
            return (path,)
        body, index = before.open()
        return differences(body, rename(after.body, after.limits[0], index), (*path, 0))
    if not alike or not isinstance(before, Inert):
        return (path,)
    pairs = zip(before.args, after.args, strict=True)
    return tuple(p for n, (a, b) in enumerate(pairs) for p in differences(a, b, (*path, n)))
