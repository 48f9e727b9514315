"""Derivatives, pushed exactly one level per rule: what a rule leaves behind is pending again."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Dummy, Expr, Indexed, Integer, Rational, Symbol, atan2, cos, erf, sin, tanh
from sympy.core.function import ArgumentIndexError, Derivative, Subs

from derive.errors import DeriveError
from derive.facts import EqualFact, Fact, Given, Lemma
from derive.laws import Condition, Each, Meta, Slope, Source, Value, law
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Delta,
    Exp,
    Head,
    Log,
    Minus,
    Partial,
    Plus,
    Power,
    Quotient,
    Times,
    Total,
    heads,
    is_number,
    plus,
    replace,
    times,
)
from derive.reading import read
from derive.rules import samples as s
from derive.rules.monomials import sides, terms_left
from derive.rules.registry import Example, Outcome, Rewriting, rule
from derive.rules.softmax import folded
from derive.signs import depends
from derive.unify import Values, instance_of

HALF = Rational(1, 2)
z_k = s.z[s.k1]


def independent(expr: Meta) -> Condition:
    return Condition("independent", (expr, s.v))


@rule(law(Partial(s.c, s.v), ZERO, independent(s.c)), Partial(s.y[s.i1], z_k), head=Partial)
def differentiate_constant(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(operand, variable) if not depends(operand, variable, given):
            return ZERO
    return None


@rule(Source.COORDINATE, Partial(s.z[s.i1], z_k), head=Partial)
def differentiate_coordinate(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Indexed() as entry, Indexed() as variable) if entry.base == variable.base:
            return times(*map(Delta, entry.indices, variable.indices))
    return None


@rule(law(Partial(s.u, s.u), ONE), Partial(s.T, s.T))
def differentiate_parameter(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Symbol() as operand, variable) if operand == variable:
            return ONE
    return None


@rule(law(Partial(Minus(s.u), s.v), Minus(Partial(s.u, s.v))), Partial(Minus(z_k), z_k))
def differentiate_negative(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Minus(operand), variable):
            return Minus(Partial(operand, variable))
    return None


@rule(
    law(Partial(Plus(Each(s.u)), s.v), Plus(Each(Partial(s.u, s.v)))),
    Partial(Plus(z_k, Exp(z_k)), z_k),
)
def differentiate_sum(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Plus(terms), variable):
            return Plus(*(Partial(term, variable) for term in terms))
    return None


@rule(
    law(
        Partial(Total(Value(s.F, s.j), (s.j, s.lo, s.hi, s.X)), s.v),
        Total(Partial(Value(s.F, s.j), s.v), (s.j, s.lo, s.hi, s.X)),
    ),
    Partial(s.partition, z_k),
)
def differentiate_total(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Total() as total, variable):
            body, index = total.open()
            return total.over(Partial(body, variable), index)
    return None


@rule(
    law(Partial(Times(s.c, s.u), s.v), Times(s.c, Partial(s.u, s.v)), independent(s.c)),
    Partial(Times(s.y[s.i1], Log(z_k)), z_k),
)
def differentiate_scaled(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Times(factors), variable):
            fixed = [f for f in factors if not depends(f, variable, given)]
            moving = [f for f in factors if depends(f, variable, given)]
            if fixed and moving:
                return times(*fixed, Partial(times(*moving), variable))
        case Partial(Quotient() as whole, variable) if depends(whole.denominator, variable, given):
            above, below = (
                [[f for f in side if depends(f, variable, given) is held] for held in (True, False)]
                for side in sides(whole)
            )
            fixed = [f for f in above[1] if f != 1]
            if fixed or below[1]:
                factor = Quotient(times(*fixed), times(*below[1])) if below[1] else times(*fixed)
                inner = Quotient(times(*above[0]), times(*below[0]))
                return times(factor, Partial(inner, variable))
    return None


@rule(
    law(
        Partial(Times(s.u, s.w), s.v),
        Plus(Times(Partial(s.u, s.v), s.w), Times(s.u, Partial(s.w, s.v))),
    ),
    Partial(Times(z_k, Exp(z_k)), z_k),
)
def differentiate_product(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Times(factors), variable):
            first, rest = factors[0], times(*factors[1:])
            return Plus(
                times(Partial(first, variable), rest), times(first, Partial(rest, variable))
            )
    return None


@rule(
    law(Partial(Quotient(s.u, s.c), s.v), Quotient(Partial(s.u, s.v), s.c), independent(s.c)),
    Partial(Quotient(z_k, s.T), z_k),
)
def differentiate_fraction(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Quotient(above, below), variable) if not depends(below, variable, given):
            return Quotient(Partial(above, variable), below)
    return None


@rule(
    law(
        Partial(Quotient(s.c, s.w), s.v),
        Minus(Quotient(Times(s.c, Partial(s.w, s.v)), Power(s.w, 2))),
        independent(s.c),
    ),
    Partial(Quotient(1, s.T), s.T),
)
def differentiate_reciprocal(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Quotient(above, below), variable) if not depends(above, variable, given):
            slope = Partial(below, variable)
            return Minus(Quotient(slope if above == 1 else times(above, slope), Power(below, 2)))
    return None


@rule(
    law(
        Partial(Quotient(s.u, Plus(s.u, s.c)), s.v),
        Quotient(Times(s.c, Partial(s.u, s.v)), Power(Plus(s.u, s.c), 2)),
        independent(s.c),
    ),
    Partial(Quotient(Exp(z_k), Plus(ONE, Exp(z_k))), z_k),
)
def differentiate_share(expr: Expr, given: Given) -> Outcome:
    """The quotient rule where but the numerator varies in the denominator."""
    match expr:
        case Partial(Quotient(above, Plus() as below), variable):
            return _share_slope(above, above, below, variable, given)
    return None


@rule(
    law(
        Partial(Quotient(s.u, Plus(s.c, Minus(s.u))), s.v),
        Quotient(Times(s.c, Partial(s.u, s.v)), Power(Plus(s.c, Minus(s.u)), 2)),
        independent(s.c),
    ),
    Partial(Quotient(Exp(z_k), Plus(ONE, Minus(Exp(z_k)))), z_k),
)
def differentiate_odds(expr: Expr, given: Given) -> Outcome:
    """The same where the numerator is taken off: ``u/(c - u)``."""
    match expr:
        case Partial(Quotient(above, Plus() as below), variable):
            return _share_slope(above, Minus(above), below, variable, given)
    return None


@rule(
    law(
        Partial(Quotient(s.u, Plus(s.u, s.w)), s.v),
        Quotient(
            Plus(Times(s.w, Partial(s.u, s.v)), Minus(Times(s.u, Partial(s.w, s.v)))),
            Power(Plus(s.u, s.w), 2),
        ),
    ),
    Partial(Quotient(z_k, Plus(z_k, Power(z_k, 2), ONE)), z_k),
)
def differentiate_part(expr: Expr, given: Given) -> Outcome:
    """The quotient rule for ``u/(u + w)``: what the two products have in common is gone.

    A fraction with a name comes back in the other form, by its name.
    """
    match expr:
        case Partial(Quotient(above, Plus() as below) as whole, variable):
            if Exp in heads(below) or folded(whole, given) is not None:
                return None
            rest = terms_left(below, above)
            if rest is None:
                return None
            other = plus(*rest)
            falling = Minus(times(above, Partial(other, variable)))
            slopes = Plus(times(other, Partial(above, variable)), falling)
            return Quotient(slopes, Power(below, 2))
    return None


def _share_slope(
    above: Expr, within: Expr, below: Plus, variable: Expr, given: Given
) -> Quotient | None:
    """The derivative of a fraction whose denominator varies by the term ``within`` only."""
    fixed = [t for t in below.args if not depends(t, variable, given)]
    moving = [t for t in below.args if depends(t, variable, given)]
    if moving != [within] or not fixed:
        return None
    return Quotient(times(plus(*fixed), Partial(above, variable)), Power(below, 2))


@rule(
    law(
        Partial(Quotient(s.u, s.w), s.v),
        Quotient(
            Plus(Times(Partial(s.u, s.v), s.w), Minus(Times(s.u, Partial(s.w, s.v)))),
            Power(s.w, 2),
        ),
    ),
    Partial(Quotient(Exp(z_k), s.partition), z_k),
)
def differentiate_quotient(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Quotient(above, below), variable):
            falling = Minus(times(above, Partial(below, variable)))
            return Quotient(Plus(times(Partial(above, variable), below), falling), Power(below, 2))
    return None


@rule(
    law(
        Partial(Power(s.u, HALF), s.v),
        Quotient(Partial(s.u, s.v), Times(2, Power(s.u, HALF))),
    ),
    Partial(Power(z_k, HALF), z_k),
)
def differentiate_square_root(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Power(base, exponent) as root, variable) if exponent == HALF:
            return Quotient(Partial(base, variable), Times(2, root))
    return None


@rule(
    law(
        Partial(Power(s.u, s.n), s.v),
        Times(s.n, Power(s.u, Plus(s.n, Minus(1))), Partial(s.u, s.v)),
        independent(s.n),
    ),
    Partial(Power(z_k, 3), z_k),
)
def differentiate_power(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Power(base, n), variable) if not depends(n, variable, given):
            lower = n - 1 if is_number(n) else Plus(n, Minus(ONE))
            power = base if lower == 1 else Power(base, lower)
            return times(n, power, Partial(base, variable))
    return None


@rule(
    law(
        Partial(Power(s.c, s.w), s.v),
        Times(Power(s.c, s.w), Log(s.c), Partial(s.w, s.v)),
        independent(s.c),
        Condition("positive", (s.c,)),
    ),
    Partial(Power(Integer(2), z_k), z_k),
)
def differentiate_exponential(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Power(base, exponent) as power, variable) if not depends(
            base, variable, given
        ):
            return times(power, Log(base), Partial(exponent, variable))
    return None


@rule(
    law(
        Partial(Power(s.u, s.w), s.v),
        Times(
            Power(s.u, s.w),
            Plus(
                Times(Partial(s.w, s.v), Log(s.u)),
                Times(s.w, Quotient(Partial(s.u, s.v), s.u)),
            ),
        ),
        Condition("positive", (s.u,)),
    ),
    Partial(Power(Exp(z_k), z_k), z_k),
)
def differentiate_general_power(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Power(base, exponent) as power, variable):
            by_exponent = times(Partial(exponent, variable), Log(base))
            by_base = times(exponent, Quotient(Partial(base, variable), base))
            return times(power, Plus(by_exponent, by_base))
    return None


@rule(
    law(Partial(Exp(s.u), s.v), Times(Exp(s.u), Partial(s.u, s.v))),
    Partial(Exp(z_k), z_k),
)
def differentiate_exp(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Exp(operand) as whole, variable):
            return Times(whole, Partial(operand, variable))
    return None


@rule(
    law(Partial(Log(s.u), s.v), Times(Quotient(1, s.u), Partial(s.u, s.v))),
    Partial(Log(z_k), z_k),
)
def differentiate_log(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Log(operand), variable):
            return Times(Quotient(1, operand), Partial(operand, variable))
    return None


def slope(function: type, position: int, operands: tuple[Expr, ...]) -> Expr:
    """The derivative of a SymPy function by one argument, in inert notation.

    Raises ``DeriveError`` where SymPy's ``fdiff`` knows none.
    """
    places = tuple(Dummy(f"x{n}", real=True) for n in range(len(operands)))
    applied = function(*places)
    try:
        derivative = applied.fdiff(position)
    except (ArgumentIndexError, AttributeError, NotImplementedError):
        derivative = None
    if derivative is None or derivative.has(Derivative, Subs):
        raise DeriveError(
            f"the function {function.__name__} has no rule: SymPy knows no derivative of it by its "
            f"argument {position}; write it with functions that have one, or give its class a "
            "method fdiff"
        )
    return replace(read(derivative), dict(zip(places, operands, strict=True)))
    return None


@rule(
    law(
        Partial(Apply(s.f, s.u), s.v),
        Times(Slope(s.f, 1, s.u), Partial(s.u, s.v)),
    ),
    Partial(Apply(Head(erf), Exp(z_k)), z_k),
)
def differentiate_function(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Apply(function, (operand,)), variable):
            return times(slope(function, 1, (operand,)), Partial(operand, variable))
    return None


@rule(
    law(
        Partial(Apply(s.f, s.u, s.c), s.v),
        Times(Slope(s.f, 1, s.u, s.c), Partial(s.u, s.v)),
        independent(s.c),
    ),
    Partial(Apply(Head(atan2), z_k, s.T), z_k),
    formal="differentiate_function_of_two",
)
def differentiate_in_first(expr: Expr, given: Given) -> Outcome:
    return _in_one(expr, 1, given)


@rule(
    law(
        Partial(Apply(s.f, s.c, s.u), s.v),
        Times(Slope(s.f, 2, s.c, s.u), Partial(s.u, s.v)),
        independent(s.c),
    ),
    Partial(Apply(Head(atan2), s.T, z_k), z_k),
    formal="differentiate_function_of_two",
)
def differentiate_in_second(expr: Expr, given: Given) -> Outcome:
    return _in_one(expr, 2, given)


def _in_one(expr: Expr, position: int, given: Given) -> Outcome:
    """The derivative of a function of two arguments of which but one varies."""
    match expr:
        case Partial(Apply(function, (_, _) as operands), variable):
            if not depends(operands[2 - position], variable, given):
                varying = Partial(operands[position - 1], variable)
                return times(slope(function, position, operands), varying)
    return None


@rule(
    law(
        Partial(Apply(s.f, s.u, s.w), s.v),
        Plus(
            Times(Slope(s.f, 1, s.u, s.w), Partial(s.u, s.v)),
            Times(Slope(s.f, 2, s.u, s.w), Partial(s.w, s.v)),
        ),
    ),
    Partial(Apply(Head(atan2), z_k, Exp(z_k)), z_k),
)
def differentiate_function_of_two(expr: Expr, given: Given) -> Outcome:
    match expr:
        case Partial(Apply(function, (first, second)), variable):
            moving = [
                times(slope(function, n, (first, second)), Partial(operand, variable))
                for n, operand in enumerate((first, second), start=1)
            ]
            return plus(*moving)
        case Partial(Apply(function, operands)) if len(operands) > 2:
            raise DeriveError(
                f"the function {function.__name__} has no rule: it takes {len(operands)} arguments "
                "and at most two are supported; write it with simpler functions"
            )
    return None


def elementary(
    function: type, derivative: Callable[[Expr], Expr]
) -> Callable[[Expr, Given], Outcome]:
    """The rule for one common function, whose derivative is written as a lecturer would."""

    def differentiate(expr: Expr, given: Given) -> Outcome:
        match expr:
            case Partial(Apply(applied, (operand,)), variable) if applied is function:
                return times(derivative(operand), Partial(operand, variable))
        return None

    differentiate.__name__ = f"differentiate_{function.__name__}"
    before = Partial(Apply(Head(function), s.u), s.v)
    claim = law(before, Times(derivative(s.u), Partial(s.u, s.v)))
    return rule(claim, Partial(Apply(Head(function), z_k), z_k))(differentiate)


differentiate_tanh = elementary(tanh, lambda u: Plus(1, Minus(Power(Apply(Head(tanh), u), 2))))
differentiate_sin = elementary(sin, lambda u: Apply(Head(cos), u))
differentiate_cos = elementary(cos, lambda u: Minus(Apply(Head(sin), u)))


@rule(Source.LEMMA, Example(Partial(s.p[s.i1], z_k), s.with_lemma), head=Partial)
def apply_lemma(expr: Expr, given: Given) -> Outcome:
    for lemma in given.lemmas:
        found = instance_of(lemma.before, expr, lemma.indices)
        facts = None if found is None else assumed(lemma, found, given)
        if found is not None and facts is not None:
            return Rewriting(replace(lemma.after, found), given.declared(facts), lemma.name)
    return None


@rule(Source.LEMMA, Example(s.loss, s.with_loss))
def insert_lemma(expr: Expr, given: Given) -> Outcome:
    """Replace what a lemma says is equal to something else."""
    return None if isinstance(expr, (Indexed, Symbol)) else apply_lemma(expr, given)


def assumed(lemma: Lemma, values: Values, given: Given) -> tuple[Fact, ...] | None:
    """The facts that give what a lemma assumes of its indices; None where one is missing."""
    found: list[Fact] = []
    for fact in lemma.assumptions:
        left, right = (replace(e, values) for e in (fact.left, fact.right))
        if isinstance(fact, EqualFact):
            if left != right:
                return None
            continue
        known = given.differ(left, right)
        if known is None:
            return None
        found.append(known)
    return tuple(found)
