"""What is left at a label: no digits are lost where its class is nearly certain.

A label is a class that does not run with the results: ``t``, or ``t[n]`` beside the sample ``n``.
One sum over all other classes is no more work there than the softmax is; for every class it would
be.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sympy import Expr, Indexed, Symbol

from derive.facts import Given
from derive.notation import (
    ONE,
    Delta,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Total,
    collected,
    factors,
    is_number,
    names,
)
from derive.problem import Problem
from derive.rules.masks import pair_against_delta
from derive.rules.softmax import all_others
from derive.rules.stability import beside_term, place_in
from derive.rules.trace import Trace
from derive.strategy.attempts import settle


class Labels:
    """The labels of a problem, and what is written in another way at them."""

    def __init__(self, problem: Problem) -> None:
        running = {s for v in problem.variables for s in names(v)}
        plain = set(problem.free_indices)
        if problem.kind == "jacobian":
            running |= plain
        ranged = {known.index for known in problem.ranges}
        for definition in problem.definitions:
            # The t of a p = ŷ_t is a label as that of a loss is.
            plain |= (names(definition.value) & ranged).difference(definition.indices)
        self._plain: AbstractSet[Expr] = plain - running

    def open_powers(self, trace: Trace) -> None:
        """Write ``1 - ŷ_t^q`` as ``1 - e^{q log ŷ_t}``; a number beside both is taken out."""
        trace.apply("factor_common", self._is_multiple)
        powers = collected(trace.expression, powers_beside_one)
        if powers:
            trace.apply("write_share_power", lambda e, g: e in powers and self._is_share(e.base, g))

    def open_logarithms(self, trace: Trace) -> bool:
        """Write ``log Σ_j e^{f_j} - f_t``, or a ``log ŷ_t``, by what the others add to one.

        Returns whether there were any.
        """
        if trace.apply("expand_log_quotient", self._is_log_share):
            settle(trace, ("cancel_log_exp",))
        return trace.apply("shift_beside_term", self._is_beside_term)

    def adds_to_one(self, expr: Expr) -> bool:
        """Whether a logarithm is of 1 and a sum over all classes but a label.

        That sum is little where the class is certain, and nothing is left of it in a sum over all.
        """
        return any(
            self._is_label(side, names(delta))
            for inside in collected(expr, sums_beside_one)
            for delta in inside.atoms(Delta)
            for side in delta.args
        )

    def open_complements(self, trace: Trace) -> None:
        """Write ``1 - ŷ_t``, also in ``δ_{kt} - ŷ_k``, as the sum of all others."""
        trace.apply("single_out_equal", self._is_difference)
        trace.apply("complement_probability", self._is_complement)

    def _is_label(self, index: Expr, beside: AbstractSet[Symbol]) -> bool:
        """Whether an index is a label, of the sample that is told by the names beside it."""
        return index in self._plain or (isinstance(index, Indexed) and names(index) <= beside)

    def _is_share(self, entry: Expr, given: Given) -> bool:
        """Whether this is the entry of a softmax at a label."""
        if not isinstance(entry, Indexed) or all_others(entry, given) is None:
            return False
        *rows, last = entry.indices
        return self._is_label(last, frozenset().union(*map(names, rows)))

    def _is_complement(self, expr: Expr, given: Given) -> bool:
        entries = (t.operand if isinstance(t, Minus) else t for t in expr.args)
        shares = [e for e in entries if all_others(e, given) is not None]
        return all(self._is_share(share, given) for share in shares)

    def _is_multiple(self, expr: Expr, given: Given) -> bool:
        """Whether this is a ``c - c ŷ_t^q`` with a number ``c``."""
        numbers = [t for t in expr.args if is_number(t)]
        bare = (f.base if isinstance(f, Power) else f for t in expr.args for f in unsigned(t))
        return len(numbers) == 1 == len(expr.args) - 1 and any(
            self._is_share(f, given) for f in bare
        )

    def _is_difference(self, expr: Expr, given: Given) -> bool:
        found = pair_against_delta(expr, given)
        return found is not None and self._is_share(found[1][2], given)

    def _is_log_share(self, expr: Expr, given: Given) -> bool:
        match expr:
            case Log(Quotient(Exp(exponent), Total() as total)):
                label = place_in(total, exponent)
                return label is not None and self._is_label(label, names(total))
        return False

    def _is_beside_term(self, expr: Expr, given: Given) -> bool:
        found = beside_term(expr)
        return found is not None and self._is_label(found[3], names(found[2]))


def unsigned(term: Expr) -> tuple[Expr, ...]:
    """The factors of a term without its sign."""
    return factors(term.operand if isinstance(term, Minus) else term)


def sums_beside_one(expr: Expr) -> tuple[Expr, ...]:
    """The sums in a ``log(1 + Σ_j f_j)``."""
    match expr:
        case Log(Plus(terms)) if ONE in terms:
            return tuple(t for t in terms if isinstance(t, Total))
    return ()


def powers_beside_one(expr: Expr) -> list[Power]:
    """The powers in a ``1 - p^q``, or in what is opposite to it."""
    if not isinstance(expr, Plus) or not {ONE, Minus(ONE)} & set(expr.args):
        return []
    parts = (t.operand if isinstance(t, Minus) else t for t in expr.args)
    return [p for p in parts if isinstance(p, Power)]
