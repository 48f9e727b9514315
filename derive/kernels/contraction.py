"""Sums of products as contractions of arrays, or as a product of two matrices."""

from __future__ import annotations

from sympy import Expr, Symbol

from derive.kernels import code as c
from derive.kernels.axes import Lowered, aligned
from derive.notation import Minus, Quotient, Times, names


def split(body: Expr, bound: list[Symbol]) -> tuple[int, list[Expr], list[Expr], list[Expr]]:
    """Sign, factors without and with the bound indices, and divisors without them."""
    sign, below = 1, []
    pending = [body]
    outside: list[Expr] = []
    inside: list[Expr] = []
    while pending:
        factor = pending.pop(0)
        match factor:
            case Minus(operand):
                sign = -sign
                pending.insert(0, operand)
            case Times(args):
                pending[:0] = args
            case Quotient(numerator, denominator) if not names(denominator) & set(bound):
                below.append(denominator)
                pending[:0] = [numerator] if numerator != 1 else []
            case _:
                (inside if names(factor) & set(bound) else outside).append(factor)
    return sign, outside, inside, below


def contraction(parts: list[Lowered], kept: tuple[Symbol, ...]) -> Lowered:
    """The sum of a product of arrays over all axes that are not kept."""
    matrices = _matrix_product(parts, kept)
    if matrices is not None:
        return matrices
    letters: dict[Symbol, str] = {}
    for axis in (a for p in parts for a in p.axes):
        letters.setdefault(axis, "ijklmnopqrstuvwxyz"[len(letters)])
    results = [*(p.axes for p in parts), kept]
    *operands, result = ("..." + "".join(letters[a] for a in axes) for axes in results)
    code = c.contracted(f"{','.join(operands)}->{result}", *(p.code for p in parts))
    return Lowered(code, kept)


def _matrix_product(parts: list[Lowered], kept: tuple[Symbol, ...]) -> Lowered | None:
    """Two matrices with one axis in common, that of the sum, as ``@`` has them: the fastest way.

    They are multiplied in the order in which fewer of them have to be turned.
    """
    if [len(p.axes) for p in parts] != [2, 2] or len(kept) != 2:
        return None
    common = set(parts[0].axes) & set(parts[1].axes)
    if len(common) != 1 or common & set(kept):
        return None
    (inner,) = common
    left, right = sorted(parts, key=lambda p: (p.axes[0] == inner, kept[0] not in p.axes))
    (row,), (column,) = ([a for a in p.axes if a != inner] for p in (left, right))
    code = c.Multiplied(aligned(left, (row, inner)), aligned(right, (inner, column)))
    return Lowered(code, (row, column))
