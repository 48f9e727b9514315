"""What terms have in common, taken out of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations, product

from sympy import Expr, Indexed, Symbol, sign

from derive.facts import Given
from derive.laws import Condition, Each, law
from derive.notation import (
    ONE,
    Delta,
    Exp,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    code,
    collected,
    entries,
    heads,
    is_number,
    names,
    plus,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.monomials import (
    Monomial,
    common,
    divided,
    expression,
    is_reduced,
    monomial,
    multiplied,
    place,
    sides,
)
from derive.rules.registry import Outcome, rule

LEAVES = (Indexed, Symbol)
z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Minus(z_i), Times(z_k, s.p[s.k1]), Times(y_k, s.p[s.k1])),
)
def factor_partly(expr: Expr, given: Given) -> Outcome:
    """Factor out what two terms of a longer sum have in common; a sum over an index comes first."""
    return _of_two(expr, lambda shared, *_: bool(shared.powers))


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(z_i, s.p[s.k1]), z_k, s.p[s.k1]),
    formal="factor_partly",
)
def factor_most(expr: Expr, given: Given) -> Outcome:
    """Factor out of two terms of a longer sum as much as any two share: entries and letters.

    No exponential beside what it may be near to: ``u e^u - e^u + 1`` is computed to the last digit.
    """
    split = [monomial(t) for t in expr.args]
    found = [common([first, second]) for first, second in combinations(split, 2)]
    most = max((_weight(shared, expr) for shared in found), default=(0, ""))
    return _of_two(expr, lambda shared, *_: most[0] > 0 and _weight(shared, expr) == most)


def _weight(shared: Monomial, total: Expr) -> tuple[int, str]:
    """How many letters a product has, and how it reads: of equal ones it is always the same."""
    whole = expression(Monomial(ONE, shared.powers))
    if Total in heads(whole) or not _comes_out(whole, total):
        return 0, ""
    return len(entries(whole)) + len(names(whole)), code(whole)


def _comes_out(whole: Expr, total: Expr) -> bool:
    """Whether exponentials stand over a bar, or no other term is a number or has their letters."""
    if Exp not in heads(whole) or (
        isinstance(whole, Quotient) and Exp not in heads(whole.denominator)
    ):
        return True
    powers = collected(whole, lambda part: (part,) if isinstance(part, Exp) else ())
    letters: set[Expr] = set().union(*(entries(p) or names(p) for p in powers))
    others = [t for t in total.args if not powers & collected(t, lambda part: (part,))]
    return all(not is_number(t) and letters.isdisjoint({*entries(t), *names(t)}) for t in others)


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(s.T, s.p[s.k1]), z_k, Minus(s.p[s.k1])),
    formal="factor_partly",
)
def factor_itself(expr: Expr, given: Given) -> Outcome:
    """``a b - b = (a - 1) b`` beside other terms, for letters, entries, deltas, logs of sums ``a``.

    Beside a delta whatever it is divided by. Not where ``a`` is a term as well: ``a b - a - b``
    stays as it is. Exponentials as above.
    """
    there = {code(t.operand if isinstance(t, Minus) else t) for t in expr.args}

    def is_itself(shared: Monomial, *rests: Expr) -> bool:
        if _weight(shared, expr)[0] == 0:
            return False
        bare = [r.operand if isinstance(r, Minus) else r for r in rests]
        more = [r for r in bare if r != 1]
        return len(more) == 1 and is_plain(more[0]) and code(more[0]) not in there

    def is_plain(left: Expr) -> bool:
        above, below = sides(left)
        parts = above if any(isinstance(f, Delta) for f in above) else (*above, *below)
        own = [f for f in parts if not is_number(f)]
        return bool(own) and all(isinstance(f, (*LEAVES, Delta)) or is_of_sum(f) for f in own)

    def is_of_sum(factor: Expr) -> bool:
        return isinstance(factor, Log) and isinstance(factor.operand, Total)

    return _of_two(expr, is_itself)


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(Delta(s.i1, s.k1), z_k), y_k, Minus(Times(Delta(s.i1, s.k1), z_i))),
    formal="factor_partly",
)
def factor_delta(expr: Expr, given: Given) -> Outcome:
    """Factor out a delta or a condition that two terms of a longer sum share, and what else."""
    return _of_two(
        expr,
        lambda shared, *_: any(
            isinstance(b, (Delta, Threshold)) for b, _ in shared.powers.values()
        ),
    )


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(y_k, Log(s.partition)), z_k, Minus(Times(s.T, Log(s.partition)))),
    formal="factor_partly",
)
def factor_log(expr: Expr, given: Given) -> Outcome:
    """Factor out a logarithm that two terms of a longer sum share."""
    return _of_two(
        expr, lambda shared, *_: any(isinstance(b, Log) for b, _ in shared.powers.values())
    )


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(y_k, Power(z_k, s.T)), y_k, Minus(Power(z_k, s.T))),
    formal="factor_partly",
)
def factor_power(expr: Expr, given: Given) -> Outcome:
    """Factor out a power with a letter in its exponent that two terms of a longer sum share."""
    return _of_two(
        expr,
        lambda shared, *_: any(not exponent.is_number for _, exponent in shared.powers.values()),
    )


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(y_k, Plus(z_k, s.T)), s.a, Minus(Times(y_k, Plus(s.T, z_i)))),
)
def factor_cancelling(expr: Expr, given: Given) -> Outcome:
    """Factor out what two terms of a longer sum have in common where the brackets then cancel."""
    return _of_two(expr, lambda shared, *rests: bool(shared.powers) and _cancel(*rests))


def _cancel(first: Expr, second: Expr) -> bool:
    """Whether two sums, or a sum and a term, have terms that are opposite to each other."""
    return _meet(_signed_terms(first), _signed_terms(second), opposite=True)


def _signed_terms(expr: Expr) -> list[Monomial]:
    """The terms of a sum, of a bracket with a minus as well; anything else is one term."""
    if isinstance(expr, Minus) and isinstance(expr.operand, Plus):
        return [monomial(Minus(term)) for term in expr.operand.args]
    return [monomial(term) for term in (expr.args if isinstance(expr, Plus) else (expr,))]


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Quotient(z_i, Plus(ONE, y_k)), z_k, Quotient(y_k, Plus(ONE, y_k))),
)
def join_fractions(expr: Expr, given: Given) -> Outcome:
    """Factor out what two terms of a longer sum have in common where that is below a bar."""
    return _of_two(
        expr,
        lambda shared, *_: any(
            exponent.is_negative and isinstance(base, (Plus, Total))
            for base, exponent in shared.powers.values()
        ),
    )


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Quotient(z_i, s.T), z_k, Minus(Quotient(y_k, s.T)), Quotient(z_i, s.gamma)),
    formal="join_fractions",
)
def join_over_bar(expr: Expr, given: Given) -> Outcome:
    """``a/c + b/c = (a + b)/c`` within a longer sum, where ``a`` and ``b`` are no fractions."""
    return _of_two(
        expr,
        lambda shared, *rests: (
            any(exponent.is_negative for _, exponent in shared.powers.values())
            and not any(Quotient in heads(rest) for rest in rests)
        ),
    )


@rule(
    law(Plus(Times(s.a, s.c), Times(s.b, s.c)), Times(Plus(s.a, s.b), s.c)),
    Plus(Times(y_k, Plus(z_k, s.T)), z_i, Minus(Times(z_i, Plus(z_k, s.T)))),
    formal="factor_partly",
)
def factor_sum(expr: Expr, given: Given) -> Outcome:
    """Factor out a sum that two terms of a longer sum have in common."""
    return _of_two(
        expr,
        # A sum alone has no bracket in the other one: its terms stand beside the rest.
        lambda shared, *rests: (
            not any(is_number(rest.doit()) for rest in rests)
            and any(
                isinstance(base, Plus) and (exponent == 1 or not exponent.is_number)
                for base, exponent in shared.powers.values()
            )
        ),
    )


def _of_two(expr: Expr, wanted: Callable[[Monomial, Expr, Expr], bool]) -> Outcome:
    """Two terms of a longer sum as a product, where what they have in common is ``wanted``.

    Asked with it is what is left of the one and of the other.
    """
    if len(expr.args) < 3:
        return None
    split = [monomial(t) for t in expr.args]
    # To cancel within a term is a step of its own.
    reduced = [n for n, term in enumerate(expr.args) if is_reduced(term)]
    pairs = [(n, m, common([split[n], split[m]])) for n, m in combinations(reduced, 2)]

    def how_well(pair: tuple[int, int, Monomial]) -> tuple[bool, int, int, bool]:
        """Of sums over an index first, then most in common, with most others too; at last no one
        is to be left of only two.
        """
        n, m, shared = pair
        many = _having(shared, split)
        one_left = many == 2 and shared.key in (split[n].key, split[m].key)
        return not _with_total(expr, (n, m)), -_factors_in(shared), -many, one_left

    for n, m, shared in sorted(pairs, key=how_well):
        rests = (expression(divided(split[n], shared)), expression(divided(split[m], shared)))
        if wanted(shared, *rests):
            terms = list(expr.args)
            terms[n] = times(expression(shared), plus(*rests))
            return plus(*without(tuple(terms), m))
    return None


def _factors_in(shared: Monomial) -> int:
    """How many factors a product has: a square is two of them."""
    exponents = [exponent for _, exponent in shared.powers.values()]
    return sum(abs(int(e)) if e.is_Integer else 1 for e in exponents)


def _having(shared: Monomial, terms: list[Monomial]) -> int:
    """How many terms have all of what two share."""
    return sum(shared.powers.keys() <= term.powers.keys() for term in terms)


def _with_total(expr: Plus, positions: tuple[int, ...]) -> bool:
    return any(Total in heads(expr.args[n]) for n in positions)


@rule(
    law(Plus(Each(Times(s.a, s.b))), Times(s.a, Plus(Each(s.b)))),
    Plus(Times(s.p[s.i1], Delta(s.i1, s.k1)), Minus(Times(s.p[s.i1], s.p[s.k1]))),
)
def factor_common(expr: Expr, given: Given) -> Outcome:
    if not all(map(is_reduced, expr.args)):
        return None
    split = [monomial(t) for t in expr.args]
    shared = _in_one_way(common(split), split)
    if any(map(_has_numbered_total, expr.args)):
        # That number comes out of the sum first: it may cancel with the one in common.
        shared = Monomial(sign(shared.coefficient), shared.powers)
    if not shared.powers and abs(shared.coefficient) == 1:
        return None
    inner = plus(*(expression(divided(t, shared)) for t in split))
    top, bottom = sides(expression(Monomial(abs(shared.coefficient), shared.powers)))
    whole = times(*(f for f in top if f != 1), inner)
    if bottom:
        whole = Quotient(whole, times(*bottom))
    return Minus(whole) if shared.coefficient.is_negative else whole


def _in_one_way(shared: Monomial, terms: list[Monomial]) -> Monomial:
    """What terms have in common as it stands, and a part of one root at most; where that is
    nothing, a part of one of their powers.

    The checker finds a factor such as ``x^a`` in ``x^a`` and ``x^(a+1)`` if it is taken out alone.
    """

    def is_whole(name: str, exponent: Expr) -> bool:
        return exponent.is_Integer or all(t.powers[name][1] == exponent for t in terms)

    powers = list(shared.powers.items())
    whole = [(name, power) for name, power in powers if is_whole(name, power[1])]
    roots = [p for p in powers if p not in whole and p[1][1].is_number]
    return Monomial(shared.coefficient, dict([*whole, *roots[:1]] or powers[:1]))


def _has_numbered_total(term: Expr) -> bool:
    """Whether a number stands in a sum over an index that is a factor of ``term``."""
    bodies = [base.body for base, _ in monomial(term).powers.values() if isinstance(base, Total)]
    return any(abs(monomial(body).coefficient) != 1 for body in bodies)


@rule(
    law(
        Plus(s.b, s.c, Times(s.a, Plus(s.b, s.c))),
        Times(Plus(ONE, s.a), Plus(s.b, s.c)),
    ),
    Plus(z_k, Minus(y_k), Times(s.T, Plus(z_k, Minus(y_k)))),
)
def factor_bracket(expr: Expr, given: Given) -> Outcome:
    """``b + c + a (b + c) = (1 + a) (b + c)``"""
    return _beside_bracket(expr, ONE, ONE)


@rule(
    law(
        Plus(Minus(s.b), Minus(s.c), Minus(Times(s.a, Plus(s.b, s.c)))),
        Minus(Times(Plus(ONE, s.a), Plus(s.b, s.c))),
    ),
    Plus(y_k, Minus(z_k), Minus(Times(s.T, Plus(z_k, Minus(y_k))))),
    formal="factor_bracket",
)
def factor_turned_bracket(expr: Expr, given: Given) -> Outcome:
    """``-b - c - a (b + c) = -(1 + a) (b + c)``"""
    return _beside_bracket(expr, -ONE, -ONE)


@rule(
    law(
        Plus(Minus(s.b), Minus(s.c), Times(s.a, Plus(s.b, s.c))),
        Times(Plus(ONE, Minus(s.a)), Plus(Minus(s.b), Minus(s.c))),
    ),
    Plus(y_k, Minus(z_k), Times(s.T, Plus(z_k, Minus(y_k)))),
    formal="factor_bracket",
)
def factor_bracket_less(expr: Expr, given: Given) -> Outcome:
    """``-b - c + a (b + c) = (1 - a) (-b - c)``"""
    return _beside_bracket(expr, ONE, -ONE)


def _beside_bracket(expr: Expr, sign: Expr, beside: Expr) -> Outcome:
    """A bracket with a factor, and its terms beside it, as one product.

    ``sign`` is that of the factor, ``beside`` that of the terms; beside terms without a minus the
    factor may have either.
    """
    parts = [monomial(t) for t in expr.args]
    for n, part in enumerate(parts):
        if beside.is_negative and part.coefficient.is_negative is not sign.is_negative:
            continue
        for bracket, exponent in part.powers.values():
            if exponent != 1 or not isinstance(bracket, Plus):
                continue
            found = [place(multiplied(monomial(t), beside), parts) for t in bracket.args]
            if None in found or n in found:
                continue
            factor = expression(divided(multiplied(part, sign), monomial(bracket)))
            if sign == beside:
                joined = times(plus(ONE, factor), bracket)
                whole = Minus(joined) if sign.is_negative else joined
            else:
                whole = times(plus(ONE, Minus(factor)), plus(*(expr.args[m] for m in found)))
            rest = (t for at, t in enumerate(expr.args) if at not in (n, *found))
            return plus(whole, *rest)
    return None


@rule(
    law(
        Plus(Times(s.u, s.b), Times(s.u, s.c), Times(s.a, Plus(s.b, s.c))),
        Times(Plus(s.u, s.a), Plus(s.b, s.c)),
    ),
    Plus(Times(s.T, z_k), Times(y_k, Plus(z_k, Minus(z_i))), Minus(Times(s.T, z_i))),
    formal="factor_bracket",
)
def factor_opened_bracket(expr: Expr, given: Given) -> Outcome:
    """``d b + d c + a (b + c) = (d + a) (b + c)``, with a minus before ``(b + c)`` as well."""
    parts = [part for term in expr.args for part in _signed_terms(term)]
    for n, bracket in ((n, b) for n, part in enumerate(parts) for b in _brackets(part)):
        first = monomial(bracket.args[0])
        for m, part in enumerate(parts):
            beside = divided(part, first)
            found = [m, *(place(multiplied(beside, t), parts) for t in bracket.args[1:])]
            if None in found or n in found:
                continue
            factor = expression(divided(parts[n], monomial(bracket)))
            rest = (expression(t) for at, t in enumerate(parts) if at not in (n, *found))
            return plus(times(plus(expression(beside), factor), bracket), *rest)
    return None


@rule(
    law(
        Plus(Times(s.a, Plus(s.b, Minus(s.c))), Times(s.u, Plus(s.c, Minus(s.b)))),
        Times(Plus(s.a, Minus(s.u)), Plus(s.b, Minus(s.c))),
    ),
    Plus(Times(s.T, Plus(z_k, Minus(y_k))), Times(z_i, Plus(y_k, Minus(z_k)))),
)
def factor_opposite(expr: Expr, given: Given) -> Outcome:
    """``a (b - c) + d (c - b) = (a - d) (b - c)``"""
    if not all(map(is_reduced, expr.args)):
        return None  # to cancel what is above and below a bar is another step
    parts = [monomial(t) for t in expr.args]
    for n, part in enumerate(parts):
        for difference, exponent in part.powers.values():
            match difference:
                case Plus((first, Minus(second))) if exponent == 1:
                    opposite = {code(Plus(second, Minus(first))), code(Plus(Minus(first), second))}
                case _:
                    continue
            for m, other in enumerate(parts):
                for key in opposite & other.powers.keys() if m != n else ():
                    turned = other.powers[key]
                    if turned[1] == 1:
                        a = expression(divided(part, monomial(difference)))
                        d = expression(divided(other, monomial(turned[0])))
                        rest = (t for at, t in enumerate(expr.args) if at not in (n, m))
                        return plus(times(plus(a, Minus(d)), difference), *rest)
    return None


@rule(
    law(
        Plus(Times(s.a, Plus(s.u, Minus(s.b), s.c)), Times(s.v, Plus(s.b, Minus(s.c)))),
        Plus(Times(s.a, s.u), Times(Plus(s.v, Minus(s.a)), Plus(s.b, Minus(s.c)))),
    ),
    Plus(
        Times(s.T, Plus(y_k, Minus(z_k), z_i)),
        Minus(Times(Plus(ONE, Minus(s.T)), Plus(z_k, Minus(z_i)))),
    ),
)
def factor_inner_bracket(expr: Expr, given: Given) -> Outcome:
    """``a (u - b + c) + d (b - c) = a u + (d - a) (b - c)`` where terms of ``a`` and ``d`` meet."""
    return _inner_bracket(expr, -ONE)


@rule(
    law(
        Plus(Times(s.a, Plus(s.u, s.b, s.c)), Times(s.v, Plus(s.b, s.c))),
        Plus(Times(s.a, s.u), Times(Plus(s.v, s.a), Plus(s.b, s.c))),
    ),
    Plus(
        Times(s.T, Plus(y_k, z_k, Minus(z_i))),
        Times(Plus(ONE, Minus(s.T)), Plus(z_k, Minus(z_i))),
    ),
    formal="factor_inner_bracket",
)
def factor_same_bracket(expr: Expr, given: Given) -> Outcome:
    """``a (u + b + c) + d (b + c) = a u + (d + a) (b + c)`` where terms of ``a`` and ``d`` meet."""
    return _inner_bracket(expr, ONE)


def _inner_bracket(expr: Expr, sign: Expr) -> Outcome:
    """The terms of one bracket that are another one, or its opposite, beside that one.

    Where what stands beside the two does not meet, that is shorter for a bracket of plain terms.
    """
    parts = [monomial(term) for term in expr.args]
    brackets = [(at, b) for at, part in enumerate(parts) for b in _brackets(part)]
    last: Outcome = None
    for (n, longer), (m, bracket) in permutations(brackets, 2):
        if n == m or len(longer.args) <= len(bracket.args):
            continue
        inside = [monomial(term) for term in longer.args]
        found = [place(multiplied(monomial(t), sign), inside) for t in bracket.args]
        a, d = divided(parts[n], monomial(longer)), divided(parts[m], monomial(bracket))
        beside = [expression(d), expression(multiplied(a, sign))]
        if None in found:
            continue
        left = plus(*(t for at, t in enumerate(longer.args) if at not in found))
        new = {n: times(expression(a), left), m: times(plus(*beside), bracket)}
        whole = plus(*(new.get(at, term) for at, term in enumerate(expr.args)))
        if _meet(*map(_signed_terms, beside), opposite=False):
            return whole
        last = whole if last is None and len(longer.args) == len(bracket.args) + 1 else last
    return last


def _brackets(term: Monomial) -> list[Plus]:
    """The sums among the factors of a term."""
    return [b for b, exponent in term.powers.values() if exponent == 1 and isinstance(b, Plus)]


@rule(
    law(
        Plus(s.b, Minus(Times(s.a, s.b)), s.c),
        Plus(Times(s.b, Plus(ONE, Minus(s.a))), s.c),
    ),
    Plus(z_k, y_k, Minus(Times(Delta(s.i1, s.k1), z_k))),
)
def factor_complement(expr: Expr, given: Given) -> Outcome:
    """``b - a b = b (1 - a)`` for a delta or a number with a name: what is left of one.

    For any other number beside a delta.
    """
    parts = [monomial(t) for t in expr.args]
    for n, part in enumerate(parts):
        deltas = any(isinstance(base, Delta) for base, _ in part.powers.values())
        for share, _ in part.powers.values():
            if not (deltas or given.definition_of(share) is not None):
                continue
            whole = monomial(Minus(expression(divided(part, monomial(share)))))
            m = place(whole, parts)
            left = Plus(ONE, Minus(share))
            # Over itself it is one, which another rule says: that one knows where it is not zero.
            if m is not None and whole.powers and code(left) not in whole.powers:
                rest = monomial(times(expression(whole), left))
                terms = (
                    expression(rest) if at == m else t for at, t in enumerate(expr.args) if at != n
                )
                return plus(*terms)
    return None


@rule(
    law(
        Quotient(Plus(Each(Times(s.a, s.b))), s.c),
        Quotient(Times(s.a, Plus(Each(s.b))), s.c),
    ),
    Quotient(Plus(Times(Exp(z_k), y_k), Minus(Times(Exp(z_k), z_i))), s.partition),
)
def factor_numerator(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Quotient(Plus() as above, below):
            whole = factor_common(above, given)
            if isinstance(whole, Minus):
                return Minus(Quotient(whole.operand, below))
            return None if whole is None else Quotient(whole, below)
    return None


@rule(
    law(
        Quotient(Plus(Times(s.a, s.b), Times(s.a, s.c), s.u), Plus(s.b, s.c)),
        Plus(s.a, Quotient(s.u, Plus(s.b, s.c))),
        Condition("nonzero", (Plus(s.b, s.c),)),
    ),
    Quotient(Plus(y_k, Times(y_k, Exp(z_k)), Minus(ONE)), Plus(ONE, Exp(z_k))),
)
def divide_numerator(expr: Expr, given: Given) -> Outcome:
    """``(a b + a c + u) / (b + c) = a + u / (b + c)``"""
    match expr:
        case Quotient(Plus(terms), Plus((_, _) as below)) if len(terms) > 2:
            parts, (first, second) = [monomial(t) for t in terms], map(monomial, below)
            for n, part in enumerate(parts):
                if not part.powers or not set(first.powers) <= set(part.powers):
                    continue
                factor = divided(part, first)
                other = monomial(times(expression(factor), expression(second)))
                m = place(other, parts)
                if m is not None and m != n:
                    left = plus(*(t for at, t in enumerate(terms) if at not in (n, m)))
                    return plus(expression(factor), Quotient(left, expr.denominator))
    return None


@rule(
    law(
        Plus(Times(s.a, s.c), Times(s.b, s.c), Times(s.a, s.u), Times(s.b, s.u)),
        Times(Plus(s.a, s.b), Plus(s.c, s.u)),
    ),
    Plus(Times(z_k, y_k), Times(z_i, y_k), Minus(Times(z_k, s.T)), Minus(Times(z_i, s.T))),
)
def factor_pairs(expr: Expr, given: Given) -> Outcome:
    """``a c + b c + a d + b d = (a + b) (c + d)``"""
    split = [monomial(t) for t in expr.args]
    places = range(len(split))
    for n, m in combinations(places, 2) if len(split) > 3 else ():
        shared = common([split[n], split[m]])
        above, below = divided(split[n], shared), divided(split[m], shared)
        if not (shared.powers and above.powers and below.powers):
            continue
        for x, y in permutations(set(places) - {n, m}, 2):
            other = common([split[x], split[y]])
            ratio = _ratio(divided(split[x], other), above)
            if ratio is not None and ratio == _ratio(divided(split[y], other), below):
                beside = Monomial(ratio * other.coefficient, other.powers)
                whole = times(
                    plus(expression(above), expression(below)),
                    plus(expression(shared), expression(beside)),
                )
                rest = (whole if at == n else t for at, t in enumerate(expr.args))
                return plus(*(t for at, t in enumerate(rest) if at not in (m, x, y)))
    return None


def _ratio(first: Monomial, second: Monomial) -> Expr | None:
    """By what number two terms differ, if by no more."""
    return first.coefficient / second.coefficient if first.key == second.key else None


@rule(
    law(
        Plus(Quotient(s.a, s.u), s.b),
        Quotient(Plus(s.a, Times(s.b, s.u)), s.u),
        Condition("nonzero", (s.u,)),
    ),
    Plus(Quotient(Times(2, y_k), Plus(y_k, Exp(z_i))), z_k, Minus(ONE)),
)
def put_over_bar(expr: Expr, given: Given) -> Outcome:
    """``a/u + b = (a + b u)/u`` for a sum ``u`` where terms then meet above the bar.

    For any other ``u`` where they cancel there: ``1 + (2 - u)/u = 2/u``.
    """
    if not all(map(is_reduced, expr.args)):
        return None
    parts = [monomial(term) for term in expr.args]
    for n, m in permutations(range(len(parts)), 2):
        powers = parts[n].powers.items()
        # A power with a letter in its exponent is a factor like another.
        under = {c: (base, -p) for c, (base, p) in powers if p.is_number and p.is_negative}
        sums = {c: p for c, p in under.items() if isinstance(p[0], Plus)}
        bar = expression(Monomial(ONE, sums or under))
        # The bar comes first: that is what is to be multiplied out.
        above, beside = (multiplied(monomial(bar), expression(parts[at])) for at in (n, m))
        if under and _meet(_opened(above), _opened(beside), opposite=not sums):
            if any(c in parts[m].powers and isinstance(under[c][0], Plus) for c in under):
                continue  # cancelling what is below the other bar, too, is a step of its own
            whole = Quotient(plus(expression(above), expression(beside)), bar)
            rest = (whole if at == n else t for at, t in enumerate(expr.args))
            return plus(*(t for at, t in enumerate(rest) if at != m))
    return None


def _meet(ours: list[Monomial], theirs: list[Monomial], *, opposite: bool) -> bool:
    """Whether terms of two sums differ by a number only; by their signs only if ``opposite``."""
    pairs = ((a, b) for a, b in product(ours, theirs) if a.key == b.key)
    return any(not opposite or a.coefficient == -b.coefficient for a, b in pairs)


def _opened(term: Monomial) -> list[Monomial]:
    """The terms of a product when the sums among its factors are multiplied out."""
    for bracket, exponent in term.powers.values():
        if isinstance(bracket, Plus) and exponent == 1:
            others = divided(term, monomial(bracket))
            return [t for part in bracket.args for t in _opened(multiplied(others, part))]
    return [term]
