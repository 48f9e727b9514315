"""Evidence: a second opinion on every step, by code that shares nothing with the rules."""

from derive.verify.draws import MODERATE, OutsideDomain
from derive.verify.report import Counterexample, Failure, Proof, Report, Row, Unproved
from derive.verify.sample import Sampler
from derive.verify.sampled import DIGITS, Point
from derive.verify.sizes import size_choices
from derive.verify.walk import Checker, check, check_step

__all__ = [
    "DIGITS",
    "MODERATE",
    "Checker",
    "Counterexample",
    "Failure",
    "OutsideDomain",
    "Point",
    "Proof",
    "Report",
    "Row",
    "Sampler",
    "Unproved",
    "check",
    "check_step",
    "size_choices",
]
