"""Whether a rewritten part is an instance of the law of the rule that claims it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import cast

from sympy import Expr, Symbol
from sympy.core.basic import Basic

from derive.facts import Definition, EqualFact, Fact, Given, Lemma
from derive.laws import LAWS, Condition, Each, Law, Meta, Rest, Source, Value
from derive.notation import Minus, Plus, Quotient, Times, replace
from derive.unfolding import unfold
from derive.verify.canonical import constant, same, sum_of, terms
from derive.verify.chain_rule import is_chain
from derive.verify.clamps import is_clamped
from derive.verify.conditions import (
    Places,
    Sizes,
    nonzero,
    positive,
    told_apart,
    without_zero,
    zero,
)
from derive.verify.instance import instantiate
from derive.verify.match import Match
from derive.verify.matching import matches, products, sums
from derive.verify.slopes import Slopes
from derive.verify.sources import assignments, backed
from derive.verify.words import named, relation

TRIED = 5000
"""Ways to match that are tried before a part counts as no instance of a law."""

CHOSEN = ("within", "at_most", "unequal", "any")
"""Conditions on what a rule is free to choose."""
NOT_HERE, OTHERWISE = "its law does not apply here", "its law gives something else here"

Values = Mapping[Symbol, object]


@dataclass(frozen=True)
class Claim:
    """One rewritten part: what a step says about it, and what holds around it."""

    rule: str
    before: Expr
    after: Expr
    facts: tuple[Fact, ...]
    given: Given
    lemma: Lemma | None = None


@dataclass(frozen=True)
class Ruling:
    """Why a claim is refused, or what it assumes about the domain."""

    refusal: str | None = None
    assumed: tuple[Condition, ...] = ()


class Court:
    """Judges claims under given definitions, going through indices at given sizes."""

    def __init__(self, definitions: tuple[Definition, ...], sizes: Sizes) -> None:
        self._definitions = definitions
        self._sizes = sizes
        self._slopes = Slopes(definitions)

    def judge(self, claim: Claim) -> Ruling:
        """Hold a claim against the law of its rule."""
        law = LAWS.get(claim.rule)
        if law is None:
            return Ruling(f"no law is known of a rule called {claim.rule}")
        if law is Source.CHAIN:
            through = [f for f in claim.facts if isinstance(f, Definition)]
            known = self._definitions
            fits = any(is_chain(claim.before, claim.after, d, known) for d in through)
            return Ruling(None if fits else f"it is no {law.value} through what the step names")
        if isinstance(law, Source):
            facts = (*claim.facts, *claim.given.equal)
            lemma = None if claim.lemma is None else self._applicable(claim.lemma, claim)
            fits = backed(law, claim.before, claim.after, facts, lemma)
            return Ruling(None if fits else f"no {law.value} that the step names gives this")
        flaw = flaw_of(law)
        return self._by_law(law, claim) if flaw is None else Ruling(flaw)

    def _applicable(self, lemma: Lemma, claim: Claim) -> Lemma | None:
        """The lemma for the indices it is applied to, if what it assumes of them holds there."""
        places = Places(self._sizes, claim.facts, claim.given)
        for values in assignments(lemma, claim.before):
            at = {index: values.get(index, index) for index in lemma.indices}
            assumed = [(f, replace(f.left, at), replace(f.right, at)) for f in lemma.assumptions]
            if all(
                left == right
                if isinstance(f, EqualFact)
                else places.always("unequal", (left, right))
                for f, left, right in assumed
            ):
                return lemma
        return None

    def _by_law(self, law: Law, claim: Claim) -> Ruling:
        if same(law.before, law.after) and same(claim.before, claim.after):
            # The law only reorders or regroups, and so does the step.
            return Ruling()
        refusal = NOT_HERE
        for match in _ways(law, claim.before, claim.after):
            if match is None:
                refusal = OTHERWISE if refusal == NOT_HERE else refusal
                continue
            assumed: list[Condition] = []
            failed = self._failed(law, match, claim, assumed)
            if failed is None:
                return Ruling(assumed=tuple(dict.fromkeys(assumed)))
            refusal = f"no fact that the step names gives {failed}"
        return Ruling(refusal)

    def _failed(self, law: Law, match: Match, claim: Claim, assumed: list[Condition]) -> str | None:
        """The first condition that does not hold; those on the domain are added to ``assumed``."""
        for row in match.rows or ({},):
            for condition in law.conditions:
                operands = _operands(condition, {**match.values, **row})
                if condition.kind == "untied":
                    assumed.append(Condition("untied", (named(operands[0]),)))
                elif condition.kind == "positive_factors":
                    # Of each; the index of a binder may be any there.
                    if not positive(operands[0].args[0], claim.facts, self._definitions):
                        assumed.append(Condition("positive_factors", (named(operands[0]),)))
                elif condition.kind == "raised" and all(o.is_Integer for o in operands[1:]):
                    continue
                elif condition.kind == "raised":
                    if not positive(operands[0], claim.facts, self._definitions):
                        assumed.append(Condition("positive", (named(operands[0]),)))
                elif condition.kind == "nonzero" and is_clamped(claim.before, self._slopes.depends):
                    assumed.append(Condition("smooth", (named(operands[0]),)))
                elif condition.kind in ("positive", "nonzero"):
                    seen = positive if condition.kind == "positive" else nonzero
                    operand = without_zero(operands[0])
                    apart = claim.given.apart
                    if condition.kind == "positive":
                        # A logarithm or power of 0 is nowhere but where a mask rules it out.
                        apart = (*apart, *told_apart(operand, self._definitions))
                    if condition.kind == "positive" and _is_not_above_zero(operand):
                        return relation(condition.kind, operands)
                    if not (
                        seen(operand, (*claim.facts, *apart), self._definitions)
                        or Places(self._sizes, claim.facts, claim.given).positive(operand)
                    ):
                        assumed.append(Condition(condition.kind, (named(operand),)))
                elif condition.kind == "zero":
                    if not zero(unfold(operands[0], self._definitions)):
                        return relation(condition.kind, operands)
                elif condition.kind == "any":
                    continue
                elif condition.kind == "independent":
                    if self._slopes.depends(operands[0], operands[1]):
                        return relation(condition.kind, operands)
                elif not Places(self._sizes, claim.facts, claim.given).always(
                    condition.kind, operands
                ):
                    return relation(condition.kind, operands)
        return None


def _is_not_above_zero(operand: Expr) -> bool:
    """Whether this is a number that no domain makes positive."""
    number = constant(operand)
    return number is not None and not number > 0


def flaw_of(law: Law) -> str | None:
    """Why a law is none: it would let anything pass."""
    bounded = set().union(
        *(_metas(o) for c in law.conditions if c.kind in CHOSEN for o in c.operands)
    )
    unknown = _metas(law.after) - _metas(law.before) - bounded
    if unknown:
        return f"its law makes {', '.join(sorted(map(str, unknown)))} out of nothing"
    if isinstance(law.before, (Meta, Value)):
        return "its law starts from anything at all"
    return None


def _ways(law: Law, before: Expr, after: Expr) -> Iterator[Match | None]:
    """The ways to hold a step against a law: what it changed comes first, then all of it."""
    sides = [(before, after)]
    if isinstance(law.before, Plus):
        sides.insert(0, _changed(before, after))
    for old, new in dict.fromkeys(sides):
        yield from islice(_either_sign(law, old, new), TRIED)


def _changed(before: Expr, after: Expr) -> tuple[Expr, Expr]:
    """Two sums without the terms that are in both; as they are where only their order differs."""
    old, new = [], list(terms(after))
    for term in terms(before):
        twin = next((n for n, other in enumerate(new) if same(term, other)), None)
        if twin is None:
            old.append(term)
        else:
            del new[twin]
    return (sum_of(tuple(old)), sum_of(tuple(new))) if old else (before, after)


def _either_sign(law: Law, before: Expr, after: Expr) -> Iterator[Match | None]:
    """As ``_instances``; what holds for a sum holds for it with all signs turned."""
    yield from _instances(law, before, after)
    if isinstance(law.before, Plus):
        yield from _instances(law, Plus(Minus(before)), Minus(after))


def _instances(law: Law, before: Expr, after: Expr) -> Iterator[Match | None]:
    """The ways in which ``before = after`` is an instance of a law; None where only one side is."""
    chosen = _metas(law.after) - _metas(law.before)
    for match, others in _left_sides(law, before):
        if chosen:
            # What the rule was free to choose shows on the right side.
            yield from matches(law.after, after, match)
            yield None
            continue
        result = instantiate(law.after, match.values, match.rows or ())
        beside = others.func(result, *others.args) if others.args else result
        yield match if same(beside, after) else None


def _left_sides(law: Law, expr: Expr) -> Iterator[tuple[Match, Expr]]:
    """The ways in which a law's left side is ``expr``, or terms or factors of it.

    With each come the other terms or factors, as a sum or a product.
    """
    start = Match(varying=_varying(law))
    match law.before:
        case Plus():
            for found, left in sums(law.before, expr, start):
                yield found, Plus(*left)
        case Times() | Minus() | Quotient():
            # All factors first: a part of them may be taken in very many ways.
            for whole in (True, False):
                for found, rest in products(law.before, expr, start, whole):
                    yield found, Times(*rest.items())
        case _:
            for found in matches(law.before, expr, start):
                yield found, Times()


def _operands(condition: Condition, values: Values) -> tuple[Expr, ...]:
    found: list[Expr] = []
    for operand in condition.operands:
        if isinstance(operand, Rest):
            found += cast(tuple[Expr, ...], values[operand])
        else:
            found.append(instantiate(operand, values, ()))
    return tuple(found)


def _varying(law: Law) -> frozenset[Symbol]:
    """The metavariables that occur only under ``Each``: each argument has its own."""
    inside = _metas_in_each(law.before) | _metas_in_each(law.after)
    return frozenset(inside - _metas(law.before, False) - _metas(law.after, False))


def _metas(pattern: Basic, within_each: bool = True) -> set[Symbol]:
    if isinstance(pattern, (Meta, Rest)):
        return {pattern}
    if isinstance(pattern, Each) and not within_each:
        return set()
    return set().union(*(_metas(a, within_each) for a in pattern.args))


def _metas_in_each(pattern: Basic) -> set[Symbol]:
    if isinstance(pattern, Each):
        return _metas(pattern)
    return set().union(*(_metas_in_each(a) for a in pattern.args))
