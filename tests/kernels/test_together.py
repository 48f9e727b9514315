"""What rounds to zero together has a ratio, and what is too little for a number a logarithm."""

from __future__ import annotations

import pytest
from exact import check

pytestmark = pytest.mark.needs("lark")

DIGITS = 1000
SCORES = [-1000.0, -744.5, -40.0, 0.3, 4.0, -800.0]
LABELS = [1.0, 1.0, 0.3, 0.0, 0.6, 0.7]
COUNTS = [0.0, 1.0, 2.0, 1.0, 3.0, 1.0]

GIVEN = "-y[n]*log(1 - exp(-{0})) + (1 - y[n])*{0}"
NAMED = "-y[n]*log(p[n]) - (1 - y[n])*log(1 - p[n])"
TRUNCATED = "sum({0} - y[n]*log({0}) + log(1 - exp(-{0})), n=1..N)"
LINEAR = "sum(w[l]*x[n,l], l=1..D)"
FOCUSED = "-sum(y[i]*(1 - p[i])^a*log(p[i]) + (1 - y[i])*q[i]^b*log(1 - q[i]), i=1..N)"
ABOVE = ("p[i] = sigmoid(z[i])", "q[i] = max(sigmoid(z[i]) - m, 0)")


@pytest.mark.parametrize(
    ("term", "names"),
    [
        (GIVEN.format("exp(u[n])"), ()),
        (GIVEN.format("r[n]"), ("r[n] = exp(u[n])",)),
        (NAMED, ("p[n] = 1 - exp(-exp(u[n]))",)),
    ],
)
def test_a_complementary_log_log(term: str, names: tuple[str, ...]) -> None:
    scores = [max(u, -700.0) if y == 0 else u for u, y in zip(SCORES, LABELS, strict=True)]
    check(f"sum({term}, n=1..N)", "u[k]", (), names, DIGITS, u=scores, y=LABELS)


@pytest.mark.parametrize("scale", [1.0, -10.0, -300.0])
def test_a_linear_score(scale: float) -> None:
    data = {"x": [[1.0, 2.0], [3.0, 1.0]], "y": [1.0, 0.3], "w": [scale, scale]}
    for term, names in (
        (GIVEN.format(f"exp({LINEAR})"), ()),
        (NAMED, (f"p[n] = 1 - exp(-exp({LINEAR}))",)),
    ):
        check(f"sum({term}, n=1..N)", "w[k]", (), names, DIGITS, **data)


def test_a_time_at_risk() -> None:
    term = GIVEN.format("t[n]*exp(u[n])")
    times = [2.0, 0.5, 1.0, 3.0, 0.1, 2.0]
    check(f"sum({term}, n=1..N)", "u[k]", ("t[n] > 0",), (), DIGITS, u=SCORES, y=LABELS, t=times)


@pytest.mark.parametrize("names", [(), ("r[n] = exp(u[n])",)])
def test_counts_without_zero(names: tuple[str, ...]) -> None:
    loss = TRUNCATED.format("r[n]" if names else "exp(u[n])")
    check(loss, "u[k]", (), names, DIGITS, u=SCORES, y=COUNTS)


def test_an_exponential_left_of_what_it_leaves() -> None:
    names = ("p[n] = 1 - exp(-s[n])",)
    scores = [1e-3, 0.2, 40.0, 1000.0]
    check(f"sum({NAMED}, n=1..N)", "s[k]", (), names, DIGITS, s=scores, y=[1.0, 0.3, 0.0, 0.5])


@pytest.mark.slow
@pytest.mark.parametrize("m", [0.0, 0.05])
@pytest.mark.parametrize("score", [0.2, 40.0, 700.0, 745.0, 1000.0])
def test_a_share_above_a_margin_that_may_be_zero(m: float, score: float) -> None:
    if m and score > 700:
        return  # the true slope is too little for a number
    scores, labels = [score, -5.0, 0.3], [0.0, 1.0, 0.0]
    check(FOCUSED, "z[k]", (), ABOVE, DIGITS, z=scores, y=labels, m=m, a=1.0, b=4.0)


@pytest.mark.slow
@pytest.mark.parametrize("score", [-1000.0, 0.3, 40.0, 1000.0])
@pytest.mark.parametrize("variable", ["u[k]", "r"])
def test_a_fraction_of_unknown_sign_under_a_logarithm(variable: str, score: float) -> None:
    loss = "-sum(r*log(r/(r + {0})) + y[n]*log({0}/(r + {0})), n=1..N)"
    data = {"u": [score, 0.7, 1000.0], "y": [0.0, 3.0, 2.0], "r": 2.0}
    check(loss.format("exp(u[n])"), variable, (), (), DIGITS, **data)
    check(loss.format("v[n]"), variable, (), ("v[n] = exp(u[n])",), DIGITS, **data)
