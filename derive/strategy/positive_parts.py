"""Signs, absolute values and positive parts that meet the number they are of."""

from __future__ import annotations

from derive.rules.complements import called
from derive.rules.kinks import is_positive_part
from derive.rules.trace import Trace
from derive.strategy.attempts import factor_out, settle


def join_signs(trace: Trace) -> None:
    """Take the sign of a number out of a sum that has its absolute value as well."""
    settle(trace, ("write_sign", "absorb_sign", "absorb_sign_below", "divide_sign", "factor_sign"))
    factor_out(trace)


def join_positive_parts(trace: Trace) -> None:
    """Join a positive part with the terms that have its bracket, so that they meet in it."""
    _show_parts(trace)
    if trace.apply("join_positive_part"):
        settle(trace, ("distribute_negative", "cancel_terms", "collect_terms"))
        factor_out(trace)
        settle(trace, ("fold_definition",))


def keep_positive_parts(trace: Trace) -> None:
    """Leave out the bracket beside a power of a positive part that has a name."""
    if _show_parts(trace) and trace.apply("keep_positive_part"):
        settle(trace, ("fold_definition",))


def _show_parts(trace: Trace) -> bool:
    """Write out positive parts: by its name none shows, and what is left has the name again."""
    parts = [d.base for d in trace.given.definitions if is_positive_part(d.value)]
    return bool(parts) and trace.apply("unfold_definition", lambda e, _: called(e) in parts)


def write_positive_parts(trace: Trace) -> None:
    """Write a number beside the bracket that it is positive as its positive part."""
    settle(trace, ("write_positive_part", "collect_terms"))
