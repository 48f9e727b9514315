"""Laws: what a rule claims, as a formula with metavariables.

A law is data. Rules register theirs here; the checker matches every rewritten part against the
law of the rule that claims it, with a matcher of its own, and never looks at the rule's code.

The pattern language is the inert notation with these leaves:

- ``Meta("u")`` stands for any expression (the same one wherever it occurs);
- ``Meta("F")`` inside ``Value(F, j)`` stands for a function of an index: ``Total(Value(F, j),
  (j, lo, hi, X))`` matches any sum, and ``Value(F, k)`` on the other side is its body at ``k``;
  a function of several indices has them all, as in ``Value(F, j, n)``;
- ``Rest("X")`` in the limits of a binder stands for its excluded indices, none or more;
- ``Each(p)`` as the only argument of ``Plus`` or ``Times`` matches every argument against ``p``;
- ``Slope(f, n, *u)`` is the derivative of the function ``f`` by its n-th argument, at ``u``;
- ``Head`` positions of ``Apply`` may hold a ``Meta``.

Sums and products match in any order and grouping, with ``Minus`` read as a factor -1 and
``Quotient`` as a factor to the power -1; further terms or factors beside the pattern stay as
they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sympy import Expr, Symbol, sympify
from sympy.core.basic import Basic

from derive.notation import Inert


class Meta(Symbol):
    """A metavariable: stands for any expression."""

    def __new__(cls, name: str) -> Meta:
        # Integer, so that SymPy lets it stand where an index stands.
        meta: Meta = Symbol.__xnew__(cls, name, integer=True)
        return meta


class Rest(Symbol):
    """A metavariable for the excluded indices of a binder."""

    def __new__(cls, name: str) -> Rest:
        rest: Rest = Symbol.__xnew__(cls, name, integer=True)
        return rest


class Value(Inert):
    """The value at an index, or at several, of the function that a metavariable stands for."""

    __match_args__ = ("function", "indices")

    @property
    def function(self) -> Meta:
        return self.args[0]

    @property
    def indices(self) -> tuple[Expr, ...]:
        return self.args[1:]


class Each(Inert):
    """Every argument of a sum or product, matched one by one."""

    __match_args__ = ("pattern",)

    @property
    def pattern(self) -> Expr:
        return self.args[0]


class Slope(Inert):
    """The derivative of a function by one of its arguments: ``Slope(f, position, *operands)``."""

    @property
    def function(self) -> Basic:
        return self.args[0]

    @property
    def position(self) -> int:
        return int(self.args[1])

    @property
    def operands(self) -> tuple[Expr, ...]:
        return self.args[2:]


class Source(Enum):
    """Where a law comes from when it is no formula of its own."""

    FACT = "fact"
    """The equation is a declared fact, named by the step."""
    DEFINITION = "definition"
    """The equation is a definition of the problem, named by the step, read either way."""
    LEMMA = "lemma"
    """The equation is the statement of a lemma, named by the step."""
    COORDINATE = "coordinate"
    """``∂z_{ab..}/∂z_{cd..}`` is the product of ``δ_{ac} δ_{bd} ..``, one for each axis."""
    EQUALITY = "equality"
    """An index is replaced by one that a named ``EqualFact`` says is equal."""
    SOFTMAX = "softmax"
    """The entries of a softmax, or of other shares of a sum, sum to one over their last axis."""
    CHAIN = "chain rule"
    """``∂u/∂v = Σ_j ∂u/∂w_j · ∂w_j/∂v`` where ``v`` acts on ``u`` through the entries ``w_j`` of a
    definition alone; the step names that definition."""
    ENTRYWISE = "entry by entry"
    """An entry of an array, and what it is made of."""
    DISPLAY = "display"
    """Both sides are the same, written in another way: with dots, or as a matrix."""
    CASES = "cases"
    """Both branches of a choice are what was there; one may have an index in place of its equal."""
    ARITHMETIC = "arithmetic"
    """Both sides are numbers, equal by computation."""


@dataclass(frozen=True)
class Condition:
    """A side condition of a law.

    ``kind`` is one of: ``independent`` (the first operand does not depend on the second, a
    variable), ``within`` (the first operand, an index, lies between the second and the third and
    is none of the excluded ones in the fourth), ``at_most`` (the first operand, an index, is at
    most the second), ``nonempty`` (an index lies between the first and the second and is none of
    the excluded ones in the third), ``unequal`` (the first index differs from every other),
    ``even`` and ``odd`` (of a whole number), ``zero``, ``nonzero``, ``positive`` (of a real
    expression), ``untied`` (a maximum over an index is attained once), ``raised`` (the first
    operand is positive, unless all others, its exponents, are whole numbers), ``positive_factors``
    (those of a product over an index), ``any`` (the operand, a metavariable that the rule was free
    to choose, may be whatever is a number wherever the left side is one).
    """

    kind: str
    operands: tuple[Expr, ...]


@dataclass(frozen=True)
class Law:
    """``before = after`` for all values of the metavariables that meet the conditions.

    A metavariable of ``after`` occurs in ``before``, or stands for something that the rule was free
    to choose; then a condition says so: where an index lies, or that it may be ``any`` number.
    """

    before: Expr
    after: Expr
    conditions: tuple[Condition, ...] = ()


LAWS: dict[str, Law | Source] = {}
"""The law of every rule, by the rule's name."""


def law(before: Any, after: Any, *conditions: Condition) -> Law:
    """A law whose sides are given in inert notation."""
    return Law(sympify(before), sympify(after), conditions)
