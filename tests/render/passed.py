"""A report for documents whose checks are not at issue."""

from dataclasses import dataclass

from sympy import Symbol

from derive.verify.report import Proof


@dataclass(frozen=True)
class Passed:
    """A report, without the work."""

    ok: bool = True
    checked: str = "exact"
    conditions: tuple[str, ...] = ()
    proof: Proof | None = None
    asked: frozenset[Symbol] | None = None
