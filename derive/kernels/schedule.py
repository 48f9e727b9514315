"""The order of statements: what is used twice is computed once, under a name that says what it is."""

from __future__ import annotations

from collections import Counter

from sympy import Add, Expr, Mul, Symbol
from sympy.core.basic import Basic

from derive.kernels import code as c
from derive.kernels.identifiers import unused
from derive.notation import Apply, Exp, Log, Minus, Plus, Power, Quotient, Times

_NOUNS: dict[type, str] = {
    Exp: "exps",
    Log: "logs",
    Times: "product",
    Quotient: "ratio",
    Power: "power",
    Minus: "negative",
    c.Contracted: "product",
    c.Eye: "identity",
    c.Cast: "indicator",
    c.Compared: "mask",
    c.Chosen: "chosen",
    c.Picked: "picked",
    c.Moved: "turned",
}
# Cheap enough to be written again.
_TRIVIAL = (c.View, c.Counted, c.Clipped, c.Copied, Add, Mul)

Statement = tuple[Symbol, Expr]


class Schedule:
    """Turns results into statements, each a name and its array code, in order."""

    def __init__(self, defined: dict[Symbol, Expr], taken: set[str]) -> None:
        self._defined = dict(defined)
        self._taken = taken | {s.name for s in defined}
        self._uses: Counter[Basic] = Counter()
        self._names: dict[Basic, Symbol] = {}
        self._wished: dict[Basic, Symbol] = {}
        self.statements: list[Statement] = []

    def __call__(self, results: dict[str, Expr]) -> tuple[Symbol, ...]:
        """Append what computes ``results`` to the statements; each gets a variable of its name."""
        names = {name: Symbol(unused(name, self._taken)) for name in results}
        for name, result in results.items():
            self._count(result)
            if result.args and not isinstance(result, (c.View, c.Moved)):
                self._wished.setdefault(result, names[name])
        for name, result in results.items():
            final = self._named(result)
            if final != names[name]:
                # An input, or another result, must not come out under two names.
                self.statements.append((names[name], c.Copied(final)))
        return tuple(names.values())

    def _count(self, node: Basic) -> None:
        self._uses[node] += 1
        if self._uses[node] == 1:
            for part in (self._defined[node],) if node in self._defined else node.args:
                self._count(part)

    def _named(self, node: Basic) -> Basic:
        """``node`` over names of statements that are there by now; a name itself, if it has one."""
        if node in self._names:
            return self._names[node]
        if node in self._defined:
            self._define(node)
        if not node.args:
            return node
        name = self._wished.get(node)
        args = [self._named(a) for a in node.args]
        rebuilt = node if args == list(node.args) else node.func(*args)
        if name is None:
            noun = self._noun(node, rebuilt)
            if noun is None:
                return rebuilt
            name = Symbol(unused(noun, self._taken))
        self.statements.append((name, rebuilt))
        self._names[node] = name
        return name

    def _define(self, name: Symbol) -> None:
        value = self._defined.pop(name)
        if value.args:
            self._wished.setdefault(value, name)
        final = self._named(value)
        if final != name:
            self.statements.append((name, final))

    def _noun(self, node: Basic, rebuilt: Basic) -> str | None:
        """The name for a part, where it deserves one."""
        if isinstance(node, _TRIVIAL) or not isinstance(node, Expr):
            return None
        if isinstance(node, c.Reduced):
            return "shift" if node.way == "max" else "total"
        if self._uses[node] < 2:
            return None
        if isinstance(node, Plus):
            if any(s.name.startswith("shift") for s in rebuilt.free_symbols):
                return "shifted"
            return "difference" if any(isinstance(t, Minus) for t in node.args) else "terms"
        if isinstance(node, Apply):
            return str(node.function.__name__)
        return _NOUNS.get(type(node))
