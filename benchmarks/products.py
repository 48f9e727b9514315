"""Kernels with matrix products, beside the same written by hand in NumPy.

    python benchmarks/products.py [RUNS]

N = 4096 samples, D = 512 inputs, C = 100 classes, float64. Kernel and hand-written code take turns
in one process, so that a machine's drift touches both; the table gives medians and the median of
the ratios round by round. The results are compared first.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from sympy import Eq, IndexedBase, Sum, exp, log, symbols

import derive

SAMPLES, INPUTS, CLASSES = 4096, 512, 100

C, D, N = symbols("C D N", integer=True, positive=True)
i, j, k, l, m, n, r = symbols("i j k l m n r", integer=True)  # noqa: E741
W, X = IndexedBase("W", shape=(D, C)), IndexedBase("X", shape=(N, D))
A, B = IndexedBase("A", shape=(N, C)), IndexedBase("B", shape=(C, D))
Y, b = IndexedBase("Y", shape=(N, C)), IndexedBase("b", shape=(C,))
w, y = IndexedBase("w", shape=(D,)), IndexedBase("y", shape=(N,))
one = Eq(Sum(Y[n, i], (i, 1, C)), 1)


def score(sample: Any, at: Any) -> Any:
    return Sum(X[sample, l] * W[l, at], (l, 1, D)) + b[at]


softmax = exp(score(n, i)) / Sum(exp(score(n, j)), (j, 1, C))
regression = -Sum(Y[n, i] * log(softmax), (i, 1, C), (n, 1, N)) / N
residual = Sum(X[n, l] * w[l], (l, 1, D)) - y[n]
squares = Sum(residual**2, (n, 1, N))
factorisation = Sum((X[n, l] - Sum(A[n, i] * B[i, l], (i, 1, C))) ** 2, (n, 1, N), (l, 1, D))


def regression_by_hand(X: Any, W: Any, b: Any, Y: Any) -> Any:
    z = X @ W + b
    z -= z.max(axis=1, keepdims=True)
    e = np.exp(z)
    s = e.sum(axis=1, keepdims=True)
    P = e / s
    value = -(Y * (z - np.log(s))).sum() / len(X)
    return value, (X.T @ (P - Y) / len(X), (P - Y).sum(axis=0) / len(X))


def squares_by_hand(X: Any, w: Any, y: Any) -> Any:
    e = X @ w - y
    return (e**2).sum(), 2 * X.T @ e


def factorisation_by_hand(X: Any, A: Any, B: Any) -> Any:
    E = A @ B - X
    return (E**2).sum(), (2 * E @ B.T, 2 * A.T @ E)


ROWS: dict[str, tuple[Any, Callable[..., Any], str]] = {
    "softmax regression by W and b": (
        derive.gradient(regression, [W[m, k], b[k]], given=[one]),
        regression_by_hand,
        "XWbY",
    ),
    "least squares by w": (derive.gradient(squares, w[k]), squares_by_hand, "Xwy"),
    "|X - A B|^2 by A and B": (
        derive.gradient(factorisation, [A[r, k], B[k, m]]),
        factorisation_by_hand,
        "XAB",
    ),
}


def seconds(work: Callable[..., Any], arrays: dict[str, Any]) -> float:
    begin = time.perf_counter()
    work(**arrays)
    return time.perf_counter() - begin


def flat(result: Any) -> list[Any]:
    """The arrays of a nested result."""
    return [a for part in result for a in flat(part)] if isinstance(result, tuple) else [result]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    random = np.random.default_rng(0)
    arrays = {
        "X": random.normal(size=(SAMPLES, INPUTS)),
        "W": random.normal(size=(INPUTS, CLASSES)) / INPUTS**0.5,
        "A": random.normal(size=(SAMPLES, CLASSES)),
        "B": random.normal(size=(CLASSES, INPUTS)),
        "Y": random.dirichlet(np.ones(CLASSES), SAMPLES),
        "b": random.normal(size=CLASSES),
        "w": random.normal(size=INPUTS),
        "y": random.normal(size=SAMPLES),
    }
    print(f"{'median of ' + str(rounds):<34}{'kernel, ms':>12}{'by hand, ms':>13}{'ratio':>8}")
    for name, (derivation, by_hand, letters) in ROWS.items():
        given = {letter: arrays[letter] for letter in letters}
        kernel = derivation.kernel("numpy")
        for ours, theirs in zip(flat(kernel(**given)), flat(by_hand(**given)), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
        pairs = [(seconds(kernel, given), seconds(by_hand, given)) for _ in range(rounds)]
        mine, hand = (1e3 * median(times) for times in zip(*pairs, strict=True))
        ratio = median(a / b for a, b in pairs)
        print(f"{name:<34}{mine:>12.1f}{hand:>13.1f}{ratio:>8.2f}")


if __name__ == "__main__":
    main()
