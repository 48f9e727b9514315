"""The order of statements: what is used twice is computed once, under a name that says what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sympy import Add, Expr, Mul
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
    c.Contracted: "product",
    c.Multiplied: "product",
    c.Eye: "identity",
    c.Cast: "indicator",
    c.Compared: "mask",
    c.Chosen: "chosen",
    c.Replaced: "replaced",
    c.Picked: "picked",
    c.Moved: "turned",
}
_FOUND = {"max": "shift", "largest": "shift", "argmax": "first", "norm": "norm"}
# Cheap enough to be written again.
_TRIVIAL = (c.View, c.Counted, c.Clipped, c.Copied, Add, Mul)

# Characters from which a part gets a line of its own.
_LONG = 50

Statement = tuple[c.Name, Expr]


class Schedule:
    """Turns results into statements, each a name and its array code, in order.

    Args:
        defined: Array code of the definitions, by name.
        taken: Names of the inputs.
        width: How long the text of a part is.
    """

    def __init__(
        self, defined: dict[c.Name, Expr], taken: set[str], width: Callable[[Basic], int]
    ) -> None:
        self._width = width
        self._defined = dict(defined)
        self._inputs = {c.Name(name) for name in taken}
        self._taken = taken | {s.name for s in defined}
        self._uses: Counter[Basic] = Counter()
        self._names: dict[Basic, c.Name] = {}
        self._wished: dict[Basic, c.Name] = {}
        self._viewed: set[Basic] = set()
        self.statements: list[Statement] = []

    def __call__(self, results: dict[str, Expr]) -> tuple[c.Name, ...]:
        """Append what computes ``results`` to the statements; each gets a variable of its name."""
        names = {name: c.Name(unused(name, self._taken)) for name in results}
        wishes = [*self._definitions(), *((r, names[n]) for n, r in results.items())]
        for node, wish in wishes:
            if node.args and not isinstance(node, (c.View, c.Moved)):
                self._wished.setdefault(node, wish)
        for result in results.values():
            self._count(result)
        inputs = self._inputs
        for name, result in results.items():
            final = self._named(result)
            if final != names[name]:
                # An input, or another result, must not come out under two names.
                alone = isinstance(final, c.Name) and final not in inputs
                self.statements.append((names[name], final if alone else c.Copied(final)))
            inputs = inputs | {final, names[name]}
        return tuple(names.values())

    def _definitions(self) -> list[tuple[Expr, c.Name]]:
        return [(value, name) for name, value in self._defined.items()]

    def _count(self, node: Basic) -> None:
        self._uses[node] += 1
        if isinstance(node, c.View):
            self._viewed.add(node.operand)
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
            name = c.Name(unused(noun, self._taken))
        self.statements.append((name, rebuilt))
        self._names[node] = name
        return name

    def _define(self, name: c.Name) -> None:
        value = self._defined.pop(name)
        final = self._named(value)
        if final != name:
            self.statements.append((name, final))

    def _noun(self, node: Basic, rebuilt: Basic) -> str | None:
        """The name for a part, where it deserves one."""
        if isinstance(node, _TRIVIAL) or not isinstance(node, Expr):
            return None
        if isinstance(node, c.Reduced):
            if node.way in _FOUND:
                return _FOUND[node.way]
            # A total that is spread again over its axis reads better with a name.
            return "total" if self._uses[node] > 1 or node in self._viewed else None
        if self._uses[node] < 2 and self._width(rebuilt) < _LONG:
            return None
        if isinstance(node, Plus):
            if any(s.name.startswith("shift") for s in rebuilt.free_symbols):
                return "shifted"
            return "difference" if any(isinstance(t, Minus) for t in node.args) else "terms"
        if isinstance(node, c.Cast) and not isinstance(node.operand, c.Compared):
            return "numbers"
        if isinstance(node, Apply):
            return str(node.function.__name__)
        return _NOUNS.get(type(node))
