"""What a lecturer may wish of a document beyond its language, its level and its title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from derive.errors import DeriveError
from derive.render.document import Logarithm

Sheet = Literal["worksheet", "answers"]
Softmax = Literal["hat", "sigma"]

LARGEST = 6
"""The steps for more classes than this do not fit on a page."""


@dataclass(frozen=True)
class Wishes:
    """How a document is to be.

    Attributes:
        course: A line under the title, such as the name of the course.
        sheet: ``worksheet`` leaves the right-hand sides blank; ``answers`` is the same document
            with everything in its place, and equal numbers.
        explicit: The number of classes at which the steps are written out at the end; 0 for not
            at all, ``None`` for what suits the level.
        logarithm: ``log`` or ``ln``.
        softmax: ``hat`` keeps the names of softmaxes that were recognised, ``sigma`` writes the
            function and its argument, as in σ(z).
    """

    course: str | None = None
    sheet: Sheet | None = None
    explicit: int | None = None
    logarithm: Logarithm = "log"
    softmax: Softmax = "hat"

    def __post_init__(self) -> None:
        _one_of("logarithm", self.logarithm, get_args(Logarithm))
        _one_of("softmax", self.softmax, get_args(Softmax))
        number = self.explicit
        if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
            raise DeriveError(f"explicit={number!r} is no number of classes; give one such as 3")
        if number is not None and not 0 <= number <= LARGEST:
            raise DeriveError(
                f"steps cannot be written out for {number} classes; choose 1 to {LARGEST}, "
                "or 0 for not at all"
            )


def sheet_of(worksheet: bool, answers: bool) -> Sheet | None:
    """Which sheet is asked for, if any."""
    if worksheet and answers:
        raise DeriveError("a document is a worksheet or its answer sheet; ask for one at a time")
    return "worksheet" if worksheet else "answers" if answers else None


def _one_of(what: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise DeriveError(f"there is no {what}={value!r}; choose {' or '.join(choices)}")


PLAIN = Wishes()
"""Nothing in particular."""
