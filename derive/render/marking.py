"""Marks on the parts of an expression that a step has changed."""

from __future__ import annotations

from sympy import Expr
from sympy.core.basic import Basic

from derive.derivation import Step
from derive.notation import Apply, Binder, Inert, Minus, Partial, Plus, Power, Quotient, Times
from derive.positions import Path, differences


class Marked(Inert):
    """A part that stands out; what it is made of is printed as ever."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]


def unmarked(expr: Expr) -> Expr:
    """``expr`` without a mark on the outside."""
    return expr.operand if isinstance(expr, Marked) else expr


def changed(step: Step) -> Expr:
    """The expression after a step, with what the step has changed marked.

    Where everything has changed nothing stands out, and nothing is marked.
    """
    after = step.after
    places = {_common(step.before, after, path) for path in differences(step.before, after)}
    places = _joined(after, places)
    # Of a place within a place the outer one is marked.
    outermost = [p for p in sorted(places) if not any(p[:n] in places for n in range(len(p)))]
    for path in outermost:
        after = _mark(after, step.before, path)
    return unmarked(after)


def _joined(after: Expr, places: set[Path]) -> set[Path]:
    """The places, with that of a sum, product or fraction for those of all its parts."""
    found = set(places)
    for path in sorted({p[:-1] for p in places if p}, key=len, reverse=True):
        whole = after
        for position in path:
            whole = whole.args[position]
        parts = {(*path, n) for n in range(len(whole.args))}
        if len(parts) > 1 and parts <= found:
            found = found - parts | {path}
    return found


def _common(before: Expr, after: Expr, path: Path) -> Path:
    """The part of ``path`` along which the two expressions have the same shape."""
    for depth, position in enumerate(path):
        same = type(before) is type(after) and len(before.args) == len(after.args)
        if not (same and _has_place(after, position)):
            return path[:depth]
        before, after = before.args[position], after.args[position]
    return path


def _has_place(expr: Expr, position: int) -> bool:
    """Whether the argument at ``position`` is a formula on its own, which can be marked."""
    match expr:
        case Binder() | Partial():
            return position == 0
        case Apply():
            return position > 0
        case Plus() | Times() | Minus() | Quotient() | Power():
            return True
    return isinstance(expr, Inert) and len(expr.args) == 1


def _mark(after: Expr, before: Expr, path: Path) -> Expr:
    if path:
        position, *rest = path
        new = _mark(after.args[position], before.args[position], tuple(rest))
        args = (*after.args[:position], new, *after.args[position + 1 :])
        # Not through the constructor, which would close a binder anew.
        return Basic.__new__(type(after), *args)
    if type(after) is type(before) and isinstance(after, (Plus, Times)):
        return _mark_new(after, before)
    return Marked(after)


def _mark_new(after: Expr, before: Expr) -> Expr:
    """Mark those terms or factors that were not there before; all of it where none is new."""
    left = list(before.args)
    parts: list[Expr] = []
    for part in after.args:
        if part in left:
            left.remove(part)
            parts.append(part)
        else:
            parts.append(Marked(part))
    some = any(isinstance(p, Marked) for p in parts)
    return type(after)(*parts) if some else Marked(after)
