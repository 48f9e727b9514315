"""Closed forms with indices become array code, in which each index is an axis.

Every part is lowered to ``Lowered``: array code and the indices of its last axes. Parts that are
combined are aligned first; a sum whose factors have different axes becomes a contraction, so that
nothing larger than its operands and its result is built.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import reduce

from sympy import Abs, Expr, Indexed, Number, NumberSymbol, S, Symbol, gamma, loggamma
from sympy.codegen.cfunctions import log1p

from derive.errors import DeriveError
from derive.facts import Definition, EqualFact, UnequalFact
from derive.kernels import code as c
from derive.kernels.axes import Array, Lowered, aligned, cast
from derive.kernels.comparison import alternatives
from derive.kernels.complement import complement, scaled_complement
from derive.kernels.deviations import covariance, deviation
from derive.kernels.falling import fall, near_exponential
from derive.kernels.gaps import (
    HALF,
    beside_lowered_one,
    gap,
    kept_digits,
    power_gap,
    product_gap,
    rise,
)
from derive.kernels.identifiers import identifier
from derive.kernels.norms import (
    around_powers,
    beside_one,
    length,
    log_square,
    norm,
    over_squares,
)
from derive.kernels.ratios import power_in_total, power_of_ratio
from derive.kernels.reductions import Reductions
from derive.kernels.shares import ahead_of_largest, left_of_one, log_left, of_shares
from derive.kernels.signature import Output
from derive.kernels.steps import joined_steps
from derive.kernels.together import together
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Bracket,
    Delta,
    Exp,
    Head,
    Inert,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    factors,
    names,
    plus,
    replace,
    spare_indices,
    times,
    without,
)
from derive.unfolding import value_of


def _apart(definition: Definition, arrays: Container[Expr]) -> Definition:
    """The definition with other letters for its own indices where an argument is called so.

    The ``t`` of a ``σ_t`` stands for every class, and that of the loss for the label given.
    """
    taken = {*names(definition.value), *definition.indices}
    own: dict[Expr, Expr] = {}
    for index in definition.indices:
        if index in arrays:
            spare = (s for s in spare_indices(index) if s not in arrays and s not in taken)
            own[index] = next(spare)
            taken.add(own[index])
    return Definition(
        replace(definition.entry, own), replace(definition.value, own), definition.softmax
    )


class Lowering(Reductions):
    """Lowers the expressions of one kernel, over common arrays, definitions and sizes.

    Args:
        definitions: What may be computed before, with values fit for floating point.
        The others: as for ``Entries``.
    """

    def __init__(
        self,
        arrays: dict[Expr, Array],
        classes: dict[Expr, Expr | None],
        integers: frozenset[Expr],
        definitions: Iterable[Definition],
    ) -> None:
        super().__init__(arrays, classes, integers)
        self._definitions = {d.base: _apart(d, arrays) for d in definitions}
        self.defined: dict[c.Name, Expr] = {}
        """Code of the definitions that were used, by name."""

    def result(self, output: Output) -> Expr:
        """The code of a result.

        A letter may run over axes of different lengths in two results, so each has its own ranges.
        """
        outer = dict(self._extents)
        self._extents.update({r.index: (r.lower, r.upper) for r in output.indices})
        code = self.output(output.stable, tuple(r.index for r in output.indices), output.conditions)
        self._extents = outer
        return code

    def output(
        self,
        expr: Expr,
        indices: tuple[Symbol, ...],
        conditions: tuple[EqualFact | UnequalFact, ...] = (),
    ) -> Expr:
        """The code of ``expr`` with the axes in the order of ``indices``.

        Entries where a condition does not hold become nan.
        """
        code = self._in_order(expr, indices).code
        for fact in conditions:
            relation = "==" if isinstance(fact, EqualFact) else "!="
            mask = aligned(self.compared(fact.left, relation, fact.right), indices)
            code = self._choice(code, mask, S.NaN)
        return code

    def _in_order(self, expr: Expr, indices: tuple[Symbol, ...]) -> Lowered:
        """``expr`` with these axes."""
        outer, self._order = self._order, list(indices)
        part = self.lower(expr)
        self._order = outer
        return Lowered(aligned(part, indices), indices, part.plain)

    def lower(self, expr: Expr) -> Lowered:
        """The array code of ``expr``."""
        match expr:
            case Number() | NumberSymbol():
                return Lowered(expr, plain=True)
            case Symbol():
                return self._symbol(expr)
            case Indexed() if expr.base in self._classes or expr.base in self._integers:
                # A class, a count or another integer, standing where a number stands.
                return self.value(expr)
            case Indexed():
                return self.entry(expr)
            case Total() if (divided := of_shares(expr, self._definitions)) is not None:
                return self.lower(divided)
            case Total() if (centred := covariance(expr)) is not None:
                return self.lower(centred)
            case Total():
                return self._total(expr)
            case ProductOver():
                return self._product_over(expr)
            case Maximum():
                return self._maximum(expr)
            case Attains():
                return cast(self._attained(expr))
            case Delta(first, second):
                return self.delta(first, second)
            case Bracket(lower, upper):
                return cast(self.compared(lower, "<=", upper))
            case Threshold(first, second, above, otherwise):
                return self._entrywise(_branches, (first, second, above, otherwise))
            case Apply(function, (total,)) if function is length:
                return self._length(total)
            case Apply():
                head = expr.args[0]
                return self._entrywise(lambda *a: Apply(head, *a), expr.operands)
            case Plus() if (centred := deviation(expr)) is not None:
                return self.lower(centred)
            case Plus() if (joined := joined_steps(expr)) is not None:
                return self.lower(joined)
            case Plus() if (left := left_of_one(expr, self._definitions)) is not None:
                return self.lower(left)
            case Plus() if (left := ahead_of_largest(expr, self._definitions)) is not None:
                return self.lower(left)
            case Plus() if (left := complement(expr) or scaled_complement(expr)) is not None:
                return self.lower(left)
            case Plus() if (left := gap(expr) or rise(expr) or fall(expr)) is not None:
                return self.lower(left)
            case Plus() | Log() if (found := product_gap(expr)) is not None:
                largest, kept = map(self.lower, found)
                plain = self._from_left(expr) if isinstance(expr, Plus) else self._log1p(expr)
                return self.combined(_branches, [largest, self.lower(ONE), plain, kept])
            case Plus() if (either := alternatives(expr)) and not self._may_be_infinite(either[2]):
                return self._either(*either)
            case Minus(Plus() as inside) if isinstance(left := gap(inside), Minus):
                return self.lower(left.operand)
            case Times(args) if (joined := power_in_total(args)) is not None:
                return self.lower(joined)
            case Times(args) if self._masks_infinity(args):
                return self._masked(args)
            case Times(args) if (around := around_powers(args)) is not None:
                return self._from_left(Times(*around))
            case Plus() if (found := power_gap(expr, self._definitions)) is not None:
                power, near = map(self.lower, found)
                return self.combined(_near_one, [power, self._from_left(expr), near])
            case Plus():
                return self._from_left(expr)
            case Times():
                return self._multiplied(expr)
            case Log() if (left := kept_digits(expr)) is not None:
                return self.lower(left)
            case Log(Plus(terms) as inside) if (
                ONE in terms and (left := left_of_one(inside, self._definitions)) is not None
            ):
                parts = [self.lower(left), self.lower(HALF), self._log1p(expr)]
                return self.combined(_branches, [*parts, self.lower(log_left(left))])
            case Log(Plus(terms) as inside) if (
                ONE in terms and (found := power_gap(inside, self._definitions)) is not None
            ):
                power, near = map(self.lower, found)
                parts = [power, self.lower(HALF), self.combined(Log, [near]), self._log1p(expr)]
                return self.combined(_branches, parts)
            case Log(Plus(terms) as inside) if ONE in terms and complement(inside) is None:
                return self._log1p(expr)
            case Log() if (found := beside_lowered_one(expr)) is not None:
                largest, small = map(self.lower, found)
                whole = self._entrywise(Log, expr.args)
                return self.combined(_either_logarithm, [largest, whole, small])
            case Log(operand) if halved := log_square(Log(self._written_out(operand))):
                return self.lower(halved)
            case Log(Apply(function, operands)) if function is gamma:
                # The gamma function overflows long before its logarithm does.
                return self._entrywise(lambda a: Apply(Head(loggamma), a), operands)
            case Quotient() if (found := together(expr, self._definitions)) is not None:
                return self._little(found, self._entrywise(Quotient, expr.args))
            case Quotient(above, below) if self._is_ruled(factors(above), below):
                masks, others = self._masks(factors(above), Quotient(ONE, below))
                if times(*others) == above:
                    # Weights alone, which stay.
                    return self._chosen(masks, self._entrywise(Quotient, expr.args), ZERO)
                return self._where(masks, Quotient(times(*others), below))
            case Quotient() if (divided := power_of_ratio(expr)) is not None:
                return self.lower(divided)
            case Power(base, exponent) if root := norm(Power(self._written_out(base), exponent)):
                return self.lower(root)
            case Power(base, exponent) if little := beside_one(self._written_out(base), exponent):
                near = Exp(Times(exponent, Log(Plus(ONE, little))))
                parts = [self.lower(little), self.lower(near), self._entrywise(Power, expr.args)]
                return self.combined(_of_little, parts)
            case Power() if (found := near_exponential(expr)) is not None:
                little, near = map(self.lower, found)
                plain = self._entrywise(Power, expr.args)
                return self.combined(_by_logarithm, [little, near, plain])
            case Quotient() if divided := over_squares(expr, self._written_out):
                return self.lower(divided)
            case Minus() | Quotient() | Power() | Exp() | Log():
                return self._entrywise(expr.func, expr.args)
        if not expr.args or isinstance(expr, Inert):
            raise DeriveError(f"there is no array code for {expr} ({type(expr).__name__})")
        # Index arithmetic such as i + 1, standing where a number stands.
        return self.value(expr)

    # --- scalars and elementwise arithmetic ------------------------------------------------------

    def _symbol(self, symbol: Symbol) -> Lowered:
        if symbol in self._extents:
            return self.value(symbol)
        if symbol in self._definitions or symbol in self._arrays:
            array = self.array(symbol)
            return Lowered(array.name, plain=array.plain)
        return Lowered(c.Name(identifier(symbol.name)), plain=True)

    def _from_left(self, expr: Expr) -> Lowered:
        """Two terms or factors at a time: a beginning that others share is found so."""
        parts = map(self.lower, expr.args)
        return reduce(lambda a, b: self.combined(expr.func, [a, b]), parts)

    def _log1p(self, expr: Expr) -> Lowered:
        """``log(1 + x)`` with the digits of what is small beside the 1."""
        terms = expr.operand.args
        small = plus(*without(terms, terms.index(ONE)))
        logarithm = self._entrywise(lambda a: Apply(Head(log1p), a), (small,))
        halved = log_square(expr)
        if halved is None:
            return logarithm
        # The square may be too large where its root is not.
        return self.combined(_of_little, [self.lower(small), logarithm, self.lower(halved)])

    def _multiplied(self, expr: Expr) -> Lowered:
        """A product, in another form where factors of it round to zero together."""
        plain = self._from_left(expr)
        found = together(expr, self._definitions)
        return plain if found is None else self._little(found, plain)

    def _little(self, found: tuple[Expr, Expr], plain: Lowered) -> Lowered:
        """A value where a number is large, and another form of it where that is little."""
        lost, near = found
        size = Apply(Head(Abs), lost)
        parts = [self.lower(size), self.lower(HALF), plain, self.lower(near)]
        return self.combined(_branches, parts)

    def _either(self, delta: Delta, equal: Expr, apart: Expr) -> Lowered:
        """One of two values, by whether two indices are equal."""
        masks = self.compared(delta.first, "!=", delta.second)
        parts = [masks, self.lower(apart), self.lower(equal)]
        return self.combined(lambda mask, a, b: self._choice(a, mask, b), parts)

    def array(self, base: Expr) -> Array:
        """The array of an argument or of a definition, which is lowered when first used."""
        if base not in self._arrays:
            known = self._definitions[base]
            name = c.Name(identifier(str(base)))
            # An axis that ends at a class or a count has room for any of them.
            lengths = (self.extreme(n, 1) for n in getattr(base, "shape", None) or ())
            inner = dict(zip(known.indices, lengths, strict=False))
            outer = dict(self._extents)
            self._extents.update({i: (ONE, n) for i, n in inner.items()})
            present = names(known.value)
            kept = tuple(i for i in known.indices if i in present)
            lowered = self._in_order(known.value, kept)
            self._extents = outer
            self.defined[name] = lowered.code
            axes = (inner[i] if i in kept else None for i in known.indices)
            self._arrays[base] = Array(name, tuple(axes), lowered.plain)
        return self._arrays[base]

    def _written_out(self, entry: Expr) -> Expr:
        """What stands behind a name; anything else is left as it is."""
        known = self._definitions.get(entry.base if isinstance(entry, Indexed) else entry)
        return entry if known is None else value_of(entry, known)


def _branches(first: Expr, second: Expr, above: Expr, otherwise: Expr) -> Expr:
    """A value where one array exceeds another, else the other value."""
    mask = c.compared(first, ">", second)
    return c.Chosen(above, mask, otherwise)


def _either_logarithm(largest: Expr, whole: Expr, small: Expr) -> Expr:
    """``log(1 + x)`` where the 1 has not been lowered, with the digits of a small ``x``."""
    return _branches(largest, ZERO, whole, Apply(Head(log1p), small))


def _near_one(power: Expr, plain: Expr, near: Expr) -> Expr:
    """What a power leaves of one: by its logarithm where that is little."""
    return _branches(HALF, Apply(Head(Abs), Plus(power, -ONE)), near, plain)


def _of_little(little: Expr, near: Expr, plain: Expr) -> Expr:
    """A power of one and something: by its logarithm where that is little."""
    return _branches(ONE, little, near, plain)


def _by_logarithm(little: Expr, near: Expr, plain: Expr) -> Expr:
    """A power of one and something: by its logarithm where that is small, of whatever sign."""
    return _branches(HALF, Apply(Head(Abs), little), near, plain)
