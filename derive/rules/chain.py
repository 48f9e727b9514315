"""The chain rule through the entries of a definition."""

from __future__ import annotations

from sympy import Expr, Indexed

from derive.facts import Definition, Given
from derive.laws import Source
from derive.notation import (
    ONE,
    Log,
    Minus,
    Opened,
    Partial,
    Times,
    Total,
    bases,
    entries,
    names,
    spare_indices,
)
from derive.rules import samples as s
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.signs import depends, ingredients
from derive.unfolding import unfold, value_of
from derive.unify import instance_of

loss = Minus(Total(Times(s.y[s.j1], Log(s.p[s.j1])), (s.j1, 1, s.C)))


@rule(Source.CHAIN, Example(Partial(loss, s.z[s.k1]), s.with_softmax), head=Partial)
def chain_rule(expr: Expr, given: Given) -> Outcome:
    """``∂u/∂v = Σ_j ∂u/∂w_j · ∂w_j/∂v`` for the definition ``w`` through which ``v`` acts on ``u``.

    Where there are several, it is the one by which a lemma has the derivative of ``u``, else the
    one that stands in ``u`` itself.
    """
    found = [d for d in given.definitions if _mediates(d, expr, given)]
    cited = [d for d in found if any(_gives(lemma.before, expr, d) for lemma in given.lemmas)]
    shown = [d for d in found if d.base in bases(_opened(expr.operand, given))]
    for definition in (*cited, *shown):
        entry, bound = _entry(definition, expr, given)
        if entry is None:
            continue
        chained: Expr = Times(Partial(expr.operand, entry), Partial(entry, expr.variable))
        for index, size in reversed(bound):
            chained = Total(chained, (index, ONE, size))
        return Rewriting(chained, (definition,))
    return None


def _opened(operand: Expr, given: Given) -> Expr:
    """A defined entry by its value; anything else as it is."""
    definition = given.definition_of(operand)
    return operand if definition is None else value_of(operand, definition)


def _mediates(definition: Definition, expr: Partial, given: Given) -> bool:
    """Whether the variable acts on the operand through the entries of a definition alone."""
    own = expr.operand.base if isinstance(expr.operand, Indexed) else expr.operand
    if not isinstance(definition.entry, Indexed) or definition.base == own:
        return False
    if _begins_late(definition, given):
        return False
    if not depends(expr.operand, definition.entry, given):
        return False
    if not depends(definition.entry, expr.variable, given):
        return False
    others = tuple(d for d in given.definitions if d != definition)
    variable = expr.variable
    target = variable.base if isinstance(variable, Indexed) else variable
    return target != definition.base and target not in ingredients(expr.operand, others)


def _begins_late(definition: Definition, given: Given) -> bool:
    """Whether the first or last entries have no value, as with a lag: the sum is over all."""
    sizes = getattr(definition.base, "shape", None) or ()
    known = ((given.range_of(i), n) for i, n in zip(definition.indices, sizes, strict=False))
    return any(r is not None and (r.lower, r.upper) != (ONE, n) for r, n in known)


def _gives(statement: Expr, expr: Partial, definition: Definition) -> bool:
    """Whether a lemma states the derivative of the operand by an entry of the definition."""
    match statement:
        case Partial(operand, Indexed() as entry) if entry.base == definition.base:
            generic = tuple(s for s in names(operand) if s.is_integer)
            return instance_of(operand, expr.operand, generic) is not None
    return False


def _cited_index(definition: Definition, axis: int, given: Given) -> Expr | None:
    """What a lemma about derivatives by the entries calls an index of theirs."""
    for lemma in given.lemmas:
        match lemma.before:
            case Partial(_, Indexed() as entry) if entry.base == definition.base:
                return entry.indices[axis]
    return None


def _entry(
    definition: Definition, expr: Partial, given: Given
) -> tuple[Indexed | None, list[tuple[Opened, Expr]]]:
    """The entry to sum over; its indices are new where they vary in the operand, with sizes."""
    others = tuple(d for d in given.definitions if d != definition)
    written = unfold(expr.operand, others)
    used = [e for e in entries(written) if e.base == definition.base]
    if not used:
        return None, []
    taken = set(names(expr)) | {r.index for r in given.scope}
    free = names(written)
    indices: list[Expr] = []
    bound: list[tuple[Opened, Expr]] = []
    for axis, index in enumerate(used[0].indices):
        if all(e.indices[axis] == index for e in used) and names(index) <= free:
            indices.append(index)
            continue
        wish = _cited_index(definition, axis, given) or definition.indices[axis]
        if wish in taken:
            wish = next(i for i in spare_indices(wish) if i not in taken)
        taken.add(wish)
        opened = Opened(wish)
        indices.append(opened)
        bound.append((opened, definition.base.shape[axis]))
    return Indexed(definition.base, *indices), bound
