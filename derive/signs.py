"""What can be shown about signs, order of indices and dependence, without any rewriting."""

from __future__ import annotations

from typing import TypeAlias

from sympy import (
    Abs,
    Add,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Max,
    Sum,
    Symbol,
    fraction,
    gamma,
    sign,
    together,
)
from sympy.core.basic import Basic

from derive.facts import (
    Definition,
    EntryFact,
    Fact,
    Given,
    IndexRange,
    PositiveFact,
    SizeFact,
)
from derive.notation import (
    ONE,
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    code,
    entries,
    names,
    terms,
)

ANY = frozenset({-1, 0, 1})
POSITIVE = frozenset({1})
NOT_NEGATIVE = frozenset({0, 1})


def signs(expr: Expr, given: Given) -> frozenset[int]:
    """The signs that ``expr`` can have, as far as can be seen: a subset of {-1, 0, 1}."""
    for fact in given.of(PositiveFact):
        if isinstance(fact, PositiveFact) and (told := _told(fact, expr)) is not None:
            return told
    match expr:
        case Exp(_):
            return POSITIVE
        case Minus(operand):
            return frozenset(-s for s in signs(operand, given))
        case Plus((one, Minus(share))) if one == 1 and (rest := _rest(share, given)) is not None:
            return rest
        case Plus((one, Minus(Delta()))) if one == 1:
            return NOT_NEGATIVE
        case Plus(terms):
            found = _sum_of([signs(t, given) for t in terms])
            # Sizes are at least one, which their signs do not say: C - 1 is not negative.
            return found if found != ANY or bases(expr) else _count_signs(expr.doit(), given)
        case Log(Plus(terms)) if ONE in terms and all(
            t == 1 or signs(t, given) == POSITIVE for t in terms
        ):
            return POSITIVE
        case Times(factors):
            return _product_of([signs(f, given) for f in factors])
        case Quotient(numerator, denominator):
            return _product_of([signs(numerator, given), signs(denominator, given) - {0}])
        case Power(base, exponent):
            return _power_of(signs(base, given), exponent)
        case Delta() | Bracket() | Attains():
            return NOT_NEGATIVE
        case Threshold(_, _, above, otherwise):
            return signs(above, given) | signs(otherwise, given)
        case Apply(function, (operand,)) if function is Abs:
            return frozenset(s * s for s in signs(operand, given))
        case Apply(function, (first, second)) if function is Max:
            one, other = signs(first, given), signs(second, given)
            return frozenset(max(a, b) for a in one for b in other)
        case Apply(function, (operand,)) if function is gamma and is_positive(operand, given):
            return POSITIVE
        case Apply(function, (operand,)) if function is sign:
            return signs(operand, given)
        case Total():
            body, index = expr.open()
            inner = signs(body, given.within(index, tuple(expr.limits[1:])))
            some = nonempty(expr, given) is not None and not expr.excluded
            return _sum_of([inner]) if some else inner | {0}
        case ProductOver():
            body, index = expr.open()
            inner = signs(body, given.within(index, tuple(expr.limits[1:])))
            # A product of nothing is 1.
            return ANY if -1 in inner else inner | {1}
        case Maximum():
            body, index = expr.open()
            return signs(body, given.within(index, tuple(expr.limits[1:])))
        case Indexed():
            return _entry_signs(expr, given)
        case Symbol() if (definition := given.definition_of(expr)) is not None:
            return signs(definition.value, given)
        case Symbol() if (known := given.range_of(expr)) is not None and known.lower.is_positive:
            return POSITIVE
    if expr.is_positive:
        return POSITIVE
    if expr.is_negative:
        return frozenset({-1})
    if expr.is_zero:
        return frozenset({0})
    return NOT_NEGATIVE if expr.is_nonnegative else ANY


def _told(fact: PositiveFact, expr: Expr) -> frozenset[int] | None:
    """What a fact says of the sign of ``expr``: ``a > b`` does of ``a - b`` and of ``b - a``."""
    stated = terms(fact.as_to(expr))
    turned = [t.operand if isinstance(t, Minus) else Minus(t) for t in stated]
    for sign_there, parts in ((1, stated), (-1, turned)):
        if sorted(map(code, parts)) == sorted(map(code, terms(expr))):
            return frozenset({sign_there})
    return None


def _count_signs(number: Expr, given: Given) -> frozenset[int]:
    """The signs of a number made of sizes, indices and parameters, as in ``1 - k/(C + 1)``."""
    if number.is_positive or _is_counted(number, given):
        return POSITIVE
    return NOT_NEGATIVE if number.is_nonnegative else ANY


def _is_counted(number: Expr, given: Given) -> bool:
    """Whether a fraction of whole numbers is seen to be positive wherever its indices lie."""
    above, below = fraction(together(number))
    whole = above.is_integer and below.is_positive
    return bool(whole) and at_most(ONE, above, given) is not None


def is_count(size: Expr) -> bool:
    """Whether a size made of sizes is one at least, whatever they are: ``T + 1``, ``N + L - 1``."""
    terms = Add.make_args(size.expand())
    if not size.is_integer or not all(t.is_positive or t.is_number for t in terms):
        return False
    # It grows with each of them, so it is smallest where all are one.
    return bool(size.subs(dict.fromkeys(size.free_symbols, ONE)) >= 1)


def is_zero(expr: Expr) -> bool:
    """Whether ``expr`` is zero as it is written, as ``z_i - z_i`` and ``Σ_l (w_l - w_l)^2`` are."""
    return bool(expr.doit().replace(_is_sum_of_zeros, lambda total: Integer(0)) == 0)


def _is_sum_of_zeros(plain: Basic) -> bool:
    """SymPy leaves such a sum standing."""
    return isinstance(plain, Sum) and plain.function == 0


def is_positive(expr: Expr, given: Given) -> bool:
    """Whether ``expr`` can be shown to be positive."""
    return signs(expr, given) == POSITIVE


def speaking_of(expr: Expr, given: Given) -> tuple[Fact, ...]:
    """The facts from which the sign of ``expr`` may follow; of indices alone, their ranges."""
    leaves = bases(expr) | names(expr)
    facts = (f for f in given.of(PositiveFact) if isinstance(f, PositiveFact))
    told = (f for f in facts if leaves & (bases(f.expression) or names(f.expression)))
    indices = () if bases(expr) else sorted(names(expr), key=str)
    ranges = tuple(known for known in map(given.range_of, indices) if known is not None)
    return (*told, *given.declared(ranges))


def told_above(expr: Expr, number: Expr, given: Given) -> PositiveFact | None:
    """The fact that a leaf or one less a number is more than ``number``, as ``h > 1`` tells.

    Of half the leaf, too: ``p > 2`` tells that ``p/2 - 1`` is more than zero.
    """
    for fact in given.of(PositiveFact):
        if isinstance(fact, PositiveFact) and fact.subject is not None:
            told = fact.as_to(expr).doit()
            share = expr.doit().coeff(fact.subject)
            part = share * told if share.is_Rational and share.is_positive else told
            beyond = (expr - number - part).doit()
            if beyond.is_number and beyond.is_nonnegative:
                return fact
    return None


def is_above(expr: Expr, number: Expr, given: Given) -> bool:
    """Whether ``expr`` is seen to be more than ``number``."""
    whole = expr - number
    return bool(whole.is_positive) or told_above(expr, number, given) is not None


def is_not_negative(expr: Expr, given: Given) -> bool:
    """Whether ``expr`` can be shown to be positive or zero."""
    return signs(expr, given) <= NOT_NEGATIVE


def _rest(share: Expr, given: Given) -> frozenset[int] | None:
    """The signs of what ``a / (a + b)``, or a product of such, leaves of one; None for others."""
    if isinstance(share, Times):
        between = (signs(p, given) == POSITIVE == _rest(p, given) for p in share.args)
        return POSITIVE if all(between) else None
    definition = given.definition_of(share)
    match share if definition is None else definition.value:
        case Quotient(above, Plus(terms) as below) if above in terms:
            at = terms.index(above)
            others = _sum_of([signs(t, given) for n, t in enumerate(terms) if n != at])
            return _product_of([others, signs(below, given) - {0}])
    return None


def _entry_signs(entry: Indexed, given: Given) -> frozenset[int]:
    definition = given.definition_of(entry)
    if definition is not None:
        return signs(definition.value, given)
    for fact in given.facts:
        about = fact.expression if isinstance(fact, PositiveFact) else None
        if isinstance(about, Indexed) and about.base == entry.base:
            return POSITIVE
        if isinstance(fact, EntryFact) and fact.entry.base == entry.base:
            return signs(fact.value, given)
    return ANY


def _sum_of(parts: list[frozenset[int]]) -> frozenset[int]:
    all_signs = frozenset().union(*parts)
    if {-1, 1} <= all_signs:
        return ANY
    # Terms of one sign: the sum is zero only where every term can be.
    return all_signs if all(0 in p for p in parts) else all_signs - {0}


def _product_of(parts: list[frozenset[int]]) -> frozenset[int]:
    result = POSITIVE
    for part in parts:
        result = frozenset(a * b for a in result for b in part)
    return result


def _power_of(base: frozenset[int], exponent: Expr) -> frozenset[int]:
    if base == POSITIVE:
        return POSITIVE
    if isinstance(exponent, Integer) and exponent % 2 == 0:
        return frozenset(s * s for s in base)
    if isinstance(exponent, Integer):
        return base
    # A real power of a base that may be zero or negative is taken where it exists.
    return NOT_NEGATIVE if 0 in base or -1 in base else POSITIVE


Bounds: TypeAlias = tuple[IndexRange | SizeFact, ...]


def at_most(low: Expr, high: Expr, given: Given, depth: int = 4) -> Bounds | None:
    """What is known of indices and sizes from which ``low <= high`` follows; None without it."""
    difference = high - low
    if difference.is_nonnegative:
        return ()
    if difference.is_number or depth == 0:
        return None
    # A class taken from an integer array, such as t[n], lies in the axis that it indexes.
    for index in (*sorted(names(difference), key=str), *entries(difference)):
        known: IndexRange | SizeFact | None = given.range_of(index) or given.least(index)
        if known is None:
            continue
        slope = difference.coeff(index)
        bound = _bound(known, slope)
        if bound is None or names(bound) & {index}:
            continue
        rest = at_most(
            low.xreplace({index: bound}), high.xreplace({index: bound}), given, depth - 1
        )
        if rest is not None:
            return (known, *rest)
    return None


def nonempty(binder: Binder, given: Given) -> Bounds | None:
    """What is known from which it follows that a binder has a value to go over; None without it."""
    return at_most(binder.lower + len(binder.excluded), binder.upper, given)


def _bound(known: IndexRange | SizeFact, slope: Expr) -> Expr | None:
    """The value at which something that rises or falls with an index or a size is smallest."""
    if isinstance(known, SizeFact):
        return known.least if slope.is_positive else None
    return known.lower if slope.is_positive else known.upper if slope.is_negative else None


def within(index: Expr, lower: Expr, upper: Expr, given: Given) -> Bounds | None:
    """The ranges from which ``lower <= index <= upper`` follows, or None."""
    below, above = at_most(lower, index, given), at_most(index, upper, given)
    return None if below is None or above is None else tuple(dict.fromkeys(below + above))


def ingredients(expr: Expr, definitions: tuple[Definition, ...]) -> frozenset[Expr]:
    """Arrays and symbols that ``expr`` is made of, through definitions, these included."""
    found: set[Expr] = set(bases(expr)) | set(names(expr))
    for definition in reversed(definitions):
        if definition.base in found:
            found |= ingredients(definition.value, definitions)
    return frozenset(found)


def depends(expr: Expr, variable: Expr, given: Given) -> bool:
    """Whether the value of ``expr`` can depend on ``variable``."""
    target: Expr | IndexedBase | Symbol = (
        variable.base if isinstance(variable, Indexed) else variable
    )
    return target in ingredients(expr, given.definitions)
