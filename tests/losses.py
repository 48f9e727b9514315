"""A zoo of losses that the automatic strategy must carry to a right result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from sympy import (
    Abs,
    Eq,
    Expr,
    IndexedBase,
    KroneckerDelta,
    Max,
    Min,
    Ne,
    Piecewise,
    Product,
    Rational,
    Sum,
    atan,
    cosh,
    erf,
    exp,
    log,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)

import derive


def sampled(names: Iterable[str], every: int = 12) -> list[Any]:
    """Names as parameters of a test of which an ordinary run takes one in ``every``."""
    return [
        name if n % every == 0 else pytest.param(name, marks=pytest.mark.slow)
        for n, name in enumerate(names)
    ]


C, D, N = symbols("C D N", integer=True, positive=True)
i, j, k, l, m, n, r, t = symbols("i j k l m n r t", integer=True)  # noqa: E741
T, alpha, beta, eps, gamma, lam = symbols("T alpha beta epsilon gamma lambda", positive=True)
mu = symbols("mu", real=True)

z, y, w, b, q, v = (IndexedBase(name, shape=(C,)) for name in ["z", "y", "w", "b", "q", "v"])
a = IndexedBase("a", shape=(D,))
W = IndexedBase("W", shape=(C, D))
s, Y = IndexedBase("s", shape=(N, C)), IndexedBase("Y", shape=(N, C))
x = IndexedBase("x", shape=(N, D))
tn = IndexedBase("t", shape=(N,))


def over(term: Expr, index: Expr = i, size: Expr = C) -> Expr:
    return Sum(term, (index, 1, size))


def many(factor: Expr, index: Expr = i, size: Expr = C) -> Expr:
    return Product(factor, (index, 1, size))


def p(at: Expr) -> Expr:
    """The softmax of the logits."""
    return exp(z[at]) / over(exp(z[j]), j)


def warm(at: Expr, logits: IndexedBase = z) -> Expr:
    """The softmax at a temperature."""
    return exp(logits[at] / T) / over(exp(logits[j] / T), j)


def linear(at: Expr) -> Expr:
    return over(W[at, l] * a[l], l, D) + b[at]


def in_batch(sample: Expr, at: Expr) -> Expr:
    return exp(s[sample, at]) / over(exp(s[sample, j]), j)


def pulled(sample: Expr, at: Expr) -> Expr:
    """A score with a factor that could be pulled out of its sum."""
    return over(a[l] * x[sample, l] * z[at], l, D)


def others(left_out: Expr, term: Expr) -> Expr:
    """A sum over all classes but one."""
    return over((1 - KroneckerDelta(j, left_out)) * term, j)


def sigmoid(u: Expr) -> Expr:
    return 1 / (1 + exp(-u))


soft = Eq(over(y[i]), 1)
one_hot = Eq(y[i], KroneckerDelta(i, t))
cross_entropy = -over(y[i] * log(p(i)))
linear_cross_entropy = -over(y[i] * log(exp(linear(i)) / over(exp(linear(j)), j)))
scores = over(x[n, l] * a[l], l, D)


def huber(u: Expr) -> Expr:
    return Piecewise((u**2 / 2, Abs(u) <= T), (T * (Abs(u) - T / 2), True))


def largest(term: Expr) -> Expr:
    return derive.Max(term, (j, 1, C))


@dataclass(frozen=True)
class Loss:
    """A question to the engine."""

    expression: Any
    variables: tuple[Any, ...]
    given: tuple[Any, ...] = ()
    kind: Literal["gradient", "jacobian", "hessian", "hessian_vector"] = "gradient"
    where: tuple[Any, ...] = ()


def by(expression: Expr, *variables: Expr, given: tuple[Any, ...] = (), **more: Any) -> Loss:
    return Loss(expression, variables, given, **more)


def times_vector(expression: Expr, *asked: Expr, given: tuple[Any, ...] = ()) -> Loss:
    return Loss(expression, asked, given, kind="hessian_vector")


LOSSES: dict[str, Loss] = {
    # Softmax and its relatives
    "cross-entropy": by(cross_entropy, z[k], given=(soft,)),
    "cross-entropy of free labels": by(cross_entropy, z[k]),
    "cross-entropy one-hot": by(cross_entropy, z[k], given=(one_hot,)),
    "log of class": by(-log(p(t)), z[k]),
    "log of class, k is not t": by(-log(p(t)), z[k], given=(Ne(k, t),)),
    "log-sum-exp": by(log(over(exp(z[j]), j)) - z[t], z[k]),
    "z4": by(cross_entropy + Rational(1, 1000) * over(z[i] ** 4), z[k], given=(soft,)),
    "decimal z4": by(cross_entropy + 1e-3 * over(z[i] ** 4), z[k], given=(soft,)),
    "temperature": by(-over(y[i] * log(warm(i))), z[k], given=(soft,)),
    "by temperature": by(-over(y[i] * log(warm(i))), T, given=(soft,)),
    "logits and temperature": by(-over(y[i] * log(warm(i))), z[k], T, given=(soft,)),
    "label smoothing": by(-over(((1 - alpha) * y[i] + alpha / C) * log(p(i))), z[k], given=(soft,)),
    "weights": by(-over(w[i] * y[i] * log(p(i))), z[k]),
    "focal": by(-((1 - p(t)) ** gamma) * log(p(t)), z[k]),
    "focal squared": by(-((1 - p(t)) ** 2) * log(p(t)), z[k]),
    "poly": by(-log(p(t)) + eps * (1 - p(t)), z[k]),
    "generalised cross-entropy": by((1 - p(t) ** gamma) / gamma, z[k]),
    "brier": by(over((p(i) - y[i]) ** 2), z[k]),
    "entropy": by(-over(p(i) * log(p(i))), z[k]),
    "confidence penalty": by(cross_entropy + beta * over(p(i) * log(p(i))), z[k], given=(soft,)),
    "divergence": by(over(y[i] * log(y[i] / p(i))), z[k], given=(soft,)),
    "divergence by labels": by(over(y[i] * log(y[i] / w[i])), y[k]),
    "distillation": by(T**2 * over(warm(i, w) * log(warm(i, w) / warm(i))), z[k]),
    "two temperatures": by(-log(p(t)) - log(warm(t)), z[k]),
    "two softmaxes": by(-over(p(i) * log(exp(w[i]) / over(exp(w[j]), j))), w[k]),
    "two softmaxes by the first": by(-over(p(i) * log(exp(w[i]) / over(exp(w[j]), j))), z[k]),
    "z-loss": by(-log(p(t)) + lam * log(over(exp(z[j]), j)) ** 2, z[k]),
    "symbolic power": by((1 - over(p(i) ** gamma)) / (gamma - 1), z[k]),
    "dice": by(1 - 2 * over(y[i] * p(i)) / (over(y[i] ** 2) + over(p(i) ** 2)), z[k]),
    "tanh logits": by(-log(exp(tanh(z[t])) / over(exp(tanh(z[j])), j)), z[k]),
    # Sums of exponentials that leave an index out, or are no softmax
    "additive margin": by(
        -log(exp(T * (z[t] - mu)) / (exp(T * (z[t] - mu)) + others(t, exp(T * z[j])))), z[k]
    ),
    "against the others, k is not t": by(log(others(t, exp(z[j]))) - z[t], z[k], given=(Ne(k, t),)),
    "against the others": by(log(others(t, exp(z[j]))) - z[t], z[k], given=(C >= 2,)),
    "log of the others": by(-over(w[i] * log(1 - p(i))), z[k], given=(C >= 2,)),
    "odds by name": by(log(q[t] / (1 - q[t])), z[k], given=(C >= 2,), where=(Eq(q[i], p(i)),)),
    "others by name": by(
        -over((1 - KroneckerDelta(i, t)) * y[i] * log(q[i])),
        z[k],
        given=(C >= 2,),
        where=(Eq(q[i], exp(z[i]) / others(t, exp(z[j]))),),
    ),
    "bilinear scores": by(-over(log(exp(pulled(n, t)) / over(exp(pulled(n, j)), j)), n, N), a[m]),
    "experts": by(log(over(Product(exp(s[n, j]), (n, 1, N)), j)), s[m, k]),
    "preference": by(log(1 + exp(-beta * (log(p(t)) - log(p(r))))), z[k]),
    "weighted share": by(over(w[i] * exp(z[i])) / over(exp(z[j]), j), z[k]),
    "evidence": by(over((w[i] - (exp(z[i]) + 1) / over(exp(z[j]) + 1, j)) ** 2), z[k]),
    "roots of exponentials": by(log(1 + over(sqrt(1 + exp(-gamma * z[i])))), z[k]),
    # No softmax
    "logistic": by(-over(y[i] * log(sigmoid(z[i])) + (1 - y[i]) * log(1 - sigmoid(z[i]))), z[k]),
    "softplus": by(over(log(1 + exp(z[i])) - y[i] * z[i]), z[k]),
    "poisson": by(over(exp(z[i]) - y[i] * z[i]), z[k]),
    "squares": by(over((z[i] - y[i]) ** 2) / C, z[k]),
    "gaussian by width": by(over((y[i] - z[i]) ** 2) / (2 * T**2) + C * log(T), T),
    "log-cosh": by(over(log(cosh(z[i] - y[i]))), z[k]),
    "functions": by(over(sin(z[i]) * atan(z[i]) + erf(y[i] * z[i])), z[k]),
    "norm": by(sqrt(over(z[i] ** 2)), z[k]),
    "normalised": by(z[t] / sqrt(over(z[i] ** 2)), z[k]),
    "power of a sum": by(over(z[i] ** 2) ** gamma, z[k]),
    "exponential of base two": by(over(2 ** z[i]), z[k]),
    "general power": by(over((1 + z[i] ** 2) ** z[i]), z[k]),
    "position": by(over(z[i] / log(i + 1)), z[k]),
    "variance": by(over((z[i] - over(z[j], j) / C) ** 2) / C, z[k]),
    "parameter in a shift": by(over((z[i] - mu) ** 2), mu),
    # Ranges that depend on an index
    "list-wise": by(-over(log(exp(z[i]) / Sum(exp(z[j]), (j, i, C)))), z[k]),
    "list-wise from the front": by(over(log(Sum(exp(z[j]), (j, 1, i)))), z[k]),
    "pairs": by(over(Sum(log(1 + exp(z[j] - z[i])), (j, i + 1, C))), z[k]),
    "class up to an index": by(over(Sum(p(m) + KroneckerDelta(m, t), (m, 1, i))), z[k]),
    "cumulative": by(over(Sum(z[j], (j, 1, i)) ** 2), z[k]),
    "neighbours": by(Sum((z[i + 1] - z[i]) ** 2, (i, 1, C - 1)), z[k]),
    # Several axes
    "weights of a layer": by(linear_cross_entropy, W[k, m], given=(soft,)),
    "bias of a layer": by(linear_cross_entropy, b[k], given=(soft,)),
    "input of a layer": by(linear_cross_entropy, a[m], given=(soft,)),
    "batch": by(
        -Sum(Y[n, i] * log(in_batch(n, i)), (i, 1, C), (n, 1, N)) / N,
        s[m, k],
        given=(Eq(over(Y[n, i]), 1),),
    ),
    "batch of classes": by(-over(log(in_batch(n, tn[n])), n, N) / N, s[m, k]),
    "smoothed batch of classes": by(
        -over(over(((1 - lam) * KroneckerDelta(i, tn[n]) + lam / C) * log(in_batch(n, i))), n, N)
        / N,
        s[m, k],
    ),
    "contrastive": by(
        -over(log(exp(scores / T) / over(exp(scores.subs(n, m) / T), m, N)), n, N), a[r]
    ),
    # Names that clash
    "same dummy twice": by(over(z[j] ** 2, j) * over(exp(z[j]), j), z[k]),
    "same dummy inside": by(-over(y[j] * log(exp(z[j]) / over(exp(z[j]), j)), j), z[k]),
    "bound index is the variable's": by(over(exp(z[j]), j), z[j]),
    "bound index is the variable's, nested": by(cross_entropy, z[j], given=(soft,)),
    "bound index also free": by(z[i] * over(z[i] ** 2), z[i]),
    # Jacobians and second derivatives
    "jacobian": by(p(i), z[k], kind="jacobian"),
    "jacobian, same index": by(p(k), z[k], kind="jacobian"),
    "jacobian of a layer": by(linear(i), W[k, m], kind="jacobian"),
    "jacobian of log": by(log(p(i)), z[k], kind="jacobian"),
    "hessian": by(cross_entropy, z[k], z[m], given=(soft,), kind="hessian"),
    "hessian, same index": by(cross_entropy, z[k], z[k], given=(soft,), kind="hessian"),
    "hessian, mixed": by(-over(y[i] * log(warm(i))), z[k], T, given=(soft,), kind="hessian"),
    "hessian of log-sum-exp": by(log(over(exp(z[j]), j)), z[k], z[m], kind="hessian"),
    "hessian of logistic": by(over(log(1 + exp(z[i])) - y[i] * z[i]), z[k], z[m], kind="hessian"),
    "hessian of a layer": by(linear_cross_entropy, b[k], b[m], given=(soft,), kind="hessian"),
    # Hessians times vectors
    "hessian times vector": times_vector(cross_entropy, z[k], v[j], given=(soft,)),
    "hessian of log-sum-exp times vector": times_vector(log(over(exp(z[j]), j)), z[k], v[k]),
    "hessian of logistic times vector": times_vector(
        over(log(1 + exp(z[i])) - y[i] * z[i]), z[k], v[m]
    ),
    "hessian of powers times vector": times_vector(over(y[i] * z[i] ** 4), z[k], v[i]),
    # Kinks
    "absolute error": by(over(Abs(z[i] - y[i])), z[k]),
    "norm of ones": by(lam * over(Abs(z[i])), z[k]),
    "square times sign": by(over(sign(z[i]) * z[i] ** 2), z[k]),
    "rectifier": by(over(y[i] * Max(0, z[i])), z[k]),
    "rectified layer": by(over(y[i] * Max(0, linear(i))), W[k, m]),
    "hinge": by(over(Max(0, 1 - y[i] * z[i])), z[k]),
    "multiclass hinge": by(over((1 - KroneckerDelta(i, t)) * Max(0, 1 + z[i] - z[t])), z[k]),
    "larger of two": by(over(Max(z[i], w[i] ** 2)), z[k]),
    "clipped": by(over(y[i] * Min(6, Max(0, z[i]))), z[k]),
    "quantile": by(over(Max(T * (y[i] - z[i]), (T - 1) * (y[i] - z[i]))), z[k]),
    "huber": by(over(huber(z[i] - y[i])), z[k]),
    "huber, hessian": by(over(huber(z[i] - y[i])), z[k], z[m], kind="hessian"),
    "leaky rectifier": by(over(y[i] * Piecewise((z[i], z[i] > 0), (T * z[i], True))), z[k]),
    "exponential linear": by(over(Piecewise((z[i], z[i] > 0), (T * (exp(z[i]) - 1), True))), z[k]),
    "by the slope": by(over(Piecewise((z[i], z[i] > 0), (T * z[i], True))), T),
    # Maxima over an index
    "largest entry": by(largest(z[j]), z[k]),
    "largest entry, scaled": by(largest(T * z[j]), T),
    "crammer-singer": by(largest(1 - KroneckerDelta(j, t) + z[j] - z[t]), z[k]),
    "log-sum-exp above the maximum": by(log(over(exp(z[j]), j)) - largest(z[j]), z[k]),
    "sup norm": by(largest(Abs(z[j])), z[k]),
    "largest so far": by(over(derive.Max(z[j], (j, 1, i))), z[k]),
    "largest in a batch": by(over(largest(s[n, j] - s[n, tn[n]]), n, N), s[m, k]),
    "largest weighted": by(over(a[l] * largest(z[j] * W[j, l]), l, D), W[k, m]),
    "largest entry, hessian": by(largest(z[j]) ** 2, z[k], z[m], kind="hessian"),
    # Products over an index
    "product of the entries": by(many(z[j], j), z[k]),
    "noisy or": by(1 - many(1 - z[i]), z[k]),
    "noisy or of logits": by(-log(1 - many(1 - sigmoid(z[i]))), z[k]),
    "likelihood": by(-log(many(p(i) ** y[i])), z[k], given=(soft,)),
    "likelihood of a batch": by(-log(many(in_batch(n, tn[n]), n, N)) / N, s[m, k]),
    "gaussian likelihood": by(-log(many(exp(-((y[i] - mu) ** 2) / (2 * T**2)))), mu),
    "product by a common factor": by(many(T * z[j], j), T),
    "equal factors": by(many(T, j) * over(z[i] ** 2), T),
    "products up to an index": by(over(many(z[j], j, i)), z[k]),
    "product of squares": by(log(many(1 + z[i] ** 2)), z[k]),
    "noisy or, hessian": by(1 - many(1 - z[i]), z[k], z[m], kind="hessian"),
    "hinge of a batch": by(over(over(Max(0, 1 + s[n, j] - s[n, tn[n]]), j), n, N), s[m, k]),
    # Definitions
    "own name": by(
        -over(y[i] * log(q[i])),
        z[k],
        given=(soft,),
        where=(Eq(q[i], p(i)),),
    ),
    "logistic by name": by(
        -over(y[i] * log(q[i]) + (1 - y[i]) * log(1 - q[i])),
        z[k],
        where=(Eq(q[i], sigmoid(z[i])),),
    ),
    "asymmetric, of logistics": by(
        -over(y[i] * (1 - q[i]) ** gamma * log(q[i]) + (1 - y[i]) * q[i] ** beta * log(1 - q[i])),
        z[k],
        where=(Eq(q[i], sigmoid(z[i])),),
    ),
}
