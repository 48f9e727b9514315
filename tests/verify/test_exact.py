"""Exact comparison accepts what is true and refuses what is not, where SymPy's own means fail."""

import pytest
from sympy import (
    Add,
    IndexedBase,
    Integer,
    Rational,
    Symbol,
    exp,
    log,
    sqrt,
    symbols,
    tanh,
)

from derive.problem import Problem
from derive.verify.decide import Decider
from derive.verify.sample import Sampler

z = IndexedBase("z")
T, g = symbols("T gamma", positive=True)


def cases(n: int):
    """Name, a true equation and a wrong right-hand side; from losses with n classes."""
    v = [z[a] for a in range(1, n + 1)]
    partition = Add(*map(exp, v))
    p = [exp(a) / partition for a in v]
    q = p[0]
    warm = Add(*(exp(a / T) for a in v))
    cross = -log(exp(v[0] / T) / warm)
    focal = -((1 - q) ** g) * log(q)
    bend = list(map(tanh, v))
    bent = Add(*map(exp, bend))
    mean = Add(*v) / n
    spread = sqrt(Add(*((a - mean) ** 2 for a in v)) / n + T)
    normal = [(a - mean) / spread for a in v]
    length = sqrt(Add(*(a**2 for a in v)))
    root = Add(*(exp(a / 2) for a in v))
    inner = g * q * log(q)
    yield "1/exp", exp(-v[0]) * (exp(v[0]) + exp(v[1])), 1 + exp(v[1] - v[0]), 1 + exp(v[0] - v[1])
    average = Add(*(a * exp(a / T) for a in v)) / warm
    yield "temperature", cross.diff(T), (v[0] - average) / T**2, (v[0] - average) / T
    lower, wrong = (1 - q) ** g * (inner + q - 1), (1 - q) ** g * (inner - q + 1)
    yield "focal", focal.diff(v[0]), lower, wrong
    other = -((1 - q) ** (g - 1)) * p[1] * (inner + q - 1)
    yield "focal, other class", focal.diff(v[1]), other, other * (1 - q)
    yield "focal by gamma", focal.diff(g), focal * log(1 - q), -focal * log(1 - q)
    slope = exp(bend[1]) / bent
    bent_loss = -log(exp(bend[0]) / bent)
    yield "tanh", bent_loss.diff(v[1]), slope * (1 - bend[1] ** 2), slope * (1 + bend[1] ** 2)
    halves = -log(sqrt(q) / Add(*map(sqrt, p)))
    yield "roots", halves.diff(v[1]), exp(v[1] / 2) / root / 2, exp(v[1] / 2) / root
    yield "log of a quotient", log(q), v[0] - log(partition), v[0] + log(partition)
    yield "log of log", log(log(partition)).diff(v[0]), q / log(partition), q / log(partition) ** 2
    power = exp(g * log(q))
    yield "exp of log", power.diff(v[1]), -g * q**g * p[1], -g * q ** (g - 1) * p[1]
    norm = (v[0] / length).diff(v[0])
    yield "norm", norm, 1 / length - v[0] ** 2 / length**3, 1 / length - v[0] ** 2 / length**2
    covariance = normal[0] * normal[1] / n
    layer = normal[0].diff(v[1])
    over_n = -Rational(1, n)
    yield "layer norm", layer, (over_n - covariance) / spread, (over_n + covariance) / spread
    deep = exp(exp(exp(exp(v[0]))))
    yield "tall tower", deep**2, exp(2 * exp(exp(exp(v[0])))), exp(exp(2 * exp(exp(v[0]))))
    yield "tower", exp(exp(v[0]) * 2), exp(exp(v[0])) ** 2, exp(exp(v[0] * 2))
    yield "numbers", log(Integer(8)), 3 * log(Integer(2)), 2 * log(Integer(2))


ALL = [(n, *case) for n in (3, 5) for case in cases(n)]


@pytest.mark.parametrize(("n", "name", "left", "right", "wrong"), ALL, ids=lambda v: str(v)[:20])
def test_decides(n: int, name: str, left, right, wrong) -> None:
    problem = Problem("case", "gradient", left, left, (z[1],))
    sized = IndexedBase("z", shape=(n,))
    give = lambda e: e.xreplace({z[a]: sized[a] for a in range(1, n + 1)})
    decider = Decider(problem, ())
    right_one = decider.compare(give(left), give(right), ())
    assert right_one.equal and right_one.cases
    assert decider.compare(give(left), give(wrong), ()).place is not None


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (sqrt(Symbol("x") ** 2), Symbol("x"), False),
        (sqrt(T**2), T, True),
        (log(T**2), 2 * log(T), True),
        (T**g * T, T ** (g + 1), True),
        (T**g * T, T ** (g - 1), False),
        ((-Symbol("x")) ** 3, -(Symbol("x") ** 3), True),
    ],
)
def test_signs(left, right, equal: bool) -> None:
    problem = Problem("case", "gradient", left, left, (T,))
    assert Decider(problem, ()).compare(left, right, ()).equal == equal


def test_what_is_never_real_is_left_to_the_random_points() -> None:
    problem = Problem("case", "gradient", log(-T), log(-T), (T,))
    assert Sampler(problem, ()).compare(log(-T), log(T), ()).reason is not None
