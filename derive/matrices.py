"""Arrays as SymPy's matrix expressions."""

from __future__ import annotations

from sympy import (
    DiagMatrix,
    Expr,
    IndexedBase,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Transpose,
)
from sympy import Identity as IdentityMatrix

from derive.arrays import Diagonal, Identity, Ones, Product, Transposed, Whole, is_array, shape
from derive.notation import Minus, Plus, Quotient, Times, plain


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
            return _of(Transpose, operand)
        case Product(left, right):
            return _of(MatMul, left, right)
        case Plus(args):
            return _of(MatAdd, *args)
        case Minus(operand):
            return _scaled((-1,), operand)
        case Times(args):
            (one,) = (a for a in args if is_array(a))
            return _scaled(tuple(plain(a) for a in args if a is not one), one)
        case Quotient(above, below):
            return _scaled((1 / plain(below),), above)
    return None


def _of(build: type[MatrixExpr], *operands: Expr) -> MatrixExpr | None:
    found = [matrix_of(o) for o in operands]
    return None if any(f is None for f in found) else build(*found)


def _scaled(scalars: tuple[Expr, ...], operand: Expr) -> MatrixExpr | None:
    inner = matrix_of(operand)
    return None if inner is None else MatMul(*scalars, inner)
