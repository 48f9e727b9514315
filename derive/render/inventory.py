"""What goes into a statement: the symbols with their shapes, and the facts, in words."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.arrays import Column, Diagonal, Identity, Ones, Part, Row
from derive.arrays import shape as shape_of
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
    ONE,
    ZERO,
    Attains,
    Bracket,
    Delta,
    Exp,
    Log,
    Quotient,
    Threshold,
    bases,
    entries,
    heads,
)
from derive.notation import names as free
from derive.problem import Problem
from derive.recognition import is_logistic, is_weighted
from derive.render.document import Formula, Naturals, Piece, Sentence, Space, Table
from derive.render.messages import NOTHING, Messages, Slots
from derive.render.names import Names
from derive.render.reasons import fact_formula

_PARTS = {
    Row: "row",
    Column: "column",
    Ones: "ones",
    Identity: "identity",
    Diagonal: "diagonal",
}
"""What is said of an array that is none of the inputs, as it is written."""


def symbols_table(
    problem: Problem,
    named: Expr | None,
    definitions: tuple[Definition, ...],
    indices: Mapping[Symbol, IndexRange],
    shown: tuple[Expr, ...],
    arrays: tuple[Expr, ...],
    messages: Messages,
    names: Names,
) -> Table:
    """Every symbol with its meaning and where its values lie.

    ``named`` is what the expression itself is called, where it has a name; ``indices`` are the free
    ones; ``shown`` are the expressions of the document, in which deltas and brackets may occur;
    ``arrays`` are those in it that need a word: rows, and those that are no input.
    """
    varied = {v.base if isinstance(v, Indexed) else v for v in problem.variables}
    # Sizes and classes such as t or t[n] are indices, and so integers, where they index an array.
    used_as_index = {
        a.base if isinstance(a, Indexed) else a
        for e in entries(problem.expression)
        for a in e.indices
    }
    along = bases(problem.direction) if problem.direction is not None else frozenset()
    along -= varied | bases(problem.expression)
    logits = {base for d in definitions for base in _logits(d)}
    labels = {base for fact in problem.facts for base in _labels(fact)}
    said = dict(problem.meanings)
    rows: list[tuple[Sentence, ...]] = []

    def row(symbol: Expr, meaning: str, *values: Piece, slots: Slots = NOTHING) -> None:
        about = messages.sentence("symbols", said.get(str(symbol), meaning), slots)
        rows.append(((Formula((symbol,), names),), about, tuple(values)))

    if named is not None:
        kind = "loss" if problem.kind != "jacobian" else "function"
        row(named, kind, Formula((named, "in", Space()), names))
    for array in problem.arrays:
        shape = tuple(array.shape or ())
        if array in used_as_index:
            ranges = [r for r in problem.ranges if array in bases(r.index)]
            row(array, "array_integers", *(fact_formula(r, names) for r in ranges[:1]))
        else:
            kind = "logits" if array in logits else "labels" if array in labels else "array"
            kind += "_varied" if array in varied else ""
            kind = "direction" if array in along else kind
            row(array, kind, Formula((array, "in", Space(shape)), names))
    for definition in definitions:
        base = definition.base
        kind = "logistic" if is_logistic(definition.value) else "definition"
        kind = "logits" if base in logits else kind
        if definition.softmax:
            kind = "softmax_rows" if len(definition.indices) > 1 else "softmax"
            kind += "_weighted" if is_weighted(definition.value) else ""
        shape = tuple(base.shape or ()) if isinstance(base, IndexedBase) else ()
        row(base, kind, Formula((base, "in", Space(shape)), names))
    for part in arrays:
        slots = NOTHING
        if isinstance(part, Part):
            slots = {"array": Formula((part.base,), names), "index": Formula(part.fixed, names)}
        row(
            part,
            _PARTS[type(part)],
            Formula((part, "in", Space(shape_of(part))), names),
            slots=slots,
        )
    for parameter in problem.parameters:
        kind = "parameter_varied" if parameter in varied else "parameter"
        row(parameter, kind, _domain(parameter, names))
    classes = {d.base.shape[-1] for d in definitions if d.softmax and d.base.shape}
    for size in problem.sizes:
        kind = "classes" if size in classes else "size"
        least = next((f for f in problem.facts if isinstance(f, SizeFact) and f.size == size), None)
        where = fact_formula(least, names) if least else Formula((size, "in", Naturals()), names)
        row(size, kind, where)
    true_classes = [
        other
        for fact in problem.facts
        if isinstance(fact, EntryFact) and isinstance(fact.value, Delta)
        for other in fact.value.args
        if other not in fact.entry.indices and isinstance(other, Symbol)
    ]
    classes_too = {r.index: r for r in problem.ranges if r.index in true_classes}
    for index, known in {**indices, **classes_too}.items():
        kind = "true_class" if index in classes_too else "index"
        row(index, kind, fact_formula(known, names))
    found = frozenset().union(*(heads(e) for e in shown)) if shown else frozenset()
    i, j = (Symbol(n, integer=True) for n in ("i", "j"))
    if Delta in found:
        row(Delta(i, j), "indicator" if problem.indicator else "delta")
    if Bracket in found:
        row(Bracket(i, j), "bracket")
    if any(branch.is_bracket for e in shown for branch in e.atoms(Threshold)):
        row(Threshold(Symbol("u"), Symbol("w"), ONE, ZERO), "bracket")
    brackets = [b for e in shown for b in sorted(e.atoms(Attains), key=str)]
    if brackets:
        _, lower, upper = brackets[0].limits[:3]
        row(Attains(IndexedBase("u")[j], (j, lower, upper), i), "attains")
    if Log in found:
        row(Log(Symbol("u")), "logarithm")
    columns = tuple(messages.text("columns", c) for c in ("symbol", "meaning", "range"))
    return Table(columns, tuple(rows))


def _logits(definition: Definition) -> frozenset[IndexedBase]:
    """The array that a softmax is taken of, where it is the softmax of plain entries."""
    match definition.value:
        case Quotient(Exp(Indexed() as entry), _) if definition.softmax:
            return frozenset({entry.base})
    return frozenset()


def _labels(fact: Fact) -> frozenset[IndexedBase]:
    """The array that a fact says to be labels: one-hot, or with sum one."""
    match fact:
        case EntryFact(entry, Delta()):
            return frozenset({entry.base})
        case SumFact(total, value) if value == 1 and isinstance(total.body, Indexed):
            return frozenset({total.body.base})
    return frozenset()


def facts_in_words(facts: tuple[Fact, ...], messages: Messages, names: Names) -> list[Sentence]:
    """Each declared fact as a formula and in words; ranges and sizes are among the symbols."""
    found = []
    for fact in facts:
        if isinstance(fact, (IndexRange, SizeFact)):
            continue
        meaning = messages.sentence("facts", _kind(fact), {"symbol": _subject(fact, names)})
        every = messages.enumeration((Formula((i,), names),) for i in _generic(fact))
        slots: Slots = {"fact": fact_formula(fact, names), "meaning": meaning, "indices": every}
        found.append(messages.sentence("text", "given_for_every" if every else "given", slots))
    return found


def _generic(fact: Fact) -> tuple[Symbol, ...]:
    """The indices for each of which a fact is declared."""
    match fact:
        case EntryFact(entry, _):
            return entry.indices
        case SumFact(total, _):
            inside = (i for e in entries(total) for i in e.indices)
            return tuple(i for i in inside if i in free(total))
    return ()


def _kind(fact: Fact) -> str:
    match fact:
        case SumFact(_, value):
            if value != 1:
                return "sum"
            return "sum_to_one_each" if _generic(fact) else "sum_to_one"
        case EntryFact(_, value):
            return "one_hot" if isinstance(value, Delta) else "entry"
        case EqualFact():
            return "equal"
        case UnequalFact():
            return "unequal"
        case PositiveFact():
            return "positive"
    raise TypeError(fact)


def _subject(fact: Fact, names: Names) -> Formula | None:
    match fact:
        case SumFact(total, _):
            return Formula((*(e.base for e in entries(total)[:1]),), names)
        case EntryFact(entry, _):
            return Formula((entry.base,), names)
    return None


def _domain(parameter: Symbol, names: Names) -> Formula:
    if parameter.is_integer and parameter.is_positive:
        return Formula((parameter, "in", Naturals()), names)
    if parameter.is_positive:
        return Formula((parameter, ">", ZERO), names)
    return Formula((parameter, "in", Space()), names)
