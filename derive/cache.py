"""What was written before, and from what: an entry is written again unless all of that is the same.

A record lies in ``.cache`` within the output folder. It holds a hash of everything that goes into
the files of an entry, and a hash of each file; it counts only as long as all of them agree. What
is worth keeping beyond one output folder goes into ``user_cache``, under a hash of all it depends
on.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from derive.output import write_text
from derive.resources import template_root

# Whatever takes part in making a file; what is not installed is noted as such.
_PACKAGES = ("sympy", "mpmath", "numpy", "jinja2", "markupsafe", "typst")


@dataclass(frozen=True)
class Record:
    """What is known of one entry that was written.

    Attributes:
        key: Hash of all that went in.
        files: Hash of each file by its path within the output folder.
        card: What the index page says of it.
    """

    key: str
    files: dict[str, str]
    card: dict[str, Any] = field(default_factory=dict)


def key_of(*options: object) -> str:
    """A hash of the package, its templates, the versions it runs with, and ``options``."""
    return digest(f"{_sources()}\n{options!r}".encode())


def record_of(out: Path, name: str) -> Record | None:
    """The record of an entry whose files are all there as they were written."""
    try:
        data = json.loads(_path(out, name).read_text(encoding="utf-8"))
        record = Record(data["key"], dict(data["files"]), dict(data["card"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if all(_hash(out / f) == h for f, h in record.files.items()) else None


def remember(out: Path, name: str, key: str, files: Iterable[Path], card: dict[str, Any]) -> None:
    """Write the record of an entry."""
    hashes = {f.relative_to(out).as_posix(): _hash(f) or "" for f in files}
    text = json.dumps(asdict(Record(key, hashes, card)), indent=1, sort_keys=True)
    write_text(_path(out, name), text + "\n")


def user_cache() -> Path:
    """The folder for what may be kept between runs: ``derive`` below ``$XDG_CACHE_HOME``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The standard has relative paths ignored.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "derive"


def _path(out: Path, name: str) -> Path:
    return out / ".cache" / f"{name}.json"


@cache
def _sources() -> str:
    """A hash of all that the package is made of and runs with."""
    package = Path(__file__).resolve().parent
    found = hashlib.sha256()
    for folder, pattern in ((package, "*.py"), (template_root(), "*")):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(f"{path.relative_to(folder).as_posix()} {_hash(path)}\n".encode())
    found.update(f"python {platform.python_version()}\n".encode())
    for name in _PACKAGES:
        found.update(f"{name} {_version(name)}\n".encode())
    return found.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _hash(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except OSError:
        return None


def digest(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
