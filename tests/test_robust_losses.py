"""Losses with a shape to be learnt: what terms of their slopes share stands in them once."""

from __future__ import annotations

import pytest

import derive

pytestmark = pytest.mark.needs("lark")


def test_barron_by_its_shape_has_what_two_terms_share_once() -> None:
    loss = "abs(a - 2)/a*(((x/c)^2/abs(a - 2) + 1)^(a/2) - 1)"
    found = derive.gradient(loss, "a", given=["c > 0"])
    shared = "((1 + x**2/(c**2*Abs(a - 2)))**(a/2) - 1)"
    assert str(found.result).count(shared) == 1
    assert f"{shared}*(sign(a - 2) - Abs(a - 2)/a)" in str(found.result)
    assert found.check().level == "exact"
