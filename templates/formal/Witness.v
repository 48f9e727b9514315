(** That hypotheses can hold: by numbers for which they do. *)

From Derive Require Export Places.

(* An index in a short range is one of its numbers. *)
Ltac each_index :=
  repeat match goal with
    | H : (?lo <= ?j <= ?hi)%nat |- _ =>
        is_var j; let E := fresh "E" in
        assert (E : (j = lo \/ (S lo <= j <= hi)%nat)) by lia;
        destruct E as [-> | E]; clear H; [| first [exfalso; lia | idtac]]
    end.

Ltac computed :=
  unfold range, range_but, maximum; cbn -[Rplus Rmult Rinv Rdiv Ropp Rminus IZR exp ln Rpower sqrt pow];
  unfold delta, bracket, choice; simpl Nat.eqb; simpl Nat.leb; cbv iota.

(* By the side of each kink on which the numbers lie. *)
Ltac by_sides :=
  unfold Rabs, Rmax, Rmin, threshold, sign;
  repeat match goal with
    | |- context [Rcase_abs ?a] => destruct (Rcase_abs a)
    | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b)
    | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b)
    end; lra.

Ltac holds :=
  intros;
  first
  [ lia | discriminate | reflexivity | lra | positive | nonzero
  | computed; first [lra | field; nonzero | positive | nonzero]
  | each_index; computed; first [lra | field; nonzero | positive | nonzero]
  | computed; by_sides ].

Ltac witness := repeat match goal with |- _ /\ _ => split end; holds.
