"""What sums of shares leave of one is worked out from the other shares, by a name as without."""

from __future__ import annotations

import pytest
from exact import check

import derive

pytestmark = [pytest.mark.needs("lark"), pytest.mark.slow]

SCORES = [[0.3, -0.2, 0.5], [20.0, 0.0, 0.0], [40.0, 3.0, -2.0], [1000.0, 0.0, -5.0]]
HAZARD = "-sum(e[n]*log(p[n,t[n]]) + (1 - e[n])*log(1 - F[n]), n=1..N)"
HAZARDS = ("p[n,i] = softmax(s[n])[i]", "F[n] = sum(p[n,j], j=1..t[n])")
WEIGHTED = ("F = sum(w[j]*softmax(s)[j], j=1..C)",)
FIRST = ("F = sum(softmax(s)[j], j=1..t)",)
AT_LABEL = ("F[n] = softmax(s[n])[t[n]]",)


@pytest.mark.parametrize("scores", SCORES)
@pytest.mark.parametrize("events", [[0.0, 1.0], [0.3, 0.7]])
def test_a_share_of_those_so_far(scores: list[float], events: list[float]) -> None:
    both = [scores, [0.1, 0.2, 0.3]]
    check(HAZARD, "s[m,k]", (), HAZARDS, 1000, s=both, t=[0, 1], e=events)


@pytest.mark.parametrize("scores", SCORES)
def test_a_weighted_sum(scores: list[float]) -> None:
    for variable in ("s[k]", "w[k]"):
        check("-log(1-F)", variable, (), WEIGHTED, 1000, s=scores, w=[1.0, 0.5, 0.2])


@pytest.mark.parametrize("scores", SCORES)
def test_the_first_shares(scores: list[float]) -> None:
    check("-log(1-F)", "s[k]", ("t <= C",), FIRST, 1000, s=scores, t=1)


@pytest.mark.parametrize("names", [("G = 1 - sum(softmax(s)[j], j=1..t)",), (*FIRST, "G = 1 - F")])
@pytest.mark.parametrize("scores", SCORES)
def test_a_name_for_what_is_left(names: tuple[str, ...], scores: list[float]) -> None:
    check("-log(G)", "s[k]", ("t <= C",), names, 1000, s=scores, t=1)


@pytest.mark.parametrize("scores", SCORES)
def test_one_share(scores: list[float]) -> None:
    both = [scores, [0.1, 0.2, 0.3]]
    check("-sum(log(1-F[n]), n=1..N)", "s[m,k]", (), AT_LABEL, 1000, s=both, t=[0, 2])


@pytest.mark.parametrize("loss", ["1/(1-F)", "1/(1-F)^2", "(1-F)^(-0.7)"])
@pytest.mark.parametrize("scores", SCORES[:3])
def test_below_a_bar_and_in_a_power(loss: str, scores: list[float]) -> None:
    check(loss, "s[k]", ("t <= C",), FIRST, 1000, s=scores, t=1)


@pytest.mark.parametrize("loss", ["1/(1-F)", "(1-F)^(-0.7)"])
@pytest.mark.parametrize("scores", SCORES[:3])
def test_weights_below_a_bar_and_in_a_power(loss: str, scores: list[float]) -> None:
    check(loss, "s[k]", (), WEIGHTED, 1000, s=scores, w=[1.0, 0.5, 0.2])
    written = loss.replace("F", "sum(w[j]*softmax(s)[j], j=1..C)")
    check(written, "s[k]", (), (), 1000, s=scores, w=[1.0, 0.5, 0.2])


@pytest.mark.parametrize("scores", [[-40.0, 3.0, 4.0], [-1000.0, 3.0, 4.0]])
def test_a_slope_keeps_its_digits_where_the_sum_is_little(scores: list[float]) -> None:
    check("1/(1-F)", "s[k]", ("t <= C",), FIRST, 1000, s=scores, t=1)


def test_the_result_keeps_the_names() -> None:
    d = derive.gradient(HAZARD, "s[m,k]", where=list(HAZARDS))
    assert "F[m]" in str(d.result) and "Sum" not in str(d.result)
    assert d.check().ok
