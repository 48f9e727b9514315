"""How long Coq takes: each entry on its own over the compiled library, then all that ship at once.

    python benchmarks/formal.py [RUNS]

The library is compiled first, into an empty cache, and Coq is asked what it rests on; both are done
once. A row is one derivation: all that `derive verify NAME --formal` has Coq do for it, our scan of
the file included. The last row is that command for all of them on two cores, as a whole process:
start of Python, our own checks and the files included. Rows are measured in turn within each round.
Rows are seconds of a processor, the command is seconds on the clock: on a machine that is busy with
other things that says little; the load at the end tells.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

import derive
from derive.formal.coqc import find_coq
from derive.formal.library import compiled, library
from derive.formal.proving import prove_one

CORES = 2
EACH, ALL = 2.0, 40.0
"""What a derivation, and the command for all of them, may take, in seconds."""


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def processor_seconds(work: Callable[[], object]) -> float:
    """What ``work`` and the programs that it runs take of a processor."""
    begin = _used()
    work()
    return _used() - begin


def _used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def everything() -> None:
    """``derive verify --formal``."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "derive", "verify", "--formal", "--out", out]
        run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"a proof failed:\n{run.stdout}{run.stderr}")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    coq = find_coq()
    proofs = {name: derive.derivation(name) for name in derive.catalogue()}
    exported = {name: derivation.exported for name, derivation in proofs.items()}
    took: dict[str, list[float]] = {name: [] for name in proofs}
    whole: list[float] = []
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        once = seconds(lambda: compiled(coq, library()))
        print(f"Coq {coq.version}; the library, and what it rests on: {once:.1f} s, once")
        folder = compiled(coq, library())

        def check(name: str) -> None:
            proof = prove_one(coq, folder, proofs[name], exported[name])
            if not proof.proved:
                sys.exit(f"{name}: {proof}; {', '.join(map(str, proof.failures))}")

        for _ in range(rounds):
            for name in proofs:
                took[name].append(processor_seconds(lambda n=name: check(n)))
            whole.append(seconds(everything))
    rows = [(name, median(took[name]), EACH) for name in proofs]
    rows.append(("derive verify --formal", median(whole), ALL))
    print(f"{'median of ' + str(rounds) + ', in s':<36}{'Coq':>8}{'at most':>9}")
    for name, one, most in rows:
        print(f"{name:<36}{one:>8.2f}{most:>9.0f}{'' if one <= most else '  OVER'}")
    print(f"load: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
