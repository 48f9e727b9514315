"""Kernels keep the digits of what is left of one: by tanh, mixtures, products, weighted shares."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from exact import check
from sympy import IndexedBase, Sum, exp, log, symbols

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

DIGITS = 1000


def computed(loss: str, variable: str, given: tuple[str, ...] = (), **inputs: Any) -> list[float]:
    """The value and all entries of the derivative, as the kernel has them."""
    kernel = derive.gradient(loss, variable, given=list(given)).kernel("numpy")
    arrays = {name: np.array(v) if isinstance(v, list) else v for name, v in inputs.items()}
    with np.errstate(all="raise", under="ignore"):
        value, slopes = kernel(**arrays)
    return [float(value), *map(float, np.ravel(slopes))]


@pytest.mark.parametrize("number", [-1000.0, -18.0, 0.0, 0.7, 18.0, 400.0])
def test_a_hyperbolic_tangent(number: float) -> None:
    with mpmath.workdps(DIGITS):
        tangent = mpmath.tanh(number)
        left = 1 - tangent**2
        by_log = [float(-mpmath.log(left)), float(2 * tangent)]
        plain = [float(left), float(-2 * tangent * left)]
    found = computed("-log(1 - tanh(u)^2)", "u", u=number)
    np.testing.assert_allclose(found, by_log, rtol=1e-14, atol=1e-15)
    found = computed("1 - tanh(u)^2", "u", u=number)
    np.testing.assert_allclose(found, plain, rtol=1e-14)


@pytest.mark.parametrize("number", [-1000.0, -30.0, -1e-9, 0.0, 0.7, 30.0, 1000.0])
def test_a_hyperbolic_tangent_beside_one(number: float) -> None:
    with mpmath.workdps(DIGITS):
        tangent = mpmath.tanh(number)
        raised = [float(mpmath.log(1 + tangent)), float(1 - tangent)]
        lowered = [float(mpmath.log(1 - tangent)), float(-1 - tangent)]
        halved = [float(-mpmath.log((1 + tangent) / 2)), float(tangent - 1)]
    np.testing.assert_allclose(computed("log(1 + tanh(u))", "u", u=number), raised, rtol=1e-14)
    np.testing.assert_allclose(computed("log(1 - tanh(u))", "u", u=number), lowered, rtol=1e-14)
    halves = derive.gradient("-log((1 + tanh(x[i]))/2)", "x[i]")
    found = halves.kernel("numpy")(x=np.array([number]))
    np.testing.assert_allclose(np.ravel(found), halved, rtol=1e-14)


def logistic(number: Any) -> Any:
    return 1 / (1 + mpmath.exp(-mpmath.mpf(number)))


@pytest.mark.parametrize("score", [-1000.0, -40.0, -1.0, 3.0, 40.0, 800.0])
def test_what_the_exponential_of_a_softplus_leaves(score: float) -> None:
    """The logarithm rounds to zero where nearly one is left, and so would the difference."""
    with mpmath.workdps(DIGITS):
        share = logistic(score)
        exact = [float(mpmath.log(share)), float(1 - share)]
    found = computed("log(1 - exp(-softplus(z)))", "z", z=score)
    np.testing.assert_allclose(found, exact, rtol=1e-14, atol=0)


@pytest.mark.parametrize("power", [0.3, 1.7])
@pytest.mark.parametrize("score", [-40.0, 1.0, 20.0, 36.0, 40.0, 60.0, 700.0])
def test_what_a_power_of_a_logistic_function_leaves(score: float, power: float) -> None:
    """Where the function is nearly one, what it leaves of one has all digits."""
    with mpmath.workdps(DIGITS):
        share, g = logistic(score), mpmath.mpf(power)
        left = 1 - share**g
        exact = [float(mpmath.log(left)), float(-g * share**g * (1 - share) / left)]
    found = computed("log(1 - sigmoid(z)^g)", "z", ("g > 0",), z=score, g=power)
    np.testing.assert_allclose(found, exact, rtol=1e-14, atol=0)


CURED = "-log(1 - sigmoid(u) + sigmoid(u)*exp(-exp(b)))"
TURNED = "-log(sigmoid(u)*exp(-exp(b)) + 1 - sigmoid(u))"


@pytest.mark.parametrize("loss", [CURED, TURNED])
@pytest.mark.parametrize(("score", "rate"), [(40.0, 5.0), (1000.0, 7.0), (1000.0, -50.0), (0, 0)])
def test_a_logistic_function_leaves_beside_another_term(
    loss: str, score: float, rate: float
) -> None:
    """Cure models: those who cannot fail, and those who have not failed yet."""
    with mpmath.workdps(DIGITS):
        share, alive = logistic(score), mpmath.exp(-mpmath.exp(rate))
        left = 1 - share + share * alive
        slope = -share * (1 - share) * (alive - 1) / left
        true = [float(-mpmath.log(left)), float(slope)]
    found = computed(loss, "u", u=float(score), b=float(rate))
    np.testing.assert_allclose(found, true, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("scores", [[40.0, 45.0], [1000.0, 900.0], [-1.0, 2.0], [5.0]])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_product_of_logistic_functions(scores: list[float], sign: int) -> None:
    """All of them, and none of them: noisy or."""
    with mpmath.workdps(DIGITS):
        shares = [logistic(score) for score in scores]
        product = mpmath.fprod(shares)
        slopes = [sign * (1 - p) * product / (1 - product) for p in shares]
        true = [float(-mpmath.log(1 - product)), *map(float, slopes)]
    factor = "sigmoid(z[i])" if sign > 0 else "(1 - sigmoid(z[i]))"
    scored = [sign * score for score in scores]
    found = computed(f"-log(1 - prod({factor}, i=1..C))", "z[k]", z=scored)
    np.testing.assert_allclose(found, true, rtol=1e-13)


@pytest.mark.parametrize("scores", [[40.0, 45.0], [-800.0, -801.0], [40.0, -1.0], [-1.0], [1000.0]])
def test_noisy_or_of_causes_that_may_be_absent(scores: list[float]) -> None:
    """Each is a product of two logistic functions: all of them may round to zero, or to one."""
    with mpmath.workdps(DIGITS):
        shares = [logistic(score) for score in scores]
        others = [
            mpmath.fprod(1 - q * q for m, q in enumerate(shares) if m != n)
            for n in range(len(shares))
        ]
        left = 1 - mpmath.fprod(1 - p * p for p in shares)
        slopes = [-(1 - p) * p * p * o / left for p, o in zip(shares, others, strict=True)]
        true = [float(-mpmath.log(left)), *map(float, slopes)]
    loss = "-log(1 - prod(1 - sigmoid(z[i])*sigmoid(b[i]), i=1..n))"
    found = computed(loss, "z[k]", z=scores, b=scores)
    np.testing.assert_allclose(found[0], true[0], rtol=1e-13, atol=1e-17)
    np.testing.assert_allclose(found[1:], true[1:], rtol=1e-13)


BAGS = """-Sum(t[b]*log(1 - prod(1 - sigmoid(z[b,j]), j=1..J))
               + (1 - t[b])*log(prod(1 - sigmoid(z[b,j]), j=1..J)), (b, 1, B))"""


@pytest.mark.parametrize("scores", [[-40.0, -50.0], [-1000.0, -1000.0], [-1.0, 2.0], [900.0, 9.0]])
def test_bags_of_instances(scores: list[float]) -> None:
    """MIL boosting: in each sample, of several, and beside what is near zero with the product."""
    with mpmath.workdps(DIGITS):
        shares = [logistic(score) for score in scores]
        none = mpmath.fprod(1 - p for p in shares)
        value = -mpmath.log(1 - none) - mpmath.log(none)
        slopes = [float(p * (1 - 1 / (1 - none))) for p in shares] + list(map(float, shares))
    found = computed(BAGS, "z[m,k]", z=[scores, scores], t=[1.0, 0.0])
    np.testing.assert_allclose(found, [float(value), *slopes], rtol=1e-13, atol=1e-300)


def test_nothing_is_lost_of_a_bag_without_a_hit() -> None:
    found = computed(BAGS, "z[m,k]", z=[[-40.0, -50.0]], t=[0.0])
    np.testing.assert_allclose(found[0], np.exp(-40.0) + np.exp(-50.0), rtol=1e-13)


@pytest.mark.parametrize("offset", [-800.0, 0.0, 800.0])
@pytest.mark.parametrize("chosen", [1, 2, 4])
def test_a_sum_over_a_part_of_a_range(offset: float, chosen: int) -> None:
    """Ranking sets: of each one chosen against all that are not, of whom there may be none."""
    C, N = symbols("C N", integer=True, positive=True)
    i, j, k, m, n = symbols("i j k m n", integer=True)
    s, J = IndexedBase("s", shape=(N, C)), IndexedBase("J", shape=(N,))
    others = Sum(exp(s[n, j]), (j, J[n] + 1, C))
    loss = -Sum(log(exp(s[n, i]) / (exp(s[n, i]) + others)), (i, 1, J[n]), (n, 1, N)) / N
    kernel = derive.gradient(loss, s[m, k]).kernel("numpy")
    scores = np.array([0.0, -1.0, 0.0, 3.0])
    with np.errstate(all="raise", under="ignore"):
        value, slopes = kernel(s=offset + scores[None], J=np.array([chosen]))
    raised = np.exp(scores)
    below = raised[:chosen] + raised[chosen:].sum()
    true = np.concatenate([raised[:chosen] / below - 1, raised[chosen:] * (1 / below).sum()])
    np.testing.assert_allclose(value, -np.log(raised[:chosen] / below).sum(), rtol=1e-13)
    np.testing.assert_allclose(slopes[0], true, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("score", [-4.0, 3.0, 40.0, 1000.0])
def test_a_share_with_weights(score: float) -> None:
    weights, scores = [1.0, 2.0, 0.5], [score, 0.0, -4.0]
    with mpmath.workdps(DIGITS):
        raised = [q * mpmath.exp(z) for q, z in zip(weights, scores, strict=True)]
        share = raised[0] / mpmath.fsum(raised)
        own = [1, *(-part / mpmath.fsum(raised[1:]) for part in raised[1:])]
        true = [float(-mpmath.log(1 - share)), *(float(share * part) for part in own)]
    found = computed(
        "-log(1 - q[t]*exp(z[t])/sum(q[j]*exp(z[j]), j=1..C))",
        "z[k]",
        given=("q[i] > 0",),
        q=weights,
        z=scores,
        t=0,
    )
    np.testing.assert_allclose(found, true, rtol=1e-13)


@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("score", [-1000.0, -40.0, -36.9, -20.0, 0.0, 2.0, 1000.0])
def test_the_logarithm_of_a_softplus(score: float, weight: float) -> None:
    with mpmath.workdps(DIGITS):
        soft = mpmath.log(1 + mpmath.exp(mpmath.mpf(score)))
        true = [float(weight * mpmath.log(soft)), float(weight * logistic(score) / soft)]
    loss = "sum(w[i]*log(softplus(z[i])), i=1..C)"
    found = computed(loss, "z[k]", z=[score], w=[weight])
    np.testing.assert_allclose(found, true, rtol=1e-13)


MANY = [0.4] * 80


@pytest.mark.parametrize(
    "chances", [[1e-17, 2e-17], [1e-9, 2e-9], [0.5, 1.0], [3.0, -4.0], [1e-300, 0.0], MANY]
)
def test_a_product_of_any_numbers(chances: list[float]) -> None:
    """Noisy or of chances that are given, also where they are no probabilities."""
    with mpmath.workdps(DIGITS):
        factors = [1 - mpmath.mpf(q) for q in chances]
        left = 1 - mpmath.fprod(factors)
        others = [mpmath.fprod(f for m, f in enumerate(factors) if m != n) for n in range(2)]
        true = [float(-mpmath.log(left)), *(float(-part / left) for part in others)]
    found = computed("-log(1 - prod(1 - q[j], j=1..J))", "q[k]", q=chances)[:3]
    np.testing.assert_allclose(found, true, rtol=1e-13)


@pytest.mark.parametrize("number", [1e-15, -1e-17, -2.0 + 1e-15, -0.5, 3.0, -1e300, 1e300])
def test_the_logarithm_of_a_size_near_one(number: float) -> None:
    with mpmath.workdps(DIGITS):
        true = float(mpmath.log(abs(1 + mpmath.mpf(number))))
    for loss, sign in (("log(abs(1 + x))", 1), ("log(abs(x - 1))", -1)):
        found = computed(loss, "x", x=sign * number)
        np.testing.assert_allclose(found[0], true, rtol=1e-14)


def test_what_an_exponential_leaves_of_one_below_a_bar() -> None:
    found = computed("log(abs(1 - exp(x)))", "x", x=1e-15)
    np.testing.assert_allclose(found, [np.log(1e-15), 1e15], rtol=1e-14)


@pytest.mark.parametrize("score", [20.0, 30.0, 40.0, 1000.0])
def test_what_a_product_of_two_leaves_of_one(score: float) -> None:
    """``1 - 1/(1 + e^-u)^2`` is ``(2 e^-u + e^-2u)/(1 + e^-u)^2``."""
    loss = derive.gradient("-sum(log(1 - sigmoid(u[i])*sigmoid(v[i])), i=1..N)", "u[k]")
    value, slope = loss.kernel("numpy")(u=np.array([score]), v=np.array([score]))
    small = np.exp(-score)
    assert np.isclose(value, score - np.log(2 + small) + 2 * np.log1p(small), rtol=1e-14)
    assert np.isclose(slope[0], 1 / (2 + small) / (1 + small), rtol=1e-14)


FOCAL = "-(1 - softmax(z)[t])^g*log(softmax(z)[t])"


@pytest.mark.parametrize("focus", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("scores", [[800.0, 0.0, -1.0], [2.0, 0.0, -1.0], [0.0, 800.0, -1.0]])
def test_a_power_of_what_a_softmax_leaves(scores: list[float], focus: float) -> None:
    """Focal loss: its derivative is 0 times infinite where the true class is certain."""
    with mpmath.workdps(DIGITS):
        whole = [mpmath.exp(score) for score in scores]
        shares = [score / mpmath.fsum(whole) for score in whole]
        p, left = shares[0], mpmath.fsum(shares[1:])
        by_share = focus * left ** (focus - 1) * mpmath.log(p) - left**focus / p
        slopes = [by_share * p * (left if n == 0 else -q) for n, q in enumerate(shares)]
        true = [float(-(left**focus) * mpmath.log(p)), *map(float, slopes)]
    found = computed(FOCAL, "z[k]", ("g > 0",), z=scores, t=0, g=focus)
    np.testing.assert_allclose(found, true, rtol=1e-12, atol=1e-100)


def test_a_difference_and_what_is_left_of_one_below_its_bar() -> None:
    """Decoupled distillation (Zhao et al. 2022): at ``k = t`` the slope is ``a (q_t - p_t)``."""
    p, q = "softmax(v)[t]", "softmax(z)[t]"
    true_class = f"{p}*log({p}/{q}) + (1 - {p})*log((1 - {p})/(1 - {q}))"
    left = "exp({0}[i])/sum(exp({0}[j]), j=1..C, j != t)"
    teacher, student = left.format("v"), left.format("z")
    others = f"sum({teacher}*log({teacher}/({student})), i=1..C, i != t)"
    inputs = {"z": [80.0, 0.0, 0.0], "v": [0.0, 0.0, 0.0], "t": 0, "a": 3.0, "b": 1.0}
    found = computed(f"a*({true_class}) + b*{others}", "z[k]", **inputs)
    np.testing.assert_allclose(found[1:], [2.0, -1.0, -1.0], rtol=1e-14)


@pytest.mark.parametrize("score", [-1000.0, -36.0, -10.0, 0.3, 36.0])
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_binary_cross_entropy_on_both_sides(score: float, label: float) -> None:
    """The loss of a certain right answer is tiny, and not zero."""
    with mpmath.workdps(DIGITS):
        right = logistic(score if label else -score)
        value = float(-mpmath.log(right))
    loss = "-sum(y[i]*log(sigmoid(z[i])) + (1 - y[i])*log(1 - sigmoid(z[i])), i=1..N)"
    found = computed(loss, "z[k]", z=[score], y=[label])
    np.testing.assert_allclose(found[0], value, rtol=1e-14)
    found = computed("-log(prod(1 - sigmoid(z[i]), i=1..N))", "z[k]", z=[score])
    with mpmath.workdps(DIGITS):
        left = float(-mpmath.log(logistic(-score)))
    np.testing.assert_allclose(found[0], left, rtol=1e-14)


NEGATIVES = "-log({0}) - sum(log({1}), k=1..K)"
SEEN = ("sigmoid(sum(v[d]*u[d], d=1..D))", "sigmoid(-sum(v[d]*w[k,d], d=1..D))")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("variable", ["v[m]", "u[m]", "w[r,m]"])
@pytest.mark.parametrize("size", [1.0, 50.0, 600.0])
def test_negative_samples(named: bool, variable: str, size: float) -> None:
    """Word vectors: what each logistic function leaves of one, in whatever order it is written."""
    where = tuple(map("{} = {}".format, ("s", "q[k]"), SEEN)) if named else ()
    loss = NEGATIVES.format("s", "q[k]") if named else NEGATIVES.format(*SEEN)
    check(
        loss, variable, (), where, 900, v=[size, 0.3], u=[1.0, -0.4], w=[[-1.0, 0.2], [-0.9, 0.1]]
    )


@pytest.mark.parametrize("number", [-30.0, -8.0, 0.0, 2.0])
def test_an_error_function_beside_other_terms(number: float) -> None:
    """The slope of GELU, in which ``1 + erf`` stands beside a third term."""
    check("x*(1 + erf(x/sqrt(2)))/2", "x", digits=900, x=number)
    check("sum(v[i]*(1 + erf(v[i]/sqrt(2)))/2, i=1..D)", "v[k]", digits=900, v=[number, 0.5])


def test_a_share_beside_a_delta() -> None:
    """A count that is inflated at zero: ``1 - δ ς`` is what ``ς`` leaves of one at zero, else 1."""
    loss = (
        "-sum(delta(y[n],0)*log(exp(g[n]) + exp(-exp(b[n]))) + (1 - delta(y[n],0))*(y[n]*b[n] "
        "- exp(b[n])) - log(1 + exp(g[n])), n=1..N)"
    )
    rate = derive.gradient(loss, "b[k]")
    given = {"b": [2.0, 3.2, -40.0, 8.0, 1.0], "g": [38.0, 20.0, 35.0, -1000.0, 2.0]}
    given["y"] = [0, 0, 0, 0, 3]
    exact = np.array(rate.kernel("mpmath")(**given, dps=1200)[1], float)
    found = rate.kernel("numpy")(**{name: np.array(number) for name, number in given.items()})[1]
    np.testing.assert_allclose(found, exact, rtol=4e-15)
