"""True derivations that the check once refused: what it could not try, or what a step had lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Integral, nan
from sympy.abc import x

import derive
from derive.notation import ONE, Minus, Plus, Quotient
from derive.verify import check
from derive.verify.decide import Decider
from derive.verify.sizes import SMALLER, sampled_sizes

pytestmark = pytest.mark.needs("lark")

NORM = "sqrt(sum(W[{0},l]^2, l=1..D))"


def test_sums_inside_a_maximum_keep_their_own_index() -> None:
    """The statement was read with one index for both the maximum and the sum."""
    given = derive.gradient(f"max(b[j]/{NORM.format('j')}, j=1..C)", "W[k,m]")
    assert given.check().level == "exact"
    other = derive.gradient(f"max(b[j]*{NORM.format('j')}, j=1..C)", "W[k,m]").problem.source
    planted = replace(given, problem=replace(given.problem, source=other))
    assert check(planted).level == "failed"


@pytest.mark.slow
def test_what_a_mask_rules_out_is_not_multiplied_out() -> None:
    """Neighbour embedding: between a point and itself there is no direction."""
    distance = "sqrt(sum((x[i,l] - x[m,l])^2, l=1..D))"
    loss = f"sum(log(sum((1 - delta(i,m))*exp(-{distance}), m=1..N)), i=1..N)"
    given = derive.gradient(loss, "x[k,a]")
    assert not any(step.after.doit().has(nan) for step in given.steps)
    assert given.check().level == "exact"


def test_numbers_in_sums_do_not_hide_common_factors() -> None:
    """Spectral convergence: the twos of two squares, one of them in a sum over an index."""
    size = "sqrt(sum(A[f,n]*x[n], n=1..N)^2 + sum(B[f,n]*x[n], n=1..N)^2)"
    loss = f"sqrt(sum((S[f] - {size})^2, f=1..F)) + sum({size}, f=1..F)"
    assert derive.gradient(loss, "x[k]").check().level == "exact"


@pytest.mark.slow
def test_slopes_that_cancel_are_zero() -> None:
    """The cosine of a vector with itself is 1, and its slope 0 but for the last digits."""
    cosine = f"sum(W[i,l]*W[j,l], l=1..D)/({NORM.format('i')}*{NORM.format('j')})"
    report = derive.gradient(f"sum({cosine}, i=1..C, j=1..C)", "W[k,m]").check()
    assert report.level == "exact" and all(row.sampled for row in report.rows)


def test_no_case_to_compare_refutes_nothing_but_a_lost_value_does() -> None:
    problem = derive.gradient("sum(z[i]^2, i=1..C)", "z[k]").problem
    entry = problem.variables[0]
    nowhere = Quotient(ONE, Plus(entry, Minus(entry)))
    decider = Decider(problem, ())
    assert decider.compare(nowhere, nowhere, ()).unreached
    lost = decider.compare(entry, Plus(entry, nowhere), ())
    assert not lost.equal and not lost.unreached and not lost.undecided


def test_nobody_is_accused_of_what_could_not_be_tried() -> None:
    given = derive.gradient("sum(z[i]^2, i=1..C)", "z[k]")
    unknown = replace(given, problem=replace(given.problem, source=Integral(given.result, x)))
    report = check(unknown)
    assert report.level == "failed" and "no meaning" in str(report)
    assert "handed in" not in str(report)


def test_a_sum_in_an_exponent_is_one_thing() -> None:
    """A mask in the exponent of a parameter was multiplied out by the one that reads steps."""
    loss = "sum(p^(sum((1 - delta(i,j))*s[j], j=1..C)), i=1..C)"
    assert derive.gradient(loss, "s[k]", given=["p > 0"]).check().level == "exact"


POTTS = "h[r,{0}] + sum((1 - delta(i,r))*J[r,i,{0},s[b,i]], i=1..R)"


@pytest.mark.slow
def test_a_mask_in_an_exponent_does_not_hide_a_name() -> None:
    """Pseudo-likelihood of sequences: it nests four sums, and is tried at smaller sizes."""
    scores = f"exp({POTTS.format('s[b,r]')})/sum(exp({POTTS.format('l')}), l=1..Q)"
    given = derive.gradient(f"-sum(log({scores}), r=1..R, b=1..B)", "h[a,c]", given=["c <= Q"])
    assert str(given.result) == "Sum(-KroneckerDelta(c, s[b, a]) + \\hat{y}[b, a, c], (b, 1, B))"
    assert given.check().level == "exact"
    assert sampled_sizes(given.problem) == SMALLER


def test_a_difference_of_indices_in_an_exponent_is_read_from_either_side() -> None:
    """Discounted by distance: ``1/g^(k - j)`` in the kernel's formulas is ``g^(j - k)``, too."""
    discounted = "sum(g^(j-i){0}, i=1..j-1, j=1..N)"
    loss = f"{discounted.format('*F[i]^2')}/{discounted.format('')}"
    assert derive.gradient(loss, "F[k]", given=["g > 0"]).check().level == "exact"


@pytest.mark.parametrize(
    ("loss", "by", "given"),
    [
        # Two roots that both terms share a part of.
        (
            "sum(s[i,l]*s[j,l], l=1..D)"
            "/(2*sqrt(sum(s[i,l]^2, l=1..D))*sqrt(sum(s[j,l]^2, l=1..D)))",
            "s[a,b]",
            [],
        ),
        # Powers of one letter side by side, as one beside what they are made of.
        ("log(a*t^(a - 1)/(1 + (t/b)^a)^2)", "a", ["a > 0", "b > 0", "t > 0"]),
        # What is above and below a bar, beside opposite differences.
        ("w*log(R^g/(R^g + A^g)) + (1 - w)*log(1 - R^g/(R^g + A^g))", "g", ["R > 0", "A > 0"]),
        # A letter in an index, and a range that runs from both ends.
        ("sum(log(1 + exp(f[H+i] - f[i])), i=1..H)", "f[k]", []),
        ("sum(log(sum(exp(f[u]), u=i..K+1-i)), i=1..H)", "f[k]", ["H <= K"]),
        # A count that looks like an index of the softmax, and may lie beyond it.
        ("-log(exp(t*f - lgamma(t))/sum(exp(j*f - lgamma(j)), j=1..C))", "f", ["t > 0"]),
    ],
)
def test_a_true_derivation_is_neither_refused_nor_given_up(
    loss: str, by: str, given: list[str]
) -> None:
    assert derive.gradient(loss, by, given=given).check().ok
