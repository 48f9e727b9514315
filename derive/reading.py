"""From plain SymPy, as users write it, to inert notation."""

from __future__ import annotations

from typing import Any

from sympy import (
    Add,
    And,
    DiracDelta,
    E,
    Expr,
    Float,
    Function,
    Ge,
    Gt,
    Heaviside,
    Idx,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Le,
    Lt,
    Max,
    Min,
    Mul,
    Number,
    NumberSymbol,
    Or,
    Piecewise,
    Pow,
    Product,
    Rational,
    S,
    Sum,
    Symbol,
    beta,
    binomial,
    erf,
    erfc,
    exp,
    factorial,
    gamma,
    log,
    re,
)
from sympy.core.basic import Basic
from sympy.core.function import AppliedUndef

from derive.branches import escaped, put_back
from derive.errors import DeriveError
from derive.notation import (
    ONE,
    ZERO,
    Apply,
    Attains,
    Delta,
    Exp,
    Head,
    Inert,
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
    factors,
    mask,
    masked,
    plus,
    times,
)

KINKS = (Heaviside, DiracDelta)


def read(expr: Basic) -> Expr:
    """``expr`` in inert notation, each node as SymPy prints it.

    Raises ``DeriveError`` for what has no place in a loss: complex or infinite numbers, matrices,
    integrals, undefined functions, functions with a kink.
    """
    match expr:
        case Maximum():
            body, index = expr.open()
            inner = read(body)
            return expr if inner == body else expr.over(inner, index)
        case Threshold() | Exp():
            return type(expr)(*map(read, expr.args))
        case Inert():
            return expr
        case Float():
            # A decimal stands for what was typed, not for its binary neighbour.
            return read(Rational(str(expr)))
        case Number() if expr.is_finite:
            return Minus(-expr) if expr.is_negative else expr
        case NumberSymbol():
            return expr
        case Symbol():
            return _real(expr)
        case Indexed():
            return expr
        case Add() if expr.has(erfc):
            # Which SymPy turns so that erfc(-u) is 2 - erfc(u).
            return read(expr.replace(erfc, _left_of_one))
        case Add():
            return _read_sum(expr)
        case Mul():
            return _read_product(expr)
        case Pow():
            return _read_power(expr)
        case exp():
            return Exp(_over_one_bar(read(expr.args[0])))
        case log():
            return Log(read(expr.args[0]))
        case Sum() | Product():
            return _read_ranged(expr)
        case KroneckerDelta():
            return Delta(expr.args[0], expr.args[1])
        case AppliedUndef():
            raise DeriveError(
                f"the function {expr.func.__name__} has no rule: it is undefined; write out what "
                "it stands for, or make it a sympy.Function subclass with a method fdiff"
            )
        case Max() | Min():
            return _read_extreme(expr)
        case Piecewise():
            return _read_piecewise(expr)
        case Heaviside() if expr.args[1] in (0, 1):
            step = read(expr.args[0])
            return Threshold(step, ZERO, ONE, ZERO) if expr.args[1] == 0 else _from_zero(step)
        case re():
            # Entries are real, though SymPy does not know it: |e^z| is e^(re z) to it.
            return read(expr.args[0])
        case erfc():
            return read(_left_of_one(*expr.args))
        case beta() | binomial() | factorial():
            # The gamma function has rules, and a logarithm that does not overflow.
            return read(expr.rewrite(gamma))
        case Function() if not isinstance(expr, KINKS):
            return Apply(Head(expr.func), *map(read, expr.args))
    raise DeriveError(_refusal(expr))


def _left_of_one(u: Expr) -> Expr:
    """``erfc(u)``: what is left of one has rules, and a form that does not round to zero."""
    return ONE - erf(u)


def _over_one_bar(exponent: Expr) -> Expr:
    """``Σ/T`` in an exponent, where ``1/T Σ`` is read elsewhere: as rules leave it."""
    match exponent:
        case Minus(operand):
            return Minus(_over_one_bar(operand))
        case Times((Quotient(one, below), *rest)) if one == 1 and any(
            isinstance(f, Total) for f in rest
        ):
            return Quotient(times(*rest), below)
    return exponent


def _refusal(expr: Basic) -> str:
    name = type(expr).__name__
    if isinstance(expr, KINKS):
        return (
            f"{name} has no rule: its derivative does not exist at its kink; write the smooth part "
            "that you mean, such as one branch of it"
        )
    if isinstance(expr, IndexedBase):
        return f"{expr} is a whole array; write an entry of it, such as {expr}[i]"
    if isinstance(expr, Idx):
        return f"{expr} is an Idx; make indices with symbols('{expr.name}', integer=True)"
    if expr.is_finite is False or expr is S.NaN:
        return f"the expression contains {expr}: something in it is infinite, such as 1/0 or log(0)"
    if expr is S.ImaginaryUnit:
        return (
            "the expression contains the imaginary unit: inputs are real, and so are logarithms "
            "and roots; check the sign under each"
        )
    return (
        f"{expr} ({name}) cannot stand in a loss; use + - * / **, exp, log, Sum and functions of "
        "real numbers"
    )


def _read_extreme(expr: Max | Min) -> Expr:
    """The largest or smallest of several, two at a time."""
    *others, last = map(read, expr.args)
    for other in reversed(others):
        last = Apply(Head(expr.func), other, last)
    return last


def _read_piecewise(expr: Piecewise) -> Expr:
    """The branches from the last one upwards, each beside those below it."""
    *others, (last, condition) = expr.args
    if condition != True:  # noqa: E712
        raise DeriveError(
            f"{expr} says nothing of where {condition} does not hold; end it with a branch for all "
            "that is left, as in Piecewise((u, z > 0), (w, True))"
        )
    if outside := escaped(expr):
        index = min(outside, key=str)
        condition = next(c for _, c in expr.args if index in c.free_symbols)
        raise DeriveError(
            f"the condition {condition} stands outside of the sum or product over {index} that it "
            "seems to belong to: SymPy takes a Piecewise out of the sums in a Sum; write one sum "
            "with all ranges, as Sum(f, (j, 1, M), (i, 1, N)), or the loss as text; if another "
            f"{index} is meant, call the index of the inner sum otherwise"
        )
    otherwise = read(last)
    for value, condition in reversed(others):
        otherwise = _branch(read(value), condition, otherwise)
    return otherwise


def _branch(value: Expr, condition: Basic, otherwise: Expr) -> Expr:
    """``value`` where a condition holds, ``otherwise`` elsewhere."""
    if isinstance(condition, And):
        for part in sorted(condition.args, key=str):
            value = _branch(value, part, otherwise)
        return value
    if isinstance(condition, Or):
        for part in sorted(condition.args, key=str):
            otherwise = _branch(value, part, otherwise)
        return otherwise
    if not isinstance(condition, (Gt, Ge, Lt, Le)):
        raise DeriveError(
            f"the condition {condition} of a Piecewise is not read: it has to compare two numbers "
            "by <, <=, > or >=; write one branch for each comparison"
        )
    if all(side.is_integer for side in condition.args):
        raise DeriveError(
            f"the condition {condition} of a Piecewise compares indices; write a sum over the "
            "indices that are meant, or KroneckerDelta"
        )
    more, less = read(condition.gts), read(condition.lts)
    if isinstance(condition, (Gt, Lt)):
        return _chosen(more, less, value, otherwise)
    # more >= less is where less does not exceed more.
    return _chosen(less, more, otherwise, value)


def _chosen(first: Expr, second: Expr, above: Expr, otherwise: Expr) -> Expr:
    """A choice; what SymPy has moved into the branches of one in an exponent is outside again."""
    shared = [f for f in factors(above) if f in factors(otherwise)]
    match (
        *(f for f in factors(above) if f not in shared),
        *(f for f in factors(otherwise) if f not in shared),
    ):
        case Exp(one), Exp(other):
            return times(*shared, Exp(Threshold(first, second, one, other)))
    decided = (_decided(first, second, above, True), _decided(first, second, otherwise, False))
    return Threshold(first, second, *decided)


def _decided(first: Expr, second: Expr, branch: Expr, holds: bool) -> Expr:
    """A branch of a choice, in which choices on the same condition are made: SymPy repeats it."""
    match branch:
        case Threshold(more, less, above, otherwise):
            if (more, less) == (first, second):
                return _decided(first, second, above if holds else otherwise, holds)
            inner = (_decided(first, second, b, holds) for b in (above, otherwise))
            return Threshold(more, less, *inner)
    return branch


def _from_zero(number: Expr) -> Expr:
    """1 where a number is zero or more, else 0."""
    return Threshold(ZERO, number, ZERO, ONE)


def _real(symbol: Symbol) -> Symbol:
    if symbol.is_extended_real is False or not symbol.is_commutative:
        raise DeriveError(f"the symbol {symbol} is not real; inputs are real numbers")
    return symbol


def _read_sum(expr: Add) -> Expr:
    number, rest = expr.as_coeff_Add()
    if number not in (0, 1, -1) and isinstance(delta := -rest / number, KroneckerDelta):
        # SymPy multiplies a number into the mask 1 - δ beside it.
        size = times(abs(number), mask(*delta.args))
        return Minus(size) if number < 0 else size
    terms = [read(t) for t in expr.as_ordered_terms()]
    if isinstance(terms[0], Minus):
        # A sum does not begin with a minus where it can be avoided.
        first = next((n for n, t in enumerate(terms) if not isinstance(t, Minus)), 0)
        terms.insert(0, terms.pop(first))
    if any(isinstance(t, Total) for t in terms):
        # A bias stands behind the weighted sum.
        terms.sort(key=lambda t: isinstance(t, Indexed))
    return plus(*terms)


def _read_product(expr: Mul) -> Expr:
    coefficient, _ = expr.as_coeff_Mul()
    if coefficient.is_negative:
        return Minus(read(-expr))
    if any(map(_is_root, expr.args)):
        return read(Mul(*(_raised(f) if _is_root(f) else f for f in expr.args)))
    above: list[Expr] = []
    below: list[Expr] = []
    over_partition = any(isinstance(f, Sum) for f in expr.args)
    for factor in expr.args:
        if over_partition and isinstance(factor, exp) and factor.args[0].could_extract_minus_sign():
            # SymPy writes S/e^z as e^{-z} S; a person reads the reciprocal of a softmax.
            below.append(read(exp(-factor.args[0])))
        elif isinstance(factor, Pow) and factor.exp.could_extract_minus_sign():
            below.append(read(factor.base**-factor.exp))
        else:
            above.extend(factors(read(factor)))
    _pair_powers(above, below)
    _join_roots(above, below)
    above.sort(key=reading_order)
    below.sort(key=reading_order)
    if below and above and isinstance(above[0], Rational) and not isinstance(above[0], Integer):
        fraction = above.pop(0)
        below.insert(0, Integer(fraction.q))
        if fraction.p != 1:
            above.insert(0, Integer(fraction.p))
    if not below:
        return times(*above)
    if any(Total in _heads(f) for f in above) and all(
        isinstance(f, (Symbol, Number)) for f in below
    ):
        # A mean is read as 1/N times a sum.
        return times(Quotient(ONE, times(*below)), *above)
    return Quotient(times(*above), times(*below))


def _pair_powers(above: list[Expr], below: list[Expr]) -> None:
    """Read ``e^{2u}/S^2``, which is how SymPy writes it, as ``(e^u/S)^2``; in place."""
    for lower in list(below):
        if not (isinstance(lower, Power) and isinstance(lower.base, Total)):
            continue
        if not lower.exponent.is_Integer:
            continue
        for upper in above:
            exponent = upper.operand.doit() / lower.exponent if isinstance(upper, Exp) else None
            if exponent is not None and exponent.as_coeff_Mul()[0].is_Integer:
                above.remove(upper)
                below.remove(lower)
                above.append(Power(Quotient(Exp(read(exponent)), lower.base), lower.exponent))
                break


def _join_roots(above: list[Expr], below: list[Expr]) -> None:
    """Read the root of a mean, which SymPy takes apart, as ``(S/C)^r``; in place."""
    for upper in [f for f in above if isinstance(f, Power) and isinstance(f.base, Total)]:
        for lower in [f for f in below if isinstance(f, Power) and isinstance(f.base, Symbol)]:
            if upper.exponent == lower.exponent and not upper.exponent.is_Integer:
                above.remove(upper)
                below.remove(lower)
                mean = times(Quotient(ONE, lower.base), upper.base)
                above.append(Power(mean, upper.exponent))
                break


def _heads(expr: Expr) -> frozenset[type]:
    return expr.heads if isinstance(expr, Inert) else frozenset()


def _is_root(expr: Basic) -> bool:
    """Whether this is a root of an exponential, as ``sqrt(exp(2*z[i]))``, of real inputs."""
    return isinstance(expr, Pow) and isinstance(expr.base, exp) and expr.exp.is_Rational


def _raised(root: Pow) -> Expr:
    """``e^z`` for ``sqrt(e^{2z})``."""
    return exp(root.exp * root.base.args[0])


def _read_power(expr: Pow) -> Expr:
    if expr.base == E:
        return Exp(read(expr.exp))
    if _is_root(expr):
        return read(_raised(expr))
    if expr.exp.could_extract_minus_sign() and not expr.exp.has(KroneckerDelta):
        return Quotient(ONE, read(expr.base**-expr.exp))
    return Power(read(expr.base), read(expr.exp))


def _read_ranged(expr: Sum | Product) -> Expr:
    """A sum or a product over one index after the other."""
    kind, noun = (Total, "sum") if isinstance(expr, Sum) else (ProductOver, "product")
    body = read(put_back(expr.function, expr.variables))
    done: set[Expr] = set()
    for limit in expr.limits:
        if len(limit) != 3:
            raise DeriveError(
                f"the {noun} {expr} has an index without a range; write "
                f"{type(expr).__name__}(term, ({limit[0]}, 1, C))"
            )
        index, lower, upper = limit
        if inside := done & (lower.free_symbols | upper.free_symbols):
            outer = min(map(str, inside))
            raise DeriveError(
                f"the range of {index} in the {noun} {expr} depends on {outer}, and the first "
                f"range of several is the innermost; write that of {index} before that of {outer}"
            )
        done.add(index)
        if not (lower.is_finite is not False and upper.is_finite is not False):
            raise DeriveError(
                f"the {noun} {expr} is infinite; its range must end at a size such as C"
            )
        left_out: tuple[Expr, ...] = ()
        if kind is ProductOver:
            body, left_out = _without_exponents(body, index)
        body = kind(body, (index, lower, upper, *left_out))
    return body


def _without_exponents(body: Expr, index: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """``f_j`` and ``i`` for ``f_j^{1 - δ_{ij}}``: a factor to the power 0 is left out."""
    match body:
        case Power(base, exponent):
            found = [masked(factor, index) for factor in factors(exponent)]
            others = tuple(dict.fromkeys(other for other in found if other is not None))
            if len(others) == len(found):
                return base, others
    return body, ()


def reading_order(factor: Expr) -> tuple[int, str]:
    """How products are written: numbers, parameters, fractions, entries, functions, long sums."""
    match factor:
        case Number() | NumberSymbol():
            return 0, ""
        case Quotient(numerator, denominator) if numerator == 1 and isinstance(
            denominator, (Symbol, Number)
        ):
            return 1, ""
        case Symbol():
            return 2, factor.name
        case Power(base, _):
            rank, name = reading_order(base)
            return (rank, name) if rank < 6 else (7, name)
        case Indexed():
            # A matrix stands before the vector that it multiplies.
            return 3, "" if len(factor.indices) > 1 else "vector"
        case Delta() | Threshold() | Attains():
            return 4, ""
        case Quotient():
            return 5, ""
        case Exp():
            return 6, ""
        case Plus():
            return 8, ""
        case Total() | ProductOver():
            return 9, ""
        case _:
            return 7, ""


def as_expr(value: Any) -> Expr:
    """A Python or SymPy number or expression as a SymPy expression; text is refused.

    Raises ``TypeError`` for anything else.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Rational(str(value)) if isinstance(value, float) else Integer(value)
    if isinstance(value, Expr):
        return value
    hint = "; text is never evaluated" if isinstance(value, str) else ""
    raise TypeError(f"expected a SymPy expression, not {value!r} ({type(value).__name__}){hint}")
