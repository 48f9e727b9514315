"""Logarithms of powers that are too little or too large by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from exact import check


@pytest.mark.parametrize("scale", [1e-170, 1e170, 0.7])
@pytest.mark.parametrize(
    ("loss", "given"),
    [
        ("log(s^2)", ("s > 0",)),
        ("log(s^2)", ()),
        ("log(s^3) + log(sqrt(s))", ("s > 0",)),
        ("log(2*pi*s^2)/2", ("s > 0",)),
        ("log(s^2/t^2)", ("s > 0", "t > 0")),
        ("log(s^2*w)", ("s > 0", "w > 0")),
        ("log(s^2 + t^2)", ()),
    ],
)
def test_letters(loss: str, given: tuple[str, ...], scale: float) -> None:
    numbers = {"s": scale, "t": 1.5 * scale, "w": 3.0}
    others = {name: n for name, n in numbers.items() if f"{name}^" in loss or f"*{name}" in loss}
    check(loss, "s", given, **others)


@pytest.mark.parametrize(
    ("loss", "given"),
    [
        ("sum(log(s[n]^2), n=1..N)", ("s[n] > 0",)),
        ("sum(log(2*pi*s[n]^2)/2, n=1..N)", ()),
        ("log(sum(s[n]^2, n=1..N))", ()),
    ],
)
def test_entries(loss: str, given: tuple[str, ...]) -> None:
    entries: dict[str, Any] = {"s": [1e-170, 3e170, 2e-300, 0.3]}
    check(loss, "s[k]", given, **entries)
