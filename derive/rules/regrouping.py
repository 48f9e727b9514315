"""Terms taken out of a bracket to stand beside what they are alike."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.laws import Condition, law
from derive.notation import (
    ONE,
    ZERO,
    Log,
    Minus,
    Plus,
    Quotient,
    Times,
    code,
    collected,
    plus,
    times,
)
from derive.rules import samples as s
from derive.rules.monomials import Monomial, divided, expression, monomial, multiplied
from derive.rules.registry import Outcome, rule

z_k, z_i, y_k = s.z[s.k1], s.z[s.i1], s.y[s.k1]


@rule(
    law(
        Plus(Times(s.a, Plus(s.u, s.c)), Times(s.v, s.c)),
        Plus(Times(s.a, s.u), Times(Plus(s.v, s.a), s.c)),
    ),
    Plus(Times(y_k, Log(z_k)), Minus(Times(z_i, Plus(Log(z_k), s.T)))),
    formal="factor_inner_bracket",
)
def factor_inner_log(expr: Expr, given: Given) -> Outcome:
    """``a (u + c) + d c = a u + (d + a) c`` for a logarithm ``c``, which then stands there once."""
    parts = [monomial(term) for term in expr.args]
    for n, part in enumerate(parts):
        for bracket, exponent in part.powers.values():
            if exponent != 1 or not isinstance(bracket, Plus):
                continue
            a = divided(part, monomial(bracket))
            for at, inner in enumerate(bracket.args):
                log = inner.operand if isinstance(inner, Minus) else inner
                beside = [m for m, p in enumerate(parts) if m != n and _holds(p, log)]
                if not isinstance(log, Log) or len(beside) != 1:
                    continue
                (m,) = beside
                sign = monomial(times(expression(a), inner))
                joined = plus(
                    expression(divided(parts[m], monomial(log))),
                    expression(divided(sign, monomial(log))),
                )
                left = plus(*(t for other, t in enumerate(bracket.args) if other != at))
                new = {n: times(expression(a), left), m: times(joined, log)}
                return plus(*(new.get(other, term) for other, term in enumerate(expr.args)))
    return None


def _holds(term: Monomial, log: Expr) -> bool:
    """Whether a logarithm is a factor of a term, and stands in no other."""
    others = (base for key, (base, _) in term.powers.items() if key != code(log))
    return term.powers.get(code(log), (log, ZERO))[1] == 1 and not any(
        log in collected(base, lambda part: (part,)) for base in others
    )


@rule(
    law(
        Times(s.u, s.a, Plus(s.b, Times(s.c, Plus(s.v, Quotient(s.w, s.u))))),
        Times(s.a, Plus(Times(s.b, s.u), Times(s.c, Plus(Times(s.v, s.u), s.w)))),
        Condition("nonzero", (s.u,)),
    ),
    Times(z_k, y_k, Plus(s.T, Minus(Times(z_i, Plus(ONE, Quotient(ONE, z_k)))))),
    formal="clear_bar",
)
def clear_inner_bar(expr: Expr, given: Given) -> Outcome:
    """``a u (b + c (1 + 1/u)) = a (b u + c (u + 1))``: no bar is left in the inner bracket."""
    for m, u in enumerate(expr.args):
        for n, bracket in enumerate(expr.args):
            terms = bracket.args if isinstance(bracket, Plus) and m != n else ()
            cleared = {at: c for at, t in enumerate(terms) if (c := _cleared(t, u)) is not None}
            rest = [t for at, t in enumerate(terms) if at not in cleared]
            # What has the bar already, or the letter, is no shorter for it.
            if len(cleared) == 1 and not any(code(u) in monomial(t).powers for t in rest):
                whole = plus(
                    *(cleared[at] if at in cleared else times(u, t) for at, t in enumerate(terms))
                )
                outer = (f for at, f in enumerate(expr.args) if at not in (m, n))
                return times(*outer, whole)
    return None


def _cleared(term: Expr, u: Expr) -> Expr | None:
    """A term that is a multiple of ``1 + 1/u``, times ``u``."""
    part = monomial(term)
    for inner, exponent in part.powers.values():
        if exponent == 1 and isinstance(inner, Plus) and len(inner.args) == 2:
            bar = Quotient(ONE, u)
            if {code(t) for t in inner.args} == {code(ONE), code(bar)}:
                turned = plus(*(ONE if code(t) == code(bar) else u for t in inner.args))
                return expression(multiplied(divided(part, monomial(inner)), turned))
    return None
