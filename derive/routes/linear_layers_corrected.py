"""What was set right in the source on two linear layers."""

from __future__ import annotations

from sympy import Expr, Function, Indexed, IndexedBase, Symbol

from derive.arrays import Column, Product, Row, Whole
from derive.corrections import Correction, Equality, Setting
from derive.facts import Definition
from derive.notation import (
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    replace,
)
from derive.problem import Problem
from derive.routes.plan import numbers


def corrections(problem: Problem, inputs: IndexedBase) -> tuple[Correction, ...]:
    """Indices that clash or get lost, a sign, a vector taken for a number, deltas left out."""
    scores, softmax, loss = problem.definitions
    sample, row = softmax.indices
    (labels,) = loss.value.bases - {softmax.base}
    other = Symbol("i" if row.name != "i" else "j", integer=True)
    at = Setting(
        ((Row(scores.base, sample), numbers(1, 2, 3)), (Row(labels, sample), numbers(0, 0, 1))),
        ((row, 1),),
    )
    by_indices = _Indices(loss.entry, softmax, scores.base, labels, sample, row, other)
    return (
        of_cost(problem, scores, softmax, loss, inputs),
        *by_indices.of_chain(at),
        by_indices.of_exponential(Setting(at.arrays, ((other, 1), (row, 2)))),
        by_indices.of_vector(at),
        *_Lower(problem, inputs).corrections(),
    )


class f(Function):  # called as in the source
    """What the source calls ``f``: the softmax, of a whole vector."""


def of_cost(
    problem: Problem,
    scores: Definition,
    softmax: Definition,
    loss: Definition,
    inputs: IndexedBase,
) -> Correction:
    """The cost with whole vectors, of which one is a row and one a column, and with entries."""
    upper, lower = (v.base for v in problem.variables)
    sample, (labels,) = scores.indices[0], loss.value.bases - {softmax.base}
    mean, (samples,) = problem.expression, loss.base.shape
    column = Product(Product(Whole(upper), Whole(lower)), Column(inputs, sample))
    likelihood = Log(Apply(Head(f), column))
    whole = Total(Times(Row(labels, sample), likelihood), (sample, 1, samples))
    entries = Total(loss.value, (sample, 1, samples))
    return Correction(
        "cost_of_vectors",
        Equality(mean, Times(Minus(Quotient(1, samples)), whole)),
        Equality(mean, Times(Quotient(1, samples), entries)),
    )


class _Indices:
    """Lines of the source in which an index, or a sign, goes astray."""

    def __init__(
        self,
        loss: Indexed,
        softmax: Definition,
        logits: IndexedBase,
        labels: IndexedBase,
        sample: Symbol,
        row: Symbol,
        other: Symbol,
    ) -> None:
        self.loss, self.sample, self.row, self.other = loss, sample, row, other
        self.softmax, self.probabilities = softmax, softmax.base
        self.logits, self.labels = logits, labels
        self.size = logits.shape[1]
        self.left = Partial(loss, self.logit(row))

    def logit(self, at: Expr) -> Indexed:
        return Indexed(self.logits, self.sample, at)

    def probability(self, at: Expr) -> Indexed:
        return Indexed(self.probabilities, self.sample, at)

    def label(self, at: Expr) -> Indexed:
        return Indexed(self.labels, self.sample, at)

    def term(self, at: Expr, by: Expr) -> Expr:
        """``∂L_n/∂ŷ_{n,at} · ∂ŷ_{n,at}/∂s_{n,by}``."""
        probability = self.probability(at)
        return Times(Partial(self.loss, probability), Partial(probability, self.logit(by)))

    def others(self, body: Expr) -> Expr:
        """The sum over the other classes."""
        return Total(body, (self.other, 1, self.size, self.row))

    def of_chain(self, at: Setting) -> tuple[Correction, ...]:
        """The chain rule, the term of the own class pulled out, both derivatives put in."""
        row, other = self.row, self.other
        own, each = self.term(row, row), self.term(other, row)
        whole, twice = (other, 1, self.size), (row, 1, self.size)
        outside = Minus(Times(self.label(row), Plus(1, Minus(self.probability(row)))))
        lost = Times(self.label(other), self.probability(other))
        kept = Times(self.label(other), self.probability(row))

        def instead(reason: str, source: Expr, ours: Expr) -> Correction:
            return Correction(reason, Equality(self.left, source), Equality(self.left, ours), at)

        return (
            instead("bound_index_free", Total(own, twice), Total(each, whole)),
            instead(
                "sign_flips", Plus(own, Minus(self.others(each))), Plus(own, self.others(each))
            ),
            instead(
                "lost_index",
                Plus(outside, self.others(lost)),
                Plus(outside, self.others(kept)),
            ),
        )

    def of_exponential(self, at: Setting) -> Correction:
        """The quotient rule for another class."""
        row, other = self.row, self.other
        base = IndexedBase("\\Sigma", shape=self.logits.shape[:1])
        below = Indexed(base, self.sample)
        value = replace(self.softmax.value.denominator, {self.softmax.indices[0]: self.sample})
        left = Partial(self.probability(other), self.logit(row))

        slope = Partial(below, self.logit(row))

        def by_quotient_rule(*falling: Expr) -> Expr:
            rising = Times(Partial(Exp(self.logit(other)), self.logit(row)), below)
            return Quotient(Plus(rising, Minus(Times(*falling))), Power(below, 2))

        return Correction(
            "wrong_exponential",
            Equality(left, by_quotient_rule(slope, Exp(self.logit(row)))),
            Equality(left, by_quotient_rule(Exp(self.logit(other)), slope)),
            at,
            (Definition(below, value),),
        )

    def of_vector(self, at: Setting) -> Correction:
        """The derivative by all logits of a sample, taken for the sum of its entries."""
        difference = Plus(self.probability(self.row), Minus(self.label(self.row)))
        every = replace(difference, {self.row: self.other})
        return Correction(
            "vector_as_sum",
            Equality(self.left, Total(every, (self.other, 1, self.size))),
            Equality(self.left, difference),
            at,
        )


class _Lower:
    """The derivative by an entry of the lower layer, of a score and of the loss of a sample."""

    def __init__(self, problem: Problem, inputs: IndexedBase) -> None:
        self.scores, self.softmax, self.loss = problem.definitions
        (self.labels,) = self.loss.value.bases - {self.softmax.base}
        (self.upper, self.lower), self.inputs = (v.base for v in problem.variables), inputs
        self.variable = problem.variables[1]
        self.sample, self.row = self.scores.indices
        self.down, self.across = self.variable.indices
        self.height, self.width = self.lower.shape
        self.classes = (self.row, 1, self.upper.shape[0])
        self.score = Partial(self.scores.entry, self.variable)
        self.entry = Times(
            Indexed(self.upper, self.row, self.down), Indexed(inputs, self.sample, self.across)
        )

    def at(self, down: int, across: int, row: int | None = None) -> Setting:
        """Three classes, a lower layer that changes nothing, an entry of it, and maybe a class."""
        arrays = (
            (self.upper, (numbers(1, 2), numbers(0, 1), numbers(1, 0))),
            (self.lower, (numbers(1, 0), numbers(0, 1))),
            (Column(self.inputs, self.sample), numbers(1, 2)),
            (Row(self.labels, self.sample), numbers(0, 0, 1)),
        )
        indices = [(self.down, down), (self.across, across)]
        return Setting(arrays, tuple(indices if row is None else [(self.row, row), *indices]))

    def corrections(self) -> tuple[Correction, ...]:
        """The two factors of the source, line by line, then their product."""
        all_scores = Total(self.score, self.classes)
        # As in the source, where no delta picks an entry of either sum.
        every = Times(
            Total(Indexed(self.upper, self.row, self.down), (self.down, 1, self.height)),
            Total(Indexed(self.inputs, self.sample, self.across), (self.across, 1, self.width)),
        )
        one = Equality(self.score, self.entry)
        summed = Equality(all_scores, Total(self.entry, self.classes))
        itself = Equality(self.score, Partial(self.scores.entry, self.scores.entry))
        label = Indexed(self.labels, self.sample, self.row)
        error = Plus(self.softmax.entry, Minus(label))
        left = Partial(self.loss.entry, self.variable)
        return (
            Correction("by_itself", itself, one, self.at(2, 2, 1)),
            Correction("scores_as_sum", Equality(self.score, all_scores), one, self.at(1, 1, 1)),
            Correction("sum_loses_index", Equality(all_scores, every), summed, self.at(1, 1, 1)),
            Correction("missing_deltas", Equality(self.score, every), one, self.at(1, 1, 1)),
            Correction(
                "number_as_matrix",
                Equality(every, Total(self.entry, self.classes)),
                summed,
                self.at(1, 1, 1),
            ),
            Correction(
                "product_of_sums",
                Equality(left, Times(Total(error, self.classes), Total(self.entry, self.classes))),
                Equality(left, Total(Times(error, *self.entry.args), self.classes)),
                self.at(2, 2),
            ),
        )
