"""Side conditions of laws, decided from the facts that a step names and the binders around a place.

Conditions on indices are decided by going through all their values at several sizes. Signs are read
off the expression; where that does not tell, the condition is an assumption about the domain, which
the report states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr, Indexed, Integer, Number, Sum, Symbol, expand, fraction, together

from derive.facts import Definition, EqualFact, Fact, Given, IndexRange, PositiveFact, UnequalFact
from derive.notation import (
    ONE,
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
    Times,
    Total,
    entries,
    masked,
    names,
    replace,
)
from derive.verify.canonical import constant, product, same, sum_of

Sizes = list[dict[Symbol, int]]

ANYWHERE = (-2, 6)
"""What an index is tried at of which no fact says where it lies: the condition must hold always."""


class Places:
    """All values that the indices at a place can have, as the facts in force allow."""

    def __init__(self, sizes: Sizes, facts: tuple[Fact, ...], given: Given) -> None:
        self._sizes = sizes
        ranges = (*given.scope, *(f for f in facts if isinstance(f, IndexRange)))
        self._ranges = {known.index: known for known in reversed(ranges)}
        self._relations = [
            f
            for f in (*facts, *given.apart, *given.equal)
            if isinstance(f, (EqualFact, UnequalFact))
        ]

    def always(self, kind: str, operands: tuple[Expr, ...]) -> bool:
        """Whether a condition on indices holds at every place there is, and there is one."""
        if kind == "unequal" and len(operands) == 1:
            # A sum without excluded indices.
            return True
        if kind == "within":
            # Of an excluded index that a fact tells apart no more has to be known.
            first, low, high, *excluded = operands
            operands = (first, low, high, *(e for e in excluded if not self._differ(first, e)))
        if kind == "unequal" and self._differ(*operands):
            return True
        related = [e for f in self._relations for e in (f.left, f.right)]
        waiting = [e for o in (*operands, *related) for e in _indices(o)]
        values = list(self._values(tuple(dict.fromkeys(waiting))))
        if not values:
            return False
        try:
            return all(_holds(kind, [_number(o, at) for o in operands]) for at in values)
        except ValueError:
            # An index without a range that the step names.
            return False

    def positive(self, expr: Expr) -> bool:
        """Whether a number made of sizes and of indices with a range is positive at every place."""
        sizes = set().union(*self._sizes)
        if entries(expr) or not names(expr) <= {*sizes, *self._ranges}:
            return False
        above, below = fraction(together(expr.doit()))
        whole = above.is_integer and below.is_integer
        return bool(whole) and self.always("at_most", (ONE, expand(above * below)))

    def _differ(self, *pair: Expr) -> bool:
        """Whether it is a fact that two indices differ."""
        unequal = (f for f in self._relations if isinstance(f, UnequalFact))
        return any({f.left, f.right} == set(pair) for f in unequal)

    def _range_of(self, index: Expr) -> IndexRange | None:
        """The range of an index; that of ``t[n]`` holds for every ``n``."""
        for own, known in self._ranges.items():
            entries = isinstance(own, Indexed) and isinstance(index, Indexed)
            if own == index or (entries and own.base == index.base):
                return known
        return None

    def _values(self, waiting: tuple[Expr, ...]) -> Iterator[dict[Expr, Integer]]:
        for choice in self._sizes:
            sizes = {size: Integer(value) for size, value in choice.items()}
            for at in self._assignments(waiting, sizes):
                if all(_related(fact, at) for fact in self._relations):
                    yield at

    def _assignments(
        self, waiting: tuple[Expr, ...], at: dict[Expr, Integer]
    ) -> Iterator[dict[Expr, Integer]]:
        if not waiting:
            yield at
            return
        index, rest = waiting[0], waiting[1:]
        known = self._range_of(index)
        if index in at:
            yield from self._assignments(rest, at)
            return
        if known is None:
            low, high = ANYWHERE
        else:
            bounds = (known.lower, known.upper)
            needed = [e for b in bounds for e in _indices(b) if e not in at]
            if needed:
                yield from self._assignments((*needed, *waiting), at)
                return
            try:
                low, high = (_number(b, at) for b in bounds)
            except ValueError:
                yield from self._assignments(rest, at)
                return
        for value in range(low, high + 1):
            yield from self._assignments(rest, {**at, index: Integer(value)})


def positive(expr: Expr, facts: tuple[Fact, ...], definitions: tuple[Definition, ...]) -> bool:
    """Whether ``expr`` can be seen to be positive; empty sums are thought away."""

    def seen(part: Expr) -> bool:
        return positive(part, facts, definitions)

    if any(isinstance(f, PositiveFact) and _tells(f, expr) for f in facts):
        return True
    number = constant(expr)
    if number is not None:
        return bool(number > 0)
    match expr:
        case Exp():
            return True
        case Log(Plus((one, *others))) | Log(Plus((*others, one))) if one == 1:
            return all(map(seen, others))
        case Plus((one, Minus(Delta(first, second)))) if one == 1:
            told = (f for f in facts if isinstance(f, UnequalFact))
            return any({f.left, f.right} == {first, second} for f in told)
        case Plus((one, Minus(entry))) if one == 1 and isinstance(entry, (Symbol, Indexed)):
            return _leaves_some(entry, definitions, seen)
        case Plus((one, Minus(Power(base, two)))) if one == 1 and two == 2:
            return seen(Plus(ONE, base)) and seen(Plus(ONE, Minus(base)))
        case Plus(args):
            kept = all(seen(a) or _not_negative(a, seen) for a in args)
            return kept and any(seen(a) for a in args)
        case Minus(Plus(args)):
            return seen(Plus(*map(Minus, args)))
        case Times() | Minus() | Quotient():
            whole = product(expr)
            parts = (*whole.above, *whole.below)
            return bool(whole.number > 0) and expr not in parts and all(map(seen, parts))
        case Power(base, _):
            return seen(base)
        case Total():
            body, index = expr.open()
            left_out = [masked(factor, index) for factor in product(body).above]
            apart = (UnequalFact(index, other) for other in left_out if other is not None)
            return positive(body, (*facts, *apart), definitions)
        case Maximum() | ProductOver():
            return seen(expr.body)
        case Symbol() | Indexed():
            base = expr.base if isinstance(expr, Indexed) else expr
            defined = next((d for d in definitions if d.base == base), None)
            if defined is None:
                return bool(expr.is_positive)
            at = expr.indices if isinstance(expr, Indexed) else ()
            return seen(replace(defined.value, dict(zip(defined.indices, at, strict=True))))
    return bool(expr.is_positive)


def _tells(fact: PositiveFact, expr: Expr) -> bool:
    """Whether a fact says that ``expr`` is positive; of a leaf less a number one may say more."""
    known = fact.as_to(expr)
    if same(known, expr):
        return True
    if fact.subject is None or not isinstance(expr, (Symbol, Indexed, Plus)):
        return False
    if names(expr) != names(known) or len(expr.args) > 2:
        return False
    more = (expr - _times_as_much(expr, known, fact.subject) * known).doit()
    return bool(more.is_number and more.is_nonnegative)


def _times_as_much(expr: Expr, known: Expr, subject: Expr) -> Expr:
    """How often what is known goes into an expression, by what both have of a leaf: ``1/2``."""
    own, other = (e.doit().coeff(subject) for e in (expr, known))
    ratio = own / other if own.is_Rational and other.is_Rational and other != 0 else ONE
    return ratio if ratio.is_positive else ONE


def told_apart(expr: Expr, definitions: tuple[Definition, ...]) -> Iterator[UnequalFact]:
    """Which indices differ wherever ``expr`` counts: by its masks, and by those of its names."""
    yield from (UnequalFact(d.first, d.second) for d in expr.atoms(Delta))
    for entry in entries(expr):
        for d in definitions:
            if d.base == entry.base:
                at = dict(zip(d.indices, entry.indices, strict=True))
                yield from told_apart(replace(d.value, at), definitions)


def _leaves_some(
    entry: Expr, definitions: tuple[Definition, ...], seen: Callable[[Expr], bool]
) -> bool:
    """Whether a name stands for one of several positive terms over their sum: less than one."""
    base = entry.base if isinstance(entry, Indexed) else entry
    match next((d.value for d in definitions if d.base == base), None):
        case Quotient(above, Plus(args)):
            return above in args and all(map(seen, args))
    return False


def nonzero(expr: Expr, facts: tuple[Fact, ...], definitions: tuple[Definition, ...]) -> bool:
    """Whether ``expr`` can be seen not to be zero."""
    number = constant(expr)
    if number is not None:
        return bool(number != 0)
    if isinstance(expr, Times):
        return all(nonzero(a, facts, definitions) for a in expr.args)
    either_sign = (expr, Minus(expr))
    if any(positive(side, facts, definitions) for side in either_sign):
        return True
    return bool(getattr(expr, "is_nonzero", False))


def zero(expr: Expr) -> bool:
    """Whether ``expr`` is zero once it is multiplied out, as ``Σ_l (a_l - a_l) b_l`` is."""
    plain = expand(expr.doit())
    sums = {total for total in plain.atoms(Sum) if expand(total.function) == 0}
    return bool(expand(plain.xreplace(dict.fromkeys(sums, Integer(0)))) == 0)


def without_zero(expr: Expr) -> Expr:
    """A sum without the terms that are zero, as ``u - 0`` is ``u``."""
    if not isinstance(expr, Plus):
        return expr
    return sum_of(tuple(t for t in expr.args if constant(t) != 0))


def _not_negative(expr: Expr, seen: Callable[[Expr], bool]) -> bool:
    """Whether ``expr`` is made of squares, deltas and what is ``seen`` to be positive.

    So is a sum over an index of what is.
    """
    match expr:
        case Times() | Quotient():
            whole = product(expr)
            parts = (*whole.above, *whole.below)
            rest = all(seen(p) or _not_negative(p, seen) for p in parts if p != expr)
            return bool(whole.number > 0) and expr not in parts and rest
        case Power(_, exponent):
            return bool(exponent.is_Integer and exponent % 2 == 0)
        case Total():
            body, _ = expr.open()
            return seen(body) or _not_negative(body, seen)
    return isinstance(expr, (Delta, Bracket))


def _indices(expr: Expr) -> list[Expr]:
    """Entries that serve as indices, then symbols; those inside an entry do not count alone."""
    inside = entries(expr)
    hidden = {s for e in inside for s in names(e)}
    return [*inside, *(s for s in sorted(names(expr), key=str) if s not in hidden)]


def _number(expr: Expr, at: dict[Expr, Integer]) -> int:
    value = expr.xreplace(at) if not isinstance(expr, Binder) else expr
    if not isinstance(value, Number):
        value = value.doit()
    return int(value) if value.is_Integer else _not_whole(value)


def _not_whole(value: Expr) -> int:
    raise ValueError(f"{value} is no whole number")


def _related(fact: EqualFact | UnequalFact, at: dict[Expr, Integer]) -> bool:
    try:
        equal = _number(fact.left, at) == _number(fact.right, at)
    except ValueError:
        # It speaks of an index that plays no part here.
        return True
    return equal if isinstance(fact, EqualFact) else not equal


def _holds(kind: str, numbers: list[int]) -> bool:
    first, *others = numbers
    match kind:
        case "within":
            low, high, *excluded = others
            return low <= first <= high and first not in excluded
        case "at_most":
            return first <= others[0]
        case "nonempty":
            high, *excluded = others
            return any(n not in excluded for n in range(first, high + 1))
        case "unequal":
            return first not in others
        case "even" | "odd":
            return first % 2 == (kind == "odd")
    raise ValueError(f"no condition is called {kind}")
