"""Why a step holds: the sentence of its rule, with what it speaks of put in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr, Indexed, Symbol

from derive.derivation import Derivation, Step
from derive.display import Dotted
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
from derive.notation import Binder, Inert, Partial, binders, rename
from derive.positions import Path
from derive.render.document import Formula, Reference, Sentence
from derive.render.messages import Messages
from derive.render.names import FREE, Names, names_in
from derive.render.rule_formula import rule_formula
from derive.rules import RULES


def reason(
    step: Step,
    derivation: Derivation,
    messages: Messages,
    names: Names,
    lemmas: Mapping[str, Reference],
    taken: Names,
    remark: Sentence = (),
) -> tuple[Sentence, Sentence]:
    """The short name and the sentence of a step's rule; other rules are named after it.

    ``taken`` are the names that the whole document uses, which a law must not use for its letters;
    a ``remark`` on the rule comes before the others.
    """
    letters = Names(names.taken | taken.taken)
    atom = next((a for a in step.atoms if a.rule == step.rule), step.atoms[0])
    short, sentence = _of_rule(atom, derivation, messages, names, lemmas, letters)
    sentence += remark
    others = dict.fromkeys(
        _of_rule(a, derivation, messages, names, lemmas, letters)[0]
        for a in step.atoms
        if a.rule != atom.rule and (not is_small(a.rule) or _is_seen(a, step))
    )
    others.pop(short, None)
    if others:
        slots = {"rules": messages.enumeration(others)}
        sentence = (*sentence, " ", *messages.sentence("text", "besides", slots))
    return short, sentence


def is_small(rule: str) -> bool:
    """Whether a rule is only spoken of where it changes what a reader sees."""
    return RULES[rule].bookkeeping or RULES[rule].telling


def _is_seen(atom: Step, step: Step) -> bool:
    """Whether a small rule changes something that a reader has before him."""
    if not RULES[atom.rule].telling:
        return False
    part, _ = _place(atom.before, atom.positions[0], FREE)
    return any(e == part for e in _parts(step.before))


def _parts(expr: Expr) -> Iterator[Expr]:
    """All parts, with bound indices as ``_place`` calls them."""
    yield expr
    for position in range(len(expr.args)):
        if isinstance(expr, Inert):
            yield from _parts(_place(expr, (position,), FREE)[0])


def _of_rule(
    atom: Step,
    derivation: Derivation,
    messages: Messages,
    names: Names,
    lemmas: Mapping[str, Reference],
    letters: Names,
) -> tuple[Sentence, Sentence]:
    """The short name and the sentence of the rule of an atomic step."""
    part, _ = _place(atom.before, atom.positions[0], names)
    # With dots there is no index to be seen, and no sign to differentiate under.
    dotted = isinstance(part, Partial) and isinstance(part.operand, Dotted)
    rule = "differentiate_sum" if dotted and atom.rule == "differentiate_total" else atom.rule
    facts = [f for f in atom.facts if not isinstance(f, Definition)]
    definitions = [f for f in atom.facts if isinstance(f, Definition)]
    slots = {
        "variable": _formula(_variable(atom, derivation, names), names),
        "index": _formula(_index(atom, names), names),
        "law": rule_formula(rule, letters),
        "lemma": lemmas.get(atom.lemma or ""),
        "fact": _listed([fact_formula(f, names) for f in facts], messages),
        "definition": _listed([_definition(atom, d, names) for d in definitions], messages),
        "array": _listed([Formula((d.base,), names) for d in definitions], messages),
    }
    return messages.rule(rule, slots)


def fact_formula(fact: Fact, names: Names) -> Formula:
    """A declared fact as a formula."""
    match fact:
        case IndexRange(index, lower, upper):
            return Formula((lower, "<=", index, "<=", upper), names)
        case SumFact(total, value):
            return Formula((total, "=", value), names)
        case EntryFact(entry, value) | Definition(entry, value):
            return Formula((entry, "=", value), _keeping(names, entry, value))
        case EqualFact(left, right):
            return Formula((left, "=", right), names)
        case UnequalFact(left, right):
            return Formula((left, "!=", right), names)
        case PositiveFact(more, less):
            return Formula((more, ">", less), names)
        case SizeFact(size, least):
            return Formula((size, ">=", least), names)
    raise TypeError(fact)


def _keeping(names: Names, *expressions: Expr) -> Names:
    """The same with the names that are free in some expressions, for the bound ones in them."""
    return Names(names.taken | names_in(expressions).taken)


def _formula(expr: Expr | None, names: Names) -> Formula | None:
    return None if expr is None else Formula((expr,), names)


def _listed(formulas: list[Formula], messages: Messages) -> Sentence | None:
    return messages.enumeration((f,) for f in formulas) if formulas else None


def _definition(step: Step, definition: Definition, names: Names) -> Formula:
    """A definition as it is used at the first place, or in general where it is not so plain."""
    before, _ = _place(step.before, step.positions[0], names)
    after, inside = _place(step.after, step.positions[0], names)
    for entry, value in ((before, after), (after, before)):
        base = entry.base if isinstance(entry, Indexed) else entry
        if base == definition.base:
            return Formula((entry, "=", value), _keeping(inside, entry, value))
    return fact_formula(definition, names)


def _variable(step: Step, derivation: Derivation, names: Names) -> Expr | None:
    """The variable of the derivative that a step takes."""
    part, _ = _place(step.before, step.positions[0], names)
    if isinstance(part, Partial):
        return part.variable
    variables = derivation.problem.variables
    return variables[-1] if variables else None


def _index(step: Step, names: Names) -> Symbol | None:
    """The name, as printed, of the index of the sum that a step works on."""
    part, inside = _place(step.before, step.positions[0], names)
    found = binders(part)
    return inside.of(found[0]) if found else None


def _place(expr: Expr, path: Path, names: Names) -> tuple[Expr, Names]:
    """A part, with the indices bound around it called as they are printed."""
    for position in path:
        if isinstance(expr, Binder) and position == 0:
            name = names.of(expr)
            names = names.also(name)
            expr = rename(expr.body, expr.limits[0], name)
        else:
            expr = expr.args[position]
    return expr, names
