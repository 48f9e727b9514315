"""What a derivation rests on and no rule of the library proves: derivatives of other functions.

They become hypotheses: just at the place where the derivative is taken, so that nothing is assumed
of a function where it has none.
"""

from __future__ import annotations

from sympy import Expr

from derive.derivation import Derivation, Step
from derive.formal.domain import words
from derive.formal.hypotheses import Hypothesis, between
from derive.formal.names import identifier
from derive.formal.terms import (
    FUNCTIONS,
    Scope,
    base_of,
    derivative,
    index,
    term,
    variable_name,
)
from derive.formal.world import World
from derive.notation import Apply, Binder, Partial
from derive.positions import Path, parts_at

Places = dict[tuple[Step, Path], str]
"""The hypothesis for a place of an atomic step."""


def is_assumed(part: Expr) -> bool:
    """Whether this is the derivative of a function that Coq's library lacks."""
    match part:
        case Partial(Apply() as applied):
            return applied.function not in FUNCTIONS
    return False


def assumptions(derivation: Derivation, name: str, world: World) -> tuple[list[Hypothesis], Places]:
    """A hypothesis for every place of a derivation at which there is no proof."""
    found: list[Hypothesis] = []
    places: Places = {}
    scope = world.scope(derivation)
    for step in derivation.steps:
        for atom in step.atoms:
            for path in atom.positions:
                claim = _claim(atom, path, scope, world)
                if claim is not None:
                    own = Hypothesis(f"{name}_assumed_{len(found) + 1}", claim)
                    found.append(own)
                    places[atom, path] = own.name
    return found, places


def _claim(atom: Step, path: Path, scope: Scope, world: World) -> str | None:
    """That the right side of a place is the derivative on its left side."""
    if not atom.rule.startswith("differentiate"):
        return None
    before, after, given = parts_at(atom.before, atom.after, path)
    if not is_assumed(before):
        return None
    around: list[tuple[str, str]] = []
    for known in reversed(given.scope):
        hint = getattr(known.index, "hint", known.index)
        name = f"{identifier(hint.name)}{len(around)}"
        limits = between(name, known.lower, known.upper, scope)
        scope = scope.within(known.index, name)
        apart = [f.right for f in given.apart if f.left == known.index]
        limits += "".join(f" -> {name} <> {index(x, scope)}" for x in apart)
        around.append((name, f"forall {name} : nat, {limits} -> "))
    for base in _moved(atom.before, path):
        name = variable_name(base, scope)
        scope = scope.moved(base, name)
        around.append((name, f"forall {name} : {world.kind(base)}, "))
    claim = f"is_pd {derivative(before, scope)} {term(after, scope, 9)}"
    for name, beginning in reversed(around):
        # What it does not speak of could not be found where it is used.
        if name in words(claim):
            claim = beginning + claim
    return claim


def _moved(expr: Expr, path: Path) -> list[Expr]:
    """The arrays that derivatives around a place are taken by."""
    found = []
    for position in path:
        if isinstance(expr, Partial) and position == 0:
            found.append(base_of(expr.variable))
        expr = expr.body if isinstance(expr, Binder) and position == 0 else expr.args[position]
    return found
