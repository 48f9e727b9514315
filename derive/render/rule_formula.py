"""A rule's law as a lecturer would note it beside a step: ``(log u)' = u' / u``."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from sympy import Expr, Symbol
from sympy.core.basic import Basic

from derive.laws import LAWS, Each, Law, Meta, Rest, Value
from derive.notation import Binder, Inert, Partial
from derive.render.document import Formula
from derive.render.names import Names


class Prime(Inert):
    """A derivative by the variable at hand."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]


def rule_formula(rule: str, names: Names) -> Formula | None:
    """The law of a rule with letters that mean nothing else in ``names``."""
    claim = LAWS.get(rule)
    if not isinstance(claim, Law):
        return None
    both = (_without_rest(side) for side in (claim.before, claim.after))
    sides = [_spread(side, _repeated(claim)) for side in both]
    letters = _letters(_metas(sides), names)
    before, after = (_written(side, letters) for side in sides)
    return Formula((before, "=", after), names.also(*letters.values()))


def has_prime(formula: Formula) -> bool:
    """Whether a derivative occurs."""
    return any(isinstance(item, Basic) and item.has(Prime) for item in formula.items)


def _metas(expressions: Iterable[Basic]) -> list[Meta]:
    """Metavariables in reading order."""
    found = [m for e in expressions for m in _in_order(e)]
    return list(dict.fromkeys(found))


def _in_order(expr: Basic) -> list[Meta]:
    if isinstance(expr, Meta):
        return [expr]
    return [m for a in expr.args for m in _in_order(a)]


def _repeated(claim: Law) -> frozenset[Meta]:
    """The metavariables that stand for something else in each term of a sum or product."""

    def outside(expr: Basic) -> frozenset[Basic]:
        if isinstance(expr, Each):
            return frozenset()
        here = frozenset({expr}) if isinstance(expr, Meta) else frozenset()
        return here.union(*(outside(a) for a in expr.args))

    everywhere = frozenset(_metas((claim.before, claim.after)))
    return everywhere - outside(claim.before) - outside(claim.after)


def _without_rest(expr: Basic) -> Basic:
    """What a range may leave out besides, on both sides of the law, is not shown."""
    if not expr.args:
        return expr
    kept = (_without_rest(a) for a in expr.args if not isinstance(a, Rest))
    return Basic.__new__(type(expr), *kept)


def _spread(expr: Basic, repeated: frozenset[Meta]) -> Basic:
    """Each term or factor of a kind as two of them: ``u + ...`` as ``u + w``."""
    if len(expr.args) == 1 and isinstance(expr.args[0], Each):
        pattern = expr.args[0].pattern
        second = {m: Meta(f"{m.name}_2") for m in repeated}
        return expr.func(pattern, _replaced(pattern, second))
    if not expr.args or isinstance(expr, Binder):
        return expr
    return expr.func(*(_spread(a, repeated) for a in expr.args))


def _letters(metas: list[Meta], names: Names) -> dict[Meta, Symbol]:
    """A letter for each metavariable: its own where that is free, else the next one."""
    letters: dict[Meta, Symbol] = {}
    used = set(names.taken)
    wishes = {m.name for m in metas}
    for meta in metas:
        wish = meta.name.removesuffix("_2")
        start = ascii_lowercase.find(wish.lower()) if len(wish) == 1 else 0
        following = [ascii_lowercase[(start + n) % 26] for n in range(1, 26)]
        # What would read as an index or as Euler's number is no letter for a function.
        spare = [c for c in following if c not in "eijklo" and c not in wishes]
        name = next((c for c in (wish, *spare) if c not in used), wish)
        used.add(name)
        letters[meta] = Symbol(name, integer=True)
    return letters


def _written(expr: Basic, letters: dict[Meta, Symbol]) -> Basic:
    if isinstance(expr, Partial):
        return Prime(_written(expr.operand, letters))
    if isinstance(expr, Value):
        return Value(letters[expr.function], *expr.indices)
    return _replaced(expr, letters) if not expr.has(Partial) else _rebuilt(expr, letters)


def _rebuilt(expr: Basic, letters: dict[Meta, Symbol]) -> Basic:
    if expr in letters:
        return letters[expr]
    if not expr.args:
        return expr
    return Basic.__new__(type(expr), *(_written(a, letters) for a in expr.args))


def _replaced(expr: Basic, mapping: dict[Meta, Symbol]) -> Basic:
    if expr in mapping:
        return mapping[expr]
    if not expr.args:
        return expr
    # Not through the constructor: a binder would be closed anew, a delta sorted anew.
    return Basic.__new__(type(expr), *(_replaced(a, mapping) for a in expr.args))
