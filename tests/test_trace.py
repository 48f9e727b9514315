"""Steps are made by rules only, and a rule that spoils an expression is found out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from losses import C, i, z

from derive.errors import DeriveError
from derive.facts import Given
from derive.notation import Exp, Total
from derive.rules import RULES
from derive.rules.trace import Trace


def test_an_index_stays_in_its_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = replace(RULES["pull_out_sign"], function=lambda total, given: total.body)
    monkeypatch.setitem(RULES, "pull_out_sign", faulty)
    trace = Trace(Total(Exp(z[i]), (i, 1, C)), Given())
    with pytest.raises(DeriveError, match="pull_out_sign took an index out of its sum"):
        trace.apply("pull_out_sign")
