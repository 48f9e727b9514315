"""What a newcomer may hand in by mistake: one sentence says what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from losses import (
    C,
    D,
    N,
    T,
    W,
    Y,
    a,
    alpha,
    b,
    cross_entropy,
    i,
    in_batch,
    j,
    k,
    m,
    n,
    one_hot,
    over,
    p,
    q,
    s,
    soft,
    t,
    tn,
    w,
    y,
    z,
)
from sympy import (
    And,
    Eq,
    Function,
    Idx,
    Indexed,
    IndexedBase,
    KroneckerDelta,
    Matrix,
    Ne,
    Sum,
    Tuple,
    betainc,
    conjugate,
    exp,
    floor,
    log,
    sqrt,
    symbols,
    zeta,
)

import derive
from derive import DeriveError

log_p = -log(p(t))
squares = over(z[i] ** 2)
bare = IndexedBase("v")
loose = symbols("u")
f = Function("f")


def gradient(loss: Any, by: Any = z[k], **more: Any) -> Callable[[], Any]:
    return lambda: derive.gradient(loss, by, **more)


def given(*facts: Any, loss: Any = cross_entropy, by: Any = z[k]) -> Callable[[], Any]:
    return gradient(loss, by, given=list(facts))


def where(*definitions: Any) -> Callable[[], Any]:
    return gradient(over(q[i] * w[i]), where=list(definitions))


def sized(size: Any) -> Callable[[], Any]:
    array = IndexedBase("z", shape=(size,))
    return gradient(Sum(array[i] ** 2, (i, 1, size)), array[k])


def renamed(symbols: Any) -> Callable[[], Any]:
    return lambda: derive.derivation("softmax-cross-entropy", symbols=symbols)


def at(**sizes: Any) -> Callable[[], Any]:
    return lambda: derive.derivation("softmax-cross-entropy").at(**sizes)


MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    # Entries and their symbols
    "maximum without a range": (lambda: derive.Max(z[j], j), "has no range"),
    "maximum over an array": (lambda: derive.Max(z[j], (z, 1, C)), "which is no index"),
    "maximum of nothing": (
        gradient(derive.Max(z[j], (j, 2, C))),
        "from 2 to C may be one of no values",
    ),
    "unknown entry": (
        lambda: derive.derivation("softmax-cross-entopy"),
        "there is no entry 'softmax-cross-entopy'; the entries are softmax-cross-entropy",
    ),
    "unknown symbol": (renamed({"x": "s"}), "there is no symbol 'x' to rename; there are C, i, j"),
    "two names become one": (renamed({"z": "y"}), "two symbols would be called 'y'"),
    "two get one name": (renamed({"z": "s", "y": "s"}), "two symbols would be called 's'"),
    "empty name": (renamed({"z": ""}), "'' cannot be the name of 'z'"),
    "name that is no text": (renamed({"z": 3}), "3 cannot be the name of 'z'"),
    # What to differentiate by
    "not an input": (gradient(cross_entropy, w[k]), r"by w\[k\].*not an input.*inputs are y, z"),
    "not a parameter": (gradient(cross_entropy, T), "by T.*not an input.*inputs are y, z"),
    "an index": (gradient(log_p, t), "by t: it is an index"),
    "a bound index": (gradient(cross_entropy, i), "by i.*not an input"),
    "a class": (
        gradient(-over(log(in_batch(n, tn[n])), n, N), tn[m]),
        r"by t\[m\]: it is an index, a class or a size",
    ),
    "a size": (gradient(cross_entropy, C), "by C: it is an index, a class or a size"),
    "a whole array": (gradient(cross_entropy, z), r"whole array z; name an entry.*z\[k\]"),
    "a number": (gradient(cross_entropy, 3), r"by 3: it is neither an entry such as z\[k\]"),
    "an expression": (gradient(cross_entropy, z[k] ** 2), r"by z\[k\]\*\*2: it is neither"),
    "nothing": (gradient(cross_entropy, []), "nothing to differentiate by; name an entry"),
    "None": (gradient(cross_entropy, None), "by None: it is neither"),
    "twice the same": (gradient(cross_entropy, [z[k], z[k]]), r"z\[k\] is named twice"),
    "a defined name": (
        gradient(over(q[i] * z[i]), q[k], where=[Eq(q[i], p(i))]),
        r"by q\[k\]: it is defined in where=; name one of its inputs",
    ),
    "another array of that name": (
        gradient(cross_entropy, IndexedBase("z", shape=(D,))[k]),
        r"two different things called z: an array of shape \(C,\) and an array of shape \(D,\)",
    ),
    "another symbol of that name": (
        gradient(T * squares, symbols("T")),
        "called T: a symbol with positive=True and a symbol without assumptions",
    ),
    "an array and a symbol of one name": (gradient(squares * symbols("z")), "things called z"),
    # Indices and ranges
    "no shape": (
        gradient(over(bare[i] ** 2), bare[k]),
        r"v\[i\] has no range for its index i: v has no shape; write .*\('v', shape=\(C,\)\)",
    ),
    "no shapes": (gradient(Sum(bare[i, j], (i, 1, C), (j, 1, D)), bare[k, m]), r"shape=\(C, D\)"),
    "counted from zero": (gradient(Sum(z[i], (i, 0, C - 1))), r"index i of z\[i\].*from 1 to C"),
    "one too far": (gradient(Sum(z[i], (i, 1, C + 1))), r"index i of z\[i\].*from 1 to C"),
    "another size": (gradient(Sum(z[i], (i, 1, D))), r"index i of z\[i\].*from 1 to C"),
    "a number of terms": (gradient(Sum(z[i], (i, 1, 3))), r"index i of z\[i\].*from 1 to C"),
    "a Python sum": (gradient(sum(z[i] for i in range(3))), r"index 0 of z\[0\].*from 1 to C"),
    "entry zero": (gradient(squares, z[0]), r"index 0 of z\[0\].*from 1 to C"),
    "beyond the end": (gradient(z[C + 1] ** 2), r"index C \+ 1 of z\[C \+ 1\].*from 1 to C"),
    "two axes summed as one": (gradient(over(W[i, i]), W[k, m]), r"index i of W\[i, i\].*1 to D"),
    "axes of another size": (gradient(z[k] * a[k]), "index k.*size D and over one of size C"),
    "axes swapped": (
        gradient(Sum(W[i, j] * a[i], (i, 1, D), (j, 1, C)), W[k, m]),
        r"the index i of W\[i, j\] does not fit its axis, which runs from 1 to C",
    ),
    "too few indices": (
        gradient(over(Indexed(W, i)), W[k, m]),
        r"W\[i\] has 1 index, but W has 2 axes",
    ),
    "an index moved alone": (gradient(squares, z[k + 1]), r"index k in z\[k \+ 1\] has no range"),
    "half an index": (gradient(squares, z[k / 2]), r"index k/2 of z\[k/2\] is neither"),
    "twice an index": (gradient(over(z[2 * i])), r"index 2\*i of z\[2\*i\] is neither"),
    "a broken index": (gradient(squares, z[1.5]), r"of z\[1.5\] is neither"),
    "an Idx": (gradient(squares, z[Idx("k", C)]), r"k of z\[k\] is an Idx; make.*symbols\('k'"),
    "half a range": (gradient(Sum(z[i], (i, 1, C / 2))), "limit C/2 of a sum over i has no range"),
    "a loose limit": (gradient(Sum(z[i], (i, 1, loose))), "limit u of a sum over i has no range"),
    "a size that is no integer": (
        sized(symbols("C")),
        r"size C of z is not a positive integer; write symbols\('C', integer=True, positive=True\)",
    ),
    "a size that may be negative": (sized(symbols("C", integer=True)), "size C of z is not a pos"),
    "size zero": (sized(0), "size 0 of z is not a positive integer; correct its shape"),
    "size that may be zero": (
        sized(C - 1),
        r"size C - 1 of z is not a positive integer; let the shortest array .* \(M \+ 1,\)",
    ),
    "size minus one": (sized(-1), "size -1 of z is not a positive integer"),
    "explicit size zero": (at(C=0), "C = 0 is no size; give an integer of at least 1"),
    "explicit size negative": (at(C=-1), "C = -1 is no size"),
    "explicit size broken": (at(C=2.5), "C = 2.5 is no size"),
    "explicit size of another": (at(D=3), "there is no size D; the sizes here are: C"),
    "explicit size missing": (at(), r"C has no value; give every size, as in at\(C=3\)"),
    # The loss
    "an undefined function": (gradient(over(f(z[i]))), "the function f has no rule"),
    "no derivative": (gradient(over(floor(z[i]))), "the function floor has no rule"),
    "not analytic": (gradient(over(conjugate(z[i]))), "the function conjugate has no rule"),
    "derivative unknown to SymPy": (gradient(over(zeta(z[i]))), "the function zeta has no rule"),
    "too many arguments": (
        gradient(over(betainc(z[i], 1, 0, 1))),
        "the function betainc has no rule: it takes 4 arguments",
    ),
    "log of a negative": (
        gradient(over(log(-exp(z[i])))),
        r"log\(-exp\(z\[i\]\)\) has no real value: -exp\(z\[i\]\) is never positive; check",
    ),
    "log of what is at most zero": (gradient(over(log(-(z[i] ** 2)))), "is never positive"),
    "log of minus a softmax": (gradient(log(-p(t))), "is never positive"),
    "root of a negative": (gradient(over(sqrt(-1 - z[i] ** 2))), "is always negative"),
    "a constant": (gradient(3), r"by z\[k\].*its inputs are none"),
    # Facts
    "sums to one and to two": (given(soft, Eq(over(y[i]), 2)), r"1\).* and .*2\) contradict"),
    "the same under other names": (
        given(soft, Eq(2, Sum(y[m], (m, 1, C)))),
        "contradict each other; keep the one that is meant",
    ),
    "equal and different": (given(Eq(k, t), Ne(t, k), loss=log_p), "contradict each other"),
    "one-hot and sums to two": (given(one_hot, Eq(over(y[i]), 2)), "contradict each other"),
    "two classes": (given(one_hot, Eq(y[i], KroneckerDelta(i, m))), "contradict each other"),
    "positive and sums to less": (given(y[i] > 0, Eq(over(y[i]), -1)), "contradict each other"),
    "zero and sums to one": (given(Eq(y[i], 0), soft), "contradict each other"),
    "positive and negative": (given(y[i] > 0, -y[i] > 0), "contradict each other"),
    "never": (given(-(y[i] ** 2) > 0), "can never hold; check its signs"),
    "sum of what is not there": (given(Eq(over(w[i]), 1)), "is about w, and the expression is not"),
    "indices that are not there": (given(Ne(m, n)), "about m, n, and the expression is not"),
    "no room to vary": (given(Eq(over(z[i]), 1)), r"by z\[k\] under the fact.*no room to vary"),
    "true": (given(Eq(C, C)), r"came out as True before.*assumptions of the symbols"),
    "false": (given(over(y[i]) == 1), r"came out as False before Derive saw it: write Eq\(a, b\)"),
    "positive by assumption": (given(T > 0, loss=T * squares), "came out as True"),
    "no relation": (given(over(y[i]) - 1), r"no fact that can be used; a fact is Eq\(Sum"),
    "at least": (given(y[i] >= 0), r"entry of an array only > and < can .* state y\[i\] > 0"),
    "at most": (given(y[i] <= 1), r"entry of an array only > and < can .* state y\[i\] < 1"),
    "an index that stops earlier": (given(k <= C - 1), "index such as k runs to the end of its ax"),
    "two facts in one": (given(And(soft, Ne(k, t))), "is no fact that can be used"),
    "a value for a parameter": (given(Eq(T, 1), loss=T * squares), "put it into where"),
    "labels that are smooth": (
        given(Eq(y[i], (1 - alpha) * KroneckerDelta(i, t) + alpha / C)),
        r"put it into where=\[...\]",
    ),
    "one entry": (given(Eq(y[1], 1)), r"the entry y\[1\] must have plain indices"),
    "one entry by a free index": (
        given(Eq(y[t], 1), loss=cross_entropy + z[t]),
        "would hold for every t, which is a single index of the expression",
    ),
    "one-hot with a slip": (
        given(Eq(y[i], KroneckerDelta(j, t))),
        r"the index i of y\[i\] does not occur on the other side; a one-hot label is",
    ),
    "numbers that differ": (given(Ne(z[k], 0)), r"compares indices, and z\[k\] is none"),
    "a range that does not fit": (given(Eq(Sum(y[i], (i, 0, C - 1)), 1)), r"of y\[i\].*1 to C"),
    "indices exchanged": (
        given(Eq(W[i, j], W[j, i]), loss=over(W[i, j] * z[j] ** 2), by=z[k]),
        r"the fact Eq\(W\[i, j\], W\[j, i\]\) declares W by itself: an entry may not be .*\)/2",
    ),
    "labels by each other": (
        given(Eq(y[i], w[i]), Eq(w[i], 2 * y[i]), loss=over(y[i] * w[i] * z[i])),
        "declares y by itself",
    ),
    "labels by what they define": (
        gradient(over(y[i] * z[i]), given=[Eq(y[i], q[i])], where=[Eq(q[i], 2 * y[i])]),
        "declares y by itself",
    ),
    # Definitions
    "by itself": (where(Eq(q[i], q[i] + z[i])), "defines q by itself"),
    "by each other": (where(Eq(q[i], b[i] + z[i]), Eq(b[i], 2 * q[i])), "defines q by itself"),
    "a name of a number": (where(Eq(T, 2)), "names a plain number; write the number itself, or"),
    "defined twice": (where(Eq(q[i], z[i]), Eq(q[i], 2 * z[i])), "q is defined twice"),
    "not an equation": (where(Ne(q[i], z[i])), "is no definition; write where="),
    "a bare name": (where(q[i]), r"q\[i\] is no definition"),
    "an expression on the left": (where(Eq(q[i] + 1, z[i])), "the left side must be the name"),
    "one entry defined": (where(Eq(q[1], z[1])), r"q\[1\] must have different plain indices"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_in_one_sentence(name: str) -> None:
    work, message = MISTAKES[name]
    with pytest.raises(DeriveError, match=message) as caught:
        work()
    text = str(caught.value)
    assert "\n" not in text and len(text) < 400
    assert not re.search(r"\b_\w", text), "an internal name shows"


WRONG_TYPES: dict[str, tuple[Callable[[], Any], str]] = {
    "text as a loss": (gradient("exp(z[k])"), r"'exp.*', and what to .* is not, z\[k\]: write all"),
    "text as a variable": (gradient(cross_entropy, "z[k]"), r"is text, 'z\[k\]', and the expr"),
    "text as a fact": (given("sum(y) = 1"), r"given= is text, 'sum\(y\) = 1', and the expression"),
    "None as a loss": (gradient(None), "expected a SymPy expression, not None"),
    "a list as a loss": (gradient([squares]), "expected a SymPy expression"),
    "a matrix as a loss": (gradient(Matrix([z[1]])), "expected a SymPy expression"),
    "an equation as a loss": (gradient(Eq(T, squares)), "expected a SymPy expression"),
    "a function as a loss": (gradient(lambda z: z), "expected a SymPy expression"),
    "a bare fact": (gradient(cross_entropy, given=soft), r"given= takes a list of.*\[Eq"),
    "text as facts": (gradient(cross_entropy, given="Eq(1, 1)"), "given= takes a list"),
    "None as facts": (gradient(cross_entropy, given=None), "given= takes a list"),
    "a bare definition": (gradient(over(q[i]), where=Eq(q[i], z[i])), "where= takes a list"),
    "no name of an entry": (lambda: derive.derivation(3), "the name of an entry is a text, not 3"),
    "names as a list": (renamed(["z", "s"]), "symbols= takes a dict"),
    "names as text": (renamed("z=s"), "symbols= takes a dict"),
}


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_a_wrong_type_is_a_type_error(name: str) -> None:
    work, message = WRONG_TYPES[name]
    with pytest.raises(TypeError, match=message):
        work()


# What looks like a mistake and is none ------------------------------------------------------------

hat = IndexedBase("\\hat{y}", shape=(C,))

RIGHT: dict[str, tuple[Callable[[], Any], Any]] = {
    "bound index also free": (gradient(cross_entropy, z[i], given=[soft]), hat[i] - y[i]),
    "an index without assumptions": (
        gradient(cross_entropy, z[symbols("k")], given=[soft]),
        hat[symbols("k")] - y[symbols("k")],
    ),
    "facts from a generator": (gradient(cross_entropy, given=(g for g in [soft])), hat[k] - y[k]),
    "a fact the other way round": (given(Eq(1, over(y[i]))), hat[k] - y[k]),
    "a fact under another index": (given(Eq(Sum(y[m], (m, 1, C)), 1)), hat[k] - y[k]),
    "one-hot and sums to one": (given(one_hot, soft), hat[k] - KroneckerDelta(k, t)),
    "one-hot the other way round": (
        given(Eq(KroneckerDelta(t, i), y[i])),
        hat[k] - KroneckerDelta(k, t),
    ),
    "one-hot in a given class": (
        given(Eq(y[i], KroneckerDelta(i, 1))),
        hat[k] - KroneckerDelta(1, k),
    ),
    "the class is the variable's": (given(Eq(y[i], KroneckerDelta(i, k))), hat[k] - 1),
    "not the first": (given(Ne(k, 1), loss=-log(p(1))), hat[k]),
    "the first entry": (gradient(-log(p(1)), z[1]), hat[1] - 1),
    "the last entry": (gradient(z[C] ** 2), 2 * KroneckerDelta(C, k) * z[C]),
    "a definition of no use": (
        gradient(cross_entropy, given=[soft], where=[Eq(w[i], b[i] + 1)]),
        hat[k] - y[k],
    ),
    "a name that is taken": (
        gradient(over(hat[i] * z[i]) + log(over(exp(z[j]), j))),
        hat[k] + IndexedBase("\\hat{q}", shape=(C,))[k],
    ),
    "an index in the loss": (gradient(over(i * z[i] ** 2)), 2 * k * z[k]),
    "a size in the loss": (gradient(over(z[i]) ** C), C * over(z[i]) ** (C - 1)),
    "a sum up to an index": (gradient(Sum(z[i], (i, 1, k))), 1),
    "a fact of every sample": (
        gradient(
            -Sum(Y[n, i] * log(in_batch(n, i)), (i, 1, C), (n, 1, N)),
            s[m, k],
            given=[Eq(Sum(Y[n, i], (i, 1, C)), 1)],
        ),
        IndexedBase("\\hat{y}", shape=(N, C))[m, k] - Y[m, k],
    ),
    "variables in a tuple": (gradient(cross_entropy, (z[k],), given=[soft]), hat[k] - y[k]),
    "several samples of one variable": (
        gradient(cross_entropy, [z[k], z[m]], given=[soft]),
        Tuple(hat[k] - y[k], hat[m] - y[m]),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_no_mistake_works(name: str) -> None:
    work, result = RIGHT[name]
    assert work().result == result


def test_a_size_is_no_index() -> None:
    problem = derive.gradient(z[C] ** 2, z[k]).problem
    assert problem.sizes == (C,) and problem.free_indices == (k,)


def test_ranges_come_from_shapes() -> None:
    problem = derive.gradient(-over(log(in_batch(n, tn[n])), n, N), s[m, k]).problem
    known = {str(r.index): (r.lower, r.upper) for r in problem.ranges}
    assert known["k"] == known["t[n]"] == (1, C) and known["m"] == (1, N)


@pytest.mark.slow
def test_a_defined_array_without_a_shape_gets_the_one_of_its_value() -> None:
    def asked(array: IndexedBase) -> Any:
        value = exp(z[i] / T) / over(exp(z[j] / T), j)
        loss = -over(y[i] * log(array[i]))
        return derive.gradient(loss, [z[k], T], given=[soft], where=[Eq(array[i], value)])

    bare, whole = asked(IndexedBase("r")), asked(IndexedBase("r", shape=(C,)))
    assert bare.definitions == whole.definitions and bare.result == whole.result
    assert bare.check().ok and bare.kernel("numpy").source == whole.kernel("numpy").source


@pytest.mark.needs("lark")
def test_a_definition_with_a_lag_runs_where_it_has_a_value() -> None:
    lagged = ["h[n] = e[n] - a*e[n-1]"]
    derivation = derive.gradient("sum(h[n]^2, n=2..N)", "a", where=lagged)
    assert str(derivation.result) == "-2*Sum(e[n - 1]*h[n], (n, 2, N))"
    with pytest.raises(DeriveError, match="has values from 2 to N"):
        derive.gradient("sum(h[n]^2, n=1..N)", "a", where=lagged)
