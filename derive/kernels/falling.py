"""Powers of one and something little whose exponents are large, such as ``(1 + x u)^{1/x}``.

Where ``x`` is little that is nearly ``e^u``, and a slope by ``x`` is a difference of what is nearly
the same: ``log(1 + x u)/x - u/(1 + x u)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Dummy, Expr, cancel

from derive.kernels.gaps import exp_rise
from derive.kernels.norms import without_one
from derive.notation import (
    ONE,
    Apply,
    Exp,
    Head,
    Log,
    Minus,
    Plus,
    Power,
    Quotient,
    Times,
    binders,
    collected,
    factors,
    names,
    plus,
    replace,
    times,
    without,
)


def near_exponential(expr: Power) -> tuple[Expr, Expr] | None:
    """What stands beside the 1 in a ``(1 + x u)^{1/x}``, and the power by its logarithm."""
    base, exponent = expr.args
    little = without_one(base)
    if little is None or not _divisors(exponent) & names(little):
        return None
    return little, Exp(times(exponent, Log(base)))


def fall(expr: Plus) -> Expr | None:
    """``c (log(1 + u) - u/(1 + u))`` by ``r(v) = v e^v - e^v + 1``, with ``v = log(1 + u)``.

    That is ``c r(v)/(1 + u)``, which keeps its digits where ``u`` is little beside a large ``c``.
    """
    if binders(expr):
        return None
    for n, term in enumerate(expr.args):
        for logarithm in _logarithms(term):
            base = logarithm.operand
            for m, other in enumerate(expr.args):
                parts = list(_split(other)) if m != n else []
                at = next((k for k, p in enumerate(parts) if _meets(p, term, logarithm)), None)
                if at is not None:
                    risen = Quotient(Apply(Head(exp_rise), logarithm), base)
                    kept = (t for k, t in enumerate(expr.args) if k not in (n, m))
                    return plus(
                        replace(term, {logarithm: risen}), *without(tuple(parts), at), *kept
                    )
    return None


def _divisors(expr: Expr) -> frozenset[Expr]:
    """The letters that something is divided by."""
    return collected(expr, lambda p: names(p.denominator) if isinstance(p, Quotient) else ())


def _logarithms(term: Expr) -> frozenset[Expr]:
    """The logarithms of one and something little in a term that is divided by a letter of that."""
    if not isinstance(term, Minus | Quotient | Times):
        return frozenset()
    found = collected(term, lambda p: (p,) if isinstance(p, Log) else ())
    little = {log: without_one(log.operand) for log in found}
    divisors = _divisors(replace(term, dict.fromkeys(found, ONE)))
    return frozenset(log for log in found if little[log] and divisors & names(little[log]))


def _split(term: Expr) -> Iterator[Expr]:
    """The terms of a product with a sum above, such as ``(1 + 1/x) u/v``."""
    if isinstance(term, Minus):
        yield from map(Minus, _split(term.operand))
        return
    above, below = term.args if isinstance(term, Quotient) else (term, ONE)
    parts = factors(above)
    at = next((n for n, f in enumerate(parts) if isinstance(f, Plus) and ONE in f.args), None)
    if at is None:
        yield term
        return
    for one in parts[at].args:
        whole = times(*(f for f in (*parts[:at], one, *parts[at + 1 :]) if f != 1))
        yield whole if below == 1 else Quotient(whole, below)


def _meets(other: Expr, term: Expr, logarithm: Expr) -> bool:
    """Whether a term is ``-c u/(1 + u)`` beside a ``c log(1 + u)``."""
    if collected(other, lambda p: (p,) if isinstance(p, Log | Exp | Power) else ()):
        return False
    height, base = Dummy(), logarithm.operand.doit()
    scale = replace(term, {logarithm: height}).doit() / height
    return not scale.has(height) and cancel(other.doit() * base + scale * (base - 1)) == 0
