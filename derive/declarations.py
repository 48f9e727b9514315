"""Facts and definitions: from a user's relations to checked data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Eq, Expr, Ge, Gt, Indexed, Integer, Le, Lt, Ne, Symbol, Tuple
from sympy.logic.boolalg import BooleanAtom

from derive.errors import DeriveError
from derive.facts import (
    Definition,
    EntryFact,
    EqualFact,
    Fact,
    Given,
    IndexRange,
    PositiveFact,
    SizeFact,
    SumFact,
    UnequalFact,
)
from derive.notation import (
    ONE,
    Delta,
    Log,
    Maximum,
    Quotient,
    Total,
    bases,
    collected,
    entries,
    factors,
    masked,
    names,
)
from derive.reading import read
from derive.recognition import is_softmax
from derive.signs import ingredients
from derive.wording import quoted, readable, sizes_in


def read_fact(relation: Any) -> Fact:
    """The fact that a relation states; ``DeriveError`` for one that can be of no use."""
    if isinstance(relation, (bool, BooleanAtom)):
        raise DeriveError(
            f"a fact in given= came out as {relation} before Derive saw it: write Eq(a, b) for "
            "a == b, and leave out what the assumptions of the symbols say already"
        )
    match relation:
        case Eq(args=(left, right)):
            return _equality(read(left), read(right), relation)
        case Ne(args=(left, right)):
            return UnequalFact(left, right)
        case Gt(args=(more, less)) | Lt(args=(less, more)):
            return PositiveFact(read(more), read(less))
        case Ge(args=(Symbol() as size, Integer() as least)) if size.is_integer:
            return SizeFact(size, least)
        case (
            Le(args=(Symbol() | Indexed() as index, last)) | Ge(args=(last, Symbol() as index))
        ) if _is_index(index) and _is_end(last, moved=isinstance(index, Indexed)):
            return IndexRange(index, ONE, last)
        case Le(args=(entry, bound)) | Ge(args=(entry, bound)) if _is_bounded(entry, bound):
            strict = (Gt if isinstance(relation, Ge) else Lt)(entry, bound)
            raise DeriveError(
                f"{relation} is no fact that can be used: of an entry of an array only > and < can "
                f"be stated; drop the fact, or state {strict} if that holds"
            )
        case Le() | Ge() if single := sorted(s.name for s in names(relation) if _is_plain_index(s)):
            raise DeriveError(
                f"{relation} is no fact that can be used: an index such as {single[0]} runs to the "
                "end of its axis; drop the fact, and the result says by cases what holds where"
            )
    raise DeriveError(
        f"{quoted(relation)} is no fact that can be used; a fact is Eq(Sum(y[i], (i, 1, C)), 1), "
        "Eq(y[i], KroneckerDelta(i, t)), Ne(k, t), w[i] > 0, b < 1, C >= 2, or s <= C of an index"
    )


def _is_index(expr: Expr) -> bool:
    """Whether an expression may be an index; of an array only its use tells."""
    return bool(expr.is_integer) or isinstance(expr, Indexed)


def _is_bounded(one: Expr, other: Expr) -> bool:
    """Whether an entry is compared with a number, a parameter or an entry: with no index."""
    plain = [side for side in (one, other) if not isinstance(side, Indexed)]
    return len(plain) < 2 and not any(s.is_integer for side in plain for s in names(side))


def _is_end(expr: Expr, moved: bool) -> bool:
    """Whether this is a size; of classes in arrays, it may be ``moved`` by a whole number."""
    by, size = expr.as_coeff_Add()
    return bool(
        (by == 0 or (moved and by.is_Integer))
        and size.is_Symbol
        and size.is_integer
        and size.is_positive
    )


def _is_plain_index(symbol: Symbol) -> bool:
    """Whether a symbol is an index, and no size."""
    return bool(symbol.is_integer) and not symbol.is_positive


def _equality(left: Expr, right: Expr, relation: Eq) -> Fact:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Total):
            return SumFact(one, other)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Indexed):
            own = [a for a in one.indices if isinstance(a, Symbol)]
            if len(own) != len(one.indices):
                raise DeriveError(
                    f"{relation}: the entry {one} must have plain indices, such as y[i]"
                )
            if isinstance(other, Delta):
                if not set(own) & set(other.args):
                    raise DeriveError(
                        f"{relation}: the index {own[-1]} of {one} does not occur on the other "
                        f"side; a one-hot label is Eq({one}, KroneckerDelta({own[-1]}, t))"
                    )
                return EntryFact(one, other)
            if not names(other) - set(own):
                return EntryFact(one, other)
    if isinstance(left, Symbol) and isinstance(right, (Symbol, Indexed)):
        return EqualFact(left, right)
    raise DeriveError(
        f"{relation} is no fact that can be used; to name an expression, put it into where=[...]; "
        "the value of a letter is given to the kernel"
    )


def read_definition(relation: Any) -> Definition:
    """The definition ``Eq(name, value)``; ``DeriveError`` for anything else."""
    if not isinstance(relation, Eq):
        raise DeriveError(
            f"{quoted(relation)} is no definition; write where=[Eq(q[i], exp(z[i])/Sum(...))]"
        )
    entry, value = relation.args
    if not isinstance(entry, (Indexed, Symbol)):
        raise DeriveError(f"{relation}: the left side must be the name, such as q[i]")
    if isinstance(entry, Indexed):
        plain = [a for a in entry.indices if isinstance(a, Symbol)]
        if len(set(plain)) != len(entry.indices):
            raise DeriveError(
                f"{relation}: {entry} must have different plain indices, such as q[i]"
            )
    return Definition(entry, read(value))


def with_softmax(definition: Definition) -> Definition:
    """The definition, marked where its value is a softmax over its last index."""
    indices = definition.indices
    softmax = bool(indices) and is_softmax(definition.value, indices[-1])
    return Definition(definition.entry, definition.value, softmax)


def mentioned_in(fact: Fact) -> Expr:
    """An inert expression that mentions all that a fact mentions."""
    match fact:
        case SumFact():
            return fact.total
        case EntryFact():
            return Tuple(fact.entry, fact.value)
        case EqualFact() | UnequalFact():
            return Delta(fact.left, fact.right)
        case PositiveFact():
            return fact.expression
    return ONE


def implied_sizes(places: Iterable[Expr], facts: Iterable[Fact]) -> tuple[SizeFact, ...]:
    """What is divided by a sum over the others has no value without others: ``n >= 2``.

    Nor has the largest value of the others.
    """
    told = {fact.size for fact in facts if isinstance(fact, SizeFact)}
    least: dict[Symbol, int] = {}
    for total in frozenset().union(*(collected(place, _of_others) for place in places)):
        body, index = total.opened
        summed = isinstance(total, Total)
        masks = sum(masked(f, index) is not None for f in factors(body)) if summed else 0
        if total.lower == 1 and total.upper.is_Symbol and total.upper not in told:
            needed = 1 + len(total.excluded) + masks
            least[total.upper] = max(needed, least.get(total.upper, 1))
    return tuple(SizeFact(size, Integer(n)) for size, n in sorted(least.items(), key=str) if n > 1)


def _of_others(expr: Expr) -> list[Expr]:
    """The sums over an index that something is divided by, or of which there is a logarithm.

    And the maxima.
    """
    match expr:
        case Quotient(_, below) | Log(below):
            return [f for f in factors(below) if isinstance(f, Total)]
        case Maximum():
            return [expr]
    return []


def check_facts(
    facts: tuple[Fact, ...],
    typed: Sequence[str],
    loss: Expr,
    definitions: tuple[Definition, ...],
    wanted: tuple[Expr, ...],
) -> None:
    """Raise ``DeriveError`` for a fact about nothing, or one that fixes what is to vary.

    ``typed`` is how each was written: ``b < a`` is kept as ``a > b``.
    """
    present = set(ingredients(loss, definitions)) | {s for v in wanted for s in names(v)}
    for fact in facts:
        if isinstance(fact, EntryFact):
            # What the label is made of (its class t) becomes known by the fact itself.
            about = {fact.entry.base}
            present |= names(fact.value)
    for fact, written in zip(facts, typed, strict=True):
        if isinstance(fact, SizeFact) and not is_size(fact.size, loss, definitions):
            raise DeriveError(
                f"the fact {fact.statement} is about {fact.size}, which is no size of an array; "
                "drop it or correct the name"
            )
        if isinstance(fact, EntryFact):
            about = {fact.entry.base}
        elif isinstance(fact, SumFact):
            about = set(bases(fact.total))
        elif isinstance(fact, PositiveFact):
            about = set(bases(fact.expression)) or set(names(fact.expression))
        elif isinstance(fact, (EqualFact, UnequalFact)):
            about = {s for side in (fact.left, fact.right) for s in names(side)}
        else:
            continue
        missing = sorted(str(a) for a in about if a not in present)
        if missing or not about:
            raise DeriveError(
                f"the fact {written} is about {', '.join(missing) or 'nothing'}, and the "
                "expression is not; drop it or correct the name"
            )
        if isinstance(fact, (EntryFact, SumFact)):
            base = next(iter(about))
            for variable in wanted:
                if isinstance(variable, Indexed) and variable.base in about:
                    raise DeriveError(
                        f"cannot differentiate by {variable} under the fact {fact.statement}: it "
                        f"leaves the entries of {base} no room to vary; drop the fact"
                    )


def is_size(symbol: Expr, loss: Expr, definitions: tuple[Definition, ...]) -> bool:
    """Whether a symbol is the size of an array that the expression uses."""
    return any(symbol in sizes_in(expr) for expr in (loss, *(d.value for d in definitions)))


def check_indices(facts: tuple[Fact, ...], given: Given, free: frozenset[Symbol]) -> None:
    """Facts that compare indices compare indices; facts of every entry do not mean a single one."""
    for fact in facts:
        if isinstance(fact, (EqualFact, UnequalFact)):
            for side in (fact.left, fact.right):
                if not isinstance(side, Integer) and given.range_of(side) is None:
                    raise DeriveError(
                        f"the fact {fact.statement} compares indices, and {side} is none; drop it"
                    )
        if isinstance(fact, SumFact):
            _check_labels(fact, given)
        if isinstance(fact, EntryFact) and not isinstance(fact.value, Delta):
            single = sorted(str(s) for s in names(fact.entry) & free)
            if single:
                raise DeriveError(
                    f"the fact {fact.statement} would hold for every {single[0]}, which is a "
                    "single index of the expression; write it with an index of its own if that "
                    "is meant"
                )


def _check_labels(fact: SumFact, given: Given) -> None:
    """Raise ``DeriveError`` for a sum that depends on a single index, though its entries do not."""
    own = {s for e in entries(fact.total) for a in e.indices for s in names(a)}
    told = {s for e in entries(fact.value) for a in e.indices for s in names(a)}
    used = {s for s in names(fact.total) | names(fact.value) if given.range_of(s) is not None}
    single = sorted(map(str, (told | used) - own))
    if single:
        array = min(map(str, bases(fact.total)))
        raise DeriveError(
            f"the fact {fact.statement} depends on the index {single[0]}, "
            f"and {array} does not; give {array} that index, too, as in {array}[{single[0]}, ...], "
            "or write one array for all that is summed, and the fact about its sum"
        )


def check_definitions(definitions: tuple[Definition, ...]) -> None:
    """Raise ``DeriveError`` for a name that is defined twice, by way of itself, or as a number."""
    defined = [d.base for d in definitions]
    for definition in definitions:
        if definition.value.doit().is_Rational:
            # Each 2 of a formula, an exponent too, would be called by the name of a 2.
            raise DeriveError(
                f"{definition.statement} names a plain number; write the number itself, or leave "
                f"{definition.base} a letter and give it to the kernel"
            )
        if defined.count(definition.base) > 1:
            raise DeriveError(f"{definition.base} is defined twice in where=; keep one definition")
        if _by_itself(definition.base, definitions):
            raise DeriveError(
                f"{definition.statement} defines {definition.base} by itself; "
                "define it by the inputs"
            )


def check_entries(facts: tuple[Fact, ...], definitions: tuple[Definition, ...]) -> None:
    """Raise ``DeriveError`` for entries that are declared by entries of the same array."""
    declared = [Definition(f.entry, f.value) for f in facts if isinstance(f, EntryFact)]
    for fact in declared:
        if _by_itself(fact.base, (*declared, *definitions)):
            raise DeriveError(
                f"the fact {fact.statement} declares {fact.base} by itself: an entry may not be "
                "declared by entries of the same array, nor by way of others; write a symmetric "
                "matrix as (a[i,j] + a[j,i])/2, with an array a of its own"
            )


def check_defined(
    facts: tuple[Fact, ...], typed: Sequence[str], definitions: tuple[Definition, ...]
) -> None:
    """Raise ``DeriveError`` for a fact about nothing but names that ``where=`` defines.

    It may contradict them; what follows from a definition is found without it. ``typed`` is how
    each was written.
    """
    defined = {d.base: d for d in definitions}
    for fact, written in zip(facts, typed, strict=True):
        if not isinstance(fact, (EntryFact, SumFact)):
            continue
        about = {fact.entry.base} if isinstance(fact, EntryFact) else bases(fact.total.body)
        made = [defined[base] for base in sorted(about, key=str) if base in defined]
        if not made or len(made) < len(about):
            continue
        if isinstance(fact, SumFact) and all(d.softmax or _adds_to_one(d) for d in made):
            continue
        raise DeriveError(
            f"the fact {written} is about {made[0].base}, which where= defines as "
            f"{readable(made[0].value.doit())}; what follows from a definition is found without "
            "it: leave it out, and say what is known of the arrays in the definition instead"
        )


def _adds_to_one(definition: Definition) -> bool:
    """Whether a definition is a part of the sum over its last index: ``a_i / Σ_j a_j``."""
    match definition.value:
        case Quotient(above, Total() as whole) if definition.indices and not whole.excluded:
            return bool(whole.at(definition.indices[-1]) == above)
    return False


def _by_itself(base: Expr, made: Sequence[Definition]) -> bool:
    """Whether a name is made of itself, maybe by way of others."""
    used = {base}
    for _ in made:
        used = {b for d in made if d.base in used for b in (*bases(d.value), *names(d.value))}
        if base in used:
            return True
    return False
