"""Losses as readers of papers wrote them down: each goes through, and its check refuses nothing.

``published.json`` has what readers asked who had seen nothing but the README, one loss a line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import derive

pytestmark = [pytest.mark.slow, pytest.mark.needs("lark")]

ASKED: list[dict[str, Any]] = json.loads(Path(__file__).with_name("published.json").read_text())


@pytest.mark.parametrize("asked", ASKED, ids=[asked["loss"][:60] for asked in ASKED])
def test_goes_through(asked: dict[str, Any]) -> None:
    named = {key: asked[key] for key in ("given", "where") if key in asked}
    found = getattr(derive, asked["kind"])(asked["loss"], *asked["by"], **named)
    report = found.check()
    assert report.ok, report.failures
    assert found.kernel("numpy") is not None
