"""Labels whose sum is known: values that meet a ``SumFact``."""

from __future__ import annotations

import numpy as np
from sympy import IndexedBase, Symbol

from derive.facts import Definition, SumFact
from derive.notation import entries
from derive.verify.exact import Exact
from derive.verify.field import FIELDS
from derive.verify.leaves import At, Leaves
from derive.verify.scope import Scope
from derive.verify.slopes import Slopes


class NoLabels(Exception):
    """Nothing meets the declared sums at these sizes: they are sums of no terms."""


class Labels:
    """Gives the last entry of each sum the value that makes the sum come out right."""

    def __init__(
        self, sums: tuple[SumFact, ...], sizes: At, definitions: tuple[Definition, ...]
    ) -> None:
        self._sums = sums
        self._sizes = sizes
        self._definitions = definitions

    def __call__(self, leaves: Leaves, base: IndexedBase, level: int) -> None:
        """Settle the entries of ``base`` at ``level``.

        Raises ``NotImplementedError`` where several sums get in each other's way, and ``NoLabels``
        where one has no terms.
        """
        own = [fact for fact in self._sums if constrained(fact, self._definitions) == base]
        for fact in own:
            self._settle(fact, leaves, base, level)
        for fact in own:
            exact, scope, _ = self._at(fact, leaves, base)
            made, wanted = (exact.value(e, level, scope) for e in (fact.total, fact.value))
            if not np.all(made == wanted):
                raise NotImplementedError("the declared sums cannot be met one after the other")

    def _settle(self, fact: SumFact, leaves: Leaves, base: IndexedBase, level: int) -> None:
        field = FIELDS[level]
        exact, scope, axis = self._at(fact, leaves, base)
        array = leaves.array(base, 0, level)
        length = int(exact.whole(fact.total.upper, scope).max())
        for last in range(length)[:-3:-1]:
            free = array[(slice(None),) * axis + (last,)]
            kept, totals = free.copy(), []
            for value in (0.0, 1.0):
                # The sum is linear in the entries, so two values of one give the right one.
                free[...] = value
                exact, scope, _ = self._at(fact, leaves, base)
                totals.append(exact.value(fact.total, level, scope))
            missing = field.reduce(exact.value(fact.value, level, scope) - totals[0])
            slope = field.reduce(totals[1] - totals[0])
            # The one before the last where a mask rules the last out of the sum.
            free[...] = np.where(slope == 0, kept, field.times(missing, field.inverse(slope)))
            if not np.any(slope == 0):
                return
        if length <= 2 and np.all(slope == 0) and np.all(missing != 0):
            raise NoLabels(f"the sum {fact.total} has no terms")

    def _at(self, fact: SumFact, leaves: Leaves, base: IndexedBase) -> tuple[Exact, Scope, int]:
        """A fresh evaluation, the scope of the fact's generic indices, the axis summed over."""
        bound = fact.total.limits[0]
        entry = next(e for e in entries(fact.total.body) if e.base == base)
        lengths = leaves.shape(base, len(entry.indices))
        scope = Scope()
        for index, length in reversed(list(zip(entry.indices, lengths, strict=True))):
            if isinstance(index, Symbol) and index != bound:
                scope = scope.binding(index, 1, length)
        slopes = Slopes(self._definitions)
        exact = Exact(self._sizes, (), self._definitions, (), leaves, slopes, strict=False)
        return exact, scope, entry.indices.index(bound)


def constrained(fact: SumFact, definitions: tuple[Definition, ...]) -> IndexedBase | None:
    """The array whose entries a sum fact settles; None where they are defined."""
    defined = {d.base for d in definitions}
    bound = fact.total.limits[0]
    found = [e.base for e in entries(fact.total.body) if bound in e.indices]
    return next((b for b in found if b not in defined), None)
