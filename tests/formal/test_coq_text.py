"""What must not stand in a proof, and what a proof may rest on."""

import pytest

from derive.formal.source import AuditError, audited, axioms_in, forbidden

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


def test_the_audit_asks_about_all_theorems_at_once() -> None:
    text = audited("Lemma a.\n", ("a", "b", "c"))
    assert "  let _ := a in\n  let _ := b in\n  let _ := c in\n" in text
    assert text.startswith("Lemma a.\n") and text.count("Print Assumptions") == 1


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
