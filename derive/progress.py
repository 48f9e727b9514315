"""A bar that shows how far a long command is, on a terminal only."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import TextIO

_WIDTH = 24


class Progress:
    """``total`` things to do, one after another; use it as a context manager."""

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = total
        self._done = 0
        self._stream = sys.stderr if stream is None else stream
        self._shown = total > 0 and self._stream.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def begin(self, what: str) -> None:
        """Say what is being done now."""
        if self._shown:
            filled = _WIDTH * self._done // self._total
            bar = "█" * filled + "░" * (_WIDTH - filled)
            line = f"{bar} {self._done}/{self._total} {what}"
            columns = shutil.get_terminal_size().columns
            self._write(f"\r\x1b[2K{line[: columns - 1]}")

    def done(self) -> None:
        """One more thing is done."""
        self._done += 1

    def clear(self) -> None:
        """Leave nothing behind on the line."""
        if self._shown:
            self._write("\r\x1b[2K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
