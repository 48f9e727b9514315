"""Names for bound indices and for the loss, so that nothing on a page is called like anything else.

A bound index has the name that a person chose, unless it is also free in the formula or bound
around it: then a spare one takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.facts import Definition
from derive.notation import Binder, Opened, bases, binders, names, replace, spare_indices
from derive.problem import Problem


@dataclass(frozen=True)
class Names:
    """The names in use around a place in a formula."""

    taken: frozenset[str] = frozenset()

    def of(self, binder: Binder) -> Symbol:
        """The name of the binder's index."""
        hint = binder.hint
        if hint.name not in self.taken:
            return hint
        # The binders inside get the names they wish for, as far as that is possible.
        inside = {b.hint.name for b in binders(binder.body)}
        free = (s for s in spare_indices(hint) if s.name not in self.taken)
        return next(s for s in free if s.name not in inside)

    def also(self, *symbols: Symbol) -> Names:
        """The same with further names in use."""
        return Names(self.taken | {s.name for s in symbols})


FREE = Names()
"""No name is in use."""


def names_in(expressions: Iterable[Expr]) -> Names:
    """The names that are free in any of the expressions, of arrays too."""
    used: set[str] = set()
    for expr in expressions:
        # An index that was opened has no name yet, only a wish.
        used |= {s.name for s in names(expr) if not isinstance(s, Opened)}
        used |= {b.name for b in bases(expr)}
    return Names(frozenset(used))


def names_of(problem: Problem) -> Names:
    """The names that a problem uses: indices, sizes, parameters and arrays."""
    known = names_in((problem.expression, *problem.variables))
    arrays = {b.name for d in problem.definitions for b in (d.base,) if hasattr(b, "name")}
    return Names(known.taken | arrays | problem.letters)


def spare_name(wishes: Iterable[str], names: Names) -> Symbol:
    """The first of ``wishes`` that is not in use."""
    return Symbol(next(wish for wish in wishes if wish not in names.taken))


def value_name(problem: Problem, definitions: tuple[Definition, ...], taken: Names) -> Expr:
    """What the expression is called: by its source or definition if it has one, else L or f."""
    if problem.called is not None:
        return spare_name((problem.called, "L", r"\mathcal{L}", r"\ell"), taken)
    if problem.kind != "jacobian":
        return spare_name(("L", r"\mathcal{L}", r"\ell", r"\Lambda"), taken)
    expression = problem.expression
    own = [s for s in problem.free_indices if s in names(expression)]
    for definition in definitions:
        if is_entry(expression, definition):
            return expression
        if len(definition.indices) == len(own):
            renaming = dict(zip(definition.indices, own, strict=True))
            if replace(definition.value, renaming) == expression:
                return replace(definition.entry, renaming)
    name = spare_name(("f", "g", "h", r"\phi", r"\psi"), taken)
    return Indexed(IndexedBase(name.name), *own) if own else name


def is_entry(expr: Expr, definition: Definition) -> bool:
    """Whether an expression is an entry of a defined array."""
    return isinstance(expr, Indexed) and expr.base == definition.base
