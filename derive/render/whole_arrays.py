"""Results with whole vectors and matrices: their left-hand sides, and the letters in them."""

from __future__ import annotations

from sympy import Expr

from derive.arrays import Part
from derive.derivation import Derivation
from derive.gathering import Layout, gathered
from derive.notation import Bound, Partial


def whole_left(left: Expr, layout: Layout | None) -> Expr:
    """A left-hand side without the running indices: ``∂L/∂W`` for ``∂L/∂W_{kl}``."""
    assert layout is not None
    if isinstance(left, Partial):
        return Partial(left.operand, whole_left(left.variable, layout))
    return gathered(left, layout) or left if layout.indices else left


def rows(derivation: Derivation) -> tuple[Part, ...]:
    """The rows of arrays that are written; one of a sum over rows looks like any other."""
    found = [p for p in _written(derivation) if p.names]
    own = [p for p in found if not any(isinstance(n, Bound) for n in p.names)]
    return tuple(sorted(own, key=lambda part: (type(part).__name__, part.code)))


def has_bold(derivation: Derivation) -> bool:
    """Whether a whole array is written in bold, as those called by small letters are."""
    return any(not p.names and not p.base.name[:1].isupper() for p in _written(derivation))


def _written(derivation: Derivation) -> frozenset[Part]:
    """All that is written without its running indices."""
    shown: list[Expr] = []
    for inner in derivation.walk():
        entries = {str(d.base): d.entry for d in inner.definitions}
        for key, form in inner.arrays.items():
            left = entries.get(key, inner.statement)
            shown += [whole_left(left, form.layout), *(s.after for s in form.steps)]
    return frozenset(p for e in shown for p in e.atoms(Part))
