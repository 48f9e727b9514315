"""Random losses: what a person might write down, grown from the ways in which losses are made.

A loss is drawn as plain SymPy by a random number generator. Sums go over the classes, up to an
index or from it, and stand within each other; arguments of logarithms, roots and powers are
positive whatever the numbers are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from sympy import (
    Expr,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

C, D = (Symbol(name, integer=True, positive=True) for name in "CD")
T, gamma = symbols("T gamma", positive=True)
k, l = symbols("k l", integer=True)  # noqa: E741 (the second index of a matrix)
z, y, w = (IndexedBase(name, shape=(C,)) for name in "zyw")
W, a = IndexedBase("W", shape=(C, D)), IndexedBase("a", shape=(D,))

VARIABLES = (z[k], z[k], z[k], T, gamma, W[k, l], w[k], y[k], a[l])
INDICES = "ijmnrstuv"


@dataclass
class Writer:
    """Draws one loss, and keeps count of what it is made of."""

    draw: Random
    used: int = 0
    made: Counter[str] = field(default_factory=Counter)

    def loss(self) -> Expr:
        """A number: a sum over the classes, or a function of such sums."""
        kind = self.draw.choice(["sum", "sum", "sum", "mean", "function", "two sums"])
        self.made[f"loss: {kind}"] += 1
        if kind == "sum":
            return self.total(4, ())
        if kind == "mean":
            return self.total(4, ()) / C
        if kind == "function":
            return log(1 + self.positive_total(3, ()))
        return self.total(3, ()) + self.coefficient() * self.total(3, ())

    def index(self) -> Symbol:
        self.used += 1
        name = INDICES[(self.used - 1) % len(INDICES)]
        return Symbol(name if self.used <= len(INDICES) else f"{name}{self.used}", integer=True)

    def limits(self, inside: tuple[Symbol, ...]) -> tuple[Symbol, Expr, Expr]:
        own = self.index()
        if not inside or self.draw.random() < 0.65:
            return own, Integer(1), C
        self.made["dependent bound"] += 1
        outer = self.draw.choice(inside)
        return (own, outer, C) if self.draw.random() < 0.5 else (own, Integer(1), outer)

    def total(self, depth: int, inside: tuple[Symbol, ...]) -> Expr:
        self.made["nested sum" if inside else "sum"] += 1
        limits = self.limits(inside)
        return Sum(self.term(depth - 1, (*inside, limits[0])), limits)

    def positive_total(self, depth: int, inside: tuple[Symbol, ...]) -> Expr:
        self.made["nested sum" if inside else "sum"] += 1
        limits = self.limits(inside)
        return Sum(self.positive(depth - 1, (*inside, limits[0])), limits)

    def coefficient(self) -> Expr:
        return self.draw.choice([Integer(2), Integer(-1), Rational(1, 2), T, 1 / T, gamma])

    def entry(self, inside: tuple[Symbol, ...]) -> Expr:
        at = self.draw.choice(inside)
        kind = self.draw.choice(["z", "z", "z", "y", "w", "score", "delta"])
        self.made[f"entry: {kind}"] += 1
        if kind == "score":
            own = self.index()
            return Sum(W[at, own] * a[own], (own, 1, D))
        if kind == "delta":
            return KroneckerDelta(at, self.draw.choice(inside)) * z[at]
        return {"z": z, "y": y, "w": w}[kind][at]

    def term(self, depth: int, inside: tuple[Symbol, ...]) -> Expr:
        """A number of either sign."""
        if depth <= 0:
            return self.entry(inside)
        kind = self.draw.choice(
            [
                "entry",
                "product",
                "sum",
                "difference",
                "power",
                "log",
                "tanh",
                "positive",
                "total",
                "total",
            ]
        )
        self.made[kind] += 1
        match kind:
            case "entry":
                return self.entry(inside)
            case "product":
                return self.term(depth - 1, inside) * self.term(depth - 1, inside)
            case "sum":
                return self.term(depth - 1, inside) + self.coefficient() * self.entry(inside)
            case "difference":
                return self.term(depth - 1, inside) - self.term(depth - 1, inside)
            case "power":
                return self.term(depth - 1, inside) ** self.draw.choice([2, 3])
            case "log":
                return log(self.positive(depth - 1, inside))
            case "tanh":
                return tanh(self.term(depth - 1, inside))
            case "positive":
                return self.positive(depth - 1, inside)
        return self.total(depth, inside)

    def positive(self, depth: int, inside: tuple[Symbol, ...]) -> Expr:
        """A number above zero."""
        kinds = ["exp", "weight", "scaled exp"]
        if depth > 0:
            kinds += ["softmax", "softmax", "one and square", "root", "power", "ratio", "softplus"]
            kinds += ["total"]
        kind = self.draw.choice(kinds)
        self.made[f"positive: {kind}"] += 1
        match kind:
            case "exp":
                return exp(self.entry(inside))
            case "weight":
                return 1 + w[self.draw.choice(inside)] ** 2
            case "scaled exp":
                return exp(-z[self.draw.choice(inside)] / T)
            case "softmax":
                return self.softmax(inside)
            case "one and square":
                return 1 + self.term(depth - 1, inside) ** 2
            case "root":
                return sqrt(self.positive(depth - 1, inside) + 1)
            case "power":
                return self.positive(depth - 1, inside) ** gamma
            case "ratio":
                return self.positive(depth - 1, inside) / (1 + self.positive(depth - 1, inside))
            case "softplus":
                return log(1 + exp(self.entry(inside)))
        return self.positive_total(depth, inside)

    def softmax(self, inside: tuple[Symbol, ...]) -> Expr:
        at, own = self.draw.choice(inside), self.index()
        scale = self.draw.choice([Integer(1), Integer(1), T])
        return exp(z[at] / scale) / Sum(exp(z[own] / scale), (own, 1, C))


def random_loss(draw: Random) -> tuple[Expr, Expr, Counter[str]]:
    """A loss, something in it to differentiate it by, and what it is made of."""
    while True:
        writer = Writer(draw)
        loss = writer.loss()
        there = loss.free_symbols | loss.atoms(IndexedBase)
        present = [v for v in VARIABLES if (v if isinstance(v, Symbol) else v.base) in there]
        if present:
            variable = draw.choice(present)
            writer.made[f"by {variable}"] += 1
            return loss, variable, writer.made
