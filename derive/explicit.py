"""The meaning of an expression at concrete sizes: every sum written out, in plain SymPy.

Sums run over the integers from the lower to the upper bound; where the upper one is smaller they
are 0 (SymPy's own ``Sum`` follows another convention). Shapes are never substituted, for an array
with another shape would be another array: the entries are built directly over the user's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from sympy import (
    Abs,
    Add,
    And,
    DiracDelta,
    Dummy,
    Expr,
    ImmutableDenseNDimArray,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    exp,
    log,
    sign,
)

from derive.arrays import Entry
from derive.display import Choice, Grid
from derive.errors import DeriveError
from derive.facts import Definition, EqualFact, Fact, IndexRange, UnequalFact
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    names,
)

At = Mapping[Symbol, int]


def explicit(
    expr: Expr, sizes: At, at: At | None = None, definitions: tuple[Definition, ...] = ()
) -> Expr:
    """``expr`` with ``sizes`` for its sizes and ``at`` for its free indices, in plain SymPy.

    Definitions are unfolded. An index that is an entry itself, as ``t[n]``, keeps that entry.
    Raises ``DeriveError`` where the bounds of a sum do not become integers.
    """
    return Explicit(sizes, definitions)(expr, {} if at is None else at)


class Explicit:
    """``explicit`` at fixed sizes, with a memory: a part that occurs again is built once."""

    def __init__(
        self,
        sizes: At,
        definitions: tuple[Definition, ...] = (),
        kept: frozenset[Expr] = frozenset(),
    ) -> None:
        self._sizes = dict(sizes)
        self._definitions = {d.base: d for d in definitions}
        self._all = definitions
        self._kept = kept  # defined names that stay as they are
        self._memory: dict[tuple[Expr, tuple[Expr | int, ...]], Expr] = {}
        self._names: dict[Expr, tuple[Symbol, ...]] = {}
        self._keeping: dict[Expr, Explicit] = {}

    def __call__(self, expr: Expr, at: Mapping[Symbol, Expr | int]) -> Expr:
        """The value of ``expr`` where the free indices have the values ``at``."""
        found = self._names.get(expr)
        if found is None:
            found = self._names[expr] = tuple(sorted(names(expr), key=str))
        key = (expr, tuple(at[name] for name in found if name in at))
        value = self._memory.get(key)
        if value is None:
            value = self._memory[key] = self._build(expr, at)
        return value

    def _build(self, expr: Expr, at: Mapping[Symbol, Expr | int]) -> Expr:
        match expr:
            case Symbol():
                return self._symbol(expr, at)
            case Indexed():
                return self._entry(expr.base, tuple(self(a, at) for a in expr.indices), at)
            case Plus(args):
                return Add(*(self(a, at) for a in args))
            case Times(args):
                return Mul(*(self(a, at) for a in args))
            case Minus(operand):
                return -self(operand, at)
            case Quotient(numerator, denominator):
                return Mul(self(numerator, at), Pow(self(denominator, at), -1))
            case Power(base, exponent):
                return Pow(self(base, at), self(exponent, at))
            case Exp(operand):
                return exp(self(operand, at))
            case Log(operand):
                return log(self(operand, at))
            case Apply():
                return expr.function(*(self(a, at) for a in expr.operands))
            case Delta(first, second):
                return KroneckerDelta(self(first, at), self(second, at))
            case Bracket(lower, upper):
                return Piecewise((S.One, self(lower, at) <= self(upper, at)), (S.Zero, True))
            case Choice(first, second, same, other):
                delta = KroneckerDelta(self(first, at), self(second, at))
                return (
                    self(same if delta == 1 else other, at)
                    if delta.is_Integer
                    else Add(Mul(delta, self(same, at)), Mul(1 - delta, self(other, at)))
                )
            case Threshold():
                first, second, above, otherwise = (self(a, at) for a in expr.args)
                return Piecewise((above, first > second), (otherwise, True))
            case Grid(entry):
                return self(entry, at)
            case Total():
                return Add(*self._values(expr, at))
            case ProductOver():
                return Mul(*self._values(expr, at))
            case Maximum():
                return Max(*self._values(expr, at), evaluate=False)
            case Attains():
                return self._attains(expr, at)
            case Partial(operand, variable):
                return self._derivative(operand, variable, at)
            case Entry():
                return self(expr.written_out, at)
        # Index arithmetic such as i + 1 is SymPy's own.
        return expr.func(*(self(a, at) for a in expr.args)) if expr.args else expr

    def _symbol(self, symbol: Symbol, at: Mapping[Symbol, Expr | int]) -> Expr:
        if symbol in at:
            return Integer(at[symbol]) if isinstance(at[symbol], int) else at[symbol]
        if symbol in self._sizes:
            return Integer(self._sizes[symbol])
        if symbol in self._definitions and symbol not in self._kept:
            return self(self._definitions[symbol].value, at)
        return symbol

    def _entry(
        self, base: IndexedBase, indices: tuple[Expr, ...], at: Mapping[Symbol, Expr | int]
    ) -> Expr:
        definition = None if base in self._kept else self._definitions.get(base)
        if definition is None:
            return Indexed(base, *indices)
        return self(definition.value, {**at, **dict(zip(definition.indices, indices, strict=True))})

    def _attains(self, bracket: Attains, at: Mapping[Symbol, Expr | int]) -> Expr:
        """One where the value is larger than those before it and at least those behind it."""
        values = self._values_at(bracket, at)
        here = self(bracket.at_index, at)
        if not here.is_Integer:
            return Add(*(KroneckerDelta(here, n) * _leads(n, values) for n in values))
        return _leads(int(here), values)

    def _values(self, binder: Binder, at: Mapping[Symbol, Expr | int]) -> list[Expr]:
        return list(self._values_at(binder, at).values())

    def _values_at(self, binder: Binder, at: Mapping[Symbol, Expr | int]) -> dict[int, Expr]:
        """The values of the body, by index."""
        # The bound index as stored is named by its level, which no binder inside or around has.
        index = binder.limits[0]
        lower, upper = self(binder.lower, at), self(binder.upper, at)
        if not (lower.is_Integer and upper.is_Integer):
            raise DeriveError(
                f"the sum over {binder.hint} runs from {lower} to {upper}, which are not both "
                "integers; give every size a value"
            )
        left_out = {self(e, at) for e in binder.excluded}
        return {
            value: self(binder.body, {**at, index: value})
            for value in range(int(lower), int(upper) + 1)
            if value not in left_out
        }

    def _derivative(self, operand: Expr, variable: Expr, at: Mapping[Symbol, Expr | int]) -> Expr:
        """By an entry of a definition: its entries are kept until the derivative is taken."""
        base = variable.base if isinstance(variable, Indexed) else variable
        if base not in self._definitions or base in self._kept:
            return _slope(self(operand, at), self(variable, at))
        inner = self._keeping.setdefault(
            base, Explicit(self._sizes, self._all, self._kept | {base})
        )
        derivative = _slope(inner(operand, at), inner(variable, at))
        folded = {
            leaf
            for leaf in derivative.atoms(Indexed, Symbol)
            if (leaf.base if isinstance(leaf, Indexed) else leaf) == base
        }
        return derivative.xreplace({leaf: self(leaf, at) for leaf in folded})


def _slope(expr: Expr, variable: Expr) -> Expr:
    """The derivative; at a kink the value that the rules take there.

    SymPy takes entries for complex numbers, and has other values at a kink.
    """
    if not expr.has(Abs, Max, Min, sign):
        return expr.diff(variable)
    real = {leaf: Dummy(str(leaf), real=True) for leaf in {*expr.atoms(Indexed), variable}}
    by_sides = expr.replace(Max, _larger).replace(Min, _smaller).xreplace(real)
    slope = by_sides.diff(real[variable]).replace(DiracDelta, lambda *_: S.Zero)
    return slope.xreplace({dummy: leaf for leaf, dummy in real.items()})


def _leads(index: int, values: Mapping[int, Expr]) -> Expr:
    """Whether ``index`` is the first at which the values are largest: 1 or 0."""
    if index not in values:
        return S.Zero
    beats = (
        values[index] > other if n < index else values[index] >= other
        for n, other in values.items()
        if n != index
    )
    return Piecewise((S.One, And(*beats)), (S.Zero, True))


def _larger(*numbers: Expr) -> Expr:
    *others, last = numbers
    for other in reversed(others):
        last = Piecewise((last, last > other), (other, True))
    return last


def _smaller(*numbers: Expr) -> Expr:
    *others, last = numbers
    for other in reversed(others):
        last = Piecewise((last, last < other), (other, True))
    return last


def explicit_sizes(sizes: tuple[Symbol, ...], values: Mapping[str, int]) -> dict[Symbol, int]:
    """The given values by symbol.

    Raises ``DeriveError`` for an unknown size, one without a value, and one that is no integer of
    at least 1.
    """
    known = {s.name: s for s in sizes}
    listed = ", ".join(known) or "none"
    for name, value in values.items():
        if name not in known:
            raise DeriveError(f"there is no size {name}; the sizes here are: {listed}")
        if isinstance(value, bool) or not isinstance(value, (int, Integer)) or value < 1:
            raise DeriveError(f"{name} = {value!r} is no size; give an integer of at least 1")
    missing = [name for name in known if name not in values]
    if missing:
        given = ", ".join(f"{name}=3" for name in known)
        raise DeriveError(f"{', '.join(missing)} has no value; give every size, as in at({given})")
    return {known[name]: int(value) for name, value in values.items()}


def explicit_array(
    expr: Expr,
    sizes: At,
    axes: tuple[IndexRange, ...],
    definitions: tuple[Definition, ...] = (),
    assumptions: tuple[Fact, ...] = (),
) -> Expr | ImmutableDenseNDimArray:
    """``expr`` at every value of the indices in ``axes``: an array, or an expression without axes.

    Under an ``EqualFact`` in ``assumptions`` the axis of its left side goes; the entries that an
    ``UnequalFact`` rules out are ``nan``.
    """
    same = {f.left: f.right for f in assumptions if isinstance(f, EqualFact)}
    apart = [f for f in assumptions if isinstance(f, UnequalFact)]
    axes = tuple(a for a in axes if a.index not in same)
    evaluate = Explicit(sizes, definitions)
    spans = [range(int(evaluate(a.lower, {})), int(evaluate(a.upper, {})) + 1) for a in axes]
    values = []
    for place in product(*spans):
        at: dict[Symbol, int] = {a.index: value for a, value in zip(axes, place, strict=True)}
        at.update({left: at[right] for left, right in same.items() if right in at})
        ruled_out = any(evaluate(f.left, at) == evaluate(f.right, at) for f in apart)
        values.append(S.NaN if ruled_out else evaluate(expr, at))
    return ImmutableDenseNDimArray(values, tuple(map(len, spans))) if axes else values[0]
