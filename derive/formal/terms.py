"""Inert expressions as Coq terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as with_changes

from sympy import (
    Abs,
    Add,
    E,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Max,
    Min,
    Number,
    Rational,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    cosh,
    pi,
    sign,
    sin,
    sinh,
    tanh,
)

from derive.arrays import Entry
from derive.display import Choice, Grid
from derive.errors import DeriveError
from derive.facts import Definition
from derive.formal.names import Names, for_variable, identifier
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
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

# How tightly a form binds: the levels of Coq's grammar.
ATOM, APPLICATION, POWER, SIGN, PRODUCT, SUM, WHOLE = 0, 10, 30, 35, 40, 50, 200
ROOT = Rational(1, 2)

FUNCTIONS: Mapping[type, str] = {
    Abs: "Rabs",
    Max: "Rmax",
    Min: "Rmin",
    acos: "acos",
    asin: "asin",
    atan: "atan",
    cos: "cos",
    cosh: "cosh",
    sign: "sign",
    sin: "sin",
    sinh: "sinh",
    tanh: "tanh",
}
"""SymPy's functions that Coq's library has, by what they are called there."""


CONSTANTS: Mapping[Expr, str] = {pi: "PI", E: "(exp 1)"}


class NoTerm(DeriveError):
    """An expression that cannot be said in Coq; the message tells what stands in the way."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the formal proof has no counterpart of {what}")


@dataclass(frozen=True)
class Scope:
    """What stands around an expression: the definitions in force, and names that are bound.

    Attributes:
        definitions: Names in force and their values.
        varying: Arrays, parameters and indices that are not the same in the whole file: a
            definition takes them as arguments.
        names: Identifiers.
        points: The arrays that a derivative around here moves, by their names there.
        bound: Identifiers of the indices that are bound around here.
    """

    definitions: tuple[Definition, ...]
    varying: frozenset[Expr]
    names: Names
    points: Mapping[Expr, str] = field(default_factory=dict)
    bound: Mapping[Symbol, str] = field(default_factory=dict)

    def definition_of(self, base: Expr) -> Definition | None:
        return next((d for d in self.definitions if d.base == base), None)

    def moved(self, base: Expr, name: str) -> Scope:
        """The same below a derivative by an entry of ``base``."""
        return with_changes(self, points={**self.points, base: name})

    def within(self, index: Symbol, name: str) -> Scope:
        """The same inside a binder."""
        return with_changes(self, bound={**self.bound, index: name})


def label(base: Expr) -> str:
    """What an array or a symbol is called on paper."""
    return str(base.label if isinstance(base, IndexedBase) else base)


def variable_name(base: Expr, scope: Scope) -> str:
    """The identifier of an array, a parameter or a free index as a variable."""
    return scope.names.of(("variable", base), for_variable(label(base)))


def definition_name(definition: Definition, scope: Scope) -> str:
    """The identifier of a defined function."""
    return scope.names.of(("definition", definition), for_variable(label(definition.base)))


def ingredients(definition: Definition, scope: Scope) -> tuple[Expr, ...]:
    """What a defined function takes before its indices: of what it is made of, what varies."""
    used = (bases(definition.value) | names(definition.value)) - set(definition.indices)
    return tuple(sorted(used & scope.varying, key=lambda b: (bool(b.is_integer), label(b))))


def whole(base: Expr, scope: Scope) -> str:
    """An array as a function of its indices (or a parameter) as an application."""
    if base in scope.points:
        return scope.points[base]
    definition = scope.definition_of(base)
    if definition is None:
        return scope.bound.get(base) or variable_name(base, scope)
    name = definition_name(definition, scope)
    return " ".join([name, *(argument(whole(b, scope)) for b in ingredients(definition, scope))])


def argument(text: str) -> str:
    """An application in parentheses, so that it can be an argument."""
    return f"({text})" if " " in text and not text.startswith("(") else text


def function_name(applied: Apply, scope: Scope) -> str:
    """What a SymPy function is called: as in Coq's library, or as a variable of the file."""
    function = applied.function
    if function in FUNCTIONS:
        return FUNCTIONS[function]
    return scope.names.of(("function", function), function.__name__)


def index(expr: Expr, scope: Scope) -> str:
    """An index as an argument."""
    if isinstance(expr, Symbol):
        return scope.bound.get(expr) or variable_name(expr, scope)
    if isinstance(expr, Integer) and expr >= 0:
        return f"{expr}%nat"
    return f"({index_sum(expr, scope)})%nat"


def index_sum(expr: Expr, scope: Scope) -> str:
    """An index as it stands in a formula of natural numbers."""
    if isinstance(expr, Symbol):
        return index(expr, scope)
    if isinstance(expr, Integer) and expr >= 0:
        return str(expr)
    if isinstance(expr, Indexed):
        return " ".join([whole(expr.base, scope), *(index(a, scope) for a in expr.indices)])
    offset, rest = expr.as_coeff_Add()
    falling = any(part.could_extract_minus_sign() for part in Add.make_args(rest))
    if offset.is_Integer and (offset < 0 or (offset > 0 and not falling)):
        sign = "+" if offset > 0 else "-"
        return f"{index_sum(rest, scope)} {sign} {abs(offset)}"
    if expr.is_Add:
        # A difference of two indices: the falling one last, as a natural number stops at 0.
        parts = sorted(expr.args, key=lambda a: a.could_extract_minus_sign())
        text = index_sum(parts[0], scope)
        for part in parts[1:]:
            falling = part.could_extract_minus_sign()
            text += f" {'-' if falling else '+'} {index_sum(-part if falling else part, scope)}"
        return text
    times, rest = expr.as_coeff_Mul()
    if isinstance(times, Integer) and times > 1 and isinstance(rest, Symbol):
        return f"{times} * {index(rest, scope)}"
    raise NoTerm(f"the index {expr}")


def at_level(text: str, own: int, allowed: int) -> str:
    return f"({text})" if own > allowed else text


def term(expr: Expr, scope: Scope, allowed: int = WHOLE) -> str:
    """``expr`` as a term of type ``R``, in parentheses where it binds weaker than ``allowed``."""
    text, own = _term(expr, scope)
    return at_level(text, own, allowed)


def _term(expr: Expr, scope: Scope) -> tuple[str, int]:
    match expr:
        case Number():
            return _number(expr)
        case Symbol():
            return _symbol(expr, scope)
        case Indexed():
            places = [index(a, scope) for a in expr.indices]
            return " ".join([whole(expr.base, scope), *places]), APPLICATION
        case Plus(args):
            return _sum(args, scope)
        case Times(args):
            return _product(args, scope)
        case Minus(operand):
            return f"- {term(operand, scope, SIGN)}", SIGN
        case Quotient(above, below):
            return f"{term(above, scope, PRODUCT)} / {term(below, scope, PRODUCT - 1)}", PRODUCT
        case Power(base, exponent):
            return _power(base, exponent, scope)
        case Exp(operand):
            return f"exp {term(operand, scope, APPLICATION - 1)}", APPLICATION
        case Log(operand):
            return f"ln {term(operand, scope, APPLICATION - 1)}", APPLICATION
        case Apply():
            operands = [term(a, scope, APPLICATION - 1) for a in expr.operands]
            return " ".join([function_name(expr, scope), *operands]), APPLICATION
        case Delta(first, second):
            return f"delta {index(first, scope)} {index(second, scope)}", APPLICATION
        case Bracket(lower, upper):
            return f"bracket {index(lower, scope)} {index(upper, scope)}", APPLICATION
        case Binder():
            return _remembered(expr, scope), APPLICATION
        case Partial():
            return _partial(expr, scope), APPLICATION
        case Choice(first, second, same, other):
            pair = f"{index(first, scope)} {index(second, scope)}"
            branches = " ".join(term(a, scope, APPLICATION - 1) for a in (same, other))
            return f"choice {pair} {branches}", APPLICATION
        case Threshold():
            parts = " ".join(term(a, scope, APPLICATION - 1) for a in expr.args)
            return f"threshold {parts}", APPLICATION
        case Grid(entry):
            return _term(entry, scope)
        case Entry():
            return _term(expr.written_out, scope)
    if expr in CONSTANTS:
        return CONSTANTS[expr], ATOM
    if expr.is_Add and expr.is_integer:
        # A number made of indices, such as the i + 1 of log(i + 1).
        return f"INR {index(expr, scope)}", APPLICATION
    raise NoTerm(f"{type(expr).__name__} {expr}")


def _number(number: Expr) -> tuple[str, int]:
    if isinstance(number, Integer):
        return (str(number), ATOM) if number >= 0 else (f"({number})", ATOM)
    if isinstance(number, Rational):
        above = str(number.p) if number.p >= 0 else f"({number.p})"
        return f"{above} / {number.q}", PRODUCT
    raise NoTerm(f"the number {number}")


def _symbol(symbol: Symbol, scope: Scope) -> tuple[str, int]:
    if symbol.is_integer and scope.definition_of(symbol) is None and symbol not in scope.points:
        return f"INR {index(symbol, scope)}", APPLICATION
    text = whole(symbol, scope)
    return text, APPLICATION if " " in text else ATOM


def _sum(args: tuple[Expr, ...], scope: Scope) -> tuple[str, int]:
    if not args:
        return "0", ATOM
    if len(args) == 1:
        return _term(args[0], scope)
    text = term(args[0], scope, SUM)
    for arg in args[1:]:
        sign, part = ("-", arg.operand) if isinstance(arg, Minus) else ("+", arg)
        text += f" {sign} {term(part, scope, SUM - 1)}"
    return text, SUM


def _product(args: tuple[Expr, ...], scope: Scope) -> tuple[str, int]:
    if not args:
        return "1", ATOM
    if len(args) == 1:
        return _term(args[0], scope)
    first, *rest = args
    parts = [term(first, scope, PRODUCT), *(term(a, scope, PRODUCT - 1) for a in rest)]
    return " * ".join(parts), PRODUCT


def _power(base: Expr, exponent: Expr, scope: Scope) -> tuple[str, int]:
    if isinstance(exponent, Integer):
        power = f"{term(base, scope, POWER - 1)} ^ {abs(exponent)}"
        return (power, POWER) if exponent >= 0 else (f"/ {power}", SIGN)
    if exponent == ROOT:
        return f"sqrt {term(base, scope, APPLICATION - 1)}", APPLICATION
    parts = (term(a, scope, APPLICATION - 1) for a in (base, exponent))
    return " ".join(["Rpower", *parts]), APPLICATION


def bound_name(hint: Symbol, body: Expr, own: Symbol, scope: Scope) -> str:
    """An identifier for a bound index, clear of every name in the body."""
    used = {scope.bound.get(s) or variable_name(s, scope) for s in names(body) if s != own}
    used |= {part for b in bases(body) for part in whole(b, scope).replace("(", " ").split()}
    wish = name = identifier(hint.name)
    number = 0
    while name in used:
        name, number = f"{wish}{number}", number + 1
    return name


def _remembered(binder: Binder, scope: Scope) -> str:
    """The text of a binder, written once: long lines repeat it, and so do the steps."""
    used = {(s, scope.bound[s]) for s in names(binder) if s in scope.bound}
    points = frozenset(scope.points.items())
    # By itself: equal ones may be written with different names of their index.
    key = (id(binder), scope.definitions, scope.varying, points, frozenset(used))
    if key not in scope.names.written:
        scope.names.written[key] = binder, _binder(binder, scope)
    return scope.names.written[key][1]


def _binder(binder: Binder, scope: Scope) -> str:
    kinds = {Total: "total", ProductOver: "product", Maximum: "maximum", Attains: "attains"}
    kind = next((word for node, word in kinds.items() if isinstance(binder, node)), None)
    if kind is None:
        raise NoTerm(type(binder).__name__)
    at_index = f" {index(binder.at_index, scope)}" if isinstance(binder, Attains) else ""
    return f"{ranged(kind, binder, scope)}{at_index}"


def ranged(kind: str, binder: Binder, scope: Scope) -> str:
    """Something over an index: what it is, its limits and its body as a function of the index."""
    body, own = binder.opened
    name = bound_name(binder.hint, body, own, scope)
    inner = term(body, scope.within(own, name))
    limits = " ".join(argument(index_sum(a, scope)) for a in (binder.lower, binder.upper))
    if binder.excluded:
        kind = f"{kind}_but [{'; '.join(index_sum(x, scope) for x in binder.excluded)}]"
    return f"{kind} {limits} (fun {name} => {inner})"


def coordinate(variable: Expr, scope: Scope) -> str:
    """What a derivative is taken by, as an argument."""
    if isinstance(variable, Symbol):
        return "scalar"
    kinds = {1: "vec", 2: "mat"}
    if len(variable.indices) not in kinds:
        raise NoTerm(f"a derivative by an entry with {len(variable.indices)} indices")
    places = " ".join(index(a, scope) for a in variable.indices)
    return f"({kinds[len(variable.indices)]} {places})"


def base_of(variable: Expr) -> Expr:
    """The array of an entry, or the parameter."""
    return variable.base if isinstance(variable, Indexed) else variable


def function_of(operand: Expr, variable: Expr, scope: Scope) -> str:
    """``operand`` as a function of the array that ``variable`` is an entry of."""
    base = base_of(variable)
    name = variable_name(base, scope)
    return f"(fun {name} => {term(operand, scope.moved(base, name))})"


def derivative(partial: Partial, scope: Scope) -> str:
    """Coordinate, function and point of a derivative: the arguments of ``pd`` and ``is_pd``."""
    operand, variable = partial.args
    point = argument(whole(base_of(variable), scope))
    return f"{coordinate(variable, scope)} {function_of(operand, variable, scope)} {point}"


def _partial(partial: Partial, scope: Scope) -> str:
    return f"pd {derivative(partial, scope)}"


def kind_of(base: Expr, indexing: Iterable[Expr]) -> str:
    """The Coq type of an array, a parameter or an index."""
    if isinstance(base, IndexedBase):
        rank = len(base.shape or ())
        end = "nat" if base in set(indexing) else "R"
        return " -> ".join(["nat"] * rank + [end])
    return "nat" if base.is_integer else "R"
