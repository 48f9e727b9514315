"""The automatic strategy: which rule to apply next, for any loss.

It folds what it can name, pushes the derivative inwards level by level, and then simplifies to the
form that a person would write. It decides only the order; every step is a rule's.
"""

from derive.strategy.plan import derive_apart, derive_problem

__all__ = ["derive_apart", "derive_problem"]
