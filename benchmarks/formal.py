"""How long Coq takes: each entry on its own over the compiled library, then all that ship at once.

    python benchmarks/formal.py [RUNS]

The library is compiled first, into an empty cache. A row is one derivation: coqc on its proof, then
on the same with the audit of its axioms, as `derive verify --formal` runs it. The last row is that
command for all of them on two cores, as a whole process: start of Python, our own checks and the
files included. Rows are measured in turn within each round. Rows are seconds of a processor, the
command is seconds on the clock: on a machine that is busy with other things that says little; the
load at the end tells.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import derive
from derive.formal.coqc import Coq, find_coq
from derive.formal.library import compiled, library

CORES = 2
EACH, ALL = 2.0, 40.0
"""What the proof of a derivation, and the command for all of them, may take, in seconds."""


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def processor_seconds(work: Callable[[], object]) -> float:
    """What the programs that ``work`` runs take of a processor."""
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime


def check(coq: Coq, folder: Path, text: str) -> None:
    """Have Coq check one file."""
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "proof.v"
        file.write_text(text, encoding="utf-8")
        answer = coq.run(folder, file, 600)
    if answer is None or not answer.ok:
        sys.exit(f"a proof failed: {answer and answer.complaint}")


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
    proofs = {name: derive.derivation(name).exported.text for name in derive.catalogue()}
    audited = {name: derive.derivation(name).coq() for name in proofs}
    alone: dict[str, list[float]] = {name: [] for name in proofs}
    with_audit: dict[str, list[float]] = {name: [] for name in proofs}
    whole: list[float] = []
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        took = seconds(lambda: compiled(coq, library()))
        print(f"Coq {coq.version}; the library: {took:.1f} s, once")
        folder = compiled(coq, library())
        for _ in range(rounds):
            for name in proofs:
                alone[name].append(processor_seconds(lambda n=name: check(coq, folder, proofs[n])))
                with_audit[name].append(
                    processor_seconds(lambda n=name: check(coq, folder, audited[n]))
                )
            whole.append(seconds(everything))
    print(
        f"{'median of ' + str(rounds) + ', in s':<36}{'proof':>8}{'with audit':>12}{'at most':>9}"
    )
    for name in proofs:
        one = median(alone[name])
        flag = "" if one <= EACH else "  OVER"
        print(f"{name:<36}{one:>8.2f}{median(with_audit[name]):>12.2f}{EACH:>9.0f}{flag}")
    flag = "" if median(whole) <= ALL else "  OVER"
    print(f"{'derive verify --formal':<36}{'':>8}{median(whole):>12.2f}{ALL:>9.0f}{flag}")
    print(f"load: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
