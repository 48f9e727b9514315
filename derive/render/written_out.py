"""Expressions with their sums written out at small sizes, for readers: nothing is worked out.

``derive.explicit`` gives the value in plain SymPy; here a line keeps the form that it has on the
page, so that each step can be followed with its own entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Indexed, Integer, Max, Symbol
from sympy.core.basic import Atom

from derive.derivation import Derivation
from derive.display import Choice, Grid
from derive.facts import EqualFact, Fact, UnequalFact
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
    Head,
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
    names,
    plus,
    times,
)
from derive.problem import Problem
from derive.render.marking import Marked

Values = Mapping[Symbol, int]

# What keeps its shape when its parts are written out.
_SHAPES = (Minus, Quotient, Power, Exp, Log, Apply, Delta, Bracket, Threshold, Partial)

# Sizes that are not the number of classes are as small as shows what a sum is.
_SMALL = 2


def written_out(expr: Expr, values: Values) -> Expr | None:
    """``expr`` with numbers for its sizes and indices and every sum term by term.

    ``None`` where something in it has no such form.
    """
    match expr:
        case Marked(operand):
            return written_out(operand, values)
        case Symbol():
            return Integer(values[expr]) if expr in values else expr
        case Indexed():
            indices = [written_out(a, values) for a in expr.indices]
            return None if None in indices else Indexed(expr.base, *indices)
        case Total() | Maximum() | ProductOver():
            return _binder(expr, values)
        case Choice():
            return _chosen(expr, values)
        case Attains():
            # The index at which the body is largest has no form term by term.
            return None
        case Grid():
            # All entries at once: one choice of row and column says nothing of them.
            return None
        case Plus() | Times():
            parts = [written_out(a, values) for a in expr.args]
            join = plus if isinstance(expr, Plus) else times
            return None if None in parts else join(*parts)
    if isinstance(expr, Atom):
        return expr
    if isinstance(expr, _SHAPES) or all(s.is_integer for s in names(expr)):
        parts = [written_out(a, values) for a in expr.args]
        return None if None in parts else expr.func(*parts)
    return None


def _chosen(expr: Choice, values: Values) -> Expr | None:
    """The branch that holds, where numbers decide it."""
    first, second = (written_out(a, values) for a in (expr.first, expr.second))
    if not isinstance(first, Integer) or not isinstance(second, Integer):
        return None
    return written_out(expr.same if first == second else expr.other, values)


def _binder(expr: Binder, values: Values) -> Expr | None:
    bounds = _numbers(expr.limits[1:], values)
    if bounds is None:
        return None
    lower, upper, *excluded = bounds
    own = expr.limits[0]
    parts = [
        written_out(expr.body, {**values, own: number})
        for number in range(lower, upper + 1)
        if number not in excluded
    ]
    if None in parts:
        return None
    if isinstance(expr, Maximum):
        return parts[0] if len(parts) == 1 else Apply(Head(Max), *parts)
    return times(*parts) if isinstance(expr, ProductOver) else plus(*parts)


def class_sizes(derivation: Derivation) -> tuple[Symbol, ...]:
    """The sizes that count classes: of the last axis of a softmax, else of the variables."""
    bases = [d.base for d in derivation.definitions if d.softmax]
    axes = [base.shape[-1] for base in bases if getattr(base, "shape", None)]
    if not axes:
        problem = derivation.problem
        axes = [n for v in problem.variables if isinstance(v, Indexed) for n in v.base.shape or ()]
    return tuple(s for s in derivation.problem.sizes if s in axes)


def small_sizes(derivation: Derivation, classes: int) -> dict[Symbol, int]:
    """``classes`` for the number of classes, little for the other sizes."""
    of_classes = class_sizes(derivation)
    sizes = derivation.problem.sizes
    return {s: classes if s in of_classes or not of_classes else _SMALL for s in sizes}


def sample_indices(
    problem: Problem, sizes: Values, used: frozenset[Symbol], assumed: tuple[Fact, ...] = ()
) -> dict[Symbol, int]:
    """A value for each free index in ``used``: no two the same, facts respected."""
    facts = (*problem.facts, *assumed)
    found: dict[Symbol, int] = {}
    for known in problem.ranges:
        index = known.index
        if index not in used or index in found or not isinstance(index, Symbol):
            continue
        span = _numbers((known.lower, known.upper), {**sizes, **found}) or [1, 1]
        numbers = range(span[0], span[1] + 1)
        apart = {found.get(other) for other in _unequal(index, facts)}
        fitting = [n for n in numbers if n not in apart]
        fresh = [n for n in fitting if n not in found.values()]
        found[index] = (fresh or fitting or [span[0]])[0]
    for fact in facts:
        if isinstance(fact, EqualFact) and fact.left in used:
            found[fact.left] = found.get(fact.right, found[fact.left])
    return found


def _unequal(index: Symbol, facts: tuple[Fact, ...]) -> list[Expr]:
    """What is known to differ from an index."""
    pairs = [(f.left, f.right) for f in facts if isinstance(f, UnequalFact)]
    return [b if a == index else a for a, b in pairs if index in (a, b)]


def _numbers(expressions: Iterable[Expr], values: Values) -> list[int] | None:
    """The numbers that expressions come to; ``None`` where one of them comes to none."""
    found = [written_out(e, values) for e in expressions]
    numbers = [int(n) for n in found if isinstance(n, Integer)]
    return numbers if len(numbers) == len(found) else None
