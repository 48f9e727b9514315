"""Inert expressions: SymPy nodes that stay as they are written.

SymPy evaluates eagerly, so the lines of a textbook do not survive in it. The nodes here are
ordinary ``sympy.Expr`` objects that never evaluate by themselves; ``doit()`` turns each into
plain SymPy. Leaves are SymPy's own: numbers, symbols and ``Indexed`` entries such as ``z[k]``.

A bound index is named by the height of its binder, so that two sums that differ only in the
name of their index are one and the same object; the name that a person chose travels along as a
hint for printers and plays no part in equality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import count
from typing import Any

from sympy import (
    Add,
    Derivative,
    Dummy,
    Expr,
    Heaviside,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Number,
    Piecewise,
    Pow,
    Product,
    S,
    StrictGreaterThan,
    StrictLessThan,
    Sum,
    Symbol,
    Tuple,
    exp,
    expand_mul,
    log,
    srepr,
    sympify,
)
from sympy.core.basic import Atom, Basic
from sympy.core.relational import Relational

from derive.errors import DeriveError

ZERO: Expr = S.Zero
ONE: Expr = S.One


class Inert(Expr):
    """An expression that SymPy keeps as written."""

    # Without this SymPy treats the node as non-commutative and q*s != s*q.
    is_commutative = True

    def __new__(cls, *args: Any) -> Inert:
        return Basic.__new__(cls, *map(sympify, args))

    @cached_property
    def height(self) -> int:
        """How deeply binders are nested in this expression."""
        return max((height(a) for a in self.args), default=0)

    @cached_property
    def names(self) -> frozenset[Symbol]:
        """Free index and parameter symbols (names of arrays are in ``bases``)."""
        return frozenset().union(*(names(a) for a in self.args))

    @cached_property
    def bases(self) -> frozenset[IndexedBase]:
        """Arrays whose entries occur."""
        return frozenset().union(*(bases(a) for a in self.args))

    @cached_property
    def heads(self) -> frozenset[type]:
        """Types of all nodes in the tree; lets a traversal skip what cannot match."""
        return frozenset({type(self)}).union(*(heads(a) for a in self.args))

    @cached_property
    def code(self) -> str:
        """A text that forgets the order of terms and factors, and nothing else."""
        return f"{type(self).__name__}({','.join(code(a) for a in self.args)})"

    @property
    def free_symbols(self) -> set[Basic]:
        return set().union(*(a.free_symbols for a in self.args))

    def _sympystr(self, printer: Any) -> str:
        """As the plain SymPy expression prints; ``srepr`` shows the nodes."""
        try:
            simple = plain(self)
        except DeriveError:
            # Arrays whose shapes do not fit; whoever says so has to name them.
            simple = self
        if isinstance(simple, type(self)):
            return f"{type(self).__name__}({', '.join(map(printer.doprint, self.args))})"
        text: str = printer.doprint(simple)
        return text


class Plus(Inert):
    """A sum of terms, in the order written."""

    __match_args__ = ("args",)

    @cached_property
    def code(self) -> str:
        return f"Plus({','.join(sorted(code(a) for a in self.args))})"

    def doit(self, **hints: Any) -> Expr:
        return Add(*(a.doit(**hints) for a in self.args))


class Times(Inert):
    """A product of factors, in the order written."""

    __match_args__ = ("args",)

    @cached_property
    def code(self) -> str:
        return f"Times({','.join(sorted(code(a) for a in self.args))})"

    def doit(self, **hints: Any) -> Expr:
        return Mul(*(a.doit(**hints) for a in self.args))


class Minus(Inert):
    """The negative of an expression."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]

    def doit(self, **hints: Any) -> Expr:
        return -self.operand.doit(**hints)


class Quotient(Inert):
    """A fraction."""

    __match_args__ = ("numerator", "denominator")

    @property
    def numerator(self) -> Expr:
        return self.args[0]

    @property
    def denominator(self) -> Expr:
        return self.args[1]

    def doit(self, **hints: Any) -> Expr:
        # In one product, or SymPy would multiply a number above the bar into a sum there.
        above = [factor.doit(**hints) for factor in factors(self.numerator)]
        return Mul(*above, 1 / self.denominator.doit(**hints))


class Power(Inert):
    """A base raised to an exponent."""

    __match_args__ = ("base", "exponent")

    @property
    def base(self) -> Expr:
        return self.args[0]

    @property
    def exponent(self) -> Expr:
        return self.args[1]

    def doit(self, **hints: Any) -> Expr:
        return Pow(self.base.doit(**hints), self.exponent.doit(**hints))


class Exp(Inert):
    """The exponential function."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]

    def doit(self, **hints: Any) -> Expr:
        return exp(self.operand.doit(**hints))


class Log(Inert):
    """The natural logarithm."""

    __match_args__ = ("operand",)

    @property
    def operand(self) -> Expr:
        return self.args[0]

    def doit(self, **hints: Any) -> Expr:
        return log(self.operand.doit(**hints))


class Head(Atom):
    """A SymPy function class (``tanh``, ``erf``, one of the user's own) as an expression leaf."""

    __slots__ = ("function",)
    function: type

    def __new__(cls, function: type) -> Head:
        head = Basic.__new__(cls)
        head.function = function
        return head

    def _hashable_content(self) -> tuple[Any, ...]:
        # Text, which SymPy can put in order; it cannot do so with classes.
        return (self.function.__name__, str(self.function.__module__))

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.function,)

    def sort_key(self, order: Any = None) -> Any:
        return self.class_key(), (1, (self.function.__name__,)), ONE.sort_key(), ONE

    def _sympystr(self, printer: Any) -> str:
        return self.function.__name__


class Apply(Inert):
    """A SymPy function applied to inert arguments: ``Apply(Head(tanh), u)``."""

    __match_args__ = ("function", "operands")

    @property
    def function(self) -> type:
        head: Head = self.args[0]
        return head.function

    @property
    def operands(self) -> tuple[Expr, ...]:
        return self.args[1:]

    def doit(self, **hints: Any) -> Expr:
        if not isinstance(self.args[0], Head):
            # In a law the function may be any.
            return self
        return self.function(*(a.doit(**hints) for a in self.operands))


class Delta(Inert):
    """Kronecker's delta of two indices; symmetric, so the arguments are kept in a fixed order.

    A constant beside the first is kept on the other side: ``δ_{i+1,k}`` is ``δ_{i,k-1}``.
    """

    __match_args__ = ("first", "second")

    def __new__(cls, first: Any, second: Any) -> Delta:
        pair = sorted(map(_split_offset, (first, second)), key=lambda part: _index_order(part[0]))
        return Basic.__new__(cls, *_offset_aside(*pair))

    @property
    def first(self) -> Expr:
        return self.args[0]

    @property
    def second(self) -> Expr:
        return self.args[1]

    def partner(self, index: Expr) -> Expr | None:
        """What ``index`` equals where the delta is 1: ``δ_{n-l,k}`` gives ``n - k`` for ``l``.

        None where the delta does not have the index, or has a multiple of it.
        """
        if index in self.args:
            return self.second if index == self.first else self.first
        slope = (self.first - self.second).coeff(index)
        if slope not in (1, -1):
            return None
        found = expand_mul(index - slope * (self.first - self.second))
        return None if index in found.free_symbols else found

    def doit(self, **hints: Any) -> Expr:
        return KroneckerDelta(self.first, self.second)


class Bracket(Inert):
    """Iverson's bracket ``[a <= b]`` of two indices: 1 where it holds, else 0.

    A constant beside an index is kept on the other side: ``[i + 1 <= k]`` is ``[i <= k - 1]``,
    and ``[1 <= k - 1]`` is ``[2 <= k]``. So is an index that is taken from another one:
    ``[1 <= n - k]`` is ``[k <= n - 1]``, and ``[2 H - k <= H]`` is ``[H <= k]``.
    """

    __match_args__ = ("lower", "upper")

    def __new__(cls, lower: Any, upper: Any) -> Bracket:
        low, high = _split_offset(lower), _split_offset(upper)
        if low[0] == high[0] != 0:
            ahead = low[1] - high[1]
            low, high = (ZERO, max(ahead, ZERO)), (ZERO, max(-ahead, ZERO))
        elif low[0] == 0 or low[0].free_symbols & high[0].free_symbols:
            rises = (high[0] - low[0]).as_coefficients_dict()
            falls = Add(*(-n * part for part, n in rises.items() if n < 0))
            low, high = (falls, low[1]), (high[0] - low[0] + falls, high[1])
        return Basic.__new__(cls, *_offset_aside(low, high))

    @property
    def lower(self) -> Expr:
        return self.args[0]

    @property
    def upper(self) -> Expr:
        return self.args[1]

    def doit(self, **hints: Any) -> Expr:
        return Piecewise((ONE, self.lower <= self.upper), (ZERO, True))


class Threshold(Inert):
    """One value where a number exceeds another, a second one elsewhere.

    ``Threshold(a, b, 1, 0)`` is Iverson's bracket ``[a > b]``, ``Threshold(a, b, 0, 1)`` is
    ``[a <= b]``.
    """

    __match_args__ = ("first", "second", "above", "otherwise")

    @property
    def first(self) -> Expr:
        return self.args[0]

    @property
    def second(self) -> Expr:
        return self.args[1]

    @property
    def above(self) -> Expr:
        """The value where the first number is the larger one."""
        return self.args[2]

    @property
    def otherwise(self) -> Expr:
        """The value where it is not."""
        return self.args[3]

    @property
    def is_bracket(self) -> bool:
        """Whether it says no more than where the condition holds."""
        return {self.above, self.otherwise} == {ZERO, ONE}

    def doit(self, **hints: Any) -> Expr:
        first, second, above, otherwise = (a.doit(**hints) for a in self.args)
        return Piecewise((above, first > second), (otherwise, True))


class Partial(Inert):
    """A derivative that is still to be taken: of ``operand`` by ``variable``.

    ``variable`` is a symbol or an entry such as ``z[k]``.
    """

    __match_args__ = ("operand", "variable")

    @property
    def operand(self) -> Expr:
        return self.args[0]

    @property
    def variable(self) -> Expr:
        return self.args[1]

    def doit(self, **hints: Any) -> Expr:
        return Derivative(self.operand.doit(**hints), self.variable)


class Bound(Symbol):
    """The index of a binder, named by the binder's height. ``hint`` is the name a person chose."""

    __slots__ = ("hint", "level")
    level: int
    hint: Symbol

    def __new__(cls, level: int, hint: Symbol) -> Bound:
        bound: Bound = Symbol.__xnew__(cls, f"_{level}", integer=True)
        bound.level = level
        bound.hint = hint
        return bound

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.level, self.hint), {}

    def __getstate__(self) -> None:
        return None

    def __setstate__(self, state: Any) -> None:
        """Everything is set by ``__new__``."""


class Opened(Dummy):
    """A fresh index for work inside a binder; it remembers the name that a person chose."""

    __slots__ = ("hint",)
    hint: Symbol

    def __new__(cls, hint: Symbol) -> Opened:
        opened: Opened = Dummy.__new__(cls, hint.name, integer=True)
        opened.hint = hint
        return opened


class Binder(Inert):
    """An expression and the index it binds: ``Binder(body, (index, lower, upper, *excluded))``.

    The index runs over the integers from ``lower`` to ``upper`` without the ``excluded`` ones; an
    upper bound below the lower one means an empty range (not SymPy's Karr convention). Excluded
    indices are understood to lie in the range and to differ from each other.
    """

    __match_args__ = ("body", "limits")

    def __new__(cls, body: Any, limits: Iterable[Any]) -> Binder:
        index, lower, upper, *excluded = map(sympify, limits)
        return cls._close(sympify(body), index, lower, upper, tuple(excluded))

    @classmethod
    def _close(
        cls, body: Expr, index: Symbol, lower: Expr, upper: Expr, excluded: tuple[Expr, ...]
    ) -> Binder:
        hint = index.hint if isinstance(index, (Bound, Opened)) else index
        bound = Bound(height(body) + 1, hint)
        rest = sorted(excluded, key=_index_order)
        return Basic.__new__(cls, rename(body, index, bound), Tuple(bound, lower, upper, *rest))

    @property
    def body(self) -> Expr:
        """The body with the bound index as it is stored; use ``open`` to work inside."""
        return self.args[0]

    @property
    def limits(self) -> Tuple:
        return self.args[1]

    @property
    def hint(self) -> Symbol:
        """The index as a person named it."""
        hint: Symbol = self.limits[0].hint
        return hint

    @property
    def lower(self) -> Expr:
        return self.limits[1]

    @property
    def upper(self) -> Expr:
        return self.limits[2]

    @property
    def excluded(self) -> tuple[Expr, ...]:
        return tuple(self.limits[3:])

    def open(self) -> tuple[Expr, Symbol]:
        """The body with a fresh symbol for the bound index, and that symbol."""
        index = Opened(self.hint)
        return rename(self.body, self.limits[0], index), index

    @cached_property
    def opened(self) -> tuple[Expr, Symbol]:
        """As ``open``, with the same symbol each time.

        For walks that close again what they have opened: what is taken out of the binder must not
        get into it a second time.
        """
        return self.open()

    def at(self, index: Any) -> Expr:
        """The body with the bound index replaced by ``index``."""
        body, own = self.open()
        return replace(body, {own: sympify(index)})

    def over(self, body: Any, index: Symbol) -> Binder:
        """The same binder with another body, in which ``index`` is to be bound."""
        return self.again(body, index, self.outside)

    @property
    def outside(self) -> tuple[Expr, ...]:
        """What the index is not bound in: the bounds, and the excluded indices."""
        return tuple(self.limits[1:])

    def again(self, body: Any, index: Symbol, outside: Iterable[Expr]) -> Binder:
        """A binder of the same kind: another body, and something else in place of ``outside``."""
        return type(self)(body, (index, *outside))

    @cached_property
    def height(self) -> int:
        level: int = self.limits[0].level
        return level

    @cached_property
    def names(self) -> frozenset[Symbol]:
        outer = frozenset().union(*(names(a) for a in self.outside))
        return (names(self.body) - {self.limits[0]}) | outer

    @cached_property
    def heads(self) -> frozenset[type]:
        return frozenset({type(self)}) | heads(self.body)

    @cached_property
    def bases(self) -> frozenset[IndexedBase]:
        return bases(self.body).union(*map(bases, self.outside))

    @property
    def bound_symbols(self) -> list[Symbol]:
        return [self.limits[0]]

    @property
    def free_symbols(self) -> set[Basic]:
        body, index = self.open()
        inner = {s for s in body.free_symbols if index not in s.free_symbols}
        return inner.union(*(a.free_symbols for a in self.outside))

    # Substitution opens the binder and closes it again, so that nothing is ever captured.
    def _xreplace(self, rule: Mapping[Basic, Basic]) -> tuple[Basic, bool]:
        if self in rule:
            return rule[self], True
        body, index = self.open()
        parts = [body, *self.outside]
        results = [part._xreplace(rule) for part in parts]
        if not any(changed for _, changed in results):
            return self, False
        body, *outside = (part for part, _ in results)
        return self.again(body, index, outside), True

    def _eval_subs(self, old: Basic, new: Basic) -> Basic:
        body, index = self.open()
        body, *outside = (part._subs(old, new) for part in (body, *self.outside))
        return self.again(body, index, outside)

    def named(self) -> tuple[Expr, Symbol]:
        """The body with its index named as a person would, clear of every free name in it."""
        body, index = self.open()
        inner = {h.name for h in _hinted(body)}
        taken = {s.name for s in names(body) | names(self) if s is not index} | inner
        name = self.hint
        if name.name in taken or isinstance(name, Dummy):
            name = next(s for s in spare_indices(self.hint) if s.name not in taken)
        return replace(body, {index: name}), name


class Total(Binder):
    """The sum of the body over the bound index."""

    def doit(self, **hints: Any) -> Expr:
        body, index = self.named()
        plain = body.doit(**hints)
        if any(inner.has(Piecewise) for inner in plain.atoms(Sum)):
            plain = without_branches(plain)
        # Not the whole less what is left out, which may have no value: 1/(z[j] - z[k]) at j = k.
        counted = (1 - KroneckerDelta(index, out) for out in self.excluded)
        # SymPy's own minus, as in ``sin(a - b) = -sin(b - a)``, is left before the sum.
        turned = plain.is_Mul and plain.args[0] == -1 and not isinstance(body, Minus)
        whole = _sum(Mul(*counted, -plain if turned else plain), (index, self.lower, self.upper))
        return -whole if turned else whole


def _sum(body: Expr, limits: tuple[Symbol, Expr, Expr]) -> Expr:
    """SymPy's sum, which would multiply a choice out with all factors and terms beside it."""
    if isinstance(body, Piecewise) or not body.has(Piecewise):
        return Sum(body, limits)
    total: Expr = Expr.__new__(Sum)
    total._args = (body, Tuple(*limits))
    total.is_commutative = True
    return total


class ProductOver(Binder):
    """The product of the body over the bound index."""

    def doit(self, **hints: Any) -> Expr:
        body, index = self.named()
        # Not divided by what is left out, which may be zero: a factor to the power 0 is 1.
        counted = Mul(*(1 - KroneckerDelta(index, out) for out in self.excluded))
        return Product(Pow(body.doit(**hints), counted), (index, self.lower, self.upper))


class Maximum(Binder):
    """The largest value of the body over the bound index."""

    def _sympystr(self, printer: Any) -> str:
        body, index = self.named()
        limits = ", ".join(map(printer.doprint, (index, *self.limits[1:])))
        return f"Max({printer.doprint(body)}, ({limits}))"

    def doit(self, **hints: Any) -> Expr:
        body, index = self.open()
        return self.over(body.doit(**hints), index)


class Attains(Binder):
    """Iverson's bracket ``[k = argmax_j f(j)]``: 1 where the body is largest at ``k``, else 0.

    Of several indices at which it is largest, the first one counts.
    """

    __match_args__ = ("body", "limits", "at_index")

    def __new__(cls, body: Any, limits: Iterable[Any], at_index: Any) -> Attains:
        return Basic.__new__(cls, *Maximum(body, limits).args, sympify(at_index))

    @property
    def at_index(self) -> Expr:
        """The index of which it is said."""
        return self.args[2]

    @property
    def largest(self) -> Maximum:
        """The value that is attained."""
        return Basic.__new__(Maximum, *self.args[:2])

    @property
    def outside(self) -> tuple[Expr, ...]:
        return (*self.limits[1:], self.at_index)

    def again(self, body: Any, index: Symbol, outside: Iterable[Expr]) -> Attains:
        *limits, at_index = outside
        return Attains(body, (index, *limits), at_index)

    def _sympystr(self, printer: Any) -> str:
        body, index = self.named()
        limits = ", ".join(map(printer.doprint, (index, *self.limits[1:])))
        return f"Attains({printer.doprint(body)}, ({limits}), {printer.doprint(self.at_index)})"

    def doit(self, **hints: Any) -> Expr:
        if self.at_index in self.excluded:
            return ZERO
        body, index = self.open()
        return self.over(body.doit(**hints), index)


def without_branches(expr: Expr) -> Expr:
    """Plain SymPy with step functions in place of choices.

    ``Sum`` takes a choice out of the sums in it, together with their bound indices.
    """
    if isinstance(expr, Piecewise) and len(expr.args) == 2:
        (first, condition), (second, _) = expr.args
        if isinstance(condition, Relational):
            at_zero = ZERO if isinstance(condition, (StrictGreaterThan, StrictLessThan)) else ONE
            step = Heaviside(condition.gts - condition.lts, at_zero)
            one, other = without_branches(first), without_branches(second)
            return other + (one - other) * step
    if not expr.args or isinstance(expr, Indexed):
        return expr
    return expr.func(*map(without_branches, expr.args))


def height(expr: Basic) -> int:
    """How deeply binders are nested in ``expr``, those in terms and factors of SymPy's included."""
    if isinstance(expr, Inert):
        return expr.height
    if isinstance(expr, (Atom, Indexed)):
        return 0
    return max(map(height, expr.args), default=0)


def names(expr: Basic) -> frozenset[Symbol]:
    """Free index and parameter symbols of ``expr``, without the names of arrays."""
    if isinstance(expr, Inert):
        return expr.names
    if isinstance(expr, Symbol):
        return frozenset({expr})
    if isinstance(expr, Indexed):
        return frozenset().union(*(names(a) for a in expr.indices))
    return frozenset().union(*(names(a) for a in expr.args))


def bases(expr: Basic) -> frozenset[IndexedBase]:
    """Arrays whose entries occur in ``expr``."""
    if isinstance(expr, Inert):
        return expr.bases
    if isinstance(expr, Indexed):
        # An entry may itself be an index, as the class t[n] of sample n is.
        return frozenset({expr.base}).union(*(bases(a) for a in expr.indices))
    return frozenset().union(*(bases(a) for a in expr.args))


def heads(expr: Basic) -> frozenset[type]:
    """Types of the inert nodes and leaves in ``expr``."""
    return expr.heads if isinstance(expr, Inert) else frozenset({type(expr)})


@lru_cache(maxsize=10_000)
def _leaf_code(leaf: Basic) -> str:
    return f"{leaf.name}#{leaf.dummy_index}" if isinstance(leaf, Dummy) else srepr(leaf)


def code(expr: Basic) -> str:
    """A text that is equal for expressions that differ only in the order of terms and factors."""
    if isinstance(expr, Inert):
        return expr.code
    if isinstance(expr, Indexed):
        return f"{expr.base.name}[{','.join(code(a) for a in expr.indices)}]"
    if isinstance(expr, Head):
        return expr.function.__name__
    if isinstance(expr, Tuple):
        return f"({','.join(code(a) for a in expr)})"
    return _leaf_code(expr)


def entries(expr: Basic) -> list[Indexed]:
    """Every ``Indexed`` in ``expr`` in reading order; bound indices appear as stored."""
    if isinstance(expr, Indexed):
        return [expr, *(e for a in expr.indices for e in entries(a))]
    return [e for a in expr.args for e in entries(a)]


def collected(expr: Expr, here: Callable[[Expr], Iterable[Expr]]) -> frozenset[Expr]:
    """What ``here`` finds in an expression and in each part of it."""
    inner = (collected(part, here) for part in opened_parts(expr))
    return frozenset(here(expr)).union(*inner)


def opened_parts(expr: Expr) -> tuple[Expr, ...]:
    """What an expression is made of, a binder's body opened, so that a walk knows it again."""
    inner = (expr.opened[0],) if isinstance(expr, Binder) else expr.args
    return tuple(a for a in inner if isinstance(a, Inert))


def binders(expr: Basic) -> list[Binder]:
    """Every binder in ``expr``, outermost first."""
    here = [expr] if isinstance(expr, Binder) else []
    return here + [b for a in expr.args for b in binders(a)]


def plain(expr: Expr) -> Expr:
    """``expr`` in plain SymPy, where no bound index is called like a free one."""
    return _hinted_apart(expr, names(expr)).doit()


def _hinted_apart(expr: Expr, taken: frozenset[Symbol]) -> Expr:
    if isinstance(expr, Binder):
        body, index = expr.open()
        inner = _hinted_apart(body, taken)
        if expr.hint in taken:
            inside = taken | {b.hint for b in binders(inner)}
            other = next(s for s in spare_indices(expr.hint) if s not in inside)
            inner, index = rename(inner, index, other), other
        return expr.again(inner, index, expr.outside)
    if not isinstance(expr, Inert):
        return expr
    return expr.func(*(_hinted_apart(a, taken) for a in expr.args))


def rename(expr: Expr, old: Symbol, new: Expr) -> Expr:
    """Replace the symbol ``old`` by ``new`` without opening binders.

    For index symbols only: ``new`` must not be bound anywhere inside ``expr``. Binders' heights
    do not change by it, so nothing has to be closed again.
    """
    if expr == old:
        return new
    if not expr.args or old not in names(expr):
        return expr
    if isinstance(expr, Binder):
        own, *limits = expr.limits
        body = expr.body if own == old else rename(expr.body, old, new)
        outer = (rename(a, old, new) for a in limits)
        more = (rename(a, old, new) for a in expr.args[2:])
        return Basic.__new__(type(expr), body, Tuple(own, *outer), *more)
    if isinstance(expr, Indexed):
        # The base is kept as it is: rebuilding it through its shape would make another array.
        return Indexed(expr.base, *(rename(a, old, new) for a in expr.indices))
    return expr.func(*(rename(a, old, new) for a in expr.args))


def replace(expr: Expr, mapping: Mapping[Expr, Expr]) -> Expr:
    """Replace subexpressions, bound indices safe from capture; array shapes stay untouched."""
    if expr in mapping:
        return mapping[expr]
    if not expr.args or isinstance(expr, IndexedBase):
        return expr
    if isinstance(expr, Indexed):
        indices = [replace(a, mapping) for a in expr.indices]
        return expr if indices == list(expr.indices) else Indexed(expr.base, *indices)
    if isinstance(expr, Binder):
        body, index = expr.open()
        outside = [replace(a, mapping) for a in expr.outside]
        new = replace(body, mapping)
        if new == body and outside == list(expr.outside):
            return expr
        return expr.again(new, index, outside)
    args = [replace(a, mapping) for a in expr.args]
    return expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)


def plus(*terms: Any) -> Expr:
    """The sum of ``terms``: nothing is 0, a single term is itself, nested sums are joined."""
    flat = [
        t
        for term in map(sympify, terms)
        for t in (term.args if isinstance(term, Plus) else (term,))
    ]
    return ZERO if not flat else flat[0] if len(flat) == 1 else Plus(*flat)


def times(*factors: Any) -> Expr:
    """The product of ``factors``: nothing is 1, one alone is itself, nested products are joined."""
    flat = [
        f
        for factor in map(sympify, factors)
        for f in (factor.args if isinstance(factor, Times) else (factor,))
    ]
    return ONE if not flat else flat[0] if len(flat) == 1 else Times(*flat)


def fraction(above: Iterable[Expr], below: Iterable[Expr]) -> Expr:
    """A fraction without factors 1, or its numerator where nothing is left below."""
    top, bottom = (times(*(f for f in side if f != 1)) for side in (above, below))
    return top if bottom == 1 else Quotient(top, bottom)


def factors(expr: Expr) -> tuple[Expr, ...]:
    """The factors of a product, or the expression alone."""
    return expr.args if isinstance(expr, Times) else (expr,)


def terms(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum, or the expression alone."""
    return expr.args if isinstance(expr, Plus) else (expr,)


def mask(index: Expr, other: Expr) -> Plus:
    """The factor ``1 - δ_{jk}``, which rules out that the two indices are equal."""
    return Plus(ONE, Minus(Delta(index, other)))


def masked(factor: Expr, index: Expr) -> Expr | None:
    """The index ``k`` of a factor ``1 - δ_{jk}``, where ``index`` is ``j``."""
    match factor:
        case Plus((one, Minus(Delta() as delta))) | Plus((Minus(Delta() as delta), one)) if (
            one == 1
        ):
            if index in delta.args:
                return delta.second if delta.first == index else delta.first
    return None


def is_mask(factor: Expr) -> bool:
    """Whether a factor is a ``1 - δ_{jk}``."""
    deltas = collected(factor, lambda part: (part,) if isinstance(part, Delta) else ())
    return any(masked(factor, delta.first) is not None for delta in deltas)


def without(items: tuple[Expr, ...], position: int) -> tuple[Expr, ...]:
    """``items`` with one left out."""
    return items[:position] + items[position + 1 :]


def left_over(whole: tuple[Expr, ...], part: tuple[Expr, ...]) -> list[Expr] | None:
    """What is left of terms or factors without some of them; None where those are not there."""
    left = list(whole)
    for one in part:
        if one not in left:
            return None
        left.remove(one)
    return left


def is_number(expr: Expr) -> bool:
    """Whether ``expr`` is a literal number."""
    return isinstance(expr, Number)


def spare_indices(like: Symbol) -> Iterable[Symbol]:
    """Index names to fall back on where the wished one is taken, as integer symbols."""
    letters = ["i", "j", "m", "n", "l", "r", "s", "q", "u", "v"]
    first = like.name if len(like.name) == 1 else "i"
    yield from (Symbol(name, integer=True) for name in letters if name != first)
    yield from (Symbol(f"{first}_{number}", integer=True) for number in count(1))


def _hinted(expr: Basic) -> list[Symbol]:
    return [b.hint for b in binders(expr)]


def _split_offset(index: Any) -> tuple[Expr, Expr]:
    """An index without the number that is added to it, and that number."""
    offset, rest = sympify(index).as_coeff_Add()
    return rest, offset


def _offset_aside(left: tuple[Expr, Expr], right: tuple[Expr, Expr]) -> tuple[Expr, Expr]:
    """Two sides, each an index and the number added to it, with one number beside one of them."""
    (index, offset), (other, further) = left, right
    if index == 0 != other:
        return offset - further, other
    return (offset, further) if index == 0 else (index, other + further - offset)


def _index_order(index: Expr) -> tuple[int, str, int]:
    """Numbers, then bound or opened indices, then the named ones; a fixed order for display."""
    if isinstance(index, Integer):
        return 0, "", int(index)
    if isinstance(index, Bound):
        return 1, index.name, 0
    if isinstance(index, Dummy):
        return 1, "", index.dummy_index
    return 2, str(index), 0
