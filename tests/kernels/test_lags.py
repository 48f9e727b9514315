"""Definitions with a lag or a lead, whose first or last entries have no value."""

from __future__ import annotations

import numpy as np
import pytest

import derive

pytestmark = pytest.mark.needs("lark")

E = np.array([0.3, 0.5, -1.0, 2.0, 0.1])
A = 0.7


def test_a_definition_with_a_lag_is_differentiated_where_it_has_a_value() -> None:
    found = derive.gradient("sum(h[n]^2, n=2..N)", ["a", "e[k]"], where=["h[n] = e[n] - a*e[n-1]"])
    h = E[1:] - A * E[:-1]
    by_e = np.append(0, 2 * h) - np.append(2 * A * h, 0)
    assert str(found.parts["a"].result) == "-2*Sum(e[n - 1]*h[n], (n, 2, N))"
    value, (by_a, by_all) = found.kernel("numpy")(e=E, a=A)
    np.testing.assert_allclose(value, (h**2).sum(), rtol=1e-14)
    np.testing.assert_allclose(by_a, -2 * (h * E[:-1]).sum(), rtol=1e-14)
    np.testing.assert_allclose(by_all, by_e, rtol=1e-13)
    assert found.check().level == "exact"


def test_a_definition_with_a_lead_ends_where_it_has_its_last_value() -> None:
    found = derive.gradient("sum(h[n]^2, n=1..N-1)", "a", where=["h[n] = e[n+1] - a*e[n]"])
    h = E[1:] - A * E[:-1]
    assert str(found.result) == "-2*Sum(e[n]*h[n], (n, 1, N - 1))"
    np.testing.assert_allclose(
        found.kernel("numpy")(e=E, a=A)[1], -2 * (h * E[:-1]).sum(), rtol=1e-14
    )
    assert found.check().level == "exact"


@pytest.mark.parametrize("lags", [1, 2, 4])
def test_the_order_of_a_model_of_variances_is_a_size(lags: int) -> None:
    """Engle 1982: ``h`` has values from ``q + 1`` on, and ``c`` has ``q`` entries."""
    found = derive.gradient(
        "1/2*sum(log(h[n]) + e[n]^2/h[n], n=q+1..N)",
        "c[k]",
        where=["h[n] = w + sum(c[l]*e[n-l]^2, l=1..q)"],
        given=["w > 0", "c[l] > 0"],
    )
    assert str(found.result) == "Sum((-e[n]**2/h[n] + 1)*e[-k + n]**2/h[n], (n, q + 1, N))/2"
    c, w = np.linspace(0.2, 0.5, lags), 0.4
    by_hand = np.zeros(lags)
    for n in range(lags, len(E)):
        h = w + sum(c[l] * E[n - 1 - l] ** 2 for l in range(lags))  # noqa: E741
        by_hand += [(1 - E[n] ** 2 / h) / h * E[n - 1 - k] ** 2 / 2 for k in range(lags)]
    np.testing.assert_allclose(found.kernel("numpy")(e=E, c=c, w=w)[1], by_hand, rtol=1e-13)
    assert found.check().level == "exact"
