"""Lengths of vectors, and other sums that stand below a bar: what is summed to them cancels."""

from __future__ import annotations

from sympy import Expr

from derive.facts import Given
from derive.notation import Plus, Power, Quotient, Total, code, collected, factors, terms
from derive.rules.algebra import distribute_product
from derive.rules.monomials import expression, monomial
from derive.rules.trace import Trace
from derive.strategy.attempts import settle, spread
from derive.strategy.expanding import expand
from derive.strategy.judgement import moving_part


def add_squares(trace: Trace) -> bool:
    """The squares of a vector that is divided by its length sum to one."""
    opened = trace.apply("unfold_unit")
    if opened:
        settle(trace, ("power_of_quotient", "power_of_power", "pull_out_factor", "cancel_factor"))
    return opened


def meet_sums_below(trace: Trace) -> None:
    """Multiply out in sums over an index where a term sums to what stands below a bar."""
    below = collected(trace.expression, sums_below)

    def is_below(total: Expr) -> bool:
        return code(total) in below

    def meets(product: Expr, given: Given) -> bool:
        if not given.scope or not any(isinstance(f, Plus) for f in product.args):
            return False
        span = given.scope[0]
        opened = terms(distribute_product(product, given))
        moving = (moving_part(expression(monomial(t)), span.index) for t in opened)
        return any(is_below(Total(m, (span.index, span.lower, span.upper))) for m in moving)

    def splits(total: Expr, given: Given) -> bool:
        body, index = total.opened
        return any(is_below(total.over(moving_part(t, index), index)) for t in terms(body))

    if below and spread(trace, "distribute_product", meets):
        settle(trace, ("distribute_negative", "combine_powers", "multiply_quotients"))
        trace.apply("split_total", splits)
        settle(trace, ("pull_out_factor", "multiply_quotients", "cancel_factor"))
        expand(trace)


def sums_below(expr: Expr) -> list[str]:
    """The sums over an index below the bar of a fraction, under a root or not."""
    below = factors(expr.denominator) if isinstance(expr, Quotient) else ()
    bases = (f.base if isinstance(f, Power) else f for f in below)
    return [code(b) for b in bases if isinstance(b, Total)]
