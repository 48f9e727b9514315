"""Results of losses from papers are as short as by hand, whatever way they were reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from sympy import Eq, IndexedBase, KroneckerDelta, Piecewise, Sum, Symbol, exp, log, symbols

import derive
from derive.notation import Times
from derive.verify import check

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

SOFTMAX = ["p[i] = softmax(z)[i]"]
ODDS = "log(p[{0}]/(1 - p[{0}]))"

TVERSKY = [
    "p[i] = sigmoid(z[i])",
    "P = sum(p[i]*y[i], i=1..N)",
    "F = sum(p[i]*(1 - y[i]), i=1..N)",
    "G = sum((1 - p[i])*y[i], i=1..N)",
]

DISTANCE = "r[i,j] = sqrt(sum((x[i,l] - x[j,l])^2, l=1..D))"
UMAP = (
    "sum(sum(-w[i,j]*log(q[i,j]) - (1 - w[i,j])*log(1 - q[i,j]), j=1..N, j != i), i=1..N)",
    "2*b*Sum((1 - KroneckerDelta(j, k))*(-y[j, m] + y[k, m])*(-2*q[k, j] + w[j, k] + w[k, j])",
)

NAMED_MIXTURE: tuple[str, list[str]] = (
    "-sum(log(sum(w[j]*g[n,j], j=1..K)), n=1..N)",
    [
        "g[n,k] = (2*pi*s^2)^(-D/2)*exp(-sum((x[n,l] - mu[k,l])^2, l=1..D)/(2*s^2))",
        "r[n,k] = w[k]*g[n,k]/sum(w[j]*g[n,j], j=1..K)",
    ],
)

DENSITY = "w[k]*(2*pi*s[k])^(-D/2)*exp(-sum((x[n,l] - mu[k,l])^2, l=1..D)/(2*s[k]))"
TYPED_MIXTURE: tuple[str, list[str]] = (
    f"-sum(log(sum({DENSITY}, k=1..K)), n=1..N)",
    [f"r[n,k] = {DENSITY}/sum({DENSITY.replace('[k', '[j')}, j=1..K)"],
)

# The loss, what it is differentiated by, facts, definitions, and what a person writes.
UNIT = "v[i] = z[i]/sqrt(sum(z[j]^2, j=1..D))"

WEIGHED = "log(sum(b[j]*exp(z[j]/eps), j=1..M))"
MULTIPLE = ["p[i] = w*b[i]*exp(z[i]/eps)/sum(b[j]*exp(z[j]/eps), j=1..M)"]
SIMILAR = "exp(sum(z[i,d]*z[{0},d], d=1..D)/tau)"
OTHERS = f"q[i,j] = {SIMILAR.format('j')}/sum({SIMILAR.format('a')}, a=1..N, a != i)"
TIED = "(exp(b[i]) + exp(b[j]) + nu*exp((b[i] + b[j])/2))"
ZEROS = (
    "-sum(delta(y[n],0)*log(f[n]) + (1 - delta(y[n],0))"
    "*(log(1 - p[n]) + y[n]*eta[n] - l[n] - lgamma(y[n]+1)), n=1..N)"
)
ZERO_INFLATED = [
    "p[n] = sigmoid(g[n])",
    "l[n] = exp(eta[n])",
    "f[n] = p[n] + (1 - p[n])*exp(-l[n])",
]
TIE = "t[i,j]/2*log(nu*exp((z[i] + z[j])/2)/D[i,j])"
TIED_SUM = "D[i,j] = exp(z[i]) + exp(z[j]) + nu*exp((z[i] + z[j])/2)"
HEAVY = "w[{0}]*(1 + (x[n] - mu[{0}])^2/nu)^(-(nu + 1)/2)"
BOX_COX = ["w[n] = (y[n]^lam - 1)/lam", "mu = sum(w[n], n=1..N)/N"]
LOG_NORMAL = "N/2*log(sum((w[n] - mu)^2, n=1..N)/N) - (lam - 1)*sum(log(y[n]), n=1..N)"
NORMAL = "w[{0}]*exp(-(y - mu[{0}])^2/(2*s[{0}]^2))/(sqrt(2*pi)*s[{0}])"
BY_HAND = {
    "a difference of logistic functions with a name": (
        "-sum(log(p[n]), n=1..N)",
        "Sum((-\\sigma[n] - \\varsigma[n] + 1)*x[n, k], (n, 1, N))",
        {
            "by": "b[k]",
            "where": [
                "u[n] = sum(x[n,l]*b[l], l=1..D)",
                "p[n] = sigmoid(a[y[n]] - u[n]) - sigmoid(a[y[n]-1] - u[n])",
            ],
        },
    ),
    "rows and columns by their temperature": (
        "-sum(log(p[i,i]) + log(q[i,i]), i=1..N)/(2*N)",
        "Sum(2*s[i, i] - Sum((p[l, i] + q[l, i])*s[l, i], (l, 1, N)), (i, 1, N))/(2*N*T**2)",
        {
            "by": "T",
            "given": ["T > 0"],
            "where": [
                "p[i,j] = exp(s[i,j]/T)/sum(exp(s[i,l]/T), l=1..N)",
                "q[i,j] = exp(s[i,j]/T)/sum(exp(s[l,j]/T), l=1..N)",
            ],
        },
    ),
    "a product beside its power": (
        "sum((r[n]*t[n])^a*c[n], n=1..N)",
        "a*(r[k]*t[k])**a*c[k]",
        {"where": ["r[n] = exp(z[n])"], "given": ["t[n] > 0"]},
    ),
    "a mean of derivatives beside deviations": (
        LOG_NORMAL,
        "N*Sum((-mu + w[n])*(log(y[n])*y[n]**lam - w[n]), (n, 1, N))"
        "/(lam*Sum((-mu + w[n])**2, (n, 1, N))) - Sum(log(y[n]), (n, 1, N))",
        {"by": "lam", "where": BOX_COX, "given": ["y[n] > 0"]},
    ),
    "a share by its own weight": (
        "-sum(t[n]*log(q[n]), n=1..N)",
        "-Sum((1 - q[n])*t[n], (n, 1, N))/nu",
        {"by": "nu", "where": ["q[n] = nu/(c[n] + nu)"], "given": ["nu > 0", "c[n] > 0"]},
    ),
    "ties by their weight": (
        "-sum(sum(t[i,j]*log(q[i,j]), j=i+1..N), i=1..N)",
        "-Sum((1 - q[i, j])*t[i, j], (j, i + 1, N), (i, 1, N))/nu",
        {
            "by": "nu",
            "where": [f"q[i,j] = nu*exp((b[i] + b[j])/2)/{TIED}"],
            "given": ["nu > 0"],
        },
    ),
    "ties by their abilities": (
        "-sum(sum(w[i,j]*log(p[i,j]) + w[j,i]*log(p[j,i]) + t[i,j]*log(q[i,j]), j=i+1..N), i=1..N)",
        "Sum((1 - KroneckerDelta(i, k))*((p[k, i] + q[k, i]/2)*(w[i, k] + w[k, i]) - w[k, i]),"
        " (i, 1, N)) + Sum((p[k, i] + q[k, i]/2 - 1/2)*t[i, k], (i, 1, k - 1))"
        " + Sum((p[k, j] + q[k, j]/2 - 1/2)*t[k, j], (j, k + 1, N))",
        {
            "by": "b[k]",
            "where": [
                f"p[i,j] = exp(b[i])/{TIED}",
                f"q[i,j] = nu*exp((b[i] + b[j])/2)/{TIED}",
            ],
            "given": ["nu > 0"],
        },
    ),
    "responsibilities written down with their constants": (
        f"-log(sum({NORMAL.format('j')}, j=1..K))",
        "(-(y - mu[k])**2/s[k]**2 + 1)*g[k]/s[k]",
        {
            "by": "s[k]",
            "where": [f"g[k] = {NORMAL.format('k')}/sum({NORMAL.format('j')}, j=1..K)"],
            "given": ["s[k] > 0"],
        },
    ),
    "a constant beside weights that their sum divides": (
        "-sum(1/P[i]*sum(M[i,j]*log(q[i,j]), j=1..N, j != i), i=1..N)",
        "Sum((1 - KroneckerDelta(i, k))*(-M[i, k]/P[i] - M[k, i]/P[k] + q[i, k] + q[k, i])"
        "*z[i, m], (i, 1, N))/tau",
        {
            "by": "z[k,m]",
            "where": ["P[i] = sum(M[i,j], j=1..N, j != i)", OTHERS],
            "given": ["tau > 0"],
        },
    ),
    "shares of others above what each is divided by": (
        "sum(log(sum(exp(z[i]*z[j]/(h[i]*h[j])), j=1..N, j != i)), i=1..N)",
        "Sum((\\hat{y}[j, k] + \\hat{y}[k, j])*z[j]/h[j], (j, 1, N))/h[k]",
        {},
    ),
    "what a delta picks beside its name": (
        "sum(log(h[t[i]])*c[i], i=1..N)",
        "exp(z[k])*Sum(KroneckerDelta(k, t[i])*c[i], (i, 1, N))/h[k]",
        {"where": ["h[j] = 1 + exp(z[j])"]},
    ),
    "cosine": (
        "sum(q[i]*z[i], i=1..D)/(sqrt(sum(q[i]^2, i=1..D))*sqrt(sum(z[i]^2, i=1..D)))",
        "(-q[k]*Sum(q[i]*z[i], (i, 1, D))/Sum(q[i]**2, (i, 1, D)) + z[k])"
        "/(sqrt(Sum(q[i]**2, (i, 1, D)))*sqrt(Sum(z[i]**2, (i, 1, D))))",
        {"by": "q[k]"},
    ),
    "odds": (
        "sum(y[i]*p[i]/(1 - p[i]), i=1..C)",
        "(-Sum(p[i]*y[i]/(1 - p[i])**2, (i, 1, C)) + y[k]/(1 - p[k])**2)*p[k]",
        {"where": SOFTMAX},
    ),
    "pairs of one label": (
        "sum(1/c[i]*sum(delta(y[i],y[p])*z[i]*z[p], p=1..N, p != i), i=1..N)",
        "Sum((1 - KroneckerDelta(i, k))*(1/c[k] + 1/c[i])*KroneckerDelta(y[i], y[k])*z[i],"
        " (i, 1, N))",
        {"by": "z[k]"},
    ),
    "logarithms of pairs of one label": (
        "-sum(sum(delta(y[i],y[p])*log(z[i] + z[p]), p=1..N, p != i), i=1..N)",
        "-2*Sum((1 - KroneckerDelta(i, k))*KroneckerDelta(y[i], y[k])/(z[i] + z[k]), (i, 1, N))",
        {"by": "z[k]"},
    ),
    # Englesson and Azizpour 2021, equation 5: the weight is a letter, the mixture is not named.
    "weighted Jensen-Shannon": (
        "b*sum(y[i]*log(y[i]/(b*y[i] + (1 - b)*p[i])), i=1..C)"
        " + (1 - b)*sum(p[i]*log(p[i]/(b*y[i] + (1 - b)*p[i])), i=1..C)",
        "(1 - b)*(log(p[k]/(b*y[k] + (1 - b)*p[k]))"
        " - Sum(log(p[i]/(b*y[i] + (1 - b)*p[i]))*p[i], (i, 1, C)))*p[k]",
        {"where": SOFTMAX, "given": ["y[i] > 0", "b > 0", "b < 1", "sum(y[i], i=1..C) = 1"]},
    ),
    # Deng et al. 2019, equation 3, by cosines: nothing of the margin is multiplied out.
    "angular margin": (
        "-log(exp(s*(z[t]*cos(m) - sqrt(1 - z[t]^2)*sin(m)))"
        "/(exp(s*(z[t]*cos(m) - sqrt(1 - z[t]^2)*sin(m))) + sum(exp(s*z[j]), j=1..C, j != t)))",
        "s*(-(1 - \\hat{y})*(cos(m) + sin(m)*z[t]/sqrt(1 - z[t]**2))*KroneckerDelta(k, t)"
        " + \\hat{q}[k])",
        {},
    ),
    # He et al. 2020 (MoCo), equation 1: the shares of the key and of the queue have names.
    "a key beside a queue": (
        "-log(exp(sum(q[d]*h[d], d=1..D)/T)/(exp(sum(q[d]*h[d], d=1..D)/T)"
        " + sum(exp(sum(q[d]*m[i,d], d=1..D)/T), i=1..N)))",
        "((\\hat{y} - 1)*h[k] + Sum(\\hat{q}[i]*m[i, k], (i, 1, N)))/T",
        {"by": "q[k]"},
    ),
    # Sohn 2016, equation 7: shares beside a one.
    "shares beside a one": (
        "log(1 + sum(exp(sum(f[l]*g[i,l], l=1..D) - sum(f[l]*h[l], l=1..D)), i=1..N))",
        "-f[k]*Sum(\\hat{y}[i], (i, 1, N))",
        {"by": "h[k]"},
    ),
    # Khosla et al. 2020, equation 2, with all others as positives: N y - y is (N - 1) y.
    "one less than a size": (
        "-sum(1/n[i]*sum(log(exp(s[i,p]/T)/sum(exp(s[i,a]/T), a=1..N, a != i)), p=1..N, p != i),"
        " i=1..N)",
        "((N - 1)*\\hat{y}[k, m] + KroneckerDelta(k, m) - 1)/(T*n[k])",
        {"by": "s[k,m]", "given": ["T > 0"]},
    ),
    # Zhai et al. 2023, section 3.2, by the bias: the minus goes into the bracket.
    "a bias of all pairs": (
        "-sum(log(1/(1 + exp(z[i,j]*(-t*s[i,j] + b)))), i=1..N, j=1..N)/N",
        "Sum((1 - \\sigma[i, j])*z[i, j], (i, 1, N), (j, 1, N))/N",
        {"by": "b"},
    ),
    # Cox and Oakes 1984, section 2.3: hazards with names are seen through under a logarithm.
    "a named hazard": (
        "-sum(d[n]*log(h[n]) - H[n], n=1..N)",
        "Sum((H[n] - d[n])*x[n, j], (n, 1, N))",
        {
            "by": "b[j]",
            "given": ["k > 0", "t[i] > 0"],
            "where": [
                "l[n] = exp(sum(x[n,q]*b[q], q=1..Q))",
                "h[n] = l[n]*k*t[n]^(k - 1)",
                "H[n] = l[n]*t[n]^k",
            ],
        },
    ),
    "a named hazard by its shape": (
        "-sum(d[n]*log(h[n]) - H[n], n=1..N)",
        "-Sum((-H[n] + d[n])*log(t[n]/b) + d[n]/k, (n, 1, N))",
        {
            "by": "k",
            "given": ["k > 0", "b > 0", "t[i] > 0"],
            "where": ["h[n] = k/b*(t[n]/b)^(k - 1)", "H[n] = (t[n]/b)^k"],
        },
    ),
    "a named density": (
        "-sum(log(f[n]), n=1..N)",
        "Sum(-a/b + x[n], (n, 1, N))",
        {
            "by": "b",
            "given": ["a > 0", "b > 0", "x[i] > 0"],
            "where": ["f[n] = b^a*x[n]^(a - 1)*exp(-b*x[n])/exp(lgamma(a))"],
        },
    ),
    # Frosst et al. 2019, equation 1, with pairs in a matrix: each of the two sums has its shares.
    "soft neighbours": (
        "-sum(log(sum(M[i,j]*exp(-sum((x[i,l] - x[j,l])^2, l=1..D)/T), j=1..N, j != i)"
        "/sum(exp(-sum((x[i,l] - x[j,l])^2, l=1..D)/T), j=1..N, j != i)), i=1..N)/N",
        "-2*Sum((-x[j, a] + x[m, a])*(\\hat{q}[j, m] + \\hat{q}[m, j] - \\hat{y}[j, m] - "
        "\\hat{y}[m, j]), (j, 1, N))/(N*T)",
        {"by": "x[m,a]", "given": ["T > 0"]},
    ),
    "soft neighbours by the temperature": (
        "-sum(log(sum(M[i,j]*exp(-sum((x[i,l] - x[j,l])^2, l=1..D)/T), j=1..N, j != i)"
        "/sum(exp(-sum((x[i,l] - x[j,l])^2, l=1..D)/T), j=1..N, j != i)), i=1..N)/N",
        "Sum((\\hat{q}[i, j] - \\hat{y}[i, j])*Sum((x[i, l] - x[j, l])**2, (l, 1, D)),"
        " (j, 1, N), (i, 1, N))/(N*T**2)",
        {"by": "T", "given": ["T > 0"]},
    ),
    # Bishop 1994, equation 39, with the density as a root of the variance.
    "a density with a root": (
        "-log(sum(p[i]*phi[i], i=1..K))",
        "(-(y - mu[k])**2/s[k]**2 + 1)*g[k]/s[k]",
        {
            "by": "s[k]",
            "given": ["s[i] > 0"],
            "where": [
                "p[i] = softmax(a)[i]",
                "phi[i] = exp(-(y - mu[i])^2/(2*s[i]^2))/sqrt(2*pi*s[i]^2)",
                "g[i] = p[i]*phi[i]/sum(p[j]*phi[j], j=1..K)",
            ],
        },
    ),
    # Bishop 1994, equation 23, over D dimensions: a part of the powers of s belongs to the density.
    "a density over D dimensions": (
        "-log(sum(a[i]*f[i], i=1..C))",
        "(D - Sum((-mu[k, d] + t[d])**2, (d, 1, D))/s[k]**2)*r[k]/s[k]",
        {
            "by": "s[k]",
            "given": ["s[i] > 0"],
            "where": [
                "a[i] = softmax(z)[i]",
                "f[i] = (2*pi)^(-D/2)*s[i]^(-D)*exp(-sum((t[d] - mu[i,d])^2, d=1..D)/(2*s[i]^2))",
                "r[i] = a[i]*f[i]/sum(a[j]*f[j], j=1..C)",
            ],
        },
    ),
    "masked pairs by the temperature": (
        "sum(log(sum(M[i,j]*exp(s[i,j]/T), j=1..N, j != i)/sum(exp(s[i,j]/T), j=1..N, j != i)),"
        " i=1..N)",
        "Sum((\\hat{q}[i, j] - \\hat{y}[i, j])*s[i, j], (j, 1, N), (i, 1, N))/T**2",
        {"by": "T"},
    ),
    # Miech et al. 2020, equation 1: positives and negatives in one partition.
    "several positives": (
        "-log(sum(exp(u[i]), i=1..P)/(sum(exp(u[i]), i=1..P) + sum(exp(v[j]), j=1..Q)))",
        "\\hat{q}[k] - \\hat{y}[k]",
        {"by": "u[k]"},
    ),
    # Kim et al. 2020, equation 4, by its margin.
    "anchors by their margin": (
        "sum(log(1 + sum(M[x,p]*exp(-a*(s[x,p] - d)), x=1..N)), p=1..P)",
        "a*Sum(\\hat{y}[p, x], (x, 1, N), (p, 1, P))",
        {"by": "d"},
    ),
    # Khosla et al. 2020, equation 2, by the scores, with a name for how many positives there are.
    "a named number of positives": (
        "-sum(1/P[i]*sum(M[i,j]*log(q[i,j]), j=1..N, j != i), i=1..N)",
        "(1 - KroneckerDelta(k, m))*(-M[k, m]/P[k] + q[k, m])",
        {
            "by": "s[k,m]",
            "where": [
                "P[i] = sum(M[i,j], j=1..N, j != i)",
                "q[i,j] = exp(s[i,j])/sum(exp(s[i,a]), a=1..N, a != i)",
            ],
        },
    ),
    # Chen et al. 2020, equation 1, with unit vectors: what the partner of i is leaves its sum.
    "partners of unit vectors": (
        "-sum(log(exp(s[i,t[i]]/tau)/sum(exp(s[i,j]/tau), j=1..N, j != i)), i=1..N)/N",
        "(s[k, t[k]]*u[k, m] - u[t[k], m] + Sum((-s[k, j]*u[k, m] + u[j, m])"
        "*(-KroneckerDelta(k, t[j]) + \\hat{y}[j, k] + \\hat{y}[k, j]), (j, 1, N)))/(N*tau*h[k])",
        {
            "by": "z[k,m]",
            "given": ["tau > 0"],
            "where": [
                "h[i] = sqrt(sum(z[i,l]^2, l=1..D))",
                "u[i,l] = z[i,l]/h[i]",
                "s[i,j] = sum(u[i,l]*u[j,l], l=1..D)",
            ],
        },
    ),
    # Amari 2009: the divergence of order alpha, whose 1 - a cancels.
    "a divergence with an order": (
        "(1 - sum(y[i]^a*p[i]^(1 - a), i=1..C))/(a*(1 - a))",
        "(p[k]*Sum(p[i]**(1 - a)*y[i]**a, (i, 1, C)) - p[k]**(1 - a)*y[k]**a)/a",
        {"where": ["p[i] = softmax(z)[i]"]},
    ),
    "a regularised transport by its weight": (
        "-eps*sum(exp((f[i] + g[j] - c[i,j])/eps), i=1..N, j=1..M)",
        "-Sum((1 + (c[i, j] - f[i] - g[j])/eps)*P[i, j], (i, 1, N), (j, 1, M))",
        {"by": "eps", "where": ["P[i,j] = exp((f[i] + g[j] - c[i,j])/eps)"]},
    ),
    # Radford et al. 2021, figure 3, with the scale as a factor.
    "a scale by the scores it is in": (
        "-sum(log(p[n,n]) + log(q[n,n]), n=1..N)/(2*N)",
        "Sum(-2*s[n, n] + Sum((p[i, n] + q[i, n])*s[i, n], (i, 1, N)), (n, 1, N))/(2*N*tau)",
        {
            "by": "tau",
            "given": ["tau > 0"],
            "where": [
                "s[n,m] = tau*sum(u[n,l]*v[m,l], l=1..D)",
                "p[n,m] = softmax(s[n])[m]",
                "q[n,m] = softmax(s[j,m], j)[n]",
            ],
        },
    ),
    # Chen et al. 2020, equation 1: the partner of i is anyone.
    "partners by an array": (
        "-sum(log(exp(s[i,p[i]]/T)/sum(exp(s[i,a]/T), a=1..N, a != i)), i=1..N)/N",
        "(-KroneckerDelta(m, p[k]) + \\hat{y}[k, m])/(N*T)",
        {"by": "s[k,m]", "given": ["T > 0"]},
    ),
    # Gensheimer and Narasimhan 2019, equation 4.
    "hazards up to an event": (
        "-sum(log(sigmoid(z[n,t[n]])*prod(1 - sigmoid(z[n,j]), j=1..t[n]-1)), n=1..N)",
        "Piecewise((1, k <= t[m]), (0, True))*\\sigma[m, k] - KroneckerDelta(k, t[m])",
        {"by": "z[m,k]"},
    ),
    # Amid et al. 2019, equation 6, with a softmax.
    "a power with a letter": (
        "sum(y[i]*(y[i]^(1 - a) - p[i]^(1 - a))/(1 - a)"
        " - (y[i]^(2 - a) - p[i]^(2 - a))/(2 - a), i=1..C)",
        "(p[k] - y[k])*p[k]**(1 - a) + p[k]*Sum((-p[i] + y[i])*p[i]**(1 - a), (i, 1, C))",
        {"where": SOFTMAX, "given": ["a > 0", "a < 1", "y[i] > 0"]},
    ),
    # Koren et al. 2009, equation 5.
    "a bias of all": (
        "sum(w[u,i]*(r[u,i] - mu - b[u] - sum(x[u,f]*q[i,f], f=1..F))^2, u=1..U, i=1..M)",
        "2*Sum((mu + b[u] - r[u, i] + Sum(q[i, f]*x[u, f], (f, 1, F)))*w[u, i],"
        " (u, 1, U), (i, 1, M))",
        {"by": "mu"},
    ),
    # Minka 2000, equation 6: what is the same for all leaves the sum.
    "a Dirichlet distribution": (
        "-sum(lgamma(sum(a[c], c=1..K)) - sum(lgamma(a[c]), c=1..K)"
        " + sum((a[c] - 1)*log(x[n,c]), c=1..K), n=1..N)",
        "N*(polygamma(0, a[k]) - polygamma(0, Sum(a[c], (c, 1, K))))"
        " - Sum(log(x[n, k]), (n, 1, N))",
        {"by": "a[k]", "given": ["a[c] > 0", "x[n,c] > 0"]},
    ),
    # Szegedy et al. 2016, section 7.
    "smoothed labels": (
        "-sum(((1 - eps)*delta(i,t) + eps/C)*log(softmax(z)[i]), i=1..C)",
        "-(1 - eps)*KroneckerDelta(k, t) + \\hat{y}[k] - eps/C",
        {},
    ),
    # Lambert 1992.
    "more zeros than a Poisson count has": (
        "-sum(delta(y[n],0)*log(w + (1 - w)*exp(-exp(a[n])))"
        " + (1 - delta(y[n],0))*(log(1 - w) + y[n]*a[n] - exp(a[n])), n=1..N)",
        "(-w*KroneckerDelta(0, y[k])/(w + (1 - w)*exp(-exp(a[k]))) + 1)*exp(a[k]) - y[k]",
        {"by": "a[k]"},
    ),
    "a mixture of binary features": (
        "-log(sum(w[c]*prod(sigmoid(a[c,r])^x[r]*(1 - sigmoid(a[c,r]))^(1 - x[r]), r=1..M),"
        " c=1..C))",
        "(\\sigma[k, s] - x[s])*\\hat{y}[k]",
        {"by": "a[k,s]"},
    ),
    # Hinton et al. 2015, section 2: what weighs the same for all sums to nothing.
    "distillation by the temperature": (
        "sum(softmax(u/T)[i]*log(softmax(u/T)[i]/softmax(z/T)[i]), i=1..C)",
        "Sum(((-u[i] + Sum(\\hat{y}[j]*u[j], (j, 1, C)))*log(\\hat{y}[i]/\\hat{q}[i]) + z[i])"
        "*\\hat{y}[i] - \\hat{q}[i]*z[i], (i, 1, C))/T**2",
        {"by": "T", "given": ["T > 0"]},
    ),
    "a mask beside a difference": (
        "sum(w[i,j]*(z[i] - z[j])^2, i=1..N, j=1..N, j != i)",
        "2*Sum((w[j, k] + w[k, j])*(-z[j] + z[k]), (j, 1, N))",
        {},
    ),
    # Emissions that no other symbol shares: the whole product is a factor of all but one.
    "observations of a hidden state": (
        "-log(sum(w[s]*prod(B[s,o[t]], t=1..T), s=1..S))",
        "-\\hat{y}[a]*Sum(KroneckerDelta(k, o[t]), (t, 1, T))/B[a, k]",
        {"by": "B[a,k]", "given": ["w[s] > 0", "B[s,k] > 0"]},
    ),
    # Dawid and Skene 1979.
    "several raters of an unknown class": (
        "-sum(log(sum(softmax(b)[c]*prod(P[c,r,l[n,r]], r=1..R), c=1..C)), n=1..N)",
        "N*\\hat{y}[k] - Sum(\\hat{q}[n, k], (n, 1, N))",
        {"by": "b[k]"},
    ),
    # Ridnik et al. 2021: the terms of a negative share the condition and the power.
    "asymmetric focusing": (
        "-sum((1 - y[k])*max(sigmoid(z[k]) - m, 0)^b*log(1 - max(sigmoid(z[k]) - m, 0)), k=1..C)",
        "(1 - \\sigma[i])*(1 - y[i])*(-b*log(1 - Max(0, -m + \\sigma[i])) + Max(0, -m + \\sigma[i])"
        "/(1 - Max(0, -m + \\sigma[i])))*Piecewise((1, m - \\sigma[i] < 0), (0, True))*\\sigma[i]"
        "*Max(0, -m + \\sigma[i])**(b - 1)",
        {"by": "z[i]", "given": ["b > 0"]},
    ),
    "shares that have no exponentials": (
        "-sum(P[i]*log(1/(1 + y[i]^2)/sum(1/(1 + y[a]^2), a=1..N)), i=1..N)",
        "2*(P[k] - Sum(P[i], (i, 1, N))/((y[k]**2 + 1)*Sum(1/(y[a]**2 + 1), (a, 1, N))))*y[k]"
        "/(y[k]**2 + 1)",
        {"by": "y[k]"},
    ),
    "log odds": (
        ODDS.format("w"),
        "(KroneckerDelta(k, w) - p[k])/(1 - p[w])",
        {"where": SOFTMAX},
    ),
    "jaccard": (
        "1 - sum(p[i]*y[i], i=1..C)/(2 - sum(p[i]*y[i], i=1..C))",
        "2*(-y[k] + Sum(p[i]*y[i], (i, 1, C)))*p[k]/(2 - Sum(p[i]*y[i], (i, 1, C)))**2",
        {"where": SOFTMAX},
    ),
    "logistic by hand": (
        "-sum(y[n]*log(1/(1 + exp(-z[n]))) + (1 - y[n])*log(1 - 1/(1 + exp(-z[n]))), n=1..N)",
        "\\sigma[k] - y[k]",
        {},
    ),
    "focal tversky": (
        "(1 - F)^(1/g)",
        "(1 - F)**(-1 + 1/g)*(F*(b*(1 - y[k]) + (1 - a)*y[k]) - y[k])"
        "/(g*(b*Sum((1 - y[i])*p[i], (i, 1, C)) + eps"
        " + Sum((a*(1 - p[i]) + p[i])*y[i], (i, 1, C))))",
        {
            "by": "p[k]",
            "given": ["g > 0", "a > 0", "b > 0", "eps > 0"],
            "where": [
                "F = (sum(p[i]*y[i], i=1..C) + eps)/(sum(p[i]*y[i], i=1..C)"
                " + a*sum((1 - p[i])*y[i], i=1..C) + b*sum(p[i]*(1 - y[i]), i=1..C) + eps)"
            ],
        },
    ),
    "halting after as many steps": (
        "sum(L[n]*sigmoid(z[n])*prod(1 - sigmoid(z[j]), j=1..n-1), n=1..N)",
        "((1 - \\sigma[k])*L[k]*Product(1 - \\sigma[j], (j, 1, k - 1))"
        " - Sum(L[n]*\\sigma[n]*Product(1 - \\sigma[j], (j, 1, n - 1)), (n, k + 1, N)))*\\sigma[k]",
        {},
    ),
    "between two cuts": (
        "-log(sigmoid(b - f) - sigmoid(a - f))",
        "-\\sigma - \\varsigma + 1",
        {"by": "f"},
    ),
    "between two cuts of a linear score": (
        "-sum(log(sigmoid(b - sum(x[n,l]*w[l], l=1..D)) - sigmoid(a - sum(x[n,l]*w[l], l=1..D))),"
        " n=1..N)",
        "Sum((-\\sigma[n] - \\varsigma[n] + 1)*x[n, k], (n, 1, N))",
        {"by": "w[k]"},
    ),
    "logistic of differences": (
        "-sum(sum(q[i,j]*log(sigmoid(z[i] - z[j])), j=i+1..C), i=1..C)",
        "-Sum(\\sigma[j, k]*q[k, j], (j, k + 1, C)) + Sum(\\sigma[k, i]*q[i, k], (i, 1, k - 1))",
        {},
    ),
    "rows and columns of one size": (
        "-sum(log(softmax(S[i,j], j)[i]), i=1..N)",
        "-KroneckerDelta(k, m) + \\hat{y}[k, m]",
        {"by": "S[k,m]"},
    ),
    "a logistic function of a logarithm": (
        "-log(sigmoid(-log(sum((1 - delta(j,t))*exp(r[j] - r[t]), j=1..C))))",
        "(1 - \\sigma[t])*(-KroneckerDelta(k, t) + \\hat{y}[k])",
        {"by": "r[k]"},
    ),
    "a saturated square": (
        "sum((r[i]/s)^2/(1 + (r[i]/s)^2), i=1..N)",
        "2*r[k]/(s**2*(1 + r[k]**2/s**2)**2)",
        {"by": "r[k]"},
    ),
    "correlation": (
        "1 - sum((x[i] - a)*(y[i] - b), i=1..N)"
        "/sqrt(sum((x[i] - a)^2, i=1..N)*sum((y[i] - b)^2, i=1..N))",
        "(b + (-a + x[k])*Sum((-a + x[i])*(-b + y[i]), (i, 1, N))/Sum((-a + x[i])**2, (i, 1, N))"
        " - y[k])/(sqrt(Sum((-a + x[i])**2, (i, 1, N)))*sqrt(Sum((-b + y[i])**2, (i, 1, N))))",
        {"by": "x[k]", "where": ["a = sum(x[i], i=1..N)/N", "b = sum(y[i], i=1..N)/N"]},
    ),
    "Jensen-Shannon": (
        "sum(p[i]*log(p[i]/m[i]) + q[i]*log(q[i]/m[i]), i=1..C)/2",
        "(log(p[k]/m[k]) - Sum(log(p[i]/m[i])*p[i], (i, 1, C)))*p[k]/2",
        {"where": ["q[i] = softmax(v)[i]", *SOFTMAX, "m[i] = (p[i] + q[i])/2"]},
    ),
    "Jensen-Shannon of three": (
        "(sum(p[i]*log(p[i]/m[i]), i=1..C) + sum(q[i]*log(q[i]/m[i]), i=1..C)"
        " + sum(r[i]*log(r[i]/m[i]), i=1..C))/3",
        "(log(p[k]/m[k]) - Sum(log(p[i]/m[i])*p[i], (i, 1, C)))*p[k]/3",
        {
            "where": [
                "q[i] = softmax(v)[i]",
                "r[i] = softmax(w)[i]",
                *SOFTMAX,
                "m[i] = (p[i] + q[i] + r[i])/3",
            ]
        },
    ),
    "negative binomial": (
        "-sum(r*log(r/(r + exp(z[n]))) + y[n]*log(exp(z[n])/(r + exp(z[n]))), n=1..N)",
        "r*(exp(z[k]) - y[k])/(r + exp(z[k]))",
        {"given": ["r > 0"]},
    ),
    "terms over one bar": (
        "-sum(d[i]*log(p[i]) + (1 - d[i])*log(1 - p[i] + p[i]*S[i]), i=1..N)",
        "((S[k] - 1)*p[k] + d[k])*(p[k] - 1)/(S[k]*p[k] - p[k] + 1)",
        {"where": ["p[i] = sigmoid(z[i])"]},
    ),
    "inverse distances, twice left out": (
        "sum((1 - delta(i,j))*sum((1 - delta(i,m))/(x[i] - x[m]), m=1..N), i=1..N, j=1..N)",
        "-(N - 1)*Sum((1 - KroneckerDelta(k, m))/(x[k] - x[m])**2, (m, 1, N)) + Sum("
        "(1 - KroneckerDelta(i, j))*(1 - KroneckerDelta(i, k))/(-x[i] + x[k])**2, "
        "(i, 1, N), (j, 1, N))",
        {"by": "x[k]"},
    ),
    "smoothed preferences": (
        "-(1 - a)*log(sigmoid(b*z)) - a*log(sigmoid(-b*z))",
        "b*(\\sigma + a - 1)",
        {"by": "z"},
    ),
    "logistic of both signs": (
        "-sum(y[n]*log(sigmoid(z[n])) + (1 - y[n])*log(sigmoid(-z[n])), n=1..N)",
        "\\sigma[k] - y[k]",
        {},
    ),
    "softplus of both signs": (
        "sum((1 - y[n])*log(1 + exp(z[n])) + y[n]*log(1 + exp(-z[n])), n=1..N)",
        "\\sigma[k] - y[k]",
        {},
    ),
    "softplus beside its slope": (
        "log(1 + exp(z))*sigmoid(z)",
        "\\sigma*(\\sigma + (1 - \\sigma)*log(exp(z) + 1))",
        {"by": "z"},
    ),
    "logistic with a margin": (
        "sum(log(1 + exp(-y[i]*(z[i] - m*delta(i,t)))), i=1..C)",
        "-\\sigma[k]*y[k]",
        {},
    ),
    "all pairs once": (
        "sum(sum((z[i] - z[j])^2, j=i+1..C), i=1..C-1)",
        "2*Sum(-z[i] + z[k], (i, 1, C))",
        {},
    ),
    "the class against the others": (
        "-log(exp(z[t])/(exp(z[t]) + sum((1 - delta(j,t))*exp(z[j]), j=1..C)))",
        "-KroneckerDelta(k, t) + \\hat{y}[k]",
        {},
    ),
    "log-cosh": ("sum(log(cosh(y[i] - z[i])), i=1..C)", "-tanh(y[k] - z[k])", {}),
    "a hyperbolic tangent under the logarithm": (
        "log((1 + tanh(z))/2)",
        "1 - tanh(z)",
        {"by": "z"},
    ),
    "what a tangent leaves": ("log(1 - tanh(z))", "-tanh(z) - 1", {"by": "z"}),
    "a bit of a codeword": ("-log((1 + tanh(z[k]))/2)", "tanh(z[k]) - 1", {}),
    "softmax of functions of the scores": (
        "-log(softmax(a*tanh(z[j]), j)[t])",
        "a*(1 - tanh(z[k])**2)*(-KroneckerDelta(k, t) + \\hat{y}[k])",
        {"given": ["a > 0"]},
    ),
    "ratings of players": (
        "-sum(y[g]*log(sigmoid(b*(s[w[g]] - s[l[g]]))) "
        "+ (1 - y[g])*log(1 - sigmoid(b*(s[w[g]] - s[l[g]]))), g=1..G)",
        "-b*Sum((-KroneckerDelta(k, l[g]) + KroneckerDelta(k, w[g]))"
        "*(-\\sigma[g] + y[g]), (g, 1, G))",
        {"by": "s[k]", "given": ["k <= C"]},
    ),
    "distance to the nearest": (
        "min((x - y[j])^2, j=1..M)",
        "2*x - 2*Sum(Attains(-(x - y[j])**2, (j, 1, M), i)*y[i], (i, 1, M))",
        {"by": "x"},
    ),
    "root of a mean by name": (
        "sum(w[i]*(z[i] - mu)/sd, i=1..C)",
        "(w[k] - Sum(w[i], (i, 1, C))/C "
        "- (-mu + z[k])*Sum((-mu + z[i])*w[i], (i, 1, C))/(C*sd**2))/sd",
        {"where": ["mu = sum(z[i], i=1..C)/C", "sd = sqrt(sum((z[i] - mu)^2, i=1..C)/C)"]},
    ),
    "softplus": ("sum(softplus(z[i]) - y[i]*z[i], i=1..C)", "\\sigma[k] - y[k]", {}),
    "logistic of exponentials": (
        "-sum(q[i]*log(exp(z[i])/(exp(z[i]) + exp(v[i]))), i=1..C)",
        "(\\sigma[k] - 1)*q[k]",
        {},
    ),
    "logistic beside a letter sigma": (
        "sum((y[i] - sigmoid(sigma*z[i]))^2, i=1..C)",
        "2*sigma*(1 - \\varsigma[k])*(\\varsigma[k] - y[k])*\\varsigma[k]",
        {},
    ),
    "logistic of an inner product": (
        "-sum(y[n]*log(sigmoid(sum(w[j]*x[n,j], j=1..D))), n=1..N)",
        "Sum((\\sigma[n] - 1)*x[n, k]*y[n], (n, 1, N))",
        {"by": "w[k]"},
    ),
    "what a delta leaves of a share": (
        "-log(sum((1-delta(i,t))*exp(z[i])*(1+z[i]), i=1..C)) + z[t]*a",
        "a*KroneckerDelta(k, t) - (1 - KroneckerDelta(k, t))*(z[k] + 2)*exp(z[k])"
        "/Sum((1 - KroneckerDelta(i, t))*(z[i] + 1)*exp(z[i]), (i, 1, C))",
        {},
    ),
    "quantile huber": (
        "sum(sum(huber(y[j] - q[i], K), j=1..M)/M, i=1..N)",
        "Sum(Piecewise((K*sign(q[k] - y[j]), K < Abs(q[k] - y[j])), (q[k] - y[j], True)),"
        " (j, 1, M))/M",
        {"by": "q[k]", "given": ["K > 0"]},
    ),
    "digamma": ("sum(digamma(z[i]), i=1..C)", "polygamma(1, z[k])", {}),
    "gelu": (  # a power of three factors
        "sum(z[i]*(1 + erf(z[i]/sqrt(2)))/2, i=1..C)",
        "erf(sqrt(2)*z[k]/2)/2 + 1/2 + sqrt(2)*exp(-z[k]**2/2)*z[k]/(2*sqrt(pi))",
        {},
    ),
    "falling logistic": (
        "-sum(log(1 - p[n]), n=1..N)",
        "-p[k]",
        {"where": ["p[n] = sigmoid(-z[n])"]},
    ),
    "deviations from a named mean": (
        "sum((z[i] - mu)^2, i=1..N)/N",
        "2*(-mu + z[k])/N",
        {"where": ["mu = sum(z[i], i=1..N)/N"]},
    ),
    "shares weighted by a histogram of classes": (
        "-log(sum(softmax(z)[c]*sum(delta(c,t[n]), n=1..N), c=1..C))",
        "(-Sum(KroneckerDelta(k, t[n]), (n, 1, N))/Sum(\\hat{y}[t[n]], (n, 1, N)) + 1)*\\hat{y}[k]",
        {},
    ),
    "softmax in a named sum": (
        "h^2",
        "2*h*(KroneckerDelta(c, k) - \\hat{y}[n, k])*\\hat{y}[n, c]",
        {"by": "z[n,k]", "where": ["h = sum(softmax(z[l])[c], l=1..L)"]},
    ),
    "odd functions of differences": (
        "-sum(cos(z[i] - z[j]), i=1..C, j=1..C)/2 + sum(log(abs(z[i])), i=1..C)",
        "-Sum(sin(z[j] - z[k]), (j, 1, C)) + 1/z[k]",
        {},
    ),
    "negative samples": (
        "-sum(log(sigmoid(-sum(w[k,l]*v[l], l=1..D))), k=1..K)",
        "Sum((1 - \\sigma[k])*w[k, m], (k, 1, K))",
        {"by": "v[m]"},
    ),
    "slopes of logistics in a sum": (
        "sum(g[i]*log(r[i]), i=1..C)",
        "Sum((g[i]/r[i] - g[k]/r[k])*\\sigma[i, k]*\\sigma[k, i], (i, 1, C))/T",
        {"where": ["r[i] = 1/2 + sum(sigmoid((z[j] - z[i])/T), j=1..C)"], "given": ["T > 0"]},
    ),
    "logistics over a difference that turn": (
        "sum(g[i]*r[i], i=1..C)",
        "Sum((g[i] - g[k])*\\sigma[i, k]*\\sigma[k, i], (i, 1, C))/T",
        {
            "where": ["r[i] = sum(1/(1 + exp((z[i] - z[j])/T)), j=1..C, j != i)"],
            "given": ["T > 0"],
        },
    ),
    "a bracket at the true class beside the sum of all": (
        "-log(softmax(c)[t])",
        "Sum((W[i, m]/v[i] - c[i]*x[m]/u)*(-KroneckerDelta(i, t) + \\hat{y}[i]), (i, 1, C))/u",
        {
            "by": "x[m]",
            "where": [
                "c[j] = sum(W[j,l]*x[l], l=1..D)/(v[j]*u)",
                "v[j] = sqrt(sum(W[j,l]^2, l=1..D))",
                "u = sqrt(sum(x[l]^2, l=1..D))",
            ],
        },
    ),
    "a mixture of named densities": (
        "-sum(log(sum(p[j]*f[n,j], j=1..K)), n=1..N)",
        "N*p[k] - Sum(\\hat{y}[n, k], (n, 1, N))",
        {
            "by": "a[k]",
            "where": ["p[j] = softmax(a)[j]", "f[n,j] = exp(-(x[n] - m[j])^2/2)"],
        },
    ),
    "a force of charges on a line": (
        "sum(1/abs(z[i] - v[i]), i=1..C)",
        "1/((v[k] - z[k])*Abs(v[k] - z[k]))",
        {},
    ),
    "a sign over its number": (
        "sum(abs(z[i])*log(abs(z[i])), i=1..C)",
        "(log(Abs(z[k])) + 1)*sign(z[k])",
        {},
    ),
    "a valley that is curved": (
        "sum(100*(z[i+1] - z[i]^2)^2 + (1 - z[i])^2, i=1..C-1)",
        "200*(-z[k - 1]**2 + z[k])*Piecewise((1, k >= 2), (0, True))"
        " - 2*(200*(z[k + 1] - z[k]**2)*z[k] - z[k] + 1)*Piecewise((1, k <= C - 1), (0, True))",
        {},
    ),
    "a mask that a power needs": (
        "sum(sum(((z[i] - z[j])^2)^a, j=1..i - 1), i=1..C)",
        "2*a*Sum((1 - KroneckerDelta(j, k))*(-z[j] + z[k])*((-z[j] + z[k])**2)**(a - 1),"
        " (j, 1, C))",
        {"given": ["a > 0"]},
    ),
    "a mask beside logarithms that have a value": (
        "sum(g[i]/log(1 + r[i]), i=1..C)",
        "Sum((-g[k]/((r[k] + 1)*log(r[k] + 1)**2) + g[j]/((r[j] + 1)*log(r[j] + "
        "1)**2))*\\sigma[j, k]*\\sigma[k, j], (j, 1, C))/T",
        {"where": ["r[i] = 1 + sum(sigmoid((z[i] - z[j])/T), j=1..C, j != i)"], "given": ["T > 0"]},
    ),
    "a power of shares in a batch": (
        "sum((1 - softmax(sum(W[l,j]*x[n,l], l=1..D), j)[t[n]]^q)/q, n=1..N)/N",
        "Sum((-KroneckerDelta(k, t[n]) + \\hat{y}[n, k])*\\hat{y}[n, t[n]]**q*x[n, m], (n, 1, N))"
        "/N",
        {"by": "W[m,k]", "given": ["q > 0", "t[n] <= C"]},
    ),
    "an exponential beside other letters": (
        "-sum(u[n]*log(exp(g[n]) + exp(-exp(eta[n])))"
        " + (1 - u[n])*(y[n]*eta[n] - exp(eta[n])), n=1..N)",
        "(-\\sigma[k]*u[k] + 1)*exp(eta[k]) + (u[k] - 1)*y[k]",
        {"by": "eta[k]"},
    ),
    "quantiles of one sample": (
        "sum(max(tau[i]*(y[j] - q[i]), (tau[i] - 1)*(y[j] - q[i])), i=1..N, j=1..D)/D",
        "-tau[k] + Sum(Piecewise((1, q[k] - y[j] > 0), (0, True)), (j, 1, D))/D",
        {"by": "q[k]"},
    ),
    "what is left of one below a bar": (
        "sum(sum(-w[i,j]*log(q[i,j]) - (1 - w[i,j])*log(1 - q[i,j]), j=1..C, j != i), i=1..C)",
        "2*b*Sum((1 - KroneckerDelta(j, k))*(-z[j] + z[k])*(-2*q[k, j] + w[j, k] + w[k, j])"
        "/d[k, j], (j, 1, C))",
        {
            "where": ["d[i,j] = (z[i] - z[j])^2", "q[i,j] = 1/(1 + a*d[i,j]^b)"],
            "given": ["a > 0", "b > 0"],
        },
    ),
    "logarithms that are joined elsewhere": (
        "sum((y[n]/lam)^a - d[n]*(log(a) + a*(log(y[n]) - log(lam))), n=1..N)",
        "Sum(((y[n]/lam)**a - d[n])*log(y[n]/lam) - d[n]/a, (n, 1, N))",
        {"by": "a", "given": ["a > 0", "lam > 0", "y[n] > 0"]},
    ),
    "pairs of angles, each once": (
        "-J*sum(cos(t[i] - t[j]), i=1..n, j=i+1..n)",
        "-J*Sum(sin(t[i] - t[k]), (i, 1, n))",
        {"by": "t[k]"},
    ),
    "sums over one index in another order": (
        "-sum(w[i,j]*log(softmax(sum(u[i,f]*v[m,f], f=1..F), m)[j]), i=1..N, j=1..M)",
        "Sum((\\hat{y}[i, k]*Sum(w[i, j], (j, 1, M)) - w[i, k])*u[i, l], (i, 1, N))",
        {"by": "v[k,l]"},
    ),
    "means of a reward and of a logarithm": (
        "sum(softmax(z)[a]*Q[a], a=1..A) - c*sum(softmax(z)[a]*log(softmax(z)[a]), a=1..A)",
        "(-c*log(\\hat{y}[k]) + Q[k] + Sum((c*log(\\hat{y}[a]) - Q[a])*\\hat{y}[a], (a, 1, A)))"
        "*\\hat{y}[k]",
        {"by": "z[k]"},
    ),
    "the power of a normal density": (
        "(2*pi*s^2)^(-b/2)/sqrt(1 + b) - (1 + 1/b)"
        "*sum((exp(-(x[n] - m)^2/(2*s^2))/sqrt(2*pi*s^2))^b, n=1..N)/N",
        "-s**(-b - 1)*(b/sqrt(b + 1) + (b + 1)*Sum((-s**2 + (-m + x[n])**2)"
        "*exp(-b*(-m + x[n])**2/(2*s**2)), (n, 1, N))/(N*s**2))/(2*pi)**(b/2)",
        {"by": "s", "given": ["s > 0", "b > 0"]},
    ),
    "a positive part with a name": (
        "sum(a[j]*(z[j] - m), j=1..C)",
        "2*Piecewise((1, m + z[k] > 0), (0, True))*z[k]",
        {"where": ["a[j] = relu(z[j] + m)"]},
    ),
    "a fraction and its power": (
        "sum((s/z[i])^a - (s/z[i])^b, i=1..C)",
        "(-a*(s/z[k])**a + b*(s/z[k])**b)/z[k]",
        {"given": ["s > 0", "a > 0", "b > 0"]},
    ),
    "a margin beside one": (
        "log(1 + sum(exp(z[j] - z[t] + m), j=1..C, j != t))",
        "-KroneckerDelta(k, t) + \\hat{y}[k]",
        {},
    ),
    "a share in three terms": (
        "sum(p[i]*log(p[i]/q[i]), i=1..C) + sum(q[i]*log(q[i]/p[i]), i=1..C)",
        "(log(p[k]/q[k]) - Sum(log(p[i]/q[i])*p[i], (i, 1, C)) + 1)*p[k] - q[k]",
        {"where": ["p[i] = softmax(z)[i]", "q[i] = softmax(w)[i]"]},
    ),
    "guessed answers": (
        "-sum(y[n]*log(p[n]) + (1 - y[n])*log(1 - p[n]), n=1..N)",
        "Sum((-p[n] + y[n])*KroneckerDelta(k, i[n])*\\sigma[n]/p[n], (n, 1, N))",
        {
            "by": "b[k]",
            "where": ["p[n] = c + (1 - c)*sigmoid(h[u[n]] - b[i[n]])"],
            "given": ["c > 0", "c < 1"],
        },
    ),
    "log-logistic lifetimes": (
        "-sum(d[n]*(log(r) + log(k) + (k - 1)*log(t[n]) - log(1 + r*t[n]^k))"
        " - log(1 + r*t[n]^k), n=1..N)",
        "-Sum((-r*t[n]**k + d[n])*log(t[n])/(r*t[n]**k + 1) + d[n]/k, (n, 1, N))",
        {"by": "k", "given": ["k > 0", "r > 0", "t[n] > 0"]},
    ),
    "two sums with numbers before them": (
        "sum(sum((1 - S[i,j])/2*g*(z[i] - z[j]) + log(1 + exp(-g*(z[i] - z[j]))), j=1..C), i=1..C)",
        "g*Sum(S[i, k]/2 - S[k, i]/2 + \\sigma[i, k] - \\sigma[k, i], (i, 1, C))",
        {},
    ),
    "a named sum over a parameter": (
        "-sum(log(softmax(h[n])[n]), n=1..N)",
        "Sum(h[n, n] - Sum(\\hat{y}[n, i]*h[n, i], (i, 1, N)), (n, 1, N))/T",
        {
            "by": "T",
            "where": ["h[n,m] = sum(u[n,d]*v[m,d], d=1..D)/T"],
            "given": ["T > 0"],
        },
    ),
    "roots of numbers": ("arcosh(1 + 2*x)", "1/(sqrt(x)*sqrt(x + 1))", {"by": "x"}),
    "a root of a fraction with a number": (
        "arcosh(1 + 2*sum((z[i] - v[i])^2, i=1..C)/(a*b))",
        "2*(-v[k] + z[k])/(a*b*sqrt(Sum((-v[i] + z[i])**2, (i, 1, C))/(a*b))"
        "*sqrt(1 + Sum((-v[i] + z[i])**2, (i, 1, C))/(a*b)))",
        {},
    ),
    "a part over the whole": (
        "1 - (P + s)/(P + alpha*F + beta*G + s)",
        "(1 - p[k])*((P + s)*(alpha*(1 - y[k]) - beta*y[k]) - (F*alpha + G*beta)*y[k])*p[k]"
        "/(F*alpha + G*beta + P + s)**2",
        {"where": TVERSKY},
    ),
    "one term opened above a bar": (
        "1 - P/(P + alpha*F + (1 - alpha)*G)",
        "(1 - p[k])*(P*alpha - (F*alpha + G*(1 - alpha) + P)*y[k])*p[k]"
        "/(F*alpha + G*(1 - alpha) + P)**2",
        {"where": TVERSKY},
    ),
    "a bar that is cleared": (
        "log(1 + sum((1 - delta(j, t))*(q[j]/q[t])^T*exp(z[j]), j=1..C))",
        "\\hat{y}[k]",
        {"given": ["T > 0", "q[j] > 0"]},
    ),
    "tied weights": (
        "sum((x[d] - sum(W[h,d]*tanh(sum(W[h,l]*x[l], l=1..D)), h=1..H))^2, d=1..D)/2",
        "-(1 - tanh(Sum(W[a, l]*x[l], (l, 1, D)))**2)*x[b]*Sum((x[d] - Sum(tanh(Sum(W[h, l]*x[l], "
        "(l, 1, D)))*W[h, d], (h, 1, H)))*W[a, d], (d, 1, D)) - (x[b] - Sum(tanh(Sum(W[h, l]*x[l], "
        "(l, 1, D)))*W[h, b], (h, 1, H)))*tanh(Sum(W[a, l]*x[l], (l, 1, D)))",
        {"by": "W[a,b]"},
    ),
    "softmaxes of neighbouring rows": (
        "sum(log(softmax(z[l+1])[t]) + log(softmax(z[l])[t]), l=1..L-1)",
        "(Piecewise((1, m >= 2), (0, True)) + Piecewise((1, m <= L - 1), (0, True)))"
        "*(KroneckerDelta(k, t) - \\hat{y}[m, k])",
        {"by": "z[m,k]"},
    ),
    "softmaxes of the rows before each": (
        "sum(r[n]*sum(log(softmax(z[i])[a[i]]), i=1..n), n=1..H)",
        "(KroneckerDelta(k, a[m]) - \\hat{y}[m, k])*Sum(r[n], (n, m, H))",
        {"by": "z[m,k]"},
    ),
    "normalisation of a normal density": (
        "sum((2*pi*v[j]^2)^(-D/2)*q[j], j=1..K)",
        "-D*q[k]/((2*pi*v[k]**2)**(D/2)*v[k])",
        {"by": "v[k]", "given": ["v[j] > 0"]},
    ),
    "squared hinge": (
        "sum(relu(1 - y[i]*z[i])^2, i=1..C)",
        "-2*y[k]*Max(0, -y[k]*z[k] + 1)",
        {},
    ),
    "cubed hinge": (
        "sum(relu(1 - y[i]*z[i])^3, i=1..C)",
        "-3*y[k]*Max(0, -y[k]*z[k] + 1)**2",
        {},
    ),
    # Its power is 0 there as well, where the exponent is known to be positive.
    "a power of a positive part": (
        "sum(max(z[i] - m, 0)^h, i=1..C)",
        "h*Max(0, -m + z[k])**(h - 1)",
        {"given": ["h > 1"]},
    ),
    "a power of a positive part that may be 0": (
        "sum(max(z[i] - m, 0)^h, i=1..C)",
        "h*Piecewise((1, m - z[k] < 0), (0, True))*Max(0, -m + z[k])**(h - 1)",
        {"given": ["h > 0"]},
    ),
    "a number beside its positive part": ("sum(relu(z[i])*z[i], i=1..C)", "2*Max(0, z[k])", {}),
    "energies of pairs": (
        "sum(sum(1/(x[i] - x[j])^2 - 1/(x[i] - x[j])^4, j=i+1..N), i=1..N)",
        "2*Sum((-1 + 2/(-x[i] + x[k])**2)*(1 - KroneckerDelta(i, k))/(-x[i] + x[k])**3, (i, 1, N))",
        {"by": "x[k]"},
    ),
    "comparisons with ties": (
        """-sum(sum(w[i,j]*log(exp(z[i])/(exp(z[i]) + exp(z[j]) + nu*exp((z[i] + z[j])/2))),
                    j=1..C, j != i), i=1..C)""",
        "Sum((1 - KroneckerDelta(j, k))*((nu*exp(z[j]/2 + z[k]/2)/2 + exp(z[k]))*(w[j, k] + "
        "w[k, j])/(nu*exp(z[j]/2 + z[k]/2) + exp(z[j]) + exp(z[k])) - w[k, j]), (j, 1, C))",
        {"given": ["nu > 0"]},
    ),
    "logarithmic gas": (
        "-sum(sum(log(abs(x[i] - x[j])), j=i+1..N), i=1..N)",
        "-Sum((1 - KroneckerDelta(i, k))/(-x[i] + x[k]), (i, 1, N))",
        {"by": "x[k]"},
    ),
    "brackets that cancel": (
        "-sum(softmax(u)[i]*log(softmax((z[j] - mu)/s, j)[i]), i=1..C)",
        "(\\hat{q}[k] - \\hat{y}[k]"
        " - (-mu + z[k])*Sum((\\hat{q}[j] - \\hat{y}[j])*z[j], (j, 1, C))/(C*s**2))/s",
        {"where": ["mu = sum(z[i], i=1..C)/C", "s = sqrt(sum((z[i] - mu)^2, i=1..C)/C)"]},
    ),
    "terms in pairs": (
        "-sum(x[d]*log(sigmoid({0})) + (1 - x[d])*log(1 - sigmoid({0})), d=1..D)".format(
            "sum(W[d,l]*(m[l] + g[l]*v[l]), l=1..L)"
        ),
        "(g[b]*v[b] + m[b])*(\\sigma[a] - x[a])",
        {"by": "W[a,b]"},
    ),
    "share beside a power of its denominator": (
        "sum(exp(z[i]), i=1..C)^q/q + log(softmax(z)[t])",
        "KroneckerDelta(k, t) + \\hat{y}[k]*Sum(exp(z[i]), (i, 1, C))**q - \\hat{y}[k]",
        {},
    ),
    "indices in the order of the entry": (
        "sum(log(sigmoid(z[n,j])), j=1..J, n=1..N)",
        "1 - \\sigma[m, k]",
        {"by": "z[m,k]"},
    ),
    "distances both ways": (
        "sum(exp(-(z[i] - z[j])^2), i=1..C, j=1..C)",
        "4*Sum((z[j] - z[k])*exp(-(-z[j] + z[k])**2), (j, 1, C))",
        {},
    ),
    "steps passed": (  # the term that comes next in a sum
        "-log(sigmoid(b[t] - z)) - sum(log(1 - sigmoid(b[j] - z)), j=1..t-1)",
        "1 - Sum(\\sigma[j], (j, 1, t))",
        {"by": "z", "given": ["t <= C"]},
    ),
    "steps to come": (
        "-log(sigmoid(b[t] - z)) - sum(log(1 - sigmoid(b[j] - z)), j=t+1..C)",
        "1 - Sum(\\sigma[j], (j, t, C))",
        {"by": "z", "given": ["t <= C"]},
    ),
    "the last square apart": (
        "sum(z[j]^2, j=1..s-1) + z[s]^2",
        "2*Piecewise((1, k <= s), (0, True))*z[k]",
        {"given": ["s <= C"]},
    ),
    "a bracket and a delta": (
        "a*sum(z[j], j=1..s-1) + a*sum(z[j]*delta(j,s), j=1..C)",
        "a*Piecewise((1, k <= s), (0, True))",
        {"given": ["s <= C"]},
    ),
    "a bracket inside itself": (
        "sum(v[j]*x[j] - x[j]*sum(delta(i,j-1)*v[i], i=1..C), j=2..C)",
        "(-v[k - 1] + v[k])*Piecewise((1, k >= 2), (0, True))",
        {"by": "x[k]"},
    ),
    "mirrored": ("sum(w[i]*f[C+1-i], i=1..C)", "w[C - k + 1]", {"by": "f[k]"}),
    "mirrored in a square": (
        "sum((f[i] - f[C+1-i])^2, i=1..C)",
        "-4*f[C - k + 1] + 4*f[k]",
        {"by": "f[k]"},
    ),
    "mirrored halves": (  # [k <= H] + [H + 1 <= k] is 1
        "sum(f[i]*f[2*H-i+1], i=1..H)",
        "f[2*H - k + 1]",
        {"by": "f[k]"},
    ),
    "squared differences by deltas": (
        "sum((v[j] - sum(delta(i,j-1)*v[i], i=1..C))^2, j=2..C)",
        "-2*(v[k + 1] - v[k])*Piecewise((1, k <= C - 1), (0, True))"
        " + 2*(-v[k - 1] + v[k])*Piecewise((1, k >= 2), (0, True))",
        {"by": "v[k]"},
    ),
    "relativistic generator": (  # a constant leaves a sum
        "-sum(log(1 - sigmoid(r[m] - sum(f[i], i=1..N)/N)), m=1..M)/M"
        " - sum(log(sigmoid(f[i] - sum(r[m], m=1..M)/M)), i=1..N)/N",
        "(\\varsigma[b] + Sum(1 - \\sigma[i], (i, 1, N))/N)/M",
        {"by": "r[b]"},
    ),
    "radial flow": (
        "log(r/(r + alpha)^2)",
        "(alpha - r)/(r*(alpha + r))",
        {"by": "r", "given": ["r > 0", "alpha > 0"]},
    ),
    "logarithm of a share": (
        "log(r) - log(alpha + r)",
        "alpha/(r*(alpha + r))",
        {"by": "r", "given": ["r > 0", "alpha > 0"]},
    ),
    "a term over the bar beside it": (
        "r - 2*alpha*log(alpha + r)",
        "(-alpha + r)/(alpha + r)",
        {"by": "r", "given": ["r > 0", "alpha > 0"]},
    ),
    "probabilities themselves": (
        "-sum(y[i]*log(p[i]) + (1 - y[i])*log(1 - p[i]), i=1..N)",
        "(p[k] - y[k])/((1 - p[k])*p[k])",
        {"by": "p[k]"},
    ),
    "a number in a bracket that cancels": (
        "sum(x[i] + a*(m[i] - n[i] + 1)*x[i] - a*x[i], i=1..N)",
        "a*(m[k] - n[k]) + 1",
        {"by": "x[k]"},
    ),
    "Bose-Einstein": (
        "log(1 - exp(-T))",
        "1/(exp(T) - 1)",
        {"by": "T", "given": ["T > 0"]},
    ),
    "multinomial": (
        "prod(theta[i]^n[i], i=1..C)",
        "n[k]*Product(theta[i]**n[i], (i, 1, C))/theta[k]",
        {"by": "theta[k]", "given": ["theta[i] > 0"]},
    ),
    "Weibull": (
        "(t/l)^(p - 1)*exp(-(t/l)^p)/l",
        "p*(t/l)**(p - 1)*((t/l)**p - 1)*exp(-(t/l)**p)/l**2",
        {"by": "l", "given": ["l > 0", "t > 0", "p > 0"]},
    ),
    "deviations from a weighted mean": (
        "sum((u[i] - c)^2*sigmoid(f[i]), i=1..N)",
        "(1 - \\sigma[k])*(-c + u[k])**2*\\sigma[k]",
        {
            "by": "f[k]",
            "where": ["c = sum(u[i]*sigmoid(f[i]), i=1..N)/sum(sigmoid(f[i]), i=1..N)"],
        },
    ),
    "logarithm of a product with the index in it": (
        "-log(prod(1 + th*j, j=1..D - 1))",
        "-Sum(j/(j*th + 1), (j, 1, D - 1))",
        {"by": "th", "given": ["th > 0"]},
    ),
    "pairs that were multiplied out": (
        "-sum(v[i]*log(q[i]) + (1 - v[i])*log(1 - q[i]), i=1..D)",
        "Sum((1 - \\sigma[i, m])*(q[i] - v[i])*V[i, m]*\\sigma[i, m], (i, 1, D))",
        {
            "by": "c[m]",
            "where": ["q[i] = sigmoid(b[i] + sum(V[i,j]*sigmoid(c[j] + u[i,j]), j=1..H))"],
        },
    ),
    "negative correlation of an ensemble": (
        "sum((f[m] - y)^2/2 + a*(f[m] - F)*sum((1 - delta(j, m))*(f[j] - F), j=1..M), m=1..M)",
        "2*a*(F - f[k]) - y + f[k]",
        {"by": "f[k]", "where": ["F = sum(f[i], i=1..M)/M"]},
    ),
    "fuzzy memberships": (
        "1/sum((d[i]/d[j])^(2/(m - 1)), j=1..C)",
        "2*(-KroneckerDelta(i, k)/d[i] + d[k]**(-1 - 2/(m - 1))/Sum(d[j]**(-2/(m - 1)), (j, 1, C)))"
        "/((m - 1)*d[i]**(2/(m - 1))*Sum(d[j]**(-2/(m - 1)), (j, 1, C)))",
        {"by": "d[k]", "given": ["d[i] > 0", "m > 1"]},
    ),
    "root of an exponential": (
        "sum(log(sqrt(exp(2*r[i])) + x[i]), i=1..C)",
        "exp(r[k])/(exp(r[k]) + x[k])",
        {"by": "r[k]"},
    ),
    "a count of others of one class": (
        "-sum(sum(delta(t[p],t[i])*(z[p]-z[i]),p=1..N,p!=i)/sum(delta(t[p],t[i]),p=1..N,p!=i),i=1..N)",
        "1 - Sum((1 - KroneckerDelta(i, k))*KroneckerDelta(t[i], t[k])"
        "/Sum((1 - KroneckerDelta(i, p))*KroneckerDelta(t[i], t[p]), (p, 1, N)), (i, 1, N))",
        {},
    ),
    "product of what two shares leave of one": (
        "-log(prod(1 - sigmoid(u[i])*sigmoid(v[i]), i=1..N))",
        "(1 - \\sigma[k])*\\sigma[k]*\\varsigma[k]/(-\\sigma[k]*\\varsigma[k] + 1)",
        {"by": "u[k]"},
    ),
    "cascade by its continuation": (
        "sum(prod(g*sigmoid(v[j]), j=1..i - 1), i=1..N)",
        "Sum(g**(i - 2)*(i - 1)*Product(\\sigma[j], (j, 1, i - 1)), (i, 1, N))",
        {"by": "g", "given": ["g > 0"]},
    ),
    "a number of the class": (
        "-log(softmax(j*f, j)[t])",
        "-t + Sum(j*\\hat{y}[j], (j, 1, C))",
        {"by": "f", "given": ["t <= C"]},
    ),
    "a class past the last threshold": (
        "sum(sum(softplus(b[m] - s[n]), m=1..t[n] - 1) + sum(softplus(s[n] - b[m]), m=t[n]..M),"
        " n=1..N)",
        "-Sum(1 - \\sigma[m, k], (m, 1, t[k] - 1)) + Sum(\\sigma[m, k], (m, t[k], M))",
        {"by": "s[k]", "given": ["t[n] <= M + 1"]},
    ),
    "complement entropy": (
        "sum((1 - delta(i,t))*p[i]/(1 - p[t])*log(p[i]/(1 - p[t])), i=1..C)",
        "(1 - KroneckerDelta(k, t))*(log(p[k]/(1 - p[t])) - Sum((1 - KroneckerDelta(i, t))"
        "*log(p[i]/(1 - p[t]))*p[i], (i, 1, C))/(1 - p[t]))*p[k]/(1 - p[t])",
        {"where": SOFTMAX},
    ),
    "fidelity": (
        "1 - sqrt(P*sigmoid(s)) - sqrt((1 - P)*(1 - sigmoid(s)))",
        "sqrt(\\sigma)*(-sqrt(P)*(1 - \\sigma) + sqrt(\\sigma)*sqrt((1 - P)*(1 - \\sigma)))/2",
        {"by": "s", "given": ["P > 0", "P < 1"]},
    ),
    "Hellinger": (
        "sum((sqrt(y[i]) - sqrt(p[i]))^2, i=1..C)",
        "(sqrt(p[k])*Sum(sqrt(p[i])*sqrt(y[i]), (i, 1, C)) - sqrt(y[k]))*sqrt(p[k])",
        {"where": SOFTMAX, "given": ["y[i] > 0", "sum(y[i], i=1..C) = 1"]},
    ),
    "a root of all that is beside it": (
        "sqrt(y[t]*p[t])",
        "sqrt(p[t]*y[t])*(KroneckerDelta(k, t) - p[k])/2",
        {"where": SOFTMAX, "given": ["y[i] > 0"]},
    ),
    "power of a logistic function": (
        "sigmoid(s)^g",
        "\\sigma**g*g*(1 - \\sigma)",
        {"by": "s", "given": ["g > 0"]},
    ),
    "margin": (
        "-sum(log(softmax(s*(z[n,j] - mu*delta(j,t[n])), j)[t[n]]), n=1..N)",
        "s*(-KroneckerDelta(k, t[m]) + \\hat{y}[m, k])",
        {"by": "z[m,k]"},
    ),
    "a constant in a mean": (
        "sum((a[k]*x[n] + c)^2, n=1..N)/N",
        "2*c + 2*a[k]*Sum(x[n], (n, 1, N))/N",
        {"by": "c"},
    ),
    "what a row has to pay, in strengths": (
        "-sum(c[i,j]*log(w[i]/(w[i] + w[j])), i=1..N, j=1..N, j != i)",
        "Sum((c[j, k] - c[k, j]*w[j]/w[k])/(w[j] + w[k]), (j, 1, N))",
        {"by": "w[k]", "given": ["w[i] > 0"]},
    ),
    "wins with a margin": (
        "-sum(c[i,j]*log(p[i,j]), i=1..N, j=1..N, j != i)",
        "Sum((1 - KroneckerDelta(j, k))*((1 - p[j, k])*c[j, k] - (1 - p[k, j])*c[k, j]), (j, "
        "1, N))",
        {"by": "s[k]", "where": ["p[i,j] = exp(s[i])/(exp(s[i]) + t*exp(s[j]))"]},
    ),
    "wins with a margin, no name": (
        "-sum(c[i,j]*log(exp(s[i])/(exp(s[i]) + t*exp(s[j]))), i=1..N, j=1..N)",
        "Sum((t*c[j, k]/(t*exp(s[k]) + exp(s[j])) + c[k, j]/(t*exp(s[j]) + "
        "exp(s[k])))*exp(s[k]) - c[k, j], (j, 1, N))",
        {"by": "s[k]", "given": ["t > 1"]},
    ),
    "wins at home": (
        "-sum(c[i,j]*log(p[i,j]) + d[i,j]*log(1-p[i,j]), i=1..N, j=1..N, j != i)",
        "Sum((1 - KroneckerDelta(j, k))*(-(c[j, k] + d[j, k])*p[j, k] + (c[k, j] + d[k, "
        "j])*p[k, j] + c[j, k] - c[k, j]), (j, 1, N))",
        {"by": "s[k]", "where": ["p[i,j] = 1/(1 + exp(s[j]-s[i]-h))"]},
    ),
    "ties of Rao and Kupper, with names": (
        "-sum(w[i,j]*log(p[i]/(p[i] + a*p[j])) + t[i,j]*log((a^2 - 1)*p[i]*p[j]"
        "/((p[i] + a*p[j])*(a*p[i] + p[j]))), i=1..N, j=1..N)",
        "Sum(-(2*a/(a**2 - 1) - p[i]/(a*p[i] + p[j]))*t[i, j] + (t[i, j] + w[i, "
        "j])*p[j]/(a*p[j] + p[i]), (i, 1, N), (j, 1, N))",
        {"by": "a", "given": ["a > 1"], "where": ["p[i] = exp(z[i])"]},
    ),
    "ties of Davidson, with names": (
        "-sum(w[i,j]*log(p[i]/(p[i] + p[j] + u*sqrt(p[i]*p[j])))"
        " + t[i,j]*log(u*sqrt(p[i]*p[j])/(p[i] + p[j] + u*sqrt(p[i]*p[j]))), i=1..N, j=1..N)",
        "Sum(sqrt(p[i]*p[j])*(t[i, j] + w[i, j])/(u*sqrt(p[i]*p[j]) + p[i] + p[j]) - t[i, "
        "j]/u, (i, 1, N), (j, 1, N))",
        {"by": "u", "given": ["u > 0"], "where": ["p[i] = exp(z[i])"]},
    ),
    "multi-similarity by its margin": (
        "sum(log(1 + sum(P[i,j]*exp(-a*(S[i,j] - u)), j=1..N))/a"
        " + log(1 + sum(Q[i,j]*exp(b*(S[i,j] - u)), j=1..N))/b, i=1..N)/N",
        "Sum(\\hat{q}[i, j] - \\hat{y}[i, j], (j, 1, N), (i, 1, N))/N",
        {"by": "u", "given": ["a > 0", "b > 0"]},
    ),
    "cosines in a share": (
        "-sum(log(exp(s[i,i]/T)/sum(exp(s[i,j]/T), j=1..N)), i=1..N)/N",
        "Sum((-a[m, k]*s[m, j]/u[m] + b[j, k]/v[j])*(-KroneckerDelta(j, m) + \\hat{y}[m, j]),"
        " (j, 1, N))/(N*T*u[m])",
        {
            "by": "a[m,k]",
            "where": [
                "s[i,j] = sum(a[i,l]*b[j,l], l=1..D)/(u[i]*v[j])",
                "u[i] = sqrt(sum(a[i,l]^2, l=1..D))",
                "v[j] = sqrt(sum(b[j,l]^2, l=1..D))",
            ],
        },
    ),
    "censored lives by their coefficients": (
        "-sum(e[n]*(w[n] - log(s)) - exp(w[n]), n=1..N)",
        "Sum((-exp(w[n]) + e[n])*x[n, k], (n, 1, N))/s",
        {
            "by": "b[k]",
            "given": ["s > 0", "t[n] > 0"],
            "where": ["w[n] = (log(t[n]) - sum(x[n,l]*b[l], l=1..D))/s"],
        },
    ),
    "by a margin": (
        "-sum(log(p[n,t[n]]), n=1..N)/N",
        "s*Sum(1 - p[n, t[n]], (n, 1, N))/N",
        {"by": "mu", "where": ["p[n,i] = softmax(s*(z[n,j] - mu*delta(j,t[n])), j)[i]"]},
    ),
    "variational information distillation": (
        "sum(log(log(1 + exp(a)) + c)/2 + (x[n] - m)^2/(2*(log(1 + exp(a)) + c)), n=1..N)",
        "\\sigma*Sum(1 - (-m + x[n])**2/(c + log(exp(a) + 1)), (n, 1, N))"
        "/(2*c + 2*log(exp(a) + 1))",
        {"by": "a", "given": ["c > 0"]},
    ),
    "multiples that share factors": (
        "exp(a)*sum(x[j]*p[j]*b[j], j=1..K) - exp(a)*sum(x[j]*p[j]*u[j], j=1..K) - a",
        "exp(a)*Sum((b[j] - u[j])*p[j]*x[j], (j, 1, K)) - 1",
        {"by": "a", "where": SOFTMAX},
    ),
    # Distances with a name are those of both ways round, as they are where they are written out.
    "Lennard-Jones with distances": (
        "sum(sum(4*eps*((s/r[i,j])^12 - (s/r[i,j])^6), j=i+1..N), i=1..N)",
        "24*eps*s**6*Sum((1 - KroneckerDelta(i, k))*(-2*s**6/r[k, i]**6 + 1)"
        "*(-x[i, m] + x[k, m])/r[k, i]**8, (i, 1, N))",
        {"by": "x[k,m]", "where": [DISTANCE], "given": ["s > 0"]},
    ),
    "Morse with distances": (
        "sum(sum(B*(1 - exp(-a*(r[i,j] - r0)))^2, j=i+1..N), i=1..N)",
        "2*B*a*Sum((1 - exp(-a*(-r0 + r[k, i])))*(1 - KroneckerDelta(i, k))"
        "*(-x[i, m] + x[k, m])*exp(-a*(-r0 + r[k, i]))/r[k, i], (i, 1, N))",
        {"by": "x[k,m]", "where": [DISTANCE]},
    ),
    "Coulomb with distances": (
        "sum(sum(q[i]*q[j]/r[i,j], j=i+1..N), i=1..N)",
        "q[k]*Sum((1 - KroneckerDelta(i, k))*(x[i, m] - x[k, m])*q[i]/r[k, i]**3, (i, 1, N))",
        {"by": "x[k,m]", "where": [DISTANCE]},
    ),
    # Here the differences are turned as well.
    "Yukawa with distances": (
        "sum(sum(exp(-r[i,j]/s)/r[i,j], j=i+1..N), i=1..N)",
        "Sum((1 - KroneckerDelta(i, k))*(1/r[k, i] + 1/s)*(x[i, m] - x[k, m])"
        "*exp(-r[k, i]/s)/r[k, i]**2, (i, 1, N))",
        {"by": "x[k,m]", "where": [DISTANCE], "given": ["s > 0"]},
    ),
    "Sammon with distances": (
        "sum(sum((r[i,j] - d[i,j])^2/d[i,j], j=i+1..N), i=1..N)",
        "2*Sum((1 - KroneckerDelta(i, k))*(-d[k, i] + r[k, i])*(-x[i, m] + x[k, m])"
        "/(d[k, i]*r[k, i]), (i, 1, N))",
        {"by": "x[k,m]", "where": [DISTANCE, "d[i,j] = sqrt(sum((u[i,l] - u[j,l])^2, l=1..E))"]},
    ),
    "t-SNE over pairs": (
        "sum(sum(p[i,j]*log(p[i,j]/q[i,j]), j=i+1..N), i=1..N)",
        "2*Sum((p[k, n] - q[k, n]*Sum(p[i, j], (j, i + 1, N), (i, 1, N)))*(y[k, m] - y[n, m])"
        "*d[k, n], (n, 1, N))",
        {
            "by": "y[k,m]",
            "where": [
                "p[i,j] = (c[i,j] + c[j,i])/(2*N)",
                "d[i,j] = 1/(1 + sum((y[i,l] - y[j,l])^2, l=1..D))",
                "Z = sum(sum(d[i,j], j=i+1..N), i=1..N)",
                "q[i,j] = d[i,j]/Z",
            ],
        },
    ),
    # McInnes et al. 2018: what is above the bar meets one term beside it, and then another.
    "UMAP": (
        UMAP[0],
        UMAP[1] + "/d[k, j], (j, 1, N))",
        {
            "by": "y[k,m]",
            "where": ["d[i,j] = sum((y[i,l] - y[j,l])^2, l=1..D)", "q[i,j] = 1/(1 + a*d[i,j]^b)"],
            "given": ["a > 0", "b > 0"],
        },
    ),
    "UMAP with one name": (
        UMAP[0],
        UMAP[1] + "/Sum((-y[j, l] + y[k, l])**2, (l, 1, D)), (j, 1, N))",
        {
            "by": "y[k,m]",
            "where": ["q[i,j] = 1/(1 + a*sum((y[i,l] - y[j,l])^2, l=1..D)^b)"],
            "given": ["a > 0", "b > 0"],
        },
    ),
    # Sensoy et al. 2018, equation 5: shares of a named sum add up to one.
    "evidence for classes": (
        "sum((y[i] - p[i])^2 + p[i]*(1 - p[i])/(S + 1), i=1..K)",
        "2*(p[k] - Sum(p[i]**2, (i, 1, K)))/(S + 1) + (Sum(p[i]**2, (i, 1, K)) - 1)/(S + 1)**2"
        " + 2*(-y[k] + Sum(p[i]*y[i], (i, 1, K)))/S",
        {"by": "alpha[k]", "where": ["p[i] = alpha[i]/S", "S = sum(alpha[i], i=1..K)"]},
    ),
    # Ridnik et al. 2021: of two pairs of terms the one that has more in common is joined.
    "shifted probabilities": (
        "-sum(y[i]*(1 - p[i])^g*log(p[i]) + (1 - y[i])*q[i]^h*log(1 - q[i]), i=1..C)",
        "(1 - p[k])*(1 - y[k])*(-h*log(1 - q[k]) + q[k]/(1 - q[k]))"
        "*p[k]*q[k]**(h - 1) + (1 - p[k])**g*(g*log(p[k])*p[k] + p[k] - 1)*y[k]",
        {
            "where": ["p[i] = sigmoid(z[i])", "q[i] = max(p[i] - m, 0)"],
            "given": ["g > 0", "h > 1", "m > 0", "m < 1"],
        },
    ),
    "width of a mixture": (
        "-sum(log(sum(w[j]*(2*pi*v)^(-D/2)*exp(-sum((x[n,l] - mu[j,l])^2, l=1..D)/(2*v)),"
        " j=1..K)), n=1..N)",
        "Sum(D - Sum(\\hat{y}[n, j]*Sum((-mu[j, l] + x[n, l])**2, (l, 1, D)), (j, 1, K))/v,"
        " (n, 1, N))/(2*v)",
        {"by": "v", "given": ["v > 0"]},
    ),
    # Bishop 2006, section 9.2: the factors of a density that has a name are written by it.
    "means of named densities": (
        NAMED_MIXTURE[0],
        "Sum((mu[k, m] - x[n, m])*r[n, k], (n, 1, N))/s**2",
        {"by": "mu[k,m]", "where": NAMED_MIXTURE[1], "given": ["s > 0", "w[j] > 0"]},
    ),
    "width of named densities": (
        NAMED_MIXTURE[0],
        "Sum(D - Sum(r[n, j]*Sum((-mu[j, l] + x[n, l])**2, (l, 1, D)), (j, 1, K))/s**2,"
        " (n, 1, N))/s",
        {"by": "s", "where": NAMED_MIXTURE[1], "given": ["s > 0", "w[j] > 0"]},
    ),
    # Lee et al. 2018, equation 2: terms of the weights ``e`` and ``1 - e`` meet.
    "events and survivors": (
        "-sum(e[n]*log(p[n,s[n]]) + (1 - e[n])*log(1 - sum(p[n,m], m=1..s[n])), n=1..N)",
        "(e[l] - 1)*Piecewise((1, k >= s[l] + 1), (0, True))*p[l, k]"
        "/Sum(p[l, m], (m, s[l] + 1, C)) - KroneckerDelta(k, s[l])*e[l] + p[l, k]",
        {"by": "z[l,k]", "where": ["p[n,i] = softmax(z[n])[i]"], "given": ["s[n] <= C"]},
    ),
    "variance of named densities": (
        NAMED_MIXTURE[0],
        "Sum((-(-m[k] + x[n])**2/v[k] + 1)*r[n, k], (n, 1, N))/(2*v[k])",
        {
            "by": "v[k]",
            "where": [
                "g[n,j] = exp(-(x[n] - m[j])^2/(2*v[j]))/sqrt(2*pi*v[j])",
                NAMED_MIXTURE[1][1],
            ],
            "given": ["v[j] > 0"],
        },
    ),
    # What is left of a density without its rate is the density over the rate.
    "rates of named densities": (
        NAMED_MIXTURE[0],
        "Sum((x[n] - 1/l[k])*r[n, k], (n, 1, N))",
        {
            "by": "l[k]",
            "where": ["g[n,j] = l[j]*exp(-l[j]*x[n])", NAMED_MIXTURE[1][1]],
            "given": ["l[j] > 0", "w[j] > 0"],
        },
    ),
    # A Rayleigh quotient: what is divided by a sum stays beside the other sum.
    "Rayleigh quotient": (
        "sum(sum(L[i,j]*x[i]*x[j], j=1..N), i=1..N)/sum(x[i]^2, i=1..N)",
        "2*(-x[k]*Sum(x[i]*Sum(L[i, j]*x[j], (j, 1, N)), (i, 1, N))/Sum(x[i]**2, (i, 1, N))"
        " + Sum(L[k, j]*x[j], (j, 1, N)))/Sum(x[i]**2, (i, 1, N))",
        {"by": "x[k]", "where": ["L[i,j] = (b[i,j] + b[j,i])/2"]},
    ),
    # A share that is typed in full is known by it, what its density is divided by and all.
    "variance of a share typed in full": (
        TYPED_MIXTURE[0],
        "Sum((D - Sum((-mu[c, l] + x[n, l])**2, (l, 1, D))/s[c])*r[n, c], (n, 1, N))/(2*s[c])",
        {"by": "s[c]", "where": TYPED_MIXTURE[1], "given": ["s[c] > 0"]},
    ),
    # Kalbfleisch and Prentice 1980: what is over the variable once more is the name over it.
    "scale of log-logistic lifetimes": (
        "-sum(d[n]*(w[n] - log(s)) - (1 + d[n])*log(1 + exp(w[n])), n=1..N)",
        "Sum(-(d[n] + 1)*\\sigma[n]*w[n] + (w[n] + 1)*d[n], (n, 1, N))/s",
        {
            "by": "s",
            "where": ["w[n] = (log(t[n]) - sum(x[n,l]*b[l], l=1..D))/s"],
            "given": ["s > 0", "t[n] > 0"],
        },
    ),
    # Blahut 1972: sums are exchanged where the inner one has a name then.
    "capacity of a channel": (
        "sum(p[i]*sum(Q[i,j]*log(Q[i,j]/r[j]), j=1..B), i=1..A)",
        "(Sum(log(Q[k, j]/r[j])*Q[k, j], (j, 1, B))"
        " - Sum(p[i]*Sum(log(Q[i, j]/r[j])*Q[i, j], (j, 1, B)), (i, 1, A)))*p[k]",
        {
            "where": [*SOFTMAX, "r[j] = sum(p[i]*Q[i,j], i=1..A)"],
            "given": ["sum(Q[i,j], j=1..B) = 1", "Q[i,j] > 0"],
        },
    ),
    # Grill et al. 2020, and any loss of vectors that are divided by their lengths.
    "distance of unit vectors": (
        "sum((u[i] - v[i])^2, i=1..D)",
        "2*(u[k]*Sum(u[i]*v[i], (i, 1, D)) - v[k])/sqrt(Sum(q[j]**2, (j, 1, D)))",
        {"by": "q[k]", "where": ["u[i] = q[i]/sqrt(sum(q[j]^2, j=1..D))", UNIT]},
    ),
    "distance of unit vectors with a named length": (
        "sum((u[i] - v[i])^2, i=1..D)",
        "2*(u[k]*Sum(u[i]*v[i], (i, 1, D)) - v[k])/r",
        {"by": "q[k]", "where": ["u[i] = q[i]/r", "r = sqrt(sum(q[j]^2, j=1..D))", UNIT]},
    ),
    "distance of unit vectors without names": (
        "sum((q[i]/sqrt(sum(q[j]^2, j=1..D)) - z[i]/sqrt(sum(z[j]^2, j=1..D)))^2, i=1..D)",
        "2*(q[k]*Sum(q[i]*z[i], (i, 1, D))/Sum(q[j]**2, (j, 1, D)) - z[k])"
        "/(sqrt(Sum(q[j]**2, (j, 1, D)))*sqrt(Sum(z[j]**2, (j, 1, D))))",
        {"by": "q[k]"},
    ),
    "a unit vector has one length": (
        "sum((q[i]/r)^2, i=1..D)",
        "0",
        {"by": "q[k]", "where": ["r = sqrt(sum(q[j]^2, j=1..D))"]},
    ),
    # Deng et al. 2019: the margin's own delta is in the sine, which the label's delta multiplies.
    "an additive angular margin": (
        "-log(p[t])",
        "s*(KroneckerDelta(k, t) - p[k])*sin(m*KroneckerDelta(k, t) + h[k])",
        {"by": "h[k]", "where": ["p[i] = softmax(s*cos(h[j] + m*delta(j, t)), j)[i]"]},
    ),
    # Radford et al. 2021, by the temperature: one of the two softmaxes is over the rows.
    "two softmaxes of one matrix": (
        "-sum(log(p[n,n]) + log(q[n,n]), n=1..N)/(2*N)",
        "Sum(Sum((p[j, n] + q[j, n])*Sum(u[j, l]*v[n, l], (l, 1, D)), (j, 1, N))"
        " - 2*Sum(u[n, l]*v[n, l], (l, 1, D)), (n, 1, N))/(2*N)",
        {
            "by": "t",
            "where": [
                "s[n,m] = t*sum(u[n,l]*v[m,l], l=1..D)",
                "p[n,m] = softmax(s[n,j], j)[m]",
                "q[n,m] = softmax(s[j,m], j)[n]",
            ],
        },
    ),
    "two softmaxes of one matrix over a temperature": (
        "-sum(log(p[i,i]) + log(q[i,i]), i=1..N)/(2*N)",
        "(-2*KroneckerDelta(a, b) + p[a, b] + q[a, b])/(2*N*T)",
        {
            "by": "S[a,b]",
            "where": [
                "p[i,j] = softmax(S[i,m]/T, m)[j]",
                "q[i,j] = softmax(S[m,j]/T, m)[i]",
            ],
        },
    ),
    # The semi-dual of entropic optimal transport: its plan has the mass a[i] before the share.
    "transport plan by the temperature": (
        "-sum(b[j]*g[j], j=1..M)"
        " + eps*sum(a[i]*log(sum(b[j]*exp((g[j]-c[i,j])/eps), j=1..M)), i=1..N)",
        "Sum(log(Sum(exp((-c[i, j] + g[j])/eps)*b[j], (j, 1, M)))*a[i], (i, 1, N))"
        " + Sum((c[i, j] - g[j])*P[i, j], (j, 1, M), (i, 1, N))/eps",
        {
            "by": "eps",
            "given": ["eps > 0"],
            "where": [
                "P[i,j] = a[i]*b[j]*exp((g[j]-c[i,j])/eps)/sum(b[l]*exp((g[l]-c[i,l])/eps), l=1..M)"
            ],
        },
    ),
    "a factor beside the sum of a share": (
        f"w*{WEIGHED}",
        "-Sum(p[j]*z[j], (j, 1, M))/eps**2",
        {"by": "eps", "given": ["eps > 0"], "where": MULTIPLE},
    ),
    "a factor beside one of two brackets": (
        f"w*(eps*{WEIGHED} - c)^2",
        "2*(-c + eps*log(Sum(exp(z[j]/eps)*b[j], (j, 1, M))))"
        "*(w*log(Sum(exp(z[j]/eps)*b[j], (j, 1, M))) - Sum(p[j]*z[j], (j, 1, M))/eps)",
        {"by": "eps", "given": ["eps > 0"], "where": MULTIPLE},
    ),
    "a factor beside a bracket in a bracket": (
        f"w*eps*{WEIGHED}/(1 + eps)",
        "(w*log(Sum(exp(z[j]/eps)*b[j], (j, 1, M)))/(eps + 1) - Sum(p[j]*z[j], (j, 1, M))/eps)"
        "/(eps + 1)",
        {"by": "eps", "given": ["eps > 0"], "where": MULTIPLE},
    ),
    # Davidson 1970: the mean in the exponent of a tie is what tells its name.
    "wins, ties and losses with names": (
        "-(y*log(p) + w*log(q) + u*log(r))",
        "-w/2 - y*(q/2 + r) + (p + q/2)*(u + w)",
        {
            "by": "s",
            "where": [
                "p = exp(s)/(exp(s) + exp(t) + nu*exp((s + t)/2))",
                "q = nu*exp((s + t)/2)/(exp(s) + exp(t) + nu*exp((s + t)/2))",
                "r = exp(t)/(exp(s) + exp(t) + nu*exp((s + t)/2))",
            ],
            "given": ["nu > 0"],
        },
    ),
    # Goldberger et al. 2005, without a name for what of a row is of its class.
    "neighbours of its own class": (
        "-sum(sum(delta(c[i],c[j])*p[i,j], j=1..N, j != i), i=1..N)",
        "2*Sum((KroneckerDelta(c[i], c[k]) - Sum((1 - KroneckerDelta(i, j))"
        "*KroneckerDelta(c[i], c[j])*p[i, j], (j, 1, N)))*(x[i, b] - x[k, b])*p[i, k]"
        "*Sum((x[i, l] - x[k, l])*A[a, l], (l, 1, D)), (k, 1, N), (i, 1, N))",
        {
            "by": "A[a,b]",
            "where": [
                "d[i,j] = sum(sum(A[r,l]*(x[i,l] - x[j,l]), l=1..D)^2, r=1..R)",
                "p[i,j] = exp(-d[i,j])/sum(exp(-d[i,k]), k=1..N, k != i)",
            ],
        },
    ),
    "a share of strengths with a name": (
        "-sum(sum(w[i,j]*log(p[i,j]), j=1..N, j != i), i=1..N)",
        "Sum((w[j, k] + w[k, j])*p[k, j] - w[k, j], (j, 1, N))/s[k]",
        {"by": "s[k]", "given": ["s[i] > 0"], "where": ["p[i,j] = s[i]/(s[i] + s[j])"]},
    ),
    # Rafailov et al. 2023 by the temperature: the margin has a name.
    "a multiple of a difference by its factor": (
        "-sum(log(sigmoid(h[n])), n=1..N)/N",
        "-Sum((1 - \\sigma[n])*h[n], (n, 1, N))/(N*beta)",
        {
            "by": "beta",
            "given": ["beta > 0"],
            "where": ["h[n] = beta*((w[n] - u[n]) - (l[n] - v[n]))"],
        },
    ),
    # Sun et al. 2020, equation 6: both sums are beside a 1 together.
    "a product of sums beside a 1": (
        "log(1 + sum(exp(g*an[j]*(n[j] - m)), j=1..L)*sum(exp(-g*ap[i]*(p[i] - 1 + m)), i=1..K))",
        "2*g*Piecewise((1, m + n[k] > 0), (0, True))*\\hat{y}[k]*n[k]",
        {
            "by": "n[k]",
            "given": ["g > 0", "m > 0"],
            "where": ["an[j] = max(0, n[j] + m)", "ap[i] = max(0, 1 + m - p[i])"],
        },
    ),
    # Ekeberg et al. 2013: a mask in an exponent does not hide the name.
    "spins but one in an exponent with a name": (
        "-sum(log(p[n,i,s[n,i]]), n=1..B, i=1..L)",
        "Sum(-KroneckerDelta(m, s[n, k]) + p[n, k, m], (n, 1, B))",
        {
            "by": "h[k,m]",
            "where": [
                "p[n,i,a] = exp(h[i,a] + sum(J[i,j,a,s[n,j]], j=1..L, j != i))"
                "/sum(exp(h[i,b] + sum(J[i,j,b,s[n,j]], j=1..L, j != i)), b=1..Q)"
            ],
        },
    ),
    # Ogata 1981 by the decay: a difference is written as in the exponent beside it.
    "times that have passed": (
        "-sum(log(lam[n]), n=1..N) + al/be*sum(1 - exp(-be*(T - t[n])), n=1..N)",
        "al*(Sum(Sum((-t[j] + t[n])*exp(-be*(-t[j] + t[n])), (j, 1, n - 1))/lam[n], (n, 1, N))"
        " + Sum((T - t[n])*exp(-be*(T - t[n])) - (1 - exp(-be*(T - t[n])))/be, (n, 1, N))/be)",
        {
            "by": "be",
            "given": ["mu > 0", "al > 0", "be > 0"],
            "where": ["lam[n] = mu + al*sum(exp(-be*(t[n] - t[j])), j=1..n-1)"],
        },
    ),
    # Kalbfleisch and Prentice 2002: the logarithm of the time beside its mean is one bracket.
    "events by the shape of their times": (
        "-sum(e[n]*(log(a) + a*(log(t[n]) - u[n])) - (t[n]*exp(-u[n]))^a, n=1..N)",
        "-Sum((-(exp(-u[n])*t[n])**a + e[n])*(log(t[n]) - u[n]) + e[n]/a, (n, 1, N))",
        {
            "by": "a",
            "given": ["a > 0", "t[n] > 0"],
            "where": ["u[n] = sum(b[l]*x[n,l], l=1..D)"],
        },
    ),
    # Khosla et al. 2020 by the temperature: the weights of a row sum to what divides them.
    "weights of each row by the temperature": (
        "sum(-1/m[i]*sum(M[i,p]*log(q[i,p]), p=1..N, p != i), i=1..N)",
        "Sum((1 - KroneckerDelta(c, i))*(M[i, c]/m[i] - q[i, c])*s[i, c], (c, 1, N), (i, 1, N))"
        "/tau**2",
        {
            "by": "tau",
            "given": ["tau > 0", "M[i,p] > 0", "N >= 2"],
            "where": [
                "s[i,p] = sum(z[i,l]*z[p,l], l=1..D)",
                "q[i,p] = exp(s[i,p]/tau)/sum(exp(s[i,c]/tau), c=1..N, c != i)",
                "m[i] = sum(M[i,p], p=1..N, p != i)",
            ],
        },
    ),
    # Lambert 1992 with a name for the probability of no event.
    "zeros of two kinds with a name": (
        ZEROS,
        "(-KroneckerDelta(0, y[k])/f[k] + 1)*p[k]",
        {"by": "g[k]", "where": ZERO_INFLATED},
    ),
    "zeros of two kinds by their rate": (
        ZEROS,
        "(-KroneckerDelta(0, y[k])*p[k]/f[k] + 1)*l[k] - y[k]",
        {"by": "eta[k]", "where": ZERO_INFLATED},
    ),
    # Barron 2019 by the shape: a fact about it holds in the definition, too.
    "a size with a sign that is known in a name": (
        "u",
        "r**2/(2 - alpha)**2",
        {"by": "alpha", "given": ["alpha < 2"], "where": ["u = r^2/abs(alpha - 2) + 1"]},
    ),
    "a multiple of a name by what both are made of": (
        "abs(alpha - 2)*u",
        "-1",
        {"by": "alpha", "given": ["alpha < 2"], "where": ["u = r^2/abs(alpha - 2) + 1"]},
    ),
    # Davidson 1970 with a name for the sum alone: wins count 1, and a tie a half for each.
    "wins and ties over a sum with a name": (
        f"-sum(w[i,j]*log(exp(z[i])/D[i,j]) + {TIE}, i=1..C, j=1..C)",
        "Sum((nu*exp(z[j]/2 + z[k]/2)/2 + exp(z[k]))*(t[j, k]/2 + t[k, j]/2 + w[j, k] + w[k, j])"
        "/D[k, j] - t[j, k]/4 - t[k, j]/4 - w[k, j], (j, 1, C))",
        {"given": ["nu > 0"], "where": [TIED_SUM]},
    ),
    "a fraction that two terms share": (
        f"-sum(w[i,j]*log(exp(z[i])/D[i,j]) + {TIE}, i=1..C, j=1..C)",
        "Sum((t[i, j]/2 + w[i, j])*exp(z[i]/2 + z[j]/2)/D[i, j] - t[i, j]/(2*nu),"
        " (i, 1, C), (j, 1, C))",
        {"by": "nu", "given": ["nu > 0"], "where": [TIED_SUM]},
    ),
    # Peel and McLachlan 2000: what a power has more than the share does stands beside it.
    "shares of powers": (
        f"-sum(log(sum({HEAVY.format('k')}, k=1..K)), n=1..N)",
        "(nu + 1)*Sum((mu[j] - x[n])*r[n, j]/(nu + (-mu[j] + x[n])**2), (n, 1, N))",
        {
            "by": "mu[j]",
            "given": ["nu > 0", "w[k] > 0"],
            "where": [f"r[n,k] = {HEAVY.format('k')}/sum({HEAVY.format('l')}, l=1..K)"],
        },
    ),
    "shares of powers without a name": (
        f"-sum(log(sum({HEAVY.format('k')}, k=1..K)), n=1..N)",
        "(1 + 1/nu)*w[j]*Sum((1 + (-mu[j] + x[n])**2/nu)**(-nu/2 - 3/2)*(mu[j] - x[n])"
        "/Sum((1 + (-mu[k] + x[n])**2/nu)**(-nu/2 - 1/2)*w[k], (k, 1, K)), (n, 1, N))",
        {"by": "mu[j]", "given": ["nu > 0", "w[k] > 0"]},
    ),
    "contrast by embeddings": (
        "-sum(m[i,p]*log(exp(sum(x[i,l]*x[p,l],l=1..D)/T)/sum(exp(sum(x[i,l]*x[j,l],l=1..D)/T), "
        "j=1..N, j != i))/c[i], p=1..N, p != i, i=1..N)",
        r"Sum((1 - KroneckerDelta(i, k))*((\hat{y}[i, k]*Sum((1 - KroneckerDelta(i, p))*m[i, p], "
        r"(p, 1, N)) - m[i, k])/c[i] + (\hat{y}[k, i]*Sum((1 - KroneckerDelta(k, p))*m[k, p], "
        "(p, 1, N)) - m[k, i])/c[k])*x[i, q], (i, 1, N))/T",
        {"by": "x[k,q]", "given": ["T > 0"]},
    ),
    "stress of each pair once": (
        "sum(w[i,j]*(d[i,j] - sqrt(sum((x[i,l] - x[j,l])^2, l=1..D)))^2, j=i + 1..N, i=1..N)",
        "2*Sum((d[i, k]/sqrt(Sum((-x[i, l] + x[k, l])**2, (l, 1, D))) - 1)*(x[i, q] - x[k, q])"
        "*w[i, k], (i, 1, k - 1)) + 2*Sum((d[k, j]/sqrt(Sum((-x[j, l] + x[k, l])**2, (l, 1, D)))"
        " - 1)*(x[j, q] - x[k, q])*w[k, j], (j, k + 1, N))",
        {"by": "x[k,q]"},
    ),
    "a partition kept near one": (
        "-log(softmax(z)[t]) + c*log(sum(exp(z[j]), j=1..C))^2",
        r"(2*c*log(Sum(exp(z[j]), (j, 1, C))) + 1)*\hat{y}[k] - KroneckerDelta(k, t)",
        {},
    ),
    "inflated zeros as two cases": (
        "-sum(log(g + (1 - g)*exp(-exp(sum(x[n,l]*b[l], l=1..D))))*delta(y[n], 0) + "
        "(1 - delta(y[n], 0))*(log(1 - g) - exp(sum(x[n,l]*b[l], l=1..D)) "
        "+ y[n]*sum(x[n,l]*b[l], l=1..D)), n=1..N)",
        "Sum(((1 - g)*exp(-exp(Sum(b[l]*x[n, l], (l, 1, D))))*exp(Sum(b[l]*x[n, l], (l, 1, D)))"
        "*KroneckerDelta(0, y[n])/(g + (1 - g)*exp(-exp(Sum(b[l]*x[n, l], (l, 1, D))))) + "
        "(1 - KroneckerDelta(0, y[n]))*(exp(Sum(b[l]*x[n, l], (l, 1, D))) - y[n]))*x[n, k], "
        "(n, 1, N))",
        {"by": "b[k]", "given": ["g > 0", "g < 1"]},
    ),
    "nested choices": (
        "-(z[h,t]/L[h] + (L[h] - 1)*log(S[h]) - log(sum(S[g]^L[g], g=1..G)))",
        "(-(1 - 1/L[a])*KroneckerDelta(a, h)/S[a] + S[a]**(L[a] - 1)/Sum(S[g]**L[g], (g, 1, G)))"
        "*exp(z[a, k]/L[a]) - KroneckerDelta(a, h)*KroneckerDelta(k, t)/L[h]",
        {
            "by": "z[a,k]",
            "where": ["S[g] = sum(exp(z[g,j]/L[g]), j=1..C)"],
            "given": ["L[g] > 0"],
        },
    ),
    "a penalty beside residuals": (
        "-sum(y[n]*log(p[n]) + (1 - y[n])*log(1 - p[n]), n=1..N)/N + lam*sum(w[l]^2, l=1..D)",
        "2*lam*w[k] + Sum((p[n] - y[n])*x[n, k], (n, 1, N))/N",
        {"by": "w[k]", "where": ["p[n] = sigmoid(sum(x[n,l]*w[l], l=1..D) + b)"]},
    ),
    "a penalty beside residuals of several terms": (
        "sum((r[u,i] - mu - b[u] - c[i] - sum(P[u,l]*Q[i,l], l=1..D))^2, u=1..U, i=1..I)"
        " + lam*sum(P[u,l]^2, u=1..U, l=1..D)",
        "2*lam*P[k, q] + 2*Sum((mu + b[k] + c[i] - r[k, i] + Sum(P[k, l]*Q[i, l], (l, 1, D)))"
        "*Q[i, q], (i, 1, I))",
        {"by": "P[k,q]"},
    ),
    "a logarithm of an exponential with a name": (
        "sum(C[i,j]*P[i,j], i=1..N, j=1..M) + eps*sum(P[i,j]*(log(P[i,j]) - 1), i=1..N, j=1..M)",
        "Sum((f[k] + g[j])*P[k, j], (j, 1, M))/eps",
        {
            "by": "f[k]",
            "where": ["P[i,j] = exp((f[i] + g[j] - C[i,j])/eps)"],
            "given": ["eps > 0"],
        },
    ),
    "a cut by symmetric weights": (
        "-sum(S[i,c]*(A[i,j] + A[j,i])/2*S[j,c], c=1..R, j=1..N, i=1..N)"
        "/sum(g[i]*S[i,c]^2, c=1..R, i=1..N)",
        "(2*S[k, r]*g[k]*Sum(A[j, i]*Sum(S[i, c]*S[j, c], (c, 1, R)), (j, 1, N), (i, 1, N))"
        "/Sum(g[i]*Sum(S[i, c]**2, (c, 1, R)), (i, 1, N)) - Sum((A[j, k] + A[k, j])*S[j, r], "
        "(j, 1, N)))/Sum(g[i]*Sum(S[i, c]**2, (c, 1, R)), (i, 1, N))",
        {"by": "S[k,r]", "where": ["g[i] = sum((A[i,j] + A[j,i])/2, j=1..N)"]},
    ),
    "a label less a share beside another difference": (
        "-sum(log(softmax(s*(c[n,j] - m*delta(j,t[n])),j)[t[n]]), n=1..N)/N",
        r"s*Sum((-W[k, q]*c[n, k]/sqrt(Sum(W[k, l]**2, (l, 1, D))) + x[n, q]/sqrt(Sum(x[n, l]**2, "
        r"(l, 1, D))))*(-KroneckerDelta(k, t[n]) + \hat{y}[n, k]), (n, 1, N))"
        "/(N*sqrt(Sum(W[k, l]**2, (l, 1, D))))",
        {
            "by": "W[k,q]",
            "where": [
                "c[n,j] = sum(W[j,l]*x[n,l], l=1..D)/(sqrt(sum(W[j,l]^2, l=1..D))"
                "*sqrt(sum(x[n,l]^2, l=1..D)))"
            ],
            "given": ["s > 0"],
        },
    ),
}


def gradient(name: str) -> derive.Derivation:
    loss, _, asked = BY_HAND[name]
    more = {key: value for key, value in asked.items() if key != "by"}
    return derive.gradient(loss, asked.get("by", "z[k]"), **more)


DEEP = {
    "product of what two shares leave of one",
    "a mixture of binary features",
    "a density over D dimensions",
    "shares of powers",
}
"""Whose kernel has logarithms in exponents in logarithms, deeper than the exact method reaches."""


@pytest.mark.parametrize("name", BY_HAND)
def test_a_result_is_as_short_as_by_hand(name: str) -> None:
    found = gradient(name)
    assert str(found.result) == BY_HAND[name][1]
    assert found.check().level == ("sampled" if name in DEEP else "exact")


@pytest.mark.parametrize(
    ("loss", "by"),
    [
        ("-sum(log(mu + sum(a*exp(-b*(x[i] - x[j])), j=1..i - 1)), i=1..N)", ["mu", "a"]),
        ("-sum(log(1 - erf(y[n] - sum(x[n,l]*b[l], l=1..D))), n=1..N)", ["b[k]"]),
        ("a*sum((4 - 4*delta(i, j))/(x[i] - x[j])^6, i=1..N, j=1..N)/2", ["x[k]"]),
        ("a*sum((1 + y[n]^2/(mu^2*a))^(b/2), n=1..N)", ["mu"]),
    ],
    ids=[
        "sums of no terms",
        "nearly nothing left of one",
        "a number beside one within a sum",
        "a square below a bar, squared",
    ],
)
def test_a_true_derivation_is_not_refused(loss: str, by: list[str]) -> None:
    given = ["mu > 0", "a > 0", "b > 0"] if "mu" in loss else []
    assert derive.gradient(loss, by, given=given).check().level == "exact"


def test_terms_meet_at_the_true_class() -> None:
    """``x_n`` less its part along ``W_k`` is in both terms, once the true class is called ``k``."""
    cosine = "s*sum(x[n,d]*W[j,d], d=1..D)/sqrt(sum(W[j,d]^2, d=1..D))"
    given = derive.gradient(f"-sum(log(softmax({cosine}, j)[t[n]]), n=1..N)", "W[k,m]")
    assert str(given.result) == (
        "s*Sum((-W[k, m]*Sum(W[k, d]*x[n, d], (d, 1, D))/Sum(W[k, d]**2, (d, 1, D)) + x[n, m])"
        "*(-KroneckerDelta(k, t[n]) + \\hat{y}[n, k]), (n, 1, N))/sqrt(Sum(W[k, d]**2, (d, 1, D)))"
    )


def test_a_mask_beside_several_terms_is_not_multiplied_out() -> None:
    """It was, and half and half were left as two numbers, which the checker refused."""
    loss = "sum(log(sum((1 - delta(k,j))*(s[k]*s[j] + 1)/2, k=1..N)), j=1..N)"
    given = derive.gradient(loss, "s[a]", given=["s[k] > 0", "N > 1"])
    assert "N" not in str(given.result).replace("1, N", "")
    assert given.check().level == "exact"


def test_the_true_class_keeps_its_label_where_others_may_have_no_value() -> None:
    given = derive.gradient("-log(y[t]*z[t])", "z[k]", given=["y[t]*z[t] > 0"])
    assert "z[k]" not in str(given.result)
    _, slope = given.kernel("numpy")(z=np.array([0.0, 2.0]), y=np.ones(2), t=1)
    assert slope.tolist() == [0.0, -0.5]


def test_the_same_question_has_the_same_answer() -> None:
    """What was remembered for an equal expression once made the second answer a longer one."""
    loss, by, asked = (BY_HAND["by a margin"][0], "z[m,k]", BY_HAND["by a margin"][2])
    answers = {str(derive.gradient(loss, by, where=asked["where"]).result) for _ in range(3)}
    assert answers == {"s*(-KroneckerDelta(k, t[m]) + p[m, k])/N"}


def test_weighted_shares_in_a_sum_keep_what_they_leave_of_one() -> None:
    f = derive.gradient("-sum(log(1 - a*sigmoid(z[r])), r=1..R)", "z[k]").kernel("numpy")
    value, slope = f(z=np.array([1000.0, 2.0]), a=1.0)
    assert abs(value - 1002.1269280110429) < 1e-9
    assert np.allclose(slope, [1.0, 0.8807970779778824])


@pytest.mark.parametrize("outer", ["abs({})", "exp({})", "({})^2"])
def test_a_class_in_an_inner_sum_stays_there(outer: str) -> None:
    """Calibration over a batch: the delta of a class that belongs to a sum inside."""
    inside = "sum(softmax(z[n])[c] - delta(c,t[n]), n=1..N)"
    found = derive.gradient(f"sum({outer.format(inside)}, c=1..C)", "z[m,k]")
    assert found.check().level == "exact"
    found.kernel("numpy")


def test_a_masked_choice_in_an_exponent_stays_there() -> None:
    """SymPy takes a Piecewise out of the exponential that it stands in, and a mask into it."""
    C, (j, k, t) = Symbol("C", integer=True, positive=True), symbols("j k t", integer=True)
    c, b, s = IndexedBase("c", shape=(C,)), Symbol("b"), Symbol("s", positive=True)
    hard = Piecewise((c[j], c[j] <= b), (c[j] ** 2 + c[j], True))
    loss = log(1 + Sum((1 - KroneckerDelta(j, t)) * exp(s * hard), (j, 1, C)))
    found = derive.gradient(loss, c[k])
    assert "KroneckerDelta(j, k)" not in str(found.result)
    value, slope = found.kernel("numpy")(c=np.array([0.3, 0.9, 0.2]), b=0.5, s=1000.0, t=0)
    assert value == 1710 and slope.tolist() == [0, 2800, 0]


@pytest.mark.parametrize(
    "term", ["q[i,j]*cosh(s[i] - s[j])^2", "q[i,j]*log(1 + v*exp(s[j] - s[i]))"]
)
def test_a_bracket_on_the_index_of_a_sum_is_its_bound(term: str) -> None:
    given = ["v > 0"] if "v" in term else []
    found = derive.hessian(f"sum(sum({term}, j=i+1..C), i=1..C)", "s[k]", "s[m]", given=given)
    same = found.cases[Eq(*symbols("k m", integer=True))]
    assert "Piecewise" not in str(same.result)
    assert found.check().level == "exact"


PREFERENCE = f"-log(p[w]) - L*log(sigmoid({ODDS.format('w')} - ({ODDS.format('r')})))"


@cache
def preference() -> Callable[..., Any]:
    kernel: Callable[..., Any] = derive.gradient(PREFERENCE, "z[k]", where=SOFTMAX).kernel("numpy")
    return kernel


@pytest.mark.parametrize("offset", [720.0, 1000.0, -760.0])
def test_a_common_offset_of_the_logits_changes_nothing(offset: float) -> None:
    """As by text, ``e^{log a - log b}`` stays one exponential; a fraction of both overflows."""
    kernel = preference()
    z = np.array([1.0, 2.0, 0.0, 0.5])
    value, slope = kernel(z=z + offset, w=1, r=3, L=0.1)
    expected, exact = kernel(z=z, w=1, r=3, L=0.1)
    assert abs(value - expected) < 1e-12 and np.abs(slope - exact).max() < 1e-12
    assert abs(expected - 0.5562453719399183) < 1e-14


def test_teachers_without_the_true_class_may_be_far_off() -> None:
    """Sums that leave an index out are positive wherever a logarithm is taken of them."""
    share = "exp({0}[i])/sum((1 - delta(j, t))*exp({0}[j]), j=1..C)"
    loss = f"sum((1 - delta(i, t))*q[i]*log(q[i]/({share.format('z')})), i=1..C)"
    kernel = derive.gradient(loss, "z[k]", where=[f"q[i] = {share.format('v')}"]).kernel("numpy")
    z, v = np.array([1.0, 2.0, 0.0, 0.5]), np.array([0.0, 1.0, -1.0, 2.0])
    expected, exact = kernel(z=z, v=v, t=0)
    for a, b in ((1000.0, 0.0), (0.0, 1000.0), (-1000.0, 1000.0)):
        value, slope = kernel(z=z + a, v=v + b, t=0)
        assert abs(value - expected) < 1e-11 and np.abs(slope - exact).max() < 1e-11


def test_a_power_that_is_infinite_beside_a_zero_counts_for_nothing() -> None:
    d = derive.gradient("sum(max(x[i], 0)^h, i=1..C)", "x[k]", given=["h > 0"])
    x = np.array([-1.0, 4.0])
    assert d.kernel("numpy")(x=x, h=0.5)[1].tolist() == [0.0, 0.25]
    assert [float(v) for v in d.kernel("mpmath")(x=x, h=0.5)[1]] == [0.0, 0.25]


# Losses, what stands under where=, the inputs, and value and derivative in 40 digits.
EXACT = [
    ("-(y*log(p) + (1 - y)*log(1 - p))", ["p = sigmoid(z)"], {"z": 40.0, "y": 0.0}, 40.0, 1.0),
    ("-(y*log(p) + (1 - y)*log(1 - p))", ["p = sigmoid(-z)"], {"z": 40.0, "y": 1.0}, 40.0, 1.0),
    ("log(softplus(z))", [], {"z": -40.0}, -40.0, 1.0),
    ("-log(1 - (c + (1 - c)*sigmoid(z)))", [], {"z": 50.0, "c": 0.25}, 50.28768207245178, 1.0),
    ("log(cosh(z))", [], {"z": 1000.0}, 999.3068528194400546, 1.0),
    ("-log(sigmoid(z))", [], {"z": 40.0}, 4.248354255291589e-18, -4.248354255291589e-18),
]


@pytest.mark.parametrize(("loss", "where", "inputs", "value", "slope"), EXACT)
def test_numbers_by_name_and_small_logarithms_keep_their_digits(
    loss: str, where: list[str], inputs: dict[str, float], value: float, slope: float
) -> None:
    found = derive.gradient(loss, "z", where=where).kernel("numpy")(**inputs)
    assert np.allclose(found, (value, slope), rtol=1e-13, atol=0)


def test_a_named_share_is_worked_out_from_the_others() -> None:
    d = derive.gradient("-log(1 - p)", "z[k]", where=["p = softmax(z)[t]"])
    value, slope = d.kernel("numpy")(z=np.array([40.0, 0.0]), t=0)
    assert value == 40 and slope.tolist() == [1, -1]


def test_the_logarithm_of_a_mean_of_the_others_is_shifted() -> None:
    loss = "log(sum((1 - delta(i, t))*exp(z[i]), i=1..C)/(C - 1))"
    kernel = derive.gradient(loss, "z[k]").kernel("numpy")
    value, _ = kernel(z=np.array([-1000.0, -1100.0, -1200.0]), t=0)
    assert np.isclose(value, -1100 - np.log(2), rtol=1e-15)


def test_a_definition_that_says_something_else_is_found_out() -> None:
    """What a name is made of may have names of its own, and nothing more may differ."""
    d = gradient("softmax in a named sum")
    changed = tuple(
        replace(known, value=Times(2, known.value)) if str(known.base) == "h" else known
        for known in d.definitions
    )
    found = check(replace(d, definitions=changed)).failures
    assert "h is not what the problem says it is" in {f.sentence for f in found}


def test_terms_meet_inside_a_sum() -> None:
    """By a bias that several samples share, binary cross-entropy ends in ``q - y`` as well."""
    loss = "-sum(y[n,c]*log(q[n,c]) + (1 - y[n,c])*log(1 - q[n,c]), c=1..C, n=1..N)"
    given = derive.gradient(loss, "b[k]", where=["q[n,c] = sigmoid(g[n] + b[c])"])
    assert str(given.result) == "Sum(q[n, k] - y[n, k], (n, 1, N))"


def test_a_distance_of_a_point_to_itself_is_refused_in_words() -> None:
    with pytest.raises(derive.DeriveError, match=r"no value at j = k, .* 1 - delta\(i,j\)"):
        derive.gradient("sum(sqrt(sum((x[i,l] - x[j,l])^2, l=1..D)), i=1..N, j=1..N)", "x[k,m]")


def test_what_is_assumed_is_said_once() -> None:
    loss = "-log(sigmoid(-log(sum((1 - delta(j,t))*exp(r[j] - r[t]), j=1..C))))"
    assert str(derive.gradient(loss, "r[k]").check()).count(" > 0") == 1
    given = derive.gradient("sum(log(s[n]) + y[n]/s[n], n=1..N)", "s[k]", given=["s[n] > 0"])
    assert not given.check().conditions


def test_choices_that_are_zero_hide_exponentials() -> None:
    loss = "-min(exp(l)*A, clip(exp(l), 1 - eps, 1 + eps)*A)"
    value, slope = derive.gradient(loss, "l").kernel("numpy")(l=1000.0, A=1.0, eps=0.2)
    assert (value, slope) == (-1.2, 0)


def test_powers_of_shares_are_taken_out_of_logarithms() -> None:
    loss = "-log(softmax(z)[t]^2/sum(softmax(z)[j]^2, j=1..C))"
    value, _ = derive.gradient(loss, "z[k]").kernel("numpy")(
        z=np.array([1000.0, -1000.0, 3.0]), t=np.array(1)
    )
    assert value == 4000


def test_what_stands_beside_a_bracket_clears_a_bar_in_it() -> None:
    # Birnbaum 1968: (1 - y/P) s with the three-parameter P = c + (1 - c) s.
    right = "c[j] + (1 - c[j])*sigmoid(t - b[j])"
    loss = f"-sum(y[j]*log({right}) + (1 - y[j])*log(1 - ({right})), j=1..J)"
    found = derive.gradient(loss, "t")
    assert (
        str(found.result) == "Sum((1 - y[j]/((1 - c[j])*\\sigma[j] + c[j]))*\\sigma[j], (j, 1, J))"
    )
    assert found.check().ok


def test_terms_cancel_above_a_bar_with_exponentials() -> None:
    """A Hessian of Davidson's model of ties has positive terms only, as by hand."""
    whole = "exp(z[i]) + exp(z[j]) + nu*exp((z[i] + z[j])/2)"
    loss = f"-sum(sum(a[i,j]*log({whole}), j=1..C, j != i), i=1..C)"
    found = derive.hessian(loss, "z[k]", "z[m]", given=["nu > 0"])

    def share(first: str, second: str) -> tuple[str, str]:
        tied = f"nu*exp({first}/2 + {second}/2)"
        return (
            f"({tied}*exp({first}) + {tied}*exp({second}) + 4*exp({first})*exp({second}))",
            f"({tied} + exp({first}) + exp({second}))**2",
        )

    above, below = share("z[k]", "z[m]")
    over, under = share("z[j]", "z[k]")
    assert str(found.result) == (
        f"(1 - KroneckerDelta(k, m))*(a[k, m] + a[m, k])*{above}/(4*{below})"
        f" - KroneckerDelta(k, m)*Sum((1 - KroneckerDelta(j, k))*(a[j, k] + a[k, j])"
        f"*{over}/{under}, (j, 1, C))/4"
    )
    assert found.check().level == "exact"


def test_brackets_beside_sums_of_several_terms_are_held_against_each_other() -> None:
    found = derive.hessian("-(1 - softmax(z)[t])^g*log(softmax(z)[t])", "z[k]", "z[m]")
    assert str(found.result).count("log") == 3
    assert found.check().ok


def test_a_root_of_a_product_is_no_product_of_roots() -> None:
    """What two terms leave of each other was looked up by its factors: a ``KeyError``."""
    loss = "-log(sum(sqrt(p[i]*q[i]), i=1..C))"
    found = derive.hessian(loss, "z[k]", "z[l]", where=SOFTMAX)
    assert str(found.result) == (
        "sqrt(p[k]*q[k])*(sqrt(p[l]*q[l])/Sum(sqrt(p[i]*q[i]), (i, 1, C)) - KroneckerDelta(k, l))"
        "/(4*Sum(sqrt(p[i]*q[i]), (i, 1, C))) + (KroneckerDelta(k, l) - p[l])*p[k]/2"
    )
    assert found.check().level == "exact"


@pytest.mark.parametrize(
    "loss",
    [
        "-sum(log(p[i] + q[i])*y[i], i=1..C)",
        "sum(max(0, p[i] - q[i])^2, i=1..C)",
        "-sum(y[i]*(1 - p[i])^2*log(p[i]), i=1..C)",
        "sum(p[i]^2/(p[i] + q[i]), i=1..C)",
    ],
)
def test_a_true_hessian_by_logits_is_not_refused(loss: str) -> None:
    """Of each of these the check once refused a step that is true."""
    assert derive.hessian(loss, "z[k]", "z[l]", where=SOFTMAX).check().level == "exact"


def test_pairs_counted_once_join_in_a_hessian() -> None:
    """RankNet's, over ``i < j``: no brackets, and one sum over all others."""
    loss = "sum(sum(log(1 + exp(-(s[i] - s[j]))), j=i+1..N), i=1..N)"
    found = derive.hessian(loss, "s[k]", "s[m]")
    assert str(found.result) == (
        "-(1 - KroneckerDelta(k, m))*\\sigma[k, m]*\\sigma[m, k]"
        " + KroneckerDelta(k, m)*Sum((1 - KroneckerDelta(i, k))*\\sigma[i, k]*\\sigma[k, i],"
        " (i, 1, N))"
    )
    assert found.check().level == "exact"


def test_a_delta_stands_once_in_a_hessian() -> None:
    """The XY model's: what only holds on the diagonal is in one bracket."""
    loss = "-sum(sum(J[i,j]*cos(a[i] - a[j]), j=1..N), i=1..N)/2 - B*sum(cos(a[i]), i=1..N)"
    found = derive.hessian(loss, "a[k]", "a[m]")
    assert str(found.result) == (
        "(B*cos(a[k]) + Sum((J[j, k] + J[k, j])*cos(a[j] - a[k]), (j, 1, N))/2)"
        "*KroneckerDelta(k, m) - (J[k, m] + J[m, k])*cos(a[k] - a[m])/2"
    )
    assert found.check().level == "exact"


def test_a_named_intensity_leaves_what_one_of_its_terms_leaves() -> None:
    """Hawkes' Hessian by his excitation and his decay: ``1 - a S/lam = mu/lam``."""
    given = ["mu > 0", "a > 0", "b > 0"]
    where = ["h[i] = mu + a*sum(exp(-b*(t[i] - t[j])), j=1..i-1)"]
    found = derive.hessian("-sum(log(h[i]), i=1..N)", "a", "b", given=given, where=where)
    assert str(found.result) == (
        "mu*Sum(Sum((t[i] - t[j])*exp(-b*(t[i] - t[j])), (j, 1, i - 1))/h[i]**2, (i, 1, N))"
    )
    assert found.check().level == "exact"


def test_a_count_beside_the_delta_of_zero_is_zero() -> None:
    """Zero-inflated Poisson regression, as Lambert 1992 has it."""
    loss = (
        "-sum(delta(y[n],0)*log(exp(g[n]) + exp(-m[n])) + (1 - delta(y[n],0))"
        "*(y[n]*log(m[n]) - m[n] - lgamma(y[n]+1)) - log(1 + exp(g[n])), n=1..N)"
    )
    found = derive.gradient(loss, "b[k]", where=["m[n] = exp(sum(x[n,l]*b[l], l=1..D))"])
    assert str(found.result) == (
        "-Sum(((KroneckerDelta(0, y[n])*\\varsigma[n] - 1)*m[n] + y[n])*x[n, k], (n, 1, N))"
    )
    assert found.check().level == "exact"
    plain = derive.gradient("sum((1 - delta(y[n],0))*y[n]*b[n], n=1..N)", "b[k]")
    assert str(plain.result) == "y[k]"


DISTANT = ["d[i,j] = sqrt(sum((x[i,l] - x[j,l])^2, l=1..L))"]


@pytest.mark.parametrize(
    ("loss", "result"),
    [
        (
            "sum(sum((D[i,j] - d[i,j])^2, j=i+1..N), i=1..N)",
            "2*Sum(((-D[i, k] + d[i, k])*KroneckerDelta(m, r)"
            " + (-x[i, m] + x[k, m])*(-x[i, r] + x[k, r])*D[i, k]/d[i, k]**2)/d[i, k],"
            " (i, 1, k - 1))"
            " + 2*Sum(((-D[k, j] + d[k, j])*KroneckerDelta(m, r)"
            " + (-x[j, m] + x[k, m])*(-x[j, r] + x[k, r])*D[k, j]/d[k, j]**2)/d[k, j],"
            " (j, k + 1, N))",
        ),
        (
            "sum(sum((D[i,j] - d[i,j])^2, j=1..N, j != i), i=1..N)",
            "2*Sum((1 - KroneckerDelta(j, k))*((D[j, k] + D[k, j])*(-x[j, m] + x[k, m])"
            "*(-x[j, r] + x[k, r])/d[k, j]**2"
            " - (D[j, k] + D[k, j] - 2*d[k, j])*KroneckerDelta(m, r))/d[k, j], (j, 1, N))",
        ),
    ],
)
def test_a_distance_cancels_over_powers_of_it(loss: str, result: str) -> None:
    """Kruskal's stress: ``(D - d) u/d^3 + u/d^2`` is ``D u/d^3``."""
    found = derive.hessian(loss, "x[k,m]", "x[k,r]", where=DISTANT)
    assert str(found.result) == result and found.check().level == "exact"


def test_a_diagonal_may_be_written_with_either_index() -> None:
    """``(δ_{hk} - p_k) p_h`` as a matrix: the entry of the diagonal is ``p_k`` or ``p_h``."""
    loss = "log(1 + sum(exp(g*n[j]), j=1..L)*sum(exp(-g*p[i]), i=1..K))"
    found = derive.hessian(loss, "n[k]", "n[h]")
    assert str(found.result) == "g**2*(KroneckerDelta(h, k) - \\hat{y}[k])*\\hat{y}[h]"
    assert found.check().level == "exact"


def test_differences_of_one_pair_are_written_the_same_way_round() -> None:
    """The Hessian of a logarithmic repulsion: ``u_a u_b``, and no ``-u_a (-u_b)``."""
    loss = "sum(sum(log(1/d[i,j]), j=1..N, j != i), i=1..N)"
    found = derive.hessian(loss, "x[k,a]", "x[m,b]", where=DISTANT)
    assert "(-2*(x[k, a] - x[m, a])*(x[k, b] - x[m, b])/d[k, m]**2" in str(found.result)
    assert "(-x[j, a] + x[k, a])*(-x[j, b] + x[k, b])/d[k, j]**4" in str(found.result)
