"""A result may be written by what a fact says that entries are made of: that goes in as well."""

from __future__ import annotations

import pytest
from exact import check

pytestmark = pytest.mark.needs("lark")

MADE = [[1.0, 2.0, 4.0], [-1.0, 0.5, 3.0], [2.5, 1.5, -2.0]]
MEAN = [
    [(a + b) / 2 for a, b in zip(row, column, strict=True)]
    for row, column in zip(MADE, zip(*MADE, strict=True), strict=True)
]
SCORES = [0.5, -1.0, 2.0]


@pytest.mark.slow
@pytest.mark.parametrize("first", ["i+1", "1"])
def test_an_array_made_symmetric(first: str) -> None:
    loss = f"sum(w[i,j]*(z[i] - z[j])^2, j={first}..N, i=1..N)"
    fact = "w[i,j] = (b[i,j] + b[j,i])/2"
    check(loss, "z[k]", (fact,), z=SCORES, b=MADE, w=MEAN)
    check(loss, "z[k]", (), (fact,), z=SCORES, b=MADE)


def test_weights_that_are_squares() -> None:
    squares = [b**2 for b in SCORES]
    check("sum(w[i]*z[i]^2, i=1..N)", "z[k]", ("w[i] = b[i]^2",), z=SCORES, b=SCORES, w=squares)
