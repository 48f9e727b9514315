"""When a rule that could be applied is worth applying."""

from __future__ import annotations

from functools import lru_cache

from sympy import Expr, Symbol

from derive.facts import Definition, Given
from derive.notation import (
    ONE,
    ZERO,
    Binder,
    Bracket,
    Delta,
    Exp,
    Inert,
    Log,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Times,
    Total,
    bases,
    code,
    collected,
    factors,
    fraction,
    is_mask,
    is_number,
    masked,
    names,
    replace,
    times,
    without,
)
from derive.recognition import of_others
from derive.rules import RULES
from derive.rules.algebra import multiply_quotients, sum_to_split
from derive.rules.logistics import divide_slopes, divide_turned_slopes
from derive.rules.monomials import beside_total, common, expression, monomial, sides
from derive.rules.shares import has_name, is_named, share_of_several
from derive.rules.shifts import cancel_shift
from derive.rules.softmax import over_one_bar
from derive.rules.sums import total_above
from derive.rules.trace import Where
from derive.signs import is_above, is_zero, within
from derive.unify import instance_of


def heads_of(expr: Expr) -> frozenset[type]:
    return getattr(expr, "heads", frozenset())


def opens_exponential(expr: Expr, given: Given) -> bool:
    """A logarithm of a product with an exponential in it says less than its expansion.

    A power with a letter in the exponent is one as well.
    """
    operand = expr.args[0]
    parts = (
        (*factors(operand.numerator), *factors(operand.denominator))
        if isinstance(operand, Quotient)
        else factors(operand)
    )
    return any(isinstance(f, Exp) or is_power_by_letter(f) for f in parts)


def is_power_by_letter(expr: Expr) -> bool:
    """Whether this is a power with a letter in its exponent."""
    return isinstance(expr, Power) and bool(names(expr.exponent) | bases(expr.exponent))


def opens_range_product(expr: Expr, given: Given) -> bool:
    """Whether a logarithm is of a product over an index among other factors."""
    parts = [f for side in sides(expr.operand) for f in side]
    return len(parts) > 1 and any(isinstance(f, ProductOver) for f in parts)


def has_root(expr: Expr, given: Given) -> bool:
    """Whether a root or another constant, no plain number, is a factor in every term of a sum."""
    return _with_root(expr.body)


def has_fraction_with_root(expr: Expr, given: Given) -> bool:
    """Whether such a constant is hidden in a fraction among factors."""
    return any(isinstance(f, Quotient) and _with_root(f) for f in expr.args)


def _with_root(expr: Expr) -> bool:
    parts = (f for side in sides(expr) for f in side)
    return any(not names(f) and not bases(f) and not is_number(f) for f in parts)


def far_apart(expr: Expr, given: Given) -> bool:
    """Whether terms of a sum can be apart by any factor: exponentials, or logarithms of them.

    Shares of all others likewise.
    """
    return any(
        heads_of(term.body) & {Exp, Log} or holds_share_of_others(term, given)
        for term in (expr.args if isinstance(expr, Plus) else (expr,))
        if isinstance(term, Total)
    )


def holds_share_of_others(expr: Expr, given: Given) -> bool:
    """Whether there is a share, or its name, that may be far above one where it has no part."""
    return any(of_others(d.value) and d.base in bases(expr) for d in given.definitions) or bool(
        collected(expr, lambda part: (part,) if of_others(part) else ())
    )


def has_delta(term: Expr, index: Symbol) -> bool:
    """Whether a term has a delta of ``index`` among its factors, perhaps inside of sums."""
    term = term.operand if isinstance(term, Minus) else term
    if isinstance(term, Quotient):
        term = term.numerator
    for factor in factors(term):
        if isinstance(factor, Delta) and factor.partner(index) is not None:
            return True
        if isinstance(factor, Plus) and any(has_delta(t, index) for t in factor.args):
            return True
        if isinstance(factor, Total) and has_delta(factor.opened[0], index):
            return True
    return False


KNOWN_TOTALS = ("use_sum_fact", "sum_probabilities", "sum_argmax", "unfold_unit", "fold_square")


def is_known_total(total: Expr, given: Given) -> bool:
    """Whether a declared fact, or what its terms are by definition, says what a sum is."""
    return any(RULES[name].function(total, given) is not None for name in KNOWN_TOTALS)


def leaves_unknown(terms: Expr, given: Given) -> bool:
    """Take a term off a sum over an index, unless that sum is known, or becomes known as shares."""
    parts = [t.operand if isinstance(t, Minus) else t for t in terms.args]
    wholes = [t for t in parts if isinstance(t, Total)]
    partitions = (d for d in given.definitions if d.softmax and isinstance(d.value, Quotient))
    return not any(is_known_total(total, given) for total in wholes) and not any(
        instance_of(d.value.denominator, total, d.indices) is not None
        for d in partitions
        for total in wholes
    )


def holds_equal_labels(terms: Expr, given: Given) -> bool:
    """Whether a term still shows the delta ``δ_{y_k y_k}`` by which it is one of a sum's terms."""
    equal = (d.first == d.second for d in terms.atoms(Delta))
    return Delta in heads_of(terms) and any(equal) and leaves_unknown(terms, given)


def undefined_if_equal(total: Expr, given: Given) -> bool:
    """Whether the terms of a sum have no value where its index is one that a mask rules out."""
    body, index = total.open()
    others = (masked(factor, index) for factor in sides(body)[0])
    return any(has_pole(replace(body, {index: other})) for other in others if other is not None)


def has_pole(expr: Expr, given: Given | None = None) -> bool:
    """Whether something is divided by zero, or a logarithm or a power is taken of it.

    Positive powers of zero are zero, where what is ``given`` says that they are positive.
    """
    match expr:
        case Quotient(_, below) | Log(below):
            vanishing: Expr = below
        case Power(base, exponent) if not (
            (exponent.is_Integer and exponent.is_positive)
            or (given is not None and is_above(exponent, ZERO, given))
        ):
            vanishing = base
        case _:
            vanishing = ONE
    return is_zero(vanishing) or any(has_pole(a, given) for a in expr.args if isinstance(a, Inert))


def guarded(expr: Expr) -> frozenset[Expr]:
    """Products with a mask ``1 - δ_{jk}`` that rules out where what stands beside has no value.

    With the mask multiplied out, each of the terms would have no value there. Products and
    fractions in an exponent too: no delta comes free there, and a softmax would lose its name.
    """
    found: set[Expr] = set()
    if isinstance(expr, Exp):
        found |= _multiples(expr.operand)
    if isinstance(expr, (Times, Quotient)):
        above = sides(expr)[0]
        equal = ({d.first: d.second} for f in above if (d := _left_out(f)) is not None)
        if any(has_pole(replace(expr, one)) for one in equal):
            found |= {expr, expr.numerator if isinstance(expr, Quotient) else expr}
    parts = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    return frozenset(found).union(*(guarded(a) for a in parts if isinstance(a, Inert)))


def _multiples(expr: Expr) -> frozenset[Expr]:
    """The products and fractions in an expression that are in no sum over an index."""
    here = frozenset((expr,) if isinstance(expr, (Times, Quotient)) else ())
    parts = () if isinstance(expr, Binder) else expr.args
    return here.union(*(_multiples(a) for a in parts if isinstance(a, Inert)))


def _left_out(factor: Expr) -> Delta | None:
    """The delta in ``1 - δ_{jk}``."""
    deltas = [t.operand for t in factor.args if isinstance(t, Minus)] if factor.args else []
    delta = deltas[0] if len(deltas) == 1 else None
    is_mask = isinstance(delta, Delta) and masked(factor, delta.first) == delta.second
    return delta if is_mask else None


@lru_cache(maxsize=256)
def exponents(definition: Definition) -> tuple[tuple[Total, tuple[Symbol, ...]], ...]:
    """The sums in exponents of a definition, each with the indices that may have any value."""
    found: list[tuple[Total, tuple[Symbol, ...]]] = []

    def visit(expr: Expr, own: tuple[Symbol, ...], above: bool) -> None:
        if not isinstance(expr, Inert):
            return
        if isinstance(expr, Total) and above:
            found.append((expr, own))
        if isinstance(expr, Binder):
            body, index = expr.opened
            visit(body, (*own, index), above)
        else:
            for argument in expr.args:
                visit(argument, own, above or isinstance(expr, Exp))

    visit(definition.value, definition.indices, False)
    return tuple(found)


def exponent_sums(expr: Expr) -> frozenset[Expr]:
    """The sums of terms in an exponent, and in sums over an index there."""
    if not isinstance(expr, Exp):
        return frozenset()
    return collected(expr.operand, lambda part: (part,) if isinstance(part, Plus) else ())


def pulls_well(total: Expr, given: Given) -> bool:
    """An exponential stays with the denominator that keeps it from overflowing.

    And an exponent stays as a definition has it, or the exponential would not be recognised; so
    does the weight of a share.
    """
    if any(instance_of(sum_, total, own) for d in given.definitions for sum_, own in exponents(d)):
        return False
    body, index = total.opened
    above = [f for factor in factors(body) for f in sides(factor)[0]]
    below = [f for factor in factors(body) for f in sides(factor)[1]]
    if share_of_several(tuple(above), tuple(below), given) is not None:
        return False
    if any(isinstance(f, Exp) for f in above) and any(_divides_name(f, given) for f in below):
        return False
    if not any(Exp in heads_of(f) for f in below):
        return True
    if isinstance(body, Quotient) and divides_well(
        Quotient(total.over(body.numerator, index), body.denominator), given
    ):
        return False
    if not any(index in names(f) for f in below if Exp in heads_of(f)):
        return True  # they come out together
    return not any(isinstance(f, Exp) and index not in names(f) for f in above)


def over_named_sums(expr: Expr, given: Given) -> list[Expr]:
    """The brackets above a bar with the sum of a name below it: the root or power that their terms
    share may be a part of that name.
    """
    if not isinstance(expr, Quotient):
        return []
    if not any(_divides_name(f, given) for f in factors(expr.denominator)):
        return []
    sums = (f for f in factors(expr.numerator) if isinstance(f, Plus))
    shared = ((f, common([monomial(t) for t in f.args]).powers.values()) for f in sums)
    return [f for f, powers in shared if any(not e.is_Integer for _, e in powers)]


def _divides_name(factor: Expr, given: Given) -> bool:
    """Whether a sum below a bar is the one by which a definition of several factors is divided."""

    def is_divided(definition: Definition) -> bool:
        above, below = sides(over_one_bar(definition.value))
        whole = next((f for f in below if isinstance(f, Total)), None)
        several = whole is not None and len(above) + len(below) > 3
        return several and instance_of(whole, factor, definition.indices) is not None

    return any(map(is_divided, given.definitions))


def splits_well(total: Expr, given: Given, known: Where = is_known_total) -> bool:
    """Split a sum where a delta picks a term, or where a part of it is known."""
    body, index = total.opened
    if not isinstance(body, Plus):
        return False
    bound = (index, *(span.index for span in given.scope))
    if any(has_delta(t, each) for t in body.args for each in bound):
        return True
    moving = (moving_part(t, index) for t in body.args)
    return any(part != 1 and known(total.over(part, index), given) for part in moving)


def moving_part(term: Expr, index: Expr) -> Expr:
    """The factors of a term that an index is in."""
    bare = term.operand if isinstance(term, Minus) else term
    above, below = ([f for f in side if index in names(f)] for side in sides(bare))
    return fraction(above, below)


def projects(expr: Expr) -> bool:
    """Whether a sum has a product in it that is divided by a sum over the same range."""

    def divides(total: Total) -> bool:
        bars = (q.denominator for q in total.body.atoms(Quotient))
        return any(
            isinstance(below, Total) and below.limits[1:] == total.limits[1:]
            for bar in bars
            for below in factors(bar)
        )

    return any(isinstance(t.body, Times) and divides(t) for t in expr.atoms(Total))


def distributes_well(
    product: Expr, given: Given, known: Where = is_known_total, whole: bool = True
) -> bool:
    """Multiply out inside a sum where a delta or a known sum comes free by it.

    That sum is over all, or, if not ``whole``, leaves out what the sum around leaves out.
    """
    if not given.scope:
        return False
    index = given.scope[0].index
    for n, factor in enumerate(product.args):
        if not isinstance(factor, Plus) or _may_lie_outside(factor, given):
            continue
        others = times(*without(product.args, n))
        if any(_differs_with(factor, others, span.index) for span in given.scope):
            continue
        if any(has_delta(t, span.index) for span in given.scope for t in factor.args):
            return True
        if not isinstance(index, Symbol) or index not in names(factor):
            # What is constant is pulled out whole.
            continue
        span = given.scope[0]
        left_out = () if whole else (u.right for u in given.apart if u.left == index)
        limits = (index, span.lower, span.upper, *left_out)
        moving = (moving_part(expression(monomial(times(others, t))), index) for t in factor.args)
        if any(part != 1 and known(Total(part, limits), given) for part in moving):
            return True
    return False


def adds_known(product: Expr, given: Given) -> bool:
    """Whether a number is added beside what is to be multiplied out: ``(log q + 1) (m - u)``."""
    return any(
        isinstance(f, Plus)
        and any(map(is_number, f.args))
        and distributes_well(Times(*without(product.args, n)), given)
        for n, f in enumerate(product.args)
        if len(product.args) > 2
    )


def _may_lie_outside(factor: Expr, given: Given) -> bool:
    """Whether a factor is a mask of an index that may lie outside of the sum: it stays whole."""
    left = ((masked(factor, span.index), span) for span in given.scope)
    return any(
        other is not None and within(other, span.lower, span.upper, given) is None
        for other, span in left
    )


def _differs_with(factor: Expr, others: Expr, index: Symbol) -> bool:
    """Whether a factor is a mask of an index that stands beside ``index`` in other factors, too.

    The term that it leaves out, as ``c_kk / (w_k + w_k)``, is none of what is derived.
    """
    other = masked(factor, index)
    return other is not None and not names(other).isdisjoint(names(moving_part(others, index)))


def inside_total(negative: Expr, given: Given) -> bool:
    """Signs are spread inside sums, where terms are split, and left alone elsewhere."""
    return bool(given.scope)


def of_several_terms(total: Expr, given: Given) -> bool:
    """Whether a mask stands beside a sum in a sum over an index: not to be multiplied out."""
    return sum(isinstance(f, Plus) for f in sides(total.opened[0])[0]) > 1


def joins_mask(product: Expr, given: Given) -> bool:
    """Join a mask above a bar with the sum beside it: the two are not to be multiplied out."""
    above = [f for factor in product.args for f in sides(factor)[0]]
    masks = [f for f in above if any(masked(f, span.index) for span in given.scope)]
    return bool(masks) and any(isinstance(f, Plus) and f not in masks for f in above)


def has_factors_above(fraction: Expr, given: Given) -> bool:
    """A bare reciprocal may still meet the factor beside it that makes it one with a name."""
    return bool(fraction.numerator != 1)


def bracketed(expr: Expr, beside: bool = False) -> frozenset[Expr]:
    """The products with a sum of entries that are terms of a sum ``beside`` other factors."""
    if isinstance(expr, Plus) and beside:
        terms = (t.operand if isinstance(t, Minus) else t for t in expr.args)
        opened = (t for t in terms if isinstance(t, Times))
        return frozenset(t for t in opened if any(isinstance(f, Plus) and bases(f) for f in t.args))
    parts = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    return frozenset().union(
        *(bracketed(a, isinstance(expr, Times)) for a in parts if isinstance(a, Inert))
    )


def multiples_below(expr: Expr) -> list[Expr]:
    """The sums below a bar whose terms have nothing but a number in common: ``1 / (2 a + 2 b)``."""
    below = factors(expr.denominator) if isinstance(expr, Quotient) else ()
    sums = (f.base if isinstance(f, Power) else f for f in below)
    shared = ((f, common([monomial(t) for t in f.args])) for f in sums if isinstance(f, Plus))
    return [f for f, number in shared if not number.powers and abs(number.coefficient) != 1]


def numbered_totals(expr: Expr) -> list[Expr]:
    """The sums over an index with a number in them beside which another one stands."""
    above, below = sides(expr)
    if not any(is_number(f) and f != 1 for f in (*above, *below)):
        return []
    found = []
    for total in (f for f in (*above, *below) if isinstance(f, Total)):
        inner: Expr = total
        while isinstance(inner, Total):
            outer, inner = inner, inner.opened[0]
        if any(is_number(f) and f != 1 for f in sides(inner)[0]):
            found.append(outer)
    return found


def names_sum(fraction: Expr, given: Given) -> bool:
    """Whether a sum over an index is above the bar by which a definition divides such a sum."""
    values = [over_one_bar(d.value) for d in given.definitions]
    tops = [value.numerator for value in values if isinstance(value, Quotient)]
    return any(isinstance(top, Total) and Exp not in heads_of(top) for top in tops) and any(
        isinstance(f, Total) for f in factors(fraction.numerator)
    )


def over_sum(fraction: Expr, given: Given) -> bool:
    """Take a logistic function out of a fraction before what is above the bar is multiplied out."""
    return any(isinstance(f, Plus) for f in factors(fraction.denominator))


def joins_slopes(product: Expr, given: Given) -> bool:
    """Join a fraction with slopes of which its denominator then takes the difference."""
    whole = multiply_quotients(product, given)
    return isinstance(whole, Quotient) and any(
        divide(whole, given) is not None for divide in (divide_slopes, divide_turned_slopes)
    )


def meets_bar(product: Expr, given: Given) -> bool:
    """Join a sum over an index with a fraction that is divided by the same sum."""
    totals = {code(f) for f in product.args if isinstance(f, Total)}
    below = (f for factor in product.args for f in sides(factor)[1])
    bases_ = (f.base if isinstance(f, Power) else f for f in below)
    return any(code(part) in totals for base in bases_ for part in factors(base))


def makes_name(product: Expr, given: Given) -> bool:
    """Join a fraction with the factor beside it that makes it one with a name."""
    bars = [
        below
        for factor in product.args
        if isinstance(factor, Quotient)
        for below in factors(factor.denominator)
        if isinstance(below, Plus)
    ]
    return any(is_named(factor, below, given) for factor in product.args for below in bars)


def joins_share(product: Expr, given: Given) -> bool:
    """Join a mask with the fraction beside it that it makes a share of others with a name."""
    if not any(map(is_mask, product.args)):
        return False
    whole = multiply_quotients(product, given)
    return isinstance(whole, Quotient) and (
        has_name(whole, given)
        or share_of_several(factors(whole.numerator), factors(whole.denominator), given) is not None
    )


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
        if any(has_name(Quotient(factor, b), given) for b in below):
            return True
    return isinstance(term, Quotient) and Total in heads_of(denominator)


def factors_well(fraction: Expr, given: Given) -> bool:
    """Take out of a numerator what cancels or folds with the denominator."""
    if not isinstance(fraction.numerator, Plus):
        return False
    shared = common([monomial(t) for t in fraction.numerator.args])
    return meets(expression(shared), fraction.denominator, given)


def splits_fraction_well(fraction: Expr, given: Given) -> bool:
    """Split a fraction where one of its terms cancels, folds, or leaves one term of a sum."""
    above = factors(fraction.numerator)
    n = sum_to_split(above, fraction.denominator)
    if n is None:
        return False
    terms, bound = above[n].args, [span.index for span in given.scope]
    return any(
        meets(t, fraction.denominator, given) or any(has_delta(t, index) for index in bound)
        for t in terms
    )


def divides_well(fraction: Expr, given: Given) -> bool:
    """Bring a denominator into a sum where every term becomes a softmax entry."""
    total = total_above(fraction)
    if total is None:
        return False
    body, index = total.opened
    inside = given.within(index, tuple(total.limits[1:]))
    below = factors(fraction.denominator)
    return any(
        isinstance(top, Exp)
        and (has_name(share, inside) or cancel_shift(share, inside) is not None)
        for top in factors(body)
        for bottom in below
        for share in (Quotient(top, bottom),)
    ) or (
        # A delta that picks a term comes first.
        Exp in heads_of(body)
        and not any(isinstance(f, Delta) and index in f.args for f in factors(body))
        and (
            share_of_several(factors(body), below, inside) is not None
            or has_name(Quotient(body, fraction.denominator), inside)
        )
    )


def multiplies_well(product: Expr, given: Given) -> bool:
    """Join fractions into one, but leave a leading coefficient such as 1/N alone.

    Unless there is a number beside it: 2/N is shorter than 2 times 1/N.
    """
    fractions = [f for f in product.args if isinstance(f, Quotient)]
    if not fractions:
        return False
    return (
        any(map(is_number, product.args))
        or not all(
            f.numerator == 1
            and all(isinstance(b, Symbol) or is_number(b) for b in factors(f.denominator))
            for f in fractions
        )
        or len(fractions) > 1
    )


def is_multiple_of_totals(product: Expr, given: Given) -> bool:
    """Whether this is a number times terms that are sums over an index."""
    match product:
        case Times((number, Plus(terms_))) if is_number(number):
            return all(beside_total(monomial(t)) is not None for t in terms_)
    return False


def is_multiple_of_brackets(product: Expr, given: Given) -> bool:
    """Whether this is a number times terms one of which holds only for some indices."""
    match product:
        case Times((number, Plus(terms_))) if is_number(number):
            return any(heads_of(t) & {Bracket, Delta} for t in terms_)
    return False


def raises_total(power: Expr, given: Given) -> bool:
    """Raise the factors of a product one by one where a sum over an index is among them."""
    return any(isinstance(factor, Total) for factor in factors(power.base))


def raises_well(power: Expr, given: Given) -> bool:
    """Raise the factors of a product one by one where a number or a power is among them.

    Under a root, where each is a sum: either may be met alone.
    """
    parts = factors(power.base)
    if not power.exponent.is_Integer:
        return len(parts) > 1 and all(isinstance(f, Total) for f in parts)
    return any(isinstance(f, Power) or is_number(f) for f in parts)


def raised_densities(expr: Expr) -> list[Expr]:
    """The powers of parameters and exponentials by letters, as of a density and of its scale."""
    if not isinstance(expr, Power) or is_number(expr.exponent):
        return []
    if expr.base.is_number and not isinstance(expr.base, Quotient):
        return []
    above, below = sides(expr.base)
    plain = (f.base if isinstance(f, Power) else f for f in (*above, *below))
    if all(f.is_number or isinstance(f, (Symbol, Exp)) for f in plain):
        return [expr]
    return []


def squared_numbers(expr: Expr) -> list[Expr]:
    """The squares of numbers that are no literal ones, and fractions of such."""
    is_square = isinstance(expr, Power) and expr.exponent == 2 and expr.base.is_number
    is_fraction = isinstance(expr, Quotient) and expr.is_number
    return [expr] if is_square or is_fraction else []


def shares_delta(total: Expr, given: Given) -> bool:
    """Whether every term has the same delta, which could not be contracted in each of them."""
    first, *others = (factors(t.operand if isinstance(t, Minus) else t) for t in total.args)
    return any(isinstance(f, Delta) and all(f in rest for rest in others) for f in first)


def shares_name(product: Expr, given: Given) -> bool:
    """Join fractions where the same name stands above the bar and below it."""
    named = frozenset(d.base for d in given.definitions)
    above = [bases(f) & named for factor in product.args for f in sides(factor)[0]]
    below = [bases(f) & named for factor in product.args for f in sides(factor)[1]]
    return any(over & under for over in above for under in below)


def outside_totals(product: Expr, given: Given) -> bool:
    """Products inside of sums over an index have been multiplied out where that helps."""
    return not given.scope
