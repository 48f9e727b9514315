"""Sums, products and maxima over indices, and the masks that rule entries of them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as with_changes
from functools import reduce

from sympy import Expr, Symbol, oo

from derive.facts import Definition
from derive.kernels import code as c
from derive.kernels.axes import Lowered, aligned, cast
from derive.kernels.comparison import comparison
from derive.kernels.contraction import contraction, split
from derive.kernels.entries import Entries
from derive.kernels.norms import (
    beside_powers,
)
from derive.kernels.shares import is_lowered
from derive.kernels.together import beside_together, together
from derive.kernels.vanishing import (
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
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    bases,
    entries,
    heads,
    times,
)
from derive.weights import Condition

_MAY_BE_INFINITE = {Quotient, Power, Log, Apply, Exp}


class Reductions(Entries):
    """Lowers what runs over indices; what is inside is lowered by ``Lowering``."""

    _definitions: dict[Expr, Definition]

    def lower(self, expr: Expr) -> Lowered:
        """The array code of anything."""
        raise NotImplementedError

    def _multiplied(self, expr: Expr) -> Lowered:
        """That of a product without masks."""
        raise NotImplementedError

    def _entrywise(self, build: Callable[..., Expr], operands: Iterable[Expr]) -> Lowered:
        return self.combined(build, [self.lower(o) for o in operands])

    # --- masks -----------------------------------------------------------------------------------

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
        mask = self.combined(lambda a, b: c.compared(a, relation, b), sides)
        return with_changes(mask, of_numbers=True)

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

        So are the entries that are given there, as people put nan on a diagonal. None where a
        factor that may be infinite there does not have the axes of a mask.
        """
        infinite = {n for n, (_, f) in enumerate(parts) if self._may_be_infinite(f)}
        ruling: dict[int, list[Lowered]] = {}
        for mask in masks:
            wide = {n for n, (part, _) in enumerate(parts) if set(mask.axes) <= set(part.axes)}
            if not wide or not infinite <= wide:
                return None
            given = {n for n, (_, f) in enumerate(parts) if _is_given(f, mask)}
            for n in infinite | given or {min(wide)}:
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


def _is_given(factor: Expr, mask: Lowered) -> bool:
    """Whether a factor has an entry of its own at each place that a mask rules out or lets be."""
    own = [] if mask.of_numbers or not mask.axes else entries(factor)
    return any(set(mask.axes) <= set(entry.indices) for entry in own)


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
