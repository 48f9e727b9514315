"""The output layer of a classifier: logits from weights and a bias, softmax, cross-entropy."""

from __future__ import annotations

from sympy import Eq, IndexedBase, Sum, Symbol, exp, log, symbols

from derive.catalogue.registry import Question, entry
from derive.derivation import Derivation
from derive.problem import Problem

C = Symbol("C", integer=True, positive=True)
D = Symbol("D", integer=True, positive=True)
i, j, k, l = symbols("i j k l", integer=True)  # noqa: E741
y, z, b = (IndexedBase(name, shape=(C,)) for name in "yzb")
p = IndexedBase("\\hat{y}", shape=(C,))
W, a = IndexedBase("W", shape=(C, D)), IndexedBase("a", shape=(D,))


def along_the_layer(problem: Problem) -> Derivation:
    # The rules are loaded with the first derivation.
    from derive.routes.output_layer import output_layer

    return output_layer(problem)


@entry("softmax-output-layer")
def output_layer() -> Question:
    return Question(
        "gradient",
        -Sum(y[i] * log(p[i]), (i, 1, C)),
        (W[k, l], b[k]),
        given=(Eq(Sum(y[i], (i, 1, C)), 1),),
        where=(
            Eq(z[k], Sum(W[k, l] * a[l], (l, 1, D)) + b[k]),
            Eq(p[k], exp(z[k]) / Sum(exp(z[j]), (j, 1, C))),
        ),
        language="pt",
        route=along_the_layer,
    )
