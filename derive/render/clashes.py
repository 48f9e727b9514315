"""Names that differ as text and look alike in print."""

from __future__ import annotations

from sympy import Expr

from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.notation import Delta, Exp, binders, heads
from derive.render.latex_text import symbol_name
from derive.render.names import names_of

# What a page uses itself, by the node that brings it.
_OURS = {Exp: ("e", "Euler's number"), Delta: (r"\delta", "Kronecker's delta")}


def check_names(derivation: Derivation) -> None:
    """Raise ``DeriveError`` where two names of a derivation could not be told apart in print."""
    problem = derivation.problem
    shown = [s.after for d in derivation.walk() for s in d.steps]
    expressions: list[Expr] = [problem.expression, *problem.variables, *shown]
    used = set(names_of(problem).taken)
    used |= {getattr(d.base, "name", "") for d in derivation.definitions}
    used |= {b.hint.name for e in expressions for b in binders(e)}
    printed: dict[str, str] = {}
    for name in sorted(used):
        twin = printed.setdefault(symbol_name(name), name)
        if twin != name:
            raise DeriveError(
                f"{twin!r} and {name!r} would look alike in print; choose another name for one"
            )
    nodes = frozenset().union(*map(heads, expressions))
    for node, (sign, meaning) in _OURS.items():
        if node in nodes and sign in printed:
            raise DeriveError(
                f"{printed[sign]!r} would look like {meaning} in print; choose another name"
            )
