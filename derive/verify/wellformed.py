"""Whether an expression has a meaning at all: each node with parts of the kind it is made of.

It looks at the form alone, before anything is evaluated, so that a step that makes no sense is
refused in words, and the other checks can rely on what they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import sympy
from sympy import (
    Add,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Piecewise,
    Pow,
    Sum,
    Symbol,
    Tuple,
)
from sympy.core.basic import Basic
from sympy.core.function import Application

from derive.arrays import (
    Diagonal,
    Entry,
    Identity,
    Ones,
    Part,
    Product,
    Transposed,
    is_array,
    shape,
)
from derive.display import Choice, Dotted, Grid
from derive.errors import DeriveError
from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Fact,
    IndexRange,
    PositiveFact,
    SizeFact,
    SumFact,
    UnequalFact,
)
from derive.notation import (
    Apply,
    Attains,
    Bound,
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
    Quotient,
    Threshold,
    Times,
    Total,
    bases,
    names,
)

Flaws = Iterator[str]
Form = Callable[..., Flaws]
"""What is wrong with the arguments of a node."""
Forms = dict[type, Form]


def flaw(expr: Basic) -> str | None:
    """What makes an expression ill-formed, if anything does."""
    return next(chain(number_flaws(expr), _stray_flaws(expr)), None)


def name_flaw(exprs: Iterable[Expr]) -> str | None:
    """Two different arrays, or two different parameters, of one name; values go by names."""
    known: dict[tuple[bool, str], Basic] = {}
    for expr in exprs:
        parameters = (s for s in names(expr) if not s.is_integer)
        for named in (*bases(expr), *parameters):
            if known.setdefault((isinstance(named, IndexedBase), named.name), named) != named:
                return f"two different things are called {named.name}"
    return None


def fact_flaw(fact: Fact) -> str | None:
    """The same for the expressions of a fact."""
    match fact:
        case IndexRange(own, lower, upper):
            return next(_every(index_flaws, own, lower, upper), None)
        case EqualFact(left, right) | UnequalFact(left, right) | SizeFact(left, right):
            return next(_every(index_flaws, left, right), None)
        case SumFact(left, right) | EntryFact(left, right) | Definition(left, right):
            return next(_every(number_flaws, left, right), None)
        case PositiveFact(expression=expression):
            return next(number_flaws(expression), None)


def number_flaws(expr: Basic) -> Flaws:
    """What is wrong with what stands in the place of a number."""
    form = _form(expr, NUMBERS)
    if form is not None:
        yield from form(expr)
    elif isinstance(expr, (Part, Transposed, Product)):
        yield f"{written(expr)} is an array where a number belongs"
    elif isinstance(expr, Inert) or not isinstance(expr, Expr) or isinstance(expr, IndexedBase):
        yield f"{written(expr)} is no number"
    elif expr.is_number and not expr.args and not (expr.is_real and expr.is_finite):
        yield f"{written(expr)} is no real number"


def index_flaws(expr: Basic) -> Flaws:
    """What is wrong with what stands in the place of an index or a bound."""
    match expr:
        case Integer() | Symbol():
            return
        case Indexed():
            yield from _entry_flaws(expr)
        case Add() | Mul() | Plus() | Times() | Minus() if expr.args:
            for argument in expr.args:
                yield from index_flaws(argument)
        case _:
            yield f"{written(expr)} is no index"


def array_flaws(expr: Basic) -> Flaws:
    """What is wrong with what stands in the place of an array, apart from its shape."""
    form = _form(expr, ARRAYS)
    if form is None:
        yield f"{written(expr)} is no array"
    else:
        yield from form(expr)


def _stray_flaws(expr: Basic) -> Flaws:
    """An index of a sum that stands outside of it."""
    for symbol in sorted(names(expr), key=str):
        if isinstance(symbol, Bound):
            yield f"the index {symbol.hint} of a sum occurs outside of it"


def written(expr: Basic) -> str:
    """An expression by its nodes, which says it of any, however ill-formed it is."""
    if isinstance(expr, Bound):
        return str(expr.hint)
    if isinstance(expr, Indexed):
        return f"{expr.base}[{', '.join(map(written, expr.indices))}]"
    if isinstance(expr, IndexedBase) or not (expr.args or isinstance(expr, Inert)):
        return str(expr)
    return f"{type(expr).__name__}({', '.join(map(written, expr.args))})"


# What each node is made of ------------------------------------------------------------------


def _form(expr: Basic, forms: Forms) -> Form | None:
    return next((forms[kind] for kind in type(expr).mro() if kind in forms), None)


def _made_of(*parts: Form) -> Form:
    """A form with so many arguments of these kinds, in this order."""

    def flaws(expr: Expr) -> Flaws:
        if len(expr.args) != len(parts):
            yield f"{written(expr)} has {len(expr.args)} parts and not {len(parts)}"
        else:
            for part, argument in zip(parts, expr.args, strict=True):
                yield from part(argument)

    return flaws


def _all(part: Form) -> Form:
    """A form with any number of arguments of one kind."""
    return lambda expr: _every(part, *expr.args)


def _every(part: Form, *exprs: Basic) -> Flaws:
    return chain.from_iterable(map(part, exprs))


def _variable_flaws(variable: Basic) -> Flaws:
    if not isinstance(variable, (Symbol, Indexed)):
        yield f"{written(variable)} is nothing to differentiate by"
    else:
        yield from number_flaws(variable)


def _entry_flaws(entry: Indexed) -> Flaws:
    if not isinstance(entry.base, IndexedBase):
        yield f"{written(entry.base)} is no array"
    elif entry.base.shape is not None:
        yield from _count_flaws(entry, len(entry.base.shape))
    yield from _every(index_flaws, *entry.indices)


def _part_flaws(part: Part) -> Flaws:
    base = next(iter(part.args), None)
    if not isinstance(base, IndexedBase) or base.shape is None:
        yield f"{written(part)} is no part of an array with a shape"
    yield from _every(index_flaws, *part.fixed)


def _scaled_flaws(product: Times) -> Flaws:
    for factor in product.args:
        yield from array_flaws(factor) if is_array(factor) else number_flaws(factor)


def _array_entry_flaws(entry: Entry) -> Flaws:
    if not entry.args:
        yield f"{written(entry)} is an entry of no array"
        return
    yield from _every(index_flaws, *entry.indices)
    found = list(array_flaws(entry.array))
    yield from found
    if not found:
        try:
            axes = sum(length != 1 for length in shape(entry.array))
        except DeriveError as error:
            yield f"{written(entry.array)} has no shape: {error}"
        else:
            yield from _count_flaws(entry, axes)


def _count_flaws(entry: Indexed | Entry, axes: int) -> Flaws:
    count = len(entry.indices)
    if count != axes:
        yield f"{written(entry)} has {count} indices and its array {axes} axes"


def _over(body: Form) -> Form:
    """A binder over something of a kind, with indices for bounds."""
    return lambda binder: chain(body(binder.body), _every(index_flaws, *binder.outside))


def _application_flaws(application: Apply) -> Flaws:
    head = application.args[0]
    if not isinstance(head, Head):
        yield f"{written(head)} is no function"
        return
    count = len(application.operands)
    if count not in getattr(head.function, "nargs", (count,)):
        yield f"{head.function.__name__} does not take {count} arguments"
    for operand in application.operands:
        yield from number_flaws(operand)


def _sum_flaws(total: Sum | sympy.Product) -> Flaws:
    yield from number_flaws(total.function)
    for limits in total.limits:
        if not isinstance(limits, Tuple) or len(limits) != 3:
            yield f"{written(total)} has no bounds"
        else:
            for bound in limits[1:]:
                yield from index_flaws(bound)


def _plain_delta_flaws(delta: KroneckerDelta) -> Flaws:
    # What may follow its two indices is their range.
    yield from _every(index_flaws, *delta.args[:2])


def _unknown(expr: Expr) -> Flaws:
    # Well-formed or not: the checker has no meaning for it, and says so where it needs one.
    yield from ()


_pair = _made_of(index_flaws, index_flaws)

NUMBERS: Forms = {
    Plus: _all(number_flaws),
    Times: _all(number_flaws),
    Minus: _made_of(number_flaws),
    Quotient: _made_of(number_flaws, number_flaws),
    Power: _made_of(number_flaws, number_flaws),
    Exp: _made_of(number_flaws),
    Log: _made_of(number_flaws),
    Apply: _application_flaws,
    Delta: _pair,
    Bracket: _pair,
    Threshold: _made_of(number_flaws, number_flaws, number_flaws, number_flaws),
    Partial: _made_of(number_flaws, _variable_flaws),
    Total: _over(number_flaws),
    Dotted: _over(number_flaws),
    ProductOver: _over(number_flaws),
    Maximum: _over(number_flaws),
    Attains: _over(number_flaws),
    Choice: _made_of(index_flaws, index_flaws, number_flaws, number_flaws),
    Grid: _made_of(number_flaws, index_flaws, index_flaws, index_flaws, index_flaws),
    Entry: _array_entry_flaws,
    Indexed: _entry_flaws,
    # What a person hands in is plain SymPy.
    Add: _all(number_flaws),
    Mul: _all(number_flaws),
    Pow: _all(number_flaws),
    Sum: _sum_flaws,
    sympy.Product: _sum_flaws,
    KroneckerDelta: _plain_delta_flaws,
    Piecewise: _unknown,
    Application: _all(number_flaws),
}
"""The nodes that are numbers; other leaves are numbers by themselves."""

ARRAYS: Forms = {
    Part: _part_flaws,
    Ones: _made_of(index_flaws),
    Identity: _made_of(index_flaws),
    Diagonal: _made_of(array_flaws),
    Transposed: _made_of(array_flaws),
    Product: _made_of(array_flaws, array_flaws),
    Plus: _all(array_flaws),
    Minus: _made_of(array_flaws),
    Times: _scaled_flaws,
    Quotient: _made_of(array_flaws, number_flaws),
    Total: _over(array_flaws),
}
"""The nodes that are arrays; whether their shapes fit is for ``shape`` to say."""
