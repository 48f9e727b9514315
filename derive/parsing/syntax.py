"""From a text to its tree, by the grammar in ``grammar.lark``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from derive.errors import DeriveError
from derive.parsing.brackets import check_brackets
from derive.parsing.functions import (
    DELTAS,
    FUNCTIONS,
    INSTEAD,
    RANGED,
    REDUCTIONS,
    SLOPES,
    WHOLE,
    listed,
)
from derive.parsing.source import Place, Source
from derive.parsing.spelling import spelled
from derive.parsing.tree import (
    Among,
    Call,
    Chain,
    Delta,
    Entry,
    LeftOut,
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
    Vector,
    names_in,
)

if TYPE_CHECKING:
    from lark import Lark, Token

DIGITS = 40
"""How many digits a number may have."""
MINUS = "-−–"
OPERATORS = {":=": "=", "==": "=", "≠": "!=", "≥": ">=", "≤": "<="}
EXAMPLE = "Sum(y[i], (i, 1, C))"


def parse_expression(text: str) -> Node:
    """The tree of an expression. Raises ``DeriveError`` that points at the column."""
    return _parse(text, "expression")


def parse_relation(text: str) -> Relation:
    """The tree of a fact or a definition. Raises ``DeriveError`` that points at the column."""
    return cast(Relation, _parse(text, "relation"))


def _parse(text: str, start: str) -> Any:
    source = Source(text)
    check_brackets(source)
    try:
        from lark import UnexpectedCharacters, UnexpectedToken
    except ImportError:
        raise DeriveError(
            "input by text needs the package lark, which is not installed: pip install "
            "'derive-proofs[text]', or write the expression with SymPy"
        ) from None
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedCharacters as error:
        raise _stray(source.at(error.pos_in_stream or 0)) from None
    except UnexpectedToken as error:
        raise _unexpected(source, error.token, start) from None
    builder = _Builder(source)
    built: dict[int, Any] = {}
    # From the leaves up and without recursion, so that no text is too deep to be refused.
    for subtree in tree.iter_subtrees():
        children = [child if _is_token(child) else built[id(child)] for child in subtree.children]
        built[id(subtree)] = getattr(builder, subtree.data)(*children)
    return built[id(tree)]


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark.open(
        "grammar.lark", rel_to=__file__, parser="lalr", start=["expression", "relation"]
    )


def _is_token(child: object) -> bool:
    return isinstance(child, str)


class _Builder:
    """What each rule of the grammar makes; a method has its rule's name."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def _place(self, token: Token) -> Place:
        return self._source.at(token.start_pos or 0)

    def expression(self, node: Node) -> Node:
        return node

    def relation(self, left: Node, operator: Token, right: Node) -> Relation:
        return Relation(self._place(operator), left, OPERATORS.get(operator, str(operator)), right)

    def sum(self, first: Node, *rest: Any) -> Node:
        return self._chain(first, rest)

    def product(self, first: Node, *rest: Any) -> Node:
        return self._chain(first, rest)

    def _chain(self, first: Node, rest: tuple[Any, ...]) -> Node:
        operators = ("-" if o in MINUS else "/" if o == "/" else o for o in rest[::2])
        pairs = zip(operators, rest[1::2], strict=True)
        return Chain(first.place, first, tuple((str(o), node) for o, node in pairs))

    def sign(self, sign: Token, operand: Node) -> Node:
        return Negative(self._place(sign), operand) if sign in MINUS else operand

    def power(self, base: Node, operator: Token, exponent: Node) -> Node:
        return Power(self._place(operator), base, exponent)

    def group(self, node: Node) -> Node:
        return node

    def number(self, token: Token) -> Node:
        place = self._place(token)
        mantissa, _, exponent = token.lower().partition("e")
        digits = sum(letter.isdigit() for letter in mantissa)
        if digits > DIGITS or len(exponent) > 4 or abs(int(exponent or 0)) > DIGITS:
            raise place.error(f"the number has more than {DIGITS} digits; write a shorter one")
        return Number(place, Fraction(str(token)))

    def name(self, token: Token) -> Node:
        place = self._place(token)
        if token in FUNCTIONS or token in REDUCTIONS or token in WHOLE:
            raise place.error(f"{token} is a function; write {token}(...)")
        return Name(place, spelled(token))

    def entry(self, token: Token, indices: tuple[Node, ...]) -> Node:
        place = self._place(token)
        if token in FUNCTIONS or token in REDUCTIONS or token in WHOLE:
            raise place.error(f"{token} is a function; write {token}(...) with round brackets")
        return Entry(place, spelled(token), indices)

    def indices(self, *indices: Node) -> tuple[Node, ...]:
        return indices

    def arguments(self, *arguments: Any) -> tuple[Any, ...]:
        return arguments

    def limits(self, *parts: Node) -> _Tuple:
        return _Tuple(parts[0].place, parts)

    def run(self, index: Token, equal: Token, lower: Node, dots: Token, upper: Node) -> Limits:
        place = self._place(index)
        return _upwards(Limits(place, Name(place, spelled(index)), lower, upper))

    def call(
        self, token: Token, arguments: tuple[Any, ...], selected: tuple[Node, ...] = ()
    ) -> Node:
        place, name = self._place(token), str(token)
        ranged = any(isinstance(a, (Limits, _Tuple)) for a in arguments)
        if name in RANGED and (ranged or name not in FUNCTIONS):
            made: Node = _total(place, name, arguments)
        elif name in DELTAS:
            made = Delta(place, _numbers(place, name, arguments, 2, "two indices, delta(i, k)"))
        elif name in SLOPES:
            wanted = "an expression and what to differentiate by, diff(log(z[k]), z[k])"
            made = Slope(place, *_numbers(place, name, arguments, 2, wanted))
        elif name in FUNCTIONS:
            count = FUNCTIONS[name].arguments
            wanted = ("one number", "two numbers", "three numbers")[count - 1]
            made = Call(place, name, _numbers(place, name, arguments, count, wanted))
        elif name in REDUCTIONS or name in WHOLE:
            return _reduction(place, name, arguments, selected)
        elif name in INSTEAD:
            raise place.error(f"there is no function {name}; write {INSTEAD[name]}")
        else:
            raise place.error(
                f"there is no function {name}; for a product write {name}*(...), for an entry "
                f"{name}[...]; the functions are {listed()}"
            )
        if selected:
            raise selected[0].place.error(f"{name}(...) is a number, which has no entries")
        return made


class _Tuple:
    """``(i, 1, C)`` before it is known what it stands in."""

    def __init__(self, place: Place, parts: tuple[Node, ...]) -> None:
        self.place = place
        self.parts = parts


def _numbers(
    place: Place, name: str, arguments: tuple[Any, ...], count: int, wanted: str
) -> tuple[Any, ...]:
    _check_relations(arguments)
    for argument in arguments:
        if isinstance(argument, (Limits, _Tuple)):
            raise argument.place.error(f"a range stands in {name}(...), which takes {wanted}")
    if len(arguments) != count:
        raise place.error(f"{name} takes {wanted}, not {len(arguments)} of them")
    return arguments


def _total(place: Place, name: str, arguments: tuple[Any, ...]) -> Node:
    body, *others = arguments
    example = f"{name}(y[i], (i, 1, C))"
    _check_relations([body])
    if isinstance(body, (Limits, _Tuple)):
        raise body.place.error(f"what {name} is taken of comes first, as in {example}")
    ranges = tuple(_limits(other) for other in others if not isinstance(other, Relation))
    if not ranges:
        part = f", or of a part of it {name}(y[i], i=k..C)" if others else ""
        raise place.error(f"{name} has no range; write {example}{part}")
    own = {limit.index.name for limit in ranges}
    for relation in (r for other in others for r in _left_out(other)):
        body = _without(body, relation, name, own)
    return Total(place, body, _inner_first(ranges), name)


def _inner_first(ranges: tuple[Limits, ...]) -> tuple[Limits, ...]:
    """The first range is the innermost, but one that depends on an index is inside of its range."""
    left, found = list(ranges), []
    while left:
        used = names_in(bound for each in left for bound in each.parts)
        inner = (n for n, each in enumerate(left) if each.index.name not in used)
        found.append(left.pop(next(inner, 0)))
    return tuple(found)


def _without(body: Node, left_out: Relation, name: str, own: set[str]) -> Node:
    """``body`` where an index is left out by ``i != t``: in sums by the factor of the README."""
    place, sides = left_out.place, left_out.parts
    if left_out.operator != "!=":
        raise place.error(
            f"a range leaves an index out with !=, as in i != t; in place of {left_out.operator} "
            "write where the range begins or ends, as in j = i+1..C"
        )
    if not any(isinstance(side, Name) and side.name in own for side in sides):
        raise place.error(
            f"what is left out is an index of this {name}, as in {name}(z[i], i=1..C, i != t)"
        )
    equal = LeftOut(place, sides)
    kept = Chain(place, Number(place, Fraction(1)), (("-", equal),))
    match name.lower():
        case "sum":
            return Chain(place, kept, (("*", body),))
        case "product" | "prod":
            return Power(place, body, kept)
    return Among(place, body, equal)


def _check_relations(arguments: Iterable[Any]) -> None:
    """Raise ``DeriveError`` for ``exp(i != t)``."""
    for argument in arguments:
        if isinstance(argument, Relation):
            raise _misplaced(argument.place, argument.operator, "expression")


def _limits(given: Any) -> Limits:
    if isinstance(given, Limits):
        return given
    if not isinstance(given, _Tuple) or len(given.parts) < 3:
        raise given.place.error("a range is written (i, 1, C), or i = 1..C")
    index, lower, upper, *_ = given.parts
    if not isinstance(index, Name):
        raise index.place.error("a range begins with the name of its index, as in (i, 1, C)")
    return _upwards(Limits(given.place, index, lower, upper))


def _left_out(given: Any) -> Iterator[Relation]:
    """What a range leaves out: ``i != t``, or what follows its ends, as in ``(i, 1, C, t)``."""
    if isinstance(given, Relation):
        yield given
    elif isinstance(given, _Tuple):
        index, _, _, *others = given.parts
        yield from (Relation(other.place, index, "!=", other) for other in others)


def _upwards(limits: Limits) -> Limits:
    """The limits, if they are not turned round; raises ``DeriveError`` for ``j = C..1``."""
    lower, upper = limits.parts
    if isinstance(lower, Name) and isinstance(upper, Number) and upper.value <= 1:
        raise limits.place.error(
            f"this range runs down from {lower.name} to {upper.value}; a range begins with its "
            f"lower end, as in {limits.index.name} = {upper.value}..{lower.name}"
        )
    return limits


def _reduction(
    place: Place, name: str, arguments: tuple[Any, ...], selected: tuple[Node, ...]
) -> Node:
    """``softmax(z)[i]``, or with the index that runs, ``softmax(z[j], j)[i]``."""
    _check_relations(arguments)
    for argument in arguments:
        if isinstance(argument, (Limits, _Tuple)):
            raise argument.place.error(
                f"{name} takes no range; write {name}(z), or {name}(z[j], j)"
            )
    if len(arguments) > 2:
        raise place.error(f"{name} takes a vector; write {name}(z), or {name}(z[j], j)")
    if name in REDUCTIONS and not selected:
        raise place.error(f"{name}(...) is a vector; write an entry of it, such as {name}(...)[i]")
    if len(arguments) == 1:
        return Vector(place, name, arguments[0], selected)
    body, index = arguments
    if not isinstance(index, Name):
        raise index.place.error(f"the index that runs is a name, as in {name}(z[j], j)")
    if len(selected) > 1 or (name in WHOLE and selected):
        raise selected[-1].place.error(
            f"{name}(u, {index.name}) has an index for {index.name} alone; write other indices in u"
        )
    return Reduction(place, name, body, index, selected[0] if selected else None)


# What is wrong with a text that the grammar does not take --------------------------------------


def _stray(place: Place) -> DeriveError:
    letter = place.source.text[place.position]
    if letter in "\\{}$&":
        return place.error(
            f"{letter!r} looks like LaTeX, which is not read; write exp(z[i]), {EXAMPLE}, a/b"
        )
    if letter in "_'":
        return place.error(f"{letter!r} cannot begin a name; write an entry as z[k]")
    return place.error(f"the character {letter!r} has no meaning here")


OPERANDS = ("NAME", "NUMBER", "LPAR")


def _unexpected(source: Source, token: Token, start: str) -> DeriveError:
    if token.type == "$END":
        place = source.at(len(source.text.rstrip()))
        if start == "relation":
            return place.error(
                "the text ends too early; a fact or a definition has two sides, with =, !=, > or "
                ">= between them, as in y[i] = delta(i, t)"
            )
        return place.error("the text ends where a number or a name is still expected")
    place = source.at(token.start_pos or 0)
    before = source.text[: place.position].rstrip()
    complete = before[-1:].isalnum() or before[-1:] in tuple("_)]}")
    if complete and token.type in OPERANDS:
        return place.error(f"an operator is missing before {token}; a product is written with *")
    if complete and token == "[":
        return place.error("only a name, softmax(...) and log_softmax(...) have entries")
    if token.type in ("EQUAL", "RELATION"):
        return _misplaced(place, token, start)
    if token == ",":
        return place.error("this comma separates nothing; a decimal is written with a point")
    if complete:
        return place.error(f"{token} cannot stand here")
    return place.error(f"a number or a name is missing before {token}")


def _misplaced(place: Place, operator: str, start: str) -> DeriveError:
    """A relation that stands in another, or where a number belongs."""
    what = "a second relation" if start == "relation" else "a relation where a number belongs"
    return place.error(
        f"{operator} makes {what}; write one side, facts with given=, and a choice with max, min, "
        "abs, relu, clip or huber (a Piecewise in SymPy)"
    )
