"""How the checker writes expressions and conditions in its sentences."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr

from derive.notation import Opened, names, replace

TRUE_ALL_THE_SAME = (
    "; the step is true wherever it was tried, but not by this rule: that is a fault of Derive, "
    "please report it"
)

ILL_FORMED = "it is ill-formed: "

RELATIONS: dict[str, Callable[..., str]] = {
    "independent": lambda first, second: f"that {first} does not depend on {second}",
    "at_most": lambda first, second: f"{first} <= {second}",
    "nonempty": lambda low, high, *excluded: " and ".join(
        (f"that an index lies from {low} to {high}", *(f"is not {other}" for other in excluded))
    ),
    "positive": lambda number: f"{number} > 0",
    "zero": lambda number: f"{number} = 0",
    "even": lambda number: f"that {number} is even",
    "odd": lambda number: f"that {number} is odd",
    "unequal": lambda first, *others: f"{first} != {', '.join(others)}",
    "within": lambda index, low, high, *excluded: ", ".join(
        (f"{low} <= {index} <= {high}", *(f"{index} != {other}" for other in excluded))
    ),
}


def named(expr: Expr) -> Expr:
    """The expression with its indices as a person named them."""
    return replace(expr, {s: s.hint for s in names(expr) if isinstance(s, Opened)})


def relation(kind: str, operands: tuple[Expr, ...]) -> str:
    """A side condition of a law, as a formula."""
    return RELATIONS[kind](*(str(named(o)) for o in operands))


def change(before: Expr, after: Expr) -> str:
    """What a step makes of what, in plain notation where that tells them apart."""
    old, new = (str(named(side)) for side in (before, after))
    return f"{old} is written in another way" if old == new else f"{old} becomes {new}"
