"""Every rule by itself: it fires, it is true, it has a law, a name, and an end."""

import re

import pytest
from plain import CONTEXT, close, value, worlds
from sympy import Expr
from sympy.core.basic import Basic

from derive.facts import Given
from derive.laws import LAWS, Law, Meta, Rest, Source
from derive.positions import change_everywhere
from derive.rules import RULES, Rewriting, Rule, samples
from derive.rules.registry import rule as registered

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
everywhere = dict.fromkeys(samples.ranges)  # the free indices of the examples


def apply(rule: Rule, expr: Expr, given: Given) -> Expr | None:
    """What the rule makes of a node, without what it relied on."""
    outcome = rule.function(expr, given)
    return outcome.after if isinstance(outcome, Rewriting) else outcome


def metavariables(pattern: Basic) -> set[Basic]:
    found = {pattern} if isinstance(pattern, (Meta, Rest)) else set()
    return found.union(*map(metavariables, pattern.args))


@every_rule
def test_fires_on_its_example(rule: Rule) -> None:
    example = rule.example
    assert not rule.heads or isinstance(example.expression, rule.heads)
    after = apply(rule, example.expression, example.given)
    assert after is not None and after != example.expression


@every_rule
@pytest.mark.parametrize("size", [1, 3, 4])
def test_keeps_the_value(rule: Rule, size: int) -> None:
    before, given = rule.example.expression, rule.example.given
    after = apply(rule, before, given)
    facts = {**everywhere, **dict.fromkeys((*given.facts, *given.equal))}
    compared = 0
    for positive in (False, True):
        for world in worlds([before, after], {"C": size}, facts, given.definitions, positive):
            try:
                left = value(before, world)
            except ZeroDivisionError:
                continue
            if isinstance(left, CONTEXT.mpf):  # a logarithm or a root may have no real value
                assert close(left, value(after, world)), (before, after, world)
                compared += 1
    # With one class no two indices differ, and nothing is left of one.
    others = ("vanish_delta", "share_of_others", "share_beside_others", "write_mask")
    masks = ("drop_mask", "include_masked", "vanish_share")
    assert compared or (size == 1 and rule.name in others + masks)


@every_rule
def test_has_a_law_whose_right_side_is_determined(rule: Rule) -> None:
    law = LAWS[rule.name]
    assert law is rule.law
    if isinstance(law, Source):
        return
    assert isinstance(law, Law)
    known = metavariables(law.before)
    # Something may be chosen, where a condition says within which range, apart from what, or
    # that it may be any.
    chosen = {c.operands[0] for c in law.conditions if c.kind in ("within", "any")}
    chosen |= {index for c in law.conditions if c.kind == "unequal" for index in c.operands}
    assert metavariables(law.after) <= known | chosen
    for condition in law.conditions:
        assert set().union(*map(metavariables, condition.operands)) <= known | chosen


def test_laws_belong_to_rules() -> None:
    assert set(LAWS) == set(RULES)


@every_rule
def test_is_called_verb_object(rule: Rule) -> None:
    assert rule.name == rule.function.__name__
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", rule.name)


@every_rule
def test_comes_to_an_end(rule: Rule) -> None:
    """A rule on its own does not rewrite its own result for ever."""
    expr, fired = rule.example.expression, True
    for _ in range(8):
        expr, places = change_everywhere(
            expr, lambda node, given: apply(rule, node, given), rule.example.given, rule.heads
        )
        fired = bool(places)
        if not fired:
            break
    assert not fired, expr


def test_a_name_belongs_to_one_rule() -> None:
    taken = RULES["cancel_log_exp"]
    with pytest.raises(ValueError, match="there is a rule cancel_log_exp already"):
        registered(taken.law, taken.example)(taken.function)
