"""Roots of sums of squares, whose squares may be too large or too little for floating point."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from sympy import Abs, Expr, Function, Indexed, Integer, Rational, S, Symbol, sqrt

from derive.facts import Given
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    binders,
    factors,
    names,
    plus,
    times,
    without,
)
from derive.signs import is_not_negative


class hypot(Function):
    """``√(a² + b²)``."""


class length(Function):
    """The root of a sum of squares over indices."""


def norm(expr: Expr) -> Expr | None:
    """A power of the root of a sum of squares by that root; None for anything else."""
    match expr:
        case Power(base, exponent) if not exponent.is_number or getattr(exponent, "q", 1) == 2:
            root = _root(base)
            if root is None or exponent == S.Half:
                return root
            return _near_one(expr, _squared_to(root, exponent))
    return None


def _squared_to(root: Expr, exponent: Expr) -> Expr:
    """The power of a square by its root."""
    match exponent:
        case Times((half, *rest)) if half == S.Half:
            return Power(root, times(*rest))
    twice = 2 * exponent if exponent.is_number else Times(Integer(2), exponent)
    return root if twice == 1 else Power(root, twice)


def beside_one(base: Expr, exponent: Expr) -> Expr | None:
    """What stands beside a 1 that is raised to a letter, if it has a square: it is not negative."""
    little = _beside_raised_one(base, exponent)
    whole = little.numerator if isinstance(little, Quotient) else little
    return little if whole is not None and any(map(is_square, factors(whole))) else None


def _beside_raised_one(base: Expr, exponent: Expr) -> Expr | None:
    """What stands beside a 1 in what is raised to a letter."""
    return None if exponent.is_number else without_one(base)


def without_one(base: Expr) -> Expr | None:
    """What stands beside a 1 in a sum."""
    if not isinstance(base, Plus) or ONE not in base.args:
        return None
    return plus(*without(base.args, base.args.index(ONE)))


def is_square(factor: Expr) -> bool:
    """Whether this is an even power."""
    return isinstance(factor, Power) and factor.exponent.is_even is True


def _near_one(power: Expr, by_root: Expr) -> Expr:
    """``(1 + q)^a`` by ``log(1 + q)`` where ``q`` is below 1: a large ``a`` shows any rounding."""
    base, exponent = power.args
    little = _beside_raised_one(base, exponent)
    if little is None:
        return by_root
    return Threshold(ONE, little, Exp(Times(exponent, Log(base))), by_root)


def _root(expr: Expr) -> Expr | None:
    """The root of a sum of squares and numbers, or of so many times that."""
    match expr:
        case Total() if is_of_squares(expr):
            return Apply(Head(length), expr)
        case Plus(parts):
            sides = _sides(parts)
            return reduce(lambda a, b: Apply(Head(hypot), a, b), sides) if sides else None
        case Quotient(above, below):
            root, rest = _root(above), _known_root(below)
            return None if root is None or rest is None else Quotient(root, rest)
        case Times(parts):
            roots = [_root(p) for p in parts]
            sides = [root or _known_root(p) for p, root in zip(parts, roots, strict=True)]
            return times(*filter(None, sides)) if any(roots) and all(sides) else None
    return None


def over_squares(expr: Quotient, written: Callable[[Expr], Expr]) -> Expr | None:
    """A fraction over a sum of squares, by whose root two of the factors above are divided.

    So it is over a power of more than one of such a sum, of which one less is left below.

    Args:
        written: What stands behind a name.
    """
    below = factors(expr.denominator)
    is_large = any(_is_large(f) or _holds_squares(f) for f in factors(expr.numerator))
    for n, square in enumerate(below):
        base, exponent = (square, ZERO) if expr.numerator.is_Number else _less_one(square)
        times_below = 1
        if (
            is_large
            and isinstance(base, Power)
            and base.exponent == 2
            and _root(base.base) is not None
        ):
            base, times_below = base.base, 2
        beside = is_large or any(_is_squared_in(f, base) for f in factors(expr.numerator))
        root = _root_of_little(base, written, beside)
        if root is not None:
            above = _over_root(factors(expr.numerator), root, times_below)
            rest = [*without(below, n), *([_squared_to(root, exponent)] if exponent else [])]
            return Quotient(times(*above), times(*rest)) if rest else times(*above)
    return None


def _over_root(above: tuple[Expr, ...], root: Expr, times_below: int) -> list[Expr]:
    """The factors above over the square of a root, or over its fourth power.

    Squares of which others are taken are divided each by itself: they may all be infinite.
    """
    at = next((n for n, f in enumerate(above) if _holds_squares(f)), None)
    if at is None:
        return [_divided(f, root, times_below) for f in _two(above)]
    inside = plus(*(_square_over(t, root) for t in above[at].args))
    return [*without(above, at), _divided(inside, root, 2 * times_below - 2)]


def _holds_squares(factor: Expr) -> bool:
    """Whether a sum has squares and numbers for its terms, one of them taken away."""
    if not isinstance(factor, Plus) or not any(isinstance(t, Minus) for t in factor.args):
        return False
    bare = [t.operand if isinstance(t, Minus) else t for t in factor.args]
    return any(map(is_square, bare)) and all(is_square(t) or t.is_Number for t in bare)


def _square_over(term: Expr, root: Expr) -> Expr:
    """A square over that of a root, as a square."""
    match term:
        case Minus(operand):
            return Minus(_square_over(operand, root))
        case Power(base, exponent) if exponent == 2:
            return Power(Quotient(base, root), exponent)
    known = _known_root(term)
    if known is not None:
        return Power(Quotient(known, root), Integer(2))
    return Quotient(Quotient(term, root), root)


def _divided(expr: Expr, root: Expr, times_below: int) -> Expr:
    """``expr`` over a root, once or more often: a power of that may be too large."""
    return expr if times_below == 0 else _divided(Quotient(expr, root), root, times_below - 1)


def _less_one(power: Expr) -> tuple[Expr, Expr]:
    """What is raised to more than one, and one less than its exponent; anything else, and 0."""
    match power:
        case Power(base, Rational() as exponent) if exponent > 1 and not exponent.is_integer:
            return base, exponent - 1
        case Power(base, Plus(parts)) if one := next((p for p in parts if p == 1), None):
            return base, plus(*without(parts, parts.index(one)))
    return power, ZERO


def _is_large(factor: Expr) -> bool:
    """Whether this is a square, or a sum of such, which may be too large as what is below."""
    return is_square(factor) or (isinstance(factor, Total) and is_of_squares(factor))


def _is_squared_in(factor: Expr, square: Expr) -> bool:
    """Whether a number, or one of its array, is squared in a sum: that may be infinite before it.

    The fraction would round to zero where it is no smaller than one over the number.
    """
    match factor, square:
        case (Indexed() | Symbol(), Plus(parts)):
            squares = (p for p in parts if is_square(p) or isinstance(p, Total))
            return any({factor, *bases(factor)} & {*names(p), *bases(p)} for p in squares)
    return False


def _root_of_little(
    square: Expr, written: Callable[[Expr], Expr], beside_large: bool
) -> Expr | None:
    """The root of a sum of squares that may all be too little, or of the square of a norm.

    Beside what may be too large it may have other terms as well.
    """
    match square:
        case Power(base, exponent) if exponent == 2:
            return base if norm(written(base)) is not None else None
        case Plus(parts):
            return _root(square) if beside_large or all(map(squared, parts)) else None
        case Total():
            return _root(square)
    return None


def around_powers(parts: tuple[Expr, ...]) -> tuple[Expr, ...] | None:
    """``u^2 (1 + u^2)^a`` as ``u (1 + u^2)^a u``: the square alone may be too large.

    With a letter in ``a`` so may the power alone be too little: half of it comes before ``u``.
    """
    at = next((n for n, f in enumerate(parts) if isinstance(f, Power) and norm(f) is not None), -1)
    if at < 0:
        return None
    others = without(parts, at)
    square = next((f for f in others if isinstance(f, Power) and f.exponent == 2), None)
    rest = without(others, others.index(square)) if square else others
    beside = (square.base,) if square else ()
    if parts[at].exponent.is_number:
        return (*beside, parts[at], *rest, *beside) if square else None
    half = Power(parts[at].base, times(S.Half, parts[at].exponent))
    return (half, *beside, *rest, half, *beside)


def beside_powers(parts: list[Expr]) -> list[Expr]:
    """The factors in a sum, those that stand around a power multiplied by it first.

    What has other indices stays apart: a sum of products with it is one of matrices.
    """
    for power in parts:
        near = [f for f in parts if names(f) <= names(power)]
        if isinstance(power, Power) and around_powers(tuple(near)) is not None:
            return [Times(*near), *(f for f in parts if f not in near)]
    return parts


def _two(parts: tuple[Expr, ...]) -> tuple[Expr, Expr]:
    """The parts as two factors, numbers in the first; of a square one in each."""
    for n, part in enumerate(parts):
        match part:
            case Power(base, exponent) if exponent == 2:
                return times(*without(parts, n), base), base
            case Total() if is_of_squares(part):
                root = Apply(Head(length), part)
                return times(*without(parts, n), root), root
    last = next((n for n, f in enumerate(parts) if not f.is_Number), None)
    return (times(*parts), ONE) if last is None else (times(*without(parts, last)), parts[last])


def log_square(expr: Expr) -> Expr | None:
    """The logarithm of a power, or of what has a root here, by the logarithm of what is raised."""
    match expr:
        case Log(Power(base, Rational() as exponent)):
            return Times(exponent, Log(_size(base) if exponent.is_even else base))
        case Log(operand) if (root := squared(operand)) is not None:
            return Times(Integer(2), Log(_size(root)))
    return None


def _size(expr: Expr) -> Expr:
    """``|u|``, which is ``u`` where that is not negative."""
    match expr:
        case Apply(function) if function in (hypot, length):
            return expr
    return expr if _is_size(expr) else Apply(Head(Abs), expr)


def _is_size(expr: Expr) -> bool:
    """Whether a number is seen not to be negative; entries are real, which SymPy is not told."""
    return not binders(expr) and is_not_negative(expr, Given())


def squared(expr: Expr) -> Expr | None:
    """What is squared, up to its sign, which does not matter beside another square."""
    match expr:
        case Power(base, exponent) if exponent.is_even and exponent > 0:
            return base if exponent == 2 else Power(base, exponent / 2)
        case Quotient(above, below):
            return Quotient(*sides) if (sides := _sides((above, below))) else None
        case Times(parts):
            return times(*sides) if (sides := _sides(parts)) else None
    return _root(expr)


def _sides(parts: tuple[Expr, ...]) -> list[Expr]:
    """The roots of all parts, of which at least one is squared; none where one has no root."""
    bare = [squared(p) for p in parts]
    sides = [side or _known_root(p) for p, side in zip(parts, bare, strict=True)]
    known = [s for s in sides if s is not None]
    return known if any(bare) and len(known) == len(sides) else []


def _known_root(expr: Expr) -> Expr | None:
    """The root of a number that cannot be negative."""
    if not _is_size(expr):
        return None
    root = sqrt(expr) if expr.is_Number else None
    return root if root is not None and root.is_Rational else Power(expr, S.Half)


def is_of_squares(total: Total) -> bool:
    """Whether every term of a sum, or of several inside each other, is a square of its own."""
    body: Expr = total
    bound: set[Expr] = set()
    while isinstance(body, Total):
        body, index = body.opened
        bound.add(index)
    return isinstance(body, Power) and body.exponent == 2 and bound <= names(body.base)
