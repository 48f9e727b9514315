"""Symbols from which the rules' laws and examples are built."""

from __future__ import annotations

from sympy import IndexedBase, Integer, Rational, Symbol, symbols

from derive.facts import Definition, Given, IndexRange, Lemma, SizeFact, UnequalFact
from derive.laws import Meta, Rest
from derive.notation import (
    ONE,
    Delta,
    Exp,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    mask,
)

# Metavariables of the laws.
a, b, c, u, v, w, n = (Meta(name) for name in "abcuvwn")
F, G, H = Meta("F"), Meta("G"), Meta("H")
f = Meta("f")
j, k, lo, hi = Meta("j"), Meta("k"), Meta("lo"), Meta("hi")
first, last = Meta("first"), Meta("last")
X, Y = Rest("X"), Rest("Y")

# Concrete symbols of the examples.
C = Symbol("C", integer=True, positive=True)
T = Symbol("T", positive=True)
gamma = Symbol("gamma", positive=True)
i1, j1, k1, t1 = symbols("i j k t", integer=True)
z = IndexedBase("z", shape=(C,))
y = IndexedBase("y", shape=(C,))
p = IndexedBase("\\hat{y}", shape=(C,))

ranges = tuple(IndexRange(s, ONE, C) for s in (i1, k1, t1))
partition = Total(Exp(z[j1]), (j1, 1, C))
softmax = Definition(p[i1], Quotient(Exp(z[i1]), partition), softmax=True)
logistic = Definition(p[i1], Quotient(ONE, Plus(ONE, Exp(Minus(z[i1])))))
in_range = Given(ranges)
with_logistic = Given(ranges, (logistic,))
half = Rational(1, 2)
mean = Definition(p[k1], Plus(Times(half, z[k1]), Times(half, z[i1])))
with_mean = Given(ranges, (mean,))
with_softmax = Given(ranges, (softmax,))
with_multiple = Given(ranges, (Definition(p[i1], Quotient(Times(T, Exp(z[i1])), partition)),))
with_density = Given(ranges, (Definition(p[i1], Times(T, Exp(z[i1]))),))
length = Power(Total(Power(z[j1], 2), (j1, 1, C)), Rational(1, 2))
with_unit = Given(ranges, (Definition(p[i1], Quotient(z[i1], length)),))
with_length = Given(ranges, (Definition(Symbol("r"), length),))
others = Definition(
    p[i1],
    Quotient(Times(mask(i1, t1), Exp(z[i1])), Total(Exp(z[j1]), (j1, 1, C, t1))),
)
with_others = Given((*ranges, UnequalFact(k1, t1)), (others,))
with_masks = Given((*ranges, SizeFact(C, Integer(2))), (others,))
with_scaled = Given(ranges, (Definition(Symbol("S"), Times(T, partition)),))
with_name = Given(ranges, (Definition(Symbol("S"), partition),))
jacobian = Lemma(
    "jacobian",
    Partial(p[i1], z[k1]),
    Times(p[i1], Plus(Delta(i1, k1), Minus(p[k1]))),
    (i1, k1),
)
with_lemma = Given(ranges, (softmax,), lemmas=(jacobian,))
loss = Minus(Total(Times(y[i1], Log(p[i1])), (i1, 1, C)))
# Two ways to write one sum.
other_loss = Total(Minus(Times(y[i1], Log(p[i1]))), (i1, 1, C))
with_loss = Given(ranges, (softmax,), lemmas=(Lemma("loss", loss, other_loss, ()),))
