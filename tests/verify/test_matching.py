"""The matcher: patterns fit in all the ways they should, and laws refuse what they do not say."""

from dataclasses import replace

import pytest
from sympy import IndexedBase, Integer, Rational, Symbol, symbols

import derive.rules  # noqa: F401  (registers the laws)
from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Given,
    IndexRange,
    Lemma,
    SumFact,
    UnequalFact,
)
from derive.laws import LAWS, Condition, Each, Law, Meta, Rest, Value, law
from derive.notation import (
    Attains,
    Bracket,
    Delta,
    Exp,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
)
from derive.notation import replace as replace_in
from derive.rules.registry import RULES, Rewriting
from derive.verify.canonical import same
from derive.verify.claims import Claim, Court, flaw_of

C = Symbol("C", integer=True, positive=True)
T, g = symbols("T gamma", positive=True)
i, j, k, t = symbols("i j k t", integer=True)
z, y, q = (IndexedBase(name, shape=(C,)) for name in "zyq")
a, b, c, u, v = map(Meta, "abcuv")
F, lo, hi, at = Meta("F"), Meta("lo"), Meta("hi"), Meta("at")
X = Rest("X")
softmax = Definition(q[i], Quotient(Exp(z[i]), Total(Exp(z[j]), (j, 1, C))), softmax=True)
less_margin = lambda at: Exp(Plus(z[at], Minus(Times(T, Delta(at, t)))))
margin = Definition(q[i], Quotient(less_margin(i), Total(less_margin(j), (j, 1, C))), softmax=True)
at_true_class = Quotient(Exp(Plus(z[t], Minus(T))), Total(less_margin(j), (j, 1, C)))
NOTHING = Given()
SIZES = [{C: n} for n in (1, 2, 3)]
over = lambda body, *out: Total(body, (j, 1, C, *out))
upto = lambda body, last: Total(body, (j, 1, last))
after = lambda body, last: Total(body, (j, last + 1, C))
less = lambda part: Plus(1, Minus(part))
ranged = IndexRange(k, Integer(1), C)


def judge(before, after, rule="rule", facts=(), given=NOTHING, lemma=None):
    claim = Claim(rule, before, after, tuple(facts), given, lemma)
    return Court((softmax,), SIZES).judge(claim)


def fits(claim_law: Law, before, after, **more) -> bool:
    LAWS["rule"] = claim_law
    try:
        return judge(before, after, **more).refusal is None
    finally:
        del LAWS["rule"]


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (Plus(z[i], Minus(y[i])), Plus(Minus(y[i]), z[i]), True),
        (Plus(z[i], Minus(Plus(y[i], T))), Plus(z[i], Minus(y[i]), Minus(T)), True),
        (Quotient(Times(2, z[i]), T), Times(z[i], Quotient(2, T)), True),
        (Quotient(Quotient(z[i], T), g), Quotient(z[i], Times(T, g)), True),
        (Plus(z[i], 0), z[i], True),
        (Times(1, z[i]), z[i], True),
        (Plus(1, 2), Integer(3), True),
        (Times(T, T), Power(T, 2), True),
        (Power(T, Plus(g, Minus(1))), Power(T, g - 1), True),
        (over(z[j]), Total(z[i], (i, 1, C)), True),
        (over(Minus(z[j])), Minus(over(z[j])), True),
        (over(Times(2, z[j])), Times(2, over(z[j])), True),
        (Minus(Plus(z[i], Minus(y[i]))), Plus(y[i], Minus(z[i])), True),
        (Power(Quotient(1, T), 2), Quotient(1, Power(T, 2)), False),
        (Quotient(Power(1, 2), T), Quotient(1, T), True),
        (Quotient(T, T), Integer(1), False),
        (Times(T, Plus(z[i], y[i])), Plus(Times(T, z[i]), Times(T, y[i])), False),
        (over(z[j]), over(z[j], k), False),
        (Quotient(z[i], T), Quotient(T, z[i]), False),
        (Log(Times(T, g)), Plus(Log(T), Log(g)), False),
        (Delta(i, k), Delta(i, t), False),
        (Plus(z[i], z[i]), Times(2, z[i]), False),
    ],
)
def test_same_up_to_order_and_grouping(left, right, equal: bool) -> None:
    assert same(left, right) == equal


PRODUCT = law(Partial(Times(u, a), v), Plus(Times(Partial(u, v), a), Times(u, Partial(a, v))))
CONTRACT = law(
    Total(Times(Delta(j, at), Value(F, j)), (j, lo, hi, X)),
    Value(F, at),
    Condition("within", (at, lo, hi, X)),
)
FACTOR = law(Plus(Each(Times(a, b))), Times(a, Plus(Each(b))))
LOGS = law(Log(Times(Each(a))), Plus(Each(Log(a))))
CANCEL = law(Times(a, Quotient(1, a)), 1, Condition("nonzero", (a,)))
COMPLEMENT = law(Plus(1, Minus(Quotient(a, Plus(a, b)))), Quotient(b, Plus(a, b)))
FROM = law(
    Total(Times(Bracket(at, j), Value(F, j)), (j, lo, hi)),
    Total(Value(F, j), (j, at, hi)),
    Condition("at_most", (lo, at)),
)
SCALED = law(Partial(Times(c, u), v), Times(c, Partial(u, v)), Condition("independent", (c, v)))
EVEN = law(Power(Minus(a), u), Power(a, u), Condition("even", (u,)))
logit, square = Quotient(T, Plus(T, g)), Power(Quotient(z[k], T), 2)
half = Power(T, Rational(1, 2))
POWERS = law(Times(Power(a, u), Power(a, v)), Power(a, Plus(u, v)))


@pytest.mark.parametrize(
    ("claim_law", "before", "after", "facts", "fit"),
    [
        (CANCEL, Quotient(Times(T, z[i]), Times(T, g)), Quotient(z[i], g), (), True),
        (CANCEL, Quotient(Times(T, z[i]), Times(T, g)), Quotient(z[i], T), (), False),
        (CANCEL, Quotient(Power(T, 2), T), T, (), True),
        (POWERS, Quotient(Power(T, 3), T), Power(T, 2), (), True),
        (EVEN, Power(Minus(T), 4), Power(T, 4), (), True),
        (EVEN, Power(Minus(T), 3), Power(T, 3), (), False),
        (EVEN, Power(Minus(T), g), Power(T, g), (), False),
        (POWERS, Times(Power(T, g), T, z[i]), Times(z[i], Power(T, Plus(g, 1))), (), True),
        (POWERS, Times(Power(T, g), T), Power(T, Plus(g, Minus(1))), (), False),
        (CONTRACT, over(Times(Delta(j, k), z[j], y[k])), Times(z[k], y[k]), (ranged,), True),
        (CONTRACT, over(Quotient(Delta(j, k), Exp(z[j]))), Quotient(1, Exp(z[k])), (ranged,), True),
        (CONTRACT, over(Times(Delta(j, k), z[j])), z[k], (), False),
        (CONTRACT, over(Times(Delta(j, k), z[j])), z[i], (ranged,), False),
        (CONTRACT, over(Times(Delta(j, k), z[j]), t), z[k], (ranged,), False),
        (
            CONTRACT,
            over(Times(Delta(j, k), z[j]), t),
            z[k],
            (ranged, IndexRange(t, Integer(1), C), UnequalFact(k, t)),
            True,
        ),
        (
            FACTOR,
            Plus(Times(T, z[i]), Times(T, y[i], g)),
            Times(T, Plus(z[i], Times(y[i], g))),
            (),
            True,
        ),
        (FACTOR, Plus(T, Times(T, y[i])), Times(T, Plus(1, y[i])), (), True),
        (FACTOR, Plus(Times(T, z[i]), Times(g, z[i])), Times(T, Plus(z[i], z[i])), (), False),
        (FACTOR, Plus(Power(T, g), T), Times(T, Plus(Power(T, Plus(g, Minus(1))), 1)), (), True),
        (FACTOR, Plus(T, Times(half, g)), Times(half, Plus(half, g)), (), True),
        (FACTOR, Plus(half, Times(T, g)), Times(T, Plus(half, g)), (), False),
        (LOGS, Log(Times(4, Power(T, g))), Plus(Log(4), Log(Power(T, g))), (), True),
        (LOGS, Log(Times(4, Power(T, g))), Plus(Log(2), Log(Power(T, g))), (), False),
        (COMPLEMENT, Plus(Minus(1), logit), Minus(Quotient(g, Plus(T, g))), (), True),
        (COMPLEMENT, Plus(Minus(1), logit), Quotient(g, Plus(T, g)), (), False),
        (FROM, over(Times(Bracket(k, j - 1), z[j])), Total(z[j], (j, k + 1, C)), (ranged,), True),
        (FROM, over(Times(Bracket(k, j - 1), z[j])), Total(z[j], (j, k, C)), (ranged,), False),
        (SCALED, Partial(Times(g, square, T), z[k]), Times(g, T, Partial(square, z[k])), (), True),
        (
            PRODUCT,
            Partial(Times(T, z[k], y[k]), T),
            Plus(
                Times(Partial(T, T), z[k], y[k]),
                Times(T, Partial(Times(z[k], y[k]), T)),
            ),
            (),
            True,
        ),
    ],
)
def test_laws(claim_law: Law, before, after, facts, fit: bool) -> None:
    assert fits(claim_law, before, after, facts=facts) == fit


def test_a_bound_index_does_not_escape() -> None:
    out_of_sum = law(Total(a, (j, lo, hi)), a)
    assert not fits(out_of_sum, over(z[j]), z[j])
    pulled = law(
        Total(Times(c, Value(F, j)), (j, lo, hi)), Times(c, Total(Value(F, j), (j, lo, hi)))
    )
    assert fits(pulled, over(Times(T, z[j])), Times(T, over(z[j])))
    assert not fits(pulled, over(Times(y[j], z[j])), Times(y[j], over(z[j])))


def test_sums_are_exchanged_where_neither_range_depends_on_the_other() -> None:
    rule = "exchange_totals"
    inner = Total(Times(y[t], q[j]), (t, 1, C))
    exchanged = Total(over(Times(z[j], y[t], q[j])), (t, 1, C))
    assert judge(over(Times(z[j], inner)), exchanged, rule).refusal is None
    assert judge(over(Times(z[j], inner)), Times(2, exchanged), rule).refusal
    assert judge(over(Times(z[j], inner)), Total(over(Times(z[j], y[t])), (t, 1, C)), rule).refusal
    from_j = over(Times(z[j], Total(y[t], (t, j, C))))
    assert judge(from_j, Total(over(Times(z[j], y[t])), (t, k, C)), rule).refusal
    but_j = over(Times(z[j], Total(y[t], (t, 1, C, j))))
    assert judge(but_j, Total(over(Times(z[j], y[t])), (t, 1, C, k)), rule).refusal


def test_an_enclosing_sum_backs_a_range() -> None:
    inner = Given().within(k, (Integer(1), C))
    assert fits(CONTRACT, over(Times(Delta(j, k), z[j])), z[k], given=inner)
    wider = Given().within(k, (Integer(1), C + 1))
    assert not fits(CONTRACT, over(Times(Delta(j, k), z[j])), z[k], given=wider)


@pytest.mark.parametrize(("least", "out"), [(1, ()), (2, (t,)), (3, (t, i))])
def test_one_index_counts_where_there_is_one(least: int, out: tuple[Symbol, ...]) -> None:
    """Of a maximum that leaves indices out some have to be left, however many classes there are."""
    once = Total(Attains(z[j], (j, 1, C, *out), k), (k, 1, C, *out))
    facts = tuple(IndexRange(index, Integer(1), C) for index in out)
    claim = Claim("sum_argmax", once, Integer(1), facts, NOTHING)
    for smallest in (1, 2, 3):
        court = Court((softmax,), [{C: n} for n in range(smallest, 5)])
        assert (court.judge(claim).refusal is None) == (smallest >= least)


def test_independence_goes_through_definitions() -> None:
    constant = law(Partial(c, v), 0, Condition("independent", (c, v)))
    assert fits(constant, Partial(y[i], z[k]), Integer(0))
    assert not fits(constant, Partial(z[i], z[k]), Integer(0))
    assert not fits(constant, Partial(q[i], z[k]), Integer(0))


def test_what_is_not_seen_is_assumed() -> None:
    LAWS["rule"] = CANCEL
    try:
        assert judge(Quotient(z[i], z[i]), Integer(1)).assumed == (Condition("nonzero", (z[i],)),)
        assert judge(Quotient(Exp(z[i]), Exp(z[i])), Integer(1)).assumed == ()
    finally:
        del LAWS["rule"]


@pytest.mark.parametrize(
    "claim_law", [law(a, Times(a, 1)), law(Exp(a), b), law(Total(a, (j, lo, hi)), Value(F, at))]
)
def test_a_law_for_everything_is_none(claim_law: Law) -> None:
    assert flaw_of(claim_law) is not None
    assert not fits(claim_law, Exp(z[i]), Exp(z[i]))


jacobian = Lemma(
    "jacobian",
    Partial(q[i], z[k]),
    Times(q[i], Plus(Delta(i, k), Minus(q[k]))),
    (i, k),
)
one = SumFact(over(y[j]), Integer(1))
R = Symbol("r", positive=True)
length = Definition(R, Power(over(Power(z[j], 2)), Rational(1, 2)))
scaled = Definition(R, Times(T, over(Power(z[j], 2))))
one_hot = EntryFact(y[i], Delta(i, t))


@pytest.mark.parametrize(
    ("rule", "before", "after", "facts", "fit"),
    [
        ("use_sum_fact", Total(y[i], (i, 1, C)), Integer(1), (one,), True),
        ("use_sum_fact", Total(y[i], (i, 1, C)), Integer(1), (), False),
        ("use_sum_fact", Total(y[i], (i, 1, C)), Integer(2), (one,), False),
        ("use_sum_fact", Total(y[i], (i, 2, C)), Integer(1), (one,), False),
        ("use_entry_fact", y[k], Delta(k, t), (one_hot,), True),
        ("use_entry_fact", y[k], Delta(i, t), (one_hot,), False),
        ("use_entry_fact", y[k], Delta(k, t), (), False),
        ("use_equality", Delta(k, t), Delta(t, t), (EqualFact(k, t),), True),
        ("use_equality", Delta(k, t), Delta(t, t), (UnequalFact(k, t),), False),
        ("fold_definition", Quotient(Exp(z[k]), over(Exp(z[j]))), q[k], (softmax,), True),
        ("fold_definition", Quotient(Exp(z[k]), over(Exp(z[j]))), q[t], (softmax,), False),
        ("fold_definition", Quotient(Exp(z[k]), over(Exp(z[j]))), q[k], (), False),
        ("fold_definition", at_true_class, q[t], (margin,), True),
        ("fold_definition", at_true_class, q[k], (margin,), False),
        ("fold_definition", replace_in(at_true_class, {T: Times(2, T)}), q[t], (margin,), False),
        ("unfold_definition", q[k], Quotient(Exp(z[k]), over(Exp(z[j]))), (softmax,), True),
        ("fold_square", over(Power(z[j], 2)), Power(R, 2), (length,), True),
        ("fold_square", over(Power(z[j], 2)), Power(R, 3), (length,), False),
        ("fold_square", over(Power(z[j], 2)), R, (length,), False),
        ("fold_square", over(Power(z[j], 3)), Power(R, 2), (length,), False),
        ("fold_scaled", over(Power(z[j], 2)), Quotient(R, T), (scaled,), True),
        ("fold_scaled", over(Power(z[j], 2)), Times(R, T), (scaled,), False),
        ("fold_scaled", over(Power(z[j], 2)), Quotient(R, Power(T, 2)), (scaled,), False),
        ("fold_scaled", over(Power(z[j], 2)), R, (scaled,), False),
        ("sum_probabilities", over(q[j]), Integer(1), (softmax,), True),
        ("sum_probabilities", over(y[j]), Integer(1), (softmax,), False),
        ("sum_probabilities_but", over(q[j], k), less(q[k]), (softmax,), True),
        ("sum_probabilities_but", over(q[j], k), less(q[t]), (softmax,), False),
        ("sum_probabilities_but", over(q[j], k), q[k], (softmax,), False),
        ("sum_probabilities_but", over(q[j], k, t), less(q[k]), (softmax,), False),
        ("sum_probabilities_but", over(y[j], k), less(y[k]), (softmax,), False),
        ("sum_probabilities_but", over(q[j], k), less(q[k]), (), False),
        ("complement_probabilities", less(upto(q[j], k)), after(q[j], k), (softmax,), True),
        ("complement_probabilities", less(after(q[j], k)), upto(q[j], k), (softmax,), True),
        ("complement_probabilities", less(upto(q[j], k)), after(q[j], k - 1), (softmax,), False),
        ("complement_probabilities", less(upto(q[j], k)), after(q[j], t), (softmax,), False),
        ("complement_probabilities", upto(q[j], k), after(q[j], k), (softmax,), False),
        ("complement_probabilities", less(upto(y[j], k)), after(y[j], k), (softmax,), False),
        ("complement_probabilities", less(upto(q[j], k)), after(q[j], k), (), False),
        (
            "complement_weights",
            less(over(Times(y[j], q[j]))),
            over(Times(less(y[j]), q[j])),
            (softmax,),
            True,
        ),
        (
            "complement_weights",
            less(over(Times(y[j], q[j]))),
            over(Times(Plus(1, y[j]), q[j])),
            (softmax,),
            False,
        ),
        (
            "complement_weights",
            less(over(Times(y[j], q[j]))),
            over(Times(less(q[j]), q[j])),
            (softmax,),
            False,
        ),
        (
            "complement_weights",
            less(over(Times(y[j], z[j]))),
            over(Times(less(y[j]), z[j])),
            (softmax,),
            False,
        ),
        (
            "complement_weights",
            less(over(Times(y[j], q[j]))),
            over(Times(less(y[j]), q[j])),
            (),
            False,
        ),
        ("differentiate_coordinate", Partial(z[i], z[k]), Delta(i, k), (), True),
        ("differentiate_coordinate", Partial(z[i], z[k]), Delta(i, t), (), False),
        ("differentiate_coordinate", Partial(z[i], y[k]), Delta(i, k), (), False),
        ("move_index", Times(Delta(k, t), q[t]), Times(Delta(k, t), q[k]), (), True),
        ("move_index", Times(Delta(k, t), q[k]), Times(Delta(k, t), q[t]), (), True),
        ("move_index", Times(Delta(k, t), q[t], z[i]), Times(Delta(k, t), q[k], z[i]), (), True),
        ("move_index", Times(Delta(k, t), q[t]), Times(Delta(k, t), q[i]), (), False),
        ("move_index", Times(Delta(k, t), q[i]), Times(Delta(k, t), q[k]), (), False),
        ("move_index", Times(Delta(k, t), q[t]), Times(Delta(k, i), q[k]), (), False),
        ("move_index", q[t], q[k], (), False),
        ("combine_numbers", Times(2, Rational(1, 2)), Integer(1), (), True),
        ("combine_numbers", Times(2, 2), Integer(5), (), False),
        ("no_such_rule", z[i], z[i], (), False),
    ],
)
def test_sources(rule: str, before, after, facts, fit: bool) -> None:
    assert (judge(before, after, rule, facts).refusal is None) == fit


def test_lemmas_hold_for_all_indices_and_no_more() -> None:
    after = Times(q[t], Plus(Delta(t, i), Minus(q[i])))
    assert judge(Partial(q[t], z[i]), after, "apply_lemma", lemma=jacobian).refusal is None
    wrong = Times(q[t], Plus(Delta(t, i), Minus(q[t])))
    assert judge(Partial(q[t], z[i]), wrong, "apply_lemma", lemma=jacobian).refusal
    assert judge(Partial(y[t], z[i]), after, "apply_lemma", lemma=jacobian).refusal
    assert judge(Partial(q[t], z[i]), after, "apply_lemma").refusal


@pytest.mark.parametrize("name", RULES)
def test_the_example_of_every_rule(name: str) -> None:
    """Each rule keeps to its law on its own example, and its law refuses something else."""
    rule = RULES[name]
    made = rule.function(rule.example.expression, rule.example.given)
    rewriting = made if isinstance(made, Rewriting) else Rewriting(made)
    given = rule.example.given
    lemma = next((one for one in given.lemmas if one.name == rewriting.lemma), None)
    ranges = tuple(f for f in given.facts if isinstance(f, IndexRange))
    claim = Claim(
        name, rule.example.expression, rewriting.after, (*rewriting.facts, *ranges), given, lemma
    )
    court = Court(given.definitions, SIZES)
    assert court.judge(claim).refusal is None
    assert court.judge(replace(claim, after=Plus(claim.after, Exp(T)))).refusal is not None


def test_brackets_are_not_symmetric() -> None:
    swap = law(Times(Bracket(a, b), c), Times(c, Bracket(a, b)))
    assert fits(swap, Times(Bracket(i, k), z[i]), Times(z[i], Bracket(i, k)))
    assert not fits(swap, Times(Bracket(i, k), z[i]), Times(z[i], Bracket(k, i)))


@pytest.mark.parametrize(
    ("after", "right"),
    [
        (Quotient(z[k], Power(1 + z[k] ** 2, g + 1)), True),
        (Times(z[k], Power(1 + z[k] ** 2, -g - 1)), True),
        (Quotient(z[k], Power(1 + z[k] ** 2, g)), False),
        (Quotient(z[k], Power(1 + z[k] ** 2, 1 - g)), False),
        (Times(z[k], Power(1 + z[k] ** 2, g + 1)), False),
    ],
)
def test_exponents_of_parameters_are_added_up(after, right) -> None:
    base = 1 + z[k] ** 2
    before = Quotient(Times(z[k], Power(base, g - 1)), Power(base, 2 * g))
    assert (judge(before, after, "combine_powers").refusal is None) is right


@pytest.mark.parametrize("gap", [j - k, k - j, j - k - 1])
def test_a_difference_in_an_exponent_is_read_from_either_side(gap) -> None:
    below = lambda sign: Exp(Minus(Times(sign * gap, Log(T))))
    before = Quotient(1, Power(T, gap))
    assert judge(before, below(1), "divide_high_power").refusal is None
    assert judge(before, below(-1), "divide_high_power").refusal is not None


def less_a_term(factor, out=k):
    """``2 e^{z_k} - Σ_j 2 e^{z_j}``, in which one number stands before the term, as a step."""
    part, total = Times(factor, Exp(z[k])), over(Times(2, Exp(z[j])))
    return Plus(part, Minus(total)), Minus(over(Times(2, Exp(z[j])), out))


def test_a_number_in_a_sum_is_part_of_what_is_summed():
    """As in ``2 f_k - 2 Σ_j f_j = -2 Σ_{j≠k} f_j``."""
    passes = lambda *step: judge(*step, "leave_term_out", facts=[ranged]).refusal is None
    assert passes(*less_a_term(2))
    assert passes(less_a_term(2)[0], Times(-2, over(Exp(z[j]), k)))
    assert not passes(*less_a_term(3))
    assert not passes(*less_a_term(2, t))
    assert not passes(less_a_term(2)[0], Minus(over(Exp(z[j]), k)))


def test_what_a_step_leaves_alone_is_no_obstacle_in_a_long_sum():
    shared = [Exp(y[n]) for n in range(1, 7)]
    many = [Times(z[n], *shared) for n in range(1, 12)]
    *rest, last = many
    before = Plus(*many, Times(3, last))
    assert judge(before, Plus(*rest, Times(4, last)), "collect_terms").refusal is None
    wrong = Plus(last, Times(3, last)), Times(5, last)
    assert judge(*wrong, "collect_terms").refusal is not None


def test_one_sum_of_several_is_multiplied_out_among_many_factors():
    masks = [Plus(1, Minus(Delta(n, t))) for n in (i, j, k)]
    factors = [Exp(z[n]) for n in (i, j, k, t, 1, 2, 3)]
    before = Times(2, *masks, *factors)
    split = lambda sign: Plus(
        Times(2, *masks[:2], *factors), sign(Times(2, *masks[:2], Delta(k, t), *factors))
    )
    assert judge(before, split(Minus), "distribute_product").refusal is None
    assert judge(before, split(Plus), "distribute_product").refusal is not None


@pytest.mark.parametrize("base", [z[k], Exp(z[k]), Plus(1, z[k])])
def test_powers_meet_their_base_below(base) -> None:
    before = Times(Quotient(1, base), Quotient(Times(Power(base, 2), y[k]), Plus(base, q[k])))
    after = Quotient(Times(base, y[k]), Plus(base, q[k]))
    assert judge(before, after, "combine_powers").refusal is None
    assert judge(before, Times(base, after), "combine_powers").refusal
    assert judge(before, Quotient(y[k], Plus(base, q[k])), "combine_powers").refusal


def test_an_index_that_a_sum_leaves_out_may_be_the_one_that_varies():
    """``y_k Σ_{i≠t} e^{z_i}`` in ``t``, and the same at ``k``: as decoupled distillation has it."""
    at = lambda out: Times(y[k], over(Exp(z[j]), out))
    before = Plus(at(t), Minus(Times(Delta(t, k), at(k))))
    masked = lambda of: Times(Plus(1, Minus(Delta(t, k))), of)
    assert judge(before, masked(at(t)), "rule_out_equal").refusal is None
    assert judge(before, masked(at(k)), "rule_out_equal").refusal is not None


def test_an_index_may_vary_at_one_place_of_every_entry():
    """``e^{w_km} / Σ_{a≠k} e^{w_ka}`` in ``k``, and at ``m``: contrastive losses have it."""
    m = Symbol("m", integer=True)
    w = IndexedBase("w", shape=(C, C))
    share = lambda row: Quotient(Exp(w[row, m]), over(Exp(w[row, j]), row))
    before = Plus(share(k), Minus(Times(share(m), Delta(k, m))), Minus(y[k]))
    masked = Plus(Times(less(Delta(k, m)), share(k)), Minus(y[k]))
    assert judge(before, masked, "rule_out_equal").refusal is None
    other = Quotient(Exp(w[k, m]), over(Exp(w[m, j]), m))
    wrong = Plus(other, Minus(Times(share(m), Delta(k, m))))
    assert judge(wrong, Times(less(Delta(k, m)), share(k)), "rule_out_equal").refusal is not None


@pytest.mark.parametrize(
    ("exponent", "zero"),
    [
        (lambda one: Times(T, Plus(z[one], Minus(z[k]))), True),
        (lambda one: Quotient(Minus(Power(Plus(z[one], Minus(z[k])), 2)), T), True),
        (lambda one: Plus(Times(y[one], z[k]), Minus(Times(y[k], z[one]))), True),
        (lambda one: Plus(z[one], z[k]), False),
        (lambda one: Plus(z[one], Minus(y[k])), False),
        (lambda one: z[one], False),
    ],
)
def test_a_term_is_one_where_its_exponent_vanishes(exponent, zero: bool) -> None:
    before = Plus(1, over(Exp(exponent(j)), k))
    after = over(Exp(exponent(j)))
    assert (judge(before, after, "rejoin_one", (ranged,)).refusal is None) == zero


_near = lambda one, other: Quotient(1, Plus(1, Power(Plus(z[one], Minus(z[other])), 2)))
_rows = IndexedBase("w", shape=(C, C))


@pytest.mark.parametrize(
    ("value", "symmetric"),
    [
        (_near, True),
        (lambda one, other: Exp(Times(z[one], z[other])), True),
        (lambda one, other: Exp(Plus(z[one], Minus(z[other]))), False),
        (lambda one, other: Power(Plus(z[one], Minus(z[other])), 3), False),
        (lambda one, other: Quotient(_near(one, other), over(_near(one, j))), False),
    ],
)
def test_indices_change_places_where_the_definition_is_symmetric(value, symmetric: bool) -> None:
    definition = Definition(_rows[i, k], value(i, k))
    ruling = judge(_rows[t, k], _rows[k, t], "swap_indices", (definition,))
    assert (ruling.refusal is None) == symmetric
