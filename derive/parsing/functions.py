"""The functions that a text may name, and what they are in SymPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Expr, Product, Sum, exp, log

from derive.notation import ZERO, Exp, Maximum, Threshold

Range = tuple[Expr, ...]
"""An index, the ends of its range, and what a maximum leaves out."""


@dataclass(frozen=True)
class Function:
    """A function of one or more numbers.

    Attributes:
        apply: What it is in SymPy.
        arguments: How many numbers it takes.
    """

    apply: Callable[..., Expr]
    arguments: int = 1


def exponential(u: Expr) -> Expr:
    """As it is written: SymPy would make ``e^{log a - log b}`` a fraction, which may overflow."""
    return exp(u, evaluate=not u.has(log))


def factor(u: Expr) -> Expr:
    """The same as a factor: in products SymPy would evaluate ``e^{log a - log b}`` after all."""
    return Exp(u.args[0]) if isinstance(u, exp) and u.has(log) else u


def logistic(u: Expr) -> Expr:
    return 1 / (1 + exponential(-u))


def leaky_rectifier(u: Expr, slope: Expr) -> Expr:
    return branches(u, ZERO, u, slope * u)


def exponential_linear(u: Expr, scale: Expr) -> Expr:
    return branches(u, ZERO, u, scale * (exp(u) - 1))


def huber(u: Expr, width: Expr) -> Expr:
    size = sympy.Abs(u)
    return branches(size, width, width * (size - width / 2), u**2 / 2)


def branches(first: Expr, second: Expr, above: Expr, otherwise: Expr) -> Expr:
    """One of two where ``first > second``: SymPy would take a Piecewise out of the sums around."""
    return Threshold(first, second, above, otherwise)


FUNCTIONS: dict[str, Function] = {
    "exp": Function(exponential),
    "log": Function(log),
    "ln": Function(log),
    "sqrt": Function(sympy.sqrt),
    "sin": Function(sympy.sin),
    "cos": Function(sympy.cos),
    "tan": Function(sympy.tan),
    "arcsin": Function(sympy.asin),
    "arccos": Function(sympy.acos),
    "arctan": Function(sympy.atan),
    "asin": Function(sympy.asin),
    "acos": Function(sympy.acos),
    "atan": Function(sympy.atan),
    "sinh": Function(sympy.sinh),
    "cosh": Function(sympy.cosh),
    "tanh": Function(sympy.tanh),
    "asinh": Function(sympy.asinh),
    "acosh": Function(sympy.acosh),
    "atanh": Function(sympy.atanh),
    "arsinh": Function(sympy.asinh),
    "arcosh": Function(sympy.acosh),
    "artanh": Function(sympy.atanh),
    "arcsinh": Function(sympy.asinh),
    "arccosh": Function(sympy.acosh),
    "arctanh": Function(sympy.atanh),
    "erf": Function(sympy.erf),
    "lgamma": Function(sympy.loggamma),
    "loggamma": Function(sympy.loggamma),
    "gammaln": Function(sympy.loggamma),
    "digamma": Function(sympy.digamma),
    "log1p": Function(lambda u: log(1 + u)),
    "expm1": Function(lambda u: exponential(u) - 1),
    "log2": Function(lambda u: log(u) / log(2)),
    "log10": Function(lambda u: log(u) / log(10)),
    "erfc": Function(sympy.erfc),
    "sigmoid": Function(logistic),
    "logistic": Function(logistic),
    "softplus": Function(lambda u: log(1 + exponential(u))),
    "abs": Function(sympy.Abs),
    "sign": Function(sympy.sign),
    "max": Function(sympy.Max, arguments=2),
    "min": Function(sympy.Min, arguments=2),
    "Max": Function(sympy.Max, arguments=2),
    "Min": Function(sympy.Min, arguments=2),
    "Abs": Function(sympy.Abs),
    "relu": Function(lambda u: sympy.Max(u, 0)),
    "leaky_relu": Function(leaky_rectifier, arguments=2),
    "elu": Function(exponential_linear, arguments=2),
    "huber": Function(huber, arguments=2),
    "clip": Function(lambda u, low, high: sympy.Max(low, sympy.Min(u, high)), arguments=3),
}


def minimum(body: Expr, limits: Range) -> Expr:
    return -Maximum(-body, limits)


def softmax(here: Expr, anywhere: Expr, limits: Range) -> Expr:
    return exp(here) / Sum(exp(anywhere), limits)


REDUCTIONS: dict[str, Callable[[Expr, Expr, Range], Expr]] = {
    "softmax": softmax,
    "log_softmax": lambda here, anywhere, limits: log(softmax(here, anywhere, limits)),
}
"""Functions of all entries of a vector, at one: of the entry there, any entry, and their range."""

WHOLE: dict[str, Callable[[Expr, Range], Expr]] = {
    "logsumexp": lambda anywhere, limits: log(Sum(exp(anywhere), limits)),
}
"""Functions of all entries of a vector that have one value."""

RANGED: dict[str, Callable[[Expr, Range], Expr]] = {
    "Sum": Sum,
    "sum": Sum,
    "Product": Product,
    "product": Product,
    "prod": Product,
    "Max": Maximum,
    "max": Maximum,
    "Min": minimum,
    "min": minimum,
}
"""Functions of all values of a body over a range: of the body and the range."""

INSTEAD = {
    "norm": "sqrt(sum(z[i]^2, i=1..C))",
    "dot": "sum(a[i]*b[i], i=1..C)",
    "mean": "sum(z[i], i=1..C)/C",
    "average": "sum(z[i], i=1..C)/C",
    "var": "sum((z[i] - m)^2, i=1..C)/C, and m = sum(z[i], i=1..C)/C with where=",
    "gamma": "exp(lgamma(u))",
    "if": "max, min, abs, relu or clip",
    "where": "max, min, abs, relu or clip",
    "argmax": "a label, as in z[t], which does not move where the others do",
    "argmin": "a label, as in z[t], which does not move where the others do",
}
"""How people say what there is no function for, and how it is written here."""

DELTAS = ("delta", "KroneckerDelta")
SLOPES = ("diff", "Derivative")

CONSTANTS: dict[str, Expr] = {"pi": sympy.pi}
"""Names that stand for a number where they are nothing else."""

RESERVED = frozenset({*FUNCTIONS, *REDUCTIONS, *WHOLE, *RANGED, *DELTAS, *SLOPES})


def listed() -> str:
    """The functions, one name for each, for a message."""
    named = {function: name for name, function in reversed(FUNCTIONS.items())}
    once = [name for name in FUNCTIONS if name in named.values()]
    return ", ".join((*once, *REDUCTIONS, *WHOLE, "Sum", "Product", "Max", "Min", "delta", "diff"))
