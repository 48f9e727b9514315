"""Expressions for people who read the file: one line of ordinary mathematics."""

from __future__ import annotations

from sympy import Expr, Indexed, Symbol

from derive.arrays import Entry
from derive.display import Choice, Grid
from derive.formal.names import identifier
from derive.notation import (
    Apply,
    Attains,
    Binder,
    Bracket,
    Delta,
    Exp,
    Log,
    Maximum,
    Minus,
    Partial,
    Plus,
    Power,
    ProductOver,
    Quotient,
    Threshold,
    Times,
)

ATOM, POWER, PRODUCT, SUM = 0, 1, 2, 3


def shown(expr: Expr) -> str:
    """``expr`` in one line, without anything that would open or end a comment."""
    return _shown(expr, SUM)


def _shown(expr: Expr, allowed: int) -> str:
    text, own = _parts(expr)
    return f"({text})" if own > allowed else text


def _parts(expr: Expr) -> tuple[str, int]:
    match expr:
        case Plus(args) if args:
            text = _shown(args[0], SUM)
            for arg in args[1:]:
                sign, part = ("-", arg.operand) if isinstance(arg, Minus) else ("+", arg)
                text += f" {sign} {_shown(part, PRODUCT)}"
            return text, SUM
        case Times(args) if args:
            return " ".join(_shown(a, POWER) for a in args), PRODUCT
        case Minus(operand):
            return f"-{_shown(operand, PRODUCT)}", SUM
        case Quotient(above, below):
            return f"{_shown(above, POWER)}/{_shown(below, POWER)}", PRODUCT
        case Power(base, exponent):
            return f"{_shown(base, ATOM)}^{_shown(exponent, ATOM)}", POWER
        case Exp(operand):
            return f"e^{_shown(operand, ATOM)}", POWER
        case Log(operand):
            return f"log({_shown(operand, SUM)})", ATOM
        case Apply():
            inner = ", ".join(_shown(a, SUM) for a in expr.operands)
            return f"{expr.function.__name__}({inner})", ATOM
        case Delta(first, second):
            return f"δ[{_index(first)},{_index(second)}]", ATOM
        case Bracket(lower, upper):
            return f"[{_index(lower)} ≤ {_index(upper)}]", ATOM
        case Attains():
            text, _ = _parts(expr.largest)
            return f"[{_index(expr.at_index)} = arg{text}]", ATOM
        case Binder():
            body, own = expr.named()
            limits = f"{own.name}={_index(expr.lower)}..{_index(expr.upper)}"
            if expr.excluded:
                limits += "".join(f", ≠{_index(x)}" for x in expr.excluded)
            sign = {Maximum: "max", ProductOver: "Π"}.get(type(expr), "Σ")
            return f"{sign}[{limits}] {_shown(body, PRODUCT)}", PRODUCT
        case Partial(operand, variable):
            return f"∂/∂{_shown(variable, ATOM)} {_shown(operand, POWER)}", PRODUCT
        case Choice(first, second, same, other):
            case_of = f"{_index(first)} = {_index(second)}"
            return f"{{{_shown(same, SUM)} if {case_of}, else {_shown(other, SUM)}}}", ATOM
        case Threshold(first, second, above, otherwise):
            case_of = f"{_shown(first, SUM)} > {_shown(second, SUM)}"
            if expr.is_bracket:
                negated = case_of.replace(" > ", " ≤ ", 1) if above == 0 else case_of
                return f"[{negated}]", ATOM
            return f"{{{_shown(above, SUM)} if {case_of}, else {_shown(otherwise, SUM)}}}", ATOM
        case Grid(entry):
            return _parts(entry)
        case Entry():
            return _parts(expr.written_out)
        case Indexed():
            places = ",".join(map(_index, expr.indices))
            return f"{identifier(str(expr.base.label))}[{places}]", ATOM
        case Symbol():
            return identifier(expr.name), ATOM
    return str(expr).replace("*", "·"), ATOM if expr.is_Integer else PRODUCT


def _index(index: Expr) -> str:
    if isinstance(index, Indexed):
        return f"{identifier(str(index.base.label))}[{','.join(map(_index, index.indices))}]"
    return str(index).replace("*", "·")
