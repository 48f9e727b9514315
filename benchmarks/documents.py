"""How long ``derive build`` takes: all entries derived, checked and written, then nothing changed.

    python benchmarks/documents.py [RUNS]

Each figure is a whole process, start of Python included, into a fresh folder for the first row and
into the same folder again for the second. The rows are measured in turn within each round; the
table gives medians and the slowest. It ends by saying whether all runs gave identical bytes.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

FIRST, AGAIN = "everything, into an empty folder", "again, nothing changed"


def build(out: Path) -> float:
    """The seconds that a build takes."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "derive", "build", "--out", str(out)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"the build failed:\n{run.stdout}{run.stderr}")
    return time.perf_counter() - begin


def digest(out: Path) -> str:
    """A hash of every file below a folder."""
    found = hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        found.update(path.relative_to(out).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    measured: dict[str, list[float]] = {FIRST: [], AGAIN: []}
    digests: set[str] = set()
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "output"
            for row in measured:
                measured[row].append(build(out))
                digests.add(digest(out))
            files = [p for p in out.rglob("*") if p.is_file()]
    print(f"{len(files)} files; {rounds} rounds{'':<24}{'median s':>10}{'slowest s':>11}")
    for row, times in measured.items():
        print(f"{row:<44}{median(times):>10.2f}{max(times):>11.2f}")
    print(f"identical bytes: {'yes' if len(digests) == 1 else 'NO'}")


if __name__ == "__main__":
    main()
