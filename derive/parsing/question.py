"""What a user asks, in SymPy, whether it was written in SymPy or as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy.core.basic import Basic

from derive.parsing.axes import axes_of
from derive.parsing.meaning import Meaning
from derive.parsing.roles import roles_of
from derive.parsing.scopes import check_scopes
from derive.parsing.statement import Statement
from derive.parsing.syntax import parse_expression, parse_relation
from derive.parsing.tree import Delta, Entry, Limits, Name, Relation, Slope, names_in, walk
from derive.parsing.vectors import with_indices


@dataclass(frozen=True)
class Asked:
    """Expressions, what to differentiate by, facts and definitions, as SymPy has them."""

    expressions: tuple[Any, ...]
    variables: tuple[Any, ...]
    given: Any
    where: Any
    along: tuple[Any, ...] = ()


def in_sympy(
    expressions: Sequence[Any],
    variables: Sequence[Any],
    given: Any,
    where: Any,
    smooth: bool = True,
    along: Sequence[Any] = (),
) -> Asked:
    """The question in SymPy; what is not text stays as it is.

    ``smooth`` says that the expressions are losses, which have derivatives everywhere; ``along``
    holds the entry of the vector that a Hessian is multiplied by.

    Raises ``DeriveError`` for text that cannot be read, and ``TypeError`` where some of it is text
    and some is not.
    """
    given, where = _listed(given), _listed(where)
    if not _is_text(expressions, (*variables, *along), given, where):
        return Asked(tuple(expressions), tuple(variables), given, where, tuple(along))
    typed = Statement(
        tuple(map(parse_expression, expressions)),
        tuple(map(parse_expression, variables)),
        tuple(map(parse_relation, given)),
        tuple(map(parse_relation, where)),
        tuple(map(parse_expression, along)),
    )
    if smooth:
        _check_smooth(typed)
    _check_variables(typed)
    statement = with_indices(typed)
    axes = axes_of(statement, roles_of(statement))
    if smooth:
        for tree in (*typed.expressions, *typed.where):
            check_scopes(tree)
    meaning = Meaning(axes, statement.given)
    facts = [meaning.fact(relation) for relation in statement.given]
    for relation, fact in zip(statement.given, facts, strict=True):
        if fact is None or relation.operator == "<=":
            _check_used(relation, statement)
    return Asked(
        tuple(map(meaning.expression, statement.expressions)),
        tuple(map(meaning.variable, statement.variables)),
        [fact for fact in facts if fact is not None],
        [meaning.definition(relation) for relation in statement.where],
        tuple(map(meaning.variable, statement.along)),
    )


def _listed(relations: Any) -> Any:
    """Relations as a list; what is none is left to whoever reads them, who says so."""
    if isinstance(relations, Iterable) and not isinstance(relations, (str, Basic)):
        return list(relations)
    return relations


def _is_text(expressions: Sequence[Any], variables: Sequence[Any], given: Any, where: Any) -> bool:
    """Whether all of a question is text; ``TypeError`` where only some of it is."""
    named = [("the expression", e) for e in expressions]
    named += [("what to differentiate by", v) for v in variables]
    for argument, relations in (("given=", given), ("where=", where)):
        if isinstance(relations, list):
            named += [(argument, relation) for relation in relations]
        elif any(isinstance(e, str) for e in expressions):
            example = relations if isinstance(relations, str) else "k != t"
            raise TypeError(f"{argument} takes a list, such as [{example!r}], not {relations!r}")
    text = [isinstance(value, str) for _, value in named]
    if any(text) and not all(text):
        (one, said), (other, made) = named[text.index(True)], named[text.index(False)]
        raise TypeError(
            f"{one} is text, {said!r}, and {other} is not, {made!r}: write all of it as text or "
            "all of it with SymPy"
        )
    return any(text)


def _check_smooth(statement: Statement) -> None:
    """Raise ``DeriveError`` for what no loss can be made of."""
    for tree in (*statement.expressions, *statement.where):
        for node in walk(tree):
            if isinstance(node, Slope):
                raise node.place.error(
                    "a derivative cannot stand in what is to be differentiated; name what to "
                    "differentiate by apart"
                )


_WITH_INDICES = (Entry, Limits, Delta)
"""Parts in which a name is an index or a size: nothing to differentiate by."""


def _check_variables(statement: Statement) -> None:
    """Raise ``DeriveError`` for a variable that does not occur, before its size is asked for."""
    trees = (*statement.expressions, *statement.where)
    present = names_in(trees)
    for variable in statement.variables:
        if isinstance(variable, (Name, Entry)) and variable.name not in present:
            places = [n for tree in trees for n in walk(tree) if isinstance(n, _WITH_INDICES)]
            counting = names_in(part for place in places for part in place.parts)
            counting |= {place.index.name for place in places if isinstance(place, Limits)}
            raise variable.place.error(
                f"cannot differentiate by {variable.name}: it does not occur in the expression; "
                f"what occurs is {', '.join(sorted(present - counting)) or 'nothing'}"
            )


def _check_used(relation: Relation, statement: Statement) -> None:
    """Raise ``DeriveError`` for a fact about symbols of which none occurs elsewhere."""
    about = names_in([relation])
    others = names_in((*statement.expressions, *statement.variables, *statement.where))
    if not about & others:
        raise relation.place.error(
            f"this fact is about {', '.join(sorted(about))}, which does not occur elsewhere; drop "
            "it or correct the name"
        )
