"""Lines that hold, lines that do not, with numbers that plain loops compute again."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest
from judge import SEEDS, differ
from losses import LOSSES, C, Loss, i, k, over, p, sampled, soft, t, y, z
from mutations import CHANGES
from plain import CONTEXT, MEMORY, close, value, worlds
from sympy import Derivative, Eq, Expr, Function, Indexed, Piecewise, Sum, Symbol, log, symbols

import derive
from derive.facts import EntryFact, SumFact
from derive.lines import Verdict
from derive.notation import bases, names
from derive.posing import pose
from derive.problem import Problem
from derive.verify.plain import as_inert

SOFT = "Sum(y[i], (i,1,C)) = 1"
CROSS_ENTROPY = "-Sum(y[i]*log(softmax(z)[i]), (i,1,C))"

text = pytest.mark.needs("lark")


# Gradients of the zoo, as the engine gives them ------------------------------------------------

QUICK = (
    "cross-entropy",
    "cross-entropy one-hot",
    "log of class",
    "by temperature",
    "brier",
    "divergence by labels",
    "logistic",
    "norm",
    "cumulative",
    "pairs",
    "weights of a layer",
    "batch of classes",
    "jacobian",
)


def sides(name: str) -> tuple[Expr, Expr, Loss]:
    """The derivative of a loss, still to be taken, and the result of the engine."""
    loss = LOSSES[name]
    verb = getattr(derive, loss.kind)
    result = verb(loss.expression, *loss.variables, given=loss.given).expanded
    return Derivative(loss.expression, *loss.variables), result, loss


@pytest.mark.parametrize("name", sampled(QUICK, every=3))
def test_what_the_engine_derives_holds_and_a_planted_error_does_not(name: str):
    left, right, loss = sides(name)
    verdict = derive.holds(left, right, given=loss.given)
    assert verdict and verdict.status == "holds"
    assert verdict.evidence is not None and verdict.evidence.exact and verdict.evidence.sampled
    before, after = as_inert(left), as_inert(right)
    problem = pose(before + after, (), "value", loss.given)
    free = [r.index for r in problem.ranges if isinstance(r.index, Symbol)]
    numbers = {s.name: n for s, n in zip(problem.sizes, (3, 4, 2), strict=False)}
    facts = (*problem.ranges, *problem.facts)
    found = 0
    for kind, change in CHANGES.items():
        changed = sorted(set(change(after, free)) - {after}, key=str)
        for wrong in Random(f"{name} {kind}").sample(changed, min(2, len(changed))):
            data = (w for seed in SEEDS for w in worlds((before, wrong), numbers, facts, seed=seed))
            # Beyond an array there is no value: that is for the ranges to refuse.
            try:
                verdict = derive.holds(before, wrong, given=loss.given)
            except derive.DeriveError:
                continue
            if not differ(before, wrong, data):
                assert verdict.status == "holds", f"{kind}: {wrong}: {verdict}"
            elif verdict.status == "undecided":
                # Real numbers satisfy one side or the other, as with log(y) and log(-y).
                assert "for which both sides are real" in verdict.reason, f"{kind}: {wrong}"
            elif verdict.status != "ill-typed":
                assert verdict.status == "false", f"{kind}: {wrong}: {verdict}"
                recompute(verdict, before, wrong, problem)
                found += 1
    assert found > 2


def recompute(verdict: Verdict, left: Expr, right: Expr, problem: Problem) -> None:
    """Put the numbers of a counterexample into plain loops; they must meet the facts, too."""
    shown = verdict.counterexample
    assert shown is not None
    world = world_of(verdict, left, right, problem)
    one, two = value(left, world), value(right, world)
    assert close(one, shown.left) and close(two, shown.right)
    assert not close(one, two, 1e-12)
    for fact in problem.facts:
        if isinstance(fact, SumFact):
            body, own = fact.total.open()
            [entry] = [e for e in body.atoms(Indexed) if own in e.indices]
            rows = [s for s in entry.indices if s != own]
            lengths = [range(1, int(value(n, world)) + 1) for n in entry.base.shape]
            for row in product(*lengths[: len(rows)]):
                inside = {**world, **dict(zip(rows, row, strict=True)), MEMORY: {}}
                assert close(value(fact.total, inside), value(fact.value, inside))
        if isinstance(fact, EntryFact):
            for place, number in world[fact.entry.base].items():
                inside = {**world, **dict(zip(fact.entry.indices, place, strict=True))}
                assert close(value(fact.value, inside), number)


def world_of(verdict: Verdict, left: Expr, right: Expr, problem: Problem) -> dict[Any, Any]:
    """The numbers of a counterexample, by symbols and arrays."""
    shown = verdict.counterexample
    assert shown is not None
    plain = {**shown.sizes, **shown.indices, **shown.parameters}
    known = {*names(left), *names(right), *problem.sizes, *(r.index for r in problem.ranges)}
    world: dict[Any, Any] = {s: number(plain[str(s)]) for s in known if str(s) in plain}
    for base in bases(left) | bases(right):
        if base.name in shown.arrays:
            world[base] = dict(entries(shown.arrays[base.name]))
    return {**world, MEMORY: {}}


def entries(nested: Any, before: tuple[int, ...] = ()) -> Any:
    for n, inner in enumerate(nested, start=1):
        if isinstance(inner, tuple):
            yield from entries(inner, (*before, n))
        else:
            yield (*before, n), number(inner)


def number(exact: Any) -> Any:
    return CONTEXT.mpf(int(getattr(exact, "p", exact))) / int(getattr(exact, "q", 1))


# Lines as people write them --------------------------------------------------------------------

HOLD = [
    (f"diff({CROSS_ENTROPY}, z[k])", "softmax(z)[k] - y[k]", [SOFT]),
    (CROSS_ENTROPY, "-log(softmax(z)[t])", ["y[i] = delta(i, t)"]),
    ("diff(softmax(z)[i], z[k])", "softmax(z)[i]*(delta(i,k) - softmax(z)[k])", []),
    ("diff(softmax(z)[i], z[k])", "-softmax(z)[i]*softmax(z)[k]", ["i != k"]),
    ("log_softmax(z)[t]", "z[t] - logsumexp(z)", []),
    ("softmax(z)[k]", "exp(z[k] - c)/Sum(exp(z[j] - c), (j,1,C))", []),
    ("softmax(z)[k]", "softmax(z[j] - c, j)[k]", []),
    ("sigmoid(-T)", "1 - sigmoid(T)", []),
    ("diff(softplus(T), T)", "sigmoid(T)", []),
    ("Sum(delta(i, k), (i,1,C))", "1", ["k <= C"]),
    ("Sum(i, (i,1,C))", "C*(C + 1)/2", []),
    ("Sum(Sum(z[j], (j,1,i)), (i,1,C))", "Sum((C - j + 1)*z[j], (j,1,C))", []),
    ("sqrt(T^2)", "abs(T)", []),
    ("relu(T) - relu(-T)", "T", []),
    ("Sum(q[i], (i,1,C))", "1", []),
    ("log(T)", "2*log(sqrt(T))", ["T > 0"]),
    ("sin(z[i] - z[j]) + erf(z[j] - z[i])", "-sin(z[j] - z[i]) - erf(z[i] - z[j])", []),
    ("diff(log(abs(T)), T)", "1/T", []),
]

FALSE = [
    (f"diff({CROSS_ENTROPY}, z[k])", "softmax(z)[k] - y[k]", []),
    (f"diff({CROSS_ENTROPY}, z[k])", "y[k] - softmax(z)[k]", [SOFT]),
    ("diff(softmax(z)[i], z[k])", "softmax(z)[i]*(1 - softmax(z)[k])", []),
    ("Sum(y[i]^2, (i,1,C))", "1", [SOFT]),
    ("Sum(w[i], (i,1,C))", "Sum(w[i]^2, (i,1,C))", ["w[i] > 0"]),
    ("y[k]", "1", [SOFT]),
    ("sqrt(T^2)", "T", []),
    ("T^2", "T", ["T > 0"]),
    ("sin(z[i] - z[j])", "sin(z[j] - z[i])", ["i <= C", "j <= C"]),
    ("cos(z[i] - z[j])", "-cos(z[j] - z[i])", ["i <= C", "j <= C"]),
    ("T", "0", ["T < 0"]),
    ("(C - 1)*(C - 2)*(C - 3)*(C - 5)*Sum(z[i], (i,1,C))", "0", []),
    ("Sum(log(softmax(s[n])[t[n]]), (n,1,N))", "Sum(softmax(s[n])[t[n]], (n,1,N))", []),
    ("T/3", "T*0.3333333", []),
    (CROSS_ENTROPY, "log(softmax(z)[t])", [SOFT, "y[i] = delta(i, t)"]),
    ("softmax(z)[k]", "1/C", ["C >= 4"]),
    ("softmax(z)[k]", "softmax(z)[t]", ["k != t"]),
    ("Sum(Y[n,i]*s[n,i], (i,1,C), (n,1,N))", "N", ["Sum(Y[n,i], (i,1,C)) = 1"]),
    ("Sum(w[i]*y[i], (i,1,C))", "1", ["Sum(w[i]*y[i], (i,1,C)) = 2", "w[i] > 0"]),
]

ILL_TYPED = [
    ("Sum(y[i], (i,1,C))*z[i]", "Sum(y[i]*z[i], (i,1,C))", "the index i escapes its sum: the left"),
    ("Sum(y[i]*z[i], (i,1,C))", "y[i]*z[i]", "the index i escapes its sum: the left side binds it"),
    ("softmax(z)[k]", "softmax(z)[j]", "the index k is free in the left side and does not occur"),
    ("Sum(z[i], (i,1,C))", "z[k]", "the index k is free in the right side"),
    ("z[k]*Sum(z[k], (k,1,C))", "z[k]*Sum(z[i], (i,1,C))", "the index k escapes its sum"),
]

UNDECIDED = [
    ("sin(T)^2 + cos(T)^2", "1", "beyond what can be decided exactly; equal to 50 digits"),
    ("log(-exp(T))", "log(-exp(T))", "no numbers were found for which both sides are real"),
    ("sqrt(-T^2 - 1)", "T", "no numbers were found"),
]


@text
@pytest.mark.parametrize(("left", "right", "given"), HOLD)
def test_true_lines_hold(left: str, right: str, given: list[str]):
    where = ["q[i] = softmax(z)[i]"] if "q[" in left else []
    verdict = derive.holds(left, right, given=given, where=where)
    assert verdict.status == "holds" and verdict
    assert str(verdict).startswith("holds: equal exactly")
    assert "wherever both sides are real" in str(verdict)


@text
@pytest.mark.parametrize(("left", "right", "given"), FALSE)
def test_false_lines_come_with_numbers(left: str, right: str, given: list[str]):
    verdict = derive.holds(left, right, given=given)
    assert verdict.status == "false" and not verdict
    shown = verdict.counterexample
    assert shown is not None and abs(shown.left - shown.right) > 1e-9
    one, two = str(verdict).partition("the left side is ")[2].split(" and the right side is ")
    assert one != two
    if given == [SOFT]:
        assert sum(shown.arrays["y"]) == 1
    if "w[i] > 0" in given:
        assert all(entry > 0 for entry in shown.arrays["w"])


@text
def test_the_smallest_numbers_come_first():
    verdict = derive.holds("diff(softmax(z)[i], z[k])", "softmax(z)[i]*(1 - softmax(z)[k])")
    assert str(verdict) == (
        "false: at C = 2, z = (1, 0), i = 1, k = 2 the left side is -0.196612 and the right side "
        "is 0.534447"
    )


@text
def test_only_what_matters_is_shown():
    verdict = derive.holds(CROSS_ENTROPY, "log(softmax(z)[t])", given=["y[i] = delta(i, t)"])
    assert verdict.counterexample is not None
    assert verdict.counterexample.indices == {"t": 1}
    assert verdict.counterexample.sizes == {"C": 2}
    assert verdict.counterexample.arrays == {"y": (1, 0), "z": (1, 0)}
    # The i of a fact stands for every index; the t is one.
    loose = derive.holds("Sum(y[k]*z[k], (k,1,C))", "y[i]*z[t]", given=["y[i] = delta(i, t)"])
    assert loose.status == "ill-typed" and "index i is free" in loose.reason


@text
@pytest.mark.parametrize(("left", "right", "sentence"), ILL_TYPED)
def test_an_index_must_be_free_on_both_sides_or_bound(left: str, right: str, sentence: str):
    verdict = derive.holds(left, right)
    assert verdict.status == "ill-typed" and not verdict
    assert verdict.reason.startswith(sentence)


@text
@pytest.mark.parametrize(("left", "right", "sentence"), UNDECIDED)
def test_what_cannot_be_decided_is_said_to_be_undecided(left: str, right: str, sentence: str):
    verdict = derive.holds(left, right)
    assert verdict.status == "undecided" and not verdict
    assert sentence in str(verdict)


@text
def test_of_several_lines_the_first_wrong_one_is_named():
    lines = [
        CROSS_ENTROPY,
        "-Sum(y[i]*(z[i] - logsumexp(z)), (i,1,C))",
        "-Sum(y[i]*z[i], (i,1,C)) + logsumexp(z)",
    ]
    assert derive.holds(lines, given=[SOFT])
    assert derive.holds(lines, given=[SOFT]).line is None
    # Without the fact the last line does not follow.
    assert derive.holds(lines).line == 3
    wrong = derive.holds([*lines[:2], "0", lines[2]], given=[SOFT])
    assert (wrong.status, wrong.line) == ("false", 3)
    assert str(wrong).startswith("line 3: false: at C = 2, ")
    assert " line 2 is " in str(wrong) and " and line 3 is 0" in str(wrong)
    loose = derive.holds([lines[0], "-y[i]*log(softmax(z)[i])", lines[2]])
    assert (loose.status, loose.line) == ("ill-typed", 2)
    own = derive.holds(["Sum(z[i], (i,1,C))*z[i]", "z[k]", "z[k]"])
    assert (own.status, own.line) == ("ill-typed", 1)


@text
def test_a_value_for_one_true_class_is_not_taken_for_another() -> None:
    """At ``k = t`` the second has no value; what is worked out there is not kept for t = 2."""
    share = "exp(z[k])/Sum(exp(z[j]), (j,1,C-1))"
    for label, said in (
        ("delta(k, t)", "k = 1, t = 1 the left side is -0.268941 and the right side is 0"),
        ("delta(k, t)/(1 - delta(k, t))", "k = 1, t = 2 the left side is 0.731059"),
    ):
        left, wrong = f"diff({CROSS_ENTROPY}, z[k])", f"{share} - {label}"
        assert said in str(derive.holds(left, wrong, given=["y[i] = delta(i, t)"]))


@text
def test_an_undecided_line_does_not_hide_a_false_one():
    doubtful = ["1", "sin(T)^2 + cos(T)^2"]
    assert derive.holds([*doubtful, "1"]).status == "undecided"
    assert derive.holds([*doubtful, "1"]).line == 2
    assert derive.holds([*doubtful, "T"]).status == "false"


def test_lines_in_sympy():
    assert derive.holds(-over(y[i] * log(p(i))), -log(p(t)), given=[_one_hot()])
    assert derive.holds([Sum(z[i], (i, 1, C)), over(z[i])])
    verdict = derive.holds(Derivative(-over(y[i] * log(p(i))), z[k]), p(k) - y[k], given=[soft])
    assert verdict.evidence is not None and verdict.evidence.sizes == ("C",)
    T = symbols("T", positive=True)
    assert derive.holds(log(T**2), 2 * log(T))


def _one_hot() -> Any:
    from losses import one_hot

    return one_hot


@pytest.mark.parametrize(
    ("work", "kind", "sentence"),
    [
        (lambda: derive.holds("T"), TypeError, "two sides, or a list of two or more lines"),
        (lambda: derive.holds(["T"]), TypeError, "two sides, or a list"),
        (lambda: derive.holds("T", z[k]), TypeError, "write all of it as text or all of it"),
        (lambda: derive.holds(None, z[k]), TypeError, "expected a SymPy expression"),
        (lambda: derive.holds(Eq(z[k], 1), z[k]), TypeError, "expected a SymPy expression"),
        (lambda: derive.holds(z[k] / 0, z[k]), derive.DeriveError, "no line that can be checked"),
        (
            lambda: derive.holds(Sum(z[i], (i, 1, 2 * C)), z[k]),
            derive.DeriveError,
            "z",
        ),
    ],
)
def test_wrong_input_is_told_in_a_sentence(work: Any, kind: type[Exception], sentence: str):
    with pytest.raises(kind, match=sentence):
        work()


def test_unknown_functions_are_undecided():
    f = Function("f")
    assert derive.holds(f(z[k]), f(z[k])).status == "undecided"
    assert derive.holds(f(z[k]), 2 * f(z[k])).status == "undecided"


def test_what_a_derivation_gives_can_be_checked_again():
    loss = LOSSES["class up to an index"]
    d = derive.gradient(loss.expression, list(loss.variables))
    assert d.expanded.has(Piecewise)
    assert derive.holds(d.expanded, d.expanded)
    assert derive.holds(d.expanded, 2 * d.expanded).status == "false"
