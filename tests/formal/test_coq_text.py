"""What must not stand in a proof, and what a proof may rest on."""

import pytest

import derive
from derive.formal.anchors import theorems_in
from derive.formal.foundation import _assumed
from derive.formal.sentences import foreign
from derive.formal.source import AuditError, axioms_in, forbidden, question

WORDS = [
    *("Admitted", "admit", "give_up", "Axiom", "Axioms", "Parameter", "Conjecture"),
    *("Unset Guard Checking", "Unset  Positivity\nChecking", "Unset Universe Checking"),
    *("bypass_check", "Declare ML Module", "Add LoadPath", "Add ML Path", "Load", "Drop", "Cd"),
    *("Set Type in Type", "Redirect"),
]


@pytest.mark.parametrize("word", WORDS)
def test_a_forbidden_word_is_found_with_its_line(word: str) -> None:
    found = forbidden(f'Lemma a : True. (* fine *)\nProof. {word} "x". Qed.\n')
    assert found is not None and found[0] == 2


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("around", ["(* {} *)", "(* a (* b *) {} *)", '(* "*)" {} *)', '"{}"'])
def test_in_a_comment_or_a_string_it_may_stand(word: str, around: str) -> None:
    assert forbidden(f"Lemma a : True. {around.format(word)} exact I. Qed.") is None


@pytest.mark.parametrize("text", ["(* a *) {}", "(* (* b *) *) {}", '(* "(*" *) {}', '"(*" {}'])
def test_a_comment_ends_where_coq_ends_it(text: str) -> None:
    assert forbidden(text.format("Admitted.")) is not None


@pytest.mark.parametrize("name", ["admitted_1", "the_Axiom", "Parameter'", "x.Axiom"])
def test_a_name_that_contains_one_is_a_name(name: str) -> None:
    assert forbidden(f"Lemma {name} : True.") is None


# A proof may consist of sentences that can assume nothing ------------------------------------


@pytest.mark.parametrize("name", derive.catalogue())
def test_every_proof_is_made_of_such_sentences(name: str) -> None:
    exported = derive.derivation(name).exported
    assert foreign(exported.text) is None
    assert theorems_in(exported.text) == exported.theorems


FOREIGN = [
    *("Axiom a : False.", "Parameter a : nat.", "Conjecture a : False.", "Declare Module M : T."),
    *("Module Type T.", "Set Universe Polymorphism.", "Unset Guard Checking.", "Fixpoint f := f."),
    *("Set Type in Type.", "Local Set Warnings.", "#[bypass_check(guard)] Definition a := 1."),
    *("#[local] Unset Positivity Checking.", "#[local] Hint Resolve a : derive.", "Print a."),
    *("From Coq Require Import Epsilon.", "Require Import Classical.", "Import Epsilon."),
    *(
        "From Derive Require Epsilon.",
        "From Derive Require Import Rules Plain.",
        "Context (a : R).",
    ),
    *("Ltac a := idtac.", "Goal False.", "Definition a : False.", "Instance a : b.", "Abort."),
    *("Notation a := b.", "Section a. Variable b : R. End a. Hypothesis c : False."),
    *("Variable a : False.", "Variables a b : R.", "Hypothesis a : 1 = 2.", "Admitted."),
    *(
        "Proof. - Axiom a : False.",
        "Proof. { Axiom a : False. }",
        "Proof. intros.\tAxiom a : False.",
    ),
    *("Proof. intros.(* *)Axiom a : False.", "Add LoadPath a.", "Proof using a.", "Defined."),
    *("Lemma a : True. Proof. admit. Qed.", "Cumulative Inductive a := b.", "Eval cbv in a."),
]


@pytest.mark.parametrize("text", FOREIGN)
def test_no_other_sentence_may_stand_in_a_proof(text: str) -> None:
    found = foreign(f"(* Section a. *)\nLemma a : True.\nProof. exact I. Qed.\n{text}\n")
    assert found is not None and found[0] == 4 and "stands in line 4" in found[1]


@pytest.mark.parametrize(
    "text",
    [
        "Section a.\nVariable f : R -> R.\nHypothesis h : forall x, f x = 0.\nEnd a.",
        "Section a. Section b. End b. Variables c d : R. End a.",
        "Definition a' (x : R) : R :=\n  f x.\n#[local] Hint Unfold a' b : derive.",
        "Theorem a : p.\nProof.\n  exact q.\nQed.\n#[local] Hint Resolve a : derivatives.",
        'Lemma a : p.\nProof.\n  first [x | y]; idtac "Axiom. ".\n  lia.\nQed.',
    ],
)
def test_these_may(text: str) -> None:
    assert foreign(f"From Derive Require Import Rules.\n{text}\n") is None


# What Coq says ---------------------------------------------------------------------------------


def test_coq_is_asked_about_all_theorems_at_once() -> None:
    text = question(("a", "b", "c"))
    assert "  let _ := @a in\n  let _ := @b in\n  let _ := @c in\n" in text
    assert text.count("Print Assumptions") == 1


CLASSIC = "Classical_Prop.classic : forall P : Prop, P \\/ ~ P\n"
LONG = "ClassicalDedekindReals.sig_forall_dec\n  : forall P : nat -> Prop,\n    (forall n, P n)\n"


def test_the_axioms_of_the_real_numbers_are_named() -> None:
    assert axioms_in(f"Axioms:\n{LONG}{CLASSIC}") == ("classic", "sig_forall_dec")
    assert axioms_in("Closed under the global context\n") == ()


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Axioms:\nff : False\n",
        f"Axioms:\n{CLASSIC}my_classic : False\n",
        f"Axioms:\n{CLASSIC}lemma is assumed to be guarded.\n",
        f"Axioms:\nTop.classic : False\n{LONG}",
        "Section Variables:\nn : nat\n",
    ],
)
def test_anything_else_is_refused(answer: str) -> None:
    with pytest.raises(AuditError):
        axioms_in(answer)


CONTEXT = """
CONTEXT SUMMARY
===============

* Theory: Set is predicative

* Axioms:
    Coq.Logic.Classical_Prop.classic
    Coq.Reals.Rdefinitions.RinvImpl.Rinv_def

* Constants/Inductives relying on type-in-type: <none>

* Constants/Inductives relying on unsafe (co)fixpoints: <none>

* Inductives whose positivity is assumed: <none>
"""


def test_the_checker_lists_what_is_assumed() -> None:
    names = ["Coq.Logic.Classical_Prop.classic", "Coq.Reals.Rdefinitions.RinvImpl.Rinv_def"]
    assert _assumed(CONTEXT) == names
    listed = CONTEXT.partition("Axioms:")[2].partition("*")[0]
    assert _assumed(CONTEXT.replace(listed, " <none>\n\n")) == []


@pytest.mark.parametrize("what", ["type-in-type", "unsafe (co)fixpoints", "positivity is assumed"])
def test_a_check_that_is_switched_off_is_refused(what: str) -> None:
    with pytest.raises(AuditError, match=r"Tiny\.loop"):
        _assumed(CONTEXT.replace(f"{what}: <none>", f"{what}:\n    Derive.Tiny.loop\n"))


@pytest.mark.parametrize("answer", ["", "Fatal Error: nothing\n", "* Theory: Set is predicative\n"])
def test_a_checker_without_an_answer_is_refused(answer: str) -> None:
    with pytest.raises(AuditError, match="does not say what is assumed"):
        _assumed(answer)
