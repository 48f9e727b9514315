"""Derivations by the condition under which they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar

from sympy import Eq, Expr, Ne


class _HasResult(Protocol):
    @property
    def result(self) -> Expr: ...


Case = TypeVar("Case", bound=_HasResult)


class Cases(Mapping[Any, Case]):
    """Derivations by condition; ``Eq(k, t)`` and ``Eq(t, k)`` are the same condition."""

    def __init__(self, cases: Mapping[Any, Case]) -> None:
        self._cases = dict(cases)

    def __getitem__(self, condition: Any) -> Case:
        if condition not in self._cases and isinstance(condition, (Eq, Ne)):
            condition = condition.func(*reversed(condition.args))
        return self._cases[condition]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cases)

    def __len__(self) -> int:
        return len(self._cases)

    def __repr__(self) -> str:
        return repr({c: d.result for c, d in self._cases.items()})
