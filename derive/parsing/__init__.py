"""Input by text: from a line such as ``-Sum(y[i]*log(softmax(z)[i]), (i, 1, C))`` to plain SymPy.

    text -> tree (syntax) -> tree without shorthands (vectors) -> axes -> SymPy (meaning)

Nothing is evaluated: a text is read by a grammar, and what it yields are the objects that a user of
SymPy would have written.
"""

from derive.parsing.question import Asked, in_sympy

__all__ = ["Asked", "in_sympy"]
