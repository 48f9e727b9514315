"""What expressions mean, in plain loops: the judge of the checker's own tests.

It shares no code with the package beyond the node classes: numbers of 30 digits, Python loops for
sums, central differences for derivatives. An entry has a value for every whole index, in range or
not, so that a wrong bound is a wrong number and not an error.
"""

from random import Random

import mpmath
from sympy import Indexed, Integer, Symbol

from derive.facts import EntryFact, SumFact
from derive.notation import (
    Apply,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
)

H = mpmath.mpf(10) ** -8


class World:
    """One choice of sizes, numbers for all leaves, and definitions and facts in force."""

    def __init__(self, sizes, definitions, facts, seed):
        self.sizes = {s.name: v for s, v in sizes.items()}
        self.definitions = {d.base: d for d in definitions}
        self.values = {f.entry.base: f for f in facts if isinstance(f, EntryFact)}
        self.sums = [f for f in facts if isinstance(f, SumFact)]
        self.seed = seed
        self.shift = {}

    def number(self, expr, at):
        """The value of an expression at index values by name."""
        match expr:
            case Integer():
                return mpmath.mpf(int(expr))
            case Symbol():
                return self.symbol(expr, at)
            case Indexed():
                return self.entry(expr.base, tuple(self.index(a, at) for a in expr.indices), at)
            case Plus():
                return sum((self.number(a, at) for a in expr.args), mpmath.mpf(0))
            case Times():
                result = mpmath.mpf(1)
                for a in expr.args:
                    result *= self.number(a, at)
                return result
            case Minus(operand):
                return -self.number(operand, at)
            case Quotient(above, below):
                return self.number(above, at) / self.number(below, at)
            case Power(base, exponent):
                return self.number(base, at) ** self.number(exponent, at)
            case Exp(operand):
                return mpmath.exp(self.number(operand, at))
            case Log(operand):
                return mpmath.log(self.number(operand, at))
            case Delta(first, second):
                return mpmath.mpf(1 if self.index(first, at) == self.index(second, at) else 0)
            case Bracket(lower, upper):
                return mpmath.mpf(1 if self.index(lower, at) <= self.index(upper, at) else 0)
            case Total():
                total = mpmath.mpf(0)
                for value in self.run(expr, at):
                    total += self.number(expr.body, {**at, expr.limits[0].name: value})
                return total
            case Maximum():
                inside = [{**at, expr.limits[0].name: v} for v in self.run(expr, at)]
                return max(self.number(expr.body, one) for one in inside)
            case Partial(operand, variable):
                return self.slope(operand, variable, at)
            case Apply():
                numeric = {"tanh": mpmath.tanh, "Max": max, "Abs": abs}[expr.function.__name__]
                return numeric(*(self.number(a, at) for a in expr.operands))
        return mpmath.mpf(expr.p) / expr.q if expr.is_Rational else self.plain(expr, at)

    def plain(self, expr, at):
        """Index arithmetic such as i + 1, written in SymPy."""
        parts = [self.number(a, at) for a in expr.args]
        return sum(parts) if expr.is_Add else mpmath.fprod(parts)

    def index(self, expr, at):
        return int(self.number(expr, at))

    def run(self, binder, at):
        _, lower, upper, *excluded = binder.limits
        apart = [self.index(e, at) for e in excluded]
        span = range(self.index(lower, at), self.index(upper, at) + 1)
        return [v for v in span if v not in apart]

    def symbol(self, symbol, at):
        if symbol.name in at:
            return mpmath.mpf(at[symbol.name])
        if symbol.name in self.sizes:
            return mpmath.mpf(self.sizes[symbol.name])
        if symbol in self.definitions:
            value = self.number(self.definitions[symbol].value, at)
        else:
            value = self.draw(symbol.name, (), positive=bool(symbol.is_positive))
        return value + self.shift.get((symbol.name, ()), 0)

    def entry(self, base, indices, at):
        found = self.values.get(base) or self.definitions.get(base)
        if found is not None:
            own = {i.name: v for i, v in zip(found.entry.indices, indices, strict=True)}
            plain = self.number(found.value, {**at, **own})
        else:
            plain = self.draw(base.name, indices, self.sums != [])
            for fact in self.sums:
                if fact.total.body.base == base and max(indices) <= max(self.sizes.values()):
                    # Labels that sum to one: every entry divided by the sum of its row.
                    last = self.index(fact.total.upper, {})
                    row = [self.draw(base.name, (*indices[:-1], n), True) for n in range(1, last + 1)]
                    plain /= sum(row)
        return plain + self.shift.get((base.name, indices), 0)

    def slope(self, operand, variable, at):
        if isinstance(variable, Indexed):
            key = (variable.base.name, tuple(self.index(a, at) for a in variable.indices))
        else:
            key = (variable.name, ())
        before = self.shift.get(key, 0)
        values = []
        for sign in (1, -1):
            self.shift[key] = before + sign * H
            values.append(self.number(operand, at))
        self.shift[key] = before
        return (values[0] - values[1]) / (2 * H)

    def draw(self, name, indices, positive=False):
        unit = mpmath.mpf(Random(f"{self.seed} {name} {indices}").random())
        return unit + mpmath.mpf("0.1") if positive else 2 * unit - 1


def differ(left, right, worlds, places):
    """Whether two expressions differ in some world at some index values.

    Where one of them has no real value, they do not count as different there.
    """
    with mpmath.workdps(30):
        for world in worlds:
            for at in places(world):
                try:
                    one, other = world.number(left, at), world.number(right, at)
                except (ZeroDivisionError, ValueError):
                    continue
                if isinstance(one, mpmath.mpc) or isinstance(other, mpmath.mpc):
                    continue
                if abs(one - other) > mpmath.mpf(10) ** -8 * max(1, abs(one), abs(other)):
                    return True
    return False
