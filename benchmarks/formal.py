"""How long Coq takes: each entry on its own over the compiled library, then all that ship at once.

    python benchmarks/formal.py [RUNS]

The first figure is the library, compiled into an empty cache. A row is one derivation: its export,
and coqc on its file, audit of the axioms included. The last row is all of them on two cores, as
`derive verify --formal` runs them: a process of its own, start of Python, our own checks and the
documents' folder included. Rows are measured in turn within each round.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

import derive
from derive.formal import export
from derive.formal.coqc import find_coq
from derive.formal.library import compiled, library
from derive.formal.proving import prove_one

CORES = 2
EACH, ALL = 2.0, 40.0
"""What a derivation, and all of them, may take, in seconds."""


def whole_command() -> float:
    """The seconds that ``derive verify --formal`` takes on so many cores."""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "derive", "verify", "--formal", "--out", out]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"a proof failed:\n{run.stdout}{run.stderr}")
    return time.perf_counter() - begin


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    coq = find_coq()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        begin = time.perf_counter()
        folder = compiled(coq, library())
        print(f"Coq {coq.version}; the library: {time.perf_counter() - begin:.1f} s, once")
        derivations = {name: derive.derivation(name) for name in derive.catalogue()}
        measured: dict[str, list[float]] = {name: [] for name in (*derivations, "all")}
        for _ in range(rounds):
            for name, derivation in derivations.items():
                begin = time.perf_counter()
                proof = prove_one(coq, folder, derivation, export(derivation))
                measured[name].append(time.perf_counter() - begin)
                if not proof.proved:
                    sys.exit(f"{name}: {proof} {proof.failures}")
            measured["all"].append(whole_command())
    print(f"{'median of ' + str(rounds):<36}{'s':>8}{'slowest':>9}{'at most':>9}")
    for name, times in measured.items():
        limit = ALL if name == "all" else EACH
        flag = "" if median(times) <= limit else "  OVER"
        print(f"{name:<36}{median(times):>8.2f}{max(times):>9.2f}{limit:>9.0f}{flag}")


if __name__ == "__main__":
    main()
