"""What was set right in the source on the Jacobian of the softmax."""

from __future__ import annotations

from sympy import Expr, Indexed, IndexedBase, Integer, Rational, Symbol

from derive.corrections import Correction, Equality, Setting
from derive.display import Choice, Grid
from derive.facts import SumFact
from derive.notation import Delta, Exp, Minus, Partial, Plus, Power, Quotient, Times, Total
from derive.problem import Problem
from derive.routes.plan import numbers


def corrections(problem: Problem) -> tuple[Correction, ...]:
    """Entries taken for arrays, other letters, lost hats, a line left over, a sum left unsaid."""
    (softmax,) = problem.definitions
    (variable,) = problem.variables
    (fact,) = (f for f in problem.facts if isinstance(f, SumFact))
    labels, logits, hat = fact.total.body.base, variable.base, softmax.base
    (row,), (column,) = softmax.indices, variable.indices
    lines = _Lines(problem, logits, labels, hat, row, column)
    return (*lines.of_arrays(), *lines.of_letters(), *lines.of_loss())


class _Lines:
    """The lines of the source that do not hold, by what is wrong with them."""

    def __init__(
        self,
        problem: Problem,
        logits: IndexedBase,
        labels: IndexedBase,
        hat: IndexedBase,
        row: Symbol,
        column: Symbol,
    ) -> None:
        self.problem, self.row, self.column = problem, row, column
        self.logits, self.labels, self.hat = logits, labels, hat
        # The source's other letter for the logits, and once for the labels.
        self.other = IndexedBase("u", shape=logits.shape)
        (self.size,) = logits.shape
        self.inputs = (logits, numbers(1, 2, 3))

    def of_arrays(self) -> tuple[Correction, ...]:
        """One entry on the left, all of them on the right."""
        row, column = self.row, self.column

        def listed(left: Expr, entry: Expr) -> Equality:
            (index,) = left.indices
            other = column if index == row else row
            return Equality(left, Grid(entry, other, Integer(1), index, self.size))

        slope = Partial(self.hat[row], self.logits[column])
        matrix = Equality(slope, Grid(slope, row, self.size, column, self.size))
        given = self.logits[column]
        made, plain = self.hat[row], self.labels[row]
        return (
            Correction("entry_as_vector", listed(given, given), listed(given, given)),
            Correction("entry_as_labels", listed(made, plain), listed(made, made)),
            Correction("entry_as_matrix", matrix, matrix),
        )

    def of_letters(self) -> tuple[Correction, ...]:
        """Letters and hats that change on the way."""
        row, column, hat = self.row, self.column, self.hat
        first, second = Integer(1), Integer(2)
        total = Symbol(r"\Sigma")

        def diagonal(above: IndexedBase, below: IndexedBase) -> Equality:
            value = Times(above[first], Plus(1, Minus(above[first])))
            return Equality(Partial(above[first], below[first]), value)

        def cross(below: IndexedBase, denominator: Expr, *order: Expr) -> Equality:
            product = Times(*(Exp(below[place]) for place in order))
            value = Quotient(Plus(0, Minus(product)), denominator)
            return Equality(Partial(hat[second], below[first]), value)

        def cases(array: IndexedBase) -> Equality:
            equal = Times(array[row], Plus(1, Minus(array[row])))
            value = Choice(row, column, equal, Minus(Times(array[row], array[column])))
            return Equality(Partial(hat[row], self.logits[column]), value)

        soft = (self.labels, (Rational(1, 2), Rational(1, 4), Rational(1, 4)))
        hidden = (self.other, numbers(1, 2, 3))
        one_hot = (self.labels, numbers(0, 0, 1))
        return (
            Correction(
                "letters_change",
                diagonal(self.labels, self.other),
                diagonal(hat, self.logits),
                Setting((self.inputs, hidden, soft)),
            ),
            Correction(
                "letter_for_times",
                cross(self.other, Times(total, Symbol(self.logits.name), total), first, second),
                cross(self.logits, Power(total, 2), second, first),
            ),
            Correction(
                "lost_hats",
                cases(self.labels),
                cases(hat),
                Setting((self.inputs, one_hot), ((row, 1), (column, 1))),
            ),
        )

    def of_loss(self) -> tuple[Correction, ...]:
        """The gradient of the loss."""
        row, column, hat, labels = self.row, self.column, self.hat, self.labels
        variable = Indexed(self.logits, column)
        left = Partial(self.problem.expression, variable)
        result = Plus(hat[column], Minus(labels[column]))

        def summed(array: IndexedBase, place: Symbol) -> Total:
            inner = Plus(Delta(row, column), Minus(hat[place]))
            return Total(Times(array[row], inner), (row, 1, self.size))

        one_hot, several = (labels, numbers(0, 0, 1)), (labels, numbers(0, 1, 1))
        with_sum = Times(hat[column], Total(labels[row], (row, 1, self.size)))
        renamed = Partial(Symbol(r"L_{\mathrm{CE}}"), variable)
        return (
            Correction(
                "stray_line",
                Equality(left, summed(self.other, row)),
                Equality(left, Minus(summed(labels, column))),
                Setting((self.inputs, one_hot, (self.other, numbers(0, 0, 1))), ((column, 1),)),
            ),
            Correction(
                "unstated_sum",
                Equality(left, result),
                Equality(left, Plus(with_sum, Minus(labels[column]))),
                Setting((self.inputs, several), ((column, 3),)),
            ),
            Correction("loss_renamed", Equality(renamed, result), Equality(left, result)),
        )
