"""Arrays as SymPy's matrix expressions."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul, neg

from sympy import DiagMatrix, Expr, IndexedBase, MatrixExpr, MatrixSymbol, OneMatrix, transpose
from sympy import Identity as IdentityMatrix

from derive.arrays import Diagonal, Identity, Ones, Product, Transposed, Whole, is_array, shape
from derive.notation import ONE, Minus, Plus, Quotient, Times, factors, plain, times


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
        case Times() | Quotient():
            return _scaled(array)
    return None


def _scaled(array: Times | Quotient) -> MatrixExpr | None:
    """All of its numbers are one: by 20 alone, not by 20/log(10), SymPy multiplies a sum out."""
    above, below = array.args if isinstance(array, Quotient) else (array, ONE)
    (one,) = (f for f in factors(above) if is_array(f))
    number = plain(Quotient(times(*(f for f in factors(above) if f is not one)), below))
    return _of(lambda found: number * found, one)


def _of(build: Callable[..., MatrixExpr], *operands: Expr) -> MatrixExpr | None:
    found = [matrix_of(o) for o in operands]
    return None if any(f is None for f in found) else build(*found)
