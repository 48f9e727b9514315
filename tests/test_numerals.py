"""Numbers are written as by hand: no half in a bracket beside a two."""

from __future__ import annotations

import pytest

import derive

pytestmark = pytest.mark.needs("lark")

EVIDENTIAL = """sum(-log(nu[i]/pi)/2 - alpha[i]*log(2*b[i]*(1 + nu[i]))
    + (alpha[i] + 1/2)*log((y[i] - g[i])^2*nu[i] + 2*b[i]*(1 + nu[i]))
    + lgamma(alpha[i]) - lgamma(alpha[i] + 1/2)
    + lam*abs(y[i] - g[i])*(2*nu[i] + alpha[i]), i=1..N)"""


@pytest.mark.parametrize(
    ("loss", "by", "by_hand"),
    [
        ("(alpha + 1/2)*y^2", "y", "y*(2*alpha + 1)"),
        ("(alpha - 1/2)*y^4", "y", "2*y**3*(2*alpha - 1)"),
        ("(alpha + 1/2 - b)*y^2", "y", "y*(2*alpha - 2*b + 1)"),
        ("(alpha + 1/3)*y^2", "y", "2*y*(alpha + 1/3)"),
        ("(h - 1/(2*tau))*y^2", "y", "2*y*(h - 1/(2*tau))"),
        (
            EVIDENTIAL,
            "g[k]",
            "lam*(alpha[k] + 2*nu[k])*sign(g[k] - y[k]) + (2*alpha[k] + 1)*(g[k] - y[k])*nu[k]"
            "/((g[k] - y[k])**2*nu[k] + 2*(nu[k] + 1)*b[k])",
        ),
    ],
)
def test_a_fraction_in_a_bracket_is_cleared(loss: str, by: str, by_hand: str) -> None:
    found = derive.gradient(loss, by)
    assert str(found.result) == by_hand
    assert found.check().ok
