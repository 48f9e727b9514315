"""From a tree, its roles and its axes to SymPy: what a user would have written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, combinations
from typing import Any

from sympy import (
    Derivative,
    Eq,
    Expr,
    Ge,
    Gt,
    I,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Le,
    Lt,
    Ne,
    Rational,
    S,
    Symbol,
    pi,
)
from sympy.core.basic import Basic
from sympy.core.facts import InconsistentAssumptions
from sympy.logic.boolalg import BooleanAtom

from derive.notation import spare_indices
from derive.parsing.axes import Axes
from derive.parsing.functions import (
    CONSTANTS,
    FUNCTIONS,
    RANGED,
    REDUCTIONS,
    WHOLE,
    Range,
    factor,
)
from derive.parsing.reach import size_of
from derive.parsing.source import Place
from derive.parsing.tree import (
    Among,
    Call,
    Chain,
    Delta,
    Entry,
    Limits,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Reduction,
    Relation,
    Slope,
    Total,
)
from derive.wording import contradiction

EULER = "e"
LARGEST_EXPONENT = 1000
LARGEST = 10**100
"""SymPy works powers and products of numbers out, which no text may make it spend hours on."""

RELATIONS = {"=": Eq, "!=": Ne, ">": Gt, ">=": Ge, "<": Lt, "<=": Le}
TURNED = {"=": "=", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
ASSUMPTIONS = {
    ">": "positive",
    ">=": "nonnegative",
    "<": "negative",
    "<=": "nonpositive",
    "!=": "nonzero",
}
"""What a fact that compares a parameter with 0 says of its symbol."""

Values = Mapping[str, Expr]


class Meaning:
    """SymPy objects for the names of one statement, each made once."""

    def __init__(self, axes: Axes, given: tuple[Relation, ...]) -> None:
        self._axes = axes
        self._roles = axes.roles
        self._telling: dict[str, list[Relation]] = {}
        for relation in given:
            about = self._about_parameter(relation)
            if about is not None:
                self._telling.setdefault(about[0], []).append(relation)
        self._assumed = {name: self._assumptions(told) for name, told in self._telling.items()}

    def _assumptions(self, told: list[Relation]) -> dict[str, bool]:
        """What facts say of the symbol of one parameter; ``DeriveError`` where they clash."""
        for some in (*combinations(told, 2), told):
            found = {about[1]: True for r in some if (about := self._about_parameter(r))}
            try:
                Symbol("parameter", **found)
            except InconsistentAssumptions:
                raise contradiction(*map(_text, some)) from None
        return found

    def expression(self, node: Node) -> Expr:
        """The expression that a tree stands for.

        Raises ``DeriveError`` for what has no real value, and for numbers out of all proportion.
        """
        return self._value(node, {})

    def variable(self, node: Node) -> Expr:
        """The entry or parameter to differentiate by."""
        return self._variable(node, {})

    def definition(self, relation: Relation) -> Basic:
        """``name = value``."""
        if not isinstance(relation.left, (Name, Entry)) or relation.operator != "=":
            raise relation.place.error(
                "a definition is a name, =, and what it stands for, as in q[i] = softmax(z)[i]"
            )
        return self._relation(relation, relation.operator, relation.left, relation.right)

    def fact(self, relation: Relation) -> Basic | None:
        """The fact that a relation states; None for one that symbols say by themselves."""
        left, operator, right = _name_first(relation)
        about = self._about_parameter(relation)
        if about is not None and about[2]:
            return None
        size = self._roles.sizes
        match left, operator, right:
            case Name(_, index), ">=", Number(_, 1) if self._roles.is_index(index):
                return None  # as every index does
            case Name(_, name), ">=" | ">", Number(_, value) if name in size and value == int(
                value
            ):
                least = int(value) if operator == ">=" else int(value) + 1
                return None if least <= 1 else Ge(self._symbol(name), Integer(least))
        return self._relation(relation, operator, left, right)

    def _about_parameter(self, relation: Relation) -> tuple[str, str, bool] | None:
        """The parameter that a fact such as ``T > 0`` is about, and what that says of it.

        Whether this is all that the fact says, comes third: ``p > 1`` says more than a sign.
        """
        match _name_first(relation):
            case Name(_, name), operator, Number(_, value) if name in self._roles.parameters:
                if value == 0 and operator in ASSUMPTIONS:
                    return name, ASSUMPTIONS[operator], True
                if value > 0 and operator == ">":
                    return name, "positive", False
        return None

    def _relation(self, relation: Relation, operator: str, left: Node, right: Node) -> Basic:
        made: Basic = RELATIONS[operator](self.expression(left), self.expression(right))
        if isinstance(made, BooleanAtom):
            if made == S.false and (other := self._denying(relation)) is not None:
                raise contradiction(_text(other), _text(relation))
            raise relation.place.error(f"this is always {str(made).lower()}; drop it or correct it")
        return made

    def _denying(self, relation: Relation) -> Relation | None:
        """The fact about a parameter that makes another false; None where it is so by itself."""

        def is_false(*told: Relation) -> bool:
            meaning = Meaning(self._axes, told)
            left, right = map(meaning.expression, relation.parts)
            return bool(RELATIONS[relation.operator](left, right) == S.false)

        told = chain.from_iterable(self._telling.values())
        return None if is_false() else next(filter(is_false, told), None)

    def _value(self, node: Node, values: Values) -> Expr:
        return _within_reason(self._made(node, values), node.place)

    def _made(self, node: Node, values: Values) -> Expr:
        match node:
            case Number(_, value):
                return Rational(value.numerator, value.denominator)
            case Name(place, name):
                if name == EULER and name not in values and name in self._roles.parameters:
                    raise place.error(
                        "e is Euler's number where a power such as e^z has no number above it, and "
                        "else it could be a parameter; write exp(1) or exp(2) for the number, and "
                        "another name, such as eps, for a parameter"
                    )
                return values[name] if name in values else self._symbol(name)
            case Entry(_, name, indices):
                return Indexed(self._array(name), *(self._value(i, values) for i in indices))
            case Delta(_, indices):
                return KroneckerDelta(*(self._value(i, values) for i in indices))
            case Call(_, function, arguments):
                return FUNCTIONS[function].apply(*(self._value(a, values) for a in arguments))
            case Total(_, body, limits, function):
                inside, ranges = self._opened(limits, values)
                while isinstance(body, Among):
                    sides = [self._value(side, inside) for side in body.left_out.indices]
                    ranges = _leaving_out(sides, ranges)
                    body = body.body
                return _ranged(function, self._value(body, inside), ranges)
            case Reduction():
                return self._reduction(node, values)
            case Slope(_, body, variable):
                return Derivative(self._value(body, values), self._variable(variable, values))
            case Negative(_, operand):
                return -self._value(operand, values)
            case Chain(_, first, rest):
                return self._chain(first, rest, values)
            case Power(_, Name(_, name), exponent) if _is_exponential(name, exponent, values):
                return FUNCTIONS["exp"].apply(self._value(exponent, values))
            case Power(place, base, exponent):
                return _power(self._value(base, values), self._value(exponent, values), place)
        raise AssertionError(f"{type(node).__name__} is no expression")

    def _chain(self, first: Node, rest: tuple[tuple[str, Node], ...], values: Values) -> Expr:
        made = self._value(first, values)
        for operator, node in rest:
            other = self._value(node, values)
            match operator:
                case "+":
                    made = made + other
                case "-":
                    made = made - other
                case "/":
                    if other == 0:
                        raise node.place.error("this divides by 0")
                    made = factor(made) / factor(other)
                case _:
                    made = factor(made) * factor(other)
        return made

    def _reduction(self, node: Reduction, values: Values) -> Expr:
        own = self._bound(node.index.name, values)
        size = self._axes.size(self._axes.running[node])
        if size is None:
            raise node.place.error(
                f"nothing tells how many values {node.function} goes over; sum over the same axis "
                "somewhere"
            )
        anywhere = self._value(node.body, {**values, node.index.name: own})
        limits = (own, S.One, size)
        if node.selected is None:
            return WHOLE[node.function](anywhere, limits)
        selected = self._value(node.selected, values)
        here = self._value(node.body, {**values, node.index.name: selected})
        return REDUCTIONS[node.function](here, anywhere, limits)

    def _opened(self, limits: tuple[Limits, ...], values: Values) -> tuple[Values, list[Range]]:
        """What the names stand for inside a sum, and its ranges."""
        ranges: list[Range] = []
        for one in reversed(limits):
            own = self._bound(one.index.name, values)
            ranges.append((own, self._value(one.lower, values), self._value(one.upper, values)))
            values = {**values, one.index.name: own}
        return values, ranges[::-1]

    def _bound(self, name: str, values: Values) -> Symbol:
        """The index of a sum, called otherwise where its name would capture another index."""
        index = Symbol(name, integer=True)
        others = frozenset().union(*(v.free_symbols for n, v in values.items() if n != name))
        taken = self._roles.bound.keys() | self._roles.indices.keys()
        if index not in others:
            return index
        return next(s for s in spare_indices(index) if s not in others and s.name not in taken)

    def _variable(self, node: Node, values: Values) -> Expr:
        if not isinstance(node, (Name, Entry)):
            raise node.place.error(
                "this is nothing to differentiate by; name an entry such as z[k] or a parameter"
            )
        return self._value(node, values)

    def _array(self, name: str) -> IndexedBase:
        shape = self._axes.shape(name)
        if None in shape:
            return IndexedBase(name)
        return IndexedBase(name, shape=shape)

    def _symbol(self, name: str) -> Expr:
        if name in self._roles.sizes:
            return size_of(name)
        if self._roles.is_index(name):
            return Symbol(name, integer=True)
        if name in CONSTANTS:
            return CONSTANTS[name]
        assumed: dict[str, Any] = self._assumed.get(name) or {"real": True}
        return Symbol(name, **assumed)


def _is_exponential(base: str, exponent: Node, values: Values) -> bool:
    """Whether a power is one of Euler's number; the square of a parameter ``e`` would not be."""
    number = exponent.operand if isinstance(exponent, Negative) else exponent
    return base == EULER and base not in values and not isinstance(number, Number)


def _leaving_out(sides: list[Expr], ranges: list[Range]) -> list[Range]:
    """The ranges: the innermost that one of two sides is the index of leaves the other out."""
    at = next(n for n, (index, *_) in enumerate(ranges) if index in sides)
    (other,) = (side for side in sides if side != ranges[at][0])
    return [(*limits, other) if n == at else limits for n, limits in enumerate(ranges)]


def _ranged(function: str, body: Expr, ranges: list[Range]) -> Expr:
    """A function of the values of ``body`` over ranges, of which the first is the innermost."""
    for limits in ranges:
        body = RANGED[function](body, limits)
    return body


def _name_first(relation: Relation) -> tuple[Node, str, Node]:
    """The sides of a relation, ``0 < T`` and ``2 <= C`` turned round."""
    if isinstance(relation.left, Number):
        return relation.right, TURNED[relation.operator], relation.left
    return relation.left, relation.operator, relation.right


def _text(relation: Relation) -> str:
    """A fact as it was written."""
    return relation.place.source.text.strip()


def _power(base: Expr, exponent: Expr, place: Place) -> Expr:
    if base == 0 and exponent.is_negative:
        raise place.error("this divides by 0")
    if exponent.is_Rational and abs(exponent) > LARGEST_EXPONENT:
        raise place.error(
            f"the exponent {exponent} is too large; {LARGEST_EXPONENT} is the largest that is read"
        )
    return base**exponent


def _within_reason(made: Expr, place: Place) -> Expr:
    """``made``, if it is a real number of a length that a person can read."""
    if any(abs(n.p) > LARGEST or n.q > LARGEST for n in made.atoms(Rational)):
        raise place.error("the numbers in this grow beyond 100 digits; write smaller ones")
    if made.has(S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.NaN):
        raise place.error("this is infinite, such as log(0) or 1/0; correct it")
    if made.has(I):
        number = "; pi is the number 3.14159..., a weight has another name" if made.has(pi) else ""
        raise place.error(
            f"this has no real value; check the sign under each logarithm and root{number}"
        )
    return made
