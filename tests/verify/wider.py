"""Losses beyond the zoo, chosen for being awkward to match: each of their steps is true."""

from __future__ import annotations

from losses import (
    C,
    D,
    Loss,
    N,
    T,
    W,
    Y,
    a,
    alpha,
    b,
    beta,
    by,
    eps,
    gamma,
    i,
    in_batch,
    j,
    k,
    l,
    lam,
    linear,
    m,
    mu,
    n,
    one_hot,
    over,
    p,
    r,
    s,
    sigmoid,
    soft,
    t,
    tn,
    w,
    warm,
    x,
    y,
    z,
)
from sympy import (
    Eq,
    Gt,
    IndexedBase,
    KroneckerDelta,
    Ne,
    Rational,
    Sum,
    cos,
    exp,
    log,
    sqrt,
    tanh,
)

h = Rational(1, 2)
yn, an, zd = (IndexedBase(c, shape=(size,)) for c, size in (("y", N), ("a", N), ("z", D)))
M = IndexedBase("M", shape=(C, C))
scores = over(a[l] * x[n, l], l, D)
mean = over(z[j], j) / C
spread = over((z[j] - over(z[m], m) / C) ** 2, j) / C
logistic = -over(yn[n] * log(sigmoid(scores)) + (1 - yn[n]) * log(1 - sigmoid(scores)), n, N)
kernel = lambda u, v: exp(-((u - v) ** 2) / (2 * T**2))
other = lambda at: exp(w[at]) / over(exp(w[j]), j)
softly = lambda at: 1 / (1 + exp(-z[at]))
distilled = over(warm(i, w) * log(warm(i, w) / warm(i)))
renyi = log(over(p(i) ** gamma)) / (1 - gamma)
mixture = lambda at: w[j] * exp(-((y[at] - z[j]) ** 2) / 2)
margins = exp(-(y[i] * z[i]))

WIDER: dict[str, Loss] = {
    # Logistic regression
    "logistic regression": by(logistic, a[r]),
    "logistic regression by margins": by(over(log(1 + exp(-scores)), n, N), a[r]),
    "logistic regression, hessian": by(
        over(log(1 + exp(-scores)), n, N), a[r], a[m], kind="hessian"
    ),
    "logistic, hessian of the plain form": by(logistic, a[r], a[m], kind="hessian"),
    "logistic with decay": by(logistic + lam / 2 * over(a[l] ** 2, l, D), a[r]),
    "logistic with signs": by(over(log(1 + exp(-yn[n] * scores)), n, N) / N, a[r]),
    "logistic of logits": by(-over(y[i] * log(softly(i)) + (1 - y[i]) * log(1 - softly(i))), z[k]),
    "square of a logistic": by(over((softly(i) - y[i]) ** 2), z[k]),
    "focal of a logistic": by(-over(y[i] * (1 - softly(i)) ** 2 * log(softly(i))), z[k]),
    "logistic jacobian": by(softly(i), z[k], kind="jacobian"),
    "swish": by(over(z[i] * softly(i)), z[k]),
    "softplus with sharpness": by(over(log(1 + exp(beta * z[i])) / beta), z[k]),
    "softplus by sharpness": by(over(log(1 + exp(beta * z[i])) / beta), beta),
    # Pieces of softmaxes
    "renyi entropy": by(renyi, z[k]),
    "renyi entropy by its order": by(renyi, gamma),
    "tsallis entropy of two": by(1 - over(p(i) ** 2), z[k]),
    "collision entropy": by(-log(over(p(i) ** 2)), z[k]),
    "distillation by temperature": by(distilled, T),
    "distillation by the teacher": by(distilled, w[k]),
    "expected reward": by(over(p(i) * y[i]), z[k]),
    "expected reward, hessian": by(over(p(i) * y[i]), z[k], z[m], kind="hessian"),
    "soft maximum": by(T * log(over(exp(z[i] / T))), T),
    "soft maximum by logits": by(T * log(over(exp(z[i] / T))), z[k]),
    "boltzmann mean": by(over(z[i] * exp(beta * z[i])) / over(exp(beta * z[j]), j), z[k]),
    "square root of softmax": by(over(sqrt(p(i)) * y[i]), z[k]),
    "hellinger": by(over((sqrt(p(i)) - sqrt(y[i])) ** 2) / 2, z[k], given=(Gt(y[i], 0),)),
    "odds": by(over(y[i] * p(i) / (1 - p(i))), z[k]),
    "inverse probability": by(over(y[i] / p(i)), z[k]),
    "reverse divergence": by(over(p(i) * log(p(i) / y[i])), z[k], given=(Gt(y[i], 0),)),
    "jensen": by(-over(p(i) * log((p(i) + other(i)) / 2)), z[k]),
    "asymmetric": by(-over(y[i] * (1 - p(i)) ** gamma * log(p(i))), z[k]),
    "tversky": by(1 - over(y[i] * p(i)) / (alpha * over(p(i)) + beta * over(y[i])), z[k]),
    "jaccard": by(
        1 - over(y[i] * p(i)) / (over(y[i]) + over(p(i)) - over(y[i] * p(i))), z[k], given=(soft,)
    ),
    "entropy, hessian": by(-over(p(i) * log(p(i))), z[k], z[m], kind="hessian"),
    "one-hot brier": by(over((p(i) - y[i]) ** 2), z[k], given=(one_hot,)),
    "focal, wrong class": by(-((1 - p(t)) ** gamma) * log(p(t)), z[k], given=(Ne(k, t),)),
    "smooth targets": by(-over(((1 - eps) * KroneckerDelta(i, t) + eps / C) * log(p(i))), z[k]),
    "one half by hand": by(h * over((p(i) - y[i]) ** 2) + 0.5 * over(z[i] ** 2), z[k]),
    "symmetric divergence": by(over((p(i) - y[i]) * log(p(i) / y[i])), z[k], given=(Gt(y[i], 0),)),
    # Sums in sums, fractions in fractions
    "autoregressive residual": by(Sum((z[i] - Sum(z[j], (j, 1, i - 1))) ** 2, (i, 1, C)), z[k]),
    "all but the last": by(Sum(z[i] * Sum(z[j], (j, i + 1, C)), (i, 1, C)), z[k]),
    "causal softmax": by(over(y[i] * log(exp(z[i]) / Sum(exp(z[j]), (j, 1, i)))), z[k]),
    "ranknet": by(over(over(y[i] * y[j] * log(1 + exp(-(z[i] - z[j]))), j)), z[k]),
    "ranknet, hessian": by(over(over(log(1 + exp(z[j] - z[i])), j)), z[k], z[m], kind="hessian"),
    "discrepancy": by(
        over(over(kernel(z[i], z[j]), j)) / C**2 - 2 * over(over(kernel(z[i], w[j]), j)) / C**2,
        z[k],
    ),
    "mixture": by(-over(log(over(mixture(i), j))), z[k]),
    "gaussian": by(over(exp(-(z[i] ** 2) / 2)), z[k]),
    "density": by(-over(log(exp(-((y[i] - z[i]) ** 2) / 2) / sqrt(2 * T))), z[k]),
    "layer norm": by(over(y[i] * (z[i] - mean) / sqrt(spread + eps)), z[k]),
    "layer norm, jacobian": by((z[i] - mean) / sqrt(spread + eps), z[k], kind="jacobian"),
    "root mean square": by(over(y[i] * z[i]) / sqrt(over(z[i] ** 2) / C + eps), z[k]),
    "cosine": by(1 - over(z[i] * y[i]) / (sqrt(over(z[i] ** 2)) * sqrt(over(y[i] ** 2))), z[k]),
    "power mean": by((over(z[i] ** beta) / C) ** (1 / beta), z[k], given=(Gt(z[i], 0),)),
    "quadratic form": by(h * over(over(z[i] * M[i, j] * z[j], j)), z[k]),
    "quadratic form, hessian": by(over(over(z[i] * M[i, j] * z[j], j)), z[k], z[m], kind="hessian"),
    "ratio of sums": by(over(y[i] * z[i]) / (1 + over(z[i] ** 2)), z[k]),
    "ratio of ratios": by(over(z[i] / (1 + z[i] / (1 + z[i] ** 2))), z[k]),
    "huber, smooth": by(over(T**2 * (sqrt(1 + ((z[i] - y[i]) / T) ** 2) - 1)), z[k]),
    "cauchy": by(over(log(1 + ((z[i] - y[i]) / T) ** 2)), z[k]),
    "student by its width": by(over(log(1 + (z[i] - y[i]) ** 2 / T)), T),
    "exponential loss": by(log(over(margins) / C), z[k]),
    "log of a difference": by(over(y[i] * log(w[i] - exp(-z[i]))), z[k]),
    "log of a difference, large": by(over(log(w[i] - 50 * exp(z[i]))), z[k]),
    "gamma deviance": by(over(y[i] / exp(z[i]) + z[i]), z[k]),
    "absolute, smooth": by(over(sqrt((z[i] - y[i]) ** 2 + eps)), z[k]),
    "increasing": by(Sum(log(z[i + 1] - z[i]), (i, 1, C - 1)), z[k]),
    "spacing": by(over(log(over(z[j], j) - z[i] ** 2)), z[k]),
    "waves": by(over(cos(z[i]) * tanh(z[i] / 2)), z[k]),
    "decimals": by(0.25 * over((z[i] - 0.5 * y[i]) ** 2) / 0.75, z[k]),
    "two powers": by(over((z[i] ** 2 + 1) ** Rational(3, 2) / (z[i] ** 2 + 2)), z[k]),
    "shift": by(over(exp(mu - z[i]) / (1 + exp(mu - z[i])) ** 2), mu),
    # Several axes
    "two layers": by(
        -over(y[i] * log(exp(tanh(linear(i))) / over(exp(tanh(linear(j))), j))),
        a[m],
        given=(soft,),
    ),
    "weighted batch": by(-over(an[n] * log(in_batch(n, tn[n])), n, N) / over(an[n], n, N), s[m, k]),
    "attention": by(over(in_batch(n, i) * z[i]), z[k]),
    "attention by scores": by(over(over(in_batch(n, i) * z[i]), n, N), s[m, k]),
    "least squares": by(over((over(x[n, l] * zd[l], l, D) - yn[n]) ** 2, n, N) / (2 * N), zd[r]),
    "least squares of weights": by(over((linear(i) - y[i]) ** 2) / 2, W[k, m]),
    "linear softmax, hessian": by(
        log(over(exp(linear(j)), j)) - linear(t), b[k], b[m], kind="hessian"
    ),
    "batch divergence": by(
        over(over(Y[n, i] * log(Y[n, i] / in_batch(n, i))), n, N),
        s[m, k],
        given=(Eq(over(Y[n, i]), 1), Gt(Y[n, i], 0)),
    ),
}
