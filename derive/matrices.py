"""Arrays as SymPy's matrix expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul, neg

from sympy import DiagMatrix, Expr, IndexedBase, MatrixExpr, MatrixSymbol, OneMatrix, transpose
from sympy import Identity as IdentityMatrix

from derive.arrays import Diagonal, Identity, Ones, Product, Transposed, Whole, is_array, shape
from derive.notation import Minus, Plus, Quotient, Times, plain, times


def matrix_of(array: Expr) -> MatrixExpr | None:
    """The same in plain SymPy, a vector as a column; None for rows of arrays and sums of them."""
    match array:
        case Whole():
            base: IndexedBase = array.base
            return MatrixSymbol(base.name, *shape(array))
        case Ones():
            return OneMatrix(array.size, 1)
        case Identity():
            return IdentityMatrix(array.size)
        case Diagonal(operand):
            return _of(DiagMatrix, operand)
        case Transposed(operand):
            return _of(transpose, operand)
        case Product(left, right):
            return _of(mul, left, right)
        case Plus(args):
            return _of(lambda *found: reduce(add, found), *args)
        case Minus(operand):
            return _of(neg, operand)
        case Times(args):
            (one,) = (a for a in args if is_array(a))
            number = plain(times(*(a for a in args if a is not one)))
            return _of(lambda found: number * found, one)
        case Quotient(above, below):
            return _of(lambda found: found / plain(below), above)
    return None


def _of(build: Callable[..., MatrixExpr], *operands: Expr) -> MatrixExpr | None:
    found = [matrix_of(o) for o in operands]
    return None if any(f is None for f in found) else build(*found)
