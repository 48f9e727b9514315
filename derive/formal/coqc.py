"""Coq on this machine: where it is, which version, and what it says of a file."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from derive.errors import DeriveError

_COMPLAINT = re.compile(r'File "[^"]*", line (\d+), characters \d+-\d+:\nError:(.*?)\Z', re.DOTALL)


# Coq reserves 256 MB for what is new in memory. Less of it, which is near the processor, and seldom
# tidying up the rest, which grows by 64 MB at a time, make a proof a tenth faster.
_MEMORY = {"OCAMLRUNPARAM": "s=4M,o=10000,i=8M"}


@dataclass(frozen=True)
class Complaint:
    """The error on which coqc stopped: its line, 0 where there is none, and what it says."""

    line: int
    text: str


@dataclass(frozen=True)
class Answer:
    """What coqc said of a file."""

    ok: bool
    output: str
    errors: str

    @property
    def complaint(self) -> Complaint:
        """The error, on one line, without its full stop."""
        found = _COMPLAINT.search(self.errors)
        line, text = (int(found[1]), found[2]) if found else (0, self.errors or "no reason given")
        return Complaint(line, " ".join(text.split()).rstrip("."))


@dataclass(frozen=True)
class Coq:
    """An installed Coq.

    Attributes:
        program: The path to coqc.
        version: Its version, such as ``8.16.1``.
        build: What tells this installation from others: what another one has compiled does not fit.
    """

    program: str
    version: str
    build: str

    def run(self, library: Path, file: Path, seconds: float) -> Answer | None:
        """Compile a file over a library; ``None`` where that takes longer than ``seconds``."""
        quiet = ["-q", "-noglob", "-w", "-ambiguous-paths"]
        return self._asked(self.program, [*quiet, *_over(library), file.name], file.parent, seconds)

    def checked(self, library: Path, modules: list[str], seconds: float) -> str:
        """What Coq's checker says is assumed in modules of a library and in all they load.

        It checks them again itself, except for what they load. Empty where it does not accept them.
        """
        ask = ["-silent", "-o", *(a for m in modules for a in ("-norec", m))]
        program = str(Path(self.program).with_name("coqchk"))
        answer = self._asked(program, [*ask, *_over(library)], library, seconds)
        return answer.output + answer.errors if answer and answer.ok else ""

    def _asked(
        self, program: str, arguments: list[str], folder: Path, seconds: float
    ) -> Answer | None:
        try:
            done = subprocess.run(
                [program, *arguments], cwd=folder, timeout=seconds, stdin=subprocess.DEVNULL,
                capture_output=True, text=True, encoding="utf-8", errors="replace",
                env=_MEMORY | os.environ,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        except OSError as error:
            raise _broken(program, error) from error
        return Answer(done.returncode == 0, done.stdout, done.stderr)


def _over(library: Path) -> list[str]:
    return ["-R", str(library), "Derive"]


def find_coq() -> Coq:
    """The Coq whose coqc is on the path.

    Raises ``DeriveError`` where there is none, or it does not work.
    """
    program = shutil.which("coqc")
    if program is None:
        raise DeriveError(
            "a formal check needs Coq, and there is no coqc on the path: "
            "apt install coq libcoq-coquelicot"
        )
    try:
        # "8.16.1 4.13.1": Coq, and the OCaml that it was built with
        versions = _asked(program, "--print-version")
        files = Path(_asked(program, "-where"))
    except (subprocess.SubprocessError, OSError) as error:
        raise _broken(program, error) from error
    build = [versions]
    for file in ("theories/Init/Prelude.vo", "user-contrib/Coquelicot/Coquelicot.vo"):
        if (files / file).is_file():
            found = (files / file).stat()
            build.append(f"{files / file} {found.st_size} {found.st_mtime_ns}")
    return Coq(program, versions.split()[0], "\n".join(build))


def _asked(program: str, question: str) -> str:
    done = subprocess.run(
        [program, question], check=True, timeout=60, capture_output=True, text=True
    )
    if not done.stdout.strip():
        raise subprocess.SubprocessError(f"it says nothing to {question}")
    return done.stdout.strip()


def _broken(program: str, error: Exception) -> DeriveError:
    return DeriveError(
        f"{program} does not work: {error}; install Coq again (apt install --reinstall coq "
        "libcoq-coquelicot)"
    )
