"""Closed forms with indices become array code, in which each index is an axis.

Every part is lowered to ``Lowered``: array code and the indices of its last axes. Parts that are
combined are aligned first; a sum whose factors have different axes becomes a contraction, so that
nothing larger than its operands and its result is built.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import reduce

from sympy import Abs, Expr, Indexed, Number, NumberSymbol, S, Symbol, gamma, loggamma, oo
from sympy.codegen.cfunctions import log1p

from derive.errors import DeriveError
from derive.facts import Definition, EqualFact, UnequalFact
from derive.kernels import code as c
from derive.kernels.axes import Array, Lowered, aligned, cast
from derive.kernels.comparison import alternatives, comparison
from derive.kernels.complement import complement
from derive.kernels.contraction import contraction, split
from derive.kernels.deviations import covariance, deviation
from derive.kernels.entries import Entries
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
    beside_powers,
    length,
    log_square,
    norm,
    over_squares,
)
from derive.kernels.ratios import power_in_total, power_of_ratio
from derive.kernels.shares import is_lowered, left_of_one, log_left, of_shares
from derive.kernels.signature import Output
from derive.kernels.together import beside_together, together
from derive.kernels.vanishing import (
    Condition,
    masking,
    may_lack_a_value,
    only_weighed_lack,
    rules_out,
    weighs_over_little,
)
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Binder,
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
    bases,
    factors,
    heads,
    names,
    plus,
    replace,
    spare_indices,
    times,
    without,
)
from derive.unfolding import value_of

_MAY_BE_INFINITE = {Quotient, Power, Log, Apply, Exp}


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


class Lowering(Entries):
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
            case Plus() if (left := left_of_one(expr, self._definitions)) is not None:
                return self.lower(left)
            case Plus() if (left := complement(expr)) is not None:
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
            case Plus() if (found := power_gap(expr)) is not None:
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

    def _entrywise(self, build: Callable[..., Expr], operands: Iterable[Expr]) -> Lowered:
        return self.combined(build, [self.lower(o) for o in operands])

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

    def _masked(self, factors: Iterable[Expr]) -> Lowered:
        """A product in which brackets rule out entries that may be infinite."""
        masks, others = self._masks(factors)
        if others == list(factors):
            # Weights alone, which stay.
            return self._chosen(masks, self._multiplied(Times(*others)), ZERO)
        return self._where(masks, times(*others))

    def _where(self, masks: list[Lowered], expr: Expr) -> Lowered:
        """``expr`` where all masks hold, else 0.

        An exponential is ruled out by its exponent, so that it does not overflow before.
        """
        match expr:
            case Times() if together(expr, self._definitions) is not None:
                return self._chosen(masks, self._multiplied(expr), ZERO)
            case Exp(operand) if not is_lowered(operand, self._extents):
                return self.combined(Exp, [self._chosen(masks, self.lower(operand), -oo)])
            case Times(args) if any(isinstance(a, Exp) for a in args):
                parts = (
                    self._where(masks, a) if self._may_be_infinite(a) else self.lower(a)
                    for a in args
                )
                return reduce(lambda a, b: self.combined(Times, [a, b]), parts)
            case Quotient(above, below) if Exp in heads(above):
                inside = self.combined(Quotient, [self._where(masks, above), self.lower(below)])
                return self._chosen(masks, inside, ZERO)
        return self._chosen(masks, self.lower(expr), ZERO)

    def _chosen(self, masks: list[Lowered], part: Lowered, otherwise: Expr) -> Lowered:
        axes = self.union([part, *masks])
        code = self._choice(aligned(part, axes), self._mask(masks, axes), otherwise)
        return Lowered(code, axes)

    def _choice(self, operand: Expr, mask: Expr, otherwise: Expr) -> Expr:
        """The code of ``operand`` where a mask holds, else of another value."""
        limits = {self._arrays[base].name: limit for base, limit in self._classes.items()}
        return c.chosen(operand, mask, otherwise, limits)

    def _either(self, delta: Delta, equal: Expr, apart: Expr) -> Lowered:
        """One of two values, by whether two indices are equal."""
        masks = self.compared(delta.first, "!=", delta.second)
        parts = [masks, self.lower(apart), self.lower(equal)]
        return self.combined(lambda mask, a, b: self._choice(a, mask, b), parts)

    def _may_be_infinite(self, expr: Expr) -> bool:
        """Whether a value that a mask rules out may be infinite, so that 0 times it is no 0."""
        defined = filter(None, (self._definitions.get(base) for base in bases(expr)))
        return bool(heads(expr) & _MAY_BE_INFINITE) or any(
            not d.softmax or may_lack_a_value(d.value, self._definitions) for d in defined
        )

    def _masks_infinity(self, factors: Iterable[Expr]) -> bool:
        turned = _turned(factors)
        others = [f for f in turned if comparison(f) is None]
        if len(others) < len(turned) and any(map(self._may_be_infinite, others)):
            return True
        return self._are_ruled(others, ONE)

    def _are_ruled(self, factors: Iterable[Expr], beside: Expr) -> bool:
        """Whether a number among the factors is 0 where the rest may have no value."""
        return any(masking(factors, beside, self._definitions))

    def _is_ruled(self, above: Iterable[Expr], below: Expr) -> bool:
        """Whether a factor above says where a fraction is 0, whatever stands below it."""
        beside = Quotient(ONE, below)
        definitions = self._definitions
        return any(map(comparison, above)) or (
            rules_out(above, beside, definitions)
            or only_weighed_lack(above, beside, definitions)
            or weighs_over_little(above, beside, definitions)
        )

    def _masks(
        self, factors: Iterable[Expr], beside: Expr = ONE
    ) -> tuple[list[Lowered], list[Expr]]:
        """The factors that are 1 or 0, as comparisons, and the others.

        Where the others, or what stands ``beside`` all of them, may have no value, so are the
        conditions on numbers.
        """
        masks, others = [], []
        turned = _turned(factors)
        by_numbers = masking(turned, beside, self._definitions)
        for factor, known in zip(turned, by_numbers, strict=True):
            compared = comparison(factor)
            if compared is not None:
                masks.append(self.compared(*compared))
            elif known is not None:
                holds, kept = known
                masks.append(self._holding(holds))
                others += [] if kept == 1 else [kept]
            else:
                others.append(factor)
        return masks, others

    def _holding(self, holds: Condition) -> Lowered:
        """Where a condition on numbers holds."""
        if isinstance(holds, Attains):
            return self._attained(holds)
        first, relation, second = holds
        sides = [self.lower(first), self.lower(second)]
        return self.combined(lambda a, b: c.compared(a, relation, b), sides)

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

    # --- sums and maxima -------------------------------------------------------------------------

    def _total(self, total: Total) -> Lowered:
        """A sum, or several directly inside each other."""
        body: Expr = total
        bound: list[Symbol] = []
        masks: list[Lowered] = []
        while isinstance(body, Total):
            body, index, more = self._opened(body)
            bound.append(index)
            masks += more
        sign, outside, inside, below = split(body, bound)
        ruling: list[Lowered] = []
        beside = Quotient(times(*inside), times(*below))
        if self._are_ruled(outside, beside):
            ruling, outside = self._masks(outside, beside)
        more, inside = self._masks(inside)
        inside = beside_together(beside_powers(inside), self._definitions)
        result = self._summed(inside, tuple(bound), masks + more)
        if self._masks_infinity(outside):
            factors = [self._masked(outside)]
        else:
            factors = [self.lower(f) for f in outside]
        if factors:
            result = reduce(lambda a, b: self.combined(Times, [a, b]), [*factors, result])
        if below:
            result = self.combined(Quotient, [result, self.lower(times(*below))])
        if ruling:
            result = self._chosen(ruling, result, ZERO)
        return result if sign == 1 else Lowered(Minus(result.code), result.axes, result.plain)

    def _written_out(self, entry: Expr) -> Expr:
        """What stands behind a name; anything else is left as it is."""
        known = self._definitions.get(entry.base if isinstance(entry, Indexed) else entry)
        return entry if known is None else value_of(entry, known)

    def _length(self, total: Expr) -> Lowered:
        """The root of a sum of squares, from what is squared."""
        bound: list[Symbol] = []
        masks: list[Lowered] = []
        while isinstance(total, Total):
            total, index, more = self._opened(total)
            bound.append(index)
            masks += more
        part = self.lower(total.base)
        axes = self.union([part, *masks])
        kept = tuple(a for a in axes if a not in bound)
        summed = (*kept, *bound)
        operand = aligned(part, summed)
        if masks:
            operand = self._choice(operand, self._mask(masks, summed), ZERO)
        return Lowered(c.reduced(operand, "norm", len(bound)), kept)

    def _summed(
        self, factors: list[Expr], bound: tuple[Symbol, ...], masks: list[Lowered]
    ) -> Lowered:
        lowered = [(self.lower(f), f) for f in factors]
        constants = [p for p, _ in lowered if p.plain]
        lowered = [(p, f) for p, f in lowered if not p.plain]
        parts = [p for p, _ in lowered]
        axes = self.union([*parts, *masks])
        missing = [i for i in bound if i not in axes]
        if not parts and not masks:
            return self._repeated(Lowered(ONE, plain=True), missing, constants)
        kept = tuple(a for a in axes if a not in bound)
        # A mask multiplies where it brings an axis of its own, unless 0 would meet infinity.
        spread = any(set(m.axes) - set(self.union(parts)) for m in masks)
        finite = not any(self._may_be_infinite(f) for _, f in lowered)
        cleared = self._cleared(lowered, masks)
        if cleared is not None:
            parts, masks = cleared, []
        elif spread and finite:
            parts += [cast(m) for m in masks]
            masks = []
        if not masks and any(set(p.axes) != set(axes) for p in parts):
            return self._repeated(contraction(parts, kept), missing, constants)
        summed = (*kept, *(i for i in bound if i in axes))
        product = self._product(parts, summed)
        if masks:
            product = self._choice(product, self._mask(masks, summed), ZERO)
        if summed != kept:
            product = c.reduced(product, "sum", len(summed) - len(kept))
        return self._repeated(Lowered(product, kept), missing, constants)

    def _cleared(
        self, parts: list[tuple[Lowered, Expr]], masks: list[Lowered]
    ) -> list[Lowered] | None:
        """The factors with zeros where a mask rules an entry out, nothing being made any larger.

        None where a factor that may be infinite there does not have the axes of a mask.
        """
        infinite = {n for n, (_, f) in enumerate(parts) if self._may_be_infinite(f)}
        ruling: dict[int, list[Lowered]] = {}
        for mask in masks:
            wide = {n for n, (part, _) in enumerate(parts) if set(mask.axes) <= set(part.axes)}
            if not wide or not infinite <= wide:
                return None
            for n in infinite or {min(wide)}:
                ruling.setdefault(n, []).append(mask)
        return [
            self._where(ruling[n], f) if n in ruling else part for n, (part, f) in enumerate(parts)
        ]

    def _product(self, parts: list[Lowered], axes: tuple[Symbol, ...]) -> Expr:
        factors = [aligned(p, axes) for p in parts]
        return reduce(Times, factors) if factors else ONE

    def _repeated(self, part: Lowered, over: list[Symbol], constants: list[Lowered]) -> Lowered:
        """``part`` times constants, summed over indices that do not occur in it."""
        spans = [self._extents[i] for i in over]
        counts = [Lowered(upper - lower + 1, plain=True) for lower, upper in spans]
        if not counts and not constants:
            return part
        return self.combined(Times, [*constants, *counts, part])

    def _mask(self, masks: list[Lowered], axes: tuple[Symbol, ...]) -> Expr:
        several = [aligned(m, axes) for m in masks]
        return several[0] if len(several) == 1 else c.Both(*several)

    def _product_over(self, product: ProductOver) -> Lowered:
        others = self._others(product)
        if others is not None:
            return others
        body, index, masks = self._opened(product)
        part = self.lower(body)
        last = (*(a for a in self.union([part, *masks]) if a != index), index)
        operand = aligned(part, last)
        if masks:
            operand = self._choice(operand, self._mask(masks, last), ONE)
        elif index not in part.axes:
            lower, upper = self._extents[index]
            return self.combined(Power, [part, Lowered(upper - lower + 1, plain=True)])
        return Lowered(c.reduced(operand, "prod"), last[:-1])

    def _others(self, product: ProductOver) -> Lowered | None:
        """A product without one factor, for each factor: nothing larger than the factors is built.

        None where it is anything else.
        """
        if len(product.excluded) != 1 or not isinstance(product.excluded[0], Symbol):
            return None
        (out,) = product.excluded
        if out in self._classes or self._extents.get(out) != (product.lower, product.upper):
            return None
        body, index, _ = self._opened(product)
        part = self.lower(body)
        if index not in part.axes or out in part.axes:
            return None
        kept = tuple(a for a in part.axes if a != index)
        return Lowered(c.Others(aligned(part, (*kept, index))), (*kept, out))

    def _maximum(self, maximum: Maximum) -> Lowered:
        part, index = self._candidates(maximum)
        if index not in part.axes:
            return part
        lower, upper = self._extents[index]
        # NumPy has to be told what the largest of an axis without entries is.
        way = "max" if (upper - lower + 1).is_positive else "largest"
        return Lowered(c.reduced(part.code, way), part.axes[:-1])

    def _attained(self, bracket: Attains) -> Lowered:
        """Where an index is the first at which the values are largest."""
        part, index = self._candidates(bracket)
        if index not in part.axes:
            return self.compared(bracket.at_index, "==", bracket.lower)
        start = self._extents[index][0] - 1
        first = Lowered(c.reduced(part.code, "argmax") + start, part.axes[:-1])
        here = self.positions(bracket.at_index, -ONE)
        return self.combined(lambda a, b: c.compared(a, "==", b), [here, first])

    def _candidates(self, binder: Maximum | Attains) -> tuple[Lowered, Symbol]:
        """The values among which the largest is looked for, along the last axis.

        The axis is left out where all of them are the same.
        """
        body, index, masks = self._opened(binder)
        part = self.lower(body)
        if index not in part.axes and not masks:
            return part, index
        axes = self.union([part, *masks])
        last = (*(a for a in axes if a != index), index)
        operand = aligned(part, last)
        if masks:
            operand = self._choice(operand, self._mask(masks, last), -oo)
        return Lowered(operand, last), index

    def _opened(self, binder: Binder) -> tuple[Expr, Symbol, list[Lowered]]:
        """The body, its index as an axis as long as limits ever allow, and masks for the rest."""
        lower, upper = binder.lower, binder.upper
        body, index = binder.open()
        self._order.append(index)
        self._extents[index] = (self.extreme(lower, -1), self.extreme(upper, +1))
        masks = [self.compared(index, "!=", other) for other in binder.excluded]
        if self.is_moving(lower):
            masks.append(self.compared(lower, "<=", index))
        if self.is_moving(upper):
            masks.append(self.compared(index, "<=", upper))
        return body, index, masks


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


def _turned(factors: Iterable[Expr]) -> list[Expr]:
    """The factors with ``-1`` and ``1 - δ_{ab}`` in place of ``δ_{ab} - 1``."""
    found: list[Expr] = []
    for factor in factors:
        match factor:
            case Plus((Delta() as delta, Minus(one))) if one == 1:
                found += [-ONE, Plus(ONE, Minus(delta))]
            case _:
                found.append(factor)
    return found
