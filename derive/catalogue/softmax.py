"""Softmax and cross-entropy, with a result that the automatic strategy finds."""

from __future__ import annotations

from sympy import Eq, Expr, IndexedBase, Sum, Symbol, exp, log, symbols

from derive.catalogue.registry import Question, entry

C = Symbol("C", integer=True, positive=True)
i, j, k, m = symbols("i j k m", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))


def probability(at: Expr) -> Expr:
    """The softmax of the logits."""
    return exp(z[at]) / Sum(exp(z[j]), (j, 1, C))


def cross_entropy() -> Expr:
    """The cross-entropy of labels ``y`` and the softmax of logits ``z``."""
    return -Sum(y[i] * log(probability(i)), (i, 1, C))


def labels_sum_to_one() -> Expr:
    """``Σ_i y_i = 1``: soft labels."""
    return Eq(Sum(y[i], (i, 1, C)), 1)


@entry("softmax-cross-entropy")
def gradient() -> Question:
    return Question("gradient", cross_entropy(), (z[k],), given=(labels_sum_to_one(),))


@entry("softmax-jacobian")
def jacobian() -> Question:
    return Question("jacobian", probability(i), (z[k],))


@entry("softmax-cross-entropy-hessian")
def hessian() -> Question:
    return Question("hessian", cross_entropy(), (z[k], z[m]), given=(labels_sum_to_one(),))
