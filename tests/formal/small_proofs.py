"""A proof of four lines, and a library of one, so that Coq has little to load."""

import derive
from derive.formal import Exported, Mark

TINY = {"Tiny.v": "Lemma two : 1 + 1 = 2.\nProof. reflexivity. Qed.\n"}

GOOD = """\
From Derive Require Import Tiny.
(* 1. add *)
Lemma first : 2 + 1 = 3.
Proof.
  reflexivity.
Qed.
(* 2. double *)
Lemma second : 2 * 2 = 4.
Proof.
  reflexivity.
Qed.
Theorem all : 1 + 1 = 2 /\\ 2 * 2 = 4.
Proof. exact (conj two second). Qed.
"""
MARKS = (Mark(5, 5, "sums", 1, "add"), Mark(10, 10, "products", 2, "double"))

Proofs = dict[str, tuple[derive.Derivation, Exported]]
