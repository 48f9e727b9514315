"""Evidence: a second opinion on every step, by code that shares nothing with the rules."""

from derive.verify.report import Counterexample, Failure, Proof, Report, Row, Unproved
from derive.verify.walk import Checker, check, check_step

__all__ = [
    "Checker",
    "Counterexample",
    "Failure",
    "Proof",
    "Report",
    "Row",
    "Unproved",
    "check",
    "check_step",
]
