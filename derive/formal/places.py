"""The way to the places that a step rewrites, as tactics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from sympy import Expr, Integer

from derive.display import Choice, Grid
from derive.formal.terms import ROOT, NoTerm, Scope, function_name
from derive.notation import (
    Apply,
    Attains,
    Exp,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
)
from derive.positions import Path

Tactic: TypeAlias = str
Leaf: TypeAlias = Callable[[Path], Tactic]
SAME = "reflexivity"


def way(expr: Expr, paths: Iterable[Path], leaf: Leaf, scope: Scope) -> Tactic:
    """Tactics that go down to every one of ``paths`` in ``expr`` and end in ``leaf`` there.

    Raises ``NoTerm`` where a path leads through something that has no place tactic.
    """
    return _way(expr, sorted(set(paths)), (), leaf, scope)


def _way(expr: Expr, paths: list[Path], here: Path, leaf: Leaf, scope: Scope) -> Tactic:
    if () in paths:
        return leaf(here)

    def below(n: int) -> Tactic:
        inner = [path[1:] for path in paths if path[0] == n]
        return _way(expr.args[n], inner, (*here, n), leaf, scope) if inner else SAME

    changed = sorted({path[0] for path in paths})
    match expr:
        case Plus(args) | Times(args):
            name = "at_add" if isinstance(expr, Plus) else "at_mul"
            return _chain(name, len(args), changed, below)
        case Minus():
            return f"at_neg; {below(0)}"
        case Quotient():
            return _pair("at_div", changed, below)
        case Power(_, exponent):
            if isinstance(exponent, Integer):
                return f"{'at_inv; ' if exponent < 0 else ''}at_pow; {below(0)}"
            if exponent == ROOT:
                return f"at_function sqrt; {below(0)}"
            return f"at_rpower; [{below(0)} | {below(1)}]"
        case Exp():
            return f"at_function exp; {below(0)}"
        case Log():
            return f"at_function ln; {below(0)}"
        case Apply():
            if len(expr.operands) == 2:
                return f"at_pair {function_name(expr, scope)}; [{below(1)} | {below(2)}]"
            return f"at_function {function_name(expr, scope)}; {below(1)}"
        case Total() if changed == [0]:
            return f"at_sum; {below(0)}"
        case ProductOver() if changed == [0]:
            return f"at_product; {below(0)}"
        case Maximum() if changed == [0]:
            return f"at_maximum; {below(0)}"
        case Attains() if changed == [0]:
            return f"at_attains; {below(0)}"
        case Partial() if changed == [0]:
            return f"at_pd; {below(0)}"
        case Choice() if set(changed) <= {2, 3}:
            return f"at_choice; [{below(2)} | {below(3)}]"
        case Threshold():
            return f"at_threshold; [{' | '.join(map(below, range(4)))}]"
        case Grid() if changed == [0]:
            return below(0)
    raise NoTerm(f"a place in {type(expr).__name__}")


def _pair(name: str, changed: list[int], below: Callable[[int], Tactic]) -> Tactic:
    if changed == [0]:
        return f"{name}_l; {below(0)}"
    if changed == [1]:
        return f"{name}_r; {below(1)}"
    return f"{name}; [{below(0)} | {below(1)}]"


def _chain(name: str, count: int, changed: list[int], below: Callable[[int], Tactic]) -> Tactic:
    """Through ``((a + b) + c) + d``: Coq's sums and products have two parts."""
    if count == 1:
        return below(0)
    before = [n for n in changed if n < count - 1]
    if count - 1 not in changed:
        return f"{name}_l; {_chain(name, count - 1, before, below)}"
    if not before:
        return f"{name}_r; {below(count - 1)}"
    return f"{name}; [{_chain(name, count - 1, before, below)} | {below(count - 1)}]"
