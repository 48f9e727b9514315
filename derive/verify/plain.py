"""Plain SymPy read as inert notation, so that there is one set of meanings to check by."""

from __future__ import annotations

from sympy import (
    Add,
    And,
    Basic,
    Derivative,
    Expr,
    Float,
    Ge,
    Gt,
    Heaviside,
    Integer,
    KroneckerDelta,
    Le,
    Lt,
    Mul,
    Or,
    Piecewise,
    Pow,
    Product,
    Rational,
    Sum,
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
from sympy.core.function import Application
from sympy.functions.elementary.exponential import ExpBase

from derive.arrays import Entry
from derive.branches import put_back
from derive.errors import DeriveError
from derive.notation import (
    Apply,
    Attains,
    Bracket,
    Delta,
    Exp,
    Head,
    Inert,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Threshold,
    Times,
    Total,
)


def written_out(entry: Entry) -> Expr:
    """An entry of an array without the array.

    Raises ``NotImplementedError`` where the shapes do not fit.
    """
    try:
        return entry.written_out
    except DeriveError as error:
        raise NotImplementedError(str(error)) from error


def as_inert(expr: Basic) -> Expr:
    """The same expression in inert notation.

    Raises ``NotImplementedError`` for a node that has no meaning here.
    """
    match expr:
        case Maximum() | Attains():
            body, index = expr.open()
            return expr.over(as_inert(body), index)
        case Threshold() | Exp():
            return type(expr)(*map(as_inert, expr.args))
        case Inert():
            return expr
        case Float():
            # As printed, so that 0.1 is one tenth.
            return Rational(str(expr))
        case Add():
            return Plus(*map(as_inert, expr.args))
        case Mul():
            return Times(*map(as_inert, expr.args))
        case exp() | ExpBase():
            return Exp(as_inert(expr.args[0]))
        case Pow():
            return Power(as_inert(expr.base), as_inert(expr.exp))
        case log():
            return Log(as_inert(expr.args[0]))
        case Sum() | Product():
            kind = Total if isinstance(expr, Sum) else ProductOver
            body = as_inert(put_back(expr.function, expr.variables))
            for index, lower, upper in expr.limits:
                body = kind(body, (index, lower, upper))
            return body
        case KroneckerDelta():
            return Delta(*expr.args[:2])
        case Derivative():
            slope = as_inert(expr.expr)
            for variable in expr.variables:
                slope = Partial(slope, variable)
            return slope
        case Piecewise(args=pairs) if len(pairs) == 2 and _by_order(pairs[0].cond):
            return _choice(*pairs)
        case Piecewise(args=pairs):
            return _branches(pairs)
        case Heaviside() if expr.args[1] in (0, 1):
            # 0 below zero, 1 above, and what is said at zero.
            at = as_inert(expr.args[0])
            above = Threshold(at, Integer(0), Integer(1), Integer(0))
            below = Threshold(Integer(0), at, Integer(0), Integer(1))
            return above if expr.args[1] == 0 else below
        case re():
            # Entries are real, though SymPy does not know it.
            return as_inert(expr.args[0])
        case beta() | binomial() | factorial():
            return as_inert(expr.rewrite(gamma))
        case erfc():
            return as_inert(expr.rewrite(erf))
        case Application():
            return Apply(Head(expr.func), *map(as_inert, expr.args))
    if expr.is_Atom or expr.is_Indexed:
        return expr
    raise NotImplementedError(f"{type(expr).__name__} has no meaning to the checker")


def _branches(pairs: tuple[Basic, ...]) -> Expr:
    """A value for each condition on numbers, the last one for all that is left."""
    (value, condition), *rest = pairs
    if condition == True:  # noqa: E712
        return as_inert(value)
    if not rest:
        raise NotImplementedError(f"nothing is said of where {condition} does not hold")
    return _where(condition, as_inert(value), _branches(tuple(rest)))


def _where(condition: Basic, here: Expr, elsewhere: Expr) -> Expr:
    """One value where a condition on numbers holds, another one elsewhere."""
    match condition:
        case And(args=(one, *others)):
            return _where(one, _where(And(*others), here, elsewhere), elsewhere)
        case Or(args=(one, *others)):
            return _where(one, here, _where(Or(*others), here, elsewhere))
        case Lt() | Gt():
            return Threshold(as_inert(condition.gts), as_inert(condition.lts), here, elsewhere)
        case Le() | Ge():
            return Threshold(as_inert(condition.lts), as_inert(condition.gts), elsewhere, here)
    raise NotImplementedError(f"the condition {condition} has no meaning to the checker")


def _by_order(condition: Basic) -> bool:
    """Whether a condition says that one index is at most another, or below it."""
    ordered = isinstance(condition, (Le, Ge, Lt, Gt))
    return ordered and all(side.is_integer for side in condition.args)


def _choice(first: Basic, otherwise: Basic) -> Expr:
    """``a`` where an order of indices holds, else ``b``: ``b + [order] (a - b)``."""
    order = first.cond
    below = order.lts if isinstance(order, (Le, Ge)) else order.lts + 1
    one, other = as_inert(first.expr), as_inert(otherwise.expr)
    return Plus(other, Times(Bracket(below, order.gts), Plus(one, Minus(other))))
