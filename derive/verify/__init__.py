"""Evidence: a second opinion on every step, by code that shares nothing with the rules."""

from derive.verify.report import Counterexample, Failure, Report, Row
from derive.verify.walk import Checker, check, check_step

__all__ = ["Checker", "Counterexample", "Failure", "Report", "Row", "check", "check_step"]
