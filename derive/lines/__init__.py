"""Lines that a person wrote: whether one equals the next, for every number of classes.

It is decided by the checker alone, which knows neither the rules nor the strategy.
"""

from derive.lines.judge import judge
from derive.lines.verdict import Counterexample, Evidence, Verdict

__all__ = ["Counterexample", "Evidence", "Verdict", "judge"]
