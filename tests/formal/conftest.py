"""Small proofs to spoil, a cache of one's own, and programs in the place of coqc."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_proofs import GOOD, MARKS, Proofs

import derive
from derive.formal import Exported


@pytest.fixture(scope="session")
def jacobian() -> derive.Derivation:
    return derive.derivation("softmax-jacobian")


@pytest.fixture
def written(jacobian: derive.Derivation) -> Callable[..., Proofs]:
    """A proof of the text ``GOOD``, with something in it replaced."""

    def write(old: str = "", new: str = "", **changes: object) -> Proofs:
        assert old in GOOD
        text = GOOD.replace(old, new) if old else GOOD
        values = {"marks": MARKS, "unproved": (), "theorems": ("all",), **changes}
        return {"small": (jacobian, Exported(text, **values))}

    return write


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the user's that is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "derive" / "formal"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a script in the place of coqc, and nothing else on the path."""

    def place(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        monkeypatch.setenv("PATH", str(folder))
        if script:
            (folder / "coqc").write_text(f"#!/bin/sh\n{script}\n")
            (folder / "coqc").chmod(0o755)

    return place
