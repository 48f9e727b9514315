"""Functions with a kink or a jump: their derivatives away from it, and the values taken there.

Each law holds away from the kink, which its condition says; the report and the document name it.
The values taken there are those that PyTorch takes for ``abs``, ``sign`` and ``relu``; of two equal
arguments of a maximum or minimum it is the derivative of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Expr, Indexed, Integer, Max, Min, Symbol, sign

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    code,
    fraction,
    is_number,
    plus,
    terms,
    times,
    without,
)
from derive.rules import samples as s
from derive.rules.algebra import PRODUCTS
from derive.rules.monomials import (
    Monomial,
    divided,
    expression,
    monomial,
    multiplied,
    sides,
    split_power,
    with_factor,
)
from derive.rules.registry import Outcome, Rewriting, rule
from derive.signs import depends, is_above, is_positive, speaking_of, told_above

z_k, y_i = s.z[s.k1], s.y[s.i1]
TWO = Integer(2)


def absolute(operand: Expr) -> Expr:
    return Apply(Head(Abs), operand)


def sign_of(operand: Expr) -> Expr:
    return Apply(Head(sign), operand)


def larger(first: Expr, second: Expr) -> Expr:
    return Apply(Head(Max), first, second)


def is_positive_part(expr: Expr) -> bool:
    """Whether this is ``max(0, u)``."""
    return _is(expr, Max) and ZERO in expr.args[1:]


def smaller(first: Expr, second: Expr) -> Expr:
    return Apply(Head(Min), first, second)


def exceeds(first: Expr, second: Expr) -> Expr:
    """The bracket ``[first > second]``."""
    return Threshold(first, second, ONE, ZERO)


off_zero = Condition("nonzero", (s.u,))
apart = Condition("nonzero", (Plus(s.u, Minus(s.w)),))


@rule(
    law(absolute(s.u), s.u, Condition("positive", (s.u,))),
    absolute(Plus(s.T, Exp(z_k))),
)
def drop_absolute_value(expr: Expr, given: Given) -> Outcome:
    """``|u| = u`` of what is positive."""
    match expr:
        case Apply(function, (operand,)) if function is Abs and is_positive(operand, given):
            return Rewriting(operand, speaking_of(operand, given))
    return None


@rule(
    law(absolute(s.u), Minus(s.u), Condition("positive", (Minus(s.u),))),
    absolute(Minus(Exp(z_k))),
)
def turn_absolute_value(expr: Expr, given: Given) -> Outcome:
    """``|u| = -u`` of what is negative."""
    match expr:
        case Apply(function, (operand,)) if function is Abs and is_positive(Minus(operand), given):
            return Rewriting(_opposite(operand), speaking_of(operand, given))
    return None


def _opposite(expr: Expr) -> Expr:
    """``-u`` as a person writes it: ``1 - tau`` of ``tau - 1``."""
    if not isinstance(expr, Plus):
        return Minus(expr)
    turned = (t.operand if isinstance(t, Minus) else Minus(t) for t in expr.args)
    return Plus(*sorted(turned, key=lambda term: isinstance(term, Minus)))


@rule(
    law(Partial(absolute(s.u), s.v), Times(sign_of(s.u), Partial(s.u, s.v)), off_zero),
    Partial(absolute(z_k), z_k),
)
def differentiate_absolute_value(expr: Expr, given: Given) -> Outcome:
    """At zero the value is ``sign(0) = 0``."""
    match expr:
        case Partial(Apply(function, (operand,)), variable) if function is Abs:
            return times(sign_of(operand), Partial(operand, variable))
    return None


@rule(
    law(Partial(Log(absolute(s.u)), s.v), Quotient(Partial(s.u, s.v), s.u), off_zero),
    Partial(Log(absolute(z_k)), z_k),
)
def differentiate_log_absolute(expr: Expr, given: Given) -> Outcome:
    """``log|u|`` has the slope of ``log u`` on both sides of zero."""
    match expr:
        case Partial(Log(Apply(function, (operand,))), variable) if function is Abs:
            return Quotient(Partial(operand, variable), operand)
    return None


@rule(law(Partial(sign_of(s.u), s.v), ZERO, off_zero), Partial(sign_of(z_k), z_k))
def differentiate_sign(expr: Expr, given: Given) -> Outcome:
    """At its jump the value is 0, as on both sides of it."""
    match expr:
        case Partial(Apply(function, (_,))) if function is sign:
            return ZERO
    return None


@rule(
    law(Quotient(Times(Power(sign_of(s.u), TWO), s.w), s.c), Quotient(s.w, s.c), off_zero),
    Quotient(Times(Power(sign_of(z_k), TWO), y_i), absolute(z_k)),
)
def square_sign(expr: Expr, given: Given) -> Outcome:
    """``sign(u)^2 = 1`` above a bar with ``u`` or ``|u|`` below, which says that ``u`` is not 0."""
    if not isinstance(expr, Quotient):
        return None
    above, below = sides(expr)
    apart = {b.operands[0] if _is(b, Abs) else b for b, _ in map(split_power, below)}
    for n, factor in enumerate(above):
        base, exponent = split_power(factor)
        if _is(base, sign) and exponent == TWO:
            number = base.operands[0]
            if any((number - u).doit() == 0 or (number + u).doit() == 0 for u in apart):
                return Quotient(times(*without(above, n)), times(*below))
    return None


@rule(
    law(
        Quotient(Times(s.a, sign_of(s.u)), Times(s.b, Power(absolute(s.u), s.n))),
        Quotient(s.a, Times(s.b, s.u, Power(absolute(s.u), s.n - 1))),
        off_zero,
    ),
    Quotient(Times(y_i, sign_of(z_k)), Times(s.T, Power(absolute(z_k), TWO))),
)
def divide_sign(expr: Expr, given: Given) -> Outcome:
    """``sign(u)/|u| = 1/u``: the bar says that ``u`` is not 0."""
    term = monomial(expr)
    for found, power in term.powers.values():
        size = absolute(*found.operands) if _is(found, sign) and power == 1 else None
        if size is not None and term.powers.get(code(size), (size, ZERO))[1].is_negative:
            inverse = Quotient(size, times(found, found.operands[0]))
            return expression(multiplied(term, inverse))
    return None


@rule(
    law(Times(sign_of(s.u), s.u), absolute(s.u)),
    Times(y_i, sign_of(z_k), z_k),
    head=PRODUCTS,
)
def absorb_sign(expr: Expr, given: Given) -> Outcome:
    """``sign(u) u = |u|``"""
    return _without_sign(expr, ONE)


@rule(
    law(
        Quotient(Times(s.a, sign_of(s.u)), Times(s.b, s.u)),
        Quotient(s.a, Times(s.b, absolute(s.u))),
        off_zero,
    ),
    Quotient(Times(y_i, sign_of(z_k)), Times(s.T, z_k)),
)
def absorb_sign_below(expr: Expr, given: Given) -> Outcome:
    """``sign(u)/u = 1/|u|``"""
    return _without_sign(expr, -ONE)


@rule(
    law(
        Quotient(Times(s.a, absolute(s.u)), Times(s.b, s.u)),
        Quotient(Times(s.a, sign_of(s.u)), s.b),
        off_zero,
    ),
    Quotient(Times(y_i, absolute(z_k)), Times(s.T, z_k)),
)
def write_sign(expr: Expr, given: Given) -> Outcome:
    """``|u|/u = sign(u)``"""
    term = monomial(expr)
    for size, exponent in term.powers.values():
        if _is(size, Abs) and exponent == 1:
            (u,) = size.operands
            if term.powers.get(code(u), (u, ZERO))[1] == -1:
                return expression(multiplied(_without(term, u, size), sign_of(u)))
    return None


def _without_sign(expr: Expr, power: Expr) -> Outcome:
    """A product of the sign of a number and a ``power`` of it as that of its absolute value."""
    term = monomial(expr)
    for found, exponent in term.powers.values():
        if _is(found, sign) and exponent == 1:
            (u,) = found.operands
            if term.powers.get(code(u), (u, ZERO))[1] == power:
                size = absolute(u) if power == 1 else Quotient(ONE, absolute(u))
                return expression(multiplied(_without(term, u, found), size))
    return None


def _without(term: Monomial, *bases: Expr) -> Monomial:
    """A product without any power of some of its bases."""
    gone = set(map(code, bases))
    kept = {name: power for name, power in term.powers.items() if name not in gone}
    return Monomial(term.coefficient, kept)


@rule(
    law(
        Plus(Times(s.a, sign_of(s.u)), Times(s.b, absolute(s.u))),
        Times(Plus(s.a, Times(s.b, s.u)), sign_of(s.u)),
    ),
    Plus(Times(s.T, sign_of(z_k)), Minus(Times(y_i, absolute(z_k)))),
)
def factor_sign(expr: Expr, given: Given) -> Outcome:
    """``a sign(u) + b |u| = (a + b u) sign(u)``"""
    parts = [monomial(term) for term in expr.args]
    for n, part in enumerate(parts):
        signs = (base for base, power in part.powers.values() if _is(base, sign) and power == 1)
        for found in signs:
            size = absolute(*found.operands)
            for m, other in enumerate(parts):
                over_itself = other.powers.get(code(found.operands[0]), (size, ZERO))[1].is_negative
                if m != n and not over_itself and other.powers.get(code(size), (size, 0))[1] == 1:
                    beside = multiplied(divided(other, monomial(size)), found.operands[0])
                    inner = plus(expression(divided(part, monomial(found))), expression(beside))
                    rest = (t for at, t in enumerate(expr.args) if at not in (n, m))
                    return plus(times(inner, found), *rest)
    return None


def _is(expr: Expr, function: object) -> bool:
    """Whether an expression is ``function`` of something."""
    return isinstance(expr, Apply) and expr.function is function


@rule(
    law(
        Partial(larger(ZERO, s.u), s.v),
        Times(exceeds(s.u, ZERO), Partial(s.u, s.v)),
        off_zero,
    ),
    Partial(larger(ZERO, z_k), z_k),
)
def differentiate_positive_part(expr: Expr, given: Given) -> Outcome:
    """Of the rectifier: at zero the value is 0, as on the left."""
    match expr:
        case Partial(Apply(function, (first, operand)), variable) if function is Max and first == 0:
            return times(exceeds(operand, ZERO), Partial(operand, variable))
    return None


@rule(
    law(
        Partial(larger(s.u, s.w), s.v),
        Threshold(s.w, s.u, Partial(s.w, s.v), Partial(s.u, s.v)),
        apart,
    ),
    Partial(larger(z_k, Exp(s.z[s.i1])), z_k),
)
def differentiate_maximum(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Apply(function, (first, second)), variable) if function is Max:
            return Threshold(second, first, Partial(second, variable), Partial(first, variable))
    return None


@rule(
    law(
        Partial(smaller(s.u, s.w), s.v),
        Threshold(s.u, s.w, Partial(s.w, s.v), Partial(s.u, s.v)),
        apart,
    ),
    Partial(smaller(z_k, Exp(s.z[s.i1])), z_k),
)
def differentiate_minimum(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Apply(function, (first, second)), variable) if function is Min:
            return Threshold(first, second, Partial(second, variable), Partial(first, variable))
    return None


@rule(
    law(
        Partial(Threshold(s.a, s.b, s.u, s.w), s.v),
        Threshold(s.a, s.b, Partial(s.u, s.v), Partial(s.w, s.v)),
        Condition("independent", (s.a, s.v)),
        Condition("independent", (s.b, s.v)),
    ),
    Partial(Threshold(y_i, s.T, z_k, Power(z_k, 2)), z_k),
)
def differentiate_branches(expr: Expr, given: Given) -> Outcome:
    """Where the variable does not move the condition there is no kink."""
    match expr:
        case Partial(Threshold(first, second, above, otherwise), variable):
            if not depends(first, variable, given) and not depends(second, variable, given):
                slopes = Partial(above, variable), Partial(otherwise, variable)
                return Threshold(first, second, *slopes)
    return None


@rule(
    law(
        Partial(Threshold(s.a, s.b, s.u, s.w), s.v),
        Threshold(s.a, s.b, Partial(s.u, s.v), Partial(s.w, s.v)),
        Condition("nonzero", (Plus(s.a, Minus(s.b)),)),
    ),
    Partial(Threshold(z_k, s.T, z_k, Power(z_k, 2)), z_k),
)
def differentiate_piecewise(expr: Expr, given: Given) -> Outcome:
    """At the threshold the value is that of the branch that the function has there."""
    match expr:
        case Partial(Threshold(first, second, above, otherwise), variable):
            slopes = Partial(above, variable), Partial(otherwise, variable)
            return Threshold(first, second, *slopes)
    return None


@rule(
    law(Threshold(s.a, s.b, s.u, ZERO), Times(exceeds(s.a, s.b), s.u)),
    Threshold(z_k, s.T, y_i, ZERO),
)
def separate_bracket(expr: Expr, given: Given) -> Outcome:
    """A value that is zero but above the threshold, as a product with the bracket."""
    match expr:
        case Threshold(first, second, above, otherwise) if otherwise == 0 and not expr.is_bracket:
            return times(exceeds(first, second), above)
    return None


@rule(
    law(Threshold(s.a, s.b, ZERO, s.u), Times(Threshold(s.a, s.b, ZERO, ONE), s.u)),
    Threshold(z_k, s.T, ZERO, y_i),
    formal="separate_bracket",
)
def separate_opposite_bracket(expr: Expr, given: Given) -> Outcome:
    """The same where it is zero above the threshold."""
    match expr:
        case Threshold(first, second, above, otherwise) if above == 0 and not expr.is_bracket:
            return times(Threshold(first, second, ZERO, ONE), otherwise)
    return None


@rule(
    law(Threshold(s.a, s.b, Plus(s.u, s.c), s.u), Plus(s.u, Times(s.c, exceeds(s.a, s.b)))),
    Threshold(z_k, s.T, Plus(y_i, Minus(ONE)), y_i),
)
def separate_offset(expr: Expr, given: Given) -> Outcome:
    """``{u - 1 above, u else}`` as ``u - [above]``, and for other numbers: ``u`` stands once."""
    match expr:
        case Threshold(first, second, above, otherwise):
            return _beside(otherwise, above, exceeds(first, second))
    return None


@rule(
    law(
        Threshold(s.a, s.b, s.u, Plus(s.u, s.c)),
        Plus(s.u, Times(s.c, Threshold(s.a, s.b, ZERO, ONE))),
    ),
    Threshold(z_k, s.T, y_i, Plus(y_i, Minus(ONE))),
    formal="separate_offset",
)
def separate_opposite_offset(expr: Expr, given: Given) -> Outcome:
    """The same where it is a number more, or less, below the threshold."""
    match expr:
        case Threshold(first, second, above, otherwise):
            return _beside(above, otherwise, Threshold(first, second, ZERO, ONE))
    return None


def _beside(plain: Expr, other: Expr, bracket: Expr) -> Expr | None:
    """What two branches have in common, and the number that one has besides where it holds."""
    offset = [t for t in terms(other) if is_number(t.operand if isinstance(t, Minus) else t)]
    if len(offset) != 1 or is_number(plain):
        return None
    (number,) = offset
    if code(plus(*(t for t in terms(other) if t is not number))) != code(plain):
        return None
    one = number.operand if isinstance(number, Minus) else number
    more = bracket if one == 1 else times(one, bracket)
    return plus(plain, Minus(more) if isinstance(number, Minus) else more)


@rule(
    law(
        Times(exceeds(s.u, ZERO), Power(larger(ZERO, s.u), s.n)),
        Power(larger(ZERO, s.u), s.n),
        Condition("positive", (s.n,)),
    ),
    Times(y_i, exceeds(z_k, ZERO), Power(larger(ZERO, z_k), 2)),
    head=PRODUCTS,
)
def keep_positive_part(expr: Expr, given: Given) -> Outcome:
    """``[u > 0] max(0, u)^n = max(0, u)^n`` for a positive ``n``."""
    for n, beside, operand in _brackets(expr):
        for base, power in beside:
            if code(base) == code(larger(ZERO, operand)) and is_above(power, ZERO, given):
                known = told_above(power, ZERO, given)
                kept = with_factor(expr, n, ONE)
                return kept if known is None else Rewriting(kept, (known,))
    return None


@rule(
    law(Times(exceeds(s.u, ZERO), s.u), larger(ZERO, s.u)),
    Times(y_i, exceeds(z_k, ZERO), z_k),
)
def write_positive_part(expr: Expr, given: Given) -> Outcome:
    """``[u > 0] u = max(0, u)``"""
    for n, _, operand in _brackets(expr):
        rest = without(expr.args, n)
        at = next((m for m, f in enumerate(rest) if code(f) == code(operand)), None)
        if at is not None:
            return times(*rest[:at], larger(ZERO, operand), *rest[at + 1 :])
    return None


@rule(
    law(
        Plus(Times(s.c, exceeds(s.u, ZERO), s.a), Times(s.c, s.b, larger(ZERO, s.u))),
        Times(s.c, exceeds(s.u, ZERO), Plus(s.a, Times(s.b, s.u))),
    ),
    Plus(Times(y_i, exceeds(z_k, ZERO), s.T), Times(y_i, larger(ZERO, z_k))),
)
def join_positive_part(expr: Expr, given: Given) -> Outcome:
    """``c [u > 0] a + c b max(0, u) = c [u > 0] (a + b u)``, for a number ``b``."""
    parts = [monomial(term) for term in expr.args]
    for n, part in enumerate(parts):
        for bracket, _ in part.powers.values():
            if not isinstance(bracket, Threshold) or bracket != exceeds(bracket.first, ZERO):
                continue
            positive = larger(ZERO, bracket.first)
            for m, other in enumerate(parts):
                if m == n or code(positive) not in other.powers:
                    continue
                # A number that would leave a fraction of the other term stays in the sum.
                number = other.coefficient
                if (part.coefficient / number).is_Integer:
                    number = ONE
                shared = multiplied(divided(other, monomial(times(number, positive))), bracket)
                if shared.powers.keys() <= part.powers.keys():
                    beside = expression(multiplied(monomial(bracket.first), number))
                    inside = plus(expression(divided(part, shared)), beside)
                    whole = expression(multiplied(shared, inside))
                    rest = (whole if at == n else t for at, t in enumerate(expr.args))
                    return plus(*(t for at, t in enumerate(rest) if at != m))
    return None


def _brackets(expr: Expr) -> Iterator[tuple[int, list[tuple[Expr, Expr]], Expr]]:
    """The factors ``[u > 0]`` of a product, bases and exponents beside each, and ``u``."""
    above = sides(expr)[0]
    for n, factor in enumerate(above):
        if isinstance(factor, Threshold) and factor == exceeds(factor.first, ZERO):
            yield n, [split_power(f) for f in without(above, n)], factor.first


@rule(
    law(
        Threshold(s.a, s.b, s.u, s.w),
        s.u,
        Condition("positive", (Plus(s.a, Minus(s.b)),)),
    ),
    Threshold(Exp(z_k), ZERO, ONE, ZERO),
)
def decide_above(expr: Expr, given: Given) -> Outcome:
    """The condition holds whatever the entries are."""
    return expr.above if _exceeds(expr.first, expr.second) else None


@rule(
    law(
        Threshold(s.a, s.b, s.u, s.w),
        s.w,
        Condition("positive", (Plus(s.b, Minus(s.a)),)),
    ),
    Threshold(ZERO, Exp(z_k), y_i, s.T),
)
def decide_below(expr: Expr, given: Given) -> Outcome:
    """The condition holds for no entries at all."""
    return expr.otherwise if _exceeds(expr.second, expr.first) else None


def _exceeds(first: Expr, second: Expr) -> bool:
    """Whether one number is seen to be larger than another, without any fact."""
    if is_number(first) and is_number(second):
        return bool(first > second)
    difference = Plus(*(t for t in (first, Minus(second)) if t not in (ZERO, Minus(ZERO))))
    return is_positive(difference, Given())


@rule(
    law(
        Threshold(s.a, s.b, Times(s.c, s.u), Times(s.c, s.w)),
        Times(Threshold(s.a, s.b, s.u, s.w), s.c),
    ),
    Threshold(z_k, s.T, Times(s.T, y_i), Times(z_k, y_i)),
)
def factor_branches(expr: Expr, given: Given) -> Outcome:
    """Take out what both branches have as a factor, above their bars or below."""
    branches = expr.above, expr.otherwise
    negative = [isinstance(branch, Minus) for branch in branches]
    bare = (b.operand if isinstance(b, Minus) else b for b in branches)
    one, other = ([list(side) for side in sides(branch)] for branch in bare)
    above, below = (_shared(*both) for both in zip(one, other, strict=True))
    if not (above or below) or not (any(one) or any(other)):
        return None
    left = (fraction(*parts) for parts in (one, other))
    if not all(negative):
        left = (Minus(rest) if sign else rest for sign, rest in zip(negative, left, strict=True))
    whole = fraction([Threshold(expr.first, expr.second, *left), *above], below)
    return Minus(whole) if all(negative) else whole


def _shared(one: list[Expr], other: list[Expr]) -> list[Expr]:
    """Take the factors out of two lists that they have in common."""
    shared = []
    for factor in list(one):
        twin = next((f for f in other if code(f) == code(factor)), None)
        if twin is not None and factor != 1:
            one.remove(factor)
            other.remove(twin)
            shared.append(factor)
    return shared


@rule(
    law(
        Times(s.a, Threshold(s.b, s.c, s.u, s.w)),
        Threshold(s.b, s.c, Times(s.a, s.u), Times(s.a, s.w)),
    ),
    Times(Power(z_k, s.gamma), Threshold(z_k, 0, 1, 0)),
)
def distribute_branches(expr: Expr, given: Given) -> Outcome:
    """Bring powers into both branches: one that is infinite does no harm beside a zero there."""
    at = next((n for n, f in enumerate(expr.args) if isinstance(f, Threshold)), None)
    if at is None:
        return None
    choice, rest = expr.args[at], without(expr.args, at)
    inside = [f for f in rest if not isinstance(f, (Indexed, Symbol, Total))]
    outside = [f for f in rest if isinstance(f, (Indexed, Symbol, Total))]
    if not inside:
        return None
    branches = (times(*inside, branch) for branch in (choice.above, choice.otherwise))
    return times(*outside, Threshold(choice.first, choice.second, *branches))


@rule(
    law(Threshold(s.u, ZERO, Times(sign_of(s.u), s.f), s.w), Threshold(s.u, ZERO, s.f, s.w)),
    Threshold(z_k, ZERO, Times(y_i, sign_of(z_k)), s.T),
)
def decide_sign(expr: Expr, given: Given) -> Outcome:
    """Where ``u > 0`` its sign is one."""
    above, below = sides(expr.above)
    for n, factor in enumerate(above if expr.second == 0 else ()):
        if code(factor) == code(sign_of(expr.first)):
            left = fraction([*without(above, n)], [*below])
            return Threshold(expr.first, ZERO, left, expr.otherwise)
    return None


@rule(law(Threshold(s.a, s.b, s.u, s.u), s.u), Threshold(z_k, s.T, y_i, y_i))
def join_branches(expr: Expr, given: Given) -> Outcome:
    """Both branches are the same."""
    return expr.above if code(expr.above) == code(expr.otherwise) else None
