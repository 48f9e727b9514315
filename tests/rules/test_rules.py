"""Every rule by itself: it fires, it is true, it has a law and a name."""

import re

import pytest
from plain import CONTEXT, close, value, worlds
from sympy import Tuple

from derive.facts import Given
from derive.laws import LAWS, Each, Law, Meta, Rest, Source, Value
from derive.notation import Inert
from derive.positions import change_everywhere
from derive.rules import RULES, Rewriting, Rule, samples

SIZES = (1, 3, 4)
# What each of the two undoes, the other does; the strategy never uses both in one phase.
MAY_REPEAT = {"reorder_terms", "reorder_factors"}

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)


def apply(rule: Rule, expr, given: Given):
    """What the rule makes of a node, without what it relied on."""
    if rule.heads and not isinstance(expr, rule.heads):
        return None
    outcome = rule.function(expr, given)
    return outcome.after if isinstance(outcome, Rewriting) else outcome


def metas(pattern) -> set:
    found = {pattern} if isinstance(pattern, (Meta, Rest)) else set()
    return found.union(*(metas(a) for a in pattern.args))


@every_rule
def test_fires_on_its_example(rule):
    after = apply(rule, rule.example.expression, rule.example.given)
    assert after is not None and after != rule.example.expression


@every_rule
@pytest.mark.parametrize("size", SIZES)
def test_keeps_the_value(rule, size):
    before, given = rule.example.expression, rule.example.given
    after = apply(rule, before, given)
    facts = dict.fromkeys((*samples.ranges, *given.facts))
    compared = 0
    for positive in (False, True):
        for world in worlds(
            [before, after], {"C": size}, facts, given.definitions, positive=positive
        ):
            left = value(before, world)
            if isinstance(left, CONTEXT.mpf):
                assert close(left, value(after, world)), (before, after, world)
                compared += 1
    assert compared or _impossible(rule, size)


def _impossible(rule: Rule, size: int) -> bool:
    """Two indices cannot differ where there is one class."""
    return rule.name == "vanish_delta" and size == 1
