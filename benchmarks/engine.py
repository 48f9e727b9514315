"""How long a derivation takes, beside SymPy's own route to the same gradient.

    python benchmarks/engine.py [RUNS]

Every figure is measured in a fresh process, after ``import``: nothing is warm. Rows are measured in
turn within each round, so that a machine's drift touches all of them; the table gives medians and,
against the first row, the median of the ratios round by round.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from statistics import median

SETUP = """
import time
from sympy import *
C = symbols("C", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
p = lambda at: exp(z[at]) / Sum(exp(z[j]), (j, 1, C))
loss = -Sum(y[i] * log(p(i)), (i, 1, C))
"""

DERIVE = SETUP + "import derive\n"
ONE = "d = derive.gradient(loss, z[k], given=[Eq(Sum(y[i], (i, 1, C)), 1)])\n"


def timed(before: str, work: str) -> str:
    """A program that prints the seconds that ``work`` takes."""
    return f"{before}\nbegin = time.perf_counter()\n{work}\nprint(time.perf_counter() - begin)"


SYMPY_ROUTE = """
raw = loss.diff(z[k]).doit()
try:
    result = refine(simplify(raw), Q.positive(C))
except StopIteration:  # sympy issue 14570
    result = refine(raw, Q.positive(C))
"""

ROWS = {
    "derive.gradient, cold, all steps recorded": timed(DERIVE, ONE),
    "SymPy: refine(simplify(L.diff(z[k]).doit()))": timed(SETUP, SYMPY_ROUTE),
    "check of that derivation, cold": timed(DERIVE + ONE, "assert d.check().ok"),
    "numpy kernel of it, once checked": timed(
        DERIVE + ONE + "import numpy\nd.check()", 'd.kernel("numpy")'
    ),
    "d.at(C=3)": timed(DERIVE + ONE, "d.at(C=3)"),
    "d.at(C=200)": timed(DERIVE + ONE, "d.at(C=200)"),
    "import derive, over import sympy": timed("import time, sympy", "import derive"),
    "import sympy": timed("import time", "import sympy"),
    "derive build, whole process": timed(
        "import subprocess, sys, tempfile, time",
        f"subprocess.run([sys.executable, '-m', 'derive', 'build', '--out', "
        f"{tempfile.gettempdir() + '/derive-benchmark'!r}], check=True, stdout=subprocess.DEVNULL)",
    ),
}


def seconds(program: str) -> float:
    """What a program measured, in a process of its own."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"a row failed:\n{run.stderr}")
    return float(run.stdout.split()[-1])


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    measured: dict[str, list[float]] = {name: [] for name in ROWS}
    for _ in range(rounds):
        for name, program in ROWS.items():
            measured[name].append(seconds(program))
    first = next(iter(measured.values()))
    print(f"{'median of ' + str(rounds):<48}{'ms':>10}{'ratio':>9}")
    for name, times in measured.items():
        ratio = median(t / f for t, f in zip(times, first, strict=True))
        print(f"{name:<48}{1e3 * median(times):>10.1f}{ratio:>9.2f}")


if __name__ == "__main__":
    main()
