"""Whether a document shows an equation of its source, up to the source's letters."""

from collections.abc import Mapping

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.derivation import Derivation
from derive.display import Dotted, Grid
from derive.notation import Binder
from derive.verify.canonical import same


def written(expr: Expr, letters: Mapping[Expr, Expr]) -> Expr:
    """``expr`` with the source's arrays and symbols called as ours."""
    if expr in letters:
        return letters[expr]
    if isinstance(expr, Indexed):
        places = (written(a, letters) for a in expr.indices)
        return Indexed(letters.get(expr.base, expr.base), *places)
    if not expr.args or isinstance(expr, IndexedBase):
        return expr
    if isinstance(expr, Binder):
        body, index = expr.open()
        outside = (written(a, letters) for a in expr.outside)
        return expr.again(written(body, letters), index, outside)
    return expr.func(*(written(a, letters) for a in expr.args))


def dotted(expr: Expr) -> tuple[bool, bool]:
    """Whether dots stand for terms of a sum, and whether they stand for entries of a matrix."""
    return expr.has(Dotted), expr.has(Grid)


def place(
    root: Derivation, left: Expr, right: Expr, letters: Mapping[Expr, Expr]
) -> tuple[str, int, str | None] | None:
    """Part or lemma, number and tag of the line that says ``left = right``; 0 is a definition."""
    ours = [written(side, letters) for side in (left, right)]
    for inner in root.walk():
        for definition in inner.definitions:
            if same(definition.entry, ours[0]) and same(definition.value, ours[1]):
                return inner.name, 0, None
        if not same(inner.statement, ours[0]):
            continue
        for number, step in enumerate(inner.steps, start=1):
            if same(step.after, ours[1]) and dotted(step.after) == dotted(ours[1]):
                return inner.name, number, step.tag
    return None


def symbols_of(root: Derivation) -> dict[str, Symbol]:
    """The sizes and indices of a document by name."""
    indices = (r.index for d in root.walk() for r in d.problem.ranges)
    return {str(s): s for s in (*root.problem.sizes, *indices)}
