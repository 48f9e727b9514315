"""Writing files: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from derive.errors import DeriveError


def write_text(path: Path, text: str) -> Path:
    """Write ``text`` in UTF-8 to ``path``, as ``write_bytes`` does."""
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path`` through a temporary file beside it, and return the path.

    Raises ``DeriveError`` where the folder or the file cannot be written; nothing half-written
    is left behind.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes a private file; a document is for everyone whom the umask lets read.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        reason = error.strerror or str(error)
        raise DeriveError(
            f"cannot write {path}: {reason.lower()}; choose another folder with --out"
        ) from error
    return path


def check_folder(folder: Path) -> None:
    """Raise ``DeriveError`` unless files can be written below ``folder``."""
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise DeriveError(
            f"cannot write to {folder}: {nearest} is not a folder; choose another with --out"
        )
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise DeriveError(
            f"cannot write to {folder}: {nearest} is not writable; choose another with --out"
        )
