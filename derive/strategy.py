"""The automatic strategy: which rule to apply next, for any loss.

It folds what it can name, pushes the derivative inwards level by level, and then simplifies to the
form that a person would write. It decides only the order; every step is a rule's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace as with_changes
from types import MappingProxyType

from sympy import Expr, Symbol, Tuple

from derive.derivation import Derivation
from derive.facts import Definition, EqualFact, Given, IndexRange, Lemma, UnequalFact
from derive.notation import (
    Delta,
    Exp,
    Inert,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    code,
    factors,
    is_number,
    names,
    replace,
    spare_indices,
    times,
    without,
)
from derive.problem import Problem
from derive.recognition import recognise
from derive.rules import RULES
from derive.rules.monomials import common, expression, monomial, sides
from derive.rules.softmax import folded
from derive.rules.trace import Trace
from derive.signs import depends
from derive.unify import instance_of

# In this order: whatever comes later may take for granted that what comes earlier does not fire.
DIFFERENTIATION = (
    "differentiate_constant",
    "differentiate_coordinate",
    "differentiate_parameter",
    "apply_lemma",
    "differentiate_negative",
    "differentiate_sum",
    "differentiate_total",
    "differentiate_scaled",
    "differentiate_fraction",
    "differentiate_reciprocal",
    "differentiate_product",
    "differentiate_quotient",
    "differentiate_square_root",
    "differentiate_power",
    "differentiate_exponential",
    "differentiate_general_power",
    "differentiate_exp",
    "differentiate_log",
    "differentiate_tanh",
    "differentiate_sin",
    "differentiate_cos",
    "differentiate_function",
    "differentiate_function_of_two",
)

CONTRACTION = (
    "evaluate_delta",
    "compare_numbers",
    "vanish_delta",
    "square_delta",
    "merge_deltas",
    "contract_delta",
    "contract_delta_from",
    "contract_delta_upto",
    "contract_delta_between",
    "absorb_bracket_upper",
    "absorb_bracket_lower",
)

# More steps than this means that two rules undo each other; what has been reached is right all
# the same, and is kept.
PATIENCE = 200

# A product of more sums than this is not multiplied out to see whether anything cancels.
EXPANSIONS = 12

# Multiplying out must save at least a fifth of the length: brackets are worth something to a reader.
WORTHWHILE = 0.8


def derive_problem(problem: Problem) -> Derivation:
    """The whole derivation of a problem.

    Raises ``DeriveError`` where a function has no derivative rule.
    """
    given = Given((*problem.facts, *problem.ranges), problem.definitions)
    found, ranges = recognise(problem, given)
    definitions = (*problem.definitions, *found)
    problem = with_changes(problem, ranges=tuple(dict.fromkeys((*problem.ranges, *ranges))))
    if problem.kind == "gradient" and len(problem.variables) > 1:
        parts = {
            str(v): derive_one(with_changes(problem, variables=(v,)), definitions, str(v))
            for v in problem.variables
        }
        statement = Tuple(*(part.statement for part in parts.values()))
        return Derivation(
            problem, problem.name, statement, (), definitions, parts=MappingProxyType(parts)
        )
    if problem.kind == "hessian":
        first = with_changes(problem, kind="gradient", variables=problem.variables[:1])
        gradient = derive_one(first, definitions, "gradient")
        indices = tuple(s for s in problem.free_indices if s in names(problem.variables[0]))
        lemma = Lemma("gradient", gradient.statement, gradient.closed_form, indices)
        whole = derive_one(problem, definitions, problem.name, (lemma,), gradient.lemmas)
        return with_changes(whole, parts=MappingProxyType({"gradient": gradient}))
    return derive_one(problem, definitions, problem.name)


def derive_one(
    problem: Problem,
    definitions: tuple[Definition, ...],
    name: str,
    known: tuple[Lemma, ...] = (),
    inherited: tuple[Derivation, ...] = (),
) -> Derivation:
    """The derivation for one variable (two in turn for a Hessian).

    ``known`` may be cited from the start; ``inherited`` are lemmas that have been derived already.
    """
    given = Given((*problem.facts, *problem.ranges), definitions, lemmas=known)
    variable = problem.variables[-1]
    trace = Trace(problem.statement, given)
    trace.apply("apply_lemma")
    # A definition is not folded into its own derivative, or nothing would be left to show.
    if folded(problem.expression, given) is None:
        prepare(trace)
    lemmas = lemmas_for(trace.expression, problem, definitions, variable, inherited)
    trace.given = with_changes(given, lemmas=(*known, *map(lemma_of, lemmas)))
    differentiate(trace)
    simplify(trace)
    finish(trace)
    result = Derivation(problem, name, problem.statement, tuple(trace.steps), definitions, lemmas)
    return with_changes(result, cases=cases(result))


def lemma_of(derivation: Derivation) -> Lemma:
    """What a derivation proves, for citing."""
    indices = derivation.problem.free_indices
    return Lemma(derivation.name, derivation.statement, derivation.closed_form, indices)


def lemmas_for(
    expr: Expr,
    problem: Problem,
    definitions: tuple[Definition, ...],
    variable: Expr,
    inherited: tuple[Derivation, ...] = (),
) -> tuple[Derivation, ...]:
    """The derivatives of the definitions that occur in ``expr``, each derived for any index."""
    given = Given((*problem.facts, *problem.ranges), definitions)
    found: list[Derivation] = []
    for definition in definitions:
        used = definition.base in (expr.bases | expr.names)
        if not used or definition.base in (variable, getattr(variable, "base", None)):
            continue
        if not depends(definition.value, variable, given):
            continue
        pending = Partial(definition.entry, variable)
        ready = [d for d in inherited if covers(lemma_of(d), pending, definition)]
        if ready:
            found.append(ready[0])
            continue
        taken = names(variable) | names(definition.value) | set(definition.indices)
        values: dict[Expr, Expr] = {}
        ranges = list(problem.ranges)
        for index in definition.indices:
            if index in names(variable):
                free = next(s for s in spare_indices(index) if s not in taken)
                values[index] = free
                taken |= {free}
                known = given.range_of(index)
                if known is not None:
                    ranges.append(IndexRange(free, known.lower, known.upper))
        entry = replace(definition.entry, values)
        inner = with_changes(
            problem,
            name=f"{definition.base}-{variable}",
            kind="jacobian",
            source=entry,
            expression=entry,
            variables=(variable,),
            ranges=tuple(dict.fromkeys(ranges)),
        )
        found.append(derive_definition(inner, definitions, inner.name))
    return tuple(found)


def covers(lemma: Lemma, pending: Partial, definition: Definition) -> bool:
    """Whether a lemma gives a derivative that is wanted, for some values of its indices."""
    generic = (*lemma.indices, *definition.indices)
    return instance_of(lemma.before, pending, generic) is not None


def derive_definition(
    problem: Problem, definitions: tuple[Definition, ...], name: str
) -> Derivation:
    """The derivative of a defined entry, from its definition."""
    given = Given((*problem.facts, *problem.ranges), definitions)
    trace = Trace(problem.statement, given)
    trace.apply("unfold_definition", lambda e, _: e == problem.expression)
    lemmas = lemmas_for(trace.expression, problem, definitions, problem.variables[0])
    trace.given = with_changes(given, lemmas=tuple(map(lemma_of, lemmas)))
    differentiate(trace)
    simplify(trace)
    finish(trace)
    result = Derivation(problem, name, problem.statement, tuple(trace.steps), definitions, lemmas)
    return with_changes(result, cases=cases(result))


# Phases ------------------------------------------------------------------------------------


def prepare(trace: Trace) -> None:
    """Name what can be named, use what is known of labels, open logarithms of exponentials."""
    settle(trace, ("fold_definition", "separate_quotient", "invert_quotient"))
    settle(trace, ("flatten_quotient", "cancel_factor", "complement_fraction"))
    if trace.apply("use_entry_fact"):
        settle(trace, CONTRACTION)
    settle(trace, ("cancel_log_exp",))
    for _ in range(PATIENCE):
        opened = trace.apply("expand_log_quotient", opens_exponential) or trace.apply(
            "expand_log_product", opens_exponential
        )
        if not opened:
            break
        settle(trace, ("cancel_log_exp",))


def differentiate(trace: Trace) -> None:
    """Push the derivative inwards, one level a step, until none is pending."""
    while Partial in heads_of(trace.expression):
        if not trace.apply_first(DIFFERENTIATION):
            break


def simplify(trace: Trace) -> None:
    """Contract, cancel, use facts, fold; until nothing changes."""
    for _ in range(PATIENCE):
        if not simplify_once(trace):
            return


def simplify_once(trace: Trace) -> bool:
    """The first thing that a person would do next; False where nothing is left to do."""
    return (
        trace.apply_first(CONTRACTION)
        or trace.apply("use_entry_fact")
        or trace.apply("fold_definition")
        or trace.apply_first(("flatten_quotient", "cancel_factor", "cancel_log_exp"))
        or trace.apply_first(("use_sum_fact", "sum_probabilities"))
        or trace.apply_first(("power_of_power", "power_of_quotient", "combine_powers"))
        or trace.apply_first(("cancel_terms", "collect_terms"))
        or trace.apply("pull_out_sign")
        or trace.apply("pull_out_factor", pulls_well)
        or trace.apply("sum_constant")
        or trace.apply("rejoin_index")
        or trace.apply("split_total", splits_well)
        or trace.apply("distribute_product", distributes_well)
        or trace.apply("distribute_negative", inside_total)
        or trace.apply("factor_numerator", factors_well)
        or trace.apply_first(("separate_quotient", "invert_quotient"))
        or trace.apply("split_quotient", splits_fraction_well)
        or trace.apply("divide_inside_total", divides_well)
        or trace.apply("multiply_quotients", multiplies_well)
        or trace.apply("exclude_index")
    )


def finish(trace: Trace) -> None:
    """The last touches: signs, common factors, the order of terms."""
    attempt(trace, expand)
    for _ in range(PATIENCE):
        changed = (
            trace.apply("distribute_negative")
            or trace.apply("turn_sign", lambda e, _: e == trace.expression)
            or trace.apply("complement_fraction")
            or trace.apply("factor_common", innermost=True)
            or simplify_after_factoring(trace)
        )
        if not changed:
            break
    trace.apply("reorder_terms")
    trace.apply("reorder_factors")


def attempt(trace: Trace, work: Callable[[Trace], None]) -> None:
    """Do something, and take it back unless the result is shorter for a reader."""
    expression, taken = trace.expression, len(trace.steps)
    work(trace)
    if length(trace.expression) > WORTHWHILE * length(expression):
        trace.expression = expression
        del trace.steps[taken:]


def length(expr: Expr) -> int:
    """How much there is to read: signs and brackets count little, entries and functions most."""
    if not expr.args or not isinstance(expr, Inert):
        return 2
    return 1 + sum(length(a) for a in expr.args)


def expand(trace: Trace) -> None:
    """Multiply out whatever is a sum, so that terms can meet and cancel."""
    for _ in range(EXPANSIONS):
        opened = (
            trace.apply("distribute_negative")
            or trace.apply("distribute_product", outside_totals)
            or trace.apply("split_quotient", outside_totals)
        )
        if not opened:
            break
    settle(trace, ("cancel_factor", "combine_powers", "cancel_terms", "collect_terms"))
    settle(trace, ("complement_fraction", "multiply_quotients"))
    while trace.apply("factor_common", innermost=True):
        pass


def outside_totals(product: Expr, given: Given) -> bool:
    """Products inside of sums over an index have been multiplied out where that helps."""
    return not given.scope


def simplify_after_factoring(trace: Trace) -> bool:
    """What factoring may have made possible, without taking the factoring back."""
    return (
        trace.apply_first(("fold_definition", "flatten_quotient", "cancel_factor"))
        or trace.apply_first(("use_sum_fact", "sum_probabilities", "combine_powers"))
        or trace.apply_first(("cancel_terms", "collect_terms", "rejoin_index"))
    )


def settle(trace: Trace, rules: tuple[str, ...]) -> None:
    """Apply rules until none fires."""
    for _ in range(PATIENCE):
        if not trace.apply_first(rules):
            return


# When a rule is worth applying ---------------------------------------------------------------


def heads_of(expr: Expr) -> frozenset[type]:
    return getattr(expr, "heads", frozenset())


def opens_exponential(expr: Expr, given: Given) -> bool:
    """A logarithm of a product with an exponential in it says less than its expansion."""
    operand = expr.args[0]
    parts = (
        (*factors(operand.numerator), *factors(operand.denominator))
        if isinstance(operand, Quotient)
        else factors(operand)
    )
    return any(isinstance(f, Exp) for f in parts)


def has_delta(term: Expr, index: Symbol) -> bool:
    """Whether a term has a delta of ``index`` among its factors, perhaps inside a sum of terms."""
    term = term.operand if isinstance(term, Minus) else term
    if isinstance(term, Quotient):
        term = term.numerator
    for factor in factors(term):
        if isinstance(factor, Delta) and index in factor.args:
            return True
        if isinstance(factor, Plus) and any(has_delta(t, index) for t in factor.args):
            return True
    return False


def is_known_total(total: Expr, given: Given) -> bool:
    """Whether a declared fact or the definition of a softmax says what a sum is."""
    return any(
        RULES[name].function(total, given) is not None
        for name in ("use_sum_fact", "sum_probabilities")
    )


def pulls_well(total: Expr, given: Given) -> bool:
    """An exponential stays with the denominator that keeps it from overflowing."""
    body, index = total.open()
    above = [f for factor in factors(body) for f in sides(factor)[0]]
    below = [f for factor in factors(body) for f in sides(factor)[1]]
    if not any(Exp in heads_of(f) for f in below):
        return True
    if isinstance(body, Quotient) and divides_well(
        Quotient(total.over(body.numerator, index), body.denominator), given
    ):
        return False
    return not any(isinstance(f, Exp) and index not in names(f) for f in above)


def splits_well(total: Expr, given: Given) -> bool:
    """Split a sum where a delta picks a term, or where a part of it is known."""
    body, index = total.open()
    if not isinstance(body, Plus):
        return False
    if any(has_delta(t, index) for t in body.args):
        return True
    return any(known_after_pulling(total, index, t, given) for t in body.args)


def known_after_pulling(total: Total, index: Symbol, term: Expr, given: Given) -> bool:
    """Whether the sum of ``term``, its constant factors taken out, is known."""
    term = term.operand if isinstance(term, Minus) else term
    moving = [f for f in factors(term) if index in names(f)]
    return bool(moving) and is_known_total(total.over(times(*moving), index), given)


def distributes_well(product: Expr, given: Given) -> bool:
    """Multiply out inside a sum where a delta or a known sum comes free by it."""
    if not given.scope:
        return False
    index = given.scope[0].index
    for n, factor in enumerate(product.args):
        if not isinstance(factor, Plus):
            continue
        others = times(*without(product.args, n))
        if any(has_delta(t, index) for t in factor.args):
            return True
        if not isinstance(index, Symbol):
            continue
        span = given.scope[0]
        for term in factor.args:
            inner = times(others, term.operand if isinstance(term, Minus) else term)
            moving = [f for f in factors(inner) if index in names(f)]
            if not moving:
                continue
            candidate = Total(times(*moving), (index, span.lower, span.upper))
            if is_known_total(candidate, given):
                return True
    return False


def inside_total(negative: Expr, given: Given) -> bool:
    """Signs are spread inside sums, where terms are split, and left alone elsewhere."""
    return bool(given.scope)


def meets(term: Expr, denominator: Expr, given: Given) -> bool:
    """Whether a term over a denominator cancels or folds."""
    term = term.operand if isinstance(term, Minus) else term
    above = factors(term.numerator) if isinstance(term, Quotient) else factors(term)
    below = [f.base if isinstance(f, Power) else f for f in factors(denominator)]
    codes = {code(f) for f in below if not is_number(f)}
    for factor in above:
        base = factor.base if isinstance(factor, Power) else factor
        if code(base) in codes:
            return True
        if any(folded(Quotient(factor, b), given) is not None for b in below):
            return True
    return isinstance(term, Quotient) and Total in heads_of(denominator)


def factors_well(fraction: Expr, given: Given) -> bool:
    """Take out of a numerator what cancels or folds with the denominator."""
    if not isinstance(fraction.numerator, Plus):
        return False
    shared = common([monomial(t) for t in fraction.numerator.args])
    return meets(expression(shared), fraction.denominator, given)


def splits_fraction_well(fraction: Expr, given: Given) -> bool:
    """Split a fraction where one of its terms cancels or folds."""
    if not isinstance(fraction.numerator, Plus):
        return False
    return any(meets(t, fraction.denominator, given) for t in fraction.numerator.args)


def divides_well(fraction: Expr, given: Given) -> bool:
    """Bring a denominator into a sum where every term becomes a softmax entry."""
    total = fraction.numerator
    if not isinstance(total, Total):
        return False
    body, index = total.open()
    inside = given.within(index, tuple(total.limits[1:]))
    return any(
        isinstance(top, Exp) and folded(Quotient(top, bottom), inside) is not None
        for top in factors(body)
        for bottom in factors(fraction.denominator)
    )


def multiplies_well(product: Expr, given: Given) -> bool:
    """Join fractions into one, but leave a leading coefficient such as 1/N alone."""
    fractions = [f for f in product.args if isinstance(f, Quotient)]
    if not fractions:
        return False
    return not all(
        f.numerator == 1 and all(isinstance(b, Symbol) or is_number(b) for b in factors(f.denominator))
        for f in fractions
    ) or len(fractions) > 1


# Cases -------------------------------------------------------------------------------------


def cases(derivation: Derivation) -> Mapping[Expr, Derivation]:
    """The result for equal and for different indices, where one delta of free indices is left."""
    deltas = {d for d in deltas_in(derivation.closed_form)}
    if len(deltas) != 1:
        return MappingProxyType({})
    (delta,) = deltas
    left, right = delta.args
    ranged = {r.index for r in derivation.problem.ranges}
    if not {left, right} <= ranged or not isinstance(left, Symbol) or not isinstance(right, Symbol):
        return MappingProxyType({})
    own = {s for v in derivation.problem.variables for s in names(v)}
    if derivation.problem.kind == "gradient" and right in own and left not in own:
        left, right = right, left
    return MappingProxyType(
        {
            fact.statement: derive_case(derivation, fact)
            for fact in (EqualFact(left, right), UnequalFact(left, right))
        }
    )


def derive_case(derivation: Derivation, fact: EqualFact | UnequalFact) -> Derivation:
    """The closed form under a further condition on two indices."""
    trace = Trace(derivation.closed_form, derivation.given.also(fact))
    if isinstance(fact, EqualFact):
        trace.apply("use_equality")
    settle(trace, ("evaluate_delta", "vanish_delta"))
    finish(trace)
    return Derivation(
        derivation.problem,
        f"{derivation.name}: {fact.statement}",
        derivation.closed_form,
        tuple(trace.steps),
        derivation.definitions,
        assumptions=(*derivation.assumptions, fact),
    )


def deltas_in(expr: Expr) -> list[Delta]:
    """Deltas outside of sums that bind one of their indices."""
    here = [expr] if isinstance(expr, Delta) else []
    return here + [d for a in expr.args for d in deltas_in(a)]
