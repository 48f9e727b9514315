"""What Coq says of a proof, and that it never says yes to what it should refuse."""

from collections.abc import Callable

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


@pytest.mark.parametrize("kind", ["Axiom", "Variable", "Hypothesis"])
def test_an_assumption_is_refused(written: Written, kind: str) -> None:
    # The scan finds the first; the audit the others, which are axioms outside a section.
    proofs = written("(* 1. add *)", f"{kind} false : 1 = 2.", marks=())
    derivation, exported = proofs["small"]
    text = exported.text.replace("exact (conj two second)", "discriminate false")
    proofs["small"] = (derivation, exported.__class__(text, (), (), ("all",)))
    said = refusal(proofs)
    assert ("Axiom stands in" if kind == "Axiom" else "rests on more than") in said


@pytest.mark.parametrize("theorems", [("resting", "all"), ("all", "resting", "second")])
def test_the_audit_sees_what_any_theorem_rests_on(
    written: Written, theorems: tuple[str, ...]
) -> None:
    resting = "Hypothesis sound : 1 = 2.\nLemma resting : 1 = 2.\nProof. exact sound. Qed."
    said = refusal(written("(* 1. add *)", resting, marks=(), theorems=theorems))
    assert "rests on more than" in said and "sound" in said


def test_a_step_that_is_assumed_keeps_it_from_being_proved(written: Written) -> None:
    proof = answer(written(unproved=(Mark(1, 1, "sums", 1, "add"), Mark(2, 2, "sums", 1, "add"))))
    assert proof.coq is not None and not proof.failures and not proof.proved
    assert str(proof).endswith("but without a proof of sums, step 1 (add)")


def test_a_file_without_a_theorem_proves_nothing(written: Written) -> None:
    assert "closes with no theorem" in refusal(written(theorems=()))


def test_coq_is_not_waited_for_without_end(written: Written) -> None:
    said = refusal(written("exact (conj two second)", "repeat (assert True by exact I; idtac)"), 2)
    assert "not come to an end after 2 seconds" in said


def test_a_library_that_assumes_is_refused(written: Written) -> None:
    with pytest.raises(DeriveError, match=r"Axiom stands in line 3 of Tiny\.v"):
        list(prove(written(), 60, {"Tiny.v": TINY["Tiny.v"] + "Axiom a : False.\n"}))


def test_several_are_each_told_and_one_failure_is_one(written: Written) -> None:
    good, bad = written()["small"], written("2 * 2 = 4.\nProof", "2 * 2 = 5.\nProof")["small"]
    begun: list[str] = []
    found = dict(prove({"a": good, "b": bad, "c": good}, 60, TINY, begun.append))
    assert {name for name, proof in found.items() if proof.proved} == {"a", "c"}
    assert [f.derivation for f in found["b"].failures] == ["products"]
    assert begun[0] == "the library" and set(begun[1:]) <= {"a", "b", "c"}
