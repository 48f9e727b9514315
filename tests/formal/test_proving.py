"""What Coq says of a proof, and that it never says yes to what it should refuse."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from small_proofs import TINY, Proofs

from derive.errors import DeriveError
from derive.formal import Mark
from derive.formal.proving import prove
from derive.verify.report import Proof

pytestmark = [pytest.mark.needs("coqc"), pytest.mark.usefixtures("own_cache")]

Written = Callable[..., Proofs]


def answer(proofs: Proofs, seconds: float = 60) -> Proof:
    [(name, proof)] = prove(proofs, seconds, TINY)
    assert name == "small"
    return proof


def refusal(proofs: Proofs, seconds: float = 60) -> str:
    proof = answer(proofs, seconds)
    assert not proof.proved and proof.coq is None and str(proof).startswith("refused")
    [failure] = proof.failures
    assert failure.check == "formal"
    return str(failure)


def test_a_true_proof_is_proved(written: Written) -> None:
    proof = answer(written())
    assert proof.proved and proof.axioms == () and not proof.recorded
    assert str(proof) == f"proved for every C ≥ 1, by Coq {proof.coq}; axioms: none"


def test_a_false_statement_is_traced_to_its_step(written: Written) -> None:
    said = refusal(written("2 * 2 = 4.\nProof", "2 * 2 = 5.\nProof"))
    assert said.startswith("products, step 2 (double): formal: Coq refuses line 10: ")
    assert "\n" not in said


def test_so_is_a_lemma_that_fails_outside_its_tactic(written: Written) -> None:
    said = refusal(written("Lemma first : 2 + 1 = 3.", "Lemma first : 2 + nothing = 3."))
    assert said.startswith("sums, step 1 (add): formal: Coq refuses line 3: ")
    said = refusal(written("  reflexivity.\nQed.\n(* 2", "  idtac.\nQed.\n(* 2"))
    assert said.startswith("sums, step 1 (add): formal: Coq refuses line 6: ")


def test_a_theorem_that_fails_blames_no_step(written: Written) -> None:
    said = refusal(written("(conj two second)", "(conj two two)"))
    assert said.startswith("softmax-jacobian: formal: Coq refuses line 13: ")


def test_what_is_left_out_is_refused(written: Written) -> None:
    said = refusal(written("  reflexivity.\nQed.\n(* 2", "Admitted.\n(* 2"))
    assert "Admitted stands in line 5" in said and said.startswith("sums, step 1 (add)")


@pytest.mark.parametrize("kind", ["Axiom", "Parameter", "Variable", "Hypothesis"])
def test_an_assumption_is_refused(written: Written, kind: str) -> None:
    said = refusal(written("(* 1. add *)", f"{kind} false : 1 = 2."))
    assert f"{kind} stands in line 2" in said


@pytest.mark.parametrize(
    "text", ["From Coq Require Import Epsilon.", "Unset Guard Checking.", "Set Type in Type."]
)
def test_what_could_bring_an_assumption_is_refused(written: Written, text: str) -> None:
    assert "must not stand in a proof" in refusal(written("(* 1. add *)", text))


@pytest.mark.parametrize(
    "text", ["(* 1. add *)\nSection open. Hypothesis false : 1 = 2.", "Definition a : False := b."]
)
def test_coq_refuses_what_it_cannot_close(written: Written, text: str) -> None:
    assert "Coq refuses" in refusal(written("(* 1. add *)", text))


def test_a_step_that_is_assumed_keeps_it_from_being_proved(written: Written) -> None:
    proof = answer(written(unproved=(Mark(1, 1, "sums", 1, "add"), Mark(2, 2, "sums", 1, "add"))))
    assert proof.coq is not None and not proof.failures and not proof.proved
    assert str(proof).endswith("but without a proof of sums, step 1 (add)")


def test_a_file_without_a_theorem_proves_nothing(written: Written) -> None:
    assert "closes with no theorem" in refusal(written(theorems=()))


def test_a_file_without_the_theorem_that_it_promises_proves_nothing(written: Written) -> None:
    assert "there is no theorem most in the file" in refusal(written(theorems=("all", "most")))


@pytest.mark.parametrize("line", ["Definition is_pd := 2.", "Definition False := True."])
def test_a_file_that_changes_the_meaning_of_a_name_is_refused(written: Written, line: str) -> None:
    assert "a meaning of its own" in refusal(written("(* 1. add *)", line))


def test_hypotheses_that_nothing_shows_to_be_possible_are_refused(written: Written) -> None:
    section = "Section one.\nHypothesis odd : 1 = 2.\nEnd one."
    assert "its hypotheses can hold" in refusal(written("(* 1. add *)", section))


def test_a_witness_that_is_none_blames_no_step(written: Written) -> None:
    [(derivation, exported)] = written().values()
    text = exported.text + "Lemma all_can_hold : exists n, n + 1 = 0.\nProof. now exists 0. Qed.\n"
    marks = (*exported.marks, Mark(14, 15, "sums", 0, "witness"))
    said = refusal({"small": (derivation, replace(exported, text=text, marks=marks))})
    assert said.startswith("sums: formal: Coq accepts every step, but it has found no numbers")
    assert "(Coq refuses line 15: " in said


def test_coq_is_not_waited_for_without_end(written: Written) -> None:
    said = refusal(written("exact (conj two second)", "repeat (assert True by exact I; idtac)"), 2)
    assert "not come to an end after 2 seconds" in said


def test_a_library_that_assumes_is_refused(written: Written) -> None:
    with pytest.raises(DeriveError, match=r"Axiom stands in line 3 of Tiny\.v"):
        list(prove(written(), 60, {"Tiny.v": TINY["Tiny.v"] + "Axiom a : False.\n"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Variable false : 1 = 2.", "more than the real numbers of Coq: .*false"),
        ("From Coq Require ClassicalEpsilon.", "constructive_indefinite_description"),
        ("From Coq Require Import Eqdep.", "eq_rect_eq"),
        ("#[bypass_check] Definition a := 1.", "bypass_check stands in line 3"),
    ],
)
def test_what_a_library_brings_is_seen_though_no_proof_uses_it(
    written: Written, text: str, said: str
) -> None:
    with pytest.raises(DeriveError, match=said):
        list(prove(written(), 60, {"Tiny.v": f"{TINY['Tiny.v']}{text}\n"}))


def test_several_are_each_told_and_one_failure_is_one(written: Written) -> None:
    good, bad = written()["small"], written("2 * 2 = 4.\nProof", "2 * 2 = 5.\nProof")["small"]
    begun: list[str] = []
    found = dict(prove({"a": good, "b": bad, "c": good}, 60, TINY, begun.append))
    assert {name for name, proof in found.items() if proof.proved} == {"a", "c"}
    assert [f.derivation for f in found["b"].failures] == ["products"]
    assert begun[0] == "the library" and set(begun[1:]) <= {"a", "b", "c"}
