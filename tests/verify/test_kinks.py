"""Kinks and the checker: errors planted beside them, and what it says of where they lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from losses import T, huber, i, j, k, largest, over, sampled, t, y, z
from mutations import in_all
from sympy import Abs, And, Expr, KroneckerDelta, Max, Or, Piecewise, exp, sign
from sympy import Rational as R

import derive
from derive.derivation import Derivation
from derive.facts import Given
from derive.notation import ONE, ZERO, Apply, Attains, Head, Minus, Plus, Power, Threshold, Times
from derive.verify import check
from derive.verify.claims import Claim, Court

u = z[i] - y[i]
LOSSES: dict[str, Expr] = {
    "absolute": over(Abs(z[i])),
    "rectifier": over(Max(0, z[i])),
    "larger": over(Max(y[i], z[i] ** 2)),
    "leaky": over(Piecewise((z[i], z[i] > 0), (T * z[i], True))),
    "huber": over(huber(u)),
    "between": over(Piecewise((z[i] ** 2, And(z[i] > 0, z[i] < y[i])), (0, True))),
    "outside": over(Piecewise((z[i] ** 2, Or(z[i] > 1, z[i] < -y[i])), (0, True))),
    "largest": largest(z[j]),
    "largest of squares": largest(z[j] ** 2 * y[j]),
}


def wrong(expr: Expr) -> list[Expr]:
    """What a kink can be taken for: the sign turned, the sides swapped, the value at it another."""
    if isinstance(expr, Threshold):
        first, second, above, otherwise = expr.args
        return [
            Minus(expr),
            Threshold(first, second, otherwise, above),
            Threshold(second, first, above, otherwise),
            # At the kink the value of the other side: [u >= 0] for [u > 0].
            Threshold(second, first, otherwise, above),
        ]
    if isinstance(expr, Attains):
        body, index = expr.open()
        span = (index, *expr.limits[1:])
        # The least for the largest, and both indices of a tie for one.
        least = Attains(Minus(body), span, expr.at_index)
        all_of_them = Threshold(expr.largest, expr.at(expr.at_index), ZERO, ONE)
        return [Minus(expr), least, ONE, Attains(body, span, expr.lower), Plus(least, all_of_them)]
    if isinstance(expr, Apply) and expr.function is sign:
        (operand,) = expr.operands
        other = Threshold(operand, ZERO, ONE, Minus(ONE))
        return [Minus(expr), Apply(Head(Abs), operand), other]
    return []


def planted(derivation: Derivation) -> Iterator[Derivation]:
    """The derivation up to a derivative at a kink, with an error there."""
    for n, step in enumerate(derivation.steps):
        if len(step.atoms) > 1 or not step.rule.startswith("differentiate"):
            continue
        for after in in_all(lambda part, known: wrong(part))(step.after, []):
            steps = (*derivation.steps[:n], replace(step, after=after))
            yield replace(derivation, steps=steps, cases={}, stable={})


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(LOSSES, every=3))
def test_errors_at_a_kink_are_caught(name: str) -> None:
    derivation = derive.gradient(LOSSES[name], z[k])
    assert check(derivation).ok
    changed = list(planted(derivation))
    assert len(changed) >= 3
    for one in changed:
        last = len(one.steps)
        assert any(f.step == last for f in check(one).failures), one.steps[-1]


def test_the_report_says_where_there_is_no_derivative() -> None:
    assert "assumed: z[i] != 0" in str(derive.gradient(over(Max(0, z[i])), z[k]).check())
    assert "y[i] != z[i]" in str(derive.gradient(over(Abs(u)), z[k]).check())
    said = str(derive.gradient(largest(z[j]), z[k]).check())
    assert "assumed: Max(z[j], (j, 1, C)) is attained once" in said


def test_a_condition_that_does_not_move_is_no_kink() -> None:
    loss = over(Piecewise((z[i], y[i] > 0), (z[i] ** 2, True)))
    assert derive.gradient(loss, z[k]).check().assumed == ()
    assert len(derive.gradient(loss, y[k]).check().assumed) == 1


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", r"It is understood that \DeriveInline{z_{i}} is not zero."),
        ("es", r"Se sobrentiende que \DeriveInline{z_{i}} no es cero."),
        ("pt", r"Fica subentendido que \DeriveInline{z_{i}} não é zero."),
    ],
)
def test_the_document_says_so(lang: str, said: str) -> None:
    text = derive.gradient(over(Max(0, z[i])), z[k]).latex(lang=lang)
    assert said in text
    value = {"en": "the value taken there is 0", "es": "se toma el valor 0", "pt": "toma o valor 0"}
    assert value[lang] in text


@pytest.mark.parametrize(
    ("lang", "said", "value"),
    [
        ("en", "is attained at one index only", "that of the first of them"),
        ("es", "se alcanza en un único índice", "la del primero de ellos"),
        ("pt", "é atingido em um único índice", "a do primeiro deles"),
    ],
)
def test_the_document_says_where_a_maximum_has_no_derivative(
    lang: str, said: str, value: str
) -> None:
    text = derive.gradient(largest(1 - KroneckerDelta(j, t) + z[j] - z[t]), z[k]).latex(lang=lang)
    assert said in text and value in text and r"k = \arg\max_{1 \le j \le C}" in text


def test_maxima_are_compared_by_their_values() -> None:
    assert derive.holds("max(z[j] + T, j=1..C)", "T + max(z[j], j=1..C)")
    assert derive.holds("sum(diff(max(z[j], j=1..C), z[k]), k=1..C)", "1")
    assert not derive.holds("max(-z[j], j=1..C)", "-max(z[j], j=1..C)")
    assert not derive.holds("max(z[j], j=1..C)", "sum(z[j], j=1..C)")


def test_what_is_seen_to_be_positive_has_no_kink() -> None:
    for inside, slope in (
        (z[i] ** 2 + R(1, 2), "2*z[k]"),
        (11 * exp(z[i]) + exp(y[i]), "11*exp(z[k])"),
    ):
        d = derive.gradient(over(Max(0, inside)), z[k])
        report = d.check()
        assert report.level == "exact" and report.assumed == () and str(d.result) == slope


def test_both_sides_of_what_has_no_sign_are_tried() -> None:
    """``|u| = u`` holds on one side only, and the other one is found."""
    verdict = derive.holds("abs(x)", "x")
    assert not verdict and "x = -1" in str(verdict)
    assert derive.holds("max(0, x)", "(x + abs(x))/2") and derive.holds("abs(x)*sign(x)", "x")


RAISED = {
    "above 1": ("max(z[i] - m, 0)^h", ["h > 1"], False),
    "above 2": ("max(z[i] - m, 0)^(h - 1)", ["h > 2"], False),
    "below 1, so that its slope has no end": ("max(z[i] - m, 0)^h", ["h > 0"], True),
    "any power": ("max(z[i] - m, 0)^h", [], True),
    "of what may be negative": ("(z[i] - m)^h", ["h > 1"], True),
    "under a logarithm too": ("max(z[i] - m, 0)^h*log(max(z[i] - m, 0))", ["h > 1"], True),
    "below a bar": ("1/max(z[i] - m, 0)^h", ["h > 1"], True),
}
"""Powers, what is known of them, and whether the report has to say that their base is not 0."""


@pytest.mark.parametrize("name", RAISED)
def test_a_power_above_1_has_its_slope_where_its_base_vanishes(name: str) -> None:
    power, given, stated = RAISED[name]
    report = derive.gradient(f"sum({power}, i=1..C)", "z[k]", given=given).check()
    assert report.ok and ("positive" in {c.kind for c in report.conditions}) == stated
    # What Coq accepts is narrower, as its power of 0 is 1, and that is said of a proof.
    assert report.proof is not None and (stated or report.proof.narrower)
    accepted = replace(report.proof, coq="8.16")
    assert set(accepted.needs) >= set(report.proof.narrower)


@pytest.mark.parametrize(("exponent", "refused"), [(-1, True), (0, True), (2, False)])
def test_the_bracket_beside_a_power_below_0_stays(exponent: int, refused: bool) -> None:
    power = Power(Apply(Head(Max), ZERO, z[k]), exponent)
    claim = Claim(
        "keep_positive_part", Times(Threshold(z[k], ZERO, ONE, ZERO), power), power, (), Given()
    )
    assert (Court((), []).judge(claim).refusal is not None) == refused
