"""Conditions that SymPy has taken out of the sums and products that they belong to.

``Sum`` folds the ``Piecewise`` of its term, those of the sums in it too: of a mean over j in a sum
over i there is left ``Sum(Piecewise((Sum(a, j)/M, c[j]), (Sum(b, j)/M, True)), i)``.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Dummy, Expr, Piecewise, Product, Sum
from sympy.core.basic import Basic


def escaped(choice: Piecewise) -> set[Basic]:
    """The indices of sums and products in the branches that stand in the conditions too."""
    inner = {index for ranged in choice.atoms(Sum, Product) for index in ranged.variables}
    return inner & {name for _, condition in choice.args for name in condition.free_symbols}


def put_back(term: Expr, indices: Iterable[Basic]) -> Expr:
    """The term of a sum over ``indices``, with its conditions where they belong if that is plain.

    It is where every branch has one sum that binds what has escaped, over the same range and with
    the same around it: ``Sum(Piecewise((a, c[j]), (b, True)), j)/M``. An index of the sum around
    may be meant by the condition itself.
    """
    if not isinstance(term, Piecewise):
        return term
    outside = escaped(term)
    if not outside or outside & set(indices):
        return term
    place = Dummy()
    branches, surroundings = [], set()
    for value, condition in term.args:
        found = _binding(value, outside)
        if len(found) != 1:
            return term
        (ranged,) = found
        branches.append((ranged.function, condition))
        surroundings.add((ranged.func, ranged.limits, value.xreplace({ranged: place})))
    if len(surroundings) != 1:
        return term
    ((kind, limits, around),) = surroundings
    return around.xreplace({place: kind(Piecewise(*branches), *limits)})


def _binding(value: Basic, indices: set[Basic]) -> set[Basic]:
    """The outermost sums and products over one of ``indices``."""
    if isinstance(value, (Sum, Product)) and indices & set(value.variables):
        return {value}
    return {found for part in value.args for found in _binding(part, indices)}
