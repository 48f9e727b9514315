"""The record: it speaks for one text and one library, and for nothing else."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from entries import ENTRIES
from small_proofs import Proofs

import derive
from derive.errors import DeriveError
from derive.formal import folder
from derive.formal import record as records
from derive.formal.proving import file_hash
from derive.formal.record import (
    Recorded,
    known,
    read_record,
    record_path,
    recorded,
    write_record,
)
from derive.formal.source import axioms_in
from derive.render.messages import languages, load
from derive.verify.report import Proof, Unproved

ALLOWED = {"classic", "functional_extensionality_dep", "sig_forall_dec", "sig_not_dec"}


@pytest.mark.parametrize("name", ENTRIES)
def test_every_entry_that_ships_is_on_record_as_it_is_now(name: str) -> None:
    """Where this fails the proofs have changed: `make proofs` has Coq check them again."""
    report = derive.derivation(name).check()
    assert report.level == "proved", f"{name} is not on record as it is now; run make proofs"
    assert report.proof is not None and report.proof.recorded
    assert set(report.proof.axioms) <= ALLOWED


def test_nothing_else_is_on_record() -> None:
    assert set(read_record()) == set(derive.catalogue())


@pytest.fixture
def stale(jacobian: derive.Derivation) -> dict[str, dict[str, Recorded]]:
    """Records of the same entry, of another text and over another library."""
    own = recorded(jacobian.exported, replace(jacobian.check().proof, coq="8.16.1"))
    assert known(jacobian, jacobian.exported, {"a": own}).proved
    return {
        "text": {jacobian.name: replace(own, file="0" * 64)},
        "library": {jacobian.name: replace(own, library="0" * 64)},
    }


@pytest.mark.parametrize("other", ["text", "library"])
def test_a_stale_record_drops_the_level(
    stale: dict[str, dict[str, Recorded]], other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = derive.derivation("softmax-jacobian")
    monkeypatch.setattr(records, "read_record", lambda: stale[other])
    report = fresh.check()
    assert report.ok and report.level == "exact"
    assert str(report.proof).startswith("emitted")
    text = fresh.latex()
    assert load("en").text("evidence", "emitted") in text and "recorded with Coq" not in text


def test_renamed_symbols_make_another_text_that_is_not_on_record() -> None:
    renamed = derive.derivation("softmax-jacobian", symbols={"z": "s"})
    assert renamed.check().level == "exact"
    assert renamed.check().proof is not None and renamed.check().proof.coq is None


def test_only_what_is_proved_goes_on_record(jacobian: derive.Derivation) -> None:
    left_out = Unproved("a", 1, "b")
    for proof in (Proof(), Proof(coq="8.16.1", unproved=(left_out,))):
        with pytest.raises(ValueError, match="only what is proved"):
            recorded(jacobian.exported, proof)


def test_a_record_comes_back_and_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    path = tmp_path / "proved.toml"
    assert read_record(path) == {}
    some = {"b": Recorded("1", "2", "8.16.1", ("x", "y")), "a": Recorded("3", "4", "8.17", ())}
    first = write_record(path, some).read_bytes()
    assert read_record(path) == some
    assert write_record(path, dict(reversed(some.items()))).read_bytes() == first


@pytest.mark.parametrize("text", ["[a", "a = 1", "[a]\nfile = 'x'"])
def test_a_broken_record_is_a_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "proved.toml"
    path.write_text(text)
    with pytest.raises(DeriveError, match=r"cannot be read.*--formal --record"):
        read_record(path)


# Documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", languages())
def test_a_document_says_for_which_sizes_it_is_proved(lang: str) -> None:
    begin = load(lang).text("evidence", "proved").partition("{")[0]
    text = derive.derivation("softmax-cross-entropy-jacobian").latex(lang=lang)
    assert begin + r"\DeriveInline{k \ge 2}" in text and "Coq 8." in text


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("level", ["default", "full"])
def test_a_document_names_the_step_that_is_not_proved(lang: str, level: str) -> None:
    d = derive.derivation("softmax-jacobian")
    left_out = Unproved(d.name, 2, d.steps[1].rule)
    d.__dict__["_on_record"] = Proof(coq="8.16.1", unproved=(left_out,))
    assert d.check().level == "exact"
    text = d.latex(lang=lang, level=level)
    line = load(lang).text("evidence", "line").partition("{line}")[0]
    short = load(lang).table["rules"][left_out.rule]["short"]
    assert "recorded" not in text
    [said] = [row for row in text.splitlines() if f"({short})" in row and line in row]
    assert load(lang).text("evidence", "unproved").partition("{")[0] in said and "ref{" in said


def test_a_step_that_is_not_shown_is_named_by_its_number() -> None:
    d = derive.derivation("softmax-jacobian")
    d.__dict__["_on_record"] = Proof(unproved=(Unproved("jacobian", 3, d.steps[2].rule),))
    text = d.latex()
    assert "step 3 of The entries of the Jacobian (" in text


def test_what_cannot_be_said_in_coq_is_said_on_the_document() -> None:
    d = derive.derivation("softmax-jacobian")
    d.__dict__["_on_record"] = Proof(missing="no term")
    assert d.check().level == "exact" and load("en").text("evidence", "missing") in d.latex()


# The folder ----------------------------------------------------------------------------------


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    both = []
    for out in (tmp_path / "a", tmp_path / "b"):
        d = derive.derivation("softmax-jacobian")
        written = folder.write_proof(out, d.name, d.exported)
        written.append(folder.write_folder_record(out, [d.name], read_record()))
        both.append({p.relative_to(out): p.read_bytes() for p in written})
        assert written[-2].read_text(encoding="utf-8") == d.coq()
        written.append(folder.write_question(out))
    assert both[0] == both[1]


def test_the_folder_says_what_of_it_is_on_record(tmp_path: Path) -> None:
    d = derive.derivation("softmax-jacobian")
    path = folder.write_proof(tmp_path, d.name, d.exported)[-1]
    kept = folder.write_folder_record(tmp_path, derive.catalogue(), read_record())
    assert set(read_record(kept)) == {d.name}
    assert read_record(kept)[d.name].file == file_hash(d.exported)
    path.write_text(path.read_text() + "\n")
    assert read_record(folder.write_folder_record(tmp_path, [d.name], read_record())) == {}


@pytest.mark.slow
@pytest.mark.needs("coqc", "make")
def test_the_folder_compiles_by_itself(tmp_path: Path) -> None:
    d = derive.derivation("softmax-jacobian")
    folder.write_proof(tmp_path, d.name, d.exported)
    folder.write_question(tmp_path)
    # Under `make check` this make is the second, and would say which folder it enters.
    command = ["make", "--no-print-directory"]
    done = subprocess.run(command, cwd=tmp_path / "formal", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "formal" / "softmax_jacobian.vo").is_file()
    # What Coq says of the theorems themselves is what it said of the library, or less.
    assert set(axioms_in(done.stdout)) <= ALLOWED
    subprocess.run(["make", "clean"], cwd=tmp_path / "formal", check=True, capture_output=True)
    left = {p.name for p in (tmp_path / "formal").rglob("*") if p.is_file()}
    assert all(name.endswith(".v") or name in ("Makefile", "_CoqProject") for name in left)


# Proving it all again ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.needs("coqc")
def test_coq_accepts_what_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from derive.__main__ import FINE, main

    copy = tmp_path / "proved.toml"
    shutil.copy(record_path(), copy)
    monkeypatch.setattr(records, "record_path", lambda: copy)
    before = read_record(copy)
    copy.write_text("")
    assert main(["verify", "--formal", "--record", "--out", str(tmp_path)]) == FINE
    after = read_record(copy)
    assert {n: replace(r, coq="") for n, r in after.items()} == {
        n: replace(r, coq="") for n, r in before.items()
    }
    said = capsys.readouterr().out
    for name in derive.catalogue():
        assert f"{name}: proved for every " in said


@pytest.mark.needs("coqc")
def test_from_python_coq_is_asked_when_told_to() -> None:
    d = derive.derivation("softmax-jacobian", symbols={"z": "s"})
    assert d.check().level == "exact"
    report = d.check(formal=True)
    assert report.level == "proved" and report.proof is not None and not report.proof.recorded
    assert d.check().level == "proved" and "Proved for every" in d.latex()


@pytest.mark.needs("coqc")
def test_a_refused_proof_fails_the_command_and_names_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    written: Callable[..., Proofs],
) -> None:  # fmt: skip
    from derive.__main__ import CHECK_FAILED, main

    bad = "From Derive Require Import Rules.\n"
    proofs = written("From Derive Require Import Tiny.\n", bad)
    _, exported = proofs["small"]
    monkeypatch.setattr(derive.Derivation, "exported", exported)
    command = ["verify", "softmax-jacobian", "--formal", "--record", "--out", str(tmp_path)]
    before = record_path().read_bytes()
    assert main(command) == CHECK_FAILED
    said = capsys.readouterr().out
    assert "sums, step 1 (add): formal: Coq refuses line" in said
    assert said.splitlines()[-1] == "not proved: softmax-jacobian"
    assert record_path().read_bytes() == before
    assert read_record(tmp_path / "formal" / "proved.toml") == {}
