"""Finding Coq, and compiling the library: once, by whoever comes first."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_proofs import TINY

import derive
from derive.__main__ import WRONG_USE, main
from derive.cache import user_cache
from derive.errors import DeriveError
from derive.formal.coqc import Coq, find_coq
from derive.formal.library import compiled, hash_of, library

ROOT = Path(__file__).resolve().parents[2]


def test_without_coq_one_sentence_names_the_packages(
    program: Callable[[str], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program("")
    out = tmp_path / "output"
    command = ["verify", "softmax-jacobian", "--formal", "--out", str(out)]
    assert main(command) == WRONG_USE
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "apt install coq libcoq-coquelicot" in said
    assert not out.exists()
    with pytest.raises(DeriveError, match="apt install coq libcoq-coquelicot"):
        derive.derivation("softmax-jacobian").check(formal=True)


@pytest.mark.parametrize("script", ["exit 1", "echo", "kill -9 $$"])
def test_a_coq_that_does_not_work_is_said(program: Callable[[str], None], script: str) -> None:
    program(script)
    with pytest.raises(DeriveError, match="does not work"):
        find_coq()


def test_a_missing_coquelicot_is_no_failed_proof(
    program: Callable[[str], None], own_cache: Path
) -> None:
    program(
        'case "$*" in --print-version) echo 8.16.1 4.13.1; exit;; -where) echo /none; exit;; esac\n'
        "echo 'File \"./Sums.v\", line 3, characters 0-42:' >&2\n"
        "echo 'Error: Cannot find a physical path bound to logical path' >&2\n"
        "echo 'Coquelicot.Coquelicot.' >&2; exit 1"
    )
    with pytest.raises(DeriveError, match=r"needs Coquelicot.*apt install libcoq-coquelicot"):
        compiled(find_coq(), library())
    assert list(own_cache.iterdir()) == []


@pytest.mark.needs("coqc")
def test_a_library_that_coq_refuses_is_named_with_its_line(own_cache: Path) -> None:
    broken = {"Tiny.v": TINY["Tiny.v"].replace("= 2", "= 3")}
    with pytest.raises(DeriveError, match=r"refuses Tiny\.v of Derive's library, line 2"):
        compiled(find_coq(), broken)
    assert list(own_cache.iterdir()) == []


@pytest.mark.needs("coqc")
def test_the_library_is_compiled_once(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coq = find_coq()
    folder = compiled(coq, TINY)
    assert (folder / "Tiny.vo").is_file() and folder.parent == own_cache
    with monkeypatch.context() as patched:
        patched.setattr(Coq, "run", lambda *_: pytest.fail("it compiled again"))
        assert compiled(coq, TINY) == folder
    other = compiled(coq, {"Tiny.v": TINY["Tiny.v"] + "\n"})
    assert other != folder
    newer = Coq(coq.program, "8.99", coq.build.replace("8.", "9."))
    assert compiled(newer, TINY) not in (folder, other)
    assert len(list(own_cache.iterdir())) == 3


@pytest.mark.needs("coqc")
@pytest.mark.parametrize("file", ["Tiny.vo", "axioms", "seal"])
def test_a_library_that_somebody_has_changed_is_compiled_anew(own_cache: Path, file: str) -> None:
    coq = find_coq()
    folder = compiled(coq, TINY)
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(before + b"more")
    assert compiled(coq, TINY) == folder
    assert (folder / "axioms").read_text() == "" and (folder / "seal").is_file()
    (folder / file).unlink()
    compiled(coq, TINY)
    assert (folder / file).is_file()


@pytest.mark.needs("coqc")
def test_two_processes_may_compile_it_at_once(own_cache: Path) -> None:
    code = (
        "from derive.formal.coqc import find_coq\n"
        "from derive.formal.library import compiled\n"
        f"print(compiled(find_coq(), {TINY!r}))"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = {run.communicate()[0].strip() for run in runs}
    assert all(run.returncode == 0 for run in runs)
    assert said == {str(folder) for folder in own_cache.iterdir()}


def test_a_cache_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(DeriveError, match="set XDG_CACHE_HOME"):
        compiled(Coq("coqc", "8.16.1", ""), TINY)


def test_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_cache() == tmp_path / "derive"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", os.fspath(tmp_path))
    assert user_cache() == tmp_path / ".cache" / "derive"


def test_names_order_and_text_make_the_hash() -> None:
    one = hash_of({"a": "1", "b": "2"})
    assert one not in (hash_of({"b": "2", "a": "1"}), hash_of({"a": "1", "b": "3"}))
    assert one == hash_of({"a": "1", "b": "2"})
