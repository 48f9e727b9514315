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
  unfold range, max_over, range_but, prod_over; cbn -[Rplus Rmult Rinv Rdiv Ropp Rminus IZR exp ln Rpower sqrt pow];
  unfold delta, bracket, choice; simpl Nat.eqb; simpl Nat.leb; cbv iota.

(* By the side of each kink on which the numbers lie. *)
Ltac sides :=
  unfold Rabs, Rmax, Rmin, threshold, sign;
  repeat match goal with
    | |- context [Rcase_abs ?a] => destruct (Rcase_abs a)
    | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b)
    | |- context [Rlt_dec ?a ?b] => destruct (Rlt_dec a b)
    | H : context [Rcase_abs ?a] |- _ => destruct (Rcase_abs a)
    | H : context [Rle_dec ?a ?b] |- _ => destruct (Rle_dec a b)
    | H : context [Rlt_dec ?a ?b] |- _ => destruct (Rlt_dec a b)
    end.
Ltac by_sides := rewrite ?Ropp_0, ?exp_0; sides; lra.

(* Numbers and nothing else, once the exponentials of zero are gone, and of the others no more has
   to be known than that they are less than one, or more. *)
Ltac below_one :=
  apply (Rlt_le_trans _ (exp 0)); [apply exp_increasing; lra | rewrite exp_0; apply Rle_refl].
Ltac above_one :=
  apply (Rle_lt_trans _ (exp 0)); [rewrite exp_0; apply Rle_refl | apply exp_increasing; lra].
Ltac at_zero := rewrite ?Ropp_0, ?Rminus_0_r, ?Rplus_0_l, ?Rmult_0_l, ?Rmult_0_r, ?exp_0.
Ltac rational :=
  at_zero;
  repeat match goal with |- context [exp ?a] =>
    lazymatch goal with
    | H : exp a < 1 |- _ => fail
    | H : 1 < exp a |- _ => fail
    | _ => first [assert (exp a < 1) by below_one | assert (1 < exp a) by above_one]
    end end;
  first [ lra | apply nonzero_of_positive; lra
        | let H := fresh "H" in intros H; field_simplify in H; lra ].
(* The same where exponentials beside each other have exponents that cancel. *)
Ltac joined :=
  rewrite <- ?exp_plus;
  repeat match goal with |- context [exp ?a] =>
    replace (exp a) with 1 by (rewrite <- exp_0; f_equal; lra) end.

(* That no two of a few numbers tie. *)
Ltac numbers_differ :=
  each_index; unfold untied_over, argmax_over; computed; simpl INR;
  repeat match goal with |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b) end;
  intros; each_index;
  repeat match goal with
    | H : _ \/ _ |- _ => destruct H as [<- | H]
    | H : False |- _ => destruct H
    end;
  computed; unfold Rabs, Rmax, Rmin, threshold, sign in *; simpl INR in *;
  first [exfalso; lia | by_sides].

(* Logarithms of proper fractions are negative, those of numbers above one positive. *)
Lemma ln_proper a b : 0 < a -> a < b -> ln (a / b) < 0.
Proof.
  intros A B. rewrite <- ln_1. apply ln_increasing.
  - apply Rdiv_lt_0_compat; lra.
  - apply (Rmult_lt_reg_r b); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma ln_above x : 1 < x -> 0 < ln x.
Proof. intros H. rewrite <- ln_1. apply ln_increasing; lra. Qed.
Ltac by_logarithms :=
  at_zero;
  repeat match goal with |- context [ln (?a / ?b)] =>
    lazymatch goal with
    | H : ln (a / b) < 0 |- _ => fail
    | _ => assert (ln (a / b) < 0) by (apply ln_proper; lra)
    end end;
  repeat match goal with |- context [ln ?x] =>
    lazymatch goal with
    | H : ln x < 0 |- _ => fail
    | H : 0 < ln x |- _ => fail
    | _ => assert (0 < ln x) by (apply ln_above; lra)
    end end;
  intros; lra.
(* A weight that is a number, and not zero, masks nothing. *)
Ltac unmasked :=
  repeat match goal with |- context [threshold (Rabs (IZR ?n)) 0 ?x ?y] =>
    rewrite (threshold_above (Rabs (IZR n)) 0 x y) by (apply Rabs_pos_lt; lra) end.
Ltac evident := first [lra | field; nonzero | positive | nonzero | rational].
Ltac holds :=
  intros; unmasked;
  first
  [ lazymatch goal with
    (* What nearly every hypothesis says: of a size or an index, and of labels that sum to one. *)
    | |- (_ <= _)%nat => solve [repeat constructor]
    | |- sum_over _ _ = _ => computed; lra
    end
  | lia | discriminate | reflexivity | lra | positive | nonzero
  | computed; evident
  | each_index; first [exfalso; lia | computed; evident]
  | computed; apply nonzero_of_positive, ln_above; at_zero; sides; rational
  | each_index; computed; apply nonzero_of_positive, ln_above; at_zero; sides; rational
  | computed; by_logarithms
  | computed; sides; by_logarithms
  | computed; by_sides
  | computed; sides; first [lra | rational | joined; rational]
  | numbers_differ ].

Ltac witness := solve [repeat match goal with |- _ /\ _ => split end; holds].
