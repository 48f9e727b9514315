"""The problems of the source derivations, each in its source's notation, with its route."""

from __future__ import annotations

from sympy import Eq, Ge, IndexedBase, KroneckerDelta, Sum, Symbol, exp, log, symbols

from derive.catalogue.registry import Question, entry

i, j, p = symbols("i j p", integer=True)


@entry("softmax-cross-entropy-one-hot")
def one_hot() -> Question:
    from derive.routes.one_hot import route  # the rules are loaded with the first derivation

    c = Symbol("c", integer=True, positive=True)
    k = Symbol("k", integer=True)
    s, y, q = (IndexedBase(name, shape=(c,)) for name in ("s", "y", "\\hat{y}"))
    return Question(
        "gradient",
        -Sum(y[i] * log(q[i]), (i, 1, c)),
        (s[k],),
        given=(Eq(y[i], KroneckerDelta(i, p)),),
        where=(Eq(q[i], exp(s[i]) / Sum(exp(s[j]), (j, 1, c))),),
        language="es",
        route=route,
        called="C_0",
        tags=("2",),
    )


@entry("softmax-cross-entropy-jacobian")
def jacobian() -> Question:
    from derive.routes.jacobian import route  # the rules are loaded with the first derivation

    k = Symbol("k", integer=True, positive=True)
    x, y, q = (IndexedBase(name, shape=(k,)) for name in ("x", "y", "\\hat{y}"))
    return Question(
        "gradient",
        -Sum(y[i] * log(q[i]), (i, 1, k)),
        (x[j],),
        given=(Eq(Sum(y[i], (i, 1, k)), 1), Ge(k, 2)),
        where=(Eq(q[i], exp(x[i]) / Sum(exp(x[j]), (j, 1, k))),),
        language="en",
        route=route,
        called=r"\mathcal{L}_{\mathrm{CCE}}",
        indicator=True,
        recalled=("differentiate_quotient", "differentiate_sum"),
    )
