"""What it costs to find where a derivation has values."""

from __future__ import annotations

import pytest
from sympy import Indexed
from sympy.core.basic import Basic

import derive
from derive import facts


@pytest.mark.slow
def test_what_is_positive_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part of each condition is held against each fact: 16525 readings without care."""
    hits = "sum(sigmoid(z[i])*g[i], i=1..N)"
    false = "a*sum(sigmoid(z[i])*(1-g[i]), i=1..N)"
    loss = f"(1 - {hits}/({hits} + {false}))^c"
    derivation = derive.gradient(loss, "z[k]", given=["a > 0", "c > 0"])
    read, entries = [], facts.entries

    def counted(expr: Basic) -> list[Indexed]:
        read.append(expr)
        return entries(expr)

    monkeypatch.setattr(facts, "entries", counted)
    assert "Theorem" in derivation.coq()
    assert len(read) < 100
