"""What is no expression is refused in words; neither the checker nor the loops stumble over it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from judge import is_error, wrong_in_itself
from mutations import Mutation, ending
from plain import NoMeaning, value, worlds
from sympy import Dummy, I, Indexed, IndexedBase, Integer, Rational, Symbol, Tuple, tanh, zoo
from sympy.core.basic import Basic
from sympy.tensor.indexed import IndexException

import derive
from derive import arrays, display, notation
from derive.arrays import Column, Entry, Product, Row, Transposed, Whole
from derive.derivation import Derivation
from derive.display import Choice, Grid
from derive.facts import EqualFact, IndexRange, PositiveFact, SumFact
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bound,
    Delta,
    Exp,
    Head,
    Inert,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    ProductOver,
    Quotient,
    Times,
    Total,
)
from derive.verify import Checker, check
from derive.verify.wellformed import ARRAYS, NUMBERS, fact_flaw, flaw, name_flaw

C, D = (Symbol(name, integer=True, positive=True) for name in "CD")
i, k, m = (Symbol(name, integer=True) for name in "ikm")
T = Symbol("T", positive=True)
W, y, z = IndexedBase("W", (C, D)), IndexedBase("y", (C,)), IndexedBase("z", (C,))
a = IndexedBase("a", (D,))
STRAY = Bound(1, i)

# What is ill-formed, and a word of the sentence that says why.
ILL_FORMED = {
    "array for a number": (Log(Whole(y)), "array where a number"),
    "array in a sum of numbers": (Plus(z[k], Product(Whole(W), Whole(a))), "array where a number"),
    "name for a number": (Exp(y), "no number"),
    "tuple for a number": (Times(2, Tuple(i, 1, C)), "no number"),
    "no real number": (Times(z[k], I), "no real number"),
    "infinity": (Plus(z[k], zoo), "no real number"),
    "numbers for an array": (Entry(Times(2, z[k]), k), "0 arrays"),
    "no array in a product": (Entry(Product(Whole(W), z[1]), k), "no array"),
    "two arrays as factors": (Entry(Times(Whole(y), Whole(z)), k), "2 arrays"),
    "divided by an array": (Entry(Quotient(Whole(y), Whole(z)), k), "array where a number"),
    "shapes of a product": (Entry(Product(Whole(W), Whole(y)), k), "D columns"),
    "shapes of a sum": (Entry(Plus(Whole(y), Whole(a)), k), "different shapes"),
    "shapes of a sum, transposed": (Entry(Plus(Whole(y), Transposed(Whole(y))), k), "different"),
    "sum of what is no array": (Entry(Total(z[i], (i, 1, C)), k), "no array"),
    "row of a vector": (Entry(Row(y, k)), "no row"),
    "column without its index": (Entry(Column(W), k), "no column"),
    "too few indices": (Entry(Whole(W), k), "1 indices"),
    "too many indices": (Entry(Whole(y), k, m), "2 indices"),
    "entry of nothing": (Entry(), "entry of no array"),
    "array of no base": (Entry(Whole(z[k]), k), "no part"),
    "entry with too many indices": (Indexed(z, k, m), "2 indices"),
    "number for an index": (Delta(Exp(z[k]), k), "no index"),
    "half an index": (z[Rational(1, 2)], "no index"),
    "sum up to a number": (Total(z[i], (i, 1, Exp(T))), "no index"),
    "greatest up to a number": (Maximum(z[i], (i, 1, Exp(T))), "no index"),
    "product up to a number": (ProductOver(z[i], (i, 1, Exp(T))), "no index"),
    "attained at a number": (Attains(z[i], (i, 1, C), Exp(T)), "no index"),
    "case of numbers": (Choice(Log(T), k, 1, 0), "no index"),
    "matrix without its size": (Grid(W[k, m], k, C), "3 parts"),
    "by an expression": (Partial(z[k], Exp(z[k])), "differentiate by"),
    "quotient without denominator": (Quotient(z[k]), "1 parts"),
    "minus of two": (Minus(z[k], z[m]), "2 parts"),
    "no function": (Apply(T, z[k]), "no function"),
    "too many arguments": (Apply(Head(tanh), z[k], z[m]), "2 arguments"),
    "index outside of its sum": (Plus(z[STRAY], T), "outside"),
}

FACTS = {
    "range of a number": IndexRange(k, Integer(1), Exp(T)),
    "equal numbers": EqualFact(Exp(T), k),
    "sum of arrays": SumFact(Total(Whole(y), (i, 1, C)), Integer(1)),
    "positive array": PositiveFact(Whole(y)),
}


@cache
def derived(name: str) -> Derivation:
    return derive.derivation(name)


@pytest.mark.parametrize("case", ILL_FORMED)
def test_says_what_is_ill_formed(case: str) -> None:
    expr, word = ILL_FORMED[case]
    said = flaw(expr)
    assert said is not None and word in said
    # It makes everything ill-formed that it is a part of.
    assert flaw(Exp(Plus(T, expr))) is not None


@pytest.mark.parametrize("case", ILL_FORMED)
def test_the_loops_find_no_value_in_it(case: str) -> None:
    expr, _ = ILL_FORMED[case]
    facts = [IndexRange(index, Integer(1), C) for index in (k, m)]
    # Where the second index is 1, a vector may be taken for a matrix of one column.
    *_, world = worlds([z[k], y[k], W[k, 1], a[1], T], {"C": 3, "D": 4}, facts)
    with pytest.raises((NoMeaning, LookupError)):
        value(expr, world)


@pytest.mark.parametrize("case", FACTS)
def test_says_what_fact_is_ill_formed(case: str) -> None:
    assert fact_flaw(FACTS[case]) is not None


@pytest.mark.parametrize("other", [IndexedBase("z"), IndexedBase("z", (D,))])
def test_no_two_arrays_have_one_name(other: IndexedBase) -> None:
    assert "called z" in (name_flaw([z[k], other[k]]) or "")
    assert name_flaw([z[k], Plus(z[m], y[k])]) is None


def test_no_two_parameters_have_one_name() -> None:
    assert "called T" in (name_flaw([T, Exp(Symbol("T", real=True))]) or "")


@pytest.mark.parametrize("module", [notation, arrays, display], ids=lambda module: module.__name__)
def test_every_node_is_known(module) -> None:
    """Each stands for a number or for an array, and it is told what it is made of."""
    kinds = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Inert)]
    abstract = {Inert, Binder}
    for kind in (c for c in kinds if c.__module__ == module.__name__ and c not in abstract):
        assert {*kind.mro()} & ({*NUMBERS} | {*ARRAYS}) - {*Inert.mro()}, kind.__name__


# In a step ---------------------------------------------------------------------------------


def test_an_ill_formed_step_is_a_failure_that_says_so() -> None:
    root = derived("softmax-output-layer")
    form = root.parts["weights"].arrays["result"]
    (entry,) = form.closed_form.atoms(Entry)
    whole, wrong = form.steps[-1], Entry(Transposed(entry.array), *entry.indices)
    swapped = ending(whole, notation.replace(whole.after, {entry: wrong}))
    scaled = ending(whole, notation.replace(whole.after, {entry: Entry(T, *entry.indices)}))
    checker = Checker(root)
    assert not checker.step_failures(form, len(form.steps), whole)
    # The transposed one is an array all the same, and wrong.
    found = checker.step_failures(form, len(form.steps), swapped)
    assert found and all(f.check != "form" for f in found)
    (failure,) = checker.step_failures(form, len(form.steps), scaled)
    assert failure.check == "form" and failure.step == len(form.steps)
    assert "ill-formed: T is no array" in str(failure)


def test_the_report_says_so_too() -> None:
    root = derived("softmax-cross-entropy")
    last = root.steps[-1]
    wrong = replace(root, steps=(*root.steps[:-1], ending(last, Plus(last.after, Whole(y)))))
    found = [f for f in check(wrong).failures if f.check in ("form", "result")]
    assert {f.step for f in found} == {0, len(root.steps)}
    assert all("ill-formed" in f.sentence for f in found)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("softmax-cross-entropy", 200),
        ("softmax-output-layer", 200),
        pytest.param("softmax-linear-layers", 400, marks=pytest.mark.slow),
    ],
)
def test_nothing_stumbles(name: str, count: int) -> None:
    """Any part in the place of any other: refused, unless the loops find it to be no error."""
    root = derived(name)
    checker = Checker(root)
    lines = [(d, n) for d in root.walk() for n in range(1, len(d.steps) + 1)]
    pool = sorted({p for d, n in lines for p in parts(d.steps[n - 1].after)}, key=str)
    pool += [Integer(0), Integer(-1), Rational(1, 2), I, zoo, T, Dummy("q")]
    draw = Random(name)
    refused = 0
    for _ in range(count):
        derivation, number = draw.choice(lines)
        step = derivation.steps[number - 1]
        after = spliced(step.atoms[-1].after, draw, pool)
        if after is None or after == step.after:
            continue
        failures = checker.step_failures(derivation, number, ending(step, after))
        refused += any(f.check == "form" for f in failures)
        error = is_error(Mutation("splice", derivation, number, ending(step, after)), root)
        assert not error or wrong_in_itself(failures), after
    assert refused >= count / 10


def parts(expr: Basic) -> Iterator[Basic]:
    yield expr
    for argument in expr.args:
        yield from parts(argument)


def spliced(expr: Basic, draw: Random, pool: list[Basic]) -> Basic | None:
    """The expression with another part somewhere; None where SymPy itself refuses that."""
    inside = isinstance(expr, (Inert, Indexed, Tuple)) and expr.args
    if not inside or draw.random() < 0.2:
        return draw.choice(pool)
    args = list(expr.args)
    if draw.random() < 0.05:
        args.pop(draw.randrange(len(args)))
    else:
        place = draw.randrange(len(args))
        args[place] = spliced(args[place], draw, pool)
    try:
        return None if None in args else expr.func(*args)
    except (TypeError, ValueError, AttributeError, IndexException):
        return None
