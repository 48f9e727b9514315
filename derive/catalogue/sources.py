"""The problems of the source derivations, each in its source's notation, with its route."""

from __future__ import annotations

from sympy import Eq, Ge, IndexedBase, KroneckerDelta, Sum, Symbol, exp, log, symbols

from derive.catalogue.registry import Question, entry

i, j, k, l, m, n, p = symbols("i j k l m n p", integer=True)  # noqa: E741 (as the source has it)


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


@entry("softmax-output-layer")
def output_layer() -> Question:
    from derive.routes.output_layer import route  # the rules are loaded with the first derivation

    c, d = (Symbol(name, integer=True, positive=True) for name in "CD")
    y, z, b, q = (IndexedBase(name, shape=(c,)) for name in ("y", "z", "b", "\\hat{y}"))
    w, a = IndexedBase("W", shape=(c, d)), IndexedBase("a", shape=(d,))
    return Question(
        "gradient",
        -Sum(y[i] * log(q[i]), (i, 1, c)),
        (w[k, l], b[k]),
        given=(Eq(Sum(y[i], (i, 1, c)), 1),),
        where=(
            Eq(z[k], Sum(w[k, l] * a[l], (l, 1, d)) + b[k]),
            Eq(q[k], exp(z[k]) / Sum(exp(z[j]), (j, 1, c))),
        ),
        language="pt",
        route=route,
        called="L",
        meanings=(("W", "weights"), ("b", "bias"), ("a", "activations"), ("D", "activation_count")),
    )


@entry("softmax-linear-layers")
def linear_layers() -> Question:
    from derive.routes.linear_layers import route  # the rules are loaded with the first derivation

    classes, d, words, samples = (Symbol(s, integer=True, positive=True) for s in "CdpN")
    y, s, q = (IndexedBase(name, shape=(samples, classes)) for name in ("y", "s", "\\hat{y}"))
    x, a = IndexedBase("x", shape=(samples, words)), IndexedBase("A", shape=(d, words))
    b, loss = IndexedBase("B", shape=(classes, d)), IndexedBase("L", shape=(samples,))
    c = Symbol("c", integer=True)
    scores = Sum(b[j, m] * Sum(a[m, l] * x[n, l], (l, 1, words)), (m, 1, d))
    return Question(
        "gradient",
        Sum(loss[n], (n, 1, samples)) / samples,
        (b[j, m], a[m, l]),
        given=(Eq(Sum(y[n, j], (j, 1, classes)), 1),),
        where=(
            Eq(s[n, j], scores),
            Eq(q[n, j], exp(s[n, j]) / Sum(exp(s[n, c]), (c, 1, classes))),
            Eq(loss[n], -Sum(y[n, j] * log(q[n, j]), (j, 1, classes))),
        ),
        language="en",
        route=route,
        called=r"\mathcal{L}",
        meanings=(
            ("A", "lower_layer"),
            ("B", "upper_layer"),
            ("x", "samples"),
            ("L", "loss_of_sample"),
            ("N", "batch_size"),
            ("d", "dimension"),
            ("p", "words"),
        ),
    )
